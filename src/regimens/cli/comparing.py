"""`regimens compare`: the main job, kept on disk while it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regimens.cli.console import bar, results_console, say, talk_console
from regimens.cli.runs import (
    A_NUMBER,
    check_reduced,
    check_workers,
    executor_of,
    kept_if_broken_off,
    options_of_runs,
    said_command,
    say_kept,
)

if TYPE_CHECKING:
    from rich.console import Console

    from regimens.scenario import Scenario
    from regimens.study.comparison import Comparison
    from regimens.study.formats import Format
    from regimens.work import Store


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/<scenario>-<date>-<hash>]")
@click.option("--subjects", type=A_NUMBER, help="Simulate only so many subjects of the population, the first ones.")
@click.option("--draws", type=A_NUMBER, help="Simulate only so many parameter draws, the first ones.")
@click.option("--format", type=click.Choice(["csv", "parquet"]), help="How the subjects' endpoints are written. [default: csv]")
@click.option("--no-subjects", is_flag=True, help="Write no table of single subjects; the page is the same.")
@click.option("--images", type=click.Choice(["svg", "png", "pdf"]), help="Write every figure as an image, too. [needs Chromium]")
@options_of_runs
def compare(
    file: Path,
    out: Path | None,
    subjects: int | None,
    draws: int | None,
    format: str | None,
    no_subjects: bool,
    images: str | None,
    resume: bool,
    workers: int | None,
    address: str | None,
    open_page: bool,
) -> None:
    """Simulate every arm of the scenario FILE under every model and write a report.

    Totals are checked first: one that differs from what the scenario expects ends the run (exit code 3) before any curve.
    What is finished is kept until the report is written: a run that was broken off, by Ctrl-C or by a machine that went
    down, goes on with `--resume`, and ends with the same bytes.
    """
    from regimens.report import check_images, table
    from regimens.scenario import read_scenario, reduced
    from regimens.study import folder as results
    from regimens.work import Store

    check_workers(workers, address)
    form = _form(format, no_subjects)
    scenario = read_scenario(file)
    check_reduced(scenario, subjects, draws)
    scenario = reduced(scenario, subjects, draws)
    if images is not None:
        check_images(images)
    talk, unfinished = talk_console(), results.unfinished_folder(scenario, out)
    ended = Store.finished_result(unfinished)
    if resume and ended:
        say(talk, f"The run had ended; its result is in {out or ended}.")
        return
    if out is not None and out.exists():
        raise results.OutputExists(out)
    with Store.open(unfinished, results.fingerprint(scenario), resume) as store:
        say_kept(talk, store, resume)
        with kept_if_broken_off(store):
            options = {
                "--subjects": subjects,
                "--draws": draws,
                "--format": format,
                "--no-subjects": no_subjects,
                "--images": images,
            }
            comparison = _compared(scenario, store, workers, address, talk)
            made = replace(
                comparison.provenance, created=store.started.date().isoformat(), command=said_command("compare", file, options)
            )
            comparison = replace(comparison, provenance=made)
            folder = _written(comparison, out, store, form, images)
        store.remove()
    console = results_console()
    console.print(table(comparison, console.width))
    say(talk, f"Written to {folder / 'report.html'}")
    if open_page:
        click.launch(str(folder / "report.html"))


def _form(format: str | None, no_subjects: bool) -> Format | None:
    """Return the format of the subjects' endpoints, None where they are left out; an error where it cannot be written."""
    from regimens.study.formats import CSV, find_format

    if format is not None and no_subjects:
        raise click.UsageError(
            "--format is how the subjects' endpoints are written; --no-subjects leaves them out. Use one of them."
        )
    return None if no_subjects else find_format(format or CSV)


def _compared(scenario: Scenario, store: Store, workers: int | None, address: str | None, talk: Console) -> Comparison:
    from regimens.study.comparison import compare as run

    with executor_of(workers, address) as executor, bar(talk) as progress:
        comparison = run(scenario, executor=executor, store=store, progress=progress)
    if store.unsaved:
        say(talk, f"{store.unsaved} finished tasks could not be kept in {store.folder}: {store.save_error}.")
    return comparison


def _written(comparison: Comparison, out: Path | None, store: Store, form: Format | None, images: str | None) -> Path:
    """Write the result; the day in the name of its folder is the one on which the run began, as in a run in one go."""
    from regimens.report import images_of, page
    from regimens.study import folder as results

    folder = out or results.default_folder(comparison.scenario, comparison.provenance.version, store.started.date())
    store.record_result(folder)
    drawn = {} if images is None else images_of(comparison, images)
    results.write_folder(results.files_of(comparison, page(comparison), form, drawn), folder, inside=store.folder)
    return folder

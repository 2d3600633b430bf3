"""`regimens compare`: the main job, kept on disk while it goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regimens.cli.console import bar, results_console, say, talk_console
from regimens.errors import RegimensError

if TYPE_CHECKING:
    from rich.console import Console

    from regimens.scenario import Scenario
    from regimens.study.comparison import Comparison
    from regimens.study.formats import Format
    from regimens.work import Store

A_NUMBER = click.IntRange(min=1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/<scenario>-<date>-<hash>]")
@click.option("--subjects", type=A_NUMBER, help="Simulate only so many subjects of the population, the first ones.")
@click.option("--draws", type=A_NUMBER, help="Simulate only so many parameter draws, the first ones.")
@click.option("--format", type=click.Choice(["csv", "parquet"]), help="How the subjects' endpoints are written. [default: csv]")
@click.option("--no-subjects", is_flag=True, help="Write no table of single subjects; the page is the same.")
@click.option("--images", type=click.Choice(["svg", "png", "pdf"]), help="Write every figure as an image, too. [needs Chromium]")
@click.option("--resume", is_flag=True, help="Go on with a run of the same command that was broken off.")
@click.option("--workers", type=A_NUMBER, help="Tasks to do at once here; changes the time and not the numbers.")
@click.option("--cluster", "address", metavar="ADDRESS", help="Have a Dask cluster do the tasks: tcp://host:8786.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser when it is written.")
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

    if workers is not None and address is not None:
        raise click.UsageError("--workers counts tasks on this machine; a cluster has workers of its own. Leave one of them out.")
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


@contextlib.contextmanager
def executor_of(workers: int | None, address: str | None) -> Iterator[Executor]:
    """Yield what does the tasks: threads here, or the workers of a cluster."""
    from regimens.work import cluster, local

    if address is not None:
        with cluster(address) as executor:
            yield executor
        return
    executor = local(workers)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _written(comparison: Comparison, out: Path | None, store: Store, form: Format | None, images: str | None) -> Path:
    """Write the result; the day in the name of its folder is the one on which the run began, as in a run in one go."""
    from regimens.report import images_of, page
    from regimens.study import folder as results

    folder = out or results.default_folder(comparison.scenario, comparison.provenance.version, store.started.date())
    store.record_result(folder)
    drawn = {} if images is None else images_of(comparison, images)
    results.write_folder(results.files_of(comparison, page(comparison), form, drawn), folder, inside=store.folder)
    return folder


@contextlib.contextmanager
def kept_if_broken_off(store: Store) -> Iterator[None]:
    """Add to what breaks a run off, from outside, how it can be gone on with."""
    try:
        yield
    except (KeyboardInterrupt, OSError, MemoryError) as error:
        if store.count():
            error.add_note(f"{_tasks(store.count())} kept: the same command with `--resume` goes on from there.")
        raise


def say_kept(talk: Console, store: Store, resume: bool) -> None:
    """Say how many finished tasks of an earlier run are used, or dropped."""
    if store.reused:
        say(talk, f"Going on with the run of {store.started:%Y-%m-%d %H:%M}: {_tasks(store.reused)} kept.")
    elif resume:
        say(talk, "Nothing is kept of a run that was broken off; a new one begins.")
    if store.deleted:
        say(talk, f"{_tasks(store.deleted)} dropped of a run that was broken off; `--resume` would have gone on with it.")


def _tasks(count: int) -> str:
    return "1 finished task is" if count == 1 else f"{count} finished tasks are"


def said_command(name: str, file: Path, options: Mapping[str, str | int | None]) -> str:
    """Return the command that gives the same result again, with the options that were given: True for one without a value."""
    given = [f" {name}" if value is True else f" {name} {value}" for name, value in options.items() if value]
    return f"regimens {name} {file.as_posix()}" + "".join(given)


def check_reduced(scenario: Scenario, subjects: int | None, draws: int | None) -> None:
    """Raise RegimensError for fewer subjects or draws than a scenario that has none of them."""
    population = scenario.population
    if subjects is not None and population is None:
        raise RegimensError(
            f"{scenario.path}: --subjects {subjects} is of no use, for the scenario simulates one typical subject. "
            f"Add for instance `population: {{subjects: {subjects}, seed: 1}}`."
        )
    if draws is not None and population is None:
        raise RegimensError(
            f"{scenario.path}: --draws {draws} is of no use, for the scenario simulates one typical subject. "
            f"Add for instance `population: {{subjects: 50, seed: 1, draws: {draws}}}`."
        )
    if draws is not None and population is not None and population.draws == 1:
        raise RegimensError(
            f"{scenario.path}: --draws {draws} is of no use, for the scenario takes the parameters as known. "
            f"Add `draws: {draws}` to its population."
        )

"""`regimens search`: schedules screened and confirmed, kept on disk while it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regimens.cli.console import results_console, say, stage_bar, talk_console
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
    from regimens.search.found import Found
    from regimens.work import Store


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/<scenario>-search-<date>-<hash>]")
@click.option("--subjects", type=A_NUMBER, help="Confirm on only so many subjects of the population, the first ones.")
@click.option("--draws", type=A_NUMBER, help="Use only so many parameter draws, the first ones.")
@click.option("--finalists", type=A_NUMBER, help="Schedules to confirm on the population. [default: 200]")
@options_of_runs
def search(
    file: Path,
    out: Path | None,
    subjects: int | None,
    draws: int | None,
    finalists: int | None,
    resume: bool,
    workers: int | None,
    address: str | None,
    open_page: bool,
) -> None:
    """Find schedules for the aim and the limits under 'search' of the scenario FILE.

    Every schedule of the space is screened on typical subjects under every model and parameter draw, or a sample of it where it
    has more than 100,000 (this needs pip install 'regimens[search]'). The best are confirmed on the population, the winners again
    on fresh draws. The answer is a set: what cannot be told from the best is said. The result folder has a page, tables, and
    `answer.yaml`, a scenario that `regimens compare` takes. Ctrl-C leaves a page of the draws that are done, and `--resume` goes
    on.
    """
    from regimens.report.search import page, table
    from regimens.scenario import read_scenario, reduced
    from regimens.search.confirm import MOST_FINALISTS
    from regimens.search.export import files_of
    from regimens.search.run import BrokenOff
    from regimens.search.sampled import sampler_of
    from regimens.study import folder as results
    from regimens.work import Store

    check_workers(workers, address)
    scenario = read_scenario(file)
    check_reduced(scenario, subjects, draws)
    scenario = reduced(scenario, subjects, draws)
    most, named = finalists or MOST_FINALISTS, replace(scenario, name=f"{scenario.name}-search")
    talk, unfinished = talk_console(), results.unfinished_folder(named, out)
    ended = Store.finished_result(unfinished)
    if resume and ended:
        say(talk, f"The run had ended; its result is in {out or ended}.")
        return
    if out is not None and out.exists():
        raise results.OutputExists(out)
    kind: dict[str, str | int | float | None] = {"search": "schedules", "finalists": most}
    if scenario.search is not None:
        kind |= sampler_of(scenario.search.size(scenario.subject))
    with Store.open(unfinished, {**results.fingerprint(scenario), **kind}, resume) as store:
        say_kept(talk, store, resume)
        with kept_if_broken_off(store):
            options = {"--subjects": subjects, "--draws": draws, "--finalists": finalists}
            command = said_command("search", file, options)
            try:
                found = _dated(_found(scenario, store, workers, address, talk, most), store, command)
            except BrokenOff as stopped:
                known = _dated(stopped.found, store, command)
                folder = out or results.default_folder(named, known.provenance.version, store.started.date())
                folder = results.free_folder(folder.with_name(f"{folder.name}-so-far"))
                results.write_folder(files_of(known, page(known)), folder)
                stopped.add_note(f"What is known is in {folder / 'report.html'}.")
                raise
            folder = out or results.default_folder(named, found.provenance.version, store.started.date())
            store.record_result(folder)
            results.write_folder(files_of(found, page(found)), folder, inside=store.folder)
        store.remove()
    console = results_console()
    console.print(table(found, console.width))
    say(talk, f"Written to {folder / 'report.html'}")
    if open_page:
        click.launch(str(folder / "report.html"))


def _dated(found: Found, store: Store, command: str) -> Found:
    """Return a result with the day on which its run began, and its command."""
    return replace(found, provenance=replace(found.provenance, created=store.started.date().isoformat(), command=command))


def _found(scenario: Scenario, store: Store, workers: int | None, address: str | None, talk: Console, most: int) -> Found:
    from regimens.search.run import find_schedules

    last = ""
    with executor_of(workers, address) as executor, stage_bar(talk) as (progress, describe):

        def tell(sentence: str) -> None:
            nonlocal last
            last = sentence
            describe(sentence)

        try:
            found = find_schedules(scenario, executor=executor, store=store, progress=progress, say=tell, most=most)
        except KeyboardInterrupt as stopped:
            if last:
                stopped.add_note(f"What is known: {last}.")
            raise
    if store.unsaved:
        say(talk, f"{store.unsaved} finished tasks could not be kept in {store.folder}: {store.save_error}.")
    return found

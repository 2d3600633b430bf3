"""`regimens settle`: trials that could settle a comparison, kept on disk while they go on."""

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
    from regimens.settle import Settled
    from regimens.work import Store


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/<scenario>-settle-<date>-<hash>]")
@click.option("--subjects", type=A_NUMBER, help="Take only so many virtual subjects of the population, the first ones.")
@click.option("--draws", type=A_NUMBER, help="Use only so many parameter draws, the first ones.")
@options_of_runs
def settle(
    file: Path,
    out: Path | None,
    subjects: int | None,
    draws: int | None,
    resume: bool,
    workers: int | None,
    address: str | None,
    open_page: bool,
) -> None:
    """Find the trial that would settle which arm is better, among the designs under 'settle' of the scenario FILE.

    Trials are simulated under every model and parameter draw, and all others are weighed by their data: how often is the pair
    settled, how often wrongly, which sampling days say most, and how often do tests of significance tell the arms apart? Ctrl-C
    leaves a page of the trials that are done, and `--resume` goes on.
    """
    from regimens.report.settling import files_of, table
    from regimens.scenario import read_scenario, reduced
    from regimens.settle import BrokenOff
    from regimens.study import folder as results
    from regimens.work import Store

    check_workers(workers, address)
    scenario = read_scenario(file)
    check_reduced(scenario, subjects, draws)
    scenario = reduced(scenario, subjects, draws)
    named, talk = replace(scenario, name=f"{scenario.name}-settle"), talk_console()
    unfinished = results.unfinished_folder(named, out)
    ended = Store.finished_result(unfinished)
    if resume and ended:
        say(talk, f"The run had ended; its result is in {out or ended}.")
        return
    if out is not None and out.exists():
        raise results.OutputExists(out)
    with Store.open(unfinished, {**results.fingerprint(scenario), "settle": "trials"}, resume) as store:
        say_kept(talk, store, resume)
        with kept_if_broken_off(store):
            command = said_command("settle", file, {"--subjects": subjects, "--draws": draws})
            try:
                found = _dated(_found(scenario, store, workers, address, talk), store, command)
            except BrokenOff as stopped:
                known = _dated(stopped.found, store, command)
                folder = out or results.default_folder(named, known.provenance.version, store.started.date())
                folder = results.free_folder(folder.with_name(f"{folder.name}-so-far"))
                results.write_folder(files_of(known), folder)
                stopped.add_note(f"What is known is in {folder / 'report.html'}.")
                raise
            folder = out or results.default_folder(named, found.provenance.version, store.started.date())
            store.record_result(folder)
            results.write_folder(files_of(found), folder, inside=store.folder)
        store.remove()
    console = results_console()
    console.print(table(found, console.width))
    say(talk, f"Written to {folder / 'report.html'}")
    if open_page:
        click.launch(str(folder / "report.html"))


def _dated(found: Settled, store: Store, command: str) -> Settled:
    """Return a result with the day on which its run began, and its command."""
    return replace(found, provenance=replace(found.provenance, created=store.started.date().isoformat(), command=command))


def _found(scenario: Scenario, store: Store, workers: int | None, address: str | None, talk: Console) -> Settled:
    from regimens.settle import settle_pairs

    last = ""
    with executor_of(workers, address) as executor, stage_bar(talk) as (progress, describe):

        def tell(sentence: str) -> None:
            nonlocal last
            last = sentence
            describe(sentence)

        try:
            found = settle_pairs(scenario, executor=executor, store=store, progress=progress, say=tell)
        except KeyboardInterrupt as stopped:
            if last:
                stopped.add_note(f"What is known: {last}.")
            raise
    if store.unsaved:
        say(talk, f"{store.unsaved} finished tasks could not be kept in {store.folder}: {store.save_error}.")
    return found

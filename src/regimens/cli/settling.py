"""`regimens settle`: trials that could settle a comparison."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from regimens.cli.comparing import A_NUMBER, check_reduced, executor_of, kept_if_broken_off, said_command, say_kept
from regimens.cli.console import bar, results_console, say, talk_console


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/<scenario>-settle-<date>-<hash>]")
@click.option("--subjects", type=A_NUMBER, help="Take only so many virtual subjects of the population, the first ones.")
@click.option("--draws", type=A_NUMBER, help="Use only so many parameter draws, the first ones.")
@click.option("--resume", is_flag=True, help="Go on with a run of the same command that was broken off.")
@click.option("--workers", type=A_NUMBER, help="Tasks to do at once here; changes the time and not the numbers.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser when it is written.")
def settle(
    file: Path, out: Path | None, subjects: int | None, draws: int | None, resume: bool, workers: int | None, open_page: bool
) -> None:
    """Find the trial that would settle which arm is better, among the designs under 'settle' of the scenario FILE.

    Trials are simulated under every model and parameter draw, and all others are weighed by their data: how often is the pair
    settled, how often wrongly, which sampling days say most?
    """
    from regimens.report.settling import files_of, table
    from regimens.scenario import read_scenario, reduced
    from regimens.search.settling import settle_pairs
    from regimens.study import folder as results
    from regimens.work import Store

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
            with executor_of(workers, None) as executor, bar(talk) as progress:
                found = settle_pairs(scenario, executor=executor, store=store, progress=progress)
            command = said_command("settle", file, {"--subjects": subjects, "--draws": draws})
            made = replace(found.provenance, created=store.started.date().isoformat(), command=command)
            found = replace(found, provenance=made)
            folder = out or results.default_folder(named, made.version, store.started.date())
            store.record_result(folder)
            results.write_folder(files_of(found), folder, inside=store.folder)
        store.remove()
    results_console().print(table(found))
    say(talk, f"Written to {folder / 'report.html'}")
    if open_page:
        click.launch(str(folder / "report.html"))

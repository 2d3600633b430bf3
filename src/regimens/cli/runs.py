"""What commands with long runs share (compare, search, settle): their options, who does the tasks, and what is said of a run that
was broken off.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from regimens.cli.console import say
from regimens.errors import RegimensError

if TYPE_CHECKING:
    from rich.console import Console

    from regimens.scenario import Scenario
    from regimens.work import Store

A_NUMBER = click.IntRange(min=1)

Command = TypeVar("Command", bound=Callable[..., None])

OPTIONS = (
    click.option("--resume", is_flag=True, help="Go on with a run of the same command that was broken off."),
    click.option("--workers", type=A_NUMBER, help="Tasks to do at once here; changes the time and not the numbers."),
    click.option("--cluster", "address", metavar="ADDRESS", help="Have a Dask cluster do the tasks: tcp://host:8786."),
    click.option("--open", "open_page", is_flag=True, help="Open the page in the browser when it is written."),
)


def options_of_runs(command: Command) -> Command:
    """Give a command the options `resume`, `workers`, `address` and `open_page`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def check_workers(workers: int | None, address: str | None) -> None:
    """Raise UsageError where both a number of workers here and a cluster are given."""
    if workers is not None and address is not None:
        raise click.UsageError("--workers counts tasks on this machine; a cluster has workers of its own. Leave one of them out.")


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

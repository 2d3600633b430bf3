"""The terminal: where results and talk are printed, and how a long run shows that it goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def results_console(at_least: int = 0) -> Console:
    """Return the console for results; narrower than `at_least`, lines run on rather than lose what they hold."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.width >= at_least else Console(highlight=False, width=at_least)


def talk_console() -> Console:
    """Return the console for everything that is no result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(talk: Console, sentence: str) -> None:
    """Print a sentence as it is: long paths are not broken, brackets mean nothing."""
    talk.print(sentence, markup=False, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def spinner(talk: Console) -> Iterator[Callable[[str], None]]:
    """Show what is being done, in words, while it lasts; nothing where nobody looks."""
    if not talk.is_terminal:
        yield lambda said: None
        return
    with talk.status("starting") as status:
        yield status.update


@contextlib.contextmanager
def bar(talk: Console) -> Iterator[Callable[[int, int], None]]:
    """Show how many tasks are done, of how many, the time so far and the time to come; nothing where nobody looks."""
    if not talk.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tasks, after"),
        TimeElapsedColumn(),
        TextColumn("and for another"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=talk, transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)

"""The terminal: printing of results, messages, errors and progress, and the exit codes."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

import click

from regimens.errors import ExposureMismatch, RegimensError

if TYPE_CHECKING:
    from rich.console import Console


DONE, FAILED, WRONG_INPUT, WRONG_EXPOSURE = 0, 1, 2, 3
"""Exit codes: done; anything else; the input is wrong; exposure differs from what a scenario expects."""


def bear_any_encoding(stream: TextIO) -> None:
    """Have a stream replace the characters that its encoding lacks: a terminal that is not UTF-8 must not end a run."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


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


@contextlib.contextmanager
def stage_bar(talk: Console) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
    """Show the tasks done of a stage, and beneath them a sentence on what is known; nothing where nobody looks.

    Yields what takes the counts of tasks, and what takes the sentence.
    """
    if not talk.is_terminal:
        yield (lambda done, total: None), (lambda sentence: None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("tasks, after"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=talk, transient=True) as shown:
        task = shown.add_task("", total=None)
        yield (
            lambda done, total: shown.update(task, completed=done, total=total),
            lambda sentence: shown.update(task, description=sentence.replace("[", r"\[")),
        )


def exit_code(error: Exception) -> int:
    """Return the exit code that an error stands for."""
    if isinstance(error, ExposureMismatch):
        return WRONG_EXPOSURE
    return WRONG_INPUT if isinstance(error, RegimensError) else FAILED


def say_error(error: Exception) -> None:
    """Say on stderr what is wrong, and the notes that the error has got on its way."""
    if isinstance(error, RegimensError):
        text = str(error)
    elif isinstance(error, OSError):
        text = f"{error.filename or 'The disk'}: {error.strerror or error}."
    elif isinstance(error, MemoryError):
        text = "There is not enough memory for this scenario. Simulate fewer subjects or arms, or observe less often."
    else:
        text = f"regimens stopped, and should not have: {type(error).__name__}: {error}. `regimens --debug ...` shows where."
    click.echo("\n".join([text, *notes(error)]), err=True)


def notes(error: BaseException | None) -> list[str]:
    """Return the notes of an error."""
    return getattr(error, "__notes__", [])

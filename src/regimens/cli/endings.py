"""How a command ends: its exit code, and what is said when something is wrong."""

from __future__ import annotations

import click

from regimens.errors import ExposureMismatch, RegimensError

DONE, FAILED, WRONG_INPUT, WRONG_EXPOSURE = 0, 1, 2, 3
"""Exit codes: done; anything else; the input is wrong; exposure differs from what a scenario expects."""


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

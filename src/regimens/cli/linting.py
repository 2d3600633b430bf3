"""`regimens lint`: what is legal and odd in scenario files and protocol texts."""

from __future__ import annotations

import click

from regimens.cli.explaining import is_file


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="FILE|TEXT...")
@click.option(
    "--day-0",
    "day_0",
    metavar="WEEKDAY",
    help="Weekday of day 0, for protocol texts. [default: the first weekday that a text names]",
)
def lint(what: tuple[str, ...], day_0: str | None) -> None:
    """Name what is legal and odd in scenario FILES or protocol TEXTS; nothing is simulated.

    Each finding has its line and column, the name of its rule, and what to do about it. A finding is no error: the exit code
    is 0 unless a file or a text cannot be read.
    """
    from regimens.lint import lint_scenario, lint_text

    for one in what:
        if is_file(one) and day_0 is not None:
            raise click.UsageError("--day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.")
        found = lint_scenario(one) if is_file(one) else lint_text(one, day_0)
        for finding in found:
            place = one if finding.line is None else f"{one}:{finding.line}:{finding.column}"
            click.echo(f"{place}: {finding.message} [{finding.rule}]")
            if finding.advice:
                click.echo(f"  {finding.advice}")
        if not found:
            click.echo(f"{one}: nothing odd was found.")

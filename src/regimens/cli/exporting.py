"""`regimens export`: a scenario, or a model, in the form of another program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regimens.errors import RegimensError

if TYPE_CHECKING:
    from regimens.scenario.values import Scenario

Write = Callable[[str], dict[str, str]]
"""Takes NAME of the command line; returns the files to write, name -> text."""


def _scenario(name: str) -> Scenario:
    from regimens.scenario import read_scenario

    return read_scenario(name)


def _events(dialect: str, name: str) -> dict[str, str]:
    from regimens.scenario.eventexport import event_files

    return event_files(_scenario(name), dialect)


OF_SCENARIOS: dict[str, Write] = {
    "nonmem": partial(_events, "nonmem"),
    "mrgsolve": partial(_events, "mrgsolve"),
    "rxode2": partial(_events, "rxode2"),
    "pkpdsim": partial(_events, "pkpdsim"),
}
"""Formats of a scenario's doses."""

OF_MODELS: dict[str, Write] = {}
"""Formats of a model's equations."""

FORMATS = tuple(dict.fromkeys((*OF_SCENARIOS, *OF_MODELS)))


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--to", "format", type=click.Choice(FORMATS), required=True, help="The program that is to read it.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="Folder. [default: the current one]"
)
def export(name: str, format: str, out: Path) -> None:
    """Write the doses of the scenario file NAME as an event table, with a JSON file of its units beside it.

    Every arm is one ID. A dose per kg or per m2 has the amount of the scenario's subject.
    """
    from regimens.study.folder import OutputExists, write_file

    formats = OF_MODELS if _is_model(name) else OF_SCENARIOS
    if format not in formats:
        raise RegimensError(f"{name}: {'a model' if _is_model(name) else 'a scenario'} cannot be written for '{format}'.")
    files = formats[format](name)
    for file in files:
        if (out / file).exists():
            raise OutputExists(out / file)
    out.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        write_file(text, out / file)
        click.echo(f"Written to {out / file}")


def _is_model(name: str) -> bool:
    """Whether NAME is a model: the name of a shipped one, or a file with states."""
    from regimens import shipped
    from regimens.yamlfile import read

    if not name.endswith((".yaml", ".yml")):
        return name in shipped.names("models")
    return "states" in read(name).data

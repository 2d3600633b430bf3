"""`regimens import FILE`: an SBML file as a model file."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New model file. [default: the name of FILE with the ending .yaml]")
@click.option("--time", "time", metavar="UNIT", help="Time unit of a FILE that states none: s, min, h or day.")
def import_model(file: Path, out: Path | None, time: str | None) -> None:
    """Write a model file that says what the SBML FILE says; needs pip install 'regimens[sbml]'.

    Inputs, sources and spreads between subjects, which SBML does not have, are left to be added.
    """
    from regimens.modeltext import read_sbml
    from regimens.study.folder import OutputExists, write_file

    path = out or Path(f"{file.stem}.yaml")
    if path.exists():
        raise OutputExists(path)
    found = read_sbml(file, time)
    write_file(found.text, path)
    for note in found.notes:
        click.echo(f"{path}: {note}")
    click.echo(f"Written to {path}", err=True)

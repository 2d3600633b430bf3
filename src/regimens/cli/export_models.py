"""`regimens export MODEL --to FORMAT` and `regimens import FILE`: models as text for other tools, and SBML as a model file."""

from __future__ import annotations

from pathlib import Path

import click

MODEL_FORMATS = {"mrgsolve": ".cpp", "rxode2": ".R", "nonmem": ".ctl", "antimony": ".ant", "sbml": ".xml"}
"""Format of `--to` -> ending of the file that is written where `--out` names none."""


def export_model(name: str, to: str, out: Path | None = None) -> Path:
    """Write the model `name` (a shipped one, or a model file) in a format of `MODEL_FORMATS` to a new file; return its path.

    Raises OutputExists for a file that is there, and what `find_model` and `model_text` raise.
    """
    from regimens.model import find_model
    from regimens.modeltext import model_text
    from regimens.study.folder import OutputExists, write_file

    model = find_model(name)
    path = out or Path(f"{model.name}{MODEL_FORMATS[to]}")
    if path.exists():
        raise OutputExists(path)
    write_file(model_text(model, to), path)
    return path


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

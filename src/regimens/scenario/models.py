"""Reading the models of a scenario: shipped ones by name, own ones from files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.errors import InputFileError, ModelError
from regimens.model.file import declared
from regimens.scenario.names import as_seen, fault_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regimens.model.declaration import Model
    from regimens.scenario.beside import Beside
    from regimens.yamlfile import Loc, Notes


def read_models(names: Sequence[str], beside: Beside, notes: Notes) -> tuple[tuple[Model, ...], bool]:
    """Return the models that can be read, each once, and whether these are all."""
    every = notes.usable("models")
    models: list[Model] = []
    index_of: list[int] = []
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        loc: Loc = ("models", index)
        if name in names[:index]:
            notes.add(loc, f"The model '{name}' is named twice.", "Name every model once.")
            continue
        model = beside.models.get(index) or _model(name, loc, beside, notes)
        if model is None:
            every = False
            continue
        if fault := fault_of(model.name, "a model"):
            notes.add(loc, *fault)
        earlier = first.setdefault(as_seen(model.name), len(models))
        if earlier < len(models):
            _note_alike((names[index_of[earlier]], models[earlier]), (name, model), loc, notes)
        models.append(model)
        index_of.append(index)
    return tuple(models), every


def _note_alike(one: tuple[str, Model], other: tuple[str, Model], loc: Loc, notes: Notes) -> None:
    """Note that two models, given as (text of the scenario, model), have names that cannot be told apart."""
    same = one[1].name == other[1].name
    both = f"are both named '{one[1].name}'" if same else f"are named '{one[1].name}' and '{other[1].name}'"
    notes.add(loc, f"The models '{one[0]}' and '{other[0]}' {both}.", "Rename one of the files.")


def _model(name: str, loc: Loc, beside: Beside, notes: Notes) -> Model | None:
    path = None if beside.folder is None else beside.folder / name
    try:
        return declared(str(path) if path is not None and name.endswith((".yaml", ".yml")) and path.is_file() else name)
    except ModelError as error:
        notes.add(loc, str(error))
    except InputFileError as error:
        notes.add(loc, f"The model '{name}' cannot be used:\n{error}")
    return None

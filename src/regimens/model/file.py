"""Model files: from a YAML file, or the name of a shipped model, to a checked `Model` with the values of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.errors import InputFileError, ModelError, Problem, did_you_mean
from regimens.model import dimensions
from regimens.model.interpret import interpret
from regimens.model.schema import ModelShape
from regimens.yamlfile import Located, read, shaped

if TYPE_CHECKING:
    from regimens.model.declaration import Model


def load_model(path: str | Path) -> Model:
    """Return the model in the file at `path`; its name is the name of the file without the ending.

    Raises InputFileError with all problems at once: of keys, names, formulas, units and dimensions. A formula is held against its
    unit where every unit in it can be read.
    """
    return model_in(read(path))


def model_in(located: Located) -> Model:
    """Return the model that an already parsed file holds; errors as for `load`."""
    name = Path(located.path).stem
    if not name.strip() or not name.isprintable() or name in (".yaml", ".yml"):
        message = f"The file name {Path(located.path).name!r} gives no name to the model."
        raise InputFileError(located.path, [Problem(message, "Use printable characters, such as 'my_model.yaml'.")])
    shape, notes = shaped(located, ModelShape)
    if shape is None:
        raise notes.error()
    model = interpret(shape, notes, name)
    dimensions.check(model, notes)
    if notes.problems:
        raise notes.error()
    return model


def declared(name: str) -> Model:
    """Return the shipped model `name`, or the model in the file that `name` is the path of, with the values of the file.

    Raises ModelError when there is no such shipped model, and InputFileError as `load` does.
    """
    if name.endswith((".yaml", ".yml")):
        return load_model(name)
    if name.endswith((".xml", ".sbml")):
        raise ModelError(f"'{name}' is not a model file. An SBML file is made into one by: regimens import {name}")
    known = shipped.names("models")
    if name in known:
        return load_model(shipped.folder("models") / f"{name}.yaml")
    near = did_you_mean(name, known)
    listed = f"Shipped models: {', '.join(known)}."
    raise ModelError(f"There is no model '{name}'. {f'{near} ' if near.startswith('Did') else ''}{listed}")

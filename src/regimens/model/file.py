"""Model files: from a YAML file, or the name of a shipped model, to a checked `Model` with the values of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from regimens import shipped
from regimens.errors import InputFileError, ModelError, Problem, did_you_mean
from regimens.model import dimensions
from regimens.model.interpret import interpret
from regimens.model.schema import ModelShape
from regimens.yamlfile import Located, problems_of, read

if TYPE_CHECKING:
    from regimens.model.declaration import Model


def load_model(path: str | Path) -> Model:
    """Return the model in the file at `path`; its name is the name of the file without the ending.

    Raises InputFileError with all problems of one stage at once: of the keys, then of names, formulas and units, then of
    dimensions. A later stage needs the one before it to be free of faults.
    """
    return model_in(read(path))


def model_in(located: Located) -> Model:
    """Return the model that an already parsed file holds; errors as for `load`."""
    name = Path(located.path).stem
    if not name.strip() or not name.isprintable() or name in (".yaml", ".yml"):
        message = f"The file name {Path(located.path).name!r} gives no name to the model."
        raise InputFileError(located.path, [Problem(message, "Use printable characters, such as 'my_model.yaml'.")])
    try:
        shape = ModelShape.model_validate(located.data)
    except ValidationError as error:
        raise InputFileError(located.path, problems_of(error, located, ModelShape), located.text) from None
    model = interpret(shape, located, name)
    dimensions.check(model, located)
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

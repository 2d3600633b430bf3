"""Model files: from a YAML file, or the name of a shipped model, to a checked `Model`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from regimens import shipped
from regimens.errors import InputFileError, ModelError, did_you_mean
from regimens.model import dimensions
from regimens.model.declaration import Model
from regimens.model.reading import Reading
from regimens.model.shape import ModelShape
from regimens.yamlfile import problems_of, read


def load(path: str | Path) -> Model:
    """Read the model file at `path`.

    Raises InputFileError with all problems at once: first those of the keys, then of names, formulas and units, then
    of dimensions, for each of these is only known once the one before is in order.
    """
    located = read(path)
    try:
        shape = ModelShape.model_validate(located.data)
    except ValidationError as error:
        raise InputFileError(path, problems_of(error, located, ModelShape), located.text) from None
    model = Reading(shape, located).model(Path(path).stem)
    dimensions.check(model, located)
    return model


def find(name: str) -> Model:
    """Return the shipped model called `name`, or the model in the file that `name` is the path of.

    Raises ModelError when there is no such shipped model, and InputFileError as `load` does.
    """
    if name.endswith((".yaml", ".yml")):
        return load(name)
    known = shipped.names("models")
    if name in known:
        return load(shipped.folder("models") / f"{name}.yaml")
    near = did_you_mean(name, known)
    listed = f"Shipped models: {', '.join(known)}."
    raise ModelError(f"There is no model '{name}'. {f'{near} ' if near.startswith('Did') else ''}{listed}")

"""The formats that a model can be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from regimens.errors import ModelError, did_you_mean
from regimens.modeltext.antimony import antimony_text
from regimens.modeltext.mrgsolve import mrgsolve_text
from regimens.modeltext.nonmem import nonmem_text
from regimens.modeltext.rxode2 import rxode2_text
from regimens.modeltext.sbml import sbml_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model

FORMATS: Mapping[str, Callable[[Model], str]] = {
    "mrgsolve": mrgsolve_text,
    "rxode2": rxode2_text,
    "nonmem": nonmem_text,
    "antimony": antimony_text,
    "sbml": sbml_text,
}
"""Format -> what writes a model in it."""


def model_text(model: Model, to: str) -> str:
    """Return `model` as text for another tool: "mrgsolve", "rxode2", "nonmem", "antimony" or "sbml".

    The comments at the top of the text say what could not be carried over, and which names had to change (docs/modeltext.md).
    Raises ModelError for an unknown format, for a model that cannot be compiled, and for what the tool cannot say at all:
    mrgsolve, rxode2 and NONMEM have one bioavailability and one lag for each compartment. "sbml" needs the extra `sbml`.
    """
    if to not in FORMATS:
        raise ModelError(f"'{to}' is not a format of models. {did_you_mean(to, FORMATS)}")
    return FORMATS[to](model)

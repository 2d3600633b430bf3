"""Checks of the parameters that subjects are simulated with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import ModelError, did_you_mean
from regimens.model.parameters import Parameters

if TYPE_CHECKING:
    from regimens.engine.trajectories import Floats
    from regimens.model.compile import CompiledModel


def checked_people(compiled: CompiledModel, parameters: Parameters) -> Parameters:
    """Return the parameters in the model's order. Raises ModelError for those that the model lacks or that have no value."""
    return Parameters(compiled.parameters, _values(compiled, parameters), parameters.weight_kg, parameters.bsa_m2)


def _values(compiled: CompiledModel, parameters: Parameters) -> Floats:
    """Return (subjects, parameters) in the model's order."""
    for name in parameters.names:
        if name not in compiled.parameters:
            raise ModelError(
                f"Model '{compiled.model.name}' has no parameter '{name}'. {did_you_mean(name, compiled.parameters)}"
            )
    for name in compiled.parameters:
        if name not in parameters.names:
            raise ModelError(f"Parameter '{name}' of model '{compiled.model.name}' has no value.")
    order = [parameters.names.index(name) for name in compiled.parameters]
    values = np.ascontiguousarray(parameters.values[:, order], dtype=np.float64)
    _check_shares(compiled, values)
    return values


def _check_shares(compiled: CompiledModel, values: Floats) -> None:
    """Raise ModelError for the first subject with a share outside 0 to 1; `values` is (subjects, parameters)."""
    shares = [place for place, parameter in enumerate(compiled.model.parameters) if parameter.share]
    for row, column in np.argwhere((values[:, shares] < 0.0) | (values[:, shares] > 1.0))[:1]:
        name, value = compiled.parameters[shares[column]], values[row, shares[column]]
        raise ModelError(
            f"Model '{compiled.model.name}': the share '{name}' is {value:.6g} in subject {row} (counted from 0). "
            "It must lie from 0 to 1."
        )

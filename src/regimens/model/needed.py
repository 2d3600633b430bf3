"""The part of a model that some observables need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.model.expression import names_in

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.model.expression import Expression


def needed_for(model: Model, observables: Collection[str], drug: str) -> Model:
    """Return the model with these observables only, and of its states, definitions and inputs those that they depend on.

    The states that `drug` enters stay, and all parameters, so that the model takes the same doses and subjects. Values differ
    from those of the whole model by the error of the integration, which chooses its steps by the states that are left.
    """
    formulas: dict[str, tuple[Expression, ...]] = {definition.name: (definition.formula,) for definition in model.definitions}
    formulas |= {state.name: (state.rate, state.initial) for state in model.states}
    seen = [observable for observable in model.observables if observable.name in observables]
    found: set[str] = set()
    waiting = {name for observable in seen for name in names_in(observable.formula)}
    waiting |= {given.state for given in model.inputs if given.drug == drug}
    while waiting:
        found |= waiting
        waiting = {name for known in waiting for formula in formulas.get(known, ()) for name in names_in(formula)} - found
    states = tuple(state for state in model.states if state.name in found)
    kept = {state.name for state in states}
    return replace(
        model,
        states=states,
        definitions=tuple(definition for definition in model.definitions if definition.name in found),
        inputs=tuple(given for given in model.inputs if given.state in kept),
        observables=tuple(seen),
    )

"""Sentences on the models: what enters them, which drugs they have no input for, how many values have no source."""

from __future__ import annotations

from collections.abc import Sequence

from regimens import wording
from regimens.drugs import label

EXPLORATORY = "Exploratory: not for conclusions."


def enters(drug: str, route: str, state: str) -> str:
    """Return the name of the row of one input."""
    return f"{label(drug)} {route} enters {state}"


def input_formula(share: str, lag: str, per: str) -> str:
    """Return how much of a dose enters and when, from the formulas of both; `per` is the unit of the lag."""
    return f"{'all of it' if share == '1' else f'{share} of it'}, {'at once' if lag == '0' else f'after {lag} ({per})'}"


def without_input(drugs: Sequence[str]) -> str:
    """Return which drugs a model has no input for, and what follows; empty where it has all."""
    if not drugs:
        return ""
    which = "it" if len(drugs) == 1 else "one of them"
    named = wording.listing([label(drug) for drug in drugs])
    return f"This model has no input for {named}: arms that give {which} are not modelled under it."


def without_source(assumed: int, parameters: int) -> str:
    """Return of how many parameters the values are assumed; empty where all have a source."""
    return f"No source stands behind {wording.count(assumed, 'parameter')} of {parameters}:" if assumed else ""

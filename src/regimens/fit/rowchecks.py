"""Rows of a table of responses that a model cannot predict: said with their lines, before a fit is begun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import Problem
from regimens.evidence.responsefile import LONGEST_H
from regimens.fit.datapoints import DataPoint, data_points, usable
from regimens.fit.prediction import Predictor
from regimens.model import compile_model
from regimens.regimen import hours

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.model.declaration import Model

USED = ("fit", "check")
"""Roles of the rows that a model is to predict."""


def problems_of(responses: Sequence[Response], model: Model) -> list[Problem]:
    """Return the problems of rows as those of a fit of `model`: none to fit, doses without an input, or no value predicted."""
    roles = sorted({f"'{response.role}'" for response in responses})
    if "'fit'" not in roles:
        found = ", ".join(roles) or "no row"
        return [Problem(f"No row has the role 'fit', found {found}.", "A fit needs at least one such row.")]
    return list(_without_input(responses, model)) or list(_without_value(responses, model))


def predicted_points(responses: Sequence[Response], model: Model) -> tuple[DataPoint, ...]:
    """Return the data points that the model is to predict."""
    return usable(data_points([response for response in responses if response.role in USED], of=responses), model)


def _without_value(responses: Sequence[Response], model: Model) -> Iterator[Problem]:
    """Yield a problem for every row whose prediction at the typical parameters has no logarithm."""
    points, lines = predicted_points(responses, model), {response.id: response.line for response in responses}
    logs = Predictor(compile_model(model), [point.target for point in points], [])(np.empty((1, 0)))[0]
    for point in (point for point, log in zip(points, logs, strict=True) if not np.isfinite(log)):
        yield Problem(
            f"Row '{point.id}': model '{model.name}' predicts no value above zero, and values are compared on the log scale.",
            "Give the row the role 'shown', or fit another model.",
            lines[point.id],
        )


def _without_input(responses: Sequence[Response], model: Model) -> Iterator[Problem]:
    """Yield a problem for every drug and route of a row to be predicted that the model has no input for."""
    known = [(entry.drug, entry.route) for entry in model.inputs]
    predicted = {point.id for point in predicted_points(responses, model)}
    for response in (response for response in responses if response.id in predicted):
        events = response.regimen.events(hours(Fraction(LONGEST_H)))
        for drug, route in dict.fromkeys(zip(events.drug, events.route, strict=True)):
            if (drug, route) not in known:
                yield Problem(
                    f"Row '{response.id}' gives '{drug} {route}', for which model '{model.name}' has no input.",
                    f"Known: {', '.join(map(' '.join, known))}. Give the row the role 'shown', or fit another model.",
                    response.line,
                )

"""Does every one of 10,000 random subjects, each parameter over four decades, end with a right answer or a status?

Shares are drawn from a hundredth of their typical value to 1, and exact factors such as 1000 mL/L not at all. Below stand the
subjects with a share above 1, which no model means, of as many who were drawn without that limit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.workload import table
from regimens import shipped
from regimens.engine import STATUS_WORDS, Tolerances, simulate
from regimens.model import find_model
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.model.evaluate import evaluate
from regimens.model.interpret import BY_DEFINITION
from regimens.model.parameters import Parameters, typical_subject
from tests.engine.models import doses, edge, pop, tmdd

DRAWS = 10_000
DECADES = 2.0
"""How far each parameter is drawn either way."""

RIGHT, FLOOR = 1e-3, 1e-4
"""Largest difference, over a subject's largest value of the state (or the floor), to a run at 1e-9 that is right."""

DOSES_H, GRID_H = np.arange(5) * 24.0, np.linspace(0.0, 336.0, 29)
AFTER_H = np.geomspace(1e-5, 24.0, 32)
"""Times after the first dose has entered that are read as well, so that the peaks of drugs that come and go fast are seen."""


def run(draws: int = DRAWS) -> str:
    """Return the table."""
    declared = [pop(), tmdd(), tmdd(1e4), edge(3.0), *(find_model(name, values="declared") for name in shipped.names("models"))]
    header = ["model", "draws", *STATUS_WORDS.values(), "right", "tight run failed", "differs", "median difference"]
    rows = [_row(model.name, model, _people(model, draws, within=True)) for model in declared]
    for model in declared:
        outside = _people(model, draws, within=False)
        if outside.subjects:
            unlimited = replace(model, parameters=tuple(replace(p, share=False) for p in model.parameters))
            rows.append(_row(f"{model.name}, a share above 1", unlimited, outside))
    return table(header, rows)


def _people(model: Model, draws: int, *, within: bool) -> Parameters:
    """Return subjects with shares within 1; or, of as many subjects drawn without that limit, those with a share above 1."""
    one = typical_subject(model)
    exponents = np.random.default_rng(11).uniform(-DECADES, DECADES, (draws, len(one.names)))
    exponents[:, [parameter.source == BY_DEFINITION.key for parameter in model.parameters]] = 0.0
    shares = np.array([parameter.share for parameter in model.parameters], dtype=bool)
    outside = np.any(one.values[:, shares] * 10 ** exponents[:, shares] > 1.0, axis=1)
    if within:
        top = np.minimum(DECADES, -np.log10(one.values[:, shares]))
        exponents[:, shares] = -DECADES + (exponents[:, shares] + DECADES) * (top + DECADES) / (2 * DECADES)
    people = Parameters(one.names, one.values * 10**exponents, np.full(draws, 70.0), np.full(draws, 1.8))
    return people if within else people[outside]


def _row(label: str, declared: Model, people: Parameters) -> list[object]:
    compiled, given = compile_model(declared), declared.inputs[0]
    amount = 1e6 if given.drug == "il2" and declared.time_unit == "day" else 500.0
    events = doses(DOSES_H, amount, drug=given.drug, route=given.route)
    lag = evaluate(given.lag, dict(zip(people.names, people.values.T, strict=True))) * np.ones(people.subjects)
    entered = lag[:, np.newaxis] * compiled.hours_per_time
    times = np.sort(np.hstack([np.tile(GRID_H, (people.subjects, 1)), np.minimum(entered + AFTER_H, GRID_H[-1])]))
    found, tight = (
        simulate(compiled, people, events, times, observables=compiled.states, tolerances=t)
        for t in (Tolerances(max_steps=100_000), Tolerances(1e-9, 1e-16, 100_000))
    )
    ok = found.status == 0
    confirmed = ok & (tight.status == 0)
    scale = np.maximum(np.abs(tight.values[confirmed]).max(axis=1, keepdims=True), FLOOR)
    difference = np.max(np.abs(found.values[confirmed] - tight.values[confirmed]) / scale, axis=(1, 2))
    counts = [int(np.sum(found.status == code)) for code in STATUS_WORDS]
    right = int(np.sum(difference <= RIGHT))
    assert np.all(np.isfinite(found.values[ok]))
    return [
        label, people.subjects, *counts, right, int(ok.sum() - confirmed.sum()), len(difference) - right,
        f"{np.median(difference):.0e}",
    ]  # fmt: skip


if __name__ == "__main__":
    print(run())

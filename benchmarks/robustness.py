"""Does every one of 10,000 random subjects, each parameter over four decades, end with a right answer or a status?"""

from __future__ import annotations

import numpy as np

from benchmarks.workload import table
from regimens import shipped
from regimens.engine import STATUS_WORDS, Tolerances, simulate
from regimens.model import find_model
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.model.parameters import Parameters, typical_subject
from tests.engine.models import doses, edge, pop, tmdd

DRAWS = 10_000
RIGHT, FLOOR = 1e-3, 1e-4
"""Largest difference, over a subject's largest value of the state (or the floor), to a run at 1e-9 that is right."""


def run(draws: int = DRAWS) -> str:
    """Return the table."""
    declared = [pop(), tmdd(), tmdd(1e4), edge(3.0), *(find_model(name, values="declared") for name in shipped.names("models"))]
    header = ["model", "draws", *STATUS_WORDS.values(), "right", "tight run failed", "differs", "median difference"]
    return table(header, [_row(model, draws) for model in declared])


def _row(declared: Model, draws: int) -> list[object]:
    one = typical_subject(declared)
    wide = one.values * 10 ** np.random.default_rng(11).uniform(-2, 2, (draws, len(one.names)))
    people = Parameters(one.names, wide, np.full(draws, 70.0), np.full(draws, 1.8))
    compiled, given = compile_model(declared), declared.inputs[0]
    amount = 1e6 if given.drug == "il2" and declared.time_unit == "day" else 500.0
    events = doses(np.arange(5) * 24.0, amount, drug=given.drug, route=given.route)
    times = np.linspace(0.0, 336.0, 29)
    found, tight = (
        simulate(compiled, people, events, times, observables=compiled.states, tolerances=Tolerances(r, r / 100, 100_000))
        for r in (1e-6, 1e-9)
    )
    ok = found.status == 0
    confirmed = ok & (tight.status == 0)
    scale = np.maximum(np.abs(tight.values[confirmed]).max(axis=1, keepdims=True), FLOOR)
    difference = np.max(np.abs(found.values[confirmed] - tight.values[confirmed]) / scale, axis=(1, 2))
    counts = [int(np.sum(found.status == code)) for code in STATUS_WORDS]
    right = int(np.sum(difference <= RIGHT))
    assert np.all(np.isfinite(found.values[ok]))
    return [
        declared.name, draws, *counts, right, int(ok.sum() - confirmed.sum()), len(difference) - right,
        f"{np.median(difference):.0e}",
    ]  # fmt: skip


if __name__ == "__main__":
    print(run())

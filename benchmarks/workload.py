"""The workload `pop`: a population under a cyclic schedule, with a fast saturable drug and slow cells.

States depot, C, R, P, T in hours (equations and values: `tests/engine/models.py`); 500 into the depot every 48 h, seven times,
in three cycles of 672 h; all states read every 12 h up to 4032 h. Seven parameters vary log-normally with 0.3.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from regimens.engine import Tolerances, Trajectories, simulate
from regimens.model.compile import compile_model
from tests.engine.models import POP_DOSES, POP_TIMES, doses, pop, pop_parameters

COMPILED = compile_model(pop())
EVENTS = doses(POP_DOSES, 500.0)
C, T = 1, 4
REST_S = 0.05
SMALL = 0.01
"""Concentrations (IU/mL) below this are compared as if they were this large."""


def ours(subjects: int, rtol: float, threads: int) -> Trajectories:
    """Simulate the first `subjects` of the population, all states at all times."""
    return simulate(
        COMPILED, pop_parameters(subjects), EVENTS, POP_TIMES, observables=COMPILED.states,
        tolerances=Tolerances(rtol, rtol / 100), threads=threads,
    )  # fmt: skip


def reference(subjects: int) -> np.ndarray:
    """Return our own run at 1e-11, which the tests confirm against LSODA on 3 subjects."""
    return ours(subjects, 1e-11, 2).values


def errors(values: np.ndarray, exact: np.ndarray) -> tuple[float, float]:
    """Return the largest relative errors of T and of C over all subjects and times (C and T do not jump at doses)."""
    exact = exact[: len(values)]
    cells = np.max(np.abs(values[..., T] / exact[..., T] - 1))
    drug = np.max(np.abs(values[..., C] - exact[..., C]) / np.maximum(np.abs(exact[..., C]), SMALL))
    return float(cells), float(drug)


def fastest(work: Callable[[], object], rounds: int = 12) -> float:
    """Return the shortest of several wall times (s), each after a short rest.

    Other processes only add to a wall time, and the system schedules a process that has just slept at once, so bursts of about
    ten milliseconds are hardly disturbed: `work` should be that short.
    """
    best = np.inf
    for _ in range(rounds):
        time.sleep(REST_S)
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def table(header: list[str], rows: list[list[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

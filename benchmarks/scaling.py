"""Is the cost proportional to subjects, doses, horizon, states and output times?"""

from __future__ import annotations

import numpy as np

from benchmarks.workload import COMPILED, fastest, table
from regimens.engine import simulate
from regimens.engine.kernel import compile_kernel, host
from regimens.model.compile import compile_model
from tests.engine.models import chain, doses, pop_parameters, subjects, tmdd


def run() -> str:
    """Return the tables."""
    people = pop_parameters(64)

    def cycles(count: int, rest: float = 384.0) -> np.ndarray:
        return np.concatenate([c * (288.0 + rest) + np.arange(7) * 48.0 for c in range(count)])

    def cost(given: np.ndarray, times: np.ndarray, crowd=people) -> float:
        return fastest(lambda: simulate(COMPILED, crowd, doses(given, 500.0), times, threads=1)) / crowd.subjects * 1e6

    def row(label: str, sizes: list[int], costs: list[float], unit: str) -> list[object]:
        return [label, *(f"{s}: {c:.0f}" for s, c in zip(sizes, costs, strict=True)), unit]

    rows = []
    sizes = [50, 200, 800]
    each = [cost(cycles(3), np.linspace(0, 4032, 337), pop_parameters(n)) for n in sizes]
    rows.append(row("subjects", sizes, [c * n / 1000 for c, n in zip(each, sizes, strict=True)], "ms in all"))
    rows.append(row("doses", [7, 28, 112], [cost(cycles(n), np.array([0.0, n * 672.0])) for n in (1, 4, 16)], "us/subject"))
    weeks = [4, 24, 144]
    rows.append(
        row("horizon (weeks, 7 doses)", weeks, [cost(cycles(1), np.array([0.0, w * 168.0])) for w in weeks], "us/subject")
    )
    points = [10, 1000, 10_000]
    rows.append(row("output times", points, [cost(cycles(3), np.linspace(0, 4032, n)) for n in points], "us/subject"))
    return "\n\n".join([table(["cost by", "", "", "", "unit"], rows), _by_states(), _stiff()])


def _by_states() -> str:
    rows = []
    for states in (2, 5, 10, 20, 40, 60):
        declared = chain(states)
        compiled, people = compile_model(declared), subjects(declared, 64)
        code = compile_kernel(compiled, host())
        built = fastest(lambda c=compiled: compile_kernel(c, host()), 4)
        given, times = doses([0.0, 24.0], 10.0, route="IV"), np.linspace(0, 100, 101)
        steps = simulate(compiled, people, given, times).statistics.steps
        spent = fastest(lambda c=compiled, p=people, g=given, t=times: simulate(c, p, g, t, threads=1))
        rows.append([states, f"{built:.2f}", len(code) // 1024, f"{spent / steps * 1e9:.0f}"])
    return table(["states", "compile s", "code KiB", "ns per step of one subject"], rows)


def _stiff() -> str:
    rows = []
    for factor in (1.0, 1e2, 1e4):
        declared = tmdd(factor)
        compiled, people = compile_model(declared), subjects(declared, 160)
        given, times = doses(np.arange(7) * 48.0, 60.0), np.arange(0.0, 700.0, 12.0)
        found = simulate(compiled, people, given, times)
        spent = fastest(lambda c=compiled, p=people, g=given, t=times: simulate(c, p, g, t, threads=1))
        rows.append([f"{factor:g}", f"{spent / 160 * 1e6:.0f}", found.statistics.steps // 160, found.statistics.failed])
    return table(["target binding, kon and koff x", "us/subject", "steps", "failed"], rows)


if __name__ == "__main__":
    print(run())

"""What does an endpoint cost over the bare integration, and how many schedules does a search judge in a second?

The bare integration reads the start and the end of 24 weeks only. 21 doses of 1 MIU in three cycles, 200 virtual subjects.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.workload import table
from regimens.drugs import IL2
from regimens.endpoints import DosedArm, endpoint_values, parse_endpoint, simulate_arm
from regimens.engine import simulate
from regimens.model import compile_model, find_model
from regimens.model.compile import CompiledModel
from regimens.model.parameters import Parameters
from regimens.population import Population, draw_subjects
from regimens.regimen import parse_regimen, weeks
from regimens.regimen.events import DosePlan
from regimens.subject import Subject

MODELS = ("turnover", "effect_turnover", "expansion", "balance")
HORIZON_H = 24 * 168.0
SCHEDULE = "(1 MIU SC every other day x 7, rest 14 days) x 3"
KINDS = {
    "value at a time": ["treg_fold at 12 weeks"],
    "area": ["AUC of treg_fold"],
    "peak": ["peak of treg_fold"],
    "time above": ["days treg_fold above 2"],
    "area above baseline": ["AUC of treg_fold above baseline"],
    "the main job's five": [
        "peak of treg_fold", "mean of treg_fold to 12 weeks", "days treg_fold above 2", "treg_fold at 12 weeks",
        "AUC of treg_fold above baseline per MIU",
    ],
}  # fmt: skip
SUBJECTS, ROUNDS = 200, 7
CANDIDATES = tuple(
    f"{amount:g} MIU SC every {days} days x {doses}" for amount in (0.5, 1, 1.5) for days in (2, 3) for doses in (7, 14)
)
DRAWS, EACH = 200, 20
"""Parameter draws and subjects of each on which a schedule is judged."""


def run() -> str:
    """Return the two tables."""
    return "\n\n".join([_costs(), _candidates()])


def _arm(text: str) -> DosedArm:
    return DosedArm(DosePlan((parse_regimen(text).events(weeks(24)),)), HORIZON_H, IL2, {})


def _costs() -> str:
    rows = [_cost(name) for name in MODELS]
    return table(["model", "bare integration, us/subject", *(f"{kind}, x" for kind in KINDS)], rows)


def _cost(name: str) -> list[object]:
    compiled, people = _people(name, SUBJECTS)
    arm = _arm(SCHEDULE)
    asked = {kind: [parse_endpoint(words) for words in found] for kind, found in KINDS.items()}

    def bare() -> None:
        simulate(compiled, people, arm.doses, [0.0, HORIZON_H], observables=["treg_fold"], threads=1)

    def measured(kind: str) -> None:
        found = simulate_arm(compiled, people, arm, asked[kind], threads=1)
        for endpoint in asked[kind]:
            endpoint_values(endpoint, found)

    least = _least([bare, *(lambda kind=kind: measured(kind) for kind in KINDS)])
    return [name, f"{least[0] / SUBJECTS * 1e6:.0f}", *(f"{spent / least[0]:.2f}" for spent in least[1:])]


def _least(works: Sequence) -> list[float]:
    """Return the least CPU seconds of each work over interleaved rounds; the first round only warms up."""
    least = [np.inf] * len(works)
    for each in range(ROUNDS):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            least[place] = min(least[place], time.process_time() - start) if each else np.inf
    return least


def _people(name: str, subjects: int) -> tuple[CompiledModel, Parameters]:
    model = find_model(name)
    return compile_model(model), draw_subjects(Population(subjects, 11), model, Subject())


def _candidates() -> str:
    rows = []
    for name in ("turnover", "expansion"):
        compiled, people = _people(name, DRAWS * EACH)
        asked = [parse_endpoint(words) for words in ("peak of treg_fold", "days treg_fold above 2")]
        simulate_arm(compiled, people[:8], _arm(SCHEDULE), asked)
        start = time.perf_counter()
        for text in CANDIDATES:
            found = simulate_arm(compiled, people, _arm(text), asked)
            for endpoint in asked:
                endpoint_values(endpoint, found)
        rows.append([name, len(people.values), f"{len(CANDIDATES) / (time.perf_counter() - start):.1f}"])
    return table(["model", "subjects", "schedules a second, peak and days above 2, all cores"], rows)


if __name__ == "__main__":
    print(run())

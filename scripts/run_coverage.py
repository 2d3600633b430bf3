"""Coverage of contrasts: 300 truths drawn from the posteriors, counted into docs/coverage.md (about 10 minutes on two cores)."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import groupby
from pathlib import Path

from regimens.scenario import Scenario
from regimens.study.coverage import TRUTH_SUBJECTS, Covered, repeat

SCENARIO = """\
title: Three short courses
models: [turnover, effect_turnover, expansion]
horizon: 4 weeks
population: {subjects: 20, draws: 200, seed: 1}
arms:
  0.5 MIU x 5: {regimen: 0.5 MIU SC daily x 5}
  1.5 MIU x 5: {regimen: 1.5 MIU SC daily x 5}
  0.5 MIU x 14: {regimen: 0.5 MIU SC every other day x 14}
endpoints:
  - peak of treg_fold
  - mean of treg_fold
  - treg_fold at 2 weeks
"""
PAIRS = (("1.5 MIU x 5", "0.5 MIU x 5"), ("0.5 MIU x 14", "1.5 MIU x 5"))


@cache
def scenario() -> Scenario:
    """Return the scenario that is repeated."""
    return Scenario.from_text(SCENARIO, name="coverage")


def one(repetition: int) -> list[Covered]:
    """Return the contrasts of one repetition."""
    return list(repeat(scenario(), PAIRS, repetition))


def rows(found: list[Covered]) -> list[str]:
    """Return a line of the table for every model, endpoint and pair."""

    def what(covered: Covered) -> tuple:
        return covered.model, covered.endpoint, covered.pair

    lines = []
    for (model, endpoint, pair), group in groupby(sorted(found, key=what), what):
        held = [covered.held for covered in group]
        counted = f"{sum(held)} of {len(held)} | {sum(held) / len(held):.1%}"
        lines.append(f"| {model} | {endpoint} | {pair[0]} against {pair[1]} | {counted} |")
    return lines


def page(found: list[Covered], repetitions: int) -> str:
    """Return docs/coverage.md."""
    population = scenario().population
    share = sum(covered.held for covered in found) / len(found)
    head = f"""\
# Do the intervals of contrasts hold the truth?

Made by `python scripts/run_coverage.py {repetitions}`. In each of {repetitions} repetitions a truth is drawn from the
posterior of a model, and the true contrast is taken in {TRUTH_SUBJECTS} subjects. The 90 % confidence interval comes from
{population.draws} other draws with {population.subjects} subjects each, all new in every repetition. It should hold the
truth nine times in ten: a little less for there being only {population.draws} draws, a little more for the chance among
{population.subjects} subjects.

This checks the code: that draws, subjects, pairing and intervals are put together as they should be. It is no evidence that a
model or its posterior is right.

All contrasts together: {share:.1%}.

| Model | Endpoint | Contrast | Held | Share |
|---|---|---|---|---|
"""
    return head + "\n".join(rows(found)) + "\n"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with ProcessPoolExecutor(2) as pool:
        contrasts = [covered for each in pool.map(one, range(count), chunksize=5) for covered in each]
    target = Path(__file__).parents[1] / "docs" / "coverage.md"
    target.write_text(page(contrasts, count), encoding="utf-8")
    print("\n".join(rows(contrasts)))

"""The trials of every design for every pair of arms, as far as they are done, and their rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.settle.rows import day_result, design_result, power_results, settled_by
from regimens.settle.significance import significance_tests
from regimens.settle.tasks import Block, DayTask, TrialsTask, perform
from regimens.settle.trial import NO_LIMIT, Sampling

if TYPE_CHECKING:
    from regimens.scenario.settle import Design, Pair, Settle
    from regimens.settle.hypotheses import Hypotheses
    from regimens.settle.rows import DayResult, DesignResult, PowerResult
    from regimens.settle.tasks import Task
    from regimens.work import Result, Runner

TRIALS = 50
"""Trials of a task."""

Say = Callable[[str], object]


class Trials:
    """Trials of the designs of `settle` for pairs of arms; a pair is settled at the probability `rule`.

    `pairs` are (pair, its hypotheses on all days of all designs, the names of their models). `collect` does the trials; after
    Ctrl-C the rows are those of the trials that were done.
    """

    def __init__(self, settle: Settle, seed: int, rule: float, pairs: Sequence[tuple[Pair, Hypotheses, Sequence[str]]]) -> None:
        self._settle, self._seed, self._rule, self._pairs = settle, seed, rule, pairs
        self._tests = [significance_tests(settle, design) for design in settle.designs]
        self._made: dict[tuple[int, int], list[Result]] = {}
        self._of_days: dict[tuple[int, int, int], list[Result]] = {}

    @property
    def begun(self) -> bool:
        """Whether some trials of every pair and design are done."""
        return len(self._made) == len(self._pairs) * len(self._settle.designs)

    def collect(self, done: Runner, chunk: int | None, say: Say) -> None:
        """Do all trials: a block of every design in turn, then the sampling days. `chunk` is the number of trials of a task."""
        settled: dict[tuple[int, int], tuple[int, int]] = {}
        for task, found in done(perform, self._tasks(chunk or TRIALS)):
            own = (task.block.pair, task.block.design)
            if isinstance(task, DayTask):
                self._of_days.setdefault((*own, task.place), []).append(found)
                continue
            self._made.setdefault(own, []).append(found)
            before = settled.get(own, (0, 0))
            settled[own] = before[0] + int(settled_by(found["probability"], self._rule).sum()), before[1] + task.block.count
            if self.begun:
                self._say_best(settled, say)

    def _say_best(self, settled: dict[tuple[int, int], tuple[int, int]], say: Say) -> None:
        own = max(settled, key=lambda key: settled[key][0] / settled[key][1])
        share, count, design = settled[own][0] / settled[own][1], settled[own][1], self._settle.designs[own[1]].name
        say(f"best so far: '{design}' settles {wording.percent(share)} % of {count} trials")

    def _tasks(self, chunk: int) -> list[Task]:
        settle = self._settle
        blocks = [
            Block(pair, number, self._on(pair, design), self._sampling(design), first, min(chunk, settle.trials - first))
            for first in range(0, settle.trials, chunk)
            for pair in range(len(self._pairs))
            for number, design in enumerate(settle.designs)
        ]
        made: list[Task] = [TrialsTask(block, self._tests[block.design]) for block in blocks]
        return made + [DayTask(block, place) for block in blocks for place in range(block.hypotheses.days)]

    def _on(self, pair: int, design: Design) -> Hypotheses:
        days = self._settle.days
        return self._pairs[pair][1].on([days.index(day) for day in design.days])

    def _sampling(self, design: Design) -> Sampling:
        limit = math.log(self._settle.lloq) if self._settle.lloq > 0 else NO_LIMIT
        return Sampling(design.subjects, self._settle.dropout, self._seed, limit)

    def designs(self) -> Iterator[DesignResult]:
        """Yield a row for every pair and design."""
        for pair, number in sorted(self._made):
            arms, hypotheses, _ = self._pairs[pair]
            found = _joined(self._made[pair, number])
            yield design_result(arms, self._settle.designs[number], hypotheses, found, self._rule)

    def tests(self) -> Iterator[PowerResult]:
        """Yield the rows of the tests of every pair and design."""
        for pair, number in sorted(self._made):
            arms, hypotheses, models = self._pairs[pair]
            design, found = self._settle.designs[number], _joined(self._made[pair, number])
            yield from power_results(arms, design, self._tests[number], models, hypotheses, found)

    def days(self) -> Iterator[DayResult]:
        """Yield a row for every pair, design and sampling day that is done."""
        for pair, number, place in sorted(self._of_days):
            found = _joined(self._of_days[pair, number, place])
            yield day_result(self._pairs[pair][0], self._settle.designs[number], place, found, self._rule)


def _joined(parts: Sequence[Result]) -> Result:
    """Return the results of tasks as one: trials are the last axis."""
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}

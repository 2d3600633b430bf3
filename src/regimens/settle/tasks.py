"""Tasks of trials: some trials of one design, simulated and weighed; and what single sampling days of them settle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.settle.likelihood import Likelihood
from regimens.settle.trial import trial_data, truths
from regimens.settle.weighing import weigh

if TYPE_CHECKING:
    from regimens.settle.hypotheses import Hypotheses
    from regimens.settle.significance import Test
    from regimens.settle.trial import Sampling, Trial
    from regimens.work import Result


@dataclass(frozen=True)
class Block:
    """Trials `first` to `first + count - 1` of a design for a pair: `design` and `pair` are their numbers.

    `hypotheses` are on the days of the design.
    """

    pair: int
    design: int
    hypotheses: Hypotheses = field(repr=False)
    sampling: Sampling
    first: int
    count: int

    @property
    def name(self) -> str:
        """What the trials are called in the key of a task."""
        return f"{self.pair}-{self.design}-{self.first}-{self.count}"

    def trials(self, hypotheses: Hypotheses, outside: bool = False) -> Iterator[tuple[int, Trial]]:
        """Yield the true hypothesis and the samples of each trial; `hypotheses` are those of the block or its null."""
        for place, truth in enumerate(truths(hypotheses, self.sampling.seed, self.first, self.count)):
            yield int(truth), trial_data(hypotheses, self.sampling, self.first + place, int(truth), outside)


@dataclass(frozen=True)
class TrialsTask:
    """Task: what the trials of a block make of the pair, and what tests make of them."""

    block: Block
    tests: Sequence[Test] = field(repr=False)

    @property
    def key(self) -> str:
        """The name of the task, unique in its run."""
        return f"settle-{self.block.name}"


@dataclass(frozen=True)
class DayTask:
    """Task: what the sampling day at `place` settles alone in the trials of a block, and what the other days settle."""

    block: Block
    place: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its run."""
        return f"day-{self.block.name}-{self.place}"


Task = TrialsTask | DayTask


def perform(task: Task) -> Result:
    """Do a task.

    A TrialsTask gives `truth`, `probability`, `gain`, `size` and `power` of every trial (trials,); `outside`, the probability in
    trials of a truth that is none of the models; `rejected` and `rejected_null` (tests, trials), `seen` (tests, 2, trials). A
    DayTask gives `alone` and `without`, probabilities (trials,); `without` is missing where there is no other day.
    """
    return _trials(task) if isinstance(task, TrialsTask) else _day(task)


def _trials(task: TrialsTask) -> Result:
    block, hypotheses = task.block, task.block.hypotheses
    likelihood = Likelihood(hypotheses)
    truth, made, rejected, seen = [], [], [], []
    for true, trial in block.trials(hypotheses):
        truth.append(true)
        found = weigh(hypotheses, likelihood(trial), true)
        made.append((found.probability, found.gain, found.size, found.power))
        rejected.append([test.rejects(trial) for test in task.tests])
        seen.append([test.seen(trial) for test in task.tests])
    outside = [weigh(hypotheses, likelihood(trial), true).probability for true, trial in block.trials(hypotheses, True)]
    null = [[test.rejects(trial) for test in task.tests] for _, trial in block.trials(hypotheses.null)]
    probability, gain, size, power = np.array(made).T.copy()
    return {
        "truth": np.array(truth, dtype=np.int64),
        "probability": probability,
        "gain": gain,
        "size": size,
        "power": power,
        "outside": np.array(outside),
        "rejected": np.array(rejected, dtype=bool).T.copy(),
        "rejected_null": np.array(null, dtype=bool).T.copy(),
        "seen": np.moveaxis(np.array(seen), 0, 2).copy(),
    }


def _day(task: DayTask) -> Result:
    block, days = task.block, task.block.hypotheses.days
    others = [place for place in range(days) if place != task.place]
    found = {"alone": np.full(block.count, np.nan), "without": np.full(block.count, np.nan)}
    for name, places in (("alone", [task.place]), ("without", others)):
        if places:
            some = block.hypotheses.on(places)
            likelihood = Likelihood(some)
            chances = [
                weigh(some, likelihood(trial.on(places)), true).probability for true, trial in block.trials(block.hypotheses)
            ]
            found[name] = np.array(chances)
    return found

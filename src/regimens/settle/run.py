"""Settling: which trial would settle which of two arms is better, over models and parameter draws.

Trials are simulated under every hypothesis in turn, and all other hypotheses are weighed by their data. A pair is settled
where the probability that one arm is better reaches that of the scenario's verdicts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regimens.errors import RegimensError
from regimens.settle.rows import pair_result
from regimens.settle.subjects import Simulated, simulate_subjects, study_of
from regimens.settle.trials import Say, Trials
from regimens.study.provenance import Provenance, provenance_of
from regimens.work import Progress, Runner, Store, local, no_progress

if TYPE_CHECKING:
    from regimens.scenario.settle import Settle
    from regimens.scenario.values import Scenario
    from regimens.settle.hypotheses import Hypotheses
    from regimens.settle.rows import DayResult, DesignResult, PairResult, PowerResult

MOST_PAIRS = 3
"""Pairs whose trials are simulated where the scenario names none: the most contested ones."""


@dataclass(frozen=True, eq=False)
class Settled:
    """The result: rows for every pair, design, sampling day and test.

    `models` are those that know the endpoint and the samples, and have parameter draws; `unit` is that of the endpoint. A run
    that was broken off has fewer trials than the scenario asks for, and may lack sampling days.
    """

    scenario: Scenario
    settle: Settle
    models: tuple[str, ...]
    unit: str
    pairs: tuple[PairResult, ...]
    designs: tuple[DesignResult, ...]
    days: tuple[DayResult, ...]
    tests: tuple[PowerResult, ...]
    provenance: Provenance = field(repr=False)


class BrokenOff(KeyboardInterrupt):
    """Broken off by Ctrl-C when some trials of every design were done: `found` is the result of these."""

    def __init__(self, found: Settled) -> None:
        super().__init__()
        self.found = found


def settle_pairs(
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Progress = no_progress,
    say: Say = lambda sentence: None,
    chunk: int | None = None,
) -> Settled:
    """Simulate the trials of the key `settle` of a scenario, and weigh all models and draws by their data.

    `executor` does the work, threads of this process if not given; `store` keeps finished tasks; `progress` is called with the
    number of finished tasks and of all of a stage; `say` with the design that is best so far; a task has at most `chunk` runs or
    trials. None of these changes a number. RegimensError for a scenario without that key, without parameter draws, or in which
    fewer than LEAST_SIZE draws of all models are left to weigh; BrokenOff, a KeyboardInterrupt with what is known, for Ctrl-C
    when trials of every design are known.
    """
    settle = scenario.settle
    where = scenario.path or scenario.name
    if settle is None:
        raise RegimensError(f"{where}: there is no 'settle' in this scenario. Add the endpoint and the designs.")
    if scenario.population is None or scenario.population.draws == 1:
        raise RegimensError(
            f"{where}: the parameters are taken as known (one draw), so there is nothing that a trial could settle. "
            "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
        )
    with contextlib.nullcontext(executor) if executor is not None else local() as workers:
        done = Runner(workers, store, progress)
        simulated = simulate_subjects(settle, study_of(scenario, settle), done, chunk)
        pairs = _pairs(scenario, simulated)
        looked_at = [row for row, _ in pairs]
        contested = [((row.arm, row.against), made) for row, made in pairs if row.simulated]
        of_models = [(pair, made, simulated.models_of(pair)) for pair, made in contested]
        trials = Trials(settle, scenario.population.seed, scenario.rule.probability, of_models)
        try:
            trials.collect(done, chunk, say)
        except KeyboardInterrupt:
            if trials.begun:
                raise BrokenOff(_result(scenario, simulated, looked_at, trials)) from None
            raise
        return _result(scenario, simulated, looked_at, trials)


def _pairs(scenario: Scenario, simulated: Simulated) -> list[tuple[PairResult, Hypotheses]]:
    """Return the pairs that are looked at: those that are named, else all that can be, the most contested first.

    Trials are simulated for those on which the models do not agree, at most MOST_PAIRS of those that are not named.
    """
    named = simulated.settle.pairs
    if named:
        found = [(pair, simulated.hypotheses(pair)) for pair in named]
    else:
        found = sorted(simulated.possible(), key=lambda each: abs(each[1].before - 0.5))
    rows: list[tuple[PairResult, Hypotheses]] = []
    left = len(found) if named else MOST_PAIRS
    for pair, hypotheses in found:
        agreed = hypotheses.agreed(scenario.rule)
        rows.append((pair_result(pair, hypotheses, agreed, not agreed and left > 0), hypotheses))
        left -= not agreed
    return rows


def _result(scenario: Scenario, simulated: Simulated, pairs: Sequence[PairResult], trials: Trials) -> Settled:
    """Return the result of the trials that are done."""
    settle = simulated.settle
    units = (model.unit_of(settle.endpoint.observable) for model in simulated.models)
    return Settled(
        scenario,
        settle,
        tuple(model.name for model in simulated.models),
        settle.endpoint.unit(next(filter(None, units), "")),
        tuple(pairs),
        tuple(trials.designs()),
        tuple(trials.days()),
        tuple(trials.tests()),
        provenance_of(simulated.study, (0, 0), simulated.failed),
    )

"""Confirm: the best schedules of the screen on the whole population with exact endpoints, and the winners on fresh draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.outcomes import Outcomes
from regimens.drugs import IL2
from regimens.engine import Tolerances
from regimens.engine.trajectories import OK
from regimens.population.uncertainty import most_draws
from regimens.scenario.values import AS_WRITTEN, Arm
from regimens.search.judging import front, in_turns, mean_over_draws, ranking, scores, spread_out
from regimens.search.screen import Screened, schedule_values, searched_models, within_limits
from regimens.study.perform import arm_values, people
from regimens.study.study import Study, resolve

if TYPE_CHECKING:
    from regimens.regimen.space import Candidate
    from regimens.scenario.search import Search
    from regimens.scenario.values import Scenario
    from regimens.statistics import Floats
    from regimens.study.study import StudyModel
    from regimens.work import Result

MOST_FINALISTS = 200
WINNERS = 20
"""Schedules that are confirmed on the whole population, and those of them that are confirmed again on fresh draws."""

CHUNK = 250
"""Runs (subjects of parameter draws) of a task: each simulates all finalists for so many runs."""


TOLERANCES = Tolerances(rtol=1e-5, atol=1e-6)
"""Those of the schedules that are confirmed, where the scenario asks for no other: in single subjects means and peaks differ by
at most 3e-5 of their value from those at the default, and by 1e-6 in most."""


def tolerances_of(scenario: Scenario) -> Tolerances:
    """Return the tolerances of the confirmation: those of the scenario where it asks for other ones than the default."""
    return TOLERANCES if scenario.tolerances == Tolerances() else scenario.tolerances


@dataclass(frozen=True)
class ConfirmTask:
    """Task: `count` runs from run `first` on of all arms of one `stage` of the search under one model.

    The first `schedules` arms of the study are schedules of the space, the others arms of the scenario.
    """

    stage: str
    study: Study = field(repr=False)
    search: Search = field(repr=False)
    schedules: int
    model: int
    first: int
    count: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its search."""
        return f"{self.stage}-{self.model}-{self.first}-{self.count}"


def confirm(task: ConfirmTask) -> Result:
    """Do a task: `values` (arms, measured endpoints, runs), and `failed`: how many runs stopped early."""
    study, model = task.study, task.study.models[task.model]
    schedules, others = study.arms[: task.schedules], study.arms[task.schedules :]
    numbers = np.arange(task.first, task.first + task.count)
    sets, runs = [arm.planned for arm in schedules], people(study, model, numbers)
    values, status = schedule_values(study, model, task.search, sets, runs, tolerances_of(study.scenario))
    own = [arm_values(study, model, arm, numbers) for arm in others]
    found = np.concatenate([np.moveaxis(values, 0, 1), *(each[np.newaxis] for each, _ in own)])
    failed = sum(int((each != OK).sum()) for each in (status, *(each for _, each in own)))
    return {"values": found, "failed": np.array([failed])}


@dataclass(frozen=True, eq=False)
class Confirmed:
    """Schedules on the population. `names` are their words, or the names of reference arms; `places` (schedules,) are their
    places in the space, -1 for references; `values` has (schedules, measured endpoints, draws, subjects) for each model that
    ranks; `failed` counts runs whose integration failed.
    """

    names: tuple[str, ...]
    places: np.ndarray
    values: tuple[Floats, ...] = field(repr=False)
    failed: int

    def joined(self, other: Confirmed) -> Confirmed:
        """Return the schedules of both."""
        values = tuple(np.concatenate(pair) for pair in zip(self.values, other.values, strict=True))
        return Confirmed(
            (*self.names, *other.names), np.concatenate([self.places, other.places]), values, self.failed + other.failed
        )

    def outcomes(self, search: Search, models: Sequence[StudyModel], asked_draws: int) -> Outcomes:
        """Return the aim of every schedule, for contrasts and verdicts."""
        aim = search.aim
        return Outcomes(
            arms=self.names,
            models=tuple(model.name for model in models),
            endpoints=(aim,),
            values={
                (model.name, name): (values[place, 0],)
                for model, values in zip(models, self.values, strict=True)
                for place, name in enumerate(self.names)
            },
            units={(model.name, aim.words): aim.unit(model.unit_of(aim.observable) or "1") for model in models},
            asked_draws=asked_draws,
        )


class PartlyConfirmed(KeyboardInterrupt):
    """Broken off by Ctrl-C while schedules were confirmed: `draws` of them are done under every model."""

    def __init__(self, confirmed: Confirmed, draws: int) -> None:
        super().__init__()
        self.confirmed, self.draws = confirmed, draws


def finalists(
    search: Search, candidates: Sequence[Candidate], screened: Screened, totals: Floats, left_out: np.ndarray, most: int
) -> np.ndarray:
    """Return the places of the schedules to confirm, at most `most` of those within the limits and not `left_out`, ascending.

    In turns: the best over models, the best of each model, the fronts of aim against total over models and of each model (and
    against the cost), those that win in most draws, and the best of each amount and interval.
    """
    sign = 1.0 if search.highest else -1.0
    allowed, aims = within_limits(screened.held) & ~left_out, sign * screened.means[:, 0]
    score = scores(search.judge, aims, screened.tails, allowed)
    wins = screened.wins.mean(axis=0)
    lists = [ranking(score, allowed), *(ranking(aim, allowed) for aim in aims)]
    lists += [spread_out(front(gain, totals, allowed)) for gain in (score, *aims)]
    if search.cost is not None:
        cost = mean_over_draws(screened.means[:, search.row(search.cost)].T)
        lists.append(spread_out(front(score, cost, allowed)))
    lists.append(ranking(np.where(wins > 0, wins, -np.inf), allowed))
    lists.append(spread_out(best_of_cells(candidates, score, allowed)))
    return in_turns(lists, most)


def best_of_cells(candidates: Sequence[Candidate], score: Floats, allowed: np.ndarray) -> np.ndarray:
    """Return the place of the best allowed schedule of every amount and interval."""
    found: dict[object, int] = {}
    for place in ranking(score, allowed):
        one = candidates[place]
        found.setdefault((one.amount, one.timing.every), int(place))
    return np.array(sorted(found.values()), dtype=np.int64)


def references(scenario: Scenario) -> tuple[Arm, ...]:
    """Return the arms as written that give IL-2 alone by a fixed plan: they are held against the schedules that are found.

    Arms that start at steady state are left out: the schedules start without earlier doses.
    """
    return tuple(arm for arm in _of_il2(scenario) if arm.regimen.start is None)


def at_steady_state(scenario: Scenario) -> tuple[Arm, ...]:
    """Return the arms that would be references if they did not start at steady state."""
    return tuple(arm for arm in _of_il2(scenario) if arm.regimen.start is not None)


def _of_il2(scenario: Scenario) -> Iterator[Arm]:
    written = (arm for arm in scenario.arms if arm.variant == AS_WRITTEN and arm.adherence is None)
    return (arm for arm in written if set(arm.regimen.drugs) == {IL2})


def study_of(scenario: Scenario, search: Search, chosen: Sequence[Candidate], others: Sequence[Arm] = ()) -> Study:
    """Return the study of some schedules, each an arm named by its words, and of other arms after them."""
    arms = (*(Arm(one.words, one.regimen) for one in chosen), *others)
    return resolve(
        replace(
            scenario, arms=arms, endpoints=search.measured, individuals=0, visits=(), trade_off=None, equalise=None,
            real_life=None, noise=None, outcomes=(), own=(),
        )
    )  # fmt: skip


def confirm_tasks(
    stage: str, study: Study, search: Search, schedules: int, first_draw: int = 0, chunk: int | None = None
) -> list[ConfirmTask]:
    """Return the tasks that simulate all arms of a study under the models that rank, in the draws from `first_draw` on.

    The first `schedules` arms are schedules of the space.
    """
    each = chunk or CHUNK
    return [
        ConfirmTask(stage, study, search, schedules, model.place, start, min(each, study.runs - start))
        for start in range(first_draw * study.cohort.subjects, study.runs, each)
        for model in searched_models(study, search)
    ]


def collect_confirmed(
    study: Study, search: Search, places: np.ndarray, results: Iterable[tuple[ConfirmTask, Result]], first_draw: int = 0
) -> Confirmed:
    """Put the results of all tasks together, of the draws from `first_draw` on; `places` are those of the arms in the space.

    A KeyboardInterrupt becomes PartlyConfirmed where some draws are done under every model.
    """
    models, subjects = searched_models(study, search), study.cohort.subjects
    first, failed = first_draw * subjects, 0
    shape = (len(study.arms), len(study.measured), study.runs - first)
    values = {model.place: np.full(shape, np.nan) for model in models}
    done = dict.fromkeys(values, 0)

    def confirmed(draws: int) -> Confirmed:
        cut = [_by_draw(values[model.place][:, :, : draws * subjects], model, subjects) for model in models]
        return Confirmed(tuple(arm.name for arm in study.arms), places, tuple(cut), failed)

    try:
        for task, found in results:
            start = task.first - first
            values[task.model][:, :, start : start + task.count] = found["values"]
            done[task.model] += task.count
            failed += int(found["failed"][0])
    except KeyboardInterrupt:
        draws = min(done.values()) // subjects
        if draws:
            raise PartlyConfirmed(confirmed(draws), draws) from None
        raise
    return confirmed(shape[2] // subjects)


def _by_draw(values: Floats, model: StudyModel, subjects: int) -> Floats:
    """Return (arms, endpoints, draws, subjects): one draw of all runs where the draws of the model are not told apart."""
    return values.reshape(*values.shape[:2], -1, subjects) if model.uncertain else values[:, :, np.newaxis]


def fresh_draws(scenario: Scenario) -> int:
    """Return how many parameter draws are left that the search has not used, at most as many as it used; 0 with one draw."""
    population = scenario.population
    if population is None or population.draws == 1:
        return 0
    left = [most - population.draws for model in scenario.models if (most := most_draws(model)) is not None]
    return max(0, min([population.draws, *left]))


def with_fresh_draws(scenario: Scenario) -> Scenario:
    """Return the scenario with the fresh draws after its own: other parameters, and other subjects than those of the search."""
    population = scenario.population
    assert population is not None
    return replace(scenario, population=replace(population, draws=population.draws + fresh_draws(scenario)))

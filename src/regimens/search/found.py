"""What a search found: the result, and a row for every confirmed schedule."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.verdict import fewest_draws
from regimens.exposure import exposure_of
from regimens.scenario.search import Kind
from regimens.search.answer import Answer, over_subjects_of
from regimens.search.edges import check_exposure, edges_of
from regimens.search.judging import mean_over_draws, scores, tail_mean
from regimens.search.screen import Screened, searched_models, within_limits
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.regimen.space import Candidate
    from regimens.scenario.search import Search
    from regimens.scenario.values import Scenario
    from regimens.search.confirm import Confirmed
    from regimens.statistics import Floats
    from regimens.study.provenance import Provenance
    from regimens.study.study import Study, StudyModel


@dataclass(frozen=True)
class Schedule:
    """One confirmed schedule, or a reference arm; numbers that it has not are missing."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    reference: bool = column("whether it is an arm of the scenario, held against the schedules found")
    rank: int | None = column("place by the score, from 1; blank for references and schedules beyond a limit")
    total_miu: float = column("total of the whole schedule at the scenario's subject", "MIU")
    doses: int = column("number of doses")
    visits: int = column("days with a dose")
    span_days: float = column("first dose to one interval after the last", "days")
    cycles: int = column("number of cycles")
    score: float = column(
        "what schedules are ranked by, higher is better (`judged by`; a regret has a minus sign)", "unit of the aim"
    )
    score_fresh: float = column("the same on fresh draws and subjects, among the winners; blank for others", "unit of the aim")
    largest_regret: float = column("largest regret under any model", "unit of the aim")
    cost: float = column(
        "cost endpoint: mean over models and draws of the population statistic; blank without one", "unit of the cost"
    )
    within_limits: bool = column("whether all limits hold")
    flat: bool = column("whether no verdict tells it from the best")
    front: bool = column("whether no schedule has a better score at a total as low")
    cost_front: bool = column("whether no schedule has a better score at a cost as low")
    edge: str = column("where it lies at an edge of the space, or at a limit")


@dataclass(frozen=True)
class UnderModel:
    """One confirmed schedule under one model."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    model: str = column("model")
    aim: float = column("mean over draws of the population statistic of the aim", "unit")
    low: float = column("lower end of the 90 % confidence interval of the aim", "unit")
    high: float = column("upper end of it", "unit")
    unit: str = column("unit of the aim")
    fresh: float = column("the aim on fresh draws and subjects; blank for schedules that were not confirmed again", "unit")
    regret: float = column("how far the aim falls short of the model's best schedule", "unit")
    first: float = column("share of draws in which it has the best aim of all confirmed, ties split", "1")
    best_beats: float = column("share of draws that differ in which the model's best schedule has the better aim", "1")
    flat: bool = column("whether the model's best schedule cannot be told from it by the rule of verdicts")
    front: bool = column("whether no schedule has a better aim under the model at a total as low")


@dataclass(frozen=True)
class LimitHeld:
    """How often a confirmed schedule meets a limit on an endpoint under a model."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    model: str = column("model")
    limit: str = column("limit, in the words of the scenario")
    share: float = column("share of draws in which enough subjects meet it; half is needed", "1")


SCHEDULES = table_of("schedules", "confirmed schedule, and arm of the scenario", Schedule)
UNDER_MODELS = table_of("under_models", "schedule and model", UnderModel)
LIMITS = table_of("limits", "schedule, model and limit on an endpoint", LimitHeld)


@dataclass(frozen=True, eq=False)
class Found:
    """The result of a search.

    `size` is the number of schedules of the space within the limits on totals and doses; `candidates` are those that were looked
    at, all of them or a sample; `screened` is what the screen found of them, `confirmed` what the population gave for the best,
    `answer` which of these answer the question. `fresh` are the winners on `fresh_draws` other draws, None where there are none
    left.
    """

    study: Study
    search: Search
    size: int
    candidates: tuple[Candidate, ...] = field(repr=False)
    screened: Screened
    confirmed: Confirmed
    answer: Answer
    fresh: Confirmed | None
    fresh_draws: int
    provenance: Provenance

    @property
    def scenario(self) -> Scenario:
        """The scenario that was searched."""
        return self.study.scenario

    @property
    def sampled(self) -> bool:
        """Whether the space was too large to look at every schedule of it."""
        return len(self.candidates) < self.size

    @property
    def models(self) -> tuple[StudyModel, ...]:
        """The models that rank the schedules."""
        return searched_models(self.study, self.search)

    @property
    def tells_apart(self) -> bool:
        """Whether the rule of verdicts can tell schedules apart at all: enough draws, and every model's uncertainty is known."""
        enough = self.study.cohort.draws >= fewest_draws(self.scenario.rule.probability)
        return enough and all(model.uncertain for model in self.models)

    def candidate(self, place: int) -> Candidate | None:
        """Return the schedule at a place of the answer; None for an arm of the scenario."""
        there = int(self.confirmed.places[place])
        return None if there < 0 else self.candidates[there]

    @cached_property
    def shown_order(self) -> tuple[int, ...]:
        """Places of the answer as they are listed: the best first, then those beyond a limit, then arms of the scenario."""
        ranked = [int(place) for place in self.answer.order]
        others = [place for place in range(len(self.confirmed.names)) if place not in set(ranked)]
        return (*ranked, *sorted(others, key=lambda place: (self.confirmed.places[place] < 0, -self.answer.score[place], place)))

    @cached_property
    def fresh_aims(self) -> Floats:
        """The mean aim of every confirmed schedule on the fresh draws, (models, schedules); missing for those without."""
        found = np.full((len(self.models), len(self.confirmed.names)), np.nan)
        if self.fresh is not None:
            at = [self.confirmed.names.index(name) for name in self.fresh.names]
            found[:, at] = [mean_over_draws(over_subjects_of(values[:, 0], self.search)) for values in self.fresh.values]
        return found

    @cached_property
    def fresh_scores(self) -> Floats:
        """The score of every winner on the fresh draws (schedules,); missing for others. A regret is among the winners."""
        found = np.full(len(self.confirmed.names), np.nan)
        if self.fresh is None:
            return found
        sign = 1.0 if self.search.highest else -1.0
        levels = [sign * over_subjects_of(values[:, 0], self.search) for values in self.fresh.values]
        tail = self.search.judge.tail if self.search.judge.kind is Kind.CVAR else 1.0
        winner = np.ones(len(self.fresh.names), dtype=bool)
        score = scores(self.search.judge, np.stack([mean_over_draws(each) for each in levels]), tail_mean(levels, tail), winner)
        found[[self.confirmed.names.index(name) for name in self.fresh.names]] = score
        return found

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """A row for every confirmed schedule and arm of the scenario, in the order shown."""
        ranks = {int(place): rank for rank, place in enumerate(self.answer.order, 1)}
        return tuple(self._schedule(place, ranks.get(place)) for place in self.shown_order)

    def _schedule(self, place: int, rank: int | None) -> Schedule:
        answer, one, subject = self.answer, self.candidate(place), self.scenario.subject
        if one is None:
            arm = next(arm for arm in self.scenario.arms if arm.name == self.confirmed.names[place])
            (row,) = exposure_of(arm.regimen, subject)
            total, doses, visits, span, cycles = row.total, row.doses, row.days_on, row.span_h, len(row.per_cycle)
        else:
            (total, doses, visits, span), cycles = check_exposure(self.search, one, subject), one.timing.cycles
        edges = () if one is None else edges_of(self.search.space, self.search.limits, one, subject)
        return Schedule(
            schedule=self.confirmed.names[place],
            reference=one is None,
            rank=rank,
            total_miu=float(total / 1_000_000),
            doses=doses,
            visits=visits,
            span_days=float(span / 24),
            cycles=cycles,
            score=float(answer.score[place] + 0.0),  # a regret of 0 is -0.0 with its sign turned
            score_fresh=float(self.fresh_scores[place] + 0.0),
            largest_regret=float(answer.regret[:, place].max()),
            cost=float(answer.cost[place]),
            within_limits=bool(within_limits(answer.held[:, :, [place]])[0]),
            flat=bool(answer.flat[place]),
            front=bool(answer.front[place]),
            cost_front=bool(answer.cost_front[place]),
            edge="; ".join(edges),
        )

    @cached_property
    def under_models(self) -> tuple[UnderModel, ...]:
        """A row for every confirmed schedule and arm of the scenario under each model, in the order shown."""
        answer, aim = self.answer, self.search.aim
        return tuple(
            UnderModel(
                schedule=self.confirmed.names[place],
                model=model.name,
                aim=float(answer.aim[row, place]),
                low=float(answer.low[row, place]),
                high=float(answer.high[row, place]),
                unit=aim.unit(model.unit_of(aim.observable) or "1"),
                fresh=float(self.fresh_aims[row, place]),
                regret=float(answer.regret[row, place]),
                first=float(answer.first[row, place]),
                best_beats=float(answer.best_beats[row, place]),
                flat=bool(answer.flat_under[row, place]),
                front=bool(answer.front_under[row, place]),
            )
            for place in self.shown_order
            for row, model in enumerate(self.models)
        )

    @cached_property
    def limits(self) -> tuple[LimitHeld, ...]:
        """A row for every confirmed schedule, model and limit on an endpoint; models without the endpoint have none."""
        return tuple(
            LimitHeld(self.confirmed.names[place], model.name, limit.words, float(share))
            for place in self.shown_order
            for column, model in enumerate(self.models)
            for row, limit in enumerate(self.search.endpoint_limits)
            if not np.isnan(share := self.answer.held[row, column, place])
        )

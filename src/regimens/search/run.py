"""Running a search: screen every schedule, confirm the best on the population, confirm the winners on fresh draws."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import RegimensError
from regimens.exposure import exposure_of
from regimens.scenario.population import reduced
from regimens.scenario.search import Kind
from regimens.search.confirm import (
    MOST_FINALISTS,
    WINNERS,
    Confirmed,
    PartlyConfirmed,
    collect_confirmed,
    confirm,
    confirm_tasks,
    finalists,
    fresh_draws,
    references,
    study_of,
    with_fresh_draws,
)
from regimens.search.found import (
    Answer,
    LimitHeld,
    Schedule,
    UnderModel,
    answer_of,
    check_exposure,
    check_some,
    check_values,
    edges_of,
    over_subjects_of,
)
from regimens.search.judging import mean_over_draws, ranking, scores, tail_mean
from regimens.search.screen import Screened, collect_screen, held_of, screen, screen_tasks, searched_models, within_limits
from regimens.study.provenance import Provenance, provenance_of
from regimens.study.study import Study, resolve
from regimens.work import Progress, Result, Store, Work, local, no_progress, run

if TYPE_CHECKING:
    from regimens.regimen.space import Candidate
    from regimens.scenario.search import Search
    from regimens.scenario.values import Scenario
    from regimens.statistics import Floats
    from regimens.study.study import StudyModel
    from regimens.work.task import T

FEW, ROUNDS = 20, 5
"""Confirmed schedules within the limits below which the next best of the screen are confirmed too, and how often at most."""

Say = Callable[[str], object]


@dataclass(frozen=True, eq=False)
class Found:
    """The result of a search.

    `candidates` are all schedules of the space within the limits on totals and doses; `screened` what the screen found of them,
    `confirmed` what the population gave for the best, `answer` which of these answer the question. `fresh` are the winners on
    `fresh_draws` other draws, None where there are none left.
    """

    study: Study
    search: Search
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
    def models(self) -> tuple[StudyModel, ...]:
        """The models that rank the schedules."""
        return searched_models(self.study, self.search)

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
            score=float(answer.score[place]),
            score_fresh=float(self.fresh_scores[place]),
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


def find_schedules(
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Progress = no_progress,
    say: Say = lambda sentence: None,
    chunk: int | None = None,
    most: int = MOST_FINALISTS,
) -> Found:
    """Search the schedules of a scenario: screen all, confirm the best `most` on the population, the winners on fresh draws.

    `executor` does the work, threads of this process if not given; `store` keeps finished tasks; `progress` is called with the
    number of finished tasks and of all of a stage; `say` with what is best so far; a task has at most `chunk` schedules of the
    screen, or runs. None of these changes a number. RegimensError for a scenario without a search, and where no schedule meets
    the limits; BrokenOff, a KeyboardInterrupt with what is known, for Ctrl-C when schedules are being confirmed.
    """
    if scenario.search is None:
        raise RegimensError(
            f"{scenario.path or scenario.name}: there is no 'search' in this scenario. Add what may vary and the aim."
        )
    search, study = scenario.search, resolve(scenario)
    candidates = search.candidates(scenario.subject)
    with contextlib.nullcontext(executor) if executor is not None else local() as workers:
        done = _Runner(workers, store, progress)
        screening = screen_tasks(study, search, candidates, chunk)
        screened = collect_screen(study, search, candidates, done(screen, screening), _Teller(search, candidates, say))
        names = [model.name for model in searched_models(study, search)]
        check_some(search, names, [one.words for one in candidates], screened.held)
        check_values(search, names, screened.means[:, 0], within_limits(screened.held))
        return _Confirming(scenario, search, candidates, screened, most, done, chunk).found(say)


class BrokenOff(KeyboardInterrupt):
    """Broken off by Ctrl-C when something was known already: `found` is the result of the draws that were done."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class _Runner:
    """Has tasks done by an executor, kept by a store; called with a function and its tasks it yields (task, result)."""

    executor: Executor
    store: Store | None
    progress: Progress

    def __call__(self, work: Work[T], tasks: Sequence[T]) -> Iterator[tuple[T, Result]]:
        with contextlib.closing(run(work, tasks, self.executor, self.store, self.progress)) as results:
            yield from zip(tasks, results, strict=True)


@dataclass(frozen=True, eq=False)
class _Confirming:
    """What follows the screen: the best on the population, then the winners on fresh draws."""

    scenario: Scenario
    search: Search
    candidates: Sequence[Candidate]
    screened: Screened
    most: int
    done: _Runner
    chunk: int | None

    def found(self, say: Say) -> Found:
        """Return the result. Ctrl-C raises BrokenOff where something is known, else KeyboardInterrupt."""
        try:
            confirmed = self.confirmed()
        except PartlyConfirmed as stopped:
            with contextlib.suppress(RegimensError):
                cut = reduced(self.scenario, None, None if self.scenario.population is None else stopped.draws)
                raise BrokenOff(self.result(cut, stopped.confirmed, None)) from None
            raise
        known = self.result(self.scenario, confirmed, None)
        say(f"best of {len(known.answer.order)} confirmed: {confirmed.names[known.answer.best]}")
        try:
            return replace(known, fresh=self.fresh(confirmed, known.answer))
        except KeyboardInterrupt:
            raise BrokenOff(known) from None

    def result(self, scenario: Scenario, confirmed: Confirmed, fresh: Confirmed | None) -> Found:
        """Return the result of schedules confirmed on the draws of a scenario."""
        study = resolve(scenario)
        models = searched_models(study, self.search)
        answer = answer_of(self.search, models, confirmed, self.candidates, scenario.subject, scenario.rule)
        made = provenance_of(study, (0, 0), self.screened.failed + confirmed.failed)
        return Found(
            study, self.search, tuple(self.candidates), self.screened, confirmed, answer, fresh, fresh_draws(scenario), made
        )

    def confirmed(self) -> Confirmed:
        """Return the best of the screen, and the arms of the scenario, on the population.

        Where few of them meet the limits on endpoints, which the screen knows of typical subjects only, the next best follow.
        """
        totals = np.array([float(one.total(self.scenario.subject)) for one in self.candidates])
        left_out, found = np.zeros(len(self.candidates), dtype=bool), None
        for number in range(1, ROUNDS + 1):
            chosen = finalists(self.search, self.candidates, self.screened, totals, left_out, self.most)
            if not len(chosen):
                break
            left_out[chosen] = True
            words = {self.candidates[place].words.lower() for place in chosen}
            arms = [] if found is not None else [arm for arm in references(self.scenario) if arm.name.lower() not in words]
            study = study_of(self.scenario, self.search, [self.candidates[place] for place in chosen], arms)
            places = np.concatenate([chosen, np.full(len(arms), -1, dtype=np.int64)])
            tasks = confirm_tasks(f"confirm-{number}", study, self.search, 0, self.chunk)
            try:
                made = collect_confirmed(study, self.search, places, self.done(confirm, tasks))
            except PartlyConfirmed:
                if found is None:
                    raise
                raise PartlyConfirmed(found, self.scenario.cohort.draws) from None
            found = made if found is None else found.joined(made)
            if np.count_nonzero(_allowed(self.search, found)) >= min(FEW, self.most):
                break
        assert found is not None
        return found

    def fresh(self, confirmed: Confirmed, answer: Answer) -> Confirmed | None:
        """Return the winners on fresh draws: the best over models, the best of each model, and the simplest of the flat ones."""
        if not fresh_draws(self.scenario):
            return None
        chosen = dict.fromkeys([*answer.best_of, answer.simplest, *(int(place) for place in answer.order[:WINNERS])])
        winners = sorted(int(confirmed.places[place]) for place in chosen)
        study = study_of(with_fresh_draws(self.scenario), self.search, [self.candidates[place] for place in winners])
        first = self.scenario.cohort.draws
        tasks = confirm_tasks("fresh", study, self.search, first, self.chunk)
        return collect_confirmed(study, self.search, np.array(winners), self.done(confirm, tasks), first)


def _allowed(search: Search, found: Confirmed) -> np.ndarray:
    held = held_of(search, [np.moveaxis(values, 0, 1) for values in found.values])
    return within_limits(held) & (found.places >= 0)


@dataclass
class _Teller:
    """Says what is best so far, at most once for each percent of the schedules."""

    search: Search
    candidates: Sequence[Candidate]
    say: Say
    told: int = -1

    def __call__(self, known: Screened) -> None:
        percent = 100 * known.looked_at // len(self.candidates)
        if percent > self.told:
            self.told = percent
            self.say(_so_far(self.search, self.candidates, known))


def _so_far(search: Search, candidates: Sequence[Candidate], known: Screened) -> str:
    """Return the best schedule of the screen so far, as a sentence."""
    sign = 1.0 if search.highest else -1.0
    allowed = within_limits(known.held) & ~np.isnan(known.means[:, 0]).any(axis=0)
    best = ranking(scores(search.judge, sign * known.means[:, 0], known.tails, allowed), allowed)[:1]
    said = f"{known.looked_at:,} of {len(candidates):,} schedules screened"
    return f"{said}, best so far: {candidates[best[0]].words}" if len(best) else said

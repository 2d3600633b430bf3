"""Running a search: screen every schedule, confirm the best on the population, confirm the winners on fresh draws."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import RegimensError
from regimens.scenario.population import reduced
from regimens.scenario.search import MOST_CANDIDATES
from regimens.search.answer import Answer, answer_of, check_some, check_values
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
from regimens.search.judging import ranking, scores
from regimens.search.sampled import LOOKED_AT, sampled_screen
from regimens.search.screen import Screened, collect_screen, held_of, screen, screen_tasks, searched_models, within_limits
from regimens.study.provenance import provenance_of
from regimens.study.study import resolve
from regimens.work import Progress, Runner, Store, local, no_progress

if TYPE_CHECKING:
    from regimens.regimen.space import Candidate
    from regimens.scenario.search import Search
    from regimens.scenario.values import Scenario
    from regimens.study.study import Study
from regimens.search.found import Found

FEW, ROUNDS = 20, 5
"""Confirmed schedules within the limits below which the next best of the screen are confirmed too, and how often at most."""

Say = Callable[[str], object]


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
    size = search.size(scenario.subject)
    with contextlib.nullcontext(executor) if executor is not None else local() as workers:
        done = Runner(workers, store, progress)
        candidates, screened = _screened(study, search, size, done, say, chunk)
        names = [model.name for model in searched_models(study, search)]
        check_some(search, names, [one.words for one in candidates], screened.held)
        check_values(search, names, screened.means[:, 0], within_limits(screened.held))
        return _Confirming(scenario, search, size, candidates, screened, most, done, chunk).found(say)


def _screened(
    study: Study, search: Search, size: int, done: Runner, say: Say, chunk: int | None
) -> tuple[Sequence[Candidate], Screened]:
    """Return all schedules of the space, or those that are looked at of a space that is too large, and what the screen found."""
    if size > MOST_CANDIDATES:
        found: list[Candidate] = []
        teller = _Teller(search, found, min(size, LOOKED_AT), say)
        return found, sampled_screen(study, search, lambda tasks: done(screen, tasks), teller, found, chunk)
    candidates = search.candidates(study.scenario.subject)
    tasks = screen_tasks(study, search, candidates, chunk)
    return candidates, collect_screen(study, search, candidates, done(screen, tasks), _Teller(search, candidates, size, say))


class BrokenOff(KeyboardInterrupt):
    """Broken off by Ctrl-C when something was known already: `found` is the result of the draws that were done."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, eq=False)
class _Confirming:
    """What follows the screen: the best on the population, then the winners on fresh draws."""

    scenario: Scenario
    search: Search
    size: int
    candidates: Sequence[Candidate]
    screened: Screened
    most: int
    done: Runner
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
            study, self.search, self.size, tuple(self.candidates), self.screened, confirmed, answer, fresh,
            fresh_draws(scenario), made,
        )  # fmt: skip

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
            tasks = confirm_tasks(f"confirm-{number}", study, self.search, len(chosen), 0, self.chunk)
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
        tasks = confirm_tasks("fresh", study, self.search, len(winners), first, self.chunk)
        return collect_confirmed(study, self.search, np.array(winners), self.done(confirm, tasks), first)


def _allowed(search: Search, found: Confirmed) -> np.ndarray:
    held = held_of(search, [np.moveaxis(values, 0, 1) for values in found.values])
    return within_limits(held) & (found.places >= 0)


@dataclass
class _Teller:
    """Says what is best so far, at most once for each percent of the schedules."""

    search: Search
    candidates: Sequence[Candidate]
    count: int
    say: Say
    told: int = -1

    def __call__(self, known: Screened) -> None:
        percent = 100 * known.looked_at // self.count
        if percent > self.told:
            self.told = percent
            self.say(_so_far(self.search, self.candidates, self.count, known))


def _so_far(search: Search, candidates: Sequence[Candidate], count: int, known: Screened) -> str:
    """Return the best schedule of the screen so far, as a sentence."""
    sign = 1.0 if search.highest else -1.0
    allowed = within_limits(known.held) & ~np.isnan(known.means[:, 0]).any(axis=0)
    best = ranking(scores(search.judge, sign * known.means[:, 0], known.tails, allowed), allowed)[:1]
    said = f"{known.looked_at:,} of {count:,} schedules screened"
    return f"{said}, best so far: {candidates[best[0]].words}" if len(best) else said

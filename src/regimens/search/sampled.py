"""Spaces that are too large to look at every schedule: optuna's TPE proposes schedules from what is known of others.

The first schedules are drawn evenly. Then, round by round, those with good scores within the limits decide what is proposed next.
A round depends on nothing but the seed and the results of the rounds before it, so a run that goes on has the same bytes.
"""

from __future__ import annotations

import bisect
import importlib.metadata
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens.chance import uniforms_of
from regimens.regimen.space import Candidate, Timing
from regimens.scenario.search import AT_MOST, MOST_CANDIDATES, Search
from regimens.search.judging import scores
from regimens.search.screen import ENOUGH, Screened, ScreenTask, collect_screen, screen_tasks, within_limits

if TYPE_CHECKING:
    from regimens.regimen import Amount
    from regimens.statistics import Floats
    from regimens.study.study import Study
    from regimens.subject import Subject
    from regimens.work import Result

LOOKED_AT, FIRST, ROUND = 2000, 500, 100
"""Schedules that are looked at in all, those that are drawn evenly before the first proposals, and those of a round."""

ASKED = 2
"""How many proposals are asked for at most for each schedule of a round: some break a limit, and some are known already. Where
there are too few, the round is filled up with schedules that are drawn evenly."""

UNKNOWN = 1.0
"""How far beyond the limits a schedule counts that has no value of the aim under some model."""

Screen = Callable[[Sequence[ScreenTask]], Iterable[tuple[ScreenTask, "Result"]]]
Params = dict[str, int]


def sampler_of(size: int) -> dict[str, str]:
    """Return the version of the package that proposes schedules of a space of so many; nothing where all are looked at."""
    return {"optuna": importlib.metadata.version("optuna")} if size > MOST_CANDIDATES else {}


def sampled_screen(
    study: Study, search: Search, screened: Screen, tell: Callable[[Screened], object], found: list[Candidate], chunk: int | None
) -> Screened:
    """Return what the screen found of the schedules that are looked at; they are added to `found`.

    `screened` does tasks, `tell` is called after each of them with what is known so far.
    """
    space, seed = _Space(search, study.scenario.subject), study.cohort.seed
    results: list[tuple[ScreenTask, Result]] = []
    beyond: list[tuple[Params, float]] = []
    drawn, looked_at, most = space.drawn(seed), set[Candidate](), min(LOOKED_AT, space.size)
    number = 0
    while True:
        known = collect_screen(study, search, found, results)
        wanted = min(FIRST if number == 0 else ROUND, most - len(found))
        if wanted <= 0:
            return known
        new: list[Candidate] = []
        for params in _asked(space, found, known, beyond, (seed, number)) if number else ():
            one, excess = space.candidate(params)
            if one is None:
                beyond.append((params, excess))
            elif one not in looked_at:
                looked_at.add(one)
                new.append(one)
            if len(new) == wanted:
                break
        while len(new) < wanted:
            one = next(drawn)
            if one not in looked_at:
                looked_at.add(one)
                new.append(one)
        tasks = screen_tasks(study, search, tuple(new), chunk, len(found))
        found += new
        for done in screened(tasks):
            results.append(done)
            tell(collect_screen(study, search, found, results))
        number += 1


def _score(search: Search, known: Screened) -> Floats:
    sign = 1.0 if search.highest else -1.0
    return scores(search.judge, sign * known.means[:, 0], known.tails, within_limits(known.held))


def _excess(known: Screened) -> Floats:
    """Return how far each schedule is beyond the limits on endpoints: the share of draws that are missing, 0 within them."""
    missing = np.nan_to_num(ENOUGH - known.held, nan=0.0).max(axis=(0, 1), initial=0.0)
    return np.where(np.isnan(known.means[:, 0]).any(axis=0), UNKNOWN, np.where(within_limits(known.held), 0.0, missing))


@dataclass(frozen=True, eq=False)
class _Space:
    """The space of a search as whole numbers that optuna proposes: amount, interval, doses, cycles and rest."""

    search: Search
    subject: Subject

    @cached_property
    def _allowed(self) -> list[tuple[Timing, range]]:
        return list(self.search.allowed(self.subject))

    @cached_property
    def _ends(self) -> list[int]:
        """Number of schedules up to and with each timing."""
        return list(itertools.accumulate(len(places) for _, places in self._allowed))

    @cached_property
    def _by_starts(self) -> dict[tuple[Fraction, ...], Timing]:
        return {timing.starts: timing for timing in self.search.space.timings}

    @cached_property
    def _amounts(self) -> dict[Amount, int]:
        return {amount: place for place, amount in enumerate(self.search.space.amounts)}

    @property
    def size(self) -> int:
        """The number of schedules within the limits on totals and doses."""
        return self._ends[-1]

    @cached_property
    def ranges(self) -> dict[str, int]:
        """The largest number of each kind; the lowest is 0."""
        space = self.search.space
        doses = max(timing.doses for timing in space.timings)
        return {
            "amount": len(space.amounts) - 1, "every": len(space.every) - 1, "doses": doses - space.doses[0],
            "cycles": space.cycles[1] - space.cycles[0], "rest": len(space.rests) - 1,
        }  # fmt: skip

    def drawn(self, seed: int) -> Iterator[Candidate]:
        """Yield schedules drawn evenly from all, for ever."""
        space = self.search.space
        for first in itertools.count(step=ROUND):
            each = np.arange(first, first + ROUND)
            for share in uniforms_of(seed, "schedule drawn", each, np.zeros(ROUND, dtype=np.int64)):
                place = min(int(share * self.size), self.size - 1)
                row = bisect.bisect_right(self._ends, place)
                timing, places = self._allowed[row]
                yield Candidate(space.amounts[places[place - self._ends[row] + len(places)]], timing, space.route)

    def params(self, one: Candidate) -> Params:
        """Return the numbers of a schedule."""
        space, timing = self.search.space, one.timing
        return {
            "amount": self._amounts[one.amount], "every": space.every.index(timing.every),
            "doses": timing.doses - space.doses[0], "cycles": max(timing.cycles - space.cycles[0], 0),
            "rest": space.rests.index(timing.rest) if timing.rest in space.rests else 0,
        }  # fmt: skip

    def candidate(self, params: Params) -> tuple[Candidate | None, float]:
        """Return the schedule of some numbers; None where it breaks a limit or the space has none, with how far it is beyond."""
        space = self.search.space
        cycles = params["cycles"] + space.cycles[0]
        rest = space.rests[params["rest"]] if cycles > 1 else None
        timing = Timing(space.every[params["every"]], params["doses"] + space.doses[0], cycles, rest)
        one = Candidate(space.amounts[params["amount"]], timing, space.route)
        excess = self._beyond(one)
        if excess > 0.0:
            return None, excess
        same = self._by_starts.get(timing.starts)
        return (None, UNKNOWN) if same is None else (Candidate(one.amount, same, space.route), 0.0)

    def _beyond(self, one: Candidate) -> float:
        """Return by which share a schedule exceeds the time or breaks a limit on totals or doses, at most; 0 within all."""
        found = [float(one.timing.span / self.search.space.within.hours) - 1.0]
        for limit in self.search.exact_limits:
            number = one.total(self.subject) if limit.of == "total" else Fraction(one.timing.all_doses)
            more = float(number / limit.number) if limit.number else float(number) + 1.0
            found.append(more - 1.0 if limit.side == AT_MOST else 1.0 - more)
        return max(0.0, *found)


def _asked(
    space: _Space,
    looked_at: Sequence[Candidate],
    screened: Screened,
    beyond: Sequence[tuple[Params, float]],
    key: tuple[int, int],
) -> Iterator[Params]:
    """Yield the proposals of a round, given what is known of schedules, and how far other proposals were beyond the limits.

    `key` is the seed and the number of the round.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seed, number = key
    chosen = int(uniforms_of(seed, "seed of proposals", np.array([number]), np.array([0]))[0] * 2**32)
    ranges: dict[str, Any] = {name: optuna.distributions.IntDistribution(0, most) for name, most in space.ranges.items()}
    for name in ("every", "rest"):
        ranges[name] = optuna.distributions.CategoricalDistribution(range(space.ranges[name] + 1))
    with warnings.catch_warnings():
        # Some of these options are experimental in optuna, and `constraints_func` is to be replaced in a later version.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.simplefilter("ignore", FutureWarning)
        sampler = optuna.samplers.TPESampler(
            seed=chosen, n_startup_trials=0, multivariate=True, constant_liar=True, constraints_func=_constraints
        )
        study = optuna.create_study(sampler=sampler, direction="maximize")
        rows = zip(map(space.params, looked_at), _score(space.search, screened), _excess(screened), strict=True)
        for params, value, by in (*rows, *((params, 0.0, by) for params, by in beyond)):
            finite, kept = float(value) if np.isfinite(value) else 0.0, {"constraints": [float(by)]}
            study.add_trial(optuna.trial.create_trial(value=finite, params=params, distributions=ranges, system_attrs=kept))
        for _ in range(ASKED * ROUND):
            yield study.ask(ranges).params


def _constraints(trial: Any) -> Sequence[float]:
    """Return the constraints that a trial was added with: above 0 beyond a limit."""
    found: Sequence[float] = trial.system_attrs["constraints"]
    return found

"""The answer of a search: which confirmed schedules are best, flat, on a front, and what each gives up under each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import contrasts, paired, shares
from regimens.contrasts.ranking import winners
from regimens.contrasts.verdict import Verdict, fewest_draws, reaches, verdicts
from regimens.errors import RegimensError
from regimens.scenario.search import Kind, Search
from regimens.search.judging import front, mean_over_draws, ranking, regrets, scores, tail_mean
from regimens.search.screen import ENOUGH, held_of, within_limits
from regimens.statistics import Floats, over_draws, over_subjects

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.contrasts.verdict import Rule
    from regimens.regimen.space import Candidate
    from regimens.search.confirm import Confirmed
    from regimens.study.study import StudyModel
    from regimens.subject import Subject


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer among confirmed schedules. Arrays are by schedule, in the order of `Confirmed`, and by model.

    `score`, `total_iu`, `cost` and the flags `allowed`, `flat`, `front`, `cost_front` are (schedules,); `aim`, `low`, `high`,
    `regret`, `first`, `best_beats`, `flat_under`, `front_under` (models, schedules), the aim in its own direction; `held`
    (limits, models, schedules). `order` are the places of the allowed schedules, the best first; `best_of` is the place of the
    best under each model; `verdicts` of the best against every other schedule, by place.
    """

    order: np.ndarray
    best_of: tuple[int, ...]
    allowed: np.ndarray = field(repr=False)
    score: Floats = field(repr=False)
    total_iu: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    aim: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    regret: Floats = field(repr=False)
    first: Floats = field(repr=False)
    best_beats: Floats = field(repr=False)
    flat: np.ndarray = field(repr=False)
    flat_under: np.ndarray = field(repr=False)
    front: np.ndarray = field(repr=False)
    cost_front: np.ndarray = field(repr=False)
    front_under: np.ndarray = field(repr=False)
    held: Floats = field(repr=False)
    verdicts: Mapping[int, Verdict] = field(repr=False)
    simplest: int

    @property
    def best(self) -> int:
        """The place of the best schedule over models."""
        return int(self.order[0])


def answer_of(
    search: Search,
    models: Sequence[StudyModel],
    confirmed: Confirmed,
    candidates: Sequence[Candidate],
    subject: Subject,
    rule: Rule,
) -> Answer:
    """Return the answer among the confirmed schedules. RegimensError where none of them meets the limits.

    Ties go to the schedule that stands first in the space.
    """
    sign, count = 1.0 if search.highest else -1.0, len(confirmed.names)
    level = [over_subjects_of(values[:, 0], search) for values in confirmed.values]
    aims = np.stack([sign * mean_over_draws(each) for each in level])
    held = held_of(search, [np.moveaxis(values, 0, 1) for values in confirmed.values])
    names = [model.name for model in models]
    check_some(search, names, confirmed.names, held[:, :, confirmed.places >= 0])
    allowed = within_limits(held) & (confirmed.places >= 0)
    check_values(search, names, aims, allowed)
    tails = tail_mean([sign * each for each in level], search.judge.tail if search.judge.kind is Kind.CVAR else 1.0)
    score = scores(search.judge, aims, tails, allowed)
    order = ranking(score, allowed)
    best_of = tuple(int(ranking(aim, allowed)[0]) for aim in aims)
    outcomes = confirmed.outcomes(search, models, max(each.shape[1] for each in level))
    said = _verdicts(outcomes, confirmed.names, int(order[0]), rule)
    flat = np.array([allowed[place] and (place not in said or not said[place].winner) for place in range(count)])
    beats, flat_under = _against_best(outcomes, search, best_of, allowed, rule)
    total = np.array([_total(confirmed, candidates, place, subject) for place in range(count)])
    cost = _costs(search, confirmed)
    bounds = np.array([[over_draws(draws)[1:] for draws in each] for each in level])
    return Answer(
        order=order,
        best_of=best_of,
        allowed=allowed,
        score=score,
        total_iu=total,
        cost=cost,
        aim=sign * aims,
        low=bounds[:, :, 0],
        high=bounds[:, :, 1],
        regret=regrets(aims, allowed),
        first=np.stack([_firsts(sign * each, allowed) for each in level]),
        best_beats=beats,
        flat=flat,
        flat_under=flat_under,
        front=_flags(count, front(score, total, allowed)),
        cost_front=_flags(count, front(score, cost, allowed)),
        front_under=np.stack([_flags(count, front(aim, total, allowed)) for aim in aims]),
        held=held,
        verdicts=said,
        simplest=simplest_of(confirmed, candidates, np.flatnonzero(flat)),
    )


def over_subjects_of(values: Floats, search: Search) -> Floats:
    """Return the (schedules, draws) population statistic of the aim from (schedules, draws, subjects)."""
    return np.stack([over_subjects(each, search.aim.statistic) for each in values])


def check_some(search: Search, models: Sequence[str], names: Sequence[str], held: Floats) -> None:
    """Raise RegimensError where no schedule meets the limits on endpoints: which limit none meets, and who comes nearest."""
    for row, limit in enumerate(search.endpoint_limits):
        if within_limits(held[: row + 1]).any():
            continue
        before = within_limits(held[:row])
        least = np.where(np.isnan(held[row]), np.inf, held[row]).min(axis=0)
        nearest = int(np.where(before, least, -np.inf).argmax())
        where = int(np.where(np.isnan(held[row, :, nearest]), np.inf, held[row, :, nearest]).argmin())
        others = f" that meets {' and '.join(repr(each.words) for each in search.endpoint_limits[:row])}" if row else ""
        raise RegimensError(
            f"No schedule{others} meets '{limit.words}' under every model. '{names[nearest]}' comes nearest: it meets it in "
            f"{100 * held[row, where, nearest]:.3g} % of the draws of '{models[where]}', and {100 * ENOUGH:g} % are needed."
        )


def check_values(search: Search, models: Sequence[str], aims: Floats, allowed: np.ndarray) -> None:
    """Raise RegimensError where no schedule within the limits has a value of the aim under every model; (models, schedules)."""
    known = ~np.isnan(aims) & allowed
    if known.all(axis=0).any():
        return
    least = models[int(known.sum(axis=1).argmin())]
    raise RegimensError(
        f"No schedule within the limits has a value of '{search.aim.words}' under every model; the fewest have one "
        f"under '{least}'. Choose an aim that every schedule has, such as a mean or a peak."
    )


def _verdicts(outcomes: Outcomes, names: Sequence[str], best: int, rule: Rule) -> dict[int, Verdict]:
    """Return the verdict of the best schedule against every other one, by place."""
    others = [place for place in range(len(names)) if place != best]
    pairs = [(names[best], names[place]) for place in others]
    return dict(zip(others, verdicts(outcomes, contrasts(outcomes, pairs, rule.difference), pairs, rule), strict=True))


def _against_best(
    outcomes: Outcomes, search: Search, best_of: Sequence[int], allowed: np.ndarray, rule: Rule
) -> tuple[Floats, np.ndarray]:
    """Return, for each model and schedule, the share of draws that differ in which the model's best one is better, and whether
    it cannot be told apart from it: (models, schedules) each.
    """
    names = outcomes.arms
    beats, flat = np.full((len(outcomes.models), len(names)), np.nan), np.zeros((len(outcomes.models), len(names)), dtype=bool)
    for row, (model, best) in enumerate(zip(outcomes.models, best_of, strict=True)):
        for place, name in enumerate(names):
            counted = shares(paired(outcomes, model, search.aim, names[best], name), search.aim)
            differ = counted.better + counted.worse
            beats[row, place] = counted.better / differ if differ > 0 else 0.5
            told = reaches(beats[row, place], rule.probability) and reaches(differ, rule.differ)
            enough = outcomes.draws_of(model) >= fewest_draws(rule.probability)
            flat[row, place] = allowed[place] and not (told and enough)
    return beats, flat


def _total(confirmed: Confirmed, candidates: Sequence[Candidate], place: int, subject: Subject) -> float:
    there = confirmed.places[place]
    return float(candidates[there].total(subject)) if there >= 0 else np.nan


def _costs(search: Search, confirmed: Confirmed) -> Floats:
    """Return the mean over models and draws of the population statistic of the cost (schedules,); missing without a cost."""
    if search.cost is None:
        return np.full(len(confirmed.names), np.nan)
    row, statistic = search.row(search.cost), search.cost.statistic
    means = [
        mean_over_draws(np.stack([over_subjects(each, statistic) for each in values[:, row]])) for values in confirmed.values
    ]
    return mean_over_draws(np.stack(means, axis=1))


def _firsts(level: Floats, allowed: np.ndarray) -> Floats:
    """Return the share of draws in which each allowed schedule has the best of (schedules, draws), ties split."""
    found = np.zeros(len(level))
    among = level[allowed]
    whole = among[:, ~np.isnan(among).any(axis=0)]
    if whole.size:
        found[allowed] = winners(whole).mean(axis=1)
    return found


def _flags(count: int, places: np.ndarray) -> np.ndarray:
    found = np.zeros(count, dtype=bool)
    found[places] = True
    return found


def simplest_of(confirmed: Confirmed, candidates: Sequence[Candidate], flat: np.ndarray) -> int:
    """Return the flat schedule with the fewest visits, then the fewest cycles, doses and the lowest total."""

    def burden(place: int) -> tuple[int, int, int, Fraction, int]:
        one = candidates[confirmed.places[place]]
        return one.timing.days_on, one.timing.cycles, one.timing.all_doses, one.amount.value, place

    return min((int(place) for place in flat), key=burden)

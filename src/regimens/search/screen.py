"""Screen: every schedule of a space on typical subjects, under every model and in every parameter draw.

A typical subject has the typical values of a draw and the scenario's body. The screen only ranks: what is reported of a schedule
is measured on the whole population (`confirm`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import IL2
from regimens.endpoints import endpoint_values, simulate_schedules
from regimens.engine import Tolerances
from regimens.engine.trajectories import OK
from regimens.model.compile import compile_model
from regimens.model.needed import needed_for
from regimens.population.draw import draw_subjects
from regimens.regimen import Duration
from regimens.scenario.search import AT_MOST, EndpointLimit, Kind, Search, ranks
from regimens.search.judging import mean_over_draws, tail_mean

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.declaration import Model
    from regimens.model.parameters import Parameters
    from regimens.regimen import DoseEvents
    from regimens.regimen.space import Candidate
    from regimens.statistics import Floats
    from regimens.study.study import Study, StudyModel
    from regimens.work import Result

TOLERANCES = Tolerances(rtol=1e-3, atol=1e-5)
"""The screen ranks, so it needs no more: in single subjects means and peaks differ by at most 1e-3 of their value from those at
the default, and by 3e-5 in most."""

RUNS = 10_000
"""Simulations of a task under one model: so many schedules that their draws are about this number."""

OF_THE_TYPICAL = 0.5
"""Share of subjects from which on a limit must hold of the typical subject too: about half of the subjects lie on either side."""

ENOUGH = 0.5
"""Share of the draws of a model in which a limit on an endpoint must hold."""


@dataclass(frozen=True)
class ScreenTask:
    """Task: some schedules of a search on typical subjects under all models; `places` are theirs among all, ascending."""

    study: Study = field(repr=False)
    search: Search = field(repr=False)
    candidates: tuple[Candidate, ...] = field(repr=False)
    places: tuple[int, ...] = field(repr=False)
    first: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its search."""
        return f"screen-{self.first}-{len(self.places)}"


@dataclass(frozen=True, eq=False)
class Screened:
    """What the screen found of every schedule of the space.

    `means` (models, endpoints, schedules) are means over draws of the typical subject; `held` (limits, models, schedules) are
    shares of draws in which it meets a limit on an endpoint, missing where the model lacks the endpoint; `tails` (schedules,)
    are means of the worst draws, in the signed aim; `wins` (models, schedules) are shares of draws in which the schedule is the
    best of all within the limits. `failed` counts simulations that stopped early, `looked_at` schedules that are done.
    """

    means: Floats = field(repr=False)
    held: Floats = field(repr=False)
    tails: Floats = field(repr=False)
    wins: Floats = field(repr=False)
    failed: int
    looked_at: int


def screen_tasks(
    study: Study, search: Search, candidates: tuple[Candidate, ...], chunk: int | None = None, before: int = 0
) -> list[ScreenTask]:
    """Return the tasks that screen all schedules, `chunk` of them in each; their places count from `before` on.

    A task has schedules of one amount that begin alike, as far as there are so many: what they share is simulated once.
    """
    each = chunk or max(1, RUNS // study.cohort.draws)
    order = begin_alike(candidates)
    parts = [(first, sorted(order[first : first + each])) for first in range(0, len(order), each)]
    return [
        ScreenTask(
            study, search, tuple(candidates[place] for place in places), tuple(before + place for place in places), before + first
        )
        for first, places in parts
    ]


def begin_alike(candidates: Sequence[Candidate]) -> list[int]:
    """Return the places of schedules by amount, then in the order of the times of their doses."""
    starts = {one.timing: tuple(map(float, one.timing.starts)) for one in candidates}
    rank = {timing: number for number, timing in enumerate(sorted(starts, key=starts.__getitem__))}
    return sorted(range(len(candidates)), key=lambda place: (candidates[place].amount.value, rank[candidates[place].timing]))


def screen(task: ScreenTask) -> Result:
    """Do a task: `means`, `held`, `tails` as in `Screened`; `best` and `best_at` (models, most draws): the best signed aim of
    each draw among schedules within the limits and the schedule that has it, -inf and -1 where there is none; `failed`.
    """
    study, search = task.study, task.search
    sign = 1.0 if search.highest else -1.0
    horizon = Duration(Fraction(study.scenario.horizon_h))
    sets = tuple(one.regimen.events(horizon) for one in task.candidates)
    found = [typical_values(study, model, search, sets) for model in searched_models(study, search)]
    aims = [sign * values[0] for values, _ in found]
    held = held_of(search, [values for values, _ in found])
    within = within_limits(held)
    draws = max(aim.shape[1] for aim in aims)
    best, best_at = np.full((len(aims), draws), -np.inf), np.full((len(aims), draws), -1, dtype=np.int64)
    for row, aim in enumerate(aims):
        known = np.where(np.isnan(aim) | ~within[:, np.newaxis], -np.inf, aim)
        place = known.argmax(axis=0)
        top = known[place, np.arange(aim.shape[1])]
        best[row, : aim.shape[1]] = top
        best_at[row, : aim.shape[1]] = np.where(np.isinf(top), -1, np.array(task.places)[place])
    return {
        "means": np.stack([mean_over_draws(values) for values, _ in found]),
        "held": held,
        "tails": tail_mean(aims, search.judge.tail if search.judge.kind is Kind.CVAR else 1.0),
        "best": best,
        "best_at": best_at,
        "failed": np.array([sum(failed for _, failed in found)]),
    }


def searched_models(study: Study, search: Search) -> tuple[StudyModel, ...]:
    """Return the models that can rank the schedules: they take IL-2 by its route, and have the observable of the aim."""
    return tuple(model for model in study.models if ranks(model.declared, search))


def typical_values(study: Study, model: StudyModel, search: Search, sets: tuple[DoseEvents, ...]) -> tuple[Floats, int]:
    """Return the (measured endpoints, schedules, draws) values of the typical subject who gets each set of doses, and how many
    simulations failed.

    Endpoints of observables that the model lacks are missing.
    """
    scenario, draws = study.scenario, model.draws
    each = draw_subjects(None, model.declared, scenario.subject, model.centres[:draws])
    values, status = schedule_values(study, model, search, sets, each, TOLERANCES)
    return values, int((status != OK).sum())


def schedule_values(
    study: Study, model: StudyModel, search: Search, sets: Sequence[DoseEvents], people: Parameters, tolerances: Tolerances
) -> tuple[Floats, np.ndarray]:
    """Return the (measured endpoints, schedules, subjects) values of every subject under every set of doses, missing where the
    model lacks an endpoint, and the (schedules, subjects) status of the integration.
    """
    known = {row: one for row, one in enumerate(search.measured) if model.unit_of(one.observable) is not None}
    prepared = compiled_for(model.declared, tuple(one.observable for one in known.values() if one.observable))
    arm = simulate_schedules(prepared, people, sets, study.scenario.horizon_h, list(known.values()), tolerances)
    shape = (len(sets), people.subjects)
    values = np.full((len(search.measured), *shape), np.nan)
    for row, endpoint in known.items():
        values[row] = endpoint_values(endpoint, arm).reshape(shape)
    return values, arm.read.status.reshape(shape)


@functools.lru_cache(maxsize=16)
def compiled_for(model: Model, observables: tuple[str, ...]) -> CompiledModel:
    """Return the part of a model that observables under IL-2 need, compiled, once in a process."""
    return compile_model(needed_for(model, observables, IL2))


def held_of(search: Search, values: Sequence[Floats]) -> Floats:
    """Return the share of draws in which schedules meet the limits on endpoints: (limits, models, schedules).

    `values` has (measured endpoints, schedules, draws) or (measured endpoints, schedules, draws, subjects) for each model. With
    subjects, a draw counts where the share of subjects that the limit asks for meets it. Missing where a model has no such
    value, and without subjects for a limit on less than half of them, of which the typical subject says nothing.
    """
    rows = [[_held(limit, model[search.row(limit.endpoint)]) for model in values] for limit in search.endpoint_limits]
    return np.array(rows).reshape(len(search.endpoint_limits), len(values), values[0].shape[1])


def _held(limit: EndpointLimit, values: Floats) -> Floats:
    if values.ndim == 2 and limit.share < OF_THE_TYPICAL:
        return np.full(len(values), np.nan)
    with np.errstate(invalid="ignore"):
        met = values <= limit.number if limit.side == AT_MOST else values >= limit.number
    if values.ndim == 3:
        met = met.mean(axis=2) >= limit.share - _ROUNDING
    missing = np.isnan(values).reshape(len(values), -1).all(axis=1)
    return np.where(missing, np.nan, met.mean(axis=1))


def within_limits(held: Floats) -> np.ndarray:
    """Return which schedules meet every limit in enough draws under every model that can say so: (schedules,)."""
    return np.asarray((np.isnan(held) | (held >= ENOUGH - _ROUNDING)).all(axis=(0, 1)))


def collect_screen(
    study: Study,
    search: Search,
    candidates: Sequence[Candidate],
    results: Iterable[tuple[ScreenTask, Result]],
    known: Callable[[Screened], object] = lambda found: None,
) -> Screened:
    """Put the results of all tasks together; `known` is called after each with what is known so far."""
    models, count = searched_models(study, search), len(candidates)
    means = np.full((len(models), len(search.measured), count), np.nan)
    held = np.full((len(search.endpoint_limits), len(models), count), np.nan)
    tails = np.full(count, np.nan)
    draws = max(model.draws for model in models)
    best, best_at = np.full((len(models), draws), -np.inf), np.full((len(models), draws), -1, dtype=np.int64)
    failed = looked_at = 0
    for task, found in results:
        rows = np.array(task.places)
        means[:, :, rows], held[:, :, rows], tails[rows] = found["means"], found["held"], found["tails"]
        better = found["best"] > best
        better |= (found["best"] == best) & (found["best_at"] < best_at)
        best, best_at = np.where(better, found["best"], best), np.where(better, found["best_at"], best_at)
        failed, looked_at = failed + int(found["failed"][0]), looked_at + len(task.places)
        known(Screened(means, held, tails, np.empty((0, 0)), failed, looked_at))
    wins = np.zeros((len(models), count))
    for row, model in enumerate(models):
        won = best_at[row, : model.draws]
        np.add.at(wins[row], won[won >= 0], 1.0 / model.draws)
    return Screened(means, held, tails, wins, failed, looked_at)


_ROUNDING = 1e-12

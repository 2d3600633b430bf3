"""Who appears on the page and how: the arms and models with their colours, dashes and references, the time axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.report import words
from regimens.report.references import Bibliography
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    import pandas as pd

    from regimens.study.comparison import Comparison

MOST_COLOURS = 8
"""Arms that get a colour each; more are drawn one to a panel."""

DASHES = ("", "7,3", "2,2.5", "8,3,2,3", "13,3", "13,3,2,3", "4,2", "1.5,1.5")
"""Second cue of a line, px on and off, by colour; models share them where one panel shows one arm."""

CONTEXT, ACCENT = 0, 1
BEHIND = "runs behind the bands of the curves"
_COINCIDE = 0.01
_MOST_TICKS = 8


@dataclass(frozen=True)
class Look:
    """An arm as the page shows it: `colour` 0 is grey (no doses), 1 to 8 the palette; `index` is its place in the scenario.

    `varied` arms give different doses to different subjects.
    """

    index: int
    name: str
    words: str
    dosed: bool
    colour: int
    dash: str
    numbers: tuple[int, ...]
    assumptions: tuple[str, ...]
    varied: bool = False


@dataclass(frozen=True)
class TimeAxis:
    """Time as the page shows it: `hours` in one `unit`, the end and the ticks in that unit."""

    unit: str
    hours: float
    end: float
    ticks: tuple[float, ...]
    cycles: bool

    def __call__(self, hours: np.ndarray | float) -> np.ndarray:
        """Return times (h) in the unit of the axis."""
        return np.asarray(hours, dtype=float) / self.hours


@dataclass(frozen=True)
class Variant:
    """An arm made from another one: its name, what was done to it (`kind`), the arm as written, what changed in words."""

    name: str
    kind: str
    of: Look
    changed: str


@dataclass(frozen=True)
class Cast:
    """All that appears. `apart` means one arm to a panel, models told apart by dash; else arms share panels.

    `arms` are those as written; `variants` have sections of their own. `subjects` are drawn anew in each of `draws`, unless
    there is one `typical` subject; `curved` counts the runs (a subject of a draw) behind the curves and the visits.
    """

    arms: tuple[Look, ...]
    models: tuple[str, ...]
    observables: tuple[tuple[str, str, str], ...]
    subjects: int
    apart: bool
    time: TimeAxis
    bibliography: Bibliography
    exploratory: frozenset[str] = frozenset()
    draws: int = 1
    curved: int = 1
    typical: bool = False
    variants: tuple[Variant, ...] = ()

    def called(self, model: str) -> str:
        """Return the name of a model as the page shows it, with a word of warning where it is exploratory."""
        return f"{model} (exploratory)" if model in self.exploratory else model

    def varied(self, kind: str) -> tuple[Variant, ...]:
        """Return the variants of one kind, in the order of the scenario."""
        return tuple(variant for variant in self.variants if variant.kind == kind)

    def number(self, name: str) -> int:
        """Return the number of an arm as written on this page, counted from 1."""
        return next(place for place, look in enumerate(self.arms, 1) if look.name == name)

    @property
    def intervals(self) -> bool:
        """Whether there is a spread between subjects to show, be it one subject in each of several draws."""
        return not self.typical and self.subjects * self.draws > 1


def as_written(comparison: Comparison) -> Comparison:
    """Return `comparison` with doses, curves and summary of the arms as written alone: variants have their own sections."""
    names = {arm.name for arm in comparison.scenario.arms if arm.variant == AS_WRITTEN}
    tables = ("exposure", "events", "trajectories", "summary", "observed")
    return replace(comparison, **{table: _of_arms(getattr(comparison, table), names) for table in tables})


def cast(comparison: Comparison) -> Cast:
    """Decide how the arms, models and observables of `comparison` appear."""
    scenario = comparison.scenario
    bibliography = Bibliography()
    looks = _looks(comparison, bibliography)
    by_name = {look.name: look for look in looks}
    population = scenario.population
    models = tuple(model.name for model in comparison.models)
    written = as_written(comparison)
    coloured = len(looks) <= MOST_COLOURS
    return Cast(
        looks,
        models,
        _observables(written),
        1 if population is None else int(population.subjects),
        not coloured or _coincide(written, [look.name for look in looks if look.dosed], models),
        time_axis(scenario.horizon_h, written.events),
        bibliography,
        frozenset(model.name for model in comparison.models if model.exploratory),
        1 if population is None else int(population.draws),
        int(comparison.provenance[BEHIND]),
        population is None,
        tuple(
            Variant(arm.name, arm.variant, by_name[arm.of], arm.changed)
            for arm in scenario.arms
            if arm.variant != AS_WRITTEN and arm.of in by_name
        ),
    )


def _of_arms(table: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    return table[table["arm"].isin(names)].reset_index(drop=True) if len(table) else table


def _looks(comparison: Comparison, bibliography: Bibliography) -> tuple[Look, ...]:
    dosed = set(comparison.events["arm"]) if len(comparison.events) else set()
    written = [(index, arm) for index, arm in enumerate(comparison.scenario.arms) if arm.variant == AS_WRITTEN]
    coloured = len(written) <= MOST_COLOURS
    looks, slot = [], 0
    for index, arm in written:
        given = arm.name in dosed
        slot += given
        looks.append(
            Look(
                index,
                arm.name,
                arm.plan_in_words if given else "no doses",
                given,
                (slot if coloured else ACCENT) if given else CONTEXT,
                DASHES[(slot - 1) % len(DASHES)] if given and coloured else "",
                tuple(bibliography.number_of(reference) for reference in arm.sources),
                tuple(arm.assumptions),
                arm.adherence is not None,
            )
        )
    return tuple(looks)


def time_axis(horizon_h: float, events: pd.DataFrame) -> TimeAxis:
    """Return weeks (days below three weeks) with cycle starts as ticks where all arms with cycles share them."""
    unit, hours = ("weeks", 168.0) if horizon_h >= 3 * 168 else ("days", 24.0)
    end = horizon_h / hours
    starts = _cycle_starts(events, hours, end)
    if starts is not None:
        return TimeAxis(unit, hours, end, _continued(starts, end), True)
    step = next(s for s in (1, 2, 4, 6, 8, 12, 13, *(26 * 2**k for k in range(40))) if end / s <= 8.5)
    return TimeAxis(unit, hours, end, tuple(float(t) for t in np.arange(0, end + 1e-9, step)), False)


def _cycle_starts(events: pd.DataFrame, hours: float, horizon: float) -> tuple[float, ...] | None:
    if not len(events):
        return None
    first = events.groupby(["arm", "drug", "cycle"], sort=False)["time_h"].min()
    sets = {tuple(group / hours) for _, group in first.groupby(level=["arm", "drug"], sort=False) if len(group) > 1}
    if len(sets) != 1:
        return None
    starts = tuple(float(t) for t in sets.pop())
    return starts if len(starts) < _MOST_TICKS and starts[-1] < horizon and all((t * hours) % 24 == 0 for t in starts) else None


def _continued(starts: tuple[float, ...], end: float) -> tuple[float, ...]:
    """Return cycle starts and, at the pace of the last cycle, times up to the end, as many as an axis holds."""
    pace = max(starts[-1] - starts[-2], end / _MOST_TICKS)
    later = np.arange(starts[-1] + pace, end - 0.5 * pace, pace)
    return (*starts, *(float(t) for t in later), end)


def _observables(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    """Return (name, label, unit) of every observable that has trajectories, Treg first, otherwise as they come."""
    frame = comparison.trajectories.drop_duplicates("observable")
    labels = {o.name: o.label for model in reversed(comparison.models) for o in model.observables}
    found = [(n, labels.get(n) or n, words.unit(u)) for n, u in zip(frame["observable"], frame["unit"], strict=True)]
    return tuple(sorted(found, key=lambda row: 0 if row[0] == "treg_fold" else 1 if row[0].startswith("treg") else 2))


def _coincide(comparison: Comparison, names: list[str], models: tuple[str, ...]) -> bool:
    """Return whether two dosed arms draw the same line of the first observable under every model."""
    frame = comparison.trajectories
    if len(names) < 2 or not len(frame):
        return False
    first = _observables(comparison)[0][0]
    wide = frame[frame["observable"] == first].pivot_table(index=["model", "time_h"], columns="arm", values="median")
    values = wide.reindex(columns=names).to_numpy()
    span = np.nanmax(values) - np.nanmin(values)
    for left in range(len(names)):
        apart = np.nanmax(np.abs(values[:, left + 1 :] - values[:, [left]]), axis=0, initial=0.0)
        if apart.size and apart.min() <= _COINCIDE * span:
            return True
    return False

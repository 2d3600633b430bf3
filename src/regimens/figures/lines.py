"""Lines: the curves of one observable with their bands, thinned, and all else that is drawn with them, as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.figures import marks
from regimens.figures.axes import Scale, scale
from regimens.figures.thinning import kept, tolerance
from regimens.figures.view import view_of

if TYPE_CHECKING:
    from regimens.figures.arms import Look
    from regimens.figures.view import Shown, View
    from regimens.statistics import Floats
    from regimens.study.comparison import Comparison

MOST_BANDED = 3
"""Lines in a panel above which prediction intervals are left to the figure by arm, where confidence intervals are known."""

MOST_THREADS = 60
"""Curves of single subjects in a panel."""

SINGLE_PX, MODEL_PX, ARM_PX = 300, 240, 150
"""Heights of a panel of the one model, of one of several models, and of an arm."""

_BUSY = 30
"""Turns by more than a third of the largest value from which a curve fills its panel."""

Path = tuple[list[float], list[float | None]]
"""A thinned curve: times in the unit of the axis, values."""


@dataclass(frozen=True, eq=False)
class Line:
    """One curve, thinned: median, prediction interval and confidence interval of the typical subject, single subjects.

    `spread` and `sure` are (low, high), None where subjects do not differ or nothing is known. `busy` is a curve that turns so
    often that it fills its panel, as a concentration does that follows every dose.
    """

    look: Look
    model: str
    median: Path
    spread: tuple[Path, Path] | None
    sure: tuple[Path, Path] | None
    single: tuple[Path, ...]
    busy: bool


@dataclass(frozen=True, eq=False)
class _Whole:
    """One curve on the grid of the scenario: median, low, high, confidence_low, confidence_high; single subjects."""

    look: Look
    model: str
    curves: tuple[Floats, ...]
    single: Floats

    def differs(self, one: int, other: int) -> bool:
        """Return whether two of the curves are apart by more than rounding error."""
        largest = float(np.nanmax(np.abs(self.curves[0]), initial=1e-300))
        return bool(np.nanmax(self.curves[other] - self.curves[one], initial=0.0) > 1e-9 * largest)

    @property
    def spread(self) -> bool:
        return self.differs(1, 2)

    @property
    def sure(self) -> bool:
        return self.differs(3, 4)

    @property
    def shown(self) -> list[Floats]:
        """All curves that are drawn."""
        low, high = self.curves[1:3], self.curves[3:5]
        return [self.curves[0], *(low if self.spread else ()), *(high if self.sure else ()), *self.single]

    @property
    def busy(self) -> bool:
        moves = np.diff(self.curves[0])
        moves = moves[np.abs(moves) > 0.3 * np.nanmax(np.abs(self.curves[0]), initial=1e-300)]
        return int((np.diff(np.sign(moves)) != 0).sum()) >= _BUSY


@dataclass(frozen=True, eq=False)
class Drawn:
    """All that is drawn of one observable: thinned curves, points of groups, own values, grey rules, the value axis.

    `crowded` is whether the arms cannot share panels: they are too many, or their curves fill them.
    """

    view: View
    observable: Shown
    lines: tuple[Line, ...]
    points: tuple[marks.Point, ...]
    own: tuple[marks.Values, ...]
    rules: tuple[tuple[float, str], ...]
    axis: Scale
    crowded: bool

    @property
    def narrow(self) -> bool:
        """Whether panels by model show confidence intervals alone, for the prediction intervals of many arms overlap."""
        dosed = {line.look.index for line in self.lines if line.look.dosed}
        return not self.crowded and len(dosed) > MOST_BANDED and any(line.sure for line in self.lines)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that have the observable."""
        return tuple(model for model in self.view.models if any(line.model == model for line in self.lines))


def drawn_of(comparison: Comparison, observable: str, view: View | None = None) -> Drawn:
    """Return all that is drawn of an observable; KeyError if no model has it."""
    view = view_of(comparison) if view is None else view
    shown = next((each for each in view.observables if each.name == observable), None)
    if shown is None:
        raise KeyError(f"No model draws '{observable}'. Drawn are {', '.join(each.name for each in view.observables)}.")
    wholes = _wholes(comparison, view, observable)
    points = (*marks.published(comparison, view, observable), *marks.own_groups(comparison, view, observable))
    own = marks.own_values(comparison, view, observable)
    rules = _rules(comparison, observable)
    seen = [np.array(point.ends) for point in points] + [np.array([value]) for value, _ in rules]
    seen += [np.array(values) for _, _, values in own]
    axis = scale([*(curve for whole in wholes for curve in whole.shown), *seen], shown.title)
    crowded = not view.overlaid or (len(view.arms) > 1 and any(whole.busy for whole in wholes))
    within = tolerance(ARM_PX if crowded else MODEL_PX)
    return Drawn(
        view, shown, _thinned(wholes, comparison.scenario.observe_h, view, axis, within), points, own, rules, axis, crowded
    )


def _wholes(comparison: Comparison, view: View, observable: str) -> list[_Whole]:
    found = []
    for model in view.models:
        for look in view.arms:
            bands = comparison.bands.get((model, look.name))
            if bands is not None and observable in bands.observables:
                row = bands.row(observable)
                largest = float(np.nanmax(np.abs(bands.median[row]), initial=1e-300))
                every = (bands.median, bands.low, bands.high, bands.confidence_low, bands.confidence_high)
                curves = tuple(wording.settled_all(curve[row], largest) for curve in every)
                found.append(_Whole(look, model, curves, bands.individuals[row][:MOST_THREADS]))
    return found


def _thinned(wholes: Sequence[_Whole], time_h: Floats, view: View, axis: Scale, within: float) -> tuple[Line, ...]:
    """Return all curves thinned, in one go."""
    every = [curve for whole in wholes for curve in whole.shown]
    stays = kept(time_h, np.stack([axis.share(curve) for curve in every]), within) if every else np.empty((0, 0), dtype=bool)
    time = view.time(time_h)
    paths = iter([(marks.rounded(time[row], 5), axis.rounded(curve[row])) for curve, row in zip(every, stays, strict=True)])
    lines = []
    for whole in wholes:
        median = next(paths)
        spread = (next(paths), next(paths)) if whole.spread else None
        sure = (next(paths), next(paths)) if whole.sure else None
        single = tuple(next(paths) for _ in whole.single)
        lines.append(Line(whole.look, whole.model, median, spread, sure, single, whole.busy))
    return tuple(lines)


def _rules(comparison: Comparison, observable: str) -> tuple[tuple[float, str], ...]:
    rules = [(1.0, "baseline")] if observable.endswith("_fold") else []
    above = threshold(comparison, observable)
    if above is not None:
        rules.append((above, f"{wording.exact(above)}-fold" if rules else wording.exact(above)))
    return tuple(rules)


def threshold(comparison: Comparison, observable: str) -> float | None:
    """Return the number in the scenario's first endpoint of an observable that is about values above or below one."""
    for endpoint in comparison.scenario.endpoints:
        found = re.search(r"\b(?:above|below)\s+([0-9]+(?:\.[0-9]+)?)", endpoint.words)
        if endpoint.observable == observable and found:
            return float(found[1])
    return None

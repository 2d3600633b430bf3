"""What is drawn is what was computed: medians and both bands of every shipped scenario, read back from the figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from regimens import figures, shipped
from regimens.figures.view import view_of
from regimens.study.collect import Bands
from regimens.study.comparison import Comparison

from ..report import example
from ..small import shipped_run
from .drawing import panel_of, traces

pytestmark = pytest.mark.no_cover  # slow under the tracer, and no line is run by them alone

FURTHEST = 0.01
"""Share of the value axis that a drawn line may be away from the curve: 1 % of a panel of 150 to 300 px is 2 or 3 px."""

AREA = 0.005
"""Share of a panel between a drawn line and the curve: a line that is nowhere further than 1 % away, on both sides, has less."""

ROUNDING = 1e-9
"""Share of the largest value by which two bounds must be apart to make a band."""

BOUNDS = {"line": ("median",), "spread": ("high", "low"), "sure": ("confidence_high", "confidence_low")}
"""Curves of a comparison behind the traces of a role; of a band, the upper bound comes first."""


def drawn_curves(figure, models: list[str]) -> Iterator[tuple[str, int, str, list, list]]:
    """Yield model, arm, bound, times and values of everything that is drawn of arms."""
    for role, bounds in BOUNDS.items():
        for trace in traces(figure, role):
            key = trace.meta["key"]
            model = key if isinstance(key, str) else models[panel_of(trace)]
            x, y, upper = list(trace.x), list(trace.y), trace.meta.get("upper", len(trace.x))
            yield model, trace.meta["arm"], bounds[0], x[:upper], y[:upper]
            if len(bounds) == 2:
                yield model, trace.meta["arm"], bounds[1], x[upper:][::-1], y[upper:][::-1]


@dataclasses.dataclass(frozen=True)
class Panel:
    """The ends of the axes of a figure as Plotly draws them, read once."""

    low: float
    high: float
    log: bool
    end: float

    def shares(self, values: np.ndarray) -> np.ndarray:
        """Return places of values between the ends of the value axis."""
        return ((np.log10(values) if self.log else values) - self.low) / (self.high - self.low)

    def apart(self, bands: Bands, observable: str, bound: str, x: list, y: list) -> tuple[float, float]:
        """Return the largest distance of a drawn line from its curve, and the area between them, as shares of the panel."""
        times = bands.time_h / bands.time_h[-1]
        whole = self.shares(getattr(bands, bound)[bands.row(observable)])
        line = np.interp(times, np.array(x) / self.end, self.shares(np.array(y, dtype=float)))
        return float(np.abs(line - whole).max()), float(np.trapezoid(np.abs(line - whole), times))


def panel(figure) -> Panel:
    axis = figure.layout.yaxis
    return Panel(*axis.range, axis.type == "log", figure.layout.xaxis.range[1])


def with_width(made: Comparison, observable: str) -> set[tuple[str, int, str]]:
    """Return the (model, arm, bound) that a complete figure of an observable has."""
    found = set()
    for look in view_of(made).arms:
        for model in made.models:
            bands = made.bands.get((model.name, look.name))
            if bands is None or observable not in bands.observables:
                continue
            row = bands.row(observable)
            largest = np.abs(bands.median[row]).max()
            for upper, *lower in BOUNDS.values():
                widths = [getattr(bands, upper)[row] - getattr(bands, each)[row] for each in lower]
                if not lower or np.any(np.array(widths) > ROUNDING * largest):
                    found |= {(model.name, look.index, bound) for bound in (upper, *lower)}
    return found


@pytest.mark.parametrize("name", shipped.names("scenarios"))
def test_every_curve_is_drawn_and_no_drawn_line_is_visibly_away_from_it(name):
    made = shipped_run(name)
    by_index = {look.index: look.name for look in view_of(made).arms}
    astray = []
    for observable in (each.name for each in view_of(made).observables):
        models = [model.name for model in made.models if observable in {each.name for each in model.observables}]
        by_arm, shared = figures.curves_by_arm(made, observable), figures.curves(made, observable)
        assert sorted(found[:3] for found in drawn_curves(by_arm, models)) == sorted(with_width(made, observable)), observable
        for figure in (by_arm, shared):
            drawn = panel(figure)
            for model, arm, bound, x, y in drawn_curves(figure, models):
                furthest, area = drawn.apart(made.bands[model, by_index[arm]], observable, bound, x, y)
                if not (furthest <= FURTHEST and area <= AREA):
                    astray.append((observable, model, by_index[arm], bound, round(furthest, 4), round(area, 4)))
    assert astray == []


def test_a_curve_with_a_gap_is_drawn_with_its_gap():
    made = shipped_run("dose_levels")
    hole = slice(30, 40)

    def torn(bands):
        values = bands.median.copy()
        values[:, hole] = np.nan
        return dataclasses.replace(bands, median=values)

    bands = {key: torn(found) for key, found in made.bands.items()}
    broken = dataclasses.replace(made, collected=dataclasses.replace(made.collected, bands=bands))
    for trace in traces(figures.curves(broken, "treg_fold"), "line"):
        assert len(trace.y) == len(made.scenario.observe_h)
        assert [place for place, value in enumerate(trace.y) if value is None] == list(range(30, 40))


def test_a_curve_that_hardly_moves_is_as_exact_as_one_that_does():
    made = example.six(1)
    least = 0.001

    def flattened(key, bands):
        return dataclasses.replace(bands, median=bands.median[:, :1] + least * (bands.median - bands.median[:, :1]))

    hardly = example.with_bands(made, flattened)
    figure = figures.curves_by_arm(hardly, "treg")
    drawn = panel(figure)
    names = [look.name for look in view_of(made).arms]
    found = [drawn.apart(hardly.bands[model, names[arm]], "treg", *rest) for model, arm, *rest in drawn_curves(figure, [])]
    assert len(found) == 12
    assert max(furthest for furthest, _ in found) <= FURTHEST
    assert max(area for _, area in found) <= AREA

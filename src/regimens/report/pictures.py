"""Pictures of the page: a figure with its heading, what it shows, what is particular to reading it, and its numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from regimens.figures import theme, titles
from regimens.figures.check import checks_of, predictive_check
from regimens.figures.lines import Drawn, drawn_of
from regimens.figures.over_time import BEHIND, curves_figure, curves_figure_by_arm
from regimens.figures.panels import BOTTOM_PX, KEYED_PX
from regimens.figures.strips import schedule
from regimens.figures.totals import drugs_drawn, exposure
from regimens.report import numbers
from regimens.report.text import findings, reading, schedules

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.view import Shown, View
    from regimens.report.numbers import Numbers
    from regimens.study.comparison import Comparison


@dataclass(frozen=True)
class KeyRow:
    """A row of the key beside curves: what traces call it, its name, and colour class and dash of its line.

    `arm` is the place of the arm that the row makes stand out, None where the row is a model.
    """

    key: str
    name: str
    colour: str
    dash: str
    arm: int | None


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure on the page. `key` names it in the page's script and files, `alt` describes it, `rows` are its key."""

    key: str
    heading: str
    finding: str
    reading: str
    alt: str
    figure: go.Figure
    numbers: Numbers | None = None
    rows: tuple[KeyRow, ...] = ()
    beside: bool = False


def schedules_picture(comparison: Comparison, view: View) -> Picture:
    """Return the picture of the schedules."""
    tallest = schedules.how_to_read(view)
    figure = schedule(comparison)
    alt = reading.described(titles.SCHEDULES)
    return Picture("schedules", "", findings.schedules(view), tallest, alt, figure, numbers.doses(view))


def curves_picture(comparison: Comparison, view: View, observable: Shown) -> tuple[Picture, Picture | None]:
    """Return the curves of an observable and, where an endpoint names it and its panels leave prediction intervals out, the same
    arm by arm.
    """
    drawn = drawn_of(comparison, observable.name, view)
    finding = findings.curve(comparison, view, observable)
    table = numbers.read_out(comparison, view, observable)
    first = _curves(f"curves-{observable.name}", drawn.axis.title, finding, reading.curves(drawn), drawn, drawn.crowded, table)
    if not drawn.narrow or observable.name not in view.asked:
        return first, None
    return first, _curves(f"by-arm-{observable.name}", reading.arm_by_arm(observable), "", "", drawn, True, None)


def _curves(key: str, heading: str, finding: str, said: str, drawn: Drawn, by_arm: bool, table: Numbers | None) -> Picture:
    figure = curves_figure_by_arm(drawn) if by_arm else curves_figure(drawn)
    alt = (reading.by_arm if by_arm else reading.by_model)(drawn.observable)
    rows = _models(drawn) if by_arm else _arms(drawn)
    return Picture(key, heading, finding, said, alt, _without_legend(figure), table, rows, not by_arm)


def _arms(drawn: Drawn) -> tuple[KeyRow, ...]:
    shown = [look for look in drawn.view.arms if any(line.look is look for line in drawn.lines)]
    return tuple(KeyRow(str(look.index), look.heading, f"a{look.index}", css_dash(look.dash), look.index) for look in shown)


def _models(drawn: Drawn) -> tuple[KeyRow, ...]:
    dashes = {model: theme.DASHES[drawn.view.models.index(model) % len(theme.DASHES)] for model in drawn.models}
    return tuple(KeyRow(model, drawn.view.called(model), "still", css_dash(dash), None) for model, dash in dashes.items())


def css_dash(dash: str) -> str:
    """Return a dash of Plotly's as the dashes of an SVG line; empty for a solid one."""
    return "" if dash == "solid" else dash.replace("px", "")


def _without_legend(figure: go.Figure) -> go.Figure:
    """Return a figure that keeps no room for a legend on the page, which has a key beside it."""
    for arrangement in figure.layout.meta.values():
        arrangement["margin"]["b"] -= KEYED_PX - BOTTOM_PX
        arrangement["height"] -= KEYED_PX - BOTTOM_PX
    return figure


def predictive_pictures(comparison: Comparison, view: View) -> tuple[Picture, ...]:
    """Return a predictive check for every arm and observable that has one."""
    made: list[Picture] = []
    for arm, observable in dict.fromkeys((row.arm, row.observable) for row in comparison.own.checks):
        rows = checks_of(comparison, arm, observable)
        figure = predictive_check(comparison, arm, observable)
        heading, alt = str(figure.layout.title.text), reading.described(reading.CHECK)
        finding, said = findings.checked(rows), reading.checks(rows)
        made.append(Picture(f"check-{len(made) + 1}", heading, finding, said, alt, figure, numbers.checks(rows)))
    return tuple(made)


def exposure_pictures(comparison: Comparison, view: View) -> tuple[Picture, ...]:
    """Return the running total of the leading drug, and of others that are given more than once."""
    made = []
    for drug in drugs_drawn(view) if view.drugs else ():
        finding = findings.cumulative(view, drug) if drug == view.drugs[0] else ""
        figure = exposure(comparison, drug)
        heading = str(figure.layout.title.text)
        made.append(
            Picture(f"given-{drug}", heading, finding, "", reading.described(heading), figure, numbers.totals(view, drug))
        )
    return tuple(made)


def as_json(pictures: list[Picture], inks: tuple[theme.Ink, ...]) -> Markup:
    """Return what the page's script needs: the figures by key, their template, the dark colour of every light one.

    The characters that could end a script are escaped.
    """
    from plotly.utils import PlotlyJSONEncoder

    figures = {picture.key: _figure(picture.figure) for picture in pictures}
    every = {"template": theme.template().to_plotly_json(), "figures": figures, "dark": dict(theme.dark_partners(inks))}
    text = json.dumps(every, cls=PlotlyJSONEncoder, separators=(",", ":"), ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _figure(figure: go.Figure) -> dict[str, Any]:
    """Return a figure as the page keeps it: without the template, which all figures share, and without the curves behind the
    one of a panel, which the page's script puts together from the other panels.
    """
    found = figure.to_plotly_json()
    for trace in found["data"]:
        if trace["meta"]["role"] == BEHIND:
            del trace["x"], trace["y"]
    return {"data": found["data"], "layout": {name: value for name, value in found["layout"].items() if name != "template"}}

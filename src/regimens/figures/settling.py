"""Figure of trials: how often each design settles a pair, against the samples that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.search.settling import DesignResult, Settled


def settling(found: Settled) -> go.Figure:
    """Return the share of trials that settle a pair against their samples: a panel a pair, a mark a design.

    Open marks are trials of a truth that is none of the models; the dashed line is the probability that is wanted.
    """
    headings = tuple(wording.shorten(" or ".join(pair), 60) for pair in found.pairs)
    panels = Panels(headings, columns_of(len(headings)), 300, bottom=KEYED_PX + 24, left=50, under=54)
    traces: list[dict[str, Any]] = []
    for place, pair in enumerate(found.pairs):
        own = [row for row in found.designs if (row.arm, row.against) == pair]
        traces += [_marks(own, place, True), _marks(own, place, False)]
    lines = [marks.rule(found.settle.wanted, place) for place in range(len(found.pairs))]
    across = rows.values_axis(rows.axis_of((0.0, *(float(row.samples) for row in found.designs))), titles.SAMPLES)
    shares = {"range": [-0.03, 1.06], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%", "fixedrange": True}
    return figure(traces, panels, across | {"showgrid": False}, shares, titles.SETTLED, shapes=lines, hovermode="closest")


def _marks(own: list[DesignResult], place: int, outside: bool) -> dict[str, Any]:
    name = titles.OUTSIDE if outside else titles.INSIDE
    shares = [row.outside_settled if outside else row.settled for row in own]
    wrong = [row.outside_wrong if outside else row.wrong for row in own]
    said = [
        f"{row.design}: {wording.percent(share)} % settled, {wording.percent(wrongly)} % wrongly"
        for row, share, wrongly in zip(own, shares, wrong, strict=True)
    ]
    return {
        "type": "scatter", "mode": "markers" if outside else "markers+text", "x": [row.samples for row in own],
        "y": [round(share, 4) for share in shares], "name": name, "legendgroup": name, "showlegend": place == 0,
        "text": [wording.plotly_text(wording.shorten(row.design, 24)) for row in own], "textposition": "top center",
        "textfont": {"color": theme.TEXT.light}, "cliponaxis": False, "customdata": [wording.hover_text(each) for each in said],
        "marker": {"symbol": "circle-open" if outside else "circle", "size": 10, "color": theme.ACCENT.light,
                   "line": {"width": 2}},
        "hovertemplate": "%{customdata}<extra></extra>", **marks.at(place, -1, role="mark"),
    }  # fmt: skip

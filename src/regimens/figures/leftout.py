"""What models predict for published rows while their studies are left out, over what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from regimens import wording
from regimens.figures import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX, FRAME_PX = 34, 120
TICKS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Ratios that the axis names."""


class Predicted(Protocol):
    """A published row: `observed`, and the predicted median with the ends of its 90 % interval, in one unit."""

    id: str
    fitted: bool
    observed: float
    bound: str
    low: float
    median: float
    high: float


def left_out(predicted: Mapping[str, Sequence[Predicted]]) -> go.Figure:
    """Return the predictions of each model, by its name, over the observed value of the row: a row a line, a mark a model.

    A value that was observed is hit where the 90 % interval crosses 1. Rows that were fitted stand below the others; for them the
    study was left out of the fit. KeyError without any row.
    """
    import plotly.graph_objects as go

    first = {row.id: row for rows in reversed(list(predicted.values())) for row in rows}
    if not first:
        raise KeyError("No row is predicted by any model.")
    order = [name for fitted in (False, True) for name, row in sorted(first.items()) if row.fitted is fitted]
    figure = go.Figure(layout={"template": theme.template()})
    for place, (model, rows) in enumerate(predicted.items()):
        lift = 0.3 - 0.6 * place / max(1, len(predicted) - 1) if len(predicted) > 1 else 0.0
        figure.add_traces(_marks(model, place, rows, order, lift))
    figure.add_vline(x=1.0, line={"color": theme.TEXT.light, "width": 1.5})
    figure.update_layout(**_layout([_name(first[name]) for name in order]))
    return figure


def _marks(model: str, place: int, rows: Sequence[Predicted], order: Sequence[str], lift: float) -> list[dict[str, Any]]:
    colour = theme.HUES[place % len(theme.HUES)].light
    levels = {row.id: len(order) - 1 - order.index(row.id) + lift for row in rows}
    ends_x = [x for row in rows for x in (row.low / row.observed, row.high / row.observed, None)]
    ends_y = [y for row in rows for y in (levels[row.id], levels[row.id], None)]
    common = {"type": "scatter", "legendgroup": model, "hoverinfo": "skip"}
    return [
        common
        | {
            "mode": "lines",
            "x": ends_x,
            "y": ends_y,
            "line": {"color": colour, "width": 2.5},
            "opacity": 0.55,
            "showlegend": False,
        },
        common
        | {
            "mode": "markers",
            "x": [row.median / row.observed for row in rows],
            "y": [levels[row.id] for row in rows],
            "marker": {"color": colour, "size": 8, "symbol": theme.MARKERS[place % len(theme.MARKERS)]},
            "name": wording.plotly_text(model),
            "hoverinfo": "text",
            "hovertext": [_said(model, row) for row in rows],
        },
    ]


def _said(model: str, row: Predicted) -> str:
    bound = {"lower bound": "at least ", "upper bound": "at most "}.get(row.bound, "")
    predicted = f"{row.median:.3g} ({row.low:.3g} to {row.high:.3g})"
    return wording.plotly_text(f"{row.id}, {model}: predicted {predicted}, observed {bound}{row.observed:.3g}")


def _name(row: Predicted) -> str:
    bound = {"lower bound": " (at least)", "upper bound": " (at most)"}.get(row.bound, "")
    return f"{row.id}{bound}" if row.fitted else f"<b>{wording.plotly_text(row.id)}</b>{bound}"


def _layout(names: Sequence[str]) -> dict[str, Any]:
    return {
        "title": {"text": "Predicted over observed, each study left out (bold: never fitted)"},
        "height": FRAME_PX + ROW_PX * len(names),
        "margin": {"l": 150, "r": 20, "t": 50, "b": 80},
        "xaxis": {
            "type": "log",
            "title": {"text": "predicted / observed (90 % interval)"},
            "tickvals": list(TICKS),
            "ticktext": [f"{tick:g}" for tick in TICKS],
            "showgrid": True,
        },
        "yaxis": {
            "range": [-0.6, len(names) - 0.4],
            "tickvals": list(range(len(names) - 1, -1, -1)),
            "ticktext": list(names),
            "tickfont": {"color": theme.TEXT.light},
            "showgrid": False,
        },
    }

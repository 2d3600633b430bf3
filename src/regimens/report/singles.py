"""Curves of single subjects, as many and as fine as a page has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report.cast import Cast
from regimens.report.panel import Line
from regimens.report.thinning import kept

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

THREADS, THREAD_POINTS = 500, 20_000
"""Curves of single subjects on a page, and the points of all of them together."""


def threads(comparison: Comparison, cast: Cast, observable: str) -> dict[tuple[int, str], list[Line]]:
    """Return the thinned curves of single subjects of an observable by arm index and model: the first ones, as many as fit."""
    by_name = {look.name: look for look in cast.arms}
    frame = comparison.individuals
    frame = frame[frame["arm"].isin(list(by_name))] if len(frame) else frame
    figures = len(frame.drop_duplicates(["arm", "model", "observable"]))
    curves = len(frame.drop_duplicates(["arm", "model", "observable", "draw", "subject"]))
    frame = frame[frame["observable"] == observable]
    found: dict[tuple[int, str], list[Line]] = {}
    for (name, model, *_), group in frame.groupby(["arm", "model", "draw", "subject"], sort=False):
        mine = found.setdefault((by_name[name].index, model), [])
        if len(mine) < max(1, THREADS // figures):
            values = group["value"].to_numpy(float)
            rows = kept(values, max(40, min(100, THREAD_POINTS // min(curves, THREADS))))
            mine.append(Line(by_name[name], name, "", group["time_h"].to_numpy(float)[rows], values[rows]))
    return found

"""The sections that compare arms honestly, each None or empty where the comparison has nothing for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report import contrast_forest, equal_totals, heat, plane, real_life, rests, subjects, tornado, verdict, visits
from regimens.report.cast import Cast
from regimens.report.numbers import Numbers

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison


def sections(comparison: Comparison, cast: Cast) -> dict[str, object]:
    """Return the content of every such section, by the name that the page's template uses."""
    return {
        "verdict": verdict.verdict(comparison, cast),
        "forest": contrast_forest.forest(comparison, cast),
        "heats": heat.heats(comparison, cast),
        "plane": plane.plane(comparison, cast),
        "tornado": tornado.tornado(comparison, cast),
        "equal_total": equal_totals.equal_total(comparison, cast),
        "rest_curves": rests.rest_curves(comparison, cast),
        "real_life": real_life.real_life(comparison, cast),
        "visits": visits.visits(comparison, cast),
        "statuses": statuses(comparison, cast),
    }


def statuses(comparison: Comparison, cast: Cast) -> Numbers | None:
    """Return how many subjects did not run to the end, and why; None where all did."""
    frame = comparison.statuses
    rows = tuple(
        (f"{row.arm}, {row.model}", (str(row.status), subjects.missing(row.subjects, cast)))
        for row in frame.itertuples()
        if row.status != "ok"
    )
    said = "Subjects that stopped before the end, whose endpoints are missing"
    return Numbers(said, "Arm, model", ("Why", "How many"), rows) if rows else None

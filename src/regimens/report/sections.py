"""The sections that compare arms honestly, each None or empty where the comparison has nothing for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report import contrast_forest, heat, verdict
from regimens.report.cast import Cast

if TYPE_CHECKING:
    from regimens.compare import Comparison


def sections(comparison: Comparison, cast: Cast) -> dict[str, object]:
    """Return the content of every such section, by the name that the page's template uses."""
    return {
        "verdict": verdict.verdict(comparison, cast),
        "forest": contrast_forest.forest(comparison, cast),
        "heats": heat.heats(comparison, cast),
    }

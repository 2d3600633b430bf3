"""Figures: typed results in, Plotly figures out. The page, notebooks and image files all draw with these functions."""

from regimens.figures.check import predictive_check
from regimens.figures.dumbbell import before_after
from regimens.figures.forest import contrasts
from regimens.figures.grid import pairs
from regimens.figures.over_time import curves, curves_by_arm
from regimens.figures.plane import trade_off
from regimens.figures.response import dose_response, rest_response
from regimens.figures.ruled import rule_decisions, rule_levels, rule_totals
from regimens.figures.strips import schedule
from regimens.figures.tornado import sensitivity
from regimens.figures.totals import exposure, given

__all__ = [
    "before_after",
    "contrasts",
    "curves",
    "curves_by_arm",
    "dose_response",
    "exposure",
    "given",
    "pairs",
    "predictive_check",
    "rest_response",
    "rule_decisions",
    "rule_levels",
    "rule_totals",
    "schedule",
    "sensitivity",
    "trade_off",
]

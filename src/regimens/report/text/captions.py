"""Captions of the figures of curves: what they show, whom lines and bands are about, and what else is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens import drugs
from regimens.report.text import subjects, words

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Shown
    from regimens.report.panel import Line, Panel

BASELINE = "baseline"
"""What the grey line at 1 of an observable that is a fold of its baseline is called."""


def level(value: float, fold: bool) -> str:
    """Return what the grey line at a threshold is called."""
    return f"{words.exact(value)}-fold" if fold else words.exact(value)


def under(observable: Shown, model: str) -> str:
    """Describe the panel of one model."""
    return f"{observable.label} over time under {model}, one line an arm."


def of_arms(observable: Shown, arms: list[str]) -> str:
    """Describe the panel of one arm, or of the arms without doses."""
    return f"{observable.label} over time, {words.listing(arms)}, one line a model."


def without_doses(arms: int) -> str:
    """Return the heading of the panel of the arms without doses."""
    return f"Without doses ({arms} arms)"


def running_totals(drug: str) -> str:
    """Describe the running totals of all arms."""
    return f"Running total of {drugs.label(drug)} over time, one step line an arm."


def running_total(drug: str, arm: str) -> str:
    """Describe the running total of one arm."""
    return f"Running total of {drugs.label(drug)}, {arm}."


def reading(layout: Layout, panels: tuple[Panel, ...]) -> str:
    """Return how to read the curves of a figure."""
    panel = panels[0]
    parts = [f"Lines are {_whose(layout)}", *(_bands(layout, panels) if layout.intervals else [])]
    if panel.threads:
        parts.append("thin lines are single subjects")
    if panel.small and len(layout.models) > 1:
        parts.append("line styles tell the models apart")
    if panel.rules:
        parts.append(f"dashed in grey: {words.listing([label for _, label in panel.rules])}")
    if panel.rug or panel.lanes:
        parts.append(f"marks {'beneath' if panel.small else 'above'} are doses")
    if panel.scale.log:
        parts.append("each grid line is a doubling")
    if any(line.busy for line in panel.lines):
        most = max(len(line.times) for line in panel.lines)
        parts.append(f"thinned to {most} points a curve, highest and lowest kept")
    return words.sentence("; ".join([*parts, *_not_modelled(layout)]))


def _not_modelled(layout: Layout) -> list[str]:
    """Return which arms have no curve under a model, because it has no input for a drug of theirs."""
    said: dict[tuple[str, ...], list[str]] = {}
    for model in layout.models:
        arms = tuple(look.name for look in layout.arms if not layout.modelled(model, look.name))
        if arms:
            said.setdefault(arms, []).append(layout.called(model))
    return [
        f"{words.quoted(arms)} {'is' if len(arms) == 1 else 'are'} not modelled under {words.listing(models)}"
        for arms, models in said.items()
    ]


def _whose(layout: Layout) -> str:
    return "the typical subject" if layout.typical else f"{'medians of ' if layout.intervals else ''}{subjects.curved(layout)}"


def _bands(layout: Layout, panels: tuple[Panel, ...]) -> list[str]:
    lines = [line for panel in panels for line in panel.lines]
    if not any(line.sure for line in lines):
        return [f"bands hold the middle {words.WITHIN} of them"] if any(line.low is not None for line in lines) else []
    narrow = any(panel.narrow for panel in panels)
    sure = f"{words.WITHIN} confidence intervals: the typical subject, as the parameters are drawn"
    if narrow:
        said = [f"bands are {sure}", "the wider prediction intervals of a new subject follow arm by arm"]
    else:
        said = [f"wide, light bands are {words.WITHIN} prediction intervals: a new subject", f"narrow, dark bands are {sure}"]
    return [*said, *_without(layout, lines, narrow)]


def _without(layout: Layout, lines: list[Line], narrow: bool) -> list[str]:
    """Return which arms and models have no confidence interval where others have one, and what is drawn instead."""
    arms = list(dict.fromkeys(line.arm.name for line in lines if line.arm.varied and line.sure is None))
    said = []
    if arms:
        verb, whose = ("has", "its") if len(arms) == 1 else ("have", "their")
        band = "band" if narrow else "narrow band"
        said.append(f"{words.quoted(arms)} {verb} no {band} here, for {whose} subjects differ in their doses")
    models = [layout.called(model) for model in layout.models if _unsure([line for line in lines if line.model == model])]
    if models:
        instead = f"bands are {words.WITHIN} prediction intervals" if narrow else "there are no narrow bands"
        said.append(f"under {words.listing(models)}, {instead}")
    return said


def _unsure(lines: list[Line]) -> bool:
    """Return whether the curves of a model spread between subjects, and none has a confidence interval that it might have."""
    spread = [line for line in lines if line.low is not None and not line.arm.varied]
    return bool(spread) and not any(line.sure for line in lines)


def endpoints(layout: Layout) -> str:
    """Return the caption of the table of all endpoints."""
    if layout.intervals:
        return f"Median and {words.WITHIN} prediction interval of every endpoint"
    return f"Every endpoint of the {'typical' if layout.typical else 'one virtual'} subject"


HIGHEST_MEDIAN = "Highest median"
STOPPED, STOPPED_HEADS = "Subjects that stopped before the end, whose endpoints are missing", ("Why", "How many")
CYCLE_HEADS = ("Each cycle", "Running total")


def read_out(observable: Shown, intervals: bool) -> str:
    """Return the caption of the table of a curve at a few times."""
    return f"{observable.title}: median" + (f" ({words.WITHIN} prediction interval)" if intervals else "")


def on_day(value: float, time_h: float) -> str:
    """Return the highest value of a curve and when it is."""
    return f"{words.number(value)} on day {words.exact(round(time_h / 24, 1))}"


def at_time(unit: str, time: int | str) -> str:
    """Return the heading of a time: 'week 4'."""
    return f"{unit.removesuffix('s')} {time}"


def by_cycle(drug: str) -> str:
    """Return the caption of the table of a drug's totals by cycle."""
    return f"{drugs.label(drug)} by cycle"


def given_so_far(drug: str) -> str:
    """Return the heading of the running total of a drug."""
    return f"{drugs.label(drug)} given so far"


def arm_by_arm(observable: Shown) -> str:
    """Return the heading of the figure of an observable that shows one arm in each panel."""
    return f"{observable.label}, arm by arm"


def seen(bound: str) -> str:
    """Return what stands before a published value, which may be a bound."""
    return "seen: " + {"lower bound": "at least ", "upper bound": "at most "}.get(bound, "")


AS_WRITTEN = "Curves show the arms as written; arms made from them have sections of their own."


def how_to_read_endpoints(layout: Layout, shares: bool) -> str:
    """Return how to read the marks of the endpoints; `shares` says whether shares of subjects are among them."""
    if not layout.intervals:
        return ""
    said = f"Marks are medians, lines {words.WITHIN} prediction intervals between subjects"
    return said + (f"; of a share, {words.WITHIN} confidence intervals." if shares else ".")

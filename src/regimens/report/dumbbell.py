"""Two values of every arm side by side: as written and as changed, a panel a model, a row an arm, joined by a line."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.contrasts.contrast import EQUAL
from regimens.drugs import IL2
from regimens.report.measures import Measure, judged, measures
from regimens.report.numbers import Numbers
from regimens.report.scale import Scale, linear, tick_text
from regimens.report.text import variants, words
from regimens.scenario.values import EQUAL_TOTAL

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Look
    from regimens.study.comparison import Comparison
    from regimens.study.rows import Summary


@dataclass(frozen=True)
class End:
    """A value in percent of the axis, with its confidence interval where there is one."""

    at: float
    sure: tuple[float, float] | None


@dataclass(frozen=True)
class Pull:
    """An arm: as written and as changed (None where nothing was changed), both in words."""

    arm: Look
    before: End
    after: End | None
    said: str


@dataclass(frozen=True)
class Dumbbell:
    """The figure of one endpoint: heading, unit, (model, rows, ticks of its axis) a panel, the numbers."""

    label: str
    unit: str
    panels: tuple[tuple[str, tuple[Pull, ...], tuple[tuple[float, str], ...]], ...]
    numbers: Numbers


@dataclass(frozen=True)
class _Both:
    """One arm under one model: its summary as written and, where it was changed, as changed."""

    model: str
    arm: Look
    before: Summary
    after: Summary | None


def dumbbell(comparison: Comparison, layout: Layout, measure: Measure, kind: str) -> Dumbbell | None:
    """Return the figure of an endpoint for the variants of one kind, None where none has a value."""
    changed = {variant.of.name: variant.name for variant in layout.varied(kind)}
    found = [
        _Both(model, look, before, comparison.summary_of(changed.get(look.name, ""), model, measure.words))
        for model in layout.models
        for look in layout.arms
        if look.dosed
        if (before := comparison.summary_of(look.name, model, measure.words)) is not None and not words.missing(before.median)
    ]
    if not any(row.after is not None for row in found):
        return None
    panels = tuple(_panel(model, [row for row in found if row.model == model], measure) for model in layout.models)
    return Dumbbell(measure.label, measure.unit, tuple(panel for panel in panels if panel[1]), _numbers(found, measure, kind))


def _panel(model: str, rows: list[_Both], measure: Measure) -> tuple[str, tuple[Pull, ...], tuple[tuple[float, str], ...]]:
    values = [v for both in rows for row in (both.before, both.after) if row is not None for v in _all(row, measure)]
    if not values:
        return model, (), ()
    axis = linear(min(values), max(values))
    ticks = tuple((at, tick_text(tick)) for tick in axis.ticks if 2 <= (at := _percent(tick, axis)) <= 97)
    return model, tuple(_pull(row, measure, axis) for row in rows), ticks


def figures(comparison: Comparison, layout: Layout, kind: str) -> tuple[Dumbbell, ...]:
    """Return the figure of every endpoint, those that say which way is better first."""
    ordered = sorted(measures(comparison).values(), key=lambda measure: not measure.better)
    return tuple(made for measure in ordered if (made := dumbbell(comparison, layout, measure, kind)) is not None)


def moves(comparison: Comparison, layout: Layout, kind: str) -> str:
    """Return which arm leads as written and which one as changed, on the leading endpoint, under each model."""
    lead = next(iter(judged(comparison)), None)
    if lead is None:
        return ""
    changed = {variant.of.name: variant.name for variant in layout.varied(kind)}
    known = {(row.model, row.arm): row.median for row in comparison.summary
             if row.endpoint == lead.words and not words.missing(row.median)}  # fmt: skip
    said: dict[str, list[str]] = {}
    for model in layout.models:
        names = [name for name in _counted(comparison, layout, kind, changed) if (model, name) in known]
        before = {name: known[model, name] for name in names}
        after = {name: known.get((model, changed.get(name, name)), known[model, name]) for name in names}
        if len(names) > 1:
            said.setdefault(variants.move(_best(before, lead), _best(after, lead), len(names)), []).append(model)
    return variants.moves(said, lead, kind, layout)


def _counted(comparison: Comparison, layout: Layout, kind: str, changed: dict[str, str]) -> list[str]:
    """Return the arms that are compared before and after: those that changed, and those that have the equal total already."""
    there: set[str] = set()
    if kind == EQUAL_TOTAL:
        targets = {arm.equalised.target for arm in comparison.scenario.arms if arm.equalised is not None}
        there = {look.name for look in layout.arms if _total(look) in targets}
    return [look.name for look in layout.arms if look.dosed and (look.name in changed or look.name in there)]


def _total(look: Look) -> Fraction | None:
    """Return the total of IL-2 (IU) of an arm, which is what is made equal."""
    found = look.exposure_to(IL2)
    return None if found is None else found.total


def _best(values: dict[str, float], lead: Measure) -> list[str]:
    """Return the arms with the best value; more than one where they are alike."""
    best = max(values.values()) if lead.better == "higher" else min(values.values())
    return [name for name, value in values.items() if abs(value - best) <= EQUAL * abs(best)]


def _all(row: Summary, measure: Measure) -> list[float]:
    return [v * measure.factor for v in (row.median, row.confidence_low, row.confidence_high) if not words.missing(v)]


def _pull(row: _Both, measure: Measure, axis: Scale) -> Pull:
    after = row.after if row.after is not None and not words.missing(row.after.median) else None
    changed = "" if after is None else measure.number(after.median)
    said = variants.before_and_after(row.arm.name, measure.number(row.before.median), changed)
    return Pull(row.arm, _end(row.before, measure, axis), None if after is None else _end(after, measure, axis), said)


def _end(row: Summary, measure: Measure, axis: Scale) -> End:
    middle, *ends = _all(row, measure)
    return End(_percent(middle, axis), (_percent(ends[0], axis), _percent(ends[1], axis)) if len(ends) == 2 else None)


def _percent(value: float, axis: Scale) -> float:
    return round(100 * float(axis.share(value)), 2)


def _numbers(found: list[_Both], measure: Measure, kind: str) -> Numbers:
    rows = []
    for both in found:
        cells: list[str] = []
        for row in (both.before, both.after):
            ends = "" if row is None else measure.between(row.confidence_low, row.confidence_high)
            cells += [words.MISSING if row is None else _value(row, measure), ends or words.MISSING]
        rows.append((words.under(both.arm.name, both.model), tuple(cells)))
    caption, heads = variants.before_and_after_caption(measure, kind), variants.before_and_after_heads(kind)
    return Numbers(caption, words.ARM_MODEL, heads, tuple(rows))


def _value(row: Summary, measure: Measure) -> str:
    return words.NOT_REACHED if row.n and words.missing(row.median) else measure.number(row.median)

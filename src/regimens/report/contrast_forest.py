"""Every arm against one reference: a block an endpoint, a row an arm, a mark with two intervals a model, on an axis with zero."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import answer
from regimens.report.measures import Measure, measures
from regimens.report.numbers import Numbers
from regimens.report.pairs import Pairs, certain, percent
from regimens.report.scale import Scale, linear, tick_text
from regimens.report.text import between_arms, words

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.report.layout import Layout, Look
    from regimens.study.comparison import Comparison

MOST_BLOCKS = 4
"""Endpoints that are shown at once; the others are folded."""

WIDEST = 3.0
"""Length of the axis in widths of the confidence intervals; longer prediction intervals are cut off and marked as cut."""

MOST_FOR_ALL = 1.6
"""How much longer the axis may get to hold the arms without doses; where it would get longer, they are marked at its edge."""


@dataclass(frozen=True)
class Mark:
    """One model's contrast in percent of the axis: middle, confidence and prediction interval (None without), cut ends.

    `off` is the difference in words where the mark itself lies beyond the axis, which the arms with doses span.
    """

    model: int
    middle: float
    sure: tuple[float, float] | None
    spread: tuple[float, float] | None
    cut: tuple[bool, bool]
    said: str
    off: str = ""


@dataclass(frozen=True)
class Block:
    """One endpoint: heading, what the axis shows, which side is better, ticks, place of zero, and rows of an arm, its marks and
    what stands there where it has none.
    """

    label: str
    axis: str
    better: str
    ticks: tuple[tuple[float, str], ...]
    zero: float
    rows: tuple[tuple[Look, tuple[Mark, ...], str], ...]


@dataclass(frozen=True)
class Forest:
    """The figure: the reference, blocks on the page and behind it, what they show and how to read them, the numbers."""

    reference: Look
    blocks: tuple[Block, ...]
    further: tuple[Block, ...]
    finding: str
    reading: str
    numbers: Numbers


def forest(comparison: Comparison, layout: Layout) -> Forest | None:
    """Return the figure against the first arm that gives a dose, None where no contrast with it has an interval."""
    reference = next((look for look in layout.arms if look.dosed), None)
    if reference is None or not comparison.versus.contrasts or not layout.intervals:
        return None
    pairs = Pairs(comparison)
    known = measures(comparison)
    first = {endpoint.words for endpoint in answer.leading(comparison.scenario, MOST_BLOCKS)}
    made = [(measure, _block(measure, layout, pairs, reference)) for measure in known.values()]
    made = [(measure, block) for measure, block in made if any(marks for _, marks, _ in block.rows)]
    if not made:
        return None
    return Forest(
        reference,
        tuple(block for measure, block in made if measure.words in first),
        tuple(block for measure, block in made if measure.words not in first),
        _finding(layout, pairs, reference, [measure for measure, _ in made]),
        _reading(layout, reference, [mark for _, block in made for _, marks, _ in block.rows for mark in marks]),
        _numbers(layout, pairs, reference, [measure for measure, _ in made]),
    )


def _others(layout: Layout, reference: Look) -> list[Look]:
    return [look for look in layout.arms if look is not reference]


def _block(measure: Measure, layout: Layout, pairs: Pairs, reference: Look) -> Block:
    found = {
        (look.index, place): contrast
        for look in _others(layout, reference)
        for place, model in enumerate(layout.models)
        if (contrast := pairs.of(model, measure.words, look.name, reference.name)) and not math.isnan(contrast.difference)
    }
    dosed = {look.index for look in layout.arms if look.dosed}
    core = [contrast for (index, _), contrast in found.items() if index in dosed]
    axis, whole = (_axis(each, measure) for each in (core or found.values(), found.values()))
    if whole.high - whole.low <= MOST_FOR_ALL * (axis.high - axis.low):
        axis = whole
    rows = []
    for look in _others(layout, reference):
        marks = [_mark(measure, layout, place, found[key], axis) for place in range(len(layout.models))
                 if (key := (look.index, place)) in found]  # fmt: skip
        rows.append((look, tuple(marks), "" if marks else between_arms.nothing(layout, look.name, reference.name)))
    ticks = tuple((at, tick_text(tick)) for tick in axis.ticks if 2 <= (at := _percent(tick, axis)) <= 97)
    return Block(measure.label, measure.apart, measure.better, ticks, _percent(0.0, axis), tuple(rows))


def _axis(found: Iterable[Contrast], measure: Measure) -> Scale:
    core, all_of_it = [0.0], [0.0]  # the axis always holds zero
    for contrast in found:
        own = (contrast.difference, contrast.difference_low, contrast.difference_high)
        core += [v * measure.factor for v in own if math.isfinite(v)]
        all_of_it += [v * measure.factor for v in (contrast.subject_low, contrast.subject_high) if math.isfinite(v)]
    low, high = min(core), max(core)
    reach = WIDEST * (high - low)
    if reach > 0:
        low, high = max(min(all_of_it), low - reach, -high - reach), min(max(all_of_it), high + reach)
        low, high = min(low, *core), max(high, *core)
    else:
        low, high = min(all_of_it), max(all_of_it)
    return linear(low, high)


def _mark(measure: Measure, layout: Layout, place: int, contrast: Contrast, axis: Scale) -> Mark:
    own = (contrast.difference, contrast.difference_low, contrast.difference_high)
    middle, low, high = (words.settled(v, measure.largest) * measure.factor for v in own)
    sure = (_percent(low, axis), _percent(high, axis)) if certain(contrast) else None
    ends = [v * measure.factor for v in (contrast.subject_low, contrast.subject_high)]
    known = all(map(math.isfinite, ends)) and not measure.share
    spread = (_percent(ends[0], axis), _percent(ends[1], axis)) if known else None
    reach = [*(ends if known else []), *((low, high) if sure else [])]
    cut = (min(reach, default=0.0) < axis.low, max(reach, default=0.0) > axis.high)
    said = between_arms.difference(layout.models[place], measure, contrast, sure is not None, known)
    off = "" if axis.low <= middle <= axis.high else measure.number(contrast.difference)
    return Mark(place, _percent(middle, axis), sure, spread, cut, said, off)


def _percent(value: float, axis: Scale) -> float:
    return round(100 * min(1.0, max(0.0, float(axis.share(value)))), 2)


def _finding(layout: Layout, pairs: Pairs, reference: Look, shown: list[Measure]) -> str:
    lead = next((measure for measure in shown if measure.better), None)
    if layout.draws == 1 or lead is None:
        return between_arms.differences_only(reference.name, layout.draws)
    rows = [
        row for look in _others(layout, reference) if (row := pairs.verdict(lead.words, look.name, reference.name)) is not None
    ]
    return between_arms.against_reference(rows, lead, reference.name)


def _reading(layout: Layout, reference: Look, marks: list[Mark]) -> str:
    return between_arms.how_to_read_differences(
        reference.name,
        layout.draws,
        sure=any(mark.sure for mark in marks),
        spread=any(mark.spread for mark in marks),
        cut=any(any(mark.cut) for mark in marks),
        off=any(mark.off for mark in marks),
    )


def _numbers(layout: Layout, pairs: Pairs, reference: Look, shown: list[Measure]) -> Numbers:
    rows = []
    for measure in shown:
        for look in _others(layout, reference):
            for model in layout.models:
                contrast = pairs.of(model, measure.words, look.name, reference.name)
                if contrast is not None:
                    rows.append((words.under(look.name, model), (measure.label, *_cells(measure, contrast, pairs.rule))))
    caption = between_arms.differences_caption(reference.name)
    return Numbers(caption, words.ARM_MODEL, between_arms.DIFFERENCE_HEADS, tuple(rows))


def _cells(measure: Measure, contrast: Contrast, rule: float) -> tuple[str, ...]:
    low, high = contrast.ratio_low, contrast.ratio_high
    return (
        measure.difference(contrast.difference),
        measure.between(contrast.difference_low, contrast.difference_high) or words.MISSING,
        words.number(contrast.ratio),
        words.MISSING if math.isnan(low) or math.isnan(high) else words.span(low, high),
        words.MISSING if measure.share else measure.between(contrast.subject_low, contrast.subject_high) or words.MISSING,
        percent(contrast.probability, rule),
        words.percent(contrast.better_off) if measure.better else words.MISSING,
    )

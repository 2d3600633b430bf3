"""Every arm against one reference: a block an endpoint, a row an arm, a mark with two intervals a model, zero in sight."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import answer, words
from regimens.report.cast import Cast, Look
from regimens.report.measures import Measure, measures
from regimens.report.numbers import Numbers
from regimens.report.pairs import Contrast, Pairs, percent
from regimens.report.panel import Scale, linear, tick_text

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MOST_BLOCKS = 4
"""Endpoints on the page itself; further ones stand behind it."""

WIDEST = 3.0
"""Reach of the axis in widths of the confidence intervals: beyond it prediction intervals are cut, and drawn as cut."""

MOST_FOR_ALL = 1.6
"""How much longer the axis may get to hold the arms without doses too; beyond, they are marked at its edge."""


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
    """One endpoint: heading, what the axis shows, which side is better, ticks, place of zero, rows of (arm, marks)."""

    label: str
    axis: str
    better: str
    ticks: tuple[tuple[float, str], ...]
    zero: float
    rows: tuple[tuple[Look, tuple[Mark, ...]], ...]


@dataclass(frozen=True)
class Forest:
    """The figure: the reference, blocks on the page and behind it, what they show and how to read them, the numbers."""

    reference: Look
    blocks: tuple[Block, ...]
    further: tuple[Block, ...]
    finding: str
    reading: str
    numbers: Numbers


def forest(comparison: Comparison, cast: Cast) -> Forest | None:
    """Return the figure against the first arm that gives a dose, None where no contrast with it has an interval."""
    reference = next((look for look in cast.arms if look.dosed), None)
    if reference is None or not len(comparison.contrasts) or not cast.intervals:
        return None
    pairs = Pairs(comparison)
    known = measures(comparison)
    first = {endpoint.words for endpoint in answer.leading(comparison, MOST_BLOCKS)}
    made = [(measure, _block(measure, cast, pairs, reference)) for measure in known.values()]
    made = [(measure, block) for measure, block in made if any(marks for _, marks in block.rows)]
    if not made:
        return None
    return Forest(
        reference,
        tuple(block for measure, block in made if measure.words in first),
        tuple(block for measure, block in made if measure.words not in first),
        _finding(cast, pairs, reference, [measure for measure, _ in made]),
        _reading(cast, reference, made),
        _numbers(cast, pairs, reference, [measure for measure, _ in made]),
    )


def _others(cast: Cast, reference: Look) -> list[Look]:
    return [look for look in cast.arms if look is not reference]


def _block(measure: Measure, cast: Cast, pairs: Pairs, reference: Look) -> Block:
    found = {
        (look.index, place): contrast
        for look in _others(cast, reference)
        for place, model in enumerate(cast.models)
        if (contrast := pairs.of(model, measure.words, look.name, reference.name)) and not math.isnan(contrast.difference[0])
    }
    dosed = {look.index for look in cast.arms if look.dosed}
    core = [contrast for (index, _), contrast in found.items() if index in dosed]
    axis, whole = (_axis(each, measure) for each in (core or found.values(), found.values()))
    if whole.high - whole.low <= MOST_FOR_ALL * (axis.high - axis.low):
        axis = whole
    rows = []
    for look in _others(cast, reference):
        marks = [_mark(measure, cast, place, found[key], axis) for place in range(len(cast.models))
                 if (key := (look.index, place)) in found]  # fmt: skip
        rows.append((look, tuple(marks)))
    ticks = tuple((at, tick_text(tick)) for tick in axis.ticks if 2 <= (at := _percent(tick, axis)) <= 97)
    return Block(measure.label, measure.apart, measure.better, ticks, _percent(0.0, axis), tuple(rows))


def _axis(found: Iterable[Contrast], measure: Measure) -> Scale:
    core, all_of_it = [0.0], [0.0]  # zero is always in sight
    for contrast in found:
        core += [v * measure.factor for v in contrast.difference if math.isfinite(v)]
        all_of_it += [v * measure.factor for v in contrast.subject if math.isfinite(v)]
    low, high = min(core), max(core)
    reach = WIDEST * (high - low)
    if reach > 0:
        low, high = max(min(all_of_it), low - reach, -high - reach), min(max(all_of_it), high + reach)
        low, high = min(low, *core), max(high, *core)
    else:
        low, high = min(all_of_it), max(all_of_it)
    return linear(low, high)


def _mark(measure: Measure, cast: Cast, place: int, contrast: Contrast, axis: Scale) -> Mark:
    middle, low, high = (v * measure.factor for v in contrast.difference)
    sure = (_percent(low, axis), _percent(high, axis)) if contrast.certain else None
    ends = [v * measure.factor for v in contrast.subject]
    known = all(map(math.isfinite, ends)) and not measure.share
    spread = (_percent(ends[0], axis), _percent(ends[1], axis)) if known else None
    reach = [*(ends if known else []), *((low, high) if contrast.certain else [])]
    cut = (min(reach, default=0.0) < axis.low, max(reach, default=0.0) > axis.high)
    inside = axis.low <= middle <= axis.high
    parts = [f"{cast.models[place]}: {measure.difference(contrast.difference[0])}"]
    if contrast.certain:
        parts.append(f"{words.WITHIN} confidence interval {measure.between(*contrast.difference[1:])}")
    if known:
        parts.append(f"{words.WITHIN} prediction interval {measure.between(*contrast.subject)}")
    off = "" if inside else measure.number(contrast.difference[0])
    return Mark(place, _percent(middle, axis), sure, spread, cut, "; ".join(parts), off)


def _percent(value: float, axis: Scale) -> float:
    return round(100 * min(1.0, max(0.0, float(axis.share(value)))), 2)


def _finding(cast: Cast, pairs: Pairs, reference: Look, shown: list[Measure]) -> str:
    lead = next((measure for measure in shown if measure.better), None)
    against = words.quoted([reference.name])
    if cast.draws == 1:
        return f"Differences from {against}, arm by arm; the parameters are taken as known."
    if lead is None:
        return f"Differences from {against}, arm by arm; of none of these endpoints is it said which way is better."
    rows = [pairs.verdict(lead.words, look.name, reference.name) for look in _others(cast, reference)]
    better = [row.winner for row in rows if row and row.winner and row.winner != reference.name]
    worse = [row.loser for row in rows if row and row.winner == reference.name]
    left = [row for row in rows if row and not row.winner]
    parts = [
        f"{words.quoted(better)} {'is' if len(better) == 1 else 'are'} better" if better else "",
        f"{words.quoted(worse)} {'is' if len(worse) == 1 else 'are'} worse" if worse else "",
    ]
    said = " and ".join(part for part in parts if part) or "no arm is supported to be better or worse"
    open_ = f"; for {words.count(len(left), 'other arm')} no direction is supported" if left and (better or worse) else ""
    return f"Against {against}, on {words.inside(lead.label)}, {said}{open_}."


def _reading(cast: Cast, reference: Look, made: list[tuple[Measure, Block]]) -> str:
    marks = [mark for _, block in made for _, row in block.rows for mark in row]
    parts = [f"Marks are differences from {words.quoted([reference.name])}, right of the line where an arm has more"]
    if any(mark.sure for mark in marks):
        parts.append(
            f"thick lines are {words.WITHIN} confidence intervals of the difference in the population, over "
            f"{cast.draws} parameter draws"
        )
    if any(mark.spread for mark in marks):
        parts.append(f"thin lines are {words.WITHIN} prediction intervals of one person’s own difference")
    if any(any(mark.cut) for mark in marks):
        parts.append("an arrow marks an interval that runs on beyond the axis")
    if any(mark.off for mark in marks):
        parts.append("a number at the edge is a difference beyond it")
    return words.sentence("; ".join(parts))


def _numbers(cast: Cast, pairs: Pairs, reference: Look, shown: list[Measure]) -> Numbers:
    sure = f"{words.WITHIN} confidence"
    columns = ("Endpoint", "Difference", sure, "Ratio", sure, f"One person, {words.WITHIN} prediction",
               "Probability of better, %", "Better off, % of subjects")  # fmt: skip
    rows = []
    for measure in shown:
        for look in _others(cast, reference):
            for model in cast.models:
                contrast = pairs.of(model, measure.words, look.name, reference.name)
                if contrast is not None:
                    rows.append((f"{look.name}, {model}", (measure.label, *_cells(measure, contrast, pairs.rule))))
    return Numbers(f"Differences from {reference.name} and ratios to it", "Arm, model", columns, tuple(rows))


def _cells(measure: Measure, contrast: Contrast, rule: float) -> tuple[str, ...]:
    ratio, *ends = contrast.ratio
    return (
        measure.difference(contrast.difference[0]),
        measure.between(*contrast.difference[1:]) or words.MISSING,
        words.number(ratio),
        words.MISSING if any(map(math.isnan, ends)) else f"{words.number(ends[0])} to {words.number(ends[1])}",
        words.MISSING if measure.share else measure.between(*contrast.subject) or words.MISSING,
        percent(contrast.probability, rule),
        words.percent(contrast.better_off) if measure.better else words.MISSING,
    )

"""Every pair in one grid: the probability that the arm of the row is better than that of the column, and of being best."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import Finding, reaches
from regimens.report.measures import Measure, judged
from regimens.report.numbers import Numbers
from regimens.report.pairs import Pairs, percent
from regimens.report.text import between_arms, words
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Look
    from regimens.study.comparison import Comparison

_TINTS = (0.6, 0.8)
"""Probabilities from which a cell is tinted, and tinted more; the strongest tint starts at the rule's own probability."""

_MOST_BESIDE = 7

Chances = Mapping[tuple[str, str, str], float]
"""Probability of being the best arm by model, endpoint and arm."""


@dataclass(frozen=True)
class Cell:
    """One pair under one model: text, tint from -3 (the column is better) to 3 (the row is), whether every model agrees."""

    text: str
    tint: int
    sure: bool
    said: str


@dataclass(frozen=True)
class Row:
    """An arm with its number on the page, its cells in the order of the arms, and its probability of being best."""

    number: int
    arm: Look
    cells: tuple[Cell, ...]
    best: str
    share: float


@dataclass(frozen=True)
class Grid:
    """The grid of one model."""

    model: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Heat:
    """The figure of one endpoint: a grid a model, what it shows, how to read it, the numbers of every pair."""

    label: str
    better: str
    grids: tuple[Grid, ...]
    beside: bool
    finding: str
    reading: str
    numbers: Numbers


def heats(comparison: Comparison, layout: Layout) -> tuple[Heat, ...]:
    """Return the figures of the endpoints that say which way is better, the leading one first; none without draws."""
    if layout.draws == 1 or not comparison.versus.contrasts:
        return ()
    pairs, best = Pairs(comparison), _best(comparison)
    sure = comparison.scenario.rule.probability
    made = []
    for measure in judged(comparison):
        grids = tuple(_grid(model, measure, layout, pairs, best, sure) for model in layout.models)
        if any(cell.text not in ("", words.MISSING) for grid in grids for row in grid.rows for cell in row.cells):
            beside = len(layout.arms) <= _MOST_BESIDE and len(grids) > 1
            finding = between_arms.likeliest(measure, layout, best)
            ties = any(row.endpoint == measure.words and row.equal > 0 for row in comparison.versus.contrasts)
            reading = between_arms.how_to_read_pairs(sure, layout, ties)
            made.append(Heat(measure.label, measure.better, grids, beside, finding, reading, _numbers(measure, layout, pairs)))
    return tuple(made)


def _best(comparison: Comparison) -> Chances:
    written = (row for row in comparison.versus.best if row.variant == AS_WRITTEN)
    return {(row.model, row.endpoint, row.arm): row.probability for row in written}


def _grid(model: str, measure: Measure, layout: Layout, pairs: Pairs, best: Chances, sure: float) -> Grid:
    rows = []
    for number, look in enumerate(layout.arms, 1):
        cells = tuple(_cell(model, measure, layout, pairs, look, other, sure) for other in layout.arms)
        share = best.get((model, measure.words, look.name), math.nan)
        rows.append(Row(number, look, cells, words.percent(share), 0.0 if math.isnan(share) else round(100 * share, 1)))
    return Grid(model, tuple(rows))


def _cell(model: str, measure: Measure, layout: Layout, pairs: Pairs, look: Look, other: Look, sure: float) -> Cell:
    if look is other:
        return Cell("", 0, False, "")
    verdict = pairs.verdict(measure.words, look.name, other.name)
    if verdict is not None and verdict.finding == Finding.SAME:
        return Cell("=", 0, False, between_arms.same(look.name, other.name))
    contrast = pairs.of(model, measure.words, look.name, other.name)
    if contrast is None or math.isnan(contrast.probability):
        return Cell(words.MISSING, 0, False, between_arms.no_probability(layout, model, look.name, other.name))
    chance = contrast.probability
    winner = verdict.winner if verdict is not None and verdict.finding == Finding.BETTER else ""
    said = between_arms.probability(contrast, percent(chance, sure), winner)
    return Cell(percent(chance, sure), tint(chance, sure), bool(winner), said)


def tint(chance: float, sure: float) -> int:
    """Return how strongly a probability is tinted: 0 around one half, 3 where it reaches the rule, minus for the other side."""
    side = 1 if chance >= 0.5 else -1
    strength = max(chance, 1 - chance)
    return side * (3 if reaches(strength, sure) else sum(strength >= least for least in _TINTS))


def _numbers(measure: Measure, layout: Layout, pairs: Pairs) -> Numbers:
    rows = []
    for place, look in enumerate(layout.arms):
        for other in layout.arms[place + 1 :]:
            rows.append((between_arms.pair(look.name, other.name), tuple(_row(measure, layout.models, pairs, look, other))))
    heads = tuple(head for model in layout.models for head in between_arms.pair_heads(model))
    return Numbers(between_arms.pairs_caption(measure), between_arms.PAIR, heads, tuple(rows))


def _row(measure: Measure, models: Iterable[str], pairs: Pairs, look: Look, other: Look) -> Iterable[str]:
    for model in models:
        contrast = pairs.of(model, measure.words, look.name, other.name)
        if contrast is None:
            yield from (words.MISSING,) * 3
            continue
        ends = measure.between(contrast.difference_low, contrast.difference_high)
        ratio, low, high = contrast.ratio, contrast.ratio_low, contrast.ratio_high
        yield percent(contrast.probability, pairs.rule)
        yield f"{measure.difference(contrast.difference)}{f' ({ends})' if ends else ''}"
        yield words.MISSING if math.isnan(low) else f"{words.number(ratio)} ({words.span(low, high)})"

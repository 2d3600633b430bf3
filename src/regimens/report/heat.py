"""Every pair at once: the probability that the arm of the row is better than that of the column, and of being best."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import SAME
from regimens.report import words
from regimens.report.cast import Cast, Look
from regimens.report.measures import Measure, judged
from regimens.report.numbers import Numbers
from regimens.report.pairs import Pairs, percent, reaches
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_TINTS = (0.6, 0.8)
"""Probabilities from which a cell is tinted, and tinted more; the strongest tint starts at the rule's own probability."""

_MOST_BESIDE = 7


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
    """The figure of one endpoint: a grid a model, what it shows, how exact its probabilities are, the numbers of every pair."""

    label: str
    better: str
    grids: tuple[Grid, ...]
    beside: bool
    finding: str
    precision: str
    numbers: Numbers


def heats(comparison: Comparison, cast: Cast) -> tuple[Heat, ...]:
    """Return the figures of the endpoints that say which way is better, the leading one first; none without draws."""
    if cast.draws == 1 or not len(comparison.contrasts):
        return ()
    pairs, best = Pairs(comparison), _best(comparison)
    sure = comparison.scenario.rule.probability
    made = []
    for measure in judged(comparison):
        grids = tuple(_grid(model, measure, cast, pairs, best, sure) for model in cast.models)
        if any(cell.text not in ("", words.MISSING) for grid in grids for row in grid.rows for cell in row.cells):
            beside = len(cast.arms) <= _MOST_BESIDE and len(grids) > 1
            finding = _finding(measure, cast, best)
            exact, numbers = precision(sure, cast.draws), _numbers(measure, cast, pairs)
            made.append(Heat(measure.label, measure.better, grids, beside, finding, exact, numbers))
    return tuple(made)


def precision(probability: float, draws: int) -> str:
    """Return how exactly so many draws tell a probability near that of the rule: one standard error."""
    error = 100 * math.sqrt(probability * (1 - probability) / draws)
    if not error:
        return ""
    about = f"±{words.number(error, 2)} percentage points (one standard error)"
    return f"With {draws} draws, a probability near {words.exact_percent(probability)} is known to about {about}."


def _best(comparison: Comparison) -> dict[tuple[str, str, str], float]:
    frame = comparison.best
    written = frame[frame["variant"] == AS_WRITTEN] if len(frame) else frame
    return {(row.model, row.endpoint, row.arm): float(row.probability) for row in written.itertuples()}


def _grid(model: str, measure: Measure, cast: Cast, pairs: Pairs, best: dict, sure: float) -> Grid:
    rows = []
    for number, look in enumerate(cast.arms, 1):
        cells = tuple(_cell(model, measure, cast, pairs, look, other, sure) for other in cast.arms)
        share = best.get((model, measure.words, look.name), math.nan)
        rows.append(Row(number, look, cells, words.percent(share), 0.0 if math.isnan(share) else round(100 * share, 1)))
    return Grid(model, tuple(rows))


def _cell(model: str, measure: Measure, cast: Cast, pairs: Pairs, look: Look, other: Look, sure: float) -> Cell:
    if look is other:
        return Cell("", 0, False, "")
    verdict = pairs.verdict(measure.words, look.name, other.name)
    if verdict is not None and verdict.kind == SAME:
        return Cell("=", 0, False, f"{look.name} and {other.name} give the same doses")
    contrast = pairs.of(model, measure.words, look.name, other.name)
    if contrast is None or math.isnan(contrast.probability):
        return Cell(words.MISSING, 0, False, f"{look.name} against {other.name}: no probability under {model}")
    chance = contrast.probability
    agreed = verdict is not None and bool(verdict.winner)
    said = f"{look.name} better than {other.name}: {percent(chance, sure)}\u00a0% under {model}"
    said += f"; every model supports {verdict.winner}" if agreed and verdict else ""
    return Cell(percent(chance, sure), tint(chance, sure), agreed, said)


def tint(chance: float, sure: float) -> int:
    """Return how strongly a probability is tinted: 0 around one half, 3 where it reaches the rule, minus for the other side."""
    side = 1 if chance >= 0.5 else -1
    strength = max(chance, 1 - chance)
    return side * (3 if reaches(strength, sure) else sum(strength >= least for least in _TINTS))


def _finding(measure: Measure, cast: Cast, best: dict) -> str:
    said: dict[tuple[str, ...], list[str]] = {}
    for model in cast.models:
        known = {look.name: share for look in cast.arms if (share := best.get((model, measure.words, look.name))) is not None}
        if known:
            top = tuple(name for name, share in known.items() if share == max(known.values()))
            said.setdefault(top, []).append(f"{words.percent(known[top[0]])}\u00a0% under {model}")
    if not said:
        return f"How likely each arm is to be better than each other, on {words.inside(measure.label)}."
    head = f"On {words.inside(measure.label)}, "
    if len(said) == 1:
        ((top, shares),) = said.items()
        every = " under every model" if len(cast.models) > 1 else ""
        are = "is" if len(top) == 1 else "are equally"
        return f"{head}{words.quoted(list(top))} {are} the likeliest to be best{every}: {words.listing(shares)}."
    found = words.listing([f"{words.quoted(list(top))} ({words.listing(shares)})" for top, shares in said.items()])
    return f"{head}the models disagree about the arm that is likeliest to be best: {found}."


def _numbers(measure: Measure, cast: Cast, pairs: Pairs) -> Numbers:
    rows = []
    for place, look in enumerate(cast.arms):
        for other in cast.arms[place + 1 :]:
            rows.append((f"{look.name} against {other.name}", tuple(_row(measure, cast.models, pairs, look, other))))
    heads = [head for model in cast.models for head in (f"Better, %, {model}", f"Difference, {model}", f"Ratio, {model}")]
    return Numbers(f"Every pair on {words.inside(measure.label)}: probability that the first arm is better, difference and "
                   f"ratio with {words.WITHIN} confidence intervals", "Pair", tuple(heads), tuple(rows))  # fmt: skip


def _row(measure: Measure, models: Iterable[str], pairs: Pairs, look: Look, other: Look) -> Iterable[str]:
    for model in models:
        contrast = pairs.of(model, measure.words, look.name, other.name)
        if contrast is None:
            yield from (words.MISSING,) * 3
            continue
        ends = measure.between(*contrast.difference[1:])
        ratio, low, high = contrast.ratio
        yield percent(contrast.probability, pairs.rule)
        yield f"{measure.difference(contrast.difference[0])}{f' ({ends})' if ends else ''}"
        yield words.MISSING if math.isnan(low) else f"{words.number(ratio)} ({words.number(low)} to {words.number(high)})"

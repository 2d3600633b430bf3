"""Real life: doses that are missed, late or not taken, and their effect on the choice of a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import dumbbell
from regimens.report.measures import Measure, judged, measures
from regimens.report.numbers import Numbers
from regimens.report.text import variants, words
from regimens.scenario.values import REAL_LIFE

if TYPE_CHECKING:
    from regimens.contrasts.variants import Flip
    from regimens.report.dumbbell import Dumbbell
    from regimens.report.layout import Layout, Look
    from regimens.study.comparison import Comparison
    from regimens.study.given import Given

OFTEN = 0.1
"""Share of draws from which a pair whose order turns round is named."""


@dataclass(frozen=True)
class Dose:
    """What an arm's subjects were to get and really got, MIU, with places in percent of the largest plan."""

    arm: Look
    planned: str
    given: str
    interval: str
    shares: tuple[str, str, str]
    width: float
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class RealLife:
    """The section on real life: doses given, effects, pairs whose order turns round, what a choice on paper costs.

    `shown` is what the figures show and how to read them.
    """

    doses: tuple[Dose, ...]
    doses_finding: str
    doses_numbers: Numbers
    figures: tuple[Dumbbell, ...]
    finding: str
    regrets: tuple[str, ...]
    flips: Numbers | None
    regret: Numbers | None
    shown: tuple[str, str]


def real_life(comparison: Comparison, layout: Layout) -> RealLife | None:
    """Return the section on real life, None where all subjects get every dose as planned."""
    by_name = {variant.name: variant.of for variant in layout.varied(REAL_LIFE)}
    rows = [row for row in comparison.given if row.arm in by_name]
    if not rows:
        return None
    largest = max(row.planned_miu for row in rows) or 1.0
    lead = next(iter(judged(comparison)), None)
    flips = [row for row in comparison.versus.flips if lead is not None and row.endpoint == lead.words]
    moved = (dumbbell.moves(comparison, layout, REAL_LIFE), _flipped(flips))
    return RealLife(
        tuple(_dose(row, by_name[row.arm], largest) for row in rows),
        variants.shares_given({by_name[row.arm].name: row.given_miu / row.planned_miu for row in rows if row.planned_miu}),
        _doses_numbers(rows),
        dumbbell.figures(comparison, layout, REAL_LIFE),
        " ".join(part for part in moved if part),
        _regrets(comparison, lead),
        None if lead is None or not flips else _flips(flips, lead),
        _regret(comparison),
        variants.both(REAL_LIFE, layout),
    )


def _dose(row: Given, look: Look, largest: float) -> Dose:
    amounts = (row.planned_miu, row.given_miu, row.given_low, row.given_high)
    width, middle, low, high = (round(100 * value / largest, 2) for value in amounts)
    interval = words.span(row.given_low, row.given_high)
    return Dose(
        look, words.number(row.planned_miu), words.number(row.given_miu), interval, _astray(row), width, middle, low, high
    )


def _astray(row: Given) -> tuple[str, str, str]:
    return words.percent(row.missed), words.percent(row.late), words.percent(row.stopped)


def _doses_numbers(rows: Sequence[Given]) -> Numbers:
    made = []
    for row in rows:
        planned, given = words.number(row.planned_miu), words.number(row.given_miu)
        made.append((row.of, (planned, given, words.span(row.given_low, row.given_high), *_astray(row))))
    return Numbers(variants.DOSES_CAPTION, words.ARM, variants.DOSE_HEADS, tuple(made))


def _flipped(rows: Sequence[Flip]) -> str:
    if not rows:
        return ""
    pairs = {frozenset((row.arm, row.against)) for row in rows}
    often = [row for row in rows if row.flipped >= OFTEN]
    if not often:
        return variants.NOT_TURNED
    worst = max(often, key=lambda row: row.flipped)
    many = len({frozenset((row.arm, row.against)) for row in often})
    return variants.turned(many, len(pairs), (worst.arm, worst.against), worst.flipped, worst.model)


def _regrets(comparison: Comparison, lead: Measure | None) -> tuple[str, ...]:
    return tuple(
        variants.regret(row.model, row.chosen, row.best, lead, (row.regret, row.regret_low, row.regret_high))
        for row in comparison.versus.regret
        if lead is not None and row.endpoint == lead.words
    )


def _flips(rows: Sequence[Flip], lead: Measure) -> Numbers:
    made = tuple(
        (
            variants.turned_pair(row.arm, row.against, row.model),
            tuple(words.percent(share) for share in (row.probability_full, row.probability_real, row.flipped)),
        )
        for row in rows
    )
    return Numbers(variants.turned_caption(lead), variants.PAIR_MODEL, variants.FLIP_HEADS, made)


def _regret(comparison: Comparison) -> Numbers | None:
    known, made = measures(comparison), []
    for row in comparison.versus.regret:
        measure = known.get(row.endpoint)
        if measure is not None:
            ends = measure.between(row.regret_low, row.regret_high) or words.MISSING
            cells = (measure.label, row.best, measure.difference(row.regret), ends)
            made.append((words.under(row.chosen, row.model), cells))
    heads = variants.REGRET_HEADS
    return Numbers(variants.REGRET_CAPTION, variants.CHOSEN_MODEL, heads, tuple(made)) if made else None

"""Every schedule as it goes in real life: doses missed, late or never taken, and what that does to a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import dumbbell, words
from regimens.report.cast import Cast, Look
from regimens.report.dumbbell import Dumbbell
from regimens.report.measures import judged, measures
from regimens.report.numbers import Numbers
from regimens.scenario.values import REAL_LIFE

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

OFTEN = 0.1
"""Share of draws from which an order that turns round is worth a word."""


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
    """Every schedule as it goes in real life: doses given, effects, orders turned round, what a choice on paper costs."""

    doses: tuple[Dose, ...]
    doses_finding: str
    doses_numbers: Numbers
    figures: tuple[Dumbbell, ...]
    finding: str
    regrets: tuple[str, ...]
    flips: Numbers | None
    regret: Numbers | None


def real_life(comparison: Comparison, cast: Cast) -> RealLife | None:
    """Return the section on real life, None where nothing went astray."""
    by_name = {variant.name: variant.of for variant in cast.varied(REAL_LIFE)}
    rows = [row for row in comparison.given.itertuples() if row.arm in by_name]
    if not rows:
        return None
    largest = max(float(row.planned_miu) for row in rows) or 1.0
    doses = tuple(_dose(row, by_name[row.arm], largest) for row in rows)
    return RealLife(
        doses,
        _doses_finding(rows, by_name),
        _doses_numbers(rows),
        dumbbell.figures(comparison, cast, REAL_LIFE),
        " ".join(part for part in (dumbbell.moves(comparison, cast, REAL_LIFE), _flipped(comparison)) if part),
        _regrets(comparison),
        _flips(comparison),
        _regret(comparison),
    )


def _dose(row: object, look: Look, largest: float) -> Dose:
    names = ("planned_miu", "given_miu", "given_low", "given_high")
    planned, given, low, high = (float(getattr(row, name)) for name in names)
    place = [round(100 * value / largest, 2) for value in (planned, given, low, high)]
    shares = tuple(words.percent(getattr(row, name)) for name in ("missed", "late", "stopped"))
    texts = (words.number(planned), words.number(given), f"{words.number(low)} to {words.number(high)}")
    return Dose(look, *texts, shares, *place)  # type: ignore[arg-type]


def _doses_finding(rows: list, by_name: dict[str, Look]) -> str:
    shares = {by_name[row.arm].name: float(row.given_miu) / float(row.planned_miu) for row in rows if float(row.planned_miu)}
    if not shares:
        return "No arm plans IL-2."
    least, most = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
    low, high = (f"{words.percent(shares[name])}\u00a0%" for name in (least, most))
    if low == high:
        return f"The median subject gets {low} of the planned IL-2 in every arm."
    return f"The median subject gets {low} ({words.quoted([least])}) to {high} ({words.quoted([most])}) of the planned IL-2."


def _doses_numbers(rows: list) -> Numbers:
    made = tuple(
        (row.of, (words.number(row.planned_miu), words.number(row.given_miu), f"{words.number(row.given_low)} to "
                  f"{words.number(row.given_high)}", *(words.percent(getattr(row, n)) for n in ("missed", "late", "stopped"))))
        for row in rows
    )  # fmt: skip
    heads = ("Planned, MIU", "Given, MIU", f"{words.WITHIN} of subjects", "Doses missed, %", "Doses late, %",
             "Subjects who stopped, %")  # fmt: skip
    return Numbers("IL-2 planned and given to each subject", "Arm", heads, made)


def _flipped(comparison: Comparison) -> str:
    lead = next(iter(judged(comparison)), None)
    rows = [row for row in comparison.flips.itertuples() if lead and row.endpoint == lead.words]
    if not rows or lead is None:
        return ""
    pairs = {frozenset((row.arm, row.against)) for row in rows}
    often = [row for row in rows if row.flipped >= OFTEN]
    if not often:
        return "In no pair does the order turn round in 10\u00a0% of the draws or more."
    worst = max(often, key=lambda row: row.flipped)
    many = len({frozenset((row.arm, row.against)) for row in often})
    some = f"{words.count(many, '').strip()} of {words.count(len(pairs), 'pair')}"
    return (
        f"The order of {some} turns round in at least 10\u00a0% of the draws, most often that of "
        f"{words.quoted([worst.arm, worst.against])} ({words.percent(worst.flipped)}\u00a0% under {worst.model})."
    )


def _regrets(comparison: Comparison) -> tuple[str, ...]:
    lead = next(iter(judged(comparison)), None)
    said = []
    for row in comparison.regret.itertuples():
        if lead is None or row.endpoint != lead.words:
            continue
        choice = f"Under {row.model}, {words.quoted([row.chosen])} is the best as written"
        if row.chosen == row.best:
            said.append(f"{choice} and stays the best in real life: the choice on paper costs nothing.")
            continue
        ends = lead.between(row.regret_low, row.regret_high)
        sure = f" ({words.WITHIN} confidence interval {ends})" if ends else ""
        said.append(
            f"{choice}, but in real life {words.quoted([row.best])} is better, by {lead.difference(row.regret)}{sure}: "
            "that is what the choice on paper costs."
        )
    return tuple(said)


def _flips(comparison: Comparison) -> Numbers | None:
    lead = next(iter(judged(comparison)), None)
    rows = tuple(
        (f"{row.arm} against {row.against}, {row.model}", tuple(words.percent(share) for share in (row.probability_full,
                                                                 row.probability_real, row.flipped)))
        for row in comparison.flips.itertuples()
        if lead is not None and row.endpoint == lead.words
    )  # fmt: skip
    heads = ("First better as written, %", "First better in real life, %", "Order turns round, % of draws")
    said = f"Orders of two arms, as written and in real life, {words.inside(lead.label)}" if lead else ""
    return Numbers(said, "Pair, model", heads, rows) if rows else None


def _regret(comparison: Comparison) -> Numbers | None:
    known = measures(comparison)
    rows = tuple(
        (f"{row.chosen}, {row.model}", (known[row.endpoint].label, row.best, known[row.endpoint].difference(row.regret),
                                        known[row.endpoint].between(row.regret_low, row.regret_high) or words.MISSING))
        for row in comparison.regret.itertuples()
        if row.endpoint in known
    )  # fmt: skip
    heads = ("Endpoint", "Best in real life", "Cost of the choice", f"{words.WITHIN} confidence")
    said = "What choosing the arm that is best as written costs in real life"
    return Numbers(said, "Chosen, model", heads, rows) if rows else None

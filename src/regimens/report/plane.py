"""Gain against cost: a panel a model, an arm a point with both intervals, the front of arms that no other one beats on both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from regimens.report import words
from regimens.report.cast import MOST_COLOURS, Cast, Look
from regimens.report.labels import Box, place
from regimens.report.measures import Measure, measures
from regimens.report.numbers import Numbers
from regimens.report.pairs import reaches
from regimens.report.panel import Scale, linear, tick_text
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 16.0, 42.0
_WIDTHS = {1: 520.0, 2: 430.0}
_NARROW, _HEIGHT = 350.0, 320.0
_CORNER = "better"


@dataclass(frozen=True)
class Spot:
    """An arm under one model: (middle, low, high) of gain and of cost, on the front or not, how often it is dominated."""

    arm: Look
    label: str
    gain: tuple[float, float, float]
    cost: tuple[float, float, float]
    front: bool
    dominated: float


@dataclass(frozen=True)
class Plane:
    """The figure: axis headings, (model, drawing) pairs, what it shows, numbers of all arms and variants.

    `key` names the arms where they are too many to be named in the drawings, and have numbers there.
    """

    gain: str
    cost: str
    drawings: tuple[tuple[str, Markup], ...]
    finding: str
    reading: str
    numbers: Numbers
    key: tuple[str, ...]


def plane(comparison: Comparison, cast: Cast) -> Plane | None:
    """Return the figure of the scenario's trade-off, None without one."""
    wanted = comparison.scenario.trade_off
    known = measures(comparison)
    if wanted is None or not len(comparison.trade_off) or not {wanted.gain.words, wanted.cost.words} <= set(known):
        return None
    gain, cost = known[wanted.gain.words], known[wanted.cost.words]
    by_model = {model: _spots(comparison, cast, model, gain, cost) for model in cast.models}
    by_model = {model: spots for model, spots in by_model.items() if spots}
    everything = [spot for spots in by_model.values() for spot in spots]
    if not everything:
        return None
    drawings = tuple((cast.called(model), _draw(model, spots, gain, cost, len(by_model))) for model, spots in by_model.items())
    return Plane(
        words.axis_title(gain.label, gain.unit),
        words.axis_title(cost.label, cost.unit),
        drawings,
        _finding(by_model, cast, comparison.scenario.rule.probability),
        _reading(everything),
        _numbers(comparison, gain, cost),
        tuple(look.name for look in cast.arms) if len(cast.arms) > MOST_COLOURS else (),
    )


def _spots(comparison: Comparison, cast: Cast, model: str, gain: Measure, cost: Measure) -> list[Spot]:
    frame = comparison.trade_off
    rows = {row.arm: row for row in frame.itertuples() if row.model == model and row.variant == AS_WRITTEN}
    found = []
    for number, look in enumerate(cast.arms, 1):
        row = rows.get(look.name)
        if row is None or words.missing(row.gain) or words.missing(row.cost):
            continue
        label = words.shorten(look.name, 20) if len(cast.arms) <= MOST_COLOURS else str(number)
        spread = [tuple(float(getattr(row, f"{of}{end}")) * by.factor for end in ("", "_low", "_high"))
                  for of, by in (("gain", gain), ("cost", cost))]  # fmt: skip
        found.append(Spot(look, label, *spread, bool(row.front), float(row.dominated)))
    return found


def _axis(values: list[float]) -> Scale:
    known = [v for v in values if math.isfinite(v)]
    return linear(min(known), max(known))


class _Place:
    """Where values stand in a drawing of a given width."""

    def __init__(self, x: Scale, y: Scale, width: float) -> None:
        self.x, self.y, self.right = x, y, width - _RIGHT

    def across(self, value: float) -> float:
        return _LEFT + float(self.x.share(value)) * (self.right - _LEFT)

    def up(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - float(self.y.share(value)) * (_HEIGHT - _BOTTOM - _TOP)


def _draw(model: str, spots: list[Spot], gain: Measure, cost: Measure, beside: int) -> Markup:
    width = _WIDTHS.get(beside, _NARROW)
    at = _Place(_axis([0.0, *(v for spot in spots for v in spot.cost)]), _axis([v for spot in spots for v in spot.gain]), width)
    parts = [_frame(at), _front(spots, at), *(_bars(spot, at) for spot in spots), *(_dot(s, at, gain, cost) for s in spots)]
    points = [(at.across(spot.cost[0]), at.up(spot.gain[0]), spot.label) for spot in spots]
    taken = [Box(_LEFT, _TOP, _LEFT + 62, _TOP + 18)]
    for (px, py, anchor), spot in zip(place(points, Box(_LEFT, 2, width, _HEIGHT - _BOTTOM), taken), spots, strict=True):
        parts.append(f'<text class="end t{spot.arm.colour}" x="{px:.1f}" y="{py:.1f}" text-anchor="{anchor}">'
                     f"{escape(spot.label)}</text>")  # fmt: skip
    said = f"{gain.label} against {cost.label} under {model}: {words.listing([spot.arm.name for spot in spots])}."
    return Markup('<svg class="drawing" viewBox="0 0 {w:g} {h:g}" role="img" aria-label="{said}">{body}</svg>').format(
        w=width, h=_HEIGHT, said=said, body=Markup("".join(parts))
    )


def _frame(at: _Place) -> str:
    floor, parts = _HEIGHT - _BOTTOM, []
    for tick in at.y.ticks:
        parts.append(f'<path class="grid" d="M{_LEFT:g},{at.up(tick):.1f}H{at.right:g}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6:g}" y="{at.up(tick) + 4:.1f}" text-anchor="end">{tick_text(tick)}</text>')
    for tick in at.x.ticks:
        parts.append(f'<path class="axis" d="M{at.across(tick):.1f},{floor:g}v4"/>')
        x, text = at.across(tick), tick_text(tick)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{floor + 17:g}" text-anchor="middle">{text}</text>')
    parts.append(f'<path class="axis" d="M{_LEFT:g},{_TOP:g}V{floor:g}H{at.right:g}"/>')
    parts.append(f'<path class="corner" d="M{_LEFT + 1:g},{_TOP:g}h72l-72,54Z"/>')
    parts.append(f'<text class="tick good" x="{_LEFT + 7:g}" y="{_TOP + 15:g}">↖ {_CORNER}</text>')
    return "".join(parts)


def _front(spots: list[Spot], at: _Place) -> str:
    best = sorted((spot for spot in spots if spot.front), key=lambda spot: (spot.cost[0], -spot.gain[0]))
    if not best:
        return ""
    path = f"M{at.across(best[0].cost[0]):.1f},{at.up(best[0].gain[0]):.1f}"
    path += "".join(f"H{at.across(spot.cost[0]):.1f}V{at.up(spot.gain[0]):.1f}" for spot in best[1:])
    return f'<path class="front" d="{path}H{at.right:g}"/>'


def _bars(spot: Spot, at: _Place) -> str:
    x, y = at.across(spot.cost[0]), at.up(spot.gain[0])
    parts = []
    if all(map(math.isfinite, spot.cost)):
        parts.append(f"M{at.across(spot.cost[1]):.1f},{y:.1f}H{at.across(spot.cost[2]):.1f}")
    if all(map(math.isfinite, spot.gain)):
        parts.append(f"M{x:.1f},{at.up(spot.gain[1]):.1f}V{at.up(spot.gain[2]):.1f}")
    return f'<path class="reach a{spot.arm.colour}" d="{"".join(parts)}"/>' if parts else ""


def _dot(spot: Spot, at: _Place, gain: Measure, cost: Measure) -> str:
    said = f"{spot.arm.name}: {gain.label} {words.number(spot.gain[0])}, {cost.label} {words.number(spot.cost[0])}"
    kind = "on" if spot.front else "off-front"
    return (
        f'<circle class="spot {kind} a{spot.arm.colour}" cx="{at.across(spot.cost[0]):.1f}" cy="{at.up(spot.gain[0]):.1f}" r="5">'
        f"<title>{escape(said)}</title></circle>"
    )


def _finding(by_model: dict[str, list[Spot]], cast: Cast, sure: float) -> str:
    every = " under every model" if len(by_model) > 1 else ""
    names = [look.name for look in cast.arms]
    fronts = [{spot.arm.name for spot in spots if spot.front} for spots in by_model.values()]
    always = [name for name in names if all(name in front for front in fronts)]
    beaten = [
        name
        for name in names
        if all(any(s.arm.name == name and reaches(s.dominated, sure) for s in spots) for spots in by_model.values())
    ]
    parts = [f"{words.quoted(always, 4)}: no other arm has both more gain and less cost{every}" if always else
             f"No arm is on the front{every}"]  # fmt: skip
    if beaten:
        parts.append(f"{words.quoted(beaten, 4)}: some other arm is as good on both and better on one in at least "
                     f"{words.exact_percent(sure)} of the draws{every}")  # fmt: skip
    return words.sentence("; ".join(parts))


def _reading(spots: list[Spot]) -> str:
    parts = ["Filled marks lie on the front of the medians, the grey steps; hollow ones have an arm above and to the left"]
    if any(math.isfinite(spot.gain[1]) for spot in spots):
        parts.append(f"bars are {words.WITHIN} confidence intervals both ways")
    return words.sentence("; ".join(parts))


def _numbers(comparison: Comparison, gain: Measure, cost: Measure) -> Numbers:
    rows = []
    for row in comparison.trade_off.itertuples():
        cells = []
        for by, of in ((gain, "gain"), (cost, "cost")):
            ends = by.between(getattr(row, f"{of}_low"), getattr(row, f"{of}_high"))
            cells += [by.number(getattr(row, of)), ends or words.MISSING]
        rows.append((f"{row.arm}, {row.model}", (*cells, "yes" if row.front else "no", words.percent(row.dominated))))
    heads = (words.axis_title(gain.label, gain.unit), f"{words.WITHIN} confidence", words.axis_title(cost.label, cost.unit),
             f"{words.WITHIN} confidence", "On the front", "Dominated, % of draws")  # fmt: skip
    return Numbers("Gain and cost of every arm and variant; the front is that of its own variant", "Arm, model", heads,
                   tuple(rows))  # fmt: skip

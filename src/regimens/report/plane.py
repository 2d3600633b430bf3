"""Gain against cost: a panel a model, a point an arm with both intervals, and the front of arms that no other arm dominates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from regimens.contrasts.verdict import reaches
from regimens.report.layout import MOST_COLOURS, Layout, Look
from regimens.report.measures import Measure, measures
from regimens.report.numbers import Numbers
from regimens.report.scale import Scale, linear, tick_text
from regimens.report.text import between_arms, words
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.contrasts.ranking import TradeOff
    from regimens.study.comparison import Comparison

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 16.0, 42.0
_WIDTHS = {1: 520.0, 2: 430.0}
_NARROW, _HEIGHT = 350.0, 320.0

_CHARACTER, _TEXT_HEIGHT, _GAP = 7.3, 13.0, 7.0
"""Width of a bold character and height of a line of text of 12 px; distance of a name from its point."""

Reach = tuple[float, float, float]
"""Middle, lower and upper end."""


@dataclass(frozen=True)
class Spot:
    """An arm under one model: (middle, low, high) of gain and of cost, on the front or not, how often it is dominated."""

    arm: Look
    label: str
    gain: Reach
    cost: Reach
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


def plane(comparison: Comparison, layout: Layout) -> Plane | None:
    """Return the figure of the scenario's trade-off, None without one."""
    wanted = comparison.scenario.trade_off
    known = measures(comparison)
    if wanted is None or not comparison.versus.trade_off or not {wanted.gain.words, wanted.cost.words} <= set(known):
        return None
    gain, cost = known[wanted.gain.words], known[wanted.cost.words]
    by_model = {model: _spots(comparison, layout, model, gain, cost) for model in layout.models}
    by_model = {model: spots for model, spots in by_model.items() if spots}
    everything = [spot for spots in by_model.values() for spot in spots]
    if not everything:
        return None
    drawings = tuple((layout.called(model), _draw(model, spots, gain, cost, len(by_model))) for model, spots in by_model.items())
    return Plane(
        words.axis_title(gain.label, gain.unit),
        words.axis_title(cost.label, cost.unit),
        drawings,
        _finding(by_model, layout, comparison.scenario.rule.probability),
        between_arms.how_to_read_plane(any(math.isfinite(spot.gain[1]) for spot in everything)),
        _numbers(comparison, gain, cost),
        tuple(look.name for look in layout.arms) if len(layout.arms) > MOST_COLOURS else (),
    )


def _spots(comparison: Comparison, layout: Layout, model: str, gain: Measure, cost: Measure) -> list[Spot]:
    rows = {row.arm: row for row in comparison.versus.trade_off if row.model == model and row.variant == AS_WRITTEN}
    found = []
    for number, look in enumerate(layout.arms, 1):
        row = rows.get(look.name)
        if row is None or math.isnan(row.gain) or math.isnan(row.cost):
            continue
        label = words.shorten(look.name, 20) if len(layout.arms) <= MOST_COLOURS else str(number)
        found.append(Spot(look, label, _gained(row, gain), _paid(row, cost), row.front, row.dominated))
    return found


def _gained(row: TradeOff, measure: Measure) -> Reach:
    return row.gain * measure.factor, row.gain_low * measure.factor, row.gain_high * measure.factor


def _paid(row: TradeOff, measure: Measure) -> Reach:
    return row.cost * measure.factor, row.cost_low * measure.factor, row.cost_high * measure.factor


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
    said = between_arms.plane(gain, cost, model, [spot.arm.name for spot in spots])
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
    parts.append(f'<text class="tick good" x="{_LEFT + 7:g}" y="{_TOP + 15:g}">↖ {between_arms.BETTER_CORNER}</text>')
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
    said = between_arms.spot(spot.arm.name, (gain, spot.gain[0]), (cost, spot.cost[0]))
    kind = "on" if spot.front else "off-front"
    return (
        f'<circle class="spot {kind} a{spot.arm.colour}" cx="{at.across(spot.cost[0]):.1f}" cy="{at.up(spot.gain[0]):.1f}" r="5">'
        f"<title>{escape(said)}</title></circle>"
    )


def _finding(by_model: dict[str, list[Spot]], layout: Layout, sure: float) -> str:
    names = [look.name for look in layout.arms]
    fronts = [{spot.arm.name for spot in spots if spot.front} for spots in by_model.values()]
    always = [name for name in names if all(name in front for front in fronts)]
    beaten = [
        name
        for name in names
        if all(any(s.arm.name == name and reaches(s.dominated, sure) for s in spots) for spots in by_model.values())
    ]
    return between_arms.fronts(always, beaten, len(by_model), sure)


def _numbers(comparison: Comparison, gain: Measure, cost: Measure) -> Numbers:
    rows = []
    for row in comparison.versus.trade_off:
        cells = (
            *(gain.number(row.gain), gain.between(row.gain_low, row.gain_high) or words.MISSING),
            *(cost.number(row.cost), cost.between(row.cost_low, row.cost_high) or words.MISSING),
            *(words.yes(row.front), words.percent(row.dominated)),
        )
        rows.append((words.under(row.arm, row.model), cells))
    titles = (words.axis_title(measure.label, measure.unit) for measure in (gain, cost))
    heads = tuple(head for title in titles for head in (title, words.CONFIDENCE))
    return Numbers(between_arms.PLANE_CAPTION, words.ARM_MODEL, (*heads, *between_arms.FRONT_HEADS), tuple(rows))


@dataclass(frozen=True)
class Box:
    """A rectangle in px: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Box) -> float:
        """Return the area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def place(points: list[tuple[float, float, str]], within: Box, taken: list[Box]) -> list[tuple[float, float, str]]:
    """Return where each name stands, as (x, baseline, anchor), one a point.

    Points are (x, y, name); `taken` are boxes to keep clear of. Each name in turn takes the place around its point that
    shares least with what is taken and with the names before it, and stays `within` the picture.
    """
    found = []
    filled = [*taken, *(Box(x - 5, y - 5, x + 5, y + 5) for x, y, _ in points)]
    for x, y, name in points:
        best = min(_places(x, y, name), key=lambda choice: _cost(choice[1], within, filled))
        found.append(best[0])
        filled.append(best[1])
    return found


def _places(x: float, y: float, name: str) -> list[tuple[tuple[float, float, str], Box]]:
    wide = _CHARACTER * len(name)
    made = []
    for dy in (-_GAP, _GAP + 0.6 * _TEXT_HEIGHT, 0.35 * _TEXT_HEIGHT, -_GAP - _TEXT_HEIGHT, _GAP + 1.7 * _TEXT_HEIGHT):
        for anchor, left in (("start", x + _GAP), ("end", x - _GAP - wide), ("middle", x - wide / 2)):
            at = {"start": x + _GAP, "end": x - _GAP, "middle": x}[anchor]
            made.append(((at, y + dy, anchor), Box(left, y + dy - 0.8 * _TEXT_HEIGHT, left + wide, y + dy + 0.2 * _TEXT_HEIGHT)))
    return made


def _cost(box: Box, within: Box, filled: list[Box]) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    return 20.0 * (area - box.shared(within)) + sum(box.shared(other) for other in filled)

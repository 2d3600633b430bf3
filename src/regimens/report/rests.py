"""The response to the length of the rest: a line with its confidence ribbon, the part where no day is supported to be better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from regimens.contrasts.contrast import EQUAL
from regimens.report.measures import Measure, measures
from regimens.report.numbers import Numbers
from regimens.report.scale import Scale, linear, tick_text
from regimens.report.text import variants, words

if TYPE_CHECKING:
    from regimens.contrasts.variants import RestResponse
    from regimens.report.layout import Layout
    from regimens.study.comparison import Comparison

_WIDTH, _HEIGHT = 350.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 12.0, 26.0


@dataclass(frozen=True)
class RestCurve:
    """The figure of one arm and endpoint: headings, (model, drawing) pairs, what it shows, the numbers."""

    arm: str
    label: str
    drawings: tuple[tuple[str, Markup], ...]
    finding: str
    numbers: Numbers


def rest_curves(comparison: Comparison, layout: Layout) -> tuple[RestCurve, ...]:
    """Return the figures of every arm with a range of rests, those of endpoints that say which way is better first."""
    ordered = sorted(measures(comparison).values(), key=lambda measure: not measure.better)
    made = []
    for measure in ordered:
        for arm in dict.fromkeys(row.arm for row in comparison.versus.rest_response):
            rows = [row for row in comparison.versus.rest_response if row.arm == arm and row.endpoint == measure.words]
            if len({row.rest_days for row in rows}) > 1:
                made.append(_curve(arm, measure, rows, layout))
    return tuple(made)


def _curve(arm: str, measure: Measure, rows: Sequence[RestResponse], layout: Layout) -> RestCurve:
    by_model = {model: sorted((r for r in rows if r.model == model), key=lambda r: r.rest_days) for model in layout.models}
    by_model = {model: found for model, found in by_model.items() if found}
    days = linear(min(r.rest_days for r in rows), max(r.rest_days for r in rows))
    values = [v * measure.factor for r in rows for v in (r.median, r.confidence_low, r.confidence_high) if not words.missing(v)]
    axis = linear(min(values), max(values))
    drawings = tuple((layout.called(model), _draw(arm, model, measure, found, days, axis)) for model, found in by_model.items())
    heading = words.axis_title(measure.label, measure.unit)
    return RestCurve(arm, heading, drawings, _finding(measure, by_model), _numbers(measure, rows))


def _draw(arm: str, model: str, measure: Measure, rows: Sequence[RestResponse], days: Scale, axis: Scale) -> Markup:
    floor = _HEIGHT - _BOTTOM

    def x(value: float) -> float:
        return _LEFT + float(days.share(value)) * (_WIDTH - _RIGHT - _LEFT)

    def y(value: float) -> float:
        return floor - float(axis.share(value * measure.factor)) * (floor - _TOP)

    parts = []
    for first, last in _spans(rows):
        left, right = x(first - 0.5), x(last + 0.5)
        left, right = max(left, _LEFT), min(right, _WIDTH - _RIGHT)
        parts.append(f'<path class="flat" d="M{left:.1f},{_TOP:g}H{right:.1f}V{floor:g}H{left:.1f}Z"/>')
        if right - left > 70:
            parts.append(
                f'<text class="tick" x="{(left + right) / 2:.1f}" y="{_TOP + 12:g}" text-anchor="middle">{variants.FLAT}</text>'
            )
    for tick in axis.ticks:
        at = floor - float(axis.share(tick)) * (floor - _TOP)
        parts.append(f'<path class="grid" d="M{_LEFT:g},{at:.1f}H{_WIDTH - _RIGHT:g}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6:g}" y="{at + 4:.1f}" text-anchor="end">{tick_text(tick)}</text>')
    for day in dict.fromkeys(row.rest_days for row in rows):
        parts.append(f'<text class="tick" x="{x(day):.1f}" y="{floor + 16:g}" text-anchor="middle">{tick_text(day)}</text>')
    known = [row for row in rows if not words.missing(row.confidence_low)]
    if known:
        path = "L".join(f"{x(r.rest_days):.1f},{y(r.confidence_high):.1f}" for r in known)
        path += "L" + "L".join(f"{x(r.rest_days):.1f},{y(r.confidence_low):.1f}" for r in reversed(known))
        parts.append(f'<path class="sure a1" d="M{path}Z"/>')
    line = "L".join(f"{x(r.rest_days):.1f},{y(r.median):.1f}" for r in rows)
    parts.append(f'<path class="line a1" d="M{line}"/><path class="axis" d="M{_LEFT:g},{floor:g}H{_WIDTH - _RIGHT:g}"/>')
    for row in rows:
        said = escape(variants.rest_spot(row.rest_days, measure.number(row.median)))
        place = f'cx="{x(row.rest_days):.1f}" cy="{y(row.median):.1f}"'
        parts.append(f'<circle class="spot a1" {place} r="3"><title>{said}</title></circle>')
    alt = variants.rest_drawing(measure, arm, model)
    return Markup('<svg class="drawing" viewBox="0 0 {w:g} {h:g}" role="img" aria-label="{alt}">{body}</svg>').format(
        w=_WIDTH, h=_HEIGHT, alt=alt, body=Markup("".join(parts))
    )


def _spans(rows: Sequence[RestResponse]) -> list[tuple[float, float]]:
    """Return the stretches of rests that are flat, as (first, last) day; only neighbours in the table are joined."""
    spans: list[tuple[float, float]] = []
    flat_before = False
    for row in rows:
        if row.flat:
            start = spans.pop()[0] if flat_before else row.rest_days
            spans.append((start, row.rest_days))
        flat_before = row.flat
    return spans


def _finding(measure: Measure, by_model: dict[str, list[RestResponse]]) -> str:
    if not measure.better:
        return f"{variants.by_rest(measure)}."
    said: dict[str, list[str]] = {}
    for model, rows in by_model.items():
        sign = 1 if measure.better == "higher" else -1
        best = max(rows, key=lambda row: sign * row.median)
        alike = len(rows) > 1 and all(abs(row.median - best.median) <= EQUAL * abs(best.median) for row in rows)
        days = None if alike else best.rest_days
        said.setdefault(variants.best_rest(days, _spans(rows), measure.better), []).append(model)
    return variants.rests(said, len(by_model))


def _numbers(measure: Measure, rows: Sequence[RestResponse]) -> Numbers:
    made = []
    for row in rows:
        ends = measure.between(row.confidence_low, row.confidence_high) or words.MISSING
        name = words.under(variants.rest_days(row.rest_days), row.model)
        made.append((name, (measure.number(row.median), ends, words.yes(row.flat))))
    return Numbers(variants.by_rest(measure), variants.REST_MODEL, variants.rest_heads(measure), tuple(made))

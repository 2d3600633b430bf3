"""Arm against arm: differences from a reference, every pair, gain against cost, and what decides a difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.pairs import Pairs, percent
from regimens.contrasts.verdict import reaches
from regimens.figures import titles
from regimens.figures.forest import contrasts, contrasts_with, reference_of
from regimens.figures.grid import pairs as pairs_figure
from regimens.figures.plane import Spot, spots, trade_off
from regimens.figures.shown import ShownEndpoint, judged, shown_endpoints
from regimens.figures.tornado import DRAWS, SUBJECTS, Decided, decided, sensitivity
from regimens.report import answer
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture
from regimens.report.text import between_arms, reading
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.contrasts.sensitivity import Sensitivity
    from regimens.figures.view import View
    from regimens.study.comparison import Comparison

MOST_PANELS = 4
"""Endpoints whose differences are drawn; the table has all."""


def differences(comparison: Comparison, view: View) -> Picture | None:
    """Return the differences from the first arm that gives a dose, None where no contrast with it has a value."""
    reference = reference_of(view)
    if reference is None or not comparison.versus.contrasts or not view.intervals:
        return None
    pairs = Pairs(comparison.versus.contrasts, comparison.versus.verdicts)
    shown = [each for each in shown_endpoints(comparison).values() if contrasts_with(view, pairs, reference, each)]
    if not shown:
        return None
    leading = {endpoint.words for endpoint in answer.leading(comparison.scenario, MOST_PANELS)}
    drawn = [each.words for each in shown if each.words in leading] or [each.words for each in shown[:MOST_PANELS]]
    return Picture(
        "contrasts",
        titles.differences_from(reference.name),
        _against_reference(view, pairs, reference.name, shown),
        between_arms.how_to_read_differences(reference.name),
        reading.described(titles.differences_from(reference.name)),
        contrasts(comparison, *drawn),
        _difference_numbers(comparison, view, pairs, reference.name, shown),
    )


def _against_reference(view: View, pairs: Pairs, reference: str, shown: Sequence[ShownEndpoint]) -> str:
    lead = next((each for each in shown if each.better), None)
    if view.draws == 1 or lead is None:
        return between_arms.differences_only(reference, view.draws)
    others = [look.name for look in view.arms if look.name != reference]
    rows = [row for name in others if (row := pairs.verdict(lead.words, name, reference)) is not None]
    return between_arms.against_reference(rows, lead, reference)


def _difference_numbers(
    comparison: Comparison, view: View, pairs: Pairs, reference: str, shown: Sequence[ShownEndpoint]
) -> Numbers:
    rule = comparison.scenario.rule.probability
    rows = [
        (wording.under(look.name, model), (each.label, *_difference_cells(each, contrast, rule)))
        for each in shown
        for look in view.arms
        if look.name != reference
        for model in view.models
        if (contrast := pairs.of(model, each.words, look.name, reference)) is not None
    ]
    return Numbers(between_arms.differences_caption(reference), wording.ARM_MODEL, between_arms.DIFFERENCE_HEADS, tuple(rows))


def _difference_cells(endpoint: ShownEndpoint, contrast: Contrast, rule: float) -> tuple[str, ...]:
    low, high = contrast.ratio_low, contrast.ratio_high
    return (
        endpoint.difference(contrast.difference),
        endpoint.between(contrast.difference_low, contrast.difference_high) or wording.MISSING,
        wording.number(contrast.ratio),
        wording.MISSING if math.isnan(low) or math.isnan(high) else wording.span(low, high),
        wording.MISSING
        if endpoint.of_population
        else endpoint.between(contrast.subject_low, contrast.subject_high) or wording.MISSING,
        percent(contrast.probability, rule),
        percent(contrast.prior, rule),
        wording.percent(contrast.better_off) if endpoint.better else wording.MISSING,
    )


def every_pair(comparison: Comparison, view: View) -> tuple[Picture, ...]:
    """Return the grid of every pair on the leading endpoint; nothing without draws."""
    lead = next(iter(judged(comparison)), None)
    if view.draws == 1 or lead is None or not comparison.versus.contrasts or len(view.arms) < 2:
        return ()
    pairs, rule = Pairs(comparison.versus.contrasts, comparison.versus.verdicts), comparison.scenario.rule.probability
    ties = any(row.endpoint == lead.words and row.equal > 0 for row in comparison.versus.contrasts)
    finding = between_arms.likeliest(lead, view, _best(comparison))
    heading = wording.headed(titles.EVERY_PAIR, wording.inside(lead.label))
    numbers = _pair_numbers(lead, view, pairs, rule)
    said = between_arms.how_to_read_pairs(rule, view, ties)
    return (Picture("pairs", heading, finding, said, reading.described(heading), pairs_figure(comparison, lead.words), numbers),)


def _best(comparison: Comparison) -> Mapping[tuple[str, str, str], float]:
    written = (row for row in comparison.versus.best if row.variant == AS_WRITTEN)
    return {(row.model, row.endpoint, row.arm): row.probability for row in written}


def _pair_numbers(endpoint: ShownEndpoint, view: View, pairs: Pairs, rule: float) -> Numbers:
    rows = [
        (between_arms.pair(look.name, other.name), tuple(_pair_cells(endpoint, view, pairs, rule, (look.name, other.name))))
        for place, look in enumerate(view.arms)
        for other in view.arms[place + 1 :]
    ]
    heads = tuple(head for model in view.models for head in between_arms.pair_heads(model))
    return Numbers(between_arms.pairs_caption(endpoint), between_arms.PAIR, heads, tuple(rows))


def _pair_cells(endpoint: ShownEndpoint, view: View, pairs: Pairs, rule: float, names: tuple[str, str]) -> Iterable[str]:
    for model in view.models:
        contrast = pairs.of(model, endpoint.words, *names)
        if contrast is None:
            yield from (wording.MISSING,) * 4
            continue
        ends = endpoint.between(contrast.difference_low, contrast.difference_high)
        ratio, low, high = contrast.ratio, contrast.ratio_low, contrast.ratio_high
        yield percent(contrast.probability, rule)
        yield percent(contrast.prior, rule)
        yield f"{endpoint.difference(contrast.difference)}{f' ({ends})' if ends else ''}"
        yield wording.MISSING if math.isnan(low) else f"{wording.number(ratio)} ({wording.span(low, high)})"


def gain_against_cost(comparison: Comparison, view: View) -> Picture | None:
    """Return the picture of the scenario's trade-off, None without one."""
    wanted, known = comparison.scenario.trade_off, shown_endpoints(comparison)
    if wanted is None or not comparison.versus.trade_off or not {wanted.gain.words, wanted.cost.words} <= set(known):
        return None
    gain, cost, by_model = spots(comparison, view)
    every = [spot for own in by_model.values() for spot in own]
    if not every:
        return None
    heading = titles.against(gain.title, cost.title)
    said = between_arms.how_to_read_plane(any(math.isfinite(spot.gain[1]) for spot in every))
    finding = _fronts(by_model, view, comparison.scenario.rule.probability)
    numbers = _trade_off_numbers(comparison, gain, cost)
    return Picture("trade-off", heading, finding, said, reading.described(heading), trade_off(comparison), numbers)


def _fronts(by_model: Mapping[str, Sequence[Spot]], view: View, sure: float) -> str:
    names = [look.name for look in view.arms]
    fronts = [{spot.look.name for spot in own if spot.front} for own in by_model.values()]
    always = [name for name in names if all(name in front for front in fronts)]
    beaten = [
        name
        for name in names
        if all(any(spot.look.name == name and reaches(spot.dominated, sure) for spot in own) for own in by_model.values())
    ]
    return between_arms.fronts(always, beaten, len(by_model), sure)


def _trade_off_numbers(comparison: Comparison, gain: ShownEndpoint, cost: ShownEndpoint) -> Numbers:
    rows = []
    for row in comparison.versus.trade_off:
        cells = (
            *(gain.number(row.gain), gain.between(row.gain_low, row.gain_high) or wording.MISSING),
            *(cost.number(row.cost), cost.between(row.cost_low, row.cost_high) or wording.MISSING),
            *(wording.yes(row.front), wording.percent(row.dominated)),
        )
        rows.append((wording.under(row.arm, row.model), cells))
    heads = tuple(head for each in (gain, cost) for head in (each.title, wording.CONFIDENCE))
    return Numbers(between_arms.PLANE_CAPTION, wording.ARM_MODEL, (*heads, *between_arms.FRONT_HEADS), tuple(rows))


def what_decides(comparison: Comparison) -> Picture | None:
    """Return the picture of what decides the leading contrast, None where no correlation was worked out."""
    found = decided(comparison)
    if found is None:
        return None
    known = shown_endpoints(comparison)
    label = known[found.endpoint].label if found.endpoint in known else found.endpoint
    heading = f"{titles.DECIDES}: {wording.inside(label)}, {between_arms.minus(found.arm, found.against)}"
    finding = between_arms.strongest([(model, own[0].parameter, own[0].correlation) for model, own in found.by_model.items()])
    said = between_arms.how_to_read_correlations(found.over == DRAWS)
    rows = [row for row in comparison.versus.sensitivity if row.endpoint == found.endpoint]
    numbers = _correlation_numbers(found, rows, label)
    return Picture("sensitivity", heading, finding, said, reading.described(heading), sensitivity(comparison), numbers)


def _correlation_numbers(found: Decided, every: Sequence[Sensitivity], label: str) -> Numbers:
    mine = [row for row in every if (row.arm, row.against) == (found.arm, found.against)]
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in mine:
        if not wording.missing(row.correlation):
            rows.setdefault((row.model, row.parameter), {})[row.over] = f"{wording.fixed(row.correlation, 2)} ({row.n})"
    made = tuple(
        (wording.under(parameter, model), tuple(cells.get(over, wording.MISSING) for over in (DRAWS, SUBJECTS)))
        for (model, parameter), cells in rows.items()
    )
    caption = between_arms.correlations_caption(label)
    return Numbers(caption, between_arms.PARAMETER_MODEL, between_arms.SENSITIVITY_HEADS, made)

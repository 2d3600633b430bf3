"""Arms made from arms: at one total of IL-2, with each length of a rest, and as doses go in real life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.contrast import EQUAL
from regimens.contrasts.pairs import Pairs, compared, won
from regimens.drugs import IL2
from regimens.figures import titles
from regimens.figures.dumbbell import before_after, both_of
from regimens.figures.response import flat_spans, rest_response
from regimens.figures.shown import ShownEndpoint, judged, shown_endpoints
from regimens.figures.totals import given, given_rows
from regimens.report import verdict
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture
from regimens.report.text import reading, verdicts
from regimens.report.text import variants as text
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE

if TYPE_CHECKING:
    from regimens.contrasts.variants import Flip, RestResponse
    from regimens.figures.arms import Look
    from regimens.figures.view import View
    from regimens.study.comparison import Comparison
    from regimens.study.given import Given
    from regimens.study.rows import Summary

OFTEN = 0.1
"""Share of draws from which a pair whose order turns round is named."""


@dataclass(frozen=True)
class Section:
    """Arms that were changed: what changed where, sentences, pictures (all but the first are folded), tables behind, verdicts."""

    finding: str
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    tables: tuple[tuple[str, Numbers], ...]
    verdicts: verdict.Table | None = None


def equal_total(comparison: Comparison, view: View) -> Section | None:
    """Return the section on equal totals, None where no arm was changed."""
    if not comparison.equal_total or not view.varied(EQUAL_TOTAL):
        return None
    total = _miu(comparison.equal_total[0].target_miu)
    said, table = _supported(comparison, view, total)
    changes = _changes(comparison, view)
    return Section(
        _moves(comparison, view, EQUAL_TOTAL),
        tuple(filter(None, (said,))),
        _before_and_after(comparison, view, EQUAL_TOTAL, text.both(EQUAL_TOTAL, total)),
        ((changes.caption, changes),),
        table,
    )


def real_life(comparison: Comparison, view: View) -> Section | None:
    """Return the section on real life, None where all subjects get every dose as planned."""
    found = given_rows(comparison, view)
    ruled = {row.arm for row in comparison.ruled.totals}
    if not found and not any(variant.name in ruled for variant in view.varied(REAL_LIFE)):
        return None
    lead = next(iter(judged(comparison)), None)
    flips = [row for row in comparison.versus.flips if lead is not None and row.endpoint == lead.words]
    tables = [
        (text.ORDERS, None if lead is None or not flips else _flips(flips, lead)),
        (text.COST_OF_CHOICE, _regret(comparison)),
    ]
    return Section(
        " ".join(filter(None, (_moves(comparison, view, REAL_LIFE), _flipped(flips)))),
        _regrets(comparison, lead),
        (
            *_before_and_after(comparison, view, REAL_LIFE, text.both(REAL_LIFE)),
            *([_given(comparison, view, [row for _, row in found])] if found else []),
        ),
        tuple((name, table) for name, table in tables if table is not None),
    )


def rests(comparison: Comparison, view: View) -> Section | None:
    """Return the section on the length of a rest, None where no protocol gives a range of rests."""
    pictures = []
    for endpoint in sorted(shown_endpoints(comparison).values(), key=lambda each: not each.better):
        for arm in dict.fromkeys(row.arm for row in comparison.versus.rest_response):
            found = [row for row in comparison.versus.rest_response if row.arm == arm and row.endpoint == endpoint.words]
            if len({row.rest_days for row in found}) > 1:
                pictures.append(_rest_picture(comparison, view, arm, endpoint, found))
    return Section("", (), tuple(pictures), ()) if pictures else None


def _miu(value: float) -> str:
    return f"{wording.exact(round(value, 6))} MIU"


def _before_and_after(comparison: Comparison, view: View, kind: str, said: str) -> tuple[Picture, ...]:
    made: list[Picture] = []
    for endpoint in sorted(shown_endpoints(comparison).values(), key=lambda each: not each.better):
        found = both_of(comparison, view, kind, endpoint)
        if any(row.after is not None for row in found):
            rows = tuple(
                (wording.under(row.look.name, row.model), (*_cells(row.before, endpoint), *_cells(row.after, endpoint)))
                for row in found
            )
            caption, heads = text.before_and_after_caption(endpoint, kind), text.before_and_after_heads(kind)
            key = f"{kind.replace(' ', '-')}-{len(made) + 1}"
            figure = before_after(comparison, kind, endpoint.words)
            numbers = Numbers(caption, wording.ARM_MODEL, heads, rows)
            made.append(Picture(key, endpoint.title, "", "" if made else said, reading.described(caption), figure, numbers))
    return tuple(made)


def _cells(row: Summary | None, endpoint: ShownEndpoint) -> tuple[str, str]:
    if row is None:
        return wording.MISSING, wording.MISSING
    value = wording.NOT_REACHED if row.n and wording.missing(row.median) else endpoint.number(row.median)
    return value, endpoint.between(row.confidence_low, row.confidence_high) or wording.MISSING


def _moves(comparison: Comparison, view: View, kind: str) -> str:
    """Return which arm leads as written and which one as changed, on the leading endpoint, under each model."""
    lead = next(iter(judged(comparison)), None)
    if lead is None:
        return ""
    changed = {variant.of.name: variant.name for variant in view.varied(kind)}
    known = {(row.model, row.arm): row.median for row in comparison.summary
             if row.endpoint == lead.words and not wording.missing(row.median)}  # fmt: skip
    said: dict[str, list[str]] = {}
    for model in view.models:
        names = [name for name in _counted(comparison, view, kind, changed) if (model, name) in known]
        before = {name: known[model, name] for name in names}
        after = {name: known.get((model, changed.get(name, name)), known[model, name]) for name in names}
        if len(names) > 1:
            said.setdefault(text.move(_best(before, lead), _best(after, lead), len(names)), []).append(model)
    return text.moves(said, lead, kind, view)


def _counted(comparison: Comparison, view: View, kind: str, changed: dict[str, str]) -> list[str]:
    """Return the arms that are compared before and after: those that changed, and those that have the equal total already."""
    there: set[str] = set()
    if kind == EQUAL_TOTAL:
        targets = {arm.equalised.target for arm in comparison.scenario.arms if arm.equalised is not None}
        there = {look.name for look in view.arms if _total(look) in targets}
    return [look.name for look in view.arms if look.dosed and (look.name in changed or look.name in there)]


def _total(look: Look) -> Fraction | None:
    """Return the total of IL-2 (IU) of an arm, which is what is made equal."""
    found = look.exposure_to(IL2)
    return None if found is None else found.total


def _best(values: dict[str, float], lead: ShownEndpoint) -> list[str]:
    """Return the arms with the best value; more than one where they are alike."""
    best = max(values.values()) if lead.better == "higher" else min(values.values())
    return [name for name, value in values.items() if abs(value - best) <= EQUAL * abs(best)]


def _changes(comparison: Comparison, view: View) -> Numbers:
    shown = {variant.name for variant in view.varied(EQUAL_TOTAL)}
    rows = tuple(
        (
            row.of,
            (
                text.change(row.lever, row.before, row.after),
                wording.number(row.factor),
                *map(_miu, (row.planned_miu, row.target_miu, row.difference_miu)),
            ),
        )
        for row in comparison.equal_total
        if row.arm in shown
    )
    return Numbers(text.CHANGES_CAPTION, wording.ARM, text.CHANGES_HEADS, rows)


def _supported(comparison: Comparison, view: View, total: str) -> tuple[str, verdict.Table | None]:
    known = judged(comparison)
    if not known or view.draws == 1:
        return "", None
    lead, names = known[0], [variant.name for variant in view.varied(EQUAL_TOTAL)]
    rows = Pairs(comparison.versus.contrasts, comparison.versus.verdicts).among(lead.words, names)
    judgeable = compared(rows)
    if not judgeable:
        return "", None
    said = text.supported_at(total, len(names), len(won(judgeable)), len(judgeable), lead, verdicts.wins(judgeable))
    return said, verdict.table(lead, rows)


def _given(comparison: Comparison, view: View, found: Sequence[Given]) -> Picture:
    rows = []
    for row in found:
        planned, median = wording.number(row.planned_miu), wording.number(row.given_miu)
        astray = (wording.percent(row.missed), wording.percent(row.late), wording.percent(row.stopped))
        rows.append((row.of, (planned, median, wording.span(row.given_low, row.given_high), *astray)))
    numbers = Numbers(text.DOSES_CAPTION, wording.ARM, text.DOSE_HEADS, tuple(rows))
    finding = text.shares_given({row.of: row.given_miu / row.planned_miu for row in found if row.planned_miu})
    alt = reading.described(titles.PLANNED_AND_GIVEN)
    return Picture("given", titles.PLANNED_AND_GIVEN, finding, text.how_to_read_given(view), alt, given(comparison), numbers)


def _flipped(rows: Sequence[Flip]) -> str:
    if not rows:
        return ""
    pairs = {frozenset((row.arm, row.against)) for row in rows}
    often = [row for row in rows if row.flipped >= OFTEN]
    if not often:
        return text.NOT_TURNED
    worst = max(often, key=lambda row: row.flipped)
    many = len({frozenset((row.arm, row.against)) for row in often})
    return text.turned(many, len(pairs), (worst.arm, worst.against), worst.flipped, worst.model)


def _regrets(comparison: Comparison, lead: ShownEndpoint | None) -> tuple[str, ...]:
    return tuple(
        text.regret(row.model, row.chosen, row.best, lead, (row.regret, row.regret_low, row.regret_high))
        for row in comparison.versus.regret
        if lead is not None and row.endpoint == lead.words
    )


def _flips(rows: Sequence[Flip], lead: ShownEndpoint) -> Numbers:
    made = tuple(
        (
            text.turned_pair(row.arm, row.against, row.model),
            tuple(wording.percent(share) for share in (row.probability_full, row.probability_real, row.flipped)),
        )
        for row in rows
    )
    return Numbers(text.turned_caption(lead), text.PAIR_MODEL, text.FLIP_HEADS, made)


def _regret(comparison: Comparison) -> Numbers | None:
    known, made = shown_endpoints(comparison), []
    for row in comparison.versus.regret:
        endpoint = known.get(row.endpoint)
        if endpoint is not None:
            ends = endpoint.between(row.regret_low, row.regret_high) or wording.MISSING
            made.append((wording.under(row.chosen, row.model), (endpoint.label, row.best, endpoint.difference(row.regret), ends)))
    return Numbers(text.REGRET_CAPTION, text.CHOSEN_MODEL, text.REGRET_HEADS, tuple(made)) if made else None


def _rest_picture(
    comparison: Comparison, view: View, arm: str, endpoint: ShownEndpoint, found: Sequence[RestResponse]
) -> Picture:
    rows = tuple(
        (
            wording.under(text.rest_days(row.rest_days), row.model),
            (
                endpoint.number(row.median),
                endpoint.between(row.confidence_low, row.confidence_high) or wording.MISSING,
                wording.yes(row.flat),
            ),
        )
        for row in found
    )
    numbers = Numbers(text.by_rest(endpoint), text.REST_MODEL, text.rest_heads(endpoint), rows)
    key = f"rest-{[each.words for each in comparison.scenario.endpoints].index(endpoint.words) + 1}-{_place(comparison, arm)}"
    heading = f"{arm}: {wording.inside(text.by_rest(endpoint))}"
    figure = rest_response(comparison, arm, endpoint.words)
    return Picture(
        key, heading, _best_rests(view, endpoint, found), text.how_to_read_rests(), reading.described(heading), figure, numbers
    )


def _place(comparison: Comparison, arm: str) -> int:
    return list(dict.fromkeys(row.arm for row in comparison.versus.rest_response)).index(arm) + 1


def _best_rests(view: View, endpoint: ShownEndpoint, found: Sequence[RestResponse]) -> str:
    if not endpoint.better:
        return ""
    said: dict[str, list[str]] = {}
    models = [model for model in view.models if any(row.model == model for row in found)]
    for model in models:
        rows = sorted((row for row in found if row.model == model), key=lambda row: row.rest_days)
        sign = 1 if endpoint.better == "higher" else -1
        best = max(rows, key=lambda row: sign * row.median)
        alike = len(rows) > 1 and all(abs(row.median - best.median) <= EQUAL * abs(best.median) for row in rows)
        said.setdefault(text.best_rest(None if alike else best.rest_days, flat_spans(rows), endpoint.better), []).append(model)
    return text.rests(said, len(models))

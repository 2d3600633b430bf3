"""The section on doses that follow rules: what was decided, what rules can lead to, and fixed doses of the same mean total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.pairs import compared, won
from regimens.drugs import label
from regimens.figures import titles
from regimens.figures.ruled import rule_decisions, rule_levels, rule_totals, ruled_looks, told
from regimens.figures.shown import judged, shown_endpoints
from regimens.report import verdict
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture
from regimens.report.text import reading
from regimens.report.text import rules as text
from regimens.report.variants import Section
from regimens.units import duration_text

if TYPE_CHECKING:
    from regimens.figures.arms import Look
    from regimens.figures.view import View
    from regimens.study.comparison import Comparison


def rules(comparison: Comparison, view: View) -> Section | None:
    """Return the section on arms with rules, None where there is none with a curve."""
    arms = ruled_looks(comparison, view)
    if not arms:
        return None
    sample = sum(replay.sample for replay in comparison.ruled.replays)
    same = sum(replay.subjects for replay in comparison.ruled.replays)
    said, judgements = _judged(comparison, view)
    pictures: list[Picture] = []
    for look in arms:
        pictures += [_levels(comparison, look), _decisions(comparison, look)]
    return Section(
        " ".join(_asked(comparison, look) for look in arms),
        tuple(filter(None, (*(_outcome(comparison, look) for look in arms), said, text.replayed(sample, same)))),
        (*pictures[:1], _totals(comparison, view), *pictures[1:]),
        tuple((name, table) for name, table in _tables(comparison, arms) if table.rows),
        judgements,
    )


def _judged(comparison: Comparison, view: View) -> tuple[str, verdict.Table | None]:
    """Return how many arms with rules are supported to differ from fixed doses of the same mean total, and the verdicts."""
    lead = next(iter(judged(comparison)), None)
    rows = [
        row
        for found in comparison.ruled.same_mean
        if view.look(found.arm)
        for row in found.verdicts
        if lead and row.endpoint == lead.words
    ]
    judgeable = compared(rows)
    if lead is None or view.draws == 1 or not judgeable:
        return "", None
    return text.supported(len(won(judgeable)), len(judgeable), lead), verdict.table(lead, rows)


def _asked(comparison: Comparison, look: Look) -> str:
    found = comparison.study.arm(look.name).guide
    assert found is not None
    looks = [
        text.look(each.observable, each.noise, duration_text(each.delay.hours) if each.delay.hours else "")
        for each in found.rules.look_at
    ]
    return text.asked(look.name, found.rules.decide.in_words(), looks)


def _outcome(comparison: Comparison, look: Look) -> str:
    guide = comparison.study.arm(look.name).guide
    assert guide is not None
    all_rows = [row for row in comparison.ruled.totals if row.arm == look.name]
    rows = [row for row in all_rows if row.drug == guide.drug]
    held, stopped = [row.held for row in rows], [row.stopped for row in rows]
    said = [text.outcome(look.name, [row.median for row in rows], rows[0].unit, held, stopped)]
    for drug in guide.rules.drugs:
        own = [row for row in all_rows if row.drug == drug]
        said.append(text.beside(look.name, label(drug), [row.mean for row in own], [row.most for row in own], own[0].unit))
    return " ".join(said)


def _levels(comparison: Comparison, look: Look) -> Picture:
    heading, caption = titles.levels_of(look.name), text.levels_caption(look.name)
    rows = tuple(
        (wording.under(row.level, row.model), (wording.days(row.time_h), f"{wording.percent(row.share)}\u00a0%"))
        for row in comparison.ruled.levels
        if row.arm == look.name
    )
    numbers = Numbers(caption, "Level, model", text.LEVELS_HEADS, rows)
    figure = rule_levels(comparison, look.name)
    key = f"levels-{look.index + 1}"
    return Picture(key, heading, "", text.HOW_TO_READ_LEVELS, reading.described(heading), figure, numbers)


def _decisions(comparison: Comparison, look: Look) -> Picture:
    figure = rule_decisions(comparison, look.name)
    heading = str(figure.layout.title.text)
    said = text.told({subject.model: subject.number for subject in told(comparison, look.name)})
    return Picture(f"decisions-{look.index + 1}", heading, "", said, reading.described(heading), figure)


def _totals(comparison: Comparison, view: View) -> Picture:
    possible = {(row.arm, row.drug): row for row in comparison.ruled.possible}
    units = {row.unit for row in comparison.ruled.totals}
    rows = tuple(
        (
            wording.under(row.arm if leading else f"{row.arm}, {label(row.drug)}", row.model),
            (
                wording.number(row.planned),
                wording.span(reach.least, reach.largest),
                wording.number(row.median),
                wording.span(row.low, row.high),
                *(
                    wording.percent(share) if leading else wording.MISSING
                    for share in (row.raised, row.reduced, row.held, row.stopped)
                ),
            ),
        )
        for row in comparison.ruled.totals
        if (reach := possible.get((row.arm, row.drug))) is not None
        for leading in [reach.leading]
    )
    numbers = Numbers(text.totals_caption(wording.listing(sorted(units))), wording.ARM_MODEL, text.TOTAL_HEADS, rows)
    heading = titles.RULED_TOTALS
    figure = rule_totals(comparison)
    return Picture("rule-totals", heading, "", text.HOW_TO_READ_TOTALS, reading.described(heading), figure, numbers)


def _tables(comparison: Comparison, arms: tuple[Look, ...]) -> list[tuple[str, Numbers]]:
    found = []
    for look in arms:
        guide = comparison.study.arm(look.name).guide
        assert guide is not None
        rows = tuple((text.numbered(place), (rule.in_words(),)) for place, rule in enumerate(guide.rules.in_order, 1))
        name = text.RULES if len(arms) == 1 else f"{text.RULES}: {look.name}"
        found.append((name, Numbers(text.rules_caption(look.name), "", text.RULES_HEADS, rows)))
    return [*found, (text.POSSIBLE, _possible(comparison)), (text.SAME_MEAN, _same_mean(comparison))]


def _possible(comparison: Comparison) -> Numbers:
    rows = []
    for row in comparison.ruled.possible:
        for name, total, doses in (
            (text.ARM_LEAST, row.least, row.least_doses),
            (text.ARM_LARGEST, row.largest, row.largest_doses),
        ):
            who = row.arm if row.leading else f"{row.arm}, {label(row.drug)}"
            rows.append((wording.under(who, name), (f"{wording.number(total)} {row.unit}", doses)))
    return Numbers(text.POSSIBLE_CAPTION, wording.ARM, text.POSSIBLE_HEADS, tuple(rows))


def _same_mean(comparison: Comparison) -> Numbers:
    known, rows = shown_endpoints(comparison), []
    for found in comparison.ruled.same_mean:
        for row in found.contrasts:
            endpoint = known.get(row.endpoint)
            if endpoint is not None:
                ends = endpoint.between(row.difference_low, row.difference_high) or wording.MISSING
                chance = wording.MISSING if wording.missing(row.probability) else wording.percent(row.probability)
                cells = (endpoint.label, endpoint.difference(row.difference), ends, chance)
                rows.append((wording.under(found.arm, row.model), cells))
    return Numbers(text.SAME_MEAN_CAPTION, wording.ARM_MODEL, text.SAME_MEAN_HEADS, tuple(rows))

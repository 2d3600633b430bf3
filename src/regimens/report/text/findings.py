"""What the figures show, in sentences made from the data. They report this run; they claim nothing beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.pairs import Pairs
from regimens.contrasts.verdict import reaches
from regimens.drugs import display_unit, label, leading
from regimens.report.text import subjects

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.figures.levels import Series
    from regimens.figures.view import Shown, View
    from regimens.scenario.values import Scenario
    from regimens.study.comparison import Comparison
    from regimens.study.own import PredictiveCheck

_ALIKE = 0.01
"""Relative distance from the highest value within which values are said to be alike."""


def opening(comparison: Comparison, view: View) -> str:
    """Return what was compared, in one sentence."""
    led = _led(view)
    main = next(iter(led), None)
    dosed = [look for look in view.arms if look.dosed]
    named = [row.arm for row in led[main]] if main is not None else dosed
    parts = [f"{wording.count(len(named), 'schedule')}{_of_what(view, main)}"]
    if main is not None and len(named) < len(dosed):
        parts[0] += f", {wording.count(len(dosed) - len(named), 'schedule')} without {label(main)}"
    still = sum(len(look.names) for look in view.arms if not look.dosed)
    if still:
        parts[0] += f" and {wording.count(still, 'arm')} without doses"
    totals = [
        _in_all(comparison, view, drug, rows) + (f" of {label(drug)}" if len(led) > 1 else "") for drug, rows in led.items()
    ]
    parts += [wording.listing(totals)] if totals else []
    parts += [f"over {wording.horizon(comparison.scenario.horizon_h)}", f"under {wording.count(len(view.models), 'model')}"]
    parts.append(subjects.everybody(view))
    return wording.sentence(", ".join(parts))


def asked(scenario: Scenario) -> list[str]:
    """Return the question and the decision of a scenario in sentences, as far as it states them."""
    return [
        f"{name}: {wording.sentence(text)}"
        for name, text in (("Question", scenario.question), ("Decision", scenario.decision))
        if text
    ]


def reduced(comparison: Comparison) -> str:
    """Return that a run was made smaller than its scenario asks, and by how much; empty where it was not."""
    said = [f"{done} of {asked} {name}" for name, (asked, done) in comparison.provenance.reduced.items()]
    return f"A first look at reduced size: {wording.listing(said)}. Run it in full before you conclude anything." if said else ""


def certainty(view: View, of_population: bool = False) -> str:
    """Return what the run can say about certainty; `of_population`: whether numbers of the population are among the endpoints."""
    if not view.intervals:
        return f"{'Typical' if view.typical else 'One virtual'} subject only; no statement about certainty."
    if view.draws > 1:
        said = f"Intervals are {wording.WITHIN} prediction intervals: the middle {wording.WITHIN} of all virtual subjects."
        if view.subjects == 1:
            said += " With one subject in each draw, confidence intervals and probabilities hold the chance of who it is, too."
        return (
            f"{said} Shares of subjects and SMDs have {wording.WITHIN} confidence intervals instead." if of_population else said
        )
    return (
        f"Intervals are {wording.WITHIN} prediction intervals between {subjects.everybody(view)}. No uncertainty of the "
        "parameters themselves is in this run: they were taken as known, so it does not say how sure a difference between "
        "schedules is. To find out, write ‘draws: 200’ beneath ‘population:’ in the scenario."
    )


def of_population(comparison: Comparison) -> bool:
    """Return whether numbers of the population that are no subject's are among the endpoints: shares, SMDs."""
    return any(endpoint.statistic == "mean" or not endpoint.of_subjects for endpoint in comparison.scenario.endpoints)


def schedules(view: View) -> str:
    """Return how the totals of the leading drug of every arm compare with each other."""
    led = _led(view)
    if not led:
        return "No arm gives a dose."
    if len(led) == 1:
        return " ".join(_totals(rows) for rows in led.values())
    return " ".join(wording.sentence(f"{label(drug)}: {wording.inside(_totals(rows))}") for drug, rows in led.items())


def _totals(rows: Sequence[DrugExposure]) -> str:
    unit = display_unit(rows[0].unit)[0]
    doses, totals = [row.doses for row in rows], [row.total for row in rows]
    low, high = min(totals), max(totals)
    if len(rows) == 1:
        return f"{wording.amount(high, rows[0].unit)} in {wording.count(doses[0], 'dose')}."
    if low == high:
        spread = f"{min(doses)} to {max(doses)} doses" if min(doses) < max(doses) else wording.count(doses[0], "dose")
        return f"Every schedule adds up to {wording.amount(high, rows[0].unit)}, given in {spread}."
    most = wording.quoted([row.arm for row in rows if row.total == high])
    times = f"{wording.exact(float(f'{float(high / low):.2g}'))} times the smallest"
    smallest, largest = (wording.exact(wording.shown(total, rows[0].unit)) for total in (low, high))
    return f"Totals run from {smallest} to {largest} {unit}; the largest, {most}, is {times}."


def curve(comparison: Comparison, view: View, observable: Shown) -> str:
    """Return which arm has the highest peak of an observable, under each model, where the scenario measures the peak.

    Where parameters are drawn, arms that the model does not tell apart from the highest with the probability of the rule are
    named with it; without draws, arms within 1 % of it. Elsewhere no arm is called the highest.
    """
    said: dict[str, list[str]] = {}
    pairs = Pairs(comparison.versus.contrasts, comparison.versus.verdicts)
    for model in view.models:
        peaks = _peaks(comparison, view, observable.name, model)
        if len(peaks) < 2:
            continue
        best = max(peaks, key=lambda name: peaks[name])
        level = [name for name in peaks if name == best or _alike(comparison, pairs, observable.name, model, best, name, peaks)]
        value = f"{wording.number(peaks[best])}{_suffix(observable)}"
        if len(level) == len(peaks):
            said.setdefault("no arm stands out" if view.draws > 1 else "all arms alike", []).append(model)
        elif len(level) == 1:
            said.setdefault(wording.quoted(level), []).append(f"{model} ({value})")
        else:
            said.setdefault(f"{wording.quoted(level, 4)}, which are not told apart,", []).append(f"{model} ({value})")
    found = "; ".join(f"{who} under {wording.listing(models)}" for who, models in said.items())
    return f"Highest {'median ' if view.intervals else ''}peak: {found}." if found else ""


def _peaks(comparison: Comparison, view: View, observable: str, model: str) -> dict[str, float]:
    """Return the median peak by arm, where the scenario measures it."""
    rows = ((look.name, comparison.summary_of(look.name, model, f"peak of {observable}")) for look in view.arms)
    return {name: row.median for name, row in rows if row is not None and not wording.missing(row.median)}


def _alike(
    comparison: Comparison, pairs: Pairs, observable: str, model: str, best: str, other: str, peaks: dict[str, float]
) -> bool:
    """Return whether a model does not tell the peak of an arm apart from the highest one."""
    contrast = pairs.of(model, f"peak of {observable}", best, other)
    if contrast is None or wording.missing(contrast.probability):
        return peaks[other] >= peaks[best] - _ALIKE * abs(peaks[best])
    rule = comparison.scenario.rule.probability
    return not (reaches(contrast.better, rule) or reaches(contrast.worse, rule))


def cumulative(view: View, drug: str) -> str:
    """Return which schedule gives most of a drug in seven days, and which least."""
    rows = [row for look in view.arms if (row := look.exposure_to(drug)) is not None]
    if len(rows) < 2:
        return ""
    unit = display_unit(rows[0].unit)[0]
    weeks = [wording.shown(row.peak_7_days, row.unit) for row in rows]
    most = wording.quoted([row.arm for row, week in zip(rows, weeks, strict=True) if week >= max(weeks) * (1 - _ALIKE)])
    if max(weeks) - min(weeks) <= _ALIKE * max(weeks):
        return f"The steepest seven days hold {wording.number(max(weeks))} {unit} in every schedule."
    least = wording.number(min(weeks))
    return f"The steepest seven days hold {wording.number(max(weeks))} {unit} ({most}), against {least} {unit} in the slowest."


def _led(view: View) -> dict[str, list[DrugExposure]]:
    """Return the totals of the leading drug of every arm by drug, the drug that leads the whole comparison first."""
    found: dict[str, list[DrugExposure]] = {}
    for look in view.arms:
        for row in look.exposure[:1]:
            found.setdefault(row.drug, []).append(row)
    first = leading(found)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != first, pair[0])))


def _in_all(comparison: Comparison, view: View, drug: str, rows: Sequence[DrugExposure]) -> str:
    """Return the totals of a drug over the arms that it leads: '21 MIU each', '14 to 30 MIU in all'."""
    unit = rows[0].unit
    low, high = min(row.total for row in rows), max(row.total for row in rows)
    if low == high:
        dosed = sum(look.dosed for look in view.arms)
        said = f"{wording.amount(high, unit)} {'each' if len(rows) > 1 and dosed > 1 else 'in all'}"
    else:
        said = f"{wording.exact(wording.shown(low, unit))} to {wording.amount(high, unit)} in all"
    ends = [view.people[row.arm, drug] for row in rows if (row.arm, drug) in view.people]
    if not ends:
        return said
    bases = {basis for look in view.arms if (found := look.doses_of(drug)) for basis in found.events.basis} - {"flat"}
    span = subjects.between((min(low for low, _ in ends), max(high for _, high in ends)), unit)
    return f"{said} {subjects.body(comparison.scenario.subject, bases)} ({span} in the people)"


def _of_what(view: View, drug: str | None) -> str:
    routes = {route for look in view.arms if (found := look.doses_of(drug)) is not None for route in found.events.route}
    if drug is None or not routes:
        return ""
    return f" of {wording.route(routes.pop())} {label(drug)}" if len(routes) == 1 else f" of {label(drug)}"


def _suffix(observable: Shown) -> str:
    return "-fold" if observable.name.endswith("_fold") else f" {observable.unit}" if observable.unit else ""


def ticks(view: View) -> str:
    """Return what the ticks on the bars of the answer are; empty where there are none."""
    if not view.intervals or view.draws == 1:
        return ""
    return f"The two ticks on a bar are the {wording.WITHIN} confidence interval of the median."


def caption(view: View) -> str:
    """Return the caption of the answer."""
    return "Exposure and endpoints of every arm" + (
        f", median and {wording.WITHIN} prediction interval" if view.intervals else ""
    )


def further(count: int, noun: str) -> str:
    """Return how much more there is: 'Two further endpoints'."""
    said = wording.count(count, f"further {noun}")
    return said[:1].upper() + said[1:]


def rests_on(comparison: Comparison) -> str:
    """Return what the numbers rest on, in a sentence: sources, assumed values, assumptions, exploratory models."""
    rows = [(model, p) for model in comparison.models for p in model.parameters]
    assumed = sum(p.source is None for _, p in rows)
    said = [f"Of {wording.exact(len(rows))} parameters of the models, {wording.exact(assumed)} have no source and are assumed"]
    own = {sentence for arm in comparison.scenario.arms for sentence in arm.assumptions} | set(comparison.scenario.assumptions)
    if own:
        said.append(f"the scenario makes {wording.count(len(own), 'assumption')}")
    exploratory = [model.name for model in comparison.models if model.exploratory]
    if exploratory:
        said.append(f"{wording.listing(exploratory)} {'is' if len(exploratory) == 1 else 'are'} exploratory")
    return wording.sentence("; ".join(said))


def responses(found: Sequence[Series]) -> str:
    """Return which arms a response joins."""
    if len(found) == 1:
        return f"Arms that differ in one number alone: {wording.count(len(found[0].looks), 'level')} of one schedule."
    return f"Each line joins the arms of one schedule, which differ in one number alone; {wording.count(len(found), 'schedule')}."


def checked(rows: Sequence[PredictiveCheck]) -> str:
    """Return how many observed percentiles lie within the simulated interval, by model."""
    said = []
    for model in dict.fromkeys(row.model for row in rows):
        own = [row for row in rows if row.model == model and not wording.missing(row.low)]
        inside = sum(row.low <= row.observed <= row.high for row in own)
        if own:
            said.append(f"{inside} of {len(own)} under {model}")
    return f"Observed percentiles inside the simulated interval: {wording.listing(said)}." if said else ""

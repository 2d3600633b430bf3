"""What the figures show, in sentences made from the data. They report this run; they claim nothing beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import display_unit, label, leading
from regimens.report.text import subjects, words

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.report.answer import Answer
    from regimens.report.layout import Layout, Shown
    from regimens.study.comparison import Comparison

_ALIKE = 0.01
"""Relative distance from the highest value within which values are said to be alike."""


def opening(comparison: Comparison, layout: Layout) -> str:
    """Return what was compared, in one sentence."""
    led = _led(layout)
    main = next(iter(led), None)
    dosed = [look for look in layout.arms if look.dosed]
    named = [row.arm for row in led[main]] if main is not None else dosed
    parts = [f"{words.count(len(named), 'schedule')}{_of_what(layout, main)}"]
    if main is not None and len(named) < len(dosed):
        parts[0] += f", {words.count(len(dosed) - len(named), 'schedule')} without {label(main)}"
    if len(dosed) < len(layout.arms):
        parts[0] += f" and {words.count(len(layout.arms) - len(dosed), 'arm')} without doses"
    totals = [
        _in_all(comparison, layout, drug, rows) + (f" of {label(drug)}" if len(led) > 1 else "") for drug, rows in led.items()
    ]
    parts += [words.listing(totals)] if totals else []
    parts += [f"over {words.horizon(comparison.scenario.horizon_h)}", f"under {words.count(len(layout.models), 'model')}"]
    parts.append(subjects.everybody(layout))
    return words.sentence(", ".join(parts))


def reduced(comparison: Comparison) -> str:
    """Return that a run was made smaller than its scenario asks, and by how much; empty where it was not."""
    said = [f"{done} of {asked} {name}" for name, (asked, done) in comparison.provenance.reduced.items()]
    return f"A first look at reduced size: {words.listing(said)}. Run it in full before you conclude anything." if said else ""


def certainty(layout: Layout, shares: bool = False) -> str:
    """Return what the run can say about certainty; `shares`: whether shares of subjects are among the endpoints."""
    if not layout.intervals:
        return f"{'Typical' if layout.typical else 'One virtual'} subject only; no statement about certainty."
    if layout.draws > 1:
        each = "one" if layout.subjects == 1 else words.exact(layout.subjects)
        said = (
            f"Intervals are {words.WITHIN} prediction intervals: where the middle {words.WITHIN} of all virtual subjects lie, "
            f"{each} in each of {words.exact(layout.draws)} parameter draws."
        )
        if layout.subjects == 1:
            said += " With one subject in each draw, confidence intervals and probabilities hold the chance of who it is, too."
        return f"{said} A share of subjects has its {words.WITHIN} confidence interval instead." if shares else said
    return (
        f"Intervals are {words.WITHIN} prediction intervals between {subjects.everybody(layout)}. No uncertainty of the "
        "parameters themselves is in this run: they were taken as known, so it does not say how sure a difference between "
        "schedules is. To find out, write ‘draws: 200’ beneath ‘population:’ in the scenario."
    )


def shares(comparison: Comparison) -> bool:
    """Return whether shares of subjects are among the endpoints."""
    return any(endpoint.statistic == "mean" for endpoint in comparison.scenario.endpoints)


def schedules(layout: Layout) -> str:
    """Return how the totals of the leading drug of every arm compare with each other."""
    led = _led(layout)
    if not led:
        return "No arm gives a dose."
    if len(led) == 1:
        return " ".join(_totals(rows) for rows in led.values())
    return " ".join(words.sentence(f"{label(drug)}: {words.inside(_totals(rows))}") for drug, rows in led.items())


def _totals(rows: Sequence[DrugExposure]) -> str:
    unit = display_unit(rows[0].unit)[0]
    doses, totals = [row.doses for row in rows], [row.total for row in rows]
    low, high = min(totals), max(totals)
    if len(rows) == 1:
        return f"{words.amount(high, rows[0].unit)} in {words.count(doses[0], 'dose')}."
    if low == high:
        spread = f"{min(doses)} to {max(doses)} doses" if min(doses) < max(doses) else words.count(doses[0], "dose")
        return f"Every schedule adds up to {words.amount(high, rows[0].unit)}, given in {spread}."
    most = words.quoted([row.arm for row in rows if row.total == high])
    times = f"{words.exact(float(f'{float(high / low):.2g}'))} times the smallest"
    smallest, largest = (words.exact(words.shown(total, rows[0].unit)) for total in (low, high))
    return f"Totals run from {smallest} to {largest} {unit}; the largest, {most}, is {times}."


def curve(comparison: Comparison, layout: Layout, observable: Shown) -> str:
    """Return which arm has the highest median of an observable, under each model, and by how much.

    Where the scenario measures the peak, that is what counts: it misses nothing between the points of the drawn curve. Else
    the drawn medians, unless an infusion may peak between their points.
    """
    measured = any(row.endpoint == f"peak of {observable.name}" for row in comparison.summary)
    infused = any((doses.events.duration_h > 0).any() for look in layout.arms for doses in look.doses)
    if not measured and infused:
        return f"{observable.label} over time, by arm."
    said: dict[str, dict[str, str]] = {}
    for model in layout.models:
        peaks = _peaks(comparison, layout, observable.name, model, measured)
        if peaks:
            names = sorted(peaks, key=lambda name: -peaks[name])
            who, much = _highest(names, [peaks[name] for name in names], _suffix(observable))
            said.setdefault(who, {})[model] = much
    found = "; ".join(f"{who} {_where(by_model, layout.models)}" for who, by_model in said.items())
    what = "Highest peak" if not layout.intervals else "Highest median peak" if measured else "Highest median"
    return f"{what}: {found}." if found else ""


def _peaks(comparison: Comparison, layout: Layout, observable: str, model: str, measured: bool) -> dict[str, float]:
    """Return the highest median by arm: that of the endpoint where it is measured, else that of the drawn curve."""
    found = {}
    for look in layout.arms:
        if measured:
            row = comparison.summary_of(look.name, model, f"peak of {observable}")
            highest = np.nan if row is None else row.median
        else:
            bands = comparison.bands.get((model, look.name))
            known = bands is not None and observable in bands.observables
            medians = bands.median[bands.row(observable)] if bands is not None and known else np.array([np.nan])
            highest = np.nan if np.isnan(medians).all() else float(np.nanmax(medians))
        if not np.isnan(highest):
            found[look.name] = float(highest)
    return found


def _where(by_model: dict[str, str], models: tuple[str, ...]) -> str:
    alike = len(set(by_model.values())) == 1 and len(by_model) == len(models)
    if alike:
        return f"{'under every model ' if len(models) > 1 else ''}({next(iter(by_model.values()))})"
    return words.listing([f"under {model} ({much})" for model, much in by_model.items()])


def cumulative(layout: Layout, drug: str) -> str:
    """Return which schedule gives most of a drug in seven days, and which least."""
    rows = [row for look in layout.arms if (row := look.exposure_to(drug)) is not None]
    if len(rows) < 2:
        return ""
    unit = display_unit(rows[0].unit)[0]
    weeks = [words.shown(row.peak_7_days, row.unit) for row in rows]
    most = words.quoted([row.arm for row, week in zip(rows, weeks, strict=True) if week >= max(weeks) * (1 - _ALIKE)])
    if max(weeks) - min(weeks) <= _ALIKE * max(weeks):
        return f"The steepest seven days hold {words.number(max(weeks))} {unit} in every schedule."
    least = words.number(min(weeks))
    return f"The steepest seven days hold {words.number(max(weeks))} {unit} ({most}), against {least} {unit} in the slowest."


def endpoints(table: Answer, layout: Layout) -> str:
    """Return on how many endpoints the models agree about the arm with the highest value. Arms that are alike have no first."""
    value = "median" if layout.intervals else "value"
    firsts, tied = _firsts(table, layout)
    alike = f"On {words.listing([words.inside(label) for label in tied])}, all arms are alike." if tied else ""
    compared = {label: sets for label, sets in firsts.items() if len(sets) > 1}
    if not compared:
        highest = "; ".join(f"{label}: highest in {words.quoted(sorted(sets[0]))}" for label, sets in firsts.items())
        return " ".join(part for part in (f"{highest}." if highest else "", alike) if part)
    split = [label for label, sets in compared.items() if not frozenset.intersection(*sets)]
    everywhere = all(layout.modelled_everywhere(row.arm.name) for row in table.rows)
    those = "" if everywhere else ", of the arms that every model has inputs for"
    if split:
        share = words.part_of(len(split), len(compared), "endpoint")
        said = f"The models disagree about the arm with the highest {value}{those} on {share}: {words.quoted(split, 4)}."
    else:
        share = ("each of " if len(compared) > 1 else "") + words.count(len(compared), "endpoint")
        said = f"On {share}, the same arm has the highest {value} under every model{those}."
    return f"{said} {alike}".strip()


def _firsts(table: Answer, layout: Layout) -> tuple[dict[str, list[frozenset[str]]], list[str]]:
    """Return the arms with the highest value by endpoint and model, and the endpoints on which all arms are alike.

    Where some models lack an arm, the models are compared on the arms that all of them have.
    """
    firsts: dict[str, list[frozenset[str]]] = {}
    sizes: dict[str, list[int]] = {}
    shared = [row.arm.name for row in table.rows if layout.modelled_everywhere(row.arm.name)]
    for place, column in enumerate(table.columns):
        known = {row.arm.name: v for row in table.rows if (v := row.cells[place].value) is not None}
        if len([name for name in known if name in shared]) > 1:
            known = {name: v for name, v in known.items() if name in shared}
        if known and column.largest > 0:
            best = max(known.values())
            firsts.setdefault(column.label, []).append(frozenset(n for n, v in known.items() if v >= best - _ALIKE * abs(best)))
            sizes.setdefault(column.label, []).append(len(known))
    tied = [
        name for name, sets in firsts.items()
        if all(len(first) == size > 1 for first, size in zip(sets, sizes[name], strict=True))
    ]  # fmt: skip
    return {name: sets for name, sets in firsts.items() if name not in tied}, tied


def _led(layout: Layout) -> dict[str, list[DrugExposure]]:
    """Return the totals of the leading drug of every arm by drug, the drug that leads the whole comparison first."""
    found: dict[str, list[DrugExposure]] = {}
    for look in layout.arms:
        for row in look.exposure[:1]:
            found.setdefault(row.drug, []).append(row)
    first = leading(found)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != first, pair[0])))


def _in_all(comparison: Comparison, layout: Layout, drug: str, rows: Sequence[DrugExposure]) -> str:
    """Return the totals of a drug over the arms that it leads: '21 MIU each', '14 to 30 MIU in all'."""
    unit = rows[0].unit
    low, high = min(row.total for row in rows), max(row.total for row in rows)
    if low == high:
        dosed = sum(look.dosed for look in layout.arms)
        said = f"{words.amount(high, unit)} {'each' if len(rows) > 1 and dosed > 1 else 'in all'}"
    else:
        said = f"{words.exact(words.shown(low, unit))} to {words.amount(high, unit)} in all"
    ends = [layout.people[row.arm, drug] for row in rows if (row.arm, drug) in layout.people]
    if not ends:
        return said
    bases = {basis for look in layout.arms if (found := look.doses_of(drug)) for basis in found.events.basis} - {"flat"}
    span = subjects.between((min(low for low, _ in ends), max(high for _, high in ends)), unit)
    return f"{said} {subjects.body(comparison.scenario.subject, bases)} ({span} in the people)"


def _of_what(layout: Layout, drug: str | None) -> str:
    routes = {route for look in layout.arms if (found := look.doses_of(drug)) is not None for route in found.events.route}
    if drug is None or not routes:
        return ""
    return f" of {words.route(routes.pop())} {label(drug)}" if len(routes) == 1 else f" of {label(drug)}"


def _suffix(observable: Shown) -> str:
    return "-fold" if observable.name.endswith("_fold") else f" {observable.unit}" if observable.unit else ""


def _highest(names: list[str], values: list[float], suffix: str) -> tuple[str, str]:
    """Return who has the highest value, and how high, beside the next."""
    top = values[0]
    if len(values) == 1:
        return words.quoted(names), f"{words.number(top)}{suffix}"
    if top - values[-1] <= _ALIKE * abs(top):
        return "all arms alike", f"{words.number(top)}{suffix}"
    level = [n for n, v in zip(names, values, strict=True) if v >= top - _ALIKE * abs(top)]
    below = values[len(level)]
    if top <= 0:
        return words.quoted(level), f"{words.number(top)}{suffix}"
    more = (
        f"{words.number(100 * (top / below - 1), 2)} % above the next" if below > 0 and top < 3 * below else "far above the next"
    )
    return words.quoted(level), f"{words.number(top)}{suffix}, {more}"


def ticks(layout: Layout) -> str:
    """Return what the ticks on the bars of the answer are; empty where there are none."""
    if not layout.intervals or layout.draws == 1:
        return ""
    return f"The two ticks on a bar are the {words.WITHIN} confidence interval of the median."


def caption(layout: Layout) -> str:
    """Return the caption of the answer."""
    return "Exposure and endpoints of every arm" + (
        f", median and {words.WITHIN} prediction interval" if layout.intervals else ""
    )


def further(count: int, noun: str) -> str:
    """Return how much more there is: 'Two further endpoints'."""
    said = words.count(count, f"further {noun}")
    return said[:1].upper() + said[1:]

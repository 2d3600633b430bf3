"""What the figures show, in sentences made from the data. They report this run; they claim nothing beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report import subjects, words
from regimens.report.answer import Answer
from regimens.report.cast import Cast

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_ALIKE = 0.01


def opening(comparison: Comparison, cast: Cast) -> str:
    """Return what was compared, in one sentence."""
    il2 = {row["arm"] for row in _il2(comparison)}
    named = [look for look in cast.arms if look.name in il2] or [look for look in cast.arms if look.dosed]
    dosed = [look for look in cast.arms if look.dosed]
    parts = [f"{words.count(len(named), 'schedule')}{_of_what(comparison)}"]
    if len(named) < len(dosed):
        parts[0] += f", {words.count(len(dosed) - len(named), 'schedule')} without IL-2"
    if len(dosed) < len(cast.arms):
        parts[0] += f" and {words.count(len(cast.arms) - len(dosed), 'arm')} without doses"
    totals = _totals(comparison)
    if totals:
        low, high = min(totals), max(totals)
        same = len(dosed) > 1 and high - low <= 1e-9 * high
        parts.append(f"{words.exact(high)} MIU each" if same else f"{words.exact(low)} to {words.exact(high)} MIU in all")
        parts[-1] = f"{words.exact(high)} MIU in all" if len(totals) == 1 else parts[-1]
    parts += [f"over {words.horizon(comparison.scenario.horizon_h)}", f"under {words.count(len(cast.models), 'model')}"]
    parts.append(subjects.everybody(cast))
    return words.sentence(", ".join(parts))


def reduced(comparison: Comparison) -> str:
    """Return that a run was made smaller than its scenario asks, and by how much; empty where it was not."""
    changes = comparison.provenance.get("reduced") or {}
    said = [f"{now} of {asked} {name}" for name, (now, asked) in _smaller(changes)]
    return f"A first look at reduced size: {words.listing(said)}. Run it in full before you conclude anything." if said else ""


def _smaller(changes: object) -> list[tuple[str, tuple[int, int]]]:
    return [(name, (min(sizes), max(sizes))) for name, sizes in dict(changes).items()]  # type: ignore[call-overload]


def certainty(cast: Cast, shares: bool = False) -> str:
    """Return what the run can say about certainty; `shares`: whether shares of subjects are among the endpoints."""
    if not cast.intervals:
        return f"{'Typical' if cast.typical else 'One virtual'} subject only; no statement about certainty."
    if cast.draws > 1:
        said = (
            f"Intervals are {words.WITHIN} prediction intervals: where the middle {words.WITHIN} of all virtual subjects lie, "
            f"{'one' if cast.subjects == 1 else words.exact(cast.subjects)} in each of {words.exact(cast.draws)} parameter draws."
        )
        if cast.subjects == 1:
            said += " With one subject in each draw, confidence intervals and probabilities hold the chance of who it is, too."
        return f"{said} A share of subjects has its {words.WITHIN} confidence interval instead." if shares else said
    return (
        f"Intervals are {words.WITHIN} prediction intervals between {subjects.everybody(cast)}. No uncertainty of the parameters "
        "themselves is in this run: they were taken as known, so it does not say how sure a difference between schedules is. "
        "To find out, write ‘draws: 200’ beneath ‘population:’ in the scenario."
    )


def shares(comparison: Comparison) -> bool:
    """Return whether shares of subjects are among the endpoints."""
    return any(endpoint.kind == "share" for endpoint in comparison.scenario.endpoints)


def schedules(comparison: Comparison) -> str:
    """Return how the totals of IL-2 lie to each other."""
    frame = _il2(comparison)
    if not frame:
        return "No arm receives IL-2."
    totals = [words.million(row["total"], row["unit"])[0] for row in frame]
    doses = [int(row["doses"]) for row in frame]
    low, high = min(totals), max(totals)
    if len(frame) == 1:
        return f"{words.exact(high)} MIU in {words.count(doses[0], 'dose')}."
    if high - low <= 1e-9 * high:
        spread = f"{min(doses)} to {max(doses)} doses" if min(doses) < max(doses) else words.count(doses[0], "dose")
        return f"Every schedule adds up to {words.exact(high)} MIU, given in {spread}."
    most = words.quoted([row["arm"] for row, total in zip(frame, totals, strict=True) if total >= high * (1 - 1e-9)])
    times = f"{words.exact(float(f'{high / low:.2g}'))} times the smallest"
    return f"Totals run from {words.exact(low)} to {words.exact(high)} MIU; the largest, {most}, is {times}."


def curve(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> str:
    """Return which arm has the highest median of an observable, under each model, and by how much.

    Where the scenario measures the peak, that is what counts: it misses nothing between the points of the drawn curve. Else
    the drawn medians, unless an infusion may peak between their points.
    """
    name, label, unit = observable
    measured = comparison.summary[comparison.summary["endpoint"] == f"peak of {name}"]
    drawn = comparison.trajectories[comparison.trajectories["observable"] == name]
    infused = len(comparison.events) > 0 and bool((comparison.events["duration_h"] > 0).any())
    if not len(measured) and infused:
        return f"{label} over time, by arm."
    frame = measured if len(measured) else drawn
    said: dict[str, dict[str, str]] = {}
    for model in cast.models:
        peaks = frame[frame["model"] == model].groupby("arm", sort=False)["median"].max().dropna()
        peaks = peaks.sort_values(ascending=False, kind="stable")
        if len(peaks):
            who, much = _highest(list(peaks.index), list(peaks), _suffix(name, unit))
            said.setdefault(who, {})[model] = much
    found = "; ".join(f"{who} {_where(by_model, cast.models)}" for who, by_model in said.items())
    what = "Highest peak" if not cast.intervals else "Highest median peak" if len(measured) else "Highest median"
    return f"{what}: {found}." if found else ""


def _where(by_model: dict[str, str], models: tuple[str, ...]) -> str:
    alike = len(set(by_model.values())) == 1 and len(by_model) == len(models)
    if alike:
        return f"{'under every model ' if len(models) > 1 else ''}({next(iter(by_model.values()))})"
    return words.listing([f"under {model} ({much})" for model, much in by_model.items()])


def cumulative(comparison: Comparison) -> str:
    """Return which schedule gives most in seven days, and which least."""
    frame = [row for row in _il2(comparison) if not words.missing(row["peak_7_days"])]
    if len(frame) < 2:
        return ""
    weeks = [words.million(row["peak_7_days"], row["unit"])[0] for row in frame]
    most = words.quoted([row["arm"] for row, week in zip(frame, weeks, strict=True) if week >= max(weeks) * (1 - _ALIKE)])
    if max(weeks) - min(weeks) <= _ALIKE * max(weeks):
        return f"The steepest seven days hold {words.number(max(weeks))} MIU in every schedule."
    least = words.number(min(weeks))
    return f"The steepest seven days hold {words.number(max(weeks))} MIU ({most}), against {least} MIU in the slowest."


def endpoints(table: Answer, cast: Cast) -> str:
    """Return on how many endpoints the models agree about the arm with the highest value."""
    value = "median" if cast.intervals else "value"
    firsts: dict[str, list[frozenset[str]]] = {}
    for place, column in enumerate(table.columns):
        known = {row.arm.name: row.cells[place].value for row in table.rows if row.cells[place].value is not None}
        if known and column.largest > 0:
            best = max(known.values())
            firsts.setdefault(column.label, []).append(frozenset(n for n, v in known.items() if v >= best * (1 - _ALIKE)))
    compared = {label: sets for label, sets in firsts.items() if len(sets) > 1}
    if not compared:
        return (
            "; ".join(f"{label}: highest in {words.quoted(sorted(sets[0]))}" for label, sets in firsts.items()) + "."
            if firsts
            else ""
        )
    split = [label for label, sets in compared.items() if not frozenset.intersection(*sets)]
    if not split:
        share = ("each of " if len(compared) > 1 else "") + words.count(len(compared), "endpoint")
        return f"On {share}, the same arm has the highest {value} under every model."
    share = words.count(len(split), "").strip() + " of " + words.count(len(compared), "endpoint")
    return f"The models disagree about the arm with the highest {value} on {share}: {words.quoted(split, 4)}."


def _of_what(comparison: Comparison) -> str:
    if not len(comparison.events):
        return ""
    main = comparison.events[comparison.events["drug"] == "il2"]
    if not len(main):
        return ""
    routes = set(main["route"])
    return f" of {words.route(routes.pop())} IL-2" if len(routes) == 1 else " of IL-2"


def _il2(comparison: Comparison) -> list[dict]:
    rows = comparison.exposure.to_dict("records") if len(comparison.exposure) else []
    return [row for row in rows if row["drug"] == "il2"]


def _totals(comparison: Comparison) -> list[float]:
    return [words.million(row["total"], row["unit"])[0] for row in _il2(comparison)]


def _suffix(name: str, unit: str) -> str:
    return "-fold" if name.endswith("_fold") else f" {unit}" if unit else ""


def _highest(names: list[str], values: list[float], suffix: str) -> tuple[str, str]:
    """Return who has the highest value, and how high, beside the next."""
    top = values[0]
    if top <= 0 or values[-1] >= top * (1 - _ALIKE):
        return "all arms alike", f"{words.number(top)}{suffix}"
    level = [n for n, v in zip(names, values, strict=True) if v >= top * (1 - _ALIKE)]
    below = values[len(level)]
    more = (
        f"{words.number(100 * (top / below - 1), 2)} % above the next" if below > 0 and top < 3 * below else "far above the next"
    )
    return words.quoted(level), f"{words.number(top)}{suffix}, {more}"

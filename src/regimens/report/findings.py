"""What the figures show, in sentences made from the data. They report this run; they claim nothing beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report import words
from regimens.report.answer import Answer
from regimens.report.cast import Cast

if TYPE_CHECKING:
    from regimens.compare import Comparison

_ALIKE = 0.01


def opening(comparison: Comparison, cast: Cast) -> str:
    """Return what was compared, in one sentence."""
    dosed = [look for look in cast.arms if look.dosed]
    parts = [f"{words.count(len(dosed), 'schedule')}{_of_what(comparison)}"]
    if len(dosed) < len(cast.arms):
        parts[0] += f" and {words.count(len(cast.arms) - len(dosed), 'arm')} without doses"
    totals = _totals(comparison)
    if totals:
        low, high = min(totals), max(totals)
        same = len(dosed) > 1 and high - low <= 1e-9 * high
        parts.append(f"{words.exact(high)} MIU each" if same else f"{words.exact(low)} to {words.exact(high)} MIU in all")
        parts[-1] = f"{words.exact(high)} MIU in all" if len(totals) == 1 else parts[-1]
    parts += [f"over {words.horizon(comparison.scenario.horizon_h)}", f"under {words.count(len(cast.models), 'model')}"]
    parts.append(f"{cast.subjects} virtual subjects" if cast.intervals else "one typical subject")
    return words.sentence(", ".join(parts))


def certainty(cast: Cast) -> str:
    """Return what the run can say about certainty."""
    if not cast.intervals:
        return "Typical subject only; no statement about certainty."
    return (
        f"Intervals are 90 % prediction intervals between {cast.subjects} virtual subjects. No uncertainty of the parameters "
        "themselves is in this run, so it does not say how sure a difference between schedules is."
    )


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
    most = _names([row["arm"] for row, total in zip(frame, totals, strict=True) if total >= high * (1 - 1e-9)])
    return f"Totals run from {words.exact(low)} to {words.exact(high)} MIU; the largest, {most}, is {words.number(high / low, 2)} times the smallest."


def curve(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> str:
    """Return which arm has the highest median of an observable, under each model, and by how much."""
    name, _, unit = observable
    frame = comparison.trajectories[comparison.trajectories["observable"] == name]
    said = []
    for model in cast.models:
        peaks = frame[frame["model"] == model].groupby("arm", sort=False)["median"].max().sort_values(ascending=False, kind="stable")
        if len(peaks):
            said.append(f"Under {model}, {_highest(list(peaks.index), list(peaks), _suffix(name, unit))}.")
    return " ".join(said)


def reading(cast: Cast, log: bool) -> str:
    """Return how to read the curves."""
    parts = [f"Lines are medians of {cast.subjects} virtual subjects, bands hold the middle 90 % of them" if cast.intervals
             else "Lines are the typical subject"]  # fmt: skip
    if cast.apart and len(cast.models) > 1:
        parts.append("line styles tell the models apart")
    if log:
        parts.append("each grid line is a doubling")
    return words.sentence("; ".join(parts))


def cumulative(comparison: Comparison) -> str:
    """Return which schedule gives most in seven days, and which least."""
    frame = [row for row in _il2(comparison) if not words.missing(row["peak_7_days"])]
    if len(frame) < 2:
        return ""
    weeks = [words.million(row["peak_7_days"], row["unit"])[0] for row in frame]
    most = _names([row["arm"] for row, week in zip(frame, weeks, strict=True) if week >= max(weeks) * (1 - _ALIKE)])
    if max(weeks) - min(weeks) <= _ALIKE * max(weeks):
        return f"The steepest seven days hold {words.number(max(weeks))} MIU in every schedule."
    return f"The steepest seven days hold {words.number(max(weeks))} MIU ({most}), against {words.number(min(weeks))} MIU in the slowest schedule."


def endpoints(table: Answer) -> str:
    """Return on how many endpoints the models agree about the arm with the highest median."""
    firsts: dict[str, list[frozenset[str]]] = {}
    for place, column in enumerate(table.columns):
        known = {row.arm.name: row.cells[place].value for row in table.rows if row.cells[place].value is not None}
        if known and column.largest > 0:
            best = max(known.values())
            firsts.setdefault(column.label, []).append(frozenset(n for n, v in known.items() if v >= best * (1 - _ALIKE)))
    compared = {label: sets for label, sets in firsts.items() if len(sets) > 1}
    if not compared:
        return "; ".join(f"{label}: highest in {_names(sorted(sets[0]))}" for label, sets in firsts.items()) + "." if firsts else ""
    split = [label for label, sets in compared.items() if not frozenset.intersection(*sets)]
    if not split:
        return f"On {'each of ' if len(compared) > 1 else ''}{words.count(len(compared), 'endpoint')}, the same arm has the highest median under every model."
    return (
        f"The models disagree about the arm with the highest median on {len(split)} of {words.count(len(compared), 'endpoint')}: "
        f"{words.listing([label[0].lower() + label[1:] for label in split])}."
    )


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


def _highest(names: list[str], values: list[float], suffix: str) -> str:
    top = values[0]
    if top <= 0 or values[-1] >= top * (1 - _ALIKE):
        return f"all arms peak alike ({words.number(top)}{suffix})"
    level = [n for n, v in zip(names, values, strict=True) if v >= top * (1 - _ALIKE)]
    below = values[len(level)]
    said = f"the highest median is that of {_names(level)} ({words.number(top)}{suffix})"
    more = f"{words.number(100 * (top / below - 1), 2)} % above" if below > 0 and top < 3 * below else "far above"
    return f"{said}, {more} the next, {_names([names[len(level)]])} ({words.number(below)}{suffix})"


def _names(names: list[str]) -> str:
    shown = [f"‘{words.shorten(name, 60)}’" for name in names]
    return words.listing(shown if len(shown) <= 3 else [*shown[:2], f"{len(shown) - 2} others"])

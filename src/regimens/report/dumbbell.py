"""Two values of every arm side by side: as written and as changed, a panel a model, a row an arm, joined by a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts.contrast import EQUAL
from regimens.report import words
from regimens.report.cast import Cast, Look
from regimens.report.measures import Measure, judged, measures
from regimens.report.numbers import Numbers
from regimens.report.panel import Scale, linear, tick_text
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

HOW = {EQUAL_TOTAL: "at equal total", REAL_LIFE: "in real life"}
"""How a kind of variant is said in a sentence."""


@dataclass(frozen=True)
class End:
    """A value in percent of the axis, with its confidence interval where there is one."""

    at: float
    sure: tuple[float, float] | None


@dataclass(frozen=True)
class Pull:
    """An arm: as written and as changed (None where nothing was changed), both in words."""

    arm: Look
    before: End
    after: End | None
    said: str


@dataclass(frozen=True)
class Dumbbell:
    """The figure of one endpoint: heading, unit, (model, rows, ticks of its axis) a panel, the numbers."""

    label: str
    unit: str
    panels: tuple[tuple[str, tuple[Pull, ...], tuple[tuple[float, str], ...]], ...]
    numbers: Numbers


def dumbbell(comparison: Comparison, cast: Cast, measure: Measure, kind: str) -> Dumbbell | None:
    """Return the figure of an endpoint for the variants of one kind, None where none has a value."""
    rows = {(row.model, row.arm): row for row in comparison.summary.itertuples() if row.endpoint == measure.words}
    variants = {variant.of.name: variant.name for variant in cast.varied(kind)}
    found = [(model, look, rows.get((model, look.name)), rows.get((model, variants.get(look.name, ""))))
             for model in cast.models for look in cast.arms if look.dosed]  # fmt: skip
    found = [row for row in found if row[2] is not None and not words.missing(row[2].median)]
    if not any(after is not None for *_, after in found):
        return None
    panels = tuple(_panel(model, [row[1:] for row in found if row[0] == model], measure) for model in cast.models)
    return Dumbbell(measure.label, measure.unit, tuple(panel for panel in panels if panel[1]), _numbers(found, measure, kind))


def _panel(model: str, rows: list, measure: Measure) -> tuple[str, tuple[Pull, ...], tuple[tuple[float, str], ...]]:
    values = [v for _, *both in rows for row in both if row is not None for v in _all(row, measure)]
    if not values:
        return model, (), ()
    axis = linear(min(values), max(values))
    ticks = tuple((at, tick_text(tick)) for tick in axis.ticks if 2 <= (at := _percent(tick, axis)) <= 97)
    return model, tuple(_pull(look, before, after, measure, axis) for look, before, after in rows), ticks


def figures(comparison: Comparison, cast: Cast, kind: str) -> tuple[Dumbbell, ...]:
    """Return the figure of every endpoint, those that say which way is better first."""
    ordered = sorted(measures(comparison).values(), key=lambda measure: not measure.better)
    return tuple(made for measure in ordered if (made := dumbbell(comparison, cast, measure, kind)) is not None)


def moves(comparison: Comparison, cast: Cast, kind: str) -> str:
    """Return which arm leads as written and which one as changed, on the leading endpoint, under each model."""
    lead = next(iter(judged(comparison)), None)
    if lead is None:
        return ""
    changed = {variant.of.name: variant.name for variant in cast.varied(kind)}
    known = {(r.model, r.arm): float(r.median) for r in comparison.summary.itertuples()
             if r.endpoint == lead.words and not words.missing(r.median)}  # fmt: skip
    said: dict[str, list[str]] = {}
    for model in cast.models:
        names = [name for name in _counted(comparison, cast, kind, changed) if (model, name) in known]
        after = {name: known.get((model, changed.get(name, name)), known[model, name]) for name in names}
        if len(names) > 1:
            first, last = (_best(values, lead) for values in ({n: known[model, n] for n in names}, after))
            move = f"stays with {words.quoted(first)}" if first == last else (
                f"moves from {words.quoted(first)} to {words.quoted(last)}")  # fmt: skip
            said.setdefault(move, []).append(model)
    end = "highest" if lead.better == "higher" else "lowest"
    moves = [f"{move}{_under(models, cast)}" for move, models in said.items()]
    how = words.inside(lead.label)
    return f"{HOW[kind][:1].upper()}{HOW[kind][1:]}, the {end} median of {how} {'; it '.join(moves)}." if moves else ""


def _counted(comparison: Comparison, cast: Cast, kind: str, changed: dict[str, str]) -> list[str]:
    """Return the arms that are compared before and after: those that changed, and those that have the equal total already."""
    there: set[str] = set()
    if kind == EQUAL_TOTAL:
        targets = set(comparison.equal_total["target_miu"])
        il2 = comparison.exposure[comparison.exposure["drug"] == "il2"]
        there = {row.arm for row in il2.itertuples() if words.million(row.total, row.unit)[0] in targets}
    return [look.name for look in cast.arms if look.dosed and (look.name in changed or look.name in there)]


def _best(values: dict[str, float], lead: Measure) -> list[str]:
    """Return the arms with the best value; more than one where they are alike."""
    best = max(values.values()) if lead.better == "higher" else min(values.values())
    return [name for name, value in values.items() if abs(value - best) <= EQUAL * abs(best)]


def _under(models: list[str], cast: Cast) -> str:
    if len(cast.models) == 1:
        return ""
    return " under every model" if len(models) == len(cast.models) else f" under {words.listing(models)}"


def _all(row: object, measure: Measure) -> list[float]:
    names = ("median", "confidence_low", "confidence_high")
    return [float(v) * measure.factor for name in names if not words.missing(v := getattr(row, name))]


def _pull(look: Look, before: object, after: object, measure: Measure, axis: Scale) -> Pull:
    said = f"{look.name}: {measure.number(before.median)} as written"  # type: ignore[attr-defined]
    if after is None or words.missing(after.median):  # type: ignore[attr-defined]
        return Pull(look, _end(before, measure, axis), None, said)
    said += f", {measure.number(after.median)} as changed"  # type: ignore[attr-defined]
    return Pull(look, _end(before, measure, axis), _end(after, measure, axis), said)


def _end(row: object, measure: Measure, axis: Scale) -> End:
    middle, *ends = _all(row, measure)
    return End(_percent(middle, axis), (_percent(ends[0], axis), _percent(ends[1], axis)) if len(ends) == 2 else None)


def _percent(value: float, axis: Scale) -> float:
    return round(100 * float(axis.share(value)), 2)


def _numbers(found: list, measure: Measure, kind: str) -> Numbers:
    rows = []
    for model, look, before, after in found:
        cells = []
        for row in (before, after):
            ends = "" if row is None else measure.between(row.confidence_low, row.confidence_high)
            cells += [words.MISSING if row is None else measure.number(row.median), ends or words.MISSING]
        rows.append((f"{look.name}, {model}", tuple(cells)))
    heads = ("As written", f"{words.WITHIN} confidence", kind[:1].upper() + kind[1:], f"{words.WITHIN} confidence")
    title = words.axis_title(measure.label, measure.unit)
    return Numbers(f"{title}, as written and {HOW[kind]}", "Arm, model", heads, tuple(rows))

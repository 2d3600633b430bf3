"""The answer: a table with a row an arm and a value a model and endpoint, each with a thin bar beneath it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.drugs import display_unit
from regimens.figures.shown import ShownEndpoint, shown_endpoints
from regimens.report.text import subjects

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.exposure import DrugExposure
    from regimens.figures.arms import Look
    from regimens.figures.view import View
    from regimens.scenario import Scenario
    from regimens.study.comparison import Comparison

MOST_VALUES = 8
"""Value columns that fit a page; with more models each gets fewer endpoints, the rest stand under Endpoints."""

_WANTED = ("peak", "mean", "time above", "per MIU")


@dataclass(frozen=True)
class Column:
    """A value column: model, endpoint as the scenario words it, heading, unit and factor into it, decimals, largest value.

    `of_population` is whether values are of the population and no subject's, which have no prediction interval.
    """

    model: str
    endpoint: str
    label: str
    unit: str
    factor: float
    places: int
    largest: float
    of_population: bool

    @property
    def heading(self) -> str:
        """The label with its unit."""
        return wording.headed(self.label, self.unit)


@dataclass(frozen=True)
class Cell:
    """A value: median, interval (empty without), and both in percent of the column's largest, for the bar.

    The interval is the prediction interval; of a share, which has none, the confidence interval. `sure` holds the ends of
    the confidence interval for the bar, `short` says how many subjects have no value, where some have none.
    """

    text: str
    interval: str
    middle: float
    low: float
    high: float
    short: str
    value: float | None
    sure: tuple[float, float] | None = None

    @property
    def why(self) -> bool:
        """Whether the text says why there is no value."""
        return self.text in (wording.NOT_MODELLED, wording.NOT_REACHED)


@dataclass(frozen=True)
class Row:
    """An arm with its totals and cells, in the order of the columns.

    `total` and `doses` are those of the drug that leads the arm, `other` the totals of its other drugs in words; `people` is the
    range of the total over people, where their bodies make it differ.
    """

    arm: Look
    total: str
    people: str
    other: tuple[str, ...]
    doses: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Answer:
    """The table: columns in the order of models, `groups` of (model, number of columns), rows.

    `unit` is that of all totals, "" where arms have different ones, which then stand in the cells; `note` says of whom the
    totals are, where people get others.
    """

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    left_out: int
    unit: str
    note: str

    @property
    def order(self) -> list[str]:
        """The endpoints shown, each once."""
        return list(dict.fromkeys(column.endpoint for column in self.columns))

    @property
    def total(self) -> str:
        """The heading of the totals."""
        return wording.headed(wording.TOTAL, self.unit)


def answer(comparison: Comparison, view: View, each: int | None = None) -> Answer:
    """Return the answer table with at most `each` endpoints a model; by default as many as fit a page."""
    fitting = max(2, MOST_VALUES // max(1, len(view.models)))
    return _table(comparison, view, leading(comparison.scenario, min(4, fitting) if each is None else each))


def everything(comparison: Comparison, view: View) -> Answer:
    """Return the same table with every endpoint of the scenario."""
    return _table(comparison, view, list(comparison.scenario.endpoints))


def leading(scenario: Scenario, most: int) -> list[Endpoint]:
    """Return the endpoints that answer first: a peak, a mean, a time above, one per MIU, then as they are listed."""
    remaining = list(scenario.endpoints)
    chosen = []
    for wanted in _WANTED:
        for endpoint in remaining:
            per = endpoint.words.endswith("per MIU")
            if (wanted == "per MIU" and per) or (not per and endpoint.kind.startswith(wanted)):
                chosen.append(endpoint)
                remaining.remove(endpoint)
                break
    order = {id(endpoint): place for place, endpoint in enumerate(scenario.endpoints)}
    return sorted((chosen + remaining)[:most], key=lambda endpoint: order[id(endpoint)])


def _table(comparison: Comparison, view: View, endpoints: list[Endpoint]) -> Answer:
    known = shown_endpoints(comparison)
    wanted = [known[e.words] for e in endpoints if e.words in known]
    columns = tuple(column for model in view.models for shown in wanted if (column := _column(comparison, view, model, shown)))
    unit = _unit(view)
    rows = tuple(_row(comparison, view, look, columns, unit) for look in view.arms)
    groups = tuple((model, sum(c.model == model for c in columns)) for model in view.models)
    on_page = {column.endpoint for column in columns}
    left_out = sum(e.words not in on_page for e in comparison.scenario.endpoints)
    bases = {basis for row in rows if row.people for doses in row.arm.doses[:1] for basis in doses.events.basis} - {"flat"}
    note = subjects.totals_note(comparison.scenario.subject, bases) if bases else ""
    return Answer(columns, groups, rows, left_out, unit, note)


def _unit(view: View) -> str:
    """Return the unit of the totals of all arms, "" where they have different ones or no arm gives a dose."""
    units = {display_unit(look.exposure[0].unit)[0] for look in view.arms if look.exposure}
    return units.pop() if len(units) == 1 else ""


def _column(comparison: Comparison, view: View, model: str, shown: ShownEndpoint) -> Column | None:
    names = {look.name for look in view.arms}
    same = [row for row in comparison.summary if row.endpoint == shown.words and row.arm in names]
    if not any(row.model == model for row in same):
        return None
    highs = [row.confidence_high if shown.of_population else row.high for row in same]
    spread = [v for v in (*(row.median for row in same), *highs) if not wording.missing(v)]
    medians = [row.median * shown.factor for row in same if not wording.missing(row.median)]
    places = min(wording.decimals(medians), 4)
    if shown.unit in ("days", "%"):
        places = 0 if medians and max(medians) >= 10 else 1
    if shown.exact and all(float(value * shown.factor).is_integer() for value in spread):
        places = 0
    largest = max(spread, default=0.0) * shown.factor
    return Column(model, shown.words, shown.label, shown.unit, shown.factor, places, largest, shown.of_population)


def _row(comparison: Comparison, view: View, look: Look, columns: tuple[Column, ...], unit: str) -> Row:
    cells = tuple(_cell(comparison, column, look.name, view) for column in columns)
    if not look.exposure:
        return Row(look, "0", "", (), "0", cells)
    main, *rest = look.exposure
    total, doses = _within_horizon(look, main)
    own, ends = display_unit(main.unit)[0], view.people.get((look.name, main.drug))
    span = "" if ends is None else subjects.between(ends, main.unit, with_unit=not unit)
    other = tuple(subjects.other_total(row, view, comparison.scenario.subject) for row in rest)
    return Row(look, total if unit else f"{total} {own}", span, other, doses, cells)


def _within_horizon(look: Look, row: DrugExposure) -> tuple[str, str]:
    """Return total and doses of a drug of an arm; where the horizon cuts doses off, what is given of what is planned."""
    planned = wording.exact(wording.shown(row.total, row.unit))
    doses = look.doses_of(row.drug)
    count, given = (0, 0.0) if doses is None else (len(doses.events), float(doses.given.sum()))
    if count == row.doses:
        return planned, wording.exact(row.doses)
    return wording.of(wording.exact(wording.shown(given, row.unit)), planned), wording.of(str(count), str(row.doses))


def _cell(comparison: Comparison, column: Column, arm: str, view: View) -> Cell:
    if not view.modelled(column.model, arm):
        return Cell(wording.NOT_MODELLED, "", 0, 0, 0, "", None)
    found = comparison.summary_of(arm, column.model, column.endpoint)
    if found is None:
        return Cell(wording.MISSING, "", 0, 0, 0, "", None)
    short = subjects.missing(found.missing, view) if found.missing else ""
    if wording.missing(found.median):
        return Cell(wording.NOT_REACHED if found.n else wording.MISSING, "", 0, 0, 0, short if found.n else "", None)
    numbers = (found.median, found.low, found.high, found.confidence_low, found.confidence_high)
    middle, low, high, *sure = (value * column.factor for value in numbers)
    known = not any(map(wording.missing, sure))
    if known and wording.missing(low):
        low, high = sure
    unreached = not column.of_population and wording.missing(high) and not wording.missing(low)
    same = not unreached and (wording.missing(low) or wording.missing(high) or abs(high - low) <= 1e-9 * max(abs(middle), 1e-12))
    top = wording.NOT_REACHED if unreached else wording.fixed(high, column.places)
    bound = "" if same else f"{wording.fixed(low, column.places)}–{top}"
    share = [_percent(v, column) for v in ((middle,) * 3 if same else (middle, low, column.largest if unreached else high))]
    ends = (_percent(sure[0], column), _percent(sure[1], column)) if known else None
    return Cell(wording.fixed(middle, column.places), bound, share[0], share[1], share[2], short, middle, ends)


def _percent(value: float, column: Column) -> float:
    return max(0.0, min(100.0, round(100 * value / column.largest, 1))) if column.largest > 0 else 0.0

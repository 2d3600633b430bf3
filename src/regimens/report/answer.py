"""The answer: a table with a row an arm and a value a model and endpoint, each with a thin bar beneath it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.drugs import display_unit
from regimens.report.measures import Measure, measures
from regimens.report.text import subjects, words

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.exposure import DrugExposure
    from regimens.report.layout import Layout, Look
    from regimens.scenario import Scenario
    from regimens.study.comparison import Comparison

MOST_VALUES = 8
"""Value columns that fit a page; with more models each gets fewer endpoints, the rest stand under Endpoints."""

_WANTED = ("peak", "mean", "time above", "per MIU")


@dataclass(frozen=True)
class Column:
    """A value column: model, endpoint as the scenario words it, heading, unit and factor into it, decimals, largest value.

    `share` is whether values are shares of subjects, which have no prediction interval.
    """

    model: str
    endpoint: str
    label: str
    unit: str
    factor: float
    places: int
    largest: float
    share: bool

    @property
    def heading(self) -> str:
        """The label with its unit."""
        return words.headed(self.label, self.unit)


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
        return self.text in (words.NOT_MODELLED, words.NOT_REACHED)


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
        return words.headed(words.TOTAL, self.unit)


def answer(comparison: Comparison, layout: Layout, each: int | None = None) -> Answer:
    """Return the answer table with at most `each` endpoints a model; by default as many as fit a page."""
    fitting = max(2, MOST_VALUES // max(1, len(layout.models)))
    return _table(comparison, layout, leading(comparison.scenario, min(4, fitting) if each is None else each))


def everything(comparison: Comparison, layout: Layout) -> Answer:
    """Return the same table with every endpoint of the scenario."""
    return _table(comparison, layout, list(comparison.scenario.endpoints))


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


def _table(comparison: Comparison, layout: Layout, endpoints: list[Endpoint]) -> Answer:
    known = measures(comparison)
    shown = [known[e.words] for e in endpoints if e.words in known]
    columns = tuple(column for model in layout.models for measure in shown if (column := _column(comparison, model, measure)))
    unit = _unit(layout)
    rows = tuple(_row(comparison, layout, look, columns, unit) for look in layout.arms)
    groups = tuple((model, sum(c.model == model for c in columns)) for model in layout.models)
    on_page = {column.endpoint for column in columns}
    left_out = sum(e.words not in on_page for e in comparison.scenario.endpoints)
    bases = {basis for row in rows if row.people for doses in row.arm.doses[:1] for basis in doses.events.basis} - {"flat"}
    note = subjects.totals_note(comparison.scenario.subject, bases) if bases else ""
    return Answer(columns, groups, rows, left_out, unit, note)


def _unit(layout: Layout) -> str:
    """Return the unit of the totals of all arms, "" where they have different ones or no arm gives a dose."""
    units = {display_unit(look.exposure[0].unit)[0] for look in layout.arms if look.exposure}
    return units.pop() if len(units) == 1 else ""


def _column(comparison: Comparison, model: str, measure: Measure) -> Column | None:
    same = [row for row in comparison.summary if row.endpoint == measure.words]
    if not any(row.model == model for row in same):
        return None
    highs = [row.confidence_high if measure.share else row.high for row in same]
    spread = [v for v in (*(row.median for row in same), *highs) if not words.missing(v)]
    medians = [row.median * measure.factor for row in same if not words.missing(row.median)]
    places = min(words.decimals(medians), 4)
    if measure.unit in ("days", "%"):
        places = 0 if medians and max(medians) >= 10 else 1
    if measure.exact and all(float(value * measure.factor).is_integer() for value in spread):
        places = 0
    largest = max(spread, default=0.0) * measure.factor
    return Column(model, measure.words, measure.label, measure.unit, measure.factor, places, largest, measure.share)


def _row(comparison: Comparison, layout: Layout, look: Look, columns: tuple[Column, ...], unit: str) -> Row:
    cells = tuple(_cell(comparison, column, look.name, layout) for column in columns)
    if not look.exposure:
        return Row(look, "0", "", (), "0", cells)
    main, *rest = look.exposure
    total, doses = _within_horizon(look, main)
    own, ends = display_unit(main.unit)[0], layout.people.get((look.name, main.drug))
    span = "" if ends is None else subjects.between(ends, main.unit, with_unit=not unit)
    other = tuple(subjects.other_total(row, layout, comparison.scenario.subject) for row in rest)
    return Row(look, total if unit else f"{total} {own}", span, other, doses, cells)


def _within_horizon(look: Look, row: DrugExposure) -> tuple[str, str]:
    """Return total and doses of a drug of an arm; where the horizon cuts doses off, what is given of what is planned."""
    planned = words.exact(words.shown(row.total, row.unit))
    doses = look.doses_of(row.drug)
    count, given = (0, 0.0) if doses is None else (len(doses.events), float(doses.given.sum()))
    if count == row.doses:
        return planned, words.exact(row.doses)
    return words.of(words.exact(words.shown(given, row.unit)), planned), words.of(str(count), str(row.doses))


def _cell(comparison: Comparison, column: Column, arm: str, layout: Layout) -> Cell:
    if not layout.modelled(column.model, arm):
        return Cell(words.NOT_MODELLED, "", 0, 0, 0, "", None)
    found = comparison.summary_of(arm, column.model, column.endpoint)
    if found is None:
        return Cell(words.MISSING, "", 0, 0, 0, "", None)
    short = subjects.missing(found.missing, layout) if found.missing else ""
    if words.missing(found.median):
        return Cell(words.NOT_REACHED if found.n else words.MISSING, "", 0, 0, 0, short if found.n else "", None)
    numbers = (found.median, found.low, found.high, found.confidence_low, found.confidence_high)
    middle, low, high, *sure = (value * column.factor for value in numbers)
    known = not any(map(words.missing, sure))
    if known and words.missing(low):
        low, high = sure
    unreached = not column.share and words.missing(high) and not words.missing(low)
    same = not unreached and (words.missing(low) or words.missing(high) or abs(high - low) <= 1e-9 * max(abs(middle), 1e-12))
    top = words.NOT_REACHED if unreached else words.fixed(high, column.places)
    bound = "" if same else f"{words.fixed(low, column.places)}–{top}"
    share = [_percent(v, column) for v in ((middle,) * 3 if same else (middle, low, column.largest if unreached else high))]
    ends = (_percent(sure[0], column), _percent(sure[1], column)) if known else None
    return Cell(words.fixed(middle, column.places), bound, share[0], share[1], share[2], short, middle, ends)


def _percent(value: float, column: Column) -> float:
    return max(0.0, min(100.0, round(100 * value / column.largest, 1))) if column.largest > 0 else 0.0

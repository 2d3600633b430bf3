"""The answer: a row an arm, a value a model and endpoint, with what a thin bar beneath it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import subjects, words
from regimens.report.cast import Cast, Look
from regimens.report.measures import Measure, measures

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MOST_VALUES = 8
"""Value columns that fit a page; with more models each gets fewer endpoints, the rest stand under Endpoints."""

_WANTED = ("peak", "mean", "time above", "per MIU")


@dataclass(frozen=True)
class Column:
    """A value column: model, endpoint as the scenario words it, heading, unit and factor into it, decimals, largest."""

    model: str
    endpoint: str
    label: str
    unit: str
    factor: float
    places: int
    largest: float


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


@dataclass(frozen=True)
class Row:
    """An arm with its totals and cells, in the order of the columns."""

    arm: Look
    total: str
    other: tuple[str, ...]
    doses: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Answer:
    """The table: columns in the order of models, `groups` of (model, number of columns), rows."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    left_out: int

    @property
    def order(self) -> list[str]:
        """The endpoints shown, each once."""
        return list(dict.fromkeys(column.endpoint for column in self.columns))


def answer(comparison: Comparison, cast: Cast, each: int | None = None) -> Answer:
    """Return the answer table with at most `each` endpoints a model; by default as many as fit a page."""
    fitting = max(2, MOST_VALUES // max(1, len(cast.models)))
    return _table(comparison, cast, leading(comparison, min(4, fitting) if each is None else each))


def everything(comparison: Comparison, cast: Cast) -> Answer:
    """Return the same table with every endpoint of the scenario."""
    return _table(comparison, cast, list(comparison.scenario.endpoints))


def leading(comparison: Comparison, most: int) -> list:
    """Return the endpoints that answer first: a peak, a mean, a time above, one per MIU, then as they are listed."""
    remaining = list(comparison.scenario.endpoints)
    chosen = []
    for wanted in _WANTED:
        for endpoint in remaining:
            per = endpoint.words.endswith("per MIU")
            if (wanted == "per MIU" and per) or (not per and endpoint.kind.startswith(wanted)):
                chosen.append(endpoint)
                remaining.remove(endpoint)
                break
    order = {id(endpoint): place for place, endpoint in enumerate(comparison.scenario.endpoints)}
    return sorted((chosen + remaining)[:most], key=lambda endpoint: order[id(endpoint)])


def _table(comparison: Comparison, cast: Cast, endpoints: list) -> Answer:
    known = measures(comparison)
    shown = [known[e.words] for e in endpoints if e.words in known]
    columns = tuple(column for model in cast.models for measure in shown if (column := _column(comparison, model, measure)))
    values = comparison.summary.set_index(["arm", "model", "endpoint"]) if len(comparison.summary) else None
    rows = tuple(_row(comparison, cast, look, columns, values) for look in cast.arms)
    groups = tuple((model, sum(c.model == model for c in columns)) for model in cast.models)
    on_page = {column.endpoint for column in columns}
    return Answer(columns, groups, rows, sum(e.words not in on_page for e in comparison.scenario.endpoints))


def _column(comparison: Comparison, model: str, measure: Measure) -> Column | None:
    frame = comparison.summary
    same = frame[frame["endpoint"] == measure.words]
    if not len(same[same["model"] == model]):
        return None
    highs = same["confidence_high"] if measure.share else same["high"]
    spread = [v for v in (*same["median"], *highs) if not words.missing(v)]
    medians = [v * measure.factor for v in same["median"] if not words.missing(v)]
    places = min(words.decimals(medians), 4)
    if measure.unit in ("days", "%"):
        places = 0 if medians and max(medians) >= 10 else 1
    largest = max(spread, default=0.0) * measure.factor
    return Column(model, measure.words, measure.label, measure.unit, measure.factor, places, largest)


def _row(comparison: Comparison, cast: Cast, look: Look, columns: tuple[Column, ...], values: object) -> Row:
    given = [row for row in comparison.exposure.to_dict("records") if row["arm"] == look.name]
    main = next((row for row in given if row["drug"] == "il2"), None)
    total, doses = _within_horizon(comparison, main) if main else ("0", "0")
    other = tuple(f"{words.drug(r['drug'])} {words.amount(r['total'], r['unit'])}" for r in given if r is not main)
    cells = tuple(_cell(column, values, look.name, cast) for column in columns)
    return Row(look, total, other, doses, cells)


def _within_horizon(comparison: Comparison, row: dict) -> tuple[str, str]:
    """Return total and doses of IL-2 of an arm; where the horizon cuts doses off, what is given of what is planned."""
    planned = words.exact(words.million(row["total"], row["unit"])[0])
    events = comparison.events
    mine = events[(events["arm"] == row["arm"]) & (events["drug"] == row["drug"])]
    if len(mine) == row["doses"]:
        return planned, words.exact(row["doses"])
    given = words.exact(float(mine["given"].sum()) / 1e6)
    return f"{given} of {planned}", f"{len(mine)} of {row['doses']}"


def _cell(column: Column, values: object, arm: str, cast: Cast) -> Cell:
    try:
        found = values.loc[(arm, column.model, column.endpoint)]  # type: ignore[union-attr]
    except KeyError:
        return Cell(words.MISSING, "", 0, 0, 0, "", None)
    if words.missing(found["median"]):
        return Cell(words.MISSING, "", 0, 0, 0, "", None)
    names = ("median", "low", "high", "confidence_low", "confidence_high")
    middle, low, high, *sure = (float(found[name]) * column.factor for name in names)
    known = not any(map(words.missing, sure))
    if known and words.missing(low):
        low, high = sure
    same = words.missing(low) or words.missing(high) or abs(high - low) <= 1e-9 * max(abs(middle), 1e-12)
    bound = "" if same else f"{words.fixed(low, column.places)}–{words.fixed(high, column.places)}"
    share = [_percent(v, column) for v in ((middle,) * 3 if same else (middle, low, high))]
    ends = (_percent(sure[0], column), _percent(sure[1], column)) if known else None
    short = subjects.missing(int(found["missing"]), cast) if found["missing"] else ""
    return Cell(words.fixed(middle, column.places), bound, *share, short, middle, ends)


def _percent(value: float, column: Column) -> float:
    return max(0.0, min(100.0, round(100 * value / column.largest, 1))) if column.largest > 0 else 0.0

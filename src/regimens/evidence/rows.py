"""The meaning of one row of responses; every problem of a row is noted and the reading goes on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from regimens.csvfile import Row
from regimens.errors import Problem, RegimenError, UnitError, did_you_mean
from regimens.evidence.analytes import ANALYTES, Analyte
from regimens.evidence.spread import BOUNDS, INTERVALS, Printed, Spread, observed, spread_of
from regimens.regimen import Regimen, parse_regimen
from regimens.units import exact

STATISTICS = ("mean", "median", "ratio", "target", "statement", "ordering")
"""What a value may be; an ordering is words only and is checked in words."""

ROLES = ("fit", "check")
"""What a row is for: its number is fitted, or kept apart to check a fitted model with."""


class RowReader:
    """Reads rows into the fields of a Response; `problems` holds what is wrong with all of them so far."""

    def __init__(self, horizon_h: float) -> None:
        self.problems: list[Problem] = []
        self._horizon_h = horizon_h
        self._lines: dict[str, int] = {}

    def read(self, row: Row) -> dict[str, object]:
        """Return the fields of the row's Response; they are meant to be used only if no problem was noted."""
        self._row = row
        self._check_id()
        n = self._count("n")
        statistic = self._chosen("statistic", STATISTICS)
        ordering = statistic == "ordering"
        analyte = self._analyte()
        regimen = self._regimen(ordering)
        unit = self._unit(analyte, ordering)
        baseline, printed = self._printed("baseline", False), self._printed("value", not ordering)
        values = self._values(analyte, unit, baseline, printed, statistic, n)
        return {
            **{name: row[name] for name in ("id", "study", "doi", "population", "time_words", "how_read", "assumed", "note")},
            "shares_with": row["shares_with"],
            "doi_verified": self._chosen("doi_verified", ("yes", "no"), blank=True) == "yes",
            "year": None if row["year"] == "" else self._count("year"),
            "n": n,
            "regimen": regimen,
            "weight_kg": self._size("weight_kg"),
            "bsa_m2": self._size("bsa_m2"),
            "baseline": baseline,
            "analyte": row["analyte"],
            "observable": analyte.observable if analyte else "",
            "reading": analyte.reading if analyte else "",
            "time_h": self._time(analyte, regimen, ordering),
            "statistic": statistic,
            "printed": printed,
            "unit": unit,
            **values,
            "role": self._chosen("role", ROLES),
            "line": row.line,
        }

    def check_shared(self, rows: Sequence[Row]) -> None:
        """Note every row that shares its subjects with a row that is not there, or with itself."""
        for row in rows:
            name, others = row["shares_with"], {other["id"] for other in rows} - {row["id"]}
            if name and name not in others:
                found = f"'{name}' is no other row of this table."
                self.problems.append(row.problem("shares_with", found, did_you_mean(name, others)))

    def _note(self, column: str, message: str, advice: str = "", at: int = 0) -> None:
        self.problems.append(self._row.problem(column, message, advice, at=at))

    def _check_id(self) -> None:
        name = self._row["id"]
        if not name:
            self._note("id", "This row has no id.", "Every row needs a short name of its own.")
        elif name in self._lines:
            self._note(
                "id", f"The id '{name}' is here a second time; the first is on line {self._lines[name]}.", "Rename one of them."
            )
        self._lines.setdefault(name, self._row.line)

    def _chosen(self, column: str, known: tuple[str, ...], blank: bool = False) -> str:
        word = self._row[column]
        if word not in known and not (blank and word == ""):
            near = did_you_mean(word, known) if word else ""
            near = near + " " if near.startswith("Did") else ""
            found = f"'{word}' is no {column.replace('_', ' ')}." if word else f"The {column.replace('_', ' ')} is blank."
            self._note(column, found, f"{near}Accepted: {', '.join(known)}.")
        return word

    def _analyte(self) -> Analyte | None:
        word = self._row["analyte"]
        if word not in ANALYTES:
            self._note("analyte", f"'{word}' is no known analyte.", did_you_mean(word, ANALYTES))
        return ANALYTES.get(word)

    def _regimen(self, ordering: bool) -> Regimen | None:
        text = self._row["regimen"]
        try:
            regimen = parse_regimen(text)
        except RegimenError as error:
            self._note("regimen", error.message, error.advice, at=error.at or 0)
            return None
        if regimen.has_ranges and not ordering:
            self._note("regimen", f"The rest of '{text}' is a range.", "A row with a value needs one length of every rest.")
            return None
        return regimen

    def _number(self, column: str) -> float | None:
        text = self._row[column]
        if text == "":
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self._note(column, f"'{text}' is no number.", f"'{column}' holds a finite number, or nothing.")
            return None
        return number

    def _count(self, column: str) -> int | None:
        text = self._row[column]
        if not (text.isascii() and text.isdigit()) or int(text) < 1:
            found = f"'{text}' is no {'number of subjects' if column == 'n' else column}." if text else f"'{column}' is blank."
            self._note(column, found, "A whole number of at least 1 is needed.")
            return None
        return int(text)

    def _size(self, column: str) -> Fraction | None:
        text = self._row[column]
        if text == "":
            return None
        try:
            size = exact(text)
        except UnitError:
            size = Fraction(0)
        if size <= 0:
            self._note(
                column, f"'{text}' is no body size.", f"'{column}' holds a number above zero, or nothing for the typical body."
            )
            return None
        return size

    def _unit(self, analyte: Analyte | None, ordering: bool) -> str:
        unit = self._row["unit"]
        if analyte is not None and unit not in analyte.units and not (ordering and unit == ""):
            found = f"'{unit}' is no unit of '{self._row['analyte']}'." if unit else "The unit is blank."
            self._note("unit", found, f"'{self._row['analyte']}' is given in {' or '.join(analyte.units)}.")
        return unit

    def _printed(self, column: str, needed: bool) -> Printed | None:
        before = "" if column == "value" else "baseline_"
        known = len(self.problems)
        value, low, high = (self._number(name) for name in (column, f"{before}low", f"{before}high"))
        interval = self._chosen(f"{before}interval", INTERVALS, blank=True)
        if value is None:
            if len(self.problems) == known and needed:
                self._note(column, f"'{column}' is blank.", "Only a row with the statistic 'ordering' has no value.")
            return None
        if value <= 0:
            self._note(column, f"The {column} '{self._row[column]}' is not above zero.", "It is compared on the log scale.")
            return None
        if interval and interval not in BOUNDS and len(self.problems) == known:
            if low is None or high is None:
                self._note(f"{before}interval", f"The interval '{interval}' lacks an end.", f"Give {before}low and {before}high.")
            elif not low <= value <= high or low == high:
                self._note(f"{before}low", f"The interval from {low:g} to {high:g} does not hold the value {value:g}.")
        elif not interval and (low is not None or high is not None):
            self._note(
                f"{before}low", f"It is not said what {before}low and {before}high are.", f"Accepted: {', '.join(INTERVALS)}."
            )
        return Printed(value, low, high, interval) if len(self.problems) == known else None

    def _time(self, analyte: Analyte | None, regimen: Regimen | None, ordering: bool) -> float | None:
        known = len(self.problems)
        time = self._number("time_h")
        if len(self.problems) > known or analyte is None:
            return None
        if time is None and not ordering and analyte.reading == "at":
            self._note("time_h", "The time is blank.", "Only a peak or an ordering has none.")
        elif time is None and not ordering and regimen is not None:
            time = float(max((dose.until for dose in regimen.written_out()), default=0))
        if time is not None and not 0 <= time <= self._horizon_h:
            said = f"The time {time:g} h lies outside the horizon, from 0 to {self._horizon_h:g} h."
            self._note("time_h", said, "Times are hours after the first moment: protocol day 8 is 168.")
        return time

    def _values(
        self,
        analyte: Analyte | None,
        unit: str,
        baseline: Printed | None,
        printed: Printed | None,
        statistic: str,
        n: int | None,
    ) -> dict[str, object]:
        """Return what is on the scale of the observable, and the standard error on its log scale."""
        blank = dict.fromkeys(("value", "low", "high", "sd_log", "se_log", "baseline_se_log"))
        blank |= {"bound": "", "se_words": ""}
        assumed = self._number("assumed_sd_log")
        if assumed is not None and assumed <= 0:
            self._note("assumed_sd_log", f"A standard error of {assumed:g} is none.", "It is above zero, on the log scale.")
            return blank
        if analyte is None or printed is None or n is None or statistic == "ordering":
            return blank
        if analyte.fold and unit != "fold" and unit in analyte.units and not self._row["baseline"]:
            said = f"'{self._row['analyte']}' in {unit} is compared as a fold of its baseline, which is blank."
            self._note("baseline", said, "Give the baseline, or the value as 'fold'.")
        before = self._spread(baseline, n, statistic == "median") if baseline else None
        before = before if isinstance(before, Spread) else None
        own = None if assumed is not None else self._spread(printed, n, statistic == "median")
        if not isinstance(own, Spread) and assumed is None:
            why = f" ({printed.interval}: {own})" if own else ""
            said = f"This row has neither a spread nor an assumed_sd_log{why}."
            self._note("assumed_sd_log", said, "Give an interval, or the standard error on the log scale to use.")
            return blank
        own = own if isinstance(own, Spread) else None
        divided = baseline if analyte.fold and unit != "fold" else None
        found = observed(printed, divided, own, before, assumed)
        return {**blank, **found, "baseline_se_log": before.se_log if before else None}

    def _spread(self, printed: Printed, n: int, median: bool) -> Spread | str | None:
        """Return the spread of a number, why it has none on the log scale, or None where nothing is printed."""
        if not printed.interval or printed.interval in BOUNDS:
            return None
        try:
            return spread_of(printed.value, printed.low, printed.high, printed.interval, n, median)
        except ValueError as error:
            return str(error)

"""Reading responses from their table, with all problems of the file at once.

The same columns hold the shipped numbers (`evidence/responses.csv`) and a user's own data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from regimens.csvfile import Row, read_table
from regimens.errors import InputFileError, Problem, RegimenError, did_you_mean
from regimens.evidence.responses import ANALYTES, Analyte, Response
from regimens.evidence.spread import BOUNDS, INTERVALS, Observed, Printed, Spread, observed, spread_of
from regimens.regimen import Regimen, parse_regimen

NEEDED = ("id", "study", "n", "regimen", "analyte", "time_h", "statistic", "value", "unit", "role")
"""Columns that every table of responses has."""

COLUMNS = (
    "id", "study", "centre", "doi", "doi_verified", "year", "population", "n", "regimen", "weight_kg", "bsa_m2",
    "baseline", "baseline_low", "baseline_high", "baseline_interval", "analyte", "time_h", "time_words",
    "readings_h", "statistic", "value", "low", "high", "interval", "unit", "assumed_sd_log", "role", "shares_with",
    "group", "seen_by", "how_read", "assumed", "note",
)  # fmt: skip
"""Columns that a table of responses may have; one that is left out is blank in every row."""

STATISTICS = ("mean", "median", "ratio", "target", "statement", "ordering")
"""What a value may be. An ordering has no value; its note says it in words."""

ROLES = ("fit", "check", "shown")
"""What a row is used for: to fit a model, to check a fitted one, or for neither, which its note explains."""

ROUNDING = 0.1
"""Share of an interval by which its middle may miss the value where both are rounded."""

LONGEST_H = 104 * 168.0
"""The horizon of responses (h): two years, longer than any shipped course."""


def read_responses(path: str | Path, horizon_h: float = LONGEST_H) -> tuple[Response, ...]:
    """Read a table of responses; InputFileError with every problem of the file, each with its line and column.

    Times lie in [0, `horizon_h`]. A peak without a time is the highest value until one interval after the last dose.
    """
    table = read_table(path, NEEDED, COLUMNS)
    problems = [*_repeated_ids(table.rows), *_unknown_partners(table.rows)]
    found = []
    for row in table.rows:
        reader = _RowReader(row, horizon_h)
        response = reader.response()
        problems += reader.problems
        if response is not None:
            found.append(response)
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return tuple(found)


def _repeated_ids(rows: Sequence[Row]) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for row in rows:
        name = row["id"]
        if not name:
            yield row.problem("id", "This row has no id.", "Every row needs its own short name.")
        elif name in lines:
            yield row.problem("id", f"The id '{name}' is already used on line {lines[name]}.", "Rename one of the rows.")
        lines.setdefault(name, row.line)


def _unknown_partners(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield a problem for every row that shares its subjects with an unknown row, with itself, or with a row above that names it:
    a row that shares its subjects is not counted, and then neither of the two would be.
    """
    partners: dict[str, str] = {}
    for row in rows:
        name, others = row["shares_with"], {other["id"] for other in rows} - {row["id"]}
        if name and name not in others:
            yield row.problem("shares_with", f"No other row of this table has the id '{name}'.", did_you_mean(name, others))
        elif name and partners.get(name) == row["id"]:
            found = f"Row '{name}' already says that it shares its subjects with this one."
            yield row.problem("shares_with", found, "Leave it blank in the row that is to count as independent.")
        partners[row["id"]] = name


class _RowReader:
    """Reads one row; a problem is added to `problems` and the reading goes on with the next cell."""

    def __init__(self, row: Row, horizon_h: float) -> None:
        self.problems: list[Problem] = []
        self._row, self._horizon_h = row, horizon_h

    def response(self) -> Response | None:
        """Return the response, or None if the row has problems."""
        row = self._row
        if not row["study"]:
            self._note("study", "The study is blank.", "Rows of one study are left out together, so each row needs its study.")
        n = self._count("n")
        statistic = self._chosen("statistic", STATISTICS)
        ordering = statistic == "ordering"
        analyte = self._analyte()
        regimen = self._regimen(ordering)
        unit = self._unit(analyte, ordering)
        baseline, printed = self._printed("baseline", needed=False), self._printed("value", needed=not ordering)
        before = self._baseline_spread(baseline, n, statistic)
        seen = self._observed(analyte, unit, baseline, before, printed, n, statistic)
        time_h = self._time(analyte, regimen, ordering)
        readings_h = self._readings(analyte, time_h)
        verified = self._chosen("doi_verified", ("yes", "no"), blank=True) == "yes"
        year = None if row["year"] == "" else self._count("year")
        role = self._chosen("role", ROLES)
        if ordering and role == "fit":
            self._note("role", "An ordering has no value to fit, found the role 'fit'.", "Give it the role 'check' or 'shown'.")
        weight_kg, bsa_m2 = self._size("weight_kg"), self._size("bsa_m2")
        if self.problems or n is None or analyte is None or regimen is None:
            return None
        return Response(
            id=row["id"],
            study=row["study"],
            centre=row["centre"],
            doi=row["doi"],
            doi_verified=verified,
            year=year,
            population=row["population"],
            n=n,
            regimen=regimen,
            weight_kg=weight_kg,
            bsa_m2=bsa_m2,
            baseline=baseline,
            baseline_spread=before,
            analyte=row["analyte"],
            observable=analyte.observable,
            reading=analyte.reading,
            time_h=time_h,
            time_words=row["time_words"],
            readings_h=readings_h,
            statistic=statistic,
            printed=printed,
            unit=unit,
            value=seen.value if seen else None,
            low=seen.low if seen else None,
            high=seen.high if seen else None,
            bound=seen.bound if seen else "",
            sd_log=seen.sd_log if seen else None,
            se_log=seen.se_log if seen else None,
            se_words=seen.se_words if seen else "",
            role=role,
            shares_with=row["shares_with"],
            group=row["group"],
            seen_by=row["seen_by"],
            how_read=row["how_read"],
            assumed=row["assumed"],
            note=row["note"],
            line=row.line,
        )

    def _note(self, column: str, message: str, advice: str = "", at: int = 0) -> None:
        self.problems.append(self._row.problem(column, message, advice, at=at))

    def _chosen(self, column: str, known: tuple[str, ...], blank: bool = False) -> str:
        word, name = self._row[column], column.replace("_", " ")
        if word not in known and not (blank and word == ""):
            near = did_you_mean(word, known) if word else ""
            near = near + " " if near.startswith("Did") else ""
            self._note(
                column, f"Unknown {name} '{word}'." if word else f"The {name} is blank.", f"{near}Accepted: {', '.join(known)}."
            )
        return word

    def _analyte(self) -> Analyte | None:
        word = self._row["analyte"]
        if word not in ANALYTES:
            self._note("analyte", f"Unknown analyte '{word}'.", did_you_mean(word, ANALYTES))
        return ANALYTES.get(word)

    def _regimen(self, ordering: bool) -> Regimen | None:
        text = self._row["regimen"]
        try:
            regimen = parse_regimen(text)
        except RegimenError as error:
            self._note("regimen", error.message, error.advice, at=error.at or 0)
            return None
        if regimen.has_ranges and not ordering:
            found = f"A rest of '{text}' is a range."
            self._note("regimen", found, "Give each rest one length; only an ordering may have a range.")
            return None
        return regimen

    def _number(self, column: str) -> float | None:
        text, number = self._row[column], self._row.number(column)
        if text and number is None:
            self._note(column, f"'{text}' is not a number.", f"'{column}' must be a plain decimal number or blank.")
        return number

    def _count(self, column: str) -> int | None:
        text, number = self._row[column], self._row.whole_number(column)
        if number is None or number < 1:
            found = f"'{text}' is not a {'number of subjects' if column == 'n' else column}." if text else f"'{column}' is blank."
            self._note(column, found, "A whole number of at least 1 is needed.")
            return None
        return number

    def _size(self, column: str) -> Fraction | None:
        text, plain = self._row[column], self._row.decimal(column)
        size = Fraction(plain or 0)
        if text and size <= 0:
            advice = f"'{column}' must be a number greater than zero, or blank for the typical body."
            self._note(column, f"'{text}' is not a body size.", advice)
        return size if size > 0 else None

    def _unit(self, analyte: Analyte | None, ordering: bool) -> str:
        unit = self._row["unit"]
        if analyte is not None and unit not in analyte.units and not (ordering and unit == ""):
            name = self._row["analyte"]
            found = f"'{unit}' is not a unit of '{name}'." if unit else "The unit is blank."
            self._note("unit", found, f"'{name}' is given in {' or '.join(analyte.units)}.")
        return unit

    def _printed(self, column: str, needed: bool) -> Printed | None:
        before = "" if column == "value" else "baseline_"
        known = len(self.problems)
        value, low, high = (self._number(name) for name in (column, f"{before}low", f"{before}high"))
        interval = self._chosen(f"{before}interval", INTERVALS, blank=True)
        if value is None:
            if len(self.problems) == known and needed:
                self._note(column, f"'{column}' is blank.", "Only a row with the statistic 'ordering' has no value.")
            elif len(self.problems) == known and before and (low is not None or high is not None or interval):
                found = "baseline_low, baseline_high or baseline_interval is given, but baseline is blank."
                self._note(column, found, "Give the baseline, or leave all of them blank.")
            return None
        if value <= 0:
            found = f"The {column} must be greater than zero, found '{self._row[column]}'."
            self._note(column, found, "Values are compared on the log scale.")
            return None
        if len(self.problems) == known:
            self._check_interval(value, low, high, interval, before)
        return Printed(value, low, high, interval) if len(self.problems) == known else None

    def _check_interval(self, value: float, low: float | None, high: float | None, interval: str, before: str) -> None:
        if not interval and (low is not None or high is not None):
            found = f"{before}low or {before}high is given, but {before}interval is blank."
            self._note(f"{before}low", found, f"Accepted: {', '.join(INTERVALS)}.")
        ends = {"low": low, "high": high}
        for name in (each for each in ends if interval in BOUNDS and ends[each] is not None):
            if ends[name] != value or name != ("low" if interval == "lower bound" else "high"):
                found = f"'{before}{name}' is {ends[name]:g}, but the value {value:g} is itself the {interval}."
                self._note(f"{before}{name}", found, "Leave the ends blank, or name the interval that they are the ends of.")
        if not interval or interval in BOUNDS:
            return
        if low is None or high is None:
            found = f"The interval '{interval}' needs both ends, found {'only one' if low != high else 'none'}."
            self._note(f"{before}interval", found, f"Give {before}low and {before}high.")
        elif low == high:
            self._note(f"{before}low", f"The interval must have a width, found {low:g} at both ends.")
        elif not low <= value <= high:
            self._note(f"{before}low", f"The interval from {low:g} to {high:g} does not contain the value {value:g}.")
        elif interval in ("SD", "SE") and abs(low + high - 2 * value) > ROUNDING * (high - low):
            found = f"The ends {low:g} and {high:g} are not as far below as above the value {value:g}."
            self._note(f"{before}low", found, f"The ends of an {interval} are the value minus and plus one {interval}.")

    def _time(self, analyte: Analyte | None, regimen: Regimen | None, ordering: bool) -> float | None:
        known = len(self.problems)
        time = self._number("time_h")
        if len(self.problems) > known or analyte is None:
            return None
        if time is None and not ordering and analyte.reading == "at":
            self._note("time_h", "The time is blank.", "Only a peak or an ordering may have no time.")
        elif time is None and not ordering and regimen is not None:
            time = float(max((dose.until for dose in regimen.written_out()), default=0))
            if time == 0:
                found = f"The time is blank, and the doses of '{self._row['regimen']}' last 0 h."
                self._note("time_h", found, "Give the time up to which the peak was looked for, in hours.")
                return None
        if time is not None and not 0 <= time <= self._horizon_h:
            found = f"The time {time:g} h lies outside the horizon, from 0 to {self._horizon_h:g} h."
            self._note("time_h", found, "Times are hours from the start: protocol day 8 is 168 h.")
        return time

    def _readings(self, analyte: Analyte | None, time_h: float | None) -> tuple[float, ...]:
        """Return the times at which a peak was read, in order and each once; none where the cell is blank."""
        text = self._row["readings_h"]
        if not text:
            return ()
        times = tuple(time for word in text.split() if (time := self._row.table.number(word)) is not None)
        if len(times) < len(text.split()):
            found = f"'{text}' is not a list of times."
            self._note("readings_h", found, "Give hours with a space between them, such as '24 72 168'.")
            return ()
        if analyte is not None and analyte.reading != "peak":
            self._note("readings_h", f"'{self._row['analyte']}' is read at one time.", "Only a peak has several readings.")
        elif time_h is not None and not all(0 <= time <= time_h for time in times):
            found = f"'{text}' has a time outside 0 to {time_h:g} h."
            self._note("readings_h", found, "A peak is the highest value from 0 h to 'time_h'.")
        return tuple(sorted(set(times)))

    def _baseline_spread(self, baseline: Printed | None, n: int | None, statistic: str) -> Spread | None:
        """Return the spread of the baseline, None where it has none on the log scale."""
        if baseline is None or n is None:
            return None
        return _spread(baseline, n, statistic)[0]

    def _observed(
        self,
        analyte: Analyte | None,
        unit: str,
        baseline: Printed | None,
        before: Spread | None,
        printed: Printed | None,
        n: int | None,
        statistic: str,
    ) -> Observed | None:
        """Return the value on the scale of the observable with its standard error; None for an ordering or with a problem."""
        known, assumed = len(self.problems), self._number("assumed_sd_log")
        if len(self.problems) > known:
            return None
        if assumed is not None and assumed <= 0:
            found = f"The assumed standard error must be greater than zero, found {assumed:g}."
            self._note("assumed_sd_log", found, "It is a standard error on the log scale.")
            return None
        if analyte is None or printed is None or n is None or statistic == "ordering":
            return None
        in_unit = analyte.fold and unit != "fold"
        if in_unit and unit in analyte.units and not self._row["baseline"]:
            found = f"'{self._row['analyte']}' in {unit} is compared as a fold of its baseline, which is blank."
            self._note("baseline", found, "Give the baseline, or the value as 'fold'.")
        own, why = (None, "") if assumed is not None else _spread(printed, n, statistic)
        if own is None and assumed is None:
            found = f"This row has neither a spread nor an assumed_sd_log{f' ({printed.interval}: {why})' if why else ''}."
            instead = "" if printed.interval in BOUNDS else "an interval, or "
            self._note("assumed_sd_log", found, f"Give {instead}the standard error on the log scale to use.")
            return None
        return observed(printed, baseline if in_unit else None, own, before, assumed)


def _spread(printed: Printed, n: int, statistic: str) -> tuple[Spread | None, str]:
    """Return the spread of a printed number on the log scale; where it has none, None and the reason ('' if none is printed)."""
    if not printed.interval or printed.interval in BOUNDS:
        return None, ""
    try:
        return spread_of(printed, n, median=statistic == "median"), ""
    except ValueError as error:
        return None, str(error)

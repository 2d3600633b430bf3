"""Responses: what a regimen was seen to do in a group of people, one outcome a row, ready to be fitted or checked.

The same columns hold the shipped numbers (`evidence/responses.csv`) and a user's own data.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from regimens.csvfile import read_table
from regimens.errors import InputFileError
from regimens.evidence.rows import RowReader
from regimens.evidence.spread import Printed
from regimens.regimen import Regimen
from regimens.subject import Subject

NEEDED = ("id", "study", "n", "regimen", "analyte", "time_h", "statistic", "value", "unit", "role")
"""Columns every table of responses has."""

COLUMNS = (
    "id", "study", "doi", "doi_verified", "year", "population", "n", "regimen", "weight_kg", "bsa_m2",
    "baseline", "baseline_low", "baseline_high", "baseline_interval", "analyte", "time_h", "time_words",
    "statistic", "value", "low", "high", "interval", "unit", "assumed_sd_log", "role", "shares_with",
    "how_read", "assumed", "note",
)  # fmt: skip
"""Columns a table of responses may have; those that are not needed are blank where they are left out."""

LONGEST_H = 104 * 168.0
"""The horizon of responses (h): two years, longer than any course of the shipped ones."""


@dataclass(frozen=True)
class Response:
    """One outcome of one group.

    `value`, `low` and `high` are on the scale of `observable` (a fold of the baseline where that is a fold); `printed` is the
    same as its source has it, in `unit`. An ordering is told in `note` and has no value to fit. `bound` is 'lower bound' or
    'upper bound' where the value is one, else ''. `se_log` is the standard error of the logarithm of `value`, and
    `se_words` says where it is from; `sd_log` is the spread between subjects where the source tells it. A baseline is the
    same statistic as the value, and `baseline_se_log` is the standard error of its logarithm. `reading` is 'at' or 'peak':
    at `time_h`, or the highest from 0 h to `time_h`. `shares_with` is the id of another row that has subjects of this one.
    `weight_kg` and `bsa_m2` are None for the typical body.
    """

    id: str
    study: str
    doi: str
    doi_verified: bool
    year: int | None
    population: str
    n: int
    regimen: Regimen
    weight_kg: Fraction | None
    bsa_m2: Fraction | None
    baseline: Printed | None
    baseline_se_log: float | None
    analyte: str
    observable: str
    reading: str
    time_h: float | None
    time_words: str
    statistic: str
    printed: Printed | None
    unit: str
    value: float | None
    low: float | None
    high: float | None
    bound: str
    sd_log: float | None
    se_log: float | None
    se_words: str
    role: str
    shares_with: str
    how_read: str
    assumed: str
    note: str
    line: int

    @property
    def independent(self) -> bool:
        """Whether the row is not said to share subjects with another (`shares_with`)."""
        return not self.shares_with

    @property
    def subject(self) -> Subject:
        """The body that doses per kg and per m2 meet: typical where the row gives no size."""
        typical = Subject()
        return Subject(self.weight_kg or typical.weight_kg, typical.height_cm, self.bsa_m2 or typical.bsa_m2)


def read_responses(path: str | Path, horizon_h: float = LONGEST_H) -> tuple[Response, ...]:
    """Read a table of responses; InputFileError with every bad row of the file, each with its line and column.

    Times lie in [0, `horizon_h`]; a peak without a time is read to one interval after the last dose.
    """
    table = read_table(path, NEEDED, COLUMNS)
    reader = RowReader(horizon_h)
    found = [reader.read(row) for row in table.rows]
    reader.check_shared(table.rows)
    if reader.problems:
        raise InputFileError(table.path, reader.problems, table.text)
    return tuple(Response(**fields) for fields in found)

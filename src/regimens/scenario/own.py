"""Observations of the user's own, as frozen values: of single subjects or of groups, in the units of the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from regimens.tables import column, table_of


@dataclass(frozen=True)
class OwnValue:
    """One value of one subject of an arm, `time_h` after the first moment, in most regimens the first dose.

    A subject of two arms (a crossover) has values in both, each from the first moment of its arm.
    """

    arm: str = column("arm")
    subject: str = column("who was measured, as the file says it; the same name in another file is another subject")
    observable: str = column("observable of the models")
    unit: str = column("unit of the value: that of the observable")
    time_h: float = column("elapsed time", "h")
    value: float = column("what was measured", "unit")
    file: str = column("file of the value; blank where it was given in Python", default="")


@dataclass(frozen=True)
class OwnGroup:
    """What a group of subjects of an arm had `time_h` after the first moment.

    `statistic` says what `middle` is, "mean" or "median"; `interval` what `low` and `high` are: "SD" and "SE" (the middle minus
    and plus one), "IQR", "CI95", "range", or "" where they are None.
    """

    arm: str = column("arm")
    observable: str = column("observable of the models")
    unit: str = column("unit of the value: that of the observable")
    time_h: float = column("elapsed time", "h")
    statistic: str = column("what the value of the group is: mean or median")
    middle: float = column("mean or median of the group", "unit")
    low: float | None = column("lower end of the interval; blank if there is none", "unit", default=None)
    high: float | None = column("upper end of it", "unit", default=None)
    interval: str = column("what the interval is: SD, SE (one either way), IQR, CI95, range, or blank", default="")
    n: int | None = column("subjects of the group; blank if it is not said", default=None)
    file: str = column("file of the group; blank where it was given in Python", default="")


OWN_VALUES = table_of("own_values", "value of a subject in the user's own data", OwnValue)
OWN_GROUPS = table_of("own_groups", "group and time in the user's own data", OwnGroup)


@dataclass(frozen=True)
class Layout:
    """How a file of observations is laid out, as a scenario says it.

    `time` is the unit of its times. `columns` has the names of columns that are not called by their own word; `observable`,
    `unit` and `interval` hold for all rows, "" where a column says them; `arms` and `observables` map what the file calls them
    to the names of the scenario.
    """

    time: str
    columns: Mapping[str, str] = field(default_factory=dict)
    observable: str = ""
    unit: str = ""
    interval: str = ""
    arms: Mapping[str, str] = field(default_factory=dict)
    observables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnData:
    """Observations of one file, or built in Python: values of subjects, or groups.

    >>> OwnData((OwnValue("daily", "1", "treg_fold", "1", 168.0, 2.1),)).values[0].value
    2.1

    `blank` rows have no value, and `before` rows lie before time 0, where no curve is: neither is among the rows.
    `unused` are columns that nothing is read from; `note` says how the cells were separated if not by commas; `file` is the
    file as the scenario names it, `path` and `digest` (SHA-256) are of the file. Data are equal if
    their rows, counts and `file` are.
    """

    values: tuple[OwnValue, ...] = field(default=(), repr=False)
    groups: tuple[OwnGroup, ...] = field(default=(), repr=False)
    blank: int = 0
    before: int = 0
    file: str = ""
    layout: Layout | None = field(default=None, repr=False, compare=False)
    unused: tuple[str, ...] = field(default=(), repr=False, compare=False)
    note: str = field(default="", repr=False, compare=False)
    path: str = field(default="", compare=False)
    digest: str = field(default="", repr=False, compare=False)

    @property
    def subjects(self) -> int:
        """How many subjects have values."""
        return len({row.subject for row in self.values})

"""Dialects of event tables: what NONMEM, mrgsolve, rxode2 and PKPDsim take the same columns to mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rule = Literal["nocb", "locf"]
"""Which record a covariate has its value from between two records: the next one (nocb), or the last one (locf)."""


@dataclass(frozen=True)
class Dialect:
    """Where programs differ in how they read a table. `program` is the name as its makers write it.

    `duration` is whether the column DUR is the duration of an infusion. `other_events` are (EVID, meaning) of events beyond 0 to
    4 that the program knows and that are not read. `repeats` is whether it knows resets (EVID 3, 4), SS, II and ADDL; without
    them every dose has a row. `additional_first` is whether an additional dose acts before an observation at its time; doses with
    a row act in the order of rows in every dialect. `cancels` is whether a reset, or SS = 1, is documented to end the additional
    doses of rows before it. `ends` is whether an exported table has a row at its end, since additional doses after the last row
    would not be given. `covariates` is the rule for covariates that change.
    """

    name: str
    program: str
    duration: bool = False
    other_events: tuple[tuple[int, str], ...] = ()
    repeats: bool = True
    additional_first: bool = True
    cancels: bool = False
    ends: bool = True
    covariates: Rule = "nocb"


NONMEM = Dialect("nonmem", "NONMEM", cancels=True)
MRGSOLVE = Dialect("mrgsolve", "mrgsolve", other_events=((8, "replaces the amount in a compartment"),))
RXODE2 = Dialect(
    "rxode2",
    "rxode2",
    duration=True,
    other_events=(
        (5, "replaces the amount in a compartment"),
        (6, "multiplies the amount in a compartment"),
        (7, "is a dose of a transit model"),
    ),
    covariates="locf",
)
PKPDSIM = Dialect("pkpdsim", "PKPDsim", repeats=False, ends=False, covariates="locf")

DIALECTS = {dialect.name: dialect for dialect in (NONMEM, MRGSOLVE, RXODE2, PKPDSIM)}
"""The dialects by name."""

"""Responses: one published outcome of one group of people under one regimen, ready to be fitted or checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.subject import Subject

if TYPE_CHECKING:
    from regimens.evidence.spread import Printed, Spread
    from regimens.regimen import Regimen


@dataclass(frozen=True)
class Analyte:
    """What was measured, and the observable of the models that it is compared with.

    `unit` is the unit in which sources print it. If `fold` is true the observable is a fold of the baseline: a value printed
    as 'fold' is used unchanged, a value in `unit` is divided by the baseline of its row. `reading` is 'at' (the value at one
    time) or 'peak' (the highest value from 0 h to that time).
    """

    observable: str
    unit: str
    fold: bool = False
    reading: str = "at"

    @property
    def units(self) -> tuple[str, ...]:
        """The units in which a value may be given."""
        return tuple(dict.fromkeys((self.unit, "fold"))) if self.fold else (self.unit,)


ANALYTES = {
    "Treg fold": Analyte("treg_fold", "fold", fold=True),
    "Treg fold peak": Analyte("treg_fold", "fold", fold=True, reading="peak"),
    "Treg count": Analyte("treg", "cells/uL"),
    "Treg share of CD4": Analyte("treg_share_fold", "%", fold=True),
    "Treg share peak": Analyte("treg_share_fold", "%", fold=True, reading="peak"),
    "Treg CD25 fold": Analyte("cd25_fold", "fold", fold=True),
    "CD25hi share of Treg": Analyte("cd25hi_fraction_fold", "%", fold=True),
    "Th17 count": Analyte("th17_fold", "cells/uL", fold=True),
    "Th17/Treg ratio": Analyte("th17_treg_ratio_fold", "ratio", fold=True),
    "NK fold": Analyte("nk_fold", "fold", fold=True),
    "NK count": Analyte("nk_fold", "cells/uL", fold=True),
    "serum IL-2 peak": Analyte("serum_il2", "IU/mL", reading="peak"),
    "tocilizumab Cmax": Analyte("tocilizumab", "ug/mL", reading="peak"),
}
"""Every analyte that a response may have."""


@dataclass(frozen=True)
class Response:
    """One outcome of one group.

    `printed` is the value as its source prints it, in `unit`; `value`, `low` and `high` are the same on the scale of
    `observable`, that is, divided by the baseline where the observable is a fold. An ordering has no value; its `note` says
    what was found. `bound` is 'lower bound' or 'upper bound' if the value is one, else ''. `se_log` is the standard error of
    the logarithm of `value` and `se_words` its derivation; `sd_log` is the standard deviation of the logarithm between
    subjects, where the source gives it. `baseline` is the same statistic before treatment and `baseline_spread` its spread on
    the log scale, None where it has none. `reading` is 'at' or 'peak': the value at `time_h`, or the highest from 0 h to it.
    `centre` is the centre of a study where several studies of this table come from it, else ''.
    `readings_h` are the times at which a peak was looked for; without them it is that of the curve itself.
    `shares_with` is the id of another row with some of the same subjects. `group` is the group of patients, for null
    models that predict from rows of the same group. `seen_by` says what of the models has used the row beside its role.
    `weight_kg` and `bsa_m2` are None for the typical body.
    """

    id: str
    study: str
    centre: str
    doi: str
    doi_verified: bool
    year: int | None
    population: str
    n: int
    regimen: Regimen
    weight_kg: Fraction | None
    bsa_m2: Fraction | None
    baseline: Printed | None
    baseline_spread: Spread | None
    analyte: str
    observable: str
    reading: str
    time_h: float | None
    time_words: str
    readings_h: tuple[float, ...]
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
    group: str
    seen_by: str
    how_read: str
    assumed: str
    note: str
    line: int

    @property
    def source(self) -> str:
        """The centre or, where none is given, the study: what rows that resemble each other have in common."""
        return self.centre or self.study

    @property
    def independent(self) -> bool:
        """Whether the row shares no subjects with another row, as far as `shares_with` says."""
        return not self.shares_with

    @property
    def subject(self) -> Subject:
        """The body that doses per kg and per m2 are multiplied by: typical where the row gives no size."""
        typical = Subject()
        return Subject(self.weight_kg or typical.weight_kg, typical.height_cm, self.bsa_m2 or typical.bsa_m2)

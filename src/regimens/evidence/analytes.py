"""What was measured, as a closed list, and which observable of the models it is held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Analyte:
    """An analyte of a response.

    `observable` is its name in the models; `unit` is how it is printed. Where `fold` is true the observable is a fold of
    the baseline: a value printed as 'fold' is taken as it stands, one in `unit` is divided by the baseline of its row.
    `reading` says whether the observable is read 'at' a time or as its 'peak' from 0 h to that time.
    """

    observable: str
    unit: str
    fold: bool = False
    reading: str = "at"

    @property
    def units(self) -> tuple[str, ...]:
        """The units a value may be printed in."""
        return tuple(dict.fromkeys((self.unit, "fold"))) if self.fold else (self.unit,)


ANALYTES = {
    "Treg fold": Analyte("treg_fold", "fold", fold=True),
    "Treg fold peak": Analyte("treg_fold", "fold", fold=True, reading="peak"),
    "Treg count": Analyte("treg", "cells/uL"),
    "Treg share of CD4": Analyte("treg_fold", "%", fold=True),
    "Treg CD25 fold": Analyte("cd25_fold", "fold", fold=True),
    "CD25hi share of Treg": Analyte("cd25hi_fraction_fold", "%", fold=True),
    "Th17 count": Analyte("th17_fold", "cells/uL", fold=True),
    "Th17/Treg ratio": Analyte("th17_treg_ratio_fold", "ratio", fold=True),
    "NK fold": Analyte("nk_fold", "fold", fold=True),
    "NK count": Analyte("nk_fold", "cells/uL", fold=True),
    "serum IL-2 peak": Analyte("serum_il2", "IU/mL", reading="peak"),
    "tocilizumab Cmax": Analyte("tocilizumab", "ug/mL", reading="peak"),
}
"""Every analyte a response may have."""

"""Drugs: their names, their routes, the units of their amounts, and what the IU of a drug weigh.

A drug is a name: `il2` is IL-2 (aldesleukin), dosed in IU; amounts of every other drug are in mg. Tables and pages show
IU in MIU (`display_unit`). The drug whose cycles count, and whose total is named first, is `leading`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

IL2 = "il2"
UNNAMED = "drug"
"""Name of the drug of a regimen in mg that names none."""

ROUTES = ("SC", "IV", "IM", "PO", "inhaled")
"""Ways in which a dose is given: subcutaneous, intravenous, intramuscular, by mouth, inhaled."""

_LABELS = {IL2: "IL-2"}
_DISPLAY_UNITS = {"IU": ("MIU", 1_000_000), "mg": ("mg", 1)}


@dataclass(frozen=True)
class SpecificActivity:
    """Conversion of the IU of one drug to mass: `iu_per_mg`, the molar mass `dalton` (g/mol), and the source of both."""

    iu_per_mg: Fraction
    dalton: Fraction
    source: str

    def ug(self, iu: Fraction) -> Fraction:
        """Mass of `iu` in ug."""
        return iu / self.iu_per_mg * 1000

    def nmol(self, iu: Fraction) -> Fraction:
        """Amount of substance of `iu` in nmol."""
        return self.ug(iu) * 1000 / self.dalton


SPECIFIC_ACTIVITY = {
    IL2: SpecificActivity(
        Fraction(18_000_000) / Fraction("1.1"), Fraction(15_300), "aldesleukin label: 18 MIU per 1.1 mg, about 15.3 kDa"
    )
}
"""Drug -> its declared specific activity."""


def label(drug: str) -> str:
    """Return the drug's name as prose writes it: 'il2' is 'IL-2', any other name stays."""
    return _LABELS.get(drug, drug)


def unit_of(drug: str) -> str:
    """Return the canonical unit in which models and tables count a drug: 'IU' for IL-2, 'mg' for every other drug."""
    return "IU" if drug == IL2 else "mg"


def display_unit(unit: str) -> tuple[str, int]:
    """Return the unit in which amounts of a canonical unit are shown, and its size in that: ('MIU', 1000000) or ('mg', 1)."""
    return _DISPLAY_UNITS[unit]


def leading(drugs: Iterable[str]) -> str | None:
    """Return the drug whose cycles count and whose total is named first: IL-2, else the first by name; None of no drugs."""
    return min(drugs, key=lambda drug: (drug != IL2, drug), default=None)

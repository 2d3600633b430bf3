"""The drug and the amount of an exposure row, and the total of a day beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import IL2, unit_of
from regimens.errors import UnitError, did_you_mean
from regimens.exposurerows.terms import UNIT_TERMS, drug_of_treatment, unit_of_term
from regimens.units import REFUSED_AMOUNTS, decimal_text, exact

if TYPE_CHECKING:
    from regimens.exposurerows.cells import Cells


def drug_of(cells: Cells, drug: str | Mapping[str, str] | None) -> str:
    """Return the drug of a row, '' after noting that it is not known."""
    treatment = cells["EXTRT"]
    if isinstance(drug, str):
        return drug
    if drug is not None and treatment not in drug:
        cells.refuse("EXTRT", f"Nothing says which drug '{treatment}' is.", did_you_mean(treatment, drug))
    name = drug_of_treatment(treatment) if drug is None else drug.get(treatment, "")
    if not treatment:
        cells.refuse("EXTRT", "The treatment is blank.", "Every row names its EXTRT.")
    return name


def amount_of(cells: Cells, drug: str, named: bool) -> tuple[Fraction | None, str]:
    """Return the amount in IU or mg and its basis; `named` says that EXTRT alone names the drug."""
    if not cells["EXDOSE"]:
        cells.leave_open("EXDOSE", "The amount is not known.")
        return None, ""
    number = _number(cells, "EXDOSE")
    found = unit_of_term(cells["EXDOSU"])
    if found is None:
        cells.refuse("EXDOSU", f"Unknown unit '{cells['EXDOSU']}'.", _unit_advice(cells["EXDOSU"]))
        return None, ""
    unit, size, basis = found
    if drug and unit != unit_of(drug):
        advice = f"IL-2 is dosed in IU and other drugs in mg: {drug} in {unit_of(drug)}."
        if named and unit == unit_of(IL2):
            advice += f" If {cells['EXTRT']} is IL-2, read with drug={{{cells['EXTRT']!r}: '{IL2}'}}."
        cells.refuse("EXDOSU", f"An amount of {drug} in '{cells['EXDOSU']}'.", advice)
    return (None if number is None else number * size), basis


def _unit_advice(term: str) -> str:
    stem = term.partition("/")[0]
    known = f"Known: {', '.join(UNIT_TERMS)}, each also with '/kg' or '/m2'."
    alike = [unit for unit in UNIT_TERMS if unit.lower() == stem.lower()]
    meant = [f"Did you mean '{alike[0]}'?"] if alike and alike[0] != stem else []
    return " ".join([*([REFUSED_AMOUNTS[stem]] if stem in REFUSED_AMOUNTS else meant), known])


def _number(cells: Cells, column: str) -> Fraction | None:
    text = cells.row.decimal(cells.name(column))
    if text is None or text.startswith("-"):
        cells.refuse(column, f"'{cells[column]}' is no amount.", "An amount is a number of 0 or more.")
        return None
    try:
        return exact(text, "amount")
    except UnitError as error:
        cells.refuse(column, error.message, error.advice)
        return None


def check_total(cells: Cells, every: int | None) -> None:
    """Note an EXDOSTOT, the total of a day, that is more than 1 % from the doses of a day at this frequency."""
    total = _number(cells, "EXDOSTOT") if cells["EXDOSTOT"] else None
    dose = _number(cells, "EXDOSE") if total is not None and not (cells.missing or cells.faults) else None
    if total is None or dose is None:
        return
    doses = Fraction(24, every) if every is not None and every < 24 else Fraction(1)
    least, most = dose * math.floor(doses), dose * math.ceil(doses)
    if not least * Fraction(99, 100) <= total <= most * Fraction(101, 100):
        gives = decimal_text(least) + (f" to {decimal_text(most)}" if most > least else "")
        said = f"The total of a day is '{cells['EXDOSTOT']}', but '{cells['EXDOSE']}' {cells['EXDOSFRQ']} gives {gives}."
        cells.leave_open("EXDOSTOT", said)

"""The words of exposure rows: the closed tables of CDISC's controlled terms for frequency, route and unit that are understood.

Source: CDISC SDTM Controlled Terminology, codelists FREQ, ROUTE and UNIT.
"""

from __future__ import annotations

import re
from fractions import Fraction

from regimens.drugs import IL2, ROUTES

ONCE = "ONCE"

INTERVALS = {
    "QD": 24, "BID": 12, "TID": 8, "QID": 6, "QOD": 48, "QH": 1, "EVERY WEEK": 168, "QW": 168, "EVERY 2 WEEKS": 336,
}  # fmt: skip
"""EXDOSFRQ -> hours between doses. BID, TID and QID are taken as equally spaced over the day."""

_EVERY = re.compile(r"(?:Q(?P<count>[1-9][0-9]*)(?P<unit>[HDW])|EVERY (?P<number>[1-9][0-9]*) (?P<word>HOUR|DAY|WEEK)S?)")
_HOURS = {"H": 1, "D": 24, "W": 168}

NO_INTERVAL = {
    "PRN": "is given as needed, so its doses are not known",
    "QM": "has no fixed length",
    "EVERY MONTH": "has no fixed length",
    "BIW": "does not say on which days",
    "TIW": "does not say on which days",
    "2 TIMES PER WEEK": "does not say on which days",
    "3 TIMES PER WEEK": "does not say on which days",
    "4 TIMES PER WEEK": "does not say on which days",
    "5 TIMES PER WEEK": "does not say on which days",
}
"""EXDOSFRQ that fixes no times of doses -> why."""

WRITTEN = {
    2: "Q2H", 4: "Q4H", 6: "Q6H", 8: "Q8H", 12: "Q12H", 24: "QD", 48: "QOD", 168: "QW", 336: "Q2W", 504: "Q3W", 672: "Q4W",
}  # fmt: skip
"""Hours between doses -> the EXDOSFRQ that is written for them."""

ROUTE_TERMS = {
    "SUBCUTANEOUS": "SC",
    "INTRAVENOUS": "IV",
    "INTRAMUSCULAR": "IM",
    "ORAL": "PO",
    "RESPIRATORY (INHALATION)": "inhaled",
    "INTRAVENOUS BOLUS": "IV",
    "INTRAVENOUS DRIP": "IV",
}
"""EXROUTE -> route."""

DRIP = "INTRAVENOUS DRIP"

INFUSED = ("INTRAVENOUS", DRIP)
"""EXROUTE of a dose that is an infusion where it ends later than it starts."""

TERM_OF_ROUTE = {route: next(term for term, known in ROUTE_TERMS.items() if known == route) for route in ROUTES}
"""Route -> the EXROUTE that is written for it."""

UNIT_TERMS = {
    "IU": ("IU", Fraction(1)),
    "kIU": ("IU", Fraction(1_000)),
    "10^3 IU": ("IU", Fraction(1_000)),
    "MIU": ("IU", Fraction(1_000_000)),
    "10^6 IU": ("IU", Fraction(1_000_000)),
    "ug": ("mg", Fraction(1, 1_000)),
    "mg": ("mg", Fraction(1)),
    "g": ("mg", Fraction(1_000)),
}
"""EXDOSU before '/kg' or '/m2' -> unit, and its size in it. They are told apart by case: mIU is a thousandth of an IU."""

BASIS_TERMS = {"": "flat", "/kg": "per kg", "/m2": "per m2"}
"""What ends an EXDOSU -> the basis of the amount."""

IL2_NAMES = ("il2", "il-2", "interleukin-2", "aldesleukin")
"""EXTRT in lower case that means IL-2."""


def interval_h(term: str) -> int | None:
    """Return the hours between doses of an EXDOSFRQ, None for a term that is not understood."""
    if term in INTERVALS:
        return INTERVALS[term]
    match = _EVERY.fullmatch(term)
    if match is None:
        return None
    count, unit = match["count"] or match["number"], match["unit"] or match["word"][0]
    return int(count) * _HOURS[unit]


def unit_of_term(term: str) -> tuple[str, Fraction, str] | None:
    """Return (unit, size, basis) of an EXDOSU, None for a term that is not understood."""
    stem, slash, size = term.partition("/")
    basis = BASIS_TERMS.get(slash + size)
    return None if stem not in UNIT_TERMS or basis is None else (*UNIT_TERMS[stem], basis)


def drug_of_treatment(treatment: str) -> str:
    """Return the drug that an EXTRT names: its words in lower case, joined by '_'; 'il2' for the names of IL-2."""
    name = treatment.strip().lower()
    return IL2 if name in IL2_NAMES else re.sub(r"\W+", "_", name).strip("_")

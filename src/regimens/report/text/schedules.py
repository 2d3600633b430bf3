"""Sentences on doses: totals, the largest dose, and what the audit of the totals found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.drugs import label, unit_of
from regimens.figures.marks import largest

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.figures.view import View
    from regimens.regimen import DoseEvents
    from regimens.study.rows import Start
    from regimens.subject import Subject

DOSE_HEADS = ("Drug", "Cycle", "Doses", "Amount per dose", "First dose, day", "Last dose, day")
DOSES_CAPTION = "Doses by arm, drug and cycle; the first dose of a comparison is on day 0"
MATCHES, DIFFERS, UNSTATED = "matches", "differs", "nothing stated"
_PER = {"per kg": "/kg", "per m2": "/m²"}


def amounts(events: DoseEvents, rows: np.ndarray) -> str:
    """Return the different amounts of some doses, in order of use, with their basis and route."""
    found = dict.fromkeys(
        (events.drug[row], float(events.amount[row]), events.basis[row], events.route[row]) for row in np.flatnonzero(rows)
    )
    return ", ".join(f"{wording.amount(a, unit_of(drug))}{_PER.get(basis, '')} {route}" for drug, a, basis, route in found)


def how_to_read(view: View) -> str:
    """Return how to read the schedules: the largest dose of each drug, and what is shaded."""
    if not view.drugs:
        return ""
    found = [f"{wording.amount(round(v, 6), unit_of(drug))} of {label(drug)}" for drug, v in largest(view).items()]
    shaded = any(max((cycle for doses in look.doses for cycle, _ in doses.cycles), default=1) > 1 for look in view.arms)
    said = f"One stroke a dose, taller for more; the largest is {wording.listing(found)}."
    return said + (" Cycles are shaded and numbered." if shaded else "")


def reference(subject: Subject) -> str:
    """Return what the totals of the audit are sums of, and for whom."""
    size = f"{wording.exact(subject.weight_kg)} kg and {wording.number(float(subject.bsa_m2))} m²"
    return f"Totals are exact sums of the doses written out, for a subject of {size}."


def starts(rows: Sequence[Start]) -> list[str]:
    """Return a sentence for every arm and model that starts at steady state, and one on what its doses count for."""
    said = [_start(row) for row in rows]
    return [*said, BEFORE_DAY_0] if said else []


def _start(row: Start) -> str:
    whose = f"{wording.under(row.arm, row.model)}: on day 0 at steady state of {row.repeated}"
    if not row.subjects:
        return f"{whose}, which no subject has."
    found = "solved exactly" if not row.most else f"found in {row.median:g} intervals (median; at most {row.most})"
    one_typical = row.subjects + row.without == 1
    if row.most and one_typical:
        found = f"found in {wording.count(row.most, 'interval')}"
    missing = f"; {wording.count(row.without, 'subject has', 'subjects have')} none" if row.without else ""
    return f"{whose}, {found}{missing}."


BEFORE_DAY_0 = "Doses before a start at steady state lie before day 0 and are not counted."

EXPOSURE_HEADS = ("Doses", "Total", "/ week", "7 days", "Last day", "On / off")
DRUG, EXPECTED, NO_DOSE = "Drug", "Expected", "no dose"


def exposure_title(subject: Subject) -> str:
    """Return the title of the table of the exposure in a terminal."""
    return f"Exposure at {float(subject.weight_kg):g} kg, {float(subject.bsa_m2):g} m2"


def expected(row: DrugExposure) -> str:
    """Return whether the totals in a terminal are as expected."""
    return "-" if row.expected is None else "differs" if row.differences else "found"


def audited(checked: int, unstated: int, wrong: Sequence[str]) -> str:
    """Return what the audit found: how many stated totals were checked, how many are not stated, which arms differ."""
    if wrong:
        said = f"{wording.sentence(wording.count(len(wrong), 'total differs', 'totals differ'))[:-1]} from what was expected: "
        said += wording.listing(wrong) + "."
    elif checked:
        all_of_them = {1: "The stated total matches", 2: "Both stated totals match"}
        said = all_of_them.get(checked, f"All {wording.count(checked, 'stated total')} match")
        said += " the doses written out, exactly."
    else:
        said = "The scenario states no totals to check the doses against."
    if unstated and checked:
        said += f" For {wording.count(unstated, 'further total')} the scenario states none."
    return said

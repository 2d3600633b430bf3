"""Writing a regimen as exposure rows (SDTM EX): courses as constant-dosing intervals where a term says them exactly.

What the rows cannot say: a cap or a step (amounts with one are written as the subject of that size gets them), the time before
the first dose, a start at steady state, times finer than a second, and drugs other than IL-2 in IU. An infusion is a row of its
own, from its start to its end, with its EXDUR.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import IL2, unit_of
from regimens.errors import RegimenError
from regimens.exposurerows.terms import BASIS_TERMS, ONCE, TERM_OF_ROUTE, WRITTEN
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.regimen import Amount, Regimen
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Subject

COLUMNS = (
    "DOMAIN", "USUBJID", "EXSEQ", "EXGRPID", "EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXROUTE", "EXSTDTC", "EXENDTC",
    "EXDUR",
)  # fmt: skip
"""Columns of the rows that are written. EXGRPID is 'CYCLE n' where a drug has several cycles; EXDUR is an infusion's."""

_END_OF = {basis: end for end, basis in BASIS_TERMS.items()}


def exposure_rows(regimen: Regimen, first: date, name: str, subject: Subject) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a regimen in the order of `COLUMNS`; `first` is the date of 0 h, `name` is the USUBJID.

    Dates have times of day where any dose lies within a day or is infused. RegimenError for what rows cannot say.
    """
    planned = regimen.written_out()
    if regimen.start is not None:
        raise RegimenError("Exposure rows cannot say a start at steady state.", "They say the doses of each date.")
    for dose in planned:
        _check(dose)
    timed = any(dose.start % 24 or dose.dose.duration for dose in planned)
    several = {dose.drug for dose in planned if dose.cycle > 1}
    runs = sorted(_runs(planned), key=lambda run: (run[0].start, run[0].drug))
    for number, run in enumerate(runs, 1):
        dose = run[0]
        value, unit = _amount(dose.dose.amount, subject)
        end = run[-1].start + dose.dose.duration
        try:
            start_text, end_text = (_moment(at, first, timed) for at in (dose.start, end))
        except OverflowError:
            raise RegimenError(f"From {first.isoformat()} on, the regimen runs beyond the year 9999.") from None
        yield (
            "EX",
            name,
            str(number),
            f"CYCLE {dose.cycle}" if dose.drug in several else "",
            "ALDESLEUKIN" if dose.drug == IL2 else dose.drug.upper(),
            value,
            unit,
            ONCE if len(run) == 1 else WRITTEN[int(run[1].start - run[0].start)],
            TERM_OF_ROUTE[dose.dose.route],
            start_text,
            end_text,
            _duration(dose.dose.duration),
        )


def limited(regimen: Regimen) -> bool:
    """Return whether any amount has a cap or a step, which rows cannot say."""
    return any(dose.dose.amount.cap is not None or dose.dose.amount.step is not None for dose in regimen.written_out())


def _check(dose: PlannedDose) -> None:
    if dose.dose.amount.unit != unit_of(dose.drug):
        raise RegimenError(f"Exposure rows cannot say doses of {dose.drug} in IU.", "Only IL-2 is dosed in IU.")
    for hours in (dose.start, dose.dose.duration):
        if hours * 3600 % 1:
            raise RegimenError(
                f"Exposure rows cannot say {decimal_text(hours)} h: a time of {dose.drug} is no whole number of seconds."
            )


def _runs(planned: Sequence[PlannedDose]) -> Iterator[list[PlannedDose]]:
    """Yield the doses in runs: equal boluses of one drug and cycle at an interval that has a term; else each alone."""
    for drug in dict.fromkeys(dose.drug for dose in planned):
        run: list[PlannedDose] = []
        for dose in (dose for dose in planned if dose.drug == drug):
            if run and not _goes_on(run, dose):
                yield run
                run = []
            run.append(dose)
        yield run


def _goes_on(run: Sequence[PlannedDose], dose: PlannedDose) -> bool:
    gap = dose.start - run[-1].start
    same = dose.dose == run[0].dose and dose.cycle == run[0].cycle and dose.dose.over is None
    return same and gap in WRITTEN and (len(run) == 1 or gap == run[1].start - run[0].start)


def _amount(amount: Amount, subject: Subject) -> tuple[str, str]:
    """Return EXDOSE and EXDOSU; an amount with a cap or a step as the subject gets it."""
    if amount.cap is not None or amount.step is not None:
        return _number(amount.for_size(subject.weight_kg, subject.bsa_m2)), amount.unit
    return _number(amount.value), amount.unit + _END_OF[amount.basis]


def _number(value: Fraction) -> str:
    text = decimal_text(value)
    return repr(float(value)) if "/" in text else text


def _duration(hours: Fraction) -> str:
    """Return an EXDUR ('PT1H30M'), '' for a bolus."""
    minutes, seconds = divmod(int(hours * 3600), 60)
    parts = zip((minutes // 60, minutes % 60, seconds), "HMS", strict=True)
    said = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"PT{said}" if said else ""


def _moment(hours: Fraction, first: date, timed: bool) -> str:
    at = datetime.combine(first, time()) + timedelta(seconds=int(hours * 3600))
    return at.isoformat(timespec="seconds") if timed else at.date().isoformat()

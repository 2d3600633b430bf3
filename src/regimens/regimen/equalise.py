"""Equalising: the same schedule with another total of IL-2, reached by its amounts, its numbers of doses or its intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from regimens.drugs import IL2
from regimens.errors import RegimenError
from regimens.regimen.parts import AtSteadyState, Course, Cycle, Dose, Part, Rest, Weekly
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.regimen import Regimen
from regimens.subject import Subject
from regimens.units import duration_text

TYPICAL = Subject()


@dataclass(frozen=True)
class Equalised:
    """A regimen brought to a total of IL-2: `lever` (what was changed) went from `before` to `after`, in words.

    `factor` is target / planned; `planned`, `target` and `total` are IU in the subject: before, wanted, and reached.
    `total` differs from `target` where something had to be rounded.
    """

    regimen: Regimen
    lever: str
    before: str
    after: str
    factor: Fraction
    planned: Fraction
    target: Fraction
    total: Fraction


def equalise(regimen: Regimen, total: Amount, by: str, step: Amount | None = None, subject: Subject = TYPICAL) -> Equalised:
    """Return the regimen with IL-2 brought to `total` (a flat amount in IU) in a subject; other drugs stay as they are.

    `by` is 'amount' (every amount and its cap times the factor; with `step` everybody gets a multiple of it: a flat amount is
    rounded to the nearest one, never to 0, and an amount per m2 or per kg is rounded so for each person),
    'doses' (the number of doses of every course times the factor, whole and at least 1, at the same interval) or 'interval'
    (as 'doses', but in the same span of every course: intervals become as many whole hours as fit, and what is left of the
    span is a rest). Rests keep their length, and a start at steady state its dose. RegimenError where a regimen has no IL-2 or
    cannot be changed that way.
    """
    if by not in _LEVERS:
        raise RegimenError(f"Unknown way to equalise a total: '{by}'.", f"Known: {', '.join(_LEVERS)}.")
    if total.unit != "IU" or total.basis != "flat":
        raise RegimenError(f"'{total}' cannot be a total of IL-2.", "A total is a flat amount in IU or MIU.")
    if step is not None and (by != "amount" or step.unit != "IU" or step.basis != "flat"):
        raise RegimenError(f"A step of '{step}' does not fit '{by}'.", "A step is a flat amount in IU or MIU, for 'amount' only.")
    plans = dict(regimen.plans)
    if IL2 not in plans:
        raise RegimenError("The regimen gives no IL-2.", "Only regimens with IL-2 have a total to equalise.")
    planned = il2_total(regimen, subject)
    factor = total.value / planned
    lever, change, words = _LEVERS[by]
    plans[IL2] = tuple(_changed(plans[IL2], lambda part: change(part, factor, step)))
    made = Regimen(**plans)
    before, after = (", ".join(dict.fromkeys(map(words, _given(dict(r.plans)[IL2])))) for r in (regimen, made))
    return Equalised(made, lever, before, after, factor, planned, total.value, il2_total(made, subject))


def il2_total(regimen: Regimen, subject: Subject = TYPICAL) -> Fraction:
    """Return the IL-2 (IU) of the whole regimen in a subject, exactly; rests may still be ranges."""
    return _total(dict(regimen.plans).get(IL2, ()), subject)


def _total(parts: Iterable[Part], subject: Subject) -> Fraction:
    total = Fraction(0)
    for part in parts:
        if isinstance(part, Cycle):
            total += part.repeats * _total(part.parts, subject)
        elif not isinstance(part, Rest | AtSteadyState):
            dose, count = (part, 1) if isinstance(part, Dose) else (part.dose, part.doses)
            total += count * dose.amount.for_size(subject.weight_kg, subject.bsa_m2)
    return total


def _given(parts: Iterable[Part]) -> Iterator[Dose | Course]:
    for part in parts:
        if isinstance(part, Cycle):
            yield from _given(part.parts)
        elif not isinstance(part, Rest | AtSteadyState):
            yield part


def _changed(parts: Iterable[Part], change: Callable[[Dose | Course], Sequence[Part]]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Cycle):
            yield Cycle(*_changed(part.parts, change), repeats=part.repeats)
        elif isinstance(part, Rest | AtSteadyState):
            yield part
        else:
            yield from change(part)


def _by_amount(part: Dose | Course, factor: Fraction, step: Amount | None) -> Sequence[Part]:
    dose = part if isinstance(part, Dose) else part.dose
    dose = replace(dose, amount=_scaled(dose.amount, factor, None if step is None else step.value))
    return (dose if isinstance(part, Dose) else Course(dose, part.every, part.doses),)


def _scaled(amount: Amount, factor: Fraction, step: Fraction | None) -> Amount:
    """Return an amount and its cap times a factor; a person's dose becomes a multiple of `step`, or stays one of its own step."""
    value, cap = amount.value * factor, None if amount.cap is None else amount.cap * factor
    if amount.basis == "flat":
        return replace(amount, value=value if step is None else step * _rounded(value / step))
    step = amount.step if step is None else step
    # A cap is a flat amount, which a syringe gives in steps too.
    return replace(amount, value=value, cap=cap if cap is None or step is None else step * _rounded(cap / step), step=step)


def _by_doses(part: Dose | Course, factor: Fraction, step: Amount | None) -> Sequence[Part]:
    course = _course(part)
    return (Course(course.dose, course.every, _rounded(course.doses * factor)),)


def _by_interval(part: Dose | Course, factor: Fraction, step: Amount | None) -> Sequence[Part]:
    course = _course(part)
    if isinstance(course.every, Weekly):
        raise RegimenError(
            f"Doses on days {', '.join(map(str, course.every.days))} of each week have no one interval to change.",
            "Equalise by amount or by doses.",
        )
    doses = _rounded(course.doses * factor)
    if doses == course.doses:
        return (course,)
    whole = course.length / doses // 1
    if whole < 1:
        raise RegimenError(
            f"{doses} doses in {Duration(course.length)} would come less than 1 h apart.", "Equalise by amount or by doses."
        )
    made = Course(course.dose, Duration(Fraction(whole)), doses)
    left = course.length - made.length
    return (made, Rest(Duration(left))) if left else (made,)


def _course(part: Dose | Course) -> Course:
    if isinstance(part, Dose):
        raise RegimenError("A dose given once has no interval at which more doses could follow.", "Equalise by amount.")
    return part


def _rounded(value: Fraction) -> int:
    """Return the nearest whole number, halves up, at least 1."""
    return max(1, int((value + Fraction(1, 2)) // 1))


def _amount_words(part: Dose | Course) -> str:
    return str(part.amount if isinstance(part, Dose) else part.dose.amount)


def _doses_words(part: Dose | Course) -> str:
    return str(1 if isinstance(part, Dose) else part.doses)


def _interval_words(part: Dose | Course) -> str:
    return duration_text(_course(part).shortest_interval)


_LEVERS = {
    "amount": ("amount", _by_amount, _amount_words),
    "doses": ("doses a course", _by_doses, _doses_words),
    "interval": ("interval", _by_interval, _interval_words),
}
"""Way to equalise -> what it changes in words, how it changes a part, and how a part's share of that reads."""

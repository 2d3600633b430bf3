"""Arms as a JSON file for other programs: words, parts, dose events and totals, with every number exact; and read back.

Numbers are text: decimals ('0.25'), or fractions where they are no decimal ('1/3'). Times are in hours, amounts in IU or mg. The
keys are those of the shapes below; `schema/arms.json` is their JSON Schema.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from regimens.errors import InputFileError, Problem, RegimenError
from regimens.exposure import Arm, exposure_of
from regimens.regimen import Amount, AtSteadyState, Course, Cycle, Dose, DoseEvents, Duration, Regimen, Rest, Weekly
from regimens.subject import Subject
from regimens.textfile import read_text
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.regimen.parts import Part
    from regimens.regimen.planned import PlannedDose

LARGEST = 200_000_000
"""Bytes of the largest file that is read."""

Exact = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$", description="An exact number of 0 or more.")]
Unit = Literal["IU", "mg"]


class Shape(BaseModel):
    """Base of the shapes: unknown keys and other types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AmountShape(Shape):
    """How much: `value` in `unit`, 'flat', 'per m2' or 'per kg'; at most `max`, in multiples of `step`."""

    value: Exact
    unit: Unit
    basis: str
    max: Exact | None = None
    step: Exact | None = None


class DoseShape(Shape):
    """One administration; `over_h` is the infusion time, null for a bolus."""

    kind: Literal["dose"] = "dose"
    amount: AmountShape
    route: str
    over_h: Exact | None = None


class CourseShape(Shape):
    """Equal doses, every `every_h` hours or on `days` of each week (the first is 0).

    A course lasts doses x interval, or whole weeks.
    """

    kind: Literal["course"] = "course"
    dose: DoseShape
    every_h: Exact | None = None
    days: list[int] | None = None
    doses: int


class RestShape(Shape):
    """A pause."""

    kind: Literal["rest"] = "rest"
    hours: Exact


class StartShape(Shape):
    """The start of a plan: before the first moment the dose was given every `every_h` hours for so long that nothing changes."""

    kind: Literal["steady state"] = "steady state"
    dose: DoseShape
    every_h: Exact


class CycleShape(Shape):
    """Parts that are given `repeats` times."""

    kind: Literal["cycle"] = "cycle"
    parts: list[PartShape]
    repeats: int


AnyShape = DoseShape | CourseShape | RestShape | CycleShape | StartShape
PartShape = Annotated[AnyShape, Field(discriminator="kind")]


class EventShape(Shape):
    """One dose on the time axis: its stable `id`, its start from the first moment on, its cycle and number, counted from 1."""

    id: str
    time_h: Exact
    drug: str
    amount: AmountShape
    route: str
    duration_h: Exact
    cycle: int
    number: int


class TotalShape(Shape):
    """Total and number of doses of one drug, in a body of the `subject`, before the horizon cuts any dose off."""

    total: Exact
    unit: Unit
    doses: int


class ArmShape(Shape):
    """One arm: its regimen in words and as parts by drug, its doses before the horizon, its totals by drug.

    `digest` is the SHA-256 of `plans`, so that two arms of one regimen have the same.
    """

    name: str
    words: str
    plans: dict[str, list[PartShape]]
    doses: list[EventShape]
    totals: dict[str, TotalShape]
    digest: str


class SubjectShape(Shape):
    """The body that totals are of."""

    weight_kg: Exact
    height_cm: Exact
    bsa_m2: Exact


class ArmsShape(Shape):
    """Arms of a scenario; `digest` is the SHA-256 of the scenario file, '' where there is none.

    The number that ends `format` counts the meanings of the keys.
    """

    format: Literal["regimens arms 1"]
    title: str
    digest: str
    horizon_h: Exact
    subject: SubjectShape
    arms: list[ArmShape]


@dataclass(frozen=True)
class ReadArm:
    """An arm read back: its name, its regimen, its dose events before the horizon."""

    name: str
    regimen: Regimen
    events: DoseEvents


def arms_text(arms: Iterable[Arm], horizon_h: Fraction, subject: Subject, title: str = "", digest: str = "") -> str:
    """Return the text of the file with those arms; rests that are ranges must be resolved."""
    shape = ArmsShape(
        format="regimens arms 1",
        title=title,
        digest=digest,
        horizon_h=decimal_text(horizon_h),
        subject=SubjectShape(
            weight_kg=decimal_text(subject.weight_kg),
            height_cm=decimal_text(subject.height_cm),
            bsa_m2=decimal_text(subject.bsa_m2),
        ),
        arms=[_arm(arm.name, arm.regimen, horizon_h, subject) for arm in arms],
    )
    return json.dumps(shape.model_dump(exclude_none=True), indent=1, ensure_ascii=False) + "\n"


def read_arms(path: str | Path) -> tuple[ReadArm, ...]:
    """Read a file of arms; InputFileError where it is none, and for an arm whose keys do not agree with its `plans`."""
    file = read_text(path, "JSON", (".json",), LARGEST)
    try:
        given = json.loads(file.text)
    except json.JSONDecodeError as error:
        raise InputFileError(file.path, [Problem(f"This is no JSON: {error.msg}.", "", error.lineno, error.colno)]) from None
    try:
        shape = ArmsShape.model_validate(given)
    except ValidationError as error:
        raise InputFileError(file.path, [_problem(fault["loc"], fault["msg"]) for fault in error.errors()]) from None
    horizon_h = Fraction(shape.horizon_h)
    size = shape.subject
    subject = Subject(Fraction(size.weight_kg), Fraction(size.height_cm), Fraction(size.bsa_m2))
    regimens = [_regimen(arm, place, file.path) for place, arm in enumerate(shape.arms)]
    problems = [
        problem
        for place, (arm, regimen) in enumerate(zip(shape.arms, regimens, strict=True))
        for problem in _disagreements(arm, _arm(arm.name, regimen, horizon_h, subject), place)
    ]
    if problems:
        raise InputFileError(file.path, problems)
    return tuple(
        ReadArm(arm.name, regimen, regimen.events(Duration(horizon_h), arm.name))
        for arm, regimen in zip(shape.arms, regimens, strict=True)
    )


def _problem(loc: Sequence[str | int], message: str) -> Problem:
    return Problem(f"{message}.", where=" > ".join(str(part + 1 if isinstance(part, int) else part) for part in loc))


def _regimen(arm: ArmShape, place: int, path: str) -> Regimen:
    try:
        return Regimen(**{drug: tuple(map(_read_part, parts)) for drug, parts in arm.plans.items()})
    except RegimenError as error:
        where = f"arms > {place + 1} > plans"
        raise InputFileError(path, [Problem(error.message, error.advice, where=where)]) from None


def _disagreements(given: ArmShape, right: ArmShape, place: int) -> Iterator[Problem]:
    for key in ("words", "doses", "totals", "digest"):
        if getattr(given, key) != getattr(right, key):
            yield _problem(("arms", place, key), f"This is not what the 'plans' of arm '{given.name}' give")


def _arm(name: str, regimen: Regimen, horizon_h: Fraction, subject: Subject) -> ArmShape:
    plans = {drug: [_part(part) for part in parts] for drug, parts in regimen.plans}
    canonical = json.dumps({drug: [part.model_dump() for part in parts] for drug, parts in plans.items()}, sort_keys=True)
    return ArmShape(
        name=name,
        words=regimen.in_words(),
        plans=plans,
        doses=[_event(dose, name) for dose in regimen.written_out() if dose.start < horizon_h],
        totals={
            row.drug: TotalShape(total=decimal_text(row.total), unit=_unit(row.unit), doses=row.doses)
            for row in exposure_of(regimen, subject)
        },
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _event(dose: PlannedDose, arm: str) -> EventShape:
    return EventShape(
        id=f"{arm}/{dose.drug}/c{dose.cycle}/d{dose.number}",
        time_h=decimal_text(dose.start),
        drug=dose.drug,
        amount=_amount(dose.dose.amount),
        route=dose.dose.route,
        duration_h=decimal_text(dose.dose.duration),
        cycle=dose.cycle,
        number=dose.number,
    )


def _part(part: Part) -> AnyShape:
    if isinstance(part, Dose):
        return _dose(part)
    if isinstance(part, AtSteadyState):
        return StartShape(dose=_dose(part.dose), every_h=decimal_text(part.every.hours))
    if isinstance(part, Rest):
        return RestShape(hours=decimal_text(part.shortest.hours))
    if isinstance(part, Cycle):
        return CycleShape(parts=[_part(inner) for inner in part.parts], repeats=part.repeats)
    if isinstance(part.every, Weekly):
        return CourseShape(dose=_dose(part.dose), days=list(part.every.days), doses=part.doses)
    return CourseShape(dose=_dose(part.dose), every_h=decimal_text(part.every.hours), doses=part.doses)


def _dose(dose: Dose) -> DoseShape:
    over = None if dose.over is None else decimal_text(dose.over.hours)
    return DoseShape(amount=_amount(dose.amount), route=dose.route, over_h=over)


def _amount(amount: Amount) -> AmountShape:
    cap, step = (None if limit is None else decimal_text(limit) for limit in (amount.cap, amount.step))
    return AmountShape(value=decimal_text(amount.value), unit=_unit(amount.unit), basis=amount.basis, max=cap, step=step)


def _unit(unit: str) -> Unit:
    return "IU" if unit == "IU" else "mg"


def _read_part(shape: AnyShape) -> Part:
    if isinstance(shape, StartShape):
        return AtSteadyState(_read_dose(shape.dose), Duration(Fraction(shape.every_h)))
    if isinstance(shape, RestShape):
        return Rest(Duration(Fraction(shape.hours)))
    if isinstance(shape, CycleShape):
        return Cycle(*map(_read_part, shape.parts), repeats=shape.repeats)
    if isinstance(shape, CourseShape):
        dose = _read_dose(shape.dose)
        every = Weekly(tuple(shape.days)) if shape.days is not None else Duration(Fraction(shape.every_h or 0))
        return Course(dose, every, shape.doses)
    return _read_dose(shape)


def _read_dose(shape: DoseShape) -> Dose:
    cap, step = (None if limit is None else Fraction(limit) for limit in (shape.amount.max, shape.amount.step))
    amount = Amount(Fraction(shape.amount.value), shape.amount.unit, shape.amount.basis, cap, step)
    return Dose(amount, shape.route, None if shape.over_h is None else Duration(Fraction(shape.over_h)))

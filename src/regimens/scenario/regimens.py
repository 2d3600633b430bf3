"""The doses of an arm: written as text, parts or a mapping drug -> plan, named in the library, or those of a ledger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from regimens.adherence.ledgerfile import read_ledger
from regimens.adherence.replay import plan_of
from regimens.errors import EvidenceError, InputFileError, RegimenError
from regimens.evidence import LibraryEntry, entry
from regimens.regimen import AtSteadyState, Course, Cycle, Dose, Duration, Regimen
from regimens.regimen.frequencywords import listed
from regimens.regimen.weekdays import NO_DAY_0, SAY_DAY_0, names_weekdays
from regimens.regimen.words import parse_dose, parse_frequency, parse_plan, parse_regimen, parse_rest, taken_day_0
from regimens.scenario.armschema import ArmShape, CycleShape, DosingShape, PartShape, RestShape, StartShape
from regimens.scenario.tables import read_table_arm
from regimens.scenario.values import TableFile
from regimens.yamlfile import Loc, Notes, Unreadable, parse

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger
    from regimens.regimen import Amount, Weekly
    from regimens.regimen.parts import Part
    from regimens.scenario.beside import Beside
    from regimens.scenario.values import Arm, Scenario

Value = TypeVar("Value")

SOURCES_OF_DOSES = ("regimen", "use", "table", "ledger")
"""Keys of an arm that say which doses it gives; an arm has one of them."""


@dataclass(frozen=True)
class Doses:
    """The doses of an arm: its regimen with ranges unresolved, and the library's entry, the ledger or the table it is from.

    `assumed` are sentences on what the words of the regimen leave open.
    """

    regimen: Regimen
    published: LibraryEntry | None = None
    ledger: Ledger | None = None
    assumed: tuple[str, ...] = ()
    table: TableFile | None = None


def key_of_doses(shape: ArmShape) -> str:
    """Return the key of an arm that says which doses it gives."""
    return next(key for key in SOURCES_OF_DOSES if getattr(shape, key) is not None)


def read_doses(shape: ArmShape, loc: Loc, day_0: str | None, beside: Beside, notes: Notes) -> Doses:
    """Return the doses of an arm; `day_0` is the weekday of day 0. Raises Unreadable after noting what is wrong."""
    _check_keys(shape, loc, notes)
    doses = _read_doses(shape, loc, day_0, beside, notes)
    if not notes.sound(*loc, key_of_doses(shape)):
        raise Unreadable
    return doses


def _read_doses(shape: ArmShape, loc: Loc, day_0: str | None, beside: Beside, notes: Notes) -> Doses:
    if shape.use is not None:
        return _published(shape.use, (*loc, "use"), notes)
    if shape.table is not None:
        regimen, table, taken = read_table_arm(shape.table, (*loc, "table"), beside, notes)
        return Doses(regimen, assumed=(taken,), table=TableFile(table.path, table.digest))
    if shape.ledger is None:
        return Doses(_written(shape, loc, day_0, notes), assumed=() if day_0 else tuple(_taken(shape.regimen)))
    ledger = _ledger(shape.ledger, shape.arm, shape.model, loc, beside, notes)
    try:
        return Doses(plan_of(ledger), ledger=ledger)
    except RegimenError as error:
        found = f"The planned doses of '{shape.ledger}' make no regimen: {error.message}"
        notes.add((*loc, "ledger"), found, error.advice)
        raise Unreadable from None


def _check_keys(shape: ArmShape, loc: Loc, notes: Notes) -> None:
    given = [key for key in SOURCES_OF_DOSES if getattr(shape, key) is not None]
    if len(given) != 1:
        found = f"both '{given[0]}' and '{given[1]}'" if given else "none of 'regimen', 'use', 'table' and 'ledger'"
        advice = (
            "Write the regimen, 'use:' with the name of a published one, 'table:' with an event table, "
            "or 'ledger:' with the file of an earlier run."
        )
        notes.add(loc, f"Arm '{loc[-1]}' has {found}.", advice, key=True, lacking=None if given else loc)
        raise Unreadable
    for key, what in (("arm", "an arm"), ("model", "a model")):
        if getattr(shape, key) is not None and shape.ledger is None:
            found = f"'{key}' names {what} of a ledger, but there is no 'ledger'."
            notes.add((*loc, key), found, "Leave it out.", key=True, lacking=loc)


def _ledger(name: str, arm: str | None, model: str | None, loc: Loc, beside: Beside, notes: Notes) -> Ledger:
    built = beside.ledgers.get(str(loc[-1]))
    if built is not None:
        return built
    if arm is None:
        found = "It is not said which arm of the ledger is replayed."
        notes.add((*loc, "ledger"), found, "Add 'arm:' with its name.", key=True, lacking=loc)
        raise Unreadable
    path = beside.file(name, (*loc, "ledger"), notes)
    try:
        return read_ledger(path, arm, model)
    except InputFileError as error:
        notes.add((*loc, "ledger"), f"The ledger '{name}' cannot be used:\n{error}")
        raise Unreadable from None


def _published(name: str, loc: Loc, notes: Notes) -> Doses:
    try:
        found = entry(name)
    except EvidenceError as error:
        notes.add(loc, str(error))
        raise Unreadable from None
    if found.regimen is None:
        advice = "Write a regimen, and under 'assumptions' what you took."
        notes.add(loc, f"The sources of '{name}' leave it open: {found.open}", advice)
        raise Unreadable
    return Doses(found.regimen, published=found)


def _written(arm: ArmShape, loc: Loc, day_0: str | None, notes: Notes) -> Regimen:
    given, loc = arm.regimen, (*loc, "regimen")
    if isinstance(given, str):
        return notes.read(loc, lambda: parse_regimen(given, day_0))
    if isinstance(given, list):
        parts = _read_parts(given, loc, notes)
        return notes.read(loc, lambda: Regimen(*parts))
    plans: dict[str, tuple[Part, ...]] = {}
    for drug, plan in (given or {}).items():
        if not drug.isidentifier():
            notes.add((*loc, drug), f"'{drug}' cannot name a drug.", "Use letters, digits and _ only.", key=True)
        with contextlib.suppress(Unreadable):
            plans[drug] = _read_plan(plan, (*loc, drug), day_0, notes)
    if not notes.sound(*loc):
        raise Unreadable
    weekdays = [drug for drug, plan in (given or {}).items() if isinstance(plan, str) and names_weekdays(plan)]
    if len(weekdays) > 1 and day_0 is None:
        notes.add(loc, f"The plans of {listed(map(repr, weekdays))} name weekdays, and {NO_DAY_0}.", SAY_DAY_0, lacking=())
        raise Unreadable
    return notes.read(loc, lambda: Regimen(**{drug: parts for drug, parts in plans.items() if parts}))


def _read_plan(plan: str | Sequence[PartShape], loc: Loc, day_0: str | None, notes: Notes) -> tuple[Part, ...]:
    return notes.read(loc, partial(parse_plan, plan, day_0)) if isinstance(plan, str) else _read_parts(plan, loc, notes)


def _taken(given: str | Sequence[object] | Mapping[str, object] | None) -> Iterator[str]:
    """Yield what is taken about weekdays that a regimen names, where no weekday of day 0 is stated."""
    texts = given.values() if isinstance(given, Mapping) else [given]
    for day in filter(None, (taken_day_0(text) for text in texts if isinstance(text, str))):
        yield f"Day 0 is taken to be a {day}: the regimen names weekdays, and nothing says on which one day 0 falls."


def _read_parts(shapes: Sequence[PartShape], loc: Loc, notes: Notes) -> tuple[Part, ...]:
    return _all(partial(_read_part, shape, (*loc, index), notes) for index, shape in enumerate(shapes))


def _all(reads: Iterator[Callable[[], Value]]) -> tuple[Value, ...]:
    """Return what all of them read; each is tried, so that all notes are made, and Unreadable raised if one cannot be read."""
    found, unread = [], 0
    for read in reads:
        try:
            found.append(read())
        except Unreadable:
            unread += 1
    if unread:
        raise Unreadable
    return tuple(found)


def _read_part(shape: PartShape, loc: Loc, notes: Notes) -> Part:
    if isinstance(shape, RestShape):
        return notes.read((*loc, "rest"), lambda: parse_rest(shape.rest))
    if isinstance(shape, CycleShape):
        parts = _read_parts(shape.cycle, (*loc, "cycle"), notes)
        return notes.read(loc, lambda: Cycle(*parts, repeats=shape.repeats))
    if isinstance(shape, StartShape):
        return _read_start(shape, loc, notes)
    return _read_dosing(shape, loc, notes)


def _read_dosing(shape: DosingShape, loc: Loc, notes: Notes) -> Part:
    dose, every = _dose_and_interval((*loc, "dose"), shape.dose, (*loc, "every"), shape.every, notes)
    if shape.every is None and shape.doses is None:
        return dose
    if every is None or shape.doses is None:
        missing, present = ("every", "doses") if shape.every is None else ("doses", "every")
        advice = "A course needs both; a dose given once needs neither."
        notes.add(loc, f"'{present}' is given without '{missing}'.", advice, lacking=loc)
        raise Unreadable
    return notes.read(loc, lambda: Course(dose, every, shape.doses or 0))


def _dose_and_interval(
    dose_at: Loc, dose: str, every_at: Loc, every: str | None, notes: Notes
) -> tuple[Dose, Duration | Weekly | None]:
    """Return what both texts say, None for no interval; Unreadable after noting what is wrong with each."""
    interval = None
    with contextlib.suppress(Unreadable):
        interval = None if every is None else notes.read(every_at, partial(parse_frequency, every))
    made = notes.read(dose_at, partial(parse_dose, dose))
    if every is not None and interval is None:
        raise Unreadable
    return made, interval


def _read_start(shape: StartShape, loc: Loc, notes: Notes) -> AtSteadyState:
    dose, every = _dose_and_interval((*loc, "at steady state of"), shape.steady, (*loc, "every"), shape.every, notes)
    if not isinstance(every, Duration):
        found = f"A steady state needs one interval, found '{shape.every}'."
        notes.add((*loc, "every"), found, "Write for example 'daily' or '2 days'.")
        raise Unreadable
    return notes.read(loc, lambda: AtSteadyState(dose, every))


def flat_il2(text: str, loc: Loc, what: str, notes: Notes) -> Amount:
    """Read a flat amount of IL-2 such as '21 MIU'; Unreadable after noting that it is no such `what`."""
    amount = notes.read(loc, lambda: parse_dose(f"{text} SC").amount)
    if amount.basis != "flat" or amount.unit != "IU":
        notes.add(loc, f"'{text}' cannot be a {what} of il2.", f"A {what} is a flat amount in IU or MIU.")
        raise Unreadable
    return amount


def weekday_of(scenario: Scenario, arm: Arm) -> str | None:
    """Return the weekday of day 0: as the scenario states it, or as it is taken of the weekdays that the arm names, or None."""
    if scenario.day_0:
        return scenario.day_0
    written = parse(scenario.text, scenario.path).data_at(("arms", arm.range_of or arm.of)).get("regimen")
    texts = written.values() if isinstance(written, Mapping) else [written]
    return next((day for text in texts if isinstance(text, str) and (day := taken_day_0(text)) is not None), None)

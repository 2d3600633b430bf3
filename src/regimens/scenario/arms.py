"""The arms of a scenario as written: regimen or ledger, rests resolved or left to chance, source, what is expected."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from regimens.adherence.ledger import Ledger
from regimens.adherence.ledgerfile import read_ledger
from regimens.adherence.realise import Adherence
from regimens.adherence.replay import plan_of
from regimens.errors import InputFileError, RegimenError, did_you_mean
from regimens.evidence import LibraryEntry
from regimens.exposure import Expected
from regimens.regimen import Amount, Regimen
from regimens.regimen.words import parse_dose
from regimens.scenario.file import ArmShape, ExpectShape, SourceShape
from regimens.scenario.observed import read_observed
from regimens.scenario.regimens import read_regimen
from regimens.scenario.values import Arm, Reference
from regimens.yamlfile import Loc, Notes, Unreadable

SOURCES_OF_DOSES = ("regimen", "use", "ledger")
"""Keys of an arm that say which doses it gives; an arm has one of them."""


def read_arms(name: str, shape: ArmShape, notes: Notes) -> Iterator[Arm]:
    """Yield the arm of that name, or one for each day of its rest; notes what is wrong with it."""
    loc: Loc = ("arms", name)
    try:
        _check_keys(shape, loc, notes)
        ledger = None if shape.ledger is None else _ledger(shape, loc, notes)
        written, published = read_regimen(shape, loc, notes) if ledger is None else (_plan(ledger, shape, loc, notes), None)
    except Unreadable:
        return
    expected = tuple(_expected(shape.expect, written, (*loc, "expect"), notes)) if shape.expect else ()
    line, _ = notes.located.position(loc, key=True)
    sources = _references(shape.source) or _cited(published)
    observed = read_observed(shape.observed, written, (*loc, "observed"), notes)
    for days, regimen in _resolved(shape, written, loc, notes):
        suffix = "" if days is None else f", rest {days} days"
        assumptions = sentences(shape.assumptions) + (published.assumed if published else ())
        if written.has_ranges:
            assumptions += (f"The rest is given as a range ({written.in_words()}); it is {_taken(shape.rest, suffix)}.",)
        if ledger is not None:
            assumptions += (f"Its doses are those that arm '{shape.arm}' of {shape.ledger} gave, subject by subject.",)
        drawn = written if shape.rest == "drawn" and written.has_ranges else None
        adherence = Adherence(drawn=drawn, ledger=ledger) if drawn or ledger else None
        full = name + suffix
        base = "" if days is None else name
        arm = Arm(full, regimen, expected, sources, assumptions, observed, line, of=full, adherence=adherence)
        yield replace(arm, range_of=base, rest_days=days)


def sentences(given: str | list[str] | None) -> tuple[str, ...]:
    """Return text that may be one sentence, a list of them or nothing, as a tuple."""
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def flat_il2(text: str, loc: Loc, what: str, notes: Notes) -> Amount:
    """Read a flat amount of IL-2 such as '21 MIU'; Unreadable after noting that it is no such `what`."""
    amount = notes.read(loc, lambda: parse_dose(f"{text} SC").amount)
    if amount.basis != "flat" or amount.unit != "IU":
        notes.add(loc, f"'{text}' is no {what} of il2.", f"A {what} is a flat amount in IU or MIU.")
        raise Unreadable
    return amount


def _check_keys(shape: ArmShape, loc: Loc, notes: Notes) -> None:
    given = [key for key in SOURCES_OF_DOSES if getattr(shape, key) is not None]
    if len(given) != 1:
        found = f"both '{given[0]}' and '{given[1]}'" if given else "none of 'regimen', 'use' and 'ledger'"
        advice = "Write the regimen, 'use:' with the name of a published one, or 'ledger:' with the file of an earlier run."
        notes.add(loc, f"Arm '{loc[-1]}' has {found}.", advice, key=True)
        raise Unreadable
    if shape.arm is not None and shape.ledger is None:
        notes.add((*loc, "arm"), "'arm' names an arm of a ledger, but there is no 'ledger'.", "Leave it out.", key=True)


def _ledger(shape: ArmShape, loc: Loc, notes: Notes) -> Ledger:
    if shape.arm is None:
        notes.add((*loc, "ledger"), "It is not said which arm of the ledger is replayed.", "Add 'arm:' with its name.", key=True)
        raise Unreadable
    try:
        return read_ledger(Path(notes.located.path).parent / (shape.ledger or ""), shape.arm)
    except InputFileError as error:
        notes.add((*loc, "ledger"), f"The ledger '{shape.ledger}' cannot be used:\n{error}")
        raise Unreadable from None


def _plan(ledger: Ledger, shape: ArmShape, loc: Loc, notes: Notes) -> Regimen:
    try:
        return plan_of(ledger)
    except RegimenError as error:
        notes.add((*loc, "ledger"), f"The planned doses of '{shape.ledger}' make no regimen: {error.message}", error.advice)
        raise Unreadable from None


def _taken(choice: str | None, suffix: str) -> str:
    if choice == "drawn":
        return "drawn for every subject and every time it comes, any whole day as likely"
    if choice == "each":
        return f"taken as {suffix.removeprefix(', ')}"
    return f"taken as its {choice}" + ("" if choice == "midpoint" else " length")


def _resolved(shape: ArmShape, regimen: Regimen, loc: Loc, notes: Notes) -> list[tuple[int | None, Regimen]]:
    if not regimen.has_ranges:
        if shape.rest is not None:
            notes.add((*loc, "rest"), "'rest' resolves a range, but the regimen has none.", "Leave it out.", key=True)
        return [(None, regimen)]
    if shape.rest is None:
        notes.add(
            (*loc, next(key for key in SOURCES_OF_DOSES if getattr(shape, key) is not None)),
            f"The rest of '{regimen.in_words()}' is a range, and the arm does not say which length is meant.",
            "Add 'rest: shortest', 'midpoint', 'longest', 'each' (one arm per whole day) or 'drawn' (per subject) to the arm.",
        )
        return []
    try:
        if shape.rest == "each":
            return list(regimen.each_rest())
        if shape.rest == "drawn":
            _check_days(regimen)
        return [(None, regimen.with_rests("midpoint" if shape.rest == "drawn" else shape.rest))]
    except RegimenError as error:
        notes.add((*loc, "rest"), error.message, error.advice)
        return []


def _check_days(regimen: Regimen) -> None:
    """Raise RegimenError unless a whole day lies in every range."""
    for drug in regimen.drugs:
        for rest in regimen.ranges(drug):
            _ = rest.whole_days


def _expected(shape: ExpectShape, regimen: Regimen, loc: Loc, notes: Notes) -> Iterator[Expected]:
    found: dict[str, Expected] = {}
    for key in ("total", "doses", "last_day"):
        given = getattr(shape, key)
        if given is None:
            continue
        if not isinstance(given, dict) and len(regimen.drugs) > 1:
            notes.add((*loc, key), f"'{key}' does not say of which drug.", f"Write a mapping of {' and '.join(regimen.drugs)}.")
            continue
        by_drug = given if isinstance(given, dict) else dict.fromkeys(regimen.drugs, given)
        if not regimen.drugs and not isinstance(given, dict):
            _expect_nothing(given, (*loc, key), notes)
        for drug, value in by_drug.items():
            where = (*loc, key, drug) if isinstance(given, dict) else (*loc, key)
            if drug not in regimen.drugs:
                notes.add(where, f"The regimen gives no '{drug}'.", did_you_mean(drug, regimen.drugs), key=True)
                continue
            with contextlib.suppress(Unreadable):
                entry = found.get(drug, Expected(drug, line=notes.located.position(where)[0]))
                found[drug] = replace(
                    entry, **{key: _total(str(value), regimen, drug, where, notes) if key == "total" else value}
                )
    yield from found.values()


def _expect_nothing(given: object, loc: Loc, notes: Notes) -> None:
    if given not in {0, "0", "0 MIU", "0 IU", "0 mg"}:
        notes.add(loc, f"The regimen gives no dose, but '{given}' is expected.", "Write 0 MIU and 0 doses, or no 'expect'.")


def _total(text: str, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> Fraction:
    unit = next(dose.dose.amount.unit for dose in regimen.earliest() if dose.drug == drug)
    amount = notes.read(loc, lambda: parse_dose(f"{text} SC").amount)
    if amount.basis != "flat" or amount.unit != unit:
        notes.add(
            loc, f"'{text}' is no total of {drug}.", f"A total is a flat amount in {'IU or MIU' if unit == 'IU' else 'mg'}."
        )
        raise Unreadable
    return amount.value


def _cited(published: LibraryEntry | None) -> tuple[Reference, ...]:
    return () if published is None else (Reference(published.citation, published.doi, published.registration),)


def _references(shape: SourceShape | list[SourceShape] | None) -> tuple[Reference, ...]:
    shapes = [] if shape is None else shape if isinstance(shape, list) else [shape]
    return tuple(Reference(s.text or "", s.doi or "", s.registration or "") for s in shapes)

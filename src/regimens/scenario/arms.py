"""The arms of a scenario as written: regimen or ledger, rests resolved or left to chance, source, what is expected."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.adherence.realise import Adherence
from regimens.errors import RegimenError, did_you_mean
from regimens.evidence import LibraryEntry, Response, read_responses
from regimens.evidence.library import sentences
from regimens.exposure import Expected
from regimens.regimen.words import parse_dose
from regimens.scenario.assumed import implied
from regimens.scenario.names import fault_of
from regimens.scenario.regimens import key_of_doses, read_doses
from regimens.scenario.rules import check_words_of_rules, read_rules
from regimens.scenario.values import Arm, Reference
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.regimen import Amount, Regimen
    from regimens.scenario.armschema import ArmShape, ExpectShape, SourceShape
    from regimens.scenario.beside import Beside


def read_arms(name: str, shape: ArmShape, day_0: str | None, beside: Beside, notes: Notes) -> Iterator[Arm]:
    """Yield the arm of that name, or one for each day of its rest; notes what is wrong with it. `day_0` is a weekday."""
    loc: Loc = ("arms", name)
    if fault := fault_of(name, "an arm"):
        notes.add(loc, *fault, key=True)
    try:
        doses = read_doses(shape, loc, day_0, beside, notes)
    except Unreadable:
        _check_without_doses(shape, loc, notes)
        return
    written, published, ledger = doses.regimen, doses.published, doses.ledger
    expected = tuple(_expected(shape.expect, written, (*loc, "expect"), notes)) if shape.expect else ()
    observed = tuple(_observed(shape.observed, written, (*loc, "observed"), notes))
    stated = sentences(shape.assumptions) + doses.assumed + (published.assumed if published else ())
    ranges = written if written.has_ranges else None
    rules = read_rules(shape, written, loc, notes)
    drawn = ranges if shape.rest == "drawn" else None
    for days, regimen in _resolved(shape, written, loc, notes):
        if fault:
            continue
        replayed = None if ledger is None else (beside.name_of(ledger.path) or "given in Python", shape.arm or "")
        yield Arm(
            name if days is None else f"{name}, rest {days} days",
            regimen,
            expected=expected,
            sources=_references(shape.source) or _cited(published),
            assumptions=stated + implied(shape.rest or "", days, ranges, replayed),
            observed=observed,
            line=notes.located.position(loc, key=True)[0],
            adherence=Adherence(drawn=drawn, ledger=ledger) if drawn or ledger else None,
            range_of="" if days is None else name,
            rest_days=days,
            rest=shape.rest or "" if ranges else "",
            ranges=ranges,
            table=doses.table,
            rules=rules,
        )


def _check_without_doses(shape: ArmShape, loc: Loc, notes: Notes) -> None:
    """Note what is wrong with an arm whose doses cannot be read, as far as it does not depend on them."""
    totals = None if shape.expect is None else shape.expect.total
    where: Loc = (*loc, "expect", "total")
    given = {(*where, drug): text for drug, text in totals.items()} if isinstance(totals, dict) else {where: totals}
    for place, text in given.items():
        with contextlib.suppress(Unreadable):
            _ = None if text is None else notes.read(place, partial(_amount, text))
    for _ in _observed(shape.observed, None, (*loc, "observed"), notes):
        pass
    check_words_of_rules(shape.rules, loc, notes)


def _observed(ids: Sequence[str], regimen: Regimen | None, loc: Loc, notes: Notes) -> Iterator[Response]:
    """Yield the published responses of those ids; notes ids that are unknown or that cannot be drawn on the regimen, if known."""
    if not ids:
        return
    known = {response.id: response for response in read_responses(shipped.folder("evidence") / "responses.csv")}
    for index, name in enumerate(ids):
        if name not in known:
            notes.add((*loc, index), f"Unknown published response '{name}'.", did_you_mean(name, known))
        elif known[name].value is None or known[name].reading != "at":
            notes.add((*loc, index), f"'{name}' has no value at one time, so it cannot be drawn.", "Leave it out.")
        elif regimen is not None and known[name].regimen != regimen:
            seen = known[name].regimen.in_words()
            notes.add((*loc, index), f"'{name}' was seen under another regimen.", f"Its regimen is '{seen}'.")
        else:
            yield known[name]


def _resolved(shape: ArmShape, regimen: Regimen, loc: Loc, notes: Notes) -> list[tuple[int | None, Regimen]]:
    if not regimen.has_ranges:
        if shape.rest is not None:
            notes.add((*loc, "rest"), "'rest' resolves a range, but the regimen has none.", "Leave it out.", key=True)
        return [(None, regimen)]
    if shape.rest is None:
        notes.add(
            (*loc, key_of_doses(shape)),
            f"The rest of '{regimen.in_words()}' is a range, and the arm does not say which length is meant.",
            "Add 'rest: shortest', 'midpoint', 'longest', 'each' (one arm per whole day) or 'drawn' (per subject) to the arm.",
            lacking=loc,
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
        given: str | int | dict[str, str] | dict[str, int] | None = getattr(shape, key)
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
                line, column = notes.located.position(where)
                entry = found.get(drug, Expected(drug, line=line, column=column))
                if not notes.usable(*where):
                    continue
                if key == "total":
                    found[drug] = replace(entry, total=_total(str(value), regimen, drug, where, notes))
                else:
                    found[drug] = replace(entry, doses=int(value)) if key == "doses" else replace(entry, last_day=int(value))
    yield from found.values()


def _expect_nothing(given: object, loc: Loc, notes: Notes) -> None:
    if given not in {0, "0", "0 MIU", "0 IU", "0 mg"}:
        notes.add(loc, f"The regimen gives no dose, but '{given}' is expected.", "Write 0 MIU and 0 doses, or no 'expect'.")


def _total(text: str, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> Fraction:
    unit = next(dose.dose.amount.unit for dose in regimen.earliest() if dose.drug == drug)
    amount = notes.read(loc, partial(_amount, text))
    if amount.basis != "flat" or amount.unit != unit:
        notes.add(
            loc, f"'{text}' cannot be a total of {drug}.", f"A total is a flat amount in {'IU or MIU' if unit == 'IU' else 'mg'}."
        )
        raise Unreadable
    return amount.value


def _amount(text: str) -> Amount:
    return parse_dose(f"{text} SC").amount


def _cited(published: LibraryEntry | None) -> tuple[Reference, ...]:
    return () if published is None else (Reference(published.citation, published.doi, published.registration),)


def _references(shape: SourceShape | list[SourceShape] | None) -> tuple[Reference, ...]:
    shapes = [] if shape is None else shape if isinstance(shape, list) else [shape]
    return tuple(Reference(s.text or "", s.doi or "", s.registration or "") for s in shapes)

"""The library: published regimens by name, their totals recomputed, and the arms that their sources leave open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from regimens import shipped
from regimens.errors import EvidenceError, InputFileError, did_you_mean
from regimens.evidence.shape import ArmShape, LibraryShape, StudyShape
from regimens.exposure import exposure_of
from regimens.regimen import Regimen, parse_regimen
from regimens.regimen.regimen import regimen_of
from regimens.regimen.words import parse_plan
from regimens.subject import Subject
from regimens.units import AMOUNT_UNITS, amount_text, parse_quantity
from regimens.yamlfile import Loc, Notes, Unreadable, problems_of, read


@dataclass(frozen=True)
class LibraryEntry:
    """One published arm.

    `regimen` is None where the sources leave it open; `open` then says what is missing. `totals` are (drug, amount in IU
    or mg) for a body like `subject`. `assumed` are sentences on what the sources do not say and was taken.
    """

    name: str
    study: str
    citation: str
    year: int | None
    doi: str
    doi_verified: bool | None
    registration: str
    population: str
    who: str
    n: int | None
    concomitant: str
    how_read: str
    regimen: Regimen | None
    totals: tuple[tuple[str, Fraction], ...]
    subject: Subject
    assumed: tuple[str, ...]
    note: str
    open: str
    line: int

    @property
    def per_size(self) -> bool:
        """Whether any dose is per m2 or per kg, so that the totals hold for `subject` only."""
        return self.regimen is not None and any(
            dose.dose.amount.basis != "flat" for dose in self.regimen.with_rests("shortest").written_out()
        )

    @property
    def total_words(self) -> str:
        """The totals in words, '2.5 MIU' or 'il2 2.5 MIU, tocilizumab 560 mg'; empty for an open entry."""
        said = [(drug, amount_text(total, _unit_of(self.regimen, drug))) for drug, total in self.totals if self.regimen]
        return said[0][1] if len(said) == 1 else ", ".join(f"{drug} {total}" for drug, total in said)


def read_library(path: str | Path) -> tuple[LibraryEntry, ...]:
    """Read a library file; InputFileError with every problem, totals that do not add up included."""
    located = read(path)
    try:
        shape = LibraryShape.model_validate(located.data)
    except ValidationError as error:
        raise InputFileError(path, problems_of(error, located, LibraryShape), located.text) from None
    notes = Notes(located)
    seen: dict[str, str] = {}
    entries = []
    for study, given in shape.studies.items():
        for name, arm in given.arms.items():
            loc: Loc = ("studies", study, "arms", name)
            if name in seen:
                notes.add(loc, f"'{name}' is also an arm of '{seen[name]}'.", "Every arm needs a name of its own.", key=True)
            seen.setdefault(name, study)
            entries += _entries(study, given, name, arm, loc, notes)
    if notes.problems:
        raise InputFileError(path, notes.problems, located.text)
    return tuple(entries)


@cache
def library() -> tuple[LibraryEntry, ...]:
    """Return the shipped library, in the order of its file."""
    return read_library(shipped.folder("evidence") / "regimens.yaml")


def entry(name: str) -> LibraryEntry:
    """Return the shipped entry called `name`; EvidenceError with the nearest name when there is none."""
    known = {known.name: known for known in library()}
    if name in known:
        return known[name]
    near = did_you_mean(name, known)
    advice = f"{near} " if near.startswith("Did") else ""
    raise EvidenceError(f"The library has no regimen '{name}'. {advice}`regimens library` lists all {len(known)}.")


def _entries(study: str, given: StudyShape, name: str, arm: ArmShape, loc: Loc, notes: Notes) -> Iterator[LibraryEntry]:
    if (arm.regimen is None) == (arm.open is None):
        notes.add(loc, f"'{name}' needs either a regimen or, under 'open', what its sources leave open.", key=True)
        return
    try:
        regimen = None if arm.regimen is None else _regimen(arm.regimen, (*loc, "regimen"), notes)
        subject = _subject(arm, loc, notes)
        totals = _totals(arm, regimen, subject, loc, notes)
    except Unreadable:
        return
    line, _ = notes.located.position(loc, key=True)
    yield LibraryEntry(
        name=name,
        study=study,
        **{key: getattr(given, key) for key in ("citation", "year", "doi", "doi_verified", "registration")},
        **{key: getattr(given, key) for key in ("population", "concomitant", "how_read")},
        who=arm.who,
        n=arm.n or given.n,
        regimen=regimen,
        totals=totals,
        subject=subject,
        assumed=(*_sentences(given.assumed), *_sentences(arm.assumed)) if regimen else (),
        note=" ".join(note for note in (arm.note, given.note) if note),
        open=arm.open or "",
        line=line,
    )


def _sentences(given: str | list[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _regimen(given: str | dict[str, str], loc: Loc, notes: Notes) -> Regimen:
    if isinstance(given, str):
        return notes.read(loc, lambda: parse_regimen(given))
    plans = {drug: notes.read((*loc, drug), lambda text=text: parse_plan(text)) for drug, text in given.items()}
    return notes.read(loc, lambda: regimen_of(plans))


def _subject(arm: ArmShape, loc: Loc, notes: Notes) -> Subject:
    typical = Subject()
    weight = notes.read((*loc, "weight"), lambda: parse_quantity(arm.weight or "70 kg", ["kg"]))[0]
    bsa = notes.read((*loc, "bsa"), lambda: parse_quantity(arm.bsa or "1.8 m2", ["m2"]))[0]
    return Subject(weight, typical.height_cm, bsa)


def _totals(arm: ArmShape, regimen: Regimen | None, subject: Subject, loc: Loc, notes: Notes) -> tuple[tuple[str, Fraction], ...]:
    """Return the recomputed totals; note every one that differs from what the file says or that it does not say."""
    if regimen is None:
        return ()
    rows = exposure_of(regimen.with_rests("shortest"), subject)
    given = arm.total if isinstance(arm.total, dict) else dict.fromkeys(regimen.drugs, arm.total)
    for row in rows:
        where = (*loc, "total", row.drug) if isinstance(arm.total, dict) else (*loc, "total")
        text = given.get(row.drug)
        if text is None:
            notes.add(where, f"The total of {row.drug} is missing.", f"{row.arithmetic}.")
            continue
        said = [(where, text)] + ([((*loc, "tabled"), arm.tabled)] if row.drug == "il2" and arm.tabled else [])
        for place, words in said:
            if notes.read(place, lambda words=words: _amount(words)) != (row.total, row.unit):
                notes.add(place, f"{row.arithmetic}, and not {words}.", "Read the schedule again.")
    return tuple((row.drug, row.total) for row in rows)


def _amount(text: str) -> tuple[Fraction, str]:
    value, unit = parse_quantity(text, AMOUNT_UNITS)
    canonical, size = AMOUNT_UNITS[unit]
    return value * size, canonical


def _unit_of(regimen: Regimen | None, drug: str) -> str:
    doses = regimen.with_rests("shortest").written_out() if regimen else ()
    return next((dose.dose.amount.unit for dose in doses if dose.drug == drug), "IU")

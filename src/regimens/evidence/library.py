"""The library: published regimens by name, with recomputed totals, and arms that their sources describe only in part.

The shapes say what pydantic accepts in the file; `read_library` adds what the values mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from regimens import shipped
from regimens.drugs import IL2
from regimens.errors import EvidenceError, did_you_mean
from regimens.exposure import exposure_of
from regimens.regimen import Regimen, parse_regimen
from regimens.regimen.regimen import regimen_of
from regimens.regimen.words import parse_plan
from regimens.subject import Subject
from regimens.units import AMOUNT_UNITS, amount_text, decimal_text, parse_quantity
from regimens.yamlfile import Loc, Notes, read, shaped, tried

Words = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
HowRead = Literal["abstract", "label", "figure", "full text", "registry", "secondary", "news report"]


class Shape(BaseModel):
    """Base of the shapes: unknown keys, other types and infinite numbers are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ArmShape(Shape):
    """One arm or dose level: a regimen with its total, or the reason why it has none."""

    regimen: Words | dict[str, Words] | None = None
    total: Words | dict[str, Words] | None = None
    tabled: Words | None = None
    open: Words | None = None
    who: str = ""
    n: int | None = Field(None, ge=1)
    weight: Words | None = None
    bsa: Words | None = None
    assumed: Words | list[Words] | None = None
    note: str = ""


class CitedShape(Shape):
    """What is said about a publication, and about what was taken from it."""

    citation: Words
    year: int | None = Field(None, ge=1980, le=2100)
    doi: str = Field("", pattern=r"^(10\.\d{4,9}/\S+)?$")
    doi_verified: bool | None = None
    registration: str = ""
    population: Words
    how_read: HowRead
    assumed: Words | list[Words] | None = None
    note: str = ""


class StudyShape(CitedShape):
    """One study with its arms."""

    n: int | None = Field(None, ge=1)
    concomitant: str = ""
    arms: dict[Name, ArmShape] = Field(min_length=1)


class LibraryShape(Shape):
    """The library: studies by name."""

    studies: dict[Words, StudyShape] = Field(min_length=1)


@dataclass(frozen=True)
class LibraryEntry:
    """One published arm.

    `regimen` is None if the sources do not say all of it; `open` then says what is missing. `totals` are (drug, amount in IU
    or mg) for a body like `subject`. `assumed` are sentences on what was assumed because the sources do not say it.
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
    line: int | None

    @property
    def total_words(self) -> str:
        """The totals in words, '2.5 MIU' or 'il2 2.5 MIU, tocilizumab 560 mg'; empty for an open entry."""
        said = [(drug, amount_text(total, _unit_of(self.regimen, drug))) for drug, total in self.totals if self.regimen]
        return said[0][1] if len(said) == 1 else ", ".join(f"{drug} {total}" for drug, total in said)

    @property
    def size_words(self) -> str:
        """The body size that the totals are for, '1.8 m2' or '70 kg'; empty if no dose is per m2 or per kg."""
        doses = self.regimen.with_rests("shortest").written_out() if self.regimen else ()
        bases = {dose.dose.amount.basis for dose in doses}
        sizes = {"per kg": f"{decimal_text(self.subject.weight_kg)} kg", "per m2": f"{decimal_text(self.subject.bsa_m2)} m2"}
        return ", ".join(size for basis, size in sizes.items() if basis in bases)


def read_library(path: str | Path) -> tuple[LibraryEntry, ...]:
    """Read a library file; InputFileError with every problem, also every total that differs from the sum of its doses."""
    shape, notes = shaped(read(path), LibraryShape)
    seen: dict[str, str] = {}
    entries: list[LibraryEntry] = []
    for study, given in shape.studies.items() if shape else ():
        for name, arm in given.arms.items():
            loc: Loc = ("studies", study, "arms", name)
            if name in seen:
                notes.add(loc, f"'{name}' is also an arm of '{seen[name]}'.", "Every arm needs its own name.", key=True)
            seen.setdefault(name, study)
            entries += _entries(study, given, name, arm, loc, notes)
    if notes.problems:
        raise notes.error()
    return tuple(entries)


@cache
def library() -> tuple[LibraryEntry, ...]:
    """Return the shipped library, in the order of its file."""
    return read_library(shipped.folder("evidence") / "regimens.yaml")


def entry(name: str) -> LibraryEntry:
    """Return the shipped entry called `name`; EvidenceError with the nearest name if there is none."""
    known = {listed.name: listed for listed in library()}
    if name in known:
        return known[name]
    near = did_you_mean(name, known)
    advice = f"{near} " if near.startswith("Did") else ""
    raise EvidenceError(f"The library has no regimen '{name}'. {advice}`regimens library` lists all {len(known)}.")


def _entries(study: str, given: StudyShape, name: str, arm: ArmShape, loc: Loc, notes: Notes) -> Iterator[LibraryEntry]:
    if (arm.regimen is None) == (arm.open is None):
        found = f"'{name}' needs either a regimen or, under 'open', what its sources leave open."
        notes.add(loc, found, key=True, lacking=None if arm.regimen else loc)
        return
    given_regimen = arm.regimen
    regimen = None if given_regimen is None else tried(lambda: _regimen(given_regimen, (*loc, "regimen"), notes))
    subject = tried(lambda: _subject(arm, loc, notes))
    if subject is None or not notes.sound(*loc, "regimen"):
        return
    totals = _totals(arm, regimen, subject, loc, notes)
    line, _ = notes.located.position(loc, key=True)
    yield LibraryEntry(
        name=name,
        study=study,
        citation=given.citation,
        year=given.year,
        doi=given.doi,
        doi_verified=given.doi_verified,
        registration=given.registration,
        population=given.population,
        who=arm.who,
        n=arm.n or given.n,
        concomitant=given.concomitant,
        how_read=given.how_read,
        regimen=regimen,
        totals=totals,
        subject=subject,
        assumed=(*sentences(given.assumed), *sentences(arm.assumed)) if regimen else (),
        note=" ".join(note for note in (arm.note, given.note) if note),
        open=arm.open or "",
        line=line,
    )


def sentences(given: str | list[str] | None) -> tuple[str, ...]:
    """Return text that may be one sentence, a list of them or nothing, as a tuple."""
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _regimen(given: str | dict[str, str], loc: Loc, notes: Notes) -> Regimen:
    if isinstance(given, str):
        return notes.read(loc, lambda: parse_regimen(given))
    plans = {drug: notes.read((*loc, drug), partial(parse_plan, text)) for drug, text in given.items()}
    return notes.read(loc, lambda: regimen_of(plans))


def _subject(arm: ArmShape, loc: Loc, notes: Notes) -> Subject:
    typical = Subject()
    weight = notes.read((*loc, "weight"), lambda: parse_quantity(arm.weight or "70 kg", ["kg"]))[0]
    bsa = notes.read((*loc, "bsa"), lambda: parse_quantity(arm.bsa or "1.8 m2", ["m2"]))[0]
    return Subject(weight, typical.height_cm, bsa)


def _totals(arm: ArmShape, regimen: Regimen | None, subject: Subject, loc: Loc, notes: Notes) -> tuple[tuple[str, Fraction], ...]:
    """Return the recomputed totals; a total that is missing, that differs or that is of a drug without doses is noted."""
    if regimen is None:
        return ()
    rows = exposure_of(regimen.with_rests("shortest"), subject)
    given = arm.total if isinstance(arm.total, dict) else dict.fromkeys(regimen.drugs, arm.total)
    for drug in sorted({*given} - {row.drug for row in rows}):
        notes.add((*loc, "total", drug), f"The regimen has no doses of {drug}.", "Remove the total, or add its doses.", key=True)
    for row in rows:
        where = (*loc, "total", row.drug) if isinstance(arm.total, dict) else (*loc, "total")
        text = given.get(row.drug)
        if text is None:
            notes.add(where, f"The total of {row.drug} is missing.", f"{row.arithmetic}.", lacking=loc)
            continue
        said = [(where, text)] + ([((*loc, "tabled"), arm.tabled)] if row.drug == IL2 and arm.tabled else [])
        for place, words in said:
            amount = tried(partial(notes.read, place, partial(_amount, words)))
            if amount not in (None, (row.total, row.unit)):
                notes.add(place, f"{row.arithmetic}, not {words}.", "Check the schedule against its source.")
    return tuple((row.drug, row.total) for row in rows)


def _amount(text: str) -> tuple[Fraction, str]:
    value, unit = parse_quantity(text, AMOUNT_UNITS)
    canonical, size = AMOUNT_UNITS[unit]
    return value * size, canonical


def _unit_of(regimen: Regimen | None, drug: str) -> str:
    doses = regimen.with_rests("shortest").written_out() if regimen else ()
    return next((dose.dose.amount.unit for dose in doses if dose.drug == drug), "IU")

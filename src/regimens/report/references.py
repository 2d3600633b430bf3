"""Numbered references: each source once, in the order in which the page first names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from regimens.scenario.values import Reference

if TYPE_CHECKING:
    from regimens.model.declaration import Source

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_REGISTRATION = re.compile(r"NCT\d{8}")


@dataclass
class Entry:
    """One reference: citation, DOI, trial registration, and what it is cited for."""

    number: int
    text: str
    doi: str
    registration: str
    uses: list[str]

    @property
    def doi_link(self) -> str:
        """Address of the DOI, empty where it does not look like one."""
        return f"https://doi.org/{quote(self.doi, safe='/.;()-_:')}" if _DOI.fullmatch(self.doi) else ""

    @property
    def registration_link(self) -> str:
        """Address of the trial's registration, empty where the register is not known."""
        found = _REGISTRATION.fullmatch(self.registration)
        return f"https://clinicaltrials.gov/study/{self.registration}" if found else ""


class Bibliography:
    """Collects references while a page is put together."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def number_of(self, source: Reference | Source, use: str = "") -> int:
        """Return the number of `source`, added if new; `use` says what for."""
        registration = source.registration.strip() if isinstance(source, Reference) else ""
        text, doi = source.text.strip(), (source.doi or "").strip()
        doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", doi, flags=re.IGNORECASE)
        for entry in self.entries:
            if doi.lower() == entry.doi.lower() if doi else (text, registration) == (entry.text, entry.registration):
                entry.text, entry.registration = entry.text or text, entry.registration or registration
                break
        else:
            entry = Entry(len(self.entries) + 1, text, doi, registration, [])
            self.entries.append(entry)
        if use and use not in entry.uses:
            entry.uses.append(use)
        return entry.number

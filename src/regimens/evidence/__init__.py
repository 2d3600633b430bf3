"""Published numbers: what was given to whom, what was seen, and where each number is from."""

from regimens.evidence.facts import Fact, adverse_events, pharmacology, read_facts
from regimens.evidence.library import LibraryEntry, entry, library, read_library
from regimens.evidence.responsefile import read_responses
from regimens.evidence.responses import ANALYTES, Analyte, Response

__all__ = [
    "ANALYTES",
    "Analyte",
    "Fact",
    "LibraryEntry",
    "Response",
    "adverse_events",
    "entry",
    "library",
    "pharmacology",
    "read_facts",
    "read_library",
    "read_responses",
]

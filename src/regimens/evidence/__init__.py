"""Published numbers: what was given to whom, what was seen, and where each number is from."""

from regimens.evidence.analytes import ANALYTES, Analyte
from regimens.evidence.library import LibraryEntry, entry, library, read_library
from regimens.evidence.responses import Response, read_responses

__all__ = ["ANALYTES", "Analyte", "LibraryEntry", "Response", "entry", "library", "read_library", "read_responses"]

"""The report of a comparison: one HTML page, and the same answer as a table for the terminal."""

from regimens.report.document import page
from regimens.report.terminal import table

__all__ = ["page", "table"]

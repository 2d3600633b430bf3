"""Searching schedules: all of a space are screened, the best are confirmed, the answer is a set with its regrets."""

from regimens.search.found import Found
from regimens.search.run import find_schedules

__all__ = ["Found", "find_schedules"]

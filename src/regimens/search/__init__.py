"""Searching schedules: all of a space are screened, the best are confirmed, the answer is a set with its regrets."""

from regimens.search.run import Found, find_schedules

__all__ = ["Found", "find_schedules"]

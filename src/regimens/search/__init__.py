"""Searching schedules: all of a space are screened, the best are confirmed, the answer is a set with its regrets."""

from regimens.search.found import Found
from regimens.search.run import find_schedules
from regimens.search.settling import Settled, settle_pairs

__all__ = ["Found", "Settled", "find_schedules", "settle_pairs"]

"""A study: a scenario resolved once, its tasks, what they gave, and the comparison of its arms."""

from regimens.study.comparison import Comparison, compare
from regimens.study.study import Study

__all__ = ["Comparison", "Study", "compare"]

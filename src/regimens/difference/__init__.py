"""How two regimens differ: the facts as values, and the same in words."""

from regimens.difference.difference import Difference, DrugDifference, Facts, difference_of
from regimens.difference.sentences import in_words

__all__ = ["Difference", "DrugDifference", "Facts", "difference_of", "in_words"]

"""Populations: virtual subjects around the typical one, the same in every arm and under every model."""

from regimens.population.cohort import Cohort, cohort_of
from regimens.population.draw import draw_subjects
from regimens.population.values import Bodies, People, Population, Spread

__all__ = ["Bodies", "Cohort", "People", "Population", "Spread", "cohort_of", "draw_subjects"]

"""Populations: virtual subjects around the typical one, the same in every arm and under every model."""

from regimens.population.draw import draw
from regimens.population.values import Bodies, People, Population, Spread

__all__ = ["Bodies", "People", "Population", "Spread", "draw"]

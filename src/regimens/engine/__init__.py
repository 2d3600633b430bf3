"""The engine: many subjects of one model integrated at once, exactly where doses fall."""

from regimens.engine.simulate import simulate
from regimens.engine.trajectories import STATUS_WORDS, Statistics, Tolerances, Trajectories

__all__ = ["STATUS_WORDS", "Statistics", "Tolerances", "Trajectories", "simulate"]

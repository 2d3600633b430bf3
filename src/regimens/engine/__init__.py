"""The engine: integrates many subjects of one model, with a stop at every dose and at both ends of every infusion."""

from regimens.engine.simulation import simulate
from regimens.engine.trajectories import STATUS_WORDS, Statistics, Tolerances, Trajectories

__all__ = ["STATUS_WORDS", "Statistics", "Tolerances", "Trajectories", "simulate"]

"""The engine: integrates many subjects of one model, with a stop at every dose and at both ends of every infusion."""

from regimens.engine.settling import steady_state
from regimens.engine.sharing import simulate_sets
from regimens.engine.simulation import simulate
from regimens.engine.steady import SteadyState
from regimens.engine.trajectories import STATUS_WORDS, Statistics, Tolerances, Trajectories

__all__ = ["STATUS_WORDS", "Statistics", "SteadyState", "Tolerances", "Trajectories", "simulate", "simulate_sets", "steady_state"]

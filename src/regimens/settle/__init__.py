"""Settle: trials simulated under every model and parameter draw, to find one that settles which of two arms is better."""

from regimens.settle.run import BrokenOff, Settled, settle_pairs

__all__ = ["BrokenOff", "Settled", "settle_pairs"]

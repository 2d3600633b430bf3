"""Fitting models to published responses, and checking them on others."""

from regimens.fit.posterior import fit_table

__all__ = ["fit_table"]

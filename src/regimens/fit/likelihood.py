"""Likelihood: how well log predictions agree with what studies report, with nothing weighted by hand.

A row with a number is normal on the log scale around the prediction, with the row's standard error and a study effect that
all rows of one study share (variance tau squared, integrated out exactly). A row with a bound ("more than 8-fold") gives
the probability of the bound, study effect included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

AT_LEAST, AT_MOST = "lower bound", "upper bound"


@dataclass(frozen=True)
class Observation:
    """One row: `log_value`, its standard error on the log scale, its study, and which bound it is ('' for a number)."""

    log_value: float
    log_se: float
    study: str
    bound: str = ""


def log_likelihood(predicted: np.ndarray, tau: np.ndarray, observed: Sequence[Observation]) -> np.ndarray:
    """Return the log likelihood (points,) of log predictions (points, rows) at study spreads tau (points,).

    A point with a prediction that is no number has minus infinity.
    """
    total = np.zeros(len(predicted))
    for study in dict.fromkeys(row.study for row in observed):
        exact = [i for i, row in enumerate(observed) if row.study == study and not row.bound]
        if exact:
            total += _shared_effect(predicted[:, exact], tau, [observed[i] for i in exact])
    for i, row in enumerate(observed):
        if row.bound:
            excess = (predicted[:, i] - row.log_value) / np.sqrt(row.log_se**2 + tau**2)
            total += log_ndtr(excess if row.bound == AT_LEAST else -excess)
    return np.where(np.isfinite(total), total, -np.inf)


def _shared_effect(predicted: np.ndarray, tau: np.ndarray, rows: Sequence[Observation]) -> np.ndarray:
    """Normal log density with covariance diag(se^2) + tau^2, by the Sherman-Morrison identity."""
    variance = np.array([row.log_se for row in rows]) ** 2
    off = predicted - np.array([row.log_value for row in rows])
    weight = 1.0 / variance
    shrink = tau**2 / (1.0 + tau**2 * weight.sum())
    square = (off**2 * weight).sum(axis=1) - shrink * ((off * weight).sum(axis=1)) ** 2
    log_determinant = np.log(variance).sum() + np.log1p(tau**2 * weight.sum())
    return -0.5 * (square + log_determinant + len(rows) * np.log(2 * np.pi))

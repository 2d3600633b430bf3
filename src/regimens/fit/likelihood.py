"""Likelihood: how well log predictions agree with what studies report, with nothing weighted by hand.

A row with a number is normal on the log scale around the prediction, with the row's standard error, the row spread, and a
study effect that all rows of one study share (the study spread squared is its variance; it is integrated out exactly). A row
with a bound ("more than 8-fold") gives the probability of the bound, both spreads included.
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


def log_likelihood(
    predicted: np.ndarray, study_spread: np.ndarray, row_spread: np.ndarray, observed: Sequence[Observation]
) -> np.ndarray:
    """Return the log likelihood (points,) of log predictions (points, rows) at spreads (points,) each.

    A point with a prediction that is no number has minus infinity.
    """
    total = np.zeros(len(predicted))
    variance = np.array([row.log_se**2 for row in observed]) + row_spread[:, None] ** 2
    off = predicted - np.array([row.log_value for row in observed])
    for study in dict.fromkeys(row.study for row in observed):
        exact = [i for i, row in enumerate(observed) if row.study == study and not row.bound]
        if exact:
            total += _shared_effect(off[:, exact], variance[:, exact], study_spread)
    for i, row in enumerate(observed):
        if row.bound:
            excess = off[:, i] / np.sqrt(variance[:, i] + study_spread**2)
            total += log_ndtr(excess if row.bound == AT_LEAST else -excess)
    return np.where(np.isfinite(total), total, -np.inf)


def _shared_effect(off: np.ndarray, variance: np.ndarray, study_spread: np.ndarray) -> np.ndarray:
    """Normal log density with covariance diag(variance) + study_spread^2, by the Sherman-Morrison identity."""
    weight = 1.0 / variance
    precision = weight.sum(axis=1)
    shrink = study_spread**2 / (1.0 + study_spread**2 * precision)
    square = (off**2 * weight).sum(axis=1) - shrink * ((off * weight).sum(axis=1)) ** 2
    log_determinant = np.log(variance).sum(axis=1) + np.log1p(study_spread**2 * precision)
    return -0.5 * (square + log_determinant + off.shape[1] * np.log(2 * np.pi))

"""Simulation-based calibration: does the fit find truths that it is given?

Truths are drawn from the prior, data are simulated at the design of the fitted rows (study and row effects included; a row
with a bound becomes whether its number is above or below that bound), and the fit's draws are ranked around each truth.
Source: Talts et al. 2018, arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from regimens.fit.calibrate import LogPosterior, Row
from regimens.fit.likelihood import AT_LEAST, AT_MOST, Observation
from regimens.fit.sampling import Settings, sample
from regimens.model.declaration import Model


@dataclass(frozen=True, eq=False)
class Ranks:
    """`share` (repetitions, names): the share of draws below the truth, uniform on [0, 1] if the fit is calibrated."""

    names: tuple[str, ...]
    share: np.ndarray

    def held(self, level: float = 0.90) -> np.ndarray:
        """Return (names,): in how many repetitions the central interval of that level held the truth."""
        tail = (1.0 - level) / 2.0
        return ((self.share >= tail) & (self.share <= 1.0 - tail)).sum(axis=0)


def selfcheck(model: Model, rows: Sequence[Row], settings: Settings, repetitions: range) -> Ranks:
    """Return the ranks of truths among the draws of their fits, one repetition a number of `repetitions`."""
    shares = [_repetition(model, rows, settings, number) for number in repetitions]
    return Ranks(LogPosterior(model, rows).prior.names, np.array(shares))


def _repetition(model: Model, rows: Sequence[Row], settings: Settings, number: int) -> np.ndarray:
    density = LogPosterior(model, rows)
    random = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(9, number)))
    truth = density.prior.sample(1, random)
    parameters, log_spreads = density.prior.split(truth)
    predicted = density.predictor(parameters)[0]
    density.observed = simulated(predicted, *np.exp(log_spreads[0]), [row.observation for row in rows], random)
    found = sample(density, density.prior.sample, replace(settings, seed=settings.seed + number))
    return (found.draws < truth).mean(axis=0)


def simulated(
    predicted: np.ndarray, study_spread: float, row_spread: float, design: Sequence[Observation], random: np.random.Generator
) -> list[Observation]:
    """Return observations at the design of others, around log predictions (rows,), with effects drawn."""
    studies = {row.study: study_spread * random.standard_normal() for row in design}
    found = []
    for value, row in zip(predicted, design, strict=True):
        seen = value + studies[row.study] + np.hypot(row_spread, row.log_se) * random.standard_normal()
        if row.bound:
            found.append(replace(row, bound=AT_LEAST if seen > row.log_value else AT_MOST))
        else:
            found.append(replace(row, log_value=float(seen)))
    return found


def histogram(share: np.ndarray, bins: int = 10) -> str:
    """Return the counts of ranks in equal bins as a line of numbers."""
    counts, _ = np.histogram(share, bins=bins, range=(0.0, 1.0))
    return " ".join(f"{count:2d}" for count in counts)

"""Sampling: independent ensembles of emcee walkers, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from regimens.errors import ModelError

LogDensity = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Settings:
    """How the posterior is sampled; the same settings give the same draws."""

    ensembles: int = 4
    walkers: int = 64
    steps: int = 600
    burn_in: int = 200
    draws: int = 400
    seed: int = 20260101

    def as_dict(self) -> dict[str, int]:
        """Return the settings by name."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws (draws, width) taken evenly from all ensembles; per column R-hat, effective sample size, and, over everything that
    was sampled, the 5, 50 and 95 % quantiles (3, width) and the standard deviation."""

    draws: np.ndarray
    quantiles: np.ndarray
    deviation: np.ndarray
    r_hat: np.ndarray
    effective: np.ndarray
    acceptance: float


def sample(log_density: LogDensity, start: Callable[[int, np.random.Generator], np.ndarray], settings: Settings) -> Sample:
    """Sample `log_density` (points, width) -> (points,) from over-dispersed starts, in independent ensembles.

    Moves are differential evolution with snooker updates (ter Braak 2006, doi:10.1007/s11222-006-8769-1; ter Braak &
    Vrugt 2008, doi:10.1007/s11222-008-9104-9), as emcee offers them.
    """
    try:
        import emcee
    except ImportError:
        raise ModelError("Fitting needs the package emcee: pip install 'regimens[fit]'.") from None

    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.1)]
    chains, accepted = [], []
    for ensemble in range(settings.ensembles):
        random = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(ensemble,)))
        points = _possible(log_density, start, settings.walkers, random)
        sampler = emcee.EnsembleSampler(settings.walkers, points.shape[1], log_density, moves=moves, vectorize=True)
        sampler.random_state = np.random.RandomState(random.integers(2**31)).get_state()
        sampler.run_mcmc(points, settings.steps, skip_initial_state_check=True)
        chains.append(sampler.get_chain(discard=settings.burn_in))
        accepted.append(sampler.acceptance_fraction.mean())
    stacked = np.array(chains)
    flat = stacked.reshape(-1, stacked.shape[-1])
    chosen = np.linspace(0, len(flat) - 1, settings.draws).round().astype(int)
    quantiles, deviation = np.quantile(flat, [0.05, 0.5, 0.95], axis=0), flat.std(axis=0)
    return Sample(flat[chosen], quantiles, deviation, r_hat(stacked), effective_size(stacked), float(np.mean(accepted)))


def _possible(
    log_density: LogDensity, start: Callable[[int, np.random.Generator], np.ndarray], count: int, random: np.random.Generator
) -> np.ndarray:
    """Return starting points at which the density is not zero."""
    found = np.empty((0, 0))
    for _ in range(50):
        points = start(4 * count, random)
        points = points[np.isfinite(log_density(points))]
        found = points if not len(found) else np.concatenate([found, points])
        if len(found) >= count:
            return found[:count]
    raise ModelError("No parameters inside the priors give any of the fitted rows a likelihood above zero.")


def r_hat(chains: np.ndarray) -> np.ndarray:
    """Return split R-hat (width,) of (ensembles, steps, walkers, width), each half of an ensemble's mean path a chain.

    Walkers of one ensemble are not independent of each other, so they are pooled: a chain is one half of one ensemble.
    Source: Gelman et al. 2013, Bayesian Data Analysis, section 11.4.
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    pooled = parts.reshape(len(parts), -1, parts.shape[-1])
    within = pooled.var(axis=1, ddof=1).mean(axis=0)
    between = pooled.mean(axis=1).var(axis=0, ddof=1)
    return np.sqrt((within + between) / within)


def effective_size(chains: np.ndarray) -> np.ndarray:
    """Return the effective sample size (width,): all draws over the integrated autocorrelation time of an ensemble.

    A column in which some walker never moved has no autocorrelation time, and an effective size of 0.
    """
    import emcee

    with np.errstate(invalid="ignore"):
        times = np.mean([emcee.autocorr.integrated_time(ensemble, quiet=True, tol=0) for ensemble in chains], axis=0)
    return np.nan_to_num(chains[..., 0].size / times, nan=0.0)

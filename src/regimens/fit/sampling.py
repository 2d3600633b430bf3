"""Sampling: independent ensembles of emcee walkers, and diagnostics of their convergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np

from regimens.errors import ModelError
from regimens.fit.together import Values, together
from regimens.statistics import TAILS, Floats

LOW_MEDIAN_HIGH = (TAILS[0], 0.5, TAILS[1])
"""The quantiles at the ends and in the middle of a 90 % interval."""

MANY = 2000
"""Draws that a fit keeps for weighting; as many as are taken evenly, so some repeat where fewer were sampled."""

Start = Callable[[int, np.random.Generator], Floats]


@dataclass(frozen=True)
class Settings:
    """How the posterior is sampled; the same settings give the same draws."""

    ensembles: int = 4
    walkers: int = 64
    steps: int = 450
    burn_in: int = 150
    draws: int = 400
    seed: int = 20260101

    def as_dict(self) -> dict[str, int]:
        """Return the settings by name."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws (draws, width) taken evenly from all ensembles, and `many` more of them; per column R-hat and effective sample
    size; over all samples, the quantiles LOW_MEDIAN_HIGH (3, width) and the standard deviation.
    """

    draws: Floats
    many: Floats
    quantiles: Floats
    deviation: Floats
    r_hat: Floats
    effective: Floats
    acceptance: float


def sample(log_density: Values, start: Start, settings: Settings) -> Sample:
    """Sample `log_density` (points, width) -> (points,) in independent ensembles, each from starting points of its own.

    `start` gives up to as many points as it is asked for, which should lie further out than the density does.

    Moves are differential evolution with snooker updates (ter Braak 2006, doi:10.1007/s11222-006-8769-1; ter Braak &
    Vrugt 2008, doi:10.1007/s11222-008-9104-9), as emcee offers them.
    """
    try:
        import emcee
    except ImportError:
        raise ModelError("Fitting needs the package emcee: pip install 'regimens[fit]'.") from None

    def chain(points: Floats, seed: int, log_density: Values) -> tuple[Floats, float]:
        moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.1)]
        sampler = emcee.EnsembleSampler(settings.walkers, points.shape[1], log_density, moves=moves, vectorize=True)
        sampler.random_state = np.random.RandomState(seed).get_state()
        sampler.run_mcmc(points, settings.steps, skip_initial_state_check=True)
        return sampler.get_chain(discard=settings.burn_in), sampler.acceptance_fraction.mean()

    chains = []
    for ensemble in range(settings.ensembles):
        random = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(ensemble,)))
        points = _possible(log_density, start, settings.walkers, random)
        chains.append(partial(chain, points, int(random.integers(2**31))))
    found = together(log_density, chains)
    stacked = np.array([kept for kept, _ in found])
    flat = stacked.reshape(-1, stacked.shape[-1])
    chosen, more = (np.linspace(0, len(flat) - 1, count).round().astype(int) for count in (settings.draws, MANY))
    quantiles, deviation = np.quantile(flat, LOW_MEDIAN_HIGH, axis=0), flat.std(axis=0)
    return Sample(
        draws=flat[chosen],
        many=flat[more],
        quantiles=quantiles,
        deviation=deviation,
        r_hat=r_hat(stacked),
        effective=effective_size(stacked),
        acceptance=float(np.mean([accepted for _, accepted in found])),
    )


def _possible(log_density: Values, start: Start, count: int, random: np.random.Generator) -> Floats:
    """Return `count` different starting points at which the density is greater than zero, as `start` orders them.

    They must differ because a snooker move goes along the line between two walkers.
    """
    found: dict[bytes, Floats] = {}
    for _ in range(50):
        points = start(4 * count, random)
        found |= {point.tobytes(): point for point in points[np.isfinite(log_density(points))] if point.tobytes() not in found}
        if len(found) >= count:
            return np.array(list(found.values())[:count])
    if not found:
        raise ModelError("No parameters drawn from the prior give the fitted rows a likelihood greater than zero.")
    raise ModelError(f"An ensemble of {count} walkers needs as many different starting points, found {len(found)}.")


def r_hat(chains: Floats) -> Floats:
    """Return split R-hat (width,) of (ensembles, steps, walkers, width).

    A chain is one half of the steps of one ensemble, with its walkers pooled because they are not independent of each other.
    Source: Gelman et al. 2013, Bayesian Data Analysis, section 11.4.
    """
    half = chains.shape[1] // 2
    parts = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    pooled = parts.reshape(len(parts), -1, parts.shape[-1])
    within = pooled.var(axis=1, ddof=1).mean(axis=0)
    between = pooled.mean(axis=1).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((within + between) / within))


def effective_size(chains: Floats) -> Floats:
    """Return the effective sample size (width,): all samples over the integrated autocorrelation time of an ensemble.

    It is 0 for a column in which some walker never moved, which has no autocorrelation time.
    """
    import emcee

    with np.errstate(invalid="ignore"):
        times = np.mean([emcee.autocorr.integrated_time(ensemble, quiet=True, tol=0) for ensemble in chains], axis=0)
    return np.asarray(np.nan_to_num(chains[..., 0].size / times, nan=0.0))

"""Sampling: independent ensembles of emcee walkers, and diagnostics of their convergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import ModelError
from regimens.fit.reference import Reference
from regimens.fit.together import Values, together
from regimens.statistics import TAILS, Floats

if TYPE_CHECKING:
    from arviz_stats.base.array import BaseArray

LOW_MEDIAN_HIGH = (TAILS[0], 0.5, TAILS[1])
"""The quantiles at the ends and in the middle of a 90 % interval."""

MANY = 2000
"""Most draws that a fit keeps for weighting, taken evenly; all of them where fewer were sampled."""

ROUNDS = 4
"""Rounds of the burn-in, after each of which the reference is found again."""

Start = Callable[[int, np.random.Generator], Floats]


@dataclass(frozen=True)
class Settings:
    """How the posterior is sampled; the same settings give the same draws."""

    ensembles: int = 4
    walkers: int = 64
    steps: int = 240
    burn_in: int = 80
    draws: int = 400
    seed: int = 20260101

    def of_width(self, width: int) -> Settings:
        """Return the settings for so many columns: differential evolution needs two walkers for each, and here has two more."""
        return replace(self, walkers=max(self.walkers, 2 * (width + 1)))

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


def sample(log_density: Values, start: Start, settings: Settings, natural: Values = np.asarray) -> Sample:
    """Sample `log_density` (points, width) -> (points,) in independent ensembles, each from starting points of its own.

    `start` gives up to as many points as it is asked for, which should lie further out than the density does. `natural` gives
    the values (points, width) of points; the draws and all that is said of them are of these.

    The burn-in has ROUNDS of equal length. A round moves with the reference of the points before, of all ensembles; after the
    last, the reference stays as it is. One move in five is differential evolution, for places that the reference does not reach
    (ter Braak 2006, doi:10.1007/s11222-006-8769-1). The moves are emcee's.
    """
    base_array()
    randoms = [
        np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(number,))) for number in range(settings.ensembles)
    ]
    points = np.array([_possible(log_density, start, settings.walkers, random) for random in randoms])
    walked, count = points[:, None], settings.ensembles * settings.walkers
    for steps in (*[max(1, settings.burn_in // ROUNDS)] * ROUNDS, settings.steps - settings.burn_in):
        reference = Reference.of(walked.reshape(count * walked.shape[1], -1), count)
        walk = partial(_walk, steps, reference)
        found = together(log_density, [partial(walk, *each) for each in zip(walked[:, -1], randoms, strict=True)])
        walked = np.array([chain for chain, _ in found])
    flat = natural(walked.reshape(-1, walked.shape[-1]))
    chains = flat.reshape(walked.shape)
    kept = (settings.draws, min(MANY, len(flat)))
    chosen, more = (np.linspace(0, len(flat) - 1, number).round().astype(int) for number in kept)
    return Sample(
        draws=flat[chosen],
        many=flat[more],
        quantiles=np.quantile(flat, LOW_MEDIAN_HIGH, axis=0),
        deviation=flat.std(axis=0),
        r_hat=r_hat(chains),
        effective=effective_size(chains),
        acceptance=float(np.mean([accepted for _, accepted in found])),
    )


def _walk(
    steps: int, reference: Reference, points: Floats, random: np.random.Generator, log_density: Values
) -> tuple[Floats, float]:
    """Return so many steps (steps, walkers, width) of one ensemble from `points`, and the share of proposals accepted."""
    import emcee

    moves = [(emcee.moves.MHMove(reference.propose), 0.8), (emcee.moves.DEMove(), 0.2)]
    sampler = emcee.EnsembleSampler(*points.shape, log_density, moves=moves, vectorize=True)
    sampler.random_state = np.random.RandomState(random.integers(2**31)).get_state()
    sampler.run_mcmc(points, steps, skip_initial_state_check=True)
    return sampler.get_chain(), sampler.acceptance_fraction.mean()


def _possible(log_density: Values, start: Start, count: int, random: np.random.Generator) -> Floats:
    """Return `count` different starting points at which the density is greater than zero, as `start` orders them.

    They must differ because a step of differential evolution is the difference between two walkers.
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


def base_array() -> BaseArray:
    """Return the statistics of chains and weights of the package arviz-stats; ModelError if a package of the extra 'fit' is
    missing.
    """
    try:
        import emcee  # noqa: F401
        from arviz_stats.base.array import BaseArray
    except ImportError:
        raise ModelError("Fitting needs the packages emcee and arviz-stats: pip install 'regimens[fit]'.") from None

    return BaseArray()


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
    """Return the effective sample size (width,) of (ensembles, steps, walkers, width), with each walker as a chain.

    It compares walkers with each other: the autocorrelation around a walker's own mean alone is far too small where a chain is
    not many times longer than its memory. A column that never moves has 0. Source: Vehtari et al. 2021, doi:10.1214/20-BA1221.
    """
    walkers = np.moveaxis(chains, 1, 2).reshape(-1, chains.shape[1], chains.shape[-1])
    ess: Callable[..., float] = base_array().ess
    found = [ess(column, chain_axis=0, draw_axis=1, method="mean") for column in np.moveaxis(walkers, 2, 0)]
    return np.where(np.ptp(walkers, axis=(0, 1)) > 0.0, np.nan_to_num(found, nan=0.0), 0.0)

"""Leaving one source out: what a fit without a study (or a centre with several studies) predicts for the rows of that study.

The draws of the whole fit are weighted by the inverse of the likelihood of the rows that are left out, with the largest weights
smoothed by a generalised Pareto distribution. Its shape k says whether that works: above 0.7 the fit is made again without the
rows. A source that was not fitted needs no weights. Source: Vehtari, Simpson, Gelman, Yao & Gabry 2024, Pareto smoothed
importance sampling, J Mach Learn Res 25(72), arXiv:1507.02646.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from regimens.errors import ModelError
from regimens.fit.likelihood import LogPosterior, load, of_sources
from regimens.fit.sampling import Settings, base_array
from regimens.fit.together import Values, together

if TYPE_CHECKING:
    from regimens.fit.datapoints import DataPoint
    from regimens.fit.subjects import Shift
    from regimens.model.declaration import Model
    from regimens.statistics import Floats

LARGEST_SHAPE = 0.7
"""Shape of the largest weights above which they are not used, however many draws there are."""

FEWEST_DRAWS = 200
"""Fewest different draws from which weights are made: the shape is estimated from the largest 3 sqrt(draws)."""

NO_INFORMATION = 1e-6
"""Range of log ratios up to which the rows that are left out said nothing."""

PER_DRAW = 20
"""Predictions of a row for each draw: the noise of a row is drawn that often."""

LOST = 0.1
"""Share of the prior variance removed by the data up to which a parameter is without information."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A source left out. `how` is 'weights', 'refit' or 'not fitted'; `shape` is k (NaN where there are no weights).

    `ids` are its rows, `predicted` (predictions, rows) their predicted logarithms with all noise, `log_density` the logarithm of
    the joint predictive density of its rows, `common` that of the rows that every model can predict. `lost` are parameters that
    the other sources say nothing about although all sources together do.
    """

    source: str
    how: str
    shape: float
    ids: tuple[str, ...]
    predicted: Floats
    log_density: float
    common: float
    lost: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """All rows that a model can predict, with their shift; `fitted` says which of them were fitted."""

    model: Model
    data: tuple[DataPoint, ...]
    shift: Shift
    fitted: tuple[bool, ...]

    def density(self, chosen: Sequence[int]) -> LogPosterior:
        """Return the log posterior of the chosen rows alone."""
        places = list(chosen)
        shift = replace(
            self.shift,
            constant=self.shift.constant[places],
            slope=self.shift.slope[:, places],
            residual=self.shift.residual[places],
        )
        return LogPosterior(self.model, [self.data[place] for place in places], shift)

    def of_source(self, source: str) -> list[int]:
        """Return the places of the rows of a source."""
        return [place for place, point in enumerate(self.data) if point.observation.source == source]

    def fitted_without(self, source: str) -> list[int]:
        """Return the places of the fitted rows of all other sources."""
        return [p for p, point in enumerate(self.data) if self.fitted[p] and point.observation.source != source]

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources, in the order of the rows."""
        return tuple(dict.fromkeys(point.observation.source for point in self.data))


def leave_out(
    rows: Rows,
    draws: Floats,
    settings: Settings,
    common: Sequence[str],
    progress: Callable[[str], None] = lambda said: None,
) -> tuple[LeftOut, ...]:
    """Return every source left out, from `draws` (draws, width) of the whole fit on the log scale.

    `common` are the observables that all models to be compared have; `settings` are those of a fit that is made again. There is
    nothing to leave out of a fit to one source: its rows are then missing here. Raises ModelError for fewer different draws than
    FEWEST_DRAWS, because the shape of the weights cannot be estimated.
    """
    if (count := len(np.unique(draws, axis=0))) < FEWEST_DRAWS:
        raise ModelError(
            f"Weights need at least {FEWEST_DRAWS} different draws, found {count}. "
            "Use more steps or walkers, or a shorter burn-in."
        )
    sources = [source for source in rows.sources if rows.fitted_without(source)]
    found = {source: _weighed(rows, source, draws) for source in sources}
    again = [source for source in sources if found[source].how == "refit"]
    for source in again:
        progress(f"without {source}: k = {found[source].shape:.2f}, so the fit is made again")
    for source, points in zip(again, _refits(rows, again, draws, settings), strict=True):
        found[source] = replace(found[source], points=points, log_weights=_even(points))
    return tuple(_left_out(rows, found[source], draws, common) for source in sources)


def pareto_weights(log_ratios: Floats) -> tuple[Floats, float]:
    """Return the logarithms of smoothed weights that sum to 1, and the shape k, of log importance ratios (draws,).

    Ratios that are all the same, as of a bound that no draw comes near, have even weights and a shape of 0. Where the largest
    ratios have no shape, because next to one of them all others are zero or because they are one draw that repeats, it is
    infinite, and the weights are even.
    """
    even = np.full(len(log_ratios), -np.log(len(log_ratios)))
    if np.ptp(log_ratios) < NO_INFORMATION:
        return even, 0.0
    try:
        with np.errstate(all="ignore"):
            log_weights, shape = base_array().psislw(-log_ratios)  # type: ignore[no-untyped-call]  # not annotated
    except ValueError:  # the largest ratios are all the same
        return even, np.inf
    return (np.asarray(log_weights), float(shape)) if np.isfinite(log_weights).all() else (even, np.inf)


def largest_shape(draws: int) -> float:
    """Return the shape above which the weights of so many draws are not used: 1 - 1 / log10(draws), at most 0.7 (Vehtari et al.).

    It is 0.57 for 200 draws and 0.70 for 2,000.
    """
    return float(min(LARGEST_SHAPE, 1.0 - 1.0 / np.log10(draws)))


@dataclass(frozen=True, eq=False)
class _Without:
    """The posterior without the fitted rows of a source, as points (draws, width) with log weights; the rest as `LeftOut`."""

    source: str
    how: str
    shape: float
    points: Floats
    log_weights: Floats


def _weighed(rows: Rows, source: str, draws: Floats) -> _Without:
    """Return the draws of the whole fit with weights; where these do not work, `how` is 'refit'."""
    own = [place for place in rows.of_source(source) if rows.fitted[place]]
    if not own:
        return _Without(source, "not fitted", float("nan"), draws, _even(draws))
    log_weights, shape = pareto_weights(-rows.density(own).likelihood(draws))
    return _Without(source, "weights" if shape <= largest_shape(len(draws)) else "refit", shape, draws, log_weights)


def _refits(rows: Rows, sources: Sequence[str], draws: Floats, settings: Settings) -> list[Floats]:
    """Return points (draws, width) of the fit without each of `sources`; each simulates all fitted rows, so that all do it
    together.
    """
    fitted = [place for place, is_fitted in enumerate(rows.fitted) if is_fitted]
    scores = rows.density(fitted).prior.scores(draws)

    def start(count: int, random: np.random.Generator) -> Floats:
        return scores[random.permutation(len(draws))[:count]]

    def refit(source: str, predict: Values) -> Floats:
        others = rows.fitted_without(source)
        columns = [fitted.index(place) for place in others]
        density = rows.density(others).asking(lambda points: predict(points)[:, columns])
        seed = settings.seed + 1 + rows.sources.index(source)
        return density.sample(replace(settings, seed=seed), start).many

    return together(rows.density(fitted).predictor, [partial(refit, source) for source in sources])


def _even(points: Floats) -> Floats:
    return np.full(len(points), -np.log(len(points)))


def _left_out(rows: Rows, without: _Without, draws: Floats, common: Sequence[str]) -> LeftOut:
    source, how, log_weights = without.source, without.how, without.log_weights
    places = rows.of_source(source)
    density = rows.density(places)
    parameters, log_spreads = density.prior.split(without.points)
    study, row = np.exp(log_spreads[:, 0]), np.exp(log_spreads[:, 1])
    predicted = density.predicted(parameters)
    shared = [place for place, point in enumerate(density.observed) if rows.data[places[place]].target.observable in common]
    return LeftOut(
        source=source,
        how=how,
        shape=without.shape,
        ids=tuple(rows.data[place].id for place in places),
        predicted=_noisy(density, predicted, study, row, log_weights, source),
        log_density=_joint(density, predicted, study, row, log_weights, range(len(places))),
        common=_joint(density, predicted, study, row, log_weights, shared),
        lost=() if how == "not fitted" else _lost(density, parameters, log_weights, density.prior.split(draws)[0]),
    )


def _joint(
    density: LogPosterior, predicted: Floats, study: Floats, row: Floats, log_weights: Floats, chosen: Sequence[int]
) -> float:
    places = list(chosen)
    if not places:
        return float("nan")
    (log_likelihood,) = of_sources(predicted[:, places], study, row, [density.observed[p] for p in places]).values()
    return float(logsumexp(log_weights + log_likelihood))


def _noisy(density: LogPosterior, predicted: Floats, study: Floats, row: Floats, log_weights: Floats, source: str) -> Floats:
    """Return PER_DRAW x draws predictions (predictions, rows) with study effect, row spread and standard error."""
    random = np.random.default_rng([20260101, *source.encode()])
    chosen = random.choice(len(predicted), PER_DRAW * len(predicted), p=np.exp(log_weights) / np.exp(log_weights).sum())
    kinds = dict.fromkeys(seen.kind for seen in density.observed)
    effects = {kind: study[chosen] * random.standard_normal(len(chosen)) for kind in kinds}
    found = np.empty((len(chosen), len(density.observed)))
    for place, seen in enumerate(density.observed):
        noise = np.hypot(seen.log_se, row[chosen]) * random.standard_normal(len(chosen))
        found[:, place] = predicted[chosen, place] + load(predicted[chosen, place], seen) * effects[seen.kind] + noise
    return found


def _lost(density: LogPosterior, parameters: Floats, log_weights: Floats, whole: Floats) -> tuple[str, ...]:
    """Return the parameters that the whole fit learnt something of and the fit without the source nothing."""
    weights = np.exp(log_weights) / np.exp(log_weights).sum()
    mean = weights @ parameters
    left = weights @ (parameters - mean) ** 2
    prior = density.prior.standard_deviation() ** 2
    learnt, remains = 1.0 - whole.var(axis=0) / prior, 1.0 - left / prior
    return tuple(
        name
        for name, before, after in zip(density.prior.names, learnt, remains, strict=False)
        if before >= 2 * LOST and after < LOST
    )

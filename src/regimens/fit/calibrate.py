"""Calibration: a model, its priors and published responses -> posterior, checks of left-out sources, and their files.

A short pilot fit says where the parameters lie; there, subjects show how a printed mean or median differs from the typical
subject, and printed spreads how much subjects vary. The fit itself then compares like with like.

A profile says how much worse the best fit becomes if one parameter is held at a value. The other parameters are optimised with
their priors (a penalised profile), because the data alone do not identify most of them. The parameter's own prior is left out, so
that its curve shows what the data and the other priors say about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from regimens.errors import InputFileError, ModelError
from regimens.evidence import read_responses
from regimens.fit.checkfiles import checks_text, predictions_text, sources_text
from regimens.fit.datapoints import DataPoint, data_points, usable
from regimens.fit.leaveout import Rows, leave_out
from regimens.fit.likelihood import LogPosterior
from regimens.fit.posterior import Posterior, Profile, files_of
from regimens.fit.rowchecks import predicted_points, problems_of
from regimens.fit.subjects import shift_of, subject_spread
from regimens.fit.together import together
from regimens.fit.validation import checks_of, sources_of
from regimens.model.fitted import FIT

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.fit.sampling import Settings
    from regimens.fit.together import Values
    from regimens.model.declaration import Model
    from regimens.statistics import Floats

COMMON = ("treg", "treg_fold", "treg_share_fold", "serum_il2")
"""Observables that all shipped models have: their rows say how models compare."""

PILOT_STEPS, PILOT_BURN_IN, PILOT_DRAWS = 100, 60, 160
"""Steps of the pilot fit, two ensembles, and the draws at which subjects are simulated."""

PROFILED = ("EC50", "kout", "Emax", "amp", "Vm", "CL")
"""Parameters whose profiles are computed if a model fits them: potency, loss, gain, clearance capacity."""

STEP = 1e-3
"""Step of finite differences on the log scale; all points of a gradient are simulated in one batch."""


def fit(
    model: Model,
    data: Path,
    settings: Settings,
    progress: Callable[[str], None] = lambda said: None,
    again: Settings | None = None,
) -> tuple[Posterior, dict[str, str]]:
    """Fit `model` to the rows with the role 'fit' of the responses in `data`; return the posterior and the texts of its files.

    Every source is then left out once, with the settings `again` where that needs a fit of its own (one ensemble if not given).
    The only source of a fit cannot be left out: without rows of another source, the files of what was left out are missing.
    Raises InputFileError for bad rows and for rows that the model cannot predict, ModelError if the model declares nothing to
    fit, has no observable of any row, or already has fitted values.
    """
    responses = read_responses(data)
    if problems := problems_of(responses, model):
        raise InputFileError(data, problems, data.read_text(encoding="utf-8-sig"))
    progress(f"sampling {model.name}: {settings.ensembles} ensembles of {settings.walkers} walkers, {settings.steps} steps")
    posterior = calibrate(model, data_points(responses, "fit"), settings)
    record = {"data_sha256": hashlib.sha256(data.read_bytes()).hexdigest(), "rows": [point.id for point in posterior.data]}
    texts = files_of(posterior, _profiles(posterior, progress), record)
    rows = rows_of(posterior, responses)
    again = again or replace(settings, ensembles=1)
    left_out = leave_out(rows, posterior.sample.many, again, COMMON, progress)
    if not left_out:
        return posterior, texts
    texts["checks.csv"] = checks_text(checks_of(left_out, rows.data, responses))
    texts["sources.csv"] = sources_text(sources_of(left_out, rows.data, responses))
    texts["predictions.csv"] = predictions_text(left_out)
    return posterior, texts


def calibrate(model: Model, data: Sequence[DataPoint], settings: Settings) -> Posterior:
    """Fit `model` to those of `data` whose observable it has.

    Raises ModelError if the model declares nothing to fit, has no observable of any data point, or already has fitted values:
    they cannot serve as the centre of priors, because the data would then count twice.
    """
    if found := [parameter.name for parameter in model.parameters if parameter.source == FIT.key]:
        raise ModelError(
            f"Model '{model.name}' has fitted values of {', '.join(found)}; a fit starts at declared values. "
            f'Get them with find_model("{model.name}", values="declared").'
        )
    points = usable(data, model)
    if not points:
        raise ModelError(f"Model '{model.name}' has nothing to fit: it has no observable of any row with the role 'fit'.")
    pilot = LogPosterior(model, points)
    where, _ = pilot.prior.split(_pilot(pilot, settings))
    spread = subject_spread(pilot.predictor, points, where)
    density = LogPosterior(model, points, shift_of(pilot.predictor, where, spread.median))
    sampled = density.sample(settings)
    before = density.prior.standard_deviation()
    parameters, _ = density.prior.split(sampled.draws)
    after = sampled.deviation[: parameters.shape[1]]
    return Posterior(
        model=model,
        data=points,
        prior=density.prior,
        settings=settings.of_width(density.prior.width),
        names=density.prior.names,
        draws=np.exp(sampled.draws),
        predicted=density.predicted(parameters),
        contraction=1.0 - (after / before) ** 2,
        sample=sampled,
        shift=density.shift,
        spread=spread,
    )


def _pilot(density: LogPosterior, settings: Settings) -> Floats:
    steps = min(settings.steps, PILOT_STEPS)
    short = replace(settings, ensembles=2, steps=steps, burn_in=min(PILOT_BURN_IN, steps // 2), draws=PILOT_DRAWS)
    return density.sample(short).draws


def rows_of(posterior: Posterior, responses: Sequence[Response]) -> Rows:
    """Return all rows of `responses` that the model can predict and that are fitted or checked, with the shift of each."""
    data = predicted_points(responses, posterior.model)
    fitted = {point.id for point in posterior.data}
    where, _ = posterior.prior.split(posterior.sample.draws)
    predictor = LogPosterior(posterior.model, data).predictor
    shift = shift_of(predictor, where, posterior.spread.median)
    return Rows(posterior.model, data, shift, tuple(point.id in fitted for point in data))


def _profiles(posterior: Posterior, progress: Callable[[str], None]) -> list[Profile]:
    """Return the profiles of the parameters of PROFILED that were fitted, starting from the posterior median."""
    density = LogPosterior(posterior.model, posterior.data, posterior.shift)
    start = np.log(np.median(posterior.draws, axis=0))
    names = [name for name in PROFILED if name in posterior.names]
    if names:
        progress(f"profile of {', '.join(names)}")

    def profiled(name: str, predict: Values) -> Profile:
        return profile(density.asking(predict), name, start)

    return together(density.predict, [partial(profiled, name) for name in names])


def profile(density: LogPosterior, name: str, start: Floats, points: int = 7) -> Profile:
    """Return the profile of `name` over its bounds, within three prior standard deviations.

    The search begins at `start` where the parameter is held nearest to it, and goes outwards from optimum to optimum.
    """
    place = density.prior.names.index(name)
    centre, spread = density.prior.centre[place], density.prior.spread[place]
    low, high = max(density.prior.low[place], centre - 3 * spread), min(density.prior.high[place], centre + 3 * spread)
    held = np.linspace(low, high, points)
    nearest = int(np.abs(held - start[place]).argmin())
    middle, at_middle = _best_at(density, place, held[nearest], start)

    def outwards(values: Floats, predict: Values) -> list[float]:
        found, inner = [], at_middle
        for value in values:
            best, inner = _best_at(density.asking(predict), place, value, inner)
            found.append(best)
        return found

    ways = [partial(outwards, held[:nearest][::-1]), partial(outwards, held[nearest + 1 :])]
    below, above = together(density.predict, ways)
    best = np.array([*reversed(below), middle, *above])
    return Profile(name, np.exp(held), 2.0 * (best.max() - best))


def _best_at(density: LogPosterior, place: int, value: float, start: Floats) -> tuple[float, Floats]:
    """Return the largest log density with one parameter held at the log `value`, without its prior, and where it is."""
    free = np.array([index for index in range(density.prior.width) if index != place])
    centre, spread = density.prior.centre[place], density.prior.spread[place]

    def loss(point: Floats) -> tuple[float, Floats]:
        points = np.tile(np.insert(point, place, value), (len(free) + 1, 1))
        points[np.arange(1, len(points)), free] += STEP
        values = density(points)
        if not np.isfinite(values[0]):
            return 1e6, np.zeros(len(free))
        slopes = np.where(np.isfinite(values[1:]), (values[1:] - values[0]) / STEP, 0.0)
        return -float(values[0]), -slopes

    bounds = [_search_bounds(density, index) for index in free]
    first = np.clip(start[free], [low for low, _ in bounds], [high for _, high in bounds])
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
    return float(-found.fun + 0.5 * ((value - centre) / spread) ** 2), np.insert(found.x, place, value)


def _search_bounds(density: LogPosterior, index: int) -> tuple[float, float]:
    """Return the bounds of one column in the search: those of the spreads, or those of a parameter, narrowed for the steps."""
    if index >= len(density.prior.centre):
        return -7.0, 1.0
    low = max(density.prior.low[index], density.prior.centre[index] - 6 * density.prior.spread[index])
    high = density.prior.high[index]
    margin = min(2 * STEP, 0.25 * (high - low))
    return low + margin, high - margin

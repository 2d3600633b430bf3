"""Parameter uncertainty: the typical values of each parameter draw, apart from what differs between subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.chance import normals, uniforms
from regimens.model.file import declared
from regimens.model.fitted import fitted, is_fitted, posterior_draws
from regimens.population.cohort import Cohort, cohort_of
from regimens.population.draw import within_bounds

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.population.values import Floats, Population


def centres(population: Population | Cohort | None, model: Model) -> Floats:
    """Return the typical values (draws, parameters) of every parameter draw of `model` as declared, the same in all arms.

    With one draw they are the medians of the shipped fit, or the declared values where no fit is shipped. With several, where
    a fit of exactly this model is shipped, they are rows of its posterior in an order that the seed decides, so that more
    draws keep the first ones; parameters that were not fitted stay. Without a fit they are draws from the priors that the
    model file declares (`uncertainty`), log-normal inside their bounds.
    """
    cohort = cohort_of(population)
    draws, posterior = cohort.draws, posterior_draws(model)
    if draws > 1 and posterior is None:
        return prior_centres(cohort.seed, draws, model)
    values = np.tile([parameter.value for parameter in fitted(model).parameters], (draws, 1))
    if draws == 1 or posterior is None:
        return values
    order = np.argsort(uniforms(cohort.seed, "row of the posterior", len(posterior.draws)), kind="stable")
    for column, parameter in enumerate(model.parameters):
        if parameter.name in posterior.names:
            values[:, column] = posterior.draws[order[:draws], posterior.names.index(parameter.name)]
    return values


def prior_centres(seed: int, draws: int, model: Model) -> Floats:
    """Return draws (draws, parameters) of the priors that the file of `model` declares, whether or not a fit of it is shipped.

    A parameter with an `uncertainty` is log-normal inside its bounds, around the value of the file; all others stay at it. More
    draws keep the first ones.
    """
    known = declared(model.name) if is_fitted(model) else model
    values = np.tile([parameter.value for parameter in known.parameters], (draws, 1))
    for column, parameter in enumerate(known.parameters):
        if parameter.uncertainty > 0:
            z_scores = normals(seed, f"typical value of {parameter.name}", draws)
            spread = np.sqrt(np.expm1(parameter.uncertainty**2))
            values[:, column] = within_bounds(parameter, z_scores, spread, parameter.value)
    return values


def most_draws(model: Model) -> int | None:
    """Return how many different draws a model has: the rows of its posterior; None for priors, which have no limit."""
    posterior = posterior_draws(model)
    return None if posterior is None else len(posterior.draws)


def uncertain(model: Model) -> tuple[str, ...]:
    """Return the names of the parameters that differ between draws."""
    posterior = posterior_draws(model)
    return tuple(p.name for p in model.parameters if (p.name in posterior.names if posterior is not None else p.uncertainty > 0))

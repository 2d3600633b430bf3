"""A study before any data: the typical subject of every arm under draws of the priors, beside the draws of the fits.

The probability of a contrast under the priors says how sure the equations of a model are of an order without any data. The
typical subject stands for the population: one simulation a draw, in place of one a subject and draw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.model.fitted import posterior_draws
from regimens.population import Cohort
from regimens.population.uncertainty import prior_centres
from regimens.study.study import BAND_RUNS

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.study.study import Study, StudyModel

PRIOR_DRAWS = BAND_RUNS
"""Most draws of the priors; a study with fewer draws of its fits has as many as of these."""


def before_data(study: Study) -> Study | None:
    """Return the study of the typical subject under draws of the priors; None where there is nothing to hold it beside.

    Its models are those at their shipped fit. Its arms are those whose subjects all follow the plan or the same rules: with
    doses that go astray no subject is typical; rules look at the typical subject without noise. Its endpoints are those with a
    direction that one subject has.
    """
    cohort = Cohort(typical_draws=min(study.cohort.draws, PRIOR_DRAWS))
    endpoints = tuple(endpoint for endpoint in study.scenario.endpoints if endpoint.better and of_one_subject(endpoint))
    fits = [model for model in study.models if has_fit(model)]
    if cohort.draws < 2 or not endpoints or not fits:
        return None
    models = tuple(
        replace(
            model,
            place=place,
            centres=prior_centres(study.cohort.seed, cohort.draws, model.declared),
            modelled=tuple(arm for arm in model.modelled if study.arms[arm].arm.adherence is None),
        )
        for place, model in enumerate(fits)
    )
    return replace(study, scenario=replace(study.scenario, population=None, endpoints=endpoints), models=models, cohort=cohort)


def has_fit(model: StudyModel) -> bool:
    """Return whether a model is at its shipped fit, so that its draws are not those of its priors."""
    return posterior_draws(model.declared) is not None


def of_one_subject(endpoint: Endpoint) -> bool:
    """Return whether one subject has a value of an endpoint: not of a share of subjects, nor of what whole trials have."""
    return endpoint.of_subjects and endpoint.statistic != "mean"

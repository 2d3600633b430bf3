"""Visits: what a trial would measure at the visits of a scenario, with day-to-day and assay noise, beside the true values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.study.noise import noise_factor

if TYPE_CHECKING:
    from regimens.statistics import Floats
    from regimens.study.collect import Bands
    from regimens.study.study import Study


@dataclass(frozen=True, eq=False)
class Visit:
    """True and observed values of one observable at one visit, of the runs behind the bands: (runs,) each."""

    arm: str
    model: str
    observable: str
    unit: str
    time_h: float
    true: Floats = field(repr=False)
    observed: Floats = field(repr=False)


def visits(study: Study, bands: Mapping[tuple[str, str], Bands]) -> tuple[Visit, ...]:
    """Return what would be measured at the visits of a scenario with `noise`, of every observable that an endpoint names.

    Noise is log-normal around the true value (`noise_factor`). It never enters a curve, nor an endpoint of subjects; a trial's
    standardised mean difference is of readings with noise, the same as here.
    """
    noise, seed = study.scenario.noise, study.cohort.seed
    if noise is None or study.cohort.typical:
        return ()
    wanted = {endpoint.observable for endpoint in study.scenario.endpoints}
    found = []
    for model in study.models:
        for place in model.modelled:
            arm = study.arms[place].name
            for row, observable in enumerate(model.observables):
                for column, (_, time_h) in enumerate(study.scenario.visits) if observable.name in wanted else ():
                    true = bands[model.name, arm].visits[row][:, column]
                    factor = noise_factor(noise, seed, (arm, model.name), observable.name, time_h, whose(study))
                    found.append(Visit(arm, model.name, observable.name, observable.unit, time_h, true, true * factor))
    return tuple(found)


def whose(study: Study) -> np.ndarray:
    """Return the (draw, subject) of the runs behind the bands: (runs, 2)."""
    return np.stack(np.divmod(study.band_runs, study.cohort.subjects), axis=1)

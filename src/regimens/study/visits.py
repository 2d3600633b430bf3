"""Visits: what a trial would measure at the visits of a scenario, with day-to-day and assay noise, beside the true values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.chance import normals_of

if TYPE_CHECKING:
    from regimens.scenario.values import Noise
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

    Noise is log-normal around the true value. A subject's day-to-day noise at a visit is the same in every arm and model,
    the residual of the assay is not; noise never enters a curve or an endpoint.
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
                    factor = np.exp(_noise(noise, seed, (arm, model.name), observable.name, time_h, whose(study)))
                    found.append(Visit(arm, model.name, observable.name, observable.unit, time_h, true, true * factor))
    return tuple(found)


def whose(study: Study) -> np.ndarray:
    """Return the (draw, subject) of the runs behind the bands: (runs, 2)."""
    return np.stack(np.divmod(study.band_runs, study.cohort.subjects), axis=1)


def _noise(noise: Noise, seed: int, where: tuple[str, str], observable: str, time_h: float, runs: np.ndarray) -> Floats:
    """Return the noise on the log scale of one observable at one time, for (draw, subject) rows."""
    total = np.zeros(len(runs))
    for name, cv in (("day to day", noise.day_to_day), (f"residual {where}", noise.residual)):
        drawn = normals_of(seed, f"{name} {observable} {time_h!r}", runs[:, 1], runs[:, 0])
        total += np.sqrt(np.log1p(cv**2)) * drawn
    return total

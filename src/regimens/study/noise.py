"""Noise: what measuring adds to true values, the same for a subject wherever and in whatever order it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.chance import normals_of

if TYPE_CHECKING:
    from regimens.scenario.values import Noise
    from regimens.statistics import Floats


def noise_factor(noise: Noise, seed: int, where: tuple[str, str], observable: str, time_h: float, runs: np.ndarray) -> Floats:
    """Return what one observable at one time is multiplied by when it is measured: (runs,), for (draw, subject) rows.

    Noise is log-normal with the median 1. A subject's day-to-day noise at a time is the same in every arm and model, the residual
    of the assay is not; `where` is the (arm, model).
    """
    total = np.zeros(len(runs))
    for name, cv in (("day to day", noise.day_to_day), (f"residual {where}", noise.residual)):
        drawn = normals_of(seed, f"{name} {observable} {time_h!r}", runs[:, 1], runs[:, 0])
        total += np.sqrt(np.log1p(cv**2)) * drawn
    return np.asarray(np.exp(total))

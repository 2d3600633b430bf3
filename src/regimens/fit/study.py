"""A whole fit as one call: evidence in, files out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from regimens.evidence import read_responses
from regimens.fit.calibrate import LogPosterior, Posterior, calibrate
from regimens.fit.posterior import files_of
from regimens.fit.profile import Profile, profile
from regimens.fit.rows import rows_of
from regimens.fit.sampling import Settings
from regimens.model.declaration import Model

PROFILED = ("EC50", "kout", "Emax", "amp", "Vm", "CL")
"""Parameters whose profiles are drawn where a model fits them: potency, loss, gain, clearance capacity."""


def fit(
    model: Model, data: Path, settings: Settings, progress: Callable[[str], None] = lambda said: None
) -> tuple[Posterior, dict[str, str]]:
    """Fit `model` to the `fit` rows of the responses in `data`; return the posterior and the texts of its files.

    Raises InputFileError for bad rows, ModelError if the model declares nothing to fit.
    """
    rows = rows_of(read_responses(data), "fit")
    progress(f"sampling {model.name}: {settings.ensembles} ensembles of {settings.walkers} walkers, {settings.steps} steps")
    posterior = calibrate(model, rows, settings)
    record = {"data_sha256": hashlib.sha256(data.read_bytes()).hexdigest(), "rows": [row.id for row in posterior.rows]}
    return posterior, files_of(posterior, profiles(posterior, progress), record)


def profiles(posterior: Posterior, progress: Callable[[str], None]) -> list[Profile]:
    """Return the profiles of the parameters of PROFILED that were fitted, each begun at the posterior median."""
    density = LogPosterior(posterior.model, posterior.rows)
    start = np.log(np.median(posterior.draws, axis=0))
    found = []
    for name in PROFILED:
        if name in posterior.names:
            progress(f"profile of {name}")
            found.append(profile(density, name, start))
    return found

"""Fitted values: a shipped model at the posterior medians of its shipped fit, which is where comparisons draw its curves."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.model.compile import compile_model
from regimens.model.declaration import Model, Parameter, Source

FIT = Source("regimens_fit", "Fit of this package to published Treg responses: docs/fits.md, posteriors/.")

LEARNT = 0.2
"""Share of the prior variance that the data must have removed for the fit to count as the source of a value."""


def fingerprint(model: Model) -> str:
    """Return a SHA-256 of what a fit depends on: equations, values, bounds, CVs and priors; not labels, notes or sources."""
    numbers: list[tuple] = [(p.name, p.value, p.low, p.high, p.cv, p.uncertainty) for p in model.parameters]
    numbers += [(*correlation.between, correlation.value) for correlation in model.correlations]
    return hashlib.sha256(f"{compile_model(model).digest}{numbers!r}".encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class PosteriorDraws:
    """Draws (draws, names) from the posterior of a model."""

    names: tuple[str, ...]
    draws: np.ndarray


def read_draws(path: Path) -> PosteriorDraws:
    """Return the draws of a CSV file with one column a parameter and one a spread of the fit."""
    with path.open(encoding="utf-8") as file:
        names = tuple(file.readline().strip().split(","))
        draws = np.loadtxt(file, delimiter=",", ndmin=2)
    return PosteriorDraws(names, draws)


@functools.lru_cache(maxsize=16)
def posterior_draws(model: Model) -> PosteriorDraws | None:
    """Return the shipped posterior of `model`, as declared or at its medians; None where no fit of this very model is."""
    folder = _shipped_fit(model)
    return None if folder is None else read_draws(folder / "draws.csv")


def _shipped_fit(model: Model) -> Path | None:
    folder = shipped.folder("posteriors") / model.name
    if not (folder / "fit.json").is_file():
        return None
    same = json.loads((folder / "fit.json").read_text(encoding="utf-8"))["model_sha256"] == fingerprint(model)
    return folder if same else None


@functools.lru_cache(maxsize=16)
def fitted(model: Model) -> Model:
    """Return `model` at the posterior medians of its shipped fit, or as it is where no fit of this very model is shipped.

    The note of every fitted parameter says its interval, how much was learnt, and what the model file has.
    """
    folder = _shipped_fit(model)
    if folder is None:
        return model
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        found = {row["name"]: row for row in csv.DictReader(file)}
    parameters = tuple(_at_median(p, found[p.name]) if p.name in found else p for p in model.parameters)
    used = any(p.source == FIT.key for p in parameters)
    return replace(model, parameters=parameters, sources=(*model.sources, *([FIT] if used else [])))


def _at_median(parameter: Parameter, row: dict[str, str]) -> Parameter:
    learnt = max(0.0, float(row["contraction"]))
    note = (
        f"Posterior median, 90 % interval {row['low']} to {row['high']}; {learnt:.0%} learnt from data; "
        f"the model file has {parameter.value:g}. {parameter.note}"
    )
    source = FIT.key if learnt >= LEARNT else parameter.source
    return replace(parameter, value=float(row["median"]), note=note.strip(), source=source)

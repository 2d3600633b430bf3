"""Shipped models at the posterior medians of their shipped fits, the values that comparisons draw their curves with."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from regimens import shipped
from regimens.errors import ModelError
from regimens.model.compile import compile_model
from regimens.model.declaration import Model, Parameter, Source
from regimens.model.file import declared

FIT = Source("regimens_fit", "Fit of this package to published Treg responses: docs/fits.md, posteriors/.")

BASELINE = "T0"
"""The Treg baseline of a model: a study's own replaces it in a fit, and its spread between subjects is printed."""

SUBJECT_SPREAD = "subject_spread"
"""Row of summary.csv with the factor on the standard deviations between subjects that printed spreads ask for."""

LEARNT = 0.2
"""Share of the prior variance that the data must have removed for the fit to count as the source of a value."""


def find_model(name: str, values: Literal["fitted", "declared"] = "fitted") -> Model:
    """Return the shipped model `name`, or the model in the file that `name` is the path of.

    `values` says which parameter values it has: "fitted", the posterior medians of its shipped fit, which are those that
    comparisons use, or "declared", those of the model file. Without a shipped fit of this very model both are the same.
    Raises ModelError for an unknown name or an unknown `values`, and InputFileError for a file that cannot be used.
    """
    if values not in ("fitted", "declared"):
        needed = "'fitted' (posterior medians of the shipped fit) or 'declared' (values of the model file) is needed"
        raise ModelError(f"Model '{name}': found values={values!r}; {needed}.")
    model = declared(name)
    return fitted(model) if values == "fitted" else model


def fingerprint(model: Model) -> str:
    """Return a SHA-256 of what a fit depends on: equations, values, bounds, CVs and priors; not labels, notes or sources."""
    numbers: list[tuple[object, ...]] = [(p.name, p.value, p.low, p.high, p.cv, p.uncertainty) for p in model.parameters]
    numbers += [(*correlation.between, correlation.value) for correlation in model.correlations]
    return hashlib.sha256(f"{compile_model(model).digest}{numbers!r}".encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class PosteriorDraws:
    """Draws (draws, names) from the posterior of a model."""

    names: tuple[str, ...]
    draws: npt.NDArray[np.float64]


def read_draws(path: Path) -> PosteriorDraws:
    """Return the draws of a CSV file: one column for each fitted parameter and for each spread that the fit estimated."""
    with path.open(encoding="utf-8") as file:
        names = tuple(next(csv.reader([file.readline()])))
        draws = np.loadtxt(file, delimiter=",", ndmin=2)
    return PosteriorDraws(names, draws)


@functools.lru_cache(maxsize=16)
def posterior_draws(model: Model) -> PosteriorDraws | None:
    """Return the shipped posterior of `model`, at declared or fitted values; None where no fit of this very model is shipped."""
    folder = _fit_of_declared(model)
    if folder is None and is_fitted(model):
        folder = _fit_folder(model.name)
    return None if folder is None else read_draws(folder / "draws.csv")


@functools.lru_cache(maxsize=16)
def fitted(model: Model) -> Model:
    """Return `model` at the posterior medians of its shipped fit; unchanged where no fit of this very model is shipped.

    The note of every fitted parameter gives its interval, how much the data taught of it, and the value of the model file. The
    CVs between subjects are those that printed spreads ask for, by one factor on all of them but that of the baseline.
    """
    folder = _fit_of_declared(model)
    if folder is None:
        return model
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        found = {row["name"]: row for row in csv.DictReader(file)}
    parameters = tuple(_at_median(p, found[p.name]) if p.name in found else p for p in model.parameters)
    if SUBJECT_SPREAD in found:
        parameters = tuple(_with_spread(p, found[SUBJECT_SPREAD]) for p in parameters)
    used = any(p.source == FIT.key for p in parameters)
    return replace(model, parameters=parameters, sources=(*model.sources, *([FIT] if used else [])))


@functools.lru_cache(maxsize=16)
def is_fitted(model: Model) -> bool:
    """Return whether `model` is a shipped model at its fitted values, with nothing else changed that a fit depends on."""
    if _fit_folder(model.name) is None or model.name not in shipped.names("models"):
        return False
    as_shipped = declared(model.name)
    return _fit_of_declared(as_shipped) is not None and fingerprint(model) == fingerprint(fitted(as_shipped))


def _fit_folder(name: str) -> Path | None:
    folder = shipped.folder("posteriors") / name
    return folder if (folder / "fit.json").is_file() else None


def _fit_of_declared(model: Model) -> Path | None:
    """Return the folder of the shipped fit that was made of `model` with exactly these values; None if there is none."""
    folder = _fit_folder(model.name)
    if folder is None:
        return None
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    return folder if record["model_sha256"] == fingerprint(model) else None


def _at_median(parameter: Parameter, row: dict[str, str]) -> Parameter:
    learnt = max(0.0, float(row["contraction"]))
    note = (
        f"Posterior median, 90 % interval {row['low']} to {row['high']}; {learnt:.0%} learnt from data; "
        f"the model file has {parameter.value:g}. {parameter.note}"
    )
    source = FIT.key if learnt >= LEARNT else parameter.source
    return replace(parameter, value=float(row["median"]), note=note.strip(), source=source)


def _with_spread(parameter: Parameter, row: dict[str, str]) -> Parameter:
    """Return the parameter with its CV multiplied by the subject spread, on the log scale; the baseline's is known and stays."""
    factor = float(row["median"])
    if parameter.cv == 0 or parameter.name == BASELINE or factor == 1.0:
        return parameter
    cv = float(f"{scaled_cv(parameter.cv, factor):.4g}")
    said = f"Printed spreads ask for a CV of {cv:.0%}; the model file has {parameter.cv:.0%}."
    note = f"{parameter.note} {said}"
    return replace(parameter, cv=cv, note=note.strip())


def scaled_cv(cv: float, factor: float) -> float:
    """Return the coefficient of variation of a log-normal value whose standard deviation on the log scale is `factor` times."""
    return float(np.sqrt(np.expm1(factor**2 * np.log1p(cv**2))))

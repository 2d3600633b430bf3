"""Posteriors on disk: what a fit found, as files that are shipped, read back, and made again by one command."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens import shipped
from regimens.errors import ModelError
from regimens.fit.prior import SPREADS
from regimens.model.fitted import fingerprint
from regimens.model.fitted import read_draws as read_posterior

if TYPE_CHECKING:
    from regimens.fit.calibrate import Posterior
    from regimens.fit.profile import Profile
    from regimens.model.declaration import Model

DIGITS = "%.6g"
"""Draws are written to six digits, far finer than they are known."""


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A model with draws (draws, names) from its posterior; the last names are the spreads."""

    model: Model
    names: tuple[str, ...]
    draws: np.ndarray


def read_fitted(model: Model) -> FittedModel:
    """Return the shipped posterior of `model`; ModelError if there is none, or if it belongs to another text of the model."""
    folder = shipped.folder("posteriors") / model.name
    if not (folder / "draws.csv").is_file():
        raise ModelError(f"No posterior of model '{model.name}' is shipped; only shipped models can be validated.")
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    if record["model_sha256"] != fingerprint(model):
        raise ModelError(
            f"The posterior of model '{model.name}' was fitted to other equations, values or priors than the model file has. "
            f"Make it again with `python scripts/renew_posteriors.py {model.name}`."
        )
    return read_draws(model, folder / "draws.csv")


def read_draws(model: Model, path: Path) -> FittedModel:
    """Return the draws of a CSV file with one column a parameter and one a spread, for `model`."""
    found = read_posterior(path)
    return FittedModel(model, found.names, found.draws)


def files_of(posterior: Posterior, profiles: Sequence[Profile], record: Mapping[str, object]) -> dict[str, str]:
    """Return the texts of a fit by file name: draws, summary, rows, profiles, and the record of how it was made."""
    return {
        "draws.csv": _csv(posterior.names, posterior.draws),
        "summary.csv": _summary(posterior),
        "rows.csv": _rows(posterior),
        "profiles.csv": _profiles(profiles),
        "fit.json": json.dumps(_record(posterior, record), indent=2) + "\n",
    }


def _csv(names: Sequence[str], values: np.ndarray) -> str:
    text = io.StringIO()
    np.savetxt(text, values, fmt=DIGITS, delimiter=",", header=",".join(names), comments="")
    return text.getvalue()


def _summary(posterior: Posterior) -> str:
    lines = ["name,unit,prior,prior_sd_log,median,low,high,contraction,r_hat,effective"]
    units = {parameter.name: parameter.unit for parameter in posterior.model.parameters}
    for place, name in enumerate(posterior.names):
        low, median, high = np.exp(posterior.sample.quantiles[:, place])
        is_spread = name in SPREADS
        if is_spread:
            prior = f"0,{SPREADS[name]:g}"
        else:
            prior = f"{np.exp(posterior.prior.centre[place]):.6g},{posterior.prior.spread[place]:g}"
        contraction = "" if is_spread else f"{posterior.contraction[place]:.3f}"
        diagnostics = f"{posterior.sample.r_hat[place]:.4f},{posterior.sample.effective[place]:.0f}"
        lines.append(f"{name},{units.get(name, '1')},{prior},{median:.4g},{low:.4g},{high:.4g},{contraction},{diagnostics}")
    return "\n".join(lines) + "\n"


def _rows(posterior: Posterior) -> str:
    lines = ["id,observable,observed,se_log,bound,predicted,low,high"]
    for place, row in enumerate(posterior.rows):
        low, median, high = np.exp(np.quantile(posterior.predicted[:, place], [0.05, 0.5, 0.95]))
        seen = row.observation
        lines.append(
            f"{row.id},{row.target.observable},{np.exp(seen.log_value):.4g},{seen.log_se:.3g},{seen.bound},"
            f"{median:.4g},{low:.4g},{high:.4g}"
        )
    return "\n".join(lines) + "\n"


def _profiles(profiles: Sequence[Profile]) -> str:
    lines = ["name,value,loss"]
    lines += [f"{p.name},{value:.4g},{loss:.3f}" for p in profiles for value, loss in zip(p.values, p.loss, strict=True)]
    return "\n".join(lines) + "\n"


def _record(posterior: Posterior, record: Mapping[str, object]) -> dict[str, object]:
    return {
        "model": posterior.model.name,
        "model_sha256": fingerprint(posterior.model),
        "settings": posterior.settings.as_dict(),
        "acceptance": round(posterior.sample.acceptance, 3),
        "largest_r_hat": round(float(posterior.sample.r_hat.max()), 4),
        "smallest_effective": int(posterior.sample.effective.min()),
        **record,
    }

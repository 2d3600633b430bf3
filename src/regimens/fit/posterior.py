"""Posteriors: what a fit found, as text files that are shipped, read back and made again by one command, and as tables."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens import shipped
from regimens.csvfile import table_text
from regimens.errors import ModelError
from regimens.fit.datapoints import AT_LEAST, AT_MOST, DataPoint
from regimens.fit.prior import SPREADS, Prior
from regimens.fit.sampling import LOW_MEDIAN_HIGH, Sample, Settings
from regimens.fit.subjects import FACTOR_SD, Shift, SubjectSpread
from regimens.model.fitted import SUBJECT_SPREAD, fingerprint

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from regimens.fit.validation import SourceCheck
    from regimens.model.declaration import Model
    from regimens.statistics import Floats

DIGITS = "%.6g"
"""Draws are written with six digits, far more than they are known to."""

SUMMARY = ("name", "unit", "prior", "prior_sd_log", "median", "low", "high", "contraction", "r_hat", "effective")
"""Columns of summary.csv. Prior and contraction are blank for the two spreads; their `prior_sd_log` is a half-normal scale. The
last row is the subject spread, a factor that no draw has: it is found before the draws."""

ROWS = ("id", "observable", "observed", "se_log", "bound", "predicted", "low", "high")
"""Columns of rows.csv: every fitted row of evidence, its value, and the interval of the predicted statistic over the draws."""

PROFILES = ("name", "value", "loss")
"""Columns of profiles.csv."""

LEFT_OUT_HOW = {"weights": "weights", "refit": "fitted again", "not fitted": "never fitted"}
"""How a source was left out, in words."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The profile of a parameter: its `values`, and as `loss` twice the drop of the log density below the maximum of them."""

    name: str
    values: Floats
    loss: Floats


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a fit found. `draws` are (draws, names) on the natural scale; `predicted` are (draws, data points) logarithms.

    `contraction` is 1 - (posterior / prior standard deviation) squared on the log scale: 0 means that nothing was learnt.
    """

    model: Model
    data: tuple[DataPoint, ...]
    prior: Prior
    settings: Settings
    names: tuple[str, ...]
    draws: Floats
    predicted: Floats
    contraction: Floats
    sample: Sample
    shift: Shift
    spread: SubjectSpread

    def predicted_interval(self, place: int) -> tuple[float, float, float]:
        """Return (low, median, high) over the draws of the prediction for one data point."""
        low, median, high = np.exp(np.quantile(self.predicted[:, place], LOW_MEDIAN_HIGH))
        return float(low), float(median), float(high)


def shipped_folder(model: Model) -> Path:
    """Return the folder of the shipped fit of `model`.

    ModelError if there is none, or if it was fitted to other equations, values or priors than `model` has.
    """
    folder = shipped.folder("posteriors") / model.name
    if not (folder / "draws.csv").is_file():
        raise ModelError(f"No posterior of model '{model.name}' is shipped; only shipped models can be validated.")
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    if record["model_sha256"] != fingerprint(model):
        raise ModelError(
            f"The posterior of model '{model.name}' was fitted to other equations, values or priors than the model file has. "
            f"Renew it with `python scripts/renew_posteriors.py {model.name}`."
        )
    return folder


def files_of(posterior: Posterior, profiles: Sequence[Profile], record: Mapping[str, object]) -> dict[str, str]:
    """Return the texts of a fit by file name: draws, summary, rows, profiles, and the record of how it was made."""
    return {
        "draws.csv": _draws(posterior),
        "summary.csv": table_text(SUMMARY, [*_all_summary_cells(posterior), _spread_cells(posterior.spread)]),
        "rows.csv": table_text(ROWS, [_row_cells(posterior, place) for place in range(len(posterior.data))]),
        "profiles.csv": table_text(
            PROFILES,
            [
                (profile.name, f"{value:.4g}", f"{loss:.3f}")
                for profile in profiles
                for value, loss in zip(profile.values, profile.loss, strict=True)
            ],
        ),
        "fit.json": json.dumps(_record(posterior, record), indent=2) + "\n",
    }


def _draws(posterior: Posterior) -> str:
    text = io.StringIO()
    np.savetxt(text, posterior.draws, fmt=DIGITS, delimiter=",", header=",".join(posterior.names), comments="")
    return text.getvalue()


def _all_summary_cells(posterior: Posterior) -> list[tuple[str, ...]]:
    return [_summary_cells(posterior, place) for place in range(len(posterior.names))]


def _summary_cells(posterior: Posterior, place: int) -> tuple[str, ...]:
    name = posterior.names[place]
    units = {parameter.name: parameter.unit for parameter in posterior.model.parameters}
    low, median, high = (f"{end:.4g}" for end in np.exp(posterior.sample.quantiles[:, place]))
    if name in SPREADS:
        prior, width, contraction = "0", f"{SPREADS[name]:g}", ""
    else:
        prior, width = f"{np.exp(posterior.prior.centre[place]):.6g}", f"{posterior.prior.spread[place]:g}"
        contraction = f"{posterior.contraction[place]:.3f}"
    diagnostics = (f"{posterior.sample.r_hat[place]:.4f}", f"{posterior.sample.effective[place]:.0f}")
    return (name, units.get(name, "1"), prior, width, median, low, high, contraction, *diagnostics)


def _spread_cells(spread: SubjectSpread) -> tuple[str, ...]:
    median, low, high = (f"{end:.4g}" for end in (spread.median, spread.low, spread.high))
    return (SUBJECT_SPREAD, "1", "", f"{FACTOR_SD:g}", median, low, high, "", "", "")


def _row_cells(posterior: Posterior, place: int) -> tuple[str, ...]:
    point, seen = posterior.data[place], posterior.data[place].observation
    low, median, high = (f"{end:.4g}" for end in posterior.predicted_interval(place))
    observed = (f"{np.exp(seen.log_value):.4g}", f"{seen.log_se:.3g}", seen.bound)
    return (point.id, point.target.observable, *observed, median, low, high)


def _record(posterior: Posterior, record: Mapping[str, object]) -> dict[str, object]:
    return {
        "model": posterior.model.name,
        "model_sha256": fingerprint(posterior.model),
        "settings": posterior.settings.as_dict(),
        "subject_spread_rows": posterior.spread.rows,
        "largest_shift_residual": round(float(posterior.shift.residual.max()), 3),
        "acceptance": round(posterior.sample.acceptance, 3),
        "largest_r_hat": round(float(posterior.sample.r_hat.max()), 4),
        "smallest_effective": int(posterior.sample.effective.min()),
        **record,
    }


def fit_table(posterior: Posterior, sources: Sequence[SourceCheck]) -> RenderableType:
    """Return rich tables: what was learnt about each parameter, each data point observed and predicted, and the `sources` that
    were left out.
    """
    from rich.console import Group
    from rich.text import Text

    spread = posterior.spread
    subjects = (
        f"Subjects spread {spread.median:.2f} times ({spread.low:.2f}-{spread.high:.2f}) the CVs of the model file, by "
        f"{spread.rows} printed spread{'s' if spread.rows > 1 else ''}."
        if spread.rows
        else "No row has a printed spread between subjects: the CVs of the model file stand."
    )
    worst = f"R-hat at most {posterior.sample.r_hat.max():.3f}, effective sizes from {posterior.sample.effective.min():.0f}"
    parts: list[RenderableType] = [_parameter_table(posterior), _row_table(posterior), Group(Text(subjects), Text(f"{worst}."))]
    if sources:
        parts.append(_source_table(sources))
    if len({point.observation.source for point in posterior.data}) < 2:
        parts.append(Text("All fitted rows come from one source: it cannot be left out."))
    return Group(parts[0], *(line for part in parts[1:] for line in (Text(""), part)))


def _grid(title: str, headings: tuple[str, ...]) -> Table:
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if place else "left", no_wrap=True)
    return grid


def _parameter_table(posterior: Posterior) -> Table:
    grid = _grid("Parameters (median and 90 % interval)", ("name", "prior", "posterior", "interval", "learnt"))
    for place, name in enumerate(posterior.names):
        low, median, high = np.exp(posterior.sample.quantiles[:, place])
        prior = "" if name in SPREADS else f"{np.exp(posterior.prior.centre[place]):.3g}"
        learnt = "" if name in SPREADS else f"{max(0.0, posterior.contraction[place]):.0%}"
        grid.add_row(name, prior, f"{median:.3g}", f"{low:.3g}-{high:.3g}", learnt)
    return grid


def _source_table(sources: Sequence[SourceCheck]) -> Table:
    headings = ("source", "how", "k", "nothing is known without it of")
    grid = _grid("Sources left out (their rows: checks.csv)", headings)
    for each in sources:
        how = LEFT_OUT_HOW[each.how]
        grid.add_row(each.source, how, "" if each.shape is None else f"{each.shape:.2f}", ", ".join(each.lost))
    return grid


def _row_table(posterior: Posterior) -> Table:
    grid = _grid("Rows (fitted curve, without the spread between studies)", ("row", "observed", "predicted", "interval"))
    for place, point in enumerate(posterior.data):
        low, median, high = posterior.predicted_interval(place)
        bound = {AT_LEAST: "> ", AT_MOST: "< "}.get(point.observation.bound, "")
        grid.add_row(point.id, f"{bound}{np.exp(point.observation.log_value):.3g}", f"{median:.3g}", f"{low:.3g}-{high:.3g}")
    return grid

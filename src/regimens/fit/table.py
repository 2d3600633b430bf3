"""A fit as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.fit.prior import SPREADS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from regimens.fit.calibrate import Posterior


def fit_table(posterior: Posterior) -> RenderableType:
    """Return two rich tables: what was learnt of each parameter, and each row observed and predicted."""
    from rich.console import Group
    from rich.text import Text

    worst = f"R-hat at most {posterior.sample.r_hat.max():.3f}, effective sizes from {posterior.sample.effective.min():.0f}"
    return Group(_parameters(posterior), Text(""), _rows(posterior), Text(""), Text(f"{worst}."))


def _grid(title: str, headings: tuple[str, ...]):
    from rich.table import Table

    grid = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if place else "left", no_wrap=True)
    return grid


def _parameters(posterior: Posterior) -> RenderableType:
    grid = _grid("Parameters (median and 90 % interval)", ("name", "prior", "posterior", "interval", "learnt"))
    for place, name in enumerate(posterior.names):
        low, median, high = np.exp(posterior.sample.quantiles[:, place])
        prior = "" if name in SPREADS else f"{np.exp(posterior.prior.centre[place]):.3g}"
        learnt = "" if name in SPREADS else f"{max(0.0, posterior.contraction[place]):.0%}"
        grid.add_row(name, prior, f"{median:.3g}", f"{low:.3g}-{high:.3g}", learnt)
    return grid


def _rows(posterior: Posterior) -> RenderableType:
    grid = _grid("Rows (fitted curve, without the spread between studies)", ("row", "seen", "predicted", "interval"))
    for place, row in enumerate(posterior.rows):
        low, median, high = np.exp(np.quantile(posterior.predicted[:, place], [0.05, 0.5, 0.95]))
        bound = {"lower bound": "> ", "upper bound": "< "}.get(row.observation.bound, "")
        grid.add_row(row.id, f"{bound}{np.exp(row.observation.log_value):.3g}", f"{median:.3g}", f"{low:.3g}-{high:.3g}")
    return grid

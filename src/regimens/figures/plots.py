"""Plots: the figures of one comparison as its own methods, for notebooks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from regimens import figures

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.study.comparison import Comparison


class Plots:
    """The functions of `regimens.figures` with the comparison given: `comparison.plot.curves("treg_fold")`."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def __getattr__(self, name: str) -> Callable[..., go.Figure]:
        if name not in figures.__all__:
            raise AttributeError(f"There is no figure '{name}'. Figures are {', '.join(figures.__all__)}.")
        return partial(getattr(figures, name), self._comparison)

    def __dir__(self) -> list[str]:
        return list(figures.__all__)

"""The checks of the shipped fits: every model summarised, and how all of them together are weighed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.fit.checkfiles import read_checks, read_sources
from regimens.fit.posterior import shipped_folder
from regimens.fit.stacking import combined, weights_of
from regimens.fit.validation import summary_of
from regimens.model import find_model
from regimens.model.fitted import read_draws

if TYPE_CHECKING:
    from regimens.fit.stacking import Combined, Weight
    from regimens.fit.validation import Summary
    from regimens.model.declaration import Model
    from regimens.statistics import Floats


def summarise(model: Model) -> Summary:
    """Return the checks of the shipped fit of `model`, summarised. ModelError if there is no fit of this very model."""
    folder = shipped_folder(model)
    return summary_of(model, read_checks(folder / "checks.csv"), read_sources(folder / "sources.csv"))


def shipped_checks(names: Sequence[str]) -> tuple[list[Summary], tuple[Weight, ...], Combined | None]:
    """Return the summaries of the models `names`, and weights and combined score where these are all shipped models."""
    summaries = [summarise(find_model(name, values="declared")) for name in names]
    if sorted(names) != sorted(shipped.names("models")):
        return summaries, (), None
    return summaries, weights_of(summaries), combined(summaries, {name: _predictions(name) for name in names})


def _predictions(name: str) -> dict[str, Floats]:
    found = read_draws(shipped_folder(find_model(name, values="declared")) / "predictions.csv")
    return {row: found.draws[:, place] for place, row in enumerate(found.names)}

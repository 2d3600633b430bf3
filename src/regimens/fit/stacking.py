"""A model of models: weights that make the combined prediction of left-out sources as good as it can be.

Each source, left out, has a predictive density under every model. The weights (at least 0, sum 1) maximise the sum over
sources of the logarithm of the weighted density: models that predict the same things share their weight, and a model that is
best nowhere has none. Source: Yao, Vehtari, Simpson & Gelman 2018, Bayesian Analysis 13:917, doi:10.1214/17-BA1091.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.errors import ModelError
from regimens.fit.validation import interval_score
from regimens.statistics import TAILS, weighted_quantiles

if TYPE_CHECKING:
    from regimens.fit.validation import Summary
    from regimens.statistics import Floats

ROUNDS = 2000
"""Steps of the expectation-maximisation of the weights; each raises the sum of logarithms, which has one maximum."""

NONE = 1e-6
"""Weight below which a model has none: the steps take it ever nearer to 0."""

RESAMPLED = 1000
"""Bayesian bootstrap weights of the sources behind the uncertainty of the model weights."""

SEED = 20260101

WEIGHTS = ("model", "weight", "low", "high")
"""Columns of posteriors/weights.csv."""


@dataclass(frozen=True)
class Weight:
    """Weight of a model, and its 90 % interval over Bayesian bootstrap weights of the sources (Rubin 1981)."""

    model: str
    weight: float
    low: float
    high: float


@dataclass(frozen=True)
class Combined:
    """Mean interval score of the left-out rows that all models can predict: of the combined prediction, whose weights have not
    seen the source of the row, and of each model alone. `rows` of them, from `sources` sources.
    """

    score: float
    alone: Mapping[str, float]
    rows: int
    sources: int


def stack(log_densities: Floats, of_sources: Floats | None = None) -> Floats:
    """Return the weights (models,) that maximise the weighted sum over sources of the log of the mixture of (sources, models)."""
    even = np.full((1, len(log_densities)), 1.0 / len(log_densities))
    return np.asarray(_stacked(log_densities, even if of_sources is None else of_sources[None, :])[0])


def _stacked(log_densities: Floats, of_sources: Floats) -> Floats:
    """Return the weights (sets, models) for several sets of weights of the sources (sets, sources)."""
    scaled = np.exp(log_densities - log_densities.max(axis=1, keepdims=True))
    weights = np.full((len(of_sources), scaled.shape[1]), 1.0 / scaled.shape[1])
    for _ in range(ROUNDS):
        mixed = weights @ scaled.T
        weights = weights * ((of_sources / mixed) @ scaled)
    weights = np.where(weights < NONE, 0.0, weights)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def weights_of(summaries: Sequence[Summary]) -> tuple[Weight, ...]:
    """Return the weight of every model, from the densities of the rows that all of them can predict."""
    log_densities, _ = densities(summaries)
    random = np.random.default_rng(SEED)
    resampled = _stacked(log_densities, random.dirichlet(np.ones(len(log_densities)), RESAMPLED))
    low, high = np.quantile(resampled, TAILS, axis=0)
    best = stack(log_densities)
    names = [summary.model.name for summary in summaries]
    return tuple(Weight(*found) for found in zip(names, best.tolist(), low.tolist(), high.tolist(), strict=True))


def densities(summaries: Sequence[Summary]) -> tuple[Floats, tuple[str, ...]]:
    """Return log densities (sources, models) and the sources that every model predicts. ModelError where there are none."""
    of_models = [{each.source: each.common for each in summary.sources if each.common is not None} for summary in summaries]
    sources = [source for source in of_models[0] if all(source in others for others in of_models)]
    if not sources:
        raise ModelError("No source is predicted by all models, so they cannot be weighed.")
    return np.array([[found[source] for found in of_models] for source in sources], dtype=float), tuple(sources)


def combined(summaries: Sequence[Summary], predictions: Mapping[str, Mapping[str, Floats]]) -> Combined:
    """Return how the combined prediction does on left-out rows, beside each model; `predictions` are, by model and row, evenly
    spaced quantiles of the predicted logarithm.

    Rows with a value, of the sources that all models predict; rows that share subjects with another row are left out.
    """
    log_densities, sources = densities(summaries)
    names = [summary.model.name for summary in summaries]
    known = {each.id: each for each in summaries[0].checks if each.score is not None and each.independent}
    rows = [name for name in known if known[name].source in sources and all(name in predictions[model] for model in names)]
    scores: dict[str, list[float]] = {name: [] for name in ("", *names)}
    for row in rows:
        left = [place for place, source in enumerate(sources) if source != known[row].source]
        weights = stack(log_densities[left])
        values = np.concatenate([predictions[model][row] for model in names])
        seen = float(np.log(known[row].observed))
        only = dict(zip(names, np.eye(len(names)), strict=True))
        for name, of_models in {"": weights, **only}.items():
            each = np.repeat(of_models, [len(predictions[model][row]) for model in names])
            scores[name].append(interval_score(seen, *weighted_quantiles(values, each, TAILS)))
    return Combined(
        score=float(np.mean(scores[""])),
        alone={name: float(np.mean(scores[name])) for name in names},
        rows=len(rows),
        sources=len({known[row].source for row in rows}),
    )


def weights_text(weights: Sequence[Weight]) -> str:
    """Return the text of weights.csv."""
    lines = [f"{each.model},{each.weight:.4f},{each.low:.4f},{each.high:.4f}" for each in weights]
    return "\n".join([",".join(WEIGHTS), *lines]) + "\n"

"""Published outcomes beside what was simulated: whether each model agrees with what documents saw, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.condition import Within
from regimens.contrasts.english import percent
from regimens.contrasts.verdict import fewest_draws, reaches
from regimens.statistics import over_draws
from regimens.tables import Column, Table, column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.condition import Condition
    from regimens.contrasts.outcomes import Outcomes
    from regimens.contrasts.verdict import Rule
    from regimens.endpoints import Endpoint
    from regimens.scenario.outcomes import PublishedOutcome


class Agreement(StrEnum):
    """Whether a model agrees with what was seen."""

    AGREES = "agrees"
    DISAGREES = "does not agree"
    UNDECIDED = "undecided"
    NOT_MODELLED = "not modelled"


class Because(StrEnum):
    """Why a row says so."""

    HOLDS = "it holds in as many draws as the rule asks for"
    FAILS = "it fails in as many draws as the rule asks for"
    BETWEEN = "it neither holds nor fails in so many draws"
    OVERLAP = "the simulated interval and the published one overlap"
    APART = "the simulated interval and the published one do not overlap"
    FEW_DRAWS = "there are too few parameter draws for the rule"
    PARAMETERS_KNOWN = "the parameters are taken as known"
    UNCERTAINTY = "nothing is known about the uncertainty of the model's parameters"
    NO_VALUE = "no draw has a value"
    NO_INTERVAL = "an end of the simulated interval is infinite"
    NO_OBSERVABLE = "the model has no such endpoint"
    NO_INPUT = "the model has no input for a drug of the arm, or of the arm it is held against"
    NO_ENDPOINT = "no endpoint stands for what was seen"


@dataclass(frozen=True)
class Published:
    """What a publication saw in one arm, and what one model says of it; NaN where a number is missing.

    `because` is what decides the `agreement`; `reason` says it in a sentence.
    """

    seen: str = column("what was seen, in the words of the scenario")
    arm: str = column("arm in which it was seen")
    model: str = column("model")
    endpoint: str = column("endpoint that stands for it, in the words of the scenario; blank where none does")
    condition: str = column("what the endpoint must be, in the words of the scenario; blank where none stands for what was seen")
    quantity: str = column(
        "what the numbers are: value, the population statistic of the endpoint; or difference, that of the subjects' differences "
        "from the other arm or endpoint"
    )
    median: float = column("its median over draws", "unit")
    low: float = column("lower end of its 90 % confidence interval", "unit")
    high: float = column("upper end of its 90 % confidence interval", "unit")
    unit: str = column("unit of these numbers")
    probability: float = column("probability that the condition holds: share of draws, ties half; missing below two draws", "1")
    draws: int = column("draws with a value")
    source: str = column("where it was published, in words")
    doi: str = column("DOI of the publication")
    rule: float = column("probability that is asked for", "1")
    because: Because = Because.NO_ENDPOINT

    @property
    def agreement(self) -> Agreement:
        """Whether the model agrees with what was seen."""
        return _AGREEMENTS.get(self.because, Agreement.UNDECIDED)

    @property
    def reason(self) -> str:
        """Why, as a sentence without its full stop."""
        return _REASONS[self.because](self)


_DECLARED = table_of("outcomes", "published outcome, arm and model", Published)
OUTCOMES = Table(
    _DECLARED.name,
    _DECLARED.one_row,
    (
        *_DECLARED.columns,
        Column("agreement", "agrees, does not agree, undecided or not modelled"),
        Column("reason", "why, in a sentence"),
    ),
)


def published(seen: Sequence[PublishedOutcome], outcomes: Outcomes, rule: Rule) -> tuple[Published, ...]:
    """Return what every model says of every published outcome, arm by arm.

    Of a condition with one side, a model agrees where the condition holds with at least the probability of the rule, and does not
    agree where that is at most 1 - rule. Of a published interval, it agrees where the 90 % confidence interval of the population
    statistic overlaps it, and else does not.
    """
    return tuple(
        _row(outcome, arm, model, outcomes, rule.probability)
        for outcome in seen
        for arm in outcome.arms
        for model in outcomes.models
    )


def _row(outcome: PublishedOutcome, arm: str, model: str, outcomes: Outcomes, rule: float) -> Published:
    endpoint, condition = outcome.endpoint, outcome.condition
    source = "; ".join(filter(None, (reference.text or reference.registration for reference in outcome.sources)))
    doi = "; ".join(filter(None, (reference.doi for reference in outcome.sources)))
    missing = (np.nan, np.nan, np.nan, "", np.nan, 0)
    row = Published(outcome.seen, arm, model, "", "", "", *missing, source, doi, rule)
    if endpoint is None or condition is None:
        return row
    row = replace(row, endpoint=endpoint.words, condition=condition.in_words(), quantity=condition.quantity)
    if model not in outcomes.models_of(arm, *condition.arms):
        return replace(row, because=Because.NO_INPUT)
    if not all(outcomes.unit(model, each) for each in outcome.endpoints):
        return replace(row, because=Because.NO_OBSERVABLE)
    return _judged(row, endpoint, condition, outcomes)


def _judged(row: Published, endpoint: Endpoint, condition: Condition, outcomes: Outcomes) -> Published:
    by_draw = condition.by_draw(outcomes, row.model, row.arm, endpoint)
    draws = int(np.count_nonzero(~np.isnan(by_draw)))
    median, low, high = over_draws(by_draw)
    chance = float(np.nanmean(condition.held(by_draw))) if draws > 1 else np.nan
    unit = outcomes.unit(row.model, endpoint)
    row = replace(row, median=median, low=low, high=high, unit=unit, probability=chance, draws=draws)
    because = _open(row, outcomes)
    if because is None and isinstance(condition, Within) and np.isnan(low + high):
        because = Because.NO_INTERVAL
    elif because is None and isinstance(condition, Within):
        because = Because.OVERLAP if low <= condition.high and high >= condition.low else Because.APART
    elif because is None and reaches(chance, row.rule):
        because = Because.HOLDS
    elif because is None:
        because = Because.FAILS if reaches(1.0 - chance, row.rule) else Because.BETWEEN
    return replace(row, because=because)


def _open(row: Published, outcomes: Outcomes) -> Because | None:
    """Return why nothing can be said of an outcome that is modelled; None where it can."""
    if row.draws == 0:
        return Because.NO_VALUE
    if outcomes.draws_of(row.model) == 1:
        return Because.PARAMETERS_KNOWN if outcomes.asked_draws == 1 else Because.UNCERTAINTY
    return Because.FEW_DRAWS if row.draws < fewest_draws(row.rule) else None


_AGREEMENTS = {
    Because.HOLDS: Agreement.AGREES,
    Because.OVERLAP: Agreement.AGREES,
    Because.FAILS: Agreement.DISAGREES,
    Because.APART: Agreement.DISAGREES,
    Because.NO_OBSERVABLE: Agreement.NOT_MODELLED,
    Because.NO_INPUT: Agreement.NOT_MODELLED,
    Because.NO_ENDPOINT: Agreement.NOT_MODELLED,
}

_INTERVAL = "the 90 % confidence interval of the simulated population"

_REASONS: dict[Because, Callable[[Published], str]] = {
    Because.HOLDS: lambda row: f"it holds in {_share(row)}, and at least {percent(row.rule)} is asked for",
    Because.FAILS: lambda row: f"it holds in {_share(row)}, and at most {percent(1.0 - row.rule)} is a disagreement",
    Because.BETWEEN: lambda row: f"it holds in {_share(row)}, between {percent(1.0 - row.rule)} and {percent(row.rule)}",
    Because.OVERLAP: lambda row: f"{_INTERVAL} overlaps the published {row.condition}",
    Because.APART: lambda row: f"{_INTERVAL} does not overlap the published {row.condition}",
    Because.FEW_DRAWS: lambda row: (
        f"{row.draws} parameter draws cannot tell {percent(row.rule)}: at least {fewest_draws(row.rule)} are needed"
    ),
    Because.PARAMETERS_KNOWN: lambda row: "parameters were taken as known: ask for `draws` under `population`",
    Because.UNCERTAINTY: lambda row: f"the uncertainty of the parameters of {row.model} is not known",
    Because.NO_VALUE: lambda row: f"no subject has a value under {row.model}",
    Because.NO_INTERVAL: lambda row: f"an end of the 90 % confidence interval is not reached under {row.model}",
    Because.NO_OBSERVABLE: lambda row: f"{row.model} has no such endpoint",
    Because.NO_INPUT: lambda row: f"{row.model} has no input for every drug that is given",
    Because.NO_ENDPOINT: lambda row: "no endpoint of the models stands for it",
}


def _share(row: Published) -> str:
    return f"{percent(row.probability)} of {row.draws} draws"

"""Verdicts under another truth: what the other models support where one model is true, and how often they are wrong.

And votes before any data: the probabilities of the same contrasts under the priors of the models, beside those of the posteriors.
A model whose structure alone is sure of an order has not learnt it from data: its vote is structural.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.contrasts.contrast import contrasts
from regimens.contrasts.verdict import Finding, reaches, verdicts
from regimens.credibility.results import Cells, read_rows
from regimens.credibility.simulated import simulated
from regimens.population.uncertainty import prior_centres
from regimens.study.comparisons import pairs_of
from regimens.study.study import resolve
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast, Pair
    from regimens.contrasts.outcomes import Outcomes
    from regimens.contrasts.verdict import Rule
    from regimens.scenario.values import Scenario
    from regimens.study.study import Study

OFTEN_WRONG = 0.5
"""Share of the draws of the truth above which a verdict counts as wrong more often than not."""


@dataclass(frozen=True)
class Truth:
    """The verdict of all other models on one pair and endpoint where one model is true; shares are missing without a winner."""

    truth: str = column("the model that is true")
    difference: float = column("relevant difference of the rule: a share of the larger of two values; 0 is any difference", "1")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("the first arm")
    against: str = column("the arm it is held against")
    winner: str = column("the arm that the other models together call better; blank for neither")
    wrong: float = column("share of parameter draws of the true model in which the winner is worse", "1")
    small: float = column("share in which it is not worse, but not better by the relevant difference either", "1")
    draws: int = column("parameter draws of the true model")


@dataclass(frozen=True)
class Vote:
    """The probability that one arm beats another under one model, before and after the data."""

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("the first arm")
    against: str = column("the arm it is held against")
    prior: float = column("probability that arm beats against over draws of the prior, ties half", "1")
    posterior: float = column("the same over draws of the posterior", "1")

    def sure(self, rule: Rule) -> bool:
        """Return whether the posterior gives one of the two orders the probability of the rule."""
        return reaches(max(self.posterior, 1.0 - self.posterior), rule.probability)

    def structural(self, rule: Rule) -> bool:
        """Return whether the model is as sure of the same order before any data as the rule asks it to be after."""
        sides = [(self.prior, self.posterior), (1.0 - self.prior, 1.0 - self.posterior)]
        return any(reaches(before, rule.probability) and reaches(after, rule.probability) for before, after in sides)


TRUTHS = table_of("truths", "true model, endpoint with a direction and pair of arms", Truth)
VOTES = table_of("votes", "model, endpoint with a direction and pair of arms", Vote)


def truths(outcomes: Outcomes, pairs: Sequence[Pair], rule: Rule) -> Iterator[Truth]:
    """Yield for every model, taken as true, the verdicts of all others and how often its draws contradict them.

    `outcomes` are of the posteriors of all models, in the same subjects. Every draw of the true model is a truth.
    """
    held = contrasts(outcomes, pairs, rule.difference)
    true = {(row.model, row.endpoint, row.arm, row.against): row for row in held}
    for truth in outcomes.models:
        others = replace(outcomes, models=tuple(model for model in outcomes.models if model != truth))
        for verdict in verdicts(others, [row for row in held if row.model != truth], pairs, rule):
            row = true.get((truth, verdict.endpoint, verdict.arm, verdict.against))
            if row is not None and row.draws > 1:
                yield _truth(row, verdict.winner if verdict.finding == Finding.BETTER else "", rule.difference)


def _truth(true: Contrast, winner: str, difference: float) -> Truth:
    wrong, right = (true.worse, true.relevantly_better) if winner == true.arm else (true.better, true.relevantly_worse)
    found = (wrong, 1.0 - wrong - right) if winner else (float("nan"), float("nan"))
    return Truth(true.model, difference, true.endpoint, true.arm, true.against, winner, *found, true.draws)


def votes(before: Outcomes, after: Outcomes, pairs: Sequence[Pair]) -> Iterator[Vote]:
    """Yield the probability of every contrast under every model, of draws of the priors and of the posteriors."""
    prior = {(row.model, row.endpoint, row.arm, row.against): row.probability for row in contrasts(before, pairs, 0.0)}
    directed = {endpoint.words for endpoint in after.endpoints if endpoint.better}
    for row in contrasts(after, pairs, 0.0):
        key = (row.model, row.endpoint, row.arm, row.against)
        if row.endpoint in directed and key in prior:
            yield Vote(*key, prior[key], row.probability)


def at_prior(study: Study) -> Study:
    """Return a study whose parameter draws are those of the priors in place of the posteriors, for the same subjects."""
    cohort = study.cohort
    centres = [prior_centres(cohort.seed, cohort.draws, model.declared) for model in study.models]
    return replace(study, models=tuple(replace(model, centres=own) for model, own in zip(study.models, centres, strict=True)))


def both(scenario: Scenario, executor: Executor | None = None) -> tuple[tuple[Truth, ...], tuple[Vote, ...]]:
    """Return the truths and the votes of the pairs of a scenario with a population of several draws.

    The truths are those of the rule of the scenario, then those of the same rule if any difference counted.
    """
    study, pairs = resolve(scenario), pairs_of(scenario)
    after, before = simulated(study, executor), simulated(at_prior(study), executor)
    rules = dict.fromkeys((scenario.rule, replace(scenario.rule, difference=0.0)))
    return tuple(row for rule in rules for row in truths(after, pairs, rule)), tuple(votes(before, after, pairs))


def shipped_truths() -> tuple[Truth, ...]:
    """Return the committed truths of the shipped equal-total scenario; empty where none are shipped."""
    return read_truths(shipped.folder("posteriors") / "truths.csv")


def read_truths(path: Path) -> tuple[Truth, ...]:
    """Read committed truths; empty where there is no such file, InputFileError with every problem of it."""

    def row(cells: Cells) -> Truth:
        truth, endpoint, arm, against, winner = map(cells.text, ("truth", "endpoint", "arm", "against", "winner"))
        wrong, small = (cells.number(name, blank=True) for name in ("wrong", "small"))
        return Truth(truth, cells.number("difference"), endpoint, arm, against, winner, wrong, small, cells.count("draws"))

    return read_rows(path, TRUTHS, row)


def shipped_votes() -> tuple[Vote, ...]:
    """Return the committed votes of the shipped equal-total scenario; empty where none are shipped."""
    return read_votes(shipped.folder("posteriors") / "votes.csv")


def read_votes(path: Path) -> tuple[Vote, ...]:
    """Read committed votes; empty where there is no such file, InputFileError with every problem of it."""

    def row(cells: Cells) -> Vote:
        model, endpoint, arm, against = map(cells.text, VOTES.header[:4])
        return Vote(model, endpoint, arm, against, cells.number("prior"), cells.number("posterior"))

    return read_rows(path, VOTES, row)

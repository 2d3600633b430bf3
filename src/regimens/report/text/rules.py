"""Sentences on arms with rules: what rules did, what they can lead to, and what fixed doses of the same mean total do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens import wording

if TYPE_CHECKING:
    from regimens.figures.shown import ShownEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

TOTAL_HEADS = (
    "Plan", "Least and largest possible", "Median given", f"{wording.WITHIN} of subjects", "Doses raised, %", "Doses reduced, %",
    "Subjects held, %", "Subjects stopped, %",
)  # fmt: skip
LEVELS_HEADS = ("Day", "Share of subjects")
POSSIBLE_HEADS = ("Total", "Doses")
SAME_MEAN_HEADS = ("Endpoint", "Rules less fixed doses", wording.CONFIDENCE, "Probability that rules are better, %")
RULES_HEADS = ("Rule",)
POSSIBLE_CAPTION = "What the rules can lead to in the scenario's subject, whatever is measured"
SAME_MEAN_CAPTION = "Rules against fixed doses of the same schedule that give the same mean total, in the same subjects"
_PERCENT = "\u00a0%"
POSSIBLE, RULES, SAME_MEAN, LEVELS = "What rules can lead to", "The rules", "At the same mean total", "Shares at each level"
ARM_LEAST, ARM_LARGEST = "least", "largest"


def totals_caption(unit: str) -> str:
    """Return the caption of the table of totals."""
    return f"Totals of arms with rules up to the horizon, {unit}"


def rules_caption(arm: str) -> str:
    """Return the caption of the rules of an arm."""
    return f"Rules of {arm}, the first that applies at a decision is followed"


def levels_caption(arm: str) -> str:
    """Return the caption of the shares at each level."""
    return f"{arm}: share of subjects at each level after each decision"


def numbered(place: int) -> str:
    """Return the name of a rule."""
    return f"Rule {place}"


def asked(arm: str, when: str, looks: Sequence[str]) -> str:
    """Return when an arm is decided on, and by what."""
    return f"The doses of {wording.quoted([arm])} are decided {when}, by {wording.listing(looks)}."


def look(observable: str, noise: float, delay: str) -> str:
    """Return what is looked at, with its noise and its delay."""
    said = [] if not noise else [f"with a noise of {wording.percent(noise)}\u00a0%"]
    said += [] if not delay else [f"measured {delay} before"]
    return observable + (f" ({', '.join(said)})" if said else "")


def outcome(arm: str, medians: Sequence[float], unit: str, held: Sequence[float], stopped: Sequence[float]) -> str:
    """Return what the median subject of an arm gets, and of how many doses are held and stopped, over the models."""
    got = _over(medians, wording.number)
    shares = [
        f"{what} in {'nobody' if not max(found) else f'{_over(found, wording.percent)}{_PERCENT} of subjects'}"
        for what, found in (("held", held), ("stopped", stopped))
    ]
    return f"The median subject of {wording.quoted([arm])} gets {got} {unit}; doses are {' and '.join(shares)}."


def beside(arm: str, drug: str, means: Sequence[float], most: Sequence[float], unit: str) -> str:
    """Return how much of a drug beside that of the plan the rules of an arm gave, over the models."""
    whose = wording.quoted([arm])
    if not max(most):
        return f"The rules of {whose} gave nobody {drug}."
    largest = wording.number(max(most))
    return (
        f"The rules of {whose} gave {drug}: {_over(means, wording.number)} {unit} a subject in the mean, {largest} at the most."
    )


def _over(values: Sequence[float], said: Callable[[float], str]) -> str:
    """Return the least and the largest of some values; one where both are said alike."""
    low, high = said(min(values)), said(max(values))
    return low if low == high else f"{low} to {high}"


def supported(won: int, pairs: int, lead: ShownEndpoint) -> str:
    """Return how many differences of arms with rules from fixed doses of the same mean total are supported."""
    said = wording.supported(won, pairs, "difference", f" on {wording.inside(lead.label)}")
    return wording.sentence(f"against fixed doses of the same mean total, {said}")


def replayed(sample: int, same: int) -> str:
    """Return whether the ledgers of a sample, given again as fixed doses, gave the same curves."""
    if same == sample:
        return f"Given again as fixed doses, the ledgers of a sample of {sample} gave the same curves to the last bit."
    return f"Given again as fixed doses, only {same} ledgers of a sample of {sample} gave the same curves."


def told(subjects: Mapping[str, int]) -> str:
    """Return whose curve is drawn under each model."""
    who = [f"subject {number} under {model}" for model, number in subjects.items()]
    return (
        f"The curve is that of {wording.listing(who)} of the first parameter draw, on whom most was decided; marks are values as "
        "they were measured, at the time of the decision."
    )


HOW_TO_READ_LEVELS = "Steps are at the planned times of decisions; each level has the share of subjects whose doses are at it."
HOW_TO_READ_TOTALS = (
    "Pale bars reach from the least to the largest total that the rules can lead to in the scenario's subject; lines hold the "
    f"middle {wording.WITHIN} of subjects, whose sizes may differ; the upright stroke is the plan."
)

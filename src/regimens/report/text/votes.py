"""Sentences on what models say before any data: structural votes, whose probabilities they are, and where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regimens import wording

if TYPE_CHECKING:
    from regimens.contrasts.verdict import Verdict

BEFORE = "The same before any data"
BEFORE_PERCENT = "Before any data, %"


def before_head(model: str) -> str:
    """Return the heading of the probabilities of one model before any data."""
    return f"{BEFORE_PERCENT}, {model}"


def structural(rows: Sequence[Verdict]) -> str:
    """Return how many votes of each model on an endpoint are structural; empty where nothing is known before any data."""
    known = [(row, view) for row in rows for view in row.views if view.before is not None]
    if not known:
        return ""
    counts: dict[str, tuple[int, int]] = {}
    for model in dict.fromkeys(view.model for _, view in known):
        own = [row.structural(view) for row, view in known if view.model == model and row.vote(view)]
        if own:
            counts[model] = sum(own), len(own)
    said = [f"{some} of {every} under {model}" for model, (some, every) in counts.items() if some]
    if not said:
        return (
            "Structural votes: none. No model is sure of a pair before any data that it is sure of with them." if counts else ""
        )
    model = "this model" if len(said) == 1 else "each model"
    return (
        f"Structural votes, of the pairs that a model is sure of: {wording.listing(said)}. The structure of {model} gives these "
        "answers before any data, and the data have not changed them."
    )


def of_row(row: Verdict) -> str:
    """Return which votes of one verdict are structural, as a sentence; empty where none is."""
    by_arm: dict[str, list[str]] = {}
    for view in row.views:
        if row.structural(view):
            by_arm.setdefault(row.vote(view), []).append(view.model)
    if not by_arm:
        return ""
    (arm, models), *others = by_arm.items()
    first = f"The structure of {wording.listing(models)} gives the answer {wording.quoted([arm])} before any data"
    rest = "".join(f", that of {wording.listing(own)} the answer {wording.quoted([other])}" for other, own in others)
    what = "a structural vote" if sum(map(len, by_arm.values())) == 1 else "structural votes"
    return f"{first}{rest}: {what}."


def before(draws: int, without: Sequence[str], endpoints: Sequence[str], astray: bool) -> str:
    """Return whose the probabilities before any data are, and where there are none.

    `without` are the models of which no fit is shipped, `endpoints` the headings of those that one subject has no value of,
    `astray` is whether there are arms whose doses go astray. Without draws of any prior, `draws` is 0.
    """
    missing = [
        f"under {wording.listing(without)}, of which no fit is shipped" if without else "",
        f"on {wording.listing(list(map(wording.inside, endpoints)))}, which one subject has no value of" if endpoints else "",
        "for arms whose doses go astray, of which no subject is typical" if astray else "",
    ]
    lacking = "; ".join(filter(None, missing))
    none = f" There are none ({wording.MISSING}) {lacking}." if lacking else ""
    if not draws:
        return f"There are no probabilities before any data: {lacking}." if lacking else ""
    whose = f"are those of the typical subject over {draws} draws from the priors of each model"
    return f"Probabilities before any data {whose}.{none}"

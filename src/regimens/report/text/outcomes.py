"""Sentences on published outcomes: what must hold, what is simulated, how many agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.study.published import Agreement

if TYPE_CHECKING:
    from regimens.study.published import Published

CAPTION = "Every published outcome that an endpoint stands for, arm by arm and model by model"
CORNER, HEADS = "Outcome, arm, model", ("Must hold", "Simulated", "Agreement", "Why")


def holds(row: Published) -> str:
    """Return what must hold of which endpoint where a model agrees."""
    return f"{row.endpoint} {row.condition}"


def value(row: Published) -> str:
    """Return the simulated number with its confidence interval, and the share of draws in which the condition holds."""
    if wording.missing(row.median):
        return ""
    ends = "" if wording.missing(row.low) else f" ({wording.number(row.low)} to {wording.number(row.high)})"
    what = "difference " if row.quantity == "difference" else ""
    chance = "" if wording.missing(row.probability) else f"; holds in {wording.percent(row.probability)}\u00a0%"
    return f"{what}{wording.number(row.median)}{ends}{chance}"


def counted(found: Sequence[Agreement]) -> str:
    """Return how many arms agree, do not agree, or are undecided."""
    if len(set(found)) == 1:
        return f"{found[0]} in all {wording.count(len(found), 'arm')}"
    parts = [
        f"{each} in {found.count(each)}" for each in (Agreement.AGREES, Agreement.UNDECIDED, Agreement.DISAGREES) if each in found
    ]
    return f"{', '.join(parts)} of {len(found)} arms"


def found(judged: Sequence[Sequence[Agreement]]) -> str:
    """Return on how many outcomes every model that has them agrees; `judged` is by outcome, over arms and models."""
    modelled = [[each for each in rows if each != Agreement.NOT_MODELLED] for rows in judged]
    modelled = [rows for rows in modelled if rows]
    if not modelled:
        return "No model has an endpoint for any of the published outcomes."
    agree = sum(all(each == Agreement.AGREES for each in rows) for rows in modelled)
    against = sum(Agreement.DISAGREES in rows for rows in modelled)
    left = len(modelled) - agree - against
    parts = [
        f"in {wording.count(agree, '').strip()} every model agrees that has them, in every arm",
        f"in {wording.count(left, '').strip()} some arm or model is undecided" if left else "",
        f"in {wording.count(against, '').strip()} some arm or model does not agree" if against else "none disagrees",
    ]
    return f"Of {wording.count(len(modelled), 'outcome')} that a model can show, {wording.listing(list(filter(None, parts)))}."


def others(seen: Sequence[str]) -> str:
    """Return which outcomes no endpoint of the models stands for."""
    return f"Not modelled, for no endpoint stands for it: {'; '.join(seen)}." if seen else ""

"""Titles of figures and of their axes, and what their marks are called, in English."""

from __future__ import annotations

from collections.abc import Sequence

from regimens import drugs, wording

SCHEDULES = "Schedules"
EVERY_PAIR, DECIDES = "How likely each arm is better than each other, %", "What decides the difference"
OWN_VALUES = "own data, one subject"
MEDIAN_OBSERVED, ENDS_OBSERVED = "observed median", "observed 5th and 95th percentile"
RULED_TOTALS = "Totals that rules lead to"
GIVEN, PLANNED_AND_GIVEN = "MIU a subject", "IL-2 planned and given"
AS_WRITTEN = "as written"
SETTLED, SHARE_OF_TRIALS = "Which design settles the pair", "Share of trials"
INSIDE, OUTSIDE, WRONGLY = "settled, a model is true", "settled, no model is true", "settled wrongly"
DAYS_SAY, DAY_ALONE, WITHOUT_DAY = "What each sampling day says", "settled by this day alone", "settled by all other days"
ELAPSED_DAY = "Elapsed day"
POWER, POWER_OVER_ALL, TYPE_1 = "Power of tests of significance", "all models", "type I error"
TOTAL_MIU, AMOUNT_MIU = "Total (MIU)", "Amount of a dose (MIU)"
BEST, FLAT, OTHER, ARM_OF_SCENARIO = "best", "not told from the best", "other schedules", "arms of the scenario"
CHANGED = {"equal total": "at equal total", "real life": "in real life"}
"""How a kind of variant is said."""

_LEVELS = {"amount": "amount of a dose", "interval": "interval between doses", "rest": "length of the rest"}


def differences_from(arm: str) -> str:
    """Return the title of the differences from one arm."""
    return f"Differences from {arm}"


def against(gain: str, cost: str) -> str:
    """Return the title of gain against cost."""
    return f"{gain}, against {wording.inside(cost)}"


def aim(label: str) -> str:
    """Return an aim as a title."""
    return f"{label[:1].upper()}{label[1:]}"


def over_models(judge: str) -> str:
    """Return the heading of schedules over all models, as they are judged."""
    return {"regret": "Largest regret under any model (0 is best)"}.get(judge, f"Over models ({judge})")


def map_of(aim_label: str) -> str:
    """Return the title of an aim over amount and interval."""
    return f"{aim(aim_label)}, by amount and interval"


def level_axis(kind: str, of: str) -> str:
    """Return the title of an axis of amounts, intervals or rests."""
    said = _LEVELS[kind]
    return f"{said[:1].upper()}{said[1:]} ({of})"


def response(label: str, kind: str, of: str) -> str:
    """Return the title of a response of an endpoint."""
    return f"{label}, by {_LEVELS[kind]} ({of})"


def given_so_far(drug: str, of: str) -> str:
    """Return the title of the running total of a drug."""
    return f"{drugs.label(drug)} given so far ({of})"


def levels_of(arm: str) -> str:
    """Return the title of the shares of subjects at each level."""
    return f"{arm}: subjects at each level"


def decisions_of(arm: str, of: str) -> str:
    """Return the title of the decisions on the curve of one subject."""
    return f"{arm}: {wording.inside(of)} of one subject, and decisions"


def total_of(of: str) -> str:
    """Return the title of an axis of totals."""
    return f"{of} a subject"


def own_group(statistic: str, interval: str) -> str:
    """Return what a point of a group of the reader's own subjects is."""
    return f"own data, {statistic}" + (f" and {interval}" if interval else "")


def percentile(place: int) -> str:
    """Return the name of a percentile: '5th percentile', 'median'."""
    return "median" if place == 50 else f"{place}th percentile"


def course_of(names: Sequence[str]) -> str:
    """Return what the names of arms begin with alike, at a word; the first name where they share nothing."""
    first, shared = names[0], 0
    while shared < len(first) and all(name[: shared + 1] == first[: shared + 1] for name in names):
        shared += 1
    common = first[:shared]
    common = common[: common.rfind(" ")] if shared < len(first) and " " in common else common
    return common.rstrip(" ,;:(") or first

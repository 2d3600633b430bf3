"""Verdict: one arm is better, or that is not supported and here is why; per endpoint and pair, over all models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import Pair, differences
from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("endpoint", "arm", "against", "verdict", "winner", "reason", "probabilities")
"""Columns of the verdicts."""

SAME, NOT_SUPPORTED = "same schedule", "not supported"
"""What a verdict may say where no arm wins."""

KNOWN = "parameters were taken as known: ask for `draws` under `population`"
MOST_ASKED = 100
"""Draws that are enough for any rule."""

SAME_DOSES = "both arms give the same doses at the same times"


@dataclass(frozen=True)
class _Case:
    """One pair on one endpoint: `rows` has its contrasts by model, `rule` the probability that every model must give."""

    outcomes: Outcomes
    endpoint: Endpoint
    pair: Pair
    rows: Mapping[str, Mapping[str, object]]
    rule: float

    def probability(self, model: str) -> float:
        return float(self.rows[model]["probability"]) if model in self.rows else float("nan")  # type: ignore[arg-type]


def verdicts(outcomes: Outcomes, contrasts: pd.DataFrame, rule: float) -> pd.DataFrame:
    """Return a verdict for each pair of `contrasts` on each endpoint with a direction, as rows of the columns VERDICTS.

    An arm is better if every model gives it at least the probability `rule`, by at least `fewest_draws`. A swapped pair has
    the same verdict.
    """
    import pandas as pd

    found = {(row["endpoint"], row["arm"], row["against"], row["model"]): row for row in contrasts.to_dict("records")}
    pairs = dict.fromkeys((arm, against) for _, arm, against, _ in found)
    rows = []
    for endpoint in (each for each in outcomes.endpoints if each.better):
        for pair in pairs:
            keys = {model: (endpoint.words, *pair, model) for model in outcomes.models}
            case = _Case(outcomes, endpoint, pair, {model: found[key] for model, key in keys.items() if key in found}, rule)
            rows.append((endpoint.words, *pair, *_verdict(case), _probabilities(case)))
    return pd.DataFrame(rows, columns=list(VERDICTS))


def fewest_draws(rule: float) -> int:
    """Return the draws below which no share of them says as much as the probability `rule`: 20 for 95 %, at most MOST_ASKED."""
    return min(MOST_ASKED, math.ceil(1.0 / (1.0 - rule) - 1e-9)) if rule < 1.0 else MOST_ASKED


def _verdict(case: _Case) -> tuple[str, str, str]:
    """Return verdict, winner and reason."""
    turned = case.pair[::-1]
    if case.pair in case.outcomes.same or turned in case.outcomes.same:
        return SAME, "", SAME_DOSES
    if case.outcomes.draws == 1:
        return NOT_SUPPORTED, "", KNOWN
    reason = _missing(case)
    if reason:
        return NOT_SUPPORTED, "", reason
    leaning = {model: _leaning(case, model) for model in case.outcomes.models}
    winners = {arm for arm, _ in leaning.values()}
    if len(winners) == 1 and all(_sure(case, share) for _, share in leaning.values()):
        (winner,) = winners
        least = fewest_draws(case.rule)
        if case.outcomes.draws < least:
            said = f"{case.outcomes.draws} parameter draws cannot tell {_percent(case.rule)}: at least {least} are needed"
            return NOT_SUPPORTED, "", said
        return f"{winner} better", winner, _agreement(case, leaning)
    return NOT_SUPPORTED, "", _doubt(case, leaning)


def _leaning(case: _Case, model: str) -> tuple[str, float]:
    """Return the arm that a model favours ("" for neither) and the probability it gives it."""
    share = case.probability(model)
    arm, against = case.pair
    if share == 0.5:
        return "", share
    return (arm, share) if share > 0.5 else (against, 1.0 - share)


def _sure(case: _Case, share: float) -> bool:
    # 1 - 0.05 and 0.95 may differ in their last place
    return share >= case.rule - 1e-12


def _missing(case: _Case) -> str:
    """Return what is missing for a verdict, "" where nothing is."""
    without = [model for model in case.outcomes.models if model not in case.rows]
    said = [f"{_listing(without)} {'have' if len(without) > 1 else 'has'} no such endpoint"] if without else []
    for model, row in case.rows.items():
        empty = [arm for arm in case.pair if np.isnan(case.outcomes.of(model, arm, case.endpoint)).all()]
        if empty:
            said.append(f"{_listing(empty)} {'have' if len(empty) > 1 else 'has'} no value under {model}")
        elif row["n"] == 0:
            said.append(f"no subject has a value in both arms under {model}")
        elif case.outcomes.draws_of(model) == 1:
            said.append(f"nothing is known of how uncertain the parameters of {model} are")
        elif row["draws"] == 1:
            said.append(f"under {model} only one draw has subjects with a value in both arms")
    return "; ".join(said)


def _agreement(case: _Case, leaning: Mapping[str, tuple[str, float]]) -> str:
    sizes = [abs(float(row["difference"])) for row in case.rows.values()]  # type: ignore[arg-type]
    unit = str(next(iter(case.rows.values()))["unit"])
    size = f"the difference is {_interval(min(sizes), max(sizes), unit)}"
    if len(leaning) == 1:
        ((model, (_, share)),) = leaning.items()
        return f"{model}, the only model, gives {_percent(share)}, and at least {_percent(case.rule)} is asked for; {size}"
    given = ", ".join(f"{model} {_percent(share)}" for model, (_, share) in leaning.items())
    return f"every model gives at least {_percent(case.rule)} ({given}); {size}"


def _doubt(case: _Case, leaning: Mapping[str, tuple[str, float]]) -> str:
    """Return why no arm is called better though every model has a probability."""
    if not any(_differs(case, model) for model in leaning):
        alone = f"{next(iter(leaning))}, the only model, does not tell the two schedules apart"
        return "no model tells the two schedules apart" if len(leaning) > 1 else alone
    sure = {model: found for model, found in leaning.items() if found[0] and _sure(case, found[1])}
    if len({arm for arm, _ in sure.values()}) > 1:
        return f"the models disagree: {_each(sure, 'gives {share} to {arm}')}"
    if len({arm for arm, _ in leaning.values()} - {""}) > 1:
        return f"the models lean different ways: {_each(leaning, 'to {arm} ({share})')}"
    return "; ".join(_unsure(case, model, *found) for model, found in leaning.items() if model not in sure)


def _differs(case: _Case, model: str) -> bool:
    one, other = (case.outcomes.of(model, arm, case.endpoint) for arm in case.pair)
    return bool(np.any(differences(one, other) > 0) or np.any(differences(one, other) < 0))


def _each(leaning: Mapping[str, tuple[str, float]], form: str) -> str:
    return "; ".join(
        f"{model} {form.format(share=_percent(share), arm=arm or 'neither')}" for model, (arm, share) in leaning.items()
    )


def _unsure(case: _Case, model: str, arm: str, share: float) -> str:
    row = case.rows[model]
    low, high = float(row["difference_low"]), float(row["difference_high"])  # type: ignore[arg-type]
    probability = f"the probability is {_percent(share)} for {arm or 'either'}"
    if low == high == 0:
        return f"under {model} the difference is 0 and {probability}"
    if low <= 0 <= high:
        between = _interval(low, high, str(row["unit"]))
        return f"under {model} the 90 % interval of the difference, {between}, spans zero and {probability}"
    return f"under {model} {probability}, less than the {_percent(case.rule)} asked for"


def _probabilities(case: _Case) -> str:
    known = {model: case.probability(model) for model in case.outcomes.models}
    return ", ".join(f"{model} {share:.4g}" for model, share in known.items() if not math.isnan(share))


def _percent(share: float) -> str:
    """Write a share in percent, cut to a tenth: what is below a limit must not be rounded up to it."""
    return f"{math.floor(share * 1000 + 1e-6) / 10:g} %"


def _interval(low: float, high: float, unit: str) -> str:
    """Write both bounds with the decimals that give the larger two digits; a smaller one gets more where it would be 0."""
    if low == high == 0:
        return "0"
    sizes = [math.floor(math.log10(abs(bound))) if bound else 0 for bound in (low, high)]
    least = max(0, 1 - max(size for size, bound in zip(sizes, (low, high), strict=True) if bound))
    texts = [f"{bound:.{max(least, -size)}f}" for size, bound in zip(sizes, (low, high), strict=True)]
    return " to ".join(dict.fromkeys(texts)) + (f" {unit}" if unit not in {"", "1"} else "")


def _listing(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]

"""Verdicts in English: the one place where findings and reasons become sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import Finding, Lack, Reason, Verdict, View, fewest_draws, reaches
from regimens.contrasts.weighted import Weighted
from regimens.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from regimens.contrasts.contrast import Contrast

VERDICTS = Table(
    "verdicts",
    "endpoint with a direction and pair of arms",
    (
        Column("endpoint", "endpoint, in the words of the scenario"),
        Column("arm", "the first arm"),
        Column("against", "the arm it is held against"),
        Column("verdict", "'X better', 'X never worse', 'same schedule', 'not supported' or 'not modelled'"),
        Column("winner", "the arm that is better or never worse; blank for neither"),
        Column("reason", "why, in a sentence"),
        Column("probabilities", "probability that arm beats against, ties half, by model"),
        Column("priors", "the same before any data: under the priors of the model, for the typical subject, by model"),
        Column("structural", "models whose vote is structural: as sure of the same arm before any data; blank for none"),
        Column(
            "weighted",
            "the weighted verdict, of the models together by their weights: 'X better' or 'not supported'; blank for none",
        ),
        Column("weighted_probability", "weighted mean of the probabilities of the models; blank for none", "1"),
        Column("weighted_low", "its least value while every weight stays in its interval; blank for none", "1"),
        Column("weighted_high", "its greatest value so; blank for none", "1"),
    ),
)


def verdicts_frame(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return verdicts as a DataFrame of the columns VERDICTS."""
    import pandas as pd

    rows = [
        (v.endpoint, v.arm, v.against, finding(v), v.winner, reason(v), *_by_model(v), *_weighted(v.weighted or Weighted()))
        for v in verdicts
    ]
    return pd.DataFrame(rows, columns=list(VERDICTS.header))


def _by_model(verdict: Verdict) -> tuple[str, str, str]:
    return probabilities(verdict), priors(verdict), ", ".join(v.model for v in verdict.views if verdict.structural(v))


def _weighted(found: Weighted) -> tuple[str, float, float, float]:
    return weighted_finding(found), found.probability, found.low, found.high


def weighted_finding(found: Weighted) -> str:
    """Return what a weighted verdict says, in a few words; empty where there is none."""
    if math.isnan(found.probability):
        return ""
    return f"{found.winner} {Finding.BETTER}" if found.winner else str(Finding.NOT_SUPPORTED)


def finding(verdict: Verdict) -> str:
    """Return what a verdict says, in a few words; a pair that no model can judge is "not modelled"."""
    if verdict.reason == Reason.NOT_MODELLED:
        return "not modelled"
    return f"{verdict.winner} {verdict.finding}" if verdict.winner else str(verdict.finding)


def probabilities(verdict: Verdict) -> str:
    """Return the probability that the first arm beats the second, by model."""
    return ", ".join(f"{v.model} {v.probability:.4g}" for v in verdict.views if not math.isnan(v.probability))


def priors(verdict: Verdict) -> str:
    """Return the probability before any data that the first arm beats the second, by model."""
    known = [view.before for view in verdict.views if view.before is not None]
    return ", ".join(f"{v.model} {v.probability:.4g}" for v in known if not math.isnan(v.probability))


def reason(verdict: Verdict) -> str:
    """Return the reason of a verdict as a sentence without its full stop."""
    said = _REASONS[verdict.reason](verdict)
    if verdict.not_modelled and verdict.reason not in (Reason.SAME_DOSES, Reason.NOT_MODELLED):
        said += f" (not modelled under {_listing(verdict.not_modelled)})"
    return said


def _agreed(verdict: Verdict) -> str:
    size = _size(verdict)
    rule = percent(verdict.rule.probability)
    if len(verdict.views) == 1:
        view = verdict.views[0]
        return f"{view.model}, the only model, gives {_chance(verdict, view)}, and at least {rule} is asked for; {size}"
    given = ", ".join(f"{view.model} {_chance(verdict, view)}" for view in verdict.views)
    return f"every model gives at least {rule} ({given}); {size}"


def _chance(verdict: Verdict, view: View) -> str:
    """Write the probability that a model gives the arm it favours, and what it is counted among where there are ties."""
    _, share = verdict.favours(view)
    tied = view.contrast is not None and view.contrast.equal > 0 and view.differing > 0
    return percent(share) if not tied else f"{percent(share)} of the {percent(view.differing)} of draws that differ"


def _never_worse(verdict: Verdict) -> str:
    each = "; ".join(
        f"under {v.model} better in {percent(_better(verdict, v.contrast))} of the draws and equal in {percent(v.contrast.equal)}"
        for v in verdict.views
        if v.contrast is not None
    )
    return f"{verdict.winner} is worse in no draw: {each}"


def _better(verdict: Verdict, contrast: Contrast) -> float:
    return contrast.better if verdict.winner == verdict.arm else contrast.worse


def _few_draws(verdict: Verdict) -> str:
    rule = verdict.rule.probability
    return f"{verdict.draws} parameter draws cannot tell {percent(rule)}: at least {fewest_draws(rule)} are needed"


def _not_told_apart(verdict: Verdict) -> str:
    if len(verdict.views) > 1:
        return "no model tells the two schedules apart"
    return f"{verdict.views[0].model}, the only model, does not tell the two schedules apart"


def _disagree(verdict: Verdict) -> str:
    sure = [view for view in verdict.views if verdict.sure(view)]
    return "the models disagree: " + "; ".join(f"{v.model} gives {_chance(verdict, v)} to {verdict.favours(v)[0]}" for v in sure)


def _lean_apart(verdict: Verdict) -> str:
    each = (f"{v.model} to {verdict.favours(v)[0] or 'neither'} ({_chance(verdict, v)})" for v in verdict.views)
    return "the models lean different ways: " + "; ".join(each)


def _unsure(verdict: Verdict) -> str:
    return "; ".join(_doubt(verdict, view) for view in verdict.views if not verdict.sure(view))


def _doubt(verdict: Verdict, view: View) -> str:
    contrast = view.contrast
    if contrast is None:
        return ""
    arm, share = verdict.favours(view)
    chance = f"the probability is {_chance(verdict, view)} for {arm or 'either'}"
    low, high = contrast.difference_low, contrast.difference_high
    if low == high == 0:
        some = f" in the median subject, while {percent(view.differing_subjects)} of the subjects differ" if view.differs else ""
        return f"under {view.model} the difference is 0{some} and {chance}"
    if arm and reaches(share, verdict.rule.probability):
        differ, asked = percent(view.differing), percent(verdict.rule.differ)
        return f"under {view.model} the two differ in only {differ} of the draws, and at least {asked} is asked for"
    if low <= 0 <= high:
        between = _interval(low, high, contrast.unit)
        return f"under {view.model} the 90 % interval of the difference, {between}, spans zero and {chance}"
    return f"under {view.model} {chance}, less than the {percent(verdict.rule.probability)} asked for"


def _too_small(verdict: Verdict) -> str:
    arm, _ = verdict.favours(verdict.views[0])
    least = percent(verdict.rule.difference)
    given = ", ".join(f"{view.model} {percent(verdict.relevant(view))}" for view in verdict.views)
    who = f"{verdict.views[0].model}, the only model," if len(verdict.views) == 1 else "every model"
    return f"{who} is sure that {arm} is better, but not by {least} or more (probability: {given}); {_size(verdict)}"


def _size(verdict: Verdict) -> str:
    """Say the difference over the models, and where it has no number: a time that one arm does not reach is infinite."""
    sizes = {view.model: abs(view.contrast.difference) for view in verdict.views if view.contrast is not None}
    numbers = [size for size in sizes.values() if not math.isnan(size)]
    infinite = [model for model, size in sizes.items() if math.isnan(size)]
    if not numbers:
        return "the difference is infinite: the time is not reached in one of the arms"
    said = f"the difference is {_interval(min(numbers), max(numbers), _unit(verdict))}"
    return said + (f", and infinite under {_listing(infinite)}: the time is not reached in one of the arms" if infinite else "")


def _lacking(verdict: Verdict) -> str:
    without = [view.model for view in verdict.views if view.lack == Lack.ENDPOINT]
    said = [f"{_listing(without)} {_have(without)} no such endpoint"] if without else []
    said += [_LACKS[view.lack](view) for view in verdict.views if view.lack in _LACKS]
    return "; ".join(said)


_LACKS: dict[Lack | None, Callable[[View], str]] = {
    Lack.VALUE: lambda view: f"{_listing(view.empty)} {_have(view.empty)} no value under {view.model}",
    Lack.SHARED_SUBJECT: lambda view: f"no subject has a value in both arms under {view.model}",
    Lack.UNCERTAINTY: lambda view: (
        f"the uncertainty of the parameters of {view.model} is not known: give them the key `uncertainty` in its model file"
    ),
    Lack.SHARED_DRAWS: lambda view: f"under {view.model} only one draw has subjects with a value in both arms",
}

_REASONS: dict[Reason, Callable[[Verdict], str]] = {
    Reason.AGREED: _agreed,
    Reason.NEVER_WORSE: _never_worse,
    Reason.SAME_DOSES: lambda verdict: "both arms give the same doses at the same times",
    Reason.NOT_MODELLED: lambda verdict: "no model has an input for the drugs of both arms",
    Reason.PARAMETERS_KNOWN: lambda verdict: "parameters were taken as known: ask for `draws` under `population`",
    Reason.LACKING: _lacking,
    Reason.FEW_DRAWS: _few_draws,
    Reason.NOT_TOLD_APART: _not_told_apart,
    Reason.DISAGREE: _disagree,
    Reason.LEAN_APART: _lean_apart,
    Reason.TOO_SMALL: _too_small,
    Reason.UNSURE: _unsure,
}


def percent(share: float) -> str:
    """Write a share in percent, cut to a tenth: what is below a limit must not be rounded up to it."""
    return f"{math.floor(share * 1000 + 1e-6) / 10:g} %"


def _unit(verdict: Verdict) -> str:
    return next((view.contrast.unit for view in verdict.views if view.contrast is not None), "")


def _interval(low: float, high: float, unit: str) -> str:
    """Write both bounds with the decimals that give the larger two digits; a smaller one gets more where it would be 0."""
    if low == high == 0:
        return "0"
    sizes = [math.floor(math.log10(abs(bound))) if bound else 0 for bound in (low, high)]
    least = max(0, 1 - max(size for size, bound in zip(sizes, (low, high), strict=True) if bound))
    texts = [f"{bound:.{max(least, -size)}f}" for size, bound in zip(sizes, (low, high), strict=True)]
    return " to ".join(dict.fromkeys(texts)) + (f" {unit.removeprefix('1 ')}" if unit not in {"", "1"} else "")


def _listing(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _have(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"

"""Pairs of arms: the contrast of A with B under a model, whichever way round the table holds it, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import NOT_SUPPORTED, SAME
from regimens.report import words

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

SUPPORTED = "supported"
"""What a verdict is where an arm wins."""

_ROUNDING = 1e-12


def reaches(share: float, rule: float) -> bool:
    """Return whether a probability is at least that of the rule: 1 - 0.05 and 0.95 may differ in their last place."""
    return share >= rule - _ROUNDING


def percent(share: float, rule: float) -> str:
    """Write a probability in whole percent; what falls short of the rule, for either arm, is never rounded up to it."""
    text = words.percent(share)
    if reaches(share, rule) or reaches(1 - share, rule) or not text.isdigit():
        return text
    limit = round(100 * rule, 6)
    return str(min(max(int(text), math.floor(100 - limit) + 1), math.ceil(limit) - 1))


@dataclass(frozen=True)
class Contrast:
    """A against B: difference, ratio (each with the ends of its confidence interval), ends of the prediction interval of
    one subject's own difference, the probability that A beats B, the share of subjects better off with A. NaN where missing.
    """

    difference: tuple[float, float, float]
    ratio: tuple[float, float, float]
    subject: tuple[float, float]
    probability: float
    better_off: float
    draws: int

    @property
    def certain(self) -> bool:
        """Whether parameter draws give the difference a confidence interval."""
        return math.isfinite(self.difference[1]) and math.isfinite(self.difference[2])

    def turned(self) -> Contrast:
        """Return B against A."""
        middle, low, high = self.difference
        ratio, ratio_low, ratio_high = (1 / v if v else math.nan for v in self.ratio)
        return Contrast(
            (-middle, -high, -low),
            (ratio, ratio_high, ratio_low),
            (-self.subject[1], -self.subject[0]),
            1 - self.probability,
            1 - self.better_off,
            self.draws,
        )


@dataclass(frozen=True)
class Judgement:
    """What is said of a pair: the kind, who wins (empty without), why not, and the probabilities behind it in words."""

    arm: str
    against: str
    kind: str
    winner: str
    reason: str
    probabilities: str

    @property
    def loser(self) -> str:
        """The arm that the winner is better than."""
        return self.against if self.winner == self.arm else self.arm


class Pairs:
    """All contrasts and verdicts of a comparison, by names."""

    def __init__(self, comparison: Comparison) -> None:
        self.models = tuple(model.name for model in comparison.models)
        self.rule = comparison.scenario.rule.probability
        self._contrasts = {
            (row.model, row.endpoint, row.arm, row.against): _contrast(row) for row in comparison.contrasts.itertuples()
        }
        self._verdicts: dict[str, list[Judgement]] = {}
        for row in comparison.verdicts.itertuples():
            chances = self.probabilities(row.endpoint, row.arm, row.against)
            self._verdicts.setdefault(row.endpoint, []).append(_judgement(row, chances, self.rule))
        self._by_pair = {
            (endpoint, frozenset((row.arm, row.against))): row for endpoint, rows in self._verdicts.items() for row in rows
        }

    def of(self, model: str, endpoint: str, arm: str, against: str) -> Contrast | None:
        """Return the contrast of `arm` with `against`, turned round where the table holds it so."""
        found = self._contrasts.get((model, endpoint, arm, against))
        if found is None and (turned := self._contrasts.get((model, endpoint, against, arm))) is not None:
            return turned.turned()
        return found

    def among(self, endpoint: str, names: Iterable[str]) -> list[Judgement]:
        """Return the verdicts on pairs of which both arms are among `names`."""
        wanted = set(names)
        return [row for row in self._verdicts.get(endpoint, []) if row.arm in wanted and row.against in wanted]

    def verdict(self, endpoint: str, arm: str, against: str) -> Judgement | None:
        """Return the verdict on a pair, either way round."""
        return self._by_pair.get((endpoint, frozenset((arm, against))))

    def probabilities(self, endpoint: str, arm: str, against: str) -> dict[str, float]:
        """Return the probability that `arm` beats `against` by model, where there is one."""
        found = {model: self.of(model, endpoint, arm, against) for model in self.models}
        return {model: row.probability for model, row in found.items() if row is not None and not math.isnan(row.probability)}


def _contrast(row: object) -> Contrast:
    names = ("difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high", "subject_low", "subject_high",
             "probability", "better_off")  # fmt: skip
    values = [math.nan if words.missing(value := getattr(row, name)) else float(value) for name in names]
    middle, low, high, ratio, ratio_low, ratio_high, subject_low, subject_high, probability, better_off = values
    draws = int(row.draws)  # type: ignore[attr-defined]
    return Contrast(
        (middle, low, high), (ratio, ratio_low, ratio_high), (subject_low, subject_high), probability, better_off, draws
    )


def _judgement(row: object, chances: dict[str, float], rule: float) -> Judgement:
    winner = "" if words.missing(row.winner) else str(row.winner)  # type: ignore[attr-defined]
    kind = SUPPORTED if winner else SAME if row.verdict == SAME else NOT_SUPPORTED  # type: ignore[attr-defined]
    reason = "" if words.missing(row.reason) else str(row.reason)  # type: ignore[attr-defined]
    said = ", ".join(f"{model} {percent(share, rule)}\u00a0%" for model, share in chances.items())
    return Judgement(row.arm, row.against, kind, winner, reason, said)  # type: ignore[attr-defined]

"""Pairs of arms: the contrast of A with B under a model, whichever way round it was made, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.verdict import Finding, Reason, Verdict, reaches

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast


def percent(share: float, rule: float) -> str:
    """Write a probability in whole percent; what falls short of the rule, for either arm, is never rounded up to it."""
    text = wording.percent(share)
    if reaches(share, rule) or reaches(1 - share, rule) or not text.isdigit():
        return text
    limit = round(100 * rule, 6)
    return str(min(max(int(text), math.floor(100 - limit) + 1), math.ceil(limit) - 1))


def certain(contrast: Contrast) -> bool:
    """Return whether parameter draws give the difference a confidence interval."""
    return math.isfinite(contrast.difference_low) and math.isfinite(contrast.difference_high)


def turned(contrast: Contrast) -> Contrast:
    """Return the contrast of the second arm with the first."""
    ratio, ratio_low, ratio_high = (1 / v if v else math.nan for v in (contrast.ratio, contrast.ratio_low, contrast.ratio_high))
    return replace(
        contrast,
        arm=contrast.against,
        against=contrast.arm,
        difference=-contrast.difference,
        difference_low=-contrast.difference_high,
        difference_high=-contrast.difference_low,
        ratio=ratio,
        ratio_low=ratio_high,
        ratio_high=ratio_low,
        subject_low=-contrast.subject_high,
        subject_high=-contrast.subject_low,
        probability=1 - contrast.probability,
        better_off=1 - contrast.better_off,
        better=contrast.worse,
        worse=contrast.better,
        relevantly_better=contrast.relevantly_worse,
        relevantly_worse=contrast.relevantly_better,
        prior=1 - contrast.prior,
    )


def won(rows: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts that call one arm better."""
    return [row for row in rows if row.finding == Finding.BETTER]


def compared(rows: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts on pairs that some model can simulate both arms of."""
    return [row for row in rows if row.reason != Reason.NOT_MODELLED]


def loser(row: Verdict) -> str:
    """Return the arm that the winner of a pair is better, or never worse, than."""
    return row.against if row.winner == row.arm else row.arm


class Pairs:
    """All contrasts and verdicts of a comparison, by names."""

    def __init__(self, contrasts: Sequence[Contrast], verdicts: Sequence[Verdict]) -> None:
        self._contrasts = {(row.model, row.endpoint, row.arm, row.against): row for row in contrasts}
        self._verdicts: dict[str, list[Verdict]] = {}
        for row in verdicts:
            self._verdicts.setdefault(row.endpoint, []).append(row)
        self._by_pair = {(row.endpoint, frozenset((row.arm, row.against))): row for row in verdicts}

    def of(self, model: str, endpoint: str, arm: str, against: str) -> Contrast | None:
        """Return the contrast of `arm` with `against`, turned round where it was made so; None where there is none."""
        found = self._contrasts.get((model, endpoint, arm, against))
        if found is None and (other := self._contrasts.get((model, endpoint, against, arm))) is not None:
            return turned(other)
        return found

    def among(self, endpoint: str, names: Iterable[str]) -> list[Verdict]:
        """Return the verdicts on pairs of which both arms are among `names`."""
        wanted = set(names)
        return [row for row in self._verdicts.get(endpoint, []) if row.arm in wanted and row.against in wanted]

    def verdict(self, endpoint: str, arm: str, against: str) -> Verdict | None:
        """Return the verdict on a pair, either way round."""
        return self._by_pair.get((endpoint, frozenset((arm, against))))

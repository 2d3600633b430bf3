"""Rows of what trials make of pairs of arms: pairs, designs, sampling days, tests of significance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.scenario.settle import Design, Pair
    from regimens.settle.hypotheses import Hypotheses
    from regimens.settle.significance import Test
    from regimens.statistics import Floats
    from regimens.work import Result

ALL_MODELS = "all models"

ROUNDING = 1e-12
"""1 - 0.05 and 0.95 may differ in their last place."""


@dataclass(frozen=True)
class PairResult:
    """What is known of a pair before any trial."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    before: float = column("probability that the first arm is better, over all models and draws", "1")
    lowest: float = column("the same under the model in which it is lowest", "1")
    highest: float = column("the same under the model in which it is highest", "1")
    agreed: bool = column("whether every model gives the same arm the probability of the verdicts: no trial is needed")
    regret: float = column("expected loss of choosing by what is known before a trial", "unit of the endpoint")
    simulated: bool = column("whether trials of the pair are simulated")


@dataclass(frozen=True)
class DesignResult:
    """What trials of one design make of a pair."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    design: str = column("design of the trial")
    subjects: int = column("subjects of each arm")
    samples: int = column("samples of the whole trial, where nobody leaves")
    trials: int = column("simulated trials; fewer than asked for where the run was broken off")
    settled: float = column("share of trials after which one arm is better with the probability of the verdicts", "1")
    settled_error: float = column("standard error of that share in the simulation, at most", "1")
    wrong: float = column("share of trials that settle it for the arm that is not better", "1")
    wrong_error: float = column("standard error of that share", "1")
    regret_before: float = column("expected loss of choosing by what is known before the trial", "unit of the endpoint")
    regret: float = column("expected loss of choosing after the trial", "unit of the endpoint")
    regret_error: float = column("standard error of that loss", "unit of the endpoint")
    size: float = column("effective number of hypotheses after the trial, before tempering: median over trials")
    tempered: float = column("share of trials in which the weights were tempered to keep 20 hypotheses", "1")
    outside_settled: float = column("share of trials settled where no model is true: more noise, and a shift of each arm", "1")
    outside_wrong: float = column("share of these that settle it for the arm that is not better", "1")


@dataclass(frozen=True)
class DayResult:
    """What one sampling day of a design adds."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    design: str = column("design of the trial")
    day: float = column("elapsed day of the sample", "days")
    trials: int = column("simulated trials")
    alone: float = column("share of trials that this day alone settles", "1")
    without: float = column("share of trials that the other days settle; blank where there is no other", "1")


@dataclass(frozen=True)
class PowerResult:
    """How often a test of significance tells the arms of a pair apart in the trials of a design."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    design: str = column("design of the trial")
    test: str = column("test, two-sided at 5 %")
    model: str = column("model whose draws are true in these trials, or 'all models'")
    trials: int = column("simulated trials")
    first: float = column("mean over trials, first arm: geometric mean of the samples (t-test), share of responders (Fisher)")
    second: float = column("the same in the second arm")
    power: float = column("share of trials in which the test tells the arms apart", "1")
    power_error: float = column("standard error of that share", "1")
    type_1: float = column("the same where both arms are given the regimen of the first, with the same noise: type I error", "1")
    type_1_error: float = column("standard error of that share", "1")


PAIRS = table_of("pairs", "pair of arms that was looked at", PairResult)
DESIGNS = table_of("designs", "pair and design", DesignResult)
DAYS = table_of("days", "pair, design and sampling day", DayResult)
POWER = table_of("power", "pair, design, test and model", PowerResult)

TABLES = (PAIRS, DESIGNS, DAYS, POWER)
"""Every table of trials, in the order in which they are documented."""


def standard_error(share: float, count: int) -> float:
    """Return the standard error of a share of so many trials."""
    return float(np.sqrt(share * (1 - share) / count))


def pair_result(pair: Pair, hypotheses: Hypotheses, agreed: bool, simulated: bool) -> PairResult:
    """Return the row of a pair."""
    shares = [float(np.mean(hypotheses.better[hypotheses.model == number])) for number in np.unique(hypotheses.model)]
    return PairResult(*pair, hypotheses.before, min(shares), max(shares), agreed, hypotheses.regret, simulated)


def settled_by(probability: Floats, rule: float) -> npt.NDArray[np.bool_]:
    """Return whether each trial gives one arm the probability of the rule."""
    return np.maximum(probability, 1.0 - probability) >= rule - ROUNDING


def wrongly(probability: Floats, gain: Floats, rule: float) -> npt.NDArray[np.bool_]:
    """Return whether each trial settles the pair for the arm that is not better, given the true gain of the first arm."""
    return settled_by(probability, rule) & ((probability - 0.5) * gain < 0)


def design_result(pair: Pair, design: Design, hypotheses: Hypotheses, found: Result, rule: float) -> DesignResult:
    """Return the row of a design, from what TrialsTasks gave."""
    true = hypotheses.gain[found["truth"]]
    loss = np.maximum(0.0, np.where(found["gain"] >= 0, -true, true))
    count = len(true)
    settled, outside = (float(np.mean(settled_by(found[name], rule))) for name in ("probability", "outside"))
    wrong, outside_wrong = (float(np.mean(wrongly(found[name], true, rule))) for name in ("probability", "outside"))
    return DesignResult(
        *pair,
        design=design.name,
        subjects=design.subjects,
        samples=design.samples,
        trials=count,
        settled=settled,
        settled_error=standard_error(settled, count),
        wrong=wrong,
        wrong_error=standard_error(wrong, count),
        regret_before=hypotheses.regret,
        regret=float(np.mean(loss)),
        regret_error=float(np.std(loss) / np.sqrt(count)),
        size=float(np.median(found["size"])),
        tempered=float(np.mean(found["power"] < 1.0)),
        outside_settled=outside,
        outside_wrong=outside_wrong,
    )


def day_result(pair: Pair, design: Design, place: int, found: Result, rule: float) -> DayResult:
    """Return the row of a sampling day, from what DayTasks gave."""
    alone = float(np.mean(settled_by(found["alone"], rule)))
    without = float(np.mean(settled_by(found["without"], rule))) if len(design.days) > 1 else float("nan")
    return DayResult(*pair, design.name, float(design.days[place]), len(found["alone"]), alone, without)


def power_results(
    pair: Pair, design: Design, tests: Sequence[Test], models: Sequence[str], hypotheses: Hypotheses, found: Result
) -> Iterator[PowerResult]:
    """Yield the rows of the tests of a design: over all models, then under each of several `models`."""
    of_model = hypotheses.model[found["truth"]]
    everywhere = [(ALL_MODELS, np.ones(len(of_model), dtype=bool))]
    each = [(name, of_model == number) for number, name in enumerate(models)] if len(models) > 1 else []
    for place, test in enumerate(tests):
        for name, mine in everywhere + each:
            if count := int(np.count_nonzero(mine)):
                power = float(np.mean(found["rejected"][place, mine]))
                type_1 = float(np.mean(found["rejected_null"][place, mine]))
                first, second = (_mean(found["seen"][place, arm, mine]) for arm in (0, 1))
                errors = standard_error(power, count), standard_error(type_1, count)
                yield PowerResult(*pair, design.name, test.words, name, count, first, second, power, errors[0], type_1, errors[1])


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.mean(known)) if len(known) else float("nan")

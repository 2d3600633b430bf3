"""Own: the user's own observations beside the comparison, and a visual predictive check where there are enough of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regimens.statistics import over_draws, quantiles
from regimens.study.bins import LEAST_SUBJECTS
from regimens.study.trials import PERCENTILES, checked_bins, subjects_of_trial
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.scenario.own import OwnGroup, OwnValue
    from regimens.statistics import Floats
    from regimens.study.bins import Bin
    from regimens.study.collect import Collected
    from regimens.study.study import Study, StudyArm, StudyModel


@dataclass(frozen=True)
class PredictiveCheck:
    """One percentile of the user's own values of an arm in a bin of time, beside the same percentile simulated.

    The arm is simulated as `trials` of as many subjects as the bin has, read at its median time: `simulated` is the median of the
    percentile over trials, `low` and `high` are its 90 % prediction interval in a new trial, which holds the chance among so many
    subjects and, where parameters are drawn, what they leave open. So a percentile of few subjects is compared with one of few.
    """

    arm: str = column("arm")
    model: str = column("model")
    observable: str = column("observable of the models")
    unit: str = column("unit of the observable")
    from_h: float = column("first time of the bin", "h")
    to_h: float = column("last time of the bin", "h")
    time_h: float = column("median time of its values, at which subjects are simulated", "h")
    percentile: int = column("5, 50 or 95, over subjects", "%")
    n: int = column("observed values in the bin")
    subjects: int = column("subjects that they are of")
    observed: float = column("percentile of the observed values", "unit")
    simulated: float = column("the same percentile of as many simulated subjects, median over trials", "unit")
    low: float = column("lower end of its 90 % prediction interval in a new trial; blank where there is one trial", "unit")
    high: float = column("upper end of it", "unit")
    simulated_subjects: int = column("subjects of each trial: those of the bin, at most 200, and at most the people there are")
    trials: int = column("simulated trials, which go through the parameter draws in turn")
    noise: bool = column("whether simulated values hold the noise of the scenario; what was measured always holds some")


PREDICTIVE_CHECK = table_of(
    "predictive_check",
    "arm, model, observable, bin of time and percentile, where an arm has the user's own values of "
    f"{LEAST_SUBJECTS} subjects or more",
    PredictiveCheck,
)


@dataclass(frozen=True)
class Own:
    """The user's own observations: `values` of subjects, `groups`, and the `checks` of values against the models."""

    values: tuple[OwnValue, ...] = field(default=(), repr=False)
    groups: tuple[OwnGroup, ...] = field(default=(), repr=False)
    checks: tuple[PredictiveCheck, ...] = field(default=(), repr=False)


def own_of(study: Study, collected: Collected) -> Own:
    """Return the user's own observations, files one after the other, and their predictive checks."""
    files = study.scenario.own
    return Own(
        values=tuple(row for data in files for row in data.values),
        groups=tuple(row for data in files for row in data.groups),
        checks=tuple(_checks(study, collected)),
    )


def _checks(study: Study, collected: Collected) -> Iterator[PredictiveCheck]:
    for model in study.models:
        for arm in (study.arms[place] for place in model.modelled):
            bins = checked_bins(study, model, arm)
            for made, found in zip(bins, collected.trials[model.name, arm.name] if bins else (), strict=True):
                yield from _rows(study, model, arm, made, found)


def _rows(study: Study, model: StudyModel, arm: StudyArm, made: Bin, found: Floats) -> Iterator[PredictiveCheck]:
    """Yield the percentiles of one bin; `found` are the simulated ones, (draws, percentiles)."""
    observed = quantiles(made.values, tuple(percentile / 100 for percentile in PERCENTILES))
    what = (made.arm, model.name, made.observable, made.unit, made.from_h, made.to_h, made.time_h)
    simulated = subjects_of_trial(study, arm, made), len(found)
    noise = study.scenario.noise is not None
    for place, percentile in enumerate(PERCENTILES):
        middle, low, high = over_draws(found[:, place])
        seen = len(made.values), made.subjects, observed[place]
        yield PredictiveCheck(*what, percentile, *seen, middle, low, high, *simulated, noise)

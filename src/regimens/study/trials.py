"""Trials: as many simulated subjects as were observed, and the percentiles of what would be measured in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.population.draw import Runs
from regimens.statistics import quantiles
from regimens.study.noise import noise_factor
from regimens.study.study import BAND_RUNS

if TYPE_CHECKING:
    from regimens.statistics import Floats
    from regimens.study.bins import Bin
    from regimens.study.study import Study, StudyArm, StudyModel

PERCENTILES = (5, 50, 95)
"""Percentiles over subjects that are checked."""

LEAST_TRIALS = 200
"""Trials behind an interval at least: with fewer, its ends are known to more than two percentage points."""

MOST_SUBJECTS = 200
"""Subjects of a simulated trial at most: percentiles of more differ little, and the simulation grows with them."""


def checked_bins(study: Study, model: StudyModel, arm: StudyArm) -> tuple[Bin, ...]:
    """Return the bins of the user's own values of an arm whose observable the model has."""
    return tuple(made for made in study.own_bins if made.arm == arm.name and model.unit_of(made.observable) is not None)


def subjects_of_trial(study: Study, arm: StudyArm, made: Bin) -> int:
    """Return how many subjects each trial has for a bin: as many as were observed, up to MOST_SUBJECTS, and to the people or the
    subjects of a ledger that there are.
    """
    return min(made.subjects, MOST_SUBJECTS, study.cohort.subjects if _is_fixed(study, arm) else MOST_SUBJECTS)


def trial_count(study: Study, arm: StudyArm) -> int:
    """Return the number of trials of an arm: one a parameter draw, and more of the same draws up to LEAST_TRIALS where subjects
    can be drawn for them.
    """
    draws = min(study.cohort.draws, BAND_RUNS)
    return draws if _is_fixed(study, arm) else max(draws, LEAST_TRIALS)


def runs_of_trials(study: Study, arm: StudyArm, bins: tuple[Bin, ...], first: int, count: int) -> Runs:
    """Return the subjects of `count` trials from trial `first` on, trial after trial, as many in each as the largest bin needs.

    Trials go through the parameter draws in turn; each trial of one draw has the next of its subjects, who need not be among
    those of the population.
    """
    each = max(subjects_of_trial(study, arm, made) for made in bins)
    turn, draw = np.divmod(np.arange(first, first + count), min(study.cohort.draws, BAND_RUNS))
    return Runs(np.repeat(draw, each), (turn[:, None] * each + np.arange(each)).ravel())


def percentiles_of(
    study: Study, model: StudyModel, arm: StudyArm, bins: tuple[Bin, ...], runs: Runs, values: list[Floats]
) -> Floats:
    """Return the percentiles of every bin in every trial, (bins, trials, percentiles), with the noise of the scenario.

    `values` are those of the runs (runs,) in each bin without noise.
    """
    noise, whose = study.scenario.noise, np.stack([runs.draw, runs.subject], axis=1)
    shares, found = tuple(percentile / 100 for percentile in PERCENTILES), []
    subjects = [subjects_of_trial(study, arm, made) for made in bins]
    for made, count, seen in zip(bins, subjects, values, strict=True):
        if noise is not None:
            where = (arm.name, model.name)
            seen = seen * noise_factor(noise, study.cohort.seed, where, made.observable, made.time_h, whose)
        found.append([quantiles(trial[:count], shares) for trial in seen.reshape(-1, max(subjects))])
    return np.array(found)


def _is_fixed(study: Study, arm: StudyArm) -> bool:
    """Return whether the subjects are people or those of a ledger, so that no others can be drawn."""
    population, adherence = study.scenario.population, arm.arm.adherence
    return (population is not None and population.people is not None) or (adherence is not None and adherence.ledger is not None)

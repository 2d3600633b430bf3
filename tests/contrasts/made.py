"""Outcomes made by hand: a value a draw and subject, written out or drawn from a stated distribution."""

import numpy as np

from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints.extremes import Peak, TimeOfPeak
from regimens.endpoints.thresholds import Share

PEAK = Peak("peak of treg_fold", "treg_fold", better="higher")
COST = Peak("peak of serum_il2", "serum_il2", better="lower")
TIME = TimeOfPeak("time of peak of treg_fold", "treg_fold")
SHARE = Share("share with treg_fold above 2", "treg_fold", threshold=2.0, better="higher")

NAN = float("nan")


def outcomes(by_model, endpoints=(PEAK,), **rest):
    """Return outcomes from {model: {arm: (draws, subjects), or (endpoints, draws, subjects)}}."""
    values = {}
    for model, arms in by_model.items():
        for arm, given in arms.items():
            array = np.asarray(given, dtype=float)
            values[model, arm] = array[None] if array.ndim == 2 else array
    arms = tuple(next(iter(by_model.values())))
    return Outcomes(arms, tuple(by_model), tuple(endpoints), values, **rest)


def one_model(arms, endpoints=(PEAK,), **rest):
    """Return outcomes under a single model called turnover."""
    return outcomes({"turnover": arms}, endpoints, **rest)


def each_subject(by_draw, subjects=1):
    """Return (draws, subjects) values in which every subject has the value of its draw."""
    return np.repeat(np.asarray(by_draw, dtype=float)[:, None], subjects, axis=1)


def row(frame, **where):
    """Return the only row that has these values, as a mapping."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    (found,) = frame.to_dict("records")
    return found

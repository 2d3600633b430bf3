"""Outcomes made by hand: a value a draw and subject, written out or drawn from a stated distribution."""

import numpy as np

from regimens.contrasts import contrast, english, ranking, sensitivity, variants, verdict
from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints.extremes import Peak, TimeOfPeak
from regimens.endpoints.thresholds import Share, TimeBeyond

PEAK = Peak("peak of treg_fold", "treg_fold", better="higher")
COST = Peak("peak of serum_il2", "serum_il2", better="lower")
TIME = TimeOfPeak("time of peak of treg_fold", "treg_fold")
SHARE = Share("share with treg_fold above 2", "treg_fold", threshold=2.0, better="higher")
DAYS = TimeBeyond("days treg_fold above 2", "treg_fold", threshold=2.0, better="higher")

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


def contrasts(made, pairs, least=0.05):
    """Return contrasts as the table that is exported."""
    return contrast.CONTRASTS.frame_of_rows(contrast.contrasts(made, pairs, least))


def verdicts(made, pairs, rule=0.95, differ=0.5, least=0.05):
    """Return verdicts as the table that is exported."""
    held = contrast.contrasts(made, pairs, least)
    return english.verdicts_frame(verdict.verdicts(made, held, pairs, verdict.Rule(rule, differ, least)))


def best(made, groups):
    """Return the probabilities of being best as the table that is exported."""
    return ranking.BEST.frame_of_rows(ranking.best(made, groups))


def trade_off(made, gain, cost, groups):
    """Return the trade-off as the table that is exported."""
    return ranking.TRADE_OFF.frame_of_rows(ranking.trade_off(made, gain, cost, groups))


def correlations(made, pairs):
    """Return sensitivities as the table that is exported."""
    return sensitivity.SENSITIVITY.frame_of_rows(sensitivity.sensitivity(made, pairs))


def flips(made, real):
    """Return orders that turn round as the table that is exported."""
    return variants.FLIPS.frame_of_rows(variants.flips(made, real))


def regret(made, real):
    """Return what choices cost as the table that is exported."""
    return variants.REGRET.frame_of_rows(variants.regret(made, real))


def rest_response(made, rests, rule):
    """Return the response to rests as the table that is exported."""
    return variants.REST_RESPONSE.frame_of_rows(variants.rest_response(made, rests, rule))

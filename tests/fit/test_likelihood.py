"""The likelihood against scipy's own distributions."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from regimens.fit.datapoints import AT_LEAST, AT_MOST, Observation
from regimens.fit.likelihood import log_likelihood

EXACT = 1e-10  # closed forms of the same number

ROWS = [
    Observation(0.3, 0.1, "A"),
    Observation(0.5, 0.2, "A"),
    Observation(-0.1, 0.05, "A"),
    Observation(1.0, 0.3, "B"),
]
PREDICTED = np.array([[0.2, 0.6, 0.1, 0.7], [0.0, 0.0, 0.0, 0.0]])
STUDY, ROW = np.array([0.4, 0.1]), np.array([0.15, 0.0])


def dense(place):
    same = np.array([[a.study == b.study for b in ROWS] for a in ROWS])
    covariance = STUDY[place] ** 2 * same + np.diag([row.log_se**2 + ROW[place] ** 2 for row in ROWS])
    return multivariate_normal(PREDICTED[place], covariance).logpdf([row.log_value for row in ROWS])


def test_rows_of_a_study_share_its_effect_as_in_the_dense_normal_density():
    found = log_likelihood(PREDICTED, STUDY, ROW, ROWS)
    assert found == pytest.approx([dense(0), dense(1)], abs=EXACT)


@pytest.mark.parametrize(("bound", "sign"), [(AT_LEAST, 1.0), (AT_MOST, -1.0)])
def test_a_bound_is_the_probability_of_being_beyond_it(bound, sign):
    row = Observation(np.log(8.0), 0.2, "C", bound)
    for predicted in (np.log(4.0), np.log(8.0), np.log(20.0)):
        found = log_likelihood(np.array([[predicted]]), np.array([0.3]), np.array([0.1]), [row])[0]
        scale = np.sqrt(0.2**2 + 0.3**2 + 0.1**2)
        assert found == pytest.approx(norm.logcdf(sign * (predicted - np.log(8.0)) / scale), abs=EXACT)


def test_a_bound_far_away_costs_nothing_and_a_broken_one_is_not_impossible():
    row = Observation(0.0, 0.1, "C", AT_LEAST)
    far, broken = log_likelihood(np.array([[50.0], [-5.0]]), np.zeros(2), np.zeros(2), [row])
    assert far == pytest.approx(0.0, abs=EXACT)
    assert -2000 < broken < -1000


def test_a_prediction_that_is_no_number_is_impossible():
    predicted = np.array([[np.nan, 0.0, 0.0, 0.0]])
    assert log_likelihood(predicted, np.array([0.1]), np.array([0.1]), ROWS)[0] == -np.inf

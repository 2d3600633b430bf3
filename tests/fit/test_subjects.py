"""Subjects behind printed statistics: means and medians of log-normal subjects in closed form, and a simulated trial."""

from dataclasses import replace

import numpy as np
import pytest

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.datapoints import DataPoint, Observation, Target, data_points
from regimens.fit.prediction import DAY_TO_DAY, Predictor
from regimens.fit.subjects import shift_of, subject_spread
from regimens.model import compile_model
from regimens.regimen import parse_regimen

QUASI = 0.02  # absolute, log scale: 64 subjects of a Sobol sequence
RISE = np.sqrt(np.log1p(0.5**2))
RESPONSES = read_responses(shipped.folder("evidence") / "responses.csv")
REGIMEN = parse_regimen("1 MIU SC daily x 5")


def target(statistic, observable="treg_fold", **more):
    return Target(REGIMEN, observable, 24.0, None, 70.0, 1.8, more.pop("baseline", None), statistic=statistic, **more)


def shift(model, *targets, factor=1.0):
    predictor = Predictor(compile_model(model), targets, ["rise"])
    return shift_of(predictor, np.log([[1.0], [2.0], [4.0]]), factor)


def test_a_mean_of_log_normal_subjects_lies_above_the_typical_subject_by_half_the_variance(model):
    found = shift(model, target("mean"), target("median"), target("typical"))
    assert found.constant == pytest.approx([RISE**2 / 2, 0.0, 0.0], abs=QUASI)
    assert found.slope == pytest.approx(0.0, abs=1e-6)
    assert found.residual == pytest.approx(0.0, abs=1e-6)


def test_a_larger_subject_spread_raises_the_mean_by_its_square(model):
    found = shift(model, target("mean"), factor=1.5)
    assert found.constant[0] == pytest.approx(1.5**2 * RISE**2 / 2, abs=2 * QUASI)


def test_counts_of_a_study_spread_with_its_own_baseline(model):
    found = shift(model, target("mean", "treg", baseline=10.0, baseline_sd=0.8))
    assert found.constant[0] == pytest.approx((RISE**2 + 0.8**2) / 2, abs=2 * QUASI)


def test_the_highest_of_noisy_readings_is_above_the_curve_by_the_expected_maximum(model):
    read = replace(target("typical"), time_h=None, window_h=(0.0, 96.0), readings_h=(24.0, 48.0, 72.0, 96.0))
    predictor = Predictor(compile_model(model), [target("typical"), read], ["rise"])
    curve, highest = predictor(np.log([[2.0]]))[0]
    assert highest - curve == pytest.approx(1.0294 * DAY_TO_DAY, abs=0.15 * DAY_TO_DAY)  # expected maximum of four normals


@pytest.mark.parametrize(
    ("of", "readings"),
    [
        (target("mean"), 2),
        (target("mean", baseline=20.0), 2),  # a fold has two readings, also where the study counted Treg
        (target("mean", "treg", baseline=20.0, baseline_sd=1e-9), 1),
    ],
)
def test_printed_spreads_say_by_how_much_the_cvs_are_too_small(model, of, readings):
    noise = np.sqrt(readings) * DAY_TO_DAY
    seen = Observation(0.7, 0.1, "A", "Treg", rest=0.0, sd_log=float(np.hypot(1.4 * RISE, noise)), n=4000)
    row = DataPoint("a", seen, of)
    predictor = Predictor(compile_model(model), [row.target], ["rise"])
    found = subject_spread(predictor, [row], np.log([[1.0], [2.0]]))
    assert found.median == pytest.approx(1.4, rel=0.03)
    assert found.low < found.median < found.high < 1.5
    assert found.rows == 1


def test_without_a_printed_spread_the_cvs_stand(model):
    row = DataPoint("a", Observation(0.7, 0.1, "A", "Treg", rest=0.0), target("mean"))
    found = subject_spread(Predictor(compile_model(model), [row.target], ["rise"]), [row], np.log([[1.0]]))
    assert (found.median, found.low, found.high, found.rows) == (1.0, 1.0, 1.0, 0)


def test_a_printed_mean_stays_a_mean_and_is_predicted_as_one_without_bias():
    """RA: Th17 rose from 16.51 to 19.00 as means, 1.15-fold; through log-normal moments this was a fold of medians of 1.51."""
    points = {point.id: point for point in data_points(RESPONSES)}
    th17, treg = points["ra-th17"], points["ra-treg"]
    assert np.exp(th17.observation.log_value) == pytest.approx(19.00 / 16.51)
    assert np.exp(treg.observation.log_value) == pytest.approx(78.55)
    assert treg.target.statistic == th17.target.statistic == "mean"
    assert treg.target.baseline == pytest.approx(18.67 / np.sqrt(1 + (14.08 / 18.67) ** 2))
    assert np.exp(treg.observation.rest) == pytest.approx(18.67)


def test_two_groups_of_a_study_under_one_regimen_start_from_their_own_counts(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "id,study,n,regimen,analyte,time_h,statistic,baseline,value,unit,role,assumed_sd_log\n"
        "low,Mine,9,1 MIU SC daily x 5,Treg count,168,median,20,60,cells/uL,fit,0.2\n"
        "high,Mine,9,1 MIU SC daily x 5,Treg count,168,median,40,70,cells/uL,fit,0.2\n",
        encoding="utf-8",
    )
    assert [(point.id, point.target.baseline) for point in data_points(read_responses(file))] == [("low", 20.0), ("high", 40.0)]


def trial(random, count):
    """Counts before and after of subjects whose baselines and folds vary, with a typical fold of 3."""
    before = 20.0 * np.exp(0.8 * random.standard_normal(count))
    return before, before * 3.0 * np.exp(RISE * random.standard_normal(count))


def test_the_ratio_of_printed_means_of_a_trial_with_known_truth_is_predicted(model):
    before, after = trial(np.random.default_rng(3), 50_000)
    predictor = Predictor(compile_model(model), [target("mean")], ["rise"])
    truth = np.log([[3.0]])
    predicted = predictor(truth) + shift_of(predictor, np.log([[1.0], [3.0]]), 1.0)(truth)
    assert predicted[0, 0] == pytest.approx(np.log(after.mean() / before.mean()), abs=0.03)

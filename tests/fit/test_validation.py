"""Checks of fitted models: scores and coverage in closed form, and pages that agree with the files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from regimens import shipped
from regimens.errors import ModelError
from regimens.evidence import read_responses
from regimens.fit.datapoints import AT_LEAST, AT_MOST, Observation, data_points, usable
from regimens.fit.page import fits_page, validation_page, verdict
from regimens.fit.posterior import shipped_draws
from regimens.fit.prediction import Predictor
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import histogram, selfcheck, simulated
from regimens.fit.validation import check, coverage, interval_score, summarise
from regimens.model import find_model

ROOT = Path(__file__).parents[2]
RESPONSES = read_responses(shipped.folder("evidence") / "responses.csv")
PINNED = 0.15  # absolute, on the log scale: Monte Carlo noise of 200 draws is about a third of this


def test_the_interval_score_is_the_width_inside_and_grows_by_twenty_times_the_miss_outside():
    assert interval_score(0.5, 0.0, 1.0) == 1.0
    assert interval_score(1.1, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.1)
    assert interval_score(-0.2, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.2)


class Hit:
    def __init__(self, inside):
        self.inside = inside


@pytest.mark.parametrize(("hits", "count"), [(6, 6), (0, 5), (3, 7)])
def test_coverage_has_the_exact_binomial_interval(hits, count):
    found = coverage([Hit(True)] * hits + [Hit(False)] * (count - hits))
    exact = binomtest(hits, count).proportion_ci(0.90, method="exact")
    assert found == (hits, count, pytest.approx(exact.low), pytest.approx(exact.high))


TURNOVER = find_model("turnover", values="declared")
FITS = [response for response in RESPONSES if response.role == "fit"]
LILACS = next(response for response in RESPONSES if response.id == "lilacs-1.5")


def checked(*responses):
    return check(TURNOVER, shipped_draws(TURNOVER), responses, FITS)


def test_a_bound_is_inside_if_the_interval_reaches_beyond_it_and_has_no_score():
    (value,) = checked(LILACS)
    assert value.score is not None
    assert value.null_score is not None
    beyond = replace(LILACS, value=value.high * 1.01)
    bounds = checked(replace(beyond, bound=AT_LEAST), replace(beyond, bound=AT_MOST))
    assert [(each.inside, each.score, each.null_score) for each in bounds] == [(False, None, None), (True, None, None)]


def test_bounds_are_counted_as_hits_or_misses_and_left_out_of_errors_and_scores():
    def summary(*responses):
        return summarise(TURNOVER, [*FITS, *responses])

    value = replace(LILACS, shares_with="")
    alone, both = summary(value), summary(value, replace(value, id="other", bound=AT_LEAST))
    assert (alone.rows, both.rows) == (1, 2)
    assert (both.mean_log_error, both.score, both.null_score) == (alone.mean_log_error, alone.score, alone.null_score)
    only = summary(replace(value, bound=AT_LEAST))
    assert np.isnan([only.mean_log_error, only.score, only.null_score]).all()
    assert not only.beats_null


def test_subjects_that_fail_are_left_out_counted_and_said_on_the_page(monkeypatch):
    simulated_values = Predictor.of_values

    def with_failures(self, values):
        found = simulated_values(self, values)
        found[::4] = np.nan
        return found

    value = replace(LILACS, shares_with="", n=20)
    (before,) = checked(value)
    monkeypatch.setattr(Predictor, "of_values", with_failures)
    (after,) = checked(value)
    assert (before.subjects, before.failed) == (after.subjects, 0) == (200 * 20, 0)
    assert after.failed == 200 * 20 / 4
    assert np.log([after.low, after.median, after.high]) == pytest.approx(
        np.log([before.low, before.median, before.high]), abs=PINNED
    )
    page = validation_page([summarise(TURNOVER, [*FITS, value])], [])
    assert "inside (1000 of 4000 simulated subjects failed and are left out) |" in page


def test_a_posterior_of_another_text_of_the_model_is_refused():
    parameters = (replace(TURNOVER.parameters[0], value=TURNOVER.parameters[0].value * 1.01), *TURNOVER.parameters[1:])
    with pytest.raises(ModelError) as raised:
        shipped_draws(replace(TURNOVER, parameters=parameters))
    assert str(raised.value) == (
        "The posterior of model 'turnover' was fitted to other equations, values or priors than the model file has. "
        "Renew it with `python scripts/renew_posteriors.py turnover`."
    )


def test_the_default_model_beats_the_study_blind_null_model():
    summary = summarise(find_model("expansion", values="declared"), RESPONSES)
    assert summary.beats_null
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("| expansion |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1] == f"{summary.hits} of {summary.rows}"
    numbers = [float(cell) for cell in cells[3:7]]
    assert numbers == pytest.approx([summary.mean_log_error, summary.median_width, summary.score, summary.null_score], abs=PINNED)
    assert "It is exploratory." not in verdict(summary)


def test_every_model_stands_on_the_page_with_every_row_it_can_predict():
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    for name in shipped.names("models"):
        model = find_model(name, values="declared")
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        known = {observable.name for observable in model.observables}
        for response in RESPONSES:
            if response.role == "check" and response.value is not None and response.observable in known:
                assert f"| {response.id} |" in section
    assert page.count("It is exploratory.") == sum(find_model(name).exploratory for name in shipped.names("models"))


def test_the_page_of_fits_is_what_the_posteriors_give():
    committed = (ROOT / "docs" / "fits.md").read_text(encoding="utf-8")
    assert committed == fits_page(shipped.names("models")), "run scripts/render_fits.py"


def test_simulated_rows_have_the_spreads_they_are_given():
    design = [Observation(0.0, 0.1, "A"), Observation(0.0, 0.3, "A"), Observation(0.5, 0.2, "B", AT_LEAST)]
    random = np.random.default_rng(1)
    drawn = [simulated(np.array([1.0, 2.0, 0.5]), 0.4, 0.2, design, random) for _ in range(4000)]
    values = np.array([[row.log_value for row in rows[:2]] for rows in drawn])
    assert values.mean(axis=0) == pytest.approx([1.0, 2.0], abs=0.03)
    assert np.cov(values.T) == pytest.approx(np.array([[0.16 + 0.05, 0.16], [0.16, 0.16 + 0.13]]), abs=0.02)
    assert np.mean([rows[2].bound == AT_MOST for rows in drawn]) == pytest.approx(0.5, abs=0.03)


def test_ranks_of_a_few_truths_are_shares_between_0_and_1():
    rows = usable(data_points(RESPONSES, "fit"), find_model("turnover", values="declared"))
    quick = Settings(ensembles=1, walkers=24, steps=30, burn_in=10, draws=50, seed=4)
    ranks = selfcheck(find_model("turnover", values="declared"), rows, quick, range(2))
    assert ranks.share.shape == (2, len(ranks.names))
    assert ((ranks.share >= 0) & (ranks.share <= 1)).all()
    assert sum(map(int, histogram(ranks.share[:, 0]).split())) == 2


def test_the_committed_selfcheck_holds_the_truth_often_enough():
    share = np.loadtxt(shipped.folder("posteriors") / "turnover" / "selfcheck.csv", delimiter=",", skiprows=1)
    assert len(share) >= 100
    held = ((share >= 0.05) & (share <= 0.95)).mean(axis=0)
    # An exact 90 % interval holds 80 of 100 truths or fewer once in 500 parameters, and 84 or fewer once in 25.
    assert (held > 0.80).all()

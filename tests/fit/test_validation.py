"""Checks of left-out rows: scores and coverage in closed form, files that are read back, pages that agree with the files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from regimens import shipped
from regimens.errors import ModelError
from regimens.evidence import read_responses
from regimens.fit.checkfiles import QUANTILES, checks_text, predictions_text, read_checks, read_sources, sources_text
from regimens.fit.datapoints import AT_LEAST, AT_MOST, DataPoint, Observation, data_points, usable
from regimens.fit.leaveout import LeftOut
from regimens.fit.nulls import null_of
from regimens.fit.page import fits_page, validation_page, verdict
from regimens.fit.posterior import shipped_folder
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import histogram, selfcheck, simulated, uniformity
from regimens.fit.shippedchecks import shipped_checks, summarise
from regimens.fit.stacking import Combined, combined, weights_of, weights_text
from regimens.fit.validation import (
    SourceCheck,
    checks_of,
    coverage,
    interval_score,
    sources_of,
    summary_of,
)
from regimens.model import find_model
from regimens.model.fitted import read_draws
from tests.fit.test_subjects import target

ROOT = Path(__file__).parents[2]
RESPONSES = read_responses(shipped.folder("evidence") / "responses.csv")
TURNOVER = find_model("turnover", values="declared")


def test_the_interval_score_is_the_width_inside_and_grows_by_twenty_times_the_miss_outside():
    assert interval_score(0.5, 0.0, 1.0) == 1.0
    assert interval_score(1.1, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.1)
    assert interval_score(-0.2, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.2)


class Hit:
    def __init__(self, hit):
        self.hit = hit


@pytest.mark.parametrize(("hits", "count"), [(6, 6), (0, 5), (3, 7)])
def test_coverage_has_the_exact_binomial_interval(hits, count):
    found = coverage([Hit(True)] * hits + [Hit(False)] * (count - hits))
    exact = binomtest(hits, count).proportion_ci(0.90, method="exact")
    assert found == (hits, count, pytest.approx(exact.low), pytest.approx(exact.high))


IDS = ("lilacs", "ssc-d8", "dilfrequency-treg", "gvhd-treg", "ms-treg-d15", "lite-month1", "ra-treg")
DATA = tuple(point for point in data_points(RESPONSES) if point.id in IDS)


def left_out(shift=0.0):
    """Every source of IDS left out, with normal predictions around what was seen."""
    normal = np.random.default_rng(1).standard_normal(20_000)
    return tuple(
        LeftOut(
            source=point.observation.source,
            how="weights",
            shape=0.3,
            ids=(point.id,),
            predicted=(point.observation.log_value + shift + 0.4 * normal)[:, None],
            log_density=-1.0,
            common=-1.0,
            lost=("EC50",),
        )
        for point in DATA
    )


def test_a_row_is_a_hit_inside_its_interval_and_a_bound_if_it_was_thought_likely():
    checks = {check.id: check for check in checks_of(left_out(), DATA, RESPONSES)}
    value, bound = checks["lilacs"], checks["gvhd-treg"]
    assert np.log([value.low, value.high]) == pytest.approx(np.log(1.75) + 0.4 * 1.645 * np.array([-1, 1]), abs=0.02)
    assert value.score == pytest.approx(2 * 0.4 * 1.645, abs=0.04)
    assert (value.hit, value.probability) == (True, None)
    assert bound.probability == pytest.approx(0.5, abs=0.01)
    assert (bound.score, bound.null_score, bound.group_score) == (None, None, None)
    far = {check.id: check for check in checks_of(left_out(-1.0), DATA, RESPONSES)}
    assert (far["lilacs"].hit, far["gvhd-treg"].hit) == (False, False)
    assert far["gvhd-treg"].probability == pytest.approx(0.0062, abs=0.003)  # normal tail beyond 2.5 SD


def test_the_probability_of_a_bound_is_of_the_side_that_was_printed():
    other = tuple(replace(point, observation=replace(point.observation, bound=AT_MOST)) for point in DATA)
    (above,) = (c for c in checks_of(left_out(-1.0), DATA, RESPONSES) if c.id == "gvhd-treg")
    (below,) = (c for c in checks_of(left_out(-1.0), other, RESPONSES) if c.id == "gvhd-treg")
    assert above.probability + below.probability == pytest.approx(1.0)


def test_checks_and_sources_are_read_back_as_written(tmp_path):
    checks, sources = checks_of(left_out(), DATA, RESPONSES), sources_of(left_out(), DATA, RESPONSES)
    (tmp_path / "checks.csv").write_text(checks_text(checks), encoding="utf-8")
    (tmp_path / "sources.csv").write_text(sources_text(sources), encoding="utf-8")
    again = read_checks(tmp_path / "checks.csv")
    assert checks_text(again) == checks_text(checks)
    assert read_sources(tmp_path / "sources.csv") == tuple(
        replace(each, **{name: rounded(getattr(each, name)) for name in ("null_density", "group_density")}) for each in sources
    )
    with pytest.raises(ModelError) as raised:
        read_checks(tmp_path / "nothing.csv")
    assert str(raised.value) == "nothing.csv of this fit is missing. Renew it with `python scripts/renew_posteriors.py`."


def test_predictions_are_read_back_by_row_whatever_its_id(tmp_path):
    one, other, *_ = left_out()
    named = (replace(one, ids=("one, of mine",)), replace(other, ids=('other "b"',)))
    (tmp_path / "predictions.csv").write_text(predictions_text(named), encoding="utf-8")
    found = read_draws(tmp_path / "predictions.csv")
    assert found.names == ("one, of mine", 'other "b"')
    assert found.draws.shape == (QUANTILES, 2)
    assert np.median(found.draws, axis=0) == pytest.approx([np.median(each.predicted) for each in named], abs=0.01)


def rounded(number):
    return None if number is None else float(f"{number:.4g}")


def test_a_summary_compares_scores_on_the_rows_that_both_null_models_predict():
    found = summary_of(TURNOVER, checks_of(left_out(), DATA, RESPONSES), ())
    valued = [check for check in found.checks if check.score is not None and check.null_score is not None]
    assert found.rows == len(IDS)
    assert found.score == pytest.approx(np.mean([check.score for check in valued]))
    assert found.null_score == pytest.approx(np.mean([check.null_score for check in valued]))
    assert found.mean_log_error == pytest.approx(0.0, abs=0.01)
    nothing = summary_of(TURNOVER, (), ())
    assert np.isnan([nothing.score, nothing.null_score, nothing.mean_log_error]).all()
    assert not nothing.beats_nulls


def test_the_null_models_of_a_check_are_made_of_fitted_rows_of_other_sources():
    (check,) = (c for c in checks_of(left_out(), DATA, RESPONSES) if c.id == "lilacs")
    rows = {response.id: response for response in RESPONSES}
    fitted = [(point.observation, rows[point.id].group) for point in DATA if rows[point.id].role == "fit"]
    seen = next(point.observation for point in DATA if point.id == "lilacs")
    assert check.null_score == interval_score(seen.log_value, *null_of(seen, fitted).interval())


def test_a_posterior_of_another_text_of_the_model_is_refused():
    parameters = (replace(TURNOVER.parameters[0], value=TURNOVER.parameters[0].value * 1.01), *TURNOVER.parameters[1:])
    with pytest.raises(ModelError) as raised:
        shipped_folder(replace(TURNOVER, parameters=parameters))
    assert str(raised.value) == (
        "The posterior of model 'turnover' was fitted to other equations, values or priors than the model file has. "
        "Renew it with `python scripts/renew_posteriors.py turnover`."
    )


@pytest.mark.parametrize("name", shipped.names("models"))
def test_the_committed_checks_say_of_every_row_that_a_model_can_predict_what_was_seen(name):
    model = find_model(name, values="declared")
    checks = {check.id: check for check in read_checks(shipped_folder(model) / "checks.csv")}
    points = {p.id: p for p in usable(data_points([r for r in RESPONSES if r.role in ("fit", "check")], of=RESPONSES), model)}
    assert set(checks) == set(points)
    for name, check in checks.items():
        assert check.observed == pytest.approx(np.exp(points[name].observation.log_value), rel=1e-3)
        assert check.source == points[name].observation.source


def test_every_model_beats_both_null_models_on_studies_left_out():
    for name in shipped.names("models"):
        summary = summarise(find_model(name, values="declared"))
        assert summary.beats_nulls
        assert "beats the" in verdict(summary)


def test_the_committed_weights_are_those_of_the_committed_densities():
    summaries = [summarise(find_model(name, values="declared")) for name in shipped.names("models")]
    weights = weights_of(summaries)
    assert (shipped.folder("posteriors") / "weights.csv").read_text(encoding="utf-8") == weights_text(weights)
    assert sum(each.weight for each in weights) == pytest.approx(1.0)
    assert all(each.low <= each.weight + 1e-9 and each.weight <= each.high + 1e-9 for each in weights)


def test_the_combined_prediction_is_no_worse_on_left_out_studies_than_the_best_model_alone():
    _, _, mixed = shipped_checks(shipped.names("models"))
    assert mixed.score <= min(mixed.alone.values()) + 1e-9


def test_a_combined_prediction_with_all_weight_on_one_model_scores_as_that_model_alone():
    good, poor = left_out(), left_out(-2.0)
    poor = tuple(replace(each, common=-4.0) for each in poor)
    summaries = [
        summary_of(replace(TURNOVER, name=name), checks_of(found, DATA, RESPONSES), sources_of(found, DATA, RESPONSES))
        for name, found in (("good", good), ("poor", poor))
    ]
    rows = {summary.model.name: {each.ids[0]: each.predicted[:200, 0] for each in found}
            for summary, found in zip(summaries, (good, poor), strict=True)}  # fmt: skip
    found = combined(summaries, rows)
    assert found.score == found.alone["good"] < found.alone["poor"]
    assert (
        found.rows == found.sources == len({each.source for each in summaries[0].checks if each.independent and not each.bound})
    )


def test_the_page_says_whether_the_combined_prediction_is_better():
    worse = Combined(2.0, {"one": 1.5}, 4, 3)
    assert "scores 2.00, worse than the best single model (one 1.50)" in validation_page([], [], worse)
    assert "Over 4 rows of 3 sources" in validation_page([], [], worse)


def test_a_bound_has_a_probability_on_the_page_and_no_error():
    checks = [check for check in checks_of(left_out(), DATA, RESPONSES) if check.id in ("gvhd-treg", "lilacs")]
    lines = validation_page([summary_of(TURNOVER, checks, ())], [], None).splitlines()
    bound, value = (next(line for line in lines if line.startswith(f"| {name}")) for name in ("gvhd-treg", "lilacs"))
    assert bound.endswith("| probability 0.50 |  |  |  |  |")
    assert "| inside | -0.00 |" in value or "| inside | +0.00 |" in value


def test_the_densities_of_the_null_models_stand_beside_that_of_the_rows_that_all_models_predict():
    source = SourceCheck("A", "weights", 0.3, -2.56, -0.77, -3.22, -7.41, ("EC50", "kout"))
    page = validation_page([summary_of(TURNOVER, (), (source,))], [], None)
    assert "| Left out | How | k | Log density | Common rows | Null | Group null | No information without it |" in page
    assert "| A | weights | 0.30 | -2.56 | -0.77 | -3.22 | -7.41 | EC50, kout |" in page


def test_the_pages_are_what_the_posteriors_give():
    names = shipped.names("models")
    committed = {page: (ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("fits.md", "validation.md")}
    assert committed["fits.md"] == fits_page(names), "run scripts/render_fits.py"
    assert committed["validation.md"] == validation_page(*shipped_checks(names)), "run scripts/render_validation.py"


def test_simulated_rows_have_the_spreads_they_are_given():
    design = [
        Observation(0.0, 0.1, "A", "serum_il2"),
        Observation(0.0, 0.3, "A", "serum_il2"),
        Observation(0.5, 0.2, "B", "Treg", AT_LEAST, rest=0.0),
    ]
    random = np.random.default_rng(1)
    drawn = [simulated(np.array([1.0, 2.0, 0.5]), 0.4, 0.2, design, random) for _ in range(4000)]
    values = np.array([[row.log_value for row in rows[:2]] for rows in drawn])
    assert values.mean(axis=0) == pytest.approx([1.0, 2.0], abs=0.03)
    assert np.cov(values.T) == pytest.approx(np.array([[0.16 + 0.05, 0.16], [0.16, 0.16 + 0.13]]), abs=0.02)
    assert np.mean([rows[2].bound == AT_MOST for rows in drawn]) == pytest.approx(0.5, abs=0.03)


def test_ranks_of_a_few_truths_are_shares_between_0_and_1(model):
    data = [DataPoint(name, Observation(0.5, 0.2, name, "Treg", rest=0.0), target("typical")) for name in "ab"]
    quick = Settings(ensembles=1, walkers=24, steps=30, burn_in=10, draws=50, seed=4)
    ranks = selfcheck(model, data, quick, range(2))
    assert ranks.share.shape == (2, len(ranks.names))
    assert ((ranks.share >= 0) & (ranks.share <= 1)).all()
    assert sum(map(int, histogram(ranks.share[:, 0]).split())) == 2


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_the_p_value_of_uniform_ranks_is_uniform_and_that_of_biased_or_too_narrow_ranks_small():
    random = np.random.default_rng(2)
    uniform = [uniformity(random.uniform(size=60)) for _ in range(100)]
    assert kstest(uniform, "uniform").pvalue > 0.001
    assert uniformity(random.uniform(size=100) ** 1.6) < 0.02
    assert uniformity(random.beta(0.3, 0.3, size=100)) < 0.02


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("name", shipped.names("models"))
def test_the_committed_selfcheck_of_every_model_has_uniform_ranks(name):
    share = np.loadtxt(shipped.folder("posteriors") / name / "selfcheck.csv", delimiter=",", skiprows=1)
    assert len(share) >= 30
    smallest = min(uniformity(share[:, place]) for place in range(share.shape[1]))
    # Bonferroni over the parameters of a model, and over the models.
    assert smallest > 0.05 / share.shape[1] / len(shipped.names("models"))

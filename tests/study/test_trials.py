"""Endpoints of whole virtual trials in a comparison: one number a draw, with noise, however the work is cut."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regimens.scenario.population import reduced
from regimens.statistics import over_draws, standardised_difference
from regimens.study.comparison import compare
from regimens.study.noise import noise_factor
from tests import small

SMD = "SMD of treg from baseline to 11 days"
FEWER = f"{SMD} with 3 subjects"
READINGS = "treg at baseline, treg at 11 days"
NOISE = "visits: {day 11: 11 days}\nnoise: {day_to_day: 0.2, residual: 0.1}\n"
KNOWN = """\
title: Parameters of which nothing is known
description: A state that rises with IL-2.
time: h
parameters:
  ke: {value: 0.02, unit: 1/h, bounds: [0.005, 0.1], cv: 0.5, source: assumed, label: elimination}
  base: {value: 1.0, unit: "1", bounds: [0.2, 5], cv: 0.3, source: assumed, label: baseline}
constants:
  one_MIU: {value: 1000000, unit: IU}
states:
  depot: {unit: IU, initial: 0, rate: -ke * depot, label: IL-2}
  x: {unit: "1", initial: base, rate: ke * (base - x), label: size}
inputs:
  - {drug: il2, route: SC, state: depot, bioavailability: 1, lag: 0}
observables:
  size: {formula: x + depot / one_MIU, unit: "1", label: Size, better: higher}
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return compare(small.scenario(tmp_path_factory.mktemp("trials"), endpoints=f"[{SMD}, {READINGS}, {FEWER}]", more=NOISE))


def by_hand(result, arm, subjects=6):
    """Return the SMD of each draw, from the table of endpoints and the noise of the scenario."""
    table, noise = result.to_frame("endpoints").query("arm == @arm"), result.scenario.noise
    runs = table[["draw", "subject"]].to_numpy()
    before, after = (
        (table[f"treg at {words}"] * noise_factor(noise, 3, (arm, "turnover"), "treg", time_h, runs)).to_numpy().reshape(4, 6)
        for words, time_h in (("baseline", 0.0), ("11 days", 264.0))
    )
    return standardised_difference(before[:, :subjects], after[:, :subjects])


@pytest.mark.parametrize("arm", ["low", "high", "placebo"])
def test_an_smd_is_that_of_what_is_measured_of_the_subjects_of_each_draw(arm, result):
    smd, _, _, fewer = result.scenario.endpoints
    found = result.outcomes.of("turnover", arm, smd)
    assert found.shape == (4, 1)
    np.testing.assert_allclose(found[:, 0], by_hand(result, arm), rtol=1e-12)
    np.testing.assert_allclose(result.outcomes.of("turnover", arm, fewer)[:, 0], by_hand(result, arm, 3), rtol=1e-12)


def test_what_an_smd_reads_is_what_the_visits_show(result):
    seen = result.to_frame("observations").query("arm == 'high' and observable == 'treg' and time_h == 264")
    runs = seen[["draw", "subject"]].to_numpy()
    factor = noise_factor(result.scenario.noise, 3, ("high", "turnover"), "treg", 264.0, runs)
    np.testing.assert_allclose(seen["observed"], seen["true"] * factor, rtol=1e-12)
    assert len(runs) == 24


def test_its_summary_is_over_draws_and_has_no_prediction_interval(result):
    row = result.summary_of("high", "turnover", SMD)
    assert (row.n, row.missing, row.unit) == (4, 0, "SD")
    assert np.isnan([row.low, row.high]).all()
    np.testing.assert_allclose((row.median, row.confidence_low, row.confidence_high), over_draws(by_hand(result, "high")), rtol=1e-12)  # fmt: skip


def test_arms_are_held_against_each_other_draw_by_draw(result):
    (row,) = [row for row in result.versus.contrasts if (row.endpoint, row.arm, row.against) == (SMD, "low", "high")]
    difference = by_hand(result, "low") - by_hand(result, "high")
    np.testing.assert_allclose((row.difference, row.difference_low, row.difference_high), over_draws(difference), rtol=1e-12)
    assert row.probability == np.mean(difference > 0)
    assert (row.n, row.draws, row.unit) == (4, 4, "SD")
    assert np.isnan([row.subject_low, row.subject_high, row.better_off, row.ratio, row.ratio_low, row.ratio_high]).all()
    assert {row.over for row in result.versus.sensitivity if row.endpoint == SMD} == {"draws"}
    assert {row.over for row in result.versus.sensitivity if row.endpoint == "treg at 11 days"} == {"draws", "subjects"}


def test_every_subject_of_a_draw_has_the_number_of_the_draw_in_the_table_of_endpoints(result):
    table = result.to_frame("endpoints").query("arm == 'low'")
    np.testing.assert_allclose(table[SMD].to_numpy().reshape(4, 6), np.repeat(by_hand(result, "low")[:, None], 6, axis=1))


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("chunk", [1, 7])
def test_how_runs_are_cut_into_tasks_changes_no_byte(chunk, result):
    for name in ("summary", "contrasts", "endpoints"):
        pd.testing.assert_frame_equal(
            compare(result.scenario, chunk=chunk).to_frame(name), result.to_frame(name), check_exact=True
        )


def test_without_noise_the_true_values_count(tmp_path):
    found = compare(small.scenario(tmp_path, endpoints=f"[{SMD}, {READINGS}]"))
    table = found.to_frame("endpoints").query("arm == 'high'")
    before, after = (table[f"treg at {words}"].to_numpy().reshape(4, 6) for words in ("baseline", "11 days"))
    smd = found.scenario.endpoints[0]
    np.testing.assert_array_equal(found.outcomes.of("turnover", "high", smd)[:, 0], standardised_difference(before, after))
    np.testing.assert_array_equal(found.outcomes.of("turnover", "placebo", smd), np.zeros((4, 1)))


def test_an_smd_is_enough_for_noise_to_be_measured(tmp_path):
    found = compare(small.scenario(tmp_path, endpoints=f"[{SMD}]", more="noise: {residual: 0.3}\n"))
    assert np.ptp(found.outcomes.of("turnover", "placebo", found.scenario.endpoints[0])) > 0


@pytest.mark.parametrize("population", ["", "{subjects: 1, seed: 3, draws: 3}"])
def test_of_one_subject_an_smd_is_missing_and_said_to_be(population, tmp_path):
    found = compare(small.scenario(tmp_path, population=population, endpoints=f"[{SMD}, peak of treg_fold]"))
    assert f"'{SMD}' is missing: it needs at least 2 subjects in a parameter draw, and there is 1." in found.warnings
    row = found.summary_of("high", "turnover", SMD)
    assert np.isnan([row.median, row.confidence_low, row.confidence_high]).all()
    assert row.n == 0
    assert found.to_frame("endpoints")[SMD].isna().all()
    assert "SMD of Treg" in found.to_html()


def test_a_run_of_fewer_subjects_than_a_trial_says_so_and_takes_all_of_them(result):
    fewer = compare(reduced(result.scenario, subjects=2))
    assert fewer.warnings[0] == f"'{FEWER}' is of 2 subjects here: this run has no more in a parameter draw."
    smd, _, _, three = fewer.scenario.endpoints
    np.testing.assert_array_equal(fewer.outcomes.of("turnover", "low", smd), fewer.outcomes.of("turnover", "low", three))


def test_a_subject_that_failed_is_left_out_of_the_trial_and_blank(tmp_path):
    (tmp_path / "exploding.yaml").write_text(small.EXPLODING, encoding="utf-8")
    words, population = "SMD of size from baseline to 1 days", "{subjects: 6, seed: 5, draws: 2}"
    found = compare(
        small.scenario(tmp_path, models="[exploding.yaml]", population=population, endpoints=f"[{words}, size at 1 days]")
    )
    table = found.to_frame("endpoints").query("arm == 'low'")
    assert 0 < (table["status"] != "ok").sum() < 12
    assert table[words].isna().tolist() == (table["status"] != "ok").tolist()
    after = table["size at 1 days"].to_numpy().reshape(2, 6)
    expected = standardised_difference(np.where(np.isnan(after), np.nan, 1.0), after)
    np.testing.assert_allclose(table.groupby("draw")[words].median(), expected, rtol=1e-12)


def test_where_draws_are_not_told_apart_each_is_a_trial_of_the_one_draw(tmp_path):
    (tmp_path / "known.yaml").write_text(KNOWN, encoding="utf-8")
    words = "SMD of size from baseline to 1 days"
    found = compare(small.scenario(tmp_path, models="[known.yaml]", endpoints=f"[{words}, size at baseline, size at 1 days]"))
    table = found.to_frame("endpoints").query("arm == 'low'")
    before, after = (table[f"size at {time}"].to_numpy().reshape(4, 6) for time in ("baseline", "1 days"))
    trials = standardised_difference(before, after)
    np.testing.assert_array_equal(found.outcomes.of("known", "low", found.scenario.endpoints[0]), trials[None])
    row = found.summary_of("low", "known", words)
    assert row.n == 4
    assert row.median == pytest.approx(np.median(trials), rel=1e-12)
    assert np.isnan(row.confidence_low)
    np.testing.assert_array_equal(table[words].to_numpy().reshape(4, 6), np.repeat(trials[:, None], 6, axis=1))

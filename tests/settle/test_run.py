"""A whole run of trials: what is known before, pairs that need none, workers, interruption, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from regimens.contrasts.contrast import paired
from regimens.errors import RegimensError
from regimens.settle import BrokenOff, settle_pairs
from regimens.settle.rows import ALL_MODELS
from regimens.study.comparison import compare
from regimens.work import Store, local
from tests.settle.small import scenario

RESPONDERS = ("  trials: 40", "  trials: 40\n  lloq: 1.1\n  dropout: 0.2\n  responders: [above 1.5 on day 8, above 2 on any day]")


@pytest.fixture(scope="module")
def found():
    return settle_pairs(scenario(RESPONDERS))


def rows(settled):
    return repr((settled.pairs, settled.designs, settled.days, settled.tests))


def test_what_is_known_before_is_the_share_of_draws_over_models(found):
    compared = compare(replace(scenario(), settle=None))
    endpoint = compared.scenario.endpoints[0]
    chances = []
    for model in ("turnover", "effect_turnover"):
        by_draw = paired(compared.outcomes, model, endpoint, "daily", "twice")
        chances.append(np.mean(np.where(by_draw > 0, 1.0, np.where(by_draw < 0, 0.0, 0.5))))
    (pair,) = found.pairs
    assert (pair.before, pair.lowest, pair.highest) == pytest.approx((np.mean(chances), min(chances), max(chances)))


def test_a_design_has_a_row_and_so_has_each_of_its_days(found):
    assert [(row.design, row.subjects, row.samples) for row in found.designs] == [("early", 4, 16), ("late", 12, 24)]
    assert [(row.design, row.day) for row in found.days] == [("early", 3.0), ("early", 8.0), ("late", 21.0)]
    assert np.isnan(found.days[-1].without)
    assert found.days[-1].alone == found.designs[-1].settled
    for row in found.designs:
        assert row.wrong <= row.settled
        assert row.trials == 40
        assert row.settled_error == pytest.approx(np.sqrt(row.settled * (1 - row.settled) / 40))
        assert row.regret_before == found.pairs[0].regret


def test_tests_have_a_row_over_all_models_and_one_for_each(found):
    named = [(row.design, row.test, row.model) for row in found.tests]
    responders = "Fisher's exact test of responders above"
    early = ["t-test of the last sample", f"{responders} 1.5 on day 8", f"{responders} 2 on any day"]
    expected = [("early", test, model) for test in early for model in (ALL_MODELS, *found.models)]
    assert named == expected + [("late", test, model) for test in (early[0], early[2]) for model in (ALL_MODELS, *found.models)]
    for whole, *parts in zip(found.tests[::3], found.tests[1::3], found.tests[2::3], strict=True):
        assert whole.trials == sum(part.trials for part in parts) == 40
        assert whole.power == pytest.approx(sum(part.power * part.trials for part in parts) / 40)
        assert whole.power_error == pytest.approx(np.sqrt(whole.power * (1 - whole.power) / 40))


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_neither_workers_nor_chunks_change_a_number(found):
    with local(2) as executor:
        assert rows(settle_pairs(scenario(RESPONDERS), executor=executor, chunk=7)) == rows(found)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_run_that_was_broken_off_goes_on_to_the_same_numbers(found, tmp_path):
    def stop(done, total):
        if (done, total) == (3, 5):
            raise KeyboardInterrupt

    with (
        pytest.raises(BrokenOff) as stopped,
        Store.open(tmp_path / "kept", {"a": 1}) as store,
        local(1) as executor,
    ):
        settle_pairs(scenario(RESPONDERS), executor=executor, store=store, progress=stop)
    known = stopped.value.found
    assert repr(known.designs) == repr(found.designs)
    assert len(known.days) < len(found.days)
    with Store.open(tmp_path / "kept", {"a": 1}, resume=True) as store:
        assert store.reused
        assert rows(settle_pairs(scenario(RESPONDERS), store=store)) == rows(found)


def test_a_run_broken_off_early_has_fewer_trials_of_every_design():
    def stop(done, total):
        if (done, total) == (3, 20):
            raise KeyboardInterrupt

    with pytest.raises(BrokenOff) as stopped, local(1) as executor:
        settle_pairs(scenario(), executor=executor, progress=stop, chunk=10)
    assert {row.trials for row in stopped.value.found.designs} <= {10, 20}
    assert stopped.value.found.days == ()


def test_before_trials_of_every_design_are_known_nothing_is():
    def stop(done, total):
        if (done, total) == (1, 20):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped, local(1) as executor:
        settle_pairs(scenario(), executor=executor, progress=stop, chunk=10)
    assert not isinstance(stopped.value, BrokenOff)


def test_the_best_design_so_far_is_told():
    told = []
    settle_pairs(scenario(), chunk=20, say=told.append)
    assert len(told) == 3
    assert all(said.startswith("best so far: '") for said in told)
    assert told[-1].endswith(" % of 40 trials")


def test_a_pair_that_every_model_settles_needs_no_trial():
    settled = settle_pairs(scenario(("[[daily, twice]]", "[[daily, none], [daily, twice]]")))
    assert [(row.against, row.agreed, row.simulated) for row in settled.pairs] == [("none", True, False), ("twice", False, True)]
    assert {row.against for row in settled.designs} == {"twice"}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_without_names_the_most_contested_pairs_with_different_doses_are_simulated():
    found = settle_pairs(
        scenario(
            ("  pairs: [[daily, twice]]\n", ""), ("  none: {regimen: no dose}\n", "  weak: {regimen: 0.3 MIU SC daily x 8}\n")
        )
    )
    named = [{row.arm, row.against} for row in found.pairs]
    assert len(named) == 5
    assert {"daily", "again"} not in named
    distances = [abs(row.before - 0.5) for row in found.pairs]
    assert distances == sorted(distances)
    open_pairs = [row for row in found.pairs if not row.agreed]
    assert [row.simulated for row in open_pairs] == [place < 3 for place in range(len(open_pairs))]


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_limit_above_every_sample_settles_nothing():
    found = settle_pairs(scenario(("  trials: 40", "  trials: 40\n  lloq: 1000000")))
    (pair,) = found.pairs
    assert {row.settled for row in found.designs} == {0.0}
    assert [row.size for row in found.designs] == pytest.approx([39.0, 39.0])
    assert {row.power for row in found.tests} == {0.0}
    assert pair.agreed is False


def test_too_few_draws_to_weigh_are_refused():
    for changes in ((), (("  pairs: [[daily, twice]]\n", ""),)):
        with pytest.raises(RegimensError) as raised:
            settle_pairs(scenario(("draws: 20", "draws: 10"), *changes))
        assert str(raised.value) == "The models have 20 parameter draws in all; 21 are needed to weigh them. Add draws."


def test_a_pair_is_looked_for_among_arms_with_different_doses_only():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("  pairs: [[daily, twice]]\n", ""), ("  twice: {regimen: 2 MIU SC every 7 days x 2}\n", "")))
    assert str(raised.value) == "No two arms with different doses are modelled together. Name other arms, or 'pairs'."


def test_samples_of_zero_are_refused():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("  pairs:", "  observable: serum_il2\n  pairs:"), ("[3, 8]", "[0, 8]")))
    assert str(raised.value) == (
        "'serum_il2' is 0 or missing at some sample, and trials are simulated on its logarithm. "
        "Sample another observable, or on other days."
    )


def test_a_scenario_without_the_key_is_refused():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(replace(scenario(), settle=None))
    assert str(raised.value) == "scenario: there is no 'settle' in this scenario. Add the endpoint and the designs."


def test_one_draw_is_refused():
    made = scenario()
    with pytest.raises(RegimensError) as raised:
        settle_pairs(replace(made, population=replace(made.population, draws=1)))
    assert str(raised.value) == (
        "scenario: the parameters are taken as known (one draw), so there is nothing that a trial could settle. "
        "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
    )

"""Verdicts: when an arm is called better, and the whole sentence of every reason why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.contrasts.english import VERDICTS
from regimens.endpoints.thresholds import TimeUntil
from tests.contrasts.made import COST, DAYS, NAN, PEAK, TIME, contrasts, each_subject, outcomes, row, verdicts

ZERO = np.zeros((100, 1))


def draws(wins, of=100, size=1.0):
    """Return (draws, 1) differences of which `wins` favour A by `size`, the others B."""
    return each_subject([size] * wins + [-size] * (of - wins))


def verdict(by_model, endpoint=PEAK, rule=0.95, differ=0.5, least=0.05, **rest):
    """Return the verdict of A against B, from the differences A - B of each model; B is 10 in everybody."""
    made = outcomes({model: {"A": 10 + d, "B": 10 + 0 * d} for model, d in by_model.items()}, (endpoint,), **rest)
    return row(verdicts(made, [("A", "B")], rule, differ, least))


def test_an_arm_is_better_when_every_model_is_sure_of_it():
    found = verdict({"turnover": draws(99), "effect_turnover": draws(97), "expansion": draws(100)})
    assert {name: value for name, value in found.items() if not name.startswith("weighted")} == {
        "endpoint": "peak of treg_fold",
        "arm": "A",
        "against": "B",
        "verdict": "A better",
        "winner": "A",
        "reason": "every model gives at least 95 % (turnover 99 %, effect_turnover 97 %, expansion 100 %); the difference is 1.0",
        "probabilities": "turnover 0.99, effect_turnover 0.97, expansion 1",
        "priors": "",
        "structural": "",
    }


def test_the_other_arm_is_better_when_every_model_is_sure_of_that():
    found = verdict({"turnover": draws(1), "expansion": draws(5)})
    assert (found["verdict"], found["winner"]) == ("B better", "B")
    assert found["reason"] == "every model gives at least 95 % (turnover 99 %, expansion 95 %); the difference is 1.0"
    assert found["probabilities"] == "turnover 0.01, expansion 0.05"


def test_where_lower_is_better_the_lower_arm_wins():
    found = verdict({"turnover": draws(1), "expansion": draws(0)}, COST)
    assert (found["verdict"], found["winner"]) == ("A better", "A")


def test_a_single_model_is_named_as_such():
    found = verdict({"turnover": draws(97)})
    assert (found["winner"], found["reason"]) == (
        "A",
        "turnover, the only model, gives 97 %, and at least 95 % is asked for; the difference is 1.0",
    )


REACHED = TimeUntil("time until treg_fold above 2", "treg_fold", threshold=2.0, better="lower")


def until(*by_model):
    """Return the verdict of A, which reaches the threshold after 30 h, against B, which does so at the times of each model."""
    made = {f"model {n}": {"A": each_subject([30.0] * 40), "B": each_subject([t] * 40)} for n, t in enumerate(by_model, 1)}
    return row(verdicts(outcomes(made, (REACHED,)), [("A", "B")]))


def test_a_difference_from_a_time_that_is_not_reached_is_infinite():
    found = until(np.inf, np.inf)
    assert (found["winner"], found["reason"]) == (
        "A",
        "every model gives at least 95 % (model 1 100 %, model 2 100 %); "
        "the difference is infinite: the time is not reached in one of the arms",
    )
    assert until(np.inf, 50.0)["reason"] == (
        "every model gives at least 95 % (model 1 100 %, model 2 100 %); "
        "the difference is 20, and infinite under model 1: the time is not reached in one of the arms"
    )


REASONS = {
    "sure models disagree": (
        {"turnover": draws(98), "effect_turnover": draws(60), "expansion": draws(3)},
        "the models disagree: turnover gives 98 % to A; expansion gives 97 % to B",
    ),
    "models lean different ways": (
        {"turnover": draws(71), "effect_turnover": draws(50), "expansion": draws(34)},
        "the models lean different ways: turnover to A (71 %); effect_turnover to neither (50 %); expansion to B (66 %)",
    ),
    "one is sure and one leans the other way": (
        {"turnover": draws(99), "expansion": draws(40)},
        "the models lean different ways: turnover to A (99 %); expansion to B (60 %)",
    ),
    "one interval spans zero": (
        {"turnover": draws(99), "expansion": draws(81, size=0.12)},
        "under expansion the 90 % interval of the difference, -0.12 to 0.12, spans zero and the probability is 81 % for A",
    ),
    "two intervals span zero": (
        {"turnover": draws(20, size=3.0), "expansion": draws(10, size=0.25)},
        "under turnover the 90 % interval of the difference, -3.0 to 3.0, spans zero and the probability is 80 % for B; "
        "under expansion the 90 % interval of the difference, -0.25 to 0.25, spans zero and the probability is 90 % for B",
    ),
    "one model finds no difference": (
        {"turnover": draws(99), "expansion": ZERO},
        "under expansion the difference is 0 and the probability is 50 % for either",
    ),
    "no model finds one": ({"turnover": ZERO, "expansion": ZERO}, "no model tells the two schedules apart"),
    "the only model finds none": ({"turnover": ZERO}, "turnover, the only model, does not tell the two schedules apart"),
    "one model lacks the endpoint": (
        {"turnover": ZERO + NAN, "expansion": draws(99)},
        "turnover has no such endpoint",
    ),
    "two models lack it": (
        {"turnover": ZERO + NAN, "effect_turnover": ZERO + NAN, "expansion": draws(99)},
        "turnover and effect_turnover have no such endpoint",
    ),
    "one draw": ({"turnover": draws(1, 1)}, "parameters were taken as known: ask for `draws` under `population`"),
}


@pytest.mark.parametrize("why", REASONS)
def test_without_support_the_reason_is(why):
    by_model, reason = REASONS[why]
    found = verdict(by_model)
    assert (found["verdict"], found["winner"], found["reason"]) == ("not supported", "", reason)


def test_a_stricter_rule_still_has_a_true_reason():
    found = verdict({"turnover": draws(100), "expansion": draws(97)}, rule=0.99)
    assert found["verdict"] == "not supported"
    assert found["reason"] == "under expansion the probability is 97 % for A, less than the 99 % asked for"
    assert verdict({"turnover": draws(100), "expansion": draws(97)}, rule=0.97)["winner"] == "A"


def test_a_probability_below_the_rule_is_not_rounded_up_to_it():
    found = verdict({"turnover": draws(1899, 2000)})
    assert found["reason"].endswith("spans zero and the probability is 94.9 % for A")


def test_an_interval_has_the_unit_of_the_endpoint():
    found = verdict({"turnover": draws(80)}, units={("turnover", PEAK.words): "IU/mL"})
    assert found["reason"] == (
        "under turnover the 90 % interval of the difference, -1.0 to 1.0 IU/mL, spans zero and the probability is 80 % for A"
    )


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (-0.12, 0.4, "-0.12 to 0.40"),
        (-0.004, 12.3, "-0.004 to 12"),
        (-4.2, 0.04, "-4.2 to 0.04"),
        (-1234.5, 6.0, "-1234 to 6"),
    ],
)
def test_the_bounds_of_an_interval_are_written_so_that_they_span_zero(low, high, written):
    found = verdict({"turnover": each_subject([low] * 30 + [high] * 70)})
    assert f"the 90 % interval of the difference, {written}, spans zero" in found["reason"]


def test_an_arm_without_a_reading_is_named():
    made = outcomes({"turnover": {"A": ZERO, "B": ZERO + NAN, "C": ZERO + NAN}})
    found = verdicts(made, [("A", "B"), ("B", "C")], 0.95)
    assert found["reason"].tolist() == ["B has no value under turnover", "B and C have no value under turnover"]
    assert found["probabilities"].tolist() == ["", ""]


def test_arms_that_no_subject_has_both_of_have_no_verdict():
    made = outcomes({"turnover": {"A": [[1.0, NAN]] * 2, "B": [[NAN, 1.0]] * 2}})
    found = row(verdicts(made, [("A", "B")], 0.95))
    assert found["reason"] == "no subject has a value in both arms under turnover"


def test_one_draw_left_of_many_gives_no_verdict():
    made = outcomes({"turnover": {"A": [[1.0], [NAN]], "B": [[0.5], [0.5]]}})
    found = row(verdicts(made, [("A", "B")], 0.95))
    assert found["reason"] == "under turnover only one draw has subjects with a value in both arms"


@pytest.mark.parametrize("same", [("A", "B"), ("B", "A")])
def test_the_same_doses_are_the_same_schedule_whichever_way_round(same):
    found = verdict({"turnover": ZERO, "expansion": ZERO}, same=frozenset([same]))
    assert (found["verdict"], found["winner"]) == ("same schedule", "")
    assert found["reason"] == "both arms give the same doses at the same times"
    assert found["probabilities"] == "turnover 0.5, expansion 0.5"


def test_an_endpoint_without_a_direction_has_no_verdict():
    made = outcomes({"turnover": {"A": np.ones((2, 3, 1)), "B": np.ones((2, 3, 1))}}, (TIME, PEAK))
    found = verdicts(made, [("A", "B")], 0.95)
    assert found["endpoint"].tolist() == [PEAK.words]
    assert tuple(found.columns) == VERDICTS.header


WINS = st.lists(st.integers(0, 40), min_size=1, max_size=3)


@given(WINS, st.sampled_from([0.8, 0.9, 0.95, 0.99]), st.sampled_from([PEAK, COST]))
def test_a_winner_has_the_asked_probability_in_every_model_and_wins_both_ways_round(wins, rule, endpoint):
    models = {f"model {place}": draws(count, 40) for place, count in enumerate(wins)}
    made = outcomes({model: {"A": 10 + d, "B": 10 + 0 * d} for model, d in models.items()}, (endpoint,))
    there, back = verdicts(made, [("A", "B"), ("B", "A")], rule).to_dict("records")
    assert (there["verdict"], there["winner"], there["reason"]) == (back["verdict"], back["winner"], back["reason"]) or (
        "interval of the difference" in there["reason"] and "interval of the difference" in back["reason"]
    )
    higher, lower = ("A", "B") if endpoint is PEAK else ("B", "A")
    expected = higher if all(w >= rule * 40 for w in wins) else lower if all(40 - w >= rule * 40 for w in wins) else ""
    if rule == 0.99:  # which takes 100 draws to say
        expected = ""
    assert there["winner"] == expected


def test_a_sure_but_small_difference_is_not_supported():
    sure = {"turnover": draws(100, size=0.08), "expansion": draws(98, size=1.0)}
    found = verdict(sure)
    assert (found["verdict"], found["winner"], found["reason"]) == (
        "not supported",
        "",
        "every model is sure that A is better, but not by 5 % or more (probability: turnover 0 %, expansion 98 %); the difference "
        "is 0.08 to 1.0",
    )
    assert verdict({"turnover": sure["turnover"]})["reason"] == (
        "turnover, the only model, is sure that A is better, but not by 5 % or more (probability: turnover 0 %); the difference is 0.080"
    )
    assert verdict(sure, least=0.0)["verdict"] == verdict(sure, least=0.007)["verdict"] == "A better"


@given(wins=st.integers(0, 100), small=st.integers(0, 100), least=st.sampled_from([0.0, 0.01, 0.05, 0.2]))
def test_a_larger_relevant_difference_never_supports_more(wins, small, least):
    sizes = each_subject([0.3] * small + [1.0] * (100 - small)) * np.sign(draws(wins))
    strict, loose = (verdict({"turnover": sizes}, least=share) for share in (least, 0.0))
    assert strict["verdict"] in (loose["verdict"], "not supported")


def test_few_draws_cannot_be_sure():
    found = verdict({"turnover": draws(19, 19)})
    assert (found["verdict"], found["reason"]) == ("not supported", "19 parameter draws cannot tell 95 %: at least 20 are needed")
    assert verdict({"turnover": draws(20, 20)})["verdict"] == "A better"
    assert verdict({"turnover": draws(99, 99)}, rule=1.0)["verdict"] == "not supported"
    assert verdict({"turnover": draws(100, 100)}, rule=1.0)["verdict"] == "A better"


def test_a_model_of_whose_uncertainty_nothing_is_known_supports_nothing():
    found = verdict({"turnover": draws(100), "mine": np.ones((1, 40))})
    assert (found["verdict"], found["probabilities"]) == ("not supported", "turnover 1")
    assert (
        found["reason"]
        == "the uncertainty of the parameters of mine is not known: give them the key `uncertainty` in its model file"
    )


def test_own_models_without_uncertainty_are_told_the_missing_key_and_not_to_ask_for_draws():
    found = verdict({"mine": np.ones((1, 40))}, asked_draws=100)
    assert (
        found["reason"]
        == "the uncertainty of the parameters of mine is not known: give them the key `uncertainty` in its model file"
    )
    assert verdict({"mine": np.ones((1, 40))})["reason"] == REASONS["one draw"][1]


def with_ties(better, equal, worse):
    """Return (draws, 1) differences: so many draws that favour A, neither, and B."""
    return each_subject([1.0] * better + [0.0] * equal + [-1.0] * worse)


def test_draws_in_which_the_arms_are_equal_are_counted_apart():
    found = verdict({"turnover": with_ties(58, 40, 2)})
    assert (found["verdict"], found["probabilities"]) == ("A better", "turnover 0.78")
    assert found["reason"] == (
        "turnover, the only model, gives 96.6 % of the 60 % of draws that differ, and at least 95 % is asked for; the difference is 1.0"
    )


def test_too_few_draws_that_differ_support_nothing():
    found = verdict({"turnover": with_ties(40, 58, 2)})
    assert (found["verdict"], found["reason"]) == (
        "not supported",
        "under turnover the two differ in only 42 % of the draws, and at least 50 % is asked for",
    )
    assert verdict({"turnover": with_ties(40, 58, 2)}, differ=0.4)["verdict"] == "A better"


def test_an_arm_that_is_better_in_some_draws_and_worse_in_none_is_never_worse():
    found = verdict({"turnover": with_ties(30, 70, 0), "expansion": with_ties(60, 40, 0)})
    assert (found["verdict"], found["winner"]) == ("A never worse", "A")
    assert found["reason"] == (
        "A is worse in no draw: under turnover better in 30 % of the draws and equal in 70 %; "
        "under expansion better in 60 % of the draws and equal in 40 %"
    )
    turned = verdict({"turnover": with_ties(0, 70, 30), "expansion": with_ties(0, 40, 60)})
    assert (turned["verdict"], turned["winner"]) == ("B never worse", "B")
    assert verdict({"turnover": with_ties(30, 69, 1), "expansion": with_ties(60, 40, 0)})["verdict"] == "not supported"


def test_an_arm_above_the_threshold_for_weeks_beats_one_that_never_is():
    """The time above 2 of both arms is 0 in draws in which neither gets there; A gets there in most, B in none."""
    days = each_subject([0.0] * 20 + [76.0 + place / 20 for place in range(80)])
    found = verdict({"turnover": days}, DAYS, rule=0.95)
    assert (found["verdict"], found["probabilities"]) == ("A better", "turnover 0.9")


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_better_equal_and_worse_add_up_and_a_swapped_pair_has_the_same_verdict(better, equal, worse):
    difference = with_ties(better, equal, worse)
    if better + equal + worse < 2:
        return
    made = outcomes({"turnover": {"A": 10 + difference, "B": 10 + 0 * difference}})
    there, back = contrasts(made, [("A", "B"), ("B", "A")]).to_dict("records")
    assert there["better"] + there["equal"] + there["worse"] == pytest.approx(1.0)
    assert (there["better"], there["equal"], there["worse"]) == pytest.approx((back["worse"], back["equal"], back["better"]))
    said = verdicts(made, [("A", "B"), ("B", "A")])
    assert said["verdict"].nunique() == said["winner"].nunique() == 1


def test_arms_are_compared_within_the_models_that_know_both():
    made = {"turnover": {"A": draws(50), "B": draws(50)}, "expansion": {"A": 10 + draws(99), "B": 10 + 0 * ZERO}}
    found = row(verdicts(outcomes(made, not_modelled=frozenset({("turnover", "B")})), [("A", "B")]))
    assert (found["verdict"], found["winner"], found["probabilities"]) == ("A better", "A", "expansion 0.99")
    assert found["reason"].endswith("the difference is 1.0 (not modelled under turnover)")


def test_arms_that_no_model_knows_together_are_not_compared():
    made = outcomes({"turnover": {"A": draws(50), "B": draws(50)}}, not_modelled=frozenset({("turnover", "A")}))
    assert contrasts(made, [("A", "B")]).empty
    found = row(verdicts(made, [("A", "B")]))
    assert (found["verdict"], found["reason"]) == ("not modelled", "no model has an input for the drugs of both arms")


def test_a_median_difference_of_0_says_how_many_subjects_differ():
    one = np.tile([[0.0, 0.0, 1.0]], (100, 1))
    found = row(verdicts(outcomes({"turnover": {"A": 10 + one, "B": 10 + 0 * one}}), [("A", "B")]))
    assert found["reason"] == (
        "under turnover the difference is 0 in the median subject, while 33.3 % of the subjects differ and the probability is 50 % for either"
    )


def test_an_endpoint_that_no_model_has_is_not_supported():
    models = {model: {arm: [[[1.0]] * 2, [[NAN]] * 2] for arm in "AB"} for model in ("turnover", "expansion")}
    made = outcomes(models, (PEAK, COST))
    found = verdicts(made, [("A", "B")], 0.95)
    assert found["reason"].tolist() == ["no model tells the two schedules apart", "turnover and expansion have no such endpoint"]

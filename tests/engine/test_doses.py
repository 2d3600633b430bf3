"""Amounts and times of doses: body size, caps, doses and times of each subject."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate
from regimens.errors import ModelError
from regimens.model.compile import compile_model
from regimens.model.parameters import Parameters, typical_subject
from tests.engine.models import doses, model, oral, pop, subjects, together

LINEAR = compile_model(oral())
TIGHT = Tolerances(rtol=1e-10, atol=1e-12)
CLOSE = 1e-9

COUNTER = model(
    "counter", {"given": ("0", "0*given")}, {"F": 1.0}, into={("il2", "SC"): ("given", "F", "0"), ("mab", "IV"): "given"}
)
"""A state that only adds up what it is given."""


def people(weights: list[float], areas: list[float]) -> Parameters:
    one = typical_subject(COUNTER)
    return Parameters(one.names, np.repeat(one.values, len(weights), axis=0), np.array(weights), np.array(areas))


def total(parameters: Parameters, events, at: float = 100.0) -> np.ndarray:
    return simulate(compile_model(COUNTER), parameters, events, [at], observables=["given"]).values[:, 0, 0]


def test_doses_per_kg_and_per_m2_meet_the_subject():
    trio = people([50.0, 70.0, 120.0], [1.5, 1.8, 2.3])
    assert np.allclose(total(trio, doses([1.0, 2.0], 8.0, basis="per kg")), [800.0, 1120.0, 1920.0], rtol=CLOSE)
    assert np.allclose(total(trio, doses([1.0], 1e6, basis="per m2")), [1.5e6, 1.8e6, 2.3e6], rtol=CLOSE)


def test_a_cap_is_the_most_that_one_subject_gets():
    trio = people([50.0, 70.0, 120.0], [1.5, 1.8, 2.3])
    assert np.allclose(total(trio, doses([1.0], 8.0, basis="per kg", cap=800.0)), [400.0, 560.0, 800.0], rtol=CLOSE)


def test_a_step_rounds_what_each_subject_gets_and_not_the_amount_per_kg():
    trio = people([50.0, 70.0, 120.0], [1.5, 1.8, 2.3])
    given = doses([1.0, 2.0], 0.26, basis="per m2", step=0.05)
    assert np.allclose(total(trio, given), [0.8, 0.9, 1.2], rtol=CLOSE)  # 0.39, 0.468 and 0.598 a dose
    capped = doses([1.0], 0.0096, basis="per kg", cap=0.6, step=0.05)
    assert np.allclose(total(people([40.0, 70.0], [1.3, 1.8]), capped), [0.4, 0.6], rtol=CLOSE)


def test_bases_may_be_mixed_in_one_schedule_and_so_may_drugs_and_infusions():
    trio = people([50.0, 70.0, 120.0], [1.5, 1.8, 2.3])
    mixed = together(
        doses([1.0], 100.0),
        doses([1.0], 1.0, basis="per kg"),
        doses([2.0], 8.0, drug="mab", route="IV", basis="per m2", duration_h=10.0),
    )
    assert np.allclose(total(trio, mixed), [162.0, 184.4, 238.4], rtol=CLOSE)


def test_bioavailability_varies_between_subjects():
    trio = people([70.0] * 3, [1.8] * 3)
    trio.values[:, 0] = [0.5, 1.0, 0.25]
    assert np.allclose(total(trio, doses([1.0, 3.0], 8.0)), [8.0, 16.0, 4.0], rtol=CLOSE)


def test_a_dose_at_or_after_the_last_time_does_not_happen():
    one = people([70.0], [1.8])
    given = doses([0.0, 5.0, 5.5], 1.0)
    assert total(one, given, at=5.0)[0] == 1.0
    assert total(one, given, at=5.25)[0] == 2.0
    assert total(one, given, at=6.0)[0] == 3.0


def test_several_doses_at_the_same_moment_all_count():
    assert total(people([70.0], [1.8]), doses([0.0, 0.0, 4.0, 4.0, 4.0], [1.0, 2.0, 4.0, 8.0, 16.0]))[0] == 31.0


def test_each_subject_may_have_doses_of_its_own():
    own = [doses([1.0], 3.0), doses([], 0.0), doses([2.0, 50.0, 99.0], [1.0, 2.0, 4.0]), doses([99.0], 5.0, duration_h=2.0)]
    found = total(people([70.0] * 4, [1.8] * 4), own)
    assert np.allclose(found, [3.0, 0.0, 7.0, 2.5], rtol=CLOSE)


def test_the_same_doses_given_to_each_subject_or_to_all_give_the_same_bytes():
    crowd = subjects(oral(), 20)
    given = doses([0.0, 24.0], 10.0)
    times = np.linspace(0, 60, 31)
    shared = simulate(LINEAR, crowd, given, times)
    assert np.array_equal(simulate(LINEAR, crowd, [given] * 20, times).values, shared.values)
    copies = [doses([0.0, 24.0], 10.0) for _ in range(20)]
    assert np.array_equal(simulate(LINEAR, crowd, copies, times).values, shared.values)


def test_each_subject_may_be_read_at_times_of_its_own():
    crowd = subjects(oral(), 3)
    own = np.array([[0.0, 1.0, 40.0], [5.0, 5.0, 6.0], [0.0, 0.0, 0.0]])
    found = simulate(LINEAR, crowd, doses([0.0, 3.0], 10.0), own, tolerances=TIGHT)
    for row in range(3):
        alone = simulate(LINEAR, crowd[row : row + 1], doses([0.0, 3.0], 10.0), own[row], tolerances=TIGHT)
        assert np.array_equal(found.values[row], alone.values[0])
        assert found.stopped_h[row] == own[row, -1]


def test_lag_moves_the_dose_and_not_the_clock():
    one = typical_subject(oral())
    lag = one.values[0, one.names.index("tlag")]
    times = np.linspace(0.0, 50.0, 101)
    late = simulate(LINEAR, one, doses([2.0], 10.0), times, tolerances=TIGHT)
    one.values[0, one.names.index("tlag")] = 0.0
    moved = simulate(LINEAR, one, doses([2.0 + lag], 10.0), times, tolerances=TIGHT)
    assert np.allclose(late.values, moved.values, rtol=1e-7, atol=1e-12)


def test_states_can_be_read_beside_observables_in_any_order():
    found = simulate(
        LINEAR, typical_subject(oral()), doses([0.0], 10.0), [0.0, 5.0, 9.0], observables=["central", "concentration"]
    )
    assert found.observables == ("central", "concentration")
    assert np.allclose(found.of("concentration"), found.of("central") / 20.0, rtol=1e-14)


def test_a_drug_or_route_without_an_input_is_refused():
    with pytest.raises(ModelError) as caught:
        simulate(LINEAR, typical_subject(oral()), doses([0.0], 1.0, drug="il-2"), [1.0])
    assert str(caught.value) == "Model 'oral': 'il-2 SC' is given, but the model has no input for it. Did you mean 'il2 SC'?"


def test_an_unknown_observable_is_refused():
    with pytest.raises(ModelError) as caught:
        simulate(LINEAR, typical_subject(oral()), doses([], 1.0), [1.0], observables=["concentrations"])
    assert str(caught.value) == ("Model 'oral' has no observable or state 'concentrations'. Did you mean 'concentration'?")


def test_parameters_of_another_model_are_refused():
    with pytest.raises(ModelError, match="Model 'oral' has no parameter 'CL'"):
        simulate(LINEAR, typical_subject(pop()), doses([], 1.0), [1.0])


@pytest.mark.parametrize("value", [1.3, -0.1])
def test_a_share_outside_0_to_1_is_refused_with_its_subject(value: float):
    declared = oral()
    shares = tuple(replace(p, share=p.name == "F") for p in declared.parameters)
    crowd = subjects(declared, 3, spread=0.0)
    crowd.values[2, crowd.names.index("F")] = value
    with pytest.raises(ModelError) as caught:
        simulate(compile_model(replace(declared, parameters=shares)), crowd, doses([0.0], 1.0, route="IV"), [1.0])
    assert (
        str(caught.value) == f"Model 'oral': the share 'F' is {value:g} in subject 2 (counted from 0). It must lie from 0 to 1."
    )


@pytest.mark.parametrize("times", [[3.0, 1.0], [-1.0], [np.nan], [np.inf]])
def test_times_that_are_not_finite_or_not_ascending_or_negative_are_refused(times: list[float]):
    with pytest.raises(ValueError, match=r"^times_h must be finite, not negative, and ascending \(hours\)\.$"):
        simulate(LINEAR, typical_subject(oral()), doses([], 1.0), times)


def test_rows_of_times_for_another_number_of_subjects_are_refused():
    said = r"^times_h has shape \(2, 1\); its shape must be \(times,\) or \(1, times\)\.$"
    with pytest.raises(ValueError, match=said):
        simulate(LINEAR, typical_subject(oral()), doses([], 1.0), [[1.0], [2.0]])


def test_another_number_of_schedules_than_of_subjects_is_refused():
    with pytest.raises(ValueError, match="2 sets of dose events for 1 subjects"):
        simulate(LINEAR, typical_subject(oral()), [doses([], 1.0)] * 2, [1.0])


def test_no_subjects_and_no_times_give_empty_arrays():
    nobody = typical_subject(oral())[:0]
    assert simulate(LINEAR, nobody, doses([0.0], 1.0), [1.0]).values.shape == (0, 1, 1)
    assert simulate(LINEAR, nobody, [], [1.0]).values.shape == (0, 1, 1)
    assert simulate(LINEAR, typical_subject(oral()), doses([0.0], 1.0), []).values.shape == (1, 0, 1)


@pytest.mark.parametrize(
    ("name", "said"), [("F", "bioavailability of 'il2 SC' is -0.25"), ("tlag", "lag of 'il2 SC' is -0.25 h")]
)
def test_a_negative_lag_or_bioavailability_is_refused_with_its_subject(name, said):
    crowd = subjects(oral(), 3)
    crowd.values[2, crowd.names.index(name)] = -0.25
    with pytest.raises(ModelError) as caught:
        simulate(LINEAR, crowd, doses([0.0], 1.0), [1.0])
    assert str(caught.value) == f"Model 'oral': the {said} in subject 2 (counted from 0). It must be 0 or more."
    assert simulate(LINEAR, crowd, doses([0.0], 1.0, route="IV"), [1.0]).values.shape == (3, 1, 1)

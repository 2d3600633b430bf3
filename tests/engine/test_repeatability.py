"""The same bytes whoever else is simulated, in whatever order, on however many threads."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import Trajectories, simulate
from regimens.model.compile import compile_model
from regimens.model.parameters import Parameters
from tests.engine.models import POP_DOSES, POP_TIMES, chain, doses, edge, pop, pop_parameters, subjects, tmdd

POP = compile_model(pop())
PEOPLE = pop_parameters(203)
"""No multiple of eight, so that lanes run idle at the end."""

GIVEN = doses(POP_DOSES, 500.0)


def run(parameters: Parameters, **options) -> Trajectories:
    return simulate(POP, parameters, GIVEN, POP_TIMES[:120], observables=POP.readouts, **options)


@pytest.fixture(scope="module")
def everybody() -> Trajectories:
    return run(PEOPLE, threads=1)


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_the_number_of_threads_changes_nothing(everybody: Trajectories, threads: int):
    again = run(PEOPLE, threads=threads)
    assert np.array_equal(again.values, everybody.values)
    assert again.statistics == everybody.statistics


def test_permuted_subjects_give_permuted_rows(everybody: Trajectories):
    order = np.random.default_rng(5).permutation(PEOPLE.subjects)
    assert np.array_equal(run(PEOPLE[order]).values, everybody.values[order])


@pytest.mark.parametrize("subject", [0, 7, 8, 202])
def test_a_batch_of_one_equals_a_row_of_a_batch(everybody: Trajectories, subject: int):
    assert np.array_equal(run(PEOPLE[subject : subject + 1]).values[0], everybody.values[subject])


def test_parts_of_a_population_equal_the_whole(everybody: Trajectories):
    parts = [run(PEOPLE[first : first + 50]).values for first in range(0, 203, 50)]
    assert np.array_equal(np.concatenate(parts), everybody.values)


def test_blocks_of_subjects_change_nothing(everybody: Trajectories, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("regimens.engine.blocks.LEAST_BLOCK", 16)
    monkeypatch.setattr("regimens.engine.blocks.BLOCK_ACTIONS", 1)
    assert np.array_equal(run(PEOPLE).values, everybody.values)


def test_a_failing_neighbour_changes_nothing(everybody: Trajectories):
    spoiled = Parameters(PEOPLE.names, PEOPLE.values.copy(), PEOPLE.weight_kg, PEOPLE.bsa_m2)
    spoiled.values[::3, 1] = np.nan
    spoiled.values[1::3, 2] = -1e9
    found = run(spoiled)
    assert np.all(found.status[::3] != 0)
    assert np.array_equal(found.values[2::3], everybody.values[2::3])


@pytest.mark.parametrize("declared", [tmdd(1e4), chain(17), edge(2.5)], ids=["binding", "chain", "hill"])
def test_other_models_repeat_as_well(declared):
    compiled = compile_model(declared)
    people = subjects(declared, 37)
    route = declared.inputs[0].route
    given = doses([0.0, 30.0], 20.0, route=route, duration_h=[0.0, 5.0])
    times = np.linspace(0.0, 90.0, 31)
    whole = simulate(compiled, people, given, times, threads=1)
    order = np.random.default_rng(6).permutation(37)
    assert np.array_equal(simulate(compiled, people[order], given, times, threads=2).values, whole.values[order])
    assert np.array_equal(simulate(compiled, people[5:6], given, times).values[0], whole.values[5])


def test_which_outputs_are_asked_for_changes_nothing_in_them(everybody: Trajectories):
    found = simulate(POP, PEOPLE, GIVEN, POP_TIMES[3:120:4], observables=["T"])
    assert np.array_equal(found.of("T"), everybody.of("T")[:, 3::4])

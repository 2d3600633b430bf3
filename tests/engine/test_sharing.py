"""Several sets of doses for the same subjects: what they begin with is integrated once, and nothing changes by a bit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate, simulate_sets
from regimens.engine.measures import Area, Excursion, Extreme, Threshold
from regimens.engine.sharing import branches_of, tiled
from regimens.model import compile_model, find_model
from regimens.population import Population
from regimens.population.draw import draw_subjects
from regimens.regimen import DosePlan, hours
from regimens.regimen.words import parse_regimen
from regimens.subject import Subject

HORIZON_H = 21 * 24.0
WORDS = (
    "1 MIU SC daily x 10",
    "1 MIU SC daily x 4",
    "(1 MIU SC daily x 4, rest 6 days) x 2",
    "(1 MIU SC daily x 4, rest 6 days) x 3",
    "1 MIU SC daily x 4",
    "0.5 MIU SC every 3 days x 7",
    "no dose",
    "1 MIU SC daily x 21",
)
MEASURES = (
    Area("treg_fold", 0.0, HORIZON_H),
    Extreme("serum_il2", 100.0, HORIZON_H),
    Extreme("treg_fold", 0.0, HORIZON_H, side="lowest"),
    Excursion("treg_fold", 0.0, 400.0, threshold=Threshold(of_baseline=1.2)),
)


def _events(words):
    return parse_regimen(words).events(hours(Fraction(HORIZON_H)))


def _people(model, count=11):
    return draw_subjects(Population(count, 3), model, Subject())


def _both(compiled, people, sets, times_h=(0.0, 120.0, 300.0, HORIZON_H), **more):
    """Return what `simulate_sets` and `simulate` give of every subject under every set."""
    asked = {"observables": ["treg_fold", "serum_il2"], "measures": MEASURES, "threads": 1, **more}
    plan = DosePlan(sets, np.repeat(np.arange(len(sets)), people.subjects))
    return (
        simulate_sets(compiled, people, sets, times_h, **asked),
        simulate(compiled, tiled(people, len(sets)), plan, times_h, **asked),
    )


def _same(shared, alone):
    assert np.array_equal(shared.values, alone.values, equal_nan=True)
    assert np.array_equal(shared.status, alone.status)
    assert np.array_equal(shared.stopped_h, alone.stopped_h)
    assert shared.statistics == alone.statistics
    for measure in MEASURES:
        assert np.array_equal(shared.measured[measure], alone.measured[measure], equal_nan=True)


@pytest.mark.parametrize("name", ["turnover", "effect_turnover", "expansion", "balance"])
def test_sharing_changes_no_bit(name):
    model = find_model(name)
    _same(*_both(compile_model(model), _people(model), tuple(map(_events, WORDS))))


def test_subjects_that_stop_before_they_are_saved_end_as_their_parents_do():
    model = find_model("turnover")
    people = _people(model)
    people.values[3, people.names.index("kout")] = np.nan
    shared, alone = _both(compile_model(model), people, tuple(map(_events, WORDS)), tolerances=Tolerances(max_steps=150))
    _same(shared, alone)
    assert 0 < shared.statistics.failed < len(shared.status)


def test_doses_that_do_not_arrive_before_the_end_are_not_shared():
    """Everybody has a lag; the last doses are given so late that they arrive after the end in some."""
    model = find_model("turnover")
    sets = tuple(map(_events, ("1 MIU SC every 12 h x 42", "1 MIU SC every 12 h x 41", "1 MIU SC every 12 h x 2")))
    late = [replace(one, time_h=one.time_h + 11.9) for one in sets]
    _same(*_both(compile_model(model), _people(model), tuple(late)))


def test_blocks_of_subjects_change_no_bit(monkeypatch):
    model = find_model("turnover")
    monkeypatch.setattr("regimens.engine.sharing.BLOCK_ACTIONS", 1)
    _same(*_both(compile_model(model), _people(model, 30), tuple(map(_events, WORDS))))


@pytest.mark.parametrize("other", ["1 MIU IV once over 2 h", "1 MIU IV once"])
def test_sets_by_several_routes_or_with_infusions_share_nothing(other):
    model = find_model("turnover")
    _same(*_both(compile_model(model), _people(model), tuple(map(_events, (*WORDS[:3], other)))))


def test_times_of_each_subject_are_taken():
    model = find_model("turnover")
    sets, people = tuple(map(_events, WORDS[:3])), _people(model)
    times_h = np.sort(np.random.default_rng(1).uniform(0.0, HORIZON_H, (3 * people.subjects, 4)), axis=1)
    times_h[:, -1] = HORIZON_H
    _same(*_both(compile_model(model), people, sets, times_h))


def test_a_set_leaves_the_longest_one_that_begins_as_it_does():
    sets = tuple(map(_events, WORDS))
    found = branches_of(sets, [len(one) for one in sets])
    assert [(one.parent, one.doses) for one in found] == [
        (7, 10), (7, 4), (3, 8), (7, 4), (7, 4), (-1, 0), (-1, 0), (-1, 0),
    ]  # fmt: skip
    assert [one.round for one in found] == [1, 1, 2, 1, 1, 0, 0, 0]
    assert found[7].left == {4, 10}


def test_each_dose_that_sets_begin_with_is_integrated_once():
    sets = tuple(map(_events, WORDS))
    found = branches_of(sets, [len(one) for one in sets])
    beginnings = {tuple(zip(one.time_h[:count], one.amount, strict=False)) for one in sets for count in range(1, len(one) + 1)}
    assert sum(len(one) - own.doses for one, own in zip(sets, found, strict=True)) == len(beginnings)

"""Names are names: other names and another order of subjects, arms and models give the same numbers under the new names."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from regimens.scenario import read_scenario
from regimens.study.comparison import compare
from tests.examples import examples

MODEL = """\
title: One compartment
description: A dose goes in, and what is there raises Treg.
time: h
parameters:
  ke: {value: 0.1, unit: 1/h, bounds: [0.01, 1], cv: 0, source: assumed, label: elimination}
  gain: {value: GAIN, unit: 1/IU, bounds: [0, 1], cv: 0, source: assumed, label: gain}
states:
  depot: {unit: IU, initial: 0, rate: -ke * depot, label: IL-2}
inputs:
  - {drug: il2, route: SC, state: depot, bioavailability: 1, lag: 0}
observables:
  treg: {formula: 1 + gain * depot, unit: "1", label: Treg, better: higher}
"""
GAINS = ("0.000001", "0.000003")
PEOPLE = (("A-1", "55,1.5,0.08"), ("B 2", "70,1.8,0.1"), ("C", "93,2.2,0.15"))
ARMS = ("1 MIU SC daily x 5", "0.5 MIU/m2 SC every other day x 4", "0.02 MIU/kg SC daily x 3")
ENDPOINTS = ("peak of treg", "mean of treg to VISIT", "treg at VISIT")


def numbers(folder, ids, arms, models, visit, orders):
    """Return value by (person, arm, model, endpoint), each by its place above, of a study with these names in these orders."""
    rows = [f"{ids[place]},{PEOPLE[place][1]}" for place in orders[0]]
    (folder / "people.csv").write_text("\n".join(["id,weight_kg,bsa_m2,ke", *rows]) + "\n", encoding="utf-8")
    for name, gain in zip(models, GAINS, strict=True):
        (folder / f"{name}.yaml").write_text(MODEL.replace("GAIN", gain), encoding="utf-8")
    said = "".join(f"  {arms[place]}: {{regimen: {ARMS[place]}}}\n" for place in orders[1])
    endpoints = [words.replace("VISIT", visit) for words in ENDPOINTS]
    (folder / "s.yaml").write_text(
        f"title: Names\nhorizon: 2 weeks\nmodels: [{', '.join(f'{models[place]}.yaml' for place in orders[2])}]\n"
        f"population: {{people: people.csv, seed: 1}}\narms:\n{said}endpoints: [{', '.join(endpoints)}]\n",
        encoding="utf-8",
    )
    frame = compare(read_scenario(folder / "s.yaml")).to_frame("endpoints")
    return {
        (ids.index(person), arms.index(arm), models.index(model), place): value
        for place, words in enumerate(endpoints)
        for person, arm, model, value in zip(frame["id"], frame["arm"], frame["model"], frame[words], strict=True)
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return numbers(
        tmp_path_factory.mktemp("plain"),
        [name for name, _ in PEOPLE],
        ["low", "by area", "by weight"],
        ["one", "other"],
        "8 days",
        (range(3), range(3), range(2)),
    )


NAMES = st.lists(
    st.sampled_from(["a", "b", "arm 10", "arm 9", "treg", "il2", "Ä", "low", "zz", "peak"]), min_size=3, max_size=3, unique=True
)


@examples(6, HealthCheck.function_scoped_fixture)
@given(
    NAMES,
    NAMES,
    st.sampled_from([["one", "other"], ["other", "one"], ["m10", "m9"]]),
    st.sampled_from(["8 days", "192 h"]),
    st.tuples(*(st.sampled_from(list(permutations(range(count)))) for count in (3, 3, 2))),
)
def test_new_names_in_another_order_have_the_same_numbers(plain, tmp_path, ids, arms, models, visit, orders):
    found = numbers(tmp_path, ids, arms, models, visit, orders)
    assert found == plain
    assert len(found) == 3 * 3 * 2 * 3

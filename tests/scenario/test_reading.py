"""Scenario files become frozen scenarios: the shipped ones, and every way to write a regimen."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from regimens import shipped
from regimens.exposure import audit
from regimens.regimen import parse_regimen
from regimens.scenario import read_scenario
from regimens.schemas import schema_text
from tests.small import shipped_scenario

SHIPPED = shipped.names("scenarios")
BODY = """\
title: T
models: [turnover]
horizon: 24 weeks
arms:
  A:
    regimen: {regimen}
endpoints: [peak of treg_fold]
"""


def scenario_of(tmp_path, text):
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(file)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_has_the_totals_it_expects(name):
    scenario = shipped_scenario(name)
    table = audit(scenario.arms, scenario.subject)
    assert [row for row in table.rows if row.expected is None] == []


def test_the_founding_trials_have_their_exact_totals():
    scenario = shipped_scenario("seed_trials")
    table = audit(scenario.arms, scenario.subject)
    assert {(row.arm, row.drug): (row.total, row.doses) for row in table.rows} == {
        ("RA, 0.5 MIU x 5", "il2"): (2_500_000, 5),
        ("RA, 0.5 MIU x 5 with tocilizumab", "il2"): (2_500_000, 5),
        ("RA, 0.5 MIU x 5 with tocilizumab", "tocilizumab"): (560, 1),
        ("RA, 3 cycles with methotrexate", "il2"): (21_000_000, 21),
        ("Sjogren, 3 cycles", "il2"): (21_000_000, 21),
        ("SLE, 0.75 MIU x 5, 4 cycles", "il2"): (15_000_000, 20),
        ("SLE, 1.5 MIU x 5, 4 cycles", "il2"): (30_000_000, 20),
        ("SLE, 3 MIU x 5, 4 cycles", "il2"): (60_000_000, 20),
    }
    assert [arm.name for arm in scenario.arms if not arm.regimen.drugs] == [
        "RA control",
        "RA placebo with methotrexate",
        "Sjogren placebo",
    ]


def test_every_arm_of_the_founding_trials_names_its_source():
    assert [arm.name for arm in shipped_scenario("seed_trials").arms if not arm.sources] == []


def test_the_founding_trials_are_held_against_every_shipped_model_and_all_that_they_saw_has_a_source():
    scenario = shipped_scenario("seed_trials")
    assert {model.name for model in scenario.models} == set(shipped.names("models"))
    assert [outcome.seen for outcome in scenario.outcomes if not outcome.sources] == []
    seen = {arm for outcome in scenario.outcomes for arm in outcome.arms}
    assert seen == {arm.name for arm in scenario.arms if arm.regimen.drugs}


def test_what_the_founding_trials_saw_of_cells_is_held_against_endpoints():
    modelled = [outcome for outcome in shipped_scenario("seed_trials").outcomes if outcome.condition is not None]
    of = {outcome.endpoint.observable for outcome in modelled}
    assert of == {"treg", "treg_fold", "th17_fold", "th17_treg_ratio_fold", "cd25hi_fraction_fold"}
    assert {outcome.endpoint.kind for outcome in modelled} == {"value", "mean", "end of cycle", "SMD"}


def test_21_miu_are_given_six_ways():
    scenario = shipped_scenario("equal_total")
    totals = [row.total for row in audit(scenario.arms, scenario.subject).rows]
    assert totals == [21_000_000] * 6


@pytest.mark.parametrize(
    "regimen",
    [
        "(1 MIU SC every other day x 7, rest 14 days) x 3",
        "[{cycle: [{dose: 1 MIU SC, every: 2 days, doses: 7}, {rest: 14 days}], repeats: 3}]",
        '{il2: "(1 MIU SC every other day x 7, rest 14 days) x 3"}',
        "{il2: [{cycle: [{dose: 1 MIU SC, every: every other day, doses: 7}, {rest: 14 days}], repeats: 3}]}",
        '"il2: (1 MIU SC every other day x 7, rest 14 days) x 3"',
    ],
)
def test_text_parts_and_mappings_say_the_same(regimen, tmp_path):
    (arm,) = scenario_of(tmp_path, BODY.format(regimen=regimen)).arms
    assert arm.regimen == parse_regimen("(1 MIU SC every other day x 7, rest 14 days) x 3")


def test_each_day_of_a_range_is_an_arm_of_its_own(tmp_path):
    scenario = scenario_of(tmp_path, BODY.format(regimen="(1 MIU SC daily x 5, rest 9-11 days) x 2\n    rest: each"))
    assert [arm.name for arm in scenario.arms] == ["A, rest 9 days", "A, rest 10 days", "A, rest 11 days"]
    assert "it is taken as rest 10 days" in scenario.arms[1].assumptions[0]


def test_a_subject_of_another_size_has_a_body_surface_by_mosteller(tmp_path):
    text = (
        BODY.replace("turnover", "balance").format(regimen="'tocilizumab: 8 mg/kg (max 800 mg) IV once'")
        + "subject: {weight: 110 kg, height: 180 cm}\n"
    )
    scenario = scenario_of(tmp_path, text)
    assert (scenario.subject.weight_kg, scenario.subject.bsa_m2) == (110, Fraction("2.35"))
    assert audit(scenario.arms, scenario.subject).rows[0].total == 800


def test_trough_before_each_cycle_becomes_one_endpoint_a_cycle(tmp_path):
    text = BODY.format(regimen="(1 MIU SC daily x 5, rest 9 days) x 3").replace(
        "peak of treg_fold", "trough of treg_fold before each cycle"
    )
    assert [endpoint.words for endpoint in scenario_of(tmp_path, text).endpoints] == [
        f"trough of treg_fold before cycle {k}" for k in (1, 2, 3)
    ]


def test_the_grid_of_readings_ends_at_the_horizon(tmp_path):
    text = BODY.format(regimen="1 MIU SC once") + "observe: {every: 5 days}\n"
    grid = scenario_of(tmp_path, text).observe_h
    assert np.array_equal(grid, [*range(0, 4032, 120), 4032])


def test_scenarios_are_frozen():
    scenario = shipped_scenario("dose_levels")
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.title = "another"


@pytest.mark.parametrize("kind", ["scenario", "model", "arms"])
def test_the_schemas_for_editors_are_what_the_code_generates(kind):
    committed = Path(shipped.folder("schema") / f"{kind}.json").read_text(encoding="utf-8")
    assert committed == schema_text(kind), "run scripts/renew_schemas.py"


def test_a_visit_of_any_name_ends_a_window(tmp_path):
    text = BODY.format(regimen="1 MIU SC once").replace(
        "[peak of treg_fold]", "[mean of treg_fold to end of induction phase, AUC of treg_fold from mid]"
    )
    scenario = scenario_of(tmp_path, text + "visits: {end of induction phase: 6 weeks, mid: 4 weeks}\n")
    assert [(e.from_h, e.to_h) for e in scenario.endpoints] == [(0.0, 6 * 168.0), (4 * 168.0, None)]


def test_a_model_file_is_found_beside_the_scenario(tmp_path):
    text = (shipped.folder("models") / "turnover.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    scenario = scenario_of(tmp_path, BODY.format(regimen="1 MIU SC once").replace("[turnover]", "[mine.yaml]"))
    assert scenario.models[0].name == "mine"

"""Arms as JSON: every number exact, read back to equal regimens and dose events, and refused where keys do not agree."""

import json
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given

from regimens.armsfile import arms_text, read_arms
from regimens.errors import InputFileError
from regimens.regimen import Regimen, parse_regimen
from regimens.regimen.quantities import Duration
from regimens.shipped import names
from regimens.subject import Subject
from tests.examples import examples
from tests.properties.regimens import in_sevenths, plans, regimens
from tests.small import shipped_scenario


@dataclass(frozen=True)
class Arm:
    name: str
    regimen: Regimen
    expected: tuple = ()


HORIZON = Fraction(24 * 400)


def text_of(*regimens):
    arms = [Arm(f"arm {place}", regimen) for place, regimen in enumerate(regimens)]
    return arms_text(arms, HORIZON, Subject(), "Two arms", "abc")


@pytest.fixture
def read(tmp_path):
    def reading(text):
        (tmp_path / "arms.json").write_text(text, encoding="utf-8")
        return read_arms(tmp_path / "arms.json")

    return reading


def test_an_arm_has_words_parts_doses_and_totals_with_exact_numbers():
    (arm,) = json.loads(
        text_of(parse_regimen("tocilizumab: 8 mg/kg (max 800 mg, in steps of 20 mg) IV over 20 min every 4 weeks x 2"))
    )["arms"]
    amount = {"value": "8", "unit": "mg", "basis": "per kg", "max": "800", "step": "20"}
    dose = {"kind": "dose", "amount": amount, "route": "IV", "over_h": "1/3"}
    assert arm["plans"] == {"tocilizumab": [{"kind": "course", "dose": dose, "every_h": "672", "doses": 2}]}
    assert arm["totals"] == {"tocilizumab": {"total": "1120", "unit": "mg", "doses": 2}}
    assert arm["doses"][1] == {
        "id": "arm 0/tocilizumab/c1/d2", "time_h": "672", "drug": "tocilizumab", "amount": amount, "route": "IV",
        "duration_h": "1/3", "cycle": 1, "number": 2,
    }  # fmt: skip
    assert arm["words"] == "tocilizumab: 8 mg/kg (max 800 mg, in steps of 20 mg) IV every 4 weeks over 20 min x 2"


def test_the_same_regimen_has_the_same_digest_and_another_has_another():
    arms = json.loads(text_of(*map(parse_regimen, ["1 MIU SC QD x 5", "1 MIU SC daily x 5", "1 MIU SC daily x 6"])))["arms"]
    first, same, other = (arm["digest"] for arm in arms)
    assert first == same != other


@examples(15)
@given(regimens(), plans("IU", steps=False))
def test_what_is_written_is_read_back_to_equal_regimens_and_dose_events(tmp_path_factory, one, parts):
    written = [one.with_rests("shortest"), Regimen(il2=tuple(in_sevenths(parts))).with_rests("shortest")]
    path = tmp_path_factory.mktemp("arms") / "arms.json"
    path.write_text(text_of(*written), encoding="utf-8")
    found = read_arms(path)
    assert [arm.regimen for arm in found] == written
    assert [arm.events for arm in found] == [
        regimen.events(Duration(HORIZON), f"arm {place}") for place, regimen in enumerate(written)
    ]


def test_a_start_at_steady_state_is_read_back(read):
    regimen = parse_regimen("at steady state of 1 MIU SC daily, 2 MIU SC weekly x 3")
    (arm,) = read(text_of(regimen))
    assert (arm.regimen, arm.events) == (regimen, regimen.events(Duration(HORIZON), "arm 0"))
    assert len(arm.events.changes) == 1


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_arms_of_every_shipped_scenario_are_read_back(read):
    for scenario in map(shipped_scenario, names("scenarios")):
        horizon = Fraction(scenario.horizon_h)
        found = read(arms_text(scenario.arms, horizon, scenario.subject, scenario.title, scenario.digest))
        assert [(arm.name, arm.regimen) for arm in found] == [(arm.name, arm.regimen) for arm in scenario.arms]
        assert [arm.events for arm in found] == [arm.regimen.events(Duration(horizon), arm.name) for arm in scenario.arms]


def changed(text, **keys):
    content = json.loads(text)
    content["arms"][0] |= keys
    return json.dumps(content)


WRONG = {
    "words": ({"words": "1 MIU SC daily x 6"}, "arms > 1 > words: This is not what the 'plans' of arm 'arm 0' give."),
    "doses": ({"doses": []}, "arms > 1 > doses: This is not what the 'plans' of arm 'arm 0' give."),
    "totals": ({"totals": {}}, "arms > 1 > totals: This is not what the 'plans' of arm 'arm 0' give."),
    "digest": ({"digest": "0"}, "arms > 1 > digest: This is not what the 'plans' of arm 'arm 0' give."),
    "unknown": ({"dose": "1"}, "arms > 1 > dose: Extra inputs are not permitted."),
    "number": ({"plans": {"il2": [{"kind": "rest", "hours": 5}]}}, "arms > 1 > plans > il2 > 1 > rest > hours: Input should be a valid string."),
    "regimen": ({"plans": {"il2": [{"kind": "rest", "hours": "5"}]}}, "arms > 1 > plans: The plan of 'il2' has no dose."),
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
def test_a_file_whose_keys_do_not_agree_is_refused_with_its_place(read, key, tmp_path):
    keys, said = WRONG[key]
    with pytest.raises(InputFileError) as wrong:
        read(changed(text_of(parse_regimen("1 MIU SC daily x 5")), **keys))
    assert str(wrong.value).splitlines()[0] == f"{tmp_path / 'arms.json'}, {said}"


def test_what_is_no_json_is_refused_with_line_and_column(read):
    with pytest.raises(InputFileError) as wrong:
        read('{"format": "regimens arms 1",\n oops}')
    (problem,) = wrong.value.problems
    assert (problem.line, problem.column) == (2, 2)
    assert problem.message == "This is no JSON: Expecting property name enclosed in double quotes."

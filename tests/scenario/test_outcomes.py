"""Published outcomes of a scenario: what they mean, what they refuse with line and advice, and their text that reads back."""

import pytest

from regimens.contrasts.condition import BeyondArm, BeyondEndpoint, BeyondNumber, Within
from regimens.errors import InputFileError
from regimens.scenario import Reference, Scenario
from regimens.scenario.outcomes import FORMS, PublishedOutcome
from tests.scenario.test_refused import problems

BASE = """\
title: T
models: [expansion]
horizon: 4 weeks
population: {subjects: 5, seed: 1}
visits: {one week after: 12 days}
arms:
  low, daily:
    regimen: (1 MIU SC daily x 2, rest 3 days) x 2
  none:
    regimen: no dose
endpoints: [peak of treg_fold]
outcomes:
"""


def read(*entries):
    return Scenario.from_text(BASE + "".join(f"  - {entry}\n" for entry in entries))


def refused(*entries):
    return problems(BASE + "".join(f"  - {entry}\n" for entry in entries))


def entry(was="above 1", endpoint="treg_fold at one week after", arm="'low, daily'", seen="Treg up"):
    return f"{{seen: {seen}, arm: {arm}, endpoint: {endpoint}, was: '{was}'}}"


def test_an_outcome_says_what_an_endpoint_of_an_arm_was():
    cycle = "cd25hi_fraction_fold at end of cycle"
    scenario = read(
        entry(),
        entry("below none"),
        entry(f"Above {cycle} 1", f"{cycle} 2"),
        entry("-0.5  to 2.25"),
        "{seen: Fewer flares, arm: 'low, daily', endpoint: not modelled, source: {text: A trial, doi: 10.1/2}}",
    )
    up, arm, cycles, interval, clinical = scenario.outcomes
    of = {endpoint.words: endpoint for endpoint in scenario.endpoints}
    seen = of["treg_fold at one week after"]
    assert seen.label == "Treg, fold of baseline, at 12 days"
    assert up == PublishedOutcome("Treg up", ("low, daily",), seen, BeyondNumber("above", 1.0))
    assert arm.condition == BeyondArm("below", "none")
    assert (cycles.endpoint, cycles.condition) == (of[f"{cycle} 2"], BeyondEndpoint("above", of[f"{cycle} 1"]))
    assert interval.condition == Within(-0.5, 2.25)
    source = (Reference("A trial", "10.1/2"),)
    assert clinical == PublishedOutcome("Fewer flares", ("low, daily",), None, None, source)


def test_endpoints_of_outcomes_are_simulated_once_beside_those_that_are_listed():
    scenario = read(entry(), entry("below 5"), entry("above 1.2", "PEAK of treg_fold"))
    assert [endpoint.words for endpoint in scenario.endpoints] == ["peak of treg_fold", "treg_fold at one week after"]
    assert scenario.outcomes[2].endpoint == scenario.endpoints[0]


def test_an_outcome_may_be_of_several_arms():
    assert read(entry(arm="['low, daily', none]")).outcomes[0].arms == ("low, daily", "none")


def test_a_scenario_with_outcomes_reads_back_equal_and_is_built_in_python():
    scenario = read(
        entry(), entry("below none"), entry("1.8 to 2.4", arm="['low, daily', none]"), entry("above peak of treg_fold")
    )
    assert Scenario.from_text(scenario.to_yaml()) == scenario
    again = Scenario.build(
        title="T",
        models=["expansion"],
        horizon="4 weeks",
        population={"subjects": 5, "seed": 1},
        visits={"one week after": "12 days"},
        arms={arm.name: arm for arm in scenario.arms},
        endpoints=scenario.endpoints,
        outcomes=scenario.outcomes,
    )
    assert again == scenario
    assert again != read(entry())


def test_noise_may_be_there_for_an_outcome_alone():
    text = BASE.replace("visits: {one week after: 12 days}", "noise: {residual: 0.1}")
    assert Scenario.from_text(text + f"  - {entry('above 0', 'SMD of treg from baseline to 12 days')}\n").noise.residual == 0.1


AS_ENDPOINT = "As an endpoint: 'something else' is not an endpoint. The nearest form is"
REFUSED = {
    entry(seen="=1+1"): (
        "The name of an outcome, '=1+1', begins with '='.",
        "Begin with another character: spreadsheets read names in tables as formulas.",
    ),
    entry(arm="lowdaily"): ("'lowdaily' is no arm of this scenario.", "Did you mean 'low, daily'?"),
    entry(arm="[none, none]"): ("The arm 'none' is named twice.", "Name every arm of an outcome once."),
    entry("below nona"): ("'nona' is no number, no arm of this scenario and no endpoint.", "Did you mean the arm 'none'?"),
    entry("about 3"): ("'about 3' is nothing that an endpoint can be.", FORMS),
    entry("2.4 to 1.8"): ("'2.4 to 1.8' does not rise.", "The lower end of an interval comes first."),
    entry("above low, daily"): ("The arm 'low, daily' is held against itself.", "Name another arm."),
    entry("above treg_fold at one week after"): (
        "'treg_fold at one week after' is held against itself.",
        "Name another endpoint.",
    ),
    entry("above peak of serum_il2"): (
        "'treg_fold at one week after' (1) and 'peak of serum_il2' (IU/mL) are in different units.",
        "Name two endpoints of one unit.",
    ),
    entry("above trough of treg_fold before each cycle"): (
        "'trough of treg_fold before each cycle' is one endpoint for each cycle.",
        "Name one cycle.",
    ),
    entry(endpoint="treg_fold at end of each cycle"): (
        "'treg_fold at end of each cycle' is one endpoint for each cycle.",
        "Name one cycle.",
    ),
    entry(endpoint="peek of treg_fold"): ("'peek of treg_fold' is not an endpoint.", "The nearest form is 'peak of treg_fold'."),
    entry(endpoint="treg_flod at one week after"): (
        "'treg_flod' is no observable of the models of this scenario.",
        "Did you mean 'treg_fold'?",
    ),
    entry(endpoint="treg_fold at end of cycle 3"): (
        "No arm has a cycle 3.",
        "The arms of this scenario have at most 2 cycles.",
    ),
    entry(endpoint="not modelled"): (
        "An outcome that is not modelled has no 'was'.",
        "Leave it out, or name an endpoint.",
    ),
    "{seen: Treg up, arm: none, endpoint: peak of treg_fold}": (
        "It is not said what 'peak of treg_fold' was.",
        f"Add 'was'. {FORMS}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("written", REFUSED)
def test_an_outcome_that_cannot_be_held_against_anything_is_refused(written):
    assert refused(entry(), written) == [(14, *REFUSED[written])]


def test_a_limit_that_is_near_no_arm_is_answered_with_the_nearest_form_of_an_endpoint():
    ((line, found, advice),) = refused(entry("above something else"))
    assert (line, found) == (13, "'something else' is no number, no arm of this scenario and no endpoint.")
    assert advice.startswith(AS_ENDPOINT)


def test_an_outcome_listed_twice_is_refused():
    assert refused(entry(), entry()) == [(14, "The outcome 'Treg up' is listed twice.", "List every outcome once.")]


def test_all_problems_of_all_outcomes_are_said_at_once_each_with_its_line_and_column():
    with pytest.raises(InputFileError) as raised:
        read(entry("about 3", arm="lowdaily"), entry(endpoint="peek of treg_fold"))
    assert [(problem.line, problem.column) for problem in raised.value.problems] == [(13, 26), (13, 80), (14, 50)]
    assert str(raised.value).splitlines()[0] == "<scenario>:13: 'lowdaily' is no arm of this scenario."


def test_an_arm_that_cannot_be_read_is_no_unknown_arm_of_an_outcome():
    text = BASE.replace("(1 MIU SC daily x 2, rest 3 days) x 2", "1 MUI SC daily x 2") + f"  - {entry()}\n"
    assert [line for line, _, _ in problems(text)] == [8]

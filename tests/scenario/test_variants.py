"""Variants of arms and settings of the comparison: what a scenario says becomes arms, and what it cannot mean is refused."""

import textwrap
from fractions import Fraction

import pytest

from regimens.adherence.realise import Adherence, RealLife, realise
from regimens.contrasts.verdict import Rule
from regimens.errors import InputFileError
from regimens.exposure import audit
from regimens.regimen import Regimen, parse_regimen
from regimens.scenario import read_scenario
from regimens.scenario.values import Noise

BASE = """\
title: T
models: [turnover]
horizon: 24 weeks
population: {subjects: 4, seed: 1}
arms:
  A:
    regimen: (1 MIU SC daily x 5, rest 9 days) x 3
    expect: {total: 15 MIU, doses: 15}
  B:
    regimen: (1.5 MIU SC daily x 5, rest 9-16 days) x 4
    rest: drawn
  control:
    regimen: no dose
endpoints: [peak of treg_fold]
"""
LIFE = "real_life: {missed: 0.1, after_a_miss: 0.4, late: {share: 0.2, up_to: 12 h}, stop_early: 0.05}\n"
RANGE = parse_regimen("(1.5 MIU SC daily x 5, rest 9-16 days) x 4")


def read(tmp_path, text):
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(file)


def said(tmp_path, text):
    with pytest.raises(InputFileError) as raised:
        read(tmp_path, text)
    return [(problem.line, problem.message, problem.advice) for problem in raised.value.problems]


def test_arms_as_written_are_of_themselves(tmp_path):
    scenario = read(tmp_path, BASE)
    assert [(arm.name, arm.variant, arm.of) for arm in scenario.arms] == [(n, "as written", n) for n in ("A", "B", "control")]


def test_a_rest_left_to_chance_is_audited_at_its_midpoint_and_kept_as_a_range(tmp_path):
    arm = read(tmp_path, BASE).arms[1]
    assert arm.regimen == RANGE.with_rests("midpoint")
    assert arm.adherence == Adherence(drawn=RANGE)
    assert arm.assumptions == (
        "The rest is given as a range ((1.5 MIU SC daily x 5, rest 9-16 days) x 4); "
        "it is drawn for every subject and every time it comes, any whole day as likely.",
    )


def test_real_life_gives_every_arm_with_doses_a_twin(tmp_path):
    scenario = read(tmp_path, BASE + LIFE)
    life = RealLife(missed=0.1, after_a_miss=0.4, late=0.2, up_to_h=12.0, stop_early=0.05)
    assert [(arm.name, arm.variant, arm.of, arm.adherence) for arm in scenario.arms] == [
        ("A", "as written", "A", None),
        ("A, real life", "real life", "A", Adherence(real_life=life)),
        ("B", "as written", "B", Adherence(drawn=RANGE)),
        ("B, real life", "real life", "B", Adherence(drawn=RANGE, real_life=life)),
        ("control", "as written", "control", None),
    ]
    assert scenario.assumptions[1:] == (
        "Of real life it is assumed that a dose is missed with probability 0.1 (0.4 after a missed one); a dose that is given is "
        "late with probability 0.2, by any time up to 12 h; a subject stops early with probability 0.05, at any of the doses.",
    )


def test_equal_totals_are_arms_of_their_own_that_are_audited_again(tmp_path):
    scenario = read(tmp_path, BASE + "equalise: {total: 21 MIU, by: amount, step: 0.05 MIU}\n")
    assert [(arm.name, arm.variant, arm.of) for arm in scenario.arms] == [
        ("A", "as written", "A"),
        ("A, 21 MIU", "equal total", "A"),
        ("B", "as written", "B"),
        ("B, 21 MIU", "equal total", "B"),
        ("control", "as written", "control"),
    ]
    one, other = scenario.arms[1], scenario.arms[3]
    assert one.regimen == parse_regimen("(1.4 MIU SC daily x 5, rest 9 days) x 3")
    assert other.adherence.drawn == parse_regimen("(1.05 MIU SC daily x 5, rest 9-16 days) x 4")
    assert other.regimen == other.adherence.drawn.with_rests("midpoint")
    assert one.changed == "To give 21 MIU of IL-2 instead of 15 MIU, amount went from 1 MIU to 1.4 MIU (factor 1.4)."
    assert one.assumptions[-1] == one.changed
    assert (one.equalised.lever, one.equalised.factor) == ("amount", Fraction(7, 5))
    table = audit(scenario.arms, scenario.subject)
    assert [row.total for row in table.rows] == [15_000_000, 21_000_000, 30_000_000, 21_000_000]


def test_a_total_that_rounding_misses_is_said_and_expected(tmp_path):
    scenario = read(tmp_path, BASE + "equalise: {total: 22 MIU, by: amount, step: 0.1 MIU}\n")
    arm = scenario.arms[1]
    assert arm.changed == (
        "To give 22 MIU of IL-2 instead of 15 MIU, amount went from 1 MIU to 1.5 MIU (factor 22/15, about 1.467). "
        "Rounding makes it 22.5 MIU, 0.5 MIU more."
    )
    assert [entry.total for entry in arm.expected] == [22_500_000]
    audit(scenario.arms, scenario.subject)


@pytest.mark.parametrize(
    ("by", "regimen"),
    [("doses", "(1 MIU SC daily x 7, rest 9 days) x 3"), ("interval", "(1 MIU SC every 17 h x 7, rest 1 h, rest 9 days) x 3")],
)
def test_totals_are_equalised_by_doses_and_by_interval_too(by, regimen, tmp_path):
    arm = read(tmp_path, BASE + f"equalise: {{total: 21 MIU, by: {by}}}\n").arms[1]
    assert arm.regimen == parse_regimen(regimen)


def test_an_arm_that_has_the_total_already_gets_no_twin(tmp_path):
    scenario = read(tmp_path, BASE + "equalise: {total: 15 MIU, by: amount}\n")
    assert [arm.name for arm in scenario.arms] == ["A", "B", "B, 15 MIU", "control"]


def test_an_arm_can_have_both_twins(tmp_path):
    scenario = read(tmp_path, BASE + LIFE + "equalise: {total: 21 MIU, by: amount}\n")
    assert [arm.name for arm in scenario.arms] == ["A", "A, 21 MIU", "A, real life", "B", "B, 21 MIU", "B, real life", "control"]


def test_each_day_of_a_range_has_twins_of_its_own(tmp_path):
    scenario = read(tmp_path, BASE.replace("9-16 days", "9-10 days").replace("drawn", "each") + LIFE)
    assert [(arm.name, arm.of) for arm in scenario.arms[2:6]] == [
        ("B, rest 9 days", "B, rest 9 days"),
        ("B, rest 9 days, real life", "B, rest 9 days"),
        ("B, rest 10 days", "B, rest 10 days"),
        ("B, rest 10 days, real life", "B, rest 10 days"),
    ]


def test_the_trade_off_adds_the_endpoints_it_names(tmp_path):
    scenario = read(tmp_path, BASE + "trade_off: {gain: mean of treg_fold to 12 weeks, cost: peak of serum_il2}\n")
    assert [e.words for e in scenario.endpoints] == ["peak of treg_fold", "mean of treg_fold to 12 weeks", "peak of serum_il2"]
    assert (scenario.trade_off.gain, scenario.trade_off.cost) == scenario.endpoints[1:]
    assert scenario.trade_off.gain.better == "higher"


def test_the_trade_off_uses_endpoints_that_are_listed(tmp_path):
    scenario = read(tmp_path, BASE + "trade_off: {gain: Peak of treg_fold, cost: peak of serum_il2}\n")
    assert [e.words for e in scenario.endpoints] == ["peak of treg_fold", "peak of serum_il2"]
    assert scenario.trade_off.gain is scenario.endpoints[0]


def test_verdict_noise_and_single_curves_are_read(tmp_path):
    more = "verdict: {probability: 0.9}\nnoise: {day_to_day: 0.15, residual: 0.05}\nobserve: {every: 12 h, individuals: 3}\nvisits: {later: 4 weeks}\n"
    scenario = read(tmp_path, BASE + more)
    assert (scenario.rule, scenario.noise, scenario.individuals) == (Rule(0.9), Noise(0.15, 0.05), 3)
    assert scenario.assumptions[1:] == (
        "What is measured is assumed to differ from the true value with a CV of 0.15 from day to day and of 0.05 by the assay.",
    )


def test_without_these_keys_a_scenario_is_as_before(tmp_path):
    scenario = read(tmp_path, BASE)
    assert (scenario.rule, scenario.trade_off, scenario.noise, scenario.individuals) == (Rule(0.95), None, None, 0)


REPLAYED = BASE.replace("regimen: no dose", "ledger: runs/ledger.csv\n    arm: 'B, real life'")


def ledger_of(tmp_path, subjects=4):
    done = realise(
        "B, real life",
        RANGE.with_rests("midpoint"),
        Adherence(drawn=RANGE, real_life=RealLife(missed=0.2)),
        4032.0,
        3,
        range(subjects),
    )
    (tmp_path / "runs").mkdir(exist_ok=True)
    (tmp_path / "runs" / "ledger.csv").write_text(done.ledger.to_csv(), encoding="utf-8")
    return done


def test_a_ledger_beside_the_scenario_is_replayed(tmp_path):
    done = ledger_of(tmp_path)
    arm = read(tmp_path, REPLAYED).arms[2]
    again = realise(arm.name, arm.regimen, arm.adherence, 4032.0, 1, range(4))
    assert [(e.time_h.tobytes(), e.amount.tobytes()) for e in again.events] == [
        (e.time_h.tobytes(), e.amount.tobytes()) for e in done.events
    ]
    assert arm.assumptions == ("Its doses are those that arm 'B, real life' of runs/ledger.csv gave, subject by subject.",)


def test_a_replayed_arm_is_audited_as_it_was_planned(tmp_path):
    ledger_of(tmp_path)
    scenario = read(tmp_path, REPLAYED + "equalise: {total: 21 MIU, by: amount}\n" + LIFE)
    assert scenario.arms[-1].name == "control"
    assert [d.start for d in scenario.arms[-1].regimen.written_out()] == [
        d.start for d in RANGE.with_rests("midpoint").written_out()
    ]


def test_a_ledger_of_another_number_of_subjects_is_refused(tmp_path):
    ledger_of(tmp_path, subjects=5)
    advice = "Write 'subjects: 5' under 'population'."
    assert said(tmp_path, REPLAYED) == [(13, "The ledger of arm 'control' has 5 subjects, the scenario 4 subjects.", advice)]


def test_a_ledger_that_cannot_be_used_says_why(tmp_path):
    ledger_of(tmp_path)
    ((line, message, _),) = said(tmp_path, REPLAYED.replace("'B, real life'", "'B'"))
    assert (line, message.replace(str(tmp_path), "")) == (
        13,
        "The ledger 'runs/ledger.csv' cannot be used:\n/runs/ledger.csv:1: The ledger has no arm 'B'.\n"
        "  > 1 | arm,subject,drug,cycle,dose,planned_h,given_h,planned,given,basis,max,step,route,duration_h,reason,m\n"
        "  The only one known is 'B, real life'.",
    )


def without_population(text):
    return text.replace("population: {subjects: 4, seed: 1}\n", "")


NEEDS = "Add for example 'population: {subjects: 100, seed: 1}'."
WRONG = {
    "variants that need a population": (
        without_population(BASE) + LIFE + "noise: {residual: 0.1}\nobserve: {individuals: 2}\n",
        [
            (10, "'rest: drawn' needs a population: rests differ between subjects.", NEEDS),
            (14, "'real_life' needs a population: what happens to doses differs between subjects.", NEEDS),
            (15, "There is 'noise', but no visit at which anything is measured.", "Add 'visits'."),
            (15, "'noise' needs a population: what measuring adds differs between subjects.", NEEDS),
            (16, "2 curves of single subjects are asked for, but the scenario has one typical subject.", "Ask for at most 1."),
        ],
    ),
    "more single curves than subjects": (
        BASE + "observe: {individuals: 5}\n",
        [(15, "5 curves of single subjects are asked for, but the scenario has 4 subjects.", "Ask for at most 4.")],
    ),
    "a drawn rest without a whole day": (
        BASE.replace("9-16 days", "30-40 h"),
        [(11, "No whole day lies in a rest of 30 h to 40 h.", "Write a range of days.")],
    ),
    "a rest that is no range": (
        BASE.replace("9-16 days", "9 days"),
        [(11, "'rest' resolves a range, but the regimen has none.", "Leave it out.")],
    ),
    "a total in mg and a step by doses": (
        BASE + "equalise: {total: 21 mg, by: doses, step: 1 MIU}\n",
        [
            (15, "'21 mg' cannot be a total of il2.", "A total is a flat amount in IU or MIU."),
            (15, "A step rounds amounts, and 'by: doses' leaves those as they are.", "Leave it out, or write 'by: amount'."),
        ],
    ),
    "a way that is none": (
        BASE + "equalise: {total: 21 MIU, by: dose}\n",
        [(15, "'by': found 'dose'.", "Did you mean 'doses'? Accepted: 'amount', 'doses' or 'interval'.")],
    ),
    "arms that cannot be equalised that way": (
        BASE.replace("no dose", "1 MIU SC once").replace("daily x 5, rest 9 days", "3 times a week x 6, rest 9 days").replace("    expect: {total: 15 MIU, doses: 15}\n", "")
        + "equalise: {total: 21 MIU, by: interval}\n",
        [
            (14, "Arm 'A' cannot be equalised by interval: Doses on days 0, 2, 4 of each week have no one interval to change.", "Equalise by amount or by doses."),
            (14, "Arm 'control' cannot be equalised by interval: A dose given once has no interval at which more doses could follow.", "Equalise by amount."),
        ],
    ),
    "a name that a twin takes": (
        BASE.replace("control:", "A, real life:") + LIFE,
        [(12, "Two arms are named 'A, real life': one is made by 'real_life' of 'A' on line 6 and one is written on line 12.", "Rename an arm: case, spaces and Unicode forms do not tell names apart.")],
    ),
    "a delay that reaches the next dose": (
        BASE + LIFE.replace("12 h", "1 day"),
        [
            (15, f"A dose of arm '{name}' that is up to 1 day late could reach the next one, 1 day after it.", "'up_to' is shorter than the shortest interval of every arm.")
            for name in "AB"
        ],
    ),
    "a delay without a unit": (
        BASE + LIFE.replace("12 h", "'12'"),
        [(15, "'12' has no unit.", "Write for example '12 weeks'.")],
    ),
    "a probability above 1": (
        BASE + "real_life: {missed: 10}\n",
        [(15, "'missed': found 10, a number; a number of at most 1 is needed.", "")],
    ),
    "real life in which nothing happens": (
        BASE + "real_life: {}\n",
        [(15, "'real_life' changes no dose.", "Give a 'missed', 'late' or 'stop_early' above 0.")],
    ),
    "a miss after none": (
        BASE + "real_life: {after_a_miss: 0.4}\n",
        [(15, "No dose is ever missed, so none comes after a miss.", "Give 'missed' too.")],
    ),
    "noise of nothing": (
        BASE + "noise: {}\n",
        [(15, "'noise' adds nothing.", "Give a 'day_to_day' or 'residual' above 0.")],
    ),
    "a verdict by half": (
        BASE + "verdict: {probability: 0.5}\n",
        [(15, "'probability': found 0.5, a number; a number above 0.5 is needed.", "")],
    ),
    "shares in percent": (
        BASE + "verdict: {probability: 97.5%, difference: 5 %}\n",
        [
            (15, "'probability': found '97.5%'; a number is needed.", "Write it as a share: 0.975."),
            (15, "'difference': found '5 %'; a number is needed.", "Write it as a share: 0.05."),
        ],
    ),
    "a trade-off of what cannot be read": (
        BASE + "trade_off: {gain: peek of treg_fold, cost: trough of treg_fold before each cycle}\n",
        [
            (15, "'peek of treg_fold' is not an endpoint.", "The nearest form is 'peak of treg_fold'."),
            (15, "'trough of treg_fold before each cycle' is one endpoint for each cycle.", "Name one cycle."),
        ],
    ),
    "a trade-off of what cannot be measured": (
        BASE + "trade_off: {gain: peak of treg_flod, cost: serum_il2 at 30 weeks}\n",
        [
            (15, "'treg_flod' is no observable of the models of this scenario.", "Did you mean 'treg_fold'?"),
            (15, "'serum_il2 at 30 weeks' reads after the horizon.", "The horizon is 168 days."),
        ],
    ),
    "a trade-off with itself": (
        BASE + "trade_off: {gain: peak of treg_fold, cost: PEAK of treg_fold}\n",
        [(15, "'cost' is the same endpoint as 'gain'.", "A trade-off needs two.")],
    ),
    "a cost of which more is good": (
        BASE + "trade_off: {gain: mean of treg_fold, cost: peak of treg_fold}\n",
        [(15, "'peak of treg_fold' is better when it is higher, so it cannot be the cost.", "Of a gain more is good, of a cost more is bad: 'cost' names another endpoint.")],
    ),
    "an arm of no ledger, and a ledger of no arm": (
        BASE.replace("regimen: no dose", "ledger: ledger.csv").replace("    rest: drawn\n", "    rest: drawn\n    arm: A\n"),
        [
            (12, "'arm' names an arm of a ledger, but there is no 'ledger'.", "Leave it out."),
            (14, "It is not said which arm of the ledger is replayed.", "Add 'arm:' with its name."),
        ],
    ),
    "a regimen beside a ledger": (
        BASE.replace("regimen: no dose", "regimen: no dose\n    ledger: ledger.csv\n    arm: A"),
        [(12, "Arm 'control' has both 'regimen' and 'ledger'.", "Write the regimen, 'use:' with the name of a published one, 'table:' with an event table, or 'ledger:' with the file of an earlier run.")],
    ),
    "a drawn rest that may end after the horizon": (
        BASE.replace("(1.5 MIU SC daily x 5, rest 9-16 days) x 4", "rest 160-170 days, 1 MIU SC once"),
        [
            (3, "The horizon of 168 days ends before the first dose of arm 'B', 170 days after the start.", "A horizon holds at least one dose of every arm that has any."),
        ],
    ),
    "faults everywhere": (
        BASE.replace("24 weeks", "24 months") + "equalise: {total: 21 MUI, by: amount}\n" + LIFE.replace("12 h", "'12'") + "noise: {}\n",
        [
            (3, "'months' has no fixed length.", "Write a number of weeks or days (28 days, 4 weeks). Times are written in min, h, days or weeks."),
            (15, "'MUI' is not a unit of amount.", "Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg)."),
            (16, "'12' has no unit.", "Write for example '12 weeks'."),
            (17, "'noise' adds nothing.", "Give a 'day_to_day' or 'residual' above 0."),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG)
def test_what_cannot_be_meant_is_refused_in_words(fault, tmp_path):
    text, problems = WRONG[fault]
    assert said(tmp_path, text) == problems


def test_a_fault_of_a_setting_is_shown_where_it_stands(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(BASE + LIFE.replace("12 h", "36 h"), encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_scenario(file)
    assert str(raised.value).replace(str(file), "bad.yaml").split("\nbad.yaml")[0] == textwrap.dedent("""\
        bad.yaml:15: A dose of arm 'A' that is up to 36 h late could reach the next one, 1 day after it.
            14 | endpoints: [peak of treg_fold]
          > 15 | real_life: {missed: 0.1, after_a_miss: 0.4, late: {share: 0.2, up_to: 36 h}, stop_early: 0.05}
               |                                                                       ^
          'up_to' is shorter than the shortest interval of every arm.""")


def test_a_placebo_has_no_twins(tmp_path):
    scenario = read(tmp_path, BASE + LIFE + "equalise: {total: 21 MIU, by: amount}\n")
    assert [arm.name for arm in scenario.arms if arm.regimen == Regimen()] == ["control"]

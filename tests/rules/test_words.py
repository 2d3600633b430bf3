"""Rules in words: what is read is written back the same, and a near miss is answered with what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.errors import RegimenError
from regimens.regimen import MIU, days, mg
from regimens.regimen.parts import Dose
from regimens.rules.cursor import DECISIONS, LIMITS, RULES
from regimens.rules.values import After, Change, Comparison, Give, Hold, Keep, Look, Rules, Space, Stop, When
from regimens.rules.words import parse_decide, parse_level, parse_limit, parse_look, parse_rule

KNOWN = ("treg_fold", "eosinophil_fold", "th17_treg_ratio_fold")


@pytest.mark.parametrize("text", RULES)
def test_every_example_of_a_rule_is_written_as_it_was_read(text):
    assert parse_rule(text, KNOWN).in_words() == text


@pytest.mark.parametrize("text", LIMITS)
def test_every_example_of_a_limit_is_written_as_it_was_read(text):
    assert parse_limit(text).in_words() == text


@pytest.mark.parametrize("text", DECISIONS)
def test_every_example_of_when_to_decide_reads_back_the_same(text):
    assert parse_decide(parse_decide(text).in_words()) == parse_decide(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("raise one level if treg_fold below 2 twice in a row", "raise 1 level when treg_fold below 2 at 2 decisions in a row"),
        ("hold if treg_fold above 3", "hold while treg_fold above 3."),
        ("stop if treg_fold below 1 after 2 weeks", "stop if treg_fold below 1 after 14 days"),
        (
            "stop if treg_fold below 1 after 4 cycles at two visits in a row",
            "stop if treg_fold below 1 at two visits in a row after 4 cycles",
        ),
        ("lower a level if treg_fold above 4", "lower one level if treg_fold above 4"),
        (
            "hold while treg_fold above 3, resume when treg_fold below 2",
            "hold while treg_fold above 3, resume when below 2",
        ),
    ],
)
def test_two_ways_of_saying_a_rule_are_one(one, other):
    assert parse_rule(one, KNOWN) == parse_rule(other, KNOWN)


amounts = st.sampled_from([MIU("0.25"), MIU("0.5"), MIU(1), MIU(3)])
comparisons = st.builds(
    Comparison, st.sampled_from(KNOWN), st.sampled_from(["above", "below"]), st.fractions(0, 100).map(lambda f: round(f, 3))
)
afters = st.one_of(
    st.none(),
    st.builds(After, st.integers(1, 30).map(lambda n: days(n).hours / 24), st.sampled_from(["cycles", "doses"])),
    st.integers(1, 30).map(lambda n: After(days(n).hours, "time")),
)
whens = st.builds(When, st.lists(comparisons, min_size=1, max_size=3).map(tuple), st.integers(1, 15), afters)
ladders = st.one_of(
    st.builds(Hold, whens),
    st.builds(Hold, whens, st.lists(comparisons, min_size=1, max_size=2).map(tuple), st.integers(-3, 3)),
    st.builds(Change, st.sampled_from([-2, -1, 1, 2]), whens, st.one_of(st.none(), amounts)),
    st.builds(Stop, whens),
    st.builds(Space, st.integers(1, 60).map(days), whens),
    st.builds(Give, st.just("tocilizumab"), st.just(Dose(mg(8).per_kg.at_most(mg(800)), "IV", days(1))), whens),
    st.builds(Keep, st.sampled_from(KNOWN), st.just(days(1).hours), st.just(days(2).hours), st.just(MIU("0.25")), st.just(MIU("0.25")), st.just(MIU(3))),
)  # fmt: skip


@given(ladders)
def test_a_rule_in_words_reads_back_the_same(rule):
    assert parse_rule(rule.in_words(), KNOWN) == rule


BAD = {
    "reduce one level if treg_fold above 4": """\
Found 'reduce' where 'hold', 'raise', 'lower', 'stop', 'keep', 'change', 'give' or 'cap' is expected.
    reduce one level if treg_fold above 4
    ^
  Write 'lower'. For example: lower one level if treg_fold above 4""",
    "rase one level if treg_fold below 2": """\
Found 'rase' where 'hold', 'raise', 'lower', 'stop', 'keep', 'change', 'give' or 'cap' is expected.
    rase one level if treg_fold below 2
    ^
  Did you mean 'raise'? For example: lower one level if treg_fold above 4""",
    "raise one level if treg_fold > 4": """\
Found '>' where 'above' or 'below' is expected.
    raise one level if treg_fold > 4
                                 ^
  Write 'above'. For example: raise one level to at most 1.5 MIU if treg_fold below 2""",
    "raise one level if treg_fld above 4": """\
'treg_fld' is not looked at.
    raise one level if treg_fld above 4
                       ^
  Did you mean 'treg_fold'? Rules see what 'look at' names.""",
    "stop if treg_fold below 1 after 4 cyclse": """\
Found 'cyclse' where 'cycles', 'doses' or a unit of time is expected.
    stop if treg_fold below 1 after 4 cyclse
                                      ^
  Did you mean 'cycles'? For example: stop if treg_fold below 1.2 after 4 cycles""",
    "stop if treg_fold below -1": """\
Found '-' where a number of 0 or more is expected.
    stop if treg_fold below -1
                            ^
  For example: stop if treg_fold below 1.2 after 4 cycles""",
    "raise if treg_fold below 2": """\
Found 'if' where a number of levels, such as 'one' (a whole number from 1 up) is expected.
    raise if treg_fold below 2
          ^
  For example: raise one level to at most 1.5 MIU if treg_fold below 2""",
    "stop if treg_fold below 2 at one visits in a row": """\
Found 'one' where a number of visits (a whole number from 2 up) is expected.
    stop if treg_fold below 2 at one visits in a row
                                 ^
  For example: stop if treg_fold below 1.2 after 4 cycles""",
    "keep treg_fold from 3 to 2 in steps of 1 MIU between 1 MIU and 2 MIU": """\
The range '3 to 2' does not rise.
    keep treg_fold from 3 to 2 in steps of 1 MIU between 1 MIU and 2 MIU
                        ^
  The lower end comes first.""",
    "keep treg_fold from 2 to 3 in steps of 1 MIU between 0.5 MIU and 2 MIU": """\
0.5 MIU and 2 MIU are not multiples of 1 MIU.
    keep treg_fold from 2 to 3 in steps of 1 MIU between 0.5 MIU and 2 MIU
                                           ^
  Both are multiples of the step.""",
    "stop if treg_fold below 1; then": """\
Found ';' where 'and', 'at', 'after' or the end is expected.
    stop if treg_fold below 1; then
                             ^
  For example: stop if treg_fold below 1.2 after 4 cycles""",
    "give tocilizumab 8 mg/kg IV if treg_fold above 1": """\
Found 'if' where 'once' or 'at most' and a number of times is expected.
    give tocilizumab 8 mg/kg IV if treg_fold above 1
                                ^
  For example: give tocilizumab 8 mg/kg (max 800 mg) IV once over 1 h if th17_treg_ratio_fold above 1.5 at two visits in a row""",
    "raise one level to at most 1.5 MIU/day if treg_fold below 2": """\
An amount is of one dose, not of a day.
    raise one level to at most 1.5 MIU/day if treg_fold below 2
                                       ^
  Leave out '/day'.""",
}


@pytest.mark.parametrize("text", BAD)
def test_a_near_miss_is_answered_with_what_would_be_right(text):
    with pytest.raises(RegimenError) as raised:
        parse_rule(text, KNOWN)
    assert str(raised.value) == BAD[text]


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (
            parse_decide,
            "before every cylce",
            "Found 'cylce' where 'cycle' or 'dose' is expected.\n    before every cylce\n                 ^\n"
            "  Did you mean 'cycle'? For example: before each cycle",
        ),
        (
            parse_decide,
            "every 0 weeks",
            "An interval of '0 weeks' is shorter than 1 h.\n    every 0 weeks\n          ^\n  Write for example 'every 2 weeks'.",
        ),
        (
            parse_limit,
            "total at least 21 MIU",
            "Found 'least' where 'most' is expected.\n    total at least 21 MIU\n             ^\n"
            "  For example: total at most 21 MIU",
        ),
        (
            parse_level,
            "8 mg/kg (max 800 mg)",
            "'8 mg/kg (max 800 mg)' has a limit of its own.\n    8 mg/kg (max 800 mg)\n    ^\n"
            "  Write 'max' and 'in steps of' in the regimen.",
        ),
    ],
)
def test_other_words_are_refused_with_their_place(read, text, said):
    with pytest.raises(RegimenError) as raised:
        read(text)
    assert str(raised.value) == said


def test_noise_is_from_zero_to_five():
    assert parse_look("treg_fold", 0.1, "2 days") == Look("treg_fold", 0.1, days(2))
    with pytest.raises(RegimenError) as raised:
        parse_look("treg_fold", -0.1)
    assert str(raised.value) == "The noise of 'treg_fold' is -0.1. A coefficient of variation from 0 to 5 is needed."


def test_rules_are_built_in_python_from_the_words_of_a_file():
    made = Rules.of(decide="at visits", look_at=["treg_fold"], rules=["stop if treg_fold above 4"], levels=[MIU(1)])
    assert made.ladder == (Stop(When((Comparison("treg_fold", "above", 4),))),)
    assert made.observables == ("treg_fold",)
    with pytest.raises(RegimenError) as raised:
        Rules.of(decide="at visits", look_at=["treg_fold"], rules=["stop if treg_fold above 4"], first_dose="never")
    assert str(raised.value) == "Unknown first dose 'never'. Write 'as planned' or 'by the rules'."

"""Regimens in words: every sentence of the grammar, and near misses that are answered with the right one."""

from fractions import Fraction

import pytest

from regimens.errors import RegimenError
from regimens.regimen import MIU, Course, Cycle, Dose, Regimen, Rest, Weekly, days, hours, mg, parse_regimen, weeks
from regimens.regimen.cursor import EXAMPLES
from regimens.regimen.words import parse_dose, parse_frequency, parse_plan, parse_rest

SENTENCES = {
    "0.5 MIU SC daily x 5": Regimen(Course(MIU(0.5), every=days(1), doses=5)),
    "(1 MIU SC every other day x 7, rest 14 days) x 3": Regimen(
        Cycle(Course(MIU(1), every=days(2), doses=7), Rest(days(14)), repeats=3)
    ),
    "(1.5 MIU SC daily x 5, rest 9-16 days) x 4": Regimen(
        Cycle(Course(MIU(1.5), every=days(1), doses=5), Rest(days(9), days(16)), repeats=4)
    ),
    "1 MIU SC daily x 5, rest 9 days, 1 MIU SC every 2 weeks x 12": Regimen(
        Course(MIU(1), every=days(1), doses=5), Rest(days(9)), Course(MIU(1), every=weeks(2), doses=12)
    ),
    "0.26 MIU/m2 SC every 3 days x 28": Regimen(Course(MIU(0.26).per_m2, every=days(3), doses=28)),
    "0.2 MIU/m2 SC 3 times a week x 72": Regimen(Course(MIU(0.2).per_m2, every=Weekly((0, 2, 4)), doses=72)),
    "1 MIU SC on days 0, 1 and 3 of each week x 9": Regimen(Course(MIU(1), every=Weekly((0, 1, 3)), doses=9)),
    "1 MIU SC twice daily x 10": Regimen(Course(MIU(1), every=hours(12), doses=10)),
    "1 MIU SC every 8 h x 10": Regimen(Course(MIU(1), every=hours(8), doses=10)),
    "9 MIU IV every 8 h over 15 min x 14": Regimen(Course(Dose(MIU(9), "IV", over=hours("0.25")), every=hours(8), doses=14)),
    "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h": Regimen(
        il2=Course(MIU(0.5), every=days(1), doses=5),
        tocilizumab=Dose(mg(8).per_kg.at_most(mg(800)), "IV", over=hours(1)),
    ),
    "from protocol day 8, 1 MIU SC weekly x 4": Regimen(Rest(days(7)), Course(MIU(1), every=weeks(1), doses=4)),
    "no dose": Regimen(),
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_has_one_parse_and_is_its_own_echo(text):
    regimen = parse_regimen(text)
    assert regimen == SENTENCES[text]
    assert regimen.in_words() == text


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_that_errors_show_can_be_read(text):
    assert parse_regimen(parse_regimen(text).in_words()) == parse_regimen(text)


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("1MIU sc daily x5", "1 MIU SC daily x 5"),
        ("  1 MIU  s.c.  every   day × 5 ", "1 MIU SC daily x 5"),
        ("0.26 MIU/m² SC every 3 days x 28", "0.26 MIU/m2 SC every 3 days x 28"),
        ("1 MIU/d SC x 5", "1 MIU SC daily x 5"),
        ("1 MIU SC daily for 5 days", "1 MIU SC daily x 5"),
        ("1 MIU SC every other day for 2 weeks", "1 MIU SC every other day x 7"),
        ("1 MIU SC 3 times a week for 24 weeks", "1 MIU SC 3 times a week x 72"),
        ("1000 kIU SC every 24 h x 5", "1 MIU SC daily x 5"),
        ("1e6 IU SC every 168 h x 2", "1 MIU SC weekly x 2"),
        ("(1 MIU SC daily x 5, rest 9–16 days) x 2", "(1 MIU SC daily x 5, rest 9-16 days) x 2"),
        ("rest 7 days, 1 MIU SC daily x 5", "from protocol day 8, 1 MIU SC daily x 5"),
        ("1 MIU SC daily x 5, from protocol day 15, 1 MIU SC weekly x 2", "1 MIU SC daily x 5, rest 9 days, 1 MIU SC weekly x 2"),
        ("1 MIU SC on day 0 of each week x 4", "1 MIU SC weekly x 4"),
        ("50 µg SC once", "0.05 mg SC once".replace("0.05 mg", "50 ug")),
    ],
)  # fmt: skip
def test_other_ways_to_write_it_mean_the_same(loose, strict):
    assert parse_regimen(loose).in_words() == strict


DAILY = "For example: 0.5 MIU SC daily x 5"
AMOUNTS = "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg)."
NEAR_MISSES = {
    "1 MUI SC daily x 5": ("'MUI' is not a unit of amount.", 2, f"Did you mean 'MIU'? {AMOUNTS}"),
    "1 mIU SC daily x 5": (
        "'mIU' is not a unit of amount.", 2, "'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU.",
    ),
    "1 MU SC daily x 5": (
        "'MU' is not a unit of amount.", 2, "'MU' has been printed for several different units. Write 'MIU' for a million IU.",
    ),
    "1 M SC daily x 5": ("'M' is not a unit of amount.", 2, "'M' alone does not say which unit. Write 'MIU' for a million IU."),
    "50 WIU SC daily x 5": (
        "'WIU' is not a unit of amount.", 3, "1 WIU is 10,000 IU (50 WIU are 0.5 MIU). Write the amount in IU, kIU or MIU.",
    ),
    "1 daily x 5": ("'daily' is not a unit of amount.", 2, AMOUNTS),
    "1": ("The amount '1' has no unit.", 1, AMOUNTS),
    "1,000 IU SC daily x 3": (
        "A comma between digits can be read in two ways. Write a decimal point and no thousands separators.", 1, AMOUNTS,
    ),
    "0 MIU SC daily x 5": (
        "An amount of 0 MIU cannot be given.", 0, "Amounts are greater than zero; an arm without doses is written 'no dose'.",
    ),
    "-1 MIU SC daily x 5": ("Found '-' where an amount greater than zero, written without a sign, is expected.", 0, DAILY),
    "1 MIU daily x 5": ("Found 'daily' where a route (SC, IV, IM, PO or inhaled) is expected.", 6, DAILY),
    "1 MIU SC dayly x 5": (
        "Found 'dayly' where how often, such as 'daily', 'every 2 days', 'weekly' or 'once', is expected.", 9,
        f"Did you mean 'daily'? {DAILY}",
    ),
    "1 MIU SC daily": ("Found the end where 'x' and the total number of doses is expected.", 14, DAILY),
    "1 MIU SC daily x 0": ("Found '0' where the total number of doses (a whole number from 1 up) is expected.", 17, DAILY),
    "1 MIU SC daily x 2.5": ("Found '2.5' where the total number of doses (a whole number from 1 up) is expected.", 17, DAILY),
    "1 MIU SC daily x 5 rest 3 days": (
        "Found 'rest' where ',' or the end is expected.", 19,
        "Parts that follow each other are separated by ','. For example: (1.5 MIU SC daily x 5, rest 9-16 days) x 4",
    ),
    "1 MIU SC every 0 h x 3": ("Interval must be longer than zero, found 0 h.", 15, ""),
    "1 MIU SC daily x 5, rest 0 h, 1 MIU SC once": ("Rest must be longer than zero, found 0 days.", 25, ""),
    "1 MIU SC daily x 5, rest 9": ("'9' has no unit.", 26, "Write for example '9 days'. Times are written in min, h, days or weeks."),
    "1 MIU SC every x 5": ("'x' is not a unit of time.", 15, "Times are written in min, h, days or weeks."),
    "1 MIU SC every": ("Found the end where a unit of time is expected.", 14, "Times are written in min, h, days or weeks."),
    "1 MIU/week SC x 5": (
        "'/week' is not a basis of a dose.", 6, "A dose is flat, per m2 or per kg. A dose a week is written '1 MIU SC weekly'.",
    ),
    "1/0 MIU SC daily x 5": ("The amount '1' has no unit.", 1, AMOUNTS),
    "(from protocol day 8, 1 MIU SC once) x 2": (
        "'from protocol day' cannot stand inside a bracket, whose repeats start on different days.", 1, "Use a rest there.",
    ),
    "1 MIU SC once, rest 9-16 days, from protocol day 20, 1 MIU SC once": (
        "'from protocol day' cannot follow a rest that is a range.", 31, "Use a rest there.",
    ),
    "1 MIU SC every month x 3": (
        "'month' has no fixed length.", 15,
        "Write a number of weeks or days (28 days, 4 weeks). Times are written in min, h, days or weeks.",
    ),
    "1 MIU SC 2 times a week x 8": (
        "'2 times a week' does not say on which days.", 9, "Write for example 'on days 0 and 3 of each week'.",
    ),
    "1 MIU SC every other day for 13 days": (
        "13 days is not a whole number of intervals of 2 days.", 25, "Write 'x' and the total number of doses.",
    ),
    "1 MIU IV daily over 25 h x 3": (
        "An infusion over 25 h does not fit an interval of 1 day.", 0, "An infusion must end before the next dose starts.",
    ),
    "1 MIU SC daily x 5, from protocol day 3, 1 MIU SC once": (
        "Protocol day 3 is before the end of the preceding parts, which last 5 days.", 20, "Courses of one drug do not overlap.",
    ),
    "il2: 1 MIU SC once; il2: 1 MIU SC once": (
        "The plan of 'il2' is given twice.", 20, "Separate the courses of one drug by ','.",
    ),
    "il2: 1 MIU SC once; 2 MIU SC once": ("The plan of 'il2' is given twice.", 20, "Separate the courses of one drug by ','."),
    "1 MIU SC daily x 1000000000": (
        "Number of doses must be from 1 to 100000, found 1000000000.", 0, "",
    ),
    "1 MIU SC daily x 5 $": ("Unexpected character '$'.", 19, "See `regimens explain --help` for examples."),
    "(1 MIU SC daily x 5": ("Found the end where ',' or ')' is expected.", 19, DAILY),
    "1 MIU/kg (max 2 MIU, in 0.1 MIU) SC daily x 5": (
        "Found '0.1' where 'in steps of' and the smallest difference between doses is expected.", 24, DAILY,
    ),
    "1 MIU SC (in steps of 0.1 MIU) daily x 5": (
        "Found '(' where how often, such as 'daily', 'every 2 days', 'weekly' or 'once', is expected.", 9, DAILY,
    ),
    "1 MIU/kg (in steps of 0.1 MIU/kg) SC daily x 5": (
        "'0.1 MIU/kg' cannot be the step of '1 MIU/kg'.", 22, "A step is a flat amount in IU or its multiples.",
    ),
    "1 MIU (in steps of 0.1 MIU) SC daily x 5": (
        "A flat amount needs no step.", 19, "Steps belong to amounts per m2 or per kg.",
    ),
    "()": ("Found ')' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected.", 1, DAILY),
}  # fmt: skip


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_is_answered_with_the_place_and_what_would_be_right(text):
    message, at, advice = NEAR_MISSES[text]
    with pytest.raises(RegimenError) as raised:
        parse_regimen(text)
    assert (raised.value.message, raised.value.at) == (message, at)
    assert raised.value.advice.startswith(advice.split("For example")[0])
    assert str(raised.value).splitlines()[1:3] == [f"    {text}", "    " + " " * at + "^"]


@pytest.mark.parametrize(
    ("regimen", "words"),
    [
        (Regimen(drug=Course(MIU(1), every=days(1), doses=5)), "drug: 1 MIU SC daily x 5"),
        (Regimen(drug=Dose(mg(1))), "1 mg SC once"),
        (Regimen(il2=Dose(MIU(1)), drug=Dose(mg(1))), "drug: 1 mg SC once; il2: 1 MIU SC once"),
        (Regimen(_muteïn=Dose(mg(1))), "_muteïn: 1 mg SC once"),
        (Regimen(Dose(MIU(Fraction(21, 13)))), "21/13 MIU SC once"),
        (Regimen(Course(MIU(1), every=hours(Fraction(50, 7)), doses=2)), "1 MIU SC every 3000/7 min x 2"),
        (
            Regimen(Dose(MIU(1)), Rest(hours(Fraction(50, 7)), days(9)), Dose(MIU(1))),
            "1 MIU SC once, rest 3000/7-12960 min, 1 MIU SC once",
        ),
    ],
)
def test_every_regimen_built_in_python_can_be_read_back_from_its_words(regimen, words):
    assert regimen.in_words() == words
    assert parse_regimen(words) == regimen


def test_deep_brackets_and_endless_texts_are_refused():
    with pytest.raises(RegimenError, match="nested more than 10 deep"):
        parse_regimen("(" * 50 + "1 MIU SC once" + ")" * 50)
    with pytest.raises(RegimenError, match="at most 2000"):
        parse_regimen("1 MIU SC once, rest 1 day, " * 200)


def test_the_words_of_parts_can_be_read_alone():
    assert parse_dose("8 mg/kg (max 800 mg) IV over 1 h") == Dose(mg(8).per_kg.at_most(mg(800)), "IV", over=hours(1))
    stepped = MIU("0.3").per_kg.at_most(MIU("1.2")).in_steps_of(MIU("0.05"))
    assert parse_dose("0.3 MIU/kg (max 1.2 MIU, in steps of 0.05 MIU) SC") == Dose(stepped)
    assert parse_dose("0.35 MIU/m2 (in steps of 50 kIU) SC") == Dose(MIU("0.35").per_m2.in_steps_of(MIU("0.05")))
    assert parse_frequency("2 days") == parse_frequency("every other day") == days(2)
    assert parse_frequency("3 times a week") == Weekly((0, 2, 4))
    assert parse_rest("9-16 days") == Rest(days(9), days(16))
    assert parse_plan("no dose") == ()

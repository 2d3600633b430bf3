"""What the words of the clinic mean, and what can be read in two ways: refused, with what to write for each reading."""

import pytest

from regimens.errors import RegimenError
from regimens.regimen import parse_regimen
from regimens.regimen.words import parse_dose, parse_frequency

MEANS = {
    "1 MIU SC daily x 5 doses": "1 MIU SC daily x 5",
    "1 MIU daily SC x 5": "1 MIU SC daily x 5",
    "1 MIU SC every 4 weeks at week 0 x 3": "(1 MIU SC once, rest 28 days) x 3",
    "1 MIU SC daily x 5, rest for 9 days, 1 MIU SC once": "1 MIU SC daily x 5, rest 9 days, 1 MIU SC once",
    "1 MIU SC 5 days per week on Mon-Fri x 5": "1 MIU SC on days 0, 1, 2, 3 and 4 of each week x 5",
    "1 MIU SC daily x 5 in 28-day cycles x 3": "(1 MIU SC daily x 5, rest 23 days) x 3",
    "1 MIU SC daily x 5 per 28-day cycle for 12 weeks": "(1 MIU SC daily x 5, rest 23 days) x 3",
    "1 MIU SC d1, d8, d15 q28d x 3": "(1 MIU SC weekly x 3, rest 7 days) x 3",
    "1 MIU SC daily for 5 consecutive days": "1 MIU SC daily x 5",
    "1 MIU SC weekly x 4; then 2 MIU SC weekly x 4": "1 MIU SC weekly x 4, 2 MIU SC weekly x 4",
    "il2: 1 MIU SC at weeks 0, 2 and 6; rapamycin: 1 mg PO daily x 2": (
        "il2: 1 MIU SC once, rest 14 days, 1 MIU SC once, rest 28 days, 1 MIU SC once; rapamycin: 1 mg PO daily x 2"
    ),
    "1 MIU SC on Mon, Wed and Fri of each week x 6": "1 MIU SC 3 times a week x 6",
    "1 MIU SC on protocol days 1, 3 and 5 of each week x 6": "1 MIU SC 3 times a week x 6",
    "1 MIU SC x 5 daily": "1 MIU SC daily x 5",
    "1 MIU SC daily x 5 days": "1 MIU SC daily x 5",
    "1 MIU SC weekly x 12 weeks": "1 MIU SC weekly x 12",
    "1 MIU/day/m2 SC x 5": "1 MIU/m2 SC daily x 5",
    "1 MIU per m2 SC daily x 5": "1 MIU/m2 SC daily x 5",
    "1 MIU/day SC 3 times a week x 6": "1 MIU SC 3 times a week x 6",
    "10^6 IU s.q. q.d. x 5": "1 MIU SC daily x 5",
    "1,234,567.5 IU SC once": "1.2345675 MIU SC once",
    "1 MIU SC once on protocol day 8": "from protocol day 8, 1 MIU SC once",
    "1 MIU SC each day x 5": "1 MIU SC daily x 5",
    "1 MIU SC 4 times daily x 8": "1 MIU SC every 6 h x 8",
    "1 MIU SC QID x 8": "1 MIU SC every 6 h x 8",
    "1 MIU SC qow x 3": "1 MIU SC every 2 weeks x 3",
    "1 MIU SC 7 times a week x 7": "1 MIU SC daily x 7",
    "1 MIU SC every third day x 3": "1 MIU SC every 3 days x 3",
    "1 MIU SC q28d x 4 on days 1-5": "(1 MIU SC daily x 5, rest 23 days) x 4",
    "1 MIU/day SC x 5 every 28 days x 3": "(1 MIU SC daily x 5, rest 23 days) x 3",
    "1 MIU SC on days 1, 8 and 15 of each cycle of 28 days x 9 doses": "(1 MIU SC weekly x 3, rest 7 days) x 3",
    "1 MIU SC on days 0, 2 and 4 of each 7-day cycle x 2 cycles": "(1 MIU SC every other day x 3, rest 1 day) x 2",
    "1 MIU SC on days 1-3, 10 and 20 of each 28-day cycle x 1 cycle": (
        "(1 MIU SC daily x 3, rest 6 days, 1 MIU SC once, rest 10 days, 1 MIU SC once, rest 9 days) x 1"
    ),
    "1 MIU SC on days 0, 7, 14, 15 and 16": "1 MIU SC once, rest 7 days, 1 MIU SC once, rest 7 days, 1 MIU SC daily x 3",
    "1 MIU SC on protocol days 1-5, rest 9 days, 1 MIU SC once": "1 MIU SC daily x 5, rest 9 days, 1 MIU SC once",
    "1 MIU SC BID on protocol days 1 and 8": "1 MIU SC twice daily x 2, rest 6 days, 1 MIU SC twice daily x 2",
    "1 MIU SC weekly at weeks 0-3": "1 MIU SC weekly x 4",
    "1 MIU SC daily x 5, 2 MIU SC on elapsed days 7 and 14": "1 MIU SC daily x 5, rest 2 days, 2 MIU SC weekly x 2",
    "(1 MIU SC on days 0, 7 and 14, rest until day 28) x 3": (
        "(1 MIU SC once, rest 7 days, 1 MIU SC once, rest 7 days, 1 MIU SC once, rest 14 days) x 3"
    ),
    "load 3 MIU SC, then 1 MIU SC every 2 weeks x 3, rest 14 days": "3 MIU SC once, rest 14 days, 1 MIU SC every 2 weeks x 3, rest 14 days",
    "1 MIU SC Fri-Mon x 4": "1 MIU SC on days 0, 1, 2 and 3 of each week x 4",
    "1 MIU SC Monday, Wednesday, and Friday x 3": "1 MIU SC 3 times a week x 3",
    "1 MIU SC Mon & Thu x 2, 2 MIU SC daily x 2": "1 MIU SC on days 0 and 3 of each week x 2, 2 MIU SC daily x 2",
    "1 MIU SC daily x 5 and then 1 MIU SC weekly x 2": "1 MIU SC daily x 5, 1 MIU SC weekly x 2",
    "1 MIU SC daily x 5; rapamycin: 1 mg PO on Mon x 2": "il2: 1 MIU SC daily x 5; rapamycin: 1 mg PO weekly x 2",
}  # fmt: skip

REFUSED = {
    "1 MIU SC on days 1, 8 and 15 of each 28-day cycle x 9": (
        "'x 9' can be the number of cycles or of doses.", "x 9",
        "Write 'x 9 cycles' for 27 doses, or 'x 9 doses' for 3 cycles.",
    ),
    "1 MIU SC on days 1, 8 and 15 of each 28-day cycle x 4": (
        "'x 4' can be the number of cycles or of doses.", "x 4",
        "Write 'x 4 cycles' for 12 doses, or 'x 3 doses' for 1 cycle.",
    ),
    "1 MIU SC on days 1, 8 and 15 of each 28-day cycle x 4 doses": (
        "4 doses are not a whole number of cycles of 3.", "x 4", "Write the number of cycles.",
    ),
    "1 MIU SC daily x 5 every 28 days for 10 weeks": (
        "70 days is not a whole number of cycles of 28 days.", "for 10", "Write the number of cycles.",
    ),
    "1 MIU SC daily x 5 every 28 days": (
        "Found the end where 'x' and the number of cycles, such as 'x 3 cycles', is expected.", "",
        "For example: 1 MIU SC daily x 5 every 28 days x 3 cycles",
    ),
    "1 MIU SC on days 1, 8 and 30 of each 28-day cycle x 3 cycles": (
        "The last dose is 29 days after the first day, outside a cycle of 28 days.", "on days",
        "A cycle is longer than the time up to its last dose.",
    ),
    "1 MIU SC 3 times a week for 5 weeks every 28 days x 3 cycles": (
        "The last dose is 32 days after the first day, outside a cycle of 28 days.", "1 MIU",
        "A cycle is longer than the time up to its last dose.",
    ),
    "1 MIU SC 3 times a week x 12 every 27 days x 3 cycles": (
        "The doses last 28 days, longer than a cycle of 27 days.", "1 MIU", "",
    ),
    "1 MIU SC for 5 days every 28 days": (
        "'for 5 days every 28 days' can be read in two ways.", "for 5",
        "Write '1 MIU SC every 28 days x 5' for doses 28 days apart, or '1 MIU SC daily for 5 days every 28 days x 3 cycles' "
        "for daily doses that are repeated in cycles of 28 days.",
    ),
    "1 MIU SC daily x 5, every 28 days x 3": (
        "'every 28 days' behind a ',' can be read in two ways.", "every",
        "Write 'then' in place of the ',' to go on with the same dose, or no ',' for the length of a cycle: "
        "'daily x 5 every 28 days x 3 cycles'.",
    ),
    "1 MIU SC weekly x 3 cycles": (
        "'cycles' are counted, but there is none here.", "x 3",
        "Write the length of the cycle ('daily x 5 every 28 days x 3 cycles'), or brackets: "
        "'(1 MIU SC daily x 5, rest 23 days) x 3'.",
    ),
    "1 MIU SC at weeks 2 and 6": (
        "'weeks 2 and 6' can be read in two ways.", "at weeks",
        "Write 'protocol weeks 2 and 6' if the first week is 1, 'elapsed weeks 2 and 6' if it is 0. Those of a cycle are "
        "written 'weeks 2 and 6 of each 6-week cycle x 3 cycles'.",
    ),
    "1 MIU SC daily on days 1-5": (
        "'days 1-5' can be read in two ways.", "on days",
        "Write 'protocol days 1-5' if the first day is 1, 'elapsed days 1-5' if it is 0. Those of a cycle are written "
        "'days 1-5 of each 28-day cycle x 3 cycles'.",
    ),
    "1 MIU SC on protocol days 0 and 7": (
        "Protocol days are counted from 1.", "on protocol", "Elapsed days are counted from 0.",
    ),
    "1 MIU SC on days 0, 7 and 14 x 9": (
        "'days 0, 7 and 14' are 3 doses, and another number is said.", "x 9",
        "Leave it out, or write the cycle that is repeated: 'days 0, 7 and 14 of each 28-day cycle x 3 cycles'.",
    ),
    "1 MIU SC every 3 days on days 0, 7 and 14": (
        "'days 0, 7 and 14' and how often do not agree.", "on days", "Say one of them.",
    ),
    "1 MIU SC on days 0, 7 and 7": ("Days are not in rising order.", "on days", "Name each day once, the first one first."),
    "1 MIU SC every 1 min on days 0-9999 and 10001": (
        "Number of doses must be from 1 to 100000, found 14401440.", "on days", "",
    ),
    "1 MIU SC every 1 min on days 0-9999": ("Number of doses must be from 1 to 100000, found 14400000.", "on days", ""),
    "1 MIU SC on days 5-1": ("5-1 is not a range of days.", "5-1", "The first day stands first."),
    "1 MIU SC on days 0-99999999999": ("0-99999999999 is not a range of days.", "0-9", "The first day stands first."),
    "(1 MIU SC on protocol days 1 and 8) x 2": (
        "Protocol days cannot stand inside a bracket, whose repeats start on different days.", "on protocol",
        "Write elapsed days, counted from the start of the bracket.",
    ),
    "1 MIU SC once, rest 9-16 days, 1 MIU SC on elapsed days 20 and 27": (
        "Days cannot be named after a rest that is a range.", "on elapsed", "Use a rest there.",
    ),
    "1 MIU SC daily x 5, 1 MIU SC on protocol days 1 and 8": (
        "'days 1 and 8' begins before the end of the preceding parts, which last 5 days.", "on protocol",
        "Courses of one drug do not overlap.",
    ),
    "5 mg/kg IV at weeks 0, 2 and 6, then 5 mg/kg IV every 8 weeks x 6": (
        "It is not said how long after the days before this starts.", "5 mg/kg IV every",
        "Write 'rest 56 days' before it for one interval of 56 days, or another rest.",
    ),
    "5 mg/kg IV at weeks 0, 2 and 6, 5 mg/kg IV once": (
        "It is not said how long after the days before this starts.", "5 mg/kg IV once",
        "Write a rest before it, for example 'rest until day 28'.",
    ),
    "1 MIU SC daily x 5, rest until day 5, 1 MIU SC once": (
        "The preceding parts last 5 days, no less than the 5 days until which the rest lasts.", "rest",
        "Days are counted from 0, the start; in brackets from the start of the bracket.",
    ),
    "1 MIU SC once, rest 9-16 days, 1 MIU SC once, rest until day 28, 1 MIU SC once": (
        "'rest until' cannot follow a rest that is a range.", "rest until", "Write how long the rest is.",
    ),
    "1 MIU SC biweekly x 4": (
        "'biweekly' can be read in two ways.", "biweekly",
        "Write 'every 2 weeks', or for two doses a week 'on days 0 and 3 of each week'.",
    ),
    "1 MIU SC once a month x 3": (
        "'month' has no fixed length.", "month", "Write 'every 4 weeks' (28 days), or 'every 30 days'.",
    ),
    "1 MIU SC quarterly x 3": (
        "'quarterly' has no fixed length.", "quarterly",
        "Write 'every 12 weeks' (84 days), or for quarters of a year 'every 91 days'.",
    ),
    "1 MIU SC every weeks x 3": ("'weeks' has no number.", "weeks", "Write for example 'every 2 weeks' or 'every week'."),
    "1 MIU SC 9 times a week x 9": (
        "A week has no 9 days.", "9 times", "Write 'every' and the time between two doses.",
    ),
    "1 MIU SC 3 times a week on Mon and Fri x 6": (
        "The weekdays and how often do not agree.", "on Mon",
        "Name the weekdays only. Cycles are written with brackets and a rest.",
    ),
    "1 MIU SC every other day on days 0 and 3 of each week x 4": (
        "The days of the week and how often do not agree.", "on days", "Say the days only.",
    ),
    "1 MIU SC on Mon, Wed and Mon x 4": ("Monday is named twice.", "Mon x", "Name each weekday once."),
    "(1 MIU SC on Mon and Thu x 4, rest 9 days) x 3": (
        "Weekdays cannot stand inside a bracket whose repeats start on different weekdays.", "on Mon",
        "A cycle of whole weeks keeps its weekdays; else write 'on days 0 and 3 of each week'.",
    ),
    "1 MIU SC once, rest 9-16 days, 1 MIU SC on Mon x 2": (
        "Weekdays cannot follow a rest that is a range.", "on Mon", "Write 'on days 0 and 3 of each week'.",
    ),
    "1 MIU SC on Mon x 4 every 28 days x 3": (
        "The weekdays and how often do not agree.", "on Mon",
        "Name the weekdays only. Cycles are written with brackets and a rest.",
    ),
    "il2: 1 MIU SC on Mon x 3; rapamycin: 2 mg PO on Tue x 3": (
        "The plans of two drugs name weekdays, and nothing says on which weekday day 0 falls.", "on Tue",
        "Say it: 'day 0: Monday' in a scenario, '--day-0 Monday' for explain, day_0='Monday' in Python.",
    ),
    "1 MIU SC every 4 weeks at week 4 x 3": (
        "'week 4' can be read in two ways.", "at week",
        "Write 'protocol week 4' if the first week is 1, 'elapsed week 4' if it is 0. Those of a cycle are written "
        "'week 4 of each 4-week cycle x 3 cycles'.",
    ),
    "1 MIU SC 5 days a week x 10": (
        "'5 days a week' does not say on which days.", "5 days",
        "Write for example 'on days 0, 1, 2, 3 and 4 of each week'. Weekdays may be named: 'on Mon, Tue, Wed, Thu and Fri'.",
    ),
    "1 MIU SC every 4-6 weeks x 3": (
        "An interval cannot be a range.", "4-6", "Write one length; a rest may be a range: 'rest 9-16 days'.",
    ),
    "0.5-1 MIU SC daily x 5": (
        "The amount '0.5' has no unit.", "-",
        "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg). "
        "A dose is one amount, not a range: write an arm for each.",
    ),
    "aldesleukin 1 MIU SC daily x 5": (
        "Found 'aldesleukin' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected.", "aldesleukin",
        "A dose begins with its amount. The name of a drug ends in ':', as in 'il2: 1 MIU SC daily x 5'.",
    ),
    "1 MIU SC daily x 5, off 9 days": (
        "Found 'off' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected.", "off",
        "A pause is written 'rest 9 days'.",
    ),
    "1 MIU SC on Mon of each 28-day cycle x 3 cycles": (
        "Weekdays and a cycle are two ways to say when.", "on Mon", "Use brackets and a rest.",
    ),
    "1 MIU SC on days 1, 3 and 5 of each week x 6": (
        "'on days 1, 3 and 5 of each week' can be read in two ways.", "on days",
        "Write 'on protocol days 1, 3 and 5 of each week' if the first day is 1; if it is 0, write a rest of 1 day before "
        "'on days 0, 2 and 4 of each week'.",
    ),
    "1 MIU SC x 1": ("'x 1' does not say how often.", "x 1", "Write 'once' for one dose."),
    "1 MIU SC x 5": ("'x 5' does not say how often.", "x 5", "Write for example 'daily x 5'."),
    "0.5 MIU SC once x 5": (
        "'once' is one dose, and a number of doses or a cycle is said too.", "0.5",
        "Write 'daily', 'weekly' or another interval in place of 'once'.",
    ),
    "2 MIU/m2/day SC every other day x 5": (
        "An amount a day that is given every 2 days can be read in two ways.", "day SC",
        "Leave out '/day' and write '2 MIU/m2 SC every 2 days' or '4 MIU/m2 SC every 2 days'.",
    ),
    "1 MIU/kg (max 2 MIU/day) SC daily x 5": ("A limit is of one dose, not of a day.", "day)", "Leave out '/day'."),
    "load 3 MIU/day SC, then 1 MIU SC daily x 5": (
        "A loading dose is given once, not every day.", "day", "Leave out '/day'.",
    ),
    "load 3 MIU SC, then 1 MIU SC 3 times a week x 6": (
        "It is not said how long after the loading dose this starts.", "1 MIU", "Write a rest between them: 'rest 7 days'.",
    ),
    "load 3 MIU SC": ("Found the end where ',' or 'then' and the doses after the loading dose is expected.", "", "For"),
    "1 MIU SC & 0.5 MIU IV daily x 5": (
        "'1 MIU SC' and '0.5 MIU IV' at one moment cannot be added.", "&",
        "Two doses of one drug at one moment have one route and one kind of amount. Two drugs are named: "
        "'il2: 1 MIU SC daily x 5 & tocilizumab: 8 mg/kg IV once over 1 h'.",
    ),
    "1 MIU SC daily x 5 & 2 MIU SC weekly x 2": (
        "'&' joins the plans of two drugs, or two doses at one moment.", "&",
        "Write 'il2: 1 MIU SC daily x 5 & tocilizumab: 8 mg/kg IV once over 1 h'. Courses of one drug do not overlap.",
    ),
    "1,5 MIU SC daily x 5": (
        "A comma between digits can be read in two ways. Write a decimal point and no thousands separators.", ",",
        "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg). "
        "Write '1.5' if it is a decimal comma.",
    ),
    "1 MIU SC daily, 5 doses": ("Found ',' where 'x' and the total number of doses is expected.", ",", "For"),
    "1 MIU SC daily x 5, 5 doses": (
        "'doses' is not a unit of amount.", "doses",
        "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", MEANS)
def test_words_of_the_clinic_mean_what_the_house_writes(text):
    assert parse_regimen(text).in_words() == MEANS[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_says_too_little_or_two_things_is_refused_at_its_place_with_what_to_write(text):
    message, place, advice = REFUSED[text]
    with pytest.raises(RegimenError) as raised:
        parse_regimen(text)
    assert raised.value.message == message
    assert raised.value.at == (text.rindex(place) if place else len(text))
    assert raised.value.advice == advice or (advice.startswith("For") and raised.value.advice.startswith("For example: "))


def test_the_weekday_of_day_0_places_the_first_dose():
    assert parse_regimen("1 MIU SC on Mon and Thu x 4", "Thursday").in_words() == "1 MIU SC on days 0 and 4 of each week x 4"
    assert parse_regimen("1 MIU SC on Mon x 2", "sat").in_words() == "from protocol day 3, 1 MIU SC weekly x 2"
    two = parse_regimen("il2: 1 MIU SC on Mon x 3; rapamycin: 2 mg PO on Tue x 3", "Monday")
    assert two.in_words() == "il2: 1 MIU SC weekly x 3; rapamycin: from protocol day 2, 2 mg PO weekly x 3"
    with pytest.raises(RegimenError) as raised:
        parse_regimen("1 MIU SC daily x 5", "Mo")
    assert str(raised.value) == (
        "'Mo' is not a weekday. Weekdays are Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday."
    )


def test_a_dose_and_an_interval_alone_have_no_day_and_no_count():
    with pytest.raises(RegimenError, match="This is the amount of one dose, not of a day"):
        parse_dose("1 MIU/day SC")
    with pytest.raises(RegimenError, match="'twice a week' does not say on which days"):
        parse_frequency("twice a week")
    with pytest.raises(RegimenError, match="This is not an interval"):
        parse_frequency("once")
    assert parse_frequency("on days 0 and 3 of each week").days == (0, 3)
    assert parse_frequency("q2w").hours == parse_frequency("14 d").hours == 336

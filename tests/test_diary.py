"""The dosing diary: every dose on its date, stable identities, the same bytes each time, as another program reads them."""

import builtins
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from icalendar import Calendar

from regimens.diary import Person, diary
from regimens.errors import RegimenError, RegimensError
from regimens.exposure import exposure_of
from regimens.regimen import parse_regimen
from regimens.shipped import names
from regimens.subject import Subject
from tests.small import shipped_scenario
from tests.test_cli import run

MARCH = date(2027, 3, 1)


def events_of(text):
    return Calendar.from_ical(text).walk("VEVENT")


def starts_of(text):
    return [event["DTSTART"].dt for event in events_of(text)]


def test_doses_of_whole_days_are_events_of_whole_days():
    text = diary(parse_regimen("1 MIU SC every other day x 3"), MARCH)
    assert starts_of(text) == [date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 5)]
    assert all("DTEND" not in event for event in events_of(text))


def test_a_clock_time_makes_floating_local_times():
    starts = starts_of(diary(parse_regimen("1 MIU SC daily x 2"), MARCH, time(7, 30)))
    assert starts == [datetime(2027, 3, 1, 7, 30), datetime(2027, 3, 2, 7, 30)]
    assert [start.tzinfo for start in starts] == [None, None]


def test_doses_within_days_have_times_from_nine_in_the_morning_on():
    starts = starts_of(diary(parse_regimen("1 MIU SC every 8 h x 3"), MARCH))
    assert starts == [datetime(2027, 3, 1, 9), datetime(2027, 3, 1, 17), datetime(2027, 3, 2, 1)]


def test_leap_days_and_ends_of_months_are_days_of_the_calendar():
    assert starts_of(diary(parse_regimen("1 MIU SC daily x 3"), date(2028, 2, 28))) == [
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1),
    ]  # fmt: skip
    assert starts_of(diary(parse_regimen("1 MIU SC daily x 2"), date(2100, 2, 28)))[1] == date(2100, 3, 1)
    assert starts_of(diary(parse_regimen("1 MIU SC weekly x 53"), date(2027, 12, 31)))[-1] == date(2028, 12, 29)


def test_an_event_says_amount_route_dose_cycle_and_both_counts_of_days():
    first, *_, last = events_of(diary(parse_regimen("(1.5 MIU SC daily x 5, rest 9 days) x 4"), MARCH, name="five days"))
    assert first["SUMMARY"] == last["SUMMARY"] == "IL-2 1.5 MIU SC"
    assert last["DESCRIPTION"] == (
        "Arm: five days.\nDose 5 of 5 of cycle 4 of 4, day 46 (protocol day 47).\nFor research. Not for treatment decisions."
    )


def test_an_infusion_ends_when_it_is_over():
    text = "tocilizumab: 8 mg/kg (max 800 mg) IV once over 90 min"
    (event,) = events_of(diary(parse_regimen(text), MARCH, time(9)))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (datetime(2027, 3, 1, 9), datetime(2027, 3, 1, 10, 30))


PER_SIZE = {
    ("per kg", None): (
        "tocilizumab 8 mg/kg (max 800 mg) IV",
        "Amount 8 mg/kg (max 800 mg): the size of the person is not given.",
    ),
    ("per kg", "90"): ("tocilizumab 720 mg IV", "Amount 8 mg/kg (max 800 mg), for 90 kg 720 mg."),
    ("per kg", "110"): ("tocilizumab 800 mg IV", "Amount 8 mg/kg (max 800 mg), for 110 kg 800 mg."),
    ("per m2", None): ("IL-2 0.26 MIU/m2 SC", "Amount 0.26 MIU/m2: the size of the person is not given."),
    ("per m2", "1.9"): ("IL-2 0.494 MIU SC", "Amount 0.26 MIU/m2, for 1.9 m2 0.494 MIU."),
}


@pytest.mark.parametrize(("basis", "size"), PER_SIZE)
def test_an_amount_per_size_is_that_of_the_person_only_where_the_size_is_known(basis, size):
    text = "tocilizumab: 8 mg/kg (max 800 mg) IV once" if basis == "per kg" else "0.26 MIU/m2 SC once"
    known = None if size is None else Fraction(size)
    person = Person(weight_kg=known) if basis == "per kg" else Person(bsa_m2=known)
    (event,) = events_of(diary(parse_regimen(text), MARCH, person=person))
    assert (event["SUMMARY"], event["DESCRIPTION"].split("\n")[1]) == PER_SIZE[basis, size]


def test_identities_come_from_the_doses_the_arm_and_the_date():
    regimen = parse_regimen("(1 MIU SC daily x 2, rest 5 days) x 2")
    uids = [str(event["UID"]) for event in events_of(diary(regimen, MARCH, name="A/B, 1"))]
    assert [uid.rpartition("-")[0] for uid in uids] == [f"A/B%2C%201/il2/c{c}/d{d}" for c in (1, 2) for d in (1, 2)]
    again = [str(event["UID"]) for event in events_of(diary(regimen, MARCH, time(9), "A/B, 1"))]
    assert again == uids
    others = [(regimen, MARCH + timedelta(1), "A/B, 1"), (regimen, MARCH, "C"), (parse_regimen("1 MIU SC once"), MARCH, "A/B, 1")]
    for other, first, name in others:
        assert not {str(event["UID"]) for event in events_of(diary(other, first, name=name))} & set(uids)


def test_the_same_diary_is_the_same_text():
    regimen = parse_regimen("1 MIU SC daily x 5")
    assert diary(regimen, MARCH) == diary(regimen, MARCH)
    assert {event["DTSTAMP"].dt.isoformat() for event in events_of(diary(regimen, MARCH))} == {"2027-03-01T00:00:00+00:00"}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize(
    "text", ["1 MIU SC twice daily x 1001", "1 MIU SC daily x 365; tocilizumab: 8 mg/kg IV every 4 weeks x 13"]
)
def test_a_diary_has_every_dose_once_and_as_many_days_as_the_exposure(text):
    regimen = parse_regimen(f"il2: {text}")
    events = events_of(diary(regimen, MARCH, time(0)))
    rows = exposure_of(regimen, Subject())
    assert len({str(event["UID"]) for event in events}) == len(events) == sum(row.doses for row in rows)
    for row in rows:
        own = [event["DTSTART"].dt.date() for event in events if f"{row.drug}/" in str(event["UID"])]
        assert (len(set(own)), max(own)) == (row.days_on, MARCH + timedelta(row.last_day))


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_every_arm_of_the_shipped_scenarios_has_a_diary():
    for scenario in map(shipped_scenario, names("scenarios")):
        for arm in (arm for arm in scenario.arms if arm.regimen.drugs):
            assert len(events_of(diary(arm.regimen, MARCH, name=arm.name))) == len(arm.regimen.written_out())


def test_what_has_no_days_is_refused():
    with pytest.raises(RegimenError) as ranges:
        diary(parse_regimen("(1 MIU SC daily x 5, rest 9-16 days) x 2"), MARCH)
    assert str(ranges.value) == "A rest of this regimen is a range, and a diary needs its days. Write one length of the rest."
    with pytest.raises(RegimenError) as empty:
        diary(parse_regimen("no dose"), MARCH)
    assert str(empty.value) == "The regimen gives no dose, so a diary has nothing to hold."
    with pytest.raises(RegimenError) as late:
        diary(parse_regimen("1 MIU SC daily x 2"), date(9999, 12, 31))
    assert str(late.value) == "From 9999-12-31 on, the regimen runs beyond the year 9999."


def test_without_icalendar_the_message_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("icalendar"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(RegimensError) as missing:
        diary(parse_regimen("1 MIU SC once"), MARCH)
    assert str(missing.value) == "A diary needs the package icalendar: pip install 'regimens[diary]'."


SCENARIO = """\
title: Weekdays
models: [balance]
horizon: 8 weeks
population: {{subjects: 2, seed: 1}}
{day_0}arms:
  weekdays:
    regimen: 1 MIU SC on Mon and Thu x 4
  open rest:
    regimen: (1.5 MIU SC daily x 5, rest 9-16 days) x 2
    rest: {rest}
  published: {{use: koreth-2011-1}}
  parts:
    regimen: [{{dose: 1 MIU SC, every: 1 day, doses: 5}}]
  two drugs:
    regimen:
      il2: 1 MIU SC on Tue x 2
      tocilizumab: 8 mg/kg IV once
endpoints: [peak of treg_fold]
"""


@pytest.fixture
def explain(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def explained(*arguments, day_0="", rest="midpoint"):
        (tmp_path / "s.yaml").write_text(SCENARIO.format(day_0=day_0, rest=rest), encoding="utf-8")
        return run(monkeypatch, capsys, "explain", *arguments)

    return explained


def usage(said):
    return said.splitlines()[-1].removeprefix("Error: ")


def test_the_command_writes_the_diary_of_a_text(explain, tmp_path):
    code, out, err = explain("1 MIU SC daily x 2", "--ics", "d.ics", "--from", "2027-03-01", "--at", "09:00")
    assert (code, err) == (0, "Written to d.ics\n")
    assert out.startswith("1 MIU SC daily x 2\n\nil2: 2 doses of 1 MIU are 2 MIU.\n")
    assert starts_of((tmp_path / "d.ics").read_bytes()) == [datetime(2027, 3, 1, 9), datetime(2027, 3, 2, 9)]
    code, out, err = explain("1 MIU SC daily x 2", "--ics", "d.ics", "--from", "2027-03-01")
    assert (code, out, err) == (2, "", "d.ics: exists already. Name a new one; nothing is overwritten.\n")


def test_the_command_says_which_time_it_takes_where_doses_lie_within_days(explain, tmp_path):
    _, _, err = explain("1 MIU SC twice daily x 2", "--ics", "d.ics", "--from", "2027-03-01")
    assert err == "Doses lie within days; 0 h is taken to be 09:00. --at states another time.\nWritten to d.ics\n"
    assert starts_of((tmp_path / "d.ics").read_bytes()) == [datetime(2027, 3, 1, 9), datetime(2027, 3, 1, 21)]


def test_named_weekdays_stay_those_weekdays(explain, tmp_path):
    assert explain("1 MIU SC on Mon and Thu x 3", "--ics", "d.ics", "--from", "2027-03-02")[0] == 0
    assert [f"{day:%a}" for day in starts_of((tmp_path / "d.ics").read_bytes())] == ["Thu", "Mon", "Thu"]
    wrong = "Day 0 is a Monday, but 2027-03-02 is a Tuesday. Write for example --from 2027-03-08."
    for arguments, day_0 in (
        (("1 MIU SC on Mon and Thu x 3", "--day-0", "Monday"), ""),
        (("s.yaml", "--arm", "weekdays"), ""),
        (("s.yaml", "--arm", "weekdays"), "day 0: Monday\n"),
        (("s.yaml", "--arm", "open rest"), "day 0: Monday\n"),
    ):
        code, out, err = explain(*arguments, "--ics", "e.ics", "--from", "2027-03-02", day_0=day_0)
        assert (code, out, usage(err)) == (2, "", wrong)
    assert not (tmp_path / "e.ics").exists()
    assert explain("s.yaml", "--arm", "Open  rest", "--ics", "e.ics", "--from", "2027-03-02")[0] == 0


def test_a_scenario_is_explained_arm_by_arm(explain):
    code, out, _ = explain("s.yaml")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith(("Arm", "Day 0"))] == [
        "Arm 'weekdays'",
        "Day 0 is taken to be a Monday; 'day 0' of the scenario states another weekday.",
        "Arm 'open rest'",
        "Arm 'published'",
        "Arm 'parts'",
        "Arm 'two drugs'",
        "Day 0 is taken to be a Tuesday; 'day 0' of the scenario states another weekday.",
    ]


def test_drawn_rests_are_at_the_midpoint_and_that_is_said(explain):
    _, out, err = explain("s.yaml", "--arm", "open rest", "--ics", "d.ics", "--from", "2027-03-01", rest="drawn")
    assert err == "Written to d.ics\n"
    assert out.splitlines()[:3] == [
        "Arm 'open rest'",
        "Its rests are drawn for each subject; here they are at the midpoint.",
        "(1.5 MIU SC daily x 5, rest 12 days) x 2",
    ]


REFUSED = {
    ("1 MIU SC once", "--ics", "d.ics"): "A diary begins on a date. Write the date of day 0, for example --from 2027-03-01.",
    ("1 MIU SC once", "--from", "2027-03-01"): "--from is for a diary. Add --ics and the name of its file.",
    ("1 MIU SC once", "--at", "09:00"): "--at is for a diary. Add --ics and the name of its file.",
    ("1 MIU SC once", "--arm", "A"): "--arm names an arm of a scenario file, and the argument is no such file (.yaml).",
    ("s.yaml", "--ics", "d.ics", "--from", "2027-03-01"): "A diary is of one arm. Name it with --arm: 'weekdays', 'open rest', 'published', 'parts', 'two drugs'.",
    ("s.yaml", "--arm", "open rests"): "'open rests' is no arm of s.yaml. Did you mean 'open rest'?",
    ("s.yaml", "--day-0", "Monday"): "--day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_cannot_be_written_is_said_before_anything_is_explained(explain, arguments):
    code, out, err = explain(*arguments)
    assert (code, out, usage(err)) == (2, "", REFUSED[arguments])


def test_sizes_given_on_the_command_line_are_in_the_diary_and_assumed_ones_are_not(explain, tmp_path):
    text = "il2: 0.26 MIU/m2 SC once; tocilizumab: 8 mg/kg IV once"
    sizes = {
        "none": ((), ["IL-2 0.26 MIU/m2 SC", "tocilizumab 8 mg/kg IV"]),
        "weight": (("--weight", "90 kg"), ["IL-2 0.26 MIU/m2 SC", "tocilizumab 720 mg IV"]),
        "both": (("--weight", "90 kg", "--height", "160 cm"), ["IL-2 0.52 MIU SC", "tocilizumab 720 mg IV"]),
    }
    for name, (given, summaries) in sizes.items():
        assert explain(text, *given, "--ics", f"{name}.ics", "--from", "2027-03-01")[0] == 0
        assert [str(event["SUMMARY"]) for event in events_of((tmp_path / f"{name}.ics").read_bytes())] == summaries


def test_a_diary_in_a_folder_that_is_missing_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = ("explain", "1 MIU SC daily x 5", "--ics", "nodir/x.ics", "--from", "2027-03-01")
    code, _, err = run(monkeypatch, capsys, *given)
    assert (code, err) == (2, "nodir/x.ics: there is no folder 'nodir'. Make it first, or name another one.\n")
    assert list(tmp_path.iterdir()) == []


def test_arms_whose_names_have_commas_are_quoted(tmp_path, monkeypatch, capsys):
    text = (
        "title: A\nmodels: [turnover]\nhorizon: 4 weeks\narms:\n  a: {regimen: '1 MIU SC daily x 5, rest 3-4 days', rest: each}\n"
    )
    (tmp_path / "s.yaml").write_text(f"{text}endpoints: [doses]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _, _, err = run(monkeypatch, capsys, "explain", "s.yaml", "--arm", "a")
    assert err.splitlines()[-1] == "Error: 'a' is no arm of s.yaml. Known: 'a, rest 3 days', 'a, rest 4 days'."

"""Exact totals, at the typical subject and others, and differences from what a protocol says."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from regimens.drugs import UNNAMED
from regimens.errors import ExposureMismatch
from regimens.exposure import Expected, ExposureTable, audit, cut_off, exposure_of
from regimens.regimen import MIU, Course, Regimen, days, parse_regimen
from regimens.subject import Subject, mosteller

HEAVY_SUBJECT = Subject(Fraction(110), Fraction(180), mosteller(Fraction(110), Fraction(180)))


@dataclass(frozen=True)
class Arm:
    name: str
    regimen: Regimen
    expected: tuple[Expected, ...] = field(default=())


def exposure(text, subject=None):
    return exposure_of(parse_regimen(text).with_rests("midpoint"), subject or Subject(), "arm")


TOTALS = [
    ("0.5 MIU SC daily x 5", "2.5", 5),
    ("(1 MIU SC every other day x 7, rest 14 days) x 3", "21", 21),
    ("(0.75 MIU SC daily x 5, rest 9-16 days) x 4", "15", 20),
    ("(1.5 MIU SC daily x 5, rest 9-16 days) x 4", "30", 20),
    ("(3 MIU SC daily x 5, rest 9-16 days) x 4", "60", 20),
    ("0.33 MIU SC daily x 5", "1.65", 5),
    ("0.26 MIU/m2 SC every 3 days x 28", "13.104", 28),
]


@pytest.mark.parametrize(("text", "total", "doses"), TOTALS)
def test_totals_are_exact(text, total, doses):
    (row,) = exposure(text)
    assert row.total == Fraction(total) * 1_000_000
    assert row.doses == doses


def test_tocilizumab_is_560_mg_at_70_kg_and_800_mg_at_110_kg():
    text = "tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
    assert [exposure(text, subject)[0].total for subject in (Subject(), HEAVY_SUBJECT)] == [560, 800]


def test_every_number_of_three_cycles_is_right():
    (row,) = exposure("(1 MIU SC every other day x 7, rest 14 days) x 3")
    assert row.per_cycle == (7_000_000,) * 3
    assert (row.first_h, row.last_h, row.last_day) == (0, 68 * 24, 68)
    assert (row.days_on, row.days_off, row.span_h) == (21, 49, 70 * 24)
    assert row.per_week == 2_100_000
    assert row.peak_7_days == 4_000_000


def test_the_highest_7_day_sum_is_over_a_window_without_its_end():
    (row,) = exposure("1 MIU SC weekly x 3")
    assert row.peak_7_days == 1_000_000


def test_mass_and_substance_follow_the_declared_specific_activity():
    (row,) = exposure("18 MIU SC once")
    assert row.total_ug == 1100
    assert float(row.total_nmol) == pytest.approx(1100e3 / 15300, rel=1e-12)
    assert exposure("rapamycin: 2 mg SC once")[0].total_ug is None


def test_a_drug_given_once_has_no_mean_per_week():
    (row,) = exposure("1 MIU SC once")
    assert row.per_week is None
    assert row.span_h == 0


def test_a_wrong_total_names_both_numbers_the_line_and_the_file():
    arm = Arm(
        "SLE, 1.5 MIU",
        parse_regimen("(1.5 MIU SC daily x 5, rest 9 days) x 4"),
        (Expected("il2", total=Fraction(3_000_000), line=24),),
    )
    with pytest.raises(ExposureMismatch) as raised:
        audit([arm], Subject())
    assert str(raised.value) == "Arm 'SLE, 1.5 MIU': 20 doses of 1.5 MIU are 30 MIU, but `expect` says 3 MIU (line 24)."
    with pytest.raises(ExposureMismatch) as raised:
        audit([arm], Subject(), "scenarios/x.yaml")
    assert str(raised.value) == (
        "scenarios/x.yaml:24: Arm 'SLE, 1.5 MIU': 20 doses of 1.5 MIU are 30 MIU, but `expect` says 3 MIU."
    )


def test_all_differences_of_all_arms_are_said_at_once():
    one = Arm("A", parse_regimen("1 MIU SC daily x 5"), (Expected("il2", Fraction(4_000_000), 4, 5, 7),))
    other = Arm("B", parse_regimen("tocilizumab: 8 mg/kg IV once"), (Expected("tocilizumab", Fraction(500)),))
    with pytest.raises(ExposureMismatch) as raised:
        audit([one, other], Subject())
    assert str(raised.value).splitlines() == [
        "Arm 'A': 5 doses of 1 MIU are 5 MIU, but `expect` says 4 MIU (line 7).",
        "Arm 'A': the regimen has 5 doses, but `expect` says 4 (line 7).",
        "Arm 'A': the last dose is on day 4 (the scenario begins on day 0), but `expect` says day 5 (line 7).",
        "Arm 'B', tocilizumab: 1 dose of 560 mg is 560 mg, but `expect` says 500 mg.",
    ]


def test_different_amounts_are_named_in_the_order_of_their_use():
    (row,) = exposure("1.5 MIU SC daily x 5, rest 16 days, (3 MIU SC daily x 5, rest 16 days) x 3")
    assert row.arithmetic == "5 doses of 1.5 MIU and 15 doses of 3 MIU are 52.5 MIU"


def test_doses_that_the_horizon_cuts_off_are_said():
    arm = Arm("A", parse_regimen("il2: 1 MIU SC weekly x 12; tocilizumab: 8 mg/kg IV every 4 weeks x 3"))
    assert cut_off(arm, Fraction(8 * 168), Subject()) == (
        "Arm 'A': 5 of 15 doses lie at or after the horizon of 56 days and are not given (4 MIU of il2, 560 mg of tocilizumab).",
    )
    assert cut_off(arm, Fraction(12 * 168), Subject()) == ()


def test_an_infusion_that_the_horizon_ends_is_said():
    arm = Arm("A", parse_regimen("1 MIU IV daily over 6 h x 3"))
    running = (
        "Arm 'A': the infusion of il2 from 1 day to 30 h is not over at the horizon of 1.125 days. Totals count all of it.",
    )
    late = "Arm 'A': 1 of 3 doses lie at or after the horizon of 1.125 days and are not given (1 MIU of il2)."
    assert cut_off(arm, Fraction(27), Subject()) == (late, *running)
    assert cut_off(arm, Fraction(30), Subject()) == (late.replace("1.125", "1.25"),)


def test_the_frame_has_the_columns_users_rely_on():
    frame = ExposureTable(exposure("(1 MIU SC every other day x 7, rest 14 days) x 3")).to_frame()
    assert list(frame.columns) == [
        "arm", "drug", "doses", "amount", "total", "unit", "cycles", "first_h", "last_h", "days_on", "span_days", "per_week",
        "peak_7_days", "expected", "ok", "days_off", "total_ug", "total_nmol",
    ]  # fmt: skip
    assert frame.loc[0, ["doses", "amount", "total", "unit", "cycles", "last_h"]].tolist() == [21, "1", 21.0, "MIU", 3, 1632.0]


def test_totals_in_the_frame_are_the_floats_nearest_to_the_exact_ones_each_in_the_unit_of_its_drug():
    text = "il2: 1.67 MIU SC daily x 5; mutein: 0.7 mg SC daily x 3; rapamycin: 0.1 mg SC daily x 3"
    frame = ExposureTable(exposure(text)).to_frame()
    assert frame[["drug", "total", "unit"]].values.tolist() == [
        ["il2", 8.35, "MIU"],
        ["mutein", 2.1, "mg"],
        ["rapamycin", 0.3, "mg"],
    ]
    assert frame["peak_7_days"].tolist() == [8.35, 2.1, 0.3]


def test_an_amount_in_mg_without_a_drug_is_of_the_drug_without_a_name():
    (row,) = exposure("2 mg SC daily x 3")
    assert (row.drug, row.total, row.unit) == (UNNAMED, 6, "mg")


def test_arms_without_doses_have_no_row_and_still_a_table():
    assert ExposureTable(()).to_frame().empty
    assert exposure_of(Regimen(), Subject()) == ()


def test_body_surface_is_mosteller_to_two_decimals():
    assert mosteller(Fraction(70), Fraction(167)) == Fraction("1.8")
    assert HEAVY_SUBJECT.bsa_m2 == Fraction("2.35")


def test_python_and_words_give_one_exposure():
    course = Course(MIU(0.5), every=days(1), doses=5)
    assert exposure_of(Regimen(course), Subject(), "arm") == exposure("0.5 MIU SC daily x 5")

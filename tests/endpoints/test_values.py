"""Values of every kind of endpoint against closed forms of the linear model, and what holds between kinds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.endpoints import KINDS, endpoint_values, parse_endpoint
from regimens.regimen import hours, parse_regimen
from regimens.regimen.events import DosePlan
from tests.endpoints.linear import KE, arm_of, read_at, value
from tests.examples import examples

EXACT = 1e-8  # relative: the integration is held to 1e-10
DAYS = 24.0


def left(*hours_ago):
    """What is left of boluses of 1 MIU, in MIU."""
    return sum(np.exp(-KE * ago) for ago in hours_ago)


CLOSED = [
    # words, regimen, horizon (h), closed form
    ("minimum of lowered", "1 MIU IV once", 48, 0.5),
    ("time of minimum of lowered", "1 MIU IV once", 48, 0.0),
    ("minimum of lowered", "1 MIU IV every 2 days x 2", 96, 1 - 0.5 * left(0, 48)),
    ("time of minimum of lowered", "1 MIU IV every 2 days x 2", 96, 48.0),
    ("minimum of raised from 1 day to 3 days", "1 MIU IV daily x 5", 168, 1 + left(24, 48)),
    ("time of minimum of raised from 1 day to 3 days", "1 MIU IV daily x 5", 168, 48.0),
    ("minimum of raised per MIU", "2 MIU IV once", 24, 0.5),
    ("time of peak of raised", "1 MIU IV once over 10 h", 48, 10.0),
    ("raised at baseline", "1 MIU IV once", 48, 1.0),
    ("raised at 0 days", "1 MIU IV once", 48, 1.0),
    ("change from baseline of raised at 12 h", "1 MIU IV once", 48, left(12)),
    ("change from baseline of raised at 1 day", "1 MIU IV daily x 2", 48, left(24)),
    ("change from baseline of lowered at 12 h per MIU", "2 MIU IV once", 48, -0.5 * left(12)),
    ("hours raised above 1.2", "1 MIU IV once", 48, np.log(5) / KE),
    ("hours raised below 1.2", "1 MIU IV once", 48, 48 - np.log(5) / KE),
    ("days lowered below 0.6 to 2 days", "1 MIU IV once", 96, np.log(1.25) / KE / DAYS),
    ("share with lowered below 0.6", "1 MIU IV once", 48, 1.0),
    ("share with lowered below 0.4", "1 MIU IV once", 48, 0.0),
    ("time until raised above 1.5", "1 MIU IV once", 48, 0.0),
    ("time until raised above 1.5", "1 MIU IV once over 10 h", 48, np.log(2) / KE),
    ("time until raised above 1.5 from 2 h", "1 MIU IV once over 10 h", 48, np.log(2) / KE - 2),
    ("time until lowered below 0.7", "1 MIU IV once over 10 h", 48, np.log(2.5) / KE),
    ("time until raised above 1.43", "0.4 MIU IV daily x 5", 168, 24.0),
    ("time until raised below 1.2", "1 MIU IV once", 48, 0.0),
    ("time until raised below 1.2 from 1 h", "1 MIU IV once", 48, np.log(5) / KE - 1),
    ("time until raised above 3", "1 MIU IV once", 48, np.inf),
    ("time until raised above 1.5 from 1 day", "1 MIU IV once", 48, np.inf),
    ("time until raised above 1", "no dose", 48, np.inf),
    ("time until raised below 1", "no dose", 48, np.inf),
    ("time to return to baseline of raised within 5 %", "1 MIU IV once", 48, np.log(20) / KE),
    ("time to return to baseline of opposite within 5%", "1 MIU IV once", 48, np.log(20) / KE),
    ("time to return to baseline of lowered within 5 %", "1 MIU IV once", 48, np.log(10) / KE),
    ("time to return to baseline of raised within 5 %", "1 MIU IV every 4 days x 2", 240, 96 + np.log(20 * left(0, 96)) / KE),
    ("time to return to baseline of raised within 5 %", "0.04 MIU IV once", 48, 0.0),
    ("time to return to baseline of raised within 5 %", "1 MIU IV once", 20, np.inf),
    ("time to return to baseline of central within 5 %", "1 MIU IV once", 48, np.nan),
    ("trough of central from 1 day to 3 days", "1 MIU IV daily x 5", 168, 1e6 * left(24)),
    ("trough of central from 25 h to 3 days", "1 MIU IV daily x 5", 168, 1e6 * left(24, 48)),
    ("trough of central from 25 h to 47 h", "1 MIU IV daily x 5", 168, np.nan),
    ("trough of central from 0 days to 3 days", "1 MIU IV daily x 5", 168, 0.0),
    ("trough of central from 1 day", "no dose", 168, np.nan),
    ("total IU", "0.26 MIU IV daily x 5", 168, 1_300_000),
    ("total MIU", "0.26 MIU IV daily x 5", 48, 0.52),
    ("total MIU", "0.02 MIU/kg (max 1.2 MIU) IV daily x 3", 168, 3.6),
    ("total IU", "no dose", 48, 0.0),
    ("doses", "1 MIU IV daily x 5", 168, 5.0),
    ("doses of il2", "1 MIU IV daily x 5", 48, 2.0),
    ("doses", "no dose", 48, 0.0),
]


@pytest.mark.parametrize(("words", "text", "horizon_h", "exact"), CLOSED)
def test_a_kind_has_the_value_of_its_closed_form(words, text, horizon_h, exact):
    assert value(words, text, float(horizon_h)) == pytest.approx(exact, rel=EXACT, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        # What is left after a week is 5e-8 of the rise: all peaks are equal. After 4 days it is 7e-5: the later ones are higher.
        ("1 MIU IV weekly x 4", 0.0),
        ("1 MIU IV every 4 days x 3", 96.0),
        ("1 MIU IV daily x 2", 24.0),
    ],
)
def test_of_equal_peaks_the_first_counts(text, when):
    assert value("time of peak of raised", text, 672.0) == pytest.approx(when, abs=1e-9)
    assert value("time of minimum of opposite", text, 672.0) == pytest.approx(when, abs=1e-9)


def test_a_curve_that_still_rises_at_the_end_of_the_window_has_its_peak_there():
    # After 60 h the rest of the rise is 2e-3 of it, and each panel ends close to the top.
    for until in (60.0, 80.0, 100.0):
        assert value(f"time of peak of raised to {until:g} h", "1 MIU IV once over 100 h", 150.0) == pytest.approx(until)


HORIZONS = [float(hour) for hour in range(12, 252, 12)]


@pytest.mark.parametrize("horizon_h", HORIZONS)
def test_a_cycle_ends_only_where_all_its_doses_come_before_the_horizon(horizon_h):
    found = value("central at end of cycle 1", "1 MIU IV every 2 days x 5", horizon_h)
    exact = 1e6 * left(*(24 + 48 * dose for dose in range(5))) if horizon_h >= 216 else np.nan
    assert found == pytest.approx(exact, rel=EXACT, nan_ok=True)


@pytest.mark.parametrize("horizon_h", HORIZONS)
def test_a_trough_before_a_cycle_needs_the_cycle_to_begin_before_the_horizon(horizon_h):
    found = value("central at end of cycle 2", "(1 MIU IV daily x 2, rest 2 days) x 2", horizon_h)
    ended = 1e6 * left(24, 48, 120, 144) if horizon_h >= 144 else np.nan
    assert found == pytest.approx(ended, rel=EXACT, nan_ok=True)
    found = value("central at 96 h", "(1 MIU IV daily x 2, rest 2 days) x 2", max(horizon_h, 96.0))
    begun = value("trough of central before cycle 2", "(1 MIU IV daily x 2, rest 2 days) x 2", horizon_h)
    assert begun == pytest.approx(found if horizon_h > 96 else np.nan, rel=EXACT, nan_ok=True)


def with_missed(text, horizon_h, missed):
    """Return what two subjects get: the first all doses, the second not the one at `missed` (h)."""
    events = parse_regimen(text).events(hours(horizon_h))
    return DosePlan.of((events, replace(events, amount=np.where(events.time_h == missed, 0.0, events.amount))), 2)


@pytest.mark.parametrize(
    ("words", "everything", "without_the_last"),
    [
        # A missed dose was due at 48 h: the cycle ends 24 h later all the same, and nobody is given it.
        ("central at end of cycle 1", 1e6 * left(24, 48, 72), 1e6 * left(48, 72)),
        ("trough of central from 1 day", 1e6 * left(24), 1e6 * left(24)),
        ("trough of central from 30 h", 1e6 * left(24, 48), np.nan),
        ("doses", 3.0, 2.0),
        ("doses of il2", 3.0, 2.0),
        ("total MIU", 3.0, 2.0),
        ("peak of central per MIU", 1e6 * left(0, 24, 48) / 3, 1e6 * left(0, 24) / 2),
    ],
)
def test_a_missed_dose_is_due_and_not_given(words, everything, without_the_last):
    text = "1 MIU IV daily x 3"
    arm = arm_of(text, 96.0, [words], with_missed(text, 96.0, 48.0))
    assert endpoint_values(parse_endpoint(words), arm) == pytest.approx([everything, without_the_last], rel=EXACT, nan_ok=True)


def test_doses_are_counted_of_all_drugs_or_of_one():
    plan = DosePlan.of(parse_regimen("il2: 1 MIU IV daily x 3; other: 5 mg IV daily x 2").events(hours(96)), 1)
    arm = arm_of("1 MIU IV daily x 3", 96.0)
    arm = replace(arm, dosed=replace(arm.dosed, doses=plan))
    assert [endpoint_values(parse_endpoint(words), arm)[0] for words in ("doses", "doses of il2", "doses of other")] == [5, 3, 2]


@pytest.mark.parametrize(
    "form", [form.replace("treg_fold", "raised") for kind in KINDS if kind.of_subjects for form in kind.forms]
)
def test_a_subject_that_failed_has_no_value_of_any_kind(form):
    endpoint = next(parse_endpoint(form).each(2))
    horizon = 13 * 7 * DAYS
    arm = arm_of("(1 MIU IV daily x 5, rest 2 days) x 3", horizon, [form])
    assert not np.isnan(endpoint_values(endpoint, arm)).any()
    failed = replace(arm, read=replace(arm.read, status=np.array([1])))
    assert np.isnan(endpoint_values(endpoint, failed)).tolist() == [True]


@st.composite
def courses(draw):
    amount, every, doses = draw(st.integers(1, 30)), draw(st.integers(2, 50)), draw(st.integers(1, 8))
    over = draw(st.sampled_from(["", " over 1 h", " over 90 min"]))
    return f"{amount / 10:g} MIU IV every {every} h{over} x {doses}"


@examples(20)
@given(courses(), st.integers(0, 90), st.integers(5, 100), st.floats(0.02, 0.98))
def test_what_holds_between_kinds(text, from_h, length_h, height):
    window = f"from {from_h} h to {from_h + length_h} h"

    def of(*words):
        arm = arm_of(text, 200.0, words)
        return [float(endpoint_values(parse_endpoint(each), arm)[0]) for each in words]

    peak, minimum, opposite_low, opposite_high, mean, trough = of(
        f"peak of raised {window}",
        f"minimum of raised {window}",
        f"minimum of opposite {window}",
        f"peak of opposite {window}",
        f"mean of raised {window}",
        f"trough of raised from {from_h + 1} h to {from_h + length_h} h",
    )
    assert minimum == pytest.approx(-opposite_high, rel=1e-9)
    assert peak == pytest.approx(-opposite_low, rel=1e-9)
    if peak - minimum > 1e-3:
        times = of(f"time of peak of raised {window}", f"time of minimum of opposite {window}")
        assert times[0] == pytest.approx(times[1], abs=1e-4)
    # A reading at the start of the window is the one before a dose there, which is no part of it.
    inside = read_at(text, 200.0, np.linspace(from_h, from_h + length_h, 200)[1:], "raised")
    slack = 1e-9 * peak
    assert minimum - slack <= inside.min()
    assert inside.max() <= peak + slack
    assert minimum - slack <= mean <= peak + slack
    assert np.isnan(trough) or minimum - slack <= trough <= peak + slack
    if peak - minimum < 1e-6:
        return
    threshold = f"{minimum + height * (peak - minimum):.12f}"
    above, below, until, little_above, below_opposite, until_opposite = of(
        f"hours raised above {threshold} {window}",
        f"hours raised below {threshold} {window}",
        f"time until raised above {threshold} {window}",
        f"hours raised above {float(threshold) * (1 + 1e-9):.15f} {window}",
        f"hours opposite below -{threshold} {window}",
        f"time until opposite below -{threshold} {window}",
    )
    assert above + below == pytest.approx(length_h, rel=1e-9)
    assert 0 <= until < length_h
    # A curve counts as at the threshold up to 1e-9 of it.
    assert little_above <= length_h - until + 1e-6
    assert below_opposite == above
    assert until_opposite == until
    if until > 0:
        moment = read_at(text, 200.0, [from_h + 0.999 * until, from_h + until], "raised")
        assert moment[0] <= float(threshold) + slack
        doses = parse_regimen(text).events(hours(200)).time_h
        assert float(threshold) - slack <= moment[1] or np.abs(until + from_h - doses).min() < 1e-9


@examples(10)
@given(courses(), st.floats(1.0, 40.0))
def test_after_the_time_to_return_a_curve_stays_near_its_baseline(text, percent):
    back = value(f"time to return to baseline of raised within {percent:.6f} %", text, 600.0)
    after = np.linspace(back, 600.0, 400)[1:]
    room = percent / 100 * (1 + 1e-6)
    assert np.abs(read_at(text, 600.0, after, "raised") - 1).max() <= room
    assert back == 0 or read_at(text, 600.0, [back * (1 - 1e-9)], "raised")[0] - 1 >= percent / 100 * (1 - 1e-6)


INFUSIONS = "(1 MIU IV daily over 6 h x 2, rest 2 days) x 2"
BEGIN = np.array([0.0, 24.0, 96.0, 120.0])
AROUND = sorted({edge + off for edge in (*BEGIN, *(BEGIN + 6), 48.0, 144.0) for off in (-0.5, 0.0, 0.5) if edge + off > 0})


@pytest.mark.parametrize("horizon_h", AROUND)
def test_a_horizon_that_passes_every_dose_infusion_and_cycle_end_cuts_just_that(horizon_h):
    """By the balance of what came in and what is left: ke x AUC = in - central(horizon)."""
    run = np.clip(horizon_h - BEGIN, 0.0, 6.0)
    since = np.maximum(horizon_h - BEGIN - 6.0, 0.0)
    left_over = 1e6 / 6 / KE * ((1 - np.exp(-KE * run)) * np.exp(-KE * since)).sum()
    assert value(f"central at {horizon_h:g} h", INFUSIONS, horizon_h) == pytest.approx(left_over, rel=EXACT)
    area = (1e6 / 6 * run.sum() - left_over) / KE
    assert value("AUC of central", INFUSIONS, horizon_h) == pytest.approx(area, rel=EXACT)
    assert value("mean of central", INFUSIONS, horizon_h) == pytest.approx(area / horizon_h, rel=EXACT)
    begun = int((horizon_h > BEGIN).sum())
    assert value("doses", INFUSIONS, horizon_h) == begun
    assert value("total MIU", INFUSIONS, horizon_h) == begun
    for cycle, end in ((1, 48.0), (2, 144.0)):
        found = value(f"central at end of cycle {cycle}", INFUSIONS, horizon_h)
        assert np.isnan(found) == (horizon_h < end)

"""Export, then import: the same dose events, for every dialect, however the regimen was written.

A usual run tries 60 regimens; `REGIMENS_EXAMPLES=200 pytest -n 0 tests/eventtable/test_round_trip.py` tries 12,000.
"""

import json

import pytest
from hypothesis import HealthCheck, assume, given

from regimens.errors import RegimenError
from regimens.eventtable import DIALECTS, read_event_table, regimen_of_events
from regimens.eventtable.writing import event_table
from regimens.regimen import weeks
from regimens.subject import Subject
from tests.examples import examples
from tests.properties.regimens import regimens

HORIZON = weeks(26)


def there_and_back(folder, arms, dialect):
    made = event_table(arms, DIALECTS[dialect], Subject(), HORIZON.hours)
    (folder / "table.csv").write_text(made.text)
    (folder / "table.json").write_text(json.dumps(made.sidecar))
    return read_event_table(folder / "table.csv")


def is_said(events):
    """Whether a table can say the steady state at the start: the dose that led to it is given at 0 h.

    A constant infusion can be said without it, and is read back as one that is given every hour: left out here.
    """
    (start,) = events.changes
    wanted = (0.0, start.drug, start.route, start.amount, start.basis, start.cap, start.step, start.duration_h)
    columns = ("time_h", "drug", "route", "amount", "basis", "cap", "step", "duration_h")
    return wanted in list(zip(*(getattr(events, name) for name in columns), strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@examples(60, HealthCheck.data_too_large)
@given(regimen=regimens())
def test_what_is_exported_is_read_back_identical(folder, regimen):
    events = regimen.with_rests("shortest").events(HORIZON, "an arm, as planned")
    assume(not any(change.duration_h == change.interval_h for change in events.changes))
    for dialect in DIALECTS:
        if not len(events):
            with pytest.raises(RegimenError) as raised:
                there_and_back(folder, {"": events}, dialect)
            assert str(raised.value) == "No arm gives a dose before the horizon. A table needs at least one."
            continue
        if events.changes and not (DIALECTS[dialect].repeats and is_said(events)):
            with pytest.raises(RegimenError, match="cannot be written for"):
                there_and_back(folder, {events.arm: events}, dialect)
            continue
        table = there_and_back(folder, {events.arm: events}, dialect)
        assert [subject.doses for subject in table.subjects] == [events], dialect
        assert table.notes == ()


@examples(20, HealthCheck.data_too_large)
@given(regimen=regimens())
def test_the_regimen_of_dose_events_gives_them_again(regimen):
    events = regimen.with_rests("shortest").events(HORIZON)
    assume(all(change.drug in events.drug for change in events.changes))
    assert regimen_of_events(events).events(HORIZON) == events

"""Words of endpoints: every form reads back as one kind, with its unit, heading and direction; the others are refused."""

import re

import pytest

from regimens.endpoints import KINDS, parse_endpoint, reads_as_time
from regimens.errors import UnitError, WordsError
from regimens.units import parse_duration
from tests import small
from tests.endpoints.linear import LINEAR

FORMS = [(kind, form) for kind in KINDS for form in kind.forms]
VISITS = {"first look": 120.0, "end of course": 240.0}


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=[form for _, form in FORMS])
def test_every_form_is_read_as_its_kind_and_no_other(kind, form):
    assert type(parse_endpoint(form)) is kind
    assert [other for other in KINDS if re.fullmatch(other.pattern, form, flags=re.IGNORECASE)] == [kind]
    assert parse_endpoint("  ".join(form.split())).words == form


def test_kinds_have_names_of_their_own():
    assert len({kind.kind for kind in KINDS}) == len(KINDS)


TABLE = [
    # words, unit, heading, which way is better
    ("peak of central", "IU", "Peak IL-2", "lower"),
    ("peak of raised from 2 weeks to 30 days", "1", "Peak Treg, fold of baseline from 2 weeks to 30 days", "higher"),
    ("time of peak of raised", "h", "Time of peak Treg, fold of baseline", ""),
    ("minimum of lowered", "1", "Minimum symptoms, fold of baseline", "lower"),
    ("minimum of central per MIU", "IU per MIU", "Minimum IL-2 per MIU", "lower"),
    ("time of minimum of lowered to 2 days", "h", "Time of minimum symptoms, fold of baseline to 2 days", ""),
    ("mean of raised to 12 weeks", "1", "Mean Treg, fold of baseline to 12 weeks", "higher"),
    ("AUC of central", "IU h", "AUC of IL-2", "lower"),
    ("AUC of raised per MIU", "h per MIU", "AUC of Treg, fold of baseline per MIU", "higher"),
    ("AUC of central above baseline", "IU h", "AUC above baseline of IL-2", "lower"),
    ("hours raised above 2", "h", "Time with Treg, fold of baseline above 2", "higher"),
    ("days raised below 0.5", "days", "Time with Treg, fold of baseline below 0.5", "lower"),
    ("days lowered below .5", "days", "Time with symptoms, fold of baseline below 0.5", "higher"),
    ("share with raised above 2", "1", "Share with Treg, fold of baseline above 2", "higher"),
    ("share with lowered below 0.5", "1", "Share with symptoms, fold of baseline below 0.5", "higher"),
    ("time until raised above 2", "h", "Time until Treg, fold of baseline is above 2", "lower"),
    ("time until raised below 2 from 1 day", "h", "Time until Treg, fold of baseline is below 2 from 1 day", "higher"),
    ("time until lowered below 0.5", "h", "Time until symptoms, fold of baseline is below 0.5", "lower"),
    ("time until lowered above 0.5", "h", "Time until symptoms, fold of baseline is above 0.5", "higher"),
    ("time until nothing above 2", "h", "Time until nothing is above 2", ""),
    (
        "time to return to baseline of raised within 5 %",
        "h",
        "Time to return of Treg, fold of baseline to within 5 % of baseline",
        "",
    ),
    ("raised at 12 weeks", "1", "Treg, fold of baseline, at 12 weeks", "higher"),
    ("raised at baseline", "1", "Treg, fold of baseline, at 0 days", "higher"),
    ("raised at protocol day 15", "1", "Treg, fold of baseline, at 2 weeks", "higher"),
    ("change from baseline of central at 30 h", "IU", "IL-2, change from baseline at 30 h", "lower"),
    ("raised at end of cycle 3", "1", "Treg, fold of baseline, at end of cycle 3 (24 h after its last dose)", "higher"),
    ("trough of raised before cycle 2", "1", "Treg, fold of baseline, trough before cycle 2", "higher"),
    ("trough of central from 1 day to 3 days", "IU", "Lowest IL-2 before a dose from 1 day to 3 days", "lower"),
    ("raised at end of each cycle", "1", "Treg, fold of baseline, at end of cycle 0 (24 h after its last dose)", "higher"),
    ("SMD of central from baseline to 11 days", "SD", "SMD of IL-2, baseline to 11 days", "lower"),
    ("SMD of raised from start to protocol day 15", "SD", "SMD of Treg, fold of baseline, baseline to 2 weeks", "higher"),
    ("SMD of central from baseline to 36 h with 20 subjects", "SD", "SMD of IL-2, baseline to 36 h, 20 subjects", "lower"),
    ("total IU", "IU", "Total IL-2", ""),
    ("total MIU", "MIU", "Total IL-2", ""),
    ("doses", "1", "Doses", ""),
    ("doses of il2", "1", "Doses of IL-2", ""),
    ("doses of tocilizumab", "1", "Doses of tocilizumab", ""),
]


@pytest.mark.parametrize(("words", "unit", "heading", "better"), TABLE, ids=[row[0] for row in TABLE])
def test_an_endpoint_has_a_unit_a_heading_and_a_direction(words, unit, heading, better):
    endpoint = parse_endpoint(words)
    if endpoint.observable:
        seen = LINEAR.observable(endpoint.observable)
        found = endpoint.unit(seen.unit), endpoint.described(seen.label, seen.better or "")
    else:
        found = endpoint.unit("1"), endpoint.described("", "")
    assert (found[0], found[1].label, found[1].better) == (unit, heading, better)


def test_only_a_share_is_summed_up_by_its_mean():
    assert [kind.kind for kind in KINDS if kind.statistic != "median"] == ["share"]


def test_only_an_smd_is_a_number_of_a_whole_trial():
    assert [kind.kind for kind in KINDS if not kind.of_subjects] == ["SMD"]


def test_all_kinds_but_an_smd_are_read_by_themselves():
    for kind, form in FORMS:
        endpoint = parse_endpoint(form)
        if kind.of_subjects:
            assert endpoint.readings == (endpoint,)
        else:
            assert [reading.named_h for reading in endpoint.readings] == [(0.0,), (288.0,)]


@pytest.mark.parametrize(
    "words", ["raised at 0 days", "raised at 0 h", "raised at 0.0 weeks", "raised at start", "raised at Baseline"]
)
def test_time_zero_is_a_time(words):
    assert parse_endpoint(words).named_h == (0.0,)


def test_a_window_may_begin_at_time_zero():
    assert parse_endpoint("peak of raised from 0 days to 2 days").named_h == (0.0, 48.0)
    assert parse_endpoint("peak of raised from baseline to first look", VISITS).named_h == (0.0, 120.0)


@pytest.mark.parametrize("name", ["0 h", "2 weeks", "Start", "baseline", "protocol day 3", "end of cycle 2", "end of each cycle"])
def test_what_is_a_time_already_is_no_name_for_a_visit(name):
    assert reads_as_time(name)


@pytest.mark.parametrize("name", ["end of course", "end of cycle", "week 12", "baseline visit", "mid"])
def test_other_names_are(name):
    assert not reads_as_time(name)


NUMBER_ADVICE = "Write the threshold in digits, for example 2 or 0.5."
REFUSED = {
    "peek of raised": "'peek of raised' is not an endpoint. The nearest form is 'peak of treg_fold'.",
    "total mIU": "'total mIU' is not an endpoint. The nearest form is 'total MIU'.",
    "raised at end of cycle three": "'raised at end of cycle three' is not an endpoint. The nearest form is 'treg_fold at end of cycle 3'.",
    "trough of raised": "'trough of raised' is not an endpoint. The nearest form is 'trough of treg_fold before cycle 2'.",
    "hours raised above 1_0": f"'1_0' is not a finite decimal number. {NUMBER_ADVICE}",
    "hours raised above 1e1": f"'1e1' is not a finite decimal number. {NUMBER_ADVICE}",
    "hours raised above nan": f"'nan' is not a finite decimal number. {NUMBER_ADVICE}",
    "hours raised above ２": f"'２' is not a finite decimal number. {NUMBER_ADVICE}",
    "share with raised below inf": f"'inf' is not a finite decimal number. {NUMBER_ADVICE}",
    "time until raised above two": f"'two' is not a finite decimal number. {NUMBER_ADVICE}",
    "hours raised above " + 400 * "9": f"'{400 * '9'}' is not a finite decimal number. {NUMBER_ADVICE}",
    "time to return to baseline of raised within 0 %": (
        "'time to return to baseline of raised within 0 %' allows no distance from the baseline. "
        "Write a share above zero, for example 5 %."
    ),
    "peak of raised from 3 days to 2 days": (
        "'peak of raised from 3 days to 2 days' ends before it starts. A window ends after its start."
    ),
    "mean of raised from 2 days to 2 days": (
        "'mean of raised from 2 days to 2 days' ends before it starts. A window ends after its start."
    ),
    "peak of raised to 0 days": "'peak of raised to 0 days' ends before it starts. A window ends after its start.",
    "raised at protocol day 0": (
        "'raised at protocol day 0' names protocol day 0. Protocol days count from 1, the day of the first moment."
    ),
    "raised at end of cycle 0": "'raised at end of cycle 0' names cycle 0. Cycles count from 1.",
    "SMD of raised from baseline to 0 h": "'SMD of raised from baseline to 0 h' holds the baseline against itself. Name a later time, for example 12 days.",
    "SMD of raised from baseline to 2 days with 1 subjects": (
        "'SMD of raised from baseline to 2 days with 1 subjects' has too few subjects. A standard deviation needs at least 2."
    ),
    "SMD of raised from 1 day to 2 days": (
        "'SMD of raised from 1 day to 2 days' is not an endpoint. The nearest form is 'SMD of treg from baseline to 12 days'."
    ),
    "raised at week 4": "'week 4' is not a time. Elapsed times are written '4 weeks'; or name a visit of the scenario.",
}


@pytest.mark.parametrize("words", REFUSED)
def test_other_words_are_refused_with_what_would_be_right(words):
    with pytest.raises(WordsError) as raised:
        parse_endpoint(words, VISITS)
    assert not isinstance(raised.value, UnitError)
    assert str(raised.value) == REFUSED[words]


@pytest.mark.parametrize("time", ["last look", "0 fortnights", "-3 days"])
def test_a_time_that_cannot_be_read_is_refused_with_the_visits_there_are(time):
    with pytest.raises(UnitError) as of_units:
        parse_duration(time)
    with pytest.raises(WordsError) as raised:
        parse_endpoint(f"raised at {time}", VISITS)
    known = "Visits of this scenario: first look, end of course."
    assert str(raised.value) == f"{of_units.value.message} {of_units.value.advice} {known}"


IN_A_SCENARIO = {
    "mean of treg_fold from 3 weeks": (
        "'mean of treg_fold from 3 weeks' ends before it starts.",
        "Its window ends at the horizon of 21 days.",
    ),
    "trough of treg_fold from 4 weeks": (
        "'trough of treg_fold from 4 weeks' reads after the horizon.",
        "The horizon is 21 days.",
    ),
    "doses of il22": ("'doses of il22': no arm of this scenario gives 'il22'.", "Did you mean 'il2'?"),
    "SMD of treg from baseline to 4 weeks": (
        "'SMD of treg from baseline to 4 weeks' reads after the horizon.",
        "The horizon is 21 days.",
    ),
    "SMD of treg from baseline to 4 days with 7 subjects": (
        "'SMD of treg from baseline to 4 days with 7 subjects' asks for 7 subjects.",
        "A parameter draw of this scenario has 6 subjects. Name no more, or add some under 'population'.",
    ),
    "minimum of treg_flod": ("'treg_flod' is no observable of the models of this scenario.", "Did you mean 'treg_fold'?"),
}


@pytest.mark.parametrize("words", IN_A_SCENARIO)
def test_a_scenario_refuses_what_its_arms_cannot_have(words, tmp_path):
    found, advice = IN_A_SCENARIO[words]
    text = small.text(endpoints=f"[{words}]")
    line = text.splitlines().index(f"endpoints: [{words}]") + 1
    before = text.splitlines()[line - 2]
    excerpt = f"    {line - 1} | {before}\n  > {line} | endpoints: [{words}]\n       |             ^"
    assert small.refused(tmp_path, text) == f"small.yaml:{line}: {found}\n{excerpt}\n  {advice}"


def test_a_scenario_reads_endpoints_that_need_no_curve(tmp_path):
    scenario = small.scenario(tmp_path, endpoints="[treg_fold at baseline, total MIU, doses, doses of il2]")
    assert [(each.label, each.better) for each in scenario.endpoints] == [
        ("Treg, fold of baseline, at 0 days", "higher"),
        ("Total IL-2", ""),
        ("Doses", ""),
        ("Doses of IL-2", ""),
    ]

"""Published orderings: their file is checked like a scenario, and P is the share of draws in which everything said holds."""

import numpy as np
import pytest

from regimens import shipped
from regimens.credibility.agreement import ORDERINGS, Judged, judge, read_agreement, shipped_agreement
from regimens.credibility.orderingpage import orderings_figure, orderings_page
from regimens.credibility.orderings import read_orderings, shipped_orderings
from regimens.credibility.results import rows_text
from regimens.errors import InputFileError
from regimens.evidence import read_responses
from regimens.figures.orderings import UNKNOWN
from regimens.model import find_model
from regimens.population import Population
from regimens.population.uncertainty import centres
from regimens.study.published import Agreement
from tests.credibility.models import level

DRAWS = Population(subjects=2, seed=5, draws=200)


@pytest.fixture(scope="module")
def shipped_ones():
    """Return the shipped orderings."""
    return shipped_orderings()


@pytest.fixture(scope="module")
def responses():
    """Return the shipped responses."""
    return read_responses(shipped.folder("evidence") / "responses.csv")


ENTRY = """\
orderings:
  a-2020:
    topic: Dose
    short: more gives more
    citation: A 2020, a journal
    doi: 10.1000/a
    doi_verified: false
    population: adults
    n: 6 each
    how_read: abstract
    assumed: Days are elapsed days.
    rows: [a-row]
    horizon: 2 weeks
    arms:
      more: {regimen: 2 MIU SC once}
      less: {regimen: 1 MIU SC once}
    outcomes:
"""
RISES = "      - {seen: more gives more, arm: more, endpoint: treg_fold at 1 week, was: above less}\n"
HIGH = "      - {seen: less stays below 2, arm: less, endpoint: treg_fold at 1 week, was: below 2}\n"
BLIND = "      - {seen: cells divide, arm: more, endpoint: not modelled}\n"


def written(folder, outcomes, models, entry=ENTRY):
    path = folder / "orderings.yaml"
    path.write_text(entry + outcomes, encoding="utf-8")
    return read_orderings(path, models)


def test_a_model_agrees_in_the_share_of_its_draws_in_which_the_ordering_holds(tmp_path):
    name = level(tmp_path)
    (ordering,) = written(tmp_path, HIGH, [name])
    (row,) = judge([ordering], DRAWS)
    drawn = centres(DRAWS, find_model(name))
    assert row == Judged(
        "a-2020", "Less stays below 2", "level", pytest.approx(np.mean(drawn[:, 0] + 1e6 * drawn[:, 1] < 2.0)), 200
    )
    assert 0.05 < row.probability < 0.95
    assert row.agreement == Agreement.UNDECIDED


def test_all_outcomes_of_an_entry_must_hold_in_the_same_draw(tmp_path):
    name = level(tmp_path)
    (both,) = judge(written(tmp_path, RISES + HIGH, [name]), DRAWS)
    (alone,) = judge(written(tmp_path, HIGH, [name]), DRAWS)
    (never,) = judge(written(tmp_path, HIGH + RISES.replace("above", "below"), [name]), DRAWS)
    assert both.probability == alone.probability
    assert (never.probability, never.agreement) == (0.0, Agreement.DISAGREES)


def test_what_a_model_does_not_tell_apart_holds_by_half(tmp_path):
    name = level(tmp_path, formula="level + 0 * gain * given")
    (row,) = judge(written(tmp_path, RISES, [name]), DRAWS)
    assert (row.probability, row.agreement) == (0.5, Agreement.UNDECIDED)


def test_a_model_without_the_observable_or_the_input_does_not_model_the_ordering(tmp_path):
    other = level(tmp_path, "other", more='  th17_fold: {formula: level, unit: "1", label: Th17}\n')
    names = [level(tmp_path), other]
    th17 = "      - {seen: Th17 are low, arm: more, endpoint: th17_fold at 1 week, was: below 100}\n"
    rows = judge(written(tmp_path, th17, names), DRAWS)
    assert [(row.model, row.draws, row.agreement) for row in rows] == [
        ("level", 0, Agreement.NOT_MODELLED),
        ("other", 200, Agreement.AGREES),
    ]
    (blind, _) = judge(written(tmp_path, BLIND, names), DRAWS)
    assert (blind.draws, blind.agreement) == (0, Agreement.NOT_MODELLED)


def test_the_statement_and_the_reference_are_those_of_the_entry(tmp_path):
    (ordering,) = written(tmp_path, RISES + HIGH, [level(tmp_path)])
    assert ordering.statement == "More gives more; less stays below 2"
    assert ordering.reference == "A 2020, a journal, doi:10.1000/a (to be verified)"
    assert (ordering.assumed, ordering.rows, ordering.n) == (("Days are elapsed days.",), ("a-row",), "6 each")


def test_every_problem_of_a_file_is_said_with_its_line(tmp_path):
    bad = ENTRY.replace("1 MIU SC once", "1 MUI SC once")
    with pytest.raises(InputFileError) as error:
        written(tmp_path, RISES + HIGH.replace("was: below 2", "was: under 2"), [level(tmp_path)], bad)
    assert str(error.value) == (
        f"{tmp_path / 'orderings.yaml'}:16: 'MUI' is not a unit of amount.\n"
        "    15 |       more: {regimen: 2 MIU SC once}\n"
        "  > 16 |       less: {regimen: 1 MUI SC once}\n"
        "       |                         ^\n"
        "  Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).\n"
        f"{tmp_path / 'orderings.yaml'}:19: 'under 2' is nothing that an endpoint can be.\n"
        "    18 |       - {seen: more gives more, arm: more, endpoint: treg_fold at 1 week, was: above less}\n"
        "  > 19 |       - {seen: less stays below 2, arm: less, endpoint: treg_fold at 1 week, was: under 2}\n"
        "       |                                                                                   ^\n"
        "  Write for example 'above 1', 'below' and the name of an arm, 'above' and another endpoint of the same arm, or "
        "'1.8 to 2.4'."
    )


def test_an_unknown_key_and_a_missing_one_are_said(tmp_path):
    bad = ENTRY.replace("    population: adults\n", "").replace("citation", "quoted")
    with pytest.raises(InputFileError) as error:
        written(tmp_path, RISES, [level(tmp_path)], bad)
    assert [problem.message for problem in error.value.problems] == [
        "'citation' is missing in 'a-2020'.",
        "'population' is missing in 'a-2020'.",
        "'quoted' is not a known key here.",
    ]


def test_the_committed_result_has_every_ordering_under_every_shipped_model(shipped_ones):
    rows = shipped_agreement()
    assert [(row.id, row.model) for row in rows] == [
        (ordering.id, model) for ordering in shipped_ones for model in shipped.names("models")
    ]
    assert all(0.0 <= row.probability <= 1.0 for row in rows if row.draws)


def test_rows_named_by_an_ordering_are_rows_of_the_responses(shipped_ones, responses):
    known = {row.id for row in responses}
    assert {row for ordering in shipped_ones for row in ordering.rows} <= known


def test_a_committed_result_reads_back(tmp_path):
    rows = (Judged("a", "More", "level", 0.25, 200), Judged("a", "More", "other", float("nan"), 0))
    (tmp_path / "orderings.csv").write_text(rows_text(ORDERINGS, rows), encoding="utf-8")
    read = read_agreement(tmp_path / "orderings.csv")
    assert (read[0], read[1].id, read[1].draws, np.isnan(read[1].probability)) == (rows[0], "a", 0, True)
    assert read_agreement(tmp_path / "none.csv") == ()


def test_a_committed_result_with_mistakes_is_refused(tmp_path):
    path = tmp_path / "orderings.csv"
    path.write_text("id,seen,model,probability,draws\na,More,level,much,1.5\n", encoding="utf-8")
    with pytest.raises(InputFileError) as error:
        read_agreement(path)
    assert str(error.value) == (
        f"{path}:2: 'much' is not a number.\n"
        "    1 | id,seen,model,probability,draws\n"
        "  > 2 | a,More,level,much,1.5\n"
        "      |              ^\n"
        "  'probability' is a number.\n"
        f"{path}:2: '1.5' is not a whole number.\n"
        "    1 | id,seen,model,probability,draws\n"
        "  > 2 | a,More,level,much,1.5\n"
        "      |                   ^\n"
        "  'draws' is a whole number."
    )


def test_the_page_counts_and_marks_what_the_fit_saw(tmp_path):
    orderings = written(tmp_path, RISES, [level(tmp_path)])
    page = orderings_page(orderings, [Judged("a-2020", "More gives more", "level", 0.0, 200)], ["a-row"])
    assert "| level | 0 | 1 | 0 | 0 | 0.00 |" in page
    assert "| More gives more (a-2020, seen by the fit) | adults, n: 6 each | **0.00 does not agree** |" in page
    assert "  - The fit used the same data (rows a-row): agreement here is no test." in page


def test_the_shipped_page_is_made_of_the_committed_result(shipped_ones, responses):
    fitted = [row.id for row in responses if row.role == "fit"]
    page = shipped.folder("posteriors").parent / "docs" / "orderings.md"
    assert page.read_text(encoding="utf-8") == orderings_page(shipped_ones, shipped_agreement(), fitted)


def test_the_figure_has_the_numbers_of_the_page_with_authors_and_what_the_fit_saw(tmp_path):
    rows = [Judged("a-2020", "More gives more", "one", 0.97, 100), Judged("a-2020", "More gives more", "two", float("nan"), 0)]
    entry = ENTRY.replace("A 2020, a journal", "A 2020, a journal; B 2021, another")
    made = written(tmp_path, RISES, [level(tmp_path)], entry)
    figure = orderings_figure(made, rows, ["a-row"])
    assert [trace.x for trace in figure.data[::2]] == [(0.97,), (UNKNOWN,)]
    (text,) = [each.text for each in figure.layout.annotations if each.text.startswith("more gives more")]
    assert text.endswith(">A 2020; B 2021, seen by the fit</span>")
    assert "![Published orderings: the probability that each model agrees](images/orderings.png)" in orderings_page(
        made, rows, []
    )


def test_a_statement_in_short_that_does_not_fit_beside_the_figure_is_refused(tmp_path):
    long = "more of it gives more of that, in everybody, every time"
    with pytest.raises(InputFileError) as error:
        written(tmp_path, RISES, [level(tmp_path)], ENTRY.replace("short: more gives more", f"short: {long}"))
    (problem,) = error.value.problems
    assert (problem.line, problem.message) == (4, f"'short': found '{long}'; at most 54 characters are needed.")


def test_the_shipped_orderings_have_a_topic_with_more_than_one_of_them(shipped_ones):
    topics = [ordering.topic for ordering in shipped_ones]
    assert all(topics.count(topic) > 1 for topic in topics)

"""The question and the decision of a scenario: plain text that is kept, written back, recorded and shown first."""

import dataclasses

import pytest

from regimens import report
from regimens.errors import InputFileError
from regimens.report.text import findings
from regimens.scenario import Scenario
from regimens.study.provenance import provenance_of
from regimens.study.study import resolve
from tests import small
from tests.report import example

ASKED = """\
question: >
  Does a longer rest
  cost Treg?
decision: Which rest a pilot study takes; a wrong one costs a study.
"""


def test_question_and_decision_are_read_on_one_line_and_written_back():
    found = Scenario.from_text(small.text(more=ASKED))
    assert found.question == "Does a longer rest cost Treg?"
    assert found.decision == "Which rest a pilot study takes; a wrong one costs a study."
    assert Scenario.from_text(found.to_yaml()) == found
    assert Scenario.from_text(small.text()).question == ""
    assert Scenario.from_text(small.text()) != found


def test_a_scenario_of_python_states_them_too():
    made = Scenario.build(
        title="T",
        question="Which?",
        decision="None.",
        arms={"A": "1 MIU SC once"},
        models="turnover",
        horizon="2 weeks",
        endpoints="doses",
    )
    assert (made.question, made.decision) == ("Which?", "None.")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("question", "' '", "The question is blank."),
        ("decision", "' '", "The decision is blank."),
        ("question", "''", "'question': found ''; at least 1 character is needed."),
        ("decision", "3", "'decision': found 3, a number; text is needed."),
    ],
)
def test_what_is_no_text_is_said_with_its_place(key, text, said):
    with pytest.raises(InputFileError) as error:
        Scenario.from_text(small.text(more=f"{key}: {text}\n"))
    (problem,) = error.value.problems
    assert (problem.message, problem.line, problem.column) == (said, 6, len(key) + 3)


def test_a_blank_question_is_refused_with_advice():
    with pytest.raises(InputFileError) as error:
        Scenario.from_text(small.text(more="question: ' '\n"))
    assert str(error.value) == (
        "<scenario>:6: The question is blank.\n"
        "    5 | population: {subjects: 6, seed: 3, draws: 4}\n"
        "  > 6 | question: ' '\n"
        "      |           ^\n"
        "  Write it in words, or leave the key out."
    )


def test_the_record_of_a_result_has_them():
    found = provenance_of(resolve(Scenario.from_text(small.text(more=ASKED))), (0, 0), 0).as_mapping()["scenario"]
    assert (found["question"], found["decision"][:10]) == ("Does a longer rest cost Treg?", "Which rest")
    assert set(provenance_of(resolve(Scenario.from_text(small.text())), (0, 0), 0).scenario) == {"path", "sha256"}


def test_the_page_repeats_them_before_anything_else():
    made = example.six()
    asked = dataclasses.replace(
        made, study=dataclasses.replace(made.study, scenario=dataclasses.replace(made.scenario, question="A <b>?", decision="B"))
    )
    page = report.page(asked)
    head = page[page.index("<h1>") : page.index('<p class="lead">')]
    assert "<dt>Question</dt><dd>A &lt;b&gt;?</dd><dt>Decision</dt><dd>B</dd>" in head
    assert 'class="asked"' not in report.page(made)
    assert findings.asked(asked.scenario) == ["Question: A <b>?", "Decision: B."]

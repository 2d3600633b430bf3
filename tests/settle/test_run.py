"""Trials that could settle a comparison: the key `settle`, the whole run, its sentences, and the command."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from regimens.cli import main
from regimens.contrasts.contrast import paired
from regimens.errors import InputFileError, RegimensError
from regimens.report.settling import page
from regimens.report.text import settling
from regimens.scenario import Scenario
from regimens.search.settling import settle_pairs
from regimens.study.comparison import compare
from regimens.work import local

ROOT = Path(__file__).parents[2]

TEXT = """\
title: Which trial settles it
models: [turnover, effect_turnover]
horizon: 3 weeks
population: {subjects: 4, seed: 4, draws: 20}
arms:
  daily: {regimen: 0.5 MIU SC daily x 8}
  twice: {regimen: 2 MIU SC every 7 days x 2}
  again: {regimen: 0.5 MIU SC daily x 8}
  none: {regimen: no dose}
endpoints: [mean of treg_fold to 3 weeks]
settle:
  endpoint: mean of treg_fold to 3 weeks
  pairs: [[daily, twice]]
  trials: 40
  designs:
    early: {subjects: 4, days: [3, 8]}
    late: {subjects: 12, days: [21]}
"""
ENDPOINT, PAIRS, EARLY, LATE = 12, 13, 16, 17


def scenario(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Scenario.from_text(text)


@pytest.fixture(scope="module")
def found():
    return settle_pairs(scenario())


def test_what_is_known_before_is_the_share_of_draws_over_models(found):
    compared = compare(replace(scenario(), settle=None))
    endpoint = compared.scenario.endpoints[0]
    chances = []
    for model in ("turnover", "effect_turnover"):
        by_draw = paired(compared.outcomes, model, endpoint, "daily", "twice")
        chances.append(np.mean(np.where(by_draw > 0, 1.0, np.where(by_draw < 0, 0.0, 0.5))))
    assert [row.before for row in found.designs] == pytest.approx([np.mean(chances)] * 2)


def test_a_design_has_a_row_and_so_has_each_of_its_days(found):
    assert [(row.design, row.subjects, row.samples) for row in found.designs] == [("early", 4, 16), ("late", 12, 24)]
    assert [(row.design, row.day) for row in found.days] == [("early", 3.0), ("early", 8.0), ("late", 21.0)]
    assert np.isnan(found.days[-1].without)
    assert found.days[-1].alone == found.designs[-1].settled
    for row in found.designs:
        assert row.wrong <= row.settled
        assert row.settled_error == pytest.approx(np.sqrt(row.settled * (1 - row.settled) / 40))


def test_neither_workers_nor_chunks_change_a_number(found):
    with local(2) as executor:
        other = settle_pairs(scenario(), executor=executor, chunk=7)
    assert repr((other.designs, other.days)) == repr((found.designs, found.days))


def test_a_pair_that_is_settled_needs_no_trial():
    settled = settle_pairs(scenario(("[[daily, twice]]", "[[daily, none]]")))
    (said,) = settling.answers(settled)
    assert said == "'daily' and 'none': before a trial, 'daily' is better with a probability of 100\u00a0%. No trial needed."


def test_the_most_contested_pair_has_different_doses():
    (pair,) = settle_pairs(scenario(("  pairs: [[daily, twice]]\n", ""))).pairs
    assert set(pair) in ({"daily", "twice"}, {"twice", "again"})


def test_the_page_says_the_answer_and_is_the_same_again(found):
    made = page(found)
    assert made == page(found)
    assert settling.opening(found) in made
    assert "What each sampling day says" in made


def test_what_should_be_settled_is_written_and_read_back():
    made = scenario(("trials: 40", "trials: 40\n  noise: {assay: 0.2, day_to_day: 0.1, correlated_over: 5 days}\n  dropout: 0.1"))
    assert Scenario.from_text(made.to_yaml()) == made


def test_one_draw_settles_nothing():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario((", draws: 20", "")))
    assert str(raised.value) == (
        "scenario: the parameters are taken as known (one draw), so there is nothing that a trial could settle. "
        "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
    )


def test_too_few_draws_to_weigh_are_refused():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("draws: 20", "draws: 10")))
    assert str(raised.value) == "The models have 20 parameter draws in all; 21 are needed to weigh them. Add draws."

    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("draws: 20", "draws: 10"), ("  pairs: [[daily, twice]]\n", "")))
    assert str(raised.value) == "The models have 20 parameter draws in all; 21 are needed to weigh them. Add draws."


def test_a_pair_is_looked_for_among_arms_with_different_doses_only():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("  pairs: [[daily, twice]]\n", ""), ("  twice: {regimen: 2 MIU SC every 7 days x 2}\n", "")))
    assert str(raised.value) == "No two arms with different doses are modelled together. Name other arms, or 'pairs'."


def test_samples_of_zero_are_refused():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(scenario(("  pairs:", "  observable: serum_il2\n  pairs:"), ("[3, 8]", "[0, 8]")))
    assert str(raised.value) == (
        "'serum_il2' is 0 or missing at some sample, and trials are simulated on its logarithm. "
        "Sample another observable, or on other days."
    )


def test_a_scenario_without_the_key_is_refused():
    with pytest.raises(RegimensError) as raised:
        settle_pairs(replace(scenario(), settle=None))
    assert str(raised.value) == "scenario: there is no 'settle' in this scenario. Add the endpoint and the designs."


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "advice"),
    [
        ("[21]", "[22]", LATE, "The sample on day 22 comes after the horizon of 21 days.", "Move the horizon, or the sample."),
        ("[3, 8]", "[8, 3]", EARLY, "Day 3 does not come after day 8.", "Days ascend."),
        ("[3, 8]", "[-1, 8]", EARLY, "Day -1 is before the start.", "Days are elapsed: the first dose is on day 0."),
        ("subjects: 12", "subjects: 0", LATE, "'subjects': found 0, a number; a number of at least 1 is needed.", ""),
        ("[daily, twice]", "[daily, thrice]", PAIRS, "There is no arm 'thrice'.", "Did you mean 'twice'?"),
        ("[daily, twice]", "[daily, daily]", PAIRS, "The pair names 'daily' twice.", "A pair needs two arms."),
        (
            "[daily, twice]", "[daily, again]", PAIRS,
            "'daily' and 'again' give the same doses at the same times: no trial can tell them apart.", "Name two arms that differ.",
        ),
        (
            "endpoint: mean of treg_fold to 3 weeks", "endpoint: time of peak of treg_fold", ENDPOINT,
            "'time of peak of treg_fold' has no better direction, so no arm can be better on it.",
            "Name an endpoint of which more, or less, is better.",
        ),
        (
            "endpoint: mean of treg_fold to 3 weeks", "endpoint: mean of treg_fald to 3 weeks", ENDPOINT,
            "'treg_fald' is no observable of the models of this scenario.", "Did you mean 'treg_fold'?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(old, new, line, message, advice):
    with pytest.raises(InputFileError) as raised:
        scenario((old, new))
    assert [(problem.line, problem.message, problem.advice) for problem in raised.value.problems][:1] == [(line, message, advice)]


def test_the_command_writes_a_page_and_tables(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["regimens", "settle", "s.yaml", "--out", "found"])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert (ended.value.code or 0, err) == (0, "Written to found/report.html\n")
    assert out.startswith("40 trials of each of two designs for one pair of arms, that sample treg_fold:")
    assert sorted(path.name for path in Path("found").iterdir()) == ["days.csv", "designs.csv", "provenance.json", "report.html"]


def test_the_readme_and_the_shipped_scenario_can_be_read():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(settle:\n.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    shipped = (ROOT / "scenarios" / "settle.yaml").read_text(encoding="utf-8")
    assert len(Scenario.from_text(shipped).settle.designs) == 3
    assert len(Scenario.from_text(shipped[: shipped.index("settle:")] + text).settle.designs) == 2

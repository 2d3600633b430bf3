"""`use: NAME` takes a published regimen over, with its source and what was assumed."""

import pytest

from regimens.errors import ExposureMismatch, InputFileError
from regimens.exposure import audit
from regimens.regimen import parse_regimen
from regimens.scenario import read_scenario

BODY = """\
title: T
models: [turnover]
horizon: 24 weeks
arms:
  A:
    {arm}
endpoints: [peak of treg_fold]
"""


def arms_of(tmp_path, arm):
    file = tmp_path / "s.yaml"
    file.write_text(BODY.format(arm=arm), encoding="utf-8")
    return read_scenario(file).arms


def said(tmp_path, arm):
    with pytest.raises(InputFileError) as raised:
        arms_of(tmp_path, arm)
    return [(problem.line, problem.column, problem.message, problem.advice) for problem in raised.value.problems]


def test_the_citation_of_the_entry_becomes_the_source_of_the_arm(tmp_path):
    (arm,) = arms_of(tmp_path, "use: he-2016-1")
    assert arm.regimen == parse_regimen("(1 MIU SC every other day x 7, rest 14 days) x 3")
    (source,) = arm.sources
    assert (source.text, source.doi, source.registration) == ("He J 2016, Nat Med", "", "NCT02084238")
    assert arm.assumptions == (
        "Three courses and their breaks are from a congress report, the doses of a course from the trial's registration.",
    )


def test_a_source_that_is_given_stands(tmp_path):
    (arm,) = arms_of(tmp_path, "use: koreth-2011-1\n    source: {text: My own reading}")
    assert [source.text for source in arm.sources] == ["My own reading"]


def test_totals_of_a_published_regimen_are_audited_all_the_same(tmp_path):
    arms = arms_of(tmp_path, "use: koreth-2011-1\n    expect: {total: 100.8 MIU, doses: 56}")
    file = tmp_path / "s.yaml"
    assert audit(arms, read_scenario(file).subject).differences == ()
    arms = arms_of(tmp_path, "use: koreth-2011-1\n    expect: {total: 56 MIU}")
    with pytest.raises(ExposureMismatch) as raised:
        audit(arms, read_scenario(file).subject)
    assert str(raised.value) == "Arm 'A': 56 doses of 1.8 MIU are 100.8 MIU, but `expect` says 56 MIU (line 7)."


def test_a_published_range_of_rests_is_resolved_by_the_arm(tmp_path):
    (arm,) = arms_of(tmp_path, "use: humrich-2016-1.5\n    rest: midpoint")
    assert arm.regimen == parse_regimen("(1.5 MIU SC daily x 5, rest 12 days) x 4")
    assert said(tmp_path, "use: humrich-2016-1.5") == [
        (6, 10, "The rest of '(1.5 MIU SC daily x 5, rest 9-16 days) x 4' is a range, and the arm does not say which length is meant.",
         "Add 'rest: shortest', 'midpoint', 'longest', 'each' (one arm per whole day) or 'drawn' (per subject) to the arm."),
    ]  # fmt: skip


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path):
    assert said(tmp_path, "use: koreth-2011-2") == [
        (6, 10, "The library has no regimen 'koreth-2011-2'. Did you mean 'koreth-2011-3'? `regimens library` lists all 73.", ""),
    ]


def test_an_open_entry_is_refused_with_its_reason(tmp_path):
    assert said(tmp_path, "use: lite-1") == [
        (6, 10, "The sources of 'lite-1' leave it open: 1 MIU daily for up to six months; the number of doses is not given.",
         "Write a regimen, and under 'assumptions' what you took."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arm", "found"),
    [
        ("expect: {doses: 5}", "none of 'regimen', 'use', 'table' and 'ledger'"),
        ("use: lilacs-1.5\n    regimen: no dose", "both 'regimen' and 'use'"),
    ],
)
def test_an_arm_has_a_regimen_or_a_name_and_not_both(tmp_path, arm, found):
    assert said(tmp_path, arm) == [
        (5, 3, f"Arm 'A' has {found}.", "Write the regimen, 'use:' with the name of a published one, 'table:' with an event table, or 'ledger:' with the file of an earlier run."),
    ]  # fmt: skip

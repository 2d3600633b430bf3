"""A hundred sentences as trials and labels print them: understood exactly, or refused with what to write instead."""

from fractions import Fraction
from pathlib import Path

import pytest

from regimens.errors import RegimenError
from regimens.exposure import exposure_of
from regimens.regimen import parse_regimen
from regimens.subject import Subject
from regimens.units import amount_text
from regimens.yamlfile import read

CASES = read(Path(__file__).parents[1] / "cases" / "protocol_lines.yaml").data["lines"]
UNDERSTOOD = {case["line"]: case for case in CASES if "echo" in case}
REFUSED = {case["line"]: case for case in CASES if "refused" in case}


def test_of_a_hundred_different_lines_ninety_are_understood():
    assert len(CASES) == 100
    assert len({(case["line"], case.get("day 0")) for case in CASES}) == 100
    assert len(UNDERSTOOD) >= 90
    assert len(UNDERSTOOD) + len(REFUSED) == 100


@pytest.mark.parametrize("line", UNDERSTOOD)
def test_a_line_is_understood_with_its_echo_its_exact_totals_and_its_days(line):
    case = UNDERSTOOD[line]
    regimen = parse_regimen(line, case.get("day 0"))
    assert regimen.in_words() == case["echo"]
    assert parse_regimen(regimen.in_words()) == regimen
    earliest = regimen.with_rests("shortest")
    rows = exposure_of(earliest, Subject())
    assert {row.drug: amount_text(row.total, row.unit) for row in rows} == case["totals"]
    days = {drug: [dose.start / 24 for dose in earliest.written_out() if dose.drug == drug] for drug in regimen.drugs}
    assert days == {drug: [Fraction(str(day)) for day in listed] for drug, listed in case["days"].items()}


@pytest.mark.parametrize("line", REFUSED)
def test_a_line_that_is_refused_is_answered_with_the_cure(line):
    with pytest.raises(RegimenError) as raised:
        parse_regimen(line)
    assert raised.value.message == REFUSED[line]["refused"]
    assert raised.value.advice.split(" For example: ")[0] == REFUSED[line]["cure"]
    assert raised.value.text == line

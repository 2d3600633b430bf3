"""The library: every total recomputed at the stated body, every regimen round-trips, open arms stay open."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from regimens import shipped
from regimens.errors import EvidenceError, InputFileError
from regimens.evidence import entry, library, read_library
from regimens.regimen import parse_regimen

FILE = shipped.folder("evidence") / "regimens.yaml"
CLOSED = [known for known in library() if known.regimen is not None]
OPEN = [known for known in library() if known.regimen is None]
WRITTEN = {
    name: arm
    for study in yaml.safe_load(FILE.read_text(encoding="utf-8"))["studies"].values()
    for name, arm in study["arms"].items()
}

GOOD = """\
studies:
  A 2020:
    citation: A 2020, a journal
    population: adults
    how_read: abstract
    arms:
      a-2020-1: {regimen: 1 MIU SC daily x 5, total: 5 MIU, tabled: 5 MIU}
      a-2020-2: {open: The dose is not given.}
"""


def amount(text):
    number, unit = text.split()
    return Fraction(Decimal(number)) * {"MIU": 10**6, "mg": 1}[unit]


def by_hand(known):
    """Sum the doses one by one, without the package's exposure."""
    totals = {}
    for dose in known.regimen.with_rests("shortest").written_out():
        given = dose.dose.amount
        size = {"flat": 1, "per m2": known.subject.bsa_m2, "per kg": known.subject.weight_kg}[given.basis]
        one = given.value * size if given.cap is None else min(given.value * size, given.cap)
        totals[dose.drug] = totals.get(dose.drug, 0) + one
    return totals


@pytest.mark.parametrize("known", CLOSED, ids=lambda known: known.name)
def test_every_total_is_the_exact_sum_of_its_doses(known):
    written = WRITTEN[known.name]
    stated = written["total"] if isinstance(written["total"], dict) else dict.fromkeys(known.regimen.drugs, written["total"])
    assert {drug: amount(text) for drug, text in stated.items()} == by_hand(known) == dict(known.totals)
    if "tabled" in written:
        assert amount(written["tabled"]) == by_hand(known)["il2"]


@given(st.sampled_from(CLOSED))
def test_every_regimen_of_the_library_round_trips(known):
    assert parse_regimen(known.regimen.in_words()) == known.regimen
    for choice in ("shortest", "midpoint", "longest"):
        resolved = known.regimen.with_rests(choice)
        assert parse_regimen(resolved.in_words()) == resolved


def test_arms_that_a_source_leaves_open_have_a_reason_and_nothing_else():
    assert sorted(known.name for known in OPEN) == [
        "df-il2-child-0.125", "df-il2-child-0.25", "df-il2-child-0.5", "dilfrequency-interval", "dilfrequency-optimum",
        "dilt1d", "he-2016-registry", "ito-2014", "kennedy-nasser-2014", "lilacs-a", "lite-1", "mirocals-2", "phase1-hiv",
        "piscitelli-1998", "tilt", "transreg-1", "whangbo-2019-adults", "whangbo-2019-children",
    ]  # fmt: skip
    assert all(known.open.endswith(".") and known.totals == () for known in OPEN)


def test_a_known_entry_has_everything_its_study_says():
    known = entry("zhang-2024-0.5-tcz")
    assert known.regimen.in_words() == "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
    assert known.total_words == "il2 2.5 MIU, tocilizumab 560 mg"
    assert (known.doi, known.doi_verified, known.registration) == ("10.3389/fimmu.2024.1359041", True, "ChiCTR-INR-16009546")
    assert len(known.assumed) == 2


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(EvidenceError) as raised:
        entry("koreth-2011-2")
    assert str(raised.value) == (
        f"The library has no regimen 'koreth-2011-2'. Did you mean 'koreth-2011-3'? `regimens library` lists all {len(library())}."
    )


def test_the_files_name_no_address():
    for file in FILE.parent.iterdir():
        text = file.read_text(encoding="ascii")
        assert re.findall(r"https?:|www\.|\b[a-z0-9-]+\.(?:com|org|net|gov|edu|uk)\b", text) == [], file.name


def problems(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_library(file)
    return str(raised.value).replace(str(file), "bad.yaml")


def test_a_good_file_is_read(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text(GOOD, encoding="utf-8")
    first, second = read_library(file)
    assert (first.total_words, first.open, second.regimen, second.open) == ("5 MIU", "", None, "The dose is not given.")


def test_all_problems_of_a_file_are_said_at_once(tmp_path):
    text = GOOD.replace("total: 5 MIU, tabled: 5 MIU", "total: 6 MIU, tabled: 2.5 MIU")
    text = text.replace("open: The dose is not given.", "regimen: 1 MUI SC daily x 5, total: 5 MIU")
    text += "  B 2021:\n    citation: B 2021\n    population: adults\n    how_read: abstract\n    arms:\n"
    text += "      a-2020-1: {regimen: 1 MIU SC once}\n      b-2021-1: {n: 3}\n"
    assert (
        problems(tmp_path, text)
        == """\
bad.yaml:7: 5 doses of 1 MIU are 5 MIU, not 6 MIU.
    6 |     arms:
  > 7 |       a-2020-1: {regimen: 1 MIU SC daily x 5, total: 6 MIU, tabled: 2.5 MIU}
      |                                                      ^
  Check the schedule against its source.
bad.yaml:7: 5 doses of 1 MIU are 5 MIU, not 2.5 MIU.
    6 |     arms:
  > 7 |       a-2020-1: {regimen: 1 MIU SC daily x 5, total: 6 MIU, tabled: 2.5 MIU}
      |                                                                     ^
  Check the schedule against its source.
bad.yaml:8: 'MUI' is not a unit of amount.
    7 |       a-2020-1: {regimen: 1 MIU SC daily x 5, total: 6 MIU, tabled: 2.5 MIU}
  > 8 |       a-2020-2: {regimen: 1 MUI SC daily x 5, total: 5 MIU}
      |                             ^
  Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).
bad.yaml:14: 'a-2020-1' is also an arm of 'A 2020'.
    13 |     arms:
  > 14 |       a-2020-1: {regimen: 1 MIU SC once}
       |       ^
  Every arm needs its own name.
bad.yaml:14: The total of il2 is missing.
    13 |     arms:
  > 14 |       a-2020-1: {regimen: 1 MIU SC once}
       |                 ^
  1 dose of 1 MIU is 1 MIU.
bad.yaml:15: 'b-2021-1' needs either a regimen or, under 'open', what its sources leave open.
    14 |       a-2020-1: {regimen: 1 MIU SC once}
  > 15 |       b-2021-1: {n: 3}
       |       ^"""
    )


def test_faults_of_keys_and_of_totals_come_at_once(tmp_path):
    text = GOOD.replace("how_read: abstract", "how_read: rumour").replace(
        "total: 5 MIU, tabled: 5 MIU", "total: 6 MIU, tabled: 5"
    )
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_library(file)
    assert [(problem.line, problem.message) for problem in raised.value.problems] == [
        (5, "'how_read': found 'rumour'."),
        (7, "5 doses of 1 MIU are 5 MIU, not 6 MIU."),
        (7, "'tabled': found 5, a number; text is needed."),
    ]


def test_an_unknown_key_is_answered_with_the_nearest(tmp_path):
    assert (
        problems(tmp_path, GOOD.replace("how_read", "how_rad"))
        == """\
bad.yaml:5: 'how_rad' is not a known key here.
    4 |     population: adults
  > 5 |     how_rad: abstract
      |     ^
  Did you mean 'how_read'?"""
    )


def test_a_total_of_a_drug_without_doses_is_refused(tmp_path):
    text = GOOD.replace("total: 5 MIU, tabled: 5 MIU", "total: {il2: 5 MIU, tocilizumab: 560 mg}")
    assert problems(tmp_path, text).splitlines() == [
        "bad.yaml:7: The regimen has no doses of tocilizumab.",
        "    6 |     arms:",
        "  > 7 |       a-2020-1: {regimen: 1 MIU SC daily x 5, total: {il2: 5 MIU, tocilizumab: 560 mg}}",
        "      |                                                                   ^",
        "  Remove the total, or add its doses.",
    ]

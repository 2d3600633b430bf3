"""Any text is read as a regimen or refused by the house's own error, at its place, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.errors import RegimenError
from regimens.regimen import parse_regimen
from regimens.regimen.seams import seams
from regimens.yamlfile import read as read_yaml
from tests.examples import examples

pytestmark = pytest.mark.no_cover  # thousands of texts, whose lines other tests run as well; the tracer doubles the time

HEAVY = examples(150)

LINES = [case["line"] for case in read_yaml(Path(__file__).parents[1] / "cases" / "protocol_lines.yaml").data["lines"]]
WORDS = [
    *["0", "1", "2", "5", "7", "28", "0.5", "1e3", "1e40", "21/13", "10^6", "10^99", "10²", "10⁶", "1,000,000", "1,000", "two", "MIU", "kIU", "IU", "MU", "million", "mg", "ug", "m2", "kg", "/", "per", "(", ")", ",", ";", ":", "&", "-", "+", "."],
    *["SC", "s.c.", "subcut", "IV", "IM", "PO", "oral", "inhaled", "by", "mouth", "over", "min", "h", "d", "w", "day", "days", "week", "weeks", "month", "x", "×", "for", "a", "total", "of", "doses", "cycles", "cycle"],
    *["once", "twice", "thrice", "three", "times", "daily", "weekly", "monthly", "biweekly", "BID", "TID", "q.d.", "QOD", "every", "each", "other", "second", "q", "alternate", "on", "at", "protocol"],
    *["elapsed", "until", "from", "to", "Mon", "Tuesday", "Fridays", "MWF", "rest", "then", "followed", "by", "and", "load", "loading", "dose", "no", "at steady state of", "steady", "max", "in", "steps", "single", "il2:", "drug:"],
]  # fmt: skip


def read(text):
    """Return the regimen of a text, or the error that refuses it."""
    try:
        return parse_regimen(text)
    except RegimenError as error:
        return error


def read_or_refused(text):
    found = read(text)
    if isinstance(found, RegimenError):
        assert found.text == text
        assert 0 <= found.at <= len(text)
        assert found.message.endswith(".")
        return
    assert parse_regimen(found.in_words()) == found
    assert all(seam.in_words for seam in seams(found.with_rests("shortest")))


@HEAVY
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_a_soup_of_the_words_of_the_grammar_is_read_or_refused(words):
    read_or_refused(" ".join(words))


@HEAVY
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    read_or_refused(text)


@HEAVY
@given(st.sampled_from(LINES), st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["", *WORDS]), st.booleans()), max_size=3))
def test_a_protocol_line_with_words_lost_added_or_changed_is_read_or_refused(line, changes):
    words = line.split()
    for place, word, added in changes:
        at = place % (len(words) + 1)
        words[at : at + (not added)] = [word] if word else []
    read_or_refused(" ".join(words))


@pytest.mark.parametrize(
    "piece", ["(", "1 MIU ", "every ", "1 MIU SC on days 0", ", 1", "q 1 ", "x 9 ", "then ", "1,000,", "Mon, ", "10^6 x "]
)
def test_two_thousand_characters_of_one_piece_are_read_or_refused(piece):
    read_or_refused("1 MIU SC " + piece * ((2000 - 9) // len(piece)))

"""Small parts of the report: numbered references."""

from __future__ import annotations

import pytest

from regimens.report.references import Bibliography
from regimens.scenario import Reference


def test_one_source_has_one_number_however_its_doi_is_written():
    listed = Bibliography()
    first = listed.number_of(Reference(doi="10.1000/ABC"))
    again = listed.number_of(Reference(doi="https://doi.org/10.1000/abc", text="Words"), "turnover")
    other = listed.number_of(Reference(text="Other words"))
    assert (first, again, other) == (1, 1, 2)
    assert listed.entries[0].text == "Words"


@pytest.mark.parametrize("doi", ["javascript:alert(1)", "10.1/x", "10.1000/a b", '"><script>'])
def test_what_is_no_doi_gets_no_link(doi):
    listed = Bibliography()
    listed.number_of(Reference(doi=doi))
    assert listed.entries[0].doi_link == ""


def test_a_doi_is_quoted_in_its_link():
    listed = Bibliography()
    listed.number_of(Reference(doi='10.1000/<a>"b'))
    assert listed.entries[0].doi_link == "https://doi.org/10.1000/%3Ca%3E%22b"

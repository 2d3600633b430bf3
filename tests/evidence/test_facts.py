"""Facts are read as printed, bad cells are refused, and the page of evidence is what the files say."""

from pathlib import Path

import pytest

from regimens import shipped
from regimens.errors import InputFileError
from regimens.evidence import adverse_events, pharmacology, read_facts
from regimens.evidence.listing import evidence_page

ROOT = Path(__file__).parents[2]


def test_the_shipped_facts_are_all_there():
    assert (len(pharmacology()), len(adverse_events())) == (37, 17)
    by_id = {fact.id: fact for fact in (*pharmacology(), *adverse_events())}
    assert (by_id["piscitelli-half-life"].value, by_id["piscitelli-half-life"].unit) == (3.3, "h")
    assert (by_id["wong-nk"].low, by_id["wong-nk"].high, by_id["wong-nk"].n) == (61.0, 607.0, 273)
    assert by_id["he-2020-il2-fever"].value == 13.8


def test_bad_cells_of_a_table_of_facts_are_said_at_once(tmp_path):
    heading, first, *_ = (shipped.folder("evidence") / "adverse_events.csv").read_text(encoding="ascii").splitlines()
    file = tmp_path / "facts.csv"
    bad = first.replace(",0,,,,events", ",,,,,").replace(",context,", ",contxt,").replace(",6,", ",six,")
    file.write_text("\n".join([heading, first, bad]) + "\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_facts(file)
    assert [(problem.line, problem.message, problem.advice) for problem in raised.value.problems] == [
        (3, "The id 'hartemann-0-serious-adverse-events' is already used on line 2.", "Rename one of the rows."),
        (3, "'six' is not a whole number of at least 0.", "'n' must be one, or blank."),
        (3, "This row has neither a value nor both low and high.", ""),
        (3, "'unit' is blank.", "Every row needs it."),
        (3, "Unknown role 'contxt'.", "Did you mean 'context'?"),
    ]


def test_the_page_of_evidence_is_up_to_date():
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert page == evidence_page(), "run scripts/render_evidence.py"


def test_every_study_of_the_page_has_two_lines():
    lines = evidence_page().splitlines()
    entries = [place for place, line in enumerate(lines) if line.startswith("- **")]
    assert len(entries) > 60
    for place in entries:
        assert lines[place].endswith("\\")
        assert lines[place + 1].startswith("  ")
        assert not "".join(lines[place + 2 : place + 3]).startswith("  ")

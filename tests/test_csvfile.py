"""CSV tables: what is read, what is said about it, and every way in which a file can be wrong."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.csvfile import read_table
from regimens.decimals import number_of, whole_number_of
from regimens.errors import InputFileError

NEEDED, KNOWN = ("weight_kg",), ("weight_kg", "height_cm", "sex")
CLOSE = "Close a quoted cell at its end, and write a quote inside it twice."
INSIDE = "Put the whole cell in quotes and write a quote inside it twice, or remove the quote."


def table_of(tmp_path, text, **named):
    file = tmp_path / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_table(file, NEEDED, KNOWN, **named)


def problems(tmp_path, text, **named):
    with pytest.raises(InputFileError) as raised:
        table_of(tmp_path, text, **named)
    return [(p.line, p.column, p.message, p.advice) for p in raised.value.problems]


def test_cells_are_stripped_text_by_column_and_rows_know_their_line(tmp_path):
    table = table_of(tmp_path, "weight_kg, sex\n\n70 ,female\n , \n 81.5,\n")
    assert table.heading == ("weight_kg", "sex")
    assert [(row.line, row["weight_kg"], row["sex"], row["height_cm"]) for row in table.rows] == [
        (3, "70", "female", ""),
        (5, "81.5", "", ""),
    ]
    assert table.column("weight_kg") == ["70", "81.5"]
    assert (table.note, table.extra) == ("", ())


def test_a_byte_order_mark_is_no_part_of_the_heading(tmp_path):
    assert table_of(tmp_path, b"\xef\xbb\xbfweight_kg\n70\n").column("weight_kg") == ["70"]


@pytest.mark.parametrize(
    ("text", "note", "weights"),
    [
        ("weight_kg,sex\n70.5,\n", "", [70.5]),
        ("weight_kg;sex\n70;\n", "Read with ';' between cells.", [70.0]),
        ("weight_kg;sex\n70.5;\n", "Read with ';' between cells.", [70.5]),
        ("weight_kg;sex\n70,5;\n81;\n", "Read with ';' between cells and decimal commas.", [70.5, 81.0]),
        ("weight_kg;sex\n70,5;\n81.5;\n", "Read with ';' between cells and decimal commas.", [70.5, None]),
        ("weight_kg\tsex\n70.5\t\n", "Read with tabs between cells.", [70.5]),
        ("weight_kg\tsex\n70,5\t\n", "Read with tabs between cells.", [None]),
        ('"weight_kg","sex"\n"70,5",\n', "", [None]),
    ],
)
def test_the_delimiter_and_the_decimal_mark_are_found_and_said(tmp_path, text, note, weights):
    table = table_of(tmp_path, text)
    assert table.note == note
    assert [row.number("weight_kg") for row in table.rows] == weights
    assert table.heading == ("weight_kg", "sex")


def test_a_number_with_a_decimal_comma_is_also_given_with_a_point(tmp_path):
    (row,) = table_of(tmp_path, "weight_kg;height_cm\n70,25;180\n").rows
    assert (row.decimal("weight_kg"), row.whole_number("height_cm"), row.whole_number("weight_kg")) == ("70.25", 180, None)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n"'), max_size=8)


@given(st.sampled_from(",;\t"), st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6))
def test_whatever_is_written_as_csv_is_read_back(tmp_path_factory, delimiter, rows):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([KNOWN, *rows])
    table = table_of(tmp_path_factory.mktemp("csv"), text.getvalue())
    stripped = [tuple(cell.strip() for cell in row) for row in rows]
    assert [tuple(row) for row in table.cells] == [row for row in stripped if any(row)]


QUOTES = {
    "a heading whose quote is not closed": (
        '"weight_kg,height_cm\n70,170\n',
        [(1, 1, "The quote that opens this cell is not closed.", CLOSE)],
    ),
    "a heading with a quote inside a cell": (
        'weight"kg,sex\n70,\n',
        [(1, 7, "Found a quote inside the cell 'weight\"kg'.", INSIDE)],
    ),
    "a heading with text after a quoted cell": (
        '"weight"kg,sex\n70,\n',
        [(1, 9, "Found 'kg' after the closing quote of a cell.", CLOSE)],
    ),
    "a cell whose quote is not closed": (
        'weight_kg,sex\n70,"female\n80,male\n',
        [(2, 4, "The quote that opens this cell is not closed.", CLOSE)],
    ),
    "a cell whose quote is closed lines later": (
        'weight_kg,sex\n70,"female\n80,male\n90,"male"\n',
        [(2, 4, "The quote that opens this cell is closed on line 4, before 'male\"'.", CLOSE)],
    ),
    "inches": ('weight_kg,sex\n5" nail,\n', [(2, 2, "Found a quote inside the cell '5\" nail'.", INSIDE)]),
    "a space after a quoted cell": ('weight_kg,sex\n"70" ,\n', [(2, 5, "Found ' ' after the closing quote of a cell.", CLOSE)]),
}


@pytest.mark.parametrize(("text", "found"), QUOTES.values(), ids=QUOTES)
def test_a_quote_that_is_stray_or_not_closed_is_shown_where_it_stands(tmp_path, text, found):
    assert problems(tmp_path, text) == found


def test_a_cell_of_a_hundred_thousand_characters_too_many_is_refused_on_its_line(tmp_path):
    assert problems(tmp_path, f"weight_kg,sex\n70,\n71,{'x' * 140_000}\n") == [
        (3, None, "This row cannot be read: field larger than field limit (131072).", "")
    ]


def test_all_problems_of_a_file_are_said_at_once(tmp_path):
    text = 'wieght_kg,sex,sex,,colour\n70,female\n"7"0,,,,\n80,fe"male,,,\n90,male,,,"red\n'
    needed = "Needed: weight_kg."
    assert problems(tmp_path, text) == [
        (1, None, "The column 'weight_kg' is missing.", needed),
        (1, 1, "Unknown column 'wieght_kg'.", "Did you mean 'weight_kg'?"),
        (1, 15, "The column 'sex' appears twice.", "Remove or rename one of them."),
        (1, 19, "Column 4 has no name.", "Name every column in the first line."),
        (1, 20, "Unknown column 'colour'.", "Known: height_cm, weight_kg."),
        (2, None, "This row has 2 cells, the heading 5.", "Put text that contains a comma in quotes."),
        (3, 4, "Found '0' after the closing quote of a cell.", CLOSE),
        (4, 6, "Found a quote inside the cell 'fe\"male'.", INSIDE),
        (5, 11, "The quote that opens this cell is not closed.", CLOSE),
    ]


def test_an_empty_file_says_which_columns_are_needed(tmp_path):
    assert problems(tmp_path, "\n , \n") == [(None, None, "The file is empty.", "Its first line names columns: weight_kg.")]


def test_the_message_shows_the_place_of_a_quote(tmp_path):
    with pytest.raises(InputFileError) as raised:
        table_of(tmp_path, '"weight_kg,height_cm\n70,170\n')
    assert (
        str(raised.value).replace(str(tmp_path), "x")
        == """\
x/people.csv:1: The quote that opens this cell is not closed.
  > 1 | "weight_kg,height_cm
      | ^
  Close a quoted cell at its end, and write a quote inside it twice."""
    )


def test_columns_that_are_allowed_are_listed_and_read(tmp_path):
    table = table_of(tmp_path, "site,weight_kg,hair\nA,70,red\n", allow_extra=True)
    assert (table.extra, table.rows[0]["hair"]) == (("site", "hair"), "red")


def test_an_extra_column_that_differs_from_a_known_one_in_case_or_punctuation_only_is_refused(tmp_path):
    assert problems(tmp_path, "weight_kg,Height cm,site,site\n70,170,A,B\n", allow_extra=True) == [
        (1, 11, "Unknown column 'Height cm'.", "Did you mean 'height_cm'?"),
        (1, 26, "The column 'site' appears twice.", "Remove or rename one of them."),
    ]


def test_a_problem_of_a_cell_stands_at_its_text(tmp_path):
    (row,) = table_of(tmp_path, 'weight_kg;sex\n70;"a;""b"\n').rows
    found = row.problem("sex", "Found b.", at=3)
    assert (found.line, found.column) == (2, 8)
    assert row.problem("height_cm", "Missing.").column is None


def test_a_number_that_is_required_is_refused_where_it_is_none(tmp_path):
    (row,) = table_of(tmp_path, "weight_kg,height_cm\n70.5,7_0\n").rows
    assert row.required_number("weight_kg") == 70.5
    with pytest.raises(InputFileError) as raised:
        row.required_number("height_cm")
    assert [(p.line, p.column, p.message, p.advice) for p in raised.value.problems] == [
        (2, 6, "'7_0' is not a number.", "'height_cm' must be a plain decimal number.")
    ]


NUMBERS = {"-12": -12.0, "0.5": 0.5, "1.5e-3": 0.0015, "+3": 3.0, ".5": 0.5, "7.": 7.0, "1E2": 100.0}
NOT_NUMBERS = (
    "",
    " 1",
    "7_0",
    "nan",
    "inf",
    "-Infinity",
    "1e999",
    "0x10",
    "1 000",
    "1,000",
    "1.0.0",
    "e5",
    "٧٠",
    "７",
    "1e",
    "--1",
)


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_plain_decimal_notation_is_a_number(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_anything_else_is_not(text):
    assert number_of(text) is None
    assert whole_number_of(text) is None


def test_a_decimal_comma_is_read_only_where_it_is_the_mark():
    assert [number_of(text, ",") for text in ("70,5", "70", "70.5", "1.000,5", "1,0,0")] == [70.5, 70.0, None, None, None]


def test_a_whole_number_has_no_decimal_point_and_fits_in_64_bits():
    assert [whole_number_of(text) for text in ("-12", "007", "1.0", "1e3", "9" * 18, "9" * 19)] == [
        -12, 7, None, None, 10**18 - 1, None,
    ]  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_of_a_float_is_read_exactly(number):
    assert number_of(repr(number)) == number

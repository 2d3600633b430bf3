"""Tables: every one declared once, with the header of its file, its DataFrame and its documentation."""

from pathlib import Path

import pandas as pd
import pytest

from regimens import compare
from regimens.errors import RegimensError
from regimens.study.export import ALWAYS, ENDPOINTS, TABLES, documentation
from regimens.study.folder import files_of
from tests import small

ROOT = Path(__file__).parents[2]
LIFE = "real_life: {missed: 0.2, late: {share: 0.2, up_to: 6 h}}\nequalise: {total: 6 MIU, by: amount}\nvisits: {later: 5 days}\nnoise: {residual: 0.1}\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    more = LIFE + "trade_off: {gain: mean of treg_fold to 2 weeks, cost: peak of serum_il2}\n"
    population = "{subjects: 6, seed: 3, draws: 4, body: {weight: {typical: 70 kg, cv: 0.2}}}"
    words = small.text(more=more, population=population).replace("24 h}", "24 h, individuals: 2}")
    return compare(small.written(tmp_path_factory.mktemp("export"), words))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_columns_that_it_declares(table, result):
    assert tuple(result.to_frame(table.name).columns) == table.header


def test_files_are_the_tables_with_rows_and_those_that_are_always_written(result):
    texts = files_of(result, "page")
    files = {name.removesuffix(".csv") for name in texts if name.endswith(".csv")}
    assert files == set(result.tables) | set(ALWAYS)
    for name in files - {ENDPOINTS.name}:
        header, *_ = texts[f"{name}.csv"].splitlines()
        assert header == ",".join(next(table for table in TABLES if table.name == name).header)


def test_the_file_of_endpoints_reads_back_as_its_table(result, tmp_path):
    file = tmp_path / "endpoints.csv"
    file.write_text("".join(files_of(result, "page")["endpoints.csv"]), encoding="utf-8")
    pd.testing.assert_frame_equal(
        pd.read_csv(file, keep_default_na=False, na_values={"value": [""]}), result.to_frame("endpoints"), check_dtype=False
    )


def test_no_two_tables_or_columns_have_one_name_and_every_column_says_what_it_is():
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    for table in TABLES:
        assert len(set(table.header)) == len(table.header), table.name
        assert all(column.meaning for column in table.columns), table.name


def test_the_documentation_of_the_tables_is_that_of_the_code():
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == documentation()


def test_an_unknown_table_is_answered_with_the_nearest(result):
    with pytest.raises(RegimensError) as raised:
        result.to_frame("sumary")
    assert str(raised.value) == "Unknown table 'sumary'. Did you mean 'summary'?"

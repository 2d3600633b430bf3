"""Tables: every one declared once, with the header of its file, its DataFrame and its documentation."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regimens import compare
from regimens.errors import RegimensError
from regimens.study import export
from regimens.study.export import ALWAYS, ENDPOINTS, OF_SUBJECTS, PACKED, TABLES, documentation, endpoints_table
from regimens.study.folder import files_of
from regimens.study.formats import FORMATS
from tests import small

ROOT = Path(__file__).parents[2]
LIFE = "real_life: {missed: 0.2, late: {share: 0.2, up_to: 6 h}}\nequalise: {total: 6 MIU, by: amount}\nvisits: {later: 5 days}\nnoise: {residual: 0.1}\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    more = LIFE + "trade_off: {gain: mean of treg_fold to 2 weeks, cost: peak of serum_il2}\n"
    more += "observed: {file: my.csv, time: days, observable: treg_fold, unit: '1'}\n"
    population = "{subjects: 6, seed: 3, draws: 4, body: {weight: {typical: 70 kg, cv: 0.2}}}"
    ruled = (
        "  ruled:\n    regimen: 1 MIU SC daily x 5\n    rules: {decide: before each dose, look at: {treg_fold: {}}, "
        "rules: [stop if treg_fold above 2]}\n"
    )
    words = small.text(more=more, population=population, arms=small.ARMS + ruled).replace("24 h}", "24 h, individuals: 2}")
    folder = tmp_path_factory.mktemp("export")
    (folder / "my.csv").write_text("subject,arm,time,value\n1,low,7,2.1\n2,low,7,1.7\n", encoding="utf-8")
    return compare(small.written(folder, words))


@pytest.mark.parametrize("table", [table for table in TABLES if table is not ENDPOINTS], ids=lambda table: table.name)
def test_a_table_has_the_columns_that_it_declares(table, result):
    assert tuple(result.to_frame(table.name).columns) == table.header


def test_the_table_of_endpoints_has_a_column_for_each_endpoint_of_the_scenario(result):
    words = [endpoint.words for endpoint in result.scenario.endpoints]
    header = ("arm", "model", "draw", "subject", *words, "status", "id")
    assert endpoints_table(result.scenario.endpoints).header == header
    assert tuple(result.to_frame("endpoints").columns) == header
    assert header[4] == "peak of treg_fold"


def test_the_table_of_endpoints_holds_every_number_that_was_collected(result):
    table = result.to_frame("endpoints")
    assert len(table) == sum(status.size for status in result.collected.status.values())
    for (model, arm), values in result.collected.values.items():
        rows = table[(table["model"] == model) & (table["arm"] == arm)]
        assert list(zip(rows["draw"], rows["subject"], strict=True)) == [(d, s) for d in range(4) for s in range(6)]
        for place, endpoint in enumerate(result.scenario.endpoints):
            np.testing.assert_array_equal(rows[endpoint.words], values[place].ravel())


def test_frames_of_a_few_rows_are_the_same_table(result, monkeypatch):
    whole = result.to_frame("endpoints")
    monkeypatch.setattr(export, "FRAME_ROWS", 7)
    assert {len(frame) for frame in export.endpoint_frames(result)} == {7, 3}
    pd.testing.assert_frame_equal(result.to_frame("endpoints"), whole)


def test_files_are_the_tables_with_rows_and_those_that_are_always_written(result):
    texts = files_of(result, "page", FORMATS["csv"], {})
    files = {name.removesuffix(".csv") for name in texts if name.endswith(".csv")}
    packed = {name.removesuffix(".csv.gz") for name in texts if name.endswith(".csv.gz")}
    assert files | packed == set(result.tables) | set(ALWAYS)
    assert packed == {*PACKED, "endpoints"}
    assert len(texts) == len(files) + len(packed) + len({"report.html", "provenance.json"})
    for name in files:
        header, *_ = texts[f"{name}.csv"].splitlines()
        assert header == ",".join(next(table for table in TABLES if table.name == name).header)


def test_images_are_files_of_their_own_folder_beside_the_page(result):
    without = files_of(result, "page", None, {})
    with_them = files_of(result, "page", None, {"schedules.svg": b"<svg/>", "pairs.svg": b"<svg></svg>"})
    assert set(with_them) - set(without) == {"figures/schedules.svg", "figures/pairs.svg"}
    assert with_them["figures/schedules.svg"] == b"<svg/>"
    assert without["report.html"] == "page"


def test_without_subjects_no_file_has_a_row_of_a_single_subject(result):
    with_them, without = files_of(result, "page", FORMATS["csv"], {}), files_of(result, "page", None, {})
    assert set(with_them) - set(without) == {
        "endpoints.csv.gz", "subjects.csv", "individuals.csv.gz", "observations.csv.gz", "ledger.csv", "own_values.csv",
        "decisions.csv.gz",
    }  # fmt: skip
    assert all(with_them[name] == content for name, content in without.items() if isinstance(content, str))
    assert [name for name in without if name.endswith(".csv") and "subject," in without[name].splitlines()[0]] == []


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_comparison_is_saved_with_its_subjects_or_without_them(result, tmp_path):
    names = {path.name for path in result.save(tmp_path / "with").iterdir()}
    left = {path.name for path in result.save(tmp_path / "without", subjects=False).iterdir()}
    packed = {*PACKED, "endpoints"}
    assert names - left == {f"{name}.csv.gz" if name in packed else f"{name}.csv" for name in OF_SUBJECTS}
    assert left < names


def test_an_unknown_format_is_refused_before_anything_is_made(result, tmp_path, monkeypatch):
    monkeypatch.setattr(type(result), "to_html", lambda self: pytest.fail("the page is made"))
    with pytest.raises(RegimensError) as raised:
        result.save(tmp_path / "result", format="xlsx")
    assert str(raised.value) == "Unknown format 'xlsx'. The endpoints of the subjects are written as 'csv' or 'parquet'."
    assert list(tmp_path.iterdir()) == []


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

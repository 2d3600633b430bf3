"""Formats of a long table: every number reads back as it was, and the same table gives the same bytes."""

import gc
import gzip
import io
import sys

import numpy as np
import pandas as pd
import pytest

from regimens import compare
from regimens.errors import RegimensError
from regimens.study.export import endpoint_frames, endpoints_table
from regimens.study.formats import csv_rows, find_format, write_csv, write_parquet
from tests import small

ODD = 'treg_fold at day 5, "late"'
VISIT = "visits: {'day 5, \"late\"': 5 days}\n"
ENDPOINTS = ["peak of treg_fold", "time until treg_fold above 1000", "treg_fold at end of cycle 1", ODD]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A comparison with values, values that are not reached, values that an arm does not have, and a name with a comma and quotes."""
    endpoints = "\n" + "".join(f"  - '{words}'\n" for words in ENDPOINTS)
    return compare(small.scenario(tmp_path_factory.mktemp("formats"), endpoints=endpoints, more=VISIT))


def written(result, write):
    file = io.BytesIO()
    write(endpoints_table(result.scenario.endpoints).header, endpoint_frames(result), file)
    return file.getvalue()


def read_csv(packed):
    """Read packed CSV with Python's own numbers: some versions of pandas are off in the last digit."""
    table = pd.read_csv(io.BytesIO(packed), compression="gzip", dtype=str, keep_default_na=False)
    numbers = {words: [float(text or "nan") for text in table[words]] for words in ENDPOINTS}
    return table.assign(draw=table["draw"].map(int), subject=table["subject"].map(int), **numbers)


def test_packed_csv_reads_back_as_the_very_same_table(result):
    table = result.to_frame("endpoints")
    assert np.isinf(table[ENDPOINTS[1]]).any()
    assert table[ENDPOINTS[2]].isna().sum() == 24
    assert table[ODD].notna().all()
    pd.testing.assert_frame_equal(read_csv(written(result, write_csv)), table, check_exact=True, check_dtype=False)


def test_pandas_reads_packed_csv_without_being_told_anything(result, tmp_path):
    (tmp_path / "endpoints.csv.gz").write_bytes(written(result, write_csv))
    table, read = result.to_frame("endpoints"), pd.read_csv(tmp_path / "endpoints.csv.gz")
    assert read["id"].isna().all()
    pd.testing.assert_frame_equal(read.assign(id=""), table, rtol=1e-15, check_dtype=False)


def test_the_header_of_packed_csv_quotes_a_name_with_a_comma_and_quotes(result):
    header, *_ = gzip.decompress(written(result, write_csv)).decode().split("\n")
    assert header == (
        "arm,model,draw,subject,peak of treg_fold,time until treg_fold above 1000,treg_fold at end of cycle 1,"
        '"treg_fold at day 5, ""late""",status,id'
    )


def test_rows_are_those_that_pandas_writes():
    numbers = [0.0, -0.0, 1 / 3, 1e-300, 1e22, 5e-324, 123456789.125, np.inf, -np.inf, np.nan]
    texts = ["plain", "a, b", 'say "so"', "", "Ä", "'", "two\nlines", " ", "NA", "nan"]
    frame = pd.DataFrame({"text": texts, "count": range(10), "number": numbers})
    assert csv_rows(frame) == frame.to_csv(index=False, header=False, lineterminator="\n")


def test_the_same_table_gives_the_same_bytes_without_a_time_or_a_name(result, monkeypatch):
    first = written(result, write_csv)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert written(result, write_csv) == first
    flags, modified = first[3], first[4:8]
    assert (first[:2], flags, modified) == (b"\x1f\x8b", 0, bytes(4))


def test_what_the_disk_does_not_take_is_raised_and_not_lost_in_the_thread_that_packs(result):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        write_csv(endpoints_table(result.scenario.endpoints).header, endpoint_frames(result), Full())
    gc.collect()  # nothing that is thrown away tries to write once more: pytest takes what a finaliser raises for a failure


def test_parquet_reads_back_as_the_very_same_table_with_missing_numbers_as_null(result):
    parquet = pytest.importorskip("pyarrow.parquet")
    content = written(result, write_parquet)
    pd.testing.assert_frame_equal(
        pd.read_parquet(io.BytesIO(content)), result.to_frame("endpoints"), check_exact=True, check_dtype=False
    )
    stored = parquet.read_table(io.BytesIO(content))
    assert stored.column(ENDPOINTS[2]).null_count == 24
    assert [str(kind) for kind in stored.schema.types] == [
        "string",
        "string",
        "int64",
        "int64",
        *["double"] * 4,
        "string",
        "string",
    ]


def test_the_same_table_gives_the_same_parquet(result):
    pytest.importorskip("pyarrow")
    assert written(result, write_parquet) == written(result, write_parquet)


def test_a_saved_comparison_has_its_endpoints_in_the_format_that_was_asked_for(result, tmp_path):
    pytest.importorskip("pyarrow")
    folder = result.save(tmp_path / "result", format="parquet")
    assert [path.name for path in folder.glob("endpoints*")] == ["endpoints.parquet"]
    assert (folder / "endpoints.parquet").read_bytes() == written(result, write_parquet)
    assert (folder / "summary.csv").is_file()


def test_parquet_without_its_package_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(RegimensError) as raised:
        find_format("parquet")
    assert str(raised.value) == "Parquet needs the package pyarrow: pip install 'regimens[data]'."

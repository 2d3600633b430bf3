"""Formats of a long table: CSV packed by gzip, or Parquet. Both are written a frame at a time, so that no table is held whole."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from regimens.errors import RegimensError

if TYPE_CHECKING:
    import pandas as pd

Header = Sequence[str]
"""Names of columns."""

LEVEL = 4
"""Level of gzip: the highest that packs as fast as the rows are made."""

GZIP = 31
"""Window bits by which zlib writes a header and an end of gzip, without a file name and a time."""


@dataclass(frozen=True)
class Format:
    """How a table becomes a file: the end of the file's name, and what writes frames with these columns into an open file."""

    suffix: str
    write: Callable[[Header, Iterable[pd.DataFrame], BinaryIO], None]


def find_format(name: str) -> Format:
    """Return the format of that name. RegimensError if there is none, or if it needs a package that is not installed."""
    if name not in FORMATS:
        known = " or ".join(f"'{known}'" for known in FORMATS)
        raise RegimensError(f"Unknown format '{name}'. The endpoints of the subjects are written as {known}.")
    if name == PARQUET:
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise RegimensError("Parquet needs the package pyarrow: pip install 'regimens[data]'.") from None
    return FORMATS[name]


def write_csv(header: Header, frames: Iterable[pd.DataFrame], file: BinaryIO) -> None:
    """Write CSV packed by gzip; the same table gives the same bytes. Numbers read back as the very same doubles."""
    # A second thread packs, for zlib lets other threads run meanwhile. A file object of gzip would write once more when it is
    # thrown away, and on a full disk Python 3.12 and later print that second error.
    packer = zlib.compressobj(LEVEL, wbits=GZIP)

    def pack(piece: bytes) -> None:
        file.write(packer.compress(piece))

    with ThreadPoolExecutor(1) as thread:
        packing = thread.submit(pack, f"{_line(header)}\n".encode())
        for frame in frames:
            piece = csv_rows(frame).encode()
            packing.result()
            packing = thread.submit(pack, piece)
        packing.result()
    file.write(packer.flush())


def csv_rows(frame: pd.DataFrame) -> str:
    """Return the rows of a frame as CSV, the text that pandas gives in five times the time: a missing number is blank."""
    cells = [_cells(frame[name]) for name in frame]
    return "".join([",".join(row) + "\n" for row in zip(*cells, strict=True)])


def _cells(column: pd.Series) -> list[str]:
    values = column.tolist()
    if column.dtype.kind == "f":
        return ["" if text == "nan" else text for text in map(repr, values)]
    if column.dtype.kind == "i":
        return list(map(str, values))
    quoted = {text: _line([text]) if text else "" for text in set(values)}
    return [quoted[text] for text in values]


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().removesuffix("\n")


def write_parquet(header: Header, frames: Iterable[pd.DataFrame], file: BinaryIO) -> None:
    """Write Parquet, a row group a frame; a missing number is null. Needs pyarrow."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"arm": pa.string(), "model": pa.string(), "draw": pa.int64(), "subject": pa.int64()}
    kinds |= {"status": pa.string(), "id": pa.string()}
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in header])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(pa.Table.from_pandas(frame, schema, preserve_index=False))


CSV, PARQUET = "csv", "parquet"

FORMATS = {CSV: Format(".csv.gz", write_csv), PARQUET: Format(".parquet", write_parquet)}

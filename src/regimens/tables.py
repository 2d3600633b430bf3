"""Tables of results: each declared once, with the meaning and unit of every column.

A table of rows is declared by a frozen dataclass whose fields are columns (`column`); a table of arrays lists its columns. The
declaration gives the header of the CSV file, the columns of the DataFrame and the list in the documentation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_MEANING, _UNIT = "meaning", "unit"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, and the unit of its numbers ("" where it has none)."""

    name: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A declared table: its name (that of its CSV file), what one row is, and its columns in order."""

    name: str
    one_row: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def frame(self, columns: Mapping[str, object]) -> pd.DataFrame:
        """Return a DataFrame of columns given by name, in the declared order. KeyError for a column that is missing."""
        import pandas as pd

        return pd.DataFrame({name: columns[name] for name in self.header})

    def frame_of_rows(self, rows: Iterable[object]) -> pd.DataFrame:
        """Return a DataFrame of values that have the columns of the table as attributes."""
        import pandas as pd

        names = self.header
        return pd.DataFrame([tuple(getattr(row, name) for name in names) for row in rows], columns=list(names))

    def concatenated(self, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
        """Return all frames below each other; the empty table where there is none."""
        import pandas as pd

        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(self.header))

    def documentation(self) -> str:
        """Return the table as lines of Markdown: what a row is, then a line a column."""
        lines = [
            f"### `{self.name}`",
            "",
            f"One row for each {self.one_row}.",
            "",
            "| Column | Unit | Meaning |",
            "|---|---|---|",
        ]
        return "\n".join([*lines, *(f"| `{c.name}` | {c.unit} | {c.meaning} |" for c in self.columns)])


def column(meaning: str, unit: str = "", default: object = dataclasses.MISSING) -> Any:
    """Return the field of a row's dataclass that is a column of its table, with a default if one is given."""
    return field(default=default, metadata={_MEANING: meaning, _UNIT: unit})


def table_of(name: str, one_row: str, row: type) -> Table:
    """Return the table that a dataclass of rows declares: its fields made by `column`, in their order."""
    declared = [f for f in dataclasses.fields(row) if _MEANING in f.metadata]
    return Table(name, one_row, tuple(Column(f.name, f.metadata[_MEANING], f.metadata[_UNIT]) for f in declared))

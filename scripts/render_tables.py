"""Render docs/tables.md: every table of a result, as the code declares it."""

from pathlib import Path

from regimens.study.export import documentation

Path(__file__).parents[1].joinpath("docs", "tables.md").write_text(documentation(), encoding="utf-8")

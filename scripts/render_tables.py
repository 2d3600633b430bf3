"""Render docs/tables.md and docs/search.md: every table of a result and of a search, as the code declares it."""

from pathlib import Path

from regimens.search.export import documentation as of_search
from regimens.study.export import documentation

for name, text in (("tables.md", documentation()), ("search.md", of_search())):
    Path(__file__).parents[1].joinpath("docs", name).write_text(text, encoding="utf-8")

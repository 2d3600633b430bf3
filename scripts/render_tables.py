"""Render docs/tables.md, docs/search.md and docs/settle.md: every table of a result, as the code declares it."""

from pathlib import Path

from regimens.search.export import documentation as of_search
from regimens.settle.export import documentation as of_settle
from regimens.study.export import documentation

for name, text in (("tables.md", documentation()), ("search.md", of_search()), ("settle.md", of_settle())):
    Path(__file__).parents[1].joinpath("docs", name).write_text(text, encoding="utf-8")

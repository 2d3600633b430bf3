"""Write docs/credibility.md from the shipped files, after a change of any of them."""

from pathlib import Path

from regimens.credibility.credibilitypage import shipped_page

Path(__file__).parents[1].joinpath("docs", "credibility.md").write_text(shipped_page(), encoding="utf-8")

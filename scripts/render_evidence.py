"""Write docs/evidence.md from the files in `evidence/`, after a change of those."""

from pathlib import Path

from regimens.evidence.listing import evidence_page

Path(__file__).parents[1].joinpath("docs", "evidence.md").write_text(evidence_page(), encoding="utf-8")

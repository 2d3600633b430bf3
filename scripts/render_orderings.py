"""Hold the shipped models against evidence/orderings.yaml: posteriors/orderings.csv and docs/orderings.md (5 minutes)."""

from pathlib import Path

from regimens import shipped
from regimens.credibility.agreement import ORDERINGS, judge, shipped_agreement
from regimens.credibility.orderingpage import orderings_page
from regimens.credibility.orderings import shipped_orderings
from regimens.credibility.results import rows_text
from regimens.evidence import read_responses

top, orderings = Path(__file__).parents[1], shipped_orderings()
top.joinpath("posteriors", "orderings.csv").write_text(rows_text(ORDERINGS, tuple(judge(orderings))), encoding="utf-8")
fitted = [row.id for row in read_responses(shipped.folder("evidence") / "responses.csv") if row.role == "fit"]
top.joinpath("docs", "orderings.md").write_text(orderings_page(orderings, shipped_agreement(), fitted), encoding="utf-8")

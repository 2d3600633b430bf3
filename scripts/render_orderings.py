"""Hold the shipped models against evidence/orderings.yaml: posteriors/orderings.csv and docs/orderings.md (5 minutes).

With --render the page and its picture alone, of the committed table.
"""

import sys
from pathlib import Path

from regimens import shipped
from regimens.credibility.agreement import ORDERINGS, judge, shipped_agreement
from regimens.credibility.orderingpage import PICTURE, orderings_figure, orderings_page
from regimens.credibility.orderings import shipped_orderings
from regimens.credibility.results import rows_text
from regimens.evidence import read_responses

top, orderings = Path(__file__).parents[1], shipped_orderings()
if "--render" not in sys.argv:
    top.joinpath("posteriors", "orderings.csv").write_text(rows_text(ORDERINGS, tuple(judge(orderings))), encoding="utf-8")
fitted = [row.id for row in read_responses(shipped.folder("evidence") / "responses.csv") if row.role == "fit"]
judged = shipped_agreement()
top.joinpath("docs", "orderings.md").write_text(orderings_page(orderings, judged, fitted), encoding="utf-8")
drawn = orderings_figure(orderings, judged, fitted)
drawn.update_layout(width=900, paper_bgcolor="white", plot_bgcolor="white")
drawn.write_image(top / "docs" / PICTURE)

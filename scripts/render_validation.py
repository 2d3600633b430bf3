"""Write docs/validation.md and its picture: every study left out once, under every shipped model."""

from pathlib import Path

from regimens import shipped
from regimens.figures.leftout import left_out
from regimens.fit.page import PICTURE, validation_page
from regimens.fit.shippedchecks import shipped_checks

docs = Path(__file__).parents[1] / "docs"
summaries, weights, mixed = shipped_checks(shipped.names("models"))
docs.joinpath("validation.md").write_text(validation_page(summaries, weights, mixed), encoding="utf-8")
drawn = left_out({summary.model.name: summary.checks for summary in summaries})
drawn.update_layout(width=900, paper_bgcolor="white", plot_bgcolor="white")
drawn.write_image(docs / PICTURE)

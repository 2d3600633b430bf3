"""Write docs/validation.md: every study left out once, under every shipped model."""

from pathlib import Path

from regimens import shipped
from regimens.fit.page import validation_page
from regimens.fit.shippedchecks import shipped_checks

page = validation_page(*shipped_checks(shipped.names("models")))
Path(__file__).parents[1].joinpath("docs", "validation.md").write_text(page, encoding="utf-8")

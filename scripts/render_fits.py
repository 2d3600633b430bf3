"""Write docs/fits.md from the shipped posteriors."""

from pathlib import Path

from regimens import shipped
from regimens.fit.page import fits_page

Path(__file__).parents[1].joinpath("docs", "fits.md").write_text(fits_page(shipped.names("models")), encoding="utf-8")

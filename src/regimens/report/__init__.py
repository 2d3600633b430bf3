"""The report of a comparison: one HTML page, and the same answer as a table for the terminal and for notebooks."""

from regimens.report.document import page
from regimens.report.images import check_images, images_of
from regimens.report.notebook import answer_html
from regimens.report.terminal import table
from regimens.report.whatif import explore_page

__all__ = ["answer_html", "check_images", "explore_page", "images_of", "page", "table"]

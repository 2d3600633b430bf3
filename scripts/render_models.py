"""Write docs/models.md from the model files, after a change of any of them."""

from pathlib import Path

from regimens import shipped
from regimens.model import find_model
from regimens.model.describe import page

PAGE = Path(__file__).parents[1] / "docs" / "models.md"
PAGE.parent.mkdir(exist_ok=True)
PAGE.write_text(page(find_model(name, values="declared") for name in shipped.names("models")), encoding="utf-8")

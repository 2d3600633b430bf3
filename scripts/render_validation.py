"""Write docs/validation.md: the fitted models against the rows kept apart for checks."""

from pathlib import Path

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.page import validation_page
from regimens.fit.validation import summarise
from regimens.model import find_model

responses = read_responses(shipped.folder("evidence") / "responses.csv")
summaries = [summarise(find_model(name, values="declared"), responses) for name in shipped.names("models")]
Path(__file__).parents[1].joinpath("docs", "validation.md").write_text(validation_page(summaries, responses), encoding="utf-8")

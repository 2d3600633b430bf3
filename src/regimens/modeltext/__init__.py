"""Models as the text of other tools, and SBML files as model files."""

from regimens.modeltext.formats import FORMATS, model_text
from regimens.modeltext.sbmlfile import ImportedModel, read_sbml

__all__ = ["FORMATS", "ImportedModel", "model_text", "read_sbml"]

"""Models: what a model file declares, checked, and compiled for the engine."""

from regimens.model.compile import CompiledModel, compile_model
from regimens.model.declaration import Model
from regimens.model.file import load_model
from regimens.model.fitted import find_model, fitted
from regimens.model.parameters import Parameters, typical_subject

__all__ = ["CompiledModel", "Model", "Parameters", "compile_model", "find_model", "fitted", "load_model", "typical_subject"]

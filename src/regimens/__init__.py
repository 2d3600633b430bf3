"""regimens: compare low-dose interleukin-2 schedules, exact exposure first.

The public names are loaded when they are first asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "regimens.regimen": (
        "IU", "MIU", "Amount", "Course", "Cycle", "Dose", "DoseEvents", "Duration", "Regimen", "Rest", "Weekly",
        "days", "hours", "mg", "minutes", "parse_regimen", "weeks",
    ),
    "regimens.subject": ("Subject",),
    "regimens.exposure": ("exposure_of",),
    "regimens.model": ("Model", "Parameters", "compile_model", "find_model", "fitted", "load_model", "typical"),
    "regimens.engine": ("Tolerances", "Trajectories", "simulate"),
    "regimens.endpoints": ("Curves", "Endpoint", "SimulatedArm", "draw_curves", "endpoint_values", "parse_endpoint"),
    "regimens.population": ("Population", "draw"),
    "regimens.scenario": ("Scenario", "read_scenario"),
    "regimens.study.comparison": ("Comparison", "compare"),
    "regimens.report": ("page", "table"),
    "regimens.errors": ("ExposureMismatch", "InputFileError", "ModelError", "RegimenError", "RegimensError", "UnitError"),
}  # fmt: skip

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'regimens' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__

"""regimens: compare low-dose interleukin-2 schedules, exact exposure first.

Every public name is loaded when it is first asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regimens.armsfile import read_arms as read_arms
    from regimens.drugs import SpecificActivity as SpecificActivity
    from regimens.endpoints import DosedArm as DosedArm
    from regimens.endpoints import Endpoint as Endpoint
    from regimens.endpoints import SimulatedArm as SimulatedArm
    from regimens.endpoints import endpoint_values as endpoint_values
    from regimens.endpoints import parse_endpoint as parse_endpoint
    from regimens.endpoints import simulate_arm as simulate_arm
    from regimens.engine import SteadyState as SteadyState
    from regimens.engine import Tolerances as Tolerances
    from regimens.engine import Trajectories as Trajectories
    from regimens.engine import simulate as simulate
    from regimens.engine import steady_state as steady_state
    from regimens.errors import ExposureMismatch as ExposureMismatch
    from regimens.errors import InputFileError as InputFileError
    from regimens.errors import ModelError as ModelError
    from regimens.errors import RegimenError as RegimenError
    from regimens.errors import RegimensError as RegimensError
    from regimens.errors import UnitError as UnitError
    from regimens.eventtable import EventSubject as EventSubject
    from regimens.eventtable import EventTable as EventTable
    from regimens.eventtable import read_event_table as read_event_table
    from regimens.exposure import exposure_of as exposure_of
    from regimens.exposurerows import read_exposure_rows as read_exposure_rows
    from regimens.model import CompiledModel as CompiledModel
    from regimens.model import Model as Model
    from regimens.model import Parameters as Parameters
    from regimens.model import compile_model as compile_model
    from regimens.model import find_model as find_model
    from regimens.model import load_model as load_model
    from regimens.model import typical_subject as typical_subject
    from regimens.modeltext import ImportedModel as ImportedModel
    from regimens.modeltext import model_text as model_text
    from regimens.modeltext import read_sbml as read_sbml
    from regimens.population import Bodies as Bodies
    from regimens.population import Population as Population
    from regimens.population import Spread as Spread
    from regimens.population import draw_subjects as draw_subjects
    from regimens.regimen import IU as IU
    from regimens.regimen import MIU as MIU
    from regimens.regimen import Amount as Amount
    from regimens.regimen import AtSteadyState as AtSteadyState
    from regimens.regimen import Course as Course
    from regimens.regimen import Cycle as Cycle
    from regimens.regimen import Dose as Dose
    from regimens.regimen import DoseEvents as DoseEvents
    from regimens.regimen import DosePlan as DosePlan
    from regimens.regimen import Duration as Duration
    from regimens.regimen import Regimen as Regimen
    from regimens.regimen import Rest as Rest
    from regimens.regimen import StateChange as StateChange
    from regimens.regimen import Weekly as Weekly
    from regimens.regimen import days as days
    from regimens.regimen import hours as hours
    from regimens.regimen import mg as mg
    from regimens.regimen import minutes as minutes
    from regimens.regimen import parse_regimen as parse_regimen
    from regimens.regimen import weeks as weeks
    from regimens.rules.values import Rules as Rules
    from regimens.scenario import Arm as Arm
    from regimens.scenario import OwnData as OwnData
    from regimens.scenario import OwnGroup as OwnGroup
    from regimens.scenario import OwnValue as OwnValue
    from regimens.scenario import Scenario as Scenario
    from regimens.scenario import read_scenario as read_scenario
    from regimens.search import find_schedules as find_schedules
    from regimens.settle import settle_pairs as settle_pairs
    from regimens.study import Comparison as Comparison
    from regimens.study import Study as Study
    from regimens.study import compare as compare
    from regimens.subject import Subject as Subject

_HOMES = {
    "regimens.armsfile": ("read_arms",),
    "regimens.drugs": ("SpecificActivity",),
    "regimens.endpoints": ("DosedArm", "Endpoint", "SimulatedArm", "endpoint_values", "parse_endpoint", "simulate_arm"),
    "regimens.engine": ("SteadyState", "Tolerances", "Trajectories", "simulate", "steady_state"),
    "regimens.errors": ("ExposureMismatch", "InputFileError", "ModelError", "RegimenError", "RegimensError", "UnitError"),
    "regimens.eventtable": ("EventSubject", "EventTable", "read_event_table"),
    "regimens.exposure": ("exposure_of",),
    "regimens.modeltext": ("ImportedModel", "model_text", "read_sbml"),
    "regimens.exposurerows": ("read_exposure_rows",),
    "regimens.model": ("CompiledModel", "Model", "Parameters", "compile_model", "find_model", "load_model", "typical_subject"),
    "regimens.population": ("Bodies", "Population", "Spread", "draw_subjects"),
    "regimens.regimen": (
        "IU", "MIU", "Amount", "AtSteadyState", "Course", "Cycle", "Dose", "DoseEvents", "DosePlan", "Duration", "Regimen",
        "Rest", "StateChange", "Weekly", "days", "hours", "mg", "minutes", "parse_regimen", "weeks",
    ),
    "regimens.rules.values": ("Rules",),
    "regimens.scenario": ("Arm", "OwnData", "OwnGroup", "OwnValue", "Scenario", "read_scenario"),
    "regimens.search": ("find_schedules",),
    "regimens.settle": ("settle_pairs",),
    "regimens.study": ("Comparison", "Study", "compare"),
    "regimens.subject": ("Subject",),
}  # fmt: skip

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'regimens' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__

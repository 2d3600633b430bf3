"""Regimens: the parts they are made of, the same in words, and the same written out as dose events."""

from regimens.regimen.changes import StateChange
from regimens.regimen.events import DoseEvents, DosePlan
from regimens.regimen.parts import AtSteadyState, Course, Cycle, Dose, Rest, Weekly
from regimens.regimen.quantities import IU, MIU, Amount, Duration, days, hours, mg, minutes, weeks
from regimens.regimen.regimen import Regimen
from regimens.regimen.words import parse_regimen

__all__ = [
    "IU",
    "MIU",
    "Amount",
    "AtSteadyState",
    "Course",
    "Cycle",
    "Dose",
    "DoseEvents",
    "DosePlan",
    "Duration",
    "Regimen",
    "Rest",
    "StateChange",
    "Weekly",
    "days",
    "hours",
    "mg",
    "minutes",
    "parse_regimen",
    "weeks",
]

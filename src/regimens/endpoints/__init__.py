"""Endpoints: one number per subject, asked for in words and measured by the engine on the curves of an arm."""

from regimens.endpoints.endpoint import Endpoint, endpoint_values
from regimens.endpoints.kinds import KINDS, parse_endpoint
from regimens.endpoints.simulated import DosedArm, SimulatedArm, simulate_arm, simulate_schedules
from regimens.endpoints.times import reads_as_time

__all__ = [
    "KINDS",
    "DosedArm",
    "Endpoint",
    "SimulatedArm",
    "endpoint_values",
    "parse_endpoint",
    "reads_as_time",
    "simulate_arm",
    "simulate_schedules",
]

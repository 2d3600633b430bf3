"""Endpoints: one number per subject, asked for in words and read from the curves of an arm."""

from regimens.endpoints.curves import Curves, draw_curves
from regimens.endpoints.endpoint import Endpoint, endpoint_values
from regimens.endpoints.kinds import KINDS, parse_endpoint
from regimens.endpoints.simulated import SimulatedArm
from regimens.endpoints.times import reads_as_time

__all__ = ["KINDS", "Curves", "Endpoint", "SimulatedArm", "draw_curves", "endpoint_values", "parse_endpoint", "reads_as_time"]

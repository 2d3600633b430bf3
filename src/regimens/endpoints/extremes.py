"""Endpoints about the highest and the lowest value of a curve, and when it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.endpoints.endpoint import NAME, PER_MIU, WINDOW, Windowed, inside

if TYPE_CHECKING:
    from regimens.endpoints.polynomials import Floats
    from regimens.endpoints.simulated import SimulatedArm


@dataclass(frozen=True)
class Peak(Windowed):
    """The highest value in the window, on either side of every dose."""

    kind = "peak"
    pattern = rf"peak of {NAME}{WINDOW}{PER_MIU}"
    forms = ("peak of treg_fold", "peak of treg_fold per MIU")

    def _heading(self, label: str) -> str:
        return f"Peak {inside(label)}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the highest value of each subject."""
        return arm.window(self.observable, *self.window(arm.horizon_h)).peak()[0]


@dataclass(frozen=True)
class TimeOfPeak(Windowed):
    """When the highest value is first reached: hours from the start of the scenario."""

    kind = "time of peak"
    pattern = rf"time of peak of {NAME}{WINDOW}{PER_MIU}"
    forms = ("time of peak of treg_fold",)

    def _unit(self, observable_unit: str) -> str:
        return "h"

    def _heading(self, label: str) -> str:
        return f"Time of peak {inside(label)}{self.when}"

    def _better(self, better: str) -> str:
        return ""

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the time of the highest value of each subject (h)."""
        return arm.window(self.observable, *self.window(arm.horizon_h)).peak()[1]


@dataclass(frozen=True)
class Minimum(Windowed):
    """The lowest value in the window, on either side of every dose."""

    kind = "minimum"
    pattern = rf"minimum of {NAME}{WINDOW}{PER_MIU}"
    forms = ("minimum of treg_fold", "minimum of treg_fold from 2 weeks to 12 weeks")

    def _heading(self, label: str) -> str:
        return f"Minimum {inside(label)}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the lowest value of each subject."""
        return arm.window(self.observable, *self.window(arm.horizon_h)).lowest()[0]


@dataclass(frozen=True)
class TimeOfMinimum(Windowed):
    """When the lowest value is first reached: hours from the start of the scenario."""

    kind = "time of minimum"
    pattern = rf"time of minimum of {NAME}{WINDOW}"
    forms = ("time of minimum of treg_fold",)

    def _unit(self, observable_unit: str) -> str:
        return "h"

    def _heading(self, label: str) -> str:
        return f"Time of minimum {inside(label)}{self.when}"

    def _better(self, better: str) -> str:
        return ""

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the time of the lowest value of each subject (h)."""
        return arm.window(self.observable, *self.window(arm.horizon_h)).lowest()[1]

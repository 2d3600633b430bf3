"""Endpoints about the highest and the lowest value of a curve, and when it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from regimens.endpoints.endpoint import NAME, PER_MIU, WINDOW, Windowed, inside
from regimens.engine.measures import Extreme

if TYPE_CHECKING:
    from regimens.endpoints.simulated import SimulatedArm
    from regimens.engine.measures import Measure
    from regimens.engine.trajectories import Floats


@dataclass(frozen=True)
class _OfExtreme(Windowed):
    """An endpoint of the extreme value on one `side` ("highest" or "lowest") of the curve in the window."""

    side: ClassVar[str]

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the extreme."""
        return (self._extreme(horizon_h),)

    def _extreme(self, horizon_h: float) -> Extreme:
        return Extreme(self.observable, *self.window(horizon_h), side=self.side)


@dataclass(frozen=True)
class Peak(_OfExtreme):
    """The highest value in the window, on either side of every dose."""

    kind = "peak"
    side = "highest"
    pattern = rf"peak of {NAME}{WINDOW}{PER_MIU}"
    forms = ("peak of treg_fold", "peak of treg_fold per MIU")

    def _heading(self, label: str) -> str:
        return f"Peak {inside(label)}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the highest value of each subject."""
        return arm.measured(self._extreme(arm.horizon_h), "value")


@dataclass(frozen=True)
class TimeOfPeak(_OfExtreme):
    """When the highest value is first reached: hours from the start of the scenario."""

    kind = "time of peak"
    side = "highest"
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
        return arm.measured(self._extreme(arm.horizon_h), "time_h")


@dataclass(frozen=True)
class Minimum(_OfExtreme):
    """The lowest value in the window, on either side of every dose."""

    kind = "minimum"
    side = "lowest"
    pattern = rf"minimum of {NAME}{WINDOW}{PER_MIU}"
    forms = ("minimum of treg_fold", "minimum of treg_fold from 2 weeks to 12 weeks")

    def _heading(self, label: str) -> str:
        return f"Minimum {inside(label)}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the lowest value of each subject."""
        return arm.measured(self._extreme(arm.horizon_h), "value")


@dataclass(frozen=True)
class TimeOfMinimum(_OfExtreme):
    """When the lowest value is first reached: hours from the start of the scenario."""

    kind = "time of minimum"
    side = "lowest"
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
        return arm.measured(self._extreme(arm.horizon_h), "time_h")

"""Endpoints that integrate a curve over a window: mean and area, above zero or above the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.endpoints.endpoint import NAME, PER_MIU, WINDOW, Windowed, inside
from regimens.engine import measures
from regimens.engine.measures import Excursion, Threshold

if TYPE_CHECKING:
    from regimens.endpoints.simulated import SimulatedArm
    from regimens.engine.measures import Measure
    from regimens.engine.trajectories import Floats


def _area(endpoint: Windowed, horizon_h: float) -> measures.Area:
    return measures.Area(endpoint.observable, *endpoint.window(horizon_h))


@dataclass(frozen=True)
class Mean(Windowed):
    """The mean of the curve over the window."""

    kind = "mean"
    pattern = rf"mean of {NAME}{WINDOW}{PER_MIU}"
    forms = ("mean of treg_fold to 12 weeks",)

    def _heading(self, label: str) -> str:
        return f"Mean {inside(label)}{self.when}"

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the area."""
        return (_area(self, horizon_h),)

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the area under the curve of each subject, divided by the length of the window."""
        from_h, to_h = self.window(arm.horizon_h)
        return arm.measured(_area(self, arm.horizon_h), "area") / (to_h - from_h)


@dataclass(frozen=True)
class Area(Windowed):
    """The area under the curve over the window (unit of the observable x h)."""

    kind = "AUC"
    pattern = rf"AUC of {NAME}{WINDOW}{PER_MIU}"
    forms = ("AUC of treg_fold",)

    def _unit(self, observable_unit: str) -> str:
        return f"{observable_unit} h".strip()

    def _heading(self, label: str) -> str:
        return f"AUC of {inside(label)}{self.when}"

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the area."""
        return (_area(self, horizon_h),)

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the area under the curve of each subject."""
        return arm.measured(_area(self, arm.horizon_h), "area")


@dataclass(frozen=True)
class AreaAboveBaseline(Windowed):
    """The area between curve and baseline where the curve is above it (unit of the observable x h)."""

    kind = "AUC above baseline"
    pattern = rf"AUC of {NAME} above baseline{WINDOW}{PER_MIU}"
    forms = ("AUC of treg_fold above baseline",)

    def _unit(self, observable_unit: str) -> str:
        return f"{observable_unit} h".strip()

    def _heading(self, label: str) -> str:
        return f"AUC above baseline of {inside(label)}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the area of each subject above its own baseline, the value before anything happens."""
        return arm.measured(self._above(arm.horizon_h), "area")

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the part above the baseline."""
        return (self._above(horizon_h),)

    def _above(self, horizon_h: float) -> Excursion:
        return Excursion(self.observable, *self.window(horizon_h), threshold=Threshold(of_baseline=1.0))

"""Conditions: what must hold of an endpoint in an arm, as publications report it, and in which parameter draws it holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from regimens.contrasts.contrast import alike, differences, paired
from regimens.statistics import over_subjects

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.endpoints import Endpoint
    from regimens.statistics import Floats


@dataclass(frozen=True)
class Condition(ABC):
    """What must hold of an endpoint in an arm.

    `quantity` is what it looks at in each draw: "value", the population statistic of the endpoint, or "difference", that of the
    subjects' differences. `arms` and `endpoints` are what it looks at beside the arm and the endpoint themselves.
    """

    quantity: ClassVar[str] = "value"

    @property
    def arms(self) -> tuple[str, ...]:
        """The other arms that it looks at."""
        return ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The other endpoints that it looks at."""
        return ()

    @abstractmethod
    def in_words(self) -> str:
        """Return it as a scenario file says it, which reads back as the same condition."""

    def by_draw(self, outcomes: Outcomes, model: str, arm: str, endpoint: Endpoint) -> Floats:
        """Return the quantity in each draw: (draws,), missing where no subject has it."""
        return over_subjects(outcomes.of(model, arm, endpoint), endpoint.statistic)

    @abstractmethod
    def held(self, by_draw: Floats) -> Floats:
        """Return in which draws it holds: 1, 0, or a half for a tie; missing where the quantity is."""


@dataclass(frozen=True)
class Beyond(Condition):
    """A value on one `side` of something, "above" or "below" it, strictly; what is equal up to rounding is a tie."""

    side: str

    def _beyond(self, by_draw: Floats, limit: float) -> Floats:
        with np.errstate(invalid="ignore"):
            held = by_draw > limit if self.side == "above" else by_draw < limit
        counted = np.where(alike(by_draw, np.full_like(by_draw, limit)), 0.5, held)
        return np.where(np.isnan(by_draw), np.nan, counted)


@dataclass(frozen=True)
class BeyondNumber(Beyond):
    """The population statistic is above or below a number, in the unit of the endpoint."""

    number: float

    def in_words(self) -> str:
        """Return for example 'above 1'."""
        return f"{self.side} {number_words(self.number)}"

    def held(self, by_draw: Floats) -> Floats:
        """Return in which draws it holds."""
        return self._beyond(by_draw, self.number)


@dataclass(frozen=True)
class BeyondArm(Beyond):
    """The endpoint is higher ("above") or lower ("below") in the arm than in another `arm`, the same subjects in both."""

    arm: str

    quantity = "difference"

    @property
    def arms(self) -> tuple[str, ...]:
        """The other arm."""
        return (self.arm,)

    def in_words(self) -> str:
        """Return for example 'below RA control'."""
        return f"{self.side} {self.arm}"

    def by_draw(self, outcomes: Outcomes, model: str, arm: str, endpoint: Endpoint) -> Floats:
        """Return the population statistic of the differences from the other arm, as contrasts have it."""
        return paired(outcomes, model, endpoint, arm, self.arm)

    def held(self, by_draw: Floats) -> Floats:
        """Return in which draws it holds; a difference that is none is 0 already."""
        return self._beyond(by_draw, 0.0)


@dataclass(frozen=True)
class BeyondEndpoint(Beyond):
    """The endpoint is higher ("above") or lower ("below") than another `endpoint` in the same subjects of the same arm."""

    endpoint: Endpoint

    quantity = "difference"

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The other endpoint."""
        return (self.endpoint,)

    def in_words(self) -> str:
        """Return for example 'above treg_fold at end of cycle 1'."""
        return f"{self.side} {self.endpoint.words}"

    def by_draw(self, outcomes: Outcomes, model: str, arm: str, endpoint: Endpoint) -> Floats:
        """Return the population statistic of the differences from the other endpoint."""
        apart = differences(outcomes.of(model, arm, endpoint), outcomes.of(model, arm, self.endpoint))
        return over_subjects(apart, endpoint.statistic)

    def held(self, by_draw: Floats) -> Floats:
        """Return in which draws it holds; a difference that is none is 0 already."""
        return self._beyond(by_draw, 0.0)


@dataclass(frozen=True)
class Within(Condition):
    """The population statistic is from `low` to `high`, in the unit of the endpoint: an interval as it was published."""

    low: float
    high: float

    def in_words(self) -> str:
        """Return for example '1.8 to 2.4'."""
        return f"{number_words(self.low)} to {number_words(self.high)}"

    def held(self, by_draw: Floats) -> Floats:
        """Return in which draws it holds, both ends included."""
        return np.where(np.isnan(by_draw), np.nan, (by_draw >= self.low) & (by_draw <= self.high))


def number_words(number: float) -> str:
    """Return a number as decimal text that reads back as the same float, without a needless '.0'."""
    return np.format_float_positional(number, trim="-")

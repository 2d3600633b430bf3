"""What a model is: states, parameters, equations, inputs and observables as frozen values.

A `Model` is the content of a model file, checked and parsed. Nothing here depends on YAML, subjects or the solver.
Values are in the units that the file declares; rates are per `Model.time_unit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from regimens.model.expression import Expression

HOURS_PER = {"h": 1.0, "day": 24.0}
"""Time units a model may be written in, in hours."""

Infusion = Literal["keeps its duration", "keeps its rate"]
"""What bioavailability does not change of an infusion."""

KEEPS_DURATION: Infusion = "keeps its duration"
KEEPS_RATE: Infusion = "keeps its rate"


@dataclass(frozen=True)
class Source:
    """The origin of a number or a structure: its key in the file, the citation, and a DOI if there is one."""

    key: str
    text: str
    doi: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A constant of one subject: typical value, unit, bounds, between-subject CV (fraction; 0 = the same in everyone).

    `source` is a key of `Model.sources`, or None when the value is assumed. `note` says how the value was obtained.
    `uncertainty` is the standard deviation of the logarithm of the typical value, the prior of a fit; 0 = not fitted.
    A `share` is a part of a whole: outside 0 to 1 it means nothing, whatever the bounds say.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    cv: float
    source: str | None
    label: str = ""
    note: str = ""
    uncertainty: float = 0.0
    share: bool = False

    @property
    def assumed(self) -> bool:
        """Whether the value has no source."""
        return self.source is None


@dataclass(frozen=True)
class Correlation:
    """The correlation between subjects of two parameters, on the log scale."""

    between: tuple[str, str]
    value: float


@dataclass(frozen=True)
class Definition:
    """A named formula for use in equations: may read states, parameters, `time` and definitions above it."""

    name: str
    formula: Expression
    unit: str
    label: str = ""


@dataclass(frozen=True)
class State:
    """An integrated quantity: `rate` is d(state)/dt per model time unit, `initial` a formula of parameters.

    `nonnegative` is False for a state that may be negative, such as a deviation from baseline.
    """

    name: str
    unit: str
    initial: Expression
    rate: Expression
    label: str = ""
    nonnegative: bool = True


@dataclass(frozen=True)
class Input:
    """How doses of `drug` by `route` enter: into `state`, times `bioavailability`, after `lag` (model time units).

    `bioavailability` and `lag` are formulas of parameters. Amounts arrive in IU or mg, the unit of the state. Of an infusion a
    share F of the amount arrives: it "keeps its duration", at F times the rate, or "keeps its rate", for F times as long.
    """

    drug: str
    route: str
    state: str
    bioavailability: Expression
    lag: Expression
    infusion: Infusion = KEEPS_DURATION


@dataclass(frozen=True)
class Observable:
    """A named output: a formula of everything above and `time`; `better` is "higher", "lower" or None."""

    name: str
    formula: Expression
    unit: str
    label: str
    better: str | None = None


@dataclass(frozen=True)
class Model:
    """A model. `digest` is the SHA-256 of its file; reports mark an `exploratory` model wherever it is shown."""

    name: str
    title: str
    description: str
    sources: tuple[Source, ...]
    time_unit: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    definitions: tuple[Definition, ...]
    inputs: tuple[Input, ...]
    observables: tuple[Observable, ...]
    digest: str
    exploratory: bool = False
    correlations: tuple[Correlation, ...] = ()

    def observable(self, name: str) -> Observable:
        """Return the observable of that name; KeyError if there is none."""
        for observable in self.observables:
            if observable.name == name:
                return observable
        raise KeyError(name)

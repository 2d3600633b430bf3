"""Schema of model files, for pydantic and for editors: the keys and the type of each value.

What the values mean together (names, formulas, units) is checked in `regimens.model.interpret`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LARGEST_CV = 3.0
"""Largest coefficient of variation, and largest standard deviation of a logarithm, that a model file may declare."""


def _doi(text: str) -> str:
    if not text.startswith("10.") or "/" not in text or " " in text:
        raise ValueError(f"found '{text}'; a DOI such as 10.1000/182 is needed.")
    return text


Text = Annotated[str, Field(min_length=1)]
Formula = str | float
Cv = Annotated[float, Field(ge=0, le=LARGEST_CV, description="Coefficient of variation between subjects, a fraction.")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class SourceShape(_Shape):
    """Where a number or a structure comes from."""

    text: Text
    doi: Annotated[str, AfterValidator(_doi)] | None = None


Spread = Annotated[
    float, Field(ge=0, le=LARGEST_CV, description="Standard deviation of log(value), the prior of a fit; 0: not fitted.")
]


class ParameterShape(_Shape):
    """A constant of one subject: log-normal around `value` with `cv`, never outside `bounds`."""

    value: float
    unit: Text
    bounds: Annotated[list[float], Field(min_length=2, max_length=2)]
    cv: Cv
    uncertainty: Spread = 0.0
    share: Annotated[bool, Field(description="true: a part of a whole, from 0 to 1, whatever the bounds of a fit are.")] = False
    source: Annotated[Text, Field(description="A key of 'sources', or 'assumed'.")]
    label: str = ""
    note: str = ""


class ConstantShape(_Shape):
    """An exact factor, the same for everyone, such as 1000 mL/L."""

    value: float
    unit: Text
    label: str = ""


class DefinitionShape(_Shape):
    """A named part of the equations."""

    formula: Formula
    unit: Text
    label: str = ""


class StateShape(_Shape):
    """An integrated quantity: its value at the start and its rate of change per time unit of the model."""

    unit: Text
    initial: Formula
    rate: Formula
    label: str = ""
    nonnegative: Annotated[bool, Field(description="false: the state may be negative, as a deviation from baseline may.")] = True


NamedShape = ParameterShape | ConstantShape | DefinitionShape | StateShape
"""What formulas can read by name."""


class InputShape(_Shape):
    """How the doses of a drug by a route enter a state."""

    drug: Text
    route: Literal["SC", "IV", "IM", "PO", "inhaled"]
    state: Text
    bioavailability: Formula
    lag: Formula
    infusion: Annotated[
        Literal["keeps its duration", "keeps its rate"],
        Field(description="What bioavailability does not change of an infusion: its duration, or its rate."),
    ] = "keeps its duration"


class ObservableShape(_Shape):
    """An output with a unit and a label; `better` says whether higher or lower values are wanted."""

    formula: Formula
    unit: Text
    label: Text
    better: Literal["higher", "lower"] | None = None


class CorrelationShape(_Shape):
    """The correlation of two parameters between subjects, on the log scale."""

    between: Annotated[list[Text], Field(min_length=2, max_length=2)]
    value: Annotated[float, Field(gt=-1, lt=1)]


class ModelShape(_Shape):
    """A model of regimens: what it describes, its sources, and its equations."""

    title: Text
    description: Text
    exploratory: bool = False
    sources: dict[str, SourceShape] = {}
    time: Literal["h", "day"]
    parameters: dict[str, ParameterShape] = {}
    correlations: list[CorrelationShape] = []
    constants: dict[str, ConstantShape] = {}
    definitions: dict[str, DefinitionShape] = {}
    states: Annotated[dict[str, StateShape], Field(min_length=1)]
    inputs: list[InputShape] = []
    observables: Annotated[dict[str, ObservableShape], Field(min_length=1)]

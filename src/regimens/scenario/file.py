"""The shape of a scenario file, for pydantic and for editors; meaning is added by `regimens.scenario.reading`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Words = Annotated[str, Field(min_length=1)]


class Shape(BaseModel):
    """What all shapes share: unknown keys, loose types and infinite numbers are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class DosingShape(Shape):
    """A course, or with neither `every` nor `doses` a dose given once."""

    dose: Words = Field(description="Amount and route, for example '1 MIU SC' or '8 mg/kg (max 800 mg) IV over 1 h'.")
    every: Words | None = Field(None, description="Interval or pattern: '2 days', 'daily', '3 times a week'.")
    doses: int | None = Field(None, ge=1, description="Total number of doses, the first included.")


class RestShape(Shape):
    """A pause between parts."""

    rest: Words = Field(description="'14 days', or a range such as '9-16 days'.")


class CycleShape(Shape):
    """Parts that are repeated as a whole."""

    cycle: list[PartShape] = Field(min_length=1)
    repeats: int = Field(ge=1)


def _part_kind(value: object) -> str:
    keys = value if isinstance(value, dict) else {}
    return "a cycle" if "cycle" in keys else "a rest" if "rest" in keys else "a dosing"


PartShape = Annotated[
    Annotated[DosingShape, Tag("a dosing")] | Annotated[RestShape, Tag("a rest")] | Annotated[CycleShape, Tag("a cycle")],
    Discriminator(_part_kind),
]


def _plan_kind(value: object) -> str:
    return "parts" if isinstance(value, list) else "by drug" if isinstance(value, dict) else "words"


Parts = Annotated[list[PartShape], Field(min_length=1)]
PlanShape = Annotated[Annotated[Words, Tag("words")] | Annotated[Parts, Tag("parts")], Discriminator(_plan_kind)]
ByDrug = Annotated[dict[str, PlanShape], Field(min_length=1)]
RegimenShape = Annotated[
    Annotated[Words, Tag("words")] | Annotated[Parts, Tag("parts")] | Annotated[ByDrug, Tag("by drug")],
    Discriminator(_plan_kind),
]


class ExpectShape(Shape):
    """What the protocol says the regimen adds up to; a mapping drug -> value where there are several drugs."""

    total: Words | dict[str, Words] | None = Field(None, description="Total amount of the whole regimen, for example '21 MIU'.")
    doses: int | dict[str, int] | None = Field(None, description="Total number of doses.")
    last_day: int | dict[str, int] | None = Field(None, description="Elapsed day of the last dose; the first moment is day 0.")


class SourceShape(Shape):
    """Where a schedule is published."""

    text: Words | None = None
    doi: Words | None = None
    registration: Words | None = None


class ArmShape(Shape):
    """One regimen given to the population: written out, or one of the library of published regimens by its name."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["regimen"]}, {"required": ["use"]}]})

    regimen: RegimenShape | None = Field(None, description="Protocol text, a list of parts, or a mapping drug -> either.")
    use: Words | None = Field(None, description="Name of a published regimen, as `regimens library` lists them.")
    rest: Literal["shortest", "midpoint", "longest", "each"] | None = Field(
        None, description="How a rest given as a range is taken."
    )
    expect: ExpectShape | None = None
    source: SourceShape | list[SourceShape] | None = None
    observed: list[Words] = Field([], description="Ids of published responses that are drawn on the curves of this arm.")
    assumptions: Words | list[Words] | None = Field(None, description="What the source leaves open and was filled in here.")


class ObserveShape(Shape):
    """The grid of the trajectories that are written and drawn."""

    every: Words = "6 h"


class SubjectShape(Shape):
    """The body that doses per kg and per m2 meet; BSA by Mosteller, to 0.01 m2, unless given."""

    weight: Words = "70 kg"
    height: Words = "167 cm"
    bsa: Words | None = None


class PopulationShape(Shape):
    """Virtual subjects drawn from the models' between-subject variability."""

    subjects: int = Field(ge=1, le=100_000)
    seed: int = Field(ge=0, lt=2**63)


class SolverShape(Shape):
    """What a step of the integration may err by."""

    rtol: float = Field(1e-6, ge=1e-12, le=1e-5)
    atol: float = Field(1e-8, ge=1e-300, le=1.0)


class ScenarioShape(Shape):
    """A scenario: arms, models, subjects, horizon and endpoints of one comparison."""

    title: Words
    description: str = ""
    models: list[Words] = Field(min_length=1, description="Names of shipped models, or paths of model files.")
    horizon: Words = Field(description="End of simulated time, for example '24 weeks'.")
    observe: ObserveShape = ObserveShape()
    subject: SubjectShape = SubjectShape()
    population: PopulationShape | None = Field(None, description="Left out: one typical subject.")
    visits: dict[str, Words] = Field({}, description="Name of a visit -> its elapsed time.")
    assumptions: Words | list[Words] | None = None
    arms: dict[Words, ArmShape] = Field(min_length=1)
    endpoints: list[Words] = Field(min_length=1, description="For example 'peak of treg_fold'.")
    solver: SolverShape = SolverShape()

"""The schema of an arm of a scenario file: its doses, its rules, what is expected of it and where it is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from regimens.scenario.shape import AmountText, Days, DoseText, Hours, Shape, Words


class DosingShape(Shape):
    """A course, or with neither `every` nor `doses` a dose given once."""

    dose: DoseText = Field(description="Amount and route, for example '1 MIU SC' or '8 mg/kg (max 800 mg) IV over 1 h'.")
    every: Days | None = Field(default=None, description="Interval or pattern: '2 days', 'daily', '3 times a week'.")
    doses: int | None = Field(default=None, ge=1, description="Total number of doses, the first included.")


class RestShape(Shape):
    """A pause between parts."""

    rest: Days = Field(description="'14 days', or a range such as '9-16 days'.")


class StartShape(Shape):
    """The first part of a plan: subjects are at steady state of a repeated dose on day 0, when it would next be given."""

    model_config = ConfigDict(populate_by_name=True)

    steady: DoseText = Field(alias="at steady state of", description="Amount and route, for example '1 MIU SC'.")
    every: Days = Field(description="Interval: '2 days', 'daily'.")


class CycleShape(Shape):
    """Parts that are repeated as a whole."""

    cycle: list[PartShape] = Field(min_length=1)
    repeats: int = Field(ge=1)


def _part_kind(value: object) -> str:
    keys = value if isinstance(value, dict) else {}
    kinds = {"cycle": "a cycle", "rest": "a rest", "at steady state of": "a start at steady state"}
    return next((kind for key, kind in kinds.items() if key in keys), "a dosing")


PartShape = Annotated[
    Annotated[DosingShape, Tag("a dosing")]
    | Annotated[RestShape, Tag("a rest")]
    | Annotated[CycleShape, Tag("a cycle")]
    | Annotated[StartShape, Tag("a start at steady state")],
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

    total: AmountText | dict[str, AmountText] | None = Field(
        default=None, description="Total amount of the whole regimen, for example '21 MIU'."
    )
    doses: int | dict[str, int] | None = Field(default=None, description="Total number of doses.")
    last_day: int | dict[str, int] | None = Field(
        default=None, description="Elapsed day of the last dose; the first moment is day 0."
    )


class SourceShape(Shape):
    """Where a schedule is published."""

    text: Words | None = None
    doi: Words | None = None
    registration: Words | None = None


class TableShape(Shape):
    """An event table, as NONMEM, mrgsolve, rxode2 or PKPDsim read it, and one of its IDs."""

    file: Words = Field(description="CSV or Parquet file in the folder of this file.")
    dialect: Literal["nonmem", "mrgsolve", "rxode2", "pkpdsim"] | None = Field(
        default=None,
        description="Left out with 'time', 'amount' and 'compartments': they are read from the JSON file beside the table.",
    )
    time: Words | None = Field(default=None, description="Unit of TIME, II and DUR: h, day.")
    amount: dict[Words, Words] | None = Field(default=None, description="Drug -> the unit of AMT, for example 'MIU'.")
    compartments: Words | dict[Words, Words] | None = Field(
        default=None, description="CMT -> drug and route, for example 'il2 SC'; or those of the only input."
    )
    columns: dict[Words, Words] = Field(
        default={}, description="AMT, TIME ... -> the name of the column, where it is another one."
    )
    modelled: dict[Words, Words] = Field(
        default={}, description="Drug and route -> what RATE -1 or -2 is: 'duration 2 h', 'rate 0.5 MIU/h', or a column."
    )
    id: int | Words | None = Field(default=None, description="The ID whose doses are given; left out if all have the same.")


class LookShape(Shape):
    """How an observable that rules look at is measured."""

    noise: float = Field(default=0.0, ge=0, le=5, description="Coefficient of variation of what is measured, log-normal.")
    delay: Hours | None = Field(default=None, description="How long before a decision it is measured, for example '2 days'.")


class RulesShape(Shape):
    """Doses that depend on what is measured: at every decision the first rule that applies is followed."""

    decide: Words = Field(description="'before each cycle', 'before each dose', 'every 2 weeks' or 'at visits'.")
    look_at: dict[Words, LookShape] = Field(alias="look at", min_length=1, description="Observables that rules name.")
    first_dose: Literal["as planned", "by the rules"] = Field(
        default="as planned", alias="first dose", description="Whether the first dose is decided on too."
    )
    rules: list[Words] = Field(
        min_length=1,
        description="For example 'hold while eosinophil_fold above 3, resume one level lower when below 2', "
        "'raise one level if treg_fold below 2 at two visits in a row', 'stop if treg_fold below 1.2 after 4 cycles'; last "
        "what holds at every dose: 'stop at a total of 21 MIU', 'cap doses at 1.5 MIU from cycle 6'.",
    )
    levels: list[AmountText] = Field(default=[], description="The amounts that doses may have, from the least to the most.")
    limits: list[Words] = Field(
        default=[],
        description="What the rules may never lead to more than: 'total at most 21 MIU', 'at most 1.5 MIU a dose from cycle 6', "
        "'total tocilizumab at most 1600 mg'.",
    )


class ArmShape(Shape):
    """One regimen given to the population: written out, one of the library by its name, of an event table, or replayed."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["regimen"]}, {"required": ["use"]}, {"required": ["table"]}, {"required": ["ledger", "arm"]}]
        }
    )

    regimen: RegimenShape | None = Field(default=None, description="Protocol text, a list of parts, or a mapping drug -> either.")
    use: Words | None = Field(default=None, description="Name of a published regimen, as `regimens library` lists them.")
    table: Words | TableShape | None = Field(default=None, description="An event table that has the doses.")
    ledger: Words | None = Field(
        default=None, description="Path of a ledger.csv in the folder of this file: its doses are given again."
    )
    arm: Words | None = Field(default=None, description="The arm of the ledger whose doses are given again.")
    model: Words | None = Field(default=None, description="The model of the ledger, for an arm that had rules.")
    rules: RulesShape | None = Field(default=None, description="How doses depend on what is measured.")
    rest: Literal["shortest", "midpoint", "longest", "each", "drawn"] | None = Field(
        default=None,
        description="How a rest given as a range is taken; drawn: for every subject and cycle, any whole day as likely.",
    )
    expect: ExpectShape | None = None
    source: SourceShape | list[SourceShape] | None = None
    observed: list[Words] = Field(default=[], description="Ids of published responses that are drawn on the curves of this arm.")
    assumptions: Words | list[Words] | None = Field(
        default=None, description="What the source leaves open and was filled in here."
    )

"""The schema of a scenario file, for pydantic and for editors; what the values mean is read by `regimens.scenario.assemble`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from regimens.scenario.ownschema import ObservedShape
from regimens.scenario.shape import (
    AmountText,
    Centimetres,
    Days,
    DoseText,
    Hours,
    IL2Text,
    Kilograms,
    Shape,
    SizeText,
    SquareMetres,
    Weeks,
    Words,
)


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


Reading = Literal["before doses", "after doses"]


def _observe_kind(value: object) -> str:
    return "words" if isinstance(value, str) else "settings"


class ObserveShape(Shape):
    """The grid of the trajectories that are written and drawn, and how many curves of single subjects."""

    every: Hours = "6 h"
    individuals: int = Field(default=0, ge=0, le=100, description="How many subjects' own curves are drawn beside the median.")
    read: Reading = Field(
        default="before doses",
        description="On which side of a dose curves, visits and checks of own values are read at its time. Endpoints are not.",
    )


class VerdictShape(Shape):
    """When one arm is called better than another."""

    probability: float = Field(
        default=0.95, gt=0.5, le=1, description="Probability that every model must give to the same direction."
    )
    differ: float = Field(default=0.5, ge=0, le=1, description="Share of the draws in which the two arms must differ at all.")
    difference: float = Field(
        default=0.05, ge=0, lt=1, description="Relevant difference, a share of the larger of the two values; 0: any difference."
    )


class TradeOffShape(Shape):
    """Two endpoints that are weighed against each other."""

    gain: Words = Field(description="An endpoint of which more is good, for example 'mean of treg_fold to 12 weeks'.")
    cost: Words = Field(description="An endpoint of which more is bad, for example 'peak of serum_il2'.")


class EqualiseShape(Shape):
    """A total of IL-2 that every arm is brought to, in an arm of its own beside it."""

    total: IL2Text = Field(description="Total amount of IL-2, for example '21 MIU'.")
    by: Literal["amount", "doses", "interval"] = Field(description="What is changed to reach the total.")
    step: IL2Text | None = Field(default=None, description="Amounts are rounded to multiples of this; only with 'by: amount'.")


Share = Annotated[float, Field(ge=0, le=1)]


class LateShape(Shape):
    """Doses given late."""

    share: Share = Field(description="Share of given doses that are late.")
    up_to: Hours = Field(description="The longest delay, for example '12 h'; any shorter one is as likely.")


class RealLifeShape(Shape):
    """How real doses differ from the plan; every arm gets a twin in which they do."""

    missed: Share = Field(default=0.0, description="Probability that a dose is missed.")
    after_a_miss: Share | None = Field(default=None, description="Replaces 'missed' for a dose after a missed one.")
    late: LateShape | None = None
    stop_early: Share = Field(default=0.0, description="Share of subjects who stop for good, at any of their doses.")


class NoiseShape(Shape):
    """What measuring adds to the true value, as coefficients of variation."""

    day_to_day: float = Field(default=0.0, ge=0, le=5, description="Variation within a person from day to day.")
    residual: float = Field(default=0.0, ge=0, le=5, description="Variation of the assay.")


class SubjectShape(Shape):
    """The body that doses per kg and per m2 meet; BSA by Mosteller, to 0.01 m2, unless given."""

    weight: Kilograms = "70 kg"
    height: Centimetres = "167 cm"
    bsa: SquareMetres | None = None


class SizeShape(Shape):
    """A size of the body: log-normal around `typical`, never outside `bounds`."""

    typical: SizeText = Field(description="With its unit, for example '66 kg' or '163 cm'.")
    cv: float = Field(ge=0, le=1.0, description="Coefficient of variation between subjects, a fraction.")
    bounds: list[SizeText] | None = Field(
        default=None, min_length=2, max_length=2, description="Left out: three standard deviations either way."
    )


class SizeBySexShape(Shape):
    """A size of the body that differs between women and men."""

    female: SizeShape
    male: SizeShape


def _size_kind(value: object) -> str:
    return "by sex" if isinstance(value, dict) and ({"female", "male"} & set(value)) else "for all"


EitherSize = Annotated[Annotated[SizeShape, Tag("for all")] | Annotated[SizeBySexShape, Tag("by sex")], Discriminator(_size_kind)]


class BodyShape(Shape):
    """How bodies differ; what is left out is that of the scenario's subject. BSA follows by Mosteller."""

    female: float | None = Field(default=None, ge=0, le=1, description="Share of women.")
    weight: EitherSize | None = None
    height: EitherSize | None = None


class CorrelationShape(Shape):
    """Correlation between the z-scores of a subject in two parameters, or in 'weight' and 'height'."""

    between: list[Words] = Field(min_length=2, max_length=2)
    value: float = Field(gt=-1, lt=1)


class PopulationShape(Shape):
    """Virtual subjects drawn from the models' between-subject variability, anew in every parameter draw."""

    subjects: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Subjects of each parameter draw; the rows of 'people'."
    )
    seed: int = Field(ge=0, lt=2**63)
    draws: int = Field(default=1, ge=1, le=10_000, description="Parameter draws; with one, parameters are taken as known.")
    cv: dict[Words, Annotated[float, Field(ge=0, le=3)]] = Field(
        default={}, description="Between-subject CV of parameters, in place of the model's."
    )
    correlations: list[CorrelationShape] = Field(default=[])
    body: BodyShape | None = None
    people: Words | None = Field(
        default=None,
        description="CSV file of people in the folder of this file: subject, weight_kg, bsa_m2 or height_cm, sex, parameters.",
    )


class AmountsShape(Shape):
    """Amounts from the lowest to the highest in equal steps, exactly."""

    from_: IL2Text = Field(alias="from", description="The lowest amount, for example '0.25 MIU'.")
    to: IL2Text = Field(description="The highest amount; a whole number of steps from the lowest.")
    step: IL2Text = Field(description="The step, as a syringe and a vial can give it.")


class SearchShape(Shape):
    """Which schedules of IL-2 are searched, what must hold of one, and which is best."""

    drug: Words = "il2"
    amount: AmountsShape
    every: Annotated[list[Days], Field(min_length=1)] = Field(description="Intervals and patterns: '2 days', '3 times a week'.")
    doses: int | Words = Field(description="Doses of each course: a number, or a range such as 5-84.")
    cycles: int | Words = Field(default=1, description="How often the course is given: a number, or a range such as 1-6.")
    rests: Annotated[list[Days], Field(min_length=1)] = Field(
        default=["none"], description="Rests between cycles: 'none', '14 days'."
    )
    within: Weeks = Field(description="Longest time from the first dose to one interval after the last.")
    route: Words = "SC"
    limits: list[Words] = Field(
        default=[],
        description="'total at most 21 MIU', 'doses at most 30', and 'ENDPOINT at most NUMBER in 80 % of subjects'.",
    )
    aim: Words = Field(description="'highest' or 'lowest' and an endpoint, or 'lowest total'.")
    judged_by: Words = Field(
        default="mean", alias="judged by", description="mean, worst model, regret, or for example cvar 10 %."
    )
    cost: Words | None = Field(default=None, description="An endpoint that is shown against the aim.")


class DesignShape(Shape):
    """A trial of two arms."""

    subjects: int = Field(description="Subjects of each arm, at least 1.")
    days: list[int | float] = Field(
        min_length=1, max_length=50, description="Elapsed days of the samples; the first dose is day 0."
    )


class SettleNoiseShape(Shape):
    """What sampling adds to the true value, as coefficients of variation."""

    assay: float = Field(default=0.1, description="Variation of the assay, from 0 to 5.")
    day_to_day: float = Field(default=0.15, description="Variation within a person from day to day, from 0 to 5.")
    correlated_over: Days = Field(default="3 days", description="Time over which day-to-day variation is correlated.")


class SettleShape(Shape):
    """Trials that could settle which of two arms is better."""

    endpoint: Words = Field(description="What one arm should be better on, for example 'mean of treg_fold to 12 weeks'.")
    observable: Words | None = Field(default=None, description="What is sampled. Left out: the observable of the endpoint.")
    pairs: list[Annotated[list[Words], Field(min_length=2, max_length=2)]] = Field(
        default=[], description="Pairs of arms. Left out: the most contested ones, at most three."
    )
    designs: Annotated[dict[Words, DesignShape], Field(min_length=1)]
    noise: SettleNoiseShape = SettleNoiseShape()
    lloq: float = Field(
        default=0.0, description="Lower limit of quantification, in the unit of the observable. Left out or 0: none."
    )
    dropout: float = Field(default=0.0, description="Share of subjects who leave before the last sample, below 1.")
    responders: list[Words] = Field(
        default=[],
        description="Responders that a test compares: 'above 2 on day 28', 'above 2 on the last day', 'above 2 on any day'.",
    )
    wanted: float = Field(default=0.8, description="Probability with which a trial should settle the pair.")
    trials: int = Field(default=400, description="Simulated trials of each design and pair, at least 20.")


class SolverShape(Shape):
    """Error tolerances of one step of the integration: `rtol` of each state plus `atol` of the largest value it has had."""

    rtol: float = Field(default=1e-6, ge=1e-12, le=1e-5)
    atol: float = Field(default=1e-8, ge=1e-16, le=1e-5, description="A fraction of the largest value so far; has no unit.")


class OutcomeShape(Shape):
    """What a publication saw, and what must hold of an endpoint where a model agrees."""

    seen: Words = Field(description="What was seen, in plain words.")
    arm: Words | Annotated[list[Words], Field(min_length=1)] = Field(description="The arm in which it was seen, or several.")
    endpoint: Words = Field(
        description="The endpoint that stands for it, for example 'treg_fold at 12 weeks'; or 'not modelled' where none does."
    )
    was: Words | None = Field(
        default=None,
        description="What the endpoint was: 'above 1', 'below' another arm or endpoint, or an interval such as '1.8 to 2.4'.",
    )
    source: SourceShape | list[SourceShape] | None = None


Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ScenarioShape(Shape):
    """A scenario: arms, models, subjects, horizon and endpoints of one comparison."""

    title: Words
    description: str = ""
    question: Words | None = Field(default=None, description="The question that the comparison is to answer, in plain words.")
    decision: Words | None = Field(
        default=None, description="What is decided with the answer, and what a wrong answer would cost."
    )
    models: list[Words] = Field(min_length=1, description="Names of shipped models, or paths of model files (.yaml).")
    horizon: Weeks = Field(description="End of simulated time, for example '24 weeks'.")
    day_0: Weekday | None = Field(
        default=None, alias="day 0", description="The weekday of day 0, for arms that name weekdays ('on Mon, Wed and Fri')."
    )
    observe: Annotated[
        Annotated[Reading, Tag("words")] | Annotated[ObserveShape, Tag("settings")], Discriminator(_observe_kind)
    ] = ObserveShape()
    subject: SubjectShape = SubjectShape()
    population: PopulationShape | None = Field(default=None, description="Left out: one typical subject.")
    visits: dict[str, Weeks] = Field(default={}, description="Name of a visit -> its elapsed time.")
    assumptions: Words | list[Words] | None = None
    arms: dict[Words, ArmShape] = Field(min_length=1)
    endpoints: list[Words] = Field(min_length=1, description="For example 'peak of treg_fold'.")
    outcomes: list[OutcomeShape] = Field(default=[], description="What publications saw, held against what is simulated.")
    verdict: VerdictShape = VerdictShape()
    trade_off: TradeOffShape | None = None
    equalise: EqualiseShape | None = None
    real_life: RealLifeShape | None = None
    noise: NoiseShape | None = None
    settle: SettleShape | None = Field(default=None, description="Trials that could settle a pair, for `regimens settle`.")
    search: SearchShape | None = Field(default=None, description="Schedules to search, by `regimens search`.")
    observed: ObservedShape | list[ObservedShape] | None = Field(
        default=None, description="Observations of your own that are drawn on the curves; several files are a list."
    )
    solver: SolverShape = SolverShape()

    @property
    def observing(self) -> ObserveShape:
        """What `observe` says, whichever form it has."""
        return ObserveShape(read=self.observe) if isinstance(self.observe, str) else self.observe

"""The schema of a scenario file, for pydantic and for editors; what the values mean is read by `regimens.scenario.assemble`.

The schemas of its arms, of who is simulated and of own observations have modules of their own.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from regimens.scenario.armschema import ArmShape, SourceShape
from regimens.scenario.ownschema import ObservedShape
from regimens.scenario.peopleschema import PopulationShape, SubjectShape
from regimens.scenario.shape import (
    Days,
    Hours,
    IL2Text,
    Shape,
    Weeks,
    Words,
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

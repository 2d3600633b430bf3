"""Rules of an arm as frozen values: when doses are decided on, what is looked at, and the ladder of rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.errors import RegimenError
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.tokens import NUMBERS
from regimens.regimen.writing import write_plan
from regimens.rules.caps import Cap
from regimens.units import decimal_text, duration_text

if TYPE_CHECKING:
    from regimens.regimen.parts import Dose

AS_PLANNED, BY_THE_RULES = "as planned", "by the rules"
"""What decides on the first dose."""

CYCLES, DOSES, TIME = "cycles", "doses", "time"
"""What a rule may wait for."""

BEFORE_CYCLE, BEFORE_DOSE, AT_VISITS, EVERY = "before each cycle", "before each dose", "at visits", "every"


@dataclass(frozen=True)
class Decide:
    """When doses are decided on: `when` is BEFORE_CYCLE, BEFORE_DOSE, AT_VISITS, or EVERY with an interval from 0 h on."""

    when: str
    interval: Duration | None = None

    def in_words(self) -> str:
        """Return it as a scenario file says it."""
        return self.when if self.interval is None else f"every {duration_text(self.interval.hours)}"


NO_DELAY = Duration(Fraction(0))


@dataclass(frozen=True)
class Look:
    """An observable that is looked at: the CV of its log-normal `noise`, and how long before a decision it is measured."""

    observable: str
    noise: float = 0.0
    delay: Duration = NO_DELAY


@dataclass(frozen=True)
class Comparison:
    """A measured value is strictly `side` ("above" or "below") a limit, in the unit of the observable."""

    observable: str
    side: str
    limit: Fraction

    def in_words(self) -> str:
        """Return for example 'treg_fold below 2'."""
        return f"{self.observable} {self.side} {decimal_text(self.limit)}"


@dataclass(frozen=True)
class After:
    """What has to be over before a rule applies: so many whole cycles, planned doses, or hours since 0 h."""

    count: Fraction
    of: str

    def in_words(self) -> str:
        """Return for example 'after 4 cycles'."""
        if self.of == TIME:
            return f"after {duration_text(self.count)}"
        return f"after {self.count} {self.of if self.count != 1 else self.of.removesuffix('s')}"


@dataclass(frozen=True)
class When:
    """What makes a rule apply: all comparisons hold, at so many decisions in a row, `after` something is over."""

    all_of: tuple[Comparison, ...]
    in_a_row: int = 1
    after: After | None = None

    def in_words(self) -> str:
        """Return for example 'treg_fold below 2 at two visits in a row after 4 cycles'."""
        said = [" and ".join(each.in_words() for each in self.all_of)]
        said += [f"at {_count(self.in_a_row)} visits in a row"] if self.in_a_row > 1 else []
        return " ".join([*said, *([] if self.after is None else [self.after.in_words()])])


@dataclass(frozen=True)
class Hold:
    """No dose from a decision at which `when` holds to the first at which `resume` holds, then `levels` higher (lower if
    negative). Without `resume`, doses go on as soon as `when` does not hold.
    """

    when: When
    resume: tuple[Comparison, ...] = ()
    levels: int = 0

    def in_words(self) -> str:
        """Return for example 'hold while eosinophil_fold above 3, resume one level lower when below 2'."""
        said = f"hold while {self.when.in_words()}"
        if not self.resume:
            return said
        by = f" {_levels(self.levels)} {'lower' if self.levels < 0 else 'higher'}" if self.levels else ""
        short = len(self.resume) == len(self.when.all_of) == 1 and self.resume[0].observable == self.when.all_of[0].observable
        first = f"{self.resume[0].side} {decimal_text(self.resume[0].limit)}"
        return f"{said}, resume{by} when {first if short else ' and '.join(each.in_words() for each in self.resume)}"


@dataclass(frozen=True)
class Change:
    """Doses go up so many `levels` (down if negative), never beyond the level `to`. At that end the rule does not apply."""

    levels: int
    when: When
    to: Amount | None = None

    def in_words(self) -> str:
        """Return for example 'raise one level if treg_fold below 2'."""
        to = "" if self.to is None else f" to at {'most' if self.levels > 0 else 'least'} {self.to}"
        return f"{'raise' if self.levels > 0 else 'lower'} {_levels(self.levels)}{to} if {self.when.in_words()}"


@dataclass(frozen=True)
class Stop:
    """No more doses from the decision on at which `when` holds."""

    when: When

    def in_words(self) -> str:
        """Return for example 'stop if treg_fold below 1.2 after 4 cycles'."""
        return f"stop if {self.when.in_words()}"


@dataclass(frozen=True)
class Keep:
    """A value outside `low` to `high` changes the amount in proportion: amount x middle of the range / value, to the nearest
    multiple of `step` from `least` to `most`.
    """

    observable: str
    low: Fraction
    high: Fraction
    step: Amount
    least: Amount
    most: Amount

    @property
    def when(self) -> When:
        """What the rule looks at; that it applies depends on the amount too."""
        return When((Comparison(self.observable, "below", self.low),))

    @property
    def middle(self) -> Fraction:
        """The value that the amount is set for."""
        return (self.low + self.high) / 2

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts that can be given, from the least to the most."""
        count = int((self.most.value - self.least.value) / self.step.value) + 1
        return tuple(
            Amount(self.least.value + place * self.step.value, self.least.unit, self.least.basis) for place in range(count)
        )

    def in_words(self) -> str:
        """Return for example 'keep treg_fold from 2 to 3 in steps of 0.25 MIU between 0.25 MIU and 3 MIU'."""
        span = f"from {decimal_text(self.low)} to {decimal_text(self.high)}"
        return f"keep {self.observable} {span} in steps of {self.step} between {self.least} and {self.most}"


@dataclass(frozen=True)
class Space:
    """Doses come at another interval, counted from the last one that was given, until the course of the plan ends."""

    interval: Duration
    when: When

    def in_words(self) -> str:
        """Return for example 'change the interval to 14 days if treg_fold above 4'."""
        return f"change the interval to {duration_text(self.interval.hours)} if {self.when.in_words()}"


@dataclass(frozen=True)
class Give:
    """A dose of another drug at a decision at which `when` holds: so many `times`, at least `apart` from each other."""

    drug: str
    dose: Dose
    when: When
    times: int = 1
    apart: Duration | None = None

    def in_words(self) -> str:
        """Return for example 'give tocilizumab 8 mg/kg IV once over 1 h if th17_treg_ratio_fold above 1.5'."""
        often = "" if self.times == 1 else f" at most {_count(self.times)} times"
        often += "" if self.apart is None else f" at least {duration_text(self.apart.hours)} apart"
        dose = write_plan((self.dose,))
        return f"give {self.drug} {dose if not often else dose.replace(' once', '', 1)}{often} if {self.when.in_words()}"


Rule = Hold | Change | Stop | Keep | Space | Give


@dataclass(frozen=True)
class Limit:
    """What the protocol promises of the doses that rules lead to: a total, or one dose from an outermost `cycle` on.
    `drug` is another drug that rules give, "" for the drug of the plan. `line` is the line of the scenario file, from 1.
    """

    of: str
    amount: Amount
    cycle: int = 1
    drug: str = ""
    line: int | None = field(default=None, compare=False)

    def in_words(self) -> str:
        """Return for example 'total at most 21 MIU' or 'at most 1.5 MIU a dose from cycle 6'."""
        if self.of == "total":
            return f"total{f' {self.drug}' if self.drug else ''} at most {self.amount}"
        return f"at most {self.amount} a dose" + (f" from cycle {self.cycle}" if self.cycle > 1 else "")


@dataclass(frozen=True)
class Rules:
    """Doses of one drug that depend on what is measured.

    At every decision the first rule of `ladder` that applies is followed; where none does, doses go on as they were. `levels`
    are the amounts that rules move between, ascending; the planned amount is one of them. `limits` are checked before anything
    is simulated, `caps` hold at every dose. `first_dose` is AS_PLANNED (no decision on it) or BY_THE_RULES.
    """

    decide: Decide
    look_at: tuple[Look, ...]
    ladder: tuple[Rule, ...]
    levels: tuple[Amount, ...] = ()
    limits: tuple[Limit, ...] = ()
    first_dose: str = AS_PLANNED
    caps: tuple[Cap, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        decide: str,
        look_at: Mapping[str, Mapping[str, object]] | Sequence[str],
        rules: Sequence[str],
        levels: Sequence[str | Amount] = (),
        limits: Sequence[str] = (),
        first_dose: str = AS_PLANNED,
    ) -> Rules:
        """Return the rules that these words say, as a scenario file does; RegimenError for words that cannot be read.

        >>> Rules.of(decide="before each cycle", look_at=["treg_fold"], rules=["stop if treg_fold above 4"]).ladder[0].in_words()
        'stop if treg_fold above 4'
        """
        from regimens.rules.words import parse_decide, parse_level, parse_limit, parse_look, parse_rule

        if first_dose not in (AS_PLANNED, BY_THE_RULES):
            raise RegimenError(f"Unknown first dose '{first_dose}'.", f"Write '{AS_PLANNED}' or '{BY_THE_RULES}'.")
        looks = {name: {} for name in look_at} if not isinstance(look_at, Mapping) else look_at
        read = [parse_rule(text, tuple(looks)) for text in rules]
        return cls(
            parse_decide(decide),
            tuple(parse_look(name, **said) for name, said in looks.items()),
            tuple(rule for rule in read if not isinstance(rule, Cap)),
            tuple(level if isinstance(level, Amount) else parse_level(level) for level in levels),
            tuple(map(parse_limit, limits)),
            first_dose,
            tuple(rule for rule in read if isinstance(rule, Cap)),
        )

    @property
    def observables(self) -> tuple[str, ...]:
        """What is looked at, in order."""
        return tuple(look.observable for look in self.look_at)

    @property
    def in_order(self) -> tuple[Rule | Cap, ...]:
        """All rules as a file has them: those that are decided on, then the caps."""
        return (*self.ladder, *self.caps)

    @property
    def drugs(self) -> tuple[str, ...]:
        """Drugs that a rule may give beside the plan."""
        return tuple(dict.fromkeys(rule.drug for rule in self.ladder if isinstance(rule, Give)))

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts that can be given, ascending; none where every dose is as planned or not given."""
        return next((rule.amounts for rule in self.ladder if isinstance(rule, Keep)), self.levels)


def _levels(count: int) -> str:
    return f"{_count(abs(count))} level{'s' * (abs(count) != 1)}"


def _count(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)

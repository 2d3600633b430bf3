"""What a search of schedules varies, what must hold of a schedule, and what is best: the key `search` of a scenario."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import IL2
from regimens.regimen.space import Candidate, SearchSpace
from regimens.regimen.writing import write_frequency
from regimens.units import amount_text
from regimens.wording import inside

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.model.declaration import Model
    from regimens.regimen.space import Timing
    from regimens.subject import Subject

MOST_CANDIDATES = 100_000
"""Schedules that are looked at one by one; larger spaces are sampled."""

NO_REST = "none"
OF_SUBJECTS = 0.95
"""Share of subjects of whom a limit on an endpoint must hold where it names none."""

AT_MOST, AT_LEAST = "at most", "at least"
HIGHEST, LOWEST = "highest", "lowest"


class Kind(StrEnum):
    """How the values of an aim under several models and in several draws become one score of a schedule."""

    MEAN = "mean"
    WORST = "worst model"
    CVAR = "cvar"
    REGRET = "regret"


@dataclass(frozen=True)
class Judge:
    """How schedules are ranked over models and draws; `tail` is the share of worst draws that CVAR averages (else 0)."""

    kind: Kind = Kind.MEAN
    tail: float = 0.0

    @property
    def words(self) -> str:
        """The judge as a scenario file says it."""
        return f"cvar {100 * self.tail:g} %" if self.kind is Kind.CVAR else str(self.kind)


@dataclass(frozen=True)
class ExactLimit:
    """A limit on the `of` "total" (IU) or "doses" of a whole schedule, which needs no simulation."""

    words: str
    of: str
    side: str
    number: Fraction

    def said(self, number: Fraction) -> str:
        """Return a total or a number of doses in words."""
        if self.of == "total":
            return amount_text(number, "IU")
        return f"{number} dose{'s' * (number != 1)}"


@dataclass(frozen=True)
class EndpointLimit:
    """A limit on an endpoint that must hold in a `share` of the subjects."""

    words: str
    endpoint: Endpoint
    side: str
    number: float
    share: float


Limit = ExactLimit | EndpointLimit


@dataclass(frozen=True)
class Search:
    """A search: the space, the limits, the aim and whether more of it is better, the judge, and a cost to hold against the aim.

    The better direction of the endpoint `aim` is that of the search, whatever it is elsewhere.
    """

    space: SearchSpace
    aim: Endpoint
    limits: tuple[Limit, ...] = ()
    judge: Judge = Judge()
    cost: Endpoint | None = None

    @property
    def highest(self) -> bool:
        """Whether more of the aim is better."""
        return self.aim.better == "higher"

    @property
    def aim_words(self) -> str:
        """The aim as a scenario file says it."""
        return f"{HIGHEST if self.highest else LOWEST} {self.aim.words}"

    @property
    def aim_label(self) -> str:
        """The aim for people, with the label of its observable."""
        return f"{HIGHEST if self.highest else LOWEST} {inside(self.aim.label)}" if self.aim.label else self.aim_words

    @property
    def exact_limits(self) -> tuple[ExactLimit, ...]:
        """The limits on totals and doses."""
        return tuple(limit for limit in self.limits if isinstance(limit, ExactLimit))

    @property
    def endpoint_limits(self) -> tuple[EndpointLimit, ...]:
        """The limits on endpoints."""
        return tuple(limit for limit in self.limits if isinstance(limit, EndpointLimit))

    @property
    def measured(self) -> tuple[Endpoint, ...]:
        """What is measured of each subject: the aim, the endpoints of the limits, the cost, each once, without direction."""
        asked = [self.aim, *(limit.endpoint for limit in self.endpoint_limits), *([] if self.cost is None else [self.cost])]
        return tuple({endpoint.words.lower(): endpoint for endpoint in reversed(asked)}.values())[::-1]

    def row(self, endpoint: Endpoint) -> int:
        """Return the place of an endpoint of the search in `measured`."""
        return [known.words.lower() for known in self.measured].index(endpoint.words.lower())

    def candidates(self, subject: Subject) -> tuple[Candidate, ...]:
        """Return every schedule that meets the limits on totals and doses, exactly; the simplest timings first."""
        amounts, route = self.space.amounts, self.space.route
        return tuple(Candidate(amounts[place], timing, route) for timing, places in self.allowed(subject) for place in places)

    def size(self, subject: Subject) -> int:
        """Return the number of `candidates`, without listing them."""
        return sum(len(places) for _, places in self.allowed(subject))

    def allowed(self, subject: Subject) -> Iterator[tuple[Timing, range]]:
        """Yield every timing with the places of the amounts that the limits on totals and doses allow."""
        return self._allowed(self.exact_limits, subject)

    def _allowed(self, limits: Sequence[ExactLimit], subject: Subject) -> Iterator[tuple[Timing, range]]:
        """Yield every timing with the places of the amounts that some limits allow."""
        each = [amount.for_size(subject.weight_kg, subject.bsa_m2) for amount in self.space.amounts]
        for timing in self.space.timings:
            doses, first, end = timing.all_doses, 0, len(each)
            for limit in limits:
                if limit.of == "doses":
                    fits = doses <= limit.number if limit.side == AT_MOST else doses >= limit.number
                    end = end if fits else 0
                elif limit.side == AT_MOST:
                    end = min(end, bisect_right(each, limit.number / doses))
                else:
                    first = max(first, bisect_left(each, limit.number / doses))
            if first < end:
                yield timing, range(first, end)

    def emptied(self, subject: Subject) -> tuple[ExactLimit, Fraction] | None:
        """Return the first limit that leaves no schedule of those before it, and the nearest number it would have to allow."""
        each = [amount.for_size(subject.weight_kg, subject.bsa_m2) for amount in self.space.amounts]
        for place, limit in enumerate(self.exact_limits):
            if any(True for _ in self._allowed(self.exact_limits[: place + 1], subject)):
                continue
            best = min if limit.side == AT_MOST else max
            before = self._allowed(self.exact_limits[:place], subject)
            if limit.of == "doses":
                return limit, best(Fraction(timing.all_doses) for timing, _ in before)
            return limit, best(
                timing.all_doses * each[places[0] if limit.side == AT_MOST else places[-1]] for timing, places in before
            )
        return None


def ranks(model: Model, search: Search) -> bool:
    """Return whether a model can rank schedules: it takes IL-2 by the route of the space, and has the observable of the aim."""
    takes = (IL2, search.space.route) in {(entry.drug, entry.route) for entry in model.inputs}
    return takes and search.aim.observable in {"", *(observable.name for observable in model.observables)}


def search_value(search: Search) -> dict[str, object]:
    """Return a search as the mapping of a file."""
    space = search.space
    found: dict[str, object] = {
        "amount": {"from": str(space.lowest), "to": str(space.highest), "step": str(space.step)},
        "every": [write_frequency(every) for every in space.every],
        "doses": _range_text(space.doses),
        "cycles": _range_text(space.cycles),
        "rests": [NO_REST if rest is None else str(rest) for rest in space.rests],
        "within": str(space.within),
        "route": None if space.route == "SC" else space.route,
        "limits": [limit.words for limit in search.limits],
        "aim": search.aim_words,
        "judged by": search.judge.words,
        "cost": None if search.cost is None else search.cost.words,
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _range_text(pair: tuple[int, int]) -> str | int:
    return pair[0] if pair[0] == pair[1] else f"{pair[0]}-{pair[1]}"

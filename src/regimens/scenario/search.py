"""What a search of schedules varies, what must hold of a schedule, and what is best: the key `search` of a scenario."""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from regimens.drugs import IL2, ROUTES
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import RegimenError, WordsError
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.space import Candidate, SearchSpace
from regimens.regimen.words import parse_dose, parse_frequency, parse_rest
from regimens.regimen.writing import write_frequency
from regimens.units import amount_text, duration_text, parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.regimen.space import Timing
    from regimens.scenario.schema import SearchShape
    from regimens.subject import Subject

MOST_CANDIDATES = 100_000
"""Schedules that can be looked at one by one."""

NO_REST = "none"
OF_SUBJECTS = 0.95
"""Share of subjects of whom a limit on an endpoint must hold where it names none."""

AT_MOST, AT_LEAST = "at most", "at least"
HIGHEST, LOWEST = "highest", "lowest"

_LIMIT = re.compile(
    r"(?P<of>.+?) (?P<side>at most|at least) (?P<number>\S.*?)(?: in (?P<share>\S+?) ?% of subjects)?", re.IGNORECASE
)
_AIM = re.compile(r"(?P<way>highest|lowest) (?P<of>.+)", re.IGNORECASE)
_RANGE = re.compile(r"(?P<fewest>[0-9]+)(?: ?(?:-|–|to) ?(?P<most>[0-9]+))?")
_CVAR = re.compile(r"cvar (?P<share>\S+?) ?%", re.IGNORECASE)
_LIMIT_ADVICE = (
    "Write for example 'total at most 21 MIU', 'doses at most 30' or 'days treg_fold above 2 at least 42 in 80 % of subjects'."
)


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

    def candidates(self, subject: Subject) -> tuple[Candidate, ...]:
        """Return every schedule that meets the limits on totals and doses, exactly; the simplest timings first."""
        amounts, route = self.space.amounts, self.space.route
        return tuple(
            Candidate(amounts[place], timing, route)
            for timing, places in self._allowed(self.exact_limits, subject)
            for place in places
        )

    def size(self, subject: Subject) -> int:
        """Return the number of `candidates`, without listing them."""
        return sum(len(places) for _, places in self._allowed(self.exact_limits, subject))

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


def read_search(shape: SearchShape | None, visits: Mapping[str, float], notes: Notes) -> Search | None:
    """Return the search as far as it needs no models; None where there is none or it cannot be read."""
    if shape is None:
        return None
    before = len(notes.problems)
    if shape.drug != IL2:
        notes.add(("search", "drug"), f"A search varies il2 only, found '{shape.drug}'.", "Leave 'drug' out, or write 'il2'.")
    space = _space(shape, notes)
    read = [(place, _limit(text, ("search", "limits", place), visits, notes)) for place, text in enumerate(shape.limits)]
    aim = _tried(lambda: notes.read(("search", "aim"), partial(_aim, shape.aim, visits)))
    judge = _tried(lambda: notes.read(("search", "judged by"), partial(_judge, shape.judged_by)))
    cost = None
    if shape.cost is not None:
        text = shape.cost
        cost = _tried(lambda: notes.read(("search", "cost"), partial(parse_endpoint, text, visits)))
    named: list[tuple[Loc, Endpoint | None]] = [(("search", "aim"), aim), (("search", "cost"), cost)]
    named += [(("search", "limits", place), limit.endpoint) for place, limit in read if isinstance(limit, EndpointLimit)]
    for loc, endpoint in named:
        if endpoint is not None:
            _check_kind(loc, endpoint, notes)
    if space is None or aim is None or judge is None or len(notes.problems) > before:
        return None
    return Search(space, aim, tuple(limit for _, limit in read if limit is not None), judge, cost)


Check = Callable[[Sequence[tuple[Loc, Endpoint]]], Iterable[Endpoint]]


def checked_search(
    search: Search | None, check: Check, models: Sequence[Model], subject: Subject, horizon: Fraction, notes: Notes
) -> Search | None:
    """Return the search with the labels of its endpoints; notes endpoints that no model has, and a space without schedules.

    `check` turns (place, endpoint) into endpoints that can be measured and notes the others.
    """
    if search is None:
        return None
    before, better = len(notes.problems), search.aim.better
    aim = _measured(("search", "aim"), search.aim, check)
    cost = None if search.cost is None else _measured(("search", "cost"), search.cost, check)
    limits = tuple(
        replace(limit, endpoint=_measured(("search", "limits", place), limit.endpoint, check))
        if isinstance(limit, EndpointLimit)
        else limit
        for place, limit in enumerate(search.limits)
    )
    if search.space.within.hours > horizon:
        found = f"Schedules may take {search.space.within}, longer than the horizon of {duration_text(horizon)}."
        notes.add(("search", "within"), found, "Move the horizon, or shorten 'within'.")
    if len(notes.problems) == before and not any(ranks(model, search) for model in models):
        what = f" and has '{search.aim.observable}'" if search.aim.observable else ""
        notes.add(("search",), f"No model takes il2 by {search.space.route}{what}.", "Add a model that does.", key=True)
    if len(notes.problems) > before:
        return None
    made = replace(search, aim=replace(aim, better=better), cost=cost, limits=limits)
    _check_size(made, subject, notes)
    return made


def _measured(loc: Loc, endpoint: Endpoint, check: Check) -> Endpoint:
    return next(iter(check([(loc, endpoint)])), endpoint)


def ranks(model: Model, search: Search) -> bool:
    """Return whether a model can rank schedules: it takes IL-2 by the route of the space, and has the observable of the aim."""
    takes = (IL2, search.space.route) in {(entry.drug, entry.route) for entry in model.inputs}
    return takes and search.aim.observable in {"", *(observable.name for observable in model.observables)}


def _check_size(search: Search, subject: Subject, notes: Notes) -> None:
    """Note a space without a schedule, with what emptied it and by how much, and one of too many schedules."""
    space = search.space
    if not space.timings:
        found = f"No schedule of the space fits into {space.within}: the shortest takes {duration_text(space.shortest_span)}."
        notes.add(("search", "within"), found, "Allow a longer time, fewer doses, fewer cycles or shorter rests.")
        return
    emptied = search.emptied(subject)
    if emptied is not None:
        limit, nearest = emptied
        place = search.limits.index(limit)
        notes.add(("search", "limits", place), *_why_empty(search, limit, nearest))
        return
    size = search.size(subject)
    if size > MOST_CANDIDATES:
        found = f"The space has {size:,} different schedules within the limits on totals and doses."
        counts = f"{len(space.amounts)} amounts x {space.timings_words}"
        advice = f"At most {MOST_CANDIDATES:,} can be searched. Narrow it ({counts}): a larger step, shorter lists, lower limits."
        notes.add(("search",), found, advice, key=True)


def _why_empty(search: Search, limit: ExactLimit, nearest: Fraction) -> tuple[str, str]:
    before = search.exact_limits[: search.exact_limits.index(limit)]
    others = f" that meets {' and '.join(repr(other.words) for other in before)}" if before else " of the space"
    found = f"No schedule{others} meets '{limit.words}'."
    word = {AT_MOST: "lowest" if limit.of == "total" else "fewest", AT_LEAST: "highest" if limit.of == "total" else "most"}
    what = f"The {word[limit.side]} {'total is' if limit.of == 'total' else 'are'} {limit.said(nearest)}"
    away = limit.said(abs(nearest - limit.number))
    advice = f"{what}, {away} {'more' if nearest > limit.number else 'less'} than the limit."
    if limit.of == "total" and limit.side == AT_MOST and limit.number < search.space.lowest.value and not before:
        advice += f" The smallest dose alone is {search.space.lowest}."
    return found, advice


def _space(shape: SearchShape, notes: Notes) -> SearchSpace | None:
    before = len(notes.problems)
    if shape.route not in ROUTES:
        notes.add(("search", "route"), f"'{shape.route}' is not a route.", f"Routes are {', '.join(ROUTES)}.")
    lowest, highest, step = (
        _tried(partial(_amount, ("search", "amount", key), text, notes))
        for key, text in (("from", shape.amount.from_), ("to", shape.amount.to), ("step", shape.amount.step))
    )
    every = [
        _tried(lambda: notes.read(("search", "every", place), partial(parse_frequency, text)))  # noqa: B023
        for place, text in enumerate(shape.every)
    ]
    rests = [_tried(partial(_rest, text, ("search", "rests", place), notes)) for place, text in enumerate(shape.rests)]
    doses = _tried(partial(_range, shape.doses, ("search", "doses"), notes))
    cycles = _tried(partial(_range, shape.cycles, ("search", "cycles"), notes))
    within = _tried(lambda: notes.read(("search", "within"), partial(parse_duration, shape.within)))
    for key, values in (("every", every), ("rests", rests)):
        for place, value in enumerate(values):
            if value is not None and value in values[:place]:
                written = getattr(shape, key)[place]
                notes.add(("search", key, place), f"'{written}' is named twice in '{key}'.", "Name each once.")
    if len(notes.problems) > before:
        return None
    assert lowest is not None
    assert highest is not None
    assert step is not None
    assert doses is not None
    assert cycles is not None
    assert within is not None
    try:
        return SearchSpace(
            lowest, highest, step, tuple(each for each in every if each), doses, Duration(within), cycles,
            tuple(rest[0] for rest in rests if rest), shape.route,
        )  # fmt: skip
    except RegimenError as error:
        about = ("search",) if "combinations" in error.message else ("search", "amount")
        notes.add(about, error.message, error.advice, key=True)
        return None


Value = TypeVar("Value")


def _tried(read: Callable[[], Value]) -> Value | None:
    with contextlib.suppress(Unreadable):
        return read()
    return None


def _amount(loc: Loc, text: str, notes: Notes) -> Amount:
    if re.match(r"\s*(-|0+(\.0*)?\s)", text):
        found = f"'{loc[-1]}: {text}' is not greater than zero."
        notes.add(loc, found, "Write an amount above zero, for example '0.25 MIU'.")
        raise Unreadable
    amount = notes.read(loc, lambda: parse_dose(f"{text} SC").amount)
    if amount.unit != "IU":
        notes.add(loc, f"'{text}' cannot be an amount of il2.", "Amounts of il2 are in IU or MIU, flat or per m2 or kg.")
        raise Unreadable
    return amount


def _rest(text: str, loc: Loc, notes: Notes) -> tuple[Duration | None]:
    """Return the rest in a tuple: None for no rest."""
    if text.strip().lower() == NO_REST:
        return (None,)
    rest = notes.read(loc, partial(parse_rest, text))
    if rest.is_range:
        notes.add(loc, f"The rest '{text}' is a range.", "List the lengths to try, for example [9 days, 14 days].")
        raise Unreadable
    return (rest.shortest,)


def _range(given: int | str, loc: Loc, notes: Notes) -> tuple[int, int]:
    match = _RANGE.fullmatch(str(given).strip())
    if match is None:
        notes.add(loc, f"'{given}' is not a number or a range of them.", "Write for example 5 or 5-84.")
        raise Unreadable
    fewest, most = int(match["fewest"]), int(match["most"] or match["fewest"])
    if fewest < 1 or most < fewest:
        advice = "A range starts at 1 or more and ends at its larger number, for example 1-6."
        notes.add(loc, f"'{loc[-1]}: {given}' is not a possible range.", advice)
        raise Unreadable
    return fewest, most


def _limit(text: str, loc: Loc, visits: Mapping[str, float], notes: Notes) -> Limit | None:
    return _tried(lambda: notes.read(loc, partial(_limit_of, " ".join(text.split()), visits)))


def _limit_of(text: str, visits: Mapping[str, float]) -> Limit:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise WordsError(f"'{text}' is not a limit.", _LIMIT_ADVICE)
    of, side, number = match["of"], match["side"].lower(), match["number"]
    if of.lower() in ("total", "doses"):
        if match["share"] is not None:
            raise WordsError(f"'{text}' names a share of subjects.", "A limit on totals or doses holds of the schedule itself.")
        return ExactLimit(text, of.lower(), side, _total(text, number) if of.lower() == "total" else _count(text, number))
    endpoint = parse_endpoint(of, visits)
    share = OF_SUBJECTS if match["share"] is None else _percent(text, match["share"])
    return EndpointLimit(text, endpoint, side, _number(text, number), share)


def _total(text: str, number: str) -> Fraction:
    if re.fullmatch(r"[0-9.]+", number):
        raise WordsError(f"'{text}': the total has no unit.", f"Write for example 'total at most {number} MIU'.")
    try:
        amount = parse_dose(f"{number} SC").amount
    except RegimenError as error:
        raise WordsError(f"'{text}': {error.message}", error.advice) from None
    if amount.basis != "flat" or amount.unit != "IU":
        raise WordsError(f"'{number}' cannot be a total of il2.", "A total is a flat amount in IU or MIU.")
    return amount.value


def _count(text: str, number: str) -> Fraction:
    if not re.fullmatch("[0-9]+", number):
        raise WordsError(f"'{text}': '{number}' is not a number of doses.", "Write for example 'doses at most 30'.")
    return Fraction(int(number))


def _number(text: str, number: str) -> float:
    if not re.fullmatch(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", number):
        advice = "Write the number in the unit of the endpoint, without the unit, for example 'peak of serum_il2 at most 3'."
        raise WordsError(f"'{text}': '{number}' is not a number.", advice)
    return float(number)


def _percent(text: str, share: str) -> float:
    percent = _number(text, share)
    if not 0 < percent <= 100:
        raise WordsError(f"'{text}': {share} % of subjects is not possible.", "Write a share above 0 and at most 100 %.")
    return percent / 100


def _aim(text: str, visits: Mapping[str, float]) -> Endpoint:
    words = " ".join(text.split())
    match = _AIM.fullmatch(words)
    if match is None:
        advice = (
            "Write 'highest' or 'lowest' and an endpoint, for example 'highest mean of treg_fold to 12 weeks' or 'lowest total'."
        )
        raise WordsError(f"'{words}' is not an aim.", advice)
    of = "total MIU" if match["of"].lower() == "total" else match["of"]
    return replace(parse_endpoint(of, visits), better={HIGHEST: "higher", LOWEST: "lower"}[match["way"].lower()])


def _judge(text: str) -> Judge:
    words = " ".join(text.lower().split())
    if words in (Kind.MEAN, Kind.WORST, Kind.REGRET):
        return Judge(Kind(words))
    match = _CVAR.fullmatch(words)
    if match is None:
        raise WordsError(f"'{text}' is not a way to judge.", "Write mean, worst model, regret, or for example cvar 10 %.")
    tail = _number(text, match["share"]) / 100
    if not 0 < tail <= 1:
        raise WordsError(
            f"'{text}' averages over {'no draw' if tail == 0 else 'an impossible share of draws'}.",
            "Write a share above 0 and at most 100 %, for example cvar 10 %.",
        )
    return Judge(Kind.CVAR, tail)


def _check_kind(loc: Loc, endpoint: Endpoint, notes: Notes) -> None:
    """Note an endpoint that schedules of a space cannot be ranked by."""
    if endpoint.cycle is not None:
        found = f"'{endpoint.words}' is about cycles, and the schedules of a space differ in their cycles."
        notes.add(loc, found, "Name a time, for example 'treg_fold at 12 weeks'.")
    elif not endpoint.of_subjects:
        notes.add(loc, f"'{endpoint.words}' is of a whole trial, not of a subject.", "Name an endpoint that each subject has.")
    elif endpoint.unreached and loc[1] != "limits":
        found = f"'{endpoint.words}' is infinite where it is not reached, so it has no mean."
        notes.add(loc, found, "Use it in a limit, or name the time above or below a threshold.")


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

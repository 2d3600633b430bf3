"""Reading the key `search` of a scenario: its words, and what cannot be searched."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from regimens.drugs import IL2, ROUTES
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import RegimenError, WordsError
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.space import SearchSpace
from regimens.regimen.words import parse_dose, parse_frequency, parse_rest
from regimens.units import duration_text, parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.scenario.schema import SearchShape
    from regimens.subject import Subject

from regimens.scenario.search import (
    AT_LEAST,
    AT_MOST,
    HIGHEST,
    LOWEST,
    MOST_CANDIDATES,
    NO_REST,
    OF_SUBJECTS,
    EndpointLimit,
    ExactLimit,
    Judge,
    Kind,
    Limit,
    Search,
    ranks,
)

_LIMIT = re.compile(
    r"(?P<of>.+?) (?P<side>at most|at least) (?P<number>\S.*?)(?: in (?P<share>\S+?) ?% of subjects)?", re.IGNORECASE
)
_AIM = re.compile(r"(?P<way>highest|lowest) (?P<of>.+)", re.IGNORECASE)
_RANGE = re.compile(r"(?P<fewest>[0-9]+)(?: ?(?:-|–|to) ?(?P<most>[0-9]+))?")
_CVAR = re.compile(r"cvar (?P<share>\S+?) ?%", re.IGNORECASE)
_LIMIT_ADVICE = (
    "Write for example 'total at most 21 MIU', 'doses at most 30' or 'days treg_fold above 2 at least 42 in 80 % of subjects'."
)


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
    if size > MOST_CANDIDATES and find_spec("optuna") is None:
        found = f"The space has {size:,} different schedules within the limits on totals and doses."
        counts = f"{len(space.amounts)} amounts x {space.timings_words}"
        advice = (
            f"More than {MOST_CANDIDATES:,} are sampled by the package optuna: pip install 'regimens[search]'. "
            f"Or narrow the space ({counts}): a larger step, shorter lists, lower limits."
        )
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

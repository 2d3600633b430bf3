"""Reading the key `search` of a scenario: its words, and what cannot be searched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from regimens.drugs import IL2
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import RegimenError, WordsError
from regimens.regimen.words import parse_dose
from regimens.scenario.checks import checked_endpoints
from regimens.scenario.search import (
    AT_LEAST,
    AT_MOST,
    HIGHEST,
    LOWEST,
    MOST_CANDIDATES,
    OF_SUBJECTS,
    EndpointLimit,
    ExactLimit,
    Judge,
    Kind,
    Limit,
    Search,
    ranks,
)
from regimens.scenario.searchspace import read_space
from regimens.units import duration_text
from regimens.yamlfile import Loc, Notes, tried

if TYPE_CHECKING:
    from regimens.scenario.around import Around
    from regimens.scenario.schema import SearchShape
    from regimens.subject import Subject

_LIMIT = re.compile(
    r"(?P<of>.+?) (?P<side>at most|at least) (?P<number>\S.*?)(?: in (?P<share>\S+?) ?% of subjects)?", re.IGNORECASE
)
_AIM = re.compile(r"(?P<way>highest|lowest) (?P<of>.+)", re.IGNORECASE)
_CVAR = re.compile(r"cvar (?P<share>\S+?) ?%", re.IGNORECASE)
_LIMIT_ADVICE = (
    "Write for example 'total at most 21 MIU', 'doses at most 30' or 'days treg_fold above 2 at least 42 in 80 % of subjects'."
)


def read_search(shape: SearchShape | None, around: Around, notes: Notes) -> Search | None:
    """Return the search, with the labels of its endpoints; None where there is none or it cannot be read.

    Notes endpoints that no model has, and a space without schedules.
    """
    if shape is None:
        return None
    visits = around.visits
    if shape.drug != IL2:
        notes.add(("search", "drug"), f"A search varies il2 only, found '{shape.drug}'.", "Leave 'drug' out, or write 'il2'.")
    space = read_space(shape, around.horizon, notes)
    read = [(place, _limit(text, ("search", "limits", place), visits, notes)) for place, text in enumerate(shape.limits)]
    aim = tried(lambda: notes.read(("search", "aim"), partial(_aim, shape.aim, visits)))
    judge = tried(lambda: notes.read(("search", "judged by"), partial(_judge, shape.judged_by)))
    cost = None
    if shape.cost is not None:
        text = shape.cost
        cost = tried(lambda: notes.read(("search", "cost"), partial(parse_endpoint, text, visits)))
    if aim is not None:
        aim = replace(_measured(("search", "aim"), aim, around, notes), better=aim.better)
    cost = None if cost is None else _measured(("search", "cost"), cost, around, notes)
    limits = tuple(
        replace(limit, endpoint=_measured(("search", "limits", place), limit.endpoint, around, notes))
        if isinstance(limit, EndpointLimit)
        else limit
        for place, limit in read
        if limit is not None
    )
    if space is None or aim is None or judge is None or not notes.sound("search"):
        return None
    search = Search(space, aim, limits, judge, cost)
    _check_ranked(search, around, notes)
    return search


def _measured(loc: Loc, endpoint: Endpoint, around: Around, notes: Notes) -> Endpoint:
    """Return an endpoint with its label; notes one that schedules cannot be ranked by, and one that cannot be measured."""
    if not _is_of_schedules(loc, endpoint, notes):
        return endpoint
    return next(checked_endpoints([(loc, endpoint)], around, notes), endpoint)


def _check_ranked(search: Search, around: Around, notes: Notes) -> None:
    """Note a search whose schedules no model ranks, and a space without schedules."""
    if around.every_model and not any(ranks(model, search) for model in around.models):
        what = f" and has '{search.aim.observable}'" if search.aim.observable else ""
        notes.add(("search",), f"No model takes il2 by {search.space.route}{what}.", "Add a model that does.", key=True)
    elif around.subject is not None:
        _check_size(search, around.subject, notes)


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


def _limit(text: str, loc: Loc, visits: Mapping[str, float], notes: Notes) -> Limit | None:
    return tried(lambda: notes.read(loc, partial(_limit_of, " ".join(text.split()), visits)))


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


def _is_of_schedules(loc: Loc, endpoint: Endpoint, notes: Notes) -> bool:
    """Return whether schedules of a space can be ranked by an endpoint; notes why not."""
    if endpoint.cycle is not None:
        found = f"'{endpoint.words}' is about cycles, and the schedules of a space differ in their cycles."
        notes.add(loc, found, "Name a time, for example 'treg_fold at 12 weeks'.")
    elif not endpoint.of_subjects:
        notes.add(loc, f"'{endpoint.words}' is of a whole trial, not of a subject.", "Name an endpoint that each subject has.")
    elif endpoint.unreached and loc[1] != "limits":
        found = f"'{endpoint.words}' is infinite where it is not reached, so it has no mean."
        notes.add(loc, found, "Use it in a limit, or name the time above or below a threshold.")
    else:
        return True
    return False

"""The space of schedules that the key `search` of a scenario varies over: amounts, intervals, doses, cycles and rests."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from regimens.drugs import ROUTES
from regimens.errors import RegimenError
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.space import SearchSpace, check_amounts
from regimens.regimen.words import parse_dose, parse_frequency, parse_rest
from regimens.scenario.search import NO_REST
from regimens.units import duration_text, parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable, tried

if TYPE_CHECKING:
    from regimens.scenario.schema import AmountsShape, SearchShape

_RANGE = re.compile(r"(?P<fewest>[0-9]+)(?: ?(?:-|–|to) ?(?P<most>[0-9]+))?")


def read_space(shape: SearchShape, horizon: Fraction | None, notes: Notes) -> SearchSpace | None:
    """Return the schedules that a search varies over; None if they cannot be read. Notes amounts and times that do not fit."""
    if shape.route not in ROUTES:
        notes.add(("search", "route"), f"'{shape.route}' is not a route.", f"Routes are {', '.join(ROUTES)}.")
    amounts = _amounts(shape.amount, notes)
    every = [
        tried(partial(notes.read, ("search", "every", place), partial(parse_frequency, text)))
        for place, text in enumerate(shape.every)
    ]
    rests = [tried(partial(_rest, text, ("search", "rests", place), notes)) for place, text in enumerate(shape.rests)]
    doses = tried(partial(_range, shape.doses, ("search", "doses"), notes))
    cycles = tried(partial(_range, shape.cycles, ("search", "cycles"), notes))
    within = tried(partial(_within, shape.within, horizon, notes))
    for key, values in (("every", every), ("rests", rests)):
        for place, value in enumerate(values):
            if value is not None and value in values[:place]:
                written = getattr(shape, key)[place]
                notes.add(("search", key, place), f"'{written}' is named twice in '{key}'.", "Name each once.")
    whole = all(notes.sound("search", key) for key in ("route", "every", "rests", "doses", "cycles"))
    if not whole or amounts is None or doses is None or cycles is None or within is None:
        return None
    try:
        return SearchSpace(
            *amounts, tuple(each for each in every if each), doses, Duration(within), cycles,
            tuple(rest[0] for rest in rests if rest), shape.route,
        )  # fmt: skip
    except RegimenError as error:
        notes.add(("search",), error.message, error.advice, key=True)
        return None


def _amounts(shape: AmountsShape, notes: Notes) -> tuple[Amount, Amount, Amount] | None:
    """Return the lowest amount, the highest and the step."""
    lowest, highest, step = (
        tried(partial(_amount, ("search", "amount", key), text, notes))
        for key, text in (("from", shape.from_), ("to", shape.to), ("step", shape.step))
    )
    if lowest is None or highest is None or step is None or not notes.sound("search", "amount"):
        return None
    try:
        check_amounts(lowest, highest, step)
    except RegimenError as error:
        notes.add(("search", "amount"), error.message, error.advice, key=True)
        return None
    return lowest, highest, step


def _within(text: str, horizon: Fraction | None, notes: Notes) -> Fraction:
    within = notes.read(("search", "within"), partial(parse_duration, text))
    if horizon is not None and within > horizon:
        found = f"Schedules may take {Duration(within)}, longer than the horizon of {duration_text(horizon)}."
        notes.add(("search", "within"), found, "Move the horizon, or shorten 'within'.")
        raise Unreadable
    return within


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

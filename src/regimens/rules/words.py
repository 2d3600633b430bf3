"""Rules in words: one grammar for when doses are decided on, what is looked at, rules, levels and limits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.errors import RegimenError
from regimens.regimen.amountwords import no_route, read_amount, read_over, read_route
from regimens.regimen.parts import Dose
from regimens.regimen.quantities import Amount, Duration
from regimens.rules.caps import Cap, CapAt, StopAt
from regimens.rules.conditionwords import read_all_of, read_observable, read_when
from regimens.rules.cursor import DECISIONS, LIMITS, RULES, RuleCursor
from regimens.rules.values import (
    AT_VISITS,
    BEFORE_CYCLE,
    BEFORE_DOSE,
    EVERY,
    Change,
    Decide,
    Give,
    Hold,
    Keep,
    Limit,
    Look,
    Rule,
    Space,
    Stop,
)
from regimens.units import parse_duration

if TYPE_CHECKING:
    from regimens.regimen.tokens import Token

SHORTEST_H = 1
"""Shortest interval between decisions (h)."""

MOST_AMOUNTS = 10_000
"""Most amounts that a rule that keeps a range may choose from."""


def parse_decide(text: str) -> Decide:
    """Read when doses are decided on; RegimenError with the place and the nearest right text."""
    cursor = RuleCursor(text, DECISIONS)
    first = cursor.one_of(
        ("before", "every", "at"), "'before each cycle', 'before each dose', 'every' and a time, or 'at visits'"
    )
    if first == "at":
        cursor.accept("the")
        cursor.accept_one("each", "every")
        cursor.one_of(("visits", "visit"), "'visits'")
        made = Decide(AT_VISITS)
    elif first == "every":
        start = cursor.next
        hours = cursor.time("an interval such as '2 weeks'") if start.kind == "number" else cursor.unit_of_time()
        if hours < SHORTEST_H:
            found = f"An interval of '{cursor.written_since(start)}' is shorter than {SHORTEST_H} h."
            raise cursor.error(found, start, "Write for example 'every 2 weeks'.")
        made = Decide(EVERY, Duration(hours))
    else:
        cursor.one_of(("each", "every"), "'each'")
        made = Decide({"cycle": BEFORE_CYCLE, "dose": BEFORE_DOSE}[cursor.one_of(("cycle", "dose"), "'cycle' or 'dose'")])
    cursor.finish()
    return made


def parse_look(observable: str, noise: object = 0.0, delay: object = None) -> Look:
    """Return what is looked at: the CV of its noise, and how long before a decision it is measured, as text."""
    if isinstance(noise, bool) or not isinstance(noise, int | float) or not 0 <= noise <= 5:
        raise RegimenError(f"The noise of '{observable}' is {noise!r}.", "A coefficient of variation from 0 to 5 is needed.")
    before = delay if isinstance(delay, Duration) else Duration(Fraction(0) if delay is None else parse_duration(str(delay)))
    if before.hours < 0:
        raise RegimenError(f"The delay of '{observable}' is {delay}.", "A delay is not below zero.")
    return Look(observable, float(noise), before)


def parse_rule(text: str, known: Collection[str] | None) -> Rule | Cap:
    """Read one rule or cap; `known` are the observables that are looked at, None: any. RegimenError with place and advice."""
    cursor = RuleCursor(text, RULES, known)
    word = cursor.one_of(tuple(_READERS), "'hold', 'raise', 'lower', 'stop', 'keep', 'change', 'give' or 'cap'")
    made = _READERS[word](cursor)
    cursor.finish("the end" if isinstance(made, Keep | Cap) else "'and', 'at', 'after' or the end")
    return made


def parse_level(text: str) -> Amount:
    """Read an amount that rules move to, flat or per m2 or per kg."""
    cursor = RuleCursor(text, ("0.5 MIU", "0.33 MIU/m2", "8 mg/kg"))
    amount = _amount(cursor)
    cursor.finish()
    return amount


def parse_limit(text: str) -> Limit:
    """Read a limit; RegimenError with the place and the nearest right text."""
    cursor = RuleCursor(text, LIMITS)
    of = cursor.one_of(("total", "at"), "'total at most' or 'at most' and an amount")
    drug = ""
    if of == "total":
        drug = "" if cursor.next.word == "at" or cursor.next.kind != "word" else cursor.take().text
        cursor.whole("at")
    cursor.whole("most")
    amount, cycle = _amount(cursor), 1
    if of == "at":
        if not cursor.accept("per", "dose"):
            cursor.whole("a", "dose")
        cycle = _from_cycle(cursor)
    cursor.finish("'from cycle' and a number, or the end" if of == "at" else "the end")
    return Limit("total" if of == "total" else "dose", amount, cycle, drug)


def _from_cycle(cursor: RuleCursor) -> int:
    if not cursor.accept("from"):
        return 1
    cursor.whole("cycle")
    return cursor.count("a cycle")


def _amount(cursor: RuleCursor) -> Amount:
    start = cursor.next
    amount, daily = read_amount(cursor)
    if daily is not None:
        raise cursor.error("An amount is of one dose, not of a day.", daily, "Leave out '/day'.")
    if amount.cap is not None or amount.step is not None:
        raise cursor.error(f"'{amount}' has a limit of its own.", start, "Write 'max' and 'in steps of' in the regimen.")
    return amount


def _hold(cursor: RuleCursor) -> Hold:
    cursor.one_of(("while", "if"), "'while'")
    when = read_when(cursor)
    if not cursor.accept(","):
        return Hold(when)
    cursor.one_of(("resume",), "'resume'")
    levels = 0
    if cursor.next.word != "when":
        levels = _levels(cursor)
        levels *= {"lower": -1, "higher": 1}[cursor.one_of(("lower", "higher"), "'lower' or 'higher'")]
    cursor.one_of(("when", "if"), "'when'")
    alone = when.all_of[0].observable if len(when.all_of) == 1 else None
    return Hold(when, read_all_of(cursor, alone), levels)


def _change(sign: int) -> Callable[[RuleCursor], Change]:
    def read(cursor: RuleCursor) -> Change:
        levels, to = sign * _levels(cursor), None
        if cursor.accept("to"):
            cursor.accept("at")
            cursor.one_of(("most",) if sign > 0 else ("least",), "'most'" if sign > 0 else "'least'")
            to = _amount(cursor)
        _if(cursor)
        return Change(levels, read_when(cursor), to)

    return read


def _stop(cursor: RuleCursor) -> Stop | StopAt:
    if cursor.accept("at"):
        cursor.whole("a", "total", "of")
        return StopAt(_amount(cursor))
    _if(cursor)
    return Stop(read_when(cursor))


def _cap(cursor: RuleCursor) -> CapAt:
    cursor.whole("doses", "at")
    return CapAt(_amount(cursor), _from_cycle(cursor))


def _if(cursor: RuleCursor) -> None:
    cursor.one_of(("if", "when"), "'if'")


def _keep(cursor: RuleCursor) -> Keep:
    observable = read_observable(cursor)
    cursor.one_of(("from", "between", "in"), "'from' and the lower end of the range")
    start = cursor.next
    low = cursor.number("the lower end of the range")
    cursor.one_of(("to", "and"), "'to' and the upper end of the range")
    high = cursor.number("the upper end of the range")
    if not 0 <= low < high:
        raise cursor.error(f"The range '{cursor.written_since(start)}' does not rise.", start, "The lower end comes first.")
    cursor.whole("in", "steps", "of")
    at = cursor.next
    step = _amount(cursor)
    cursor.whole("between")
    least = _amount(cursor)
    cursor.whole("and")
    most = _amount(cursor)
    _check_steps(cursor, at, step, least, most)
    return Keep(observable, low, high, step, least, most)


def _check_steps(cursor: RuleCursor, at: Token, step: Amount, least: Amount, most: Amount) -> None:
    """RegimenError unless amounts from `least` to `most` are multiples of `step` and not too many."""
    if len({(amount.unit, amount.basis) for amount in (step, least, most)}) > 1:
        raise cursor.error(f"{step}, {least} and {most} are in different units.", at, "Write all three alike.")
    if least.value >= most.value:
        raise cursor.error(f"{least} to {most} does not rise.", at, "The least amount comes first.")
    if least.value % step.value or most.value % step.value:
        raise cursor.error(f"{least} and {most} are not multiples of {step}.", at, "Both are multiples of the step.")
    if (most.value - least.value) / step.value >= MOST_AMOUNTS:
        raise cursor.error(f"Steps of {step} from {least} to {most} are more than {MOST_AMOUNTS}.", at, "Write a larger step.")


def _space(cursor: RuleCursor) -> Space:
    cursor.whole("the", "interval", "to")
    start = cursor.next
    hours = cursor.time("an interval such as '2 weeks'")
    if hours <= 0:
        raise cursor.error(f"An interval of '{cursor.written_since(start)}' is not longer than zero.", start)
    _if(cursor)
    return Space(Duration(hours), read_when(cursor))


def _give(cursor: RuleCursor) -> Give:
    drug = cursor.next
    if drug.kind != "word":
        cursor.fail("the name of a drug")
    cursor.take()
    start = cursor.next
    amount, daily = read_amount(cursor)
    if daily is not None:
        raise cursor.error("An amount is of one dose, not of a day.", daily, "Leave out '/day'.")
    route = read_route(cursor) or no_route(cursor)
    once = cursor.accept("once")
    over = read_over(cursor)
    times, apart = (1, None) if once else _times(cursor)
    _if(cursor)
    return Give(drug.text, cursor.checked(start, lambda: Dose(amount, route, over)), read_when(cursor), times, apart)


def _times(cursor: RuleCursor) -> tuple[int, Duration | None]:
    """Read how often a drug is given at most, and how far apart at least."""
    cursor.one_of(("at",), "'once' or 'at most' and a number of times")
    cursor.whole("most")
    times = cursor.count("a number of times", 2)
    cursor.whole("times")
    if not cursor.accept("at"):
        return times, None
    cursor.whole("least")
    apart = Duration(cursor.time("a time such as '4 weeks'"))
    cursor.whole("apart")
    return times, apart


_READERS: dict[str, Callable[[RuleCursor], Rule | Cap]] = {
    "hold": _hold,
    "raise": _change(1),
    "lower": _change(-1),
    "stop": _stop,
    "keep": _keep,
    "change": _space,
    "give": _give,
    "cap": _cap,
}


def _levels(cursor: RuleCursor) -> int:
    if cursor.accept("a"):
        cursor.one_of(("level",), "'level'")
        return 1
    count = cursor.count("a number of levels, such as 'one'")
    cursor.one_of(("level", "levels"), "'level'")
    return count

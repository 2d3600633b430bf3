"""The walk over a ladder: every way that decisions can go, with the least and the largest total of the drug, exactly.

Measured values may be any: each observable is taken in every interval between the limits that rules name. So the walk holds for
every model, subject and noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from regimens.rules.ladder import NONE, Decided, Floats, Integers, Ladder, State
from regimens.rules.timetable import Decision, Timetable, dose_given, timetable
from regimens.rules.values import Give, Hold, Keep
from regimens.units import amount_text

if TYPE_CHECKING:
    from regimens.regimen.planned import PlannedDose
    from regimens.regimen.quantities import Amount
    from regimens.rules.guide import Guide
    from regimens.subject import Subject

MOST_WAYS = 200_000
"""Most states of a ladder times values seen that one decision of a walk may have."""


@dataclass(frozen=True)
class Way:
    """One way through a ladder: what it gives in all (IU or mg), and its doses as (amount, number), in order; `said` are words in
    their place.
    """

    total: Fraction
    doses: tuple[tuple[Fraction, int], ...] = ()
    said: str = ""

    def and_then(self, amounts: Sequence[Fraction]) -> Way:
        """Return the way with further doses."""
        doses, total = list(self.doses), self.total
        for amount in amounts:
            total += amount
            doses[len(doses) :] = [(amount, 1)]
            if len(doses) > 1 and doses[-2][0] == amount:
                doses[-2:] = [(amount, doses[-2][1] + 1)]
        return Way(total, tuple(doses))

    def doses_in_words(self, unit: str) -> str:
        """Return for example '5 doses of 0.5 MIU, then 10 doses of 1 MIU'."""
        said = [f"{n} dose{'s' * (n > 1)} of {amount_text(value, unit)}" for value, n in self.doses]
        return self.said or ", then ".join(said) or "no dose"

    def in_words(self, unit: str) -> str:
        """Return for example '12.5 MIU (5 doses of 0.5 MIU, then 10 doses of 1 MIU)'."""
        return f"{amount_text(self.total, unit)} ({self.doses_in_words(unit)})"


@dataclass(frozen=True)
class Walked:
    """What a ladder may lead to in the typical subject: the ways of the `least` and the `largest` total, the largest single
    dose that can come in each outermost cycle (IU or mg, before it is scaled to a body), and the places of rules that are
    never followed, each with the places of the rules that are followed in its place. `waits` says of each rule whether what it
    waits for is over at any decision, `others` the ways of the least and
    the largest total of each other drug that rules give.
    """

    least: Way
    largest: Way
    highest: dict[int, Fraction]
    never: dict[int, tuple[int, ...]]
    waits: tuple[bool, ...]
    others: dict[str, tuple[Way, Way]]


class Key(NamedTuple):
    """The state of one subject at a place of the walk; `total` is what it got where doses stop at a total, else 0."""

    level: int
    held: int
    stopped: bool
    stride: int
    left_out: int
    streak: tuple[int, ...]
    used: tuple[int, ...]
    used_h: tuple[float, ...]
    total: Fraction = Fraction(0)


def walk(guide: Guide, subject: Subject) -> Walked:
    """Walk over every way that decisions can go on the doses of an arm; ValueError where there are too many."""
    ladder, decisions = guide.ladder, guide.decisions
    table = _table(guide)
    seen = _values(ladder)
    keys = {_key(ladder.begin(1), 0, Fraction(0)): (Way(Fraction(0)), Way(Fraction(0)))}
    highest: dict[int, Fraction] = {}
    stops: set[Fraction] = set()
    followed: set[int] = set()
    instead: dict[int, set[int]] = {place: set() for place in range(len(ladder.rules.ladder))}
    for block in range(len(decisions) + 1):
        if block:
            found: dict[Key, tuple[Way, Way]] = {}
            for before, decided in _decided(ladder, list(keys), _measured(ladder, seen, decisions[block - 1]), table, block - 1):
                followed |= set(decided.rule.tolist()) - {NONE}
                _note_instead(ladder, before, decided, instead)
                for row, key in enumerate(before.keys):
                    _merge(found, _key(decided.state, row, key.total), keys[key])
            keys = found
        own = [slot.dose for place, slot in enumerate(guide.slots) if table.block[0, place] == block]
        keys = _given(ladder, keys, own, subject, highest, stops)
    least = min((way for way, _ in keys.values()), key=lambda way: way.total)
    largest = max((way for _, way in keys.values()), key=lambda way: way.total)
    kept = any(isinstance(rule, Keep) for rule in ladder.rules.ladder)
    if kept and stops:
        # Amounts between the least and the largest may come nearer to the total than the ways that were walked.
        largest = Way(max(stops), said="any doses up to the total at which they stop")
    never = {place: tuple(sorted(instead[place])) for place in instead if place not in followed}
    waits = tuple(bool(waits) for waits in np.any(table.may, axis=(0, 1)))
    return Walked(least, largest, highest, never, waits, _others(ladder, list(keys), subject))


def _others(ladder: Ladder, keys: Sequence[Key], subject: Subject) -> dict[str, tuple[Way, Way]]:
    """Return the ways of the least and the largest total of each drug that rules give, by what was given at the end."""
    found = {}
    for drug in ladder.rules.drugs:
        ways = []
        for used in {key.used for key in keys}:
            way = Way(Fraction(0))
            for rule, times in zip(ladder.rules.ladder, used, strict=True):
                if isinstance(rule, Give) and rule.drug == drug:
                    way = way.and_then([rule.dose.amount.for_size(subject.weight_kg, subject.bsa_m2)] * times)
            ways.append(way)
        found[drug] = min(ways, key=lambda way: way.total), max(ways, key=lambda way: way.total)
    return found


def _table(guide: Guide) -> Timetable:
    due = np.array([[float(dose.start) for dose in guide.doses]])
    slot_h = np.array([[float(slot.dose.start) for slot in guide.slots]])
    return timetable(guide.rules, guide.doses, guide.decisions, due, due, np.ones(due.shape, dtype=bool), slot_h)


def _values(ladder: Ladder) -> Floats:
    """Return (ways, looks): every combination of values between the limits of each observable."""
    limits: dict[str, set[Fraction]] = {name: set() for name in ladder.rules.observables}
    for rule in ladder.rules.ladder:
        compared = [*rule.when.all_of, *(rule.resume if isinstance(rule, Hold) else ())]
        for each in compared:
            limits[each.observable].add(each.limit)
        if isinstance(rule, Keep):
            limits[rule.observable].add(rule.high)
    each_value = []
    for name in ladder.rules.observables:
        ends = sorted({Fraction(0), *limits[name]})
        middles = [(low + high) / 2 for low, high in pairwise(ends)]
        each_value.append([float(value) for value in (*ends[1:], *middles, ends[-1] + 1)])
    return np.array(list(product(*each_value)))


def _measured(ladder: Ladder, seen: Floats, decision: Decision) -> Floats:
    """Return what can be seen at a decision: nothing of an observable that would have to be measured before 0 h."""
    early = [look.delay.hours > decision.time_h for look in ladder.rules.look_at]
    return np.unique(np.where(early, np.nan, seen), axis=0)


@dataclass(frozen=True, eq=False)
class _Before:
    """The states before a decision, a row for each state and way that values can be seen."""

    keys: list[Key]
    state: State
    seen: Floats


def _decided(ladder: Ladder, keys: list[Key], seen: Floats, table: Timetable, decision: int) -> Iterator[tuple[_Before, Decided]]:
    """Yield what is decided in every state for everything that can be seen; a proportional rule may lead to either end."""
    if len(keys) * len(seen) > MOST_WAYS:
        raise ValueError(f"The rules can go more than {MOST_WAYS} ways at one decision.")
    rows = [key for key in keys for _ in range(len(seen))]
    before = _Before(rows, _state(rows), np.tile(seen, (len(keys), 1)))
    may = np.repeat(table.may[:, decision], len(rows), axis=0)
    decided = ladder.decided(before.state, before.seen, may, np.repeat(table.time_h[:, decision], len(rows)))
    yield before, decided
    keeps = [place for place, rule in enumerate(ladder.rules.ladder) if isinstance(rule, Keep)]
    for level in (0, len(ladder.amounts) - 1) if keeps else ():
        up = level > decided.state.level
        moved = np.isin(decided.rule, keeps) & (up == (decided.state.level > before.state.level))
        yield before, replace(decided, state=replace(decided.state, level=np.where(moved, level, decided.state.level)))


def _note_instead(ladder: Ladder, before: _Before, decided: Decided, instead: dict[int, set[int]]) -> None:
    """Note for every rule which rules are followed where its comparisons hold."""
    for place, rule in enumerate(ladder.rules.ladder):
        met = ladder._all(rule.when.all_of, before.seen) & (decided.rule != place)
        instead[place] |= set(decided.rule[met].tolist()) - {NONE}


def _given(
    ladder: Ladder,
    keys: dict[Key, tuple[Way, Way]],
    doses: Sequence[PlannedDose],
    subject: Subject,
    highest: dict[int, Fraction],
    stops: set[Fraction],
) -> dict[Key, tuple[Way, Way]]:
    """Return the states after the doses between two decisions, with what was given; note the largest dose of each cycle in
    `highest`, and in `stops` the total at which doses stopped on some way.
    """
    found: dict[Key, tuple[Way, Way]] = {}
    tops = {cycle: ladder.highest(cycle) for cycle in {dose.cycle for dose in doses}}
    known: dict[tuple[Amount, int], tuple[Fraction, Fraction]] = {}
    for key, (least, largest) in keys.items():
        level, stopped, left_out, total = key.level, key.stopped, key.left_out, key.total
        amounts = []
        for dose in doses:
            level = min(level, tops[dose.cycle])
            given, left_out = dose_given(stopped or key.held != NONE, key.stride, left_out, dose.number == 1)
            if not given:
                continue
            amount = dose.dose.amount
            if (amount, level) not in known:
                at_level = replace(amount, value=ladder.amounts[level].value) if ladder.amounts else amount
                known[amount, level] = at_level.value, at_level.for_size(subject.weight_kg, subject.bsa_m2)
            value, person = known[amount, level]
            if ladder.most is not None and total + person > ladder.most:
                stops.add(ladder.most)
                stopped = True
                continue
            total += person if ladder.most is not None else 0
            amounts.append(person)
            highest[dose.cycle] = max(highest.get(dose.cycle, value), value)
        after = key._replace(level=level, stopped=stopped, left_out=left_out, total=total)
        _merge(found, after, (least.and_then(amounts), largest.and_then(amounts)))
    return found


def _merge(found: dict[Key, tuple[Way, Way]], key: Key, ways: tuple[Way, Way]) -> None:
    least, largest = found.get(key, ways)
    found[key] = (min(least, ways[0], key=lambda way: way.total), max(largest, ways[1], key=lambda way: way.total))


def _key(state: State, row: int, total: Fraction) -> Key:
    return Key(
        int(state.level[row]),
        int(state.held[row]),
        bool(state.stopped[row]),
        int(state.stride[row]),
        int(state.left_out[row]),
        tuple(state.streak[row].tolist()),
        tuple(state.used[row].tolist()),
        tuple(state.used_h[row].tolist()),
        total,
    )


def _state(keys: Sequence[Key]) -> State:
    level, held, stopped, stride, left_out, streak, used, used_h, _ = zip(*keys, strict=True)
    whole: list[Integers] = [np.array(column, dtype=np.int64) for column in (level, held, stride, left_out, streak, used)]
    gave_h: Floats = np.array(used_h, dtype=np.float64)
    return State(whole[0], whole[1], np.array(stopped, dtype=bool), whole[2], whole[3], whole[4], whole[5], gave_h)

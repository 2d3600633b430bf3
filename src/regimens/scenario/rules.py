"""The rules of an arm as written: what words say, and whether levels, limits and intervals fit the plan that they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from regimens.drugs import leading, unit_of
from regimens.rules.caps import Cap, StopAt
from regimens.rules.guide import planned_amount, planned_interval
from regimens.rules.slots import MOST_STEPS, grid_of
from regimens.rules.values import Change, Comparison, Give, Hold, Keep, Limit, Look, Rule, Rules, Space
from regimens.rules.words import parse_decide, parse_level, parse_limit, parse_look, parse_rule
from regimens.units import duration_text
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.regimen import Amount, Duration, Regimen
    from regimens.scenario.armschema import ArmShape, RulesShape

Read = TypeVar("Read")


def read_rules(shape: ArmShape, regimen: Regimen, arm: Loc, notes: Notes) -> Rules | None:
    """Return the rules of an arm with this plan, None where it has none; notes what is wrong with them by themselves."""
    given = shape.rules
    if given is None:
        return None
    loc: Loc = (*arm, "rules")
    drug = leading(regimen.drugs)
    if shape.ledger is not None or drug is None:
        found = "The doses of a ledger are given again as they were" if shape.ledger is not None else "The arm gives no dose"
        notes.add(loc, f"{found}, so rules cannot change them.", "Leave 'rules' out.", key=True)
        return None
    for index in range(len(shape.observed)):
        notes.add((*arm, "observed", index), "This response was seen under fixed doses, and the arm has rules.", "Leave it out.")
    made = check_words_of_rules(given, arm, notes)
    if made is not None:
        _check_levels(made, planned_amount(regimen, drug), drug, loc, notes)
        _check_limits(made, regimen, drug, loc, notes)
        _check_caps(made, regimen, drug, loc, notes)
        _check_intervals(made, regimen, drug, loc, notes)
    return made if notes.sound(*loc) else None


def check_words_of_rules(shape: RulesShape | None, arm: Loc, notes: Notes) -> Rules | None:
    """Return what the words of rules say; notes what is wrong with them whatever the plan is. None if they cannot be read."""
    if shape is None:
        return None
    loc: Loc = (*arm, "rules")
    made = _read(shape, loc, notes)
    if made is not None:
        _check_looks(made, loc, notes)
        _check_holds(made, loc, notes)
        _check_overlap(made, loc, notes)
    return made


def _read(shape: RulesShape, loc: Loc, notes: Notes) -> Rules | None:
    decide = _each([shape.decide], (*loc, "decide"), notes, parse_decide, alone=True)
    looks: list[Look] = []
    for name, look in shape.look_at.items():
        where = (*loc, "look at", name, "delay") if look.delay is not None else (*loc, "look at", name)
        looks += _each([name], where, notes, partial(parse_look, noise=look.noise, delay=look.delay), alone=True)
    known = tuple(shape.look_at) if notes.usable(*loc, "look at") else None
    rules = _each(shape.rules, (*loc, "rules"), notes, lambda text: parse_rule(text, known))
    levels = _each(shape.levels, (*loc, "levels"), notes, parse_level)
    limits = _each(shape.limits, (*loc, "limits"), notes, parse_limit)
    if not notes.sound(*loc):
        return None
    lines = [notes.located.position((*loc, "limits", index))[0] for index in range(len(limits))]
    placed = tuple(replace(limit, line=line) for limit, line in zip(limits, lines, strict=True))
    ladder = tuple(rule for rule in rules if not isinstance(rule, Cap))
    caps = tuple(rule for rule in rules if isinstance(rule, Cap))
    for index, rule in enumerate(rules[: len(ladder)]):
        if isinstance(rule, Cap):
            found = f"'{rule.in_words()}' holds at every dose and is not decided on, but another rule comes after it."
            notes.add((*loc, "rules", index), found, "Write it behind the rules that are decided on.")
            return None
    return Rules(decide[0], tuple(looks), ladder, tuple(levels), placed, shape.first_dose, caps)


def _each(texts: Sequence[str], loc: Loc, notes: Notes, read: Callable[[str], Read], *, alone: bool = False) -> list[Read]:
    """Return what each text says; notes the others, at their place in the list, or at `loc` for a text that is `alone`."""
    found = []
    for index, text in enumerate(texts):
        try:
            found.append(notes.read(loc if alone else (*loc, index), partial(read, text)))
        except Unreadable:
            continue
    return found


def _compared_in(rule: Rule) -> tuple[Comparison, ...]:
    """Return all comparisons of a rule."""
    return (*rule.when.all_of, *(rule.resume if isinstance(rule, Hold) else ()))


def _check_looks(rules: Rules, loc: Loc, notes: Notes) -> None:
    used = {each.observable for rule in rules.ladder for each in _compared_in(rule)}
    for name in rules.observables:
        if name not in used:
            notes.add((*loc, "look at", name), f"'{name}' is looked at, but no rule names it.", "Leave it out.", key=True)
    said: dict[str, int] = {}
    for index, rule in enumerate(rules.in_order):
        first = said.setdefault(rule.in_words(), index)
        if first < index:
            notes.add((*loc, "rules", index), f"Rule {index + 1} is the same as rule {first + 1}.", "Leave one of them out.")


def _check_levels(rules: Rules, planned: Amount | None, drug: str, loc: Loc, notes: Notes) -> None:
    keeps = [index for index, rule in enumerate(rules.ladder) if isinstance(rule, Keep)]
    for index in keeps[1:]:
        notes.add((*loc, "rules", index), f"Rules {keeps[0] + 1} and {index + 1} both keep a range.", "Keep one range.")
    if keeps and rules.levels:
        advice = "Leave 'levels' out: the rule says its amounts."
        notes.add((*loc, "levels"), f"Rule {keeps[0] + 1} has amounts of its own.", advice, key=True)
    moving = [
        index for index, rule in enumerate(rules.ladder) if isinstance(rule, Change) or (isinstance(rule, Hold) and rule.levels)
    ]
    if moving and not rules.levels:
        advice = (
            "Add for example 'levels: [0.25 MIU, 0.5 MIU, 1 MIU]'." if not keeps else "A rule that keeps a range moves doses."
        )
        notes.add((*loc, "rules", moving[0]), f"Rule {moving[0] + 1} moves between levels, but there are none.", advice)
    if rules.levels and not moving and not keeps:
        notes.add((*loc, "levels"), "There are levels, but no rule moves between them.", "Leave 'levels' out.", key=True)
    if not rules.amounts or (keeps and rules.levels) or len(keeps) > 1:
        return
    where = (*loc, "levels") if rules.levels else (*loc, "rules", keeps[0])
    if planned is None:
        advice = "Rules that change amounts need a plan with one amount."
        notes.add(where, f"The plan has doses of {drug} of several amounts.", advice, key=bool(rules.levels))
        return
    _check_ladder(rules, planned, where, notes)
    for index, rule in enumerate(rules.ladder):
        if isinstance(rule, Change) and rule.to is not None and rule.to not in rules.levels:
            known = ", ".join(map(str, rules.levels))
            notes.add((*loc, "rules", index), f"'{rule.to}' is no level.", f"The levels are {known}.")


def _check_ladder(rules: Rules, planned: Amount, where: Loc, notes: Notes) -> None:
    for index, level in enumerate(rules.levels):
        if (level.unit, level.basis) != (planned.unit, planned.basis):
            notes.add((*where, index), f"The level '{level}' is not in the unit of the plan, '{planned}'.", "Write both alike.")
            return
        if index and level.value <= rules.levels[index - 1].value:
            advice = "Levels are written from the least to the most."
            notes.add((*where, index), f"The level '{level}' comes after '{rules.levels[index - 1]}'.", advice)
            return
    if (rules.amounts[0].unit, rules.amounts[0].basis) != (planned.unit, planned.basis):
        found = f"The amounts of the rule, such as '{rules.amounts[0]}', are not in the unit of the plan, '{planned}'."
        notes.add(where, found, "Write both alike.")
    elif planned.value not in {amount.value for amount in rules.amounts}:
        found = f"The planned amount '{planned}' is no level." if rules.levels else f"'{planned}' is none of the rule's amounts."
        known = ", ".join(map(str, rules.levels))
        advice = (
            f"The levels are {known}." if rules.levels else f"They are {rules.amounts[0]} to {rules.amounts[-1]} in its steps."
        )
        notes.add(where, found, advice, key=bool(rules.levels))


def _check_limits(rules: Rules, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> None:
    amounts = [dose.dose.amount for dose in regimen.earliest() if dose.drug == drug]
    cycles = max(dose.cycle for dose in regimen.earliest() if dose.drug == drug)
    for index, limit in enumerate(rules.limits):
        where = (*loc, "limits", index)
        if limit.drug and limit.drug != drug:
            _check_other_limit(rules, limit, where, notes)
            continue
        basis = "flat" if limit.of == "total" else amounts[0].basis
        if (limit.amount.unit, limit.amount.basis) != (amounts[0].unit, basis):
            what = "A total is a flat amount" if limit.of == "total" else "It is written as the doses of the plan are"
            notes.add(where, f"'{limit.amount}' cannot be a limit of {drug}.", f"{what}, in {amounts[0].unit} or its multiples.")
            continue
        if limit.cycle > cycles:
            notes.add(where, f"The plan has no cycle {limit.cycle}.", f"It has {_some(cycles, 'cycle')}.")
        for place, level in enumerate(rules.levels):
            if limit.of == "dose" and limit.cycle == 1 and level.value > limit.amount.value:
                found = f"The level '{level}' is outside the limit '{limit.in_words()}'."
                notes.add((*loc, "levels", place), found, "Leave the level out, or move the limit.")


def _check_other_limit(rules: Rules, limit: Limit, where: Loc, notes: Notes) -> None:
    """Note a limit of another drug that no rule gives, or in another unit."""
    if limit.drug not in rules.drugs:
        known = f"Rules give {', '.join(rules.drugs)}." if rules.drugs else "Leave the drug out for that of the plan."
        notes.add(where, f"No rule gives {limit.drug}.", known)
    elif (limit.amount.unit, limit.amount.basis) != (unit_of(limit.drug), "flat"):
        advice = f"A total is a flat amount, in {unit_of(limit.drug)} or its multiples."
        notes.add(where, f"'{limit.amount}' cannot be a limit of {limit.drug}.", advice)


def _check_caps(rules: Rules, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> None:
    """Note caps that are not in the unit of the plan, or that no level is within."""
    doses = [dose for dose in regimen.earliest() if dose.drug == drug]
    amount, cycles = doses[0].dose.amount, max(dose.cycle for dose in doses)
    for index, cap in enumerate(rules.caps, len(rules.ladder)):
        where = (*loc, "rules", index)
        if isinstance(cap, StopAt):
            if (cap.total.unit, cap.total.basis) != (amount.unit, "flat"):
                advice = f"A total is a flat amount, in {amount.unit} or its multiples."
                notes.add(where, f"'{cap.total}' cannot be a total of {drug}.", advice)
        elif not rules.amounts:
            notes.add(where, f"Rule {index + 1} caps doses at a level, but there are none.", "Leave it out, or add 'levels'.")
        elif (cap.amount.unit, cap.amount.basis) != (amount.unit, amount.basis):
            advice = f"It is written as the doses of the plan are, in {amount.unit} or its multiples."
            notes.add(where, f"'{cap.amount}' cannot cap doses of {drug}.", advice)
        elif cap.amount.value < rules.amounts[0].value:
            found = f"Every level is above '{cap.amount}'."
            notes.add(where, found, f"The lowest is {rules.amounts[0]}.")
        elif cap.cycle > cycles:
            notes.add(where, f"The plan has no cycle {cap.cycle}.", f"It has {_some(cycles, 'cycle')}.")


def _check_intervals(rules: Rules, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> None:
    for index, rule in enumerate(rules.ladder):
        where = (*loc, "rules", index)
        if isinstance(rule, Give) and rule.drug in regimen.drugs:
            advice = "Rules give a drug that the plan does not give; write doses of the plan in the regimen."
            notes.add(where, f"The plan gives {rule.drug} already.", advice)
        if not isinstance(rule, Space):
            continue
        planned = planned_interval(regimen, drug)
        if planned is None:
            advice = "Rules that change the interval need a plan with one, such as 'weekly'."
            notes.add(where, f"The plan has no single interval of {drug}.", advice)
        else:
            _check_interval(rules, rule, planned, regimen, drug, where, notes)


def _check_interval(rules: Rules, rule: Space, planned: Duration, regimen: Regimen, drug: str, where: Loc, notes: Notes) -> None:
    """Note an interval that does not go with the planned one, or in which an infusion does not end."""
    grid = grid_of(rules, planned)
    assert grid is not None
    said, whole = duration_text(rule.interval.hours), duration_text(planned.hours)
    longest = max(dose.dose.duration for dose in regimen.earliest() if dose.drug == drug)
    if planned.hours / grid.hours > MOST_STEPS:
        found = f"'{said}' and the planned interval, {whole}, have a common step of only {duration_text(grid.hours)}."
        least = duration_text(planned.hours / MOST_STEPS)
        notes.add(where, found, f"All intervals of an arm are multiples of a time of at least {least}.")
    elif rule.interval.hours < longest:
        found = f"An infusion over {duration_text(longest)} does not fit an interval of {said}."
        notes.add(where, found, "An infusion must end before the next dose starts.")


def _check_holds(rules: Rules, loc: Loc, notes: Notes) -> None:
    """Note holds that can never end, and those that would end and begin at once."""
    for index, rule in enumerate(rules.ladder):
        if not isinstance(rule, Hold):
            continue
        where = (*loc, "rules", index)
        for each in rule.resume:
            if each.side == "below" and each.limit == 0:
                found = f"Doses can never resume: '{each.observable}' is never below 0."
                notes.add(where, found, "Write a limit above 0.")
        for held, back in _of_one_observable(rule):
            if held.side == back.side:
                other = "below" if held.side == "above" else "above"
                found = f"Doses are held while '{held.in_words()}', and resume when '{back.in_words()}'."
                notes.add(where, found, f"Both are '{held.side}': write 'resume when {other}' and a number.")
            elif (back.limit > held.limit) if held.side == "above" else (back.limit < held.limit):
                found = (
                    f"A value may be both '{held.in_words()}', which holds doses, and '{back.in_words()}', which resumes them."
                )
                side = "most" if held.side == "above" else "least"
                notes.add(where, found, f"Resume at {side} at the limit of the hold.")


def _of_one_observable(rule: Hold) -> Iterator[tuple[Comparison, Comparison]]:
    for held in rule.when.all_of if len(rule.when.all_of) == 1 else ():
        yield from ((held, back) for back in rule.resume if back.observable == held.observable)


def _check_overlap(rules: Rules, loc: Loc, notes: Notes) -> None:
    """Note two rules that move doses to opposite sides at one and the same value."""
    alone = [
        (index, rule.levels > 0, rule.when.all_of[0])
        for index, rule in enumerate(rules.ladder)
        if isinstance(rule, Change) and len(rule.when.all_of) == 1
    ]
    for place, (index, up, one) in enumerate(alone):
        for other_index, other_up, other in alone[place + 1 :]:
            shared = _shared(one, other)
            if up != other_up and one.observable == other.observable and shared:
                found = f"Rules {index + 1} and {other_index + 1} overlap: one raises and one lowers doses {shared}."
                notes.add((*loc, "rules", other_index), found, "Move one of the limits.")


def _shared(one: Comparison, other: Comparison) -> str:
    """Return the values at which both comparisons hold, in words; '' where there are none."""
    if one.side == other.side:
        limit = (max if one.side == "above" else min)(one.limit, other.limit)
        return f"while {Comparison(one.observable, one.side, limit).in_words()}"
    low, high = sorted((one, other), key=lambda each: each.side)
    if low.limit >= high.limit:
        return ""
    return f"while {one.observable} is between {_number(low.limit)} and {_number(high.limit)}"


def _number(value: Fraction) -> str:
    return Comparison("", "", value).in_words().strip()


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"

"""Rules held against the rest of a scenario: observables that models have, decisions on a grid, rules that are never followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import unit_of
from regimens.errors import nearest
from regimens.model.compile import compile_model
from regimens.model.evaluate import Value, evaluate
from regimens.model.expression import TIME
from regimens.model.parameters import typical_subject
from regimens.rules.caps import CapAt, StopAt
from regimens.rules.guide import Guide, guide_of
from regimens.rules.ladder import HELD, STOPPED
from regimens.rules.values import AT_VISITS, BY_THE_RULES, EVERY, Change, Give
from regimens.rules.walk import walk
from regimens.scenario.values import AS_WRITTEN
from regimens.units import amount_text, day_text, decimal_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.rules.timetable import Decision
    from regimens.scenario.around import Around
    from regimens.subject import Subject
    from regimens.yamlfile import Loc, Notes


def check_rules(around: Around, notes: Notes) -> None:
    """Note everything about the rules of arms that does not go with the models and the visits of the scenario."""
    for arm in around.arms:
        if arm.rules is None or arm.variant != AS_WRITTEN:
            continue
        loc = ("arms", arm.range_of or arm.name, "rules")
        visits = {name: time for name, time in around.visits.items() if time == time}
        guide = guide_of(arm.rules, arm.regimen, [Fraction(time) for time in visits.values()])
        if around.every_model:
            _check_observables(guide, around, loc, notes)
            _check_given(guide, around.models, loc, notes)
        if around.subject is not None:
            _check_caps(guide, around.subject, loc, notes)
        if not around.every_visit and arm.rules.decide.when in (AT_VISITS, EVERY):
            continue
        _check_decisions(guide, visits, loc, notes)
        if around.subject is not None and notes.sound(*loc):
            _check_followed(guide, around.subject, loc, notes)
            _check_first(guide, around.models, around.subject, loc, notes)


def _check_observables(guide: Guide, around: Around, loc: Loc, notes: Notes) -> None:
    for name in guide.rules.observables:
        if fault := around.observable_fault(name):
            notes.add((*loc, "look at", name), *fault, key=True)
    known = [{observable.name for observable in model.observables} for model in around.models]
    wanted = set(guide.rules.observables)
    if wanted <= set(around.observables) and not any(wanted <= has for has in known):
        found = f"No model of this scenario has all of {', '.join(sorted(wanted))}."
        notes.add((*loc, "look at"), found, "Add a model that has, or look at fewer.", key=True)


def _check_given(guide: Guide, models: Sequence[Model], loc: Loc, notes: Notes) -> None:
    for index, rule in enumerate(guide.rules.ladder):
        if isinstance(rule, Give):
            taken = {(entry.drug, entry.route) for model in models for entry in model.inputs}
            where, near = (*loc, "rules", index), nearest(rule.drug, {drug for drug, _ in taken})
            if (rule.drug, rule.dose.route) not in taken:
                said = ", ".join(f"{drug} ({route})" for drug, route in sorted(taken))
                meant = "" if near in (None, rule.drug) else f"Did you mean '{near}'? "
                found = f"No model of this scenario takes {rule.drug} by {rule.dose.route}."
                notes.add(where, found, f"{meant}The models take {said}.")
            elif rule.dose.amount.unit != unit_of(rule.drug):
                found = f"'{rule.dose.amount}' is not an amount of {rule.drug}."
                notes.add(where, found, f"Amounts of {rule.drug} are in {unit_of(rule.drug)}.")


def _check_caps(guide: Guide, subject: Subject, loc: Loc, notes: Notes) -> None:
    """Note a cap that stands before another rule in the way of what is planned: of the first cycle, or of the planned amount."""
    planned = sum(dose.dose.amount.for_size(subject.weight_kg, subject.bsa_m2) for dose in guide.doses if dose.cycle == 1)
    for place, cap in enumerate(guide.rules.caps, len(guide.rules.ladder)):
        where, amount = (*loc, "rules", place), guide.doses[0].dose.amount
        if isinstance(cap, StopAt) and planned > cap.total.value:
            cycle = "The first cycle of the plan" if guide.doses[-1].cycle > 1 else "The plan"
            found = f"{cycle} alone gives {amount_text(Fraction(planned), amount.unit)}, and doses stop at {cap.total}."
            notes.add(where, found, "Raise that total, or plan less.")
        elif isinstance(cap, CapAt) and cap.cycle == 1 and amount.value > cap.amount.value:
            notes.add(where, f"The planned amount '{amount}' is above '{cap.amount}'.", "Raise the cap, or plan less.")


def _check_decisions(guide: Guide, visits: Mapping[str, float], loc: Loc, notes: Notes) -> None:
    """Note rules without a decision, and a decision at which nobody is seen: neither at a dose nor at a visit."""
    where, when = (*loc, "decide"), guide.rules.decide.when
    if when == AT_VISITS and not visits:
        notes.add(where, "Doses are decided at visits, and the scenario has none.", "Add 'visits'.", lacking=())
    elif not guide.decisions:
        after = "" if guide.rules.first_dose == BY_THE_RULES else " after the first dose"
        last = day_text(guide.doses[-1].start)
        found = f"'{guide.rules.decide.in_words()}' is no time{after} and up to the last dose, {last}."
        notes.add(where, found, "Write 'before each dose' or a shorter interval.")
    elif when == EVERY:
        seen = {dose.start for dose in guide.doses} | {Fraction(time) for time in visits.values()}
        off = next((each for each in guide.decisions if each.time_h not in seen), None)
        if off is not None:
            found = f"The decision of {day_text(off.time_h)} is neither at a dose of the arm nor at a visit."
            notes.add(where, found, "Write 'before each cycle' or 'before each dose', or add it to 'visits'.")


def _check_followed(guide: Guide, subject: Subject, loc: Loc, notes: Notes) -> None:
    """Note every rule that is never followed, whatever is measured."""
    try:
        found = walk(guide, subject)
    except ValueError as error:
        notes.add((*loc, "rules"), str(error), "Write fewer levels, rules or visits in a row.", key=True)
        return
    for place, instead in found.never.items():
        rule = guide.rules.ladder[place]
        why = "its condition can never hold"
        if instead:
            named = [f"rule {other + 1}" for other in instead]
            first = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
            why = f"{first} {'come' if len(named) > 1 else 'comes'} first wherever it holds"
        elif isinstance(rule, Change):
            why = f"doses are never at a level that it could {'raise' if rule.levels > 0 else 'lower'}"
        if rule.when.after is not None and not found.waits[place]:
            why = f"no decision is made {rule.when.after.in_words()}"
        notes.add((*loc, "rules", place), f"Rule {place + 1} is never followed: {why}.", "Move it up, change it or leave it out.")


def _check_first(guide: Guide, models: Sequence[Model], subject: Subject, loc: Loc, notes: Notes) -> None:
    """Note a rule that holds or stops the first dose of the typical subject of a model, whose values are those at the start."""
    if guide.rules.first_dose != BY_THE_RULES or not guide.decisions:
        return
    first: Decision = guide.decisions[0]
    if first.time_h > guide.doses[0].start:
        return
    for model in models:
        values = _at_start(model, subject)
        if not set(guide.rules.observables) <= set(values):
            continue
        looks = guide.rules.look_at
        seen = [np.nan if look.delay.hours > first.time_h else values[look.observable] for look in looks]
        may = np.array([[rule.when.after is None for rule in guide.rules.ladder]])
        decided = guide.ladder.decided(guide.ladder.begin(1), np.array([seen]), may, np.array([float(first.time_h)]))
        if decided.action[0] in (HELD, STOPPED):
            place = int(decided.rule[0])
            said = ", ".join(f"{name} {decimal_text(Fraction(f'{values[name]:.4g}'))}" for name in guide.rules.observables)
            did = "holds" if decided.action[0] == HELD else "stops"
            found = f"Rule {place + 1} {did} the first dose: under '{model.name}' the typical subject begins with {said}."
            notes.add((*loc, "rules", place), found, "Write 'first dose: as planned', or move the limit.")
            return


def _at_start(model: Model, subject: Subject) -> dict[str, float]:
    """Return the observables of the typical subject of a model before anything is given."""
    compiled, people = compile_model(model), typical_subject(model, subject)
    states = compiled.initial(people.values)[0]
    values: dict[str, Value] = {TIME: 0.0, **dict(zip(compiled.states, states, strict=True))}
    values |= dict(zip(people.names, people.values[0], strict=True))
    for definition in model.definitions:
        values[definition.name] = evaluate(definition.formula, values)
    return {observable.name: float(evaluate(observable.formula, values)) for observable in model.observables}

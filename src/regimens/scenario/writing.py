"""Writing a scenario: its values as the mapping that a scenario file holds, and as the text of such a file.

A mapping made here may still hold a Model, a Ledger, a People or OwnData, which only a file of their own can stand for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from regimens import shipped
from regimens.adherence.ledger import Ledger
from regimens.contrasts.verdict import Rule
from regimens.drugs import IL2
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, RegimensError
from regimens.model.declaration import Model
from regimens.model.file import declared
from regimens.model.fitted import fitted
from regimens.population import Bodies, People, Population, Spread
from regimens.population.values import FEMALE, MALE
from regimens.regimen.writing import write_plan
from regimens.scenario.assumed import implied
from regimens.scenario.beside import Beside
from regimens.scenario.observed import layout_value
from regimens.scenario.outcomes import NOT_MODELLED, PublishedOutcome
from regimens.scenario.own import OwnData
from regimens.scenario.search import search_value
from regimens.scenario.settle import settle_value
from regimens.scenario.values import AS_WRITTEN, Arm, Goal, Noise, Reference, Scenario, TradeOff
from regimens.subject import Subject
from regimens.units import amount_text, decimal_text, duration_text
from regimens.yamlfile.writing import yaml_text

if TYPE_CHECKING:
    from regimens.adherence.realise import RealLife
    from regimens.exposure import Expected
    from regimens.regimen import Amount, Regimen
    from regimens.rules.values import Look, Rules

MINUTES = 60
FINEST = 10_000
"""Largest denominator of a time in hours that is written as a round number of days, hours or minutes."""


def yaml_of(scenario: Scenario) -> str:
    """Return the text of a scenario file that reads back equal; RegimensError where a file cannot say what it holds."""
    text = yaml_text({key: _with_files(value, Beside(scenario.folder)) for key, value in mapping_of(scenario).items()})
    try:
        again = Scenario.from_text(text, folder=scenario.folder)
    except InputFileError as error:
        raise RegimensError(f"A scenario file cannot say what this scenario holds:\n{error}") from None
    if again != scenario:
        compared = ("observe_h", *(f.name for f in fields(Scenario) if f.compare))
        lost = [name for name in compared if not np.array_equal(getattr(again, name), getattr(scenario, name))]
        raise RegimensError(f"A scenario file cannot say what this scenario holds under {', '.join(map(repr, lost))}.")
    return text


def mapping_of(scenario: Scenario) -> dict[str, object]:
    """Return the scenario as the mapping of a scenario file; settings at their defaults are left out."""
    step = float(scenario.observe_h[1]) if len(scenario.observe_h) > 1 else scenario.horizon_h
    files = dict(zip(scenario.model_files, scenario.models, strict=False)) if scenario.model_files else {}
    found: dict[str, object] = {
        "title": scenario.title,
        "description": scenario.description,
        "question": scenario.question,
        "decision": scenario.decision,
        "models": [
            next((file for file in files if file and files[file] is m), None) or name_of_model(m) for m in scenario.models
        ],
        "horizon": time_text(scenario.horizon_h),
        "day 0": scenario.day_0,
        "observe": _observe_value(scenario, step),
        "subject": None if scenario.subject == Subject() else subject_value(scenario.subject),
        "population": None if scenario.population is None else population_value(scenario.population),
        "visits": {name: time_text(time) for name, time in scenario.visits},
        "assumptions": list(scenario.stated),
        "arms": _arms(scenario.arms),
        "endpoints": [endpoint.words for endpoint in scenario.endpoints],
        "outcomes": [outcome_value(outcome) for outcome in scenario.outcomes],
        "verdict": None if scenario.rule == Rule() else verdict_value(scenario.rule),
        "trade_off": None if scenario.trade_off is None else trade_off_value(scenario.trade_off),
        "equalise": None if scenario.equalise is None else goal_value(scenario.equalise),
        "real_life": None if scenario.real_life is None else real_life_value(scenario.real_life),
        "noise": None if scenario.noise is None else noise_value(scenario.noise),
        "search": None if scenario.search is None else search_value(scenario.search),
        "settle": None if scenario.settle is None else settle_value(scenario.settle),
        "observed": list(scenario.own),
        "solver": None if scenario.tolerances == Tolerances() else tolerances_value(scenario.tolerances),
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _observe_value(scenario: Scenario, step_h: float) -> dict[str, object]:
    found: dict[str, object] = {"every": time_text(step_h)}
    if scenario.individuals:
        found["individuals"] = scenario.individuals
    return found if scenario.read == "before doses" else {**found, "read": scenario.read}


def _arms(arms: Sequence[Arm]) -> dict[str, object]:
    """Return the arms as written by name: those of each length of one range are one arm again, twins are left out."""
    written = [arm for arm in arms if arm.variant == AS_WRITTEN]
    groups = groupby(written, lambda arm: (arm.range_of or arm.name, arm.ranges if arm.range_of else None))
    return {name: arm_value(next(iter(group))) for (name, _), group in groups}


def arm_value(arm: Arm) -> dict[str, object]:
    """Return an arm as written, with the ranges of its rests and without the assumptions that reading adds."""
    ledger = None if arm.adherence is None else arm.adherence.ledger
    drawn = None if arm.adherence is None else arm.adherence.drawn
    ranges, rest = (drawn, "drawn") if arm.ranges is None and drawn is not None else (arm.ranges, arm.rest)
    stated = arm.assumptions
    if ledger is not None and stated and stated[-1].startswith(implied("", None, None, ("", ""))[0][:25]):
        stated = stated[:-1]
    if ranges is not None and stated and stated[-1] == implied(rest, arm.rest_days, ranges, None)[0]:
        stated = stated[:-1]
    found: dict[str, object] = {
        "regimen": regimen_value(ranges or arm.regimen) if ledger is None else None,
        "ledger": ledger,
        "arm": None if ledger is None else _arm_of(ledger),
        "model": None if ledger is None else _model_of(ledger),
        "rules": None if arm.rules is None else rules_value(arm.rules),
        "rest": rest,
        "expect": _expect(arm.expected, arm.regimen),
        "source": [_source(reference) for reference in arm.sources],
        "observed": [response.id for response in arm.observed],
        "assumptions": list(stated),
    }
    return {key: value for key, value in found.items() if value is not None and value not in ("", [], {})}


def rules_value(rules: Rules) -> dict[str, object]:
    """Return the rules of an arm as the mapping of a file."""
    found: dict[str, object] = {
        "decide": rules.decide.in_words(),
        "look at": {look.observable: _look(look) for look in rules.look_at},
        "first dose": rules.first_dose,
        "rules": [rule.in_words() for rule in rules.in_order],
        "levels": [str(level) for level in rules.levels],
        "limits": [limit.in_words() for limit in rules.limits],
    }
    return {key: value for key, value in found.items() if value != []}


def _look(look: Look) -> dict[str, object]:
    delay = {"delay": time_text(look.delay.hours)} if look.delay.hours else {}
    return {**({"noise": look.noise} if look.noise else {}), **delay}


def _arm_of(ledger: Ledger) -> str:
    return str(ledger.rows["arm"].iloc[0]) if len(ledger.rows) else "no dose"


def _model_of(ledger: Ledger) -> str | None:
    """Return the model whose curves the rules of a ledger's arm looked at, None where it had none."""
    found = ledger.rows["model"].iloc[0] if len(ledger.rows) else None
    return found if isinstance(found, str) and found else None


def regimen_value(regimen: Regimen) -> str | dict[str, str]:
    """Return a regimen as protocol text: one text for IL-2 alone, else one for each drug."""
    if set(regimen.drugs) <= {IL2}:
        return regimen.in_words()
    return {drug: write_plan(parts) for drug, parts in regimen.plans}


def _expect(expected: Sequence[Expected], regimen: Regimen) -> dict[str, dict[str, object]]:
    units = {dose.drug: dose.dose.amount.unit for dose in regimen.earliest()} if expected else {}
    found: dict[str, dict[str, object]] = {}
    for entry in expected:
        if entry.total is not None:
            found.setdefault("total", {})[entry.drug] = amount_text(entry.total, units.get(entry.drug, "IU"))
        for key, count in (("doses", entry.doses), ("last_day", entry.last_day)):
            if count is not None:
                found.setdefault(key, {})[entry.drug] = count
    return found


def _source(reference: Reference) -> dict[str, str]:
    return {f.name: value for f in fields(reference) if (value := getattr(reference, f.name))}


def name_of_model(model: Model) -> str | Model:
    """Return the name of a shipped model, as declared or at its fitted values; any other model as it is."""
    if model.name in shipped.names("models"):
        shipped_model = declared(model.name)
        if model in (shipped_model, fitted(shipped_model)):
            return model.name
    return model


def population_value(population: Population) -> dict[str, object]:
    """Return a population as the mapping of a file, its people as they are."""
    found: dict[str, object] = {
        "subjects": population.subjects,
        "seed": population.seed,
        "draws": population.draws,
        "cv": dict(population.cv),
        "correlations": [{"between": list(c.between), "value": c.value} for c in population.correlations],
        "body": None if population.bodies is None else _body(population.bodies),
        "people": population.people,
    }
    return {key: value for key, value in found.items() if value is not None and value not in ([], {})}


def _body(bodies: Bodies) -> dict[str, object]:
    found: dict[str, object] = {} if bodies.female is None else {"female": bodies.female}
    for name, unit, spreads in (("weight", "kg", bodies.weight), ("height", "cm", bodies.height)):
        if spreads is not None:
            by_sex = {sex: _size(spreads[sex], unit) for sex in (FEMALE, MALE)}
            found[name] = by_sex[FEMALE] if by_sex[FEMALE] == by_sex[MALE] else by_sex
    return found


def _size(spread: Spread, unit: str) -> dict[str, object]:
    found: dict[str, object] = {"typical": f"{_number(spread.typical)} {unit}", "cv": spread.cv}
    if spread != Spread.three_deviations(spread.typical, spread.cv):
        found["bounds"] = [f"{_number(spread.low)} {unit}", f"{_number(spread.high)} {unit}"]
    return found


def _number(value: float) -> str:
    """Return a number as text that reads back as the same float, without a needless '.0'."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def subject_value(subject: Subject) -> dict[str, object]:
    """Return a subject as the mapping of a file."""
    sizes = (("weight", subject.weight_kg, "kg"), ("height", subject.height_cm, "cm"), ("bsa", subject.bsa_m2, "m2"))
    return {name: f"{decimal_text(Fraction(value))} {unit}" for name, value, unit in sizes}


def verdict_value(rule: Rule) -> dict[str, object]:
    """Return the rule of a verdict as the mapping of a file."""
    return {"probability": rule.probability, "differ": rule.differ, "difference": rule.difference}


def trade_off_value(trade_off: TradeOff) -> dict[str, object]:
    """Return a trade-off as the mapping of a file."""
    return {"gain": trade_off.gain.words, "cost": trade_off.cost.words}


def outcome_value(outcome: PublishedOutcome) -> dict[str, object]:
    """Return a published outcome as the mapping of a file."""
    found: dict[str, object] = {
        "seen": outcome.seen,
        "arm": outcome.arms[0] if len(outcome.arms) == 1 else list(outcome.arms),
        "endpoint": outcome.endpoint.words if outcome.endpoint is not None else NOT_MODELLED,
        "was": outcome.condition.in_words() if outcome.condition is not None else None,
        "source": [_source(reference) for reference in outcome.sources],
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def goal_value(goal: Goal) -> dict[str, object]:
    """Return the goal of equalising as the mapping of a file."""
    step = {} if goal.step is None else {"step": amount_value(goal.step)}
    return {"total": amount_value(goal.total), "by": goal.by, **step}


def amount_value(amount: Amount) -> str:
    """Return an amount as text."""
    return str(amount)


def real_life_value(life: RealLife) -> dict[str, object]:
    """Return what real life does to doses as the mapping of a file."""
    found: dict[str, object] = {"missed": life.missed, "stop_early": life.stop_early}
    if life.after_a_miss is not None:
        found["after_a_miss"] = life.after_a_miss
    if life.late or life.up_to_h:
        found["late"] = {"share": life.late, "up_to": time_text(life.up_to_h)}
    return found


def noise_value(noise: Noise) -> dict[str, object]:
    """Return the noise of measuring as the mapping of a file."""
    return {"day_to_day": noise.day_to_day, "residual": noise.residual}


def tolerances_value(tolerances: Tolerances) -> dict[str, object]:
    """Return tolerances as the mapping of a file, which cannot say another number of steps than the default."""
    if tolerances != replace(Tolerances(), rtol=tolerances.rtol, atol=tolerances.atol):
        raise RegimensError("A scenario sets 'rtol' and 'atol' of its tolerances only; leave the others at their defaults.")
    return {"rtol": tolerances.rtol, "atol": tolerances.atol}


def time_text(hours: float | Fraction) -> str:
    """Return a time (h) as text that reads back as the same float: '24 weeks', '36 h', '10 min'."""
    simple = Fraction(hours).limit_denominator(FINEST)
    if float(simple) != float(hours) or "/" in decimal_text(simple * MINUTES):
        return f"{_number(float(hours))} h"
    return f"{simple / 168} week{'s' * (simple != 168)}" if simple and simple % 168 == 0 else duration_text(simple)


def _with_files(value: object, beside: Beside) -> object:
    """Return a mapping with its files in place of models, ledgers, people and own data; RegimensError where there is no file."""
    match value:
        case Mapping():
            return {key: _with_files(entry, beside) for key, entry in value.items()}
        case list():
            return [_with_files(entry, beside) for entry in value]
        case Model():
            advice = "Write the model to a file and name that: models=['mine.yaml']."
            raise RegimensError(
                f"The model '{value.name}' was built in Python, and a scenario file can only name a file. {advice}"
            )
        case OwnData(layout=layout) if layout is not None and value.path:
            return layout_value(layout, beside.name_of(value.path))
        case Ledger() | People() | OwnData():
            if value.path and not isinstance(value, OwnData):
                return beside.name_of(value.path)
            what = "A ledger" if isinstance(value, Ledger) else "The people of the population"
            what = "The observed data" if isinstance(value, OwnData) else what
            verb = "was" if isinstance(value, Ledger) else "were"
            raise RegimensError(
                f"{what} {verb} built in Python, and a scenario file can only name a file. Write a CSV file and read that."
            )
    return value

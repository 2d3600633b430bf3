"""Scenarios from Python values: loose values become the plain data that a scenario file would hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath

import numpy as np

from regimens.adherence.ledger import Ledger
from regimens.adherence.realise import RealLife
from regimens.contrasts.verdict import Rule
from regimens.endpoints import Endpoint
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, Problem, RegimensError
from regimens.model.declaration import Model
from regimens.population import People, Population
from regimens.regimen import Amount, AtSteadyState, Course, Cycle, Dose, Duration, Regimen, Rest
from regimens.rules.values import Rules
from regimens.scenario.beside import Beside
from regimens.scenario.outcomes import PublishedOutcome
from regimens.scenario.own import OwnData
from regimens.scenario.search import Search, search_value
from regimens.scenario.settle import Settle, settle_value
from regimens.scenario.values import AS_WRITTEN, Arm, ArmLike, Goal, Noise, TradeOff
from regimens.scenario.writing import (
    amount_value,
    arm_value,
    goal_value,
    name_of_model,
    noise_value,
    outcome_value,
    population_value,
    real_life_value,
    regimen_value,
    rules_value,
    subject_value,
    time_text,
    tolerances_value,
    trade_off_value,
    verdict_value,
)
from regimens.subject import Subject
from regimens.yamlfile import Loc, Located, located_data
from regimens.yamlfile.parse import DEEPEST


def plain(values: Mapping[str, object], name: str) -> tuple[Located, Beside]:
    """Return a mapping of Python values as plain data, and the values that only a file of their own could hold.

    InputFileError, under `name`, for values of types that a scenario has no place for.
    """
    found = _Plain()
    data = found.of(values, ())
    if found.problems or not isinstance(data, dict):
        raise InputFileError(name, found.problems or [Problem("A scenario is a mapping.", "Its keys are those of a file.")])
    beside = Beside(None, found.models, found.ledgers, found.people, found.observed)
    said = [repr(data), *map(repr, found.models.values()), *(ledger.to_csv() for ledger in found.ledgers.values())]
    said += [repr((rows.values, rows.groups)) for rows in found.observed.values()]
    return located_data(name, data, hashlib.sha256("\n".join([*said, _bytes_of(found.people)]).encode()).hexdigest()), beside


def arms_by_name(arms: Mapping[str, ArmLike] | Sequence[Arm]) -> dict[str, object]:
    """Return the arms of `Scenario.build` as the mapping of a file, name -> mapping or Arm."""
    if not isinstance(arms, Mapping):
        for place, arm in enumerate(arms):
            if not isinstance(arm, Arm):
                raise RegimensError(f"Arm {place + 1} is {arm!r}. Give a list of Arm, or a mapping from names to regimens.")
            if arm.name in {other.name for other in arms[:place]}:
                raise RegimensError(f"Two arms are named '{arm.name}'. Every arm needs a name of its own.")
        return {arm.name: arm for arm in arms}
    return {name: {"regimen": arm} if isinstance(arm, str | Regimen | _PARTS) else arm for name, arm in arms.items()}


def as_list(given: object) -> object:
    """Return one value, given without a list, as a list."""
    return given if isinstance(given, list | tuple) else [given]


_PARTS = Dose | Course | Rest | Cycle | AtSteadyState


@dataclass
class _Plain:
    """Turns values into plain data; collects what has no plain form."""

    problems: list[Problem] = field(default_factory=list)
    models: dict[int, Model] = field(default_factory=dict)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    people: People | None = None
    observed: dict[int, OwnData] = field(default_factory=dict)

    def of(self, value: object, loc: Loc) -> object:
        """Return a value as plain data."""
        if len(loc) > DEEPEST:
            self._note(loc[:1], f"Lists and mappings are nested more than {DEEPEST} deep here.")
            return None
        try:
            return self._of(value, loc)
        except RegimensError as error:
            self._note(loc, str(error))
            return None

    def _of(self, value: object, loc: Loc) -> object:
        match value:
            case None | bool() | str():
                return value
            case int() | np.integer():
                return int(value)
            case float() | np.floating() | Fraction() | Decimal():
                return float(value)
            case Mapping():
                return {self._key(key, loc): self.of(entry, (*loc, str(key))) for key, entry in value.items()}
            case Regimen() | Dose() | Course() | Rest() | Cycle() | AtSteadyState():
                return regimen_value(value if isinstance(value, Regimen) else Regimen(value))
            case list() | tuple():
                if value and all(isinstance(part, _PARTS) for part in value):
                    return regimen_value(Regimen(*value))
                return [self.of(entry, (*loc, place)) for place, entry in enumerate(value)]
            case Model() | Ledger() | People() | OwnData():
                return self._kept(value, loc)
            case PurePath():
                return str(value)
        made = _mapping_of(value)
        if made is None:
            self._note(loc, f"Found {type(value).__name__}, a type that a scenario has no place for.")
            return None
        return made if isinstance(made, str) else self.of(made, loc)

    def _kept(self, value: Model | Ledger | People | OwnData, loc: Loc) -> object:
        """Keep a value that has no plain form, and return what stands for it."""
        match value, loc:
            case Model(), ("models", int(place)):
                named = name_of_model(value)
                if isinstance(named, str):
                    return named
                self.models[place] = value
                return f"{value.name} (built in Python)"
            case Ledger(), ("arms", str(arm), "ledger"):
                self.ledgers[arm] = value
                return value.path or "built in Python"
            case People(), ("population", "people"):
                self.people = value
                return value.path or "built in Python"
            case OwnData(), ("observed",) | ("observed", int(_)):
                self.observed[int(loc[1]) if len(loc) > 1 else 0] = value
                return {"file": value.path or "built in Python", "time": "h"}
        self._note(loc, f"Found {type(value).__name__}, which does not belong here.")
        return None

    def _key(self, key: object, loc: Loc) -> str:
        if not isinstance(key, str):
            self._note(loc, f"Found the key {key!r}.", "Keys are text.")
        return str(key)

    def _note(self, loc: Loc, message: str, advice: str = "") -> None:
        where = " > ".join(str(part + 1 if isinstance(part, int) else part) for part in loc)
        self.problems.append(Problem(message, advice, where=where))


def _mapping_of(value: object) -> str | Mapping[str, object] | None:
    """Return a value of this package as a file would say it; None for any other type."""
    match value:
        case Duration():
            return time_text(value.hours)
        case Amount():
            return amount_value(value)
        case Endpoint():
            return value.words
        case Arm():
            return _arm(value)
        case Population():
            return population_value(value)
        case Subject():
            return subject_value(value)
        case Rule():
            return verdict_value(value)
        case TradeOff():
            return trade_off_value(value)
        case PublishedOutcome():
            return outcome_value(value)
        case Goal():
            return goal_value(value)
        case RealLife():
            return real_life_value(value)
        case Noise():
            return noise_value(value)
        case Search():
            return search_value(value)
        case Settle():
            return settle_value(value)
        case Tolerances():
            return tolerances_value(value)
        case Rules():
            return rules_value(value)
    return None


def _arm(arm: Arm) -> dict[str, object]:
    if arm.variant != AS_WRITTEN or (arm.adherence is not None and arm.adherence.real_life is not None):
        raise RegimensError(
            f"Arm '{arm.name}' is a twin of '{arm.of}'. Give the arm as written; 'equalise' and 'real_life' make its twins."
        )
    # One length of a range is a regimen without a range.
    return arm_value(arm if arm.rest_days is None else replace(arm, ranges=None, rest="", rest_days=None))


def _bytes_of(people: People | None) -> str:
    if people is None:
        return ""
    columns = (people.weight_kg, people.bsa_m2, people.height_cm, *people.given.values())
    return repr((people.sex, people.ids, [column.tobytes() for column in columns]))

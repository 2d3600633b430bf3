"""Reading a scenario: a file becomes a frozen Scenario, or one error with every problem it has."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from regimens.endpoints import Endpoint, parse_endpoint, reads_as_time
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, ModelError, RegimenError, did_you_mean
from regimens.evidence import LibraryEntry
from regimens.exposure import Expected
from regimens.model.declaration import Model
from regimens.model.file import find
from regimens.population import Population
from regimens.regimen import Regimen
from regimens.regimen.words import parse_dose
from regimens.scenario.checks import check_horizon, check_inputs, check_observed, checked_endpoints
from regimens.scenario.file import ArmShape, ExpectShape, ScenarioShape, SourceShape, SubjectShape
from regimens.scenario.observed import read_observed
from regimens.scenario.regimens import read_regimen
from regimens.scenario.values import Arm, Reference, Scenario
from regimens.subject import Subject, mosteller
from regimens.units import parse_duration, parse_quantity
from regimens.yamlfile import problems_of
from regimens.yamlfile import read as read_yaml
from regimens.yamlfile.notes import Loc, Notes, Unreadable

MOST_READINGS = 100_000


def read_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario file; InputFileError with every problem of the file, each with line and column.

    Nothing is simulated and no total is compared here: that is the audit's.
    """
    located = read_yaml(path)
    notes = Notes(located)
    try:
        shape = ScenarioShape.model_validate(located.data)
    except ValidationError as error:
        raise InputFileError(located.path, problems_of(error, located, ScenarioShape), located.text) from None
    scenario = _scenario(shape, notes)
    if notes.problems or scenario is None:
        raise InputFileError(located.path, notes.problems, located.text)
    return replace(scenario, text=located.text, digest=located.digest, path=located.path, name=Path(located.path).stem)


def _scenario(shape: ScenarioShape, notes: Notes) -> Scenario | None:
    horizon = _duration(shape.horizon, ("horizon",), notes)
    step = _duration(shape.observe.every, ("observe", "every"), notes)
    subject = _subject(shape.subject, notes)
    models = _models(shape.models, notes)
    visits = {name: _duration(text, ("visits", name), notes) for name, text in shape.visits.items()}
    for name in shape.visits:
        if not name.strip() or reads_as_time(name):
            advice = "Name it by what it is, for example 'week 12' or 'end of course'."
            notes.add(("visits", name), f"'{name}' is no name for a visit.", advice, key=True)
    arms = tuple(arm for name, given in shape.arms.items() for arm in _arms(name, given, notes))
    for name, count in Counter(arm.name for arm in arms).items():
        if count > 1:
            notes.add(("arms", name), f"{count} arms are named '{name}'.", "Every arm needs a name of its own.", key=True)
    known_visits = {name: float(time) for name, time in visits.items() if time is not None}
    endpoints = tuple(_endpoints(shape.endpoints, known_visits, notes))
    if notes.problems or horizon is None or step is None or subject is None:
        return None
    check_horizon(arms, horizon, notes)
    check_inputs(arms, models, notes)
    check_observed(arms, models, float(horizon), notes)
    endpoints = tuple(checked_endpoints(endpoints, models, arms, float(horizon), notes))
    if horizon / step > MOST_READINGS:
        notes.add(("horizon",), f"The horizon holds {int(horizon / step)} readings.", f"At most {MOST_READINGS} are written.")
        return None
    population = None if shape.population is None else Population(shape.population.subjects, shape.population.seed)
    return Scenario(
        name="",
        title=shape.title,
        description=shape.description.strip(),
        arms=arms,
        models=models,
        horizon_h=float(horizon),
        observe_h=_grid(horizon, step),
        endpoints=endpoints,
        subject=subject,
        population=population,
        tolerances=Tolerances(rtol=shape.solver.rtol, atol=shape.solver.atol),
        assumptions=_sentences(shape.assumptions),
        visits=tuple(known_visits.items()),
    )


def _grid(horizon: Fraction, step: Fraction) -> np.ndarray:
    times = [float(step * k) for k in range(int(horizon / step) + 1)]
    return np.array(times if times[-1] == float(horizon) else [*times, float(horizon)])


def _duration(text: str, loc: Loc, notes: Notes) -> Fraction | None:
    with contextlib.suppress(Unreadable):
        return notes.read(loc, lambda: parse_duration(text))
    return None


def _subject(shape: SubjectShape, notes: Notes) -> Subject | None:
    found: dict[str, Fraction] = {}
    for name, units in (("weight", ["kg"]), ("height", ["cm"]), ("bsa", ["m2"])):
        text = getattr(shape, name)
        with contextlib.suppress(Unreadable):
            if text is not None:
                value, _ = notes.read(("subject", name), lambda text=text, units=units: parse_quantity(text, units))
                found[name] = value
                if value <= 0:
                    notes.add(("subject", name), f"'{text}' is no {name} of a body.", "A value greater than zero is needed.")
    if notes.problems or "weight" not in found or "height" not in found:
        return None
    return Subject(found["weight"], found["height"], found.get("bsa") or mosteller(found["weight"], found["height"]))


def _models(names: Sequence[str], notes: Notes) -> tuple[Model, ...]:
    models = []
    for index, name in enumerate(names):
        if name in names[:index]:
            notes.add(("models", index), f"The model '{name}' is named twice.", "Name every model once.")
            continue
        beside = Path(notes.located.path).parent / name
        try:
            models.append(find(str(beside) if name.endswith((".yaml", ".yml")) and beside.is_file() else name))
        except ModelError as error:
            notes.add(("models", index), str(error))
        except InputFileError as error:
            notes.add(("models", index), f"The model '{name}' cannot be used:\n{error}")
    return tuple(models)


def _arms(name: str, shape: ArmShape, notes: Notes) -> Iterator[Arm]:
    loc: Loc = ("arms", name)
    try:
        written, published = read_regimen(shape, loc, notes)
    except Unreadable:
        return
    expected = tuple(_expected(shape.expect, written, (*loc, "expect"), notes)) if shape.expect else ()
    line, _ = notes.located.position(loc, key=True)
    sources = _references(shape.source) or _cited(published)
    observed = read_observed(shape.observed, written, (*loc, "observed"), notes)
    for suffix, regimen in _resolved(shape, written, loc, notes):
        assumptions = _sentences(shape.assumptions) + (published.assumed if published else ())
        if written.has_ranges:
            assumptions += (f"The rest is given as a range ({written.in_words()}); it is taken as {_taken(shape.rest, suffix)}.",)
        yield Arm(name + suffix, regimen, expected, sources, assumptions, observed, line)


def _taken(choice: str | None, suffix: str) -> str:
    return suffix.removeprefix(", ") if choice == "each" else f"its {choice}" if choice == "midpoint" else f"its {choice} length"


def _resolved(shape: ArmShape, regimen: Regimen, loc: Loc, notes: Notes) -> list[tuple[str, Regimen]]:
    if not regimen.has_ranges:
        if shape.rest is not None:
            notes.add((*loc, "rest"), "'rest' resolves a range, but the regimen has none.", "Leave it out.", key=True)
        return [("", regimen)]
    if shape.rest is None:
        notes.add(
            (*loc, "regimen" if shape.use is None else "use"),
            f"The rest of '{regimen.in_words()}' is a range, and the arm does not say which length is meant.",
            "Add 'rest: shortest', 'midpoint', 'longest' or 'each' (one arm per whole day) to the arm.",
        )
        return []
    if shape.rest != "each":
        return [("", regimen.with_rests(shape.rest))]
    try:
        return [(f", rest {day} days", resolved) for day, resolved in regimen.each_rest()]
    except RegimenError as error:
        notes.add((*loc, "rest"), error.message, error.advice)
        return []


def _expected(shape: ExpectShape, regimen: Regimen, loc: Loc, notes: Notes) -> Iterator[Expected]:
    found: dict[str, Expected] = {}
    for key in ("total", "doses", "last_day"):
        given = getattr(shape, key)
        if given is None:
            continue
        if not isinstance(given, dict) and len(regimen.drugs) > 1:
            notes.add((*loc, key), f"'{key}' does not say of which drug.", f"Write a mapping of {' and '.join(regimen.drugs)}.")
            continue
        by_drug = given if isinstance(given, dict) else dict.fromkeys(regimen.drugs, given)
        if not regimen.drugs and not isinstance(given, dict):
            _expect_nothing(given, (*loc, key), notes)
        for drug, value in by_drug.items():
            where = (*loc, key, drug) if isinstance(given, dict) else (*loc, key)
            if drug not in regimen.drugs:
                notes.add(where, f"The regimen gives no '{drug}'.", did_you_mean(drug, regimen.drugs), key=True)
                continue
            with contextlib.suppress(Unreadable):
                entry = found.get(drug, Expected(drug, line=notes.located.position(where)[0]))
                found[drug] = replace(
                    entry, **{key: _total(str(value), regimen, drug, where, notes) if key == "total" else value}
                )
    yield from found.values()


def _expect_nothing(given: object, loc: Loc, notes: Notes) -> None:
    if given not in {0, "0", "0 MIU", "0 IU", "0 mg"}:
        notes.add(loc, f"The regimen gives no dose, but '{given}' is expected.", "Write 0 MIU and 0 doses, or no 'expect'.")


def _total(text: str, regimen: Regimen, drug: str, loc: Loc, notes: Notes) -> Fraction:
    amount = notes.read(loc, lambda: parse_dose(f"{text} SC").amount)
    unit = next(dose.dose.amount.unit for dose in regimen.with_rests("shortest").written_out() if dose.drug == drug)
    if amount.basis != "flat" or amount.unit != unit:
        notes.add(
            loc, f"'{text}' is no total of {drug}.", f"A total is a flat amount in {'IU or MIU' if unit == 'IU' else 'mg'}."
        )
        raise Unreadable
    return amount.value


def _cited(published: LibraryEntry | None) -> tuple[Reference, ...]:
    return () if published is None else (Reference(published.citation, published.doi, published.registration),)


def _references(shape: SourceShape | list[SourceShape] | None) -> tuple[Reference, ...]:
    shapes = [] if shape is None else shape if isinstance(shape, list) else [shape]
    return tuple(Reference(s.text or "", s.doi or "", s.registration or "") for s in shapes)


def _sentences(given: str | list[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _endpoints(texts: Sequence[str], visits: dict[str, float], notes: Notes) -> Iterator[tuple[int, Endpoint]]:
    for index, text in enumerate(texts):
        with contextlib.suppress(Unreadable):
            endpoint = notes.read(("endpoints", index), lambda text=text: parse_endpoint(text, visits))
            yield index, endpoint

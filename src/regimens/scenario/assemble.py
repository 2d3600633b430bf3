"""Assembling a scenario: what a file, a text or a mapping says becomes a frozen Scenario, or one error with every problem."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from regimens.contrasts.verdict import Rule
from regimens.endpoints import Endpoint, parse_endpoint, reads_as_time
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, ModelError, Problem
from regimens.model.file import declared
from regimens.scenario.arms import read_arms, sentences
from regimens.scenario.beside import Beside
from regimens.scenario.checks import check_horizon, check_inputs, check_names, check_observed, checked_endpoints
from regimens.scenario.names import alike, as_seen, fault_of
from regimens.scenario.observed import read_observed
from regimens.scenario.outcomes import names_of_arms, read_outcomes, with_outcomes
from regimens.scenario.ownchecks import Known
from regimens.scenario.population import read_population
from regimens.scenario.python import plain
from regimens.scenario.rulechecks import check_rules
from regimens.scenario.schema import ScenarioShape, SubjectShape
from regimens.scenario.searchwords import checked_search, read_search
from regimens.scenario.settings import check_population, read_noise, read_trade_off, with_ledgers_of_people, with_trade_off
from regimens.scenario.settle import Around, checked_settle, read_settle
from regimens.scenario.values import Arm, Scenario
from regimens.scenario.variants import read_goal, read_real_life, with_variants
from regimens.subject import Subject, mosteller
from regimens.units import parse_duration, parse_quantity
from regimens.yamlfile import Loc, Located, Notes, Unreadable, parse, problems_of
from regimens.yamlfile import read as read_yaml

if TYPE_CHECKING:
    from regimens.model.declaration import Model

MOST_READINGS = 10_000

NOT_A_FILE = "<scenario>"
"""What messages call a scenario that is no file."""


def read_scenario(path: str | Path) -> Scenario:
    """Read and check a scenario file; InputFileError with every problem of the file, each with line and column.

    Nothing is simulated and no total is compared here; the audit does that.
    """
    located = read_yaml(path)
    return scenario_of(located, Beside(Path(path).parent), name=Path(path).stem, path=located.path)


def scenario_of_text(text: str, folder: str | Path | None, name: str) -> Scenario:
    """Read and check the YAML text of a scenario whose files are in `folder`; InputFileError as `read_scenario`."""
    return scenario_of(parse(text, NOT_A_FILE), Beside(None if folder is None else Path(folder)), name)


def scenario_of_values(values: Mapping[str, object], folder: str | Path | None, name: str) -> Scenario:
    """Read and check a mapping with the keys of a scenario file; InputFileError names problems by their keys."""
    located, beside = plain(values, NOT_A_FILE)
    return scenario_of(located, replace(beside, folder=None if folder is None else Path(folder)), name)


def scenario_of(located: Located, beside: Beside, name: str, path: str = "") -> Scenario:
    """Check what a file says and return the scenario; InputFileError with every problem, each with its place in the file."""
    if "states" in located.data and "arms" not in located.data:
        problem = Problem(
            "This is a model file; a scenario is needed.",
            "`regimens check` reads model files.",
            *located.position(("states",), key=True),
        )
        raise InputFileError(located.path, [problem], located.text)
    try:
        shape = ScenarioShape.model_validate(located.data)
    except ValidationError as error:
        raise InputFileError(located.path, problems_of(error, located, ScenarioShape), located.text) from None
    notes = Notes(located)
    scenario = _checked(shape, beside, notes)
    if notes.problems or scenario is None:
        raise InputFileError(located.path, notes.problems, located.text)
    return replace(scenario, text=located.text, digest=located.digest, path=path, name=name, folder=beside.folder)


@dataclass(frozen=True)
class _Times:
    """Horizon and grid step (h, exact; None where they cannot be read), and the readable visits (name -> h)."""

    horizon: Fraction | None
    step: Fraction | None
    visits: dict[str, float]


def _checked(shape: ScenarioShape, beside: Beside, notes: Notes) -> Scenario | None:
    """Return the scenario; notes its problems. What parts must be to each other is checked once each can be read."""
    question, decision = (
        _plain_words(text, key, notes) for text, key in ((shape.question, "question"), (shape.decision, "decision"))
    )
    times = _times(shape, notes)
    subject = _subject(shape.subject, notes)
    models = _models(shape.models, beside, notes)
    goal, life = read_goal(shape.equalise, notes), read_real_life(shape.real_life, notes)
    named = tuple(_endpoints(shape.endpoints, times.visits, notes))
    written = [arm for name, given in shape.arms.items() for arm in read_arms(name, given, shape.day_0, beside, notes)]
    arms = tuple(with_variants(written, goal, life, subject, notes))
    check_names(arms, notes)
    seen = tuple(read_outcomes(shape.outcomes, names_of_arms(arms, shape.arms), times.visits, notes))
    asked = [*(endpoint for _, endpoint in named), *(endpoint for _, outcome in seen for endpoint in outcome.endpoints)]
    measured_anyhow = bool(shape.visits or shape.observed) or not all(endpoint.of_subjects for endpoint in asked)
    noise = read_noise(shape.noise, measured_anyhow, notes)
    population = read_population(shape.population, models, beside, notes)
    check_population(shape, population, arms, notes)
    arms = with_ledgers_of_people(arms, population, beside, notes)
    pair = read_trade_off(shape.trade_off, times.visits, notes)
    search = read_search(shape.search, times.visits, notes)
    observables = {observable.name for model in models for observable in model.observables}
    readable = observables if len(models) == len(shape.models) else None
    draws = 1 if shape.population is None else None if population is None else population.draws
    settle = read_settle(shape.settle, Around(arms, shape.arms, times.visits, times.horizon, readable, draws), notes)
    if notes.problems or times.horizon is None or times.step is None or subject is None:
        return None
    horizon_h = float(times.horizon)
    _check_parts(arms, models, times, subject, notes)
    own = read_observed(shape.observed, beside, Known.of(arms, models, times.horizon), notes)

    def measured(named: Sequence[tuple[Loc, Endpoint]]) -> Iterator[Endpoint]:
        return checked_endpoints(named, models, arms, horizon_h, 1 if population is None else population.subjects, notes)

    endpoints, trade_off = with_trade_off(tuple(measured(named)), pair, measured, notes)
    endpoints, outcomes = with_outcomes(endpoints, seen, models, measured, notes)
    search = checked_search(search, measured, models, subject, times.horizon, notes)
    settle = checked_settle(settle, measured, notes)
    if notes.problems:
        return None
    return Scenario(
        title=shape.title,
        description=shape.description.strip(),
        question=question,
        decision=decision,
        arms=arms,
        models=models,
        horizon_h=horizon_h,
        observe_h=grid(times.horizon, times.step),
        endpoints=endpoints,
        subject=subject,
        population=population,
        tolerances=Tolerances(rtol=shape.solver.rtol, atol=shape.solver.atol),
        stated=sentences(shape.assumptions),
        visits=tuple(times.visits.items()),
        rule=Rule(shape.verdict.probability, shape.verdict.differ, shape.verdict.difference),
        trade_off=trade_off,
        equalise=goal,
        real_life=life,
        noise=noise,
        search=search,
        settle=settle,
        outcomes=outcomes,
        individuals=shape.observing.individuals,
        day_0=shape.day_0 or "",
        read=shape.observing.read,
        own=own,
        model_files=tuple("" if place in beside.models else name for place, name in enumerate(shape.models)),
    )


def _plain_words(text: str | None, key: str, notes: Notes) -> str:
    """Return text on one line, "" where none is given; notes a text without a word."""
    words = " ".join((text or "").split())
    if text and not words:
        notes.add((key,), f"The {key} is blank.", "Write it in words, or leave the key out.")
    return words


def _check_parts(arms: Sequence[Arm], models: Sequence[Model], times: _Times, subject: Subject, notes: Notes) -> None:
    assert times.horizon is not None
    assert times.step is not None
    check_horizon(arms, times.horizon, notes)
    for name, time in times.visits.items():
        if time > float(times.horizon):
            notes.add(("visits", name), f"The visit '{name}' comes after the horizon.", "Move the horizon, or the visit.")
    check_inputs(arms, models, notes)
    check_rules(arms, models, times.visits, subject, notes)
    check_observed(arms, models, float(times.horizon), notes)
    readings = times.horizon / times.step
    if readings > MOST_READINGS:
        notes.add(("horizon",), f"The horizon holds {int(readings)} readings.", f"At most {MOST_READINGS} are written.")


def grid(horizon: Fraction, step: Fraction) -> npt.NDArray[np.float64]:
    """Return the times (h) from 0 in steps up to the horizon, which is the last one in any case."""
    times = [float(step * k) for k in range(int(horizon / step) + 1)]
    return np.array(times if times[-1] == float(horizon) else [*times, float(horizon)])


def _times(shape: ScenarioShape, notes: Notes) -> _Times:
    horizon = _duration(shape.horizon, ("horizon",), notes)
    step = _duration(shape.observing.every, ("observe", "every"), notes)
    visits = {name: _duration(text, ("visits", name), notes) for name, text in shape.visits.items()}
    for name in shape.visits:
        if fault := fault_of(name, "a visit"):
            notes.add(("visits", name), *fault, key=True)
        elif reads_as_time(name):
            advice = "Name it by what it is, for example 'week 12' or 'end of course'."
            notes.add(("visits", name), f"'{name}' reads as a time and cannot name a visit.", advice, key=True)
    names = list(shape.visits)
    for first, other in alike(names):
        line, _ = notes.located.position(("visits", names[first]), key=True)
        where = "" if line is None else f" on line {line}"
        found = f"The visits '{names[first]}'{where} and '{names[other]}' cannot be told apart."
        notes.add(("visits", names[other]), found, "Rename one of them.", key=True)
    return _Times(horizon, step, {name: float(time) for name, time in visits.items() if time is not None})


def _duration(text: str, loc: Loc, notes: Notes) -> Fraction | None:
    with contextlib.suppress(Unreadable):
        return notes.read(loc, partial(parse_duration, text))
    return None


def _subject(shape: SubjectShape, notes: Notes) -> Subject | None:
    found: dict[str, Fraction] = {}
    before = len(notes.problems)
    for name, unit in (("weight", "kg"), ("height", "cm"), ("bsa", "m2")):
        text: str | None = getattr(shape, name)
        with contextlib.suppress(Unreadable):
            if text is not None:
                value, _ = notes.read(("subject", name), partial(parse_quantity, text, [unit]))
                found[name] = value
                if value <= 0:
                    notes.add(("subject", name), f"'{text}' is not a possible {name}.", "A value greater than zero is needed.")
    if len(notes.problems) > before:
        return None
    return Subject(found["weight"], found["height"], found.get("bsa") or mosteller(found["weight"], found["height"]))


def _models(names: Sequence[str], beside: Beside, notes: Notes) -> tuple[Model, ...]:
    models: list[Model] = []
    index_of: list[int] = []
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        loc: Loc = ("models", index)
        if name in names[:index]:
            notes.add(loc, f"The model '{name}' is named twice.", "Name every model once.")
            continue
        model = beside.models.get(index) or _model(name, loc, beside, notes)
        if model is None:
            continue
        if fault := fault_of(model.name, "a model"):
            notes.add(loc, *fault)
        earlier = first.setdefault(as_seen(model.name), len(models))
        if earlier < len(models):
            _note_alike((names[index_of[earlier]], models[earlier]), (name, model), loc, notes)
        models.append(model)
        index_of.append(index)
    return tuple(models)


def _note_alike(one: tuple[str, Model], other: tuple[str, Model], loc: Loc, notes: Notes) -> None:
    """Note that two models, given as (text of the scenario, model), have names that cannot be told apart."""
    same = one[1].name == other[1].name
    both = f"are both named '{one[1].name}'" if same else f"are named '{one[1].name}' and '{other[1].name}'"
    notes.add(loc, f"The models '{one[0]}' and '{other[0]}' {both}.", "Rename one of the files.")


def _model(name: str, loc: Loc, beside: Beside, notes: Notes) -> Model | None:
    path = None if beside.folder is None else beside.folder / name
    try:
        return declared(str(path) if path is not None and name.endswith((".yaml", ".yml")) and path.is_file() else name)
    except ModelError as error:
        notes.add(loc, str(error))
    except InputFileError as error:
        notes.add(loc, f"The model '{name}' cannot be used:\n{error}")
    return None


def _endpoints(texts: Sequence[str], visits: dict[str, float], notes: Notes) -> Iterator[tuple[Loc, Endpoint]]:
    for index, text in enumerate(texts):
        with contextlib.suppress(Unreadable):
            yield ("endpoints", index), notes.read(("endpoints", index), partial(parse_endpoint, text, visits))

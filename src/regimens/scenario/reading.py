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

from regimens.contrasts.verdict import Rule
from regimens.endpoints import Endpoint, parse_endpoint, reads_as_time
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, ModelError
from regimens.model.declaration import Model
from regimens.model.file import declared
from regimens.scenario.arms import read_arms, sentences
from regimens.scenario.checks import check_horizon, check_inputs, check_observed, checked_endpoints
from regimens.scenario.file import ScenarioShape, SubjectShape
from regimens.scenario.population import population_words, read_population
from regimens.scenario.settings import check_population, noise_words, read_noise, read_trade_off, with_trade_off
from regimens.scenario.values import Scenario
from regimens.scenario.variants import read_goal, read_real_life, real_life_words, with_variants
from regimens.subject import Subject, mosteller
from regimens.units import parse_duration, parse_quantity
from regimens.yamlfile import Loc, Notes, Unreadable, problems_of
from regimens.yamlfile import read as read_yaml

MOST_READINGS = 10_000


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
    goal, life = read_goal(shape.equalise, notes), read_real_life(shape.real_life, notes)
    noise = read_noise(shape.noise, shape.visits, notes)
    written = [arm for name, given in shape.arms.items() for arm in read_arms(name, given, notes)]
    arms = tuple(with_variants(written, goal, life, subject, notes))
    population = read_population(shape.population, models, notes)
    check_population(shape, population, arms, notes)
    for name, count in Counter(arm.name for arm in arms).items():
        if count > 1:
            notes.add(("arms", name), f"{count} arms are named '{name}'.", "Every arm needs a name of its own.", key=True)
    known_visits = {name: float(time) for name, time in visits.items() if time is not None}
    endpoints = tuple(_endpoints(shape.endpoints, known_visits, notes))
    pair = read_trade_off(shape.trade_off, known_visits, notes)
    if notes.problems or horizon is None or step is None or subject is None:
        return None
    check_horizon(arms, horizon, notes)
    for name, time in known_visits.items():
        if time > float(horizon):
            notes.add(("visits", name), f"The visit '{name}' comes after the horizon.", "Move the horizon, or the visit.")
    check_inputs(arms, models, notes)
    check_observed(arms, models, float(horizon), notes)

    def measured(named: Sequence[tuple[Loc, Endpoint]]) -> Iterator[Endpoint]:
        return checked_endpoints(named, models, arms, float(horizon), notes)

    endpoints, trade_off = with_trade_off(tuple(measured(endpoints)), pair, measured, notes)
    if horizon / step > MOST_READINGS:
        notes.add(("horizon",), f"The horizon holds {int(horizon / step)} readings.", f"At most {MOST_READINGS} are written.")
        return None
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
        assumptions=(
            *sentences(shape.assumptions),
            *population_words(population, models),
            *real_life_words(life),
            *noise_words(noise),
        ),
        visits=tuple(known_visits.items()),
        rule=Rule(shape.verdict.probability, shape.verdict.differ),
        trade_off=trade_off,
        noise=noise,
        individuals=shape.observe.individuals,
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
    before = len(notes.problems)
    for name, units in (("weight", ["kg"]), ("height", ["cm"]), ("bsa", ["m2"])):
        text = getattr(shape, name)
        with contextlib.suppress(Unreadable):
            if text is not None:
                value, _ = notes.read(("subject", name), lambda text=text, units=units: parse_quantity(text, units))
                found[name] = value
                if value <= 0:
                    notes.add(("subject", name), f"'{text}' is no {name} of a body.", "A value greater than zero is needed.")
    if len(notes.problems) > before:
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
            models.append(declared(str(beside) if name.endswith((".yaml", ".yml")) and beside.is_file() else name))
        except ModelError as error:
            notes.add(("models", index), str(error))
        except InputFileError as error:
            notes.add(("models", index), f"The model '{name}' cannot be used:\n{error}")
    return tuple(models)


def _endpoints(texts: Sequence[str], visits: dict[str, float], notes: Notes) -> Iterator[tuple[Loc, Endpoint]]:
    for index, text in enumerate(texts):
        with contextlib.suppress(Unreadable):
            endpoint = notes.read(("endpoints", index), lambda text=text: parse_endpoint(text, visits))
            yield ("endpoints", index), endpoint

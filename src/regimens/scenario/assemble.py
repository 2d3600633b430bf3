"""Assembling a scenario: what a file, a text or a mapping says becomes a frozen Scenario, or one error with every problem."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import Rule
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.engine.trajectories import Tolerances
from regimens.errors import InputFileError, Problem
from regimens.evidence.library import sentences
from regimens.exposure import exposure_of_arms
from regimens.rules.guide import guide_of
from regimens.rules.possible import possible_totals
from regimens.scenario.arms import read_arms
from regimens.scenario.around import ArmNames, Around
from regimens.scenario.beside import Beside
from regimens.scenario.checks import check_horizon, check_inputs, check_names, check_observed, checked_endpoints
from regimens.scenario.models import read_models
from regimens.scenario.observed import read_observed
from regimens.scenario.outcomes import read_outcomes, with_outcomes
from regimens.scenario.ownchecks import Known
from regimens.scenario.population import read_population
from regimens.scenario.python import plain
from regimens.scenario.rulechecks import check_rules
from regimens.scenario.schema import ScenarioShape
from regimens.scenario.searchwords import read_search
from regimens.scenario.settings import check_population, read_noise, read_trade_off, with_ledgers_of_people, with_trade_off
from regimens.scenario.settle import read_settle
from regimens.scenario.times import Times, grid, read_times
from regimens.scenario.values import REAL_LIFE, Arm, Scenario
from regimens.scenario.variants import read_goal, read_real_life, with_variants
from regimens.subject import Subject, mosteller
from regimens.units import parse_quantity
from regimens.yamlfile import Loc, Located, Notes, Unreadable, parse, shaped
from regimens.yamlfile import read as read_yaml

if TYPE_CHECKING:
    from regimens.adherence.realise import RealLife
    from regimens.population import Population
    from regimens.scenario.peopleschema import SubjectShape
    from regimens.scenario.values import Goal

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
    shape, notes = shaped(located, ScenarioShape)
    scenario = None if shape is None else _checked(shape, beside, notes)
    if notes.problems or scenario is None:
        raise notes.error()
    return replace(scenario, text=located.text, digest=located.digest, path=path, name=name, folder=beside.folder)


def _checked(shape: ScenarioShape, beside: Beside, notes: Notes) -> Scenario | None:
    """Return the scenario, None if it has problems, which are noted.

    Each part is read by itself, and held against the others as far as these can be read.
    """
    question, decision = (
        _plain_words(text, key, notes) for text, key in ((shape.question, "question"), (shape.decision, "decision"))
    )
    times = read_times(shape, notes)
    subject = _subject(shape.subject, notes)
    models, every_model = read_models(shape.models, beside, notes)
    population = read_population(shape.population, models, every_model, beside, notes)
    goal, life = read_goal(shape.equalise, notes), read_real_life(shape.real_life, notes)
    written = [arm for name, given in shape.arms.items() for arm in read_arms(name, given, shape.day_0, beside, notes)]
    names = _names(shape, written, goal, life, subject, notes)
    arms = tuple(with_variants(written, goal, life, subject, notes))
    check_names(arms, notes)
    arms = with_ledgers_of_people(arms, population, beside, notes)
    subjects, draws = _counts(shape, population, notes)
    around = Around(
        arms=arms,
        every_arm=not shape.arms.keys() - {arm.range_of or arm.name for arm in written} and notes.usable("arms"),
        names=replace(names, known=tuple(arm.name for arm in arms)),
        models=models,
        every_model=every_model,
        visits=times.visits,
        horizon=times.horizon,
        subject=subject,
        subjects=subjects,
        draws=draws,
    )
    _check_parts(around, times, notes)
    named = tuple(_endpoints(shape.endpoints, times.visits, notes))
    seen = tuple(read_outcomes(shape.outcomes, around, notes))
    asked = [*(endpoint for _, endpoint in named), *(endpoint for _, outcome in seen for endpoint in outcome.endpoints)]
    measured_anyhow = bool(shape.visits or shape.observed) or not all(endpoint.of_subjects for endpoint in asked)
    noise = read_noise(shape.noise, measured_anyhow or not notes.sound("endpoints") or not notes.sound("outcomes"), notes)
    check_population(shape, subjects, arms, notes)
    own = read_observed(shape.observed, beside, Known.of(around), notes)
    pair = read_trade_off(shape.trade_off, times.visits, notes)
    endpoints, trade_off = with_trade_off(tuple(checked_endpoints(named, around, notes)), pair, around, notes)
    endpoints, outcomes = with_outcomes(endpoints, seen, around, notes)
    search = read_search(shape.search, around, notes)
    settle = read_settle(shape.settle, around, notes)
    if notes.problems or times.horizon is None or times.step is None or subject is None:
        _note_differences(around, notes)
        return None
    return Scenario(
        title=shape.title,
        description=shape.description.strip(),
        question=question,
        decision=decision,
        arms=arms,
        models=models,
        horizon_h=float(times.horizon),
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


def _counts(shape: ScenarioShape, population: Population | None, notes: Notes) -> tuple[int | None, int | None]:
    """Return the subjects of a parameter draw and the draws; None where it cannot be read how many there are."""
    if shape.population is None:
        return (None, None) if notes.has_wrong_key() else (1, 1)
    if population is None or not notes.usable("population"):
        return None, None
    known = all(notes.usable("population", key) for key in ("subjects", "people"))
    unsaid = "draws" not in shape.population.model_fields_set and notes.has_wrong_key("population")
    draws = None if unsaid or not notes.usable("population", "draws") else population.draws
    return population.subjects if known else None, draws


def _names(
    shape: ScenarioShape, written: Sequence[Arm], goal: Goal | None, life: RealLife | None, subject: Subject | None, notes: Notes
) -> ArmNames:
    """Return the names that may stand for arms beside those that are read: of arms that are not, and their twins."""
    twins = shape.equalise is None or (goal is not None and subject is not None)
    read = {arm.range_of or arm.name for arm in written}
    unread = [name for name in shape.arms if not twins or name not in read or not notes.sound("arms", name)]
    if shape.real_life is not None and life is None:
        unread += [f"{arm.name}, {REAL_LIFE}" for arm in written]
    return ArmNames((), tuple(unread), anything=not notes.usable("arms"))


def _check_parts(around: Around, times: Times, notes: Notes) -> None:
    """Note what does not go together: arms with the models and the horizon, visits and readings with the horizon."""
    check_inputs(around.arms, around.models, around.every_model, notes)
    check_rules(around, notes)
    check_observed(around, notes)
    if times.horizon is None:
        return
    check_horizon(around.arms, times.horizon, notes)
    for name, time in times.visits.items():
        if time > float(times.horizon):
            notes.add(("visits", name), f"The visit '{name}' comes after the horizon.", "Move the horizon, or the visit.")
    if times.step is not None and notes.usable("observe", "every") and times.horizon / times.step > MOST_READINGS:
        readings = int(times.horizon / times.step)
        notes.add(("horizon",), f"The horizon holds {readings} readings.", f"At most {MOST_READINGS} are written.")


def _note_differences(around: Around, notes: Notes) -> None:
    """Note every total, number of doses and last day that differs from what an arm expects, and limits that rules can break."""
    if around.subject is None:
        return
    planned = [arm for arm in around.arms if arm.variant != REAL_LIFE]
    notes.problems += exposure_of_arms(planned, around.subject).differences
    for arm in planned:
        if arm.rules is not None and around.every_visit and notes.sound("arms", arm.range_of or arm.name, "rules"):
            guide = guide_of(arm.rules, arm.regimen, [Fraction(time) for time in around.visits.values()])
            notes.problems += [problem for row in possible_totals({arm.name: guide}, around.subject) for problem in row.broken]


def _subject(shape: SubjectShape, notes: Notes) -> Subject | None:
    found: dict[str, Fraction] = {}
    for name, unit in (("weight", "kg"), ("height", "cm"), ("bsa", "m2")):
        text: str | None = getattr(shape, name)
        with contextlib.suppress(Unreadable):
            if text is not None:
                value, _ = notes.read(("subject", name), partial(parse_quantity, text, [unit]))
                found[name] = value
                if value <= 0:
                    notes.add(("subject", name), f"'{text}' is not a possible {name}.", "A value greater than zero is needed.")
    if not notes.sound("subject"):
        return None
    return Subject(found["weight"], found["height"], found.get("bsa") or mosteller(found["weight"], found["height"]))


def _endpoints(texts: Sequence[str], visits: dict[str, float], notes: Notes) -> Iterator[tuple[Loc, Endpoint]]:
    for index, text in enumerate(texts):
        with contextlib.suppress(Unreadable):
            yield ("endpoints", index), notes.read(("endpoints", index), partial(parse_endpoint, text, visits))

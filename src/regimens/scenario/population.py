"""The population of a scenario: counts, bodies, variability and correlations, or real people from a CSV file."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.errors import InputFileError, RegimensError, did_you_mean
from regimens.model.declaration import Correlation, Model, Parameter
from regimens.model.parameters import positive_definite
from regimens.population import Bodies, People, Population, Spread
from regimens.population.draw import SIZES
from regimens.population.uncertainty import most_draws
from regimens.population.values import FEMALE, MALE
from regimens.scenario.people import SIZE_RANGE, read_people
from regimens.scenario.peopleschema import BodyShape, PopulationShape, SizeBySexShape, SizeShape
from regimens.units import parse_quantity
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.beside import Beside
    from regimens.scenario.values import Scenario


def reduced(scenario: Scenario, subjects: int | None = None, draws: int | None = None) -> Scenario:
    """Return `scenario` with only its first subjects, parameter draws or both; RegimensError if it has not so many."""
    whole = scenario.population
    if whole is None or (subjects in (None, whole.subjects) and draws in (None, whole.draws)):
        return scenario
    for noun, wanted, there in (("subjects", subjects, whole.subjects), ("draws", draws, whole.draws)):
        if wanted is not None and wanted > there:
            raise RegimensError(
                f"{scenario.path}: {wanted} {noun} are asked for, but its population has {there}. Change the file."
            )
    population = replace(whole, subjects=subjects or whole.subjects, draws=draws or whole.draws)
    individuals = min(scenario.individuals, population.subjects)
    return replace(scenario, population=population, individuals=individuals, reduced_from=whole)


def read_population(
    shape: PopulationShape | None, models: Sequence[Model], every_model: bool, beside: Beside, notes: Notes
) -> Population | None:
    """Return the population; None where there is none or it cannot be read.

    A name that none of the `models` has is refused if they are all models of the scenario.
    """
    if shape is None:
        return None
    loc: Loc = ("population",)
    parameters = {parameter.name: parameter for model in models for parameter in model.parameters}
    people = _people(shape, parameters, every_model, beside, notes)
    read = {} if people is None else people.given
    for name in shape.cv:
        if every_model and name not in parameters:
            advice = did_you_mean(name, parameters)
            notes.add((*loc, "cv", name), f"Unknown parameter '{name}': no model of this scenario has it.", advice, key=True)
        elif name in parameters and shape.cv[name] > 0 and parameters[name].value <= 0:
            found = f"'{name}' cannot vary log-normally: its typical value is {parameters[name].value:g}."
            notes.add((*loc, "cv", name), found, "Leave it out: the subjects share the value.")
        elif name in read:
            notes.add(
                (*loc, "cv", name), f"'{name}' is read from '{shape.people}', not drawn.", "Leave one of them out.", key=True
            )
    correlations = _correlations(shape, models, every_model, read, notes)
    _check_draws(shape, models, notes)
    bodies = None if shape.body is None else _bodies(shape.body, notes)
    if people is None and shape.subjects is None:
        if shape.people is None:
            found = "The population does not say how many subjects it has."
            notes.add(loc, found, "Add for example 'subjects: 50'.", key=True, lacking=loc)
        return None
    if people is not None and shape.subjects not in (None, len(people.weight_kg)):
        found = f"'{shape.people}' has {len(people.weight_kg)} people, but 'subjects' says {shape.subjects}."
        notes.add((*loc, "subjects"), found, "Leave 'subjects' out: all people of the file are simulated.")
    if people is not None and bodies is not None:
        notes.add((*loc, "body"), "Bodies are both drawn ('body') and read ('people').", "Leave one of them out.", key=True)
    subjects = len(people) if people is not None else shape.subjects or 1
    return Population(subjects, shape.seed, shape.draws, shape.cv, correlations, bodies, people)


def _check_draws(shape: PopulationShape, models: Sequence[Model], notes: Notes) -> None:
    for model in models:
        most = most_draws(model)
        if most is not None and shape.draws > most:
            found = f"{shape.draws} parameter draws are asked for, but the fit of '{model.name}' has {most}."
            notes.add(("population", "draws"), found, f"Ask for at most {most}.")
            return


def _correlations(
    shape: PopulationShape, models: Sequence[Model], every_model: bool, read: Collection[str], notes: Notes
) -> tuple[Correlation, ...]:
    """Return the correlations; notes names of what does not vary, or is `read` and not drawn."""
    found = []
    sizes = [name for name in SIZES if shape.body is not None and getattr(shape.body, name) is not None]
    for place, entry in enumerate(shape.correlations):
        loc: Loc = ("population", "correlations", place, "between")
        known = [*sizes, *(p.name for m in models for p in m.parameters if shape.cv.get(p.name, p.cv) > 0)]
        for end, name in enumerate(entry.between):
            if name in read:
                notes.add((*loc, end), f"'{name}' is read from '{shape.people}', not drawn, so it cannot be correlated.")
            elif every_model and notes.sound("population", "cv") and name not in known:
                notes.add((*loc, end), f"'{name}' does not vary between subjects.", did_you_mean(name, known))
        if entry.between[0] == entry.between[1]:
            notes.add(loc, f"'{entry.between[0]}' is correlated with itself.", "Name two.")
        found.append(Correlation((entry.between[0], entry.between[1]), entry.value))
    fine = all(notes.sound(*loc) for loc in (("population", "correlations"), ("population", "cv"), ("models",)))
    if fine and not all(positive_definite([*model.correlations, *found]) for model in models):
        notes.add(("population", "correlations"), "No population can have all of these correlations at once.", "Weaken some.")
    return tuple(found)


def _bodies(shape: BodyShape, notes: Notes) -> Bodies:
    if shape.female is None:
        for name in SIZES:
            if isinstance(getattr(shape, name), SizeBySexShape):
                advice = "Add 'female', the share of women."
                found = f"The {name} depends on sex, but the share of women is not given."
                notes.add(("population", "body", name), found, advice, lacking=("population", "body"))
    return Bodies(shape.female, *(_by_sex(getattr(shape, name), name, notes) for name in SIZES))


def _by_sex(shape: SizeShape | SizeBySexShape | None, name: str, notes: Notes) -> dict[str, Spread] | None:
    if shape is None:
        return None
    loc: Loc = ("population", "body", name)
    given = {FEMALE: shape, MALE: shape} if isinstance(shape, SizeShape) else {FEMALE: shape.female, MALE: shape.male}
    found = {}
    for sex, size in given.items():
        where = loc if isinstance(shape, SizeShape) else (*loc, sex)
        with contextlib.suppress(Unreadable):
            found[sex] = _spread(size, name, where, notes)
        if isinstance(shape, SizeShape):
            return dict.fromkeys(given, found[sex]) if found else None
    return found if len(found) == len(given) else None


def _spread(shape: SizeShape, name: str, loc: Loc, notes: Notes) -> Spread:
    unit, smallest, largest = SIZE_RANGE[name]

    def read(text: str, where: Loc) -> float:
        value = float(notes.read(where, lambda: parse_quantity(text, [unit]))[0])
        if not smallest <= value <= largest:
            notes.add(where, f"'{text}' is not a possible {name}.", f"From {smallest:g} to {largest:g} {unit} is accepted.")
            raise Unreadable
        return value

    typical = read(shape.typical, (*loc, "typical"))
    if shape.bounds is None:
        return Spread.three_deviations(typical, shape.cv)
    low, high = (read(text, (*loc, "bounds", end)) for end, text in enumerate(shape.bounds))
    if not low <= typical <= high:
        notes.add((*loc, "typical"), f"'{shape.typical}' lies outside its bounds, {low:g} to {high:g} {unit}.")
        raise Unreadable
    return Spread(typical, shape.cv, low, high)


def _people(
    shape: PopulationShape, parameters: Mapping[str, Parameter], every_model: bool, beside: Beside, notes: Notes
) -> People | None:
    loc: Loc = ("population", "people")
    if beside.people is not None:
        for name in beside.people.given:
            if every_model and name not in parameters:
                advice = did_you_mean(name, parameters)
                notes.add(loc, f"Unknown parameter '{name}' of the people: no model of this scenario has it.", advice)
        return beside.people
    if shape.people is None:
        return None
    try:
        return read_people(beside.file(shape.people, loc, notes), parameters)
    except InputFileError as error:
        notes.add(loc, f"The people of '{shape.people}' cannot be used:\n{error}")
    except Unreadable:
        pass
    return None

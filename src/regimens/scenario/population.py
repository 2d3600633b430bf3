"""The population of a scenario: counts, bodies, variability and correlations, or real people from a CSV file."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from regimens.csvfile import Row, Table, read_table
from regimens.errors import InputFileError, Problem, RegimensError, did_you_mean
from regimens.model.correlations import positive_definite
from regimens.model.declaration import Correlation, Model, Parameter
from regimens.population import Bodies, People, Population, Spread
from regimens.population.draw import SIZES
from regimens.population.uncertainty import most_draws
from regimens.population.values import FEMALE, MALE
from regimens.scenario.file import BodyShape, PopulationShape, SizeBySexShape, SizeShape
from regimens.scenario.values import Scenario
from regimens.subject import mosteller_m2
from regimens.units import parse_quantity
from regimens.yamlfile.notes import Loc, Notes, Unreadable

PEOPLE_COLUMNS = ("weight_kg", "height_cm", "bsa_m2", "sex", "subject")
"""Columns of a file of people, beside parameters of the models."""

SIZE_RANGE = {"weight": ("kg", 1.0, 400.0), "height": ("cm", 30.0, 250.0)}
"""Unit, smallest and largest of a size that is taken for one of a body."""


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


def read_population(shape: PopulationShape | None, models: Sequence[Model], notes: Notes) -> Population | None:
    """Return the population; None where there is none or it cannot be read."""
    if shape is None:
        return None
    loc: Loc = ("population",)
    parameters = {parameter.name: parameter for model in models for parameter in model.parameters}
    people = None if shape.people is None else _people(shape, parameters, notes)
    read = {} if people is None else people.given
    for name in shape.cv:
        if models and name not in parameters:
            advice = did_you_mean(name, parameters)
            notes.add((*loc, "cv", name), f"'{name}' is no parameter of the models of this scenario.", advice, key=True)
        elif name in parameters and shape.cv[name] > 0 and parameters[name].value <= 0:
            found = f"'{name}' cannot vary log-normally: its typical value is {parameters[name].value:g}."
            notes.add((*loc, "cv", name), found, "Leave it out: the subjects share the value.")
        elif name in read:
            notes.add(
                (*loc, "cv", name), f"'{name}' is read from '{shape.people}', not drawn.", "Leave one of them out.", key=True
            )
    correlations = _correlations(shape, models, read, notes)
    _check_draws(shape, models, notes)
    bodies = None if shape.body is None else _bodies(shape.body, notes)
    if people is None and shape.subjects is None:
        if shape.people is None:
            notes.add(loc, "The population does not say how many subjects it has.", "Add for example 'subjects: 50'.", key=True)
        return None
    if people is not None and shape.subjects not in (None, len(people.weight_kg)):
        found = f"'{shape.people}' has {len(people.weight_kg)} people, but 'subjects' says {shape.subjects}."
        notes.add((*loc, "subjects"), found, "Leave 'subjects' out: all people of the file are simulated.")
    if people is not None and bodies is not None:
        notes.add((*loc, "body"), "Bodies are both drawn ('body') and read ('people').", "Leave one of them out.", key=True)
    subjects = shape.subjects if people is None else len(people.weight_kg)
    return Population(subjects, shape.seed, shape.draws, shape.cv, correlations, bodies, people)


def population_words(population: Population | None, models: Sequence[Model] = ()) -> tuple[str, ...]:
    """Return what is assumed of the subjects, as sentences."""
    if population is None:
        return ()
    correlated = _correlation_words(population, models)
    said = [
        "Subjects differ log-normally around typical values, truncated to the bounds that the model files give; parameters are "
        "independent of each other between subjects" + (" but for the stated correlations." if correlated else ".")
    ]
    if population.draws > 1:
        said.append(
            f"Each of the {population.draws} parameter draws has {population.subjects} subjects of its own, so that confidence "
            "intervals and probabilities also hold the chance among so many subjects, which makes them more cautious, the more "
            "so the fewer there are."
        )
    if population.cv:
        listed = ", ".join(f"{name} {cv:.4g}" for name, cv in population.cv.items())
        said.append(f"Between-subject CVs of this scenario in place of the model files': {listed}.")
    if correlated:
        said.append(f"Correlations between the standings of a subject: {', '.join(correlated)}.")
    if population.people is not None:
        columns = ", ".join(["weight", "body surface area", *population.people.given])
        said.append(f"The subjects' {columns} are those of {population.people.path}; all else about them is drawn.")
    if population.bodies is not None:
        said += _bodies_words(population.bodies)
    return tuple(said)


def _correlation_words(population: Population, models: Sequence[Model]) -> list[str]:
    """Return every correlation that subjects are drawn with: the scenario's, then those of models that it does not replace."""
    replaced = {frozenset(c.between) for c in population.correlations}
    declared = [(c, model.name) for model in models for c in model.correlations if frozenset(c.between) not in replaced]
    said = [(c, "") for c in population.correlations] + [(c, f" (model file of '{name}')") for c, name in declared]
    return [f"{' and '.join(c.between)} {c.value:.4g}{where}" for c, where in said]


def _bodies_words(bodies: Bodies) -> list[str]:
    said = [] if bodies.female is None else [f"{bodies.female:.0%} of the subjects are women."]
    for name, spreads in (("Weight", bodies.weight), ("Height", bodies.height)):
        if spreads is not None:
            unit = SIZE_RANGE[name.lower()][0]
            alike = spreads[FEMALE] == spreads[MALE]
            whose = {"": spreads[FEMALE]} if alike else {"of women ": spreads[FEMALE], "of men ": spreads[MALE]}
            each = [
                f"{who}{size.typical:.4g} {unit} with a CV of {size.cv:.4g}, never outside {size.low:.4g} to {size.high:.4g}"
                for who, size in whose.items()
            ]
            said.append(f"{name} is log-normal: {'; '.join(each)} {unit}.")
    return said


def _check_draws(shape: PopulationShape, models: Sequence[Model], notes: Notes) -> None:
    for model in models:
        most = most_draws(model)
        if most is not None and shape.draws > most:
            found = f"{shape.draws} parameter draws are asked for, but the fit of '{model.name}' has {most}."
            notes.add(("population", "draws"), found, f"Ask for at most {most}.")
            return


def _correlations(
    shape: PopulationShape, models: Sequence[Model], read: Collection[str], notes: Notes
) -> tuple[Correlation, ...]:
    """Return the correlations; notes names of what does not vary, or is `read` and not drawn."""
    found = []
    sizes = [name for name in SIZES if shape.body is not None and getattr(shape.body, name) is not None]
    for place, entry in enumerate(shape.correlations):
        loc: Loc = ("population", "correlations", place, "between")
        known = [*sizes, *(p.name for m in models for p in m.parameters if shape.cv.get(p.name, p.cv) > 0)]
        for end, name in enumerate(entry.between):
            if name in read:
                notes.add((*loc, end), f"'{name}' is read from '{shape.people}', not drawn: nothing can be made to go with it.")
            elif models and name not in known:
                notes.add((*loc, end), f"'{name}' is nothing that varies between subjects.", did_you_mean(name, known))
        if entry.between[0] == entry.between[1]:
            notes.add(loc, f"'{entry.between[0]}' is correlated with itself.", "Name two.")
        found.append(Correlation((entry.between[0], entry.between[1]), entry.value))
    if not notes.problems and not all(positive_definite([*model.correlations, *found]) for model in models):
        notes.add(("population", "correlations"), "No population can have all of these correlations at once.", "Weaken some.")
    return tuple(found)


def _bodies(shape: BodyShape, notes: Notes) -> Bodies:
    if shape.female is None:
        for name in SIZES:
            if isinstance(getattr(shape, name), SizeBySexShape):
                advice = "Add 'female', the share of women."
                notes.add(
                    ("population", "body", name), f"The {name} depends on sex, but the share of women is not given.", advice
                )
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
            notes.add(where, f"'{text}' is no {name} of a body.", f"From {smallest:g} to {largest:g} {unit} is accepted.")
            raise Unreadable
        return value

    typical = read(shape.typical, (*loc, "typical"))
    if shape.bounds is None:
        factor = math.exp(3.0 * math.sqrt(math.log1p(shape.cv**2)))
        return Spread(typical, shape.cv, typical / factor, typical * factor)
    low, high = (read(text, (*loc, "bounds", end)) for end, text in enumerate(shape.bounds))
    if not low <= typical <= high:
        notes.add((*loc, "typical"), f"'{shape.typical}' lies outside its bounds, {low:g} to {high:g} {unit}.")
        raise Unreadable
    return Spread(typical, shape.cv, low, high)


def _people(shape: PopulationShape, parameters: dict[str, Parameter], notes: Notes) -> People | None:
    loc: Loc = ("population", "people")
    path = Path(notes.located.path).parent / shape.people
    try:
        table = read_table(path, ("weight_kg",), (*PEOPLE_COLUMNS, *parameters))
        return _people_of(table, parameters)
    except InputFileError as error:
        notes.add(loc, f"The people of '{shape.people}' cannot be used:\n{error}")
        return None


def _people_of(table: Table, parameters: dict[str, Parameter]) -> People:
    problems: list[Problem] = []
    rows = table.rows
    heading = set(table.heading)
    if not rows:
        problems.append(Problem("The file has no people.", "One row a person is needed."))
    if rows and not {"height_cm", "bsa_m2"} & heading:
        problems.append(Problem("There is neither a column 'height_cm' nor 'bsa_m2'.", "Body surface area needs one of them.", 1))
    limits = {"weight_kg": SIZE_RANGE["weight"][1:], "height_cm": SIZE_RANGE["height"][1:], "bsa_m2": (0.2, 4.0)}
    limits |= {name: (parameter.low, parameter.high) for name, parameter in parameters.items()}
    found = {name: np.array([_number(row, name, limits[name], problems) for row in rows]) for name in limits if name in heading}
    sexes = tuple(_sex(row, problems) for row in rows)
    if problems:
        raise InputFileError(table.path, problems, table.text)
    height = found.get("height_cm", np.full(len(rows), np.nan))
    bsa = found["bsa_m2"] if "bsa_m2" in found else mosteller_m2(found["weight_kg"], height)
    given = {name: values for name, values in found.items() if name in parameters}
    return People(table.path, table.digest, found["weight_kg"], bsa, height, sexes, given)


def _number(row: Row, column: str, limits: tuple[float, float], problems: list[Problem]) -> float:
    low, high = limits
    try:
        value = float(row[column])
    except ValueError:
        problems.append(row.problem(column, f"'{row[column]}' is no number.", f"From {low:g} to {high:g} is accepted."))
        return math.nan
    if not low <= value <= high:
        problems.append(row.problem(column, f"'{row[column]}' is no usable {column}.", f"From {low:g} to {high:g} is accepted."))
    return value


def _sex(row: Row, problems: list[Problem]) -> str:
    if row["sex"] not in ("", FEMALE, MALE):
        problems.append(row.problem("sex", f"'{row['sex']}' is no sex known here.", "Write 'female', 'male' or nothing."))
    return row["sex"]

"""Drawing subjects: log-normal around typical values, keyed by subject, parameter draw and what the number is for.

A number is keyed by subject and purpose, never by worker or batch: growing a population keeps its first subjects, more
parameter draws keep the first ones, and two models that share a parameter give a subject the same z-score in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from regimens.chance import normals, uniforms
from regimens.model.parameters import Parameters, matrix_of
from regimens.population.cohort import Cohort, cohort_of
from regimens.population.values import FEMALE, MALE, Floats, Population, Spread
from regimens.subject import Subject, mosteller_m2

if TYPE_CHECKING:
    from regimens.model.declaration import Correlation, Model, Parameter

SIZES = ("weight", "height")
"""Sizes of the body that may be correlated with each other and with parameters."""


@dataclass(frozen=True)
class Block:
    """Some subjects of one parameter draw: `count` of them from subject `first` on."""

    draw: int
    first: int
    count: int


def draw_subjects(
    population: Population | Cohort | None,
    model: Model,
    subject: Subject,
    centre: Floats | None = None,
    block: Block | None = None,
) -> Parameters:
    """Return the parameters and bodies of subjects: log-normal around the typical values with the CVs of the model file.

    Without a population, the one typical subject. `centre` (parameters,) are the typical values, those of the model if not
    given; `block` says which subjects, all of parameter draw 0 if not given. A CV of c is a standard deviation of
    sqrt(log(1 + c^2)) on the log scale, around the typical value; the distribution is truncated to the bounds of the model
    file, by its quantiles, so that no subject has, say, a bioavailability above 1.
    """
    population = cohort_of(population).population
    names = tuple(parameter.name for parameter in model.parameters)
    typical = np.array([parameter.value for parameter in model.parameters]) if centre is None else centre
    if population is None:
        return Parameters(names, typical[None, :], np.array([float(subject.weight_kg)]), np.array([float(subject.bsa_m2)]))
    block = block or Block(0, 0, population.subjects)
    varying = {p.name: p.cv for p in model.parameters if population.cv.get(p.name, p.cv) > 0}
    z_scores = _z_scores(population, block, varying, (*model.correlations, *population.correlations))
    values = np.tile(typical, (block.count, 1))
    for column, parameter in enumerate(model.parameters):
        given = None if population.people is None else population.people.given.get(parameter.name)
        if given is not None:
            values[:, column] = given[block.first : block.first + block.count]
        elif parameter.name in varying:
            cv = population.cv.get(parameter.name, parameter.cv)
            values[:, column] = within_bounds(parameter, z_scores[parameter.name], cv, typical[column])
    bodies = bodies_of(population, subject, block)
    return Parameters(names, values, bodies.weight_kg, bodies.bsa_m2)


def within_bounds(parameter: Parameter, z_scores: Floats, cv: float | None = None, typical: float | None = None) -> Floats:
    """Return the values of subjects with standard normal `z_scores`: log-normal around the typical value, inside the bounds."""
    cv, typical = parameter.cv if cv is None else cv, parameter.value if typical is None else typical
    return _log_normal(Spread(typical, cv, parameter.low, parameter.high), z_scores)


def _log_normal(spread: Spread, z_scores: Floats) -> Floats:
    width = np.sqrt(np.log1p(spread.cv**2))
    if width == 0.0:
        return np.full(len(z_scores), spread.typical)
    low, high = (ndtr(np.log(bound / spread.typical) / width) if bound > 0 else 0.0 for bound in (spread.low, spread.high))
    share = np.clip(low + ndtr(z_scores) * (high - low), 1e-12, 1.0 - 1e-12)
    drawn: Floats = spread.typical * np.exp(width * ndtri(share))
    return drawn


@dataclass(frozen=True, eq=False)
class BodiesDrawn:
    """Sex ('' where not asked about), weight (kg), height (cm) and body surface area (m2) of subjects."""

    sex: npt.NDArray[np.object_]
    weight_kg: Floats
    height_cm: Floats
    bsa_m2: Floats


def bodies_of(population: Population | Cohort | None, subject: Subject, block: Block) -> BodiesDrawn:
    """Return the bodies of subjects: given people, drawn ones, or the scenario's subject for everyone.

    A body is the same under every model: where a parameter is correlated with a size, the parameter's z-score is mixed.
    """
    population = cohort_of(population).population
    rows = slice(block.first, block.first + block.count)
    people, bodies = (None, None) if population is None else (population.people, population.bodies)
    if people is not None:
        return BodiesDrawn(
            np.array(people.sex, dtype=object)[rows], people.weight_kg[rows], people.height_cm[rows], people.bsa_m2[rows]
        )
    sizes = {"weight": np.full(block.count, float(subject.weight_kg)), "height": np.full(block.count, float(subject.height_cm))}
    sex = np.full(block.count, "", dtype=object)
    if population is None or bodies is None:
        return BodiesDrawn(sex, sizes["weight"], sizes["height"], np.full(block.count, float(subject.bsa_m2)))
    z_scores = _z_scores(population, block, SIZES, [c for c in population.correlations if set(c.between) <= set(SIZES)])
    woman = np.ones(block.count, dtype=bool)
    if bodies.female is not None:
        woman = uniforms(population.seed, "sex", block.count, first=block.first, replicate=block.draw) < bodies.female
        sex = np.where(woman, FEMALE, MALE).astype(object)
    for name, spreads in (("weight", bodies.weight), ("height", bodies.height)):
        if spreads is not None:
            sizes[name] = np.where(woman, *(_log_normal(spreads[which], z_scores[name]) for which in (FEMALE, MALE)))
    return BodiesDrawn(sex, sizes["weight"], sizes["height"], mosteller_m2(sizes["weight"], sizes["height"]))


def _z_scores(
    population: Population, block: Block, names: Iterable[str], correlations: Sequence[Correlation]
) -> dict[str, Floats]:
    """Return a standard normal number per subject for every name; correlated ones are mixed, the others stay as drawn.

    Everything that is correlated is drawn, even what is not among `names`: a z-score depends on the correlations, not on what
    else a model has. Sizes of the body come first, so that they are mixed with each other only.
    """
    # A later correlation of the same pair (the scenario's) replaces an earlier one (the model's).
    pairs = {frozenset(c.between): c.value for c in correlations}
    mixed = sorted({name for pair in pairs for name in pair}, key=lambda name: (name not in SIZES, name))
    everything = dict.fromkeys([*names, *mixed])
    # The purpose is a key of the random stream: another wording would draw other subjects.
    drawn: dict[str, Floats] = {
        name: normals(population.seed, f"standing in {name}", block.count, first=block.first, replicate=block.draw)
        for name in everything
    }
    if mixed:
        root = np.linalg.cholesky(matrix_of(mixed, pairs))
        for row, name in enumerate(mixed):
            terms = [root[row, column] * drawn[mixed[column]] for column in range(row + 1)]
            drawn[name + " mixed"] = sum(terms[1:], terms[0])
        drawn |= {name: drawn.pop(name + " mixed") for name in mixed}
    return drawn

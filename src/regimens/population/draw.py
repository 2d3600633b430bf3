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

from regimens.chance import normals_of, uniforms_of
from regimens.model.parameters import Parameters, matrix_of
from regimens.population.cohort import Cohort, cohort_of
from regimens.population.values import FEMALE, MALE, Floats, Population, Spread
from regimens.subject import Subject, mosteller_m2

if TYPE_CHECKING:
    from regimens.model.declaration import Correlation, Model, Parameter

Integers = npt.NDArray[np.int64]

SIZES = ("weight", "height")
"""Sizes of the body that may be correlated with each other and with parameters."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Subjects of parameter draws: `draw` and `subject` of every run, (runs,), both counted from 0."""

    draw: Integers
    subject: Integers

    @classmethod
    def of(cls, draw: int, first: int, count: int) -> Runs:
        """Return `count` subjects of one parameter draw, from subject `first` on."""
        return cls(np.full(count, draw), np.arange(first, first + count))

    def __len__(self) -> int:
        return len(self.draw)

    def normals(self, seed: int, purpose: str) -> Floats:
        """Return a standard normal number for every run."""
        return normals_of(seed, purpose, self.subject, self.draw)


def draw_subjects(
    population: Population | Cohort | None,
    model: Model,
    subject: Subject,
    centre: Floats | None = None,
    runs: Runs | None = None,
) -> Parameters:
    """Return the parameters and bodies of subjects: log-normal around the typical values with the CVs of the model file.

    Without a population, the one typical subject. `centre` are the typical values, (parameters,) or (runs, parameters), those of
    the model if not given; `runs` says which subjects, all of parameter draw 0 if not given. A CV of c is a standard deviation
    of sqrt(log(1 + c^2)) on the log scale, around the typical value; the distribution is truncated to the bounds of the model
    file, by its quantiles, so that no subject has, say, a bioavailability above 1.
    """
    population = cohort_of(population).population
    names = tuple(parameter.name for parameter in model.parameters)
    typical = np.array([parameter.value for parameter in model.parameters]) if centre is None else centre
    if population is None:
        values = np.array(np.atleast_2d(typical))
        sizes = (np.full(len(values), float(size)) for size in (subject.weight_kg, subject.bsa_m2))
        return Parameters(names, values, *sizes)
    runs = runs or Runs.of(0, 0, population.subjects)
    varying = {p.name: p.cv for p in model.parameters if population.cv.get(p.name, p.cv) > 0}
    z_scores = _z_scores(population, runs, varying, (*model.correlations, *population.correlations))
    values = np.array(np.broadcast_to(typical, (len(runs), len(names))))
    for column, parameter in enumerate(model.parameters):
        given = None if population.people is None else population.people.given.get(parameter.name)
        if given is not None:
            values[:, column] = np.asarray(given)[runs.subject]
        elif parameter.name in varying:
            cv = population.cv.get(parameter.name, parameter.cv)
            values[:, column] = within_bounds(parameter, z_scores[parameter.name], cv, typical[..., column])
    bodies = bodies_of(population, subject, runs)
    return Parameters(names, values, bodies.weight_kg, bodies.bsa_m2)


def within_bounds(
    parameter: Parameter, z_scores: Floats, cv: float | None = None, typical: Floats | float | None = None
) -> Floats:
    """Return the values of subjects with standard normal `z_scores`: log-normal around the typical value, inside the bounds.

    `cv` and `typical` are those of the parameter if not given; `typical` may differ from subject to subject (subjects,).
    """
    cv, typical = parameter.cv if cv is None else cv, parameter.value if typical is None else typical
    return _log_normal(np.asarray(typical, dtype=float), cv, (parameter.low, parameter.high), z_scores)


def _log_normal(typical: Floats, cv: float, bounds: tuple[float, float], z_scores: Floats) -> Floats:
    width = np.sqrt(np.log1p(cv**2))
    if width == 0.0:
        return np.array(np.broadcast_to(typical, z_scores.shape))
    low, high = (ndtr(np.log(bound / typical) / width) if bound > 0 else 0.0 for bound in bounds)
    share = np.clip(low + ndtr(z_scores) * (high - low), 1e-12, 1.0 - 1e-12)
    drawn: Floats = typical * np.exp(width * ndtri(share))
    return drawn


@dataclass(frozen=True, eq=False)
class BodiesDrawn:
    """Sex ('' where not asked about), weight (kg), height (cm) and body surface area (m2) of subjects."""

    sex: npt.NDArray[np.object_]
    weight_kg: Floats
    height_cm: Floats
    bsa_m2: Floats


def bodies_of(population: Population | Cohort | None, subject: Subject, runs: Runs) -> BodiesDrawn:
    """Return the bodies of subjects: given people, drawn ones, or the scenario's subject for everyone.

    A body is the same under every model: where a parameter is correlated with a size, the parameter's z-score is mixed.
    """
    population = cohort_of(population).population
    people, bodies = (None, None) if population is None else (population.people, population.bodies)
    if people is not None:
        own = (np.asarray(column)[runs.subject] for column in (people.weight_kg, people.height_cm, people.bsa_m2))
        return BodiesDrawn(np.array(people.sex, dtype=object)[runs.subject], *own)
    sizes = {"weight": np.full(len(runs), float(subject.weight_kg)), "height": np.full(len(runs), float(subject.height_cm))}
    sex = np.full(len(runs), "", dtype=object)
    if population is None or bodies is None:
        return BodiesDrawn(sex, sizes["weight"], sizes["height"], np.full(len(runs), float(subject.bsa_m2)))
    z_scores = _z_scores(population, runs, SIZES, [c for c in population.correlations if set(c.between) <= set(SIZES)])
    woman = np.ones(len(runs), dtype=bool)
    if bodies.female is not None:
        woman = uniforms_of(population.seed, "sex", runs.subject, runs.draw) < bodies.female
        sex = np.where(woman, FEMALE, MALE).astype(object)
    for name, spreads in (("weight", bodies.weight), ("height", bodies.height)):
        if spreads is not None:
            sizes[name] = np.where(woman, *(_size(spreads[which], z_scores[name]) for which in (FEMALE, MALE)))
    return BodiesDrawn(sex, sizes["weight"], sizes["height"], mosteller_m2(sizes["weight"], sizes["height"]))


def _size(spread: Spread, z_scores: Floats) -> Floats:
    return _log_normal(np.asarray(spread.typical), spread.cv, (spread.low, spread.high), z_scores)


def _z_scores(population: Population, runs: Runs, names: Iterable[str], correlations: Sequence[Correlation]) -> dict[str, Floats]:
    """Return a standard normal number per subject for every name; correlated ones are mixed, the others stay as drawn.

    Everything that is correlated is drawn, even what is not among `names`: a z-score depends on the correlations, not on what
    else a model has. Sizes of the body come first, so that they are mixed with each other only.
    """
    # A later correlation of the same pair (the scenario's) replaces an earlier one (the model's).
    pairs = {frozenset(c.between): c.value for c in correlations}
    mixed = sorted({name for pair in pairs for name in pair}, key=lambda name: (name not in SIZES, name))
    everything = dict.fromkeys([*names, *mixed])
    # The purpose is a key of the random stream: another wording would draw other subjects.
    drawn = {name: runs.normals(population.seed, f"standing in {name}") for name in everything}
    if mixed:
        root = np.linalg.cholesky(matrix_of(mixed, pairs))
        for row, name in enumerate(mixed):
            terms = [root[row, column] * drawn[mixed[column]] for column in range(row + 1)]
            drawn[name + " mixed"] = sum(terms[1:], terms[0])
        drawn |= {name: drawn.pop(name + " mixed") for name in mixed}
    return drawn

"""What a population is: how many subjects, how they differ, and how often the parameters behind them are drawn anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from regimens.model.declaration import Correlation

FEMALE, MALE = "female", "male"


@dataclass(frozen=True)
class Spread:
    """A log-normal size of the body: median `typical`, `cv`, truncated to `low` and `high`, in kg or cm."""

    typical: float
    cv: float
    low: float
    high: float


@dataclass(frozen=True)
class Bodies:
    """How bodies differ: the share of women, weight (kg) and height (cm) of each sex.

    `female` is None where sex is not asked about; then both sexes have the same spreads. A size that is None is that of
    the scenario's subject. Body surface area follows by Mosteller.
    """

    female: float | None = None
    weight: Mapping[str, Spread] | None = None
    height: Mapping[str, Spread] | None = None


@dataclass(frozen=True, eq=False)
class People:
    """Real people, the same in every parameter draw: (subjects,) arrays of weight (kg), body surface area (m2) and, where
    they are known, height (cm; else NaN) and sex ('' where unknown); `given` maps parameters of models to their values.
    `path` and `digest` (SHA-256) are of the file.
    """

    path: str
    digest: str
    weight_kg: np.ndarray = field(repr=False)
    bsa_m2: np.ndarray = field(repr=False)
    height_cm: np.ndarray = field(repr=False)
    sex: tuple[str, ...] = field(repr=False)
    given: Mapping[str, np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class Population:
    """Virtual subjects, and the parameter draws in each of which `subjects` of them are drawn anew.

    With one draw, parameters are taken as known, at their typical values. `cv` and `correlations` (of standings, between
    parameters, or with 'weight' and 'height') override what a model says.
    """

    subjects: int
    seed: int
    draws: int = 1
    cv: Mapping[str, float] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    bodies: Bodies | None = None
    people: People | None = None

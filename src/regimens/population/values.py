"""What a population is: how many subjects, how they differ, and how often the parameters behind them are drawn anew."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.errors import RegimensError

if TYPE_CHECKING:
    from regimens.model.declaration import Correlation

Floats = npt.NDArray[np.float64]

FEMALE, MALE = "female", "male"


@dataclass(frozen=True)
class Spread:
    """A log-normal size of the body: median `typical`, `cv`, truncated to `low` and `high`, in kg or cm."""

    typical: float
    cv: float
    low: float
    high: float

    @classmethod
    def three_deviations(cls, typical: float, cv: float) -> Spread:
        """Return the spread whose bounds are three standard deviations (of the logarithm) either way."""
        factor = math.exp(3.0 * math.sqrt(math.log1p(cv**2)))
        return cls(typical, cv, typical / factor, typical * factor)


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

    `ids` are what the file calls them, each once; empty where it does not name them. `unused` are the columns of the file
    that nothing is read from, and `note` says how its cells were separated if not by commas. `path` and `digest` (SHA-256) are
    of the file. People are equal if their values and ids are.
    """

    path: str
    digest: str
    weight_kg: Floats = field(repr=False)
    bsa_m2: Floats = field(repr=False)
    height_cm: Floats = field(repr=False)
    sex: tuple[str, ...] = field(repr=False)
    given: Mapping[str, Floats] = field(repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)
    unused: tuple[str, ...] = field(default=(), repr=False)
    note: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        count = len(self.weight_kg)
        if count == 0:
            raise RegimensError("People need at least one person, found none.")
        columns: dict[str, Sized] = {"bsa_m2": self.bsa_m2, "height_cm": self.height_cm, "sex": self.sex, **self.given}
        columns |= {"ids": self.ids} if self.ids else {}
        for name, values in columns.items():
            if len(values) != count:
                raise RegimensError(f"'weight_kg' has {count} people, '{name}' has {len(values)}.")
        if len(set(self.ids)) < len(self.ids):
            repeated = next(name for index, name in enumerate(self.ids) if name in self.ids[:index])
            raise RegimensError(f"Two people have the id '{repeated}'. Every person needs an id of their own.")

    def __len__(self) -> int:
        return len(self.weight_kg)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, People):
            return NotImplemented
        return (
            (self.sex, self.ids, list(self.given)) == (other.sex, other.ids, list(other.given))
            and all(np.array_equal(self.given[name], other.given[name]) for name in self.given)
            and np.array_equal(self.weight_kg, other.weight_kg)
            and np.array_equal(self.bsa_m2, other.bsa_m2)
            and np.array_equal(self.height_cm, other.height_cm, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash((self.sex, self.ids, self.weight_kg.tobytes()))


@dataclass(frozen=True)
class Population:
    """Virtual subjects, and the parameter draws in each of which `subjects` of them are drawn anew.

    With one draw, parameters are taken as known, at their typical values. `cv` and `correlations` (of z-scores, between
    parameters, or with 'weight' and 'height') override what a model says. RegimensError for counts that cannot be.

    >>> Population(subjects=50, seed=1, draws=100)
    Population(subjects=50, seed=1, draws=100, cv={}, correlations=(), bodies=None, people=None)
    """

    subjects: int
    seed: int
    draws: int = 1
    cv: Mapping[str, float] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    bodies: Bodies | None = None
    people: People | None = None

    def __post_init__(self) -> None:
        for name, least in (("subjects", 1), ("seed", 0), ("draws", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise RegimensError(f"'{name}' of a population must be a whole number of at least {least}, found {value!r}.")
        if self.people is not None and self.subjects > len(self.people):
            raise RegimensError(f"The population has {self.subjects} subjects, but {len(self.people)} people are given.")

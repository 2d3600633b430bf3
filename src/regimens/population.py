"""Populations: virtual subjects around the typical one, the same in every arm and under every model.

A draw is keyed by subject and parameter name, never by worker or batch: growing a population keeps its first subjects, and
two models that share a parameter give a subject the same standing in both.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from regimens.model.declaration import Model, Parameter
from regimens.model.parameters import Parameters
from regimens.subject import Subject


@dataclass(frozen=True)
class Population:
    """How many subjects are drawn, and the seed they are drawn with."""

    subjects: int
    seed: int
    draws: int = 1


def draw(population: Population | None, model: Model, subject: Subject) -> Parameters:
    """Return the subjects' parameters: log-normal around the typical value with the CV of the model file.

    Without a population, the one typical subject. Body size is the scenario's for everyone. A CV of c is a standard
    deviation of sqrt(log(1 + c^2)) on the log scale, around the typical value; the distribution is truncated to the
    bounds of the model file, by its quantiles, so that no subject has, say, a bioavailability above 1.
    """
    names = tuple(parameter.name for parameter in model.parameters)
    typical = np.array([parameter.value for parameter in model.parameters])
    count = 1 if population is None else population.subjects
    values = np.tile(typical, (count, 1))
    if population is not None:
        for column, parameter in enumerate(model.parameters):
            if parameter.cv > 0:
                values[:, column] = within_bounds(parameter, _standing(population, parameter.name))
    return Parameters(names, values, np.full(count, float(subject.weight_kg)), np.full(count, float(subject.bsa_m2)))


def within_bounds(parameter: Parameter, standing: np.ndarray) -> np.ndarray:
    """Return the values of subjects at standard normal `standing`: log-normal around the typical value, inside the bounds."""
    spread = np.sqrt(np.log1p(parameter.cv**2))
    low, high = (ndtr(np.log(bound / parameter.value) / spread) for bound in (parameter.low, parameter.high))
    share = np.clip(low + ndtr(standing) * (high - low), 1e-12, 1.0 - 1e-12)
    return parameter.value * np.exp(spread * ndtri(share))


def _standing(population: Population, parameter: str) -> np.ndarray:
    """Return one standard normal number per subject for a parameter."""
    purpose = zlib.crc32(parameter.encode())
    keys = (np.random.SeedSequence(population.seed, spawn_key=(subject, purpose)) for subject in range(population.subjects))
    return np.array([np.random.default_rng(key).standard_normal() for key in keys])

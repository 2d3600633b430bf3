"""A scenario as frozen values: nothing here needs another check."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from regimens.endpoints import Endpoint
from regimens.engine.trajectories import Tolerances
from regimens.evidence import Response
from regimens.exposure import Expected
from regimens.model.declaration import Model
from regimens.population import Population
from regimens.regimen import Regimen
from regimens.subject import Subject


@dataclass(frozen=True)
class Reference:
    """Where an arm's schedule was published: any of a citation in words, a DOI, a trial registration."""

    text: str = ""
    doi: str = ""
    registration: str = ""


@dataclass(frozen=True)
class Arm:
    """One regimen given to the population.

    `regimen` has its rest ranges resolved; `expected` has an entry per drug that the file says something about;
    `assumptions` are sentences about what the source leaves open; `observed` are published responses to
    this regimen, to be drawn on its curves; `line` is where the file names the arm.
    """

    name: str
    regimen: Regimen
    expected: tuple[Expected, ...] = ()
    sources: tuple[Reference, ...] = ()
    assumptions: tuple[str, ...] = ()
    observed: tuple[Response, ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Scenario:
    """Everything `compare` needs: arms, models, subjects, horizon, where to read, what to measure.

    `population` is None for one typical subject. `text` is the file as read, `digest` its SHA-256.
    """

    name: str
    title: str
    arms: tuple[Arm, ...]
    models: tuple[Model, ...]
    horizon_h: float
    observe_h: np.ndarray = field(repr=False)
    endpoints: tuple[Endpoint, ...]
    subject: Subject
    population: Population | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)
    description: str = ""
    assumptions: tuple[str, ...] = ()
    visits: tuple[tuple[str, float], ...] = ()
    text: str = field(default="", repr=False)
    digest: str = ""
    path: str = ""

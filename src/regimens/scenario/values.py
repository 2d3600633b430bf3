"""A scenario as frozen values: nothing here needs another check."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from regimens.endpoints import Endpoint
from regimens.engine.trajectories import Tolerances
from regimens.exposure import Expected, Subject
from regimens.population import Population
from regimens.regimen import Regimen


@dataclass(frozen=True)
class Reference:
    """Where an arm's schedule was published: any of a citation in words, a DOI, a trial registration."""

    text: str = ""
    doi: str = ""
    registration: str = ""


@dataclass(frozen=True)
class Arm:
    """One regimen given to the population.

    `regimen` has its rest ranges resolved; `written` is the text or the echo of the regimen as the file states it;
    `assumptions` are sentences of the file about what its source leaves open.
    """

    name: str
    regimen: Regimen
    expected: Expected | None = None
    sources: tuple[Reference, ...] = ()
    assumptions: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Scenario:
    """Everything `compare` needs: arms, models, subjects, horizon, where to read, what to measure.

    `population` is None for one typical subject. `text` is the file as read, `digest` its SHA-256.
    """

    name: str
    title: str
    arms: tuple[Arm, ...]
    models: tuple[str, ...]
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

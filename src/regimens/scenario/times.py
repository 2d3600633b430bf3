"""Reading the horizon, the grid and the visits of a scenario."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.endpoints import reads_as_time
from regimens.endpoints.times import ANY_VISIT
from regimens.scenario.around import UNKNOWN_TIME
from regimens.scenario.names import alike, fault_of
from regimens.units import parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.schema import ScenarioShape


@dataclass(frozen=True)
class Times:
    """Horizon and grid step (h, exact; None where they cannot be read), and the visits (name -> h, or UNKNOWN_TIME)."""

    horizon: Fraction | None
    step: Fraction | None
    visits: dict[str, float]


def grid(horizon: Fraction, step: Fraction) -> npt.NDArray[np.float64]:
    """Return the times (h) from 0 in steps up to the horizon, which is the last one in any case."""
    times = [float(step * k) for k in range(int(horizon / step) + 1)]
    return np.array(times if times[-1] == float(horizon) else [*times, float(horizon)])


def read_times(shape: ScenarioShape, notes: Notes) -> Times:
    """Return the times that can be read; problems are noted."""
    horizon = _duration(shape.horizon, ("horizon",), notes)
    step = _duration(shape.observing.every, ("observe", "every"), notes)
    visits = {name: _duration(text, ("visits", name), notes) for name, text in shape.visits.items()}
    for name in shape.visits:
        if fault := fault_of(name, "a visit"):
            notes.add(("visits", name), *fault, key=True)
        elif reads_as_time(name):
            advice = "Name it by what it is, for example 'week 12' or 'end of course'."
            notes.add(("visits", name), f"'{name}' reads as a time and cannot name a visit.", advice, key=True)
    names = list(shape.visits)
    for first, other in alike(names):
        line, _ = notes.located.position(("visits", names[first]), key=True)
        where = "" if line is None else f" on line {line}"
        found = f"The visits '{names[first]}'{where} and '{names[other]}' cannot be told apart."
        notes.add(("visits", names[other]), found, "Rename one of them.", key=True)
    known = {name: UNKNOWN_TIME if time is None else float(time) for name, time in visits.items()}
    if not notes.usable("visits") or (not known and notes.has_wrong_key()):
        known = {ANY_VISIT: UNKNOWN_TIME}
    return Times(horizon, step, known)


def _duration(text: str, loc: Loc, notes: Notes) -> Fraction | None:
    with contextlib.suppress(Unreadable):
        return notes.read(loc, partial(parse_duration, text))
    return None

"""The judge: scipy's LSODA at tight tolerance, restarted at every dose, on equations that Python itself evaluates.

Shares with the package the parsed formulas and nothing else: not the derivatives, not the compiled code, not the timeline.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import solve_ivp

from regimens.model.declaration import HOURS_PER, Model
from regimens.model.expression import in_formula
from regimens.regimen import DoseEvents


def _hill(x: float, ec50: float, h: float) -> float:
    if x <= 0.0:
        return 0.0
    return 1.0 / (1.0 + (ec50 / x) ** h)


class Judge:
    """One subject of `model`, with its parameters by name and its body."""

    def __init__(self, model: Model, values: dict[str, float], weight_kg: float = 70.0, bsa_m2: float = 1.8) -> None:
        self.model, self.hours = model, HOURS_PER[model.time_unit]
        self.size = {"flat": 1.0, "per kg": weight_kg, "per m2": bsa_m2}
        self.names = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "min": min, "max": max, "hill": _hill}
        arguments = ["time", *(state.name for state in model.states)]
        lines = [f"def rates({', '.join(arguments)}):"]
        lines += [f"    {d.name} = {in_formula(d.formula)}" for d in model.definitions]
        lines += [f"    return [{', '.join(in_formula(state.rate) for state in model.states)}]"]
        scope = {**self.names, **values}
        exec("\n".join(lines), scope)
        self.rates, self.values = scope["rates"], values

    def of(self, formula) -> float:
        """Return the value of a formula of parameters."""
        return eval(in_formula(formula), {**self.names, **self.values})

    def _actions(self, events: DoseEvents) -> list[tuple[float, int, float, bool]]:
        """Return (hour, state, amount or change of rate, whether it is a rate), sorted."""
        inputs = {(i.drug, i.route): i for i in self.model.inputs}
        places = [state.name for state in self.model.states]
        actions = []
        columns = (events.time_h, events.drug, events.route, events.amount, events.basis, events.cap, events.duration_h)
        for time, drug, route, amount, basis, cap, duration in zip(*columns, strict=True):
            entry = inputs[drug, route]
            start, place = time + self.of(entry.lag) * self.hours, places.index(entry.state)
            given = min(amount * self.size[basis], cap) * self.of(entry.bioavailability)
            if duration == 0.0:
                actions.append((start, place, given, False))
            else:
                actions.append((start, place, given / duration, True))
                actions.append((start + duration, place, -given / duration, True))
        return sorted(actions)

    def states(self, events: DoseEvents, times_h: np.ndarray, rtol: float = 1e-10, atol: float = 1e-10) -> np.ndarray:
        """Return (times, states); at the time of a dose, the value just before it. `times_h` ascend from 0."""
        y = np.array([self.of(state.initial) for state in self.model.states], dtype=float)
        rate = np.zeros(len(y))
        out, now = np.empty((len(times_h), len(y))), 0.0
        out[times_h <= 0.0] = y
        horizon = float(times_h[-1])
        for until, place, change, is_rate in [*self._actions(events), (horizon, 0, 0.0, False)]:
            until = min(until, horizon)
            if until > now:
                inside = (times_h > now) & (times_h <= until)
                read = solve_ivp(
                    lambda t, y, rate=rate: np.array(self.rates(t / self.hours, *y)) / self.hours + rate,
                    (now, until), y, method="LSODA", rtol=rtol, atol=atol, t_eval=np.unique([*times_h[inside], until]),
                )  # fmt: skip
                assert read.success, read.message
                out[inside] = read.y.T[: inside.sum()]
                y, now = read.y[:, -1], until
            (rate if is_rate else y)[place] += change
            y, rate = y.copy(), rate.copy()
        return out

"""A second opinion: scipy's Radau on the formulas as written, restarted at every dose."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from regimens.model.compile import CompiledModel


def radau(
    compiled: CompiledModel,
    values: np.ndarray,
    boluses: list[tuple[float, int, float]],
    times: np.ndarray,
    tolerance: float = 1e-11,
) -> np.ndarray:
    """Return (times, states) of one subject; `boluses` are (time, state, amount), outputs at a dose are before it."""
    y, t = compiled.initial(values), 0.0
    out = np.full((len(times), len(y)), np.nan)
    out[times == 0.0] = y
    stops = sorted({time for time, _, _ in boluses if time < times[-1]} | {times[-1]})
    for stop in stops:
        if stop > t:
            inside = (times > t) & (times <= stop)
            found = solve_ivp(
                lambda t, y: compiled.rhs(t, y, values),
                (t, stop),
                y,
                method="Radau",
                jac=lambda t, y: compiled.jacobian(t, y, values),
                rtol=tolerance,
                atol=tolerance * 1e-2,
                t_eval=np.union1d(times[inside], [stop]),
            )
            assert found.success
            out[inside] = found.y.T[np.searchsorted(found.t, times[inside])]
            y, t = found.y[:, -1].copy(), stop
        for time, state, amount in boluses:
            if time == stop:
                y[state] += amount
    return out

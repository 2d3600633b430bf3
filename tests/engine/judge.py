"""An independent solution: scipy's LSODA on the formulas as written, restarted at every dose. It shares no code with the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import block_diag

from regimens.model.compile import CompiledModel
from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number

TOLERANCE = 1e-11


def _hill(x: np.ndarray, ec50: np.ndarray, h: np.ndarray) -> np.ndarray:
    power = np.maximum(x, 0.0) ** h
    return power / (ec50**h + power)


Values = dict[str, np.ndarray | float]
_OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}
_FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "min": np.minimum, "max": np.maximum, "hill": _hill}


def closure(formula: Expression) -> Callable[[Values], np.ndarray | float]:
    """Return a function of the values of names; several times faster than walking the tree each time."""
    match formula:
        case Number(value):
            return lambda values: value
        case Name(name):
            return lambda values: values[name]
        case Negation(operand):
            inner = closure(operand)
            return lambda values: -inner(values)
        case Binary(operator, left, right):
            apply, a, b = _OPERATORS[operator], closure(left), closure(right)
            return lambda values: apply(a(values), b(values))
        case Call(function, arguments):
            call, parts = _FUNCTIONS[function], [closure(argument) for argument in arguments]
            return lambda values: call(*(part(values) for part in parts))
    raise TypeError(formula)


def rates_of(compiled: CompiledModel, parameters: np.ndarray) -> Callable[[float, np.ndarray], np.ndarray]:
    """Return the rates of all subjects at a time and at states (subjects, states)."""
    definitions = [(d.name, closure(d.formula)) for d in compiled.model.definitions]
    rates = [closure(state.rate) for state in compiled.model.states]
    fixed: Mapping[str, np.ndarray] = dict(zip(compiled.parameters, parameters.T.copy(), strict=True))

    def evaluate(t: float, y: np.ndarray) -> np.ndarray:
        values = {**fixed, TIME: t}
        values.update(zip(compiled.states, y.T, strict=True))
        for name, formula in definitions:
            values[name] = formula(values)
        found = np.empty_like(y)
        for column, rate in enumerate(rates):
            found[:, column] = rate(values)
        return found

    return evaluate


def judged(
    compiled: CompiledModel,
    parameters: np.ndarray,
    boluses: list[tuple[float, int, float]],
    times: np.ndarray,
    method: str = "LSODA",
) -> np.ndarray:
    """Return (subjects, times, states) in model time; `boluses` are (time, state, amount), outputs at a dose are before it.

    All subjects are integrated as one system, which costs scipy little more than one of them. LSODA is as near
    to the engine as Radau of the same tolerance, in a twentieth of its time; another `method` is for very stiff equations
    (Radau) and for many states that are not stiff (DOP853).
    """
    y, t = compiled.initial(parameters), 0.0
    shape, evaluate = y.shape, rates_of(compiled, parameters)
    out = np.full((len(times), *shape), np.nan)
    out[times == 0.0] = y

    def rates(t: float, flat: np.ndarray) -> np.ndarray:
        return evaluate(t, flat.reshape(shape)).ravel()

    def jacobian(t: float, flat: np.ndarray) -> np.ndarray:
        return block_diag(*compiled.jacobian(t, flat.reshape(shape), parameters))

    for stop in sorted({time for time, _, _ in boluses if time < times[-1]} | {times[-1]}):
        if stop > t:
            inside = (times > t) & (times <= stop)
            wanted = np.union1d(times[inside], [stop])
            options = {"jac": jacobian} if method == "Radau" else {}
            found = solve_ivp(rates, (t, stop), y.ravel(), method, wanted, rtol=TOLERANCE, atol=TOLERANCE / 100, **options)
            assert found.success
            out[inside] = found.y.T[np.searchsorted(wanted, times[inside])].reshape(-1, *shape)
            y, t = found.y[:, -1].reshape(shape).copy(), stop
        for time, state, amount in boluses:
            if time == stop:
                y[:, state] += amount
    return np.moveaxis(out, 0, 1)

"""An independent judge of endpoints: `python -m tests.endpoints.judge [MODEL ...]` compares the engine with it.

The formulas of a model as they are written become one Python function, which scipy's DOP853 integrates, restarted at every
dose as it acts and at both ends of infusions. On every step of it each observable is a Chebyshev series; what is asked of
the curve is found from the series between its turns. Nothing of this is shared with the engine.

A difference is a share of the range of the subject's curve, or h for times. The time of an extreme is nowhere in particular
on a plateau, such as that of a long infusion or of a serum without IL-2: where two such times are more than 1e-3 h apart but
the curve between them varies by less than the engine's relative tolerance, or by less than 1e-9 (scipy's own noise), as a
share of its range, the difference counts as none. The last column of the table says in how many curves that is so.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import chebyshev
from scipy.integrate import DOP853
from scipy.optimize import brentq

from regimens.endpoints import DosedArm, endpoint_values, parse_endpoint, simulate_arm
from regimens.endpoints.simulated import doses_in_cycle
from regimens.engine import Tolerances
from regimens.engine.measures import SAME
from regimens.model import compile_model, find_model
from regimens.model.declaration import Model
from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number, names_in
from regimens.model.parameters import Parameters
from regimens.population import Population, draw_subjects
from regimens.regimen import hours, parse_regimen
from regimens.regimen.events import DoseEvents, DosePlan
from regimens.subject import Subject, amount_in_person

RTOL, ATOL = 1e-12, 1e-13
DEGREE = 14
"""Of the series on each step: the dense output has degree 7, and observables are formulas of it."""

CLOSE_H, NOISE = 1e-3, 1e-9
"""What counts as a plateau, see above."""

Array = np.ndarray


# The model as a function.


def source(formula: Expression) -> str:
    """Return a formula as Python."""
    match formula:
        case Number(value):
            return repr(value)
        case Name(name):
            return f"v_{name}"
        case Negation(operand):
            return f"(-{source(operand)})"
        case Binary("**", left, right):
            return f"power({source(left)}, {source(right)})"
        case Binary(operator, left, right):
            return f"({source(left)} {operator} {source(right)})"
        case Call(function, arguments):
            return f"{function}({', '.join(source(argument) for argument in arguments)})"
    raise TypeError(formula)


def _power(base: float, exponent: float) -> float:
    return base**exponent if exponent == math.floor(exponent) or base > 0 else 0.0


def _hill(x: float, ec50: float, h: float) -> float:
    return 0.0 if x <= 0 else 1 / (1 + (ec50 / x) ** h)


def _hills(x: Array, ec50: float, h: float) -> Array:
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(x <= 0, 0.0, 1 / (1 + (ec50 / np.where(x <= 0, 1.0, x)) ** h))


SCALARS = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "min": min, "max": max, "hill": _hill, "power": _power}
ARRAYS = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "min": np.minimum, "max": np.maximum, "hill": _hills, "power": np.power,
}  # fmt: skip


@dataclass(frozen=True)
class Formulas:
    """The formulas of a model as Python: what is fixed for a subject, the rates of the states, and the observables."""

    model: Model

    def _function(
        self, name: str, taken: Sequence[str], given: str, formulas: Sequence[Expression], library: Mapping
    ) -> Callable:
        lines = [f"def {name}(p, time, y):", f"  {''.join(f'v_{n}, ' for n in taken)} = p", "  v_time = time"]
        lines += [f"  {''.join(f'v_{s.name}, ' for s in self.model.states)} = y"] if given == "states" else []
        known = {*taken, TIME, *(s.name for s in self.model.states if given == "states")}
        for definition in self.model.definitions:
            if set(names_in(definition.formula)) <= known:
                known.add(definition.name)
                lines.append(f"  v_{definition.name} = {source(definition.formula)}")
        lines.append(f"  return [{', '.join(source(formula) for formula in formulas)}]")
        space = dict(library)
        exec("\n".join(lines), space)
        return space[name]

    @cached_property
    def _names(self) -> list[str]:
        return [parameter.name for parameter in self.model.parameters]

    @cached_property
    def fixed(self) -> Callable:
        """Initial states, then the bioavailability and the lag of every input."""
        formulas = [state.initial for state in self.model.states]
        formulas += [part for entry in self.model.inputs for part in (entry.bioavailability, entry.lag)]
        return self._function("fixed", self._names, "", formulas, SCALARS)

    @cached_property
    def rates(self) -> Callable:
        """The rates of all states, without infusions."""
        return self._function("rates", self._names, "states", [state.rate for state in self.model.states], SCALARS)

    @cached_property
    def observables(self) -> Callable:
        """All observables, for arrays of times and states."""
        formulas = [observable.formula for observable in self.model.observables]
        return self._function("observables", self._names, "states", formulas, ARRAYS)


# The integration.


def actions_of(formulas: Formulas, p: list[float], events: DoseEvents, kg: float, m2: float, end: float) -> list[tuple]:
    """Return (time, state, jump, change of the infusion rate) in model time, in order of time."""
    model = formulas.model
    fixed = formulas.fixed(p, 0.0, ())[len(model.states) :]
    scale = {"h": 1.0, "day": 24.0}[model.time_unit]
    amounts = amount_in_person(events.amount, np.array(events.basis), np.array(kg), np.array(m2), events.cap, events.step)
    found = []
    for k, amount in enumerate(amounts):
        place = next(i for i, e in enumerate(model.inputs) if (e.drug, e.route) == (events.drug[k], events.route[k]))
        state = [s.name for s in model.states].index(model.inputs[place].state)
        available, lag, over = fixed[2 * place], fixed[2 * place + 1], events.duration_h[k] / scale
        start = events.time_h[k] / scale + lag
        if over:
            rate = amount * available / over
            found += [(start, state, 0.0, rate), ((events.time_h[k] + events.duration_h[k]) / scale + lag, state, 0.0, -rate)]
        else:
            found.append((start, state, amount * available, 0.0))
    return sorted(action for action in found if action[0] < end)


@dataclass(frozen=True)
class Curve:
    """An observable: series on the pieces from `left` to `right` (h), (coefficients, pieces), and the value before all."""

    left: Array
    right: Array
    series: Array
    before: float

    def at(self, place: Array, times_h: Array) -> Array:
        """Return the values at times within pieces."""
        left, right = self.left[place], self.right[place]
        return chebyshev.chebval((2 * times_h - left - right) / (right - left), self.series[:, place], tensor=False)

    @cached_property
    def range(self) -> float:
        """The highest less the lowest value."""
        _, _, _, low, high = self.segments(0.0, self.right[-1])
        return float(max(low.max(), high.max()) - min(low.min(), high.min()))

    @cached_property
    def _turns(self) -> tuple[Array, Array, Array]:
        """Pieces, starts and ends of all monotone segments."""
        slope = chebyshev.chebder(self.series)
        seen = chebyshev.chebval(np.cos(np.linspace(0, np.pi, 40)), slope)
        noise = 1e-14 * np.abs(self.series).max()
        turning = np.flatnonzero((seen.max(axis=1) > noise) & (seen.min(axis=1) < -noise))
        cuts = {}
        for piece in turning:
            roots = chebyshev.chebroots(slope[:, piece])
            roots = np.sort(roots.real[(np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) < 1)])
            cuts[piece] = (self.left[piece] + self.right[piece] + roots * (self.right[piece] - self.left[piece])) / 2
        place, start, end = [], [], []
        for piece in range(len(self.left)):
            edges = [self.left[piece], *cuts.get(piece, ()), self.right[piece]]
            place += [piece] * (len(edges) - 1)
            start += edges[:-1]
            end += edges[1:]
        return np.array(place), np.array(start), np.array(end)

    def segments(self, from_h: float, to_h: float) -> tuple[Array, Array, Array, Array, Array]:
        """Return piece, start, end and the values there of the monotone segments in a window."""
        place, start, end = self._turns
        start, end = np.clip(start, from_h, to_h), np.clip(end, from_h, to_h)
        some = end > start
        place, start, end = place[some], start[some], end[some]
        return place, start, end, self.at(place, start), self.at(place, end)

    def varies(self, one: float, other: float, share: float) -> bool:
        """Return whether the curve varies between two times by more than a share of its range."""
        values = np.concatenate(self.segments(min(one, other), max(one, other))[3:])
        return values.size > 0 and bool(np.ptp(values) > share * self.range)

    def extreme(self, sign: float, from_h: float, to_h: float) -> tuple[float, float]:
        """Return the highest value of sign x the curve, and when it is first reached, as `measures.Extreme` defines it."""
        _, start, end, low, high = self.segments(from_h, to_h)
        times, values = np.stack([start, end], axis=1).ravel(), sign * np.stack([low, high], axis=1).ravel()
        if from_h == 0.0:
            times, values = np.append(0.0, times), np.append(sign * self.before, values)
        best, least = np.maximum.accumulate(values), np.minimum.accumulate(values)
        noise = 1e-14 * np.abs(self.series).sum(axis=0).max()
        room = np.maximum(SAME * (best - least), np.maximum(1e-9 * np.abs(best), noise))
        top, when, climbing = values[0], times[0], False
        for time, value, step in zip(times.tolist(), values.tolist(), room.tolist(), strict=True):
            climbing = value > top + step or (climbing and value > top - noise)
            if climbing and value > top:
                top, when = value, time
        return sign * best[-1], when

    def beyond(self, sign: float, threshold: float, from_h: float, to_h: float) -> tuple[float, float, float, float]:
        """Return the time and area of sign x the curve above sign x the threshold, and when it is so first and last."""
        place, start, end, low, high = self.segments(from_h, to_h)
        low, high = sign * (low - threshold), sign * (high - threshold)
        start, end = start.copy(), end.copy()
        for k in np.flatnonzero((low > 0) != (high > 0)):
            one = place[k : k + 1]
            crossing = brentq(lambda t, one=one: self.at(one, np.array([t]))[0] - threshold, start[k], end[k], xtol=1e-13)
            start[k], end[k] = (crossing, end[k]) if high[k] > 0 else (start[k], crossing)
        some = (low > 0) | (high > 0)
        area = sign * (self._integral(place[some], start[some], end[some]) - threshold * (end - start)[some])
        begun = from_h == 0.0 and sign * (self.before - threshold) > 0
        first = min(start[some].min(initial=np.inf), 0.0 if begun else np.inf)
        last = max(end[some].max(initial=-np.inf), 0.0 if begun else -np.inf)
        return float((end - start)[some].sum()), float(area.sum()), float(first), float(last)

    def area(self, from_h: float, to_h: float) -> float:
        """Return the integral over a window."""
        return float(self._integral(*self.segments(from_h, to_h)[:3]).sum())

    def _integral(self, place: Array, start: Array, end: Array) -> Array:
        whole, left, right = chebyshev.chebint(self.series[:, place]), self.left[place], self.right[place]
        low, high = ((2 * t - left - right) / (right - left) for t in (start, end))
        return (right - left) / 2 * (chebyshev.chebval(high, whole, False) - chebyshev.chebval(low, whole, False))

    def value(self, time_h: float) -> float:
        """Return the value at a time, just before a dose there."""
        if time_h <= 0:
            return self.before
        place = np.searchsorted(self.right, time_h * (1 - 1e-13))
        return float(self.at(np.array([place]), np.array([time_h]))[0])


def curves_of(formulas: Formulas, people: Parameters, subject: int, events: DoseEvents, horizon_h: float) -> dict[str, Curve]:
    """Integrate one subject; return the curve of every observable."""
    model = formulas.model
    order = [people.names.index(parameter.name) for parameter in model.parameters]
    p = people.values[subject, order].tolist()
    scale = {"h": 1.0, "day": 24.0}[model.time_unit]
    end = horizon_h / scale
    y = np.array(formulas.fixed(p, 0.0, ())[: len(model.states)])
    actions = actions_of(formulas, p, events, people.weight_kg[subject], people.bsa_m2[subject], end)
    infusion, now = np.zeros(len(y)), 0.0
    x = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    to_series = np.linalg.inv(chebyshev.chebvander(x, DEGREE))
    before = formulas.observables(p, 0.0, y)
    lefts, rights, parts = [], [], []
    for stop in [*sorted({action[0] for action in actions}), end]:
        if stop > now:
            # At the plateau of an infusion stability alone would limit the steps, and between them the dense output rings.
            longest = 0.25 / scale if infusion.any() else np.inf
            solver = DOP853(
                lambda t, y: np.array(formulas.rates(p, t, y.tolist())) + infusion,
                now,
                y,
                stop,
                rtol=RTOL,
                atol=ATOL,
                max_step=longest,
            )
            while solver.status == "running":
                assert solver.step() is None, "the judge's solver has failed"
                left, right = solver.t_old, solver.t
                times = (left + right + x * (right - left)) / 2
                found = formulas.observables(p, times, solver.dense_output()(times))
                parts.append(to_series @ np.array([np.broadcast_to(each, times.shape) for each in found]).T)
                lefts.append(left * scale)
                rights.append(right * scale)
            y, now = solver.y.copy(), stop
        for time, state, jump, change in actions:
            if time == stop:
                y[state] += jump
                infusion[state] += change
        infusion[np.abs(infusion) < 1e-9 * max([abs(a[3]) for a in actions], default=0.0)] = 0.0
    series = np.array(parts)
    names = [observable.name for observable in model.observables]
    left, right = np.array(lefts), np.array(rights)
    return {name: Curve(left, right, series[:, :, k].T, float(before[k])) for k, name in enumerate(names)}


# What is asked.

Answer = Callable[[Curve], float]


def questions(observable: str, threshold: float, windows: Sequence[tuple[float, float]], horizon_h: float) -> list[tuple]:
    """Return (kind, words, the judge's answer, what an error is divided by: 'time', 'range' or a window's length)."""
    made: list[tuple[str, str, Answer, str | float]] = []
    limit = float(f"{threshold:.9f}")
    for a, b in windows:
        where = (f" from {a:g} h" if a else "") + (f" to {b:g} h" if b < horizon_h else "")
        for sign, extreme in ((1.0, "peak"), (-1.0, "minimum")):
            made.append(
                (extreme, f"{extreme} of {observable}{where}", lambda c, s=sign, a=a, b=b: c.extreme(s, a, b)[0], "range")
            )
            words = f"time of {extreme} of {observable}{where}"
            made.append((f"time of {extreme}", words, lambda c, s=sign, a=a, b=b: c.extreme(s, a, b)[1], "time"))
        made.append(("AUC", f"AUC of {observable}{where}", lambda c, a=a, b=b: c.area(a, b), b - a))
        words = f"AUC of {observable} above baseline{where}"
        made.append(("AUC above baseline", words, lambda c, a=a, b=b: c.beyond(1.0, c.before, a, b)[1], b - a))
        for sign, side in ((1.0, "above"), (-1.0, "below")):
            words = f"hours {observable} {side} {limit:.9f}{where}"
            made.append((f"hours {side}", words, lambda c, s=sign, a=a, b=b: c.beyond(s, limit, a, b)[0], "time"))
            words, room = f"time until {observable} {side} {limit:.9f}{where}", sign * 1e-9 * abs(limit)
            answer = lambda c, s=sign, r=room, a=a, b=b: c.beyond(s, limit + r, a, b)[2] - a  # noqa: E731
            made.append((f"time until {side}", words, answer, "time"))
    for percent in (5, 20):
        words = f"time to return to baseline of {observable} within {percent} %"
        made.append(("time to return", words, lambda c, s=percent / 100: _return(c, s, horizon_h), "time"))
    for time in sorted({0.4 * horizon_h + 0.3, *(b for _, b in windows)}):
        made.append(("value", f"{observable} at {time:g} h", lambda c, t=time: c.value(t), "range"))
    return made


def _return(curve: Curve, share: float, horizon_h: float) -> float:
    room = share * abs(curve.before)
    if room == 0:
        return math.nan
    if abs(curve.value(horizon_h) - curve.before) > room:
        return math.inf
    last = [curve.beyond(sign, curve.before + sign * room, 0.0, horizon_h)[3] for sign in (1.0, -1.0)]
    return max(*last, 0.0)


@dataclass
class Difference:
    """How far the engine is from the judge."""

    model: str
    kind: str
    error: float
    words: str
    text: str
    subject: int
    found: float
    judged: float
    plateau: bool


def differences(
    model: Model,
    text: str,
    horizon_h: float,
    people: Parameters,
    tolerances: Sequence[Tolerances],
    windows: Sequence[tuple[float, float]] = (),
    observables: Sequence[str] = (),
) -> list[list[Difference]]:
    """Return the differences of all kinds, observables and windows, one list for each of the tolerances."""
    regimen, formulas, compiled = parse_regimen(text), Formulas(model), compile_model(model)
    events = regimen.events(hours(horizon_h))
    curves = [curves_of(formulas, people, subject, events, horizon_h) for subject in range(people.subjects)]
    asked = []
    for name in observables or curves[0]:
        typical = curves[0][name]
        high, low = (typical.extreme(sign, 0.0, horizon_h)[0] for sign in (1.0, -1.0))
        further = high if high - typical.before >= typical.before - low else low
        asked += [(name, *q) for q in questions(name, typical.before + 0.37 * (further - typical.before), windows, horizon_h)]
    endpoints = [parse_endpoint(words) for _, _, words, _, _ in asked]
    dosed = DosedArm(DosePlan.of(events, people.subjects), horizon_h, "il2", doses_in_cycle(regimen))
    judged = [[answer(curve[name]) for curve in curves] for name, _, _, answer, _ in asked]
    ranges = {name: [max(curve[name].range, 1e-300) for curve in curves] for name in curves[0]}
    answers = []
    for tolerance in tolerances:
        arm = simulate_arm(compiled, people, dosed, endpoints, tolerances=tolerance)
        rows = []
        for endpoint, (name, kind, words, _, unit), right in zip(endpoints, asked, judged, strict=True):
            for subject, (value, exact) in enumerate(zip(endpoint_values(endpoint, arm), right, strict=True)):
                error = 0.0 if value == exact or (math.isnan(value) and math.isnan(exact)) else abs(value - exact)
                plateau = kind.startswith("time of") and error > CLOSE_H
                plateau = plateau and not curves[subject][name].varies(value, exact, max(tolerance.rtol, NOISE))
                if unit != "time":
                    error /= ranges[name][subject] * (1.0 if unit == "range" else float(unit))
                error = math.inf if math.isnan(error) else error
                error = 0.0 if plateau else error
                rows.append(Difference(model.name, kind, error, words, text, subject, float(value), float(exact), plateau))
        answers.append(rows)
    return answers


WEEK = 168.0
CASES = [
    # regimen, horizon (h), windows (h)
    ("1 MIU SC daily x 5", 12 * WEEK, [(0.0, 100.3), (24.0, 72.0)]),
    ("(1 MIU SC every other day x 7, rest 14 days) x 3", 24 * WEEK, [(100.7, 900.1), (336.0, 672.0)]),
    ("0.1 MIU SC weekly x 24", 24 * WEEK, [(WEEK, 3 * WEEK), (1000.5, 4000.25)]),
    ("0.5 MIU SC twice daily x 28", 4 * WEEK, [(12.0, 36.0), (330.1, 400.9)]),
    ("1 MIU IV every 8 h x 15", 4 * WEEK, [(8.0, 16.0), (10.0, 500.0)]),
    ("1.5 MIU IV daily over 6 h x 5", 4 * WEEK, [(3.0, 27.0), (24.0, 30.0)]),
    ("2 MIU SC once, rest 2 days, 0.3 MIU SC every other day x 20", 8 * WEEK, [(47.0, 49.0), (72.0, 800.0)]),
    ("0.02 MIU/kg (max 1.2 MIU) SC daily x 5, rest 9 days, 3 MIU SC weekly x 4", 12 * WEEK, [(119.9, 340.0), (336.0, 600.0)]),
    ("1 MIU/m2 SC 3 times a week x 12", 24 * WEEK, [(0.0, WEEK), (WEEK, 2 * WEEK)]),
    ("3 MIU IV once over 5 days", 4 * WEEK, [(0.0, 120.0), (119.0, 121.0)]),
]
MODELS = ("turnover", "effect_turnover", "expansion", "balance")
TIGHT = Tolerances(1e-11, 1e-13, 5_000_000)


def subjects_of(model: Model, count: int) -> Parameters:
    """Return subjects drawn from the population of a model."""
    return draw_subjects(Population(count, 8), model, Subject())


def compare(case: tuple[int, str]) -> list[list[Difference]]:
    """Return the differences of one regimen and model, at the tight and at the default tolerance."""
    number, name = case
    text, horizon_h, windows = CASES[number]
    model = find_model(name)
    return differences(model, text, horizon_h, subjects_of(model, 6), [TIGHT, Tolerances()], [(0.0, horizon_h), *windows])


def main(models: Sequence[str]) -> None:
    """Print the largest difference of every kind and model, and where it is at the tight tolerance."""
    print(f"{'model':16} {'kind':20} {'tight':>9} {'default':>9} {'plateaus':>8}  the worst at the tight tolerance")
    for name in models:
        cases = [compare((number, name)) for number in range(len(CASES))]
        tight, default = ([row for case in cases for row in case[column]] for column in range(2))
        for kind in dict.fromkeys(row.kind for row in tight):
            worst, other = (max((r for r in rows if r.kind == kind), key=lambda r: r.error) for rows in (tight, default))
            where = f"{worst.words}; {worst.text}; subject {worst.subject}: {worst.found!r}, judged {worst.judged!r}"
            flat = sum(row.plateau for row in tight if row.kind == kind)
            print(f"{name:16} {kind:20} {worst.error:9.1e} {other.error:9.1e} {flat:8}  {where}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or MODELS)

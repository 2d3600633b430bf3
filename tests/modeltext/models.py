"""Models to write: the shipped ones, that of the README, and one with every operation and with names that targets have."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.model import find_model
from regimens.model.compile import CompiledModel
from regimens.model.declaration import Model
from regimens.model.evaluate import node_values
from regimens.model.expression import TIME
from regimens.model.file import model_in
from regimens.yamlfile import parse

ROOT = Path(__file__).parents[2]

NASTY = """\
title: "Every operation; and names that others have"
description: >-
  A model that nobody needs. Its comments have $PARAM, [ODE], "quotes", a \\\\ backslash, µg, and &.
exploratory: true
sources:
  book2020: {text: "A book; with $OMEGA, <tags> & more", doi: 10.1000/182}
time: h
parameters:
  F: {value: 0.5, unit: "1", bounds: [0.1, 1], cv: 0.3, share: true, source: book2020, label: "bioavailability: \\"true\\""}
  T: {value: 2, unit: "1", bounds: [1, 3], cv: 0.2, source: assumed}
  V: {value: 3, unit: "1", bounds: [1, 9], cv: 0.4, source: assumed}
  ka: {value: 0.7, unit: 1/h, bounds: [0.1, 1], cv: 0.5, source: assumed}
  KA: {value: 0.9, unit: 1/h, bounds: [0.1, 1], cv: 0, source: assumed}
  THETA1: {value: 1.5, unit: "1", bounds: [-3, 3], cv: 0, source: assumed}
  eta: {value: -1.25, unit: "1", bounds: [-3, 3], cv: 0, source: assumed}
  h: {value: 2.5, unit: "1", bounds: [0.5, 4], cv: 0, source: assumed}
  x_: {value: 3.0, unit: "1", bounds: [1, 5], cv: 0, source: assumed}
  double: {value: 5.0e-7, unit: "1", bounds: [0, 1], cv: 0, source: assumed}
  F_depot: {value: 2, unit: "1", bounds: [1, 3], cv: 0, source: assumed}
  lag_of_the_subcutaneous_dose: {value: 0.25, unit: h, bounds: [0, 1], cv: 0, source: assumed}
  lag_of_the_subcutaneous_injection: {value: 4, unit: "1", bounds: [0, 9], cv: 0, source: assumed}
  unused: {value: 4, unit: "1", bounds: [0, 9], cv: 0, source: assumed}
correlations:
  - {between: [V, ka], value: 0.5}
  - {between: [F, V], value: -0.25}
constants:
  per_h: {value: 1, unit: 1/h}
  hours: {value: 1, unit: h}
  per_IU: {value: 1, unit: 1/IU}
definitions:
  gamma: {formula: "(T / V)**-eta * exp(-THETA1) + sqrt(V) + log(V) - 2**V", unit: "1"}
  a: {formula: depot * per_IU, unit: "1", label: depot without unit}
  hill_1: {formula: "hill(a, T, 1) + hill(b, V, h) + hill(a - b, double, x_)", unit: "1"}
  pi: {formula: "min(a, b) - max(min(a, 2), -b) + max(a, 0)**0.5 + a**0.5", unit: "1"}
  std: {formula: "a**2 - b**3 + b**-2 - (-a)**2 + a**h - b**eta + (a - b)**x_ + b**100", unit: "1"}
  if_: {formula: "exp(-min(max(a, -20), 20)) - -a - (-b - -(a - b)) + 2 * (-b) * (-(-a)) - a / (b / (V / T)) - (a - (b - V))", unit: "1"}
  A: {formula: "sqrt(max(a, 0)) - log(max(b, double)) * -T**2 + time * per_h / 1e-3 + (time / hours)**2 + b**(1 / 3)", unit: "1"}
states:
  depot: {unit: IU, initial: 0, rate: "-ka * depot + KA * depot * -1", nonnegative: false}
  b: {unit: "1", initial: "F**T + h", rate: "(hill_1 + pi + std + if_ + A + gamma) * per_h", nonnegative: false}
  dxdt_b: {unit: "1", initial: "min(V, T)", rate: "((a + b) * (a - b) / (V + 1) - a * (b * V) - lag_of_the_subcutaneous_injection) * per_h"}
  Y: {unit: "1", initial: "1e-300 + F_depot", rate: "(1e300 * double + x_ - Y) * per_h", label: "a state, as % of all"}
inputs:
  - {drug: il2, route: SC, state: depot, bioavailability: "F * 0.5**T", lag: lag_of_the_subcutaneous_dose}
observables:
  a: {formula: a, unit: "1", label: Depot}
  b: {formula: b * 2, unit: "1", label: Twice b}
  Y: {formula: Y, unit: "1", label: A state}
  time_of_day: {formula: time * per_h + hill_1, unit: "1", label: Hours}
"""

NASTY = NASTY.replace("2**V", "3**V").replace("0.5**T", "T**-1 * min(F, 0.5) / F")


@cache
def models() -> dict[str, Model]:
    """Return all models of these tests by name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.search(r"```yaml\n(title: A first model\n.*?)```", readme, re.DOTALL)
    assert text is not None
    own = {"readme": model_in(parse(text[1], "readme.yaml")), "nasty": model_in(parse(NASTY, "nasty.yaml"))}
    own["plain"] = model_in(parse(re.sub(r"cv: 0\.\d+", "cv: 0", text[1]), "plain.yaml"))
    return {name: find_model(name) for name in shipped.names("models")} | own


def points(compiled: CompiledModel) -> tuple[list[float], np.ndarray]:
    """Return times and states (points, states): zeros, below zero by a little, tiny, huge, and 200 at random, some below zero."""
    rng = np.random.default_rng(12)
    size = len(compiled.states)
    special = [np.full(size, value) for value in (0.0, -1e-13, 1e-30, 1e9, 1.0, -2.0)]
    drawn = [10.0 ** rng.uniform(-4, 4, size) * rng.choice([1, 1, 1, -1], size) for _ in range(200)]
    states = np.array([*special, *drawn])
    return [float(t) for t in rng.uniform(0, 100, len(states))], states


def expected(compiled: CompiledModel, times: list[float], states: np.ndarray) -> dict[str, np.ndarray]:
    """Return rates (points, states), initial (states), observables (points, observables), and the portion and lag of inputs."""
    model, equations = compiled.model, compiled.equations
    symbols: dict[str, np.ndarray] = {TIME: np.array(times)}
    symbols |= dict(zip(compiled.states, states.T, strict=True))
    symbols |= {p.name: np.full(len(times), p.value) for p in model.parameters}
    values = node_values(equations.graph, symbols)

    def column(nodes) -> np.ndarray:
        if not nodes:
            return np.empty((len(times), 0))
        return np.stack([np.broadcast_to(values[node], (len(times),)) for node in nodes], axis=-1)

    count = len(model.observables)
    return {
        "rates": column(equations.rates),
        "initial": column(equations.initial)[0],
        "observables": column(equations.readouts[:count]),
        "bioavailability": column(equations.bioavailability)[0],
        "lag": column(equations.lag)[0],
    }


def assert_same(
    found: dict[str, np.ndarray], wanted: dict[str, np.ndarray], relative: float = 1e-12, tiny: float = 1e-280
) -> None:
    """Assert that numbers agree to `relative`; a Hill term below e^-690 may be 0, and what is not a number is none in both."""
    assert found.keys() == wanted.keys()
    for key, right in wanted.items():
        got = found[key]
        assert got.shape == right.shape, key
        with np.errstate(all="ignore"):
            near = np.abs(got - right) <= relative * np.abs(right) + tiny
        same = near | (got == right) | (np.isnan(got) & np.isnan(right))
        assert same.all(), (key, np.argwhere(~same)[:5].tolist(), got[~same][:5], right[~same][:5])

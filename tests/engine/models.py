"""Models for the engine's tests, written as values so that no file is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from regimens.model.declaration import Definition, Input, Model, Observable, Parameter, State
from regimens.model.expression import parse_formula
from regimens.model.parameters import Parameters, typical_subject
from regimens.regimen.events import DoseEvents


def model(
    name: str,
    states: Mapping[str, tuple[str, str]],
    parameters: Mapping[str, float],
    *,
    into: Mapping[tuple[str, str], str | tuple[str, str, str]] | None = None,
    observables: Mapping[str, str] | None = None,
    definitions: Mapping[str, str] | None = None,
    time_unit: str = "h",
) -> Model:
    """Return a model: states as (initial, rate), inputs as state or (state, bioavailability, lag)."""
    inputs = []
    for (drug, route), target in (into or {}).items():
        state, available, lag = target if isinstance(target, tuple) else (target, "1", "0")
        inputs.append(Input(drug, route, state, parse_formula(available), parse_formula(lag)))
    return Model(
        name=name,
        title=name,
        description="",
        sources=(),
        time_unit=time_unit,
        states=tuple(State(n, "1", parse_formula(start), parse_formula(rate)) for n, (start, rate) in states.items()),
        parameters=tuple(Parameter(n, v, "1", 0.0, np.inf, 0.3, None) for n, v in parameters.items()),
        definitions=tuple(Definition(n, parse_formula(f), "1") for n, f in (definitions or {}).items()),
        inputs=tuple(inputs),
        observables=tuple(Observable(n, parse_formula(f), "1", n) for n, f in (observables or {}).items()),
        digest="",
    )


def signed(declared: Model, *names: str) -> Model:
    """Return the model with `nonnegative: false` declared for the named states."""
    states = tuple(replace(s, nonnegative=s.nonnegative and s.name not in names) for s in declared.states)
    return replace(declared, states=states)


def pop() -> Model:
    """The workload `pop` of shared/ENGINE.md: absorption, saturable binding, receptors, cells."""
    return model(
        "pop",
        {
            "depot": ("0", "-ka*depot"),
            "C": ("0", "ka*depot/V - CL/V*C - kint*R*T*C/(Kd + C)"),
            "R": ("1", "kR*(1 + Rmax*C/(EC50R + C)) - kR*R"),
            "P": ("0", "kprol*Emax*C/(EC50 + C)*T/(1 + T/Tmax) - ktr*P"),
            "T": ("T0", "kout*T0 + 2*ktr*P - kout*T"),
        },
        {
            "ka": 0.25, "V": 6.0, "CL": 3.0, "kint": 0.02, "Kd": 0.05, "kR": 0.05, "Rmax": 2.0, "EC50R": 0.3,
            "kprol": 0.02, "Emax": 1.5, "EC50": 0.15, "Tmax": 400.0, "ktr": 0.04, "T0": 50.0, "kout": 0.01,
        },
        into={("il2", "SC"): "depot"},
        observables={"cells": "T"},
    )  # fmt: skip


POP_VARIED = ("CL", "V", "ka", "Emax", "EC50", "T0", "kout")
POP_DOSES = np.array([cycle * 672.0 + dose * 48.0 for cycle in range(3) for dose in range(7)])
POP_TIMES = np.arange(337) * 12.0


def pop_parameters(subjects: int) -> Parameters:
    """The population of `pop`: seven parameters vary log-normally with 0.3."""
    declared = pop()
    values = np.tile([p.value for p in declared.parameters], (subjects, 1))
    names = tuple(p.name for p in declared.parameters)
    z = np.random.default_rng(1).standard_normal((subjects, len(POP_VARIED)))
    for column, name in enumerate(POP_VARIED):
        values[:, names.index(name)] *= np.exp(0.3 * z[:, column])
    return Parameters(names, values, np.full(subjects, 70.0), np.full(subjects, 1.8))


def doses(
    times: np.ndarray | list[float],
    amount: float | np.ndarray,
    *,
    drug: str = "il2",
    route: str = "SC",
    basis: str = "flat",
    cap: float = np.inf,
    step: float = 0.0,
    duration_h: float | np.ndarray = 0.0,
) -> DoseEvents:
    """Return doses at the given hours."""
    times = np.asarray(times, dtype=np.float64)
    n = len(times)
    return DoseEvents(
        times,
        (drug,) * n,
        np.broadcast_to(np.asarray(amount, dtype=np.float64), (n,)).copy(),
        (basis,) * n,
        np.full(n, cap),
        np.full(n, step),
        (route,) * n,
        np.broadcast_to(np.asarray(duration_h, dtype=np.float64), (n,)).copy(),
        np.ones(n, dtype=np.int64),
        np.arange(1, n + 1),
    )


def together(*events: DoseEvents) -> DoseEvents:
    """Return several sets of doses as one, sorted by time."""
    order = np.argsort(np.concatenate([e.time_h for e in events]), kind="stable")

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(e, name) for e in events])[order]

    def words(name: str) -> tuple[str, ...]:
        every = [word for e in events for word in getattr(e, name)]
        return tuple(every[i] for i in order)

    return DoseEvents(
        column("time_h"), words("drug"), column("amount"), words("basis"), column("cap"), column("step"),
        words("route"), column("duration_h"), column("cycle"), column("number"),
    )  # fmt: skip


def subjects(declared: Model, count: int, spread: float = 0.3, seed: int = 1) -> Parameters:
    """Return subjects whose parameters all vary log-normally."""
    one = typical_subject(declared)
    z = np.random.default_rng(seed).standard_normal((count, len(one.names)))
    return Parameters(one.names, one.values * np.exp(spread * z), np.full(count, 70.0), np.full(count, 1.8))


def oral() -> Model:
    """One compartment with first-order absorption: linear, with a closed form."""
    return model(
        "oral",
        {"depot": ("0", "-ka*depot"), "central": ("0", "ka*depot - ke*central")},
        {"ka": 0.3, "ke": 0.1, "V": 20.0, "F": 0.8, "tlag": 1.5},
        into={("il2", "SC"): ("depot", "F", "tlag"), ("il2", "IV"): "central"},
        observables={"concentration": "central/V"},
    )


def keeping_rate() -> Model:
    """One compartment of which infusions reach a share, at the rate at which they are given and for a shorter time."""
    made = model(
        "keeping_rate",
        {"central": ("0", "-ke*central")},
        {"ke": 0.1, "F": 0.4},
        into={("il2", "IV"): ("central", "F", "0")},
        observables={"amount": "central"},
    )
    return replace(made, inputs=tuple(replace(given, infusion="keeps its rate") for given in made.inputs))


def turnover() -> Model:
    """An infused compartment and a linear pool that it drives, per day."""
    return model(
        "turnover",
        {"drug": ("0", "-k*drug"), "pool": ("kin/kout", "kin + slope*drug - kout*pool")},
        {"k": 2.4, "kin": 12.0, "kout": 0.4, "slope": 3.0},
        into={("il2", "IV"): "drug"},
        observables={"pool": "pool"},
        time_unit="day",
    )


def tmdd(factor: float = 1.0) -> Model:
    """Target-mediated disposition: free drug, target, complex; `factor` multiplies binding and unbinding."""
    return model(
        f"tmdd x {factor:g}",
        {
            "depot": ("0", "-ka*depot"),
            "L": ("0", "ka*depot/V - kel*L - kon*L*R + koff*RL"),
            "R": ("ksyn/kdeg", "ksyn - kdeg*R - kon*L*R + koff*RL"),
            "RL": ("0", "kon*L*R - koff*RL - kint*RL"),
        },
        {
            "ka": 0.2, "V": 3.0, "kel": 0.05, "kon": 0.1 * factor, "koff": 0.05 * factor, "ksyn": 0.3, "kdeg": 0.03,
            "kint": 0.08,
        },
        into={("il2", "SC"): "depot"},
        observables={"bound": "RL/(R + RL)"},
    )  # fmt: skip


def driven() -> Model:
    """A linear state driven by explicit time: closed form, and df/dt matters."""
    return model(
        "driven",
        {"x": ("1", "-a*(x - exp(-b*time)) - b*exp(-b*time)")},
        {"a": 50.0, "b": 0.2},
        into={("il2", "IV"): "x"},
        observables={"x_now": "x", "clock": "time"},
    )


def chain(states: int) -> Model:
    """A transit chain whose last compartment holds back the first: `states` states, one long cycle."""
    names = [f"x{i}" for i in range(states)]
    equations = {names[0]: ("0", f"k0/(1 + {names[-1]}) - k*x0")}
    for before, name in pairwise(names):
        equations[name] = ("0", f"k*{before} - k*{name}*(1 + {name}/(M + {name}))")
    return model(
        f"chain of {states}", equations, {"k": 0.5, "k0": 2.0, "M": 3.0}, into={("il2", "IV"): "x0"},
        observables={"last": names[-1]},
    )  # fmt: skip


def edge(h: float = 4.0) -> Model:
    """A state driven by a Hill function of another that starts at zero."""
    return model(
        "edge",
        {"c": ("0", "-k*c"), "y": ("0", "hill(c, ec50, h) - y + 0*sqrt(c) + base*c**0.5")},
        {"k": 0.2, "ec50": 1.0, "h": h, "base": 0.0},
        into={("il2", "IV"): "c"},
        observables={"share": "hill(c, ec50, h)"},
    )

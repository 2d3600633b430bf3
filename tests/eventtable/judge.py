"""Closed forms of the linear models of NONMEM's ADVAN1 to 4, 11 and 12, and the models themselves, independent of the engine.

The concentration after a unit bolus is a sum of exponentials; doses add up, and steady states are geometric series.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from regimens.model.parameters import Parameters
from tests.engine.models import model

CL, V, KA, Q2, V2, Q3, V3 = 3.7, 21.0, 0.83, 4.1, 33.0, 0.62, 140.0
LAG, SHARE = 1.25, 0.6

PLAIN = {"CL": CL, "V": V, "KA": KA, "Q2": Q2, "V2": V2, "Q3": Q3, "V3": V3, "ALAG": 0.0, "F": 1.0}

CENTRAL = {
    1: ("-CL/V*central", {}),
    2: ("-CL/V*central - Q2/V*central + Q2/V2*second", {"second": ("0", "Q2/V*central - Q2/V2*second")}),
    3: (
        "-CL/V*central - (Q2 + Q3)/V*central + Q2/V2*second + Q3/V3*third",
        {"second": ("0", "Q2/V*central - Q2/V2*second"), "third": ("0", "Q3/V*central - Q3/V3*third")},
    ),
}


def advan(compartments, absorbed, infusion="keeps its rate"):
    """The model: doses 'drug PO' into the depot where there is one, 'drug IV' into the central compartment."""
    rate, others = CENTRAL[compartments]
    states = {"depot": ("0", "-KA*depot")} if absorbed else {}
    states |= {"central": ("0", ("KA*depot " if absorbed else "") + rate)} | others
    into = {("drug", "IV"): ("central", "F", "ALAG")}
    into |= {("drug", "PO"): ("depot", "F", "ALAG")} if absorbed else {}
    made = model(f"advan_{compartments}_{absorbed}", states, PLAIN, into=into, observables={"C": "central/V"})
    return replace(made, inputs=tuple(replace(entry, infusion=infusion) for entry in made.inputs))


def person(**changed):
    values = PLAIN | changed
    return Parameters(tuple(values), np.array([list(values.values())]), np.array([70.0]), np.array([1.8]))


@dataclass(frozen=True)
class Form:
    """Concentration after a unit bolus: the sum of `size` exp(-`rate` t)."""

    size: np.ndarray
    rate: np.ndarray

    @classmethod
    def of(cls, compartments, absorbed, cl=CL, v=V):
        k10, k12, k21, k13, k31 = cl / v, Q2 / v, Q2 / V2, Q3 / v, Q3 / V3
        if compartments == 1:
            rate, size = np.array([k10]), np.array([1 / v])
        elif compartments == 2:
            total, product = k10 + k12 + k21, k10 * k21
            root = np.sqrt(total**2 - 4 * product)
            rate = np.array([(total + root) / 2, (total - root) / 2])
            size = np.array([rate[0] - k21, k21 - rate[1]]) / (rate[0] - rate[1]) / v
        else:
            cubic = [
                1.0,
                -(k10 + k12 + k13 + k21 + k31),
                k10 * k21 + k10 * k31 + k21 * k31 + k13 * k21 + k12 * k31,
                -k10 * k21 * k31,
            ]
            rate = np.sort(np.roots(cubic).real)
            others = [np.prod(np.delete(rate, i) - rate[i]) for i in range(3)]
            size = (k21 - rate) * (k31 - rate) / np.array(others) / v
        if absorbed:
            size = size * KA / (KA - rate)
            rate, size = np.append(rate, KA), np.append(size, -size.sum())
        return cls(size, rate)

    def bolus(self, t):
        t = np.asarray(t)[:, np.newaxis]
        return np.where(t >= 0, self.size * np.exp(-self.rate * np.maximum(t, 0)), 0.0).sum(axis=1)

    def infusion(self, t, length):
        """At the rate 1 for `length`."""
        t = np.asarray(t)[:, np.newaxis]
        since_end = np.maximum(t - length, 0)
        both = np.exp(-self.rate * since_end) - np.exp(-self.rate * np.maximum(t, 0))
        return np.where(t >= 0, self.size / self.rate * both, 0.0).sum(axis=1)

    def before(self, t, interval, length=0.0):
        """What doses at -interval, -2 interval ... leave at t: unit boluses, or infusions at the rate 1 for `length`."""
        t = np.asarray(t)[:, np.newaxis]
        each = self.size if not length else self.size / self.rate * np.expm1(self.rate * length)
        passed = np.exp(-self.rate * interval)
        return (each * np.exp(-self.rate * t) * passed / (1 - passed)).sum(axis=1)

    def constant(self, t):
        """What a constant infusion at the rate 1, ended at 0, leaves at t."""
        t = np.asarray(t)[:, np.newaxis]
        return (self.size / self.rate * np.exp(-self.rate * t)).sum(axis=1)

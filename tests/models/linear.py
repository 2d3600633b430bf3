"""A linear model with a closed form: infused drug, eliminated at first order, raises a turnover in proportion."""

import numpy as np

from regimens.model.declaration import Input, Model, Observable, Parameter, State
from regimens.model.expression import Name, Number, parse_formula
from regimens.regimen import parse_regimen, weeks

KE, KIN, KOUT, SLOPE, DOSE, HOURS = 0.3, 2.0, 0.02, 1e-6, 4e6, 100.0


def _parameter(name, value):
    return Parameter(name, value, "1", value, value, 0.0, None)


LINEAR = Model(
    name="linear",
    title="Linear turnover",
    description="",
    sources=(),
    time_unit="h",
    states=(
        State("central", "IU", Number(0.0), parse_formula("-ke * central")),
        State("treg", "cells/uL", parse_formula("kin / kout"), parse_formula("kin * (1 + slope * central) - kout * treg")),
    ),
    parameters=(_parameter("ke", KE), _parameter("kin", KIN), _parameter("kout", KOUT), _parameter("slope", SLOPE)),
    definitions=(),
    inputs=(Input("il2", "IV", "central", Number(1.0), Number(0.0)),),
    observables=(Observable("treg", Name("treg"), "cells/uL", "Treg"),),
    digest="linear",
)

INFUSED = parse_regimen(f"{DOSE / 1e6:g} MIU IV once over {HOURS:g} h").events(weeks(2))


def exact_treg(times_h):
    """Treg (cells/uL) in closed form: an infusion of HOURS from time 0, then wash-out."""
    rate = DOSE / HOURS

    def held(t):
        steady = KIN * SLOPE * rate / KE
        return KIN / KOUT + steady * ((1 - np.exp(-KOUT * t)) / KOUT - (np.exp(-KE * t) - np.exp(-KOUT * t)) / (KOUT - KE))

    central_end = rate / KE * (1 - np.exp(-KE * HOURS))
    excess_end = held(HOURS) - KIN / KOUT
    after = times_h - HOURS
    fed = KIN * SLOPE * central_end * (np.exp(-KE * after) - np.exp(-KOUT * after)) / (KOUT - KE)
    return np.where(times_h <= HOURS, held(times_h), KIN / KOUT + excess_end * np.exp(-KOUT * np.maximum(after, 0)) + fed)

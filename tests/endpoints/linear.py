"""A linear model with closed forms: a bolus into one compartment, eliminated at KE, raises one observable and lowers another."""

import numpy as np

from regimens.drugs import IL2, leading
from regimens.endpoints import DosedArm, endpoint_values, parse_endpoint, simulate_arm
from regimens.endpoints.simulated import doses_in_cycle
from regimens.engine import Tolerances, simulate
from regimens.model import compile_model, typical_subject
from regimens.model.declaration import Input, Model, Observable, Parameter, State
from regimens.model.expression import Name, Number, parse_formula
from regimens.regimen import hours, parse_regimen
from regimens.regimen.events import DosePlan

KE = 0.1
TIGHT = Tolerances(rtol=1e-10, atol=1e-12)

LINEAR = Model(
    name="linear",
    title="One compartment",
    description="",
    sources=(),
    time_unit="h",
    states=(State("central", "IU", Number(0.0), parse_formula("-ke * central")),),
    parameters=(Parameter("ke", KE, "1", KE, KE, 0.0, None),),
    definitions=(),
    inputs=(Input(IL2, "IV", "central", Number(1.0), Number(0.0)),),
    observables=(
        Observable("central", Name("central"), "IU", "IL-2", "lower"),
        Observable("raised", parse_formula("1 + central / 1000000"), "1", "Treg, fold of baseline", "higher"),
        Observable("lowered", parse_formula("1 - 0.5 * central / 1000000"), "1", "Symptoms, fold of baseline", "lower"),
        Observable("opposite", parse_formula("-(1 + central / 1000000)"), "1", "Opposite"),
        Observable("nothing", parse_formula("0 * central"), "1", "Nothing"),
    ),
    digest="linear of the endpoints",
)
COMPILED = compile_model(LINEAR)


def arm_of(text, horizon_h, words=(), plan=None):
    """Simulate a regimen in words up to a horizon, for endpoints in words; `plan` is what subjects get, if they differ."""
    regimen = parse_regimen(text)
    plan = plan or DosePlan.of(regimen.events(hours(horizon_h)), 1)
    people = typical_subject(LINEAR)[np.zeros(1 if plan.which is None else len(plan.which), dtype=int)]
    dosed = DosedArm(plan, horizon_h, leading(regimen.drugs) or "", doses_in_cycle(regimen))
    endpoints = [one for each in words for one in parse_endpoint(each).each(2)]
    return simulate_arm(COMPILED, people, dosed, endpoints, tolerances=TIGHT)


def read_at(text, horizon_h, times_h, observable):
    """Return the (times,) values of an observable at rising times, just before a dose there."""
    events = parse_regimen(text).events(hours(horizon_h))
    times = np.append(times_h, horizon_h)
    return simulate(COMPILED, typical_subject(LINEAR), events, times, observables=[observable], tolerances=TIGHT).values[
        0, :-1, 0
    ]


def value(words, text, horizon_h):
    """Return one endpoint of a regimen in words."""
    return float(endpoint_values(parse_endpoint(words), arm_of(text, horizon_h, [words]))[0])

"""A linear model with closed forms: a bolus into one compartment, eliminated at KE, raises one observable and lowers another."""

import numpy as np

from regimens.drugs import IL2, leading
from regimens.endpoints import SimulatedArm, draw_curves, endpoint_values, parse_endpoint
from regimens.endpoints.simulated import doses_in_cycle
from regimens.engine import Tolerances
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


def arm_of(text, horizon_h, words=(), plan=None, cuts_h=()):
    """Simulate a regimen in words up to a horizon, cut for endpoints in words; `plan` is what subjects get, if they differ."""
    regimen = parse_regimen(text)
    plan = plan or DosePlan.of(regimen.events(hours(horizon_h)), 1)
    people = typical_subject(LINEAR)[np.zeros(1 if plan.which is None else len(plan.which), dtype=int)]
    cuts = [*cuts_h, *(time for each in words for time in parse_endpoint(each).cuts_h)]
    names = [observable.name for observable in LINEAR.observables]
    curves = draw_curves(COMPILED, people, plan, horizon_h, observables=names, cuts_h=cuts, tolerances=TIGHT)
    total = plan.total(IL2, people.weight_kg, people.bsa_m2)
    return SimulatedArm(curves, plan, horizon_h, total, leading(regimen.drugs) or "", doses_in_cycle(regimen))


def value(words, text, horizon_h):
    """Return one endpoint of a regimen in words."""
    return float(endpoint_values(parse_endpoint(words), arm_of(text, horizon_h, [words]))[0])

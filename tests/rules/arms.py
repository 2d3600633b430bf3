"""Small arms with rules, followed in small models."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from regimens.adherence.realise import Adherence, timed
from regimens.engine import Tolerances, simulate
from regimens.model.compile import compile_model
from regimens.model.file import model_in
from regimens.model.parameters import typical_subject
from regimens.regimen import parse_regimen
from regimens.rules.follow import Chance, follow
from regimens.rules.guide import guide_of
from regimens.rules.values import Rules
from regimens.yamlfile import parse

TIGHT = Tolerances(rtol=1e-10, atol=1e-12)

DECAY = """\
title: One compartment
description: Doses into one compartment that empties at a constant rate; a second drug into another.
time: h
parameters:
  k: {{value: {k}, unit: 1/h, bounds: [0.0001, 1], cv: 0, source: assumed, label: rate}}
  wait: {{value: {lag}, unit: h, bounds: [0, 1000], cv: 0, source: assumed, label: lag}}
states:
  x: {{unit: IU, initial: 0, rate: -k * x, label: IL-2}}
  z: {{unit: mg, initial: 0, rate: -k * z, label: other drug}}
inputs:
  - {{drug: il2, route: IV, state: x, bioavailability: 1, lag: wait}}
  - {{drug: other, route: IV, state: z, bioavailability: 1, lag: 0}}
observables:
  amount: {{formula: {formula}, unit: IU, label: IL-2, better: lower}}
  rest: {{formula: z, unit: mg, label: Other drug}}
"""


def decay(k=0.02, lag=0, formula="x"):
    """Return the compiled model; `formula` is what is observed of it."""
    return compile_model(model_in(parse(DECAY.format(k=k, lag=lag, formula=formula), "decay.yaml")))


def rules(*ladder, decide="before each dose", look_at=("amount",), **more):
    return Rules.of(decide=decide, look_at=look_at, rules=ladder, **more)


def followed(
    compiled, regimen, made, *, horizon_h=5000.0, subjects=1, people=None, life=None, chance=None, visits=(), tolerances=TIGHT
):
    """Follow rules in a model; every subject is the typical one unless `people` says otherwise."""
    plan = parse_regimen(regimen)
    typical = typical_subject(compiled.model)
    people = typical[np.zeros(subjects, dtype=np.intp)] if people is None else people
    who = np.arange(people.subjects)
    when = timed(plan, Adherence(real_life=life), horizon_h, 7, who)
    guide = guide_of(made, plan, [Fraction(time) for time in visits])
    noise = Chance(7, who, np.zeros_like(who)) if chance else None
    return follow(guide, when, compiled, people, horizon_h, tolerances, noise)


def read_again(compiled, people, found, horizon_h=5000.0, observables=("amount",), tolerances=TIGHT):
    """Return (subjects, decisions, looks) values at the times of looks, of the doses that were found simulated as one run."""
    looked = found.log.looked_h
    times = np.nan_to_num(looked.reshape(len(looked), -1))
    order = np.argsort(times, axis=1, kind="stable")
    ordered = np.take_along_axis(times, order, axis=1)
    end = np.full((len(times), 1), horizon_h)
    read = simulate(
        compiled,
        people,
        found.plan(horizon_h),
        np.concatenate([ordered, end], axis=1),
        observables=observables,
        tolerances=tolerances,
    )
    back = np.argsort(order, axis=1, kind="stable")[:, :, np.newaxis]
    values = np.take_along_axis(read.values[:, :-1], back, axis=1)
    entry = np.arange(times.shape[1])
    return np.where(np.isnan(looked), np.nan, values[:, entry, entry % len(observables)].reshape(looked.shape))

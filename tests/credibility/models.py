"""Small models of which every share of draws is known."""

LEVEL = """\
title: A level that no dose moves
description: The observable is a parameter, so its draws are those of the prior.
time: h
parameters:
  level: {{value: {value}, unit: "1", bounds: [0.01, 100], cv: 0, uncertainty: {uncertainty}, source: assumed, label: level}}
  gain: {{value: {gain}, unit: 1/IU, bounds: [1e-9, 1], cv: 0, uncertainty: {gain_uncertainty}, source: assumed, label: gain}}
states:
  given: {{unit: IU, initial: 0, rate: 0 / time_constant * given, label: IL-2 given so far}}
constants:
  time_constant: {{value: 1, unit: h}}
inputs:
  - {{drug: il2, route: SC, state: given, bioavailability: 1, lag: 0}}
observables:
  treg_fold: {{formula: {formula}, unit: "1", label: "Treg, fold of baseline", better: higher}}
{more}"""


def level(
    folder, name="level", value=1.0, uncertainty=0.5, gain=1e-6, gain_uncertainty=0.5, formula="level + gain * given", more=""
):
    """Write a model file and return its path as a scenario names it; treg_fold is `level` plus `gain` times the IU given."""
    path = folder / f"{name}.yaml"
    text = LEVEL.format(
        value=value, uncertainty=uncertainty, gain=gain, gain_uncertainty=gain_uncertainty, formula=formula, more=more
    )
    path.write_text(text, encoding="utf-8")
    return str(path)

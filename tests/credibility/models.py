"""Small models of which every share of draws is known, and fits of them."""

import json

import numpy as np

from regimens import shipped
from regimens.model import find_model
from regimens.model.fitted import fingerprint

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


def threshold(folder, name, gain, least, uncertainty=0.5, value=1.0):
    """Write a model in which treg_fold rises with the dose where `gain` is above `least` (1/IU), and falls below it."""
    formula = "level + (gain - threshold) * given"
    own = {"gain_uncertainty": uncertainty, "uncertainty": 0, "value": value}
    found = level(folder, name, gain=gain, formula=formula, **own)
    path = folder / f"{name}.yaml"
    constant = f"threshold: {{value: {least}, unit: 1/IU}}\n  time_constant: {{"
    path.write_text(path.read_text(encoding="utf-8").replace("time_constant: {", constant), encoding="utf-8")
    return found


def ship_fits(monkeypatch, folder, **draws):
    """Ship fits of the models in `folder` in place of all others: {name of the model: draws of its `gain`}."""
    posteriors = folder / "posteriors"
    for name, gains in draws.items():
        own = posteriors / name
        own.mkdir(parents=True)
        record = {"model_sha256": fingerprint(find_model(str(folder / f"{name}.yaml"), values="declared"))}
        own.joinpath("fit.json").write_text(json.dumps(record), encoding="utf-8")
        own.joinpath("draws.csv").write_text("gain\n" + "".join(f"{gain}\n" for gain in gains), encoding="utf-8")
        row = f"gain,{np.median(gains)},{min(gains)},{max(gains)},0.5"
        own.joinpath("summary.csv").write_text(f"name,median,low,high,contraction\n{row}\n", encoding="utf-8")
    real = shipped.folder
    monkeypatch.setattr(shipped, "folder", lambda kind: posteriors if kind == "posteriors" else real(kind))

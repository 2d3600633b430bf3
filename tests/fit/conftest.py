"""A model whose answers are closed forms: Treg rise at once by a factor that differs between subjects."""

import pytest

from regimens.model import load_model

TEXT = """
title: A rise that does not depend on anything but its own size
description: Treg rise at once by a factor that differs between subjects.
sources: {here: {text: made for tests}}
time: day
parameters:
  rise: {value: 2, unit: "1", bounds: [0.001, 1000], cv: 0.5, uncertainty: 0.5, source: here, label: rise}
  k: {value: 1, unit: 1/day, bounds: [1, 1], cv: 0, source: here, label: rate of absorption}
  T0: {value: 30, unit: cells/uL, bounds: [0.01, 100000], cv: 0.4, source: here, label: baseline}
states:
  treg: {unit: cells/uL, initial: T0 * rise, rate: 0 * k * treg, label: Treg}
  depot: {unit: IU, initial: 0, rate: -k * depot, label: depot}
inputs:
  - {drug: il2, route: SC, state: depot, bioavailability: 1, lag: 0}
observables:
  treg: {formula: treg, unit: cells/uL, label: Treg}
  treg_fold: {formula: treg / T0, unit: "1", label: Treg fold}
"""


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    file = tmp_path_factory.mktemp("models") / "rise.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return load_model(file)

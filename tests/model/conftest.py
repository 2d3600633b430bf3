"""A small model file that tests change one thing of."""

from pathlib import Path

import pytest

SMALL = """\
title: Small
description: One drug, one state.
sources:
  me2026: {text: "Me 2026, a journal."}
time: day
parameters:
  CL: {value: 10, unit: L/day, bounds: [5, 20], cv: 0.3, source: me2026}
  V: {value: 5, unit: L, bounds: [2, 8], cv: 0, source: assumed}
constants:
  mL_per_L: {value: 1000, unit: mL/L}
definitions:
  conc: {formula: central / (V * mL_per_L), unit: IU/mL}
states:
  central: {unit: IU, initial: 0, rate: -CL / V * central}
inputs:
  - {drug: il2, route: IV, state: central, bioavailability: 1, lag: 0}
observables:
  serum: {formula: conc, unit: IU/mL, label: Serum IL-2}
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Return a function that writes the small model with `old` replaced by `new` and gives its path."""
    monkeypatch.chdir(tmp_path)

    def written(*changes: tuple[str, str]) -> Path:
        text = SMALL
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = Path("m.yaml")
        path.write_text(text, encoding="utf-8")
        return path

    return written

"""Small searches, written as users write them."""

from __future__ import annotations

from regimens.scenario import Scenario

TEXT = """\
title: Small search
models: [turnover, effect_turnover]
horizon: 3 weeks
population: {subjects: 3, seed: 4, draws: 24}
arms:
  five days: {regimen: 1 MIU SC daily x 5}
endpoints: [peak of treg_fold]
search:
  amount: {from: 0.5 MIU, to: 1.5 MIU, step: 0.5 MIU}
  every: [1 day, 3 days]
  doses: 2-3
  cycles: 1-2
  rests: [9 days]
  within: 3 weeks
  limits: [total at most 4 MIU]
  aim: highest mean of treg_fold to 3 weeks
  judged by: regret
"""

BENT = """\
title: Gain that bends
description: >
  The drug leaves at rate k; the gain is its amount less a square of it. So n doses far apart give n (A / k - b A^2 / (2 k)), which is
  largest at A = 1 / b.
time: h
parameters:
  k: {value: 1, unit: 1/h, bounds: [0.5, 2], cv: 0.1, source: assumed, uncertainty: 0.2}
  b: {value: 1.3333333333333333e-6, unit: 1/IU, bounds: [1.0e-7, 1.0e-5], cv: 0, source: assumed}
states:
  drug: {unit: IU, initial: 0, rate: -k * drug, label: Drug}
inputs:
  - {drug: il2, route: SC, state: drug, bioavailability: 1, lag: 0}
observables:
  amount: {formula: drug, unit: IU, label: Amount, better: higher}
  gain: {formula: drug - b * drug * drug, unit: IU, label: Gain, better: higher}
"""


def scenario(*changes: tuple[str, str]) -> Scenario:
    """Return the small search with some of its text replaced."""
    return Scenario.from_text(changed(*changes))


def changed(*changes: tuple[str, str]) -> str:
    """Return the text of the small search with some of it replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def bent(folder, *changes: tuple[str, str], b: str = "1.3333333333333333e-6") -> Scenario:
    """Return a search under the model BENT alone; the best amount of a dose is 1 / b IU."""
    (folder / "bent.yaml").write_text(BENT.replace("1.3333333333333333e-6", b), encoding="utf-8")
    ours = [
        ("[turnover, effect_turnover]", "[bent.yaml]"),
        ("peak of treg_fold", "peak of gain"),
        ("mean of treg_fold to 3 weeks", "AUC of gain"),
        ("step: 0.5 MIU", "step: 0.25 MIU"),
        ("1-2", "1"),
        ("[9 days]", "[none]"),
        ("2-3", "2"),
        ("within: 3 weeks", "within: 2 weeks"),
    ]
    return Scenario.from_text(changed(*ours, *changes), folder=folder)

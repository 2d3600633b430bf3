"""Small scenarios, written as text so that they are read as users' are."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd
import pytest

from regimens import shipped
from regimens.adherence.ledger import COLUMNS, Ledger
from regimens.errors import InputFileError
from regimens.scenario import Scenario, read_scenario, reduced
from regimens.study.collect import collect
from regimens.study.comparison import Comparison, compare
from regimens.study.perform import perform
from regimens.study.study import resolve
from regimens.study.tasks import tasks

from .kept import once

ROOT = Path(__file__).parents[1]

ARMS = """\
  low:
    regimen: 0.5 MIU SC daily x 5
  high:
    regimen: 2 MIU/m2 SC daily x 5
  placebo:
    regimen: no dose
"""
ENDPOINTS = "[peak of treg_fold, share with treg_fold above 2, mean of treg_fold to 2 weeks, peak of serum_il2]"

EXPLODING = """\
title: A state that has no value after a while
description: x = 1 / (1 - k t), so it ends at t = 1 / k; who has a large k does not live to see the horizon.
time: h
parameters:
  k: {value: 0.001, unit: 1/h, bounds: [0.0001, 0.01], cv: 1.0, source: assumed, label: rate}
  ke: {value: 0.1, unit: 1/h, bounds: [0.05, 0.2], cv: 0, source: assumed, label: elimination}
states:
  depot: {unit: IU, initial: 0, rate: -ke * depot, label: IL-2}
  x: {unit: "1", initial: 1, rate: k * x * x, label: size}
inputs:
  - {drug: il2, route: SC, state: depot, bioavailability: 1, lag: 0}
observables:
  size: {formula: x, unit: "1", label: Size, better: higher}
"""


def text(*, models="[turnover]", population="{subjects: 6, seed: 3, draws: 4}", arms=ARMS, endpoints=ENDPOINTS, more=""):
    """Return a scenario of three weeks; an empty `population` leaves the key out."""
    return (
        f"title: Small\nmodels: {models}\nhorizon: 3 weeks\nobserve: {{every: 24 h}}\n"
        + (f"population: {population}\n" if population else "")
        + f"{more}arms:\n{arms}endpoints: {endpoints}\n"
    )


def scenario(folder: Path, **parts):
    """Write a scenario into `folder` and read it."""
    return written(folder, text(**parts))


def written(folder: Path, words: str):
    """Read a scenario of these words."""
    file = folder / "small.yaml"
    file.write_text(words, encoding="utf-8")
    return read_scenario(file)


@functools.cache
def shipped_scenario(name: str) -> Scenario:
    """Read a shipped scenario, once for all files of tests."""
    return read_scenario(shipped.folder("scenarios") / f"{name}.yaml")


@once
def shipped_run(name: str) -> Comparison:
    """Run a shipped scenario with the fewest subjects and draws with which all its bands have a width of their own, once."""
    whole = shipped_scenario(name)
    return compare(whole if whole.population is None else reduced(whole, 4, min(6, whole.population.draws)))


@once
def shipped_page(name: str) -> str:
    """Return the page of that run."""
    return shipped_run(name).to_html()


def collected(scenario, chunk=200, order=lambda work: work):
    """Do every task of a scenario here, in any order; return its study and the results put together."""
    study = resolve(scenario)
    return study, collect(study, [(task, perform(task)) for task in order(tasks(study, chunk))])


def ledger(arm: str, amounts: list[float]) -> Ledger:
    """Return the ledger of an arm in which each subject gets one dose of these IU at the start."""
    dose = {"arm": arm, "drug": "il2", "cycle": 1, "dose": 1, "planned_h": 0.0, "given_h": 0.0, "basis": "flat"}
    dose |= {"route": "SC", "duration_h": 0.0, "reason": "as planned"}
    rows = [{**dose, "subject": subject, "planned": iu, "given": iu} for subject, iu in enumerate(amounts)]
    return Ledger(pd.DataFrame(rows).reindex(columns=list(COLUMNS)))


def refused(folder: Path, words: str) -> str:
    """Return what is said of a scenario that cannot be used, without the folder."""
    with pytest.raises(InputFileError) as raised:
        written(folder, words)
    return str(raised.value).replace(f"{folder}/", "")

"""A scenario as an event table: one ID for every planned arm, and the JSON file that says what the table holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.eventtable.dialect import DIALECTS
from regimens.eventtable.writing import Fitting, event_table
from regimens.model.declaration import HOURS_PER
from regimens.regimen.quantities import Duration
from regimens.scenario.values import planned_arms
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.scenario.values import Arm, Scenario


def event_files(scenario: Scenario, dialect: str, model: Model | None = None) -> dict[str, str]:
    """Return the files of a scenario's planned doses by name: the table, and the JSON file of what is declared about it.

    With `model`, time, amounts and compartments are those of its text for the same program. RegimenError for what the dialect
    cannot say, and for drugs that the model has no input for.
    """
    arms, horizon = planned_arms(scenario), Fraction(scenario.horizon_h)
    events = {arm.name: arm.regimen.events(Duration(horizon), arm.name) for arm in arms}
    notes = [note for arm in arms for note in _notes(arm)]
    if any(basis != "flat" for doses in events.values() for basis in doses.basis):
        kg, m2 = decimal_text(scenario.subject.weight_kg), decimal_text(scenario.subject.bsa_m2)
        notes.append(
            f"AMT of a dose per kg or per m2 is that of a person of {kg} kg and {m2} m2; DOSE and BASIS have it as planned."
        )
    fitting = None if model is None else _fitting(model)
    tables = event_table(events, DIALECTS[dialect], scenario.subject, horizon, notes, fitting)
    name = f"{scenario.name}-{dialect}" if model is None else f"{scenario.name}-{model.name}-{dialect}"
    sidecar = json.dumps({"table": f"{name}.csv", "scenario": scenario.title, **tables.sidecar}, indent=2, ensure_ascii=False)
    return {f"{name}.csv": tables.text, f"{name}.json": sidecar + "\n"}


def _fitting(model: Model) -> Fitting:
    """Return what a table for the text of a model agrees with: compartments are its states, counted from 1."""
    states = [state.name for state in model.states]
    compartments = {(given.drug, given.route): states.index(given.state) + 1 for given in model.inputs}
    return Fitting(model.name, model.time_unit, Fraction(HOURS_PER[model.time_unit]), compartments)


def _notes(arm: Arm) -> Iterator[str]:
    """Yield what the table does not say about an arm."""
    if not arm.regimen.drugs:
        yield f"Arm '{arm.name}' has no dose."
    if arm.rest == "drawn":
        yield f"Arm '{arm.name}': its rests are drawn for every subject; the table has their midpoints."
    if arm.adherence is not None and arm.adherence.ledger is not None:
        yield f"Arm '{arm.name}': the table has the doses that were planned, not those of the ledger."

"""A scenario as an event table: one ID for every planned arm, and the JSON file that says what the table holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.eventtable.dialect import DIALECTS, PKPDSIM
from regimens.eventtable.writing import Fitting, event_table
from regimens.model.declaration import HOURS_PER
from regimens.regimen.quantities import Duration
from regimens.scenario.values import planned_arms
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.eventtable.dialect import Dialect
    from regimens.model.declaration import Model
    from regimens.scenario.values import Arm, Scenario


def event_files(scenario: Scenario, dialect: str, model: Model | None = None) -> dict[str, str]:
    """Return the files of a scenario's planned doses by name: the table, and the JSON file of what is declared about it.

    With `model`, time, amounts and compartments are those of its text for the same program. RegimenError for what the dialect
    cannot say, and for drugs that the model has no input for.
    """
    arms, horizon = planned_arms(scenario), Fraction(scenario.horizon_h)
    events = {arm.name: arm.regimen.events(Duration(horizon), arm.name) for arm in arms}
    fitting = None if model is None else _fitting(model)
    notes = table_notes(scenario, dialect)
    tables = event_table(events, DIALECTS[dialect], scenario.subject, horizon, notes, fitting)
    name = f"{scenario.name}-{dialect}" if model is None else f"{scenario.name}-{model.name}-{dialect}"
    sidecar = json.dumps({"table": f"{name}.csv", "scenario": scenario.title, **tables.sidecar}, indent=2, ensure_ascii=False)
    return {f"{name}.csv": tables.text, f"{name}.json": sidecar + "\n"}


def _fitting(model: Model) -> Fitting:
    """Return what a table for the text of a model agrees with: compartments are its states, counted from 1."""
    states = [state.name for state in model.states]
    compartments = {(given.drug, given.route): states.index(given.state) + 1 for given in model.inputs}
    return Fitting(model.name, model.time_unit, Fraction(HOURS_PER[model.time_unit]), compartments)


def table_notes(scenario: Scenario, dialect: str) -> list[str]:
    """Return what the table of a scenario does not say, and what its reader has to know."""
    arms, horizon = planned_arms(scenario), Fraction(scenario.horizon_h)
    notes = [note for arm in arms for note in _of_arm(arm, horizon, DIALECTS[dialect])]
    given = (dose for arm in arms for dose in arm.regimen.written_out() if dose.start < horizon)
    if any(dose.dose.amount.basis != "flat" for dose in given):
        kg, m2 = decimal_text(scenario.subject.weight_kg), decimal_text(scenario.subject.bsa_m2)
        notes.append(
            f"AMT of a dose per kg or per m2 is that of a person of {kg} kg and {m2} m2; DOSE and BASIS have it as planned."
        )
    return notes


def plan_notes(arm: Arm) -> Iterator[str]:
    """Yield where what subjects of an arm get differs from its plan, which is all that an export has."""
    if arm.rest == "drawn":
        yield f"Arm '{arm.name}': its rests are drawn for every subject; they are written at their midpoints."
    if arm.adherence is not None and arm.adherence.ledger is not None:
        yield f"Arm '{arm.name}': the doses that were planned are written, not those of the ledger."


def _of_arm(arm: Arm, horizon_h: Fraction, dialect: Dialect) -> Iterator[str]:
    if not arm.regimen.drugs:
        yield f"Arm '{arm.name}' has no dose."
    yield from plan_notes(arm)
    starts = [dose.start for dose in arm.regimen.written_out()]
    late = sum(start >= horizon_h for start in starts)
    if late:
        count = "1 dose is" if late == 1 else f"{late} doses are"
        yield f"Arm '{arm.name}': {count} at or after the horizon of {decimal_text(horizon_h)} h and not in the table."
    if starts and 0 < starts[0] < horizon_h and dialect is PKPDSIM:
        first = decimal_text(starts[0])
        yield f"Arm '{arm.name}': the first dose is at {first} h; PKPDsim moves it to time 0 unless reset_time = FALSE."

"""What the numbers rest on: models with their equations, parameters with sources or none, and assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.model.declaration import Source
from regimens.model.expression import in_formula
from regimens.report.text import model_sheets
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.figures.view import View
    from regimens.model.declaration import Model
    from regimens.report.references import Bibliography
    from regimens.study.comparison import Comparison


@dataclass(frozen=True)
class ParameterRow:
    """A parameter as the page shows it; `reference` is the number of its source, None when it is assumed."""

    name: str
    label: str
    value: str
    spread: str
    note: str
    reference: int | None


@dataclass(frozen=True)
class ModelSheet:
    """A model on the page: equations as (left, right, unit or label) and parameters; sentences on drugs that it has no input for,
    and on values without a source.
    """

    name: str
    title: str
    description: str
    exploratory: bool
    equations: tuple[tuple[str, str, str], ...]
    parameters: tuple[ParameterRow, ...]
    without_input: str
    without_source: str

    @property
    def assumed(self) -> tuple[ParameterRow, ...]:
        """Parameters without a source."""
        return tuple(row for row in self.parameters if row.reference is None)


def sheets(comparison: Comparison, view: View, bibliography: Bibliography) -> tuple[ModelSheet, ...]:
    """Return the sheet of every model; sources enter the bibliography of the page."""
    return tuple(_sheet(model, view, bibliography) for model in comparison.models)


def assumptions(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """Return the assumptions as (arms that make it, sentence); the scenario's own come first, without arms."""
    said: dict[str, list[str]] = {}
    for arm in comparison.scenario.arms:
        for sentence in arm.assumptions if arm.variant == AS_WRITTEN else ():
            said.setdefault(sentence, []).append(arm.name)
    own = [("", sentence) for sentence in comparison.scenario.assumptions]
    return (*own, *(("; ".join(names), sentence) for sentence, names in said.items()))


def _sheet(model: Model, view: View, bibliography: Bibliography) -> ModelSheet:
    known = {entry.drug for entry in model.inputs}
    by_key = {source.key: source for source in model.sources}
    rows = tuple(
        ParameterRow(
            p.name,
            p.label,
            f"{wording.exact(float(f'{p.value:.6g}'))} {wording.unit(p.unit)}".strip(),
            f"{round(100 * p.cv)} %" if p.cv else wording.MISSING,
            p.note,
            None if p.source is None else bibliography.number_of(by_key.get(p.source, Source(p.source, p.source)), model.name),
        )
        for p in model.parameters
    )
    for source in model.sources:
        bibliography.number_of(source, model.name)
    ignored = model_sheets.without_input([drug for drug in view.drugs if drug not in known])
    assumed = model_sheets.without_source(sum(row.reference is None for row in rows), len(rows))
    equations = _equations(model)
    return ModelSheet(model.name, model.title, model.description, model.exploratory, equations, rows, ignored, assumed)


def _equations(model: Model) -> tuple[tuple[str, str, str], ...]:
    lines = [(d.name, in_formula(d.formula), _note(d.label, wording.unit(d.unit))) for d in model.definitions]
    per = wording.unit(model.time_unit)
    lines += [(f"d({s.name})/dt", in_formula(s.rate), _note(s.label, f"{wording.unit(s.unit)}/{per}")) for s in model.states]
    lines += [(f"{s.name}(0)", in_formula(s.initial), wording.unit(s.unit)) for s in model.states]
    for entry in model.inputs:
        enters = model_sheets.input_formula(in_formula(entry.bioavailability), in_formula(entry.lag), per)
        lines.append((model_sheets.enters(entry.drug, entry.route, entry.state), enters, ""))
    lines += [(o.name, in_formula(o.formula), _note(o.label, wording.unit(o.unit))) for o in model.observables]
    return tuple(lines)


def _note(label: str, unit: str) -> str:
    return f"{label}, {unit}" if label and unit else label or unit

"""What every target needs of a model: elementary formulas, what is constant for a subject, doses by state, words for comments."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from regimens.drugs import unit_of
from regimens.errors import ModelError
from regimens.model.compile import compile_model
from regimens.model.declaration import Definition, Input, Model, Observable, Parameter, State
from regimens.model.expression import Expression, names_in
from regimens.model.graph import Graph
from regimens.modeltext.elementary import elementary, literal, never_negative

Thing = Parameter | Definition | State | Observable
"""What has a name, a label and a unit."""

COMMENT_WIDTH = 100
TIMES = {"h": "hours", "day": "days"}


@dataclass(frozen=True)
class Dosing:
    """How doses into one state arrive: the inputs that enter it, with their common bioavailability and lag."""

    state: str
    inputs: tuple[Input, ...]
    bioavailability: Expression
    lag: Expression


@dataclass(frozen=True)
class Parts:
    """A checked model with its formulas in elementary operations (`elementary.py`), in the order of the model."""

    model: Model
    before: tuple[Definition, ...]
    """Definitions that are constant for a subject."""
    along: tuple[Definition, ...]
    """Definitions that change with states or time."""
    initial: Mapping[str, Expression]
    rates: Mapping[str, Expression]
    observables: Mapping[str, Expression]

    @property
    def varying(self) -> tuple[Parameter, ...]:
        """The parameters that differ between subjects."""
        return tuple(parameter for parameter in self.model.parameters if parameter.cv > 0)

    def dosing(self, target: str) -> tuple[Dosing, ...]:
        """Return the dosing of every state that doses enter, for a target with one bioavailability and lag a compartment.

        Raises ModelError where two inputs of a state differ in one of them.
        """
        found: dict[str, list[Input]] = {}
        for given in self.model.inputs:
            found.setdefault(given.state, []).append(given)
        return tuple(_dosing(self.model, target, state, inputs) for state, inputs in found.items())

    def shared(self, formula: Expression) -> Expression:
        """Return a formula of parameters in elementary operations."""
        return elementary(formula, never_negative(self.model))


def parts_of(model: Model) -> Parts:
    """Return what is written of `model`; ModelError as `compile_model` raises it."""
    compile_model(model)
    nonnegative = never_negative(model)

    def plain(formula: Expression) -> Expression:
        return elementary(formula, nonnegative)

    constant = {parameter.name for parameter in model.parameters}
    before, along = [], []
    for definition in model.definitions:
        written = Definition(definition.name, plain(definition.formula), definition.unit, definition.label)
        if set(names_in(definition.formula)) <= constant:
            constant.add(definition.name)
            before.append(written)
        else:
            along.append(written)
    return Parts(
        model,
        tuple(before),
        tuple(along),
        {state.name: plain(state.initial) for state in model.states},
        {state.name: plain(state.rate) for state in model.states},
        {observable.name: plain(observable.formula) for observable in model.observables},
    )


def _dosing(model: Model, target: str, state: str, inputs: list[Input]) -> Dosing:
    first = inputs[0]
    for other in inputs[1:]:
        for what in ("bioavailability", "lag"):
            if not _same(getattr(first, what), getattr(other, what)):
                raise ModelError(
                    f"Model '{model.name}': doses of {first.drug} {first.route} and of {other.drug} {other.route} enter "
                    f"'{state}' with different {what}, and {target} has one {what} for each compartment. "
                    "Give one of them a state of its own."
                )
    return Dosing(state, tuple(inputs), first.bioavailability, first.lag)


def _same(one: Expression, other: Expression) -> bool:
    graph = Graph(frozenset())
    names = {name: graph.symbol(name) for formula in (one, other) for name in names_in(formula)}
    return graph.read(one, names) == graph.read(other, names)


def is_number(formula: Expression, value: float) -> bool:
    """Return whether a formula is the given number."""
    return literal(formula) == value


def omega(cv: float) -> float:
    """Return the variance on the log scale of a log-normal parameter with coefficient of variation `cv`."""
    return math.log1p(cv**2)


def omega_blocks(parts: Parts, left_out: Container[str] = ()) -> list[tuple[tuple[str, ...], list[list[float]]]]:
    """Return groups of correlated parameters with the lower triangle of their covariance on the log scale, row by row.

    A parameter without a correlation is a group of its own. Groups stand in the order of their first parameter; those of
    `left_out` are in none.
    """
    names = [parameter.name for parameter in parts.varying if parameter.name not in left_out]
    group = {name: frozenset((name,)) for name in names}
    for correlation in parts.model.correlations:
        if not group.keys() >= set(correlation.between):
            continue
        joined = group[correlation.between[0]] | group[correlation.between[1]]
        group.update(dict.fromkeys(joined, joined))
    cv = {parameter.name: parameter.cv for parameter in parts.varying}
    between = {frozenset(c.between): c.value for c in parts.model.correlations}

    def entry(row: str, column: str) -> float:
        if row == column:
            return omega(cv[row])
        return between.get(frozenset((row, column)), 0.0) * math.sqrt(omega(cv[row]) * omega(cv[column]))

    blocks = []
    for members in dict.fromkeys(group[name] for name in names):
        ordered = tuple(name for name in names if name in members)
        blocks.append((ordered, [[entry(row, column) for column in ordered[: place + 1]] for place, row in enumerate(ordered)]))
    return blocks


def said(*words: str) -> str:
    """Return the words that are not empty as one line, fit for a comment of any target: no line breaks and no backslashes."""
    return " ".join("; ".join(filter(None, words)).split()).replace("\\", "/")


def parameter_words(parameter: Parameter) -> str:
    """Return label, unit, spread, bounds and source of a parameter for a comment."""
    spread = f"CV {parameter.cv:g}, bounds {parameter.low:g} to {parameter.high:g}" if parameter.cv else ""
    source = "assumed" if parameter.source is None else f"source {parameter.source}"
    return said(parameter.label, f"unit {parameter.unit}", spread, source)


def thing_words(thing: Thing) -> str:
    """Return label and unit for a comment."""
    return said(thing.label, f"unit {thing.unit}")


def things_of(model: Model) -> list[Thing]:
    """Return everything of `model` that has a name, a label and a unit."""
    return [*model.parameters, *model.states, *model.definitions, *model.observables]


def heading(parts: Parts, target: str, not_carried: Iterable[str]) -> list[str]:
    """Return the lines of the comment at the top: what the model is, units of the table, sources, and what is not carried."""
    model = parts.model
    lines = [f"Model '{model.name}', written for {target} by regimens. For research, not for treatment decisions."]
    lines.append(said(model.description))
    if model.exploratory:
        lines.append("Exploratory: not calibrated to patient data.")
    time = TIMES[model.time_unit]
    lines.append(f"Time is in {time}: times, intervals and durations of the event table must be in {time}.")
    for given in model.inputs:
        lines.append(f"Doses of {given.drug} {given.route} enter {given.state}, in {unit_of(given.drug)}.")
    if model.inputs:
        lines.append("Amounts in the event table are flat: doses per m2 or per kg, and their caps, are worked out before.")
    else:
        lines.append("No doses enter this model.")
    if model.sources:
        lines.append("Sources:")
        lines += [
            said(f"- {source.key}: {source.text}" + (f" doi:{source.doi}" if source.doi else "")) for source in model.sources
        ]
    lines.append("Not carried over:")
    lines += [f"- {words}" for words in (*not_carried, *_left_behind(parts))]
    return lines


def _left_behind(parts: Parts) -> Iterator[str]:
    if parts.varying:
        yield "Bounds of parameters: subjects drawn from the variances may lie outside the bounds that the comments give."
    if any(state.nonnegative for state in parts.model.states):
        yield "The check that states stay at 0 or above."
    yield "Notes on how values were obtained, priors of fits, and which observables are better higher or lower."


def renamed(changed: Sequence[tuple[str, str]]) -> list[str]:
    """Return the table of changed names as lines; none if every name could stay."""
    if not changed:
        return []
    width = max(len(old) for old, _ in changed)
    return [
        "Renamed, as the target has the name for itself, or cannot have it:",
        *(f"  {old:<{width}}  ->  {new}" for old, new in changed),
    ]


def commented(lines: Iterable[str], mark: str, width: int = COMMENT_WIDTH) -> list[str]:
    """Return lines as comments that start with `mark`, long ones wrapped."""
    wrapped = []
    for line in lines:
        indent = "  " if line.startswith("- ") else ""
        pieces = textwrap.wrap(
            line, width - len(mark) - 1, subsequent_indent=indent, break_long_words=False, drop_whitespace=True
        )
        wrapped += [f"{mark} {piece}".rstrip() for piece in (pieces if len(mark) + 1 + len(line) > width else [line])]
    return wrapped


def used(parts: Parts, formulas: Iterable[Expression]) -> frozenset[str]:
    """Return the names that the formulas, the definitions, and doses of the model read."""
    every = [*formulas, *(d.formula for d in (*parts.before, *parts.along)), *parts.initial.values(), *parts.rates.values()]
    every += [formula for given in parts.model.inputs for formula in (given.bioavailability, given.lag)]
    return frozenset(name for formula in every for name in names_in(formula))


def decimal(value: float) -> str:
    """Return a number that C++, R, SBML and Antimony read back exactly, never as an integer: 2.0, 5e-07, -0.1."""
    if not math.isfinite(value):
        raise ModelError(f"The number {value} cannot be written in a formula.")
    return repr(float(value))

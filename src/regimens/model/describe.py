"""Models as text: their equations in words, a rich rendering for the terminal, and the Markdown page of the shipped models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.model.declaration import KEEPS_RATE
from regimens.model.expression import in_formula
from regimens.model.file import declared
from regimens.model.fitted import fitted, is_fitted

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

    from regimens.model.declaration import Input, Model, Parameter, Source

TIMES = {"h": "hours", "day": "days"}
PARAMETER_HEADINGS = ("name", "value", "unit", "bounds", "CV", "source", "what it is")

EXPLORATORY = "Exploratory: not calibrated to patient data."

_PAGE_HEAD = """\
# Models

Written by `scripts/render_models.py` from the files in `models/`. Change those, then run the script.

The values are those of the model files: the typical value of each parameter, which is the median of the subjects. Comparisons use
the posterior medians of the shipped fits instead; `regimens model NAME` shows them. The CV is the spread between subjects
(log-normal). How well a typical value is known is said in its note, not in the tables. Every subject's value lies within the
bounds. Numbers in brackets are the sources below each table; *assumed* means that no published number supports the value.

What the fits to published responses taught of each parameter, and what they did not, is in [fits.md](fits.md); how the fitted
models predict responses that were not fitted, in [validation.md](validation.md); which other structures were tried, with their
numbers, in [variants.md](variants.md)."""


def equations(model: Model) -> list[tuple[str, str]]:
    """Return left and right sides of all definitions, then of all rates, in the order of the file."""
    defined = [(definition.name, in_formula(definition.formula)) for definition in model.definitions]
    return defined + [(f"d({state.name})/dt", in_formula(state.rate)) for state in model.states]


def initial_values(model: Model) -> list[tuple[str, str]]:
    """Return left and right sides of the value of every state at the start."""
    return [(f"{state.name}(0)", in_formula(state.initial)) for state in model.states]


def states_that_may_be_negative(model: Model) -> str:
    """Return a sentence that names the states declared with `nonnegative: false`; empty where there is none."""
    names = [state.name for state in model.states if not state.nonnegative]
    return f"May be negative: {', '.join(names)}." if names else ""


def shares(model: Model) -> str:
    """Return a sentence that names the parameters declared with `share: true`; empty where there is none."""
    names = [parameter.name for parameter in model.parameters if parameter.share]
    return f"Shares, which mean nothing outside 0 to 1: {', '.join(names)}." if names else ""


def inputs_in_words(model: Model) -> list[str]:
    """Return a sentence for every input: which state doses enter, with which bioavailability, and when."""
    return [_input_in_words(entry, model.time_unit) for entry in model.inputs]


def which_values(model: Model) -> str:
    """Return a sentence that says whether the parameter values are those of the model file or those of its shipped fit."""
    if is_fitted(model):
        return "Fitted values: posterior medians of the shipped fit where the notes say so, else those of the model file."
    if fitted(model) is model:
        return "Values of the model file; no fit of this model is shipped."
    return "Values of the model file. Comparisons use the posterior medians of its shipped fit instead."


def source_numbers(model: Model) -> dict[str, int]:
    """Return the number of every source, from 1 in the order of the file, by its key."""
    return {source.key: number for number, source in enumerate(model.sources, start=1)}


def citation(source: Source) -> str:
    """Return the source in words, with its DOI if it has one."""
    return f"{source.text} doi:{source.doi}" if source.doi else source.text


def describe(model: Model) -> Group:
    """Return a rich renderable of the whole model, readable from 80 columns on and without colour."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(f"{model.title} ({model.name})", style="bold")]
    if model.exploratory:
        parts.append(Text(EXPLORATORY, style="bold"))
    parts += [Text(model.description.strip()), Text("")]
    parts += _section(f"Equations (time in {TIMES[model.time_unit]})", _pairs(equations(model), units_of_equations(model)))
    parts += _section("Before the first dose", _pairs(initial_values(model), [state.unit for state in model.states]))
    if signed := states_that_may_be_negative(model):
        parts[-1:] = [Text(f"  {signed}"), Text("")]
    parts += _section("Doses", Group(*(Text(f"  {sentence}") for sentence in inputs_in_words(model))))
    parts += _section("Parameters", Group(_indented(Text(which_values(model))), _parameter_table(model)))
    if named := shares(model):
        parts[-1:] = [_indented(Text(named)), Text("")]
    parts += _section("Notes", Group(*_notes(model)))
    parts += _section("Observables", _observable_table(model))
    parts += _section("Sources", _source_table(model))
    return Group(*parts[:-1])


def model_list() -> Table:
    """Return a rich table of the shipped models: name, title, and how large each is."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline")
    table.add_column("name", no_wrap=True)
    table.add_column("what it is", overflow="fold")
    for heading in ("states", "parameters"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in shipped.names("models"):
        model = declared(name)
        title = f"{model.title} (exploratory)" if model.exploratory else model.title
        table.add_row(*map(Text, (name, title, str(len(model.states)), str(len(model.parameters)))))
    return table


def _section(heading: str, body: RenderableType) -> list[RenderableType]:
    from rich.text import Text

    return [Text(heading, style="bold"), body, Text("")]


def _grid() -> Table:
    from rich.table import Table

    return Table.grid(padding=(0, 1, 0, 0), pad_edge=False)


def _pairs(pairs: list[tuple[str, str]], units: list[str]) -> RenderableType:
    from rich.text import Text

    grid = _grid()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(style="dim", no_wrap=True)
    for (left, right), unit in zip(pairs, units, strict=True):
        grid.add_row(Text(f"{left} ="), Text(right), Text("" if unit == "1" else f"[{unit}]"))
    return _indented(grid)


def units_of_equations(model: Model) -> list[str]:
    """Return the units of `equations`, in its order."""
    rates = [f"1/{model.time_unit}" if state.unit == "1" else f"{state.unit}/{model.time_unit}" for state in model.states]
    return [definition.unit for definition in model.definitions] + rates


def _input_in_words(entry: Input, time_unit: str) -> str:
    portion, lag = in_formula(entry.bioavailability), in_formula(entry.lag)
    later = "at once" if lag == "0" else f"after {lag} {time_unit}" if lag[0].isdigit() else f"after {lag}"
    part = "" if portion == "1" else f", times {portion}"
    kept = ", infusions at the rate given" if entry.infusion == KEEPS_RATE else ""
    return f"{entry.drug} {entry.route} enters {entry.state}{part}, {later}{kept}."


def _parameter_table(model: Model) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline")
    for heading in PARAMETER_HEADINGS[:-1]:
        table.add_column(heading, justify="right" if heading in ("value", "CV") else "left", no_wrap=True)
    table.add_column(PARAMETER_HEADINGS[-1], overflow="fold")
    numbers = source_numbers(model)
    for parameter in model.parameters:
        table.add_row(*(Text(cell) for cell in parameter_cells(parameter, numbers)))
    return _indented(table)


def _indented(body: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(body, (0, 0, 0, 2), expand=False)


def parameter_cells(parameter: Parameter, numbers: dict[str, int]) -> Iterator[str]:
    """Yield name, value, unit, bounds, CV, source and label of a parameter as text, under `PARAMETER_HEADINGS`."""
    yield parameter.name
    yield f"{parameter.value:g}"
    yield parameter.unit
    yield "fixed" if parameter.low == parameter.high else f"{parameter.low:g}-{parameter.high:g}"
    yield f"{parameter.cv:.0%}" if parameter.cv else "-"
    yield "assumed" if parameter.source is None else f"[{numbers[parameter.source]}]"
    yield parameter.label


def _notes(model: Model) -> Iterator[RenderableType]:
    from rich.text import Text

    for parameter in model.parameters:
        if parameter.note:
            yield _indented(Text.assemble((parameter.name, "bold"), f": {parameter.note.strip()}"))


def _observable_table(model: Model) -> RenderableType:
    from rich.text import Text

    grid = _grid()
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(style="dim")
    for observable in model.observables:
        wanted = f"{observable.better} is better" if observable.better else ""
        unit = "" if observable.unit == "1" else f"[{observable.unit}]"
        grid.add_row(*(Text(cell) for cell in (observable.name, unit, observable.label, wanted)))
    return _indented(grid)


def _source_table(model: Model) -> RenderableType:
    from rich.text import Text

    grid = _grid()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, source in enumerate(model.sources, start=1):
        grid.add_row(Text(f"[{number}]"), Text(citation(source).strip()))
    return _indented(grid)


def page(models: Iterable[Model]) -> str:
    """Return the Markdown page of `models`, those with few states first, ending in a line break."""
    parts = [_PAGE_HEAD]
    for model in sorted(models, key=lambda model: len(model.states)):
        parts += _markdown(model)
    return "\n\n".join(parts) + "\n"


def _markdown(model: Model) -> Iterator[str]:
    yield f"## `{model.name}`: {model.title}"
    if model.exploratory:
        yield f"**{EXPLORATORY}**"
    yield model.description.strip()
    yield f"### Equations of `{model.name}`"
    yield f"Time in {TIMES[model.time_unit]}. `hill(x, c, h)` is x^h / (c^h + x^h)."
    yield _code(_lines(equations(model), units_of_equations(model)))
    yield "Before the first dose:"
    yield _code(_lines(initial_values(model), [state.unit for state in model.states]))
    if signed := states_that_may_be_negative(model):
        yield signed
    yield "Doses:"
    yield "\n".join(f"- {sentence}" for sentence in inputs_in_words(model))
    yield "Observables:"
    yield _markdown_table(("name", "unit", "what it is", "better"), _observable_rows(model))
    yield f"### Parameters of `{model.name}`"
    numbers = source_numbers(model)
    rows = ((*parameter_cells(parameter, numbers), parameter.note) for parameter in model.parameters)
    yield _markdown_table((*PARAMETER_HEADINGS, "note"), rows)
    if named := shares(model):
        yield named
    yield "\n".join(f"- [{numbers[source.key]}] {citation(source).strip()}" for source in model.sources)


def _observable_rows(model: Model) -> Iterator[tuple[str, ...]]:
    for observable in model.observables:
        yield observable.name, observable.unit, observable.label, observable.better or ""


def _lines(pairs: list[tuple[str, str]], units: list[str]) -> Iterator[str]:
    width = max(len(left) for left, _ in pairs)
    for (left, right), unit in zip(pairs, units, strict=True):
        yield f"{left:>{width}} = {right}" + ("" if unit == "1" else f"   [{unit}]")


def _code(lines: Iterable[str]) -> str:
    return "\n".join(["```text", *lines, "```"])


def _markdown_table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.strip().replace('|', chr(92) + '|') for cell in line)} |" for line in lines)

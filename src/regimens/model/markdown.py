"""Models as one Markdown page: what each is, its equations, parameters and sources, from the model files alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from regimens.model.declaration import Model
from regimens.model.describe import (
    EXPLORATORY,
    PARAMETER_HEADINGS,
    TIMES,
    citation,
    equations,
    initial_values,
    inputs_in_words,
    parameter_cells,
    source_numbers,
    states_that_may_be_negative,
    units_of_equations,
)

HEAD = """\
# Models

Written by `scripts/render_models.py` from the files in `models/`. Change those, then run the script.

Values are typical: the median of the subjects. The CV is the spread between subjects, log-normal; nothing in the tables says how
well a value itself is known, the notes do. Bounds hold the values that make sense. Numbers in brackets are the sources below each
table; *assumed* means that no published number stands behind the value.

What a fit to published responses learnt of each parameter, and what it did not, is in [fits.md](fits.md); how the fitted models
do on responses that were not fitted, in [validation.md](validation.md); which other structures were tried, with their numbers, in
[variants.md](variants.md). Comparisons draw the curves of these models at the posterior medians of their fits."""


def page(models: Iterable[Model]) -> str:
    """Return the page of `models`, from the one with fewest states, ending in a line break."""
    parts = [HEAD]
    for model in sorted(models, key=lambda model: len(model.states)):
        parts += _sections(model)
    return "\n\n".join(parts) + "\n"


def _sections(model: Model) -> Iterator[str]:
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
    yield "What can be read:"
    yield _table(("name", "unit", "what it is", "better"), _observable_cells(model))
    yield f"### Parameters of `{model.name}`"
    numbers = source_numbers(model)
    rows = ((*parameter_cells(parameter, numbers), parameter.note) for parameter in model.parameters)
    yield _table((*PARAMETER_HEADINGS, "note"), rows)
    yield "\n".join(f"- [{numbers[source.key]}] {citation(source).strip()}" for source in model.sources)


def _observable_cells(model: Model) -> Iterator[tuple[str, ...]]:
    for observable in model.observables:
        yield observable.name, observable.unit, observable.label, observable.better or ""


def _lines(pairs: list[tuple[str, str]], units: list[str]) -> Iterator[str]:
    width = max(len(left) for left, _ in pairs)
    for (left, right), unit in zip(pairs, units, strict=True):
        yield f"{left:>{width}} = {right}" + ("" if unit == "1" else f"   [{unit}]")


def _code(lines: Iterable[str]) -> str:
    return "\n".join(["```text", *lines, "```"])


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.strip().replace('|', chr(92) + '|') for cell in line)} |" for line in lines)

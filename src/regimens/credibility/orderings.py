"""Published orderings: what had more, as sources say it, ready to be held against the models.

The file says arms, horizon and outcomes in the words of a scenario file, so they have the same checks; problems name the lines of
the file of orderings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from regimens import shipped
from regimens.errors import InputFileError
from regimens.evidence.library import CitedShape, Name, Shape, Words, sentences
from regimens.scenario.armschema import ArmShape
from regimens.scenario.assemble import scenario_of
from regimens.scenario.beside import Beside
from regimens.scenario.outcomes import NOT_MODELLED
from regimens.scenario.schema import OutcomeShape
from regimens.yamlfile import Located, read, shaped

if TYPE_CHECKING:
    from regimens.scenario.values import Scenario
    from regimens.yamlfile.located import Node

PLACEHOLDER = "doses"
"""The endpoint of an ordering whose outcomes no endpoint stands for: a scenario needs one."""

LONGEST = 54
"""Characters of a statement in short: what fits beside the figure."""

OF_SCENARIOS = ("horizon", "arms", "outcomes")
"""Keys of an ordering that are those of a scenario."""


class OrderingShape(CitedShape):
    """One published ordering."""

    topic: Words
    short: str = Field(min_length=1, max_length=LONGEST)
    n: Words
    rows: list[Words] = Field(default=[])
    horizon: Words
    arms: dict[Words, ArmShape] = Field(min_length=1)
    outcomes: list[OutcomeShape] = Field(min_length=1)


class OrderingsShape(Shape):
    """The file: orderings by id."""

    orderings: dict[Name, OrderingShape] = Field(min_length=1)


@dataclass(frozen=True)
class Ordering:
    """One published ordering.

    `scenario` has its arms, its horizon, all models that it is held against and its outcomes; a model agrees where all outcomes
    hold. `topic` is what it is about, `short` the statement in a few words; `n` is the number of people in words. `assumed` are
    sentences on what the source leaves open. `rows` are the ids of responses with the same data, which a fit may have used.
    """

    id: str
    topic: str
    short: str
    citation: str
    year: int | None
    doi: str
    doi_verified: bool | None
    registration: str
    population: str
    n: str
    how_read: str
    assumed: tuple[str, ...]
    note: str
    rows: tuple[str, ...]
    scenario: Scenario

    @property
    def statement(self) -> str:
        """What was seen, in one sentence without its full stop."""
        said = "; ".join(outcome.seen for outcome in self.scenario.outcomes)
        return said[:1].upper() + said[1:]

    @property
    def reference(self) -> str:
        """Citation, DOI and registration in words."""
        doi = f"doi:{self.doi}{' (to be verified)' if self.doi_verified is False else ''}" if self.doi else ""
        return ", ".join(filter(None, (self.citation, doi, self.registration)))


def shipped_orderings() -> tuple[Ordering, ...]:
    """Return the shipped orderings with all shipped models, in the order of their file."""
    return read_orderings(shipped.folder("evidence") / "orderings.yaml", shipped.names("models"))


def read_orderings(path: str | Path, models: Sequence[str]) -> tuple[Ordering, ...]:
    """Read a file of orderings to be held against `models` (names, or paths of model files).

    InputFileError with every problem of the file, also of regimens, endpoints and conditions. At least one model must have the
    observable of an endpoint.
    """
    shape, notes = shaped(read(path), OrderingsShape)
    problems = notes.problems
    found: list[Ordering] = []
    for name, given in shape.orderings.items() if shape else ():
        if not all(len(notes.located.existing(("orderings", name, key))) == 3 for key in OF_SCENARIOS):
            continue
        try:
            found.append(_ordering(name, given, _scenario(notes.located, name, given, models)))
        except InputFileError as error:
            problems += error.problems
    if problems:
        raise InputFileError(path, list(dict.fromkeys(problems)), notes.located.text)
    return tuple(found)


def _ordering(name: str, given: OrderingShape, scenario: Scenario) -> Ordering:
    return Ordering(
        id=name,
        topic=given.topic,
        short=given.short,
        citation=given.citation,
        year=given.year,
        doi=given.doi,
        doi_verified=given.doi_verified,
        registration=given.registration,
        population=given.population,
        n=given.n,
        how_read=given.how_read,
        assumed=tuple(sentence.strip() for sentence in sentences(given.assumed)),
        note=given.note,
        rows=tuple(given.rows),
        scenario=scenario,
    )


def _scenario(located: Located, name: str, given: OrderingShape, models: Sequence[str]) -> Scenario:
    """Return the scenario that an entry describes; its parts keep their places in the file."""
    entry = located.root.children["orderings"].children[name]
    endpoints = [outcome.endpoint for outcome in given.outcomes if outcome.endpoint != NOT_MODELLED][:1] or [PLACEHOLDER]
    own: dict[str | int, Node] = {key: entry.children[key] for key in OF_SCENARIOS}
    made: dict[str, object] = {"title": name, "models": list(models), "endpoints": endpoints}
    children: dict[str | int, Node] = {**own, **{key: _beside(entry, value) for key, value in made.items()}}
    data = {str(key): node.data for key, node in children.items()}
    root = entry._replace(data=data, children=children, keys={key: entry.keys[key] for key in OF_SCENARIOS})
    return scenario_of(Located(located.path, located.text, located.digest, data, root), Beside(None), name)


def _beside(entry: Node, value: object) -> Node:
    """Return the node of a value that the file does not say; its place is that of the entry."""
    values = enumerate(value) if isinstance(value, list) else ()
    parts: dict[str | int, Node] = {index: _beside(entry, part) for index, part in values}
    return entry._replace(data=value, written="" if parts else str(value), style=None, keys={}, children=parts)

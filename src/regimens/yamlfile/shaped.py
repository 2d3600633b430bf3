"""A file held against the shape of its kind: what is wrong with its shape, and all the rest in that shape nevertheless.

A misspelt key is read as the one that it is most like. A value of the wrong shape is replaced by the least one that the schema
accepts, any other key that is not known is left out, and a key that is missing is filled in. `Notes` keeps these places, so that
nothing is said about what stands in for a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from regimens.errors import Problem, nearest
from regimens.yamlfile.notes import UNUSABLE, Notes, Place
from regimens.yamlfile.problems import Detail, absent_keys, children_of, forms_of, problems_of, schema_of

if TYPE_CHECKING:
    from regimens.yamlfile.located import Loc, Located, Node

S = TypeVar("S", bound=BaseModel)

MEANT = 0.7
"""Least likeness, from 0 to 1, of a misspelt key to the one that it is taken for."""

MOST_ROUNDS = 50
"""How often values are replaced; each round goes one level up where nothing fits."""


def shaped(located: Located, shape: type[S]) -> tuple[S | None, Notes]:
    """Return what a file says in that shape, and notes that hold the problems of its shape.

    What stands under a misspelt key is read as that of the key that is meant. None where no value of the shape can be made of the
    file.
    """
    error = _error(shape, located.data)
    problems: list[Problem] = []
    while error is not None:
        problems += problems_of(error, located, shape)
        renamed = _renamed(error, located, schema_of(shape))
        if renamed is None:
            return _repaired(error, located, shape, list(dict.fromkeys(problems)))
        located = renamed
        error = _error(shape, located.data)
    return shape.model_validate(located.data), Notes(located, dict.fromkeys(problems))


def _error(shape: type[S], data: object) -> ValidationError | None:
    try:
        shape.model_validate(data)
    except ValidationError as error:
        return error
    return None


def _repaired(
    error: ValidationError | None, located: Located, shape: type[S], problems: Sequence[Problem]
) -> tuple[S | None, Notes]:
    """Return what a file says with another value in place of each that `error` is about, and notes on it."""
    repaired = _Repaired(located.data, schema_of(shape))
    for _ in range(MOST_ROUNDS):
        if error is None:
            break
        repaired.repair(error)
        error = _error(shape, repaired.data)
    places = {*repaired.places, *_cut_values(located, repaired.places)}
    return shape.model_validate(repaired.data) if error is None else None, Notes(located, problems, places)


def _renamed(error: ValidationError, located: Located, schema: Detail) -> Located | None:
    """Return the file with the key that is meant in place of each misspelt one; None where there is none."""
    root = located.root
    for detail in error.errors(include_url=False):
        place = located.existing(detail["loc"])
        if detail["type"] == "extra_forbidden" and not located.cut_off(place):
            meant = nearest(str(place[-1]), absent_keys(place, located, schema), MEANT)
            if meant is not None:
                root = _with_key(root, place, meant)
    if root is located.root:
        return None
    assert isinstance(root.data, dict)
    return replace(located, data=root.data, root=root)


def _with_key(node: Node, place: Place, key: str) -> Node:
    """Return a node in which the key at `place` has another name; unchanged where that name is taken."""
    first, *rest = place
    if first not in node.children or (not rest and key in node.children):
        return node
    name = first if rest else key
    child = _with_key(node.children[first], tuple(rest), key) if rest else node.children[first]
    children = {name if each == first else each: child if each == first else other for each, other in node.children.items()}
    keys = {str(name) if each == first else each: other for each, other in node.keys.items()}
    if isinstance(node.data, list):
        return node._replace(data=[child.data for child in children.values()], children=children)
    return node._replace(data={str(each): child.data for each, child in children.items()}, keys=keys, children=children)


def _cut_values(located: Located, places: Iterable[Place]) -> Iterator[Place]:
    """Yield the values of which a comma inside { } made keys that are not known."""
    for place in places:
        if located.existing(place) == place and located.cut_off(place):
            keys = [*located.data_at(place[:-1])]
            whole = [key for key in keys[: keys.index(place[-1])] if not located.cut_off((*place[:-1], key))]
            yield from ((*place[:-1], key) for key in whole[-1:])


class _Repaired:
    """A copy of a file's `data` in which values of the wrong shape are replaced, at `places`."""

    def __init__(self, data: dict[str, object], schema: Detail) -> None:
        self.data = _copied(data)
        self.places: set[Place] = set()
        self._schema = schema
        self._untried: dict[Place, Iterator[object]] = {}

    def repair(self, error: ValidationError) -> None:
        """Replace every value that the error is about; of values inside each other, the innermost."""
        found: dict[Place, bool] = {}
        for detail in error.errors(include_url=False):
            place, kind = self._existing(detail["loc"]), detail["type"]
            if kind == "missing":
                place = (*self._existing(detail["loc"][:-1]), detail["loc"][-1])
            found[place] = found.get(place, False) or kind == "extra_forbidden" or "[key]" in detail["loc"]
        outer = {place[:depth] for place in found for depth in range(len(place))}
        for place, remove in found.items():
            if place not in outer:
                self._repair(place, remove)

    def _repair(self, place: Place, remove: bool) -> None:
        self.places.add(place)
        if not place or self._existing(place[:-1]) != place[:-1]:
            # What held it is replaced already.
            return
        holder, last = self._at(place[:-1]), place[-1]
        if remove:
            holder.pop(last, None)
            return
        untried = self._untried.setdefault(place, self._stand_ins(place))
        for value in untried:
            holder[last] = value
            return
        if isinstance(holder, dict) and last in holder:
            del holder[last]
        else:
            self._repair(place[:-1], remove=False)

    def _at(self, place: Place) -> Any:
        node: Any = self.data
        for part in place:
            node = node[part]
        return node

    def _existing(self, loc: Loc) -> Place:
        """Return `loc` without the parts that the data do not have: the tags that pydantic puts into unions."""
        node: Any = self.data
        place: list[str | int] = []
        for part in loc:
            known: Mapping[Any, Any] = node if isinstance(node, dict) else dict(enumerate(node)) if isinstance(node, list) else {}
            if part in known:
                place.append(part)
                node = known[part]
        return tuple(place)

    def _stand_ins(self, place: Place) -> Iterator[object]:
        """Yield the default of a key, then the least value of each form that the schema accepts at a place."""
        nodes: list[Detail] = [self._schema]
        for part in place:
            nodes = [child for node in nodes for child in children_of(node, part, self._schema)]
        for node in nodes:
            if node.get("default") is not None:
                yield _copied(node["default"])
        for node in nodes:
            yield from self._least(node)

    def _least(self, node: Detail) -> Iterator[object]:
        """Yield the least value of each form of a node of the schema."""
        for form in forms_of(node, self._schema):
            match form.get("type"):
                case "string":
                    yield form["enum"][0] if "enum" in form else form.get("const", UNUSABLE)
                case "integer" | "number":
                    yield from _numbers(form)
                case "boolean":
                    yield False
                case "array":
                    item = next(self._least(form.get("items", {})), UNUSABLE)
                    yield [_copied(item) for _ in range(form.get("minItems", 0))]
                case "object":
                    yield self._least_mapping(form)

    def _least_mapping(self, form: Detail) -> dict[str, object]:
        keys: Sequence[str] = form.get("required", ())
        made = {key: next(self._least(form["properties"][key]), UNUSABLE) for key in keys}
        if not made and form.get("minProperties"):
            return {UNUSABLE: next(self._least(form.get("additionalProperties", {})), UNUSABLE)}
        return made


def _numbers(form: Detail) -> Iterator[object]:
    """Yield numbers within the bounds of a form: a whole one where there is one."""
    least, most = form.get("minimum", form.get("exclusiveMinimum")), form.get("maximum", form.get("exclusiveMaximum"))
    for value in (1, 0.5, least, most):
        fits = value is not None and (least is None or value >= least) and (most is None or value <= most)
        if fits and value not in (form.get("exclusiveMinimum"), form.get("exclusiveMaximum")):
            yield value


def _copied(value: Any) -> Any:
    """Return a copy of plain data in which no list or mapping stands twice, as an alias of a file does."""
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_copied(entry) for entry in value]
    return value

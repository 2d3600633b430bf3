"""The findings of pydantic in our words, with their places in the file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from regimens.errors import Problem, did_you_mean, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from regimens.yamlfile.located import Located

_NEEDED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "none_required": "nothing",
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "of at most"),
}
_LENGTHS = {
    "too_short": ("min_length", "at least", "entry", "entries"),
    "too_long": ("max_length", "at most", "entry", "entries"),
    "string_too_short": ("min_length", "at least", "character", "characters"),
    "string_too_long": ("max_length", "at most", "character", "characters"),
}

_CUT_OFF = "Inside { } a comma ends a value: put text that contains one in quotes."

_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")

NO_UNIT = "no_unit"
"""Type of a finding, made by shapes: a quantity is a bare number; its context has `units` to propose."""

Detail = Mapping[str, Any]
Keys = tuple[str | int, ...]


def problems_of(error: ValidationError, located: Located, shape: type[BaseModel] | None = None) -> list[Problem]:
    """Return every finding of `error` as a Problem with its place in the file.

    `shape` is the pydantic model that was asked for; with it an unknown key is answered with the nearest known one.
    Where a value fits none of several forms, one problem names them all, and a fault deeper inside goes first. A key that is
    misspelt is not also missing.
    """
    details: list[Detail] = list(error.errors(include_url=False))
    places = [located.existing(detail["loc"]) for detail in details]
    nearly = _nearly_fitting(details, places)
    schema = schema_of(shape) if shape and any(d["type"] == "extra_forbidden" for d in details) else {}
    misspelt = {
        _meant(place, located, schema) for d, place in zip(details, places, strict=True) if d["type"] == "extra_forbidden"
    }
    problems: list[Problem] = []
    needed: dict[Keys, list[str]] = {}
    for detail, place in zip(details, places, strict=True):
        if detail["type"] == "missing" and (*place, detail["loc"][-1]) in misspelt:
            continue
        if detail["type"] not in _NEEDED:
            problems.append(replace(_problem(detail, place, located, schema), where=located.where(place)))
        elif place not in nearly:
            needed.setdefault(place, []).append(_NEEDED[detail["type"]])
    for place, kinds in needed.items():
        problems.append(replace(_wrong_kind(place, list(dict.fromkeys(kinds)), located), where=located.where(place)))
    return list(dict.fromkeys(problems))


def _nearly_fitting(details: Sequence[Detail], places: Sequence[Keys]) -> set[Keys]:
    """Return the places with a finding further inside: there another form was meant, and it nearly fits."""
    inside = {place[:depth] for place in places for depth in range(len(place))}
    nearly = ("missing", "value_error", NO_UNIT)
    return inside | {place for detail, place in zip(details, places, strict=True) if detail["type"] in nearly}


def _problem(detail: Detail, place: Keys, located: Located, schema: Detail) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    name, found = _name(place), found_at(located, place)
    if kind in ("missing", "union_tag_not_found"):
        key = f"'{detail['loc'][-1]}'" if kind == "missing" else context["discriminator"]
        line, column = located.position(place, key=True)
        return Problem(f"{key} is missing{f' in {name}' if place else ''}.", "", line, column)
    if kind == "extra_forbidden":
        line, column = located.position(place, key=True)
        return Problem(f"{name} is not a known key here.", _known_keys(detail, place, located, schema), line, column)
    line, column = located.position(place, key="[key]" in detail["loc"])
    if kind == NO_UNIT:
        written = located.written(place)
        found = f"'{place[-1]}: {written}'" if isinstance(place[-1], str) else f"{name}: '{written}'"
        examples = " or ".join(f"'{written} {unit}'" for unit in context["units"])
        return Problem(f"{found} has no unit.", f"Write for example {examples}.", line, column)
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return Problem(f"{name}: found {found}; a number {words} {context[bound]:g} is needed.", "", line, column)
    if kind in _LENGTHS:
        bound, words, one, many = _LENGTHS[kind]
        limit = context[bound]
        noun = one if limit == 1 else many
        return Problem(f"{name}: found {found}; {words} {limit} {noun} {_are(limit)} needed.", "", line, column)
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        accepted = context.get("expected") or context.get("expected_tags", "")
        near = did_you_mean(str(context.get("tag", detail["input"])), re.findall(r"'([^']*)'", accepted))
        near = near + " " if near.startswith("Did") else ""
        return Problem(f"{name}: found {found}.", f"{near}Accepted: {accepted}.", line, column)
    if kind in ("value_error", "assertion_error"):
        said = str(context["error"])
        return Problem(f"{name}: {said}" if place else said, "", line, column)
    return Problem(f"{name}: found {found}, which is not accepted here.", "", line, column)


def _meant(place: Keys, located: Located, schema: Detail) -> Keys | None:
    """Return the place of the key that a key at `place`, which is not known, is most like; None where it is like none."""
    near = None if located.cut_off(place) else nearest(str(place[-1]), absent_keys(place, located, schema))
    return (*place[:-1], near) if near else None


def _known_keys(detail: Detail, place: Keys, located: Located, schema: Detail) -> str:
    if located.cut_off(place):
        return _CUT_OFF
    siblings = known_keys(schema, place[:-1])
    meant = _meant(place, located, schema)
    return f"Did you mean '{meant[-1]}'?" if meant else f"Known: {', '.join(dict.fromkeys(siblings))}." if siblings else ""


def _wrong_kind(place: Keys, kinds: list[str], located: Located) -> Problem:
    line, column = located.position(place)
    advice = "Put it in quotes to keep it text." if "text" in kinds and located.written(place) else ""
    if "a number" in kinds and (percent := _PERCENT.fullmatch(located.written(place))):
        advice = f"Write it as a share: {float(percent[1]) / 100:g}."
    if located.cut_off(place):
        line, column = located.position(place, key=True)
        advice = _CUT_OFF
    needed = " or ".join(kinds)
    return Problem(f"{_name(place)}: found {found_at(located, place)}; {needed} is needed.", advice, line, column)


def found_at(located: Located, loc: Keys) -> str:
    """Return what stands at `loc` in words: "'abc', a text", "true, a yes/no value", "a list"."""
    value, written = located.data_at(loc), _shortened(located.written(loc))
    match value:
        case None:
            return "nothing"
        case bool():
            return f"{written}, a yes/no value"
        case float() if value != value or abs(value) == float("inf"):
            return f"{written}"
        case int() | float():
            return f"{written}, a number"
        case str():
            return f"'{written}'"
        case datetime.date():
            return f"{written}, a date"
        case list():
            return "a list" if value else "an empty list"
    return "a mapping" if value else "an empty mapping"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _name(place: Keys) -> str:
    """Return the place in words: the key, or the number of the entry in its list."""
    if not place:
        return "The file"
    if isinstance(place[-1], str):
        return f"'{place[-1]}'"
    owner = next((part for part in reversed(place) if isinstance(part, str)), None)
    return f"Entry {place[-1] + 1} of '{owner}'" if owner else f"Entry {place[-1] + 1}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


@cache
def schema_of(shape: type[BaseModel]) -> Detail:
    """Return the JSON schema of a shape, which says the keys that a mapping may have."""
    return shape.model_json_schema()


def absent_keys(place: Keys, located: Located, schema: Detail) -> list[str]:
    """Return the keys that may stand at an unknown key: those of its mapping that are not given."""
    given = located.data_at(place[:-1])
    return [key for key in known_keys(schema, place[:-1]) if key not in given]


def known_keys(schema: Detail, around: Keys) -> list[str]:
    """Return the keys that the mapping at `around` may have, over all forms it may take."""
    level = [schema]
    for part in around:
        level = [child for node in level for child in children_of(node, part, schema)]
    return [key for node in level for form in forms_of(node, schema) for key in form.get("properties", {})]


def forms_of(node: Detail, schema: Detail) -> Iterator[Detail]:
    """Yield every form that a node of a schema may take."""
    if "$ref" in node:
        yield from forms_of(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    else:
        yield node
        for option in [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]:
            yield from forms_of(option, schema)


def children_of(node: Detail, part: str | int, schema: Detail) -> Iterator[Detail]:
    """Yield the nodes of the schema for a key, or for an entry of a list, over all forms of a node."""
    for form in forms_of(node, schema):
        if isinstance(part, int):
            options = [form.get("items")]
        else:
            others = [form.get("additionalProperties"), *form.get("patternProperties", {}).values()]
            options = [form["properties"][part]] if part in form.get("properties", {}) else others
        yield from (option for option in options if isinstance(option, Mapping))

"""Reading a YAML file: from its events to plain data with positions, without recursion and without YAML's type extensions.

libyaml splits the text into events. Events are used, not a loader, because they keep the place and the spelling of every
scalar, and because depth and aliases can be limited while they are read. Scalars get their types here, by YAML 1.2.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from regimens.errors import InputFileError, Problem
from regimens.textfile import LARGEST_FILE, TextFile, read_text
from regimens.yamlfile.located import Located, Node

__all__ = ["LARGEST_FILE", "parse", "read"]

DEEPEST = 40
"""Levels of lists and mappings inside each other."""

_TOO_DEEP = f"Lists and mappings are nested more than {DEEPEST} deep here."

LARGEST_COPIED = 1000
"""Values that all aliases of a file may stand for together."""

_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""libyaml; where PyYAML was built without it, its own parser: the same events, slower, and other words for some faults."""

_FORBIDDEN = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML does not allow."""

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9:.]+(?:Z|[-+][0-9:]+)?)?")
_BASES = {"0o": 8, "0x": 16}

_ALIGN = "Look at the indentation: entries of one list or mapping start in the same column."
_ADVICE = {
    "mapping values are not allowed": "Text that contains ': ' needs quotes; otherwise look at the indentation.",
    "cannot start any token": "Text that starts with this character needs quotes.",
    **dict.fromkeys(("did not find expected key", "did not find expected '-'", "expected <block end>"), _ALIGN),
    "could not find expected ':'": "Every key of a mapping is followed by ': '.",
    "the file ends": "A quote or bracket is opened here and never closed.",
    **dict.fromkeys(("did not find expected ','", "expected ','"), "A bracket is opened and not closed, or a comma is missing."),
}


class _Fault(Exception):
    """A fault after which the file is not read any further."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass
class _Open:
    """A list or mapping that is being read."""

    event: CollectionStartEvent
    nodes: list[Node] = field(default_factory=list)


def read(path: str | Path) -> Located:
    """Read a YAML 1.2 file whose top level is a mapping. Nothing in it is executed and keys stay text.

    Raises InputFileError for faults of the file or of its YAML: all duplicate keys at once, otherwise the first fault.
    """
    return _located(read_text(path, "YAML", (".yaml", ".yml")))


def parse(text: str, name: str = "text") -> Located:
    """Return what YAML `text` says, as `read` does for a file; messages call it `name`."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > LARGEST_FILE:
        raise InputFileError(name, [Problem(f"The text has {len(raw):,} bytes.", f"At most {LARGEST_FILE:,} are read.")])
    return _located(TextFile(name, text, hashlib.sha256(raw).hexdigest()))


def _located(file: TextFile) -> Located:
    root = _root(file.path, file.text)
    if not isinstance(root.data, dict):
        found = "a list" if isinstance(root.data, list) else f"'{root.written[:60]}'"
        problem = Problem(f"The file holds {found}.", "A mapping of 'key: value' lines is needed.", root.line, root.column)
        raise InputFileError(file.path, [problem], file.text)
    return Located(file.path, file.text, file.digest, root.data, root)


def _root(path: str, text: str) -> Node:
    """Return the root of the file's one document; raises InputFileError for everything that is not plain YAML."""
    if found := _FORBIDDEN.search(text):
        raise InputFileError(path, [_forbidden(text, found.start())], text.encode(errors="replace").decode())
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
        root = builder.finished()
    except _Fault as fault:
        raise InputFileError(path, [*builder.problems, fault.problem], text) from None
    except MarkedYAMLError as error:
        raise InputFileError(path, [_not_yaml(error, text)], text) from None
    if builder.problems:
        raise InputFileError(path, builder.problems, text)
    return root


class _Builder:
    """Takes events one by one; `problems` are the faults that do not stop it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._documents = 0
        self._copied = 0

    def take(self, event: Event) -> None:
        match event:
            case ScalarEvent():
                self._check_tag(event)
                data = event.value if event.style else plain_value(event.value)
                self._add(event.anchor, Node(data, *_place(event, event), event.value, event.style or None))
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _Fault(_at(event, "A second document starts here ('---').", "A file holds one document."))
            case AliasEvent():
                self._add(None, self._copy(event))
            case MappingStartEvent() | SequenceStartEvent():
                self._check_tag(event)
                if len(self._open) == DEEPEST:
                    raise _Fault(_at(event, _TOO_DEEP))
                self._open.append(_Open(event))
            case MappingEndEvent():
                opened = self._open.pop()
                self._add(opened.event.anchor, self._mapping(opened, event))
            case SequenceEndEvent():
                opened = self._open.pop()
                self._add(opened.event.anchor, _sequence(opened, event))

    def finished(self) -> Node:
        if self._root is None or (self._root.data is None and not self._root.written):
            raise _Fault(Problem("The file is empty.", "A mapping of 'key: value' lines is needed."))
        return self._root

    def _add(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].nodes.append(node)
        else:
            self._root = node

    def _check_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            message = f"The tag '{tag}' is not used here."
            self.problems.append(_at(event, message, "Write plain text, numbers, lists and mappings."))

    def _copy(self, event: AliasEvent) -> Node:
        if event.anchor not in self._anchors:
            message = f"'*{event.anchor}' refers to nothing: no '&{event.anchor}' is complete above it."
            raise _Fault(_at(event, message))
        node = self._anchors[event.anchor]
        self._copied += node.size
        if self._copied > LARGEST_COPIED:
            message = f"The aliases up to '*{event.anchor}' stand for more than {LARGEST_COPIED} values."
            raise _Fault(_at(event, message, "Write the values out, or use fewer aliases."))
        return node

    def _mapping(self, opened: _Open, end: Event) -> Node:
        keys: dict[str, Node] = {}
        children: dict[str | int, Node] = {}
        for key, value in zip(opened.nodes[::2], opened.nodes[1::2], strict=True):
            name = key.written
            if key.children or isinstance(key.data, list | dict):
                self.problems.append(Problem("A list or mapping is used as a key.", "Keys are text.", key.line, key.column))
            elif name == "<<" and key.style is None:
                advice = "Write the keys out; '*name' after a key is understood."
                self.problems.append(Problem("Merging with '<<' is not used here.", advice, key.line, key.column))
            elif name in keys:
                message = f"The key '{name}' is here a second time; the first is on line {keys[name].line}."
                self.problems.append(Problem(message, "Remove or rename one of them.", key.line, key.column))
            else:
                keys[name], children[name] = key, value
        data = {name: child.data for name, child in children.items()}
        size = 1 + sum(node.size for node in opened.nodes)
        return Node(data, *_place(opened.event, end), keys=keys, children=children, size=size)


def _sequence(opened: _Open, end: Event) -> Node:
    children: dict[str | int, Node] = dict(enumerate(opened.nodes))
    size = 1 + sum(node.size for node in opened.nodes)
    data = [node.data for node in opened.nodes]
    return Node(data, *_place(opened.event, end), children=children, size=size)


def plain_value(text: str) -> object:
    """Return the value of an unquoted scalar; a number or date that Python cannot hold stays text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    try:
        if _INTEGER.fullmatch(text):
            return int(text, _BASES.get(text[:2], 10))
        if _FLOAT.fullmatch(text):
            return float(text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf").replace(".nan", "nan"))
        if _DATE.fullmatch(text):
            return datetime.datetime.fromisoformat(text) if len(text) > 10 else datetime.date.fromisoformat(text)
    except ValueError:
        pass
    return text


def _place(start: Event, end: Event) -> tuple[int, int, int, int]:
    first, last = start.start_mark, end.end_mark
    assert first is not None  # the parser marks every event
    assert last is not None
    return first.line + 1, first.column + 1, first.index, last.index


def _at(event: Event, message: str, advice: str = "") -> Problem:
    line, column, _, _ = _place(event, event)
    return Problem(message, advice, line, column)


def _not_yaml(error: MarkedYAMLError, text: str) -> Problem:
    said, mark, lines = str(error.problem).replace("in this context", "here"), error.problem_mark, text.splitlines()
    assert mark is not None  # both parsers say where
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "maximum nesting depth" in said:
        return Problem(_TOO_DEEP, "", mark.line + 1, mark.column + 1)
    if "end of stream" in said or mark.index >= len(text):
        said, mark = "the file ends inside something that is open", error.context_mark or mark
    elif "\t" in line[: len(line) - len(line.lstrip())]:
        message = "This line is indented with a tab."
        return Problem(message, "YAML is indented with spaces only.", mark.line + 1, line.index("\t") + 1)
    advice = next((words for part, words in _ADVICE.items() if part in said), "")
    return Problem(f"This is not YAML: {said}.", advice, mark.line + 1, mark.column + 1)


def _forbidden(text: str, at: int) -> Problem:
    """Return the problem of a character that YAML does not allow, at index `at` of `text`."""
    before = text[:at]
    column = len(before) - before.rfind("\n")
    return Problem(f"The character U+{ord(text[at]):04X} is not allowed in YAML.", "Remove it.", before.count("\n") + 1, column)

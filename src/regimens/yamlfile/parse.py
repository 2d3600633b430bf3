"""Reading a YAML file: from its events to plain data with positions, without recursion and without YAML's type extensions.

Events are used, not ruamel's loader, because they keep the place and the spelling of every scalar, and because depth
and aliases can be stopped while they are read. ruamel's plain scanner is used, not the round-trip one, which puts
marks into folded text.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from regimens.errors import InputFileError, Problem
from regimens.textfile import LARGEST_FILE, TextFile, read_text
from regimens.yamlfile.located import Located, Node

__all__ = ["LARGEST_FILE", "parse", "read"]

DEEPEST = 40
"""Levels of lists and mappings inside each other."""

LARGEST_COPIED = 1000
"""Values that all aliases of a file may stand for together."""

_ADVICE = {
    "mapping values are not allowed": "Text that contains ': ' needs quotes; otherwise look at the indentation.",
    "cannot start any token": "Text that starts with this character needs quotes.",
    "expected <block end>": "Look at the indentation: entries of one list or mapping start in the same column.",
    "could not find expected ':'": "Every key of a mapping is followed by ': '.",
    "the file ends": "A quote or bracket is opened here and never closed.",
    "expected ',' or": "A bracket is opened and not closed, or a comma is missing.",
}


class _Fault(Exception):
    """A fault after which reading this file makes no sense."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass
class _Open:
    """A list or mapping that is being read."""

    event: MappingStartEvent | SequenceStartEvent
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
    root = _build(file.path, file.text)
    if not isinstance(root.data, dict):
        found = "a list" if isinstance(root.data, list) else f"'{root.written[:60]}'"
        problem = Problem(f"The file holds {found}.", "A mapping of 'key: value' lines is needed.", root.line, root.column)
        raise InputFileError(file.path, [problem], file.text)
    return Located(file.path, file.text, file.digest, root.data, root)


def _build(path: str, text: str) -> Node:
    """Return the root of the file's one document; raises InputFileError for everything that is not plain YAML."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
        root = builder.finished()
    except _Fault as fault:
        raise InputFileError(path, [*builder.problems, fault.problem], text) from None
    except YAMLError as error:
        raise InputFileError(path, [_not_yaml(error, text)], text) from None
    if builder.problems:
        raise InputFileError(path, builder.problems, text)
    return root


class _Builder:
    """Takes events one by one; `problems` are the faults that do not stop it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._resolve = YAML(typ="safe", pure=True).resolver.resolve
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._documents = 0
        self._copied = 0

    def take(self, event: Event) -> None:
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _Fault(_at(event, "A second document starts here ('---').", "A file holds one document."))
            case ScalarEvent():
                self._check_tag(event)
                self._add(event.anchor, self._scalar(event))
            case AliasEvent():
                self._add(None, self._copy(event))
            case MappingStartEvent() | SequenceStartEvent():
                self._check_tag(event)
                if len(self._open) == DEEPEST:
                    raise _Fault(_at(event, f"Lists and mappings are nested more than {DEEPEST} deep here."))
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

    def _check_tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.tag is not None:
            message = f"The tag '{_short_tag(str(event.tag))}' is not used here."
            self.problems.append(_at(event, message, "Write plain text, numbers, lists and mappings."))

    def _copy(self, event: AliasEvent) -> Node:
        if event.anchor not in self._anchors:
            message = f"'*{event.anchor}' stands for nothing: no '&{event.anchor}' is complete above it."
            raise _Fault(_at(event, message))
        node = self._anchors[event.anchor]
        self._copied += node.size
        if self._copied > LARGEST_COPIED:
            message = f"The aliases up to '*{event.anchor}' stand for more than {LARGEST_COPIED} values."
            raise _Fault(_at(event, message, "Write the values out, or use fewer aliases."))
        return node

    def _scalar(self, event: ScalarEvent) -> Node:
        tag = str(self._resolve(ScalarNode, event.value, event.implicit)) if event.style is None else ""
        return Node(_plain(event.value, tag.rpartition(":")[2]), *_place(event, event), event.value, event.style)

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


def _plain(text: str, kind: str) -> object:
    """Return the value of an unquoted scalar; what YAML calls a number but Python cannot hold stays text."""
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return _integer(text.replace("_", ""))
            case "float":
                return float(re.sub(r"^([+-]?)\.(?=[a-zA-Z])", r"\1", text.replace("_", "")))
            case "timestamp":
                return datetime.datetime.fromisoformat(text) if len(text) > 10 else datetime.date.fromisoformat(text)
    except ValueError:
        pass
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2].lower(), 10)
    return int(text, base)


def _place(start: Event, end: Event) -> tuple[int, int, int, int]:
    mark = start.start_mark
    return mark.line + 1, mark.column + 1, mark.index, end.end_mark.index


def _at(event: Event, message: str, advice: str = "") -> Problem:
    return Problem(message, advice, event.start_mark.line + 1, event.start_mark.column + 1)


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _not_yaml(error: YAMLError, text: str) -> Problem:
    if isinstance(error, ReaderError):
        before = text[: error.position]
        column = len(before) - before.rfind("\n")
        code = error.character if isinstance(error.character, int) else ord(error.character)
        message = f"The character U+{code:04X} cannot stand in a YAML file."
        return Problem(message, "Remove it.", before.count("\n") + 1, column)
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Problem(f"This is not YAML: {str(error).splitlines()[0]}.")
    said = re.sub(r"\('(.*)',\)", r"'\1'", str(error.problem))
    lines = text.splitlines()
    mark = error.problem_mark
    if "end of stream" in said or "stream end" in said:
        said = "the file ends inside something that is open"
        mark = error.context_mark or mark
        if mark.line >= len(lines):
            return Problem(f"This is not YAML: {said}.", "", len(lines), len(lines[-1]) + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        message = "This line is indented with a tab."
        return Problem(message, "YAML is indented with spaces only.", mark.line + 1, line.index("\t") + 1)
    advice = next((words for part, words in _ADVICE.items() if part in said), "")
    return Problem(f"This is not YAML: {said}.", advice, mark.line + 1, mark.column + 1)

"""The data of a YAML file with its positions: lines and columns count from 1, as editors count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

Place = tuple[int | None, int | None]
"""Line and column, both from 1; None where there is no text."""

Loc = Sequence[str | int]
"""Keys and list indices from the top of the file down to one value."""

_LINE_ENDS = "\r\n\x85\u2028\u2029"
_ESCAPES = {"x": 4, "u": 6, "U": 10}
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Node(NamedTuple):
    """One value of the file: `data` as plain Python, `written` as in the file, and where it starts and ends.

    Data that come from no text have line and column 0.

    `keys` holds the key nodes of a mapping and `children` its values by key; of a list, its values by index.
    `size` counts the values below it with every alias written out.
    """

    data: object
    line: int
    column: int
    start: int
    end: int
    written: str = ""
    style: str | None = None
    keys: Mapping[str, Node] = _NOTHING
    children: Mapping[str | int, Node] = _NOTHING
    size: int = 1


@dataclass(frozen=True)
class Located:
    """What a file says (`data`), its exact `text`, the SHA-256 of its bytes, and positions by path of keys."""

    path: str
    text: str = field(repr=False)
    digest: str
    data: dict[str, object] = field(repr=False)
    root: Node = field(repr=False)

    def position(self, loc: Loc, key: bool = False) -> Place:
        """Return line and column of the value at `loc`, or of its key.

        Parts of `loc` that the file does not have are skipped (missing keys, the tags pydantic puts into unions), so
        the answer is the nearest place that exists.
        """
        node, key_node = self._find(loc)
        chosen = key_node if key and key_node is not None else node
        return chosen.line or None, chosen.column or None

    def where(self, loc: Loc) -> str:
        """Return the keys that lead to `loc` in words ("arms > daily > regimen"), or "" where there are lines to name."""
        return (
            "" if self.root.line else " > ".join(str(part + 1 if isinstance(part, int) else part) for part in self.existing(loc))
        )

    def place(self, loc: Loc, offset: int) -> Place:
        """Return line and column of the character `offset` of the text at `loc`; its start if that is no text."""
        node, _ = self._find(loc)
        if not isinstance(node.data, str):
            return node.line or None, node.column or None
        if not self.text:
            return None, None
        at = self._index_in_file(node, offset)
        start = self.text.rfind("\n", 0, at) + 1
        return node.line + self.text.count("\n", node.start, at), at - start + 1

    def written(self, loc: Loc) -> str:
        """Return the scalar at `loc` as the file writes it, without quotes; empty for lists and mappings."""
        return self._find(loc)[0].written

    def data_at(self, loc: Loc) -> Any:
        """Return the plain value at `loc`, or at its nearest existing ancestor."""
        return self._find(loc)[0].data

    def cut_off(self, loc: Loc) -> bool:
        """Return whether the key of `loc` has no ':' after it, as the rest of a value that a comma inside { } ended."""
        _, key = self._find(loc)
        return key is not None and self.text[key.end : key.end + 200].lstrip()[:1] in (",", "}")

    def existing(self, loc: Loc) -> tuple[str | int, ...]:
        """Return `loc` without the parts that the file does not have."""
        return tuple(part for part, _, _ in self._walk(loc))

    def _find(self, loc: Loc) -> tuple[Node, Node | None]:
        node, key = self.root, None
        for _, node, key in self._walk(loc):  # noqa: B007
            pass
        return node, key

    def _walk(self, loc: Loc) -> Iterator[tuple[str | int, Node, Node | None]]:
        node = self.root
        for part in loc:
            if part in node.children:
                key = node.keys.get(part) if isinstance(part, str) else None
                node = node.children[part]
                yield part, node, key

    def _index_in_file(self, node: Node, offset: int) -> int:
        """Walk the file's text beside the value: folded white space counts once, escapes and doubled quotes as one."""
        at = node.start
        if node.style in ("|", ">"):
            at = self.text.find("\n", at) + 1
        elif node.style is not None:
            at += 1
        last = max(at, node.end - 1)
        value, done = str(node.data), 0
        while done < min(offset, len(value)):
            at, taken = self._after(value[done], at, last, node.style)
            done += taken
        if done < len(value) and not value[done].isspace():
            at = self._over_space(at, last)
        return min(at, last)

    def _after(self, character: str, at: int, last: int, style: str | None) -> tuple[int, int]:
        """Return where the file goes on after `character` of the value, and how many characters of it were passed."""
        if style == '"' and self.text.startswith("\\", at):
            if self.text[at + 1 : at + 2] in _LINE_ENDS:
                return self._over_space(at + 1, last), 0
            return at + _ESCAPES.get(self.text[at + 1 : at + 2], 2), 1
        if not character.isspace():
            at = self._over_space(at, last)
            return at + (2 if style == "'" and character == "'" else 1), 1
        end = self._over_space(at, last)
        broken = any(mark in _LINE_ENDS for mark in self.text[at:end])
        if broken and style not in ("|", ">"):
            return end, max(1, self.text.count("\n", at, end) - 1)
        return max(min(at + 1, end), at), 1

    def _over_space(self, at: int, last: int) -> int:
        while at < last and self.text[at].isspace():
            at += 1
        return at


def located_data(path: str, data: dict[str, object], digest: str) -> Located:
    """Return plain data that come from no text; `path` is how messages name them, and they have no lines."""
    return Located(path, "", digest, data, _node(data))


def _node(data: object) -> Node:
    if isinstance(data, dict):
        keys = {name: Node(name, 0, 0, 0, 0, name) for name in data}
        return Node(data, 0, 0, 0, 0, keys=keys, children={name: _node(value) for name, value in data.items()})
    if isinstance(data, list):
        return Node(data, 0, 0, 0, 0, children={index: _node(value) for index, value in enumerate(data)})
    return Node(data, 0, 0, 0, 0, str(data).lower() if isinstance(data, bool) else str(data))

"""Writing plain data as YAML that `regimens.yamlfile` reads back to the same data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from regimens.yamlfile.parse import plain_value

_PLAIN = re.compile(r"[A-Za-z0-9(](?:[A-Za-z0-9 ,.()/%+_-]*[A-Za-z0-9)])?")
"""Texts that need no quotes, unless they read as a number, a date or a yes/no value."""


def yaml_text(data: Mapping[str, object]) -> str:
    """Return the text of a mapping of plain data: text, numbers, true and false, lists and mappings, none of them empty."""

    def lines(value: object, pad: str) -> Iterator[str]:
        if isinstance(value, Mapping):
            for key, entry in value.items():
                yield from under(f"{pad}{_text_of(key)}:", entry, pad + "  ")
        elif isinstance(value, list):
            for entry in value:
                if isinstance(entry, Mapping) and entry:
                    first, *more = lines(entry, pad + "  ")
                    yield from (f"{pad}- {first.lstrip()}", *more)
                else:
                    yield from under(f"{pad}-", entry, pad + "  ")

    def under(head: str, value: object, pad: str) -> Iterator[str]:
        if isinstance(value, Mapping | list) and value:
            yield head
            yield from lines(value, pad)
        else:
            yield f"{head} {_text_of(value) if isinstance(value, str) else json.dumps(value)}"

    return "\n".join(lines(data, "")) + "\n"


def _text_of(value: str) -> str:
    return value if _PLAIN.fullmatch(value) and plain_value(value) == value else _quoted(value)


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)

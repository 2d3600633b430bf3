"""SBML, level 3 version 2: what the package antimony makes of the Antimony text, with the words of its comments as notes."""

from __future__ import annotations

import importlib
import re
from types import ModuleType
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from regimens.errors import ModelError, RegimensError
from regimens.modeltext.antimony import antimony_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model

_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have."""


def needed(package: str, purpose: str) -> ModuleType:
    """Return an optional package; RegimensError that says how to install it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise RegimensError(f"{purpose} needs the packages antimony and python-libsbml: pip install 'regimens[sbml]'.") from None


def sbml_text(model: Model) -> str:
    """Return the SBML document of `model`; ModelError as `compile_model` raises it, RegimensError without the extra `sbml`."""
    antimony = needed("antimony", "Writing SBML")
    text = _NOT_XML.sub("?", antimony_text(model))
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise ModelError(f"Model '{model.name}' cannot be written as SBML: {antimony.getLastError()}")
    document: str = antimony.getSBMLString(antimony.getMainModuleName())
    antimony.clearPreviousLoads()
    head = text.partition("\nfunction ")[0].splitlines()
    return re.sub(r"(<model [^>]*>)", lambda found: found[1] + _notes(head), document, count=1)


def _notes(comments: list[str]) -> str:
    said = "\n".join(escape(line.removeprefix("//").removeprefix(" ")) for line in comments)
    return f'\n    <notes>\n<pre xmlns="http://www.w3.org/1999/xhtml">\n{said}\n</pre>\n    </notes>'

"""The published responses that an arm is drawn with: rows of evidence/responses.csv, to the very regimen of the arm."""

from __future__ import annotations

from collections.abc import Sequence

from regimens import shipped
from regimens.errors import did_you_mean
from regimens.evidence import Response, read_responses
from regimens.regimen import Regimen
from regimens.yamlfile import Loc, Notes


def read_observed(ids: Sequence[str], regimen: Regimen, loc: Loc, notes: Notes) -> tuple[Response, ...]:
    """Return the responses of those ids; notes every id that is unknown, has no value at one time, or another regimen."""
    if not ids:
        return ()
    known = {response.id: response for response in read_responses(shipped.folder("evidence") / "responses.csv")}
    found = []
    for index, name in enumerate(ids):
        if name not in known:
            notes.add((*loc, index), f"'{name}' is no published response.", did_you_mean(name, known))
        elif known[name].value is None or known[name].reading != "at":
            notes.add((*loc, index), f"'{name}' has no value at one time, so it cannot be drawn.", "Leave it out.")
        elif known[name].regimen != regimen:
            seen = known[name].regimen.in_words()
            notes.add((*loc, index), f"'{name}' was seen under another regimen.", f"Its regimen is '{seen}'.")
        else:
            found.append(known[name])
    return tuple(found)

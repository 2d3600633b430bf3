"""What stands beside the text of a scenario: the folder that its files are in, and values that were built in Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger
    from regimens.model.declaration import Model
    from regimens.population import People
    from regimens.scenario.own import OwnData


@dataclass(frozen=True)
class Beside:
    """`folder` of the files that a scenario names, None where it has no folder, and values that stand in place of files:
    `models` by their place in the list, `ledgers` by the name of their arm, `people`, and `observed` by its place in the list.
    """

    folder: Path | None = None
    models: Mapping[int, Model] = field(default_factory=dict)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    people: People | None = None
    observed: Mapping[int, OwnData] = field(default_factory=dict)

    def name_of(self, path: str) -> str:
        """Return the path of a file as a scenario in the folder names it; '' for no file."""
        if not path or self.folder is None:
            return path
        try:
            return Path(os.path.relpath(path, self.folder)).as_posix()
        except ValueError:  # on another drive
            return path

    def file(self, name: str, loc: Loc, notes: Notes) -> Path:
        """Return the path of a data file; Unreadable after noting one that is outside the folder, links resolved.

        A scenario may come from a stranger, and messages quote the lines of the files it names.
        """
        if self.folder is None:
            advice = "Read the scenario from its file, or give 'folder', the folder that the file is in."
            notes.add(loc, f"'{name}' is a file, but this scenario has no folder.", advice)
            raise Unreadable
        path = self.folder / name
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside:
            advice = "Copy the file into that folder and name the copy."
            notes.add(loc, f"'{name}' is not in the folder of the scenario.", advice)
            raise Unreadable
        return path

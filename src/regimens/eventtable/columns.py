"""Which column of an event table is for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.errors import nearest
from regimens.eventtable.layout import STANDARD, Layout

if TYPE_CHECKING:
    from regimens.eventtable.cells import Cells, Problems

NEEDED = ("ID", "TIME", "AMT", "EVID")
MISTAKEN = {
    "AMT": ("DOSE", "AMOUNT", "AMNT"),
    "ID": ("SUBJ", "SUBJECT", "USUBJID"),
    "TIME": ("TAFD", "TIMEH", "HOURS"),
    "EVID": ("EVENT",),
}
"""Names that are often meant for a column that is missing."""

WHY = {
    "EVID": "Without it a dose cannot be told from an observation: 0 is an observation, 1 a dose.",
    "AMT": "It has the amount of a dose.",
    "ID": "It says whose record a row is.",
    "TIME": "It has the elapsed time.",
}


@dataclass(frozen=True)
class Columns:
    """The place of every column: `of` maps what it is for (ID, TIME ...) to it, `covariates` the name of any other."""

    of: Mapping[str, int]
    covariates: Mapping[str, int]
    names: Sequence[str]

    def name(self, role: str) -> str:
        """Return what the table calls the column that is for something."""
        return self.names[self.of[role]] if role in self.of else role


def columns_of(cells: Cells, layout: Layout, problems: Problems) -> Columns:
    """Return the columns of a table; notes what is wrong with them."""
    names = cells.heading
    named = {role.upper(): name for role, name in layout.columns.items()}
    found = dict(_named(named, names, cells.line, problems))
    standard = [role for role in STANDARD if role != "DUR" or layout.dialect.duration]
    for place, name in enumerate(names):
        role = name.upper()
        if name and name in names[:place]:
            problems.add(cells.line, name, f"The column '{name}' appears twice.", "Remove or rename one of them.")
        elif not name:
            problems.add(cells.line, name, f"Column {place + 1} has no name.", "Name every column.")
        elif role in standard and role not in named and place not in found.values():
            found.setdefault(role, place)
    _check_case([names[place] for place in found.values()], cells.line, problems)
    for role in NEEDED:
        if role not in found and role not in named:
            problems.add(cells.line, "", f"The column '{role}' is missing.", f"{WHY[role]}{_meant(role, names, found.values())}")
    _check_compartments(layout, found, cells.line, problems)
    comment = {0} if names[0].upper() == "C" else set()
    rest = {name: place for place, name in enumerate(names) if place not in {*found.values(), *comment}}
    _check_duration(layout, rest, cells.line, problems)
    _check_modelled(layout, rest, cells.line, problems)
    return Columns(found, rest, names)


def _named(named: Mapping[str, str], names: Sequence[str], line: int | None, problems: Problems) -> Iterator[tuple[str, int]]:
    for role, name in named.items():
        if name in names:
            yield role, names.index(name)
        else:
            near = nearest(name, names)
            advice = f"Did you mean '{near}'?" if near else f"The table has: {', '.join(names)}."
            problems.add(line, "", f"The column '{name}' ('columns: {role}') is missing.", advice)


def _check_case(names: Sequence[str], line: int | None, problems: Problems) -> None:
    lower = [name for name in names if name.islower()]
    odd = [name for name in names if not name.islower() and not name.isupper()]
    upper = [name for name in names if name.isupper()]
    if odd or (lower and upper):
        found = ", ".join(f"'{name}'" for name in names)
        problems.add(
            line,
            (odd or lower)[0],
            f"Names of columns mix upper and lower case: {found}.",
            "Write all of them in upper case, or all in lower case.",
        )


def _meant(role: str, names: Sequence[str], taken: object) -> str:
    near = next((name for name in names if name.upper() in MISTAKEN[role]), None)
    return f" If it is '{near}', add 'columns: {{{role}: {near}}}'." if near else ""


def _check_compartments(layout: Layout, found: Mapping[str, int], line: int | None, problems: Problems) -> None:
    if "CMT" not in found and "CMT" not in {role.upper() for role in layout.columns} and len(layout.targets) > 1:
        listed = " and ".join(f"'{target.drug} {target.route}'" for target in layout.targets.values())
        advice = "Add it, or declare one input: 'compartments: il2 SC'."
        problems.add(line, "", f"The column 'CMT' is missing, and doses may be of {listed}.", advice)


def _check_duration(layout: Layout, rest: Mapping[str, int], line: int | None, problems: Problems) -> None:
    used = {target.modelled.column for target in layout.targets.values() if target.modelled}
    for name in rest:
        if name.upper() == "DUR" and name not in used:
            said = f"'{name}' is no duration of infusions in {layout.dialect.program}."
            advice = "Give RATE; or declare the dialect 'rxode2'; or name it under 'modelled', where RATE is -2."
            problems.add(line, name, said, advice)


def _check_modelled(layout: Layout, rest: Mapping[str, int], line: int | None, problems: Problems) -> None:
    for said, target in ((f"{target.drug} {target.route}", target) for target in layout.targets.values()):
        if target.modelled and target.modelled.column and target.modelled.column not in rest:
            found = f"The column '{target.modelled.column}' ('modelled: {said}') is missing."
            problems.add(line, "", found, f"The table has: {', '.join(rest) or 'no other column'}.")

"""Which column of a file of observations is for what, and whether its rows are of subjects or of groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from regimens.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from regimens.csvfile import Table
    from regimens.scenario.own import Layout

SUBJECT, MEAN, MEDIAN = "subject", "mean", "median"
"""What tells the kind of a file: a row for each value of a subject, or for each group."""

OF_BOTH = ("arm", "time", "observable", "unit")
OF_SUBJECTS = (SUBJECT, "value")
SPREADS = (("low", "high"), ("sd",), ("se",))
OF_GROUPS = ("low", "high", "sd", "se", "interval", "n")


def columns_of(layout: Layout, table: Table) -> tuple[dict[str, str], list[Problem]]:
    """Return the column of the table that is for each purpose, and what is wrong with the columns.

    A column is the one that the layout names, else the one called by its own word, in any case. A purpose without a column is not
    among them.
    """
    found = {role: name for role in _all_roles() if (name := _column(role, layout, table)) is not None}
    problems = list(_missing(layout, table))
    kinds = [role for role in (SUBJECT, MEAN, MEDIAN) if role in layout.columns] or [
        role for role in (SUBJECT, MEAN, MEDIAN) if role in found
    ]
    if len(kinds) != 1:
        problems.append(_which_kind(kinds))
        return {role: found[role] for role in OF_BOTH if role in found}, problems
    roles = (*OF_BOTH, *(OF_SUBJECTS if kinds == [SUBJECT] else (*kinds, *OF_GROUPS)))
    problems += _out_of_place(layout, kinds[0], roles)
    columns = {role: found[role] for role in roles if role in found and role not in _replaced(layout)}
    needed = ("arm", "time", "value") if kinds == [SUBJECT] else ("arm", "time")
    problems += _absent([role for role in needed if role not in columns and role not in layout.columns], table, columns)
    problems += _said_once(layout, columns, table)
    problems += _spread(layout, columns) if kinds != [SUBJECT] else ()
    return columns, problems


def _replaced(layout: Layout) -> set[str]:
    """Return the purposes whose own words are not looked for, since the layout names another column for the interval."""
    named = [family for family in SPREADS if set(family) & set(layout.columns)]
    return {role for family in SPREADS if named and family not in named for role in family}


def _all_roles() -> tuple[str, ...]:
    return (*OF_BOTH, *OF_SUBJECTS, MEAN, MEDIAN, *OF_GROUPS)


def _column(role: str, layout: Layout, table: Table) -> str | None:
    """Return the column for a purpose, None where the table does not have it."""
    if role in layout.columns:
        return layout.columns[role] if layout.columns[role] in table.heading else None
    if role in table.heading:
        return role
    taken = set(layout.columns.values())
    return next((name for name in table.heading if name.casefold() == role and name not in taken), None)


def _missing(layout: Layout, table: Table) -> Iterator[Problem]:
    for role, name in layout.columns.items():
        if name not in table.heading:
            yield Problem(f"The column '{name}' ('columns: {role}') is missing.", did_you_mean(name, table.heading), 1)


def _absent(roles: list[str], table: Table, columns: Mapping[str, str]) -> Iterator[Problem]:
    free = [name for name in table.heading if name not in columns.values()]
    for role in roles:
        near = did_you_mean(role, free)
        hint = f"{near} " if near.startswith("Did") else ""
        yield Problem(f"There is no column '{role}'.", f"{hint}Name it in the scenario: 'columns: {{{role}: ...}}'.", 1)


def _which_kind(kinds: list[str]) -> Problem:
    if not kinds:
        found = "No column says whose the values are."
        return Problem(found, "Name under 'columns' the 'subject', or the 'mean' or 'median' of a group.", 1)
    listed = " and ".join(f"'{kind}'" for kind in kinds)
    what = "of a subject or of a group" if SUBJECT in kinds else "a mean or a median"
    return Problem(
        f"There are columns for {listed}: a row is {what}, not both.", "Name under 'columns' the one that is meant.", 1
    )


def _out_of_place(layout: Layout, kind: str, roles: tuple[str, ...]) -> Iterator[Problem]:
    for role in layout.columns:
        if role not in roles:
            of = "subjects" if kind == SUBJECT else "groups"
            yield Problem(f"'columns' names a '{role}', but rows with a '{kind}' are of {of} and have none.", "Leave it out.", 1)

    if kind == SUBJECT and layout.interval:
        yield Problem(
            f"'interval: {layout.interval}' is for groups, but rows with a 'subject' are of subjects.", "Leave it out.", 1
        )


def _said_once(layout: Layout, columns: Mapping[str, str], table: Table) -> Iterator[Problem]:
    """Yield a problem for an observable, a unit or an interval that is said both for all rows and by a column, or not at all."""
    for role, said, example in (
        ("observable", layout.observable, "treg_fold"),
        ("unit", layout.unit, "cells/uL"),
        ("interval", layout.interval, "SD"),
    ):
        if said and role in columns:
            found = f"The {role} is said twice: '{role}: {said}' in the scenario, and by the column '{columns[role]}'."
            yield Problem(found, "Leave one of them out.", 1)
        elif not said and role not in columns and role not in layout.columns and (role != "interval" or "low" in columns):
            yield Problem(
                f"The {role} is not said.", f"Add '{role}: {example}' in the scenario, or name its column under 'columns'.", 1
            )


def _spread(layout: Layout, columns: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with the columns that say the interval around the value of a group."""
    ends = [role for role in ("low", "high") if role in columns]
    if len(ends) == 1 and not {"low", "high"} & set(layout.columns) - set(ends):
        other = "high" if ends == ["low"] else "low"
        yield Problem(f"There is a column '{ends[0]}', but none for '{other}'.", "An interval needs both.", 1)
    given = [" and ".join(f"'{role}'" for role in ends), *(f"'{role}'" for role in ("sd", "se") if role in columns)]
    given = [words for words in given if words]
    if len(given) > 1:
        found = f"The interval is said more than once: by {' and by '.join(given)}."
        yield Problem(found, "Name under 'columns' the one that is meant.", 1)
    if layout.interval and not ends:
        yield Problem(f"'interval: {layout.interval}' has no columns 'low' and 'high'.", "Name them under 'columns'.", 1)

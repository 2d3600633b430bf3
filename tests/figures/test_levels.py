"""Levels: arms that differ in one number are found, those that differ in two are not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from regimens.figures.levels import Series, series_of

from ..report import example
from .drawing import looks_of, planned


def found(words: dict[str, str]) -> list[tuple[str, str, tuple[float, ...], list[str]]]:
    """Return kind, unit, levels and arms of every series."""
    made = planned(words)
    return [said(series) for series in series_of(made, SimpleNamespace(arms=looks_of(made)))]


def said(series: Series) -> tuple[str, str, tuple[float, ...], list[str]]:
    return series.kind, series.unit, series.levels, [look.name for look in series.looks]


def named(pattern: str, *levels: object) -> dict[str, str]:
    """Return regimens of one pattern at several levels, under the names of the levels."""
    return {str(level): pattern.format(level) for level in levels}


@pytest.mark.parametrize(
    ("words", "series"),
    [
        (named("({} MIU SC daily x 5, rest 16 days) x 4", 2, 0.5, 1), ("amount", "MIU", (0.5, 1.0, 2.0), ["0.5", "1", "2"])),
        (named("{} MIU/m2 SC daily x 5", 0.25, 0.5, 1), ("amount", "MIU", (0.25, 0.5, 1.0), ["0.25", "0.5", "1"])),
        (named("mutein: {} mg SC weekly x 4", 2, 1, 4), ("amount", "mg", (1.0, 2.0, 4.0), ["1", "2", "4"])),
        (named("1 MIU SC every {} days x 5", 4, 1, 2), ("interval", "days", (1.0, 2.0, 4.0), ["1", "2", "4"])),
        (named("(1 MIU SC daily x 5, rest {} days) x 3", 9, 23, 16), ("rest", "days", (9.0, 16.0, 23.0), ["9", "16", "23"])),
    ],
)
def test_arms_that_differ_in_one_number_are_levels_of_it_from_the_lowest(words, series):
    assert found(words) == [series]


def test_with_the_interval_the_number_of_doses_may_change_so_that_a_course_keeps_its_length():
    words = {"1": "1 MIU SC daily x 12", "2": "1 MIU SC every 2 days x 6", "3": "1 MIU SC every 3 days x 4"}
    assert found(words) == [("interval", "days", (1.0, 2.0, 3.0), ["1", "2", "3"])]


@pytest.mark.parametrize(
    "words",
    [
        {"a": "1 MIU SC daily x 5", "b": "2 MIU SC daily x 5"},
        {"a": "1 MIU SC daily x 5", "b": "2 MIU SC daily x 6", "c": "3 MIU SC daily x 7"},
        {"a": "1 MIU SC daily x 5", "b": "2 MIU SC every 2 days x 5", "c": "4 MIU SC every 4 days x 5"},
        {"a": "(1 MIU SC daily x 5, rest 9 days) x 3", "b": "(2 MIU SC daily x 5, rest 9 days) x 3",
         "c": "(1 MIU SC daily x 5, rest 16 days) x 3"},
        {"a": "1 MIU SC daily x 5", "b": "2 MIU SC daily x 5", "c": "3 MIU/m2 SC daily x 5"},
        {"a": "1 MIU SC daily x 5", "b": "2 MIU SC daily x 5", "c": "mutein: 1 mg SC daily x 5"},
        {"a": "(1 MIU SC daily x 5, rest 9 days) x 2", "b": "(1 MIU SC daily x 5, rest 9 days) x 3",
         "c": "(1 MIU SC daily x 5, rest 9 days) x 4"},
        {"a": "1 MIU SC daily x 5, rest 9 days, 2 MIU SC weekly x 4", "b": "2 MIU SC daily x 5, rest 9 days, 1 MIU SC weekly x 4",
         "c": "3 MIU SC daily x 5, rest 9 days, 4 MIU SC weekly x 4"},
        {"a": "", "b": "1 MIU SC daily x 5", "c": "2 MIU SC daily x 5"},
    ],
    ids=["two levels", "amount and doses", "amount and interval", "amount or rest", "another basis", "another drug", "cycles",
         "two amounts", "no doses is no level"],
)  # fmt: skip
def test_arms_that_differ_in_two_numbers_in_another_one_or_are_too_few_are_no_levels(words):
    assert found(words) == []


def test_amounts_that_move_together_are_one_number():
    words = named("{0} MIU SC daily x 5, rest 9 days, {0} MIU SC weekly x 4", 1, 2, 3)
    assert found(words) == [("amount", "MIU", (1.0, 2.0, 3.0), ["1", "2", "3"])]


def test_each_schedule_has_a_series_of_its_own():
    daily = {f"daily {level}": f"{level} MIU SC daily x 5" for level in (1, 2, 3)}
    weekly = {f"weekly {level}": f"{level} MIU SC weekly x 5" for level in (3, 2, 1, 4)}
    assert [series[2:] for series in found(daily | weekly)] == [
        ((1.0, 2.0, 3.0), ["daily 1", "daily 2", "daily 3"]),
        ((1.0, 2.0, 3.0, 4.0), ["weekly 1", "weekly 2", "weekly 3", "weekly 4"]),
    ]


def test_the_kind_of_number_in_which_most_arms_differ_is_shown():
    amounts = {f"{level} MIU": f"({level} MIU SC daily x 5, rest 9 days) x 3" for level in (1, 2, 3)}
    rests = {f"{days} days": f"(1 MIU SC daily x 5, rest {days} days) x 3" for days in (10, 12, 14, 16)}
    kind, _, levels, _ = found(amounts | rests)[0]
    assert (kind, levels) == ("rest", (9.0, 10.0, 12.0, 14.0, 16.0))


def test_only_arms_as_written_are_levels():
    made = example.comparison(
        {str(level): (f"{level} MIU SC daily x 5", None) for level in (1, 2, 3)}, "Levels", 2, draws=2, variants=True
    )
    assert [said(series) for series in series_of(made, SimpleNamespace(arms=looks_of(made)))] == [
        ("amount", "MIU", (1.0, 2.0, 3.0), ["1", "2", "3"])
    ]

"""`regimens explain`: what a protocol text or the arms of a scenario mean, and the dosing diary of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from regimens.diary import Person
    from regimens.regimen import Regimen
    from regimens.scenario import Arm, Scenario
    from regimens.subject import Subject

DATE, CLOCK = click.DateTime(["%Y-%m-%d"]), click.DateTime(["%H:%M"])


class Explained(NamedTuple):
    """A regimen to explain: the name of its arm ('' of a text), for whom, and the weekday of day 0 where it matters.

    `stated` is whether that weekday was stated; `drawn` whether the rests of the arm are drawn, and here at their midpoint.
    """

    name: str
    regimen: Regimen
    subject: Subject
    day_0: str | None
    stated: bool
    drawn: bool = False


@click.command()
@click.argument("text")
@click.option("--arm", "arm_name", metavar="NAME", help="Explain one arm of a scenario file. [default: all]")
@click.option("--weight", help="Body weight, for doses per kg. [default: 70 kg, or the subject of the scenario]")
@click.option(
    "--height", help="Height, for the body surface area by Mosteller. [default: 167 cm, or the subject of the scenario]"
)
@click.option("--day-0", "day_0", metavar="WEEKDAY", help="Weekday of day 0. [default: the first weekday that TEXT names]")
@click.option("--ics", type=click.Path(path_type=Path), help="Also write a dosing diary to this new iCalendar file.")
@click.option("--from", "first", type=DATE, metavar="DATE", help="Date of day 0 in the diary, such as 2027-03-01.")
@click.option(
    "--at", type=CLOCK, metavar="HH:MM", help="Clock time of 0 h, the first moment, in the diary. [default: events of whole days]"
)
def explain(
    text: str,
    arm_name: str | None,
    weight: str | None,
    height: str | None,
    day_0: str | None,
    ics: Path | None,
    first: datetime | None,
    at: datetime | None,
) -> None:
    """Say what the protocol TEXT means, or each arm of a scenario file: a sentence, days, exact totals, a calendar.

    For example:

    \b
      regimens explain "0.5 MIU SC daily x 5"
      regimens explain "(1.5 MIU SC daily x 5, rest 9-16 days) x 4"
      regimens explain "1 MIU SC on Mon, Wed and Fri x 12" --day-0 Tuesday
      regimens explain "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
      regimens explain scenario.yaml --arm "five days" --ics diary.ics --from 2027-03-01 --at 09:00

    The diary needs `pip install 'regimens[diary]'`. Its times are local, without a time zone.
    """
    from regimens.explain import explain as lines_of
    from regimens.regimen.frequencywords import WEEKDAYS
    from regimens.study.folder import write_file

    _check_options(ics, first, at)
    weekday = day_0 if first is None else day_0 or WEEKDAYS[first.weekday()]
    found = _explained(text, arm_name, weight, height, weekday, stated=day_0 is not None)
    if ics is not None and len(found) > 1:
        raise click.UsageError(f"A diary is of one arm. Name it with --arm: {', '.join(repr(one.name) for one in found)}.")
    written = None
    if first is not None:
        written = _diary(found[0], first.date(), None if at is None else at.time(), _person(weight, height, found[0].subject))
    for place, one in enumerate(found):
        if one.name:
            click.echo(("\n" if place else "") + f"Arm '{one.name}'")
        if one.drawn:
            click.echo("Its rests are drawn for each subject; here they are at the midpoint.")
        for line in lines_of(one.regimen, one.subject):
            click.echo(line)
        if one.day_0 is not None and not one.stated and first is None:
            click.echo(f"\nDay 0 is taken to be a {one.day_0}; {_how_to_state(one)} another weekday.")
    if ics is not None and written is not None:
        write_file(written, ics)
        click.echo(f"Written to {ics}", err=True)


def _how_to_state(one: Explained) -> str:
    return "'day 0' of the scenario states" if one.name else "--day-0 states"


def _check_options(ics: Path | None, first: datetime | None, at: datetime | None) -> None:
    from regimens.study.folder import OutputExists

    if ics is None and (first is not None or at is not None):
        raise click.UsageError(f"{'--from' if first else '--at'} is for a diary. Add --ics and the name of its file.")
    if ics is not None and first is None:
        raise click.UsageError("A diary begins on a date. Write the date of day 0, for example --from 2027-03-01.")
    if ics is not None and ics.exists():
        raise OutputExists(ics)


def is_file(text: str) -> bool:
    """Return whether an argument names a scenario file and is no protocol text."""
    return text.endswith((".yaml", ".yml"))


def _explained(
    text: str, arm: str | None, weight: str | None, height: str | None, day_0: str | None, stated: bool
) -> Sequence[Explained]:
    """Return what is to be explained: the text, or arms of a scenario file."""
    from regimens.regimen import parse_regimen
    from regimens.regimen.words import taken_day_0
    from regimens.scenario import read_scenario
    from regimens.scenario.regimens import weekday_of
    from regimens.subject import Subject

    if not is_file(text):
        if arm is not None:
            raise click.UsageError("--arm names an arm of a scenario file, and the argument is no such file (.yaml).")
        taken = taken_day_0(text)
        named = taken if day_0 is None else day_0 if taken is not None or stated else None
        return [Explained("", parse_regimen(text, day_0), sized(Subject(), weight, height), named, stated)]
    if stated:
        raise click.UsageError("--day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.")
    scenario = read_scenario(text)
    arms = arms_named(scenario, arm)
    subject = sized(scenario.subject, weight, height)
    return [
        Explained(
            one.name,
            one.regimen,
            subject,
            weekday_of(scenario, one),
            stated=bool(scenario.day_0),
            drawn=one.adherence is not None and one.adherence.drawn is not None,
        )
        for one in arms
    ]


def arms_named(scenario: Scenario, name: str | None) -> Sequence[Arm]:
    """Return the arm of that name, or all arms whose plans differ; UsageError with the nearest name if there is none."""
    from regimens.errors import did_you_mean
    from regimens.scenario.names import as_seen
    from regimens.scenario.values import planned_arms

    arms = planned_arms(scenario)
    if name is None:
        return arms
    found = [arm for arm in arms if as_seen(arm.name) == as_seen(name)]
    if not found:
        raise click.UsageError(f"'{name}' is no arm of {scenario.path}. {did_you_mean(name, [arm.name for arm in arms])}")
    return found


def sized(subject: Subject, weight: str | None, height: str | None) -> Subject:
    """Return the subject with that weight and height, as texts with units; UnitError unless they are greater than zero."""
    from regimens.errors import UnitError
    from regimens.subject import Subject, mosteller
    from regimens.units import decimal_text, parse_quantity

    if weight is None and height is None:
        return subject
    kg = subject.weight_kg if weight is None else parse_quantity(weight, ["kg"])[0]
    cm = subject.height_cm if height is None else parse_quantity(height, ["cm"])[0]
    if kg <= 0 or cm <= 0:
        found = f"{weight or decimal_text(kg) + ' kg'} and {height or decimal_text(cm) + ' cm'}"
        raise UnitError(f"Weight and height must be greater than zero, found {found}.")
    return Subject(kg, cm, mosteller(kg, cm))


def _person(weight: str | None, height: str | None, subject: Subject) -> Person:
    """Return the sizes that were given; the surface needs both, and neither is taken from a typical subject."""
    from regimens.diary import Person

    known: Fraction | None = subject.bsa_m2 if weight is not None and height is not None else None
    return Person(None if weight is None else subject.weight_kg, known)


def _diary(one: Explained, first: date, at: time | None, person: Person) -> str:
    """Return the text of the diary, after saying what is taken in it; UsageError where it begins on another weekday."""
    from regimens.diary import MORNING, diary, within_days
    from regimens.regimen.frequencywords import WEEKDAY_NUMBERS, WEEKDAYS

    if one.day_0 is not None and (later := (WEEKDAY_NUMBERS[one.day_0.strip().lower()] - first.weekday()) % 7):
        raise click.UsageError(
            f"Day 0 is a {one.day_0}, but {first} is a {WEEKDAYS[first.weekday()]}. "
            f"Write for example --from {first + timedelta(later)}."
        )
    text = diary(one.regimen, first, at, one.name, person)
    if at is None and within_days(one.regimen):
        click.echo(f"Doses lie within days; 0 h is taken to be {MORNING:%H:%M}. --at states another time.", err=True)
    return text

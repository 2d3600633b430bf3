"""`regimens diff`: how two regimens differ, each a protocol text, a name in the library or an arm of a scenario file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from regimens.cli.explaining import arms_named, is_file, sized

if TYPE_CHECKING:
    from regimens.regimen import Regimen
    from regimens.scenario.values import Arm, Scenario
    from regimens.subject import Subject

_LIBRARY_NAME = re.compile(r"[a-z][a-z0-9.-]*")
_ARM = re.compile(r"(?P<file>.+\.ya?ml):(?P<arm>.+)")


class Named(NamedTuple):
    """A regimen with the name of its arm or of its entry, '' of a text; `subject` is that of its scenario, if it has one.

    `taken` is the weekday that day 0 is taken to be where none is stated, None where no weekday is named.
    """

    name: str
    regimen: Regimen
    subject: Subject | None = None
    taken: str | None = None


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="A B")
@click.option("--weight", help="Body weight, for doses per kg. [default: 70 kg, or the subject of the scenario]")
@click.option(
    "--height", help="Height, for the body surface area by Mosteller. [default: 167 cm, or the subject of the scenario]"
)
@click.option("--day-0", "day_0", metavar="WEEKDAY", help="Weekday of day 0 in texts. [default: the first weekday of each]")
def diff(what: tuple[str, ...], weight: str | None, height: str | None, day_0: str | None) -> None:
    """Say in words and numbers how two regimens, A and B, differ.

    Each is a protocol text, a name of `regimens library`, or FILE:ARM for an arm of a scenario. Two arms of one scenario may be
    written as FILE ARM ARM; the arms of a scenario with two need no name.

    \b
      regimens diff "0.5 MIU SC daily x 5" "1 MIU SC every other day x 7"
      regimens diff koreth-2011-1 "1 MIU/m2 SC daily x 56"
      regimens diff scenario.yaml "five days" "weekly"
      regimens diff one.yaml:weekly other.yaml:weekly
    """
    from regimens.difference import difference_of, in_words
    from regimens.subject import Subject

    first, second = _pair(what, day_0)
    if day_0 is not None and first.name and second.name:
        raise click.UsageError("--day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.")
    for letter, one in zip("AB", (first, second), strict=True):
        if one.regimen.has_ranges:
            click.echo(f"The rests of {letter} are ranges, and are taken at their shortest.", err=True)
        if one.taken is not None:
            states = "'day 0' of its scenario" if one.name else "--day-0"
            click.echo(f"Day 0 of {letter} is taken to be a {one.taken}; {states} states another weekday.", err=True)
    subject = sized(first.subject or second.subject or Subject(), weight, height)
    for line in in_words(difference_of(first.regimen, second.regimen, subject), (first.name, second.name)):
        click.echo(line)


def _pair(what: Sequence[str], day_0: str | None) -> tuple[Named, Named]:
    if is_file(what[0]) and len(what) in (1, 3):
        found = _arms(what[0], what[1:])
    else:
        found = [_named(text, day_0) for text in what]
    if len(found) != 2:
        advice = "Write two of them, or a scenario file and the names of two of its arms."
        raise click.UsageError(f"A difference is of two regimens, found {len(found)}. {advice}")
    return found[0], found[1]


def _arms(file: str, names: Sequence[str]) -> list[Named]:
    from regimens.scenario import read_scenario

    scenario = read_scenario(file)
    arms = [arm for name in names for arm in arms_named(scenario, name)] if names else list(arms_named(scenario, None))
    if len(arms) != 2:
        known = ", ".join(repr(arm.name) for arm in arms)
        raise click.UsageError(f"{file} has {len(arms)} arms. Name two of them: {known}.")
    return [_of_arm(scenario, arm) for arm in arms]


def _of_arm(scenario: Scenario, arm: Arm) -> Named:
    from regimens.scenario.regimens import weekday_of

    return Named(arm.name, arm.regimen, scenario.subject, None if scenario.day_0 else weekday_of(scenario, arm))


def _named(text: str, day_0: str | None) -> Named:
    from regimens.errors import EvidenceError
    from regimens.evidence import entry
    from regimens.regimen import parse_regimen
    from regimens.regimen.words import taken_day_0
    from regimens.scenario import read_scenario

    if (match := _ARM.fullmatch(text)) is not None:
        scenario = read_scenario(match["file"])
        (arm,) = arms_named(scenario, match["arm"])
        return _of_arm(scenario, arm)
    if is_file(text):
        raise click.UsageError(f"'{text}' does not say which arm is meant. Write '{text}:' and the name of the arm.")
    if _LIBRARY_NAME.fullmatch(text) is None:
        return Named("", parse_regimen(text, day_0), taken=taken_day_0(text) if day_0 is None else None)
    known = entry(text)
    if known.regimen is None:
        raise EvidenceError(f"The sources of '{text}' leave it open: {known.open}")
    return Named(text, known.regimen, known.subject)

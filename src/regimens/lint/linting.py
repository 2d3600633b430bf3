"""Linting: every rule over a protocol text or a scenario file, the findings in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.lint.armrules import ARM_RULES, LintedArm
from regimens.lint.scenariorules import SCENARIO_RULES, LintedScenario
from regimens.regimen import parse_regimen
from regimens.regimen.words import taken_day_0
from regimens.scenario import read_scenario
from regimens.scenario.regimens import SOURCES_OF_DOSES, weekday_of
from regimens.scenario.values import AS_WRITTEN
from regimens.subject import Subject
from regimens.yamlfile import parse

if TYPE_CHECKING:
    from regimens.scenario.values import Arm, Scenario
    from regimens.yamlfile import Loc, Located

TYPICAL = Subject()


@dataclass(frozen=True)
class Finding:
    """One thing that is legal and odd: the `rule`, what was found, what to do about it; line and column count from 1."""

    rule: str
    message: str
    advice: str = ""
    line: int | None = None
    column: int | None = None


def lint_text(text: str, day_0: str | None = None, subject: Subject = TYPICAL) -> tuple[Finding, ...]:
    """Return the findings in a protocol text; rests that are ranges at their shortest. RegimenError if it cannot be read."""
    regimen = parse_regimen(text, day_0).with_rests("shortest")
    arm = LintedArm("", regimen, subject, day_0=day_0 or taken_day_0(text))
    return tuple(Finding(name, *said) for name, rule in ARM_RULES.items() for said in rule(arm))


def lint_scenario(path: str | Path) -> tuple[Finding, ...]:
    """Return the findings in a scenario file, in the order of its lines; InputFileError if it cannot be read."""
    scenario = read_scenario(path)
    linted = LintedScenario(scenario, parse(scenario.text, scenario.path), _arms(scenario))
    found: list[tuple[str, Loc, str, str]] = []
    for arm in linted.arms:
        day_0 = weekday_of(scenario, arm)
        shown = LintedArm(arm.name, arm.regimen, scenario.subject, Fraction(scenario.horizon_h), day_0)
        loc = ("arms", arm.range_of or arm.name, _key_of_doses(linted.located, arm))
        found += [(name, loc, *said) for name, rule in ARM_RULES.items() for said in rule(shown)]
    found += [(name, *said) for name, rule in SCENARIO_RULES.items() for said in rule(linted)]
    findings = [Finding(name, message, advice, *_place(linted, loc)) for name, loc, message, advice in found]
    return tuple(sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0)))


def _place(linted: LintedScenario, loc: Loc) -> tuple[int | None, int | None]:
    return linted.located.position(loc, key=loc[-1] not in SOURCES_OF_DOSES)


def _key_of_doses(located: Located, arm: Arm) -> str:
    """Return the key of an arm that says which doses it gives."""
    return next(key for key in SOURCES_OF_DOSES if key in located.data_at(("arms", arm.range_of or arm.name)))


def _arms(scenario: Scenario) -> Sequence[Arm]:
    """Return the arms of the file; of an arm for each length of a range of rests the one with the longest."""
    written = [arm for arm in scenario.arms if arm.variant == AS_WRITTEN]
    return list({arm.range_of or arm.name: arm for arm in written}.values())

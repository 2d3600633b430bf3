"""What is legal and odd in a protocol text or a scenario: each finding with its rule, its place and what to do about it."""

from regimens.lint.armrules import ARM_RULES
from regimens.lint.linting import Finding, lint_scenario, lint_text
from regimens.lint.scenariorules import SCENARIO_RULES

__all__ = ["ARM_RULES", "SCENARIO_RULES", "Finding", "lint_scenario", "lint_text"]

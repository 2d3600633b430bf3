"""Scenarios: what is compared, read from YAML once and frozen."""

from regimens.scenario.population import reduced
from regimens.scenario.reading import read_scenario
from regimens.scenario.values import Arm, Reference, Scenario

__all__ = ["Arm", "Reference", "Scenario", "read_scenario", "reduced"]

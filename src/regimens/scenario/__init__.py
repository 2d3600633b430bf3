"""Scenarios: what is compared, read from YAML or built in Python, checked once and frozen."""

from regimens.scenario.assemble import read_scenario
from regimens.scenario.own import OwnData, OwnGroup, OwnValue
from regimens.scenario.population import reduced
from regimens.scenario.values import Arm, Reference, Scenario

__all__ = ["Arm", "OwnData", "OwnGroup", "OwnValue", "Reference", "Scenario", "read_scenario", "reduced"]

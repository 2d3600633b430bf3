"""Scenarios: what is compared, read from YAML once and frozen."""

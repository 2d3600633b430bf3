"""What holds for all tests: none asserts a time, so an example may take as long as it needs, also on a busy machine."""

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import TIMES, USUAL

settings.register_profile("no clock", deadline=None, max_examples=USUAL * TIMES, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave properties out of the coverage: their many examples run the same lines, and the tracer triples their time."""
    for item in items:
        if hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker("no_cover")

"""What holds for all tests: none asserts a time."""

import pytest
from hypothesis import settings

from tests.examples import USUAL, examples

settings.register_profile("no clock", examples(USUAL))
settings.load_profile("no clock")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave properties out of the coverage: their many examples run the same lines, and the tracer triples their time."""
    for item in items:
        if hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker("no_cover")

"""What holds for all tests: none asserts a time, and the tracer of coverage sees what it is there for."""

import contextlib
import importlib
import os
import pkgutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.examples import USUAL, examples
from tests.kept import FOLDER_VARIABLE

settings.register_profile("no clock", examples(USUAL))
settings.load_profile("no clock")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers share; they find its name in the environment, where they were started with it."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="regimens-tests-")
        os.environ[FOLDER_VARIABLE] = folder.name
        config.add_cleanup(folder.cleanup)


@contextlib.contextmanager
def untraced(config: pytest.Config) -> Iterator[None]:
    """Stop the tracer of coverage for a while, if it runs."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if controller is None or not controller.started:
        yield
        return
    controller.pause()
    try:
        yield
    finally:
        controller.resume()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Import the package with the tracer and the tests without it, which doubles the time that it takes to rewrite them."""
    import regimens  # not before: the tracer of a worker has only just begun

    for module in pkgutil.walk_packages(regimens.__path__, "regimens."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with untraced(session.config):
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave properties out of the coverage: their many examples run the same lines, and the tracer triples their time."""
    for item in items:
        if hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Make what a test without coverage needs without the tracer, too."""
    with untraced(item.config) if item.get_closest_marker("no_cover") else contextlib.nullcontext():
        return (yield)

"""The whole command, killed with SIGKILL three times: it goes on each time, and ends with the same bytes."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCENARIO = """\
title: A comparison of many tasks
models: [turnover, effect_turnover]
horizon: 1 week
population: {subjects: 40, seed: 3, draws: 40}
arms:
  five days:
    regimen: 1 MIU SC daily x 5
  every other day:
    regimen: 1 MIU SC every other day x 3
endpoints:
  - peak of treg_fold
"""

PATIENCE_S = 600.0
"""How long the test waits for the next tasks before it gives up, on a busy machine."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with the scenario and the result of a run in one go."""
    made = tmp_path_factory.mktemp("killed")
    (made / "many.yaml").write_text(SCENARIO, encoding="utf-8")
    process = start(made, "unbroken")
    assert process.wait() == 0
    return made


def start(folder, out, *options):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "regimens", "compare", "many.yaml", "--workers", "1", "--out", out, *options]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kept(folder, out):
    return len(list(folder.glob(f".unfinished-{out}-*/*.task")))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_that_is_killed_three_times_goes_on_and_ends_with_the_same_bytes(folder):
    """The run has 18 tasks; it is killed within 20 ms after it kept the first few, and after it kept some more."""
    chance, out, options = random.Random(1), "broken", ()
    for first, last in ((1, 4), (5, 8), (9, 12)):
        tasks, more_s = chance.randint(first, last), chance.uniform(0.0, 0.02)
        process, gives_up = start(folder, out, *options), time.monotonic() + PATIENCE_S
        try:
            while kept(folder, out) < tasks:
                assert process.poll() is None
                assert time.monotonic() < gives_up
                time.sleep(0.001)
            time.sleep(more_s)
        finally:
            process.kill()
            process.wait()
        assert kept(folder, out) >= tasks
        assert not (folder / out).exists()
        options = ("--resume",)
    assert start(folder, out, "--resume").wait() == 0
    assert contents(folder / out) == contents(folder / "unbroken")
    assert sorted(path.name for path in folder.glob(".*")) == []

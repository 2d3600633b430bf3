"""The whole command, killed with SIGKILL at three moments: it goes on, and ends with the same bytes."""

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
horizon: 3 weeks
population: {subjects: 50, seed: 3, draws: 40}
arms:
  five days:
    regimen: 1 MIU SC daily x 5
  every other day:
    regimen: 1 MIU SC every other day x 5
endpoints:
  - peak of treg_fold
"""

PATIENCE_S = 120.0
"""How long the test waits for the first tasks before it gives up."""

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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_run_that_is_killed_goes_on_and_ends_with_the_same_bytes(folder, seed):
    chance, out = random.Random(seed), f"broken-{seed}"
    tasks, more_s = chance.randint(1, 12), chance.uniform(0.0, 0.02)
    process, gives_up = start(folder, out), time.monotonic() + PATIENCE_S
    while kept(folder, out) < tasks:
        assert process.poll() is None
        assert time.monotonic() < gives_up
        time.sleep(0.001)
    time.sleep(more_s)
    process.kill()
    process.wait()
    assert kept(folder, out) >= tasks
    assert not (folder / out).exists()
    assert start(folder, out, "--resume").wait() == 0
    assert contents(folder / out) == contents(folder / "unbroken")
    assert sorted(path.name for path in folder.glob(".*")) == []

"""What needs a separate process: imports, the cache, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RUN = """
import sys
from regimens.engine import simulate
from regimens.model.compile import compile_model
from tests.engine.models import doses, oral, subjects
found = simulate(compile_model(oral()), subjects(oral(), 3), doses([0.0, 24.0], 10.0), [0.0, 24.0, 48.0])
print(found.values.tobytes().hex())
print(sorted({name.split(".")[0] for name in sys.modules} & {"sympy", "pandas", "scipy"}))
print("emitted" if "regimens.engine.driver" in sys.modules else "from the cache")
"""

PATIENCE_S = 60.0
"""How long the test waits for an interrupted process, which should take a second. The whole run would take an hour."""


def run(code: str, cache: Path) -> list[str]:
    environment = os.environ | {"REGIMENS_CACHE_DIR": str(cache), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_second_process_takes_the_kernel_from_the_cache_and_gives_the_same_bytes(tmp_path: Path):
    first, second = run(RUN, tmp_path), run(RUN, tmp_path)
    assert first[0] == second[0]
    assert first[1:] == ["[]", "emitted"]
    assert second[1:] == ["[]", "from the cache"]


def test_a_damaged_cache_is_made_again(tmp_path: Path):
    expected = run(RUN, tmp_path)[0]
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-7] + b"garbage")
    assert run(RUN, tmp_path)[::2] == [expected, "emitted"]
    assert run(RUN, tmp_path)[::2] == [expected, "from the cache"]
    for file in tmp_path.iterdir():
        file.write_bytes(b"")
    assert run(RUN, tmp_path)[::2] == [expected, "emitted"]


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path):
    occupied = tmp_path / "file"
    occupied.write_text("this is no folder")
    assert run(RUN, occupied)[2] == "emitted"
    assert occupied.read_text() == "this is no folder"


ENDLESS = """
import signal
import numpy as np
from regimens.engine import Tolerances, simulate
from regimens.model.compile import compile_model
from tests.engine.models import POP_DOSES, POP_TIMES, doses, pop, pop_parameters
compiled, given = compile_model(pop()), doses(POP_DOSES, 500.0)
simulate(compiled, pop_parameters(8), given, POP_TIMES)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent in the background may have it ignored
try:
    print("running", flush=True)
    simulate(compiled, pop_parameters(20_000), given, POP_TIMES[[0, -1]], tolerances=Tolerances(1e-13, 1e-16))
except KeyboardInterrupt:
    again = simulate(compiled, pop_parameters(8), given, POP_TIMES)
    print("interrupted, then", again.statistics.failed, "failed", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to another process")
def test_ctrl_c_ends_a_long_run_and_the_next_one_works():
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    process = subprocess.Popen([sys.executable, "-c", ENDLESS], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE_S)[0] == "interrupted, then 0 failed\n"
    finally:
        process.kill()
        process.wait()

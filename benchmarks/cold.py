"""How long does a new process take to its first result: first use ever, and with a warm cache?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.workload import table

ROOT = Path(__file__).parents[1]

FIRST_RESULT = """
from regimens.engine import simulate
from regimens.model.compile import compile_model
from tests.engine.models import POP_DOSES, POP_TIMES, doses, pop, pop_parameters
simulate(compile_model(pop()), pop_parameters(1), doses(POP_DOSES, 500.0), POP_TIMES)
"""


def run(rounds: int = 10) -> str:
    """Return the table."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    first, warm = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ | {"REGIMENS_CACHE_DIR": cache, "PYTHONPATH": paths}
            for times in (first, warm):
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", FIRST_RESULT], env=environment, check=True)
                times.append(time.perf_counter() - start)
    rows = [["first use ever", f"{min(first):.2f}"], ["kernel in the cache", f"{min(warm):.2f}"]]
    return table(["start of the process to the first result of `pop`", "s"], rows)


if __name__ == "__main__":
    print(run())

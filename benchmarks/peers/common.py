"""What every Python peer does: read the workload, say how long preparing took, then answer requests line by line.

The workload is a folder with `parameters.bin` (subjects, 15), `doses.bin`, `times.bin`, all doubles, and takes
`out.bin`. A request is `subjects rtol threads`; the answer is the seconds it took. It is run by the peers' own Python,
so nothing of regimens is imported.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

NAMES = ("ka", "V", "CL", "kint", "Kd", "kR", "Rmax", "EC50R", "kprol", "Emax", "EC50", "Tmax", "ktr", "T0", "kout")
AMOUNT, STATES = 500.0, 5


def serve(prepare):
    """Answer requests with `prepare(parameters, doses, times)`, which returns work(parameters, rtol, threads) -> values."""
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # some libraries print warnings where the answers should stand
    parameters = np.fromfile(folder / "parameters.bin").reshape(-1, len(NAMES))
    doses, times = np.fromfile(folder / "doses.bin"), np.fromfile(folder / "times.bin")
    start = time.perf_counter()
    work = prepare(parameters, doses, times)
    print(time.perf_counter() - start, file=answers, flush=True)
    for line in sys.stdin:
        subjects, rtol, threads = line.split()
        start = time.perf_counter()
        values = work(parameters[: int(subjects)], float(rtol), int(threads))
        spent = time.perf_counter() - start
        np.ascontiguousarray(values).tofile(folder / "out.bin")
        print(spent, file=answers, flush=True)

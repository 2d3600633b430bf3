"""How long does a subject take, and how exact is it, by tolerance, number of subjects, threads and width of vectors?"""

from __future__ import annotations

import resource

from benchmarks.workload import errors, fastest, ours, reference, table
from regimens.engine import kernel

NARROWER = {"AVX2 (x86-64-v3)": "x86-64-v3", "SSE2 (x86-64)": "x86-64"}

TIMED = 200
"""Subjects in one timed burst; errors are over 1000."""

ROUNDS = {1: 30, 8: 30, 100: 20, 1000: 8, 10_000: 2}
"""Subjects, and how often each number of them is timed."""


def run() -> str:
    """Return the tables."""
    exact = reference(1000)
    rows = []
    for rtol in (1e-5, 2.5e-6, 1e-6, 1e-7, 1e-8):
        found = ours(1000, rtol, 1)
        one, two = (fastest(lambda rtol=rtol, n=n: ours(TIMED, rtol, n)) / TIMED * 1e6 for n in (1, 2))
        cells, drug = errors(found.values, exact)
        rows.append([f"{rtol:g}", f"{one:.0f}", f"{two:.0f}", found.statistics.steps // 1000, f"{cells:.1e}", f"{drug:.1e}"])
    by_tolerance = table(["rtol", "us/subject, 1 thread", "2 threads", "steps", "max error T", "max error C"], rows)
    return "\n\n".join([by_tolerance, _by_subjects(), _by_width()])


def _by_subjects() -> str:
    rows = []
    for subjects in ROUNDS:
        times = [fastest(lambda s=subjects, n=n: ours(s, 1e-6, n), ROUNDS[subjects]) / subjects * 1e6 for n in (1, 2)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        output = subjects * 337 * 5 * 8 / 2**20
        rows.append([subjects, *(f"{t:.0f}" for t in times), f"{peak:.0f}", f"{output:.0f}"])
    return table(["subjects", "us/subject at 1e-6, 1 thread", "2 threads", "peak MiB so far", "of which output"], rows)


def _by_width() -> str:
    host = kernel.host()
    rows = [["this processor, all features", f"{fastest(lambda: ours(TIMED, 2.5e-6, 1)) / TIMED * 1e6:.0f}"]]
    for label, name in NARROWER.items() if host.kind in ("x86_64",) else ():
        narrow = kernel.Processor(host.triple, name, "")
        kernel.host = lambda narrow=narrow: narrow
        try:
            ours(8, 2.5e-6, 1)
            rows.append([label, f"{fastest(lambda: ours(TIMED, 2.5e-6, 1)) / TIMED * 1e6:.0f}"])
        finally:
            kernel.host = lambda: host
    return table(["vectors", "us/subject at 2.5e-6, 1 thread"], rows)


if __name__ == "__main__":
    print(run())

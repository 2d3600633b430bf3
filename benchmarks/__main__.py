"""Run every benchmark and print the report that `benchmarks/README.md` holds: `python -m benchmarks > benchmarks/README.md`."""

from __future__ import annotations

import os
import platform
from importlib import import_module
from pathlib import Path

import llvmlite
import numpy as np

from regimens.engine import kernel

QUESTIONS = ("against", "speed", "endpoints", "rules", "job", "scaling", "cold", "robustness")

HEAD = """# Benchmarks

`python -m benchmarks > benchmarks/README.md`, from the checkout, runs everything and writes this page;
`python -m benchmarks.cold` and so on one part of it. REGIMENS_PEERS_PYTHON may name a Python that has numbalsoda,
libroadrunner and diffrax, and REGIMENS_RSCRIPT an Rscript with deSolve; a peer that is missing is named as not run.

Times are the shortest of several interleaved rounds. Errors are the largest over all subjects and times against our own
run at 1e-11, which the tests confirm against scipy's LSODA: of T relative, of C relative or over 0.01 IU/mL. Compare at
equal error: what a tolerance means differs between tools. The workload `pop` is in `benchmarks/workload.py`.
"""


def machine_words() -> str:
    """Describe the machine by what matters for speed."""
    flags = kernel.host().features.split(",")
    wide = [name for name in ("avx512f", "avx2", "fma") if f"+{name}" in flags]
    return (
        f"Machine: {kernel.host().kind}, tuned for '{kernel.host().name}' ({', '.join(wide) or 'no wide vectors'}), "
        f"{os.cpu_count()} cores; Python {platform.python_version()}, numpy {np.__version__}, llvmlite {llvmlite.__version__}."
    )


def main() -> None:
    """Print the report."""
    print(HEAD)
    print(machine_words())
    notes = Path(__file__).parent / "notes.md"
    if notes.exists():
        print(f"\n{notes.read_text(encoding='utf-8').strip()}")
    for name in QUESTIONS:
        question = import_module(f"benchmarks.{name}")
        print(f"\n## {question.__doc__.splitlines()[0]}\n\n{question.run()}", flush=True)


if __name__ == "__main__":
    main()

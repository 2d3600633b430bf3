"""How do other tools do on `pop`, at equal tolerance and at equal error, in interleaved rounds on the same machine?

REGIMENS_PEERS_PYTHON names the Python that has the peers (this one if not set), REGIMENS_RSCRIPT the Rscript with deSolve.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.workload import REST_S, errors, fastest, ours, reference, table
from tests.engine.models import POP_DOSES, POP_TIMES, pop_parameters

FOLDER = Path(__file__).parent / "peers"
ROUNDS = 12
POPULATION = 1000
OURS = (1e-6, 1.5e-6, 2.5e-6)
"""Our tolerances; at the last the worst error of T over the population is at most 1e-6."""


@dataclass(frozen=True)
class Peer:
    """A tool: the command's last word, how many subjects are timed, how many give the error, and (rtol, threads) to try."""

    name: str
    script: str
    timed: int
    judged: int
    settings: tuple[tuple[float, int], ...]


PEERS = (
    Peer("numbalsoda (LSODA)", "numbalsoda_loop.py", 10, 1000, ((1e-6, 1), (1e-6, 2), (2.5e-7, 1), (2.5e-7, 2))),
    Peer("deSolve lsoda, C rates", "desolve.R", 10, 300, ((1e-6, 1), (2.5e-7, 1))),
    Peer("libroadrunner (CVODE)", "roadrunner_sbml.py", 5, 300, ((1e-6, 1), (1e-8, 1))),
    Peer("diffrax Kvaerno5, vmap 100", "diffrax_vmap.py", 100, 100, ((1e-6, 1),)),
    Peer("scipy solve_ivp LSODA", "scipy_lsoda.py", 1, 20, ((1e-6, 1),)),
)
LONG_S = 1.0
TIMED = 200
"""Subjects in one of our own timed bursts."""


@dataclass
class Process:
    """A running peer."""

    peer: Peer
    folder: Path
    process: subprocess.Popen
    setup_s: float
    rounds: dict[tuple[float, int], list[float]] = field(default_factory=dict)
    seconds: dict[tuple[float, int], float] = field(default_factory=dict)
    """Seconds of every round, and the least per subject, by (rtol, threads)."""

    def ask(self, subjects: int, rtol: float, threads: int) -> float:
        """Return the seconds that the peer takes; its values are then in the folder."""
        self.process.stdin.write(f"{subjects} {rtol:g} {threads}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def time_once(self) -> None:
        """Time every setting once; what takes seconds is timed three times in all and not in every round."""
        for key in self.peer.settings:
            if len(self.rounds.setdefault(key, [])) < 3 or self.rounds[key][0] < LONG_S:
                time.sleep(REST_S)
                self.rounds[key].append(self.ask(self.peer.timed, *key))
                self.seconds[key] = min(self.rounds[key]) / self.peer.timed

    def values(self) -> np.ndarray:
        """Return (subjects, times, states) of the last answer."""
        return np.fromfile(self.folder / "out.bin").reshape(-1, len(POP_TIMES), 5)

    def peak_mib(self) -> float:
        """Return the most memory the peer has had so far, or not a number where the system does not tell."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(status.split("VmHWM:")[1].split()[0]) / 1024
        except (OSError, IndexError):
            return float("nan")


def start(peer: Peer, folder: Path) -> Process | None:
    """Start a peer in a folder with the workload; None if it cannot run here."""
    folder.mkdir()
    pop_parameters(POPULATION).values.tofile(folder / "parameters.bin")
    POP_DOSES.tofile(folder / "doses.bin")
    POP_TIMES.tofile(folder / "times.bin")
    python = os.environ.get("REGIMENS_PEERS_PYTHON", sys.executable)
    program = os.environ.get("REGIMENS_RSCRIPT", "Rscript") if peer.script.endswith(".R") else python
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        process = subprocess.Popen(
            [program, str(FOLDER / peer.script), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
    except OSError:
        return None
    answer = process.stdout.readline().strip()
    return Process(peer, folder, process, float(answer)) if answer else None


def run() -> str:
    """Return the table of peers and the ratios."""
    exact = reference(POPULATION)
    with tempfile.TemporaryDirectory() as folder:
        running = [(peer, start(peer, Path(folder) / str(i))) for i, peer in enumerate(PEERS)]
        mine: dict[tuple[float, int], float] = {}
        for _ in range(ROUNDS):
            for key in ((rtol, threads) for rtol in OURS for threads in (1, 2)):
                spent = fastest(lambda key=key: ours(TIMED, *key), 2) / TIMED
                mine[key] = min(spent, mine.get(key, np.inf))
            for _, process in running:
                if process is not None:
                    process.time_once()
        reached = {rtol: errors(ours(POPULATION, rtol, 2).values, exact) for rtol in OURS}
        rows = _own_rows(mine, reached)
        for peer, process in running:
            absent = [[peer.name, "", "", "not run", "", "", "", "", "", ""]]
            rows += absent if process is None else _rows(process, mine, reached, exact)
        for _, process in running:
            if process is not None:
                process.process.stdin.close()
                process.process.wait()
    header = [
        "tool",
        "rtol",
        "threads",
        "ms/subject",
        "max error T",
        "max error C",
        "subjects judged",
        "set-up s",
        "peak MiB",
        "time / ours at 1e-6 / at equal error (rtol)",
    ]
    return table(header, rows)


Errors = dict[float, tuple[float, float]]
"""Our largest errors of T and of C by tolerance."""


def _own_rows(mine: dict[tuple[float, int], float], reached: Errors) -> list[list[object]]:
    return [
        [
            "**regimens**",
            f"{rtol:g}",
            threads,
            f"{seconds * 1e3:.4f}",
            *(f"{e:.1e}" for e in reached[rtol]),
            POPULATION,
            "",
            "",
            "",
        ]
        for (rtol, threads), seconds in mine.items()
    ]


def _rows(process: Process, mine: dict[tuple[float, int], float], reached: Errors, exact: np.ndarray) -> list[list[object]]:
    """Return a peer's rows, each compared with ours at 1e-6 and at the loosest tolerance that is at least as exact."""
    rows = []
    for (rtol, threads), seconds in process.seconds.items():
        process.ask(process.peer.judged, rtol, threads)
        cells, drug = errors(process.values(), exact)
        enough = [own for own, error in reached.items() if error[0] <= cells and error[1] <= drug]
        ratios = [f"{seconds / mine[1e-6, threads]:.0f}"]
        ratios += [f"{seconds / mine[max(enough), threads]:.0f} ({max(enough):g})"] if enough else []
        rows.append([
            process.peer.name, f"{rtol:g}", threads, f"{seconds * 1e3:.3g}", f"{cells:.1e}", f"{drug:.1e}",
            process.peer.judged,
            f"{process.setup_s:.1f}", f"{process.peak_mib():.0f}", " / ".join(ratios),
        ])  # fmt: skip
    return rows


if __name__ == "__main__":
    print(run())

"""How long do whole jobs take, and what share of the CPU time is spent in the engine?

Each job is a process of its own: reading the scenario, simulating, judging, writing the page and all tables. REGIMENS_BEFORE may
name a checkout of an earlier version, which then does the same jobs in the same run; the larger ones are left out there.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.workload import table

ROOT = Path(__file__).parents[1]

LARGE = {
    "a million subjects": (
        "million",
        """
title: A million subjects, 21 doses in 24 weeks
models: [turnover]
horizon: 24 weeks
observe: {every: 24 h}
population: {subjects: 1000000, seed: 1}
arms:
  cycles: {regimen: "(1 MIU SC every other day x 7, rest 14 days) x 3"}
endpoints: [peak of treg_fold, mean of treg_fold to 12 weeks, days treg_fold above 2]
""",
    ),
    "100,000 subjects, 6 arms, 3 models": (
        "hundred",
        """
title: A hundred thousand subjects, six arms, three models
models: [turnover, effect_turnover, expansion]
horizon: 24 weeks
observe: {every: 24 h}
population: {subjects: 100000, seed: 1}
arms:
  none: {regimen: "no dose"}
  five days: {regimen: "0.5 MIU SC daily x 5"}
  cycles: {regimen: "(1 MIU SC every other day x 7, rest 14 days) x 3"}
  low: {regimen: "(0.75 MIU SC daily x 5, rest 9 days) x 4"}
  middle: {regimen: "(1.5 MIU SC daily x 5, rest 9 days) x 4"}
  high: {regimen: "(3 MIU SC daily x 5, rest 9 days) x 4"}
endpoints: [peak of treg_fold, mean of treg_fold to 12 weeks, days treg_fold above 2, treg_fold at 12 weeks]
""",
    ),
}
SHIPPED = {"main job (`seed_trials`)": "seed_trials", "`equal_total`": "equal_total"}


def run() -> str:
    """Return the table of jobs."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for label, name in SHIPPED.items():
            scenario = ROOT / "scenarios" / f"{name}.yaml"
            if before := os.environ.get("REGIMENS_BEFORE"):
                rows.append([f"{label}, before", *_measured(Path(before), scenario, Path(folder) / f"{name}-before")])
            rows.append([label, *_measured(ROOT, scenario, Path(folder) / name)])
        for label, (name, text) in LARGE.items():
            scenario = Path(folder) / f"{name}.yaml"
            scenario.write_text(text, encoding="utf-8")
            rows.append([label, *_measured(ROOT, scenario, Path(folder) / name)])
    return table(["job", "s", "CPU s", "CPU in the engine", "busy cores", "peak MiB", "folder MB"], rows)


def _measured(root: Path, scenario: Path, out: Path) -> list[str]:
    """Run one job with the code of a checkout; return the cells of its row."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(ROOT)])}
    command = [sys.executable, str(Path(__file__)), str(scenario), str(out)]
    done = subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    size = sum(path.stat().st_size for path in out.iterdir()) / 1e6
    share = f"{100 * found['engine'] / found['cpu']:.0f} %"
    return [
        f"{found['wall']:.1f}", f"{found['cpu']:.1f}", share, f"{found['cpu'] / found['wall']:.2f}", f"{found['peak']:.0f}",
        f"{size:.1f}",
    ]  # fmt: skip


def _one(scenario: str, out: str) -> None:
    """Do one job in this process, and print what it took."""
    start, code = time.perf_counter(), 0
    from regimens.cli import main
    from regimens.engine.kernel import Kernel

    spent, plain = [], Kernel.run

    def timed(self: Kernel, job: object) -> None:
        begun = time.thread_time()
        plain(self, job)
        spent.append(time.thread_time() - begun)

    Kernel.run = timed
    sys.argv = ["regimens", "compare", scenario, "--out", out]
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    found = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "engine": sum(spent), "peak": used.ru_maxrss / 1024}
    print(f"\n{json.dumps(found)}")
    sys.exit(code)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _one(*sys.argv[1:])
    else:
        print(run())

"""Kill a comparison again and again, go on with it, and hold its result against that of a run in one go, byte by byte.

    python scripts/kill_and_resume.py scenarios/equal_total.yaml 20

Moments are drawn between the start and the time that the unbroken run took. A run that ends before its moment is held against
the unbroken one, and the next one begins anew. Exit code 1 if any byte differs or anything is left behind. Not over midnight:
a result has the day on which its run began.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Run the whole, print a table, return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("scenario", type=Path)
    asked.add_argument("kills", type=int)
    asked.add_argument("--seed", type=int, default=20260101)
    asked.add_argument("--workers", type=int)
    given = asked.parse_args()
    command = [sys.executable, "-m", "regimens", "compare", str(given.scenario)]
    command += [] if given.workers is None else ["--workers", str(given.workers)]
    with tempfile.TemporaryDirectory() as name:
        return killed(command, Path(name), given.kills, random.Random(given.seed))


def killed(command: list[str], folder: Path, kills: int, chance: random.Random) -> int:
    """Kill `command` so many times, print a row for each, and return 0 if every result is that of the unbroken run."""
    unbroken, broken = folder / "unbroken", folder / "broken"
    began = time.monotonic()
    subprocess.run([*command, "--out", str(unbroken)], check=True, capture_output=True)
    whole_s = time.monotonic() - began
    print(f"{'kill':>4}  {'after':>7}  {'tasks kept':>10}   (a run in one go takes {whole_s:.1f} s)")
    ends = []
    for number in range(1, kills + 1):
        after_s = chance.uniform(0.0, whole_s)
        broke_off = _broke_off(resumed(command, broken), after_s)
        if broke_off and not broken.exists():
            print(f"{number:4}  {after_s:5.1f} s  {len(list(folder.glob('.unfinished-broken-*/*.task'))):10}", flush=True)
        else:
            if broke_off:
                # Killed after its last word, so perhaps before it had tidied up; the next run does that.
                subprocess.run(resumed(command, broken), check=False, capture_output=True)
            ends.append(_held_against(folder, unbroken, broken))
            print(f"{number:4}  {'':7}  {'it ended':>10}   {ends[-1] or 'the same bytes'}", flush=True)
    subprocess.run(resumed(command, broken), check=True, capture_output=True)
    ends.append(_held_against(folder, unbroken, broken))
    print(f"{'':4}  {'':7}  {'it ended':>10}   {ends[-1] or 'the same bytes'}")
    return 1 if any(ends) else 0


def resumed(command: list[str], out: Path) -> list[str]:
    """Return the command that goes on with a run, or begins it."""
    return [*command, "--out", str(out), "--resume"]


def _broke_off(command: list[str], after_s: float) -> bool:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, said = process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    if process.returncode:
        raise SystemExit(f"The run failed by itself:\n{said.decode()}")
    return False


def _held_against(folder: Path, unbroken: Path, broken: Path) -> str:
    """Return what differs or is left behind, "" if nothing; and take the broken run's result away."""
    first, second = ({path.name: path.read_bytes() for path in each.iterdir()} for each in (unbroken, broken))
    other = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    for path in broken.iterdir():
        path.unlink()
    broken.rmdir()
    left = sorted(path.name for path in folder.iterdir() if path != unbroken)
    return ", ".join([*(f"{name} differs" for name in other), *(f"{name} is left behind" for name in left)])


if __name__ == "__main__":
    sys.exit(main())

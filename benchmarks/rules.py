"""What do rules cost over fixed doses: 200 draws x 50 subjects x 3 models x 3 arms, with decisions before every cycle?

CPU time of one process, one thread. "Fixed" are the tasks of three arms without rules, "ruled" those of the same plans with
rules: the doses that rules find with the endpoints under them, and the bands of the curves; then what arms with rules add: the
log with its replayed ledgers, and three arms more, with fixed doses of the same mean total.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

from benchmarks.workload import table
from regimens import Scenario
from regimens.study.collect import collect
from regimens.study.perform import perform
from regimens.study.ruledrows import ruled_of
from regimens.study.study import resolve
from regimens.study.tasks import Task, tasks
from regimens.work import Result

DRAWS, SUBJECTS = 200, 50
RULES = """\
    rules:
      decide: before each cycle
      look at: {treg_fold: {noise: 0.15, delay: 2 days}}
      rules:
        - hold while treg_fold above 5, resume one level lower when below 3
        - raise one level if treg_fold below 2
        - lower one level if treg_fold above 4
      levels: [0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU]
"""
ROWS = {
    "EndpointsTask": "doses and endpoints",
    "BandsTask": "bands of curves",
    "DecisionsTask": "log, and ledgers replayed",
    "FixedTask": "fixed doses of the same mean total",
}


def scenario(rules: str, draws: int) -> Scenario:
    """Return three arms of the same cycles at different first doses, with or without rules."""
    arms = "".join(
        f"  {amount} MIU:\n    regimen: ({amount} MIU SC daily x 5, rest 9 days) x 8\n{rules}" for amount in ("0.5", "1", "1.5")
    )
    return Scenario.from_text(
        "title: The cost of rules\nmodels: [turnover, effect_turnover, expansion]\nhorizon: 20 weeks\nobserve: {every: 24 h}\n"
        f"population: {{subjects: {SUBJECTS}, seed: 1, draws: {draws}}}\narms:\n{arms}"
        "endpoints: [peak of treg_fold, mean of treg_fold to 16 weeks]\n"
    )


def spent(rules: str, draws: int) -> dict[str, float]:
    """Return the CPU seconds of each kind of task."""
    study, found = resolve(scenario(rules, draws)), defaultdict(float)

    def performed(work: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        for task in work:
            start = time.process_time()
            result = perform(task)
            found[type(task).__name__] += time.process_time() - start
            yield task, result

    collected = collect(study, performed(tasks(study)))
    ruled_of(study, collected, (), performed)
    return found


def run(draws: int = DRAWS) -> str:
    """Return the table."""
    for rules in ("", RULES):  # Compiles, so that no time has the compiler in it.
        spent(rules, 1)
    fixed, ruled = spent("", draws), spent(RULES, draws)
    rows = [
        [label, f"{fixed[kind]:.1f}", f"{ruled[kind]:.1f}", f"{ruled[kind] / fixed[kind]:.2f}" if fixed[kind] else ""]
        for kind, label in ROWS.items()
    ]
    whole, other = sum(fixed.values()), sum(ruled.values())
    rows.append(["all", f"{whole:.1f}", f"{other:.1f}", f"{other / whole:.2f}"])
    return table([f"{draws} draws x {SUBJECTS} subjects", "fixed, CPU s", "ruled, CPU s", "ratio"], rows)


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS))

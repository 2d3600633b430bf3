"""How many examples a property is tried on: few in a usual run, more with `REGIMENS_EXAMPLES=10`, which is ten times as many."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("REGIMENS_EXAMPLES", "1"))
USUAL = 50


def examples(count: int, *allowed: HealthCheck) -> settings:
    """Return settings of a property that is tried on so many examples in a usual run; `allowed` are checks that it may fail.

    An example may take as long as it needs, also on a busy machine.
    """
    return settings(max_examples=count * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow, *allowed])

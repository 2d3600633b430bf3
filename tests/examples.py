"""How many examples a property is tried on: few in a usual run, more with `REGIMENS_EXAMPLES=10`, which is ten times as many."""

from __future__ import annotations

import os

from hypothesis import settings

TIMES = int(os.environ.get("REGIMENS_EXAMPLES", "1"))
USUAL = 50


def examples(count: int, **more: object) -> settings:
    """Return settings of a property that is tried on this many examples in a usual run."""
    return settings(max_examples=count * TIMES, **more)

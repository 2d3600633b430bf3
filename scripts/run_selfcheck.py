"""Simulation-based calibration of the fit of a model (turnover if none is named): sets of true values (100 if not said).

python scripts/run_selfcheck.py turnover 100
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.datapoints import data_points, usable
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import Ranks, histogram, selfcheck, uniformity
from regimens.model import find_model

SETTINGS = Settings(ensembles=1, walkers=48, steps=200, burn_in=80, draws=400, seed=20260101)
"""Of one fit; a model with many parameters has more walkers."""

TOGETHER = 6
"""Sets that one process fits side by side."""


def some(name: str, numbers: range) -> Ranks:
    """Return the ranks of some sets of true values."""
    model = find_model(name, values="declared")
    data = usable(data_points(read_responses(shipped.folder("evidence") / "responses.csv"), "fit"), model)
    return selfcheck(model, data, SETTINGS, numbers)


if __name__ == "__main__":
    model_name, count = (*sys.argv[1:], *("turnover", "100")[len(sys.argv) - 1 :])
    parts = [range(first, min(first + TOGETHER, int(count))) for first in range(0, int(count), TOGETHER)]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(partial(some, model_name), parts))
    ranks = Ranks(found[0].names, np.concatenate([each.share for each in found]))
    target = shipped.folder("posteriors") / model_name / "selfcheck.csv"
    np.savetxt(target, ranks.share, fmt="%.4f", delimiter=",", header=",".join(ranks.names), comments="")
    for place, name in enumerate(ranks.names):
        held = f"true value inside its 90 % interval {ranks.held()[place]:3d} of {len(ranks.share)}"
        print(f"{name:>14}  {held}   ranks {histogram(ranks.share[:, place])}   p {uniformity(ranks.share[:, place]):.2f}")

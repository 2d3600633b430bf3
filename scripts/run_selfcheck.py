"""Simulation-based calibration of the fit of `turnover`: 100 sets of true values (10 minutes on two cores)."""

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.datapoints import data_points, usable
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import Ranks, histogram, selfcheck
from regimens.model import find_model

SETTINGS = Settings(ensembles=1, walkers=32, steps=500, burn_in=150, draws=400, seed=20260101)


def one(number: int) -> Ranks:
    """Return the ranks of one set of true values."""
    model = find_model("turnover", values="declared")
    data = usable(data_points(read_responses(shipped.folder("evidence") / "responses.csv"), "fit"), model)
    return selfcheck(model, data, SETTINGS, range(number, number + 1))


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(one, range(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
    ranks = Ranks(found[0].names, np.concatenate([each.share for each in found]))
    target = shipped.folder("posteriors") / "turnover" / "selfcheck.csv"
    np.savetxt(target, ranks.share, fmt="%.4f", delimiter=",", header=",".join(ranks.names), comments="")
    for place, name in enumerate(ranks.names):
        held = f"true value inside its 90 % interval {ranks.held()[place]:3d} of {len(ranks.share)}"
        print(f"{name:>14}  {held}   ranks {histogram(ranks.share[:, place])}")

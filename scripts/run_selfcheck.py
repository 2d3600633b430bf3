"""Simulation-based calibration of the fit of `turnover`: 100 truths, ranks written to docs/selfcheck.csv (about 15 minutes)."""

import sys
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.calibrate import usable
from regimens.fit.rows import rows_of
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import histogram, selfcheck
from regimens.model import find_model

SETTINGS = Settings(ensembles=1, walkers=32, steps=300, burn_in=120, draws=400, seed=20260101)

model = find_model("turnover")
rows = usable(rows_of(read_responses(shipped.folder("evidence") / "responses.csv"), "fit"), model)
repetitions = range(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
ranks = selfcheck(model, rows, SETTINGS, repetitions)
target = Path(__file__).parents[1] / "docs" / "selfcheck.csv"
np.savetxt(target, ranks.share, fmt="%.4f", delimiter=",", header=",".join(ranks.names), comments="")
for place, name in enumerate(ranks.names):
    held = f"truth inside its 90 % interval {ranks.held()[place]:3d} of {len(ranks.share)}"
    print(f"{name:>14}  {held}   ranks {histogram(ranks.share[:, place])}")

"""Fit the shipped models (or those named) to the shipped evidence and write `posteriors/`; the same files every time."""

import sys
import time

from regimens import shipped
from regimens.fit.calibrate import fit
from regimens.fit.sampling import Settings
from regimens.model import find_model

for name in sys.argv[1:] or shipped.names("models"):
    began = time.perf_counter()
    posterior, texts = fit(find_model(name, values="declared"), shipped.folder("evidence") / "responses.csv", Settings(), print)
    folder = shipped.folder("posteriors") / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    print(
        f"{name}: R-hat at most {posterior.sample.r_hat.max():.3f}, effective sizes from {posterior.sample.effective.min():.0f}, "
        f"{time.perf_counter() - began:.0f} s"
    )

"""Fit the shipped models (or those named) to the shipped evidence, leave every source out, weigh the models, and write
`posteriors/`; then all that is made of them: orderings, truths, and the pages. The same files every time. Two models are fitted
at a time.
"""

import runpy
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from regimens import shipped
from regimens.fit.calibrate import fit
from regimens.fit.sampling import Settings
from regimens.fit.shippedchecks import summarise
from regimens.fit.stacking import weights_of, weights_text
from regimens.model import find_model

THEN = (
    "render_fits",
    "render_validation",
    "render_models",
    "render_evidence",
    "render_orderings",
    "run_truths",
    "render_credibility",
)


def renew(name: str) -> str:
    """Fit one model and write its folder; return how it went."""
    began = time.perf_counter()
    posterior, texts = fit(find_model(name, values="declared"), shipped.folder("evidence") / "responses.csv", Settings(), print)
    folder = shipped.folder("posteriors") / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return (
        f"{name}: R-hat at most {posterior.sample.r_hat.max():.3f}, effective sizes from {posterior.sample.effective.min():.0f}, "
        f"{time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        for said in pool.map(renew, sys.argv[1:] or shipped.names("models")):
            print(said)
    summaries = [summarise(find_model(name, values="declared")) for name in shipped.names("models")]
    (shipped.folder("posteriors") / "weights.csv").write_text(weights_text(weights_of(summaries)), encoding="utf-8")
    for script in THEN:
        runpy.run_path(str(Path(__file__).with_name(f"{script}.py")), run_name="__main__")

"""Structures a cell biologist would accept, judged by what they predict for studies left out: docs/variants.csv.

    python scripts/run_variants.py           about 10 minutes on two cores; also writes the table of docs/variants.md

A variant is a change of the text of a shipped model file. Fits are shorter than those that are shipped, and all alike.
"""

import csv
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.calibrate import COMMON, calibrate, rows_of
from regimens.fit.datapoints import data_points
from regimens.fit.leaveout import leave_out
from regimens.fit.sampling import Settings
from regimens.fit.validation import checks_of, sources_of, summary_of
from regimens.model import Model, load_model

SETTINGS = Settings(ensembles=4, walkers=48, steps=200, burn_in=80)
AGAIN = Settings(ensembles=1, walkers=64, steps=200, burn_in=80)


@dataclass(frozen=True)
class Variant:
    """A model file with some of its text replaced; `words` say what is different."""

    name: str
    model: str
    words: str
    replaced: tuple[tuple[str, str], ...] = ()

    def load(self) -> Model:
        """Return the changed model."""
        text = (shipped.folder("models") / f"{self.model}.yaml").read_text(encoding="utf-8")
        for old, new in self.replaced:
            if old not in text:
                raise ValueError(f"{self.name}: '{old}' is not in the text of {self.model}.")
            text = text.replace(old, new)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{self.model}.yaml"
            file.write_text(text, encoding="utf-8")
            return load_model(file)


ONE_FOLD = ("/ (1 + cCD4 * (in_blood / T0 - 1))", "* (cCD4 / cCD4)")
ONE_FOLD_SIMPLE = ("/ (1 + cCD4 * (treg / T0 - 1))", "* (cCD4 / cCD4)")
LOSS = (
    "  kp:\n",
    "  lb:\n"
    '    {value: 0.5, unit: "1", bounds: [0.05, 0.98], share: true, cv: 0.2, uncertainty: 0.5, source: assumed, '
    "label: share of responsiveness that the full signal takes away}\n"
    "  kb:\n"
    "    {value: 0.2, unit: 1/day, bounds: [0.02, 2], cv: 0.3, uncertainty: 0.8, source: assumed, "
    "label: rate at which responsiveness follows}\n"
    "  kp:\n",
)
VARIANTS = (
    Variant("turnover", "turnover", "as shipped: counts and shares of CD4 are two observables"),
    Variant("turnover, one fold", "turnover", "a share of CD4 is read as a count", (ONE_FOLD_SIMPLE,)),
    Variant("expansion", "expansion", "as shipped: counts and shares of CD4 are two observables"),
    Variant("expansion, one fold", "expansion", "a share of CD4 is read as a count", (ONE_FOLD,)),
    Variant(
        "expansion, refractory",
        "expansion",
        "the signal takes away part of the responsiveness (CD122), which comes back",
        (
            LOSS,
            ("kr * signal * precursors", "kr * signal * responsive * precursors"),
            (
                "  maturing:",
                '  responsive: {unit: "1", initial: 1, rate: kb * (1 - lb * signal - responsive), label: responsiveness}\n'
                "  maturing:",
            ),
        ),
    ),
    Variant(
        "expansion, no growth",
        "expansion",
        "recruitment does not grow with the Treg there are",
        (("precursors * treg_pool / T0", "precursors"),),
    ),
)


def judged(variant: Variant) -> dict[str, str]:
    """Return the row of a variant."""
    responses = read_responses(shipped.folder("evidence") / "responses.csv")
    posterior = calibrate(variant.load(), data_points(responses, "fit"), SETTINGS)
    rows = rows_of(posterior, responses)
    left_out = leave_out(rows, posterior.sample.many, AGAIN, COMMON)
    found = summary_of(posterior.model, checks_of(left_out, rows.data, responses), sources_of(left_out, rows.data, responses))
    spreads = np.median(posterior.draws[:, -2:], axis=0)
    return {
        "variant": variant.name,
        "words": variant.words,
        "fitted": str(len(posterior.names)),
        "log_density": f"{sum(each.log_density for each in found.sources):.1f}",
        "common": f"{sum(each.common or 0.0 for each in found.sources):.1f}",
        "hits": f"{found.hits} of {found.rows}",
        "score": f"{found.score:.2f}",
        "median_width": f"{found.median_width:.2f}",
        "study_spread": f"{spreads[0]:.2f}",
        "row_spread": f"{spreads[1]:.2f}",
        "r_hat": f"{posterior.sample.r_hat.max():.3f}",
    }


def page(text: str, table: list[dict[str, str]]) -> str:
    """Return the text of docs/variants.md with the table between its marks."""
    heading = "| Variant | What is different | Fitted | Log density | Common | Hits | Score | Width | Study | Row | R-hat |"
    lines = [heading, "|---" * 11 + "|", *("| " + " | ".join(row.values()) + " |" for row in table)]
    before, rest = text.split("<!-- variants -->")
    return f"{before}<!-- variants -->\n" + "\n".join(lines) + "\n<!-- /variants -->" + rest.split("<!-- /variants -->")[1]


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(judged, VARIANTS))
    docs = Path(__file__).parents[1] / "docs"
    with (docs / "variants.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    document = docs / "variants.md"
    document.write_text(page(document.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(page("<!-- variants --><!-- /variants -->", found))

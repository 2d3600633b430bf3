"""Checks of fitted models: scores and coverage in closed form, and pages that are what the files give."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from regimens import shipped
from regimens.evidence import read_responses
from regimens.fit.calibrate import usable
from regimens.fit.likelihood import AT_LEAST, AT_MOST, Observation
from regimens.fit.page import fits_page
from regimens.fit.rows import rows_of
from regimens.fit.sampling import Settings
from regimens.fit.selfcheck import histogram, selfcheck, simulated
from regimens.fit.validate import coverage, interval_score
from regimens.fit.validation import summarise, verdict
from regimens.model import find_model

ROOT = Path(__file__).parents[2]
RESPONSES = read_responses(shipped.folder("evidence") / "responses.csv")
PINNED = 0.15  # absolute, on the log scale: Monte Carlo noise of 200 draws is about a third of this


def test_the_interval_score_is_the_width_inside_and_grows_by_twenty_times_the_miss_outside():
    assert interval_score(0.5, 0.0, 1.0) == 1.0
    assert interval_score(1.1, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.1)
    assert interval_score(-0.2, 0.0, 1.0) == pytest.approx(1.0 + 20 * 0.2)


class Hit:
    def __init__(self, inside):
        self.inside = inside


@pytest.mark.parametrize(("hits", "count"), [(6, 6), (0, 5), (3, 7)])
def test_coverage_has_the_exact_binomial_interval(hits, count):
    found = coverage([Hit(True)] * hits + [Hit(False)] * (count - hits))
    exact = binomtest(hits, count).proportion_ci(0.90, method="exact")
    assert found == (hits, count, pytest.approx(exact.low), pytest.approx(exact.high))


def test_the_default_model_beats_the_study_blind_null_model():
    summary = summarise(find_model("expansion"), RESPONSES)
    assert summary.beats_null
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("| expansion |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1] == f"{summary.hits} of {summary.rows}"
    numbers = [float(cell) for cell in cells[3:7]]
    assert numbers == pytest.approx([summary.mean_log_error, summary.median_width, summary.score, summary.null_score], abs=PINNED)
    assert "It is exploratory." not in verdict(summary)


def test_every_model_stands_on_the_page_with_every_row_it_can_predict():
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    for name in shipped.names("models"):
        model = find_model(name)
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        known = {observable.name for observable in model.observables}
        for response in RESPONSES:
            if response.role == "check" and response.value is not None and response.observable in known:
                assert f"| {response.id} |" in section
    assert page.count("It is exploratory.") == sum(find_model(name).exploratory for name in shipped.names("models"))


def test_the_page_of_fits_is_what_the_posteriors_give():
    committed = (ROOT / "docs" / "fits.md").read_text(encoding="utf-8")
    assert committed == fits_page(shipped.names("models")), "run scripts/render_fits.py"


def test_simulated_rows_have_the_spreads_they_are_given():
    design = [Observation(0.0, 0.1, "A"), Observation(0.0, 0.3, "A"), Observation(0.5, 0.2, "B", AT_LEAST)]
    random = np.random.default_rng(1)
    drawn = [simulated(np.array([1.0, 2.0, 0.5]), 0.4, 0.2, design, random) for _ in range(4000)]
    values = np.array([[row.log_value for row in rows[:2]] for rows in drawn])
    assert values.mean(axis=0) == pytest.approx([1.0, 2.0], abs=0.03)
    assert np.cov(values.T) == pytest.approx(np.array([[0.16 + 0.05, 0.16], [0.16, 0.16 + 0.13]]), abs=0.02)
    assert np.mean([rows[2].bound == AT_MOST for rows in drawn]) == pytest.approx(0.5, abs=0.03)


def test_ranks_of_a_few_truths_are_shares_between_0_and_1():
    rows = usable(rows_of(RESPONSES, "fit"), find_model("turnover"))
    quick = Settings(ensembles=1, walkers=24, steps=30, burn_in=10, draws=50, seed=4)
    ranks = selfcheck(find_model("turnover"), rows, quick, range(2))
    assert ranks.share.shape == (2, len(ranks.names))
    assert ((ranks.share >= 0) & (ranks.share <= 1)).all()
    assert sum(map(int, histogram(ranks.share[:, 0]).split())) == 2


def test_the_committed_selfcheck_holds_the_truth_often_enough():
    share = np.loadtxt(shipped.folder("posteriors") / "turnover" / "selfcheck.csv", delimiter=",", skiprows=1)
    assert len(share) >= 100
    held = ((share >= 0.05) & (share <= 0.95)).mean(axis=0)
    # An exact 90 % interval holds 80 of 100 truths or fewer once in 500 parameters, and 84 or fewer once in 25.
    assert (held > 0.80).all()

"""Write docs/credibility.md from the shipped files, after a change of any of them."""

from pathlib import Path

from regimens import shipped
from regimens.credibility.agreement import shipped_agreement
from regimens.credibility.credibilitypage import Found, credibility_page, read_checks, read_fit
from regimens.credibility.orderings import shipped_orderings
from regimens.credibility.truths import shipped_truths, shipped_votes
from regimens.model import find_model
from regimens.scenario import read_scenario
from regimens.study.weights import read_weights

names, folder = shipped.names("models"), shipped.folder("posteriors")
weights = folder / "weights.csv"
found = Found(
    models=[find_model(name, values="declared") for name in names],
    fits={name: read_fit(folder / name) for name in names},
    checks={name: read_checks(folder / name / "checks.csv") for name in names},
    weights=read_weights(weights) if weights.is_file() else None,
    orderings=shipped_orderings(),
    judged=shipped_agreement(),
    truths=shipped_truths(),
    votes=shipped_votes(),
    rule=read_scenario(shipped.folder("scenarios") / "equal_total.yaml").rule,
)
Path(__file__).parents[1].joinpath("docs", "credibility.md").write_text(credibility_page(found), encoding="utf-8")

"""Verdicts under another truth and votes before any data, of scenarios/equal_total.yaml (15 minutes on one processor).

Writes posteriors/truths.csv and posteriors/votes.csv, then docs/truths.md.
"""

import sys
from dataclasses import replace
from pathlib import Path

from regimens import shipped
from regimens.credibility.results import rows_text
from regimens.credibility.truthpage import truths_page
from regimens.credibility.truths import TRUTHS, VOTES, both, shipped_truths, shipped_votes
from regimens.scenario import read_scenario

top = Path(__file__).parents[1]
scenario = read_scenario(shipped.folder("scenarios") / "equal_total.yaml")
if "--render" not in sys.argv:
    population = replace(scenario.population, subjects=30, draws=100)
    truths, votes = both(replace(scenario, population=population))
    top.joinpath("posteriors", "truths.csv").write_text(rows_text(TRUTHS, truths), encoding="utf-8")
    top.joinpath("posteriors", "votes.csv").write_text(rows_text(VOTES, votes), encoding="utf-8")
page = truths_page(shipped_truths(), shipped_votes(), scenario.rule)
top.joinpath("docs", "truths.md").write_text(page, encoding="utf-8")

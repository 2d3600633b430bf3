"""Judging: which arms are held against which, and the tables that come of it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import COLUMNS, given_table
from regimens.adherence.realise import realise
from regimens.contrasts.best import best
from regimens.contrasts.contrast import Pair, contrasts
from regimens.contrasts.outcomes import Outcomes
from regimens.contrasts.reallife import flips, regret
from regimens.contrasts.restcurve import rest_response
from regimens.contrasts.sensitivity import SENSITIVITY, sensitivity
from regimens.contrasts.tradeoff import TRADE_OFF, trade_off
from regimens.contrasts.verdict import NOT_SUPPORTED, verdicts
from regimens.population.draw import Block, bodies_of
from regimens.scenario.values import AS_WRITTEN, REAL_LIFE, Arm, Scenario

if TYPE_CHECKING:
    import pandas as pd

LEDGER_SUBJECTS = 1000
"""Subjects whose doses are written down one by one: the first of a population. All others follow from the seed."""

MOST_EXPLAINED = 3
"""Pairs that sensitivities are shown of."""


def pairs_of(scenario: Scenario) -> list[Pair]:
    """Return the pairs (arm, against): within each variant every two arms, and each other variant with the arm as written."""
    variants = dict.fromkeys(arm.variant for arm in scenario.arms)
    within = [
        (one.name, other.name)
        for variant in variants
        for one, other in combinations([arm for arm in scenario.arms if arm.variant == variant], 2)
    ]
    return within + [(arm.name, arm.of) for arm in scenario.arms if arm.variant != AS_WRITTEN]


def judged(scenario: Scenario, outcomes: Outcomes) -> dict[str, pd.DataFrame]:
    """Return the tables contrasts, verdicts, best, trade_off, sensitivity, rest_response, flips and regret."""
    import pandas as pd

    rule = scenario.rule.probability
    variants = {arm.name: arm.variant for arm in scenario.arms}
    real = {arm.of: arm.name for arm in scenario.arms if arm.variant == REAL_LIFE}
    held = contrasts(outcomes, pairs_of(scenario))
    said = verdicts(outcomes, held, rule)
    pair = scenario.trade_off
    return {
        "contrasts": held,
        "verdicts": said,
        "best": best(outcomes, variants),
        "trade_off": pd.DataFrame(columns=list(TRADE_OFF))
        if pair is None
        else trade_off(outcomes, pair.gain, pair.cost, variants),
        "sensitivity": sensitivity(outcomes, open_pairs(scenario, held, said))
        if outcomes.draws > 1
        else pd.DataFrame(columns=list(SENSITIVITY)),
        "rest_response": rest_response(outcomes, _rests(scenario), rule),
        "flips": flips(outcomes, real),
        "regret": regret(outcomes, real),
    }


def open_pairs(scenario: Scenario, held: pd.DataFrame, said: pd.DataFrame) -> list[Pair]:
    """Return the pairs of arms as written whose verdict is most open on the leading endpoint, at most MOST_EXPLAINED.

    These are the pairs that are not supported although the models together lean furthest to one arm; where all are supported,
    the first pairs.
    """
    written = {arm.name for arm in scenario.arms if arm.variant == AS_WRITTEN}
    leading = next((endpoint.words for endpoint in scenario.endpoints if endpoint.better), None)
    rows = said[(said["endpoint"] == leading) & said["arm"].isin(written) & said["against"].isin(written)]
    rows = rows[rows["verdict"] != "same schedule"]
    shares = held[held["endpoint"] == leading].groupby(["arm", "against"])["probability"].mean()
    lean = (shares - 0.5).abs().fillna(0.0)

    def order(row: dict) -> tuple[bool, float]:
        return row["verdict"] != NOT_SUPPORTED, -float(lean.get((row["arm"], row["against"]), 0.0))

    chosen = sorted(rows.to_dict("records"), key=order)[:MOST_EXPLAINED]
    return [(row["arm"], row["against"]) for row in chosen]


def _rests(scenario: Scenario) -> dict[str, list[tuple[float, str]]]:
    found: dict[str, list[tuple[float, str]]] = {}
    for arm in scenario.arms:
        if arm.rest_days is not None and arm.variant == AS_WRITTEN:
            found.setdefault(arm.range_of, []).append((float(arm.rest_days), arm.name))
    return found


def ledgers(scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the tables ledger and given: what the first subjects of every arm get whose subjects differ in their doses."""
    import pandas as pd

    weight_kg, bsa_m2 = _sizes(scenario)
    kept = [(arm.name, arm.of, _ledger(scenario, arm, len(weight_kg))) for arm in scenario.arms if arm.adherence is not None]
    rows = [ledger.rows for _, _, ledger in kept]
    return {
        "ledger": pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS)),
        "given": given_table(kept, weight_kg, bsa_m2),
    }


def shortened(scenario: Scenario) -> list[str]:
    """Return a sentence where the tables ledger and given leave subjects out."""
    population = scenario.population
    if population is None or not any(arm.adherence for arm in scenario.arms):
        return []
    few = "subjects" if population.subjects <= LEDGER_SUBJECTS else f"first {LEDGER_SUBJECTS} of {population.subjects} subjects"
    of_draw = " of the first parameter draw" if population.draws > 1 else ""
    if few == "subjects" and not of_draw:
        return []
    return [f"The doses of the {few}{of_draw} are written down; those of all others follow from the seed."]


def replayed(scenario: Scenario, given: pd.DataFrame) -> list[str]:
    """Return a sentence for every arm whose ledger gives other totals than its plan."""
    arms = {arm.name for arm in scenario.arms if arm.adherence is not None and arm.adherence.ledger is not None}
    return [
        f"Arm '{row.arm}' gives what its ledger says, {row.given_miu:.4g} MIU of IL-2 in the median subject; the totals shown "
        f"are those of its plan, {row.planned_miu:.4g} MIU."
        for row in given.itertuples()
        if row.arm in arms and not row.planned_miu == row.given_low == row.given_high
    ]


def _sizes(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Return weight (kg) and body surface area (m2) of the subjects whose doses are written down."""
    population, subject = scenario.population, scenario.subject
    if population is None:
        return np.array([float(subject.weight_kg)]), np.array([float(subject.bsa_m2)])
    bodies = bodies_of(population, subject, Block(0, 0, min(population.subjects, LEDGER_SUBJECTS)))
    return bodies.weight_kg, bodies.bsa_m2


def _ledger(scenario: Scenario, arm: Arm, count: int):
    seed = 0 if scenario.population is None else scenario.population.seed
    return realise(arm.name, arm.regimen, arm.adherence, scenario.horizon_h, seed, range(count)).ledger

"""Given: how much IL-2 subjects were to get and got, arm by arm, and the totals of people whose bodies differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import GIVEN_BY_RULE, LATE, MISSED, STOPPED, Ledger
from regimens.adherence.realise import realise
from regimens.drugs import IL2
from regimens.population.draw import Runs, bodies_of
from regimens.regimen.events import DosePlan
from regimens.regimen.quantities import Duration
from regimens.statistics import TAILS, Floats
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.study.study import Study, StudyArm

DIGITS = 12
"""Significant digits of totals: fewer than floats have, so that 8.35 is not 8.350000000000001."""

LEDGER_SUBJECTS = 1000
"""Subjects whose doses are written down one by one: the first of a population. All others follow from the seed."""


@dataclass(frozen=True)
class Given:
    """How much IL-2 the subjects of one arm were to get and got before the horizon, and how doses went astray."""

    arm: str = column("arm")
    of: str = column("arm as written")
    model: str = column("model whose curves the rules of the arm looked at; blank for an arm without rules")
    planned_miu: float = column("IL-2 planned, in the median subject", "MIU")
    given_miu: float = column("IL-2 given, in the median subject", "MIU")
    given_low: float = column("lower end of the 90 % interval over subjects", "MIU")
    given_high: float = column("upper end of the 90 % interval over subjects", "MIU")
    missed: float = column("share of the planned doses of all drugs that were missed", "1")
    late: float = column("share of the planned doses of all drugs that were late", "1")
    stopped: float = column("share of subjects who stopped early", "1")


GIVEN = table_of("given", "arm whose subjects differ in their doses", Given)


def ledgers_of(study: Study) -> dict[str, Ledger]:
    """Return the ledger of the first subjects of the first draw for every arm whose subjects differ in their doses by chance."""
    count = min(study.cohort.subjects, LEDGER_SUBJECTS)
    return {arm.name: _ledger(study, arm, count) for arm in study.arms if arm.arm.adherence is not None and arm.guide is None}


def _ledger(study: Study, arm: StudyArm, count: int) -> Ledger:
    adherence = arm.arm.adherence
    assert adherence is not None
    return realise(arm.name, arm.arm.regimen, adherence, study.scenario.horizon_h, study.cohort.seed, range(count)).ledger


def given_rows(study: Study, ledgers: Mapping[str, Ledger]) -> tuple[Given, ...]:
    """Return what was planned and given before the horizon, a row for each ledger."""
    if not ledgers:
        return ()
    weight_kg, bsa_m2 = bodies(study, draws=1, most=LEDGER_SUBJECTS)
    return tuple(given_row(name, study.arm(name).arm.of, ledger, weight_kg[0], bsa_m2[0]) for name, ledger in ledgers.items())


def ruled_rows(study: Study, ledgers: Mapping[tuple[str, str], Ledger]) -> tuple[Given, ...]:
    """Return what was planned and given to the subjects written down of arms with rules, a row for each (model, arm)."""
    if not ledgers:
        return ()
    weight_kg, bsa_m2 = (sizes[0] for sizes in bodies(study, draws=1))
    return tuple(
        given_row(arm, study.arm(arm).arm.of, ledger, weight_kg[: ledger.subjects], bsa_m2[: ledger.subjects], model)
        for (model, arm), ledger in ledgers.items()
    )


def given_row(arm: str, of: str, ledger: Ledger, weight_kg: Floats, bsa_m2: Floats, model: str = "") -> Given:
    """Return what was planned and given by one ledger; `weight_kg` and `bsa_m2` are (subjects,), the sizes for scaled doses."""
    subjects, reason = len(weight_kg), ledger.rows["reason"].to_numpy()
    plan = Ledger(ledger.rows[reason != GIVEN_BY_RULE])
    planned, given = (
        DosePlan.of(doses.events(0, subjects, "", amounts), subjects).total(IL2, weight_kg, bsa_m2) / 1e6
        for doses, amounts in ((plan, "planned"), (ledger, "given"))
    )
    low, middle, high = np.quantile(given, [TAILS[0], 0.5, TAILS[1]])
    stopped = ledger.rows["subject"].to_numpy()[reason == STOPPED]
    doses = max(1, len(plan.rows))
    totals = [float(f"{total:.{DIGITS}g}") for total in (np.median(planned), middle, low, high)]
    return Given(
        arm,
        of,
        model,
        totals[0],
        totals[1],
        totals[2],
        totals[3],
        float(np.sum(reason == MISSED) / doses),
        float(np.sum(reason == LATE) / doses),
        len(np.unique(stopped)) / subjects,
    )


def bodies(study: Study, draws: int, most: int | None = None) -> tuple[Floats, Floats]:
    """Return weight (kg) and body surface area (m2) of the first subjects of the first draws: (draws, subjects) each."""
    population, subject = study.scenario.population, study.scenario.subject
    if population is None:
        return np.array([[float(subject.weight_kg)]]), np.array([[float(subject.bsa_m2)]])
    count = population.subjects if most is None else min(population.subjects, most)
    found = bodies_of(population, subject, Runs(np.repeat(np.arange(draws), count), np.tile(np.arange(count), draws)))
    return found.weight_kg.reshape(draws, count), found.bsa_m2.reshape(draws, count)


def people_totals(study: Study) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the smallest and largest total (IU or mg) of a drug over all people, by (arm, drug), of the whole plan.

    Only drugs with a dose per kg or per m2 in a population whose bodies differ are in it: everybody else gets the one total.
    """
    population = study.scenario.population
    if population is None or (population.bodies is None and population.people is None):
        return {}
    weight_kg, bsa_m2 = bodies(study, study.cohort.draws if population.people is None else 1)
    found = {}
    for arm in study.arms:
        doses = arm.arm.regimen.written_out()
        for drug in arm.drugs:
            if any(dose.drug == drug and dose.dose.amount.basis != "flat" for dose in doses):
                whole = DosePlan((arm.arm.regimen.events(Duration(doses[-1].start + 1), arm.name),))
                total = whole.total(drug, weight_kg, bsa_m2)
                found[arm.name, drug] = (float(total.min()), float(total.max()))
    return found

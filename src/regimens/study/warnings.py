"""Warnings: sentences about what a reader of a comparison must know before its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import display_unit
from regimens.exposure import cut_off
from regimens.scenario.values import AS_WRITTEN, planned_arms
from regimens.study.collect import Collected, failures
from regimens.study.given import LEDGER_SUBJECTS, Given
from regimens.study.ruled import LOGGED

if TYPE_CHECKING:
    from regimens.study.study import Study


def warnings_of(study: Study, collected: Collected, given: Sequence[Given]) -> tuple[str, ...]:
    """Return the warnings of a study: what the horizon cuts off, what models and trials lack, failed subjects."""
    scenario = study.scenario
    horizon_h = Fraction(scenario.horizon_h)
    return (
        *scenario.warnings,
        *(sentence for arm in planned_arms(scenario) for sentence in cut_off(arm, horizon_h, scenario.subject)),
        *_cut_ledgers(study),
        *not_modelled(study),
        *_uncertainty(study),
        *filter(None, (endpoint.doubt(study.cohort.subjects) for endpoint in scenario.endpoints)),
        *_replayed(study, given),
        *_rules(study, collected),
        *_shortened(study),
        *_without_noise(study),
        *failures(study, collected),
        *_failed_before(collected),
    )


def not_modelled(study: Study) -> Iterator[str]:
    """Yield a sentence for every drug that some models have no input for, and for everything that rules look at and some models
    lack: the arms are not modelled there.
    """
    for drug in sorted({drug for arm in study.arms for drug in arm.drugs}):
        without = [f"'{model.name}'" for model in study.models if drug not in {entry.drug for entry in model.declared.inputs}]
        if without:
            noun, verb, them = ("The model", "has", "it") if len(without) == 1 else ("The models", "have", "them")
            arms = [f"'{arm.name}'" for arm in study.arms if drug in arm.drugs]
            listed, several = _listing(without), "s" * (len(arms) > 1)
            are = f"{_listing(arms)} {'are' if several else 'is'} not modelled under {them}"
            yield f"{noun} {listed} {verb} no input for {drug}: the arm{several} {are}."
    for observable in dict.fromkeys(name for arm in study.arms for name in arm.looked_at):
        without = [f"'{model.name}'" for model in study.models if model.unit_of(observable) is None]
        if without:
            noun, verb, them = ("The model", "has", "it") if len(without) == 1 else ("The models", "have", "them")
            arms = [f"'{arm.name}'" for arm in study.arms if observable in arm.looked_at]
            are = f"{_listing(arms)} {'are' if len(arms) > 1 else 'is'} not modelled under {them}"
            several = "s" * (len(arms) > 1)
            yield f"{noun} {_listing(without)} {verb} no '{observable}', at which rules look: the arm{several} {are}."


def _uncertainty(study: Study) -> Iterator[str]:
    for model in study.models if study.cohort.draws > 1 else ():
        if not model.uncertain:
            yield (
                f"The uncertainty of the parameters of '{model.name}' is not known: no parameter in its model file has the key "
                "`uncertainty`, and no fit of it is shipped. Its parameters are the same in every draw; no verdict rests on it."
            )


def _replayed(study: Study, given: Sequence[Given]) -> Iterator[str]:
    for row in given:
        adherence = study.arm(row.arm).arm.adherence
        replayed = adherence is not None and adherence.ledger is not None
        if replayed and not row.planned_miu == row.given_low == row.given_high:
            yield (
                f"Arm '{row.arm}' gives what its ledger says, {row.given_miu:.4g} MIU of IL-2 in the median subject; the totals "
                f"shown are those of its plan, {row.planned_miu:.4g} MIU."
            )


def _cut_ledgers(study: Study) -> Iterator[str]:
    """Yield a sentence for every replayed ledger with doses given at or after the horizon, which do not happen here."""
    horizon_h = study.scenario.horizon_h
    for arm in study.arms:
        ledger = None if arm.arm.adherence is None else arm.arm.adherence.ledger
        if ledger is not None:
            given = ledger.rows[ledger.rows["given"] > 0]
            late = int((given["given_h"] >= horizon_h).sum())
            if late:
                yield (
                    f"Arm '{arm.name}': {late} of the {len(given)} doses that its ledger gives lie at or after the horizon of "
                    f"{horizon_h / 24:g} days and are not given here."
                )


def _rules(study: Study, collected: Collected) -> Iterator[str]:
    """Yield sentences on arms with rules: totals that are those of the plan, ledgers that do not give their curves again, and
    ledgers cut short.
    """
    for arm in study.arms:
        found = {model: ruled for (model, name), ruled in collected.ruled.items() if name == arm.name}
        if arm.guide is not None and found and arm.arm.variant == AS_WRITTEN:
            unit, size = display_unit(arm.guide.doses[0].dose.amount.unit)
            got = [f"{np.median(ruled.total) / size:.4g} {unit} under '{model}'" for model, ruled in found.items()]
            yield (
                f"The doses of arm '{arm.name}' follow rules: the median subject gets {_listing(got)}. The totals shown beside "
                "its schedule are those of its plan."
            )
    for (model, name), kept in collected.written.items():
        same = kept["same"].astype(bool)
        if not same.all():
            ledgers = f"the ledgers of {int((~same).sum())} of {len(same)} subjects"
            yield f"Arm '{name}' under '{model}': {ledgers} do not give their curves again."
    cohort = study.cohort
    if collected.written and (cohort.draws > 1 or cohort.subjects > LOGGED):
        few = f"first {LOGGED} subjects" if cohort.subjects > LOGGED else "subjects"
        of_draw = " of the first parameter draw" if cohort.draws > 1 else ""
        yield f"The decisions and the ledger of arms with rules are of the {few}{of_draw}; totals and shares are of all."


def _shortened(study: Study) -> Iterator[str]:
    """Yield a sentence where the tables ledger and given leave subjects out."""
    cohort = study.cohort
    if cohort.typical or not any(arm.arm.adherence for arm in study.arms if arm.guide is None):
        return
    few = "subjects" if cohort.subjects <= LEDGER_SUBJECTS else f"first {LEDGER_SUBJECTS} of {cohort.subjects} subjects"
    of_draw = " of the first parameter draw" if cohort.draws > 1 else ""
    if few != "subjects" or of_draw:
        yield f"The ledger has the doses of the {few}{of_draw}; those of all others follow from the seed."


def _without_noise(study: Study) -> Iterator[str]:
    if study.own_bins and study.scenario.noise is None:
        yield (
            "What was measured differs from the true value, from day to day and by the assay; the scenario has no `noise`, so "
            "the simulated percentiles of the predictive check hold none, and those at 5 % and 95 % may lie too close together."
        )


def _failed_before(collected: Collected) -> Iterator[str]:
    """Yield a sentence where simulations under the priors failed."""
    before = collected.before
    if before is not None and before.failed:
        every = sum(status.size for status in before.status.values())
        yield (
            f"Before any data: {before.failed} of {every} simulations of the typical subject under draws of the priors stopped "
            "early. Their draws are left out of the probabilities before any data."
        )


def _listing(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

"""Provenance: all that the numbers of a comparison depend on, for its provenance.json and the last section of its page."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regimens.scenario.values import Scenario
    from regimens.study.ruled import Replay
    from regimens.study.study import Study, StudyModel

PACKAGES = ("numpy", "scipy", "pandas", "plotly", "llvmlite", "pydantic", "PyYAML")
"""Packages whose versions a result records."""


@dataclass(frozen=True)
class Provenance:
    """Where a result comes from. `reduced` maps subjects and draws to (asked for, done) where a run was made smaller; `steps` are
    accepted and rejected steps of the integration, `failed` counts runs that stopped early. `created` (a date) and `command`
    are those of the command line, "" elsewhere.
    """

    version: str
    seed: int | None
    subjects: int
    draws: int
    reduced: Mapping[str, tuple[int, int]]
    rule: Mapping[str, float]
    runs: int
    band_runs: int
    scenario: Mapping[str, str]
    models: Mapping[str, Mapping[str, str]]
    ledgers: Mapping[str, str]
    people: Mapping[str, str]
    rtol: float
    atol: float
    steps: int
    rejected: int
    failed: int
    packages: Mapping[str, str] = field(repr=False)
    observed: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    replays: tuple[Replay, ...] = ()
    created: str = ""
    command: str = ""

    def as_mapping(self) -> dict[str, object]:
        """Return what provenance.json holds; parts that do not apply are left out."""
        solver = {"rtol": self.rtol, "atol": self.atol, "steps": self.steps, "rejected": self.rejected, "failed": self.failed}
        found: dict[str, object] = {
            "version": self.version,
            "seed": self.seed,
            "subjects": self.subjects,
            "draws": self.draws,
            "reduced": {name: list(counts) for name, counts in self.reduced.items()},
            "verdict rule": dict(self.rule),
            "runs": self.runs,
            "runs behind the bands of the curves": self.band_runs,
            "scenario": dict(self.scenario),
            "models": {name: dict(facts) for name, facts in self.models.items()},
            "ledgers": dict(self.ledgers),
            "people": dict(self.people),
            "observed": dict(self.observed),
            "event tables": dict(self.tables),
            "ledgers replayed": {f"{replay.arm}, {replay.model}": replay.in_words() for replay in self.replays},
            "solver": {"method": "Rodas5P", **solver},
            "packages": dict(self.packages),
            "created": self.created,
            "command": self.command,
        }
        optional = ("reduced", "people", "observed", "event tables", "ledgers replayed", "created", "command")
        left_out = {name for name in optional if not found[name]}
        return {name: value for name, value in found.items() if name not in left_out}


def provenance_of(study: Study, steps: tuple[int, int], failed: int, replays: tuple[Replay, ...] = ()) -> Provenance:
    """Return the provenance of a study whose integration took so many steps (accepted, rejected).

    `replays` are the checks of the ledgers of arms with rules.
    """
    scenario, population = study.scenario, study.scenario.population
    ledgers = [arm.adherence.ledger for arm in scenario.arms if arm.adherence is not None and arm.adherence.ledger is not None]
    people = None if population is None else population.people
    return Provenance(
        version=importlib.metadata.version("regimens"),
        seed=None if population is None else population.seed,
        subjects=study.cohort.subjects,
        draws=study.cohort.draws,
        reduced=_reduced(study),
        rule={
            "probability": scenario.rule.probability,
            "share of draws that differ": scenario.rule.differ,
            "relevant difference": scenario.rule.difference,
        },
        runs=study.runs,
        band_runs=len(study.band_runs),
        scenario={"path": scenario.path, "sha256": scenario.digest, **_asked(scenario)},
        models={model.name: {"sha256": model.declared.digest, "values": _values(study, model)} for model in study.models},
        ledgers={ledger.path: ledger.digest for ledger in ledgers},
        people={} if people is None else {people.path: people.digest},
        rtol=scenario.tolerances.rtol,
        atol=scenario.tolerances.atol,
        steps=steps[0],
        rejected=steps[1],
        failed=failed,
        observed={data.path: data.digest for data in scenario.own if data.path},
        tables={arm.table.path: arm.table.digest for arm in scenario.arms if arm.table is not None},
        replays=replays,
        packages={name: importlib.metadata.version(name) for name in PACKAGES},
    )


def _asked(scenario: Scenario) -> dict[str, str]:
    """Return the question and the decision of a scenario, as far as it states them."""
    return {name: text for name, text in (("question", scenario.question), ("decision", scenario.decision)) if text}


def _reduced(study: Study) -> dict[str, tuple[int, int]]:
    """Return the counts of which a run has fewer than its scenario asks for: (asked for, done)."""
    whole = study.scenario.reduced_from
    if whole is None:
        return {}
    counts = {"subjects": (whole.subjects, study.cohort.subjects), "draws": (whole.draws, study.cohort.draws)}
    return {name: count for name, count in counts.items() if count[0] != count[1]}


def _values(study: Study, model: StudyModel) -> str:
    fit = model.fitted != model.declared
    if study.cohort.draws == 1:
        return "posterior medians" if fit else "as declared"
    return "posterior draws" if fit else "draws of the priors it declares" if model.uncertain else "as declared"

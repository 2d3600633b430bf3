"""Comparisons for the tests of the report: synthetic curves that look like the real thing, made without the engine.

Scenarios are built as a user would in Python; the curves follow the equations of the models roughly, and everything that
compares arms is worked out from them by the package. Parameter values, and the sources on prefix 10.5555, are made up;
nothing here is evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from regimens import report
from regimens.adherence.realise import Adherence, RealLife
from regimens.contrasts.variants import RestResponse
from regimens.contrasts.verdict import Rule
from regimens.endpoints import parse_endpoint
from regimens.engine.trajectories import STEP_LIMIT
from regimens.exposure import Expected, audit
from regimens.model.declaration import Definition, Input, Model, Observable, Parameter, Source, State
from regimens.model.expression import parse_formula
from regimens.population import Population
from regimens.regimen import MIU, Regimen, parse_regimen
from regimens.regimen.equalise import equalise, il2_total
from regimens.scenario import Arm, Reference, Scenario
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE, Noise, TradeOff, planned_arms
from regimens.statistics import median_and_interval
from regimens.study.collect import Bands, Collected
from regimens.study.comparison import Comparison, comparison_of
from regimens.study.perform import people
from regimens.study.study import Study, StudyArm, StudyModel, resolve
from regimens.subject import Subject

from ..kept import once

HORIZON_H = 24 * 7 * 24.0
GRID_H = np.arange(0.0, HORIZON_H + 1.0, 6.0)
ASKED = [
    "mean of treg_fold", "peak of treg_fold", "hours treg_fold above 2", "peak of treg_fold per MIU", "share with treg_fold above 3",
    "peak of serum_il2",
]  # fmt: skip
"""Endpoints of a comparison with draws; the first is the one that comes first on its page."""

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "</script><b>bold</b> & \"quoted\" 'single'",
    "{{ 7 * 7 }} {% raw %} %{x} <br>line",
    "Sjögren 每周 ☂ =1+1",
    "A very long name of an arm that goes on and on, as protocol titles do, until nobody can be expected to read it",
    "a",
)
RA_2024 = Reference("Zhang et al. 2024", "10.3389/fimmu.2024.1359041")
RA_2022 = Reference(doi="10.1038/s41392-022-00887-2", registration="NCT02467504")
PSS_2022 = Reference(doi="10.1001/jamanetworkopen.2022.41451", registration="NCT02464319")
SLE_2016 = Reference("Late-breaking poster, ACR 2016")
ALS = Reference("A trial in ALS, made up for tests", "10.5555/als")

Arms = Mapping[str, tuple[str, Reference | None]]
"""Regimen in words ("" for no doses) and source by name of the arm."""

SIX: Arms = {
    "Every other day, 3 cycles": ("(1 MIU SC every other day x 7, rest 14 days) x 3", RA_2022),
    "Daily": ("0.125 MIU SC daily x 168", None),
    "Five-day courses": ("(1.05 MIU SC daily x 5, rest 16 days) x 4", SLE_2016),
    "Every 3 days": ("0.375 MIU SC every 3 days x 56", None),
    "Weekly": ("0.875 MIU SC weekly x 24", None),
    "Placebo": ("", RA_2022),
}
THIRTEEN: Arms = {
    "RA, control": ("", RA_2024),
    "RA, 5 days": ("0.5 MIU SC daily x 5", RA_2024),
    "RA, 5 days + tocilizumab": ("il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h", RA_2024),
    "RA, 3 cycles + methotrexate": ("(1 MIU SC every other day x 7, rest 14 days) x 3", RA_2022),
    "RA, placebo + methotrexate": ("", RA_2022),
    "Sjögren, 3 cycles": ("(1 MIU SC every other day x 7, rest 14 days) x 3", PSS_2022),
    "Sjögren, placebo": ("", PSS_2022),
    "SLE, 0.75 MIU": ("(0.75 MIU SC daily x 5, rest 12 days) x 4", SLE_2016),
    "SLE, 1.5 MIU": ("(1.5 MIU SC daily x 5, rest 12 days) x 4", SLE_2016),
    "SLE, 3 MIU": ("(3 MIU SC daily x 5, rest 12 days) x 4", SLE_2016),
    "ALS, 1 MIU": ("(1 MIU SC daily x 5, rest 23 days) x 3", ALS),
    "ALS, 2 MIU": ("(2 MIU SC daily x 5, rest 23 days) x 3", ALS),
    "ALS, placebo": ("", ALS),
}
LADDER: Arms = {
    "Every other day, 3 cycles": SIX["Every other day, 3 cycles"],
    "Daily, 12 weeks": ("0.22 MIU SC daily x 84", None),
    "Five-day courses": ("(1.5 MIU SC daily x 5, rest 16 days) x 4", SLE_2016),
    "Every 3 days": ("0.375 MIU SC every 3 days x 56", None),
    "Weekly": ("0.8 MIU SC weekly x 24", None),
    "Placebo": ("", RA_2022),
}
MUTEIN: Arms = {
    "IL-2, weekly": ("0.8 MIU SC weekly x 24", None),
    "Mutein, weekly": ("mutein: 0.5 mg SC weekly x 24", None),
    "Mutein, two weeks": ("mutein: 1 mg SC every 2 weeks x 12", None),
    "Placebo": ("", None),
}


def hostile(arms: Arms) -> Arms:
    """Return six arms under names that try to break the page."""
    return dict(zip(HOSTILE_NAMES, arms.values(), strict=True))


@once
def six(subjects: int = 200) -> Comparison:
    """Return six arms of 21 MIU, two models, three observables, 24 weeks."""
    return comparison(SIX, "Six ways to give 21 MIU", subjects)


@once
def thirteen(subjects: int = 200) -> Comparison:
    """Return thirteen arms in the manner of the founding trials, four without a dose, one with a drug that no model knows."""
    return comparison(THIRTEEN, "Low-dose IL-2 schedules of the founding trials", subjects)


@once
def hostile_six(subjects: int = 1) -> Comparison:
    """Return six arms with hostile names, and a title to match."""
    return comparison(hostile(SIX), "<script>alert(1)</script> & friends", subjects)


@once
def drawn() -> Comparison:
    """Return six arms of different totals with 40 draws of 25 subjects, and everything that a comparison may have."""
    return comparison(LADDER, "Six schedules, one question", 25, draws=40, variants=True)


@once
def drawn_individuals() -> Comparison:
    """Return the six arms with curves of four subjects each."""
    return comparison(LADDER, "Six schedules, one question", 25, draws=40, individuals=4)


@once
def drawn_thirteen() -> Comparison:
    """Return thirteen arms with 20 draws of 10 subjects."""
    return comparison(THIRTEEN, "Low-dose IL-2 schedules of the founding trials", 10, draws=20)


@once
def drawn_hostile() -> Comparison:
    """Return six arms with hostile names and their variants."""
    return comparison(hostile(LADDER), "<script>alert(1)</script> & friends", 10, draws=20, variants=True)


@once
def mutein() -> Comparison:
    """Return arms of IL-2 and of a drug in mg that only one of two models has an input for."""
    return comparison(MUTEIN, "IL-2 and a mutein", 10, models=(model("turnover"), model("own", "mutein")), draws=20)


@once
def page(name: str) -> str:
    """Return the page of the comparison that the function of this name returns, made once for all files of tests."""
    return report.page(globals()[name]())


def comparison(
    arms: Arms,
    title: str,
    subjects: int,
    models: tuple[Model, ...] | None = None,
    draws: int = 1,
    variants: bool = False,
    individuals: int = 0,
    **more: object,
) -> Comparison:
    """Return the comparison of `arms` under `models`; one subject is the typical one.

    `variants` adds each dosed arm at 21 MIU and in real life, and what goes with them; `more` changes the scenario.
    """
    models = models or (model("turnover"), model("effect_turnover"))
    made = _scenario(arms, title, subjects, models, draws, variants, individuals)
    study = resolve(replace(made, **more))
    found = comparison_of(study, audit(planned_arms(study.scenario), study.scenario.subject), collected(study))
    command = "regimens compare scenarios/example.yaml --out results/example"
    found = replace(found, provenance=replace(found.provenance, created="2026-11-22", command=command))
    return replace(found, versus=replace(found.versus, rest_response=_rest_response(found))) if variants else found


def planned(arms: Arms) -> SimpleNamespace:
    """Return scenario, study and exact totals of `arms`: what is known of them before anything is simulated."""
    study = resolve(_scenario(arms, "Planned", 1, (model("turnover", "mutein", "tocilizumab"),), 1, False, 0))
    totals = audit(planned_arms(study.scenario), study.scenario.subject)
    return SimpleNamespace(scenario=study.scenario, study=study, exposure=totals)


def emptied(made: Comparison, *tables: str) -> Comparison:
    """Return the comparison without the rows of some tables."""
    own = {name: () for name in tables if name in made.__dataclass_fields__}
    versus = {name: () for name in tables if name not in own}
    return replace(made, versus=replace(made.versus, **versus), **own)


def rows(made: Comparison, table: str, **wanted: object) -> list:
    """Return the rows of a table that have these values."""
    found = getattr(made, table, None) or getattr(made.versus, table)
    return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]


def with_scenario(made: Comparison, **changed: object) -> Comparison:
    """Return the comparison with other values in its scenario."""
    return replace(made, study=replace(made.study, scenario=replace(made.scenario, **changed)))


def with_bands(made: Comparison, change) -> Comparison:
    """Return the comparison with other curves: `change` maps (model, arm) and the bands to the new ones."""
    bands = {key: change(key, found) for key, found in made.bands.items()}
    return replace(made, collected=replace(made.collected, bands=bands))


def model(name: str, *drugs: str) -> Model:
    """Return a declared model of that name; the equations are those the synthetic curves follow, roughly.

    It has inputs for IL-2 and for `drugs`, which go into a state that nothing depends on.
    """
    effect = name == "effect_turnover"
    drive = "ce" if effect else "c"
    extra = (State("ce", "IU/mL", parse_formula("0"), parse_formula("ke0 * (c - ce)"), "effect site"),) if effect else ()
    return Model(
        name=name,
        title="Turnover with an effect compartment" if effect else "Turnover of Treg with a direct effect of IL-2",
        description="Treg are made and lost at constant rates; IL-2 raises the rate of making.",
        sources=(
            Source("kinetics", "Kinetics, made up for tests"),
            Source("cells", "Cells, made up for tests", "10.5555/cells"),
        ),
        time_unit="day",
        states=(
            State("depot", "IU", parse_formula("0"), parse_formula("-ka * depot"), "IL-2 under the skin"),
            State(
                "c",
                "IU/mL",
                parse_formula("0"),
                parse_formula("f * ka * depot / (1000 * v) - cl / v * c"),
                "IL-2 in serum",
            ),
            *extra,
            *(State(drug, "mg", parse_formula("0"), parse_formula(f"-ka * {drug}"), drug) for drug in drugs),
            State("t", "cells/uL", parse_formula("t0"), parse_formula("kout * t0 * (1 + emax * s) - kout * t"), "Treg"),
        ),
        parameters=(
            Parameter("f", 0.28, "1", 0.1, 0.6, 0.3, "kinetics", "bioavailability"),
            Parameter("ka", 5.0, "1/day", 2.5, 10.0, 0.35, "kinetics", "absorption rate"),
            Parameter("cl", 173.0, "L/day", 100.0, 600.0, 0.4, "kinetics", "clearance", uncertainty=0.12),
            Parameter("v", 14.7, "L", 5.0, 40.0, 0.4, "kinetics", "volume of distribution", uncertainty=0.08),
            Parameter(
                "ec50", 6.0, "IU/mL", 1.0, 60.0, 0.5, None, "half-maximal IL-2", "in-vivo potency is not known", uncertainty=1.2
            ),
            Parameter("emax", 14.0, "1", 2.0, 60.0, 0.4, None, "largest rise of the making of Treg", uncertainty=0.2),
            Parameter("kout", 0.2, "1/day", 0.05, 0.5, 0.25, "cells", "loss rate of Treg", uncertainty=0.12),
            Parameter("t0", 33.0, "cells/uL", 3.0, 150.0, 0.46, "cells", "Treg at baseline", uncertainty=0.08),
            *((Parameter("ke0", 0.3, "1/day", 0.05, 2.0, 0.0, None, "rate into the effect site"),) if effect else ()),
        ),
        definitions=(Definition("s", parse_formula(f"hill({drive}, ec50, 1)"), "1", "drive"),),
        inputs=(
            Input("il2", "SC", "depot", parse_formula("1"), parse_formula("0")),
            *(Input(drug, route, drug, parse_formula("1"), parse_formula("0")) for drug in drugs for route in ("SC", "IV")),
        ),
        observables=(
            Observable("treg_fold", parse_formula("t / t0"), "1", "Treg, fold of baseline", "higher"),
            Observable("treg", parse_formula("t"), "cells/uL", "Treg in blood", "higher"),
            Observable("serum_il2", parse_formula("c"), "IU/mL", "IL-2 in serum"),
        ),
        digest="5f" * 32 if effect else "a7" * 32,
        exploratory=effect,
    )


def _scenario(
    arms: Arms, title: str, subjects: int, models: tuple[Model, ...], draws: int, variants: bool, individuals: int
) -> Scenario:
    asked = ASKED if draws > 1 else ["peak of treg_fold", "mean of treg_fold", *ASKED[2:4]]
    seen = {o.name: o for o in models[0].observables}
    endpoints = []
    for words in asked:
        endpoint = parse_endpoint(words)
        observable = seen[endpoint.observable]
        better = "lower" if observable.name == "serum_il2" else observable.better or ""
        endpoints.append(endpoint.described(observable.label, better))
    written = [_arm(name, *arm) for name, arm in arms.items()]
    made = [*written, *(_variants(written) if variants else [])]
    return Scenario(
        name="example",
        title=title,
        description="Schedules of equal total dose, to see what timing alone does.",
        arms=tuple(made),
        models=models,
        horizon_h=HORIZON_H,
        observe_h=GRID_H,
        endpoints=tuple(endpoints),
        subject=Subject(),
        population=Population(subjects, 20260101, draws) if subjects > 1 else None,
        stated=("Subjects miss no dose and take each at the same hour of the day.",),
        visits=(("week 12", 2016.0), ("week 24", 4032.0)),
        trade_off=TradeOff(endpoints[0], endpoints[-1]) if draws > 1 else None,
        rule=Rule(difference=0.0),
        noise=Noise(0.15, 0.05) if variants else None,
        individuals=individuals,
        text=f"title: {title}\nmodels: [turnover, effect_turnover]\nhorizon: 24 weeks\narms:\n"
        + "".join(f"  {name}:\n    regimen: {words or 'no dose'}\n" for name, (words, _) in arms.items()),
        digest="c3" * 32,
        path="scenarios/example.yaml",
    )


def _arm(name: str, words: str, source: Reference | None) -> Arm:
    regimen = parse_regimen(words) if words else Regimen()
    said = ("The abstract gives no number of days; five are assumed.",) if "5 days" in name else ()
    whole = regimen.doses() == 21
    expected = (Expected("il2", total=il2_total(regimen), doses=21),) if whole else ()
    return Arm(name, regimen, expected, (source,) if source else (), said, of=name)


def _variants(written: list[Arm]) -> list[Arm]:
    """Return each dosed arm at 21 MIU in all, and in real life."""
    dosed = [arm for arm in written if arm.regimen.drugs]
    found = []
    for arm in dosed:
        made = equalise(arm.regimen, MIU(21), "amount")
        if made.factor != 1:
            said = f"Every dose times {float(made.factor):.3g}, so that the total is 21 MIU."
            found.append(replace(arm, name=f"{arm.name}, 21 MIU", regimen=made.regimen, expected=(), variant=EQUAL_TOTAL, changed=said,
                                 equalised=made))  # fmt: skip
    astray = Adherence(real_life=RealLife(missed=0.2, late=0.2, up_to_h=12.0, stop_early=0.1))
    return found + [replace(arm, name=f"{arm.name}, real life", variant=REAL_LIFE, adherence=astray) for arm in dosed]


def collected(study: Study) -> Collected:
    """Return synthetic results of a study: curves of every arm under every model, two runs of the second arm stopped."""
    values, bands, status, stopped = {}, {}, {}, {}
    shape = (study.cohort.draws, study.cohort.subjects)
    for kind in study.models:
        for arm, curves in _curves(study, kind):
            key = (kind.name, arm.name)
            status[key], stopped[key] = np.zeros(shape, dtype=np.int8), np.full(shape, HORIZON_H)
            found = [_endpoint(curves, arm, endpoint, study.runs) for endpoint in study.scenario.endpoints]
            values[key] = np.stack(found).reshape(-1, *shape)
            if kind.place == 0 and arm.place == 1 and study.runs > 2:
                status[key][0, :2], stopped[key][0, :2], values[key][:, 0, :2] = STEP_LIMIT, 100.0, np.nan
            bands[key] = _bands(study, kind, arm, curves)
    return Collected(values, status, stopped, bands, (181234, 812))


def _parameters(study: Study, kind: StudyModel) -> dict[str, np.ndarray]:
    found = people(study, kind, np.arange(study.runs))
    both = np.concatenate([found.values, kind.centres])
    return {name: both[:, place] for place, name in enumerate(found.names)}


def _curves(study: Study, kind: StudyModel) -> Iterator[tuple[StudyArm, dict[str, np.ndarray]]]:
    """Yield (times, runs) curves by observable for every arm; after the runs come the typical subjects of every draw."""
    for some in (kind.modelled[k : k + 4] for k in range(0, len(kind.modelled), 4)):
        arms = [study.arms[place] for place in some]
        folds, cells, serum = _integrated(_parameters(study, kind), np.array([_given(arm) for arm in arms]), kind.name)
        for place, arm in enumerate(arms):
            yield arm, {"treg_fold": folds[:, place], "treg": cells[:, place], "serum_il2": serum[:, place]}


def _given(arm: StudyArm) -> np.ndarray:
    """Return the IL-2 given in every hour, 1 mg of mutein as 3 MIU; in real life a dose in four is not given."""
    given = np.zeros(int(HORIZON_H) + 1)
    acts = [(row, {"il2": 1.0, "mutein": 3e6}[drug]) for row, drug in enumerate(arm.planned.drug) if drug != "tocilizumab"]
    kept = np.ones(len(acts), bool) if arm.arm.adherence is None else np.random.default_rng(len(acts)).random(len(acts)) >= 0.25
    for (row, strength), taken in zip(acts, kept, strict=True):
        given[int(arm.planned.time_h[row])] += arm.planned.amount[row] * strength * taken
    return given


def _integrated(p: dict[str, np.ndarray], given: np.ndarray, name: str) -> np.ndarray:
    """Return fold, cells and serum IL-2, (3, times, arms, runs), of doses (arms, hours)."""
    size = (len(given), len(p["t0"]))
    depot, c, ce, t = np.zeros(size), np.zeros(size), np.zeros(size), np.broadcast_to(p["t0"], size)
    step, effect, kept = 1 / 24, name == "effect_turnover", []
    for hour, amount in enumerate(given.T):
        if hour % 6 == 0:
            kept.append((t / p["t0"], t, c))
        depot = depot + amount[:, None]
        drive = ce if effect else c
        s = drive / (p["ec50"] * (0.3 if effect else 1.0) + drive)
        flow = 5.0 * depot
        ce = ce + step * 0.3 * (c - ce)
        c, depot = (c + step * 0.28 * flow / (1000 * p["v"])) / (1 + step * p["cl"] / p["v"]), depot - step * flow
        t = t + step * p["kout"] * (p["t0"] * (1 + p["emax"] * s) - t)
    return np.array(kept).transpose(1, 0, 2, 3)


def _endpoint(curves: dict[str, np.ndarray], arm: StudyArm, endpoint: object, runs: int) -> np.ndarray:
    """Return the values of one endpoint in every run."""
    fold, serum = curves["treg_fold"][:, :runs], curves["serum_il2"][:, :runs]
    il2 = np.array([drug == "il2" for drug in arm.planned.drug], bool)
    total = arm.planned.amount[il2].sum() / 1e6 if len(arm.planned) else 0.0
    peak = fold.max(axis=0)
    return {
        "peak of treg_fold": peak,
        "mean of treg_fold": fold.mean(axis=0),
        "hours treg_fold above 2": (fold > 2).sum(axis=0) * 6.0,
        "peak of treg_fold per MIU": peak / total if total else np.full(runs, np.nan),
        "share with treg_fold above 3": (peak > 3).astype(float),
        "peak of serum_il2": serum.max(axis=0),
    }[endpoint.words]


def _bands(study: Study, kind: StudyModel, arm: StudyArm, curves: dict[str, np.ndarray]) -> Bands:
    names = tuple(o.name for o in kind.observables)
    both = [curves[name].T for name in names]
    runs = [each[study.band_runs] for each in both]
    spread = [median_and_interval(each) for each in runs]
    several = study.cohort.draws > 1 and arm.arm.adherence is None
    missing = np.full(len(GRID_H), np.nan)
    sure = [median_and_interval(each[study.runs :])[1:] if several else (missing, missing) for each in both]
    times = [int(np.flatnonzero(time == GRID_H)[0]) for _, time in study.scenario.visits]
    parts = (*np.array(spread).transpose(1, 0, 2), *np.array(sure).transpose(1, 0, 2))
    return Bands(names, GRID_H, *parts, np.array(runs)[:, : study.scenario.individuals], np.array(runs)[:, :, times])


def _rest_response(made: Comparison) -> tuple[RestResponse, ...]:
    """Return a made-up response of the first arm to rests of 9 to 16 days."""
    days = np.arange(9.0, 17.0)
    found = []
    for k, kind in enumerate(made.models):
        noise = np.random.default_rng(5).standard_normal(40)[:, None]
        curve = 2.4 + 0.5 * k + 0.06 * (days - 9) - (0.012 + 0.01 * k) * (days - 9) ** 2 + 0.2 * noise
        low, middle, high = np.percentile(curve, [5, 50, 95], axis=0)
        flat = middle > middle.max() - 0.08
        ends = zip(days, middle, low, high, flat, strict=True)
        name = f"{made.scenario.arms[0].name}, by rest"
        found += [RestResponse(name, kind.name, "peak of treg_fold", *map(float, row[:4]), bool(row[4])) for row in ends]
    return tuple(found)

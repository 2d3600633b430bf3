"""Comparisons for the tests of the report: synthetic curves that look like the real thing, made without the engine.

Scenario, arms and regimens are stand-ins with the attributes that a report reads: no files, no models to run.
Parameter values, and the sources on prefix 10.5555, are made up; nothing here is evidence.
"""

from __future__ import annotations

import dataclasses
import functools
from types import SimpleNamespace

import numpy as np
import pandas as pd

from regimens.model.declaration import Definition, Input, Model, Observable, Parameter, Source, State
from regimens.model.expression import parse_formula
from regimens.study.comparison import Comparison

from . import contrasted

HORIZON_H = 24 * 7 * 24.0
GRID_H = np.arange(0.0, HORIZON_H + 1.0, 6.0)
LOW, HIGH = 5.0, 95.0
HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "</script><b>bold</b> & \"quoted\" 'single'",
    "{{ 7 * 7 }} {% raw %} %{x} <br>line",
    "Sjögren 每周 ☂ ‮reversed",
    "A very long name of an arm that goes on and on, as protocol titles do, until nobody can be expected to read it",
    "a",
)


def regimen(words: str, *courses: tuple) -> tuple[str, list[dict]]:
    """Return words and the doses of (drug, MIU or mg, start day, every days, doses, cycle[, basis, route])."""
    rows = []
    for drug, amount, start, every, doses, cycle, *more in courses:
        basis, route, duration = (*more, *("flat", "SC", 0.0)[len(more) :])
        for number in range(doses):
            rows.append(
                {
                    "drug": drug,
                    "cycle": cycle,
                    "dose": number + 1,
                    "time_h": 24.0 * (start + every * number),
                    "amount": amount * (1e6 if drug == "il2" else 1.0),
                    "basis": basis,
                    "route": route,
                    "duration_h": duration,
                }
            )
    return words, sorted(rows, key=lambda row: (row["time_h"], row["drug"]))


def cycles(amount: float, every: float, doses: int, period: float, repeats: int) -> list[tuple]:
    """Return the courses of a cycle of IL-2 repeated every `period` days."""
    return [("il2", amount, k * period, every, doses, k + 1) for k in range(repeats)]


TOCILIZUMAB = ("tocilizumab", 8.0, 0, 1, 1, 1, "per kg", "IV", 1.0)
RA_2024 = {"text": "Zhang et al. 2024", "doi": "10.3389/fimmu.2024.1359041"}
RA_2022 = {"doi": "10.1038/s41392-022-00887-2", "registration": "NCT02467504"}
PSS_2022 = {"doi": "10.1001/jamanetworkopen.2022.41451", "registration": "NCT02464319"}
SLE_2016 = {"text": "Late-breaking poster, ACR 2016"}
ALS = {"text": "A trial in ALS, made up for tests", "doi": "10.5555/als"}

SIX = {
    "Every other day, 3 cycles": (
        regimen("(1 MIU SC every other day x 7, rest 14 days) x 3", *cycles(1, 2, 7, 28, 3)),
        RA_2022,
    ),
    "Daily": (regimen("0.125 MIU SC daily x 168", ("il2", 0.125, 0, 1, 168, 1)), None),
    "Five-day courses": (regimen("(1.05 MIU SC daily x 5, rest 16 days) x 4", *cycles(1.05, 1, 5, 21, 4)), SLE_2016),
    "Every 3 days": (regimen("0.375 MIU SC every 3 days x 56", ("il2", 0.375, 0, 3, 56, 1)), None),
    "Weekly": (regimen("0.875 MIU SC weekly x 24", ("il2", 0.875, 0, 7, 24, 1)), None),
    "Placebo": (regimen("no doses"), RA_2022),
}
THIRTEEN = {
    "RA, control": (regimen("no doses"), RA_2024),
    "RA, 5 days": (regimen("0.5 MIU SC daily x 5", *cycles(0.5, 1, 5, 5, 1)), RA_2024),
    "RA, 5 days + tocilizumab": (
        regimen(
            "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h",
            *cycles(0.5, 1, 5, 5, 1),
            TOCILIZUMAB,
        ),
        RA_2024,
    ),
    "RA, 3 cycles + methotrexate": (
        regimen("(1 MIU SC every other day x 7, rest 14 days) x 3", *cycles(1, 2, 7, 28, 3)),
        RA_2022,
    ),
    "RA, placebo + methotrexate": (regimen("no doses"), RA_2022),
    "Sjögren, 3 cycles": (
        regimen("(1 MIU SC every other day x 7, rest 14 days) x 3", *cycles(1, 2, 7, 28, 3)),
        PSS_2022,
    ),
    "Sjögren, placebo": (regimen("no doses"), PSS_2022),
    "SLE, 0.75 MIU": (regimen("(0.75 MIU SC daily x 5, rest 12 days) x 4", *cycles(0.75, 1, 5, 17, 4)), SLE_2016),
    "SLE, 1.5 MIU": (regimen("(1.5 MIU SC daily x 5, rest 12 days) x 4", *cycles(1.5, 1, 5, 17, 4)), SLE_2016),
    "SLE, 3 MIU": (regimen("(3 MIU SC daily x 5, rest 12 days) x 4", *cycles(3, 1, 5, 17, 4)), SLE_2016),
    "ALS, 1 MIU": (regimen("(1 MIU SC daily x 5, rest 23 days) x 3", *cycles(1, 1, 5, 28, 3)), ALS),
    "ALS, 2 MIU": (regimen("(2 MIU SC daily x 5, rest 23 days) x 3", *cycles(2, 1, 5, 28, 3)), ALS),
    "ALS, placebo": (regimen("no doses"), ALS),
}


LADDER = {
    "Every other day, 3 cycles": SIX["Every other day, 3 cycles"],
    "Daily, 12 weeks": (regimen("0.22 MIU SC daily x 84", ("il2", 0.22, 0, 1, 84, 1)), None),
    "Five-day courses": (regimen("(1.5 MIU SC daily x 5, rest 16 days) x 4", *cycles(1.5, 1, 5, 21, 4)), SLE_2016),
    "Every 3 days": (regimen("0.375 MIU SC every 3 days x 56", ("il2", 0.375, 0, 3, 56, 1)), None),
    "Weekly": (regimen("0.8 MIU SC weekly x 24", ("il2", 0.8, 0, 7, 24, 1)), None),
    "Placebo": SIX["Placebo"],
}


def hostile() -> dict:
    """Return the six arms under names that try to break the page."""
    return dict(zip(HOSTILE_NAMES, SIX.values(), strict=True))


@functools.cache
def six(subjects: int = 200) -> Comparison:
    """Return six arms of 21 MIU, two models, three observables, 24 weeks."""
    return comparison(SIX, "Six ways to give 21 MIU", subjects)


@functools.cache
def thirteen(subjects: int = 200) -> Comparison:
    """Return thirteen arms in the manner of the founding trials, four of them without a dose."""
    return comparison(THIRTEEN, "Low-dose IL-2 schedules of the founding trials", subjects)


@functools.cache
def hostile_six(subjects: int = 1) -> Comparison:
    """Return six arms with hostile names, and a title to match."""
    return comparison(hostile(), "<script>alert(1)</script> & friends", subjects)


@functools.cache
def drawn() -> Comparison:
    """Return six arms of different totals with 40 draws of 25 subjects, and every table that a comparison may have."""
    return comparison(LADDER, "Six schedules, one question", 25, draws=40, variants=_variants(LADDER))


@functools.cache
def drawn_individuals() -> Comparison:
    """Return the six arms with curves of four subjects each."""
    return dataclasses.replace(drawn(), individuals=contrasted.individuals(drawn()))


@functools.cache
def drawn_thirteen() -> Comparison:
    """Return thirteen arms with 20 draws of 10 subjects."""
    return comparison(THIRTEEN, "Low-dose IL-2 schedules of the founding trials", 10, draws=20)


@functools.cache
def drawn_hostile() -> Comparison:
    """Return six arms with hostile names, their variants and every table."""
    arms = dict(zip(HOSTILE_NAMES, LADDER.values(), strict=True))
    return comparison(arms, "<script>alert(1)</script> & friends", 10, draws=20, variants=_variants(arms))


def _variants(arms: dict) -> dict:
    """Return each dosed arm at 21 MIU in all, and with one dose in ten missed."""
    found = {}
    for name, ((words, doses), _) in arms.items():
        total = sum(dose["amount"] for dose in doses) / 1e6
        if doses and abs(total - 21) > 1e-9:
            factor = 21 / total
            scaled = [{**dose, "amount": dose["amount"] * factor} for dose in doses]
            said = f"Every dose times {factor:.3g}, so that the total is 21 MIU."
            found[f"{name}, 21 MIU"] = ((words, scaled), "equal total", name, said)
    for name, ((words, doses), _) in arms.items():
        if doses:
            missed = np.random.default_rng(len(doses)).random(len(doses)) < 0.25
            rest = [dose for dose, gone in zip(doses, missed, strict=True) if not gone]
            found[f"{name}, real life"] = ((words, rest), "real life", name, "")
    return found


def _given(dose: dict) -> float:
    """Return the amount of a dose at 70 kg and 1.8 m2; no dose of these examples reaches its cap."""
    return dose["amount"] * {"per kg": 70.0, "per m2": 1.8}.get(dose["basis"], 1.0)


def comparison(
    arms: dict, title: str, subjects: int, models: tuple[Model, ...] | None = None, draws: int = 1, variants: dict | None = None
) -> Comparison:
    """Return the comparison of `arms` (name -> (regimen, source)) under `models`; one subject is the typical one.

    With more than one draw of the parameters come the tables that compare arms; `variants` maps the names of further arms
    to (regimen, variant, name of the arm as written, what was changed).
    """
    models = models or (model("turnover"), model("effect_turnover"))
    rows = [(name, doses) for name, ((_, doses), _) in arms.items()]
    rows += [(name, doses) for name, ((_, doses), *_) in (variants or {}).items()]
    curves = [_curves(name, doses, each, subjects, draws) for name, doses in rows for each in models]
    trajectories = pd.concat([frame for frame, *_ in curves], ignore_index=True)
    endpoints = pd.concat([_endpoints(subjects, draws, *key, *values) for _, key, *values in curves], ignore_index=True)
    scenario = _scenario(arms, title, subjects, models, draws, variants or {})
    made = _made(
        scenario=scenario,
        models=models,
        exposure=pd.DataFrame([row for name, doses in rows for row in _exposure(name, doses)]),
        events=pd.DataFrame([{"arm": name, **dose, "given": _given(dose)} for name, doses in rows for dose in doses]),
        trajectories=trajectories,
        summary=_summary(endpoints, subjects * draws),
        observed=pd.DataFrame(columns=["arm", "id", "study", "observable", "unit", "time_h", "value", "low", "high", "bound"]),
        per_cycle=_per_cycle(rows),
        warnings=("Arm 'Daily': 2 of 200 subjects stopped before 4032 h (step limit). Their endpoints are missing.",)
        if subjects > 1 and "Daily" in arms
        else (),
        provenance=_provenance(models, subjects, draws),
    )
    return made if draws == 1 else contrasted.with_tables(made, endpoints)


def _made(**tables: object) -> Comparison:
    """Return a comparison of which only the `tables` hold anything: what a report never reads stays empty."""
    missing = {name: pd.DataFrame(columns=columns.split()) for name, columns in contrasted.COLUMNS.items()}
    names = {each.name for each in dataclasses.fields(Comparison)}
    return Comparison(**{name: {**missing, **tables}.get(name) for name in names})


def model(name: str) -> Model:
    """Return a declared model of that name; the equations are those the synthetic curves follow, roughly."""
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
            State("t", "cells/uL", parse_formula("t0"), parse_formula("kout * t0 * (1 + emax * s) - kout * t"), "Treg"),
        ),
        parameters=(
            Parameter("f", 0.28, "1", 0.1, 0.6, 0.3, "kinetics", "bioavailability"),
            Parameter("ka", 5.0, "1/day", 2.5, 10.0, 0.35, "kinetics", "absorption rate"),
            Parameter("cl", 173.0, "L/day", 100.0, 600.0, 0.4, "kinetics", "clearance"),
            Parameter("v", 14.7, "L", 5.0, 40.0, 0.4, "kinetics", "volume of distribution"),
            Parameter("ec50", 6.0, "IU/mL", 1.0, 60.0, 0.5, None, "half-maximal IL-2", "in-vivo potency is not known"),
            Parameter("emax", 14.0, "1", 2.0, 60.0, 0.4, None, "largest rise of the making of Treg"),
            Parameter("kout", 0.2, "1/day", 0.05, 0.5, 0.25, "cells", "loss rate of Treg"),
            Parameter("t0", 33.0, "cells/uL", 3.0, 150.0, 0.46, "cells", "Treg at baseline"),
            *((Parameter("ke0", 0.3, "1/day", 0.05, 2.0, 0.0, None, "rate into the effect site"),) if effect else ()),
        ),
        definitions=(Definition("s", parse_formula(f"hill({drive}, ec50, 1)"), "1", "drive"),),
        inputs=(Input("il2", "SC", "depot", parse_formula("1"), parse_formula("0")),),
        observables=(
            Observable("treg_fold", parse_formula("t / t0"), "1", "Treg, fold of baseline", "higher"),
            Observable("treg", parse_formula("t"), "cells/uL", "Treg in blood", "higher"),
            Observable("serum_il2", parse_formula("c"), "IU/mL", "IL-2 in serum"),
        ),
        digest="5f" * 32 if effect else "a7" * 32,
        exploratory=effect,
    )


PARAMETERS = ("cl", "v", "ec50", "emax", "kout", "t0")
_TYPICAL = np.array((173, 14.7, 6.0, 14.0, 0.2, 33.0))
_BETWEEN = np.array((0.3, 0.2, 0.4, 0.4, 0.25, 0.4))
_UNCERTAIN = np.array((0.12, 0.08, 1.2, 0.2, 0.12, 0.08))


@functools.cache
def people(subjects: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the typical values (6, draws) and the subjects' values (6, draws, subjects) of PARAMETERS."""
    between = np.random.default_rng(20260101).standard_normal((6, draws, subjects)) * (subjects > 1)
    known = np.random.default_rng(7).standard_normal((6, draws)) * (draws > 1)
    typical = _TYPICAL[:, None] * np.exp(_UNCERTAIN[:, None] * known)
    return typical, typical[..., None] * np.exp(_BETWEEN[:, None, None] * between)


def behind(subjects: int, draws: int) -> np.ndarray:
    """Return the numbers of the runs behind the bands of the curves: the first subjects of every draw, 400 runs in all."""
    each = min(subjects, -(-400 // draws))
    return (np.arange(draws)[:, None] * subjects + np.arange(each)).ravel()


def _curves(arm: str, doses: list[dict], kind: Model, subjects: int, draws: int) -> tuple:
    typical, values = people(subjects, draws)
    cl, v, ec50, emax, kout, t0 = np.concatenate([values.reshape(6, -1), typical], axis=1)
    size = len(cl)
    given = np.zeros(int(HORIZON_H) + 1)
    for dose in doses:
        if dose["drug"] == "il2" and dose["time_h"] < HORIZON_H:
            given[int(dose["time_h"])] += dose["amount"]
    depot, c, ce, t = np.zeros(size), np.zeros(size), np.zeros(size), t0.copy()
    keep = {"treg_fold": [], "treg": [], "serum_il2": []}
    step = 1 / 24
    effect = kind.name == "effect_turnover"
    for hour, amount in enumerate(given):
        if hour % 6 == 0:
            keep["treg_fold"].append(t / t0)
            keep["treg"].append(t.copy())
            keep["serum_il2"].append(c.copy())
        depot = depot + amount
        drive = ce if effect else c
        s = drive / (ec50 * (0.3 if effect else 1.0) + drive)
        flow = 5.0 * depot
        ce = ce + step * 0.3 * (c - ce)
        c, depot = (c + step * 0.28 * flow / (1000 * v)) / (1 + step * cl / v), depot - step * flow
        t = t + step * kout * (t0 * (1 + emax * s) - t)
    units = {o.name: o.unit for o in kind.observables}
    frames = []
    for name, rows in keep.items():
        both = np.array(rows)
        low, middle, high = np.percentile(both[:, behind(subjects, draws)], [LOW, 50, HIGH], axis=1)
        sure = np.percentile(both[:, size - draws :], [LOW, HIGH], axis=1) if draws > 1 else (np.nan, np.nan)
        frames.append(
            pd.DataFrame({"arm": arm, "model": kind.name, "observable": name, "unit": units[name], "time_h": GRID_H, "median":
                          middle, "low": low, "high": high, "confidence_low": sure[0], "confidence_high": sure[1]})
        )  # fmt: skip
    total = sum(dose["amount"] for dose in doses if dose["drug"] == "il2") / 1e6
    folds, serum = (np.array(keep[name])[:, : size - draws] for name in ("treg_fold", "serum_il2"))
    return pd.concat(frames), (arm, kind.name, total), folds, serum


def _endpoints(subjects: int, draws: int, arm: str, kind: str, total: float, fold: np.ndarray, serum: np.ndarray) -> pd.DataFrame:
    peak = fold.max(axis=0)
    values = {
        "peak of treg_fold": (peak, "1"),
        "mean of treg_fold": (fold.mean(axis=0), "1"),
        "hours treg_fold above 2": ((fold > 2).sum(axis=0) * 6.0, "h"),
        "peak of treg_fold per MIU": (peak / total if total else np.full(subjects * draws, np.nan), "1/MIU"),
    }
    if draws > 1:
        values["share with treg_fold above 3"] = ((peak > 3).astype(float), "1")
        values["peak of serum_il2"] = (serum.max(axis=0), "IU/mL")
    frames = []
    replicate, subject = np.divmod(np.arange(draws * subjects), subjects)
    for words, (value, unit) in values.items():
        frames.append(
            pd.DataFrame({"arm": arm, "model": kind, "endpoint": words, "subject": subject, "replicate": replicate,
                          "value": value, "unit": unit, "status": "ok"})
        )  # fmt: skip
    return pd.concat(frames)


def _summary(endpoints: pd.DataFrame, everybody: int) -> pd.DataFrame:
    rows = []
    for (arm, kind, words), group in endpoints.groupby(["arm", "model", "endpoint"], sort=False):
        value = group["value"].dropna()
        share = words.startswith("share")
        low, middle, high = np.percentile(value, [LOW, 50, HIGH]) if len(value) else (np.nan,) * 3
        known = group.groupby("replicate")["value"].mean() if share else group.groupby("replicate")["value"].median()
        sure = np.percentile(known, [LOW, HIGH]) if len(known) > 1 and len(value) else (np.nan, np.nan)
        rows.append({"arm": arm, "model": kind, "endpoint": words, "n": len(value), "median": value.mean() if share else middle,
                     "low": np.nan if share else low, "high": np.nan if share else high, "unit": group["unit"].iloc[0],
                     "confidence_low": sure[0], "confidence_high": sure[1], "missing": everybody - len(value)})  # fmt: skip
    return pd.DataFrame(rows)


def _exposure(arm: str, doses: list[dict]) -> list[dict]:
    rows = []
    for drug in dict.fromkeys(dose["drug"] for dose in doses):
        mine = [dose for dose in doses if dose["drug"] == drug]
        times = np.array([dose["time_h"] for dose in mine])
        amounts = np.array([dose["amount"] * (70.0 if dose["basis"] == "per kg" else 1.0) for dose in mine])
        gap = times[1] - times[0] if len(times) > 1 else 24.0
        span = (times[-1] - times[0] + gap) / 24
        rows.append(
            {
                "arm": arm,
                "drug": drug,
                "doses": len(mine),
                "amount": amounts[0],
                "total": amounts.sum(),
                "unit": "IU" if drug == "il2" else "mg",
                "cycles": mine[-1]["cycle"],
                "first_h": times[0],
                "last_h": times[-1],
                "days_on": len(set(times // 24)),
                "span_days": span,
                "per_week": amounts.sum() / span * 7,
                "peak_7_days": max(amounts[(times >= t) & (times < t + 168)].sum() for t in times),
                "expected": "21 MIU in 21 doses" if len(mine) == 21 else None,
                "ok": True if len(mine) == 21 else None,
            }
        )
    return rows


def _per_cycle(rows: list[tuple[str, list[dict]]]) -> dict[tuple[str, str], tuple[float, ...]]:
    totals: dict[tuple[str, str], dict[int, float]] = {}
    for arm, doses in rows:
        for dose in doses:
            cycle = totals.setdefault((arm, dose["drug"]), {})
            size = 70.0 if dose["basis"] == "per kg" else 1.0
            cycle[dose["cycle"]] = cycle.get(dose["cycle"], 0.0) + dose["amount"] * size
    return {key: tuple(cycle.values()) for key, cycle in totals.items()}


def _scenario(
    arms: dict, title: str, subjects: int, models: tuple[Model, ...], draws: int = 1, variants: dict | None = None
) -> SimpleNamespace:
    def endpoint(words: str, kind: str, label: str, better: str = "higher") -> SimpleNamespace:
        seen = "serum_il2" if "serum" in words else "treg_fold"
        statistic = "mean" if kind == "share" else "median"
        return SimpleNamespace(words=words, observable=seen, kind=kind, label=label, better=better, statistic=statistic)

    def arm(name: str, words: str, source: dict | None, variant: str = "as written", of: str = "", changed: str = "") -> object:
        reference = {"text": "", "doi": "", "registration": "", **(source or {})}
        said = ("The abstract gives no number of days; five are assumed.",) if "5 days" in name else ()
        return SimpleNamespace(
            name=name,
            plan_in_words=words,
            expected=None,
            sources=(SimpleNamespace(**reference),) if source else (),
            assumptions=said,
            line=None,
            variant=variant,
            of=of or name,
            changed=changed,
            adherence=SimpleNamespace() if variant == "real life" else None,
        )

    endpoints = [
        endpoint("peak of treg_fold", "peak", "Peak Treg, fold of baseline"),
        endpoint("mean of treg_fold", "mean", "Mean Treg, fold of baseline"),
        endpoint("hours treg_fold above 2", "time above", "Time with Treg above 2-fold"),
        endpoint("peak of treg_fold per MIU", "peak", "Peak Treg fold per MIU"),
    ]
    if draws > 1:
        endpoints[:2] = endpoints[1::-1]
        endpoints.append(endpoint("share with treg_fold above 3", "share", "Share with Treg above 3-fold"))
        endpoints.append(endpoint("peak of serum_il2", "peak", "Peak IL-2 in serum", "lower"))
    return SimpleNamespace(
        name="example",
        title=title,
        description="Schedules of equal total dose, to see what timing alone does.",
        arms=(
            *(arm(name, words, source) for name, ((words, _), source) in arms.items()),
            *(arm(name, words, None, *more) for name, ((words, _), *more) in (variants or {}).items()),
        ),
        models=tuple(each.name for each in models),
        horizon_h=HORIZON_H,
        observe_h=GRID_H,
        endpoints=tuple(endpoints),
        subject=SimpleNamespace(weight_kg=70.0, height_cm=167.0, bsa_m2=1.802),
        population=SimpleNamespace(subjects=subjects, seed=20260101, draws=draws) if subjects > 1 else None,
        assumptions=("Subjects miss no dose and take each at the same hour of the day.",),
        visits=(("week 12", 2016.0), ("week 24", 4032.0)),
        rule=SimpleNamespace(probability=0.95),
        trade_off=SimpleNamespace(gain=endpoints[0], cost=endpoints[-1]) if draws > 1 else None,
        noise=SimpleNamespace(day_to_day=0.15, residual=0.05) if variants else None,
        individuals=0,
        text=f"title: {title}\nmodels: [turnover, effect_turnover]\nhorizon: 24 weeks\narms:\n"
        + "".join(f"  {name}:\n    regimen: {words}\n" for name, ((words, _), _) in arms.items()),
        digest="c3" * 32,
        path="scenarios/example.yaml",
    )


def _provenance(models: tuple[Model, ...], subjects: int, draws: int) -> dict[str, object]:
    return {
        "version": "0.1.0",
        "created": "2026-11-22T12:00:00+00:00",
        "command": "regimens compare scenarios/example.yaml --out results/example",
        "seed": 20260101 if subjects > 1 else None,
        "runs behind the bands of the curves": len(behind(subjects, draws)),
        "scenario": {"path": "scenarios/example.yaml", "sha256": "c3" * 32},
        "models": {each.name: {"sha256": each.digest} for each in models},
        "solver": {"method": "dopri5", "rtol": 1e-6, "atol": 1e-8, "steps": 181234, "rejected": 812, "failed": 0},
        "packages": {"numpy": "2.4.6", "pandas": "3.1.1", "plotly": "7.1.0"},
    }

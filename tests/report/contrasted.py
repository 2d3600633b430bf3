"""What compares arms, made for the tests of the report from the synthetic endpoints: contrasts, verdicts and the rest.

Every table has the columns that `Comparison` states. The numbers are worked out here with numpy, apart from the package.
"""

from __future__ import annotations

import dataclasses
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

COLUMNS = {
    "individuals": "arm model observable unit draw subject time_h value",
    "contrasts": "model endpoint arm against unit difference difference_low difference_high ratio ratio_low ratio_high "
    "subject_low subject_high probability better_off n draws",
    "verdicts": "endpoint arm against verdict winner reason probabilities",
    "best": "model endpoint arm probability variant",
    "trade_off": "model arm variant gain gain_low gain_high cost cost_low cost_high front dominated",
    "sensitivity": "model endpoint arm against parameter over correlation n",
    "rest_response": "arm model endpoint rest_days median confidence_low confidence_high flat",
    "equal_total": "arm of lever before after factor planned_miu target_miu difference_miu",
    "flips": "model endpoint arm against probability_full probability_real flipped",
    "regret": "model endpoint chosen best regret regret_low regret_high unit",
    "given": "arm of planned_miu given_miu given_low given_high missed late stopped",
    "statuses": "arm model status subjects",
    "subjects": "draw subject sex weight_kg height_cm bsa_m2",
    "observations": "arm model observable unit draw subject time_h true observed",
}
"""Columns of the tables that compare arms."""

Q = (5.0, 95.0)
CHANCE = np.random.default_rng


def with_tables(made: Comparison, endpoints: pd.DataFrame) -> Comparison:
    """Return the comparison with its contrasts, verdicts and all that follows from the endpoints of every subject."""
    values = _values(made, endpoints)
    contrasts = _contrasts(made, values)
    variants = {arm.variant for arm in made.scenario.arms}
    return dataclasses.replace(
        made,
        contrasts=contrasts,
        verdicts=_verdicts(made, contrasts),
        best=_best(made, values),
        trade_off=_trade_off(made, values),
        sensitivity=_sensitivity(made, values),
        statuses=_statuses(made),
        **({"equal_total": _equal_total(made)} if "equal total" in variants else {}),
        **(_real_life(made, values) if "real life" in variants else {}),
        **({"rest_response": _rest_response(made), "observations": _observations(made)} if len(variants) > 1 else {}),
    )


def individuals(made: Comparison, each: int = 4) -> pd.DataFrame:
    """Return a few curves an arm, model and observable: the median, scaled."""
    scales = np.exp(0.4 * CHANCE(3).standard_normal(each))
    frames = []
    for subject, scale in enumerate(scales):
        frame = made.trajectories[["arm", "model", "observable", "unit", "time_h"]].copy()
        frame["draw"], frame["subject"] = 0, subject
        frame["value"] = made.trajectories["median"] * scale
        frames.append(frame)
    order = ["arm", "model", "observable", "unit", "draw", "subject", "time_h", "value"]
    return pd.concat(frames, ignore_index=True)[order]


def _values(made: Comparison, endpoints: pd.DataFrame) -> dict[tuple[str, str, str], np.ndarray]:
    """Return (draws, subjects) by model, arm and endpoint."""
    size = (made.scenario.population.draws, made.scenario.population.subjects)
    grouped = endpoints.groupby(["model", "arm", "endpoint"], sort=False)["value"]
    return {key: group.to_numpy().reshape(size) for key, group in grouped}


def _pairs(made: Comparison) -> list[tuple[str, str]]:
    arms = made.scenario.arms
    within = [(a.name, b.name) for a, b in combinations(arms, 2) if a.variant == b.variant]
    return within + [(arm.name, arm.of) for arm in arms if arm.of != arm.name]


def _doses(made: Comparison, arm: str) -> list[tuple]:
    mine = made.events[made.events["arm"] == arm]
    return sorted(zip(mine["drug"], mine["time_h"], mine["given"], strict=True))


def _statistic(endpoint: object, values: np.ndarray) -> np.ndarray:
    return (np.nanmean if endpoint.statistic == "mean" else np.nanmedian)(values, axis=1)


def _contrasts(made: Comparison, values: dict) -> pd.DataFrame:
    rows = []
    units = dict(zip(made.summary["endpoint"], made.summary["unit"], strict=True))
    for model in (each.name for each in made.models):
        for endpoint in made.scenario.endpoints:
            for arm, against in _pairs(made):
                a, b = (values[model, name, endpoint.words] for name in (arm, against))
                row = {"model": model, "endpoint": endpoint.words, "arm": arm, "against": against, "unit": units[endpoint.words]}
                rows.append(row | _contrast(endpoint, a, b))
    return pd.DataFrame(rows)


def _contrast(endpoint: object, a: np.ndarray, b: np.ndarray) -> dict:
    if np.isnan(a - b).all():
        keys = ("difference difference_low difference_high ratio ratio_low ratio_high subject_low subject_high probability "
                "better_off")  # fmt: skip
        return dict.fromkeys(keys.split(), np.nan) | {"n": 0, "draws": len(a)}
    difference = _statistic(endpoint, a - b)
    if endpoint.statistic == "mean":
        ratio = a.mean(axis=1) / np.where(b.mean(axis=1) > 0, b.mean(axis=1), np.nan)
    else:
        ratio = _statistic(endpoint, a / np.where(b > 0, b, 1)) if (b > 0).all() else np.full(len(a), np.nan)
    sign = {"higher": 1, "lower": -1}[endpoint.better]
    low, high = np.percentile(difference, Q)
    some = np.isfinite(ratio).all()
    ratio_low, ratio_high = np.percentile(ratio, Q) if some else (np.nan, np.nan)
    subject_low, subject_high = np.percentile(a - b, Q)
    return {
        "difference": np.median(difference),
        "difference_low": low,
        "difference_high": high,
        "ratio": np.median(ratio) if some else np.nan,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        "subject_low": subject_low,
        "subject_high": subject_high,
        "probability": _wins(sign * difference),
        "better_off": _wins(sign * (a - b)),
        "n": a.size,
        "draws": len(a),
    }


def _wins(difference: np.ndarray) -> float:
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def _verdicts(made: Comparison, contrasts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    same = {pair for pair in _pairs(made) if _doses(made, pair[0]) == _doses(made, pair[1])}
    rule = made.scenario.rule.probability
    for (endpoint, arm, against), group in contrasts.groupby(["endpoint", "arm", "against"], sort=False):
        chance = dict(zip(group["model"], group["probability"], strict=True))
        said = ", ".join(f"{model} {p:.2f}" for model, p in chance.items() if not np.isnan(p))
        if (arm, against) in same:
            verdict, winner, reason = "same schedule", "", "both arms give the same doses at the same times"
        elif all(p >= rule for p in chance.values()):
            verdict, winner, reason = f"{arm} better", arm, "every model gives at least 95 %"
        elif all(p <= 1 - rule for p in chance.values()):
            verdict, winner, reason = f"{against} better", against, "every model gives at least 95 %"
        else:
            short = [model for model, p in chance.items() if 1 - rule < p < rule]
            verdict, winner = "not supported", ""
            reason = f"{' and '.join(short)} below {rule:g}" if short else "the models disagree"
        rows.append({"endpoint": endpoint, "arm": arm, "against": against, "verdict": verdict, "winner": winner,
                     "reason": reason, "probabilities": said})  # fmt: skip
    return pd.DataFrame(rows)


def _best(made: Comparison, values: dict) -> pd.DataFrame:
    rows = []
    for model in (each.name for each in made.models):
        for endpoint in made.scenario.endpoints:
            for variant in dict.fromkeys(arm.variant for arm in made.scenario.arms):
                names = [arm.name for arm in made.scenario.arms if arm.variant == variant]
                names = [name for name in names if not np.isnan(values[model, name, endpoint.words]).all()]
                found = np.array([_statistic(endpoint, values[model, name, endpoint.words]) for name in names])
                found *= 1 if endpoint.better == "higher" else -1
                first = found == found.max(axis=0)
                for name, share in zip(names, (first / first.sum(axis=0)).mean(axis=1), strict=True):
                    rows.append({"model": model, "endpoint": endpoint.words, "arm": name, "probability": share,
                                 "variant": variant})  # fmt: skip
    return pd.DataFrame(rows)


def _trade_off(made: Comparison, values: dict) -> pd.DataFrame:
    rows = []
    gain, cost = made.scenario.trade_off.gain, made.scenario.trade_off.cost
    for model in (each.name for each in made.models):
        for variant in dict.fromkeys(arm.variant for arm in made.scenario.arms):
            names = [arm.name for arm in made.scenario.arms if arm.variant == variant]
            g = np.array([_statistic(gain, values[model, name, gain.words]) for name in names])
            c = np.array([_statistic(cost, values[model, name, cost.words]) for name in names])
            mid_g, mid_c = np.median(g, axis=1), np.median(c, axis=1)
            for k, name in enumerate(names):
                rows.append({
                    "model": model, "arm": name, "variant": variant,
                    "gain": mid_g[k], "gain_low": np.percentile(g[k], 5), "gain_high": np.percentile(g[k], 95),
                    "cost": mid_c[k], "cost_low": np.percentile(c[k], 5), "cost_high": np.percentile(c[k], 95),
                    "front": not _beaten(mid_g, mid_c, k), "dominated": np.mean([_beaten(g[:, d], c[:, d], k)
                                                                                for d in range(g.shape[1])]),
                })  # fmt: skip
    return pd.DataFrame(rows)


def _beaten(gain: np.ndarray, cost: np.ndarray, k: int) -> bool:
    as_good = (gain >= gain[k]) & (cost <= cost[k])
    return bool((as_good & ((gain > gain[k]) | (cost < cost[k]))).any())


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values.ravel())).astype(float)


def _sensitivity(made: Comparison, values: dict) -> pd.DataFrame:
    from .example import PARAMETERS, people

    population, endpoint = made.scenario.population, made.scenario.endpoints[0]
    centres, everybody = people(population.subjects, population.draws)
    dosed = [arm.name for arm in made.scenario.arms if arm.variant == "as written" and arm.name in set(made.events["arm"])]
    rows = []
    for model in (each.name for each in made.models):
        for arm, against in list(combinations(dosed, 2))[:3]:
            apart = values[model, arm, endpoint.words] - values[model, against, endpoint.words]
            for over, xs, y in (("draws", centres, np.median(apart, axis=1)), ("subjects", everybody, apart)):
                for name, x in zip(PARAMETERS, xs, strict=True):
                    rho = np.corrcoef(_ranks(x), _ranks(y))[0, 1]
                    rows.append({"model": model, "endpoint": endpoint.words, "arm": arm, "against": against, "parameter": name,
                                 "over": over, "correlation": rho, "n": y.size})  # fmt: skip
    return pd.DataFrame(rows)


def _rest_response(made: Comparison) -> pd.DataFrame:
    days = np.arange(9, 17)
    rows = []
    name = f"{made.scenario.arms[0].name}, by rest"
    for k, model in enumerate(each.name for each in made.models):
        noise = CHANCE(5).standard_normal(40)[:, None]
        curve = 2.4 + 0.5 * k + 0.06 * (days - 9) - (0.012 + 0.01 * k) * (days - 9) ** 2 + 0.2 * noise
        low, middle, high = np.percentile(curve, [5, 50, 95], axis=0)
        for place, day in enumerate(days):
            rows.append({"arm": name, "model": model, "endpoint": "peak of treg_fold", "rest_days": day, "median": middle[place],
                         "confidence_low": low[place], "confidence_high": high[place],
                         "flat": bool(middle[place] > middle.max() - 0.08)})  # fmt: skip
    return pd.DataFrame(rows)


def _equal_total(made: Comparison) -> pd.DataFrame:
    rows = []
    totals = made.exposure.set_index("arm")["total"]
    each = made.exposure.set_index("arm")["amount"]
    for arm in made.scenario.arms:
        if arm.variant == "equal total":
            before, after = each[arm.of] / 1e6, each[arm.name] / 1e6
            rows.append({"arm": arm.name, "of": arm.of, "lever": "amount", "before": f"{before:g} MIU", "after": f"{after:.4g} MIU",
                         "factor": after / before, "planned_miu": totals[arm.of] / 1e6, "target_miu": 21.0,
                         "difference_miu": round(totals[arm.name] / 1e6 - 21.0, 9)})  # fmt: skip
    return pd.DataFrame(rows)


def _real_life(made: Comparison, values: dict) -> dict[str, pd.DataFrame]:
    lived = [arm for arm in made.scenario.arms if arm.variant == "real life"]
    totals = made.exposure.set_index("arm")["total"] / 1e6
    given = [
        {"arm": arm.name, "of": arm.of, "planned_miu": totals[arm.of], "given_miu": totals[arm.name],
         "given_low": 0.8 * totals[arm.name], "given_high": min(1.15 * totals[arm.name], totals[arm.of]),
         "missed": 0.11, "late": 0.18, "stopped": 0.08}
        for arm in lived
    ]  # fmt: skip
    flips, regret = [], []
    units = dict(zip(made.summary["endpoint"], made.summary["unit"], strict=True))
    for model in (each.name for each in made.models):
        for endpoint in made.scenario.endpoints:
            sign = 1 if endpoint.better == "higher" else -1
            full, real = (
                {arm.of: sign * _statistic(endpoint, values[model, getattr(arm, which), endpoint.words]) for arm in lived}
                for which in ("of", "name")
            )
            for a, b in combinations(full, 2):
                f, r = full[a] - full[b], real[a] - real[b]
                flips.append({"model": model, "endpoint": endpoint.words, "arm": a, "against": b, "probability_full": _wins(f),
                              "probability_real": _wins(r), "flipped": np.mean(f * r < 0)})  # fmt: skip
            chosen, best = (max(each, key=lambda name: np.median(each[name])) for each in (full, real))
            cost = real[best] - real[chosen]
            regret.append({"model": model, "endpoint": endpoint.words, "chosen": chosen, "best": best, "regret": np.median(cost),
                           "regret_low": np.percentile(cost, 5), "regret_high": np.percentile(cost, 95),
                           "unit": units[endpoint.words]})  # fmt: skip
    return {"given": pd.DataFrame(given), "flips": pd.DataFrame(flips), "regret": pd.DataFrame(regret)}


def _statuses(made: Comparison) -> pd.DataFrame:
    everybody = made.scenario.population.subjects * made.scenario.population.draws
    rows = []
    for arm in made.scenario.arms:
        for place, model in enumerate(each.name for each in made.models):
            stopped = 2 if place == 0 and arm is made.scenario.arms[1] else 0
            rows.append({"arm": arm.name, "model": model, "status": "ok", "subjects": everybody - stopped})
            if stopped:
                rows.append({"arm": arm.name, "model": model, "status": "step limit", "subjects": stopped})
    return pd.DataFrame(rows)


def _observations(made: Comparison) -> pd.DataFrame:
    rows = []
    chance = CHANCE(11)
    for name, hours in made.scenario.visits:
        del name
        curves = made.trajectories[made.trajectories["time_h"] == hours]
        for row in curves[curves["observable"] != "serum_il2"].itertuples():
            for subject in range(12):
                true = row.median * np.exp(0.3 * chance.standard_normal())
                rows.append({"arm": row.arm, "model": row.model, "observable": row.observable, "unit": row.unit, "draw": 0,
                             "subject": subject, "time_h": hours, "true": true,
                             "observed": true * np.exp(0.16 * chance.standard_normal())})  # fmt: skip
    return pd.DataFrame(rows)

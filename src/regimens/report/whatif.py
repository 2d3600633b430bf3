"""What if? The section of a page that simulates in the browser: its models as code, its schedules to start from, its numbers.

The page of a comparison has the section beside its results; `explore_page` is a page of the section alone. Both hold the typical
subject only, at the values that comparisons use, and some draws of the posterior for bands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from regimens import shipped
from regimens.drugs import IL2
from regimens.endpoints import parse_endpoint
from regimens.engine.javascript import method_code, model_code
from regimens.evidence import library, read_responses
from regimens.model import compile_model
from regimens.model.file import declared
from regimens.population import Population
from regimens.population.uncertainty import centres, most_draws, uncertain
from regimens.report.shell import OPENING, asset, colours, environment, packed, policy
from regimens.report.text import whatif as text
from regimens.scenario.search import AT_MOST
from regimens.scenario.values import AS_WRITTEN
from regimens.scenario.writing import name_of_model
from regimens.subject import Subject
from regimens.units import amount_text, decimal_text

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.evidence import Response
    from regimens.figures.view import View
    from regimens.model.declaration import Model
    from regimens.regimen import Regimen
    from regimens.scenario import Scenario

DRAWS = 50
"""Parameter draws behind a band of the section."""

SEED = 20260101
"""Orders the draws where no scenario has a seed."""

DIGITS = 3
"""Significant digits of parameter draws on the page; typical values have all of theirs."""

WEEKS, MOST_WEEKS, WEEK_H = 24, 104, 168

ENDPOINTS = ("peak of treg_fold", "mean of treg_fold", "peak of serum_il2")
"""Endpoints of the scenario that the section writes, where there is no scenario to take them from."""

Json = Mapping[str, object]


@dataclass(frozen=True)
class WhatIf:
    """The section: its script that unpacks, what is packed, and the scripts in it that the policy of the page must allow."""

    unpack: Markup
    packed: Markup
    scripts: tuple[str, ...]


def section(scenario: Scenario | None, view: View | None = None) -> WhatIf:
    """Return the section of a page; with a `view` it stands on the page of a comparison, whose bands it draws on."""
    models = shipped_models() if scenario is None else scenario.models
    stepper, unpack = script_of(models), Markup(f"\n{asset('unpack.js')}\n")
    steering = "".join(map(asset, ("protocol.js", "levers.js", "simulated.js", "panels.js", "whatif.js")))
    data = json.dumps(numbers_of(scenario, view), separators=(",", ":"))
    parts = (("wi-data", "application/json", data), ("wi-stepper", "", stepper), ("wi-steering", "", steering))
    return WhatIf(unpack, packed(parts), (unpack, stepper, steering))


def script_of(models: Sequence[Model]) -> str:
    """Return the script that holds the models and the stepper; a Web Worker runs the same text."""
    code = ",\n".join(model_code(compile_model(model)) for model in models)
    held = f"const METHOD={method_code()};\nconst MODELS=[\n{code}];\nreturn {{ models: MODELS, integrate, drawn, band }};"
    return f"const stepper = (() => {{\n{asset('integrate.js')}{held}\n}})();\n{asset('worker.js')}"


def numbers_of(scenario: Scenario | None, view: View | None = None) -> Json:
    """Return what the script knows: models, schedules to start from, body, horizon, and what a scenario is written with.

    With a `view` the section stands on the page of a comparison, whose bands it draws on.
    """
    models = shipped_models() if scenario is None else scenario.models
    population = None if scenario is None else scenario.population
    seed = SEED if population is None else population.seed
    subject = Subject() if scenario is None else scenario.subject
    hours = WEEKS * WEEK_H if scenario is None else scenario.horizon_h
    show = _first_shown(models, scenario)
    return {
        "models": [_model(model, seed) for model in models],
        "starts": [*(() if scenario is None else _arms(scenario, view)), *_published()],
        "own": text.ARMS,
        "kg": _decimal(subject.weight_kg),
        "cm": _decimal(subject.height_cm),
        "m2": _decimal(subject.bsa_m2),
        "weeks": hours / WEEK_H,
        "most_weeks": max(MOST_WEEKS, hours / WEEK_H),
        "step": _step(scenario),
        "limits": list(_limits(scenario)),
        "show": show,
        "names": list(_names(models, scenario)),
        "endpoints": [{"words": each.words, "of": each.observable} for each in _endpoints(scenario, show)],
        "hours": None if view is None else view.time.hours,
    }


def explore_page(scenario: Scenario | None) -> str:
    """Return the page of the section alone: the arms of a scenario, or the published regimens under every shipped model."""
    models, made = (shipped_models() if scenario is None else scenario.models), section(scenario)
    content = {
        "title": text.TITLE if scenario is None else f"{text.TITLE} {scenario.title}",
        "lead": text.lead(len(models), scenario is not None),
        "models": [(_called(model), model.title) for model in models],
        "whatif": made,
        "said": text,
        "style": asset("style.css") + asset("whatif.css") + colours(),
        "opening_script": OPENING,
        "policy": policy(OPENING, *made.scripts),
    }
    return environment().get_template("explore.html.j2").render(content)


def shipped_models() -> tuple[Model, ...]:
    """Return the shipped models, the simplest first."""
    return tuple(sorted(map(declared, shipped.names("models")), key=lambda model: len(model.states)))


def _called(model: Model) -> str:
    return f"{model.name} (exploratory)" if model.exploratory else model.name


def _model(model: Model, seed: int) -> Json:
    compiled = compile_model(model)
    varied = [compiled.parameters.index(name) for name in uncertain(model)]
    most = most_draws(model)
    drawn = Population(1, seed, DRAWS if most is None else min(DRAWS, most))
    rows = centres(drawn, model)[:, varied] if varied else ()
    return {
        "name": _called(model),
        "values": centres(None, model)[0].tolist(),
        "varied": varied,
        "draws": [[float(f"{value:.{DIGITS}g}") for value in row] for row in rows],
        "inputs": {f"{drug} {route}": place for (drug, route), place in compiled.inputs.items()},
        "readouts": {name: place for place, name in enumerate(compiled.observables)},
        "labels": {o.name: [o.label, "" if o.unit == "1" else o.unit] for o in model.observables},
    }


def _arms(scenario: Scenario, view: View | None) -> Iterator[Json]:
    """Yield the arms as written that give a drug, one for all that give the same doses where a view says so."""
    looks = {} if view is None else {name: look.index for look in view.arms for name in look.names}
    seen: set[str] = set()
    for arm in scenario.arms:
        words = arm.regimen.in_words()
        if arm.variant != AS_WRITTEN or not arm.regimen.drugs or words in seen:
            continue
        seen.add(words)
        expected = next((e for e in arm.expected if e.drug == IL2 and e.total is not None), None)
        yield {
            "group": text.ARMS,
            "name": arm.name,
            "text": words,
            "points": _points(arm.observed),
            "expected": None if expected is None or expected.total is None else amount_text(expected.total, "IU"),
            "arm": looks.get(arm.name),
        }


@cache
def _published() -> tuple[Json, ...]:
    """Return the complete regimens of the library, those of equal doses once, with what was seen under them."""
    responses = read_responses(shipped.folder("evidence") / "responses.csv")
    names: dict[Regimen, list[str]] = {}
    for entry in library():
        if entry.regimen is not None:
            names.setdefault(entry.regimen, []).append(entry.name)
    schedules = []
    for regimen, found in names.items():
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        words = regimen.with_rests("midpoint").in_words()
        seen = _points([response for response in responses if response.regimen == regimen])
        said = text.MIDPOINT if regimen.has_ranges else ""
        name = f"{found[0]}{others}"
        schedules.append({"group": text.LIBRARY, "name": name, "text": words, "points": seen, "note": said})
    return tuple(schedules)


def _points(responses: Sequence[Response]) -> list[Json]:
    """Return the published values at a time that are no bounds and no peaks, as the script draws them."""
    drawn = [response for response in responses if response.value is not None and not response.bound and response.reading == "at"]
    return [
        {"of": each.observable, "h": each.time_h, "value": each.value, "low": each.low, "high": each.high, "study": each.study}
        for each in drawn
    ]


def _limits(scenario: Scenario | None) -> Iterator[Json]:
    """Yield the limits on totals and doses of IL-2 that a search of the scenario asks for."""
    search = None if scenario is None else scenario.search
    for limit in () if search is None else search.exact_limits:
        yield {"words": limit.words, "of": limit.of, "most": limit.side == AT_MOST, "number": _decimal(limit.number)}


def _step(scenario: Scenario | None) -> str:
    """Return the step of amounts: that of a scenario's `equalise`, else a hundredth of a usual vial, both in MIU."""
    goal = None if scenario is None else scenario.equalise
    return "0.05" if goal is None or goal.step is None else decimal_text(goal.step.value / 1_000_000)


def _first_shown(models: Sequence[Model], scenario: Scenario | None) -> str:
    known = [observable.name for model in models for observable in model.observables]
    asked = [] if scenario is None else [endpoint.observable for endpoint in scenario.endpoints]
    return next(name for name in (*asked, "treg_fold", *known) if name in known)


def _endpoints(scenario: Scenario | None, show: str) -> list[Endpoint]:
    """Return the endpoints that other schedules have too: none of a cycle, of a visit, or of a virtual trial."""
    if scenario is None:
        return [parse_endpoint(words) for words in ENDPOINTS]
    named = ("cycle", "SMD of", "visit", *(name for name, _ in scenario.visits))
    found = [endpoint for endpoint in scenario.endpoints if not any(name in endpoint.words for name in named)]
    return found or [parse_endpoint(f"peak of {show}")]


def _decimal(value: Fraction) -> str:
    """Write a body size as a decimal; one that is none has six digits."""
    exact = decimal_text(Fraction(value))
    return f"{float(value):.6g}" if "/" in exact else exact


def _names(models: Sequence[Model], scenario: Scenario | None) -> Iterator[str]:
    """Yield the models as a scenario file names them."""
    files = () if scenario is None else scenario.model_files
    for place, model in enumerate(models):
        given = files[place] if place < len(files) else ""
        known = name_of_model(model)
        yield given or (known if isinstance(known, str) else model.name)

"""Rules about a whole scenario, a function each: it yields (place, what was found, what to do about it)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import fewest_draws
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.endpoints.extremes import Peak, TimeOfPeak
from regimens.endpoints.moments import AtTime
from regimens.exposure import exposure_of
from regimens.units import amount_text
from regimens.wording import listing

if TYPE_CHECKING:
    from regimens.scenario.values import Arm, Scenario
    from regimens.yamlfile import Loc, Located

Placed = tuple["Loc", str, str]
"""The keys that lead to the place, what was found, and what to do about it."""

NEAR_DOSE_H = 24
"""A reading so many hours after a dose, or sooner, is near a peak."""


@dataclass(frozen=True)
class LintedScenario:
    """A scenario with the file that it is from; `arms` are those of the file, of a range of rests that with the longest."""

    scenario: Scenario
    located: Located
    arms: Sequence[Arm]


def no_expect(linted: LintedScenario) -> Iterator[Placed]:
    """Arms with doses whose totals nothing checks."""
    for arm in linted.arms:
        if not arm.expected and arm.regimen.drugs:
            rows = exposure_of(arm.regimen, linted.scenario.subject)
            totals = listing([f"{amount_text(row.total, row.unit)} of {row.drug}" for row in rows])
            found = f"Arm '{_name(arm)}' has no 'expect': nothing checks its total of {totals}."
            yield ("arms", _name(arm)), found, "Add what the protocol says."


def twins(linted: LintedScenario) -> Iterator[Placed]:
    """Arms that give the same doses as another."""
    seen: dict[tuple[object, ...], str] = {}
    for arm in (arm for arm in linted.arms if arm.adherence is None and arm.rules is None):
        name = _name(arm)
        doses = tuple((dose.start, dose.drug, dose.dose) for dose in arm.regimen.written_out())
        first = seen.setdefault((arm.regimen.start, *doses), name)
        if first != name:
            same = f"gives the same doses as '{first}'" if doses else f"gives no dose, as '{first}' does"
            found = f"Arm '{name}' {same}: their curves are the same."
            yield ("arms", name), found, "Leave one of them out, unless both are meant."


def not_modelled(linted: LintedScenario) -> Iterator[Placed]:
    """Arms with a drug that a model has no input for."""
    inputs = {model.name: {entry.drug for entry in model.inputs} for model in linted.scenario.models}
    for arm in linted.arms:
        for drug in arm.regimen.drugs:
            lacking = [name for name, taken in inputs.items() if drug not in taken]
            if lacking:
                have = "has" if len(lacking) == 1 else "have"
                found = f"{listing(lacking)} {have} no input for {drug}: arm '{_name(arm)}' is not modelled there."
                yield ("arms", _name(arm)), found, "It has no number under such a model, and enters no contrast with it."


def _name(arm: Arm) -> str:
    """Return the name of an arm in the file."""
    return arm.range_of or arm.name


def endpoint_of_some_models(linted: LintedScenario) -> Iterator[Placed]:
    """Endpoints that not every model has."""
    models = linted.scenario.models
    for place, endpoint in enumerate(_written(linted)):
        having = [model.name for model in models if endpoint.observable in {o.name for o in model.observables}]
        if endpoint.observable and len(having) < len(models):
            others = [model.name for model in models if model.name not in having]
            found = (
                f"'{endpoint.words}' has no number under {listing(others)}: {'it has' if len(others) == 1 else 'they have'} no "
                f"observable '{endpoint.observable}'."
            )
            yield ("endpoints", place), found, f"It is compared under {listing(having)} only."


def only_peaks(linted: LintedScenario) -> Iterator[Placed]:
    """Arms with rests of which everything is read near a dose: peaks, and times within a day after one."""
    endpoints = linted.scenario.endpoints
    if not all(isinstance(endpoint, AtTime | Peak | TimeOfPeak) for endpoint in endpoints):
        return
    named = {endpoint.at_h for endpoint in endpoints if isinstance(endpoint, AtTime)} | {h for _, h in linted.scenario.visits}
    times = sorted(time for time in named if time > 0)
    for arm in linted.arms:
        starts = [float(dose.start) for dose in arm.regimen.written_out()]
        rests = any(later - earlier > 2 * NEAR_DOSE_H for earlier, later in pairwise(starts))
        if times and rests and all(any(0 < time - start <= NEAR_DOSE_H for start in starts) for time in times):
            days = listing([f"{time / 24:.4g}" for time in times])
            found = (
                f"Arm '{_name(arm)}' is read near doses only: at peaks and, up to {NEAR_DOSE_H} h after a dose, on day {days}."
            )
            yield ("endpoints",), found, "Add a time in a rest, a trough or a mean."


def no_verdict(linted: LintedScenario) -> Iterator[Placed]:
    """A verdict that is asked for with too few draws to give one."""
    population = linted.scenario.population
    draws = 1 if population is None else population.draws
    fewest = fewest_draws(linted.scenario.rule.probability)
    if "verdict" in linted.located.data and draws < fewest:
        few = "one draw of the parameters supports" if draws == 1 else f"{draws} draws of the parameters support"
        found = f"There is a 'verdict', but {few} none."
        yield ("verdict",), found, f"Add 'draws' under 'population', at least {fewest}."


def _written(linted: LintedScenario) -> Sequence[Endpoint]:
    """Return the endpoints in the order of the file; one for each cycle is one."""
    visits = dict(linted.scenario.visits)
    texts: Sequence[str] = linted.located.data_at(("endpoints",))
    return [parse_endpoint(text, visits) for text in texts]


SCENARIO_RULES: Mapping[str, Callable[[LintedScenario], Iterator[Placed]]] = {
    "no-expect": no_expect,
    "twins": twins,
    "not-modelled": not_modelled,
    "endpoint-of-some-models": endpoint_of_some_models,
    "only-peaks": only_peaks,
    "no-verdict": no_verdict,
}
"""Name of a rule about a scenario -> the rule."""

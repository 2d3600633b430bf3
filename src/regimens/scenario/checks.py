"""What the parts of a scenario must be to each other: doses inside the horizon, routes and observables that models have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from regimens.drugs import leading
from regimens.endpoints import Endpoint
from regimens.errors import did_you_mean
from regimens.model.declaration import Model
from regimens.scenario.values import Arm
from regimens.units import duration_text
from regimens.yamlfile.notes import Loc, Notes


def check_horizon(arms: Sequence[Arm], horizon: Fraction, notes: Notes) -> None:
    """Note every arm whose first dose comes, or may come after the longest of rests, at or after the horizon."""
    for arm in arms:
        drawn = None if arm.adherence is None else arm.adherence.drawn
        planned = (drawn.with_rests("longest") if drawn else arm.regimen).written_out()
        if planned and planned[0].start >= horizon:
            notes.add(
                ("horizon",),
                f"The horizon of {duration_text(horizon)} ends before the first dose of arm '{arm.name}', "
                f"{duration_text(planned[0].start)} after the start.",
                "A horizon holds at least one dose of every arm that has any.",
            )


def check_inputs(arms: Sequence[Arm], models: Sequence[Model], notes: Notes) -> None:
    """A drug that a model knows by another route is refused; one it does not know at all is a matter for the report."""
    for arm in arms:
        routes = sorted({(dose.drug, dose.dose.route) for dose in arm.regimen.written_out()})
        for model in models:
            known = {(entry.drug, entry.route) for entry in model.inputs}
            for drug, route in routes:
                if (drug, route) not in known and drug in {name for name, _ in known}:
                    others = " and ".join(sorted(other for name, other in known if name == drug))
                    notes.add(
                        ("arms", arm.name),
                        f"The model '{model.name}' has no input for {drug} by {route}.",
                        f"It takes {drug} by {others}.",
                        key=True,
                    )


def check_observed(arms: Sequence[Arm], models: Sequence[Model], horizon_h: float, notes: Notes) -> None:
    """Note every published response that no model has an observable for, or that was seen after the horizon."""
    known = {observable.name for model in models for observable in model.observables}
    for arm in arms:
        for response in arm.observed:
            if response.observable not in known:
                said = f"'{response.id}' is about '{response.observable}', which no model of this scenario has."
                notes.add(("arms", arm.name), said, key=True)
            elif (response.time_h or 0.0) > horizon_h:
                notes.add(("arms", arm.name), f"'{response.id}' was seen after the horizon.", "Move the horizon.", key=True)


def checked_endpoints(
    endpoints: Sequence[tuple[Loc, Endpoint]], models: Sequence[Model], arms: Sequence[Arm], horizon_h: float, notes: Notes
) -> Iterator[Endpoint]:
    """Yield the endpoints that can be measured, with their labels; note the others. `each cycle` becomes one a cycle."""
    observables = {o.name: o for model in reversed(models) for o in model.observables}
    cycles = max(
        (dose.cycle for arm in arms for dose in arm.regimen.written_out() if dose.drug == leading(arm.regimen.drugs)), default=0
    )
    named: set[str] = set()
    for loc, endpoint in endpoints:
        problem = endpoint.problem(horizon_h)
        if endpoint.observable and endpoint.observable not in observables:
            notes.add(
                loc,
                f"'{endpoint.observable}' is no observable of the models of this scenario.",
                did_you_mean(endpoint.observable, observables),
            )
        elif problem is not None:
            notes.add(loc, *problem)
        elif endpoint.cycle is not None and endpoint.cycle > cycles:
            notes.add(
                loc,
                f"No arm has a cycle {endpoint.cycle}.",
                f"The arms of this scenario have at most {cycles} cycle{'s' * (cycles != 1)}.",
            )
        else:
            for single in endpoint.each(cycles):
                if single.words.lower() in named:
                    notes.add(loc, f"The endpoint '{single.words}' is named twice.", "Name every endpoint once.")
                named.add(single.words.lower())
                seen = observables.get(endpoint.observable)
                yield single.described("", "") if seen is None else single.described(seen.label, seen.better or "")

"""What the parts of a scenario must be to each other: doses inside the horizon, routes and observables that models have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import IL2, UNNAMED
from regimens.errors import did_you_mean
from regimens.scenario.names import alike, as_seen
from regimens.scenario.values import AS_WRITTEN, EQUAL_TOTAL, REAL_LIFE, Arm
from regimens.units import duration_text

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.model.declaration import Model
    from regimens.scenario.around import Around
    from regimens.yamlfile import Loc, Notes


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


def check_names(arms: Sequence[Arm], notes: Notes) -> None:
    """Note arms, written or made of one, whose names cannot be told apart."""
    for first, other in alike([arm.name for arm in arms]):
        pair = arms[first], arms[other]
        names = list(dict.fromkeys(arm.name for arm in pair))
        found = f"Two arms are named '{names[0]}'" if len(names) == 1 else f"The arms '{names[0]}' and '{names[1]}' look the same"
        made = " and ".join(dict.fromkeys(_origin(arm) for arm in pair))
        written = next((arm for arm in reversed(pair) if _is_written(arm)), pair[1])
        advice = "Rename an arm: case, spaces and Unicode forms do not tell names apart."
        notes.add(("arms", _written_name(written)), f"{found}: {made}.", advice, key=True)


def _is_written(arm: Arm) -> bool:
    return arm.variant == AS_WRITTEN and not arm.range_of


def _written_name(arm: Arm) -> str:
    return arm.range_of or (arm.name if arm.variant == AS_WRITTEN else arm.of)


def _origin(arm: Arm) -> str:
    """Return where the name of an arm is from, as the subject of a sentence."""
    line = "" if arm.line is None else f" on line {arm.line}"
    if _is_written(arm):
        return f"one is written{line}"
    by = {EQUAL_TOTAL: "equalise", REAL_LIFE: "real_life"}.get(arm.variant, "rest: each")
    return f"one is made by '{by}' of '{_written_name(arm)}'{line}"


def check_inputs(arms: Sequence[Arm], models: Sequence[Model], every_model: bool, notes: Notes) -> None:
    """Note doses that cannot be simulated: of a drug without a name, or misspelt, by a route that a model lacks, and arms of
    which no model takes any drug.

    Otherwise a drug that a model does not take is accepted: it is not modelled there. Drugs are held against the models only if
    these are all models of the scenario.
    """
    taken: dict[str, set[str]] = {}
    for entry in (entry for model in models for entry in model.inputs):
        taken.setdefault(entry.drug, set()).add(entry.route)
    for arm in {_written_name(arm): arm for arm in reversed(arms)}.values() if every_model else ():
        unknown = [drug for drug in arm.regimen.drugs if drug not in taken]
        for drug in unknown:
            if drug == UNNAMED or len(unknown) == len(arm.regimen.drugs) or did_you_mean(drug, taken).startswith("Did"):
                _note_unmodelled(_written_name(arm), drug, taken, notes)
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


def _note_unmodelled(arm: str, drug: str, taken: Mapping[str, Collection[str]], notes: Notes) -> None:
    """Note a drug of an arm that no model takes; `taken` are the drugs that some model does, with their routes."""
    inputs = ", ".join(f"{name} ({', '.join(sorted(taken[name]))})" for name in sorted(taken))
    if drug == UNNAMED:
        example = next((name for name in sorted(taken) if name != IL2), None)
        advice = f"The models take {inputs}." if example is None else f"Write '{example}: ...'; the models take {inputs}."
        notes.add(("arms", arm), f"Arm '{arm}' gives an amount in mg without the name of a drug.", advice, key=True)
        return
    near = did_you_mean(drug, taken)
    found = f"Arm '{arm}' gives '{drug}', which no model of this scenario takes."
    advice = f"{near} " if near.startswith("Did") else ""
    notes.add(("arms", arm), found, f"{advice}The models take {inputs}.", key=True)


def check_observed(around: Around, notes: Notes) -> None:
    """Note every published response that no model has an observable for, or that was seen after the horizon."""
    for arm in around.arms:
        for response in arm.observed:
            if around.observable_fault(response.observable):
                said = f"'{response.id}' is about '{response.observable}', which no model of this scenario has."
                notes.add(("arms", arm.name), said, key=True)
            elif around.horizon is not None and (response.time_h or 0.0) > around.horizon:
                notes.add(("arms", arm.name), f"'{response.id}' was seen after the horizon.", "Move the horizon.", key=True)


def checked_endpoints(endpoints: Sequence[tuple[Loc, Endpoint]], around: Around, notes: Notes) -> Iterator[Endpoint]:
    """Yield the endpoints that can be measured, with their labels; note the others. `each cycle` becomes one a cycle."""
    cycles = around.cycles
    horizon_h = None if around.horizon is None else float(around.horizon)
    drugs = {drug for arm in around.arms for drug in arm.regimen.drugs} if around.every_arm else None
    named: set[str] = set()
    for loc, endpoint in endpoints:
        problem = endpoint.problem(horizon_h, drugs, around.subjects)
        if endpoint.observable and (fault := around.observable_fault(endpoint.observable)):
            notes.add(loc, *fault)
        elif problem is not None:
            notes.add(loc, *problem)
        elif around.every_arm and endpoint.cycle is not None and endpoint.cycle > cycles:
            notes.add(
                loc,
                f"No arm has a cycle {endpoint.cycle}.",
                f"The arms of this scenario have at most {cycles} cycle{'s' * (cycles != 1)}.",
            )
        else:
            for single in endpoint.each(cycles):
                if as_seen(single.words) in named:
                    notes.add(loc, f"The endpoint '{single.words}' is named twice.", "Name every endpoint once.")
                named.add(as_seen(single.words))
                seen = around.observables.get(endpoint.observable)
                yield single.described("", "") if seen is None else single.described(seen.label, seen.better or "")

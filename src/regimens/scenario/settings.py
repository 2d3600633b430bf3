"""Settings of a comparison beside its arms: the trade-off, the noise, single curves, and what needs a population."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from regimens.endpoints import Endpoint, parse_endpoint
from regimens.scenario.checks import checked_endpoints
from regimens.scenario.people import of_people
from regimens.scenario.values import Arm, Noise, TradeOff
from regimens.yamlfile import Notes, Unreadable

if TYPE_CHECKING:
    from regimens.population import Population
    from regimens.scenario.around import Around
    from regimens.scenario.beside import Beside
    from regimens.scenario.schema import NoiseShape, ScenarioShape, TradeOffShape

POPULATION_ADVICE = "Add for example 'population: {subjects: 100, seed: 1}'."


def read_noise(shape: NoiseShape | None, measured: bool, notes: Notes) -> Noise | None:
    """Return what measuring adds; notes a noise that adds nothing.

    `measured` is whether there are visits, trials of SMDs or own data.
    """
    if shape is None:
        return None
    if not (shape.day_to_day or shape.residual):
        notes.add(("noise",), "'noise' adds nothing.", "Give a 'day_to_day' or 'residual' above 0.", key=True, lacking=("noise",))
    elif not measured:
        found = "There is 'noise', but no visit at which anything is measured."
        notes.add(("noise",), found, "Add 'visits'.", key=True, lacking=())
    return Noise(shape.day_to_day, shape.residual)


def read_trade_off(shape: TradeOffShape | None, visits: Mapping[str, float], notes: Notes) -> dict[str, Endpoint]:
    """Return the endpoints named 'gain' and 'cost', as far as they can be read; empty without a trade-off."""
    found: dict[str, Endpoint] = {}
    for key, text in ({} if shape is None else {"gain": shape.gain, "cost": shape.cost}).items():
        with contextlib.suppress(Unreadable):
            found[key] = notes.read(("trade_off", key), partial(parse_endpoint, text, visits))
            if found[key].cycle == 0:
                notes.add(("trade_off", key), f"'{text}' is one endpoint for each cycle.", "Name one cycle.")
    if len({endpoint.words.lower() for endpoint in found.values()}) < len(found):
        notes.add(("trade_off", "cost"), "'cost' is the same endpoint as 'gain'.", "A trade-off needs two.")
    return found


def with_trade_off(
    endpoints: Sequence[Endpoint], wanted: Mapping[str, Endpoint], around: Around, notes: Notes
) -> tuple[tuple[Endpoint, ...], TradeOff | None]:
    """Return the endpoints with those of the trade-off added if they are not among them, and the trade-off itself."""
    if not wanted:
        return tuple(endpoints), None
    known = {endpoint.words.lower(): endpoint for endpoint in endpoints}
    for key, endpoint in wanted.items():
        if endpoint.words.lower() not in known:
            known |= {found.words.lower(): found for found in checked_endpoints([(("trade_off", key), endpoint)], around, notes)}
    pair = {key: known[endpoint.words.lower()] for key, endpoint in wanted.items() if endpoint.words.lower() in known}
    if len(pair) < 2:
        return tuple(known.values()), None
    trade_off = TradeOff(pair["gain"], pair["cost"])
    for key, endpoint, wrong in (("gain", trade_off.gain, "lower"), ("cost", trade_off.cost, "higher")):
        if endpoint.better == wrong and notes.sound("trade_off", key):
            advice = f"Of a gain more is good, of a cost more is bad: '{key}' names another endpoint."
            notes.add(("trade_off", key), f"'{endpoint.words}' is better when it is {wrong}, so it cannot be the {key}.", advice)
    return tuple(known.values()), trade_off


def check_population(shape: ScenarioShape, subjects: int | None, arms: Sequence[Arm], notes: Notes) -> None:
    """Note everything that differs between subjects in a scenario of one typical subject, and counts that do not fit.

    `subjects` are those of a parameter draw, None where it cannot be read how many.
    """
    if shape.population is None:
        for key, why in (("real_life", "what happens to doses"), ("noise", "what measuring adds")):
            if getattr(shape, key) is not None:
                found = f"'{key}' needs a population: {why} differs between subjects."
                notes.add((key,), found, POPULATION_ADVICE, key=True, lacking=())
        for name, written in shape.arms.items():
            for observable, look in ({} if written.rules is None else written.rules.look_at).items():
                if look.noise:
                    found = f"The noise of '{observable}' needs a population: it differs between subjects."
                    notes.add(("arms", name, "rules", "look at", observable), found, POPULATION_ADVICE, lacking=())
            if written.rest == "drawn":
                found = "'rest: drawn' needs a population: rests differ between subjects."
                notes.add(("arms", name, "rest"), found, POPULATION_ADVICE, lacking=())
    if subjects is None:
        return
    if shape.observing.individuals > subjects:
        whose = "has one typical subject" if shape.population is None else f"has {subjects} subjects"
        found = f"{shape.observing.individuals} curves of single subjects are asked for, but the scenario {whose}."
        notes.add(("observe", "individuals"), found, f"Ask for at most {subjects}.")
    for arm in arms:
        ledger = None if arm.adherence is None else arm.adherence.ledger
        if ledger is not None and ledger.subjects != subjects:
            whose = "one typical subject" if shape.population is None else f"{subjects} subjects"
            found = f"The ledger of arm '{arm.name}' has {ledger.subjects} subjects, the scenario {whose}."
            notes.add(("arms", arm.name, "ledger"), found, f"Write 'subjects: {ledger.subjects}' under 'population'.")


def with_ledgers_of_people(arms: Sequence[Arm], population: Population | None, beside: Beside, notes: Notes) -> tuple[Arm, ...]:
    """Return the arms with ledgers from files matched to the people by their ids; notes those that cannot be matched."""
    people = None if population is None else population.people
    matched = []
    for arm in arms:
        adherence = arm.adherence
        ledger = None if adherence is None else adherence.ledger
        if people is not None and adherence is not None and ledger is not None and arm.name not in beside.ledgers:
            try:
                arm = replace(arm, adherence=replace(adherence, ledger=of_people(ledger, people)))
            except ValueError as error:
                notes.add(
                    ("arms", arm.name, "ledger"), f"The ledger of arm '{arm.name}' and the people cannot be matched: {error}"
                )
        matched.append(arm)
    return tuple(matched)

"""Published outcomes of a scenario: what documents saw in its arms, and what must hold of an endpoint where a model agrees."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from regimens.contrasts.condition import BeyondArm, BeyondEndpoint, BeyondNumber, Condition, Within
from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import WordsError, did_you_mean, nearest
from regimens.scenario.checks import checked_endpoints
from regimens.scenario.names import as_seen, fault_of
from regimens.scenario.values import Reference
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.around import Around
    from regimens.scenario.schema import OutcomeShape

NOT_MODELLED = "not modelled"
"""What stands in place of an endpoint where none stands for what was seen."""

FORMS = (
    "Write for example 'above 1', 'below' and the name of an arm, 'above' and another endpoint of the same arm, or '1.8 to 2.4'."
)

_NUMBER = r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_BEYOND = re.compile(r"(?P<side>above|below) (?P<limit>.+)", re.IGNORECASE)
_WITHIN = re.compile(rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER})", re.IGNORECASE)


@dataclass(frozen=True)
class PublishedOutcome:
    """What a publication saw in one or several arms.

    `endpoint` stands for it in the models, and `condition` must hold of it; both are None for an outcome that no model simulates.
    """

    seen: str
    arms: tuple[str, ...]
    endpoint: Endpoint | None = None
    condition: Condition | None = None
    sources: tuple[Reference, ...] = ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints that it looks at."""
        if self.endpoint is None or self.condition is None:
            return ()
        return (self.endpoint, *self.condition.endpoints)


Read = tuple[int, PublishedOutcome]
"""The place of an outcome in its list, and the outcome as far as its words alone say it."""


def read_outcomes(shapes: Sequence[OutcomeShape], around: Around, notes: Notes) -> Iterator[Read]:
    """Yield the outcomes that can be read; notes the others."""
    for place, shape in enumerate(shapes):
        with contextlib.suppress(Unreadable):
            yield place, _outcome(shape, ("outcomes", place), around.names, around.visits, notes)


def _outcome(shape: OutcomeShape, loc: Loc, arms: Collection[str], visits: Mapping[str, float], notes: Notes) -> PublishedOutcome:
    if fault := fault_of(shape.seen, "an outcome"):
        notes.add((*loc, "seen"), *fault)
    named = (shape.arm,) if isinstance(shape.arm, str) else tuple(shape.arm)
    for index, arm in enumerate(named):
        where = (*loc, "arm") if isinstance(shape.arm, str) else (*loc, "arm", index)
        if arm not in arms:
            notes.add(where, f"'{arm}' is no arm of this scenario.", did_you_mean(arm, arms))
        elif arm in named[:index]:
            notes.add(where, f"The arm '{arm}' is named twice.", "Name every arm of an outcome once.")
    endpoint = condition = None
    if shape.endpoint.lower() != NOT_MODELLED:
        with contextlib.suppress(Unreadable):
            endpoint = _endpoint(shape.endpoint, (*loc, "endpoint"), visits, notes)
        if shape.was is None:
            notes.add(loc, f"It is not said what '{shape.endpoint}' was.", f"Add 'was'. {FORMS}", lacking=loc)
        else:
            condition = notes.read((*loc, "was"), partial(_condition, shape.was, arms, visits))
            _check_against_itself(named, endpoint, condition, (*loc, "was"), notes)
    elif shape.was is not None:
        notes.add((*loc, "was"), "An outcome that is not modelled has no 'was'.", "Leave it out, or name an endpoint.", key=True)
    if not notes.sound(*loc):
        raise Unreadable
    sources = [] if shape.source is None else shape.source if isinstance(shape.source, list) else [shape.source]
    references = tuple(Reference(s.text or "", s.doi or "", s.registration or "") for s in sources)
    return PublishedOutcome(shape.seen, named, endpoint, condition, references)


def _endpoint(text: str, loc: Loc, visits: Mapping[str, float], notes: Notes) -> Endpoint:
    endpoint = notes.read(loc, partial(parse_endpoint, text, visits))
    if endpoint.cycle == 0:
        notes.add(loc, f"'{text}' is one endpoint for each cycle.", "Name one cycle.")
    return endpoint


def _condition(text: str, arms: Collection[str], visits: Mapping[str, float]) -> Condition:
    """Read what must hold from words; WordsError with what would be right."""
    words = " ".join(text.split())
    within, beyond = _WITHIN.fullmatch(words), _BEYOND.fullmatch(words)
    if within is not None:
        low, high = float(within["low"]), float(within["high"])
        if low >= high:
            raise WordsError(f"'{words}' does not rise.", "The lower end of an interval comes first.")
        return Within(low, high)
    if beyond is None:
        raise WordsError(f"'{words}' is nothing that an endpoint can be.", FORMS)
    side, limit = beyond["side"].lower(), beyond["limit"]
    if re.fullmatch(_NUMBER, limit):
        return BeyondNumber(side, float(limit))
    arm = next((name for name in arms if " ".join(name.split()) == limit), None)
    if arm is not None:
        return BeyondArm(side, arm)
    try:
        endpoint = parse_endpoint(limit, visits)
    except WordsError as error:
        if limit in arms:
            return BeyondArm(side, limit)
        near = nearest(limit, arms)
        said = f"Did you mean the arm '{near}'?" if near else f"As an endpoint: {error.message} {error.advice}"
        raise WordsError(f"'{limit}' is no number, no arm of this scenario and no endpoint.", said) from None
    if endpoint.cycle == 0:
        raise WordsError(f"'{limit}' is one endpoint for each cycle.", "Name one cycle.")
    return BeyondEndpoint(side, endpoint)


def _check_against_itself(arms: Collection[str], endpoint: Endpoint | None, condition: Condition, loc: Loc, notes: Notes) -> None:
    for arm in condition.arms:
        if arm in arms:
            notes.add(loc, f"The arm '{arm}' is held against itself.", "Name another arm.")
    for other in condition.endpoints:
        if endpoint is not None and as_seen(other.words) == as_seen(endpoint.words):
            notes.add(loc, f"'{other.words}' is held against itself.", "Name another endpoint.")


def with_outcomes(
    endpoints: Sequence[Endpoint], read: Sequence[Read], around: Around, notes: Notes
) -> tuple[tuple[Endpoint, ...], tuple[PublishedOutcome, ...]]:
    """Return the endpoints with those of the outcomes added if they are not among them, and the outcomes themselves."""
    known = {as_seen(endpoint.words): endpoint for endpoint in endpoints}
    units = {observable.name: observable.unit for model in around.models for observable in model.observables}
    found: dict[PublishedOutcome, None] = {}
    for place, outcome in read:
        for key, endpoint in zip(("endpoint", "was"), outcome.endpoints, strict=False):
            if as_seen(endpoint.words) not in known:
                asked: list[tuple[Loc, Endpoint]] = [(("outcomes", place, key), endpoint)]
                known |= {as_seen(e.words): e for e in checked_endpoints(asked, around, notes)}
        named = [known.get(as_seen(endpoint.words)) for endpoint in outcome.endpoints]
        if any(endpoint is None for endpoint in named):
            continue
        made = _of(outcome, [endpoint for endpoint in named if endpoint is not None])
        if made in found:
            notes.add(("outcomes", place), f"The outcome '{made.seen}' is listed twice.", "List every outcome once.")
        found[made] = None
        measured = [endpoint.unit(units.get(endpoint.observable, "1")) for endpoint in made.endpoints]
        if len(set(measured)) > 1 and all(e.observable in {"", *units} for e in made.endpoints):
            both = " and ".join(f"'{e.words}' ({unit})" for e, unit in zip(made.endpoints, measured, strict=True))
            notes.add(("outcomes", place, "was"), f"{both} are in different units.", "Name two endpoints of one unit.")
    return tuple(known.values()), tuple(found)


def _of(outcome: PublishedOutcome, endpoints: Sequence[Endpoint]) -> PublishedOutcome:
    """Return an outcome with the endpoints of the scenario, which have their labels, in place of those that were read."""
    if not endpoints:
        return outcome
    condition = outcome.condition
    if isinstance(condition, BeyondEndpoint):
        condition = replace(condition, endpoint=endpoints[1])
    return replace(outcome, endpoint=endpoints[0], condition=condition)

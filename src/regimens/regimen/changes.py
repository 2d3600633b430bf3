"""State changes: what is done to the state of a subject besides a dose, such as a reset, or a start at steady state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal, get_args

from regimens.drugs import IL2, ROUTES
from regimens.errors import RegimenError, did_you_mean
from regimens.subject import BASES

Kind = Literal["reset", "steady state", "added steady state"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""reset: all states go back to their initial values. steady state: they become those of a dose repeated for ever, just before
it is next given. added steady state: what the dose makes of them, beside the steady state without it, is added to what is
there. The first two also end what was given before: running infusions, and doses that still wait for their lag. In all kinds
but a reset, doses given before that still wait for their lag in the steady state arrive after it."""


@dataclass(frozen=True)
class StateChange:
    """What is done at `time_h`, before the doses at that time.

    A reset says no more than its time. For the other kinds the repeated dose is described as in `DoseEvents`: `drug`, `amount`
    (IU or mg, per m2 or per kg where `basis` says so), `cap`, `step`, `route`, `duration_h`; it is given every `interval_h`.
    An infusion that takes the whole interval is a constant one. These doses lie before `time_h` and are in no total.

    RegimenError for a value that cannot be.
    """

    time_h: float
    kind: Kind
    interval_h: float = 0.0
    drug: str = IL2
    amount: float = 0.0
    basis: str = "flat"
    cap: float = math.inf
    step: float = 0.0
    route: str = "SC"
    duration_h: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RegimenError(f"'{self.kind}' is no change of the state.", did_you_mean(str(self.kind), KINDS))
        for name in ("time_h", "interval_h", "amount", "cap", "step", "duration_h"):
            value = getattr(self, name)
            is_number = isinstance(value, Real) and not isinstance(value, bool)
            if not is_number:
                raise RegimenError(f"{self.in_words.capitalize()}: {name} is {value!r}.", "A number is needed.")
            if name != "cap" and not 0 <= value < math.inf:
                raise RegimenError(f"{self.in_words.capitalize()}: {name} is {value:.15g}.", "It is a number of 0 or more.")
        if self.kind != "reset":
            self._check_dose()

    @property
    def in_words(self) -> str:
        """The kind with its article."""
        return f"{'an' if self.kind.startswith('a') else 'a'} {self.kind}"

    def _check_dose(self) -> None:
        """Raise RegimenError for a dose that cannot be repeated."""
        for name, known in (("basis", BASES), ("route", ROUTES)):
            if getattr(self, name) not in known:
                raise RegimenError(
                    f"{self.in_words.capitalize()}: {name} is {getattr(self, name)!r}.",
                    did_you_mean(str(getattr(self, name)), known),
                )
        if not isinstance(self.drug, str) or not self.drug:
            raise RegimenError(f"{self.in_words.capitalize()}: drug is {self.drug!r}.", "The name of a drug is needed.")
        if not self.interval_h:
            raise RegimenError(f"{self.in_words.capitalize()} has no interval.", "Say in interval_h how often the dose is given.")
        if self.duration_h > self.interval_h:
            raise RegimenError(
                f"{self.in_words.capitalize()}: an infusion of {self.duration_h:.15g} h is given every {self.interval_h:.15g} h.",
                "An infusion ends before the next one starts, or with it.",
            )
        if not self.cap > 0 or self.cap < self.step:
            raise RegimenError(
                f"{self.in_words.capitalize()}: cap is {self.cap:.15g}.", "A cap is greater than 0 and at least one step."
            )


def check_changes(changes: object) -> tuple[StateChange, ...]:
    """Return the changes of dose events as a tuple; RegimenError unless they are StateChanges in ascending order of time."""
    if not isinstance(changes, Sequence) or isinstance(changes, str):
        raise RegimenError(f"changes is {changes!r}.", "A tuple is needed, for example (StateChange(24.0, 'reset'),).")
    found: list[StateChange] = []
    for place, change in enumerate(changes, 1):
        if not isinstance(change, StateChange):
            raise RegimenError(
                f"Change {place} is {change!r}.", "A StateChange is needed, for example StateChange(24.0, 'reset')."
            )
        if found and change.time_h < found[-1].time_h:
            before = f"the change before is at {found[-1].time_h:.15g}"
            raise RegimenError(f"Change {place}: time_h is {change.time_h:.15g}, but {before}.", "Sort changes by time.")
        found.append(change)
    return tuple(found)

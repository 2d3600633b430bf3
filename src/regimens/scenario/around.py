"""What a part of a scenario is held against: the other parts, as far as the file says them readably."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from regimens.drugs import leading
from regimens.errors import did_you_mean

if TYPE_CHECKING:
    from regimens.model.declaration import Model, Observable
    from regimens.scenario.values import Arm
    from regimens.subject import Subject

UNKNOWN_TIME = float("nan")
"""The time (h) of a visit whose text cannot be read; its name can be used all the same."""


@dataclass(frozen=True)
class ArmNames:
    """The names that stand for arms: `known` of the arms that are read, and `unread` of arms of the file in which something is
    wrong, whose twins and lengths of rests are not known either. `anything`: the arms cannot be read at all.
    """

    known: tuple[str, ...]
    unread: tuple[str, ...] = ()
    anything: bool = False

    def __contains__(self, name: object) -> bool:
        named = str(name)
        return (
            self.anything
            or named in self.known
            or any(named == written or named.startswith(f"{written}, ") for written in self.unread)
        )

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self.known, *self.unread)))

    def __len__(self) -> int:
        return len(set(self.known) | set(self.unread))


@dataclass(frozen=True)
class Around:
    """What is known of a scenario while its parts are checked. None, or an UNKNOWN_TIME, is what cannot be read.

    `every_model` and `every_arm` say whether `models` and `arms` are all of the file. `subjects` are those of one parameter draw.
    """

    arms: tuple[Arm, ...]
    every_arm: bool
    names: ArmNames
    models: tuple[Model, ...]
    every_model: bool
    visits: Mapping[str, float]
    horizon: Fraction | None
    subject: Subject | None
    subjects: int | None
    draws: int | None

    @cached_property
    def observables(self) -> dict[str, Observable]:
        """Every observable by its name; that of the first model which has it."""
        return {observable.name: observable for model in reversed(self.models) for observable in model.observables}

    def observable_fault(self, name: str) -> tuple[str, str] | None:
        """Return message and advice on a name that is no observable; None where it is one, or may be one of an unread model."""
        if name in self.observables or not self.every_model:
            return None
        return f"'{name}' is no observable of the models of this scenario.", did_you_mean(name, self.observables)

    @cached_property
    def cycles(self) -> int:
        """The most cycles that an arm has."""
        return max(
            (dose.cycle for arm in self.arms for dose in arm.regimen.written_out() if dose.drug == leading(arm.regimen.drugs)),
            default=0,
        )

    @property
    def every_visit(self) -> bool:
        """Whether the times of all visits are known."""
        return all(time == time for time in self.visits.values())

"""Caps: rules that are not decided on but hold at every dose of the drug, a total at which doses stop and a largest dose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regimens.regimen.quantities import Amount


@dataclass(frozen=True)
class StopAt:
    """Doses stop before the first one with which the total of a subject would be above `total`."""

    total: Amount

    def in_words(self) -> str:
        """Return for example 'stop at a total of 21 MIU'."""
        return f"stop at a total of {self.total}"


@dataclass(frozen=True)
class CapAt:
    """From an outermost `cycle` on, a subject at a level above `amount` goes down to the highest level that is not."""

    amount: Amount
    cycle: int = 1

    def in_words(self) -> str:
        """Return for example 'cap doses at 1.5 MIU from cycle 6'."""
        return f"cap doses at {self.amount}" + (f" from cycle {self.cycle}" if self.cycle > 1 else "")


Cap = StopAt | CapAt

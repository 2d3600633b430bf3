"""What may happen to a plan: rests drawn from their range, doses missed, late or never taken; or a ledger replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regimens.regimen import Regimen

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger


@dataclass(frozen=True)
class RealLife:
    """How doses go astray, as probabilities and hours.

    `missed` of each dose; `after_a_miss` replaces it where the dose before was missed (None: no memory); `late` of each dose
    that is given, by a time uniform on (0, `up_to_h`]; `stop_early` of a subject to give up at a dose, any as likely.
    """

    missed: float = 0.0
    after_a_miss: float | None = None
    late: float = 0.0
    up_to_h: float = 0.0
    stop_early: float = 0.0


@dataclass(frozen=True)
class Adherence:
    """What makes the doses of subjects differ: `drawn` is the plan whose rests are still ranges, to be drawn per subject and
    cycle; `real_life` is what happens to planned doses; `ledger` are the doses of an earlier run, given again as they were.
    """

    drawn: Regimen | None = None
    real_life: RealLife | None = None
    ledger: Ledger | None = field(default=None, repr=False)

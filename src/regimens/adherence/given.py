"""Planned and given: how much IL-2 subjects were to get and really got, and how doses went astray, arm by arm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import LATE, MISSED, STOPPED, Ledger
from regimens.regimen.parts import IL2
from regimens.subject import amount_in_person

if TYPE_CHECKING:
    import pandas as pd

GIVEN = ("arm", "of", "planned_miu", "given_miu", "given_low", "given_high", "missed", "late", "stopped")
"""Columns of the table of what was given."""

TAIL = 0.05
"""Share of subjects outside of each end of the 90 % intervals."""


def given_table(arms: Iterable[tuple[str, str, Ledger]], weight_kg: np.ndarray, bsa_m2: np.ndarray) -> pd.DataFrame:
    """Return the table of what was planned and given before the horizon, a row for each (arm, of, ledger).

    `weight_kg` and `bsa_m2` are (subjects,) or (draws, subjects): the bodies that amounts per kg and per m2 meet. Amounts are
    MIU of IL-2 in a subject: medians, and the 90 % interval of what is given. `missed` and `late` are shares of the planned
    doses of all drugs, `stopped` is the share of subjects who stopped early.
    """
    import pandas as pd

    rows = [(arm, of, *_row(ledger, np.asarray(weight_kg), np.asarray(bsa_m2))) for arm, of, ledger in arms]
    return pd.DataFrame(rows, columns=list(GIVEN))


def _row(ledger: Ledger, weight_kg: np.ndarray, bsa_m2: np.ndarray) -> tuple[float, ...]:
    subjects, reason = weight_kg.shape[-1], ledger.rows["reason"].to_numpy()
    planned, given = (il2_miu(ledger, amounts, weight_kg, bsa_m2) for amounts in ("planned", "given"))
    low, middle, high = np.quantile(given, [TAIL, 0.5, 1.0 - TAIL])
    stopped = ledger.rows["subject"].to_numpy()[reason == STOPPED]
    doses = max(1, len(reason))
    return (
        float(np.median(planned)),
        float(middle),
        float(low),
        float(high),
        float(np.sum(reason == MISSED) / doses),
        float(np.sum(reason == LATE) / doses),
        len(np.unique(stopped)) / subjects,
    )


def il2_miu(ledger: Ledger, amounts: str, weight_kg: np.ndarray, bsa_m2: np.ndarray) -> np.ndarray:
    """Return the IL-2 (MIU) of each subject, caps applied, of the column `amounts` ('planned' or 'given').

    Bodies are (subjects,) or (draws, subjects), and so is what is returned. The ledger's subjects count from 0.
    """
    rows = ledger.rows[ledger.rows["drug"] == IL2]
    subject, basis = rows["subject"].to_numpy(), rows["basis"].to_numpy()
    cap = np.where(np.isnan(rows["max"].to_numpy()), np.inf, rows["max"].to_numpy())
    step = np.where(np.isnan(rows["step"].to_numpy()), 0.0, rows["step"].to_numpy())
    amount = rows[amounts].to_numpy()
    each = amount_in_person(amount, basis.astype("U6"), weight_kg[..., subject], bsa_m2[..., subject], cap, step)
    total = np.zeros(weight_kg.shape)
    np.add.at(total, (..., subject), each)
    return total / 1e6

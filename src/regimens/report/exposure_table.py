"""The exposure of a scenario as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from regimens.exposure import DrugExposure, ExposureTable
from regimens.scenario import Arm
from regimens.subject import Subject
from regimens.units import amount_text, best_amount_unit

if TYPE_CHECKING:
    from rich.table import Table


def exposure_table(table: ExposureTable, arms: Iterable[Arm], subject: Subject) -> Table:
    """Return a rich table: one row an arm and drug, 'no dose' for those of `arms` without any.

    Total, mean per week and highest 7-day sum are in the unit of the total; days count from 0.
    """
    from rich.table import Table
    from rich.text import Text

    body = f"{float(subject.weight_kg):g} kg, {float(subject.bsa_m2):g} m2"
    shown = Table(title=f"Exposure at {body}", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    shown.add_column("Arm", min_width=18, overflow="fold")
    shown.add_column("Drug", overflow="fold")
    for heading in ("Doses", "Total", "/ week", "7 days", "Last day", "On / off"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("Expected", no_wrap=True)
    for arm in arms:
        rows = table.of(arm.name)
        if not rows:
            shown.add_row(Text(arm.name), "no dose")
        for row in rows:
            shown.add_row(Text(arm.name), row.drug, *_numbers(row), _expected(row))
    return shown


def _numbers(row: DrugExposure) -> list[str]:
    _, size = best_amount_unit(row.total, row.unit)
    return [
        str(row.doses),
        amount_text(row.total, row.unit),
        "" if row.per_week is None else f"{float(row.per_week / size):.3g}",
        f"{float(row.peak_7_days / size):.4g}",
        str(row.last_day),
        f"{row.days_on} / {row.days_off}",
    ]


def _expected(row: DrugExposure) -> str:
    if row.expected is None:
        return "-"
    return "differs" if row.differences else "found"

"""The exposure of a scenario as a table for the terminal."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.exposure import DrugExposure, ExposureTable
from regimens.scenario import Scenario
from regimens.units import amount_text

if TYPE_CHECKING:
    from rich.table import Table


def exposure_table(table: ExposureTable, scenario: Scenario) -> Table:
    """Return a rich table: one row an arm and drug, 'no dose' for arms without any, expected totals found or not."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    subject = scenario.subject
    body = f"{float(subject.weight_kg):g} kg, {float(subject.bsa_m2):g} m2"
    shown = Table(box=box.SIMPLE_HEAD, title=f"Exposure at {body}", title_justify="left", title_style="bold")
    shown.add_column("Arm", overflow="fold")
    shown.add_column("Drug")
    for heading in ("Doses", "Total", "Last day", "On / off", "Per week", "7 days"):
        shown.add_column(heading, justify="right")
    shown.add_column("Expected")
    for arm in scenario.arms:
        rows = table.of(arm.name)
        if not rows:
            shown.add_row(Text(arm.name), "no dose", *[""] * 7)
        for row in rows:
            shown.add_row(Text(arm.name), row.drug, *_numbers(row), _expected(row))
    return shown


def _numbers(row: DrugExposure) -> list[str]:
    return [
        str(row.doses),
        amount_text(row.total, row.unit),
        str(row.last_day),
        f"{row.days_on} / {row.days_off}",
        "" if row.per_week is None else _rounded(row.per_week, row.unit),
        amount_text(row.peak_7_days, row.unit),
    ]


def _rounded(value: Fraction, unit: str) -> str:
    shown, size = ("MIU", 1_000_000) if unit == "IU" else ("mg", 1)
    return f"{float(value / size):.3g} {shown}"


def _expected(row: DrugExposure) -> str:
    if row.expected is None:
        return "nothing said"
    return "differs" if row.differences else "as expected"

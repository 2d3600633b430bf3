"""The formats `ex` and `json` of `regimens export SCENARIO`: the doses of its arms as exposure rows, and as JSON.

Each function takes the name of a scenario file and returns the files to write: name -> text.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from fractions import Fraction
from pathlib import Path

import click


def json_files(name: str) -> dict[str, str]:
    """Return the arms of a scenario as JSON, one file."""
    from regimens.armsfile import arms_text
    from regimens.scenario import read_scenario
    from regimens.scenario.values import planned_arms

    scenario = read_scenario(name)
    text = arms_text(planned_arms(scenario), Fraction(scenario.horizon_h), scenario.subject, scenario.title, scenario.digest)
    return {f"{Path(name).stem}.json": text}


def ex_files(name: str, first: date) -> dict[str, str]:
    """Return the arms of a scenario as exposure rows (SDTM EX), one CSV file; `first` is the date of day 0.

    Every arm is a USUBJID. RegimenError for an arm that such rows cannot say. Says on stderr what the rows leave out.
    """
    from regimens.errors import RegimenError
    from regimens.exposurerows import COLUMNS, exposure_rows
    from regimens.exposurerows.writing import limited
    from regimens.scenario import read_scenario
    from regimens.scenario.values import planned_arms

    scenario = read_scenario(name)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for arm in planned_arms(scenario):
        try:
            writer.writerows(exposure_rows(arm.regimen, first, arm.name, scenario.subject))
        except RegimenError as error:
            raise RegimenError(f"Arm '{arm.name}': {error.message}", error.advice) from None
        if not arm.regimen.drugs:
            click.echo(f"Arm '{arm.name}' gives no dose and has no row.", err=True)
        if limited(arm.regimen):
            said = "amounts with a cap or a step are those of the scenario's subject; rows cannot say the limit."
            click.echo(f"Arm '{arm.name}': {said}", err=True)
    return {f"{Path(name).stem}_ex.csv": out.getvalue()}

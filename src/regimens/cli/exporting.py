"""`regimens export`: the doses of a scenario, or the equations of a model, in the form of another program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regimens.errors import RegimensError

if TYPE_CHECKING:
    from regimens.scenario.values import Scenario

TABLES = ("nonmem", "mrgsolve", "rxode2", "pkpdsim")
OF_SCENARIOS = (*TABLES, "ex", "json")
"""Formats of a scenario's doses: event tables, exposure rows (SDTM EX), and JSON."""

OF_MODELS = {"nonmem": ".ctl", "mrgsolve": ".cpp", "rxode2": ".R", "antimony": ".ant", "sbml": ".xml"}
"""Formats of a model's equations, and the ending of the file."""

FORMATS = tuple(dict.fromkeys((*OF_SCENARIOS, *OF_MODELS)))


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--to", "format", type=click.Choice(FORMATS), required=True, help="The form to write.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("."), help="Folder. [default: this one]")
@click.option("--model", metavar="MODEL", help="The model whose time unit, amounts and compartments an event table is to fit.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Date of day 0, for --to ex.")
def export(name: str, format: str, out: Path, model: str | None, first: datetime | None) -> None:
    """Write the doses of the scenario file NAME, or the equations of the model NAME, in another form.

    \b
    doses       nonmem, mrgsolve, rxode2, pkpdsim   event table, with a JSON file of its units; with --model one
                                                    that fits the equations of that model, written by export too
                ex                                  exposure rows (SDTM EX), with --from for the date of day 0
                json                                words, parts and events of every arm, with exact totals
    equations   nonmem, mrgsolve, rxode2, antimony, sbml

    Every arm is one ID. A dose per kg or per m2 has the amount of the scenario's subject.
    """
    from regimens.study.folder import OutputExists, write_file

    if (first is not None) != (format == "ex"):
        raise click.UsageError("--to ex needs the date of day 0, for example --from 2027-03-01; no other form has dates.")
    if model is not None and (format not in TABLES or _is_model(name)):
        raise click.UsageError(f"--model says what an event table of a scenario is to fit: --to {', '.join(TABLES)}.")
    files = _files(name, format, model, None if first is None else first.date())
    for file in files:
        if (out / file).exists():
            raise OutputExists(out / file)
    out.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        write_file(text, out / file)
        click.echo(f"Written to {out / file}")


def _files(name: str, format: str, model: str | None, first: date | None) -> Mapping[str, str]:
    """Return the files to write: name -> text. RegimensError where NAME cannot be written in the format."""
    from regimens.scenario import read_scenario

    if _is_model(name):
        return _model(name, format)
    if format not in OF_SCENARIOS:
        raise RegimensError(f"{name}: the doses of a scenario are not written for '{format}', but for {', '.join(OF_SCENARIOS)}.")
    scenario = read_scenario(name)
    if format in TABLES:
        from regimens.model import find_model
        from regimens.scenario.eventexport import event_files, table_notes

        files = event_files(scenario, format, None if model is None else find_model(model))
        _say(table_notes(scenario, format))
        return files
    return json_files(scenario) if first is None else ex_files(scenario, first)


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(note, err=True)


def _is_model(name: str) -> bool:
    """Return whether NAME is a model: the name of a shipped one, as whatever is no file is taken to be, or a file with states."""
    from regimens.yamlfile import read

    if not name.endswith((".yaml", ".yml")):
        return not Path(name).is_file()
    return "states" in read(name).data


def _model(name: str, format: str) -> Mapping[str, str]:
    from regimens.model import find_model
    from regimens.modeltext import model_text

    model = find_model(name)
    if format not in OF_MODELS:
        raise RegimensError(f"{name}: the equations of a model are not written for '{format}', but for {', '.join(OF_MODELS)}.")
    return {f"{model.name}{OF_MODELS[format]}": model_text(model, format)}


def json_files(scenario: Scenario) -> Mapping[str, str]:
    """Return the arms of a scenario as JSON, one file. Says on stderr where subjects get other doses than planned."""
    from regimens.armsfile import arms_text
    from regimens.scenario.eventexport import plan_notes
    from regimens.scenario.values import planned_arms

    _say(note for arm in planned_arms(scenario) for note in plan_notes(arm))
    text = arms_text(planned_arms(scenario), Fraction(scenario.horizon_h), scenario.subject, scenario.title, scenario.digest)
    return {f"{scenario.name}.json": text}


def ex_files(scenario: Scenario, first: date) -> Mapping[str, str]:
    """Return the arms of a scenario as exposure rows (SDTM EX), one CSV file; `first` is the date of day 0.

    Every arm is a USUBJID. RegimenError for an arm that such rows cannot say. Says on stderr what the rows leave out.
    """
    from regimens.errors import RegimenError
    from regimens.exposurerows import COLUMNS, exposure_rows
    from regimens.exposurerows.writing import limited
    from regimens.scenario.eventexport import plan_notes
    from regimens.scenario.values import planned_arms

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
        _say(plan_notes(arm))
    return {f"{scenario.name}-ex.csv": out.getvalue()}

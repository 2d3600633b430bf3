"""The command line: arguments, exit codes, printing. No science, and no heavy import before a command needs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sized
from pathlib import Path
from typing import NoReturn

import click

from regimens.cli.comparing import compare
from regimens.cli.console import (
    DONE,
    FAILED,
    WRONG_INPUT,
    bear_any_encoding,
    exit_code,
    notes,
    results_console,
    say,
    say_error,
    spinner,
    talk_console,
)
from regimens.cli.differing import diff
from regimens.cli.explaining import explain
from regimens.cli.exporting import export
from regimens.cli.importing import import_model
from regimens.cli.linting import lint
from regimens.cli.searching import search
from regimens.cli.settling import settle
from regimens.errors import ExposureMismatch, RegimensError

EXPOSURE_WIDTH = 106
"""Characters that the exposure table needs to keep every digit."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regimens")
@click.option("--debug", is_flag=True, help="Show Python's traceback when something goes wrong.")
def commands(debug: bool) -> None:
    """Compare low-dose interleukin-2 schedules: exact exposure first, then simulated Treg curves.

    For research. Nothing here is for treatment decisions.
    """


commands.add_command(compare)
commands.add_command(import_model)
commands.add_command(explain)
commands.add_command(diff)
commands.add_command(lint)
commands.add_command(export)
commands.add_command(search)
commands.add_command(settle)


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Also write the table to this new CSV file.")
def exposure(file: Path, csv_path: Path | None) -> None:
    """Print the exact exposure of every arm of the scenario FILE, and what its rules can lead to; nothing is simulated."""
    from fractions import Fraction

    from regimens.exposure import cut_off, exposure_of_arms
    from regimens.report.terminal import exposure_table
    from regimens.rules.possible import possible_totals
    from regimens.scenario import read_scenario
    from regimens.scenario.values import planned_arms
    from regimens.study.folder import OutputExists, write_file
    from regimens.study.study import guides_of

    if csv_path is not None and csv_path.exists():
        raise OutputExists(csv_path)
    scenario = read_scenario(file)
    arms = planned_arms(scenario)
    table = exposure_of_arms(arms, scenario.subject)
    results_console(at_least=EXPOSURE_WIDTH).print(exposure_table(table, arms, scenario.subject))
    for arm in arms:
        for sentence in cut_off(arm, Fraction(scenario.horizon_h), scenario.subject):
            click.echo(sentence, err=True)
    possible = possible_totals(guides_of(scenario), scenario.subject)
    for row in possible:
        click.echo(row.in_words())
    if csv_path is not None:
        write_file(table.to_frame().to_csv(index=False, lineterminator="\n"), csv_path)
    if differences := [*table.differences, *(problem for row in possible for problem in row.broken)]:
        raise ExposureMismatch(differences, scenario.path)


@commands.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check scenario and model FILES, totals included; nothing is simulated."""
    worst = DONE
    for file in files:
        try:
            for sentence in _checked(file):
                click.echo(f"{file}: {sentence}")
        except RegimensError as error:
            say_error(error)
            code = exit_code(error)
            worst = WRONG_INPUT if WRONG_INPUT in (worst, code) else max(worst, code)
    sys.exit(worst)


def _checked(file: Path) -> Iterator[str]:
    """Yield what a file is and what may be a mistake in it; RegimensError for what is wrong."""
    from regimens.model.file import model_in
    from regimens.regimen.seams import seams
    from regimens.rules.possible import audit_with_rules
    from regimens.scenario import read_scenario
    from regimens.scenario.values import AS_WRITTEN, planned_arms
    from regimens.study.study import guides_of
    from regimens.yamlfile import read as read_yaml

    located = read_yaml(file)
    if "states" in located.data:
        model = model_in(located)
        yield f"a model of {_count(model.states, 'state')} and {_count(model.parameters, 'parameter')}, as it should be."
        return
    scenario = read_scenario(file)
    arms = planned_arms(scenario)
    audit_with_rules(arms, guides_of(scenario), scenario.subject, scenario.path)
    yield f"a scenario of {_count(arms, 'arm')} under {_count(scenario.models, 'model')}, as it should be."
    if scenario.search is not None:
        yield f"its search has {scenario.search.size(scenario.subject):,} schedules within the limits on totals and doses."
    for arm in arms:
        if arm.variant == AS_WRITTEN:
            yield from (f"Arm '{arm.name}', {seam.in_words}" for seam in seams(arm.regimen))


def _count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'s' * (len(things) != 1)}"


@commands.command()
@click.argument("file", metavar="[SCENARIO]", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="New HTML file. [default: explore.html, or explore-<scenario>.html]")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser when it is written.")
def explore(file: Path | None, out: Path | None, open_page: bool) -> None:
    """Write a page with sliders: schedules are changed and simulated in the browser, offline; no run is needed.

    It starts from the arms of the SCENARIO, under its models, and from every published regimen of the library; without a
    scenario, under every shipped model. Curves are those of a typical subject: the page gives no verdict.
    """
    from regimens.report import explore_page
    from regimens.scenario import read_scenario
    from regimens.study.folder import OutputExists, write_file

    scenario = None if file is None else read_scenario(file)
    page = out or Path("explore.html" if scenario is None else f"explore-{scenario.name}.html")
    if page.exists():
        raise OutputExists(page)
    write_file(explore_page(scenario), page)
    click.echo(f"Written to {page}")
    if open_page:
        click.launch(str(page))


@commands.command()
@click.argument("name", required=False)
def library(name: str | None) -> None:
    """List the published regimens, or show the one called NAME with its source and what its text means.

    A scenario takes one over with `use: NAME` in place of a regimen.
    """
    from regimens.evidence import entry
    from regimens.evidence import library as entries
    from regimens.evidence.listing import entry_lines, library_table
    from regimens.explain import explain as lines_of

    if name is None:
        results_console().print(library_table(entries()))
        return
    known = entry(name)
    for line in entry_lines(known):
        click.echo(line)
    if known.regimen is not None:
        click.echo()
        for line in lines_of(known.regimen, known.subject):
            click.echo(line)


@commands.command()
@click.argument("name", metavar="MODEL")
@click.option("--data", type=click.Path(path_type=Path), help="Responses to fit, in the columns of evidence/responses.csv.")
@click.option("--out", type=click.Path(path_type=Path), help="New folder. [default: results/fit-<model>-<date>]")
@click.option("--seed", type=click.IntRange(min=0), default=20260101, show_default=True, help="The same seed, the same draws.")
def fit(name: str, data: Path | None, out: Path | None, seed: int) -> None:
    """Fit MODEL (a shipped one, or a file) to published responses; write draws, summary, rows, profiles and checks.

    Rows of the role 'fit' are fitted. Parameters with an 'uncertainty' in the model file are estimated; that is their prior.
    Every study is then left out once and predicted by the others, and so are rows of the role 'check'.
    """
    import datetime
    from dataclasses import replace

    from regimens import shipped
    from regimens.fit import fit_table
    from regimens.fit.calibrate import fit as run
    from regimens.fit.checkfiles import read_sources
    from regimens.fit.sampling import Settings
    from regimens.model import find_model
    from regimens.study import folder as results

    model = find_model(name, values="declared")
    folder = out or results.free_folder(Path("results") / f"fit-{model.name}-{datetime.date.today().isoformat()}")
    if folder.exists():
        raise results.OutputExists(folder)
    responses = data or shipped.folder("evidence") / "responses.csv"
    with spinner(talk_console()) as progress:
        posterior, texts = run(model, responses, replace(Settings(), seed=seed), progress)
    results.write_folder(texts, folder)
    sources = read_sources(folder / "sources.csv") if "sources.csv" in texts else ()
    results_console().print(fit_table(posterior, sources))
    say(talk_console(), f"Written to {folder}")


@commands.command()
@click.argument("names", metavar="[MODEL]...", nargs=-1)
def validate(names: tuple[str, ...]) -> None:
    """Show how the fitted models (all that are shipped, or those named) predict every study while it is left out."""
    from regimens import shipped
    from regimens.fit.page import validation_page
    from regimens.fit.shippedchecks import shipped_checks

    click.echo(validation_page(*shipped_checks(tuple(dict.fromkeys(names)) or shipped.names("models"))), nl=False)


@commands.command()
def models() -> None:
    """List the models that are shipped."""
    from regimens.model.describe import model_list

    results_console().print(model_list())


@commands.command()
@click.argument("name")
def model(name: str) -> None:
    """Show the equations, parameters and sources of the model NAME (or of a model file)."""
    from regimens.model import find_model
    from regimens.model.describe import describe

    results_console().print(describe(find_model(name)))


@commands.command()
@click.argument("kind", type=click.Choice(["scenario", "model", "arms"]), default="scenario")
def schema(kind: str) -> None:
    """Print the JSON Schema of scenario or model files, for editors, or of exported arms."""
    from regimens.schemas import schema_text

    click.echo(schema_text(kind), nl=False)


def main() -> NoReturn:
    """Run the command line and exit with its code; no traceback unless `--debug` is among the arguments."""
    for stream in (sys.stdout, sys.stderr):
        bear_any_encoding(stream)
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_INPUT)
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo("\n".join(["Interrupted; no result was written.", *notes(error), *notes(error.__cause__)]), err=True)
        sys.exit(FAILED)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        say_error(error)
        sys.exit(exit_code(error))
    sys.exit(DONE)

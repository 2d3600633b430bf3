"""Every block of the README does what it says."""

import re
import shlex
import warnings
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from regimens.cli import commands
from regimens.model import load_model
from regimens.regimen import parse_regimen
from regimens.rules.possible import possible_totals
from regimens.rules.words import parse_rule
from regimens.scenario import Scenario, read_scenario
from regimens.study.study import guides_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_are_the_first_two_bash_blocks_and_ci_runs_just_those():
    main_job, tests = blocks("bash")
    assert main_job.strip().endswith(".venv/bin/regimens compare scenarios/seed_trials.yaml")
    assert tests.strip().endswith("scripts/check")
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "block 1" in run
    assert "block 2" in run


SMALLEST = {"--subjects": "2", "--draws": "2", "--finalists": "2"}
"""Values with which the commands of the README run here: the same options, and less to simulate."""


@pytest.mark.no_cover  # slow under the tracer, and the tests of each command run its lines
@pytest.mark.parametrize("line", [line for block in blocks("console") for line in block.splitlines()])
def test_every_command_of_the_readme_runs(line, monkeypatch, tmp_path):
    for folder in ("scenarios", "models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    prompt, name, *arguments = shlex.split(line)
    assert (prompt, name) == ("$", "regimens")
    arguments = [SMALLEST.get(before, word) for before, word in zip(["", *arguments], arguments, strict=False)]
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout


def test_every_regimen_of_the_table_of_words_can_be_read():
    table = README.partition("| In words | What it means |")[2].partition("\n\n")[0]
    texts = re.findall(r"^\| `([^`]+)`", table, flags=re.MULTILINE)
    assert len(texts) == 14
    for text in texts:
        assert parse_regimen(parse_regimen(text).in_words()) == parse_regimen(text)


@pytest.fixture(scope="module")
def notebook():
    """The Python of the README as the cells of a notebook, executed in an interpreter of its own."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in blocks("python")])
    with warnings.catch_warnings():
        # The kernel's own packages warn of what they will do one day.
        warnings.simplefilter("ignore")
        return NotebookClient(made, timeout=300, kernel_name="python3").execute()


def shown(cell):
    """Return what a cell shows, by kind; its printed text under "text"."""
    found = {}
    for output in cell.outputs:
        found |= {"text": output.text} if output.output_type == "stream" else output.data
    return found


def test_a_comparison_in_a_notebook_is_shown_as_its_answer_table(notebook):
    html = shown(notebook.cells[0])["text/html"]
    assert "<table" in html
    for said in ("every other day", "five days a month", "turnover", "21"):
        assert said in html
    assert "<script" not in html


def test_its_figures_are_those_of_plotly(notebook):
    figure = shown(notebook.cells[1])["application/vnd.plotly.v1+json"]
    assert {trace["name"] for trace in figure["data"] if "name" in trace} == {"every other day", "five days a month"}


def test_a_model_by_itself_gives_the_curve_of_comparisons(notebook):
    # The scenario's arm at the fitted values has the peak 3.823 (tests/model/test_fitted.py); the declared priors would give 2.2.
    assert shown(notebook.cells[2])["text"].startswith("highest reading 3.8")
    assert "treg_fold" in shown(notebook.cells[2])["text/html"]


def test_no_private_name_is_used_in_the_readme():
    assert [line for block in blocks("python") for line in block.splitlines() if re.search(r"[. ]_[a-z]", line)] == []


def test_the_scenario_of_the_readme_can_be_read(tmp_path):
    text = next(block for block in blocks("yaml") if "arms:" in block)
    file = tmp_path / "readme.yaml"
    file.write_text(text, encoding="utf-8")
    assert [arm.regimen.doses() for arm in read_scenario(file).arms] == [21, 15]


def test_the_rules_of_the_readme_can_be_followed_and_keep_their_limits():
    text = next(block for block in blocks("yaml") if "rules:" in block)
    more = "title: T\nmodels: [balance]\nhorizon: 20 weeks\npopulation: {subjects: 2, seed: 1}\nendpoints: [peak of treg_fold]\n"
    scenario = Scenario.from_text(f"{more}arms:\n{text}")
    (row,) = possible_totals(guides_of(scenario), scenario.subject)
    assert (row.planned, row.least, row.largest) == (20.0, 2.5, 21.0)


def test_every_rule_of_the_table_of_rules_can_be_read():
    table = README.partition("| A rule | What it does |")[2].partition("\n\n")[0]
    texts = re.findall(r"`([^`]+)`", "\n".join(line.rpartition("|")[0].rpartition("|")[0] for line in table.splitlines()))
    assert len(texts) == 9
    for text in texts:
        rule = text.replace("[", "").replace("]", "").replace("…", "treg_fold above 1").replace("1 , ", "1, ")
        assert parse_rule(rule, ("treg_fold",))


def test_the_own_data_of_the_readme_are_those_of_the_shipped_scenario():
    text = next(block for block in blocks("yaml") if block.startswith("observed:"))
    file = ROOT / "scenarios" / "own_data.yaml"
    assert text in file.read_text(encoding="utf-8")
    scenario = read_scenario(file)
    assert [(data.subjects, len(data.groups)) for data in scenario.own] == [(24, 0), (0, 4)]
    assert "made up" in scenario.description


def test_the_model_of_the_readme_can_be_loaded(tmp_path):
    text = next(block for block in blocks("yaml") if "states:" in block)
    file = tmp_path / "readme.yaml"
    file.write_text(text, encoding="utf-8")
    assert [state.name for state in load_model(file).states] == ["depot", "central", "treg_fold"]


def test_files_that_the_readme_links_to_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_outcomes_can_be_held_against_a_comparison_of_their_arms():
    text = next(block for block in blocks("yaml") if block.startswith("outcomes:"))
    arms = "arms: {five days: {regimen: 1 MIU SC daily x 5}, low dose: {regimen: 0.5 MIU SC daily x 5}}\n"
    scenario = Scenario.from_text(f"title: T\nmodels: [turnover]\nhorizon: 4 weeks\n{arms}endpoints: [peak of treg_fold]\n{text}")
    words = ["above 1", "above low dose", None]
    assert [outcome.condition and outcome.condition.in_words() for outcome in scenario.outcomes] == words
    assert [endpoint.words for endpoint in scenario.endpoints] == ["peak of treg_fold", "treg_fold at 12 days"]

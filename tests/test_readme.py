"""Every block of the README does what it says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from regimens.cli import commands
from regimens.model import load_model
from regimens.scenario import read_scenario

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_are_the_first_two_bash_blocks_and_ci_runs_just_those():
    main_job, tests = blocks("bash")
    assert main_job.strip().endswith(".venv/bin/regimens compare scenarios/seed_trials.yaml")
    assert tests.strip().endswith(".venv/bin/pytest")
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "block 1" in run
    assert "block 2" in run


@pytest.mark.parametrize("line", [line for block in blocks("console") for line in block.splitlines()])
def test_every_command_of_the_readme_runs(line, monkeypatch, tmp_path):
    for folder in ("scenarios", "models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    prompt, name, *arguments = shlex.split(line)
    assert (prompt, name) == ("$", "regimens")
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout


def test_the_python_example_runs(capsys):
    (code,) = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    exec(code, {})
    assert capsys.readouterr().out.startswith("21 doses, 21 MIU, highest reading ")


def test_the_scenario_of_the_readme_can_be_read(tmp_path):
    text = next(block for block in blocks("yaml") if "arms:" in block)
    file = tmp_path / "readme.yaml"
    file.write_text(text, encoding="utf-8")
    assert [arm.regimen.doses() for arm in read_scenario(file).arms] == [21, 15]


def test_the_model_of_the_readme_can_be_loaded(tmp_path):
    text = next(block for block in blocks("yaml") if "states:" in block)
    file = tmp_path / "readme.yaml"
    file.write_text(text, encoding="utf-8")
    assert [state.name for state in load_model(file).states] == ["depot", "central", "treg_fold"]


def test_files_that_the_readme_links_to_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

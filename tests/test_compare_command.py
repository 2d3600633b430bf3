"""`regimens compare` as a long run meets it: reduced, broken off, gone on with, on a full disk, beside another one."""

import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console

from regimens import report
from regimens.cli import main
from regimens.cli.console import bar
from regimens.scenario import read_scenario
from regimens.study import folder as results
from regimens.study.comparison import compare
from regimens.work import Store

SCENARIO = """\
title: Two schedules
models: [turnover]
horizon: 3 weeks
population: {subjects: 6, seed: 3, draws: 4}
arms:
  five days:
    regimen: 1 MIU SC daily x 5
  placebo:
    regimen: no dose
endpoints:
  - peak of treg_fold
"""
KNOWN = SCENARIO.replace(", draws: 4", "")
TYPICAL = SCENARIO.replace("population: {subjects: 6, seed: 3, draws: 4}\n", "")


@pytest.fixture(autouse=True)
def scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "small.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def whole_page(monkeypatch):
    """Let the page be a short text of the result: it takes longer than these runs. Returns the function that makes the whole one."""
    whole = report.page
    monkeypatch.setattr(report, "page", lambda comparison: comparison.to_frame("summary").to_csv())
    return whole


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `regimens compare small.yaml` in this process; return (exit code, stderr)."""

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["regimens", "compare", "small.yaml", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr().err

    return called


@pytest.fixture
def broken_off(command):
    """Run the command and stop it with an error when its first task is done; return (exit code, stderr)."""

    def called(error, *arguments):
        def stopped(scenario, *, executor, store, progress):
            def heard(done, total):
                progress(done, total)
                if done == 1:
                    raise error

            return compare(scenario, executor=executor, store=store, progress=heard)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("regimens.study.comparison.compare", stopped)
            return command(*arguments)

    return called


def hidden():
    return sorted(path.as_posix() for path in Path().glob("**/.*"))


def contents(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def began(text):
    """Let the kept run have begun at another time."""
    (file,) = Path().glob("**/.unfinished-*/run.json")
    record = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**record, "began": text}), encoding="utf-8")


def test_a_run_that_was_interrupted_goes_on_and_ends_with_the_same_bytes(command, broken_off, whole_page, monkeypatch):
    monkeypatch.setattr(report, "page", whole_page)
    command("--out", "unbroken")
    code, said = broken_off(KeyboardInterrupt(), "--out", "result")
    assert code == 1
    assert said.lstrip("\n") == (
        "Interrupted; no result was written.\n1 finished task is kept: the same command with `--resume` goes on from there.\n"
    )
    assert not Path("result").exists()
    code, said = command("--out", "result", "--resume")
    first, *others = said.splitlines()
    assert (code, others) == (0, ["Written to result/report.html"])
    assert first.startswith("Going on with the run of 20")
    assert first.endswith(": 1 finished task is kept.")
    assert contents("result") == contents("unbroken")
    assert hidden() == []


def test_a_run_that_goes_on_after_midnight_has_the_day_on_which_it_began(command, broken_off):
    broken_off(KeyboardInterrupt())
    began("2026-01-31T23:59:30+00:00")
    command("--resume")
    (folder,) = Path("results").iterdir()
    assert folder.name.startswith("small-2026-01-31-")
    assert json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["created"] == "2026-01-31"


def test_without_resume_it_is_said_what_was_dropped(command, broken_off):
    broken_off(KeyboardInterrupt(), "--out", "result")
    assert command("--out", "result") == (
        0,
        "1 finished task is dropped of a run that was broken off; `--resume` would have gone on with it.\n"
        "Written to result/report.html\n",
    )


def test_resume_without_anything_kept_says_that_it_begins_anew(command):
    assert command("--out", "result", "--resume") == (
        0,
        "Nothing is kept of a run that was broken off; a new one begins.\nWritten to result/report.html\n",
    )


def test_a_scenario_that_was_changed_meanwhile_is_not_gone_on_with(command, broken_off, scenario):
    broken_off(KeyboardInterrupt(), "--out", "result")
    before = read_scenario(Path("small.yaml"))
    scenario.write_text(SCENARIO.replace("1 MIU", "2 MIU"), encoding="utf-8")
    after = read_scenario(Path("small.yaml"))
    code, said = command("--out", "result", "--resume")
    assert code == 2
    assert said == (
        f"{results.unfinished_folder(before, Path('result'))}: the finished tasks in this folder belong to another run and cannot be resumed. "
        f"Differences:\n  scenario: '{before.digest}' there, '{after.digest}' now\n"
        "Leave out `--resume` to start a new run; that deletes these tasks.\n"
    )


def test_a_quick_look_leaves_the_long_run_alone(command, broken_off):
    broken_off(KeyboardInterrupt(), "--out", "result")
    assert command("--out", "look", "--subjects", 2)[0] == 0
    assert broken_off(KeyboardInterrupt(), "--out", "result", "--draws", 2)[0] == 1
    assert ": 1 finished task is kept.\n" in command("--out", "result", "--resume")[1]


def test_two_runs_of_one_comparison_do_not_go_on_at_once(command):
    folder = results.unfinished_folder(read_scenario(Path("small.yaml")), Path("result"))
    with Store.open(folder, {}):
        for options in ([], ["--resume"]):
            assert command("--out", "result", *options) == (
                2,
                f"{folder}: another run of the same comparison uses this folder (process {os.getpid()}, this one). "
                "Wait until it has ended, or name another folder with `--out`.\n",
            )


def test_a_disk_that_is_full_when_the_result_is_written_costs_no_finished_task(command, monkeypatch):
    written = results._write

    def full(path, text):
        written(path, text)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(results, "_write", full)
        code, said = command("--out", "result")
    assert code == 1
    assert said.startswith("The disk: No space left on device.\n")
    assert said.endswith(" kept: the same command with `--resume` goes on from there.\n")
    assert not Path("result").exists()
    assert [name for name in hidden() if "/" in name] == []
    assert command("--out", "result", "--resume")[0] == 0
    assert hidden() == []


def test_tasks_that_the_disk_does_not_take_are_said_and_the_run_ends_well(command, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real = Store.save

    def save(store, key, result):
        with monkeypatch.context() as patch:
            patch.setattr("regimens.work.store._write", full)
            real(store, key, result)

    monkeypatch.setattr(Store, "save", save)
    code, said = command("--out", "result", "--workers", 1)
    first, last = said.splitlines()
    assert code == 0
    assert " finished tasks could not be kept in .unfinished-result-" in first
    assert first.endswith(": No space left on device.")
    assert last == "Written to result/report.html"
    assert hidden() == []


@pytest.mark.parametrize("out", [("--out", "result"), ()])
def test_a_run_that_was_killed_after_its_result_was_written_has_ended(command, monkeypatch, out):
    with monkeypatch.context() as patch:
        patch.setattr(Store, "remove", lambda store: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            command(*out)
    (result,) = [Path("result")] if out else [path for path in Path("results").iterdir() if not path.name.startswith(".")]
    before = contents(result)
    assert len(hidden()) == 1
    code, said = command(*out, "--resume")
    assert (code, said) == (0, f"The run had ended; its result is in {result if out else result.resolve()}.\n")
    assert contents(result) == before
    assert hidden() == []


def test_what_a_run_left_that_had_ended_is_cleared_away_by_the_next_one(command, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Store, "remove", lambda store: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            command("--out", "result")
    assert command("--out", "result") == (2, "result: exists already. Name a new one; nothing is overwritten.\n")
    assert hidden() == []


def test_a_reduced_run_says_so_in_its_record(command):
    command("--out", "result", "--subjects", 2, "--draws", 3)
    record = json.loads(Path("result/provenance.json").read_text(encoding="utf-8"))
    assert record["command"] == "regimens compare small.yaml --subjects 2 --draws 3"


def test_a_result_without_subjects_has_no_table_of_them_and_says_how_it_was_made(command, whole_page, monkeypatch):
    monkeypatch.setattr(report, "page", whole_page)
    command("--out", "whole")
    assert command("--out", "result", "--no-subjects")[0] == 0
    whole, result = contents("whole"), contents("result")
    assert set(whole) - set(result) == {"endpoints.csv.gz"}
    assert all(content.replace(b" --no-subjects", b"") == whole[name] for name, content in result.items())
    assert json.loads(result["provenance.json"])["command"] == "regimens compare small.yaml --no-subjects"


def test_a_result_may_have_its_endpoints_as_parquet(command):
    pytest.importorskip("pyarrow")
    assert command("--out", "result", "--format", "parquet")[0] == 0
    assert sorted(name for name in contents("result") if "endpoints" in name) == ["endpoints.parquet"]
    record = json.loads(Path("result/provenance.json").read_text(encoding="utf-8"))
    assert record["command"] == "regimens compare small.yaml --format parquet"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xlsx"], "Error: Invalid value for '--format': 'xlsx' is not one of 'csv', 'parquet'.\n"),
        (["--format", "csv", "--no-subjects"], "Error: --format is how the subjects' endpoints are written; --no-subjects leaves them out. Use one of them.\n"),
    ],
)  # fmt: skip
def test_a_format_that_cannot_be_written_is_refused_before_anything_runs(options, said, command):
    code, whole = command("--out", "result", *options)
    assert code == 2
    assert whole.endswith(said)
    assert sorted(path.name for path in Path().iterdir()) == ["small.yaml"]


def test_parquet_without_its_package_is_refused_before_anything_runs(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert command("--out", "result", "--format", "parquet") == (
        2,
        "Parquet needs the package pyarrow: pip install 'regimens[data]'.\n",
    )
    assert sorted(path.name for path in Path().iterdir()) == ["small.yaml"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (TYPICAL, ["--subjects", 9], "--subjects 9 is of no use, for the scenario simulates one typical subject. Add for instance `population: {subjects: 9, seed: 1}`."),
        (TYPICAL, ["--draws", 9], "--draws 9 is of no use, for the scenario simulates one typical subject. Add for instance `population: {subjects: 50, seed: 1, draws: 9}`."),
        (KNOWN, ["--draws", 9], "--draws 9 is of no use, for the scenario takes the parameters as known. Add `draws: 9` to its population."),
    ],
)  # fmt: skip
def test_what_cannot_be_reduced_is_refused_with_what_to_add(text, options, said, command, scenario):
    scenario.write_text(text, encoding="utf-8")
    assert command("--out", "result", *options) == (2, f"small.yaml: {said}\n")
    assert sorted(path.name for path in Path().iterdir()) == ["small.yaml"]


def test_workers_here_and_on_a_cluster_are_not_asked_for_at_once(command):
    code, said = command("--workers", 2, "--cluster", "tcp://127.0.0.1:1")
    assert code == 2
    assert "--workers counts tasks on this machine; a cluster has workers of its own. Leave one of them out." in said


def test_the_bar_shows_how_much_is_done_and_only_where_somebody_looks():
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    with bar(screen) as progress:
        progress(3, 12)
    assert "3/12" in screen.file.getvalue()
    pipe = Console(file=io.StringIO(), width=100)
    with bar(pipe) as progress:
        progress(3, 12)
    assert pipe.file.getvalue() == ""

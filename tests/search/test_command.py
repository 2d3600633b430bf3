"""`regimens search` as a user meets it, and its documentation."""

import json
import sys
from pathlib import Path

import pytest

from regimens.cli import main
from regimens.scenario import read_scenario
from regimens.search.export import documentation
from regimens.search.run import BrokenOff, find_schedules

from . import small

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run `regimens search small.yaml` in this process; return (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def called(text, *arguments):
        Path("small.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["regimens", "search", "small.yaml", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return called


def test_a_search_writes_a_page_tables_and_a_scenario_of_its_answer(command):
    code, out, err = command(small.TEXT, "--out", "found", "--finalists", "6")
    assert (code, err) == (0, "Written to found/report.html\n")
    assert "The aim is the highest mean Treg, fold of baseline to 3 weeks, judged by the largest" in " ".join(out.split())
    assert sorted(path.name for path in Path("found").iterdir()) == [
        "answer.yaml", "provenance.json", "report.html", "schedules.csv", "screened.csv.gz", "under_models.csv",
    ]  # fmt: skip
    provenance = json.loads(Path("found/provenance.json").read_text(encoding="utf-8"))
    assert provenance["command"] == "regimens search small.yaml --finalists 6"
    assert provenance["search"]["confirmed"] == 6
    assert "best over models" in read_scenario("found/answer.yaml").arms[0].name


def test_a_named_folder_that_exists_is_refused(command):
    Path("found").mkdir()
    code, out, err = command(small.TEXT, "--out", "found")
    assert (code, out, err) == (2, "", "found: exists already. Name a new one; nothing is overwritten.\n")


def test_a_scenario_without_a_search_ends_with_exit_code_2(command):
    code, out, err = command(small.TEXT[: small.TEXT.index("search:")])
    assert (code, out) == (2, "")
    assert err == "small.yaml: there is no 'search' in this scenario. Add what may vary and the aim.\n"
    assert not Path("results").exists() or not any(Path("results").iterdir())


def test_a_first_look_takes_fewer_draws_and_says_so(command):
    code, out, _ = command(small.TEXT, "--out", "found", "--draws", "3", "--subjects", "2")
    assert code == 0
    assert "on two subjects in three parameter draws." in " ".join(out.split())
    assert json.loads(Path("found/provenance.json").read_text(encoding="utf-8"))["reduced"] == {
        "subjects": [3, 2],
        "draws": [24, 3],
    }


def test_check_says_how_many_schedules_a_search_has(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(small.TEXT, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["regimens", "check", "small.yaml"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.splitlines()[1] == (
        "small.yaml: its search has 15 schedules within the limits on totals and doses."
    )


def test_the_documentation_is_what_the_code_declares():
    assert (ROOT / "docs" / "search.md").read_text(encoding="utf-8") == documentation()


def test_the_shipped_search_has_the_space_of_its_title():
    search = read_scenario(ROOT / "scenarios" / "find_schedule.yaml").search
    assert search.exact_limits[0].words == "total at most 21 MIU"
    assert str(search.space.within) == "84 days"


def test_ctrl_c_writes_what_is_known_beside_the_result_and_says_where(command, monkeypatch):
    def stopped(*_):
        raise BrokenOff(find_schedules(small.scenario()))

    monkeypatch.setattr("regimens.cli.searching._found", stopped)
    code, out, err = command(small.TEXT, "--out", "found")
    assert (code, out) == (1, "")
    assert err == "\nInterrupted; no result was written.\nWhat is known is in found-so-far/report.html.\n"
    assert Path("found-so-far/schedules.csv").is_file()
    assert not Path("found").exists()

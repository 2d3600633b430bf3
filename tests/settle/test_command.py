"""The command `regimens settle`, its page, its tables and its documentation."""

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from regimens.cli import main
from regimens.report.settling import page
from regimens.report.text import settling
from regimens.settle import BrokenOff, settle_pairs
from regimens.settle.export import documentation
from regimens.settle.rows import TABLES
from regimens.work import local
from tests.settle.small import TEXT, changed, scenario

ROOT = Path(__file__).parents[2]
WHOLE = ("  trials: 40", "  trials: 40\n  lloq: 1.1\n  dropout: 0.2\n  responders: [above 2 on any day]")


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(text, *options):
        Path("s.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["regimens", "settle", "s.yaml", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def found():
    return settle_pairs(scenario(WHOLE))


def test_the_command_writes_a_page_and_tables(command):
    code, out, err = command(TEXT, "--out", "found")
    assert (code, err) == (0, "Written to found/report.html\n")
    assert " ".join(out.split()).startswith(
        "Would a trial that samples ‘Treg, fold of baseline’ settle which arm is better on ‘mean Treg, fold of baseline to 3 weeks’? "
        "40 trials of each of two designs for one pair of arms, simulated under two models (turnover and effect_turnover) with 20 "
        "parameter draws each. Design"
    )
    names = [f"{table.name}.csv" for table in TABLES]
    assert sorted(path.name for path in Path("found").iterdir()) == sorted([*names, "provenance.json", "report.html"])
    for table in TABLES:
        frame = pd.read_csv(f"found/{table.name}.csv")
        assert tuple(frame.columns) == table.header
        assert len(frame)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_run_of_the_same_command_gives_the_same_bytes(command):
    command(changed(WHOLE), "--out", "one", "--workers", "1")
    command(changed(WHOLE), "--out", "two", "--workers", "2")
    for path in Path("one").iterdir():
        assert path.read_bytes() == Path("two", path.name).read_bytes()


def test_ctrl_c_writes_what_is_known_beside_the_result_and_says_where(command, monkeypatch, found):
    def stopped(*_):
        raise BrokenOff(found)

    monkeypatch.setattr("regimens.cli.settling._found", stopped)
    code, out, err = command(TEXT, "--out", "found")
    assert (code, out) == (1, "")
    assert err == "\nInterrupted; no result was written.\nWhat is known is in found-so-far/report.html.\n"
    assert Path("found-so-far/designs.csv").is_file()
    assert not Path("found").exists()


def test_workers_of_this_machine_and_of_a_cluster_are_not_both_asked_for(command):
    code, _, err = command(TEXT, "--workers", "1", "--cluster", "tcp://host:8786")
    assert code == 2
    assert err.splitlines()[-1] == (
        "Error: --workers counts tasks on this machine; a cluster has workers of its own. Leave one of them out."
    )


def test_a_first_look_says_what_it_leaves_out(command):
    _, out, _ = command(changed(("draws: 20", "draws: 30")), "--out", "found", "--draws", "20", "--subjects", "2")
    assert " ".join(out.split()).startswith(
        "A look at reduced size: 2 of 4 subjects and 20 of 30 draws. Run it in full before you conclude anything. Would a trial"
    )


def test_a_run_that_was_broken_off_says_how_many_trials_it_has():
    def stop(done, total):
        if (done, total) == (3, 20):
            raise KeyboardInterrupt

    with pytest.raises(BrokenOff) as stopped, local(1) as executor:
        settle_pairs(scenario(), executor=executor, progress=stop, chunk=10)
    fewest = min(row.trials for row in stopped.value.found.designs)
    assert settling.reduced(stopped.value.found) == (
        f"A look at reduced size: {fewest} of 40 trials and 0 of 3 sampling days. Run it in full before you conclude anything."
    )


def test_the_page_says_the_answer_and_is_the_same_again(found):
    made = page(found)
    assert made == page(found)
    for said in (settling.opening(found), *settling.answers(found), settling.how(found)):
        assert said.replace("'", "&#39;") in made
    assert settling.how(found).endswith(
        " Samples below the lower limit of quantification of 1.1 count with the probability of being below it; in the t-test they "
        "are half of it, and no responders."
    )
    for heading in (
        "What is known before a trial",
        "Which design settles the pair",
        "What each sampling day says",
        "Power of tests",
    ):
        assert heading in made


def test_answers_name_the_cheapest_design_that_settles_often_enough():
    some = settle_pairs(
        scenario(
            ("  trials: 40", "  trials: 40\n  wanted: 0.0001"), ("{subjects: 12, days: [21]}", "{subjects: 400, days: [21]}")
        )
    )
    enough = [row for row in some.designs if row.settled]
    best = min(enough, key=lambda row: row.samples)
    said = next(settling.answers(some))
    assert f"The cheapest design that settles it in <1\u00a0% of the trials is ‘{best.design}’ (" in said


def test_pairs_that_need_no_trial_are_said():
    named = settle_pairs(scenario(("[[daily, twice]]", "[[daily, none]]")))
    assert list(settling.answers(named)) == [
        "‘daily’ or ‘none’: no trial needed. Every model gives ‘daily’ a probability of at least 95 % of being better."
    ]
    assert settling.opening(named) == (
        "Would a trial settle which arm is better on ‘mean Treg, fold of baseline to 3 weeks’? Looked at under two models "
        "(turnover and effect_turnover) with 20 parameter draws each."
    )
    assert "Which design settles the pair" not in page(named)


def test_with_one_model_it_is_said_what_that_means():
    one = settle_pairs(scenario(("[turnover, effect_turnover]", "[effect_turnover]"), ("draws: 20", "draws: 24")))
    assert list(settling.answers(one))[-1] == settling.ONE_MODEL
    assert {row.model for row in one.tests} == {"all models"}


def test_the_documentation_is_what_the_code_declares():
    written = (ROOT / "docs" / "settle.md").read_text(encoding="utf-8")
    assert written == documentation()
    (example,) = re.findall(r"^```yaml\n(settle:\n.*?)^```", written, flags=re.DOTALL | re.MULTILINE)
    assert (
        len(scenario((TEXT[TEXT.index("settle:") :], example), ("3 weeks", "12 weeks"), ("twice:", "weekly:")).settle.designs)
        == 2
    )

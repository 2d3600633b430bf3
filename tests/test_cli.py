"""The command line as users meet it: what is printed where, exit codes, nothing half-written."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from regimens.cli import main
from regimens.study import folder as results
from regimens.study.export import ALWAYS

SMALL = """\
title: Two schedules
models: [turnover]
horizon: 6 weeks
arms:
  five days:
    regimen: 1 MIU SC daily x 5
    expect: {total: 5 MIU, doses: 5}
  placebo:
    regimen: no dose
endpoints:
  - peak of treg_fold
  - treg_fold at end of cycle 1
  - mean of treg_fold per MIU
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def run(monkeypatch, capsys, *arguments):
    """Run the command line in this process; return (exit code, stdout, stderr)."""
    monkeypatch.setattr(sys, "argv", ["regimens", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


@pytest.fixture(scope="module")
def piped(tmp_path_factory):
    """A run of `regimens compare` in a process of its own, whose output is a pipe that takes ASCII only; with its folder."""
    folder = tmp_path_factory.mktemp("piped")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "regimens", "compare", "small.yaml", "--out", "result"]
    return subprocess.run(command, capture_output=True, cwd=folder, env=environment, check=False), folder


@pytest.fixture(scope="module")
def written(piped):
    """The folder into which that run wrote its result."""
    return piped[1] / "result"


def test_compare_writes_one_folder_with_every_file(piped, written):
    done, folder = piped
    assert done.returncode == 0
    assert b"five days" in done.stdout
    assert done.stderr == b"Written to result/report.html\n"
    assert sorted(path.name for path in written.iterdir()) == [
        "contrasts.csv", "endpoints.csv.gz", "events.csv", "exposure.csv", "provenance.json", "report.html", "statuses.csv",
        "summary.csv", "trajectories.csv.gz", "verdicts.csv",
    ]  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == ["result", "small.yaml"]


def test_the_tables_have_the_columns_that_are_promised(written):
    columns = {name: ",".join(pd.read_csv(next(written.glob(f"{name}.csv*"))).columns) for name in ALWAYS}
    columns["endpoints"] = ",".join(pd.read_csv(written / "endpoints.csv.gz").columns)
    assert columns == {
        "trajectories": "arm,model,observable,unit,time_h,median,low,high,confidence_low,confidence_high",
        "endpoints": "arm,model,draw,subject,peak of treg_fold,treg_fold at end of cycle 1,mean of treg_fold per MIU,status,id",
        "summary": "arm,model,endpoint,n,median,low,high,unit,confidence_low,confidence_high,missing",
        "contrasts": "model,endpoint,arm,against,unit,difference,difference_low,difference_high,ratio,ratio_low,ratio_high,"
        "subject_low,subject_high,probability,better_off,n,draws,better,equal,worse,relevantly_better,relevantly_worse,"
        "prior",
        "verdicts": "endpoint,arm,against,verdict,winner,reason,probabilities,priors,structural,weighted,weighted_probability,"
        "weighted_low,weighted_high",
        "statuses": "arm,model,status,subjects",
        "exposure": "arm,drug,doses,amount,total,unit,cycles,first_h,last_h,days_on,span_days,per_week,peak_7_days,expected,ok,"
        "days_off,total_ug,total_nmol,people_low,people_high",
        "events": "arm,drug,cycle,dose,time_h,amount,basis,route,duration_h,given",
    }


def test_what_an_arm_does_not_have_is_blank_in_it_alone(written):
    table = pd.read_csv(written / "endpoints.csv.gz").set_index("arm")
    blank = table.drop(columns="id").isna()
    assert blank.columns[blank.loc["placebo"]].tolist() == ["treg_fold at end of cycle 1", "mean of treg_fold per MIU"]
    assert not blank.loc["five days"].any()
    assert set(table["status"]) == {"ok"}


def test_provenance_has_what_is_needed_to_repeat_the_run(written):
    record = json.loads((written / "provenance.json").read_text(encoding="utf-8"))
    assert set(record) == {
        "version", "seed", "subjects", "draws", "verdict rule", "runs", "runs behind the bands of the curves", "scenario", "models", "ledgers", "solver",
        "packages", "created", "command",
    }  # fmt: skip
    assert record["solver"]["steps"] > 0
    assert record["solver"]["failed"] == 0
    assert len(record["scenario"]["sha256"]) == 64


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_the_same_run_gives_the_same_bytes_with_one_worker_and_with_two(scenario, monkeypatch, capsys):
    text = SMALL.replace("arms:", "population: {subjects: 20, seed: 3}\narms:")
    scenario.write_text(text, encoding="utf-8")
    for workers in (1, 2):
        run(monkeypatch, capsys, "compare", "small.yaml", "--out", f"result{workers}", "--workers", workers)
    for path in Path("result1").iterdir():
        assert path.read_bytes() == (Path("result2") / path.name).read_bytes(), path.name


def test_the_default_folder_has_name_date_and_hash_and_never_overwrites(scenario, monkeypatch, capsys):
    for _ in range(2):
        run(monkeypatch, capsys, "compare", "small.yaml")
    first, second = sorted(path.name for path in Path("results").iterdir())
    assert first.startswith("small-2")
    assert second == f"{first}-2"


def test_a_named_folder_that_exists_is_refused_and_left_alone(scenario, monkeypatch, capsys):
    Path("there").mkdir()
    code, out, err = run(monkeypatch, capsys, "compare", "small.yaml", "--out", "there")
    assert (code, out, err) == (2, "", "there: exists already. Name a new one; nothing is overwritten.\n")
    assert list(Path("there").iterdir()) == []


def test_a_wrong_total_ends_the_run_before_anything_is_simulated(scenario, monkeypatch, capsys):
    scenario.write_text(SMALL.replace("5 MIU, doses: 5", "6 MIU, doses: 5"), encoding="utf-8")
    monkeypatch.setattr("regimens.study.comparison.run", lambda *given: pytest.fail("a task was begun"))
    code, out, err = run(monkeypatch, capsys, "compare", "small.yaml", "--out", "result")
    assert (code, out) == (3, "")
    assert err == "small.yaml:7: Arm 'five days': 5 doses of 1 MIU are 5 MIU, but `expect` says 6 MIU.\n"
    assert not Path("result").exists()


def test_a_full_disk_leaves_nothing_behind_and_exits_with_1(scenario, monkeypatch, capsys):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(results.os, "fsync", full)
    code, _, err = run(monkeypatch, capsys, "compare", "small.yaml", "--out", "result")
    assert (code, err) == (1, "The disk: No space left on device.\n")
    assert sorted(path.name for path in Path().iterdir()) == ["small.yaml"]


def test_a_missing_file_is_said_in_one_line(scenario, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, "compare", "missing.yaml")
    assert (code, out) == (2, "")
    assert err.startswith("missing.yaml: ")
    assert "Traceback" not in err


def test_only_debug_shows_a_traceback(scenario, monkeypatch):
    def broken(scenario, **how):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("regimens.study.comparison.compare", broken)
    monkeypatch.setattr(sys, "argv", ["regimens", "--debug", "compare", "small.yaml"])
    with pytest.raises(RuntimeError, match="a fault of ours"):
        main()


def test_a_fault_of_ours_is_one_line_and_exit_code_1(scenario, monkeypatch, capsys):
    def broken(scenario, **how):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("regimens.study.comparison.compare", broken)
    code, _, err = run(monkeypatch, capsys, "compare", "small.yaml")
    assert (code, err) == (
        1, "regimens stopped, and should not have: RuntimeError: a fault of ours. `regimens --debug ...` shows where.\n",
    )  # fmt: skip


def test_exposure_prints_the_table_and_writes_it_as_csv(scenario, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "exposure", "small.yaml", "--csv", "exposure.csv")
    assert code == 0
    assert "5 MIU" in out
    assert pd.read_csv("exposure.csv").total.tolist() == [5.0]
    code, _, err = run(monkeypatch, capsys, "exposure", "small.yaml", "--csv", "exposure.csv")
    assert (code, err) == (2, "exposure.csv: exists already. Name a new one; nothing is overwritten.\n")


def test_exposure_says_what_the_horizon_cuts_off(scenario, monkeypatch, capsys):
    scenario.write_text(SMALL.replace("6 weeks", "3 days").replace("  - treg_fold at end of cycle 1\n", ""), encoding="utf-8")
    _, _, err = run(monkeypatch, capsys, "exposure", "small.yaml")
    assert err == "Arm 'five days': 2 of 5 doses lie at or after the horizon of 3 days and are not given (2 MIU of il2).\n"


def test_exposure_says_what_rules_can_lead_to_and_which_limits_they_can_break(scenario, monkeypatch, capsys):
    rules = (
        "    rules:\n      decide: before each dose\n      look at: {treg_fold: {}}\n      rules: [raise one level if treg_fold below 2]\n"
        "      levels: [1 MIU, 2 MIU]\n      limits: [total at most 8 MIU]\n  placebo:"
    )
    scenario.write_text(SMALL.replace("  placebo:", rules), encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, "exposure", "small.yaml")
    assert code == 3
    assert out.endswith(
        "Arm 'five days': its rules can lead to 5 MIU (5 doses of 1 MIU) at the least and 9 MIU (1 dose of 1 MIU, then 4 doses of "
        "2 MIU) at the most.\n"
    )
    said = (
        "but the rules can lead to 9 MIU (1 dose of 1 MIU, then 4 doses of 2 MIU). "
        "The rule 'stop at a total of 8 MIU' makes it hold."
    )
    assert err == f"small.yaml:13: Arm 'five days': `limits` says 'total at most 8 MIU', {said}\n"
    assert run(monkeypatch, capsys, "check", "small.yaml")[0] == 3


def test_check_reads_scenarios_and_models_and_names_every_bad_one(scenario, monkeypatch, capsys):
    Path("bad.yaml").write_text(SMALL.replace("1 MIU", "1 MUI"), encoding="utf-8")
    Path("wrong.yaml").write_text(SMALL.replace("total: 5", "total: 4"), encoding="utf-8")
    assert run(monkeypatch, capsys, "check", "small.yaml")[:2] == (
        0, "small.yaml: a scenario of 2 arms under 1 model, as it should be.\n",
    )  # fmt: skip
    code, out, err = run(monkeypatch, capsys, "check", "bad.yaml", "wrong.yaml", "small.yaml")
    assert code == 2
    assert out == "small.yaml: a scenario of 2 arms under 1 model, as it should be.\n"
    assert "bad.yaml:6: 'MUI' is not a unit of amount." in err
    assert "wrong.yaml:7: Arm 'five days': 5 doses of 1 MIU are 5 MIU, but `expect` says 4 MIU.\n" in err
    assert run(monkeypatch, capsys, "check", "wrong.yaml")[0] == 3


def test_explain_gives_sentence_days_totals_and_calendar(scenario, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "explain", "(1 MIU sc every other day for 2 weeks, rest 14 days) x 3")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "(1 MIU SC every other day x 7, rest 14 days) x 3"
    assert "il2: 21 doses of 1 MIU are 21 MIU." in lines
    assert "  First dose      day 0 (protocol day 1)" in lines
    assert "  Last dose       day 68 (protocol day 69)" in lines
    assert "  Cycles start    days 0, 28, 56" in lines
    assert "   9    63        64   . 1 . 1 . 1 ." in lines


def test_explain_shows_both_ends_of_a_range(scenario, monkeypatch, capsys):
    _, out, _ = run(monkeypatch, capsys, "explain", "(1.5 MIU SC daily x 5, rest 9-16 days) x 4")
    assert "  Cycles start    days 0, 14, 28, 42" in out
    assert "  Cycles start    days 0, 21, 42, 63" in out


def test_explain_takes_the_size_of_the_subject(scenario, monkeypatch, capsys):
    text = "tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
    assert "1 dose of 560 mg is 560 mg at 70 kg." in run(monkeypatch, capsys, "explain", text)[1]
    assert "1 dose of 800 mg is 800 mg at 110 kg." in run(monkeypatch, capsys, "explain", text, "--weight", "110 kg")[1]


def test_explain_points_at_a_near_miss(scenario, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, "explain", "1 MUI SC daily x 5")
    assert (code, out) == (2, "")
    assert err == (
        "'MUI' is not a unit of amount.\n    1 MUI SC daily x 5\n      ^\n"
        "  Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).\n"
    )


SEAM = (
    "il2: the interval changes without a rest. '1 MIU SC weekly x 4' starts on day 5 (protocol day 6), 1 day after the last dose "
    "before it. To have it start on day 11 (protocol day 12), one new interval (7 days) after that dose, write 'rest 6 days' "
    "between the two courses."
)


def test_explain_and_check_say_where_an_interval_changes_without_a_rest(scenario, monkeypatch, capsys):
    text = "1 MIU SC daily x 5, then weekly x 4"
    _, out, _ = run(monkeypatch, capsys, "explain", text)
    assert out.splitlines()[0] == "1 MIU SC daily x 5, 1 MIU SC weekly x 4"
    assert SEAM in out.splitlines()
    Path("seam.yaml").write_text(SMALL.replace("1 MIU SC daily x 5", text).replace("{total: 5 MIU, doses: 5}", "{total: 9 MIU}"))
    code, out, err = run(monkeypatch, capsys, "check", "seam.yaml")
    assert (code, err) == (0, "")
    assert out == (
        "seam.yaml: a scenario of 2 arms under 1 model, as it should be.\n"
        f"seam.yaml: Arm 'five days', {SEAM}\n"
    )  # fmt: skip


def test_explain_takes_the_weekday_of_day_0(scenario, monkeypatch, capsys):
    text = "1 MIU SC on Mon, Wed and Fri x 6"
    _, out, _ = run(monkeypatch, capsys, "explain", text)
    assert out.startswith("1 MIU SC 3 times a week x 6\n")
    assert out.endswith("\n\nDay 0 is taken to be a Monday; --day-0 states another weekday.\n")
    code, out, _ = run(monkeypatch, capsys, "explain", text, "--day-0", "Tuesday")
    assert "taken" not in out
    assert (code, out.splitlines()[0]) == (0, "from protocol day 2, 1 MIU SC on days 0, 2 and 5 of each week x 6")
    assert run(monkeypatch, capsys, "explain", text, "--day-0", "Tuesdy") == (
        2, "", "'Tuesdy' is not a weekday. "
        "Weekdays are Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.\n",
    )  # fmt: skip


def test_no_dose_is_explained_too(scenario, monkeypatch, capsys):
    assert run(monkeypatch, capsys, "explain", "no dose")[1] == "no dose\n\nNo dose is given: total 0.\n"


def test_an_unknown_command_or_option_is_a_wrong_input(scenario, monkeypatch, capsys):
    assert run(monkeypatch, capsys, "compair")[0] == 2
    assert run(monkeypatch, capsys, "compare", "small.yaml", "--outt", "x")[0] == 2


def test_piped_output_has_no_colour_and_no_bar(piped):
    assert b"\x1b" not in piped[0].stdout + piped[0].stderr
    assert piped[0].stderr == b"Written to result/report.html\n"


def test_shown_help_names_every_command(scenario, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "--help")
    assert code == 0
    for command in ("compare", "search", "settle", "exposure", "check", "explain", "models", "model", "schema"):
        assert f"  {command} " in out
    assert "Nothing here is for treatment decisions." in out


def test_the_library_lists_regimens_and_beneath_them_what_is_left_open(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = run(monkeypatch, capsys, "library")
    assert code == 0
    closed, left_open = out.split("Left open by their sources, and not completed:")
    row = next(line.split() for line in closed.splitlines() if "koreth-2011-1" in line)
    assert " ".join(row) == "koreth-2011-1 1 MIU/m2 SC daily x 56 100.8 MIU (1.8 m2) Koreth 2011"
    assert "lite-1 (Lim 2019/2023 (LITE))" in left_open
    assert "lite-1" not in closed


def test_one_regimen_of_the_library_is_shown_with_its_source_and_explained(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "library", "lilacs-1.5")
    assert code == 0
    assert (
        out
        == """\
lilacs-1.5
  Study         Zhao 2022 (LILACS)
  Citation      Zhao TX 2022, NEJM Evid
  DOI           10.1056/EVIDoa2100009 (to be verified)
  Registration  NCT03113773
  Population    acute coronary syndrome without ST elevation
  Arm           part B
  With          standard care
  Read from     abstract
  Total         7.5 MIU

1.5 MIU SC daily x 5

il2: 5 doses of 1.5 MIU are 7.5 MIU.
  Mass            458.3 ug, 29.96 nmol of aldesleukin
  First dose      day 0 (protocol day 1)
  Last dose       day 4 (protocol day 5)
  Days on, off    5 with a dose, 0 without, over 5 days of treatment
  Mean per week   10.5 MIU
  Highest 7 days  7.5 MIU

Doses a day            il2
week  days  protocol   0 1 2 3 4 5 6
   0     0         1   1 1 1 1 1 . .
"""
    )


def test_an_open_regimen_of_the_library_says_why_and_an_unknown_one_ends_with_code_2(monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, "library", "tilt")
    assert code == 0
    assert out.splitlines()[-1] == "  Left open     One or two 5-day courses at 0.3 to 1 MIU; who got which is not given."
    code, out, err = run(monkeypatch, capsys, "library", "koreth-2011-2")
    assert (code, out) == (2, "")
    assert err == "The library has no regimen 'koreth-2011-2'. Did you mean 'koreth-2011-3'? `regimens library` lists all 73.\n"


def test_fit_writes_a_folder_and_prints_what_was_learnt(scenario, monkeypatch, capsys):
    from regimens.fit.sampling import Settings

    quick = Settings(walkers=24, steps=20, burn_in=10, draws=20)
    monkeypatch.setattr("regimens.fit.sampling.Settings", lambda: quick)
    monkeypatch.setattr("regimens.fit.calibrate.PROFILED", ())
    code, out, err = run(monkeypatch, capsys, "fit", "turnover", "--out", "fitted")
    assert (code, err) == (0, "Written to fitted\n")
    assert "EC50" in out
    assert sorted(path.name for path in Path("fitted").iterdir()) == [
        "checks.csv",
        "draws.csv",
        "fit.json",
        "predictions.csv",
        "profiles.csv",
        "rows.csv",
        "sources.csv",
        "summary.csv",
    ]


def test_a_fit_of_bad_data_names_every_bad_row_and_writes_nothing(scenario, monkeypatch, capsys):
    Path("mine.csv").write_text("id,study\n", encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, "fit", "turnover", "--data", "mine.csv", "--out", "fitted")
    assert (code, out) == (2, "")
    assert err.startswith("mine.csv:1: ")
    assert not Path("fitted").exists()


def test_a_model_that_is_named_twice_is_validated_once(monkeypatch, capsys):
    code, once, _ = run(monkeypatch, capsys, "validate", "turnover")
    assert code == 0
    assert run(monkeypatch, capsys, "validate", "turnover", "turnover") == (0, once, "")


def test_a_model_without_a_posterior_cannot_be_validated(scenario, monkeypatch, capsys):
    from regimens import shipped

    text = (shipped.folder("models") / "turnover.yaml").read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text, encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, "validate", "mine.yaml")
    assert (code, out) == (2, "")
    assert err == "No posterior of model 'mine' is shipped; only shipped models can be validated.\n"


def test_a_narrow_terminal_loses_no_digit_of_the_exposure(scenario, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    text = SMALL.replace("1 MIU SC daily x 5", "(1 MIU SC every other day x 7, rest 14 days) x 3").replace(
        "5 MIU, doses: 5", "21 MIU, doses: 21"
    )
    scenario.write_text(text.replace("6 weeks", "12 weeks"), encoding="utf-8")
    _, out, _ = run(monkeypatch, capsys, "exposure", "small.yaml")
    (line,) = [line for line in out.splitlines() if "il2" in line]
    assert line.split()[-9:] == ["21", "21", "MIU", "2.1", "4", "68", "21", "/", "49", "found"][-9:]


def test_a_model_without_any_endpoint_of_the_scenario_still_has_its_curves(scenario, monkeypatch, capsys):
    text = SMALL.replace("[turnover]", "[turnover, balance]").replace("  - peak of treg_fold", "  - peak of nk_fold")
    only = text[: text.index("  - treg_fold at end")]
    scenario.write_text(only, encoding="utf-8")
    code, _, _ = run(monkeypatch, capsys, "compare", "small.yaml", "--out", "result")
    assert code == 0
    values = pd.read_csv("result/endpoints.csv.gz").set_index(["model", "arm"])["peak of nk_fold"]
    assert values.loc["turnover"].isna().all()
    assert values.loc["balance"].notna().all()
    assert set(pd.read_csv("result/trajectories.csv.gz").model) == {"turnover", "balance"}


def test_a_body_that_is_none_is_refused(scenario, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, "explain", "1 MIU SC once", "--height", "-3 cm")
    assert (code, out) == (2, "")
    assert err == "Weight and height must be greater than zero, found 70 kg and -3 cm.\n"


TWINS = SMALL.replace("arms:", "population: {subjects: 4, seed: 1}\nreal_life: {missed: 0.1}\narms:")


def test_exposure_and_check_leave_out_twins_in_real_life_which_have_the_plan_of_their_arm(scenario, monkeypatch, capsys):
    scenario.write_text(TWINS.replace("6 weeks", "4 days").replace("  - treg_fold at end of cycle 1\n", ""), encoding="utf-8")
    _, out, err = run(monkeypatch, capsys, "exposure", "small.yaml", "--csv", "exposure.csv")
    assert "five days" in out
    assert "real life" not in out
    assert pd.read_csv("exposure.csv").arm.tolist() == ["five days"]
    assert err == "Arm 'five days': 1 of 5 doses lie at or after the horizon of 4 days and are not given (1 MIU of il2).\n"
    assert (
        run(monkeypatch, capsys, "check", "small.yaml")[1] == "small.yaml: a scenario of 2 arms under 1 model, as it should be.\n"
    )


def test_a_wrong_total_of_an_arm_with_a_twin_is_said_once(scenario, monkeypatch, capsys):
    scenario.write_text(TWINS.replace("5 MIU, doses: 5", "6 MIU, doses: 5"), encoding="utf-8")
    for command in ("exposure", "check"):
        code, _, err = run(monkeypatch, capsys, command, "small.yaml")
        assert (code, err) == (3, "small.yaml:9: Arm 'five days': 5 doses of 1 MIU are 5 MIU, but `expect` says 6 MIU.\n")


def test_a_terminal_that_is_not_utf8_gets_its_answer(piped, written):
    assert piped[0].returncode == 0, piped[0].stderr
    assert b"five days" in piped[0].stdout
    assert (written / "report.html").is_file()

"""Arms that start at steady state: each subject at its own, those without one missing and counted, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import simulate
from regimens.model.compile import compile_model
from regimens.regimen import weeks
from regimens.report.text.schedules import BEFORE_DAY_0, starts
from regimens.scenario import Scenario
from regimens.study import compare
from regimens.study.collect import collect
from regimens.study.perform import people, perform
from regimens.study.rows import Start
from regimens.study.study import resolve
from regimens.study.tasks import tasks
from tests import small

ARMS = """\
  fresh:
    regimen: 2 MIU SC weekly x 2
  treated:
    regimen: at steady state of 1 MIU SC daily, 2 MIU SC weekly x 2
  parts:
    regimen:
      - {at steady state of: 1 MIU SC, every: daily}
      - {dose: 2 MIU SC, every: weekly, doses: 2}
  other:
    regimen: at steady state of 1.5 MIU SC daily, 2 MIU SC weekly x 2
"""
POPULATION = "{subjects: 5, seed: 3, draws: 2}"


def compared(folder, **parts):
    parts = {"arms": ARMS, "population": POPULATION, "endpoints": "[treg_fold at 1 h, peak of treg_fold]"} | parts
    return compare(small.scenario(folder, **parts))


def test_every_subject_and_draw_starts_at_its_own_steady_state(tmp_path):
    found = compared(tmp_path, endpoints="[peak of treg_fold]")
    study = found.study
    runs = people(study, study.models[0], np.arange(study.runs))
    arm = study.arm("treated")
    names = ["treg_fold"]
    begun = simulate(compile_model(study.models[0].declared), runs, arm.planned, [0.0, 504.0], observables=names)
    assert (begun.values[:, 0, 0] > 1.05).all()
    assert len(np.unique(begun.values[:, 0, 0])) == study.runs
    assert (found.collected.status["turnover", "treated"] == 0).all()
    assert np.array_equal(found.collected.intervals["turnover", "treated"].ravel(), begun.intervals)
    assert set(found.collected.intervals) == {("turnover", name) for name in ("treated", "parts", "other")}


def test_arms_of_equal_doses_and_different_starts_are_no_twins(tmp_path):
    study = resolve(small.scenario(tmp_path, arms=ARMS))
    assert [arm.twin for arm in study.arms] == [0, 1, 1, 3]
    assert study.same_doses == {("treated", "parts"), ("parts", "treated")}


def test_a_start_is_a_row_of_a_table_and_a_sentence_of_the_page(tmp_path):
    found = compared(tmp_path)
    rows = {row.arm: row for row in found.starts}
    counts = found.collected.intervals["turnover", "treated"]
    assert rows["treated"] == Start(
        "treated", "turnover", "il2: 1 MIU SC daily", 10, 0, float(np.median(counts)), int(counts.max())
    )
    assert rows["other"].repeated == "il2: 1.5 MIU SC daily"
    assert found.to_frame("starts")["arm"].tolist() == ["treated", "parts", "other"]
    said = starts(found.starts)
    assert said[0] == (
        f"treated, turnover: on day 0 at steady state of il2: 1 MIU SC daily, found in {np.median(counts):g} intervals "
        f"(median; at most {counts.max()})."
    )
    assert said[-1] == BEFORE_DAY_0 == "Doses before a start at steady state lie before day 0 and are not counted."
    assert said[0] in found.to_html()
    assert starts(()) == []
    assert "starts" not in compared(tmp_path, arms=small.ARMS).tables


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Start("A", "m", "il2: 1 MIU SC daily", 9, 0, 0.0, 0), "A, m: on day 0 at steady state of il2: 1 MIU SC daily, solved exactly."),
        (Start("A", "m", "il2: 1 MIU SC daily", 1, 0, 31.0, 31), "A, m: on day 0 at steady state of il2: 1 MIU SC daily, found in 31 intervals."),
        (
            Start("A", "m", "il2: 1 MIU SC daily", 7, 2, 20.5, 31),
            "A, m: on day 0 at steady state of il2: 1 MIU SC daily, found in 20.5 intervals (median; at most 31); two subjects have none.",
        ),
        (Start("A", "m", "il2: 1 MIU SC daily", 0, 9, np.nan, 0), "A, m: on day 0 at steady state of il2: 1 MIU SC daily, which no subject has."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_start(row, said):
    assert starts([row])[0] == said


def test_subjects_without_a_steady_state_are_counted_and_their_endpoints_are_missing(tmp_path):
    (tmp_path / "clock.yaml").write_text(
        small.EXPLODING.replace("rate: k * x * x", "rate: k * k * time"),
        encoding="utf-8",
    )
    arms = "  a:\n    regimen: at steady state of 1 MIU SC daily, 2 MIU SC weekly x 2\n"
    found = compared(tmp_path, models="[clock.yaml]", arms=arms, population="{subjects: 4, seed: 3}", endpoints="[peak of size]")
    (row,) = found.summary
    assert (row.n, row.missing) == (0, 4)
    assert [(row.status, row.subjects) for row in found.statuses] == [("no steady state: the model depends on time", 4)]
    assert (found.starts[0].subjects, found.starts[0].without) == (0, 4)
    assert any("no steady state: the model depends on time; first: subject 0 at 0.0 h" in warning for warning in found.warnings)


def test_missed_doses_do_not_touch_the_steady_state(tmp_path):
    life = "real_life: {missed: 0.9}\n"
    found = compared(tmp_path, more=life, endpoints="[treg_fold at 1 h]", population="{subjects: 5, seed: 3}")
    twin = next(arm.name for arm in found.scenario.arms if arm.of == "treated" and arm.name != "treated")
    one, other = (found.outcomes.of("turnover", name, found.scenario.endpoints[0]) for name in ("treated", twin))
    assert np.allclose(one, other, rtol=5e-3)
    assert (one > 1.05).all()


def test_numbers_do_not_depend_on_how_runs_are_cut(tmp_path):
    study = resolve(small.scenario(tmp_path, arms=ARMS, population=POPULATION))
    whole, cut = (collect(study, [(task, perform(task)) for task in tasks(study, chunk)]) for chunk in (None, 3))
    for pair, values in whole.values.items():
        assert cut.values[pair].tobytes() == values.tobytes()
    for pair, counts in whole.intervals.items():
        assert cut.intervals[pair].tobytes() == counts.tobytes()


def test_curves_and_visits_may_be_read_after_doses_and_endpoints_do_not_change(tmp_path):
    plain = small.text(arms="  a:\n    regimen: 2 MIU IV daily x 5\n", population="", more="visits: {day 2: 2 days}\n",
                       endpoints="[serum_il2 at 2 days, peak of serum_il2]")  # fmt: skip
    texts = (plain, plain.replace("{every: 24 h}", "{every: 24 h, read: after doses}"))
    before, after = (compare(small.written(tmp_path, text)) for text in texts)
    bands = [found.bands["turnover", "a"] for found in (before, after)]
    place = bands[0].row("serum_il2")
    assert (bands[1].median[place, :5] > bands[0].median[place, :5]).all()
    assert (bands[1].visits[place] > bands[0].visits[place]).all()
    assert before.to_frame("summary").equals(after.to_frame("summary"))


def test_the_shorthand_of_reading_after_doses_and_its_way_back_to_a_file(tmp_path):
    text = small.text(arms=ARMS).replace("observe: {every: 24 h}", "observe: after doses")
    scenario = small.written(tmp_path, text)
    assert (scenario.read, scenario.observe_h[1]) == ("after doses", 6.0)
    assert Scenario.from_text(scenario.to_yaml()) == scenario
    assert "read: after doses" in scenario.to_yaml()
    assert "at steady state of 1 MIU SC daily, 2 MIU SC weekly x 2" in scenario.to_yaml()
    assert scenario.arms[1].regimen.events(weeks(3)).changes[0].amount == 1e6

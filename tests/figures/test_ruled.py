"""Figures of arms with rules: what is drawn is what the tables hold."""

import numpy as np
import pytest

from regimens import compare
from regimens.figures import rule_decisions, rule_levels, rule_totals
from regimens.figures.ruled import told
from regimens.report.document import page
from tests.small import scenario

PLAN = "    regimen: (1 MIU SC daily x 2, rest 5 days) x 3\n"
RULES = """\
    rules:
      decide: before each cycle
      look at: {treg_fold: {noise: 0.2}}
      rules:
        - hold while treg_fold above 1.6, resume when below 1.4
        - raise one level if treg_fold below 1.3
      levels: [1 MIU, 2 MIU, 3 MIU]
"""


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    arms = f"  fixed:\n{PLAN}  ruled:\n{PLAN}{RULES}"
    folder = tmp_path_factory.mktemp("ruled")
    return compare(scenario(folder, arms=arms, models="[turnover, effect_turnover]", endpoints="[peak of treg_fold]"))


def test_levels_are_the_shares_of_the_table_and_add_up(comparison):
    figure = rule_levels(comparison, "ruled")
    for place, model in enumerate(("turnover", "effect_turnover")):
        traces = [trace for trace in figure.data if trace.xaxis == ("x" if place == 0 else "x2")]
        assert np.allclose(np.sum([trace.y for trace in traces], axis=0), 1.0)
        for trace in traces:
            shares = {row.time_h: row.share for row in comparison.ruled.levels if (row.model, row.level) == (model, trace.name)}
            times = [0.0, 168.0, 336.0]
            assert list(trace.y) == pytest.approx([shares.get(time, 0.0) for time in times] + [shares.get(336.0, 0.0)])


def test_decisions_stand_where_the_log_has_them(comparison):
    figure = rule_decisions(comparison, "ruled")
    log = comparison.to_frame("decisions")
    for subject in told(comparison, "ruled"):
        own = log[(log["model"] == subject.model) & (log["subject"] == subject.number)]
        assert own["seen"].tolist() == subject.seen.tolist()
        assert own["action"].tolist() == list(subject.action)
    drawn = [y for trace in figure.data if trace.mode == "markers" for y in trace.y if y is not None]
    seen = np.concatenate([subject.seen for subject in told(comparison, "ruled")])
    assert sorted(drawn) == pytest.approx(sorted(seen), rel=1e-4)


def test_totals_are_those_of_the_tables(comparison):
    figure = rule_totals(comparison)
    (possible,) = comparison.ruled.possible
    bars = [tuple(trace.x) for trace in figure.data if trace.mode == "lines"]
    assert (possible.least, possible.largest) in bars
    assert {(row.low, row.high) for row in comparison.ruled.totals} <= set(bars)


@pytest.mark.parametrize("draw", [rule_levels, rule_decisions])
def test_an_arm_without_rules_is_refused(draw, comparison):
    with pytest.raises(KeyError, match=r"No arm with rules is called 'fixed'\."):
        draw(comparison, "fixed")


def test_the_page_has_a_section_on_rules(comparison):
    text = page(comparison)
    assert '<h2 id="rules">Doses that follow rules</h2>' in text
    assert "The doses of ‘ruled’ are decided before each cycle, by treg_fold (with a noise of 20\xa0%)." in text
    assert "Given again as fixed doses, the ledgers of a sample of 12 gave the same curves to the last bit." in text
    assert "(1 MIU SC daily x 2, rest 5 days) x 3; changed by rules" in text
    assert "hold while treg_fold above 1.6, resume when below 1.4" in text

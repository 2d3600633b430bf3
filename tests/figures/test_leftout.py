"""Predictions of left-out studies: what stands where."""

from dataclasses import dataclass

import pytest

from regimens.figures.leftout import left_out


@dataclass
class Row:
    id: str
    fitted: bool
    observed: float
    bound: str
    low: float
    median: float
    high: float


ROWS = [Row("b", True, 2.0, "", 1.0, 2.2, 5.0), Row("a", False, 8.0, "lower bound", 2.0, 4.0, 9.0)]


def test_every_row_is_drawn_over_what_was_observed_with_its_words():
    figure = left_out({"one": ROWS, "two": ROWS[:1]})
    lines, dots = figure.data[:2]
    assert lines.x == (0.5, 2.5, None, 0.25, 1.125, None)
    assert dots.x == (1.1, 0.5)
    assert list(dots.hovertext) == [
        "b, one: predicted 2.2 (1 to 5), observed 2",
        "a, one: predicted 4 (2 to 9), observed at least 8",
    ]
    assert [trace.name for trace in figure.data[1::2]] == ["one", "two"]


def test_rows_that_were_never_fitted_stand_above_in_bold():
    axis = left_out({"one": ROWS}).layout.yaxis
    assert axis.ticktext == ("<b>a</b> (at least)", "b")
    assert axis.tickvals == (1, 0)


def test_no_row_is_refused():
    with pytest.raises(KeyError, match="No row is predicted by any model"):
        left_out({"one": []})

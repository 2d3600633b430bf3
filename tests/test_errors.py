"""How faults are said."""

import pytest

from regimens.errors import (
    ExposureMismatch,
    InputFileError,
    ModelError,
    Problem,
    RegimenError,
    RegimensError,
    UnitError,
    WordsError,
    did_you_mean,
    excerpt,
    nearest,
)


def test_every_error_of_a_user_is_a_regimens_error():
    for kind in (InputFileError, WordsError, UnitError, RegimenError, ModelError, ExposureMismatch):
        assert issubclass(kind, RegimensError)
    assert issubclass(UnitError, WordsError)
    assert issubclass(RegimenError, WordsError)


def test_problems_of_a_file_are_said_in_file_order_with_excerpt_and_advice():
    problems = [
        Problem("Second.", line=3, column=2),
        Problem("First.", "Do this.", line=1, column=4),
        Problem("Whole."),
    ]
    error = InputFileError("f.yaml", problems, "abcdef\nx\nyz\n")
    assert [problem.message for problem in error.problems] == ["Whole.", "First.", "Second."]
    assert str(error) == (
        "f.yaml: Whole.\n"
        "f.yaml:1: First.\n"
        "  > 1 | abcdef\n"
        "      |    ^\n"
        "  Do this.\n"
        "f.yaml:3: Second.\n"
        "    2 | x\n"
        "  > 3 | yz\n"
        "      |  ^"
    )


def test_the_problems_beyond_the_first_thirty_are_counted():
    error = InputFileError("f.yaml", [Problem(f"{i}.", line=i) for i in range(1, 9001)])
    assert len(error.problems) == 9000
    assert str(error).splitlines()[-2:] == ["f.yaml:30: 30.", "f.yaml: 8970 more problems are not shown."]


def test_a_long_line_is_cut_around_the_caret():
    shown = excerpt("a" * 300 + "b" + "c" * 300, 1, 301).splitlines()
    assert max(len(line) for line in shown) <= 120
    assert shown[0][shown[1].index("^")] == "b"


def test_an_excerpt_beyond_the_end_does_not_fail():
    assert excerpt("a\n", 5, 1) == "      | ^"


def test_words_are_shown_with_a_caret_where_reading_stopped():
    error = WordsError("'MUI' is not a unit.", "Did you mean 'MIU'?", text="1 MUI SC", at=2)
    assert str(error) == "'MUI' is not a unit.\n    1 MUI SC\n      ^\n  Did you mean 'MIU'?"
    assert str(WordsError("No.", "Yes.")) == "No. Yes."


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("rute", ["route", "dose"], "Did you mean 'route'?"),
        ("miu", ["MIU", "IU"], "Did you mean 'MIU'?"),
        ("xyz", ["route", "dose"], "Known: dose, route."),
        ("xyz", ["route"], "The only one known is 'route'."),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_right_thing_is_named(word, known, said):
    assert did_you_mean(word, known) == said


DIFFERENCES = (Problem("Arm 'a': 1.", line=7), Problem("Arm 'b': 2."))


def test_every_difference_of_exposure_is_one_line_that_begins_with_file_and_line():
    error = ExposureMismatch(DIFFERENCES, "x.yaml")
    assert (str(error), error.differences) == ("x.yaml:7: Arm 'a': 1.\nx.yaml: Arm 'b': 2.", DIFFERENCES)


def test_without_a_file_a_difference_of_exposure_ends_with_its_line():
    assert str(ExposureMismatch(DIFFERENCES)) == "Arm 'a': 1 (line 7).\nArm 'b': 2."


def test_the_nearest_word_is_at_least_as_like_as_the_cutoff():
    assert nearest("mime", ["mine", "yours"], 0.75) == "mine"
    assert nearest("mime", ["mine", "yours"], 0.76) is None

"""Correlation matrices: what a population can have and what none can."""

import numpy as np
import pytest

from regimens.errors import InputFileError
from regimens.model import find_model, load_model
from regimens.model.declaration import Correlation
from regimens.model.fitted import fingerprint
from regimens.model.parameters import matrix_of, positive_definite
from tests import small

TURNOVER = (small.ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")


def correlations(*entries):
    return [Correlation((one, other), value) for one, other, value in entries]


def test_a_matrix_has_ones_each_pair_twice_and_nothing_else():
    pairs = {frozenset(("a", "c")): 0.5, frozenset(("b", "c")): -0.2}
    assert matrix_of(["a", "b", "c"], pairs).tolist() == [[1.0, 0.0, 0.5], [0.0, 1.0, -0.2], [0.5, -0.2, 1.0]]


@pytest.mark.parametrize(
    ("entries", "possible"),
    [
        ((), True),
        ((("a", "b", 0.99),), True),
        ((("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", 0.9)), True),
        ((("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)), False),
        # a and c go with b, each with half of its variance: what is left of b is nothing.
        ((("a", "b", np.sqrt(0.5)), ("b", "c", np.sqrt(0.5))), False),
        ((("a", "b", 0.7), ("b", "c", 0.7)), True),
        ((("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9), ("c", "a", 0.9)), True),
    ],
)
def test_whether_a_population_can_have_correlations_depends_on_all_of_them_the_later_of_a_pair(entries, possible):
    assert positive_definite(correlations(*entries)) is possible


def test_a_model_declares_correlations_and_has_another_fingerprint_for_it(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TURNOVER + "\ncorrelations:\n  - {between: [CL, V], value: 0.6}\n", encoding="utf-8")
    model = load_model(file)
    assert model.correlations == (Correlation(("CL", "V"), 0.6),)
    assert fingerprint(model) != fingerprint(find_model("turnover", values="declared"))


def test_correlations_that_a_model_cannot_have_are_refused(tmp_path):
    lines = len(TURNOVER.splitlines())
    file = tmp_path / "mine.yaml"
    refused = "  - {between: [CLL, Tref], value: 0.6}\n  - {between: [V, V], value: 0.6}\n"
    impossible = "  - {between: [CL, V], value: 0.9}\n  - {between: [V, ka], value: 0.9}\n  - {between: [ka, CL], value: -0.9}\n"
    found = []
    for entries in (refused, impossible):
        file.write_text(f"{TURNOVER}correlations:\n{entries}", encoding="utf-8")
        with pytest.raises(InputFileError) as raised:
            load_model(file)
        found.append([(p.line, p.message, p.advice) for p in raised.value.problems])
    assert found == [
        [
            (lines + 2, "'CLL' is not a parameter that varies between subjects.", "Did you mean 'CL'?"),
            (
                lines + 2,
                "'Tref' is not a parameter that varies between subjects.",
                "Known: CL, EC50, Emax, F, T0, V, cCD4, ka, kout, tlag.",
            ),
            (lines + 3, "'V' is correlated with itself.", ""),
        ],
        [
            (
                lines + 1,
                "No population can have all of these correlations: their matrix is not positive definite.",
                "Make some of them weaker.",
            )
        ],
    ]

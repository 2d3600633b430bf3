"""The machine code of a model: its size, sharing between equal models, and correctness of large models."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate
from regimens.engine.driver import module_text
from regimens.engine.kernel import kernel_of
from regimens.model.compile import compile_model
from tests.engine.judge import judged
from tests.engine.models import chain, doses, oral, subjects

LINEAR_WITHIN = 0.1
"""The text grows slightly faster than the number of states, because names of values become longer."""

AGREE = 2e-8
"""As in test_accuracy: two solvers at 1e-11."""


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_machine_code_grows_in_proportion_to_the_number_of_states():
    sizes = [len(module_text(compile_model(chain(n)), "x86_64")) for n in (12, 24, 36)]
    assert sizes[2] - sizes[1] == pytest.approx(sizes[1] - sizes[0], rel=LINEAR_WITHIN)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_sixty_states_agree_with_an_explicit_method_of_order_8():
    declared = chain(60)
    compiled, people = compile_model(declared), subjects(declared, 2)
    times = np.linspace(0.0, 4.0, 5)
    given = doses([0.0, 2.0], 10.0, route="IV")
    found = simulate(compiled, people, given, times, observables=compiled.states, tolerances=Tolerances(1e-11, 1e-13))
    expected = judged(compiled, people.values, [(0.0, 0, 10.0), (2.0, 0, 10.0)], times, method="DOP853")
    assert np.max(np.abs(found.values - expected)) < AGREE * np.max(expected)


def test_equal_models_share_one_kernel():
    assert kernel_of(compile_model(oral())) is kernel_of(compile_model(oral()))


def test_another_processor_needs_no_flushing_of_denormals():
    text = module_text(compile_model(oral()), "aarch64")
    assert "ldmxcsr" not in text
    assert "ldmxcsr" in module_text(compile_model(oral()), "x86_64")


def test_the_kernels_table_is_what_the_formulas_say():
    compiled, people = compile_model(oral()), subjects(oral(), 11)
    table = kernel_of(compiled).table(people.values)
    share, lag = (people.values[:, people.names.index(name)] for name in ("F", "tlag"))
    expected = np.column_stack([np.zeros((11, 2)), share, np.ones(11), lag, np.zeros(11)])
    assert np.array_equal(table, expected)

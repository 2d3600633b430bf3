"""mrgsolve's blocks compiled as C++, NM-TRAN's as Fortran: the same numbers as the engine's graph."""

import re
import shutil

import pytest

from regimens.model import compile_model
from regimens.modeltext import model_text
from tests.modeltext.compiled import run_mrgsolve, run_nonmem
from tests.modeltext.models import assert_same, expected, models, points

NAMES = sorted(models())


@pytest.mark.skipif(shutil.which("g++") is None, reason="There is no C++ compiler.")
@pytest.mark.parametrize("name", NAMES)
def test_mrgsolve_computes_what_the_graph_does(name, tmp_path):
    model = models()[name]
    times, states = points(compile_model(model))
    found = run_mrgsolve(model_text(model, "mrgsolve"), model, tmp_path, times, states)
    assert_same(found, expected(compile_model(model), times, states))


@pytest.mark.skipif(shutil.which("gfortran") is None, reason="There is no Fortran compiler.")
@pytest.mark.parametrize("name", NAMES)
def test_nonmem_computes_what_the_graph_does(name, tmp_path):
    model = models()[name]
    times, states = points(compile_model(model))
    text = model_text(model, "nonmem")
    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()
    assert max(map(len, re.findall(r"[A-Z_]\w*", re.sub(r"(?m);.*$|^\$.*$", "", text)))) <= 20
    found = run_nonmem(text, model, tmp_path, times, states)
    assert_same(found, expected(compile_model(model), times, states))

"""Antimony and SBML: loaded and checked by their own packages, the numbers of the engine's graph, and back to a model file."""

import antimony
import libsbml
import numpy as np
import pytest

from regimens.model import compile_model
from regimens.modeltext import model_text, read_sbml
from tests.modeltext.models import assert_same, expected, models, points

NAMES = sorted(models())
BINARY = {
    libsbml.AST_DIVIDE: np.divide,
    libsbml.AST_POWER: np.power,
    libsbml.AST_FUNCTION_POWER: np.power,
    libsbml.AST_RELATIONAL_LT: np.less,
    libsbml.AST_RELATIONAL_GT: np.greater,
    libsbml.AST_RELATIONAL_LEQ: np.less_equal,
}
UNARY = {libsbml.AST_FUNCTION_EXP: np.exp, libsbml.AST_FUNCTION_LN: np.log, libsbml.AST_FUNCTION_ROOT: np.sqrt}


def value(node, values, functions):
    kind = node.getType()
    parts = [node.getChild(place) for place in range(node.getNumChildren())]
    if node.isNumber():
        return np.float64(node.getValue())
    if kind == libsbml.AST_NAME_TIME:
        return values["time"]
    if kind == libsbml.AST_NAME:
        return values[node.getName()]
    if kind == libsbml.AST_FUNCTION:
        names, body = functions[node.getName()]
        inner = dict(zip(names, (value(part, values, functions) for part in parts), strict=True))
        return value(body, inner, functions)
    found = [value(part, values, functions) for part in parts]
    if kind == libsbml.AST_PLUS:
        return sum(found)
    if kind == libsbml.AST_TIMES:
        return np.prod(np.broadcast_arrays(*found), axis=0)
    if kind == libsbml.AST_MINUS:
        return -found[0] if len(found) == 1 else found[0] - found[1]
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        return np.where(found[1], found[0], found[2])
    if kind in UNARY:
        return UNARY[kind](found[-1])
    return BINARY[kind](*found)


def checked(text):
    """Return the document of an SBML text, free of errors and of inconsistent units; that literal numbers have none is left."""
    document = libsbml.readSBMLFromString(text)
    document.checkConsistency()
    errors = [document.getError(place) for place in range(document.getNumErrors())]
    told = [e.getMessage() for e in errors if e.getErrorId() != libsbml.UndeclaredUnits]
    assert [message for message in told if "indeterminable" not in message] == []
    return document


def listed(elements):
    return [elements.get(place) for place in range(elements.size())]


def run(document, model, times, states):
    sbml = document.getModel()
    functions = {}
    for function in listed(sbml.getListOfFunctionDefinitions()):
        names = [function.getArgument(place).getName() for place in range(function.getNumArguments())]
        functions[function.getId()] = (names, function.getBody())
    rules = listed(sbml.getListOfRules())
    rates = [rule for rule in rules if rule.isRate()]
    values = {
        "time": np.array(times),
        **{p.getId(): np.float64(p.getValue()) for p in listed(sbml.getListOfParameters()) if p.getConstant()},
    }
    values |= {rule.getVariable(): column for rule, column in zip(rates, states.T, strict=True)}
    waiting = [rule for rule in rules if rule.isAssignment()]
    while waiting:
        rule = waiting.pop(0)
        try:
            values[rule.getVariable()] = value(rule.getMath(), values, functions)
        except KeyError:
            waiting.append(rule)
    starts = {a.getSymbol(): value(a.getMath(), values, functions) for a in listed(sbml.getListOfInitialAssignments())}
    initial = [starts.get(r.getVariable(), np.float64(sbml.getParameter(r.getVariable()).getValue())) for r in rates]
    return {
        "rates": np.stack([np.broadcast_to(value(r.getMath(), values, functions), len(times)) for r in rates], axis=-1),
        "initial": np.array([np.broadcast_to(start, len(times))[0] for start in initial]),
    }


@pytest.mark.parametrize("name", NAMES)
def test_sbml_computes_what_the_graph_does(name):
    model = models()[name]
    compiled = compile_model(model)
    times, states = points(compiled)
    wanted = expected(compiled, times, states)
    with np.errstate(all="ignore"):
        found = run(checked(model_text(model, "sbml")), model, times, states)
    assert_same(found, {key: wanted[key] for key in found})


@pytest.mark.parametrize("name", NAMES)
def test_antimony_reads_its_text_and_keeps_the_units(name):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(model_text(models()[name], "antimony")) >= 0, antimony.getLastError()
    assert antimony.getWarnings() in (None, "")
    checked(antimony.getSBMLString(antimony.getMainModuleName()))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_comes_back_from_sbml_with_the_same_rates(name, tmp_path):
    model = models()[name]
    file = tmp_path / f"{name}.xml"
    file.write_text(model_text(model, "sbml"), encoding="utf-8")
    back = read_sbml(file)
    assert not any("plain numbers" in note for note in back.notes)
    there, here = compile_model(model), compile_model(back.model)
    times, states = points(there)
    wanted, found = expected(there, times, states), expected(here, times, states)
    assert_same({key: found[key] for key in ("rates", "initial")}, {key: wanted[key] for key in ("rates", "initial")})
    assert [s.unit for s in back.model.states] == [s.unit for s in model.states]
    assert {p.value for p in back.model.parameters} == {p.value for p in model.parameters}

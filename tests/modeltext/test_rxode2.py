"""The text of rxode2, read strictly: three forms of lines, ordinary arithmetic, and the numbers of the engine's graph."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from regimens.model import compile_model
from regimens.model.expression import Binary, Call, Name, Negation, Number, parse_formula
from regimens.modeltext import model_text
from tests.modeltext.models import assert_same, expected, models, points

NAMES = sorted(models())
SET = re.compile(r"(\w+|d/dt\(\w+\)|\w+\(0\)|f\(\w+\)|alag\(\w+\)) <- (.+)")
CHOOSE = re.compile(r"if \((.+) < (.+)\) \{ (\w+) <- (.+) \} else \{ (\w+) <- (.+) \}")
OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}
FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}


def value(formula, values):
    match formula:
        case Number(number):
            return np.float64(number)
        case Name(name):
            return values[name]
        case Negation(operand):
            return -value(operand, values)
        case Binary(operator, left, right):
            return OPERATORS[operator](value(left, values), value(right, values))
        case Call(function, arguments):
            return FUNCTIONS[function](*(value(argument, values) for argument in arguments))


def read(text, values):
    return value(parse_formula(text.replace("^", "**")), values)


def run(text, times, states):
    """Return everything that the lines set, by its text, and the names of compartments in order."""
    ini, model = (re.search(rf"  {word}\(\{{\n(.*?)  \}}\)\n", text, re.DOTALL)[1].splitlines() for word in ("ini", "model"))
    compartments = re.findall(r"d/dt\((\w+)\)", "\n".join(model))
    values = {"t": np.array(times), **dict(zip(compartments, states.T, strict=True))}
    for line in ini:
        code = line.split("#")[0].replace("eta.", "eta_").strip()
        if "~" in code:
            values |= {name: np.float64(0.0) for name in code.split(" ~ ")[0].split(" + ")}
        else:
            name, number = code.split(" <- ")
            values[name] = np.float64(number)
    with np.errstate(all="ignore"):
        for line in model:
            code = line.strip().replace("eta.", "eta_")
            if found := CHOOSE.fullmatch(code):
                left, right, name, then, same, otherwise = found.groups()
                assert name == same
                values[name] = np.where(read(left, values) < read(right, values), read(then, values), read(otherwise, values))
            else:
                name, formula = SET.fullmatch(code).groups()
                assert name not in values
                values[name] = read(formula, values)
    return values, compartments


@pytest.mark.parametrize("name", NAMES)
def test_rxode2_computes_what_the_graph_does(name):
    model = models()[name]
    compiled = compile_model(model)
    times, states = points(compiled)
    text = model_text(model, "rxode2")
    values, compartments = run(text, times, states)
    renamed = dict(re.findall(r"#   observable (\w+) +->  (\w+)", text))
    entered = [compartments[[s.name for s in model.states].index(given.state)] for given in model.inputs]

    def column(names, alone=0.0):
        return np.stack([np.broadcast_to(values.get(name, alone), len(times)) for name in names], axis=-1)

    found = {
        "rates": column(f"d/dt({name})" for name in compartments),
        "initial": column(f"{name}(0)" for name in compartments)[0],
        "observables": column(renamed.get(observable.name, observable.name) for observable in model.observables),
        "bioavailability": column((f"f({name})" for name in entered), 1.0)[0],
        "lag": column(f"alag({name})" for name in entered)[0],
    }
    assert_same(found, expected(compiled, times, states))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="There is no R.")
@pytest.mark.parametrize("name", NAMES)
def test_r_can_parse_the_function(name, tmp_path):
    file = tmp_path / "model.R"
    file.write_text(model_text(models()[name], "rxode2"), encoding="utf-8")
    done = subprocess.run(["Rscript", "-e", f"x <- parse('{file}'); cat(length(x))"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("2", 0), done.stderr

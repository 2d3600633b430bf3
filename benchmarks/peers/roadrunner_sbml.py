"""libroadrunner (CVODE) on the same equations as SBML, piecewise between doses."""

import ast

import numpy as np
import roadrunner
from common import AMOUNT, NAMES, serve

RATES = {
    "depot": "-ka*depot",
    "C": "ka*depot/V - CL/V*C - kint*R*T*C/(Kd + C)",
    "R": "kR*(1 + Rmax*C/(EC50R + C)) - kR*R",
    "P": "kprol*Emax*C/(EC50 + C)*T/(1 + T/Tmax) - ktr*P",
    "T": "kout*T0 + 2*ktr*P - kout*T",
}
STATES = tuple(RATES)
OPERATORS = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.USub: "minus"}


def mathml(node):
    match node:
        case ast.Constant(value=value):
            return f"<cn>{value}</cn>"
        case ast.Name(id=name):
            return f"<ci>{name}</ci>"
        case ast.UnaryOp(op=op, operand=a):
            return f"<apply><{OPERATORS[type(op)]}/>{mathml(a)}</apply>"
        case ast.BinOp(op=op, left=a, right=b):
            return f"<apply><{OPERATORS[type(op)]}/>{mathml(a)}{mathml(b)}</apply>"


def sbml():
    values = "".join(f'<parameter id="{n}" value="0" constant="{str(n in NAMES).lower()}"/>' for n in (*NAMES, *STATES))
    rules = "".join(
        f'<rateRule variable="{state}"><math xmlns="http://www.w3.org/1998/Math/MathML">'
        f"{mathml(ast.parse(rate, mode='eval').body)}</math></rateRule>"
        for state, rate in RATES.items()
    )
    return (
        '<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="pop">'
        f"<listOfParameters>{values}</listOfParameters><listOfRules>{rules}</listOfRules></model></sbml>"
    )


def prepare(parameters, doses, times):
    model = roadrunner.RoadRunner(sbml())
    model.timeCourseSelections = list(STATES)
    ends = np.append(doses[1:], times[-1])

    def one(values, rtol):
        model.integrator.relative_tolerance, model.integrator.absolute_tolerance = rtol, rtol / 100
        for name, value in zip(NAMES, values, strict=True):
            model.setValue(name, value)
        y = np.array([0.0, 0.0, 1.0, 0.0, values[13]])
        out = [y]
        for start, end in zip(doses, ends, strict=True):
            y = y + np.array([AMOUNT, 0.0, 0.0, 0.0, 0.0])
            for name, value in zip(STATES, y, strict=True):
                model.setValue(name, value)
            model.integrator.restart(start)
            found = np.asarray(model.simulate(start, end, round((end - start) / 12.0) + 1))
            out.extend(found[1:])
            y = found[-1].copy()
        return out

    one(parameters[0], 1e-6)
    return lambda people, rtol, threads: np.array([one(values, rtol) for values in people])


if __name__ == "__main__":
    serve(prepare)

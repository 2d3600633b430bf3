"""Units of formulas: every equation is checked for dimension and scale."""

import pytest

from regimens.errors import InputFileError, UnitError
from regimens.model.file import load_model
from regimens.model.unit import parse_unit

RATE = "rate: -CL / V * central"
FORMULA = "formula: conc,"


def fault(path) -> tuple[int, str, str]:
    with pytest.raises(InputFileError) as caught:
        load_model(path)
    (problem,) = caught.value.problems
    return problem.line, problem.message, problem.advice


def test_a_wrong_scale_is_refused_with_the_equation_both_units_and_the_factor(small):
    with pytest.raises(InputFileError) as caught:
        load_model(small(("central / (V * mL_per_L)", "central / V")))
    assert str(caught.value) == (
        "m.yaml:12: conc = central / V is in IU/L where IU/mL is needed: they differ by a factor of 1000.\n"
        "    11 | definitions:\n"
        "  > 12 |   conc: {formula: central / V, unit: IU/mL}\n"
        "       |                   ^\n"
        "  Under 'constants' declare mL_per_L: {value: 1000, unit: mL/L} and divide by it."
    )


WRONG = {
    "dimension of a rate": (
        (RATE, "rate: -CL * central"),
        (14, "d(central)/dt = -CL * central is in IU*L/day where IU/day is needed.", ""),
    ),
    "time unit of a rate": (
        ("time: day", "time: h"),
        (
            14,
            "d(central)/dt = -CL / V * central is in IU/day where IU/h is needed: they differ by a factor of 24.",
            "Under 'constants' declare h_per_day: {value: 24, unit: h/day} and divide by it.",
        ),
    ),
    "initial value": (
        ("initial: 0", "initial: V"),
        (14, "central(0) = V is in L where IU is needed.", ""),
    ),
    "initial value without a unit": (
        ("initial: 0", "initial: 3"),
        (14, "central(0) = 3 is a plain number where IU is needed.", ""),
    ),
    "bioavailability": (
        ("bioavailability: 1", "bioavailability: V"),
        (16, "The bioavailability of il2 IV = V is in L where a plain number is needed.", ""),
    ),
    "another drug in a state of IU": (
        ("drug: il2", "drug: tocilizumab"),
        (16, "The bioavailability of tocilizumab IV = 1 is a plain number where IU/mg is needed.", ""),
    ),
    "lag": (("lag: 0", "lag: CL"), (16, "The lag of il2 IV = CL is in L/day where day is needed.", "")),
    "observable": (
        (FORMULA, "formula: central,"),
        (18, "serum = central is in IU where IU/mL is needed.", ""),
    ),
    "sum": (
        (FORMULA, "formula: conc + central,"),
        (18, "conc + central puts IU/mL and IU together.", "Both have to be in the same unit."),
    ),
    "sum of two scales": (
        (FORMULA, "formula: conc - central / V,"),
        (
            18,
            "conc - central / V puts IU/mL and IU/L together: they differ by a factor of 1000.",
            "Under 'constants' declare mL_per_L: {value: 1000, unit: mL/L} and multiply by it.",
        ),
    ),
    "sum with a plain number": (
        (FORMULA, "formula: conc + 1,"),
        (18, "conc + 1 puts IU/mL and a plain number together.", "Both have to be in the same unit."),
    ),
    "exponential": (
        (FORMULA, "formula: conc * exp(V),"),
        (18, "In exp(V), 'V' is in L where a plain number is needed.", "Divide it by a quantity of the same unit."),
    ),
    "exponential of a scale": (
        (FORMULA, "formula: conc * exp(mL_per_L),"),
        (
            18,
            "In exp(mL_per_L), 'mL_per_L' is in mL/L where a plain number is needed.",
            "Divide it by a quantity of the same unit.",
        ),
    ),
    "hill of two units": (
        (FORMULA, "formula: 'conc * hill(conc, V, 2)',"),
        (18, "hill(conc, V, 2) puts IU/mL and L together.", "Both have to be in the same unit."),
    ),
    "hill exponent": (
        (FORMULA, "formula: 'conc * hill(conc, conc, V)',"),
        (
            18,
            "In hill(conc, conc, V), 'V' is in L where a plain number is needed.",
            "Divide it by a quantity of the same unit.",
        ),
    ),
    "exponent with a unit": (
        (FORMULA, "formula: conc * 2**V,"),
        (18, "In 2**V, 'V' is in L where a plain number is needed.", "Divide it by a quantity of the same unit."),
    ),
    "an enormous exponent": (
        (FORMULA, "formula: conc**1e300,"),
        (
            18,
            "In conc**1e+300, 'conc' is in IU/mL and its exponent is above 100.",
            "Divide the base by a quantity of the same unit.",
        ),
    ),
    "an enormous factor": (
        (FORMULA, "formula: ((conc / mL_per_L)**100)**10,"),
        (18, "serum = ((conc / mL_per_L)**100)**10 is in IU^1000*L^1000/mL^2000 where IU/mL is needed.", ""),
    ),
    "power that is no number": (
        (FORMULA, "formula: conc**(V / V),"),
        (
            18,
            "In conc**(V / V), 'conc' is in IU/mL and its exponent is not a number.",
            "Divide the base by a quantity of the same unit.",
        ),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_unit_is_refused_with_the_equation_and_both_units(small, case):
    change, problem = WRONG[case]
    assert fault(small(change)) == problem


def test_every_formula_that_does_not_fit_is_said_at_once(small):
    with pytest.raises(InputFileError) as caught:
        load_model(small((RATE, "rate: -CL * central"), (FORMULA, "formula: central,")))
    assert [problem.line for problem in caught.value.problems] == [14, 18]


@pytest.mark.parametrize(
    "formula",
    [
        "sqrt(conc**2)",
        "conc**(1/2) * conc**0.5",
        "conc**-1 * conc * conc",
        "'max(conc, 0) + min(conc, conc)'",
        "'conc * hill(conc, 2 * conc, 1.5)'",
        "conc * exp(-CL * time / V) * (V / V)**-0.3",
        "conc * log(conc / conc)",
        "0",
        "-0 + conc",
        "conc * 2**(time / time)",
        "0 * V + conc",
    ],
)
def test_a_formula_whose_units_fit_is_taken(small, formula):
    assert load_model(small((FORMULA, f"formula: {formula},"))).observables[0].name == "serum"


def test_another_drug_may_enter_with_a_factor_of_its_own(small):
    path = small(
        ("drug: il2", "drug: aldesleukin_mg"),
        ("bioavailability: 1", "bioavailability: potency"),
        ("  V: {", "  potency: {value: 1.6e7, unit: IU/mg, bounds: [1e7, 2e7], cv: 0, source: assumed}\n  V: {"),
    )
    assert load_model(path).inputs[0].drug == "aldesleukin_mg"


# units as text


@pytest.mark.parametrize(
    ("text", "powers"),
    [
        ("1", {}),
        ("IU/mL", {"IU": 1, "mL": -1}),
        ("cells/µL/day", {"cells": 1, "uL": -1, "day": -1}),
        ("1/day", {"day": -1}),
        (" mg * L^-1 ", {"mg": 1, "L": -1}),
        ("IU h/mL", {"IU": 1, "h": 1, "mL": -1}),
        ("m2**2/m2", {"m2": 1}),
        ("L/L", {}),
    ],
)
def test_a_unit_is_a_product_of_powers(text, powers):
    assert dict(parse_unit(text).powers) == powers


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("IU/ml", 3, "'ml' is not a unit that models use. Did you mean 'mL'?"),
        ("MU", 0, "'MU' is not a unit that models use. Million international units are 'MIU'."),
        ("mIU", 0, "'mIU' is not a unit that models use. Write 'MIU' (million) or 'IU'."),
        ("IU/d", 3, "'d' is not a unit that models use. Did you mean 'day'?"),
        ("IU//mL", 3, "'IU//mL' is not a unit. Units are written like 'IU/mL', '1/day' or 'cells/uL/day'."),
        ("", 0, "'' is not a unit. Units are written like 'IU/mL', '1/day' or 'cells/uL/day'."),
        ("IU)", 2, "'IU)' is not a unit. Factors are joined with '*' or '/'."),
        (
            "__import__('os')",
            0,
            "'__import__('os')' is not a unit. Units are written like 'IU/mL', '1/day' or 'cells/uL/day'.",
        ),
        ("L^99999999", 3, "'L^99999999' is not a unit. Factors are joined with '*' or '/'."),
    ],
)
def test_what_is_no_unit_is_refused_with_its_place(text, at, message):
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert (str(caught.value), caught.value.at) == (message, at)

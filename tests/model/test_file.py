"""Model files: what a good one gives and what is said about one that is not."""

import math
from operator import add, mul, sub, truediv
from pathlib import Path

import pytest

from regimens import shipped
from regimens.errors import InputFileError, ModelError
from regimens.model.declaration import Parameter, Source
from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number, names_in
from regimens.model.file import declared, load_model
from regimens.model.fitted import fingerprint

OPERATORS = {"+": add, "-": sub, "*": mul, "/": truediv, "**": pow}
RATE = "rate: -CL / V * central"


def problems(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(InputFileError) as caught:
        load_model(path)
    return [(problem.line, problem.message, problem.advice) for problem in caught.value.problems]


def value_of(expression: Expression, values: dict[str, float]) -> float:
    """Evaluate a formula the slow and obvious way."""
    match expression:
        case Number(number):
            return number
        case Name(name):
            return values[name]
        case Negation(operand):
            return -value_of(operand, values)
        case Binary(operator, left, right):
            return OPERATORS[operator](value_of(left, values), value_of(right, values))
        case Call("hill", arguments):
            x, ec50, h = (value_of(argument, values) for argument in arguments)
            return x**h / (ec50**h + x**h) if x > 0 else 0.0
        case Call(function, arguments):
            called = {"min": min, "max": max}.get(function) or getattr(math, function)
            return called(*(value_of(argument, values) for argument in arguments))
    raise AssertionError(expression)


def at_rest(model) -> dict[str, float]:
    values = {parameter.name: parameter.value for parameter in model.parameters} | {TIME: 0.0}
    values |= {state.name: value_of(state.initial, values) for state in model.states}
    for definition in model.definitions:
        values[definition.name] = value_of(definition.formula, values)
    return values


# good files


def test_a_small_model_is_read_whole(small):
    model = load_model(small())
    assert (model.name, model.title, model.time_unit, model.exploratory) == ("m", "Small", "day", False)
    assert model.parameters == (
        Parameter("CL", 10, "L/day", 5, 20, 0.3, "me2026"),
        Parameter("V", 5, "L", 2, 8, 0.0, None),
        Parameter("mL_per_L", 1000, "mL/L", 1000, 1000, 0.0, "definition"),
    )
    assert model.sources == (
        Source("me2026", "Me 2026, a journal."),
        Source("definition", "Exact by the definition of the units."),
    )
    assert [parameter.assumed for parameter in model.parameters] == [False, True, False]
    assert model.states[0].initial == Number(0)
    assert list(names_in(model.states[0].rate)) == ["CL", "V", "central"]


def test_a_state_cannot_be_negative_unless_its_file_says_so(small):
    assert [state.nonnegative for state in load_model(small()).states] == [True]
    assert [state.nonnegative for state in load_model(small((RATE, f"{RATE}, nonnegative: false"))).states] == [False]


def test_a_parameter_is_a_share_where_its_file_says_so_and_what_a_fit_depends_on_stays_the_same(small):
    said = ("", ", share: true")
    rows = (f'  F: {{value: 0.5, unit: "1", bounds: [0, 1], cv: 0, source: assumed{more}}}\n  V: {{' for more in said)
    plain, shared = (load_model(small(("  V: {", row), ("bioavailability: 1", "bioavailability: F"))) for row in rows)
    assert [parameter.name for parameter in shared.parameters if parameter.share] == ["F"]
    assert not any(parameter.share for parameter in plain.parameters)
    assert fingerprint(plain) == fingerprint(shared)


def test_the_shares_of_shipped_models_are_declared():
    shares = {name: [p.name for p in declared(name).parameters if p.share] for name in shipped.names("models")}
    assert shares == {
        "balance": ["F", "r0", "h0", "mmax", "d6"],
        "effect_turnover": ["F"],
        "expansion": ["F", "r0", "h0", "mmax"],
        "turnover": ["F"],
    }


def test_every_shipped_model_is_found_by_name_and_by_path():
    assert {"turnover", "effect_turnover"} <= set(shipped.names("models"))
    for name in shipped.names("models"):
        assert declared(name) == load_model(shipped.folder("models") / f"{name}.yaml")
        assert declared(name) == declared(str(shipped.folder("models") / f"{name}.yaml"))


@pytest.mark.parametrize("name", shipped.names("models"))
def test_every_state_of_a_shipped_model_rests_exactly_before_the_first_dose(name):
    model = declared(name)
    values = at_rest(model)
    assert [value_of(state.rate, values) for state in model.states] == [0.0] * len(model.states)
    assert value_of(model.observable("treg_fold").formula, values) == 1.0


@pytest.mark.parametrize("name", ["turnover", "effect_turnover"])
def test_drug_is_conserved_while_it_is_absorbed_and_eliminated_linearly(name):
    model = declared(name)
    values = at_rest(model) | {"depot": 7e5, "central": 2e4}
    rates = {state.name: value_of(state.rate, values) for state in model.states}
    eliminated = values["CL"] / values["V"] * values["central"]
    assert rates["depot"] + rates["central"] == pytest.approx(-eliminated, rel=1e-12)


@pytest.mark.parametrize("name", shipped.names("models"))
def test_every_value_of_a_shipped_model_says_where_it_comes_from(name):
    model = declared(name)
    for parameter in model.parameters:
        assert parameter.label
        assert parameter.note or parameter.source == "definition"


def test_a_model_that_is_not_shipped_is_answered_with_the_nearest():
    with pytest.raises(ModelError) as caught:
        declared("turnovr")
    listed = ", ".join(shipped.names("models"))
    assert str(caught.value) == (f"There is no model 'turnovr'. Did you mean 'turnover'? Shipped models: {listed}.")


@pytest.mark.parametrize("name", [" .yaml", "a\x07b.yaml", ".yaml"])
def test_a_file_name_that_gives_no_name_to_the_model_is_refused(small, name):
    small().rename(name)
    with pytest.raises(InputFileError) as caught:
        load_model(name)
    advice = "Use printable characters, such as 'my_model.yaml'."
    assert str(caught.value) == f"{name}: The file name {name!r} gives no name to the model.\n  {advice}"


def test_a_model_name_never_leads_out_of_the_folder():
    with pytest.raises(ModelError):
        declared("../models/turnover")


# keys


def test_wrong_keys_and_values_are_said_at_once(small):
    path = small(
        ("value: 10,", "value: true,"),
        ("cv: 0.3", "cv: 4"),
        ("label: Serum IL-2", "lable: x"),
        ("route: IV", "route: spray"),
    )
    assert problems(path) == [
        (7, "'value': found true, a yes/no value; a number is needed.", ""),
        (7, "'cv': found 4, a number; a number of at most 3 is needed.", ""),
        (16, "'route': found 'spray'.", "Accepted: 'SC', 'IV', 'IM', 'PO' or 'inhaled'."),
        (18, "'lable' is not a known key here.", "Did you mean 'label'?"),
    ]


def test_faults_of_keys_of_formulas_and_of_dimensions_come_at_once(small):
    path = small(
        ("time: day", "time: day\nexploratory: maybe"),
        ("value: 10,", "value: ten,"),
        ("unit: mL/L", "unit: mL/l"),
        ("formula: central / (V * mL_per_L)", "formular: central / (V * mL_per_M)"),
        ("rate: -CL / V * central", "rate: -CL * central"),
        ("state: central", "state: centrl"),
    )
    assert problems(path) == [
        (6, "'exploratory': found 'maybe'; true or false is needed.", ""),
        (8, "'value': found 'ten'; a number is needed.", ""),
        (11, "'l' is not a unit that models use.", "Did you mean 'L'?"),
        (13, "'formular' is not a known key here.", "Did you mean 'formula'?"),
        (13, "'conc' uses 'mL_per_M', which is not a state, parameter or definition.", "Did you mean 'mL_per_L'?"),
        (15, "d(central)/dt = -CL * central is in IU*L/day where IU/day is needed.", ""),
        (17, "Doses of il2 IV enter 'centrl', which is not a state.", "Did you mean 'central'?"),
    ]


@pytest.mark.parametrize("section", ["sources", "parameters", "constants", "definitions", "states", "observables"])
def test_nothing_follows_from_a_section_that_is_no_mapping(small, section):
    said = problems(small((f"{section}:", f"{section}: 5\nx{section}:")))
    assert [message for _, message, _ in said] == [
        f"'{section}': found 5, a number; a mapping is needed.",
        f"'x{section}' is not a known key here.",
    ]


ONE_FAULT = {
    "an infinite value": (
        ("value: 10,", "value: .inf,"),
        (7, "'value': found .inf; a finite number is needed.", ""),
    ),
    "a number as text": (
        ("value: 10,", "value: '10',"),
        (7, "'value': found '10'; a number is needed.", ""),
    ),
    "one bound": (
        ("bounds: [5, 20]", "bounds: [5]"),
        (7, "'bounds': found a list; at least 2 entries are needed.", ""),
    ),
    "a negative start of a state that cannot be negative": (
        ("initial: 0,", "initial: -2,"),
        (
            14,
            "The initial value of 'central' is -2, but the state cannot be negative.",
            "A state that may be negative says 'nonnegative: false'.",
        ),
    ),
    "a value outside its bounds": (
        ("value: 10,", "value: 100,"),
        (7, "The value 100 of 'CL' lies outside its bounds 5 to 20.", ""),
    ),
    "a share that may exceed one": (
        ("  V: {", '  F: {value: 0.5, unit: "1", share: true, bounds: [0.1, 1.2], cv: 0, source: assumed}\n  V: {'),
        (8, "'F' is a share, but its bounds are 0.1 to 1.2.", "A share lies from 0 to 1."),
    ),
    "a share with a unit": (
        ("value: 10, unit: L/day, bounds: [5, 20]", "value: 0.5, unit: L/day, share: true, bounds: [0.1, 0.9]"),
        (7, "'CL' is a share, but its unit is 'L/day'.", "A share has the unit '1'."),
    ),
    "a log-normal value that may be zero": (
        ("bounds: [5, 20]", "bounds: [0, 20]"),
        (
            7,
            "'CL' varies between subjects (cv 0.3), but its lower bound is 0.",
            "Variation is log-normal: it needs bounds above 0, or a cv of 0.",
        ),
    ),
    "an uncertain value that is not above zero": (
        ("value: 10, unit: L/day, bounds: [5, 20], cv: 0.3", "value: 0, unit: L/day, bounds: [0, 20], cv: 0, uncertainty: 0.5"),
        (7, "'CL' has an uncertainty, but its value is 0.", "Uncertainty is log-normal: it needs a value above 0."),
    ),
    "an uncertain value whose bounds reach below zero": (
        ("bounds: [5, 20], cv: 0.3", "bounds: [-1, 20], cv: 0, uncertainty: 0.5"),
        (
            7,
            "'CL' has an uncertainty, but its lower bound is -1.",
            "Uncertainty is log-normal: it needs bounds of 0 and above.",
        ),
    ),
    "an uncertain value whose bounds leave no choice": (
        ("bounds: [5, 20]", "bounds: [10, 10], uncertainty: 0.5"),
        (
            7,
            "'CL' has an uncertainty, but its bounds leave one value, 10.",
            "Give bounds around the value, or no uncertainty.",
        ),
    ),
    "an unknown source": (
        ("source: assumed", "source: mee2026"),
        (
            8,
            "'mee2026' is not a key of 'sources'.",
            "Did you mean 'me2026'? The source of a value without a source is 'assumed'.",
        ),
    ),
    "an unused source": (
        ("  me2026:", "  you: {text: x}\n  me2026:"),
        (
            4,
            "No parameter has the source 'you'.",
            "Name it as the 'source' of a parameter, or remove it.",
        ),
    ),
    "a DOI that is none": (
        ('a journal."}', 'a journal.", doi: "https://doi.org/x"}'),
        (4, "'doi': found 'https://doi.org/x'; a DOI such as 10.1000/182 is needed.", ""),
    ),
    "no states": (
        (f"  central: {{unit: IU, initial: 0, {RATE}}}", "  {}"),
        (14, "'states': found an empty mapping; at least 1 entry is needed.", ""),
    ),
    "an unknown unit": (
        ("unit: L,", "unit: l,"),
        (8, "'l' is not a unit that models use.", "Did you mean 'L'?"),
    ),
    "a comma in a formula without quotes": (
        (RATE, "rate: -min(CL, 3) / V * central"),
        (
            14,
            "'3) / V * central' is not a known key here.",
            "Inside { } a comma ends a value: put text that contains one in quotes.",
        ),
    ),
    "a name that is a function": (
        ("  V: {", "  exp: {value: 1, unit: '1', bounds: [1, 1], cv: 0, source: assumed}\n  V: {"),
        (8, "'exp' cannot be a name: formulas read it as a function.", "Choose another name."),
    ),
    "a name that is no identifier": (
        ("serum: {", "serum IL-2: {"),
        (
            18,
            "'serum IL-2' cannot be a name.",
            "A name has letters, digits and '_', starts with a letter, and is not a keyword of Python.",
        ),
    ),
    "a name used twice": (
        ("  mL_per_L: {value", "  V: {value: 5, unit: L}\n  mL_per_L: {value"),
        (10, "'V' is the name of a constant and of a parameter.", "Every name means one thing."),
    ),
    "an unknown name": (
        (RATE, "rate: -CLL / V * central"),
        (14, "d(central)/dt uses 'CLL', which is not a state, parameter or definition.", "Did you mean 'CL'?"),
    ),
    "a definition that reads a later one": (
        ("definitions:\n", "definitions:\n  twice: {formula: 2 * conc, unit: IU/mL}\n"),
        (
            12,
            "'twice' uses 'conc', which is not defined above it.",
            "A definition can only read definitions above it: change their order.",
        ),
    ),
    "an initial value that reads a state": (
        ("initial: 0", "initial: central"),
        (
            14,
            "The initial value of 'central' uses 'central', which is a state.",
            "Only parameters and constants can be used here.",
        ),
    ),
    "an initial value that reads the time": (
        ("initial: 0", "initial: time"),
        (
            14,
            "The initial value of 'central' uses 'time', which is not known before the start.",
            "Only parameters and constants can be used here.",
        ),
    ),
    "a lag with an unknown name": (
        ("lag: 0", "lag: VV"),
        (16, "The lag of il2 IV uses 'VV', which is not a parameter or constant.", "Did you mean 'V'?"),
    ),
    "an input into no state": (
        ("state: central", "state: centrl"),
        (16, "Doses of il2 IV enter 'centrl', which is not a state.", "Did you mean 'central'?"),
    ),
    "the same input twice": (
        (
            "observables:\n",
            "  - {drug: il2, route: IV, state: central, bioavailability: 1, lag: 0}\nobservables:\n",
        ),
        (17, "Doses of il2 IV enter twice.", "Remove one of the two inputs."),
    ),
    "a formula that calls Python": (
        (RATE, "rate: __import__('os')"),
        (
            14,
            "'__import__' is not a function that a formula may call.",
            "Known functions: exp, log, sqrt, min, max, hill.",
        ),
    ),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_a_fault_is_said_with_its_line_and_what_would_be_right(small, case):
    change, problem = ONE_FAULT[case]
    assert problems(small(change)) == [problem]


def test_the_caret_stands_under_the_unknown_name(small):
    with pytest.raises(InputFileError) as caught:
        load_model(small((RATE, "rate: -CL / VV * central")))
    assert str(caught.value) == (
        "m.yaml:14: d(central)/dt uses 'VV', which is not a state, parameter or definition.\n"
        "    13 | states:\n"
        "  > 14 |   central: {unit: IU, initial: 0, rate: -CL / VV * central}\n"
        "       |                                               ^\n"
        "  Did you mean 'V'?"
    )


def test_the_caret_is_found_in_a_folded_formula(small):
    block = "\n    unit: IU\n    initial: 0\n    rate: >-\n      -CL / V\n      * centra"
    with pytest.raises(InputFileError) as caught:
        load_model(small((f" {{unit: IU, initial: 0, {RATE}}}", block)))
    assert str(caught.value) == (
        "m.yaml:19: d(central)/dt uses 'centra', which is not a state, parameter or definition.\n"
        "    18 |       -CL / V\n"
        "  > 19 |       * centra\n"
        "       |         ^\n"
        "  Did you mean 'central'?"
    )


def test_faults_of_names_and_formulas_are_said_at_once(small):
    path = small(("value: 10,", "value: 100,"), (RATE, "rate: CL ^ x + y"), ("formula: conc,", "formula: 2 * kof,"))
    assert [line for line, _, _ in problems(path)] == [7, 14, 18]

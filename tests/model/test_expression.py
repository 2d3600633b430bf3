"""Formulas: what passes, what does not, and that text and tree say the same."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.model.expression import (
    FUNCTIONS,
    Binary,
    Call,
    FormulaError,
    Name,
    Negation,
    Number,
    in_formula,
    names_in,
    parse_formula,
)

ALLOWED = "A formula may use numbers, names, + - * / **, brackets and exp, log, sqrt, min, max, hill."
KNOWN = "Known functions: exp, log, sqrt, min, max, hill."
PLAIN = "A formula is written with plain letters, digits and + - * / ** ( ) , only."


def refusal(text: str) -> tuple[str, int, str]:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    return caught.value.message, caught.value.at, caught.value.advice


def compound(inner: st.SearchStrategy) -> st.SearchStrategy:
    power = st.just("**")
    powers = st.builds(Binary, power, inner, NAMES) | st.builds(Binary, power, NAMES, inner)
    calls = st.sampled_from(sorted(FUNCTIONS)).flatmap(
        lambda name: st.builds(Call, st.just(name), st.tuples(*[inner] * FUNCTIONS[name]))
    )
    return st.builds(Negation, inner) | st.builds(Binary, st.sampled_from("+-*/"), inner, inner) | powers | calls


NUMBERS = st.builds(Number, st.floats(min_value=0, allow_infinity=False, allow_nan=False))
NAMES = st.builds(Name, st.sampled_from(["x", "ka", "time", "T0", "E", "lambda_"]))
EXPRESSIONS = st.recursive(NUMBERS | NAMES, compound, max_leaves=20)


@given(EXPRESSIONS)
def test_a_tree_is_written_as_text_that_reads_back_to_it(expression):
    assert parse_formula(in_formula(expression)) == expression


@given(EXPRESSIONS)
def test_names_are_those_of_the_text(expression):
    assert set(names_in(parse_formula(in_formula(expression)))) == set(names_in(expression))


@given(st.text(max_size=40) | st.text(alphabet="ax1.+-*/()[]{},:='\"^ \n\t#", max_size=40))
def test_any_text_is_read_or_refused_without_a_warning(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            expression = parse_formula(text)
        except FormulaError as error:
            assert 0 <= error.at <= len(text)  # noqa: PT017
        else:
            assert parse_formula(in_formula(expression)) == expression


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("-ka*depot", "-ka * depot"),
        ("  a+b ", "a + b"),
        ("a\n  + b", "a + b"),
        ("+a", "a"),
        ("a-(b-c)", "a - (b - c)"),
        ("a/(b*c)", "a / (b * c)"),
        ("(a**b)**c", "(a**b)**c"),
        ("a**b**c", "a**b**c"),
        ("-a**2", "-a**2"),
        ("(-a)**2", "(-a)**2"),
        ("a**-0.5", "a**-0.5"),
        ("1e6*hill(x,1.50,2)", "1000000 * hill(x, 1.5, 2)"),
    ],
)
def test_a_formula_is_written_with_the_fewest_brackets(text, written):
    assert in_formula(parse_formula(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('ls')",
        "x.__class__",
        "().__class__.__bases__",
        "(lambda: 1)()",
        "[x for x in y]",
        "{x: 1 for x in y}",
        "x[0]",
        "'text'",
        "f'{x}'",
        "x if y else z",
        "x and y",
        "not x",
        "x < y",
        "x, y",
        "[x]",
        "x @ y",
        "x // y",
        "x % y",
        "x << 9",
        "~x",
        "True",
        "None",
        "...",
        "1j",
        "exp(*x)",
        "b'x'",
    ],
)
def test_what_is_no_arithmetic_is_not_allowed(text):
    shown = {"exp(*x)": "*x"}.get(text, text)
    message, _, advice = refusal(text)
    assert (message, advice) == (f"'{shown}' is not allowed in a formula.", ALLOWED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("The formula is empty.", 0, "")),
        ("a + ", ("'a +' is not a formula.", 2, ALLOWED)),
        ("a = b", ("'=' cannot be used in a formula.", 2, PLAIN)),
        ("import os", ("'import os' is not a formula.", 0, ALLOWED)),
        ("x + a ^ 2", ("'x + a ^ 2' is not allowed in a formula.", 0, "A power is written with **.")),
        ("eval(x)", ("'eval' is not a function that a formula may call.", 0, KNOWN)),
        ("  2 * hil(x, 1, 2)", ("'hil' is not a function that a formula may call.", 6, f"Did you mean 'hill'? {KNOWN}")),
        ("exp(x=1)", ("'=' cannot be used in a formula.", 5, PLAIN)),
        ("exp(**x)", ("'exp(**x)' is not allowed in a formula.", 0, ALLOWED)),
        ("hill(x, 1)", ("'hill' takes 3 arguments, not 2.", 0, "")),
        ("1 + exp()", ("'exp' takes 1 argument, not 0.", 4, "")),
        ("1e999", ("The number is too large.", 0, "")),
        ("x + " + "9" * 400, ("The number is too large.", 4, "")),
        ("CL × V", ("'×' cannot be used in a formula.", 3, PLAIN)),
        ("a − b", ("'−' cannot be used in a formula.", 2, PLAIN)),
        ("µ * x", ("'µ' cannot be used in a formula.", 0, PLAIN)),
        ("a # + b", ("'#' cannot be used in a formula.", 2, PLAIN)),
        ("a; b", ("';' cannot be used in a formula.", 1, PLAIN)),
        ("x * 9**9**9**9", ("'9**9' is a power of numbers.", 10, "Write the number itself.")),
        ("exp(2)**-3", ("'exp(2)**-3' is a power of numbers.", 0, "Write the number itself.")),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_column(text, expected):
    assert refusal(text) == expected


NAME_PARTS = "Name parts of it under 'definitions'."


@pytest.mark.parametrize(
    "text", ["-" * 100 + "x", "(" * 80 + "x" + ")" * 80, "x" + "+x" * 100, "exp(" * 70 + "x" + ")" * 70, "(" * 900]
)
def test_deep_nesting_is_refused(text):
    if text.startswith("(" * 80 + "x"):
        assert parse_formula(text) == Name("x")
        return
    message, _, advice = refusal(text)
    assert message.startswith("'((((") or (message, advice) == (
        "The formula is nested more than 60 deep.",
        NAME_PARTS,
    )


def test_a_huge_formula_is_refused_before_it_is_parsed():
    assert refusal("x+" * 5_000_000 + "x") == (
        "The formula has 10000001 characters; at most 2000 are read.",
        0,
        NAME_PARTS,
    )

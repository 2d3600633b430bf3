"""rxode2: a model function with `ini` and `model` blocks, which nlmixr2 reads too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from regimens.model.expression import TIME, Name
from regimens.modeltext.names import Names, words
from regimens.modeltext.parts import (
    Parts,
    Thing,
    commented,
    decimal,
    heading,
    is_number,
    omega_blocks,
    parameter_words,
    parts_of,
    renamed,
    thing_words,
    used,
)
from regimens.modeltext.printing import Notation, Statements

if TYPE_CHECKING:
    from regimens.model.declaration import Model

RESERVED = words("""
    time t T F podo tlast tlast0 tad tad0 tafd tafd0 tfirst tfirst0 cmt CMT amt AMT ii II ss SS rate RATE dur evid EVID addl
    ADDL id ID mdv MDV dv DV dose dosenum newind NEWIND rxFlag linCmt ini model label fix d dt f alag lag rate mtime sim
    ipredSim simeps simeta M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2
    M_SQRT_3 M_SQRT_32 M_LOG10_2 M_2PI M_SQRT_PI M_1_SQRT_2PI M_SQRT_2dPI M_LN_2PI M_LN_SQRT_PI M_LN_SQRT_2PI M_LN_SQRT_PId2
    pi TRUE FALSE NULL NA NaN Inf NA_integer_ NA_real_ NA_character_ if else repeat while function for next break in exp log
    sqrt min max abs sin cos tan gamma lgamma beta lbeta phi logit expit factorial floor ceil pow add prop nothing lnorm
""")
"""Words of rxode2 and of R, which reads the function."""

NOTATION = Notation(decimal, {"exp": "exp", "log": "log", "sqrt": "sqrt"}, power="^")


def rxode2_text(model: Model) -> str:
    """Return the function of `model`; ModelError where rxode2 cannot say what it does."""
    parts = parts_of(model)
    names = Names(RESERVED, prefixes=("rx_", "rx__"))
    spelled = {state.name: names.spelled(state.name) for state in model.states}
    varying = {p.name: (names.fresh(f"TV{p.name}"), f"eta.{p.name}") for p in parts.varying}
    spelled |= {p.name: names.spelled(p.name) for p in model.parameters}
    spelled |= {d.name: names.spelled(d.name) for d in (*parts.before, *parts.along)}
    spelled[TIME] = "t"
    needed = used(parts, parts.observables.values())
    statements = Statements(NOTATION, spelled, names.fresh, lambda name, text: f"{name} <- {text}", _choose)
    statements.lines += [f"{spelled[name]} <- {tv} * exp({eta})" for name, (tv, eta) in varying.items() if name in needed]
    for definition in (*parts.before, *parts.along):
        statements.set(spelled[definition.name], definition.formula)
    for state in model.states:
        statements.set(f"d/dt({spelled[state.name]})", parts.rates[state.name])
    for state in model.states:
        if not is_number(parts.initial[state.name], 0.0):
            statements.set(f"{spelled[state.name]}(0)", parts.initial[state.name])
    for given in parts.dosing("rxode2"):
        if not is_number(given.bioavailability, 1.0):
            statements.set(f"f({spelled[given.state]})", parts.shared(given.bioavailability))
        if not is_number(given.lag, 0.0):
            statements.set(f"alag({spelled[given.state]})", parts.shared(given.lag))
    for observable in model.observables:
        if (formula := parts.observables[observable.name]) != Name(observable.name):
            statements.set(names.spelled(observable.name, "observable"), formula)
    unused = [p.name for p in model.parameters if p.name not in needed]
    top = heading(parts, "rxode2", ["Residual error: outputs are without noise.", *_unused(unused)])
    function = names.fresh(model.name)
    return "\n".join(
        [
            *commented([*top, *_things(parts, spelled), *renamed(names.changed)], "#"),
            *["", f"{function} <- function() {{", "  ini({"],
            *(f"    {line}" for line in _ini(parts, spelled, varying, needed)),
            *["  })", "  model({"],
            *(f"    {line}" for line in statements.lines),
            *["  })", "}", f"{function} <- rxode2::rxode2({function})", ""],
        ]
    )


def _choose(name: str, left: str, right: str, then: str, otherwise: str) -> list[str]:
    return [f"if ({left} < {right}) {{ {name} <- {then} }} else {{ {name} <- {otherwise} }}"]


def _unused(names: list[str]) -> list[str]:
    return [f"Parameters that no equation reads: {', '.join(names)}."] if names else []


def _things(parts: Parts, spelled: Mapping[str, str]) -> list[str]:
    model = parts.model
    lines = ["Compartments, in the order of their numbers (CMT), then definitions and observables:"]
    lines += [f"  {place} {spelled[s.name]}: {thing_words(s)}" for place, s in enumerate(model.states, 1)]
    computed: list[Thing] = [*model.definitions, *model.observables]
    return lines + [f"  {thing.name}: {thing_words(thing)}" for thing in computed]


def _ini(
    parts: Parts, spelled: Mapping[str, str], varying: Mapping[str, tuple[str, str]], needed: frozenset[str]
) -> Iterator[str]:
    for p in parts.model.parameters:
        if p.name in needed:
            name = varying[p.name][0] if p.name in varying else spelled[p.name]
            yield f"{name} <- {decimal(p.value)}  # {parameter_words(p)}"
    unread = {p.name for p in parts.varying} - needed
    for members, rows in omega_blocks(parts, unread):
        etas = " + ".join(varying[name][1] for name in members)
        entries = ", ".join(decimal(value) for row in rows for value in row)
        yield f"{etas} ~ {entries}" if len(members) == 1 else f"{etas} ~ c({entries})"

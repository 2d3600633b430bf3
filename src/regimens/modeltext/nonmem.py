"""NONMEM: a skeleton of an NM-TRAN control stream with the general nonlinear model ADVAN13."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from regimens.model.expression import TIME
from regimens.model.interpret import BY_DEFINITION
from regimens.modeltext.names import Names, words
from regimens.modeltext.parts import (
    Parts,
    commented,
    heading,
    is_number,
    omega_blocks,
    parameter_words,
    parts_of,
    renamed,
    said,
    thing_words,
    things_of,
)
from regimens.modeltext.printing import Notation, Statements

if TYPE_CHECKING:
    from regimens.model.declaration import Model

RESERVED = words("""
    A B C D E F G H P R S T Y W DADT A_0 A_0FLG T_ TIME TSTATE DOSTIM DOSREC DATREC NEWIND NEWL2 ICALL IREP ID AMT RATE CMT
    PCMT EVID ADDL II SS DV MDV L1 L2 CALL MIXNUM MIXEST MIXP THETA ETA ETAS EPS ERR SIGMA OMEGA THETAFR THSIMP THETAP
    OMEGAF SIGMAF CORRL2 CTLO CTUP DEN DEN_ CDEN_ PRED RES WRES IPRED IRES IWRES NPDE CWRES LIREC NDREC NEVENT NREP NIND
    INDREC COMACT COMSAV MTIME MNOW MPAST MNEXT MTDIFF XVID1 XVID2 XVID3 XVID4 XVID5 ITER_REPORT BAYES_EXTRA_REQUEST
    BAYES_EXTRA LAPLACE PR_Y PR_CT F0 FO FLAG IERPRD MSEC MFIRST MODEL COM VECTRA VECTRB VECTRC SKIP_ SIMEPS SIMETA TSCALE
    XSCALE LOG_LIKE SAEM_MODE OBJQUICK EXP LOG LOG10 SQRT SIN COS TAN ASIN ACOS ATAN ABS INT MIN MAX MOD PHI GAMLN LOGIT
    INV_LOGIT PEXP PLOG PSQRT IF THEN ELSE ELSEIF ENDIF DO WHILE ENDDO EXIT RETURN CALLFL COMRES DOWHILE EQ NE LT LE GT GE
    AND OR NOT TRUE FALSE SC S0 IDUM JDUM
""")
"""Words of NM-TRAN and of its abbreviated code. KA, CL and V are free: only other ADVANs give them a meaning."""

_NUMBERED = re.compile(r"(?:F|R|D|S|ALAG|A|P|THETA|ETA|EPS|ERR|DADT|MTIME|MIXP|K|KA)\d+", re.IGNORECASE)
LINE = 78
"""Characters of the longest line that is written."""


def fortran(value: float) -> str:
    """Return a number as abbreviated code has it: 2.0, 5.0E-07."""
    text = repr(float(value)).replace("e", "E")
    return re.sub(r"^(-?\d+)E", r"\1.0E", text)


NOTATION = Notation(fortran, {"exp": "EXP", "log": "LOG", "sqrt": "SQRT"}, power="**")


def nonmem_text(model: Model) -> str:
    """Return the control stream of `model`; ModelError where NONMEM cannot say what it does."""
    parts = parts_of(model)
    names = Names([*RESERVED, *_numbered_in(parts)], fold_case=True, longest=20, joint="_", prefixes=("MU_",))
    of_compartments = Names([], fold_case=True, longest=20, joint="_")
    compartments = {s.name: f"A({place})" for place, s in enumerate(model.states, 1)}
    labels = {s.name: of_compartments.spelled(s.name, "compartment") for s in model.states}
    spelled = {p.name: names.spelled(p.name) for p in model.parameters}
    spelled |= {d.name: names.spelled(d.name) for d in (*parts.before, *parts.along)}
    pk = _statements({**spelled, **compartments}, names)
    thetas = _pk(parts, spelled, compartments, names, pk)
    des = _statements({**spelled, **compartments, TIME: "T"}, names)
    for definition in parts.along:
        des.set(spelled[definition.name], definition.formula)
    for place, state in enumerate(model.states, 1):
        des.set(f"DADT({place})", parts.rates[state.name])
    outputs, error = _error(parts, {**spelled, **compartments, TIME: "TIME"}, names)
    top = heading(
        parts,
        "NONMEM",
        ["Residual error: EPS(1) is fixed at a variance of 0, and the observation is a choice to be made in $ERROR."],
    )
    numbers = [f"Compartment {place}: {labels[s.name]}, {thing_words(s)}." for place, s in enumerate(model.states, 1)]
    definitions = [f"{spelled[d.name]}: {thing_words(d)}." for d in (*parts.before, *parts.along)]
    lines = [
        f"$PROBLEM {said(model.title)[:60]}",
        *commented([*top, *numbers, *definitions, *renamed(of_compartments.changed + names.changed)], ";", LINE),
        "$INPUT ID TIME EVID AMT RATE CMT ADDL II SS DV MDV",
        "$DATA events.csv IGNORE=@",
        "$SUBROUTINES ADVAN13 TOL=9",
        f"$MODEL NCOMPARTMENTS={len(model.states)}",
        *(f" COMPARTMENT=({labels[s.name]})" for s in model.states),
        *["$PK", *pk.lines, "$DES", *des.lines, "$ERROR", *error],
        *["$THETA", *thetas, *_omega(parts), "$SIGMA", " 0 FIX"],
        *_wrapped(f"$TABLE ID TIME {' '.join(outputs)} NOPRINT NOAPPEND ONEHEADER FILE={_file(model)}"),
    ]
    return "\n".join(_ascii(lines)) + "\n"


def _numbered_in(parts: Parts) -> Iterator[str]:
    """Yield names of the model that abbreviated code would read as one of its numbered variables, as F1 or ALAG2."""
    for thing in things_of(parts.model):
        if _NUMBERED.fullmatch(thing.name):
            yield thing.name


def _statements(names: Mapping[str, str], all_names: Names) -> Statements:
    return Statements(NOTATION, names, all_names.fresh, _assign, _choose)


def _assign(name: str, text: str) -> str:
    return "\n".join(_wrapped(f"{name} = {text}"))


def _choose(name: str, left: str, right: str, then: str, otherwise: str) -> list[str]:
    condition = f"{right}.GT.{left}" if left == fortran(0.0) else f"{left}.LT.{right}"
    return [_assign(name, otherwise), "\n".join(_wrapped(f"IF ({condition}) {name} = {then}"))]


def _wrapped(line: str) -> list[str]:
    """Break a statement at spaces into lines that end with & where they go on."""
    start = "" if line.startswith("$") else " "
    pieces = textwrap.wrap(
        line, LINE, initial_indent=start, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
    )
    return [f"{piece} &" for piece in pieces[:-1]] + pieces[-1:]


def _pk(parts: Parts, spelled: Mapping[str, str], compartments: Mapping[str, str], names: Names, pk: Statements) -> list[str]:
    """Fill `$PK` and return the lines of `$THETA`: every typical value is fixed, constants are written in `$PK`."""
    thetas: list[str] = []
    count, etas = 0, {name: place for place, name in enumerate((n for members, _ in omega_blocks(parts) for n in members), 1)}
    for parameter in parts.model.parameters:
        name = spelled[parameter.name]
        if parameter.source == BY_DEFINITION.key:
            pk.lines += commented([f"{name}: {parameter_words(parameter)}"], " ;", LINE)
            pk.lines.append(f" {name} = {fortran(parameter.value)}")
            continue
        count += 1
        thetas += commented([f"{name}: {parameter_words(parameter)}"], " ;", LINE)
        thetas.append(f" {fortran(parameter.value)} FIX ; THETA({count})")
        theta = f"THETA({count})"
        if parameter.name in etas:
            typical = names.fresh(f"TV{parameter.name}")
            pk.lines += [f" {typical} = {theta}", f" {name} = {typical} * EXP(ETA({etas[parameter.name]}))"]
        else:
            pk.lines.append(f" {name} = {theta}")
    if not parts.varying:
        pk.lines.append(f" {names.fresh('no_eta')} = ETA(1)")
    for definition in parts.before:
        pk.set(spelled[definition.name], definition.formula)
    for place, state in enumerate(parts.model.states, 1):
        if not is_number(parts.initial[state.name], 0.0):
            pk.set(f"A_0({place})", parts.initial[state.name])
    for given in parts.dosing("NONMEM"):
        place = list(compartments).index(given.state) + 1
        if not is_number(given.bioavailability, 1.0):
            pk.set(f"F{place}", parts.shared(given.bioavailability))
        if not is_number(given.lag, 0.0):
            pk.set(f"ALAG{place}", parts.shared(given.lag))
    return thetas


def _error(parts: Parts, names: Mapping[str, str], all_names: Names) -> tuple[list[str], list[str]]:
    """Return the names of the outputs and the lines of `$ERROR`; definitions get names of their own there."""
    own = {**names, **{d.name: all_names.fresh(f"{d.name}_E") for d in parts.along}}
    statements = _statements(own, all_names)
    for definition in parts.along:
        statements.set(own[definition.name], definition.formula)
    outputs = []
    for observable in parts.model.observables:
        outputs.append(all_names.spelled(observable.name, "observable"))
        statements.lines += commented([f"{outputs[-1]}: {thing_words(observable)}"], " ;", LINE)
        statements.set(outputs[-1], parts.observables[observable.name])
    first = outputs[0] if outputs else "F"
    statements.lines += [
        f" ; The observation: here {first}; choose the observable and the error model.",
        f" Y = {first} + EPS(1)",
    ]
    return outputs, statements.lines


def _omega(parts: Parts) -> Iterator[str]:
    """Yield the variances between subjects; one of 0 where there is none, without which NONMEM takes the data for one subject."""
    if not parts.varying:
        yield "$OMEGA 0 FIX ; no variation between subjects"
    for members, rows in omega_blocks(parts):
        if len(members) == 1:
            yield f"$OMEGA {fortran(rows[0][0])} FIX ; {members[0]}"
        else:
            yield from commented([f"Between subjects: {', '.join(members)}"], ";", LINE)
            yield f"$OMEGA BLOCK({len(members)}) FIX"
            yield from (" " + " ".join(map(fortran, row)) for row in rows)


def _file(model: Model) -> str:
    return re.sub(r"\W", "_", model.name, flags=re.ASCII)[:40] + ".tab"


def _ascii(lines: Iterable[str]) -> list[str]:
    """Return lines without letters that NM-TRAN does not read; an accent is dropped, another sign becomes '?'."""
    plain = (unicodedata.normalize("NFKD", line) for line in lines)
    return ["".join(c if c.isascii() else "" if unicodedata.combining(c) else "?" for c in line) for line in plain]

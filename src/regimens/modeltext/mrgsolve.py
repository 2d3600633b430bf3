"""mrgsolve: a model specification with C++ blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from regimens.model.expression import TIME, Expression, Name
from regimens.modeltext.names import Names, words
from regimens.modeltext.parts import (
    Parts,
    commented,
    decimal,
    heading,
    is_number,
    omega_blocks,
    parameter_words,
    parts_of,
    renamed,
    said,
    thing_words,
)
from regimens.modeltext.printing import Notation, write

if TYPE_CHECKING:
    from regimens.model.declaration import Model

OBSERVABLE = "observable"

RESERVED = words("""
    ID amt cmt ii ss evid addl rate time AMT CMT II SS ADDL RATE TIME EVID SOLVERTIME table ETA EPS simeps simeta self
    NEWIND DONE CFONSTOP DXDTZERO INITSOLV SETINIT report VARS capture T F N tscale EVID pred_CL pred_VC pred_V pred_V2
    pred_KA pred_Q pred_VP pred_V3 THETA OMEGA SIGMA R D ALAG hill power smaller larger x_ ec50_ h_ a_ b_ TRUE FALSE NULL NA
    NaN Inf NA_integer_ NA_real_ NA_character_ function next repeat in alignas alignof and and_eq asm auto bitand bitor bool
    break case catch char class compl const constexpr const_cast continue decltype default delete do double dynamic_cast
    else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not
    not_eq nullptr operator or or_eq private protected public register reinterpret_cast return short signed sizeof static
    static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename union unsigned
    using virtual void volatile wchar_t while xor xor_eq std pow exp log sqrt min max fabs abs sin cos tan floor ceil
    databox arma Rcpp R_NaReal main errno assert NAN INFINITY
""") | words("""
    acos acosh asin asinh atan atan2 atanh cbrt cosh drem erf erfc exp10 exp2 expm1 fdim fma fmax fmin fmod frexp gamma
    hypot ilogb index isinf isnan finite j0 j1 jn ldexp lgamma log10 log1p log2 logb lrint lround modf nan nearbyint
    nextafter pow10 remainder remquo rindex rint round scalb scalbln scalbn signgam significand sincos sinh tanh tgamma
    trunc y0 y1 yn abort access acct alarm atexit atof atoi atol basename bcmp bcopy brk bsearch bzero calloc chdir chown
    chroot clearerr clock close confstr crypt ctime daemon difftime div dup dup2 encrypt environ execl execv exit fclose
    feof ferror fflush ffs fgetc fgets fopen fork fputc fputs fread free fseek ftell fwrite getc getenv getopt gets getw
    gmtime gsignal isatty kill killpg labs link localtime longjmp lseek malloc memchr memcmp memcpy memset mktime nice open
    optarg pause perror pipe profil putc puts putw qsort raise rand random read realloc remove rename rewind rmdir sbrk
    select setenv setjmp setkey signal sigpause sleep ssignal stderr stdin stdout stime strcat strchr strcmp strcpy strlen
    strtod swab symlink sync syscall sysconf system tempnam timer_t times timezone tzset daylight tzname umask ungetc unlink
    utime valloc vfork wait write
""")
"""Words of mrgsolve, of R, which reads `$PARAM`, of C++, and names of the C library, with which variables of a block clash."""

HELPERS = """\
namespace {
inline double smaller(double a_, double b_) { return a_ < b_ ? a_ : b_; }
inline double larger(double a_, double b_) { return a_ > b_ ? a_ : b_; }
inline double hill(double x_, double ec50_, double h_) {
  return x_ > 0.0 ? (h_ == 1.0 ? x_ / (ec50_ + x_) : 1.0 / (1.0 + std::pow(ec50_ / x_, h_))) : 0.0;
}
}"""

NOTATION = Notation(
    decimal,
    {"exp": "exp", "log": "log", "sqrt": "sqrt", "min": "smaller", "max": "larger", "hill": "hill", "**": "std::pow"},
)


def mrgsolve_text(model: Model) -> str:
    """Return the specification of `model`; ModelError where mrgsolve cannot say what it does."""
    parts = parts_of(model)
    states = [state.name for state in model.states]
    names = Names(RESERVED, prefixes=("F_", "ALAG_", "D_", "R_", "N_", "dxdt_"), endings=("_0",))
    spelled = {state: names.spelled(state) for state in states}
    varying = {p.name: (names.fresh(f"TV{p.name}"), names.fresh(f"ETA_{p.name}")) for p in parts.varying}
    spelled |= {p.name: names.spelled(p.name) for p in model.parameters}
    spelled |= {d.name: names.spelled(d.name) for d in (*parts.before, *parts.along)}
    table = _table(parts, spelled, names)
    main = [f"double {spelled[p.name]} = {varying[p.name][0]} * exp({varying[p.name][1]});" for p in parts.varying]
    main += [_set(f"double {spelled[d.name]}", d.formula, spelled) for d in parts.before]
    main += [_set(f"{spelled[state]}_0", parts.initial[state], spelled) for state in states]
    for given in parts.dosing("mrgsolve"):
        if not is_number(given.bioavailability, 1.0):
            main.append(_set(f"F_{spelled[given.state]}", parts.shared(given.bioavailability), spelled))
        if not is_number(given.lag, 0.0):
            main.append(_set(f"ALAG_{spelled[given.state]}", parts.shared(given.lag), spelled))
    in_ode = {**spelled, TIME: "SOLVERTIME"}
    ode = [f"{_set(f'double {spelled[d.name]}', d.formula, in_ode)}  // {thing_words(d)}" for d in parts.along] + [
        _set(f"dxdt_{spelled[state]}", parts.rates[state], in_ode) for state in states
    ]
    numbers = f"Compartments (CMT): {', '.join(f'{place} {spelled[state]}' for place, state in enumerate(states, 1))}."
    top = heading(parts, "mrgsolve", ["Residual error: there is no $SIGMA, observables are captured without noise."])
    return "\n".join(
        [
            f"$PROB {said(model.title)}",
            "",
            *commented([*top, numbers, *renamed(names.changed)], "//"),
            "",
            *["$PARAM", *_parameters(parts, spelled, varying), ""],
            *["$CMT", *(f"{spelled[s.name]} // {thing_words(s)}" for s in model.states), ""],
            *_omega(parts, varying),
            *["$GLOBAL", HELPERS, "", "$MAIN", *main, "", "$ODE", *ode, "", "$TABLE", *table, ""],
        ]
    )


def _set(target: str, formula: Expression, names: Mapping[str, str]) -> str:
    return f"{target} = {write(formula, NOTATION, names)};"


def _parameters(parts: Parts, spelled: Mapping[str, str], varying: Mapping[str, tuple[str, str]]) -> list[str]:
    return [
        f"{varying[p.name][0] if p.name in varying else spelled[p.name]} = {decimal(p.value)} // {parameter_words(p)}"
        for p in parts.model.parameters
    ]


def _omega(parts: Parts, varying: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return a block for each group of correlated parameters, and one for all that are independent."""
    blocks = omega_blocks(parts)
    alone = [(members[0], rows[0][0]) for members, rows in blocks if len(members) == 1]
    lines = []
    if alone:
        lines += [f"$OMEGA @labels {' '.join(varying[name][1] for name, _ in alone)}", *(decimal(v) for _, v in alone), ""]
    for members, rows in blocks:
        if len(members) > 1:
            lines += ["$OMEGA @block", f"@labels {' '.join(varying[name][1] for name in members)}"]
            lines += [*(" ".join(map(decimal, row)) for row in rows), ""]
    return lines


def _table(parts: Parts, spelled: Mapping[str, str], names: Names) -> list[str]:
    """Return `$TABLE`: definitions at the time of the row, then the observables; compartments are in the output anyway."""
    at_row = {**spelled, TIME: "TIME"}
    lines = [_set(spelled[d.name], d.formula, at_row) for d in parts.along]
    states = {state.name for state in parts.model.states}
    captured = []
    for observable in parts.model.observables:
        formula, name = parts.observables[observable.name], observable.name
        words = f"// {thing_words(observable)}"
        if formula != Name(name):
            lines.append(f"{_set(f'capture {names.spelled(name, OBSERVABLE)}', formula, at_row)}  {words}")
        elif name in states:
            lines.append(f"// {spelled[name]} is a compartment and so in the output: {thing_words(observable)}")
        else:
            captured.append(f"{spelled[name]} {words}")
    return [*lines, *(["", "$CAPTURE", *captured] if captured else [])]

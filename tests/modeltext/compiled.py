"""Harnesses: the blocks of a text as one function of a shared library, with what the tool itself would declare around them."""

from __future__ import annotations

import ctypes
import re
import subprocess
from pathlib import Path

import numpy as np

from regimens.model.declaration import Model
from regimens.model.expression import Name


def blocks(text: str, mark: str) -> dict[str, list[str]]:
    """Return the lines of every block by the word after `$`, without comments, which start with `mark`."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        code = line.split(mark, 1)[0].rstrip()
        if code.startswith("$"):
            word, _, rest = code[1:].partition(" ")
            body = found.setdefault(word, [])
            body += [rest] if rest else []
        elif code:
            body.append(code)
    return found


def call(library: Path, times: list[float], states: np.ndarray, outputs: int, entered: int) -> dict[str, np.ndarray]:
    """Call `run` of a shared library at every point."""
    run = ctypes.CDLL(str(library)).run
    points, size = states.shape
    shapes = {
        "rates": (points, size),
        "initial": (size,),
        "observables": (points, outputs),
        "bioavailability": (entered,),
        "lag": (entered,),
    }
    found = {key: np.full(shape, np.nan) for key, shape in shapes.items()}
    arrays = [np.ascontiguousarray(times), np.ascontiguousarray(states), *found.values()]
    run(ctypes.c_int(points), *(array.ctypes.data_as(ctypes.c_void_p) for array in arrays))
    return found


def run_mrgsolve(text: str, model: Model, folder: Path, times: list[float], states: np.ndarray) -> dict[str, np.ndarray]:
    """Compile `$MAIN`, `$ODE` and `$TABLE` as C++.

    As in mrgsolve's own code, parameters and compartments are macros, and variables that blocks declare stand outside functions.
    """
    block = blocks(text, "//")
    parameters = [line.split(" = ") for line in block["PARAM"]]
    etas = [name for line in block.get("OMEGA", []) if line.startswith("@labels ") for name in line.split()[1:]]
    compartments = block["CMT"]
    code = [line.strip() for part in ("MAIN", "ODE", "TABLE") for line in block[part]]
    declared = [found[1] for line in code if (found := re.match(r"(?:double|capture) (\w+) =", line))]
    assert len(set(declared)) == len(declared)
    captured = iter([line.split()[1] for line in block["TABLE"] if line.startswith("capture ")])
    also = iter(block.get("CAPTURE", []))
    outputs = []
    for place, observable in enumerate(model.observables):
        of_state = [
            i for i, s in enumerate(model.states) if observable.formula == Name(observable.name) and s.name == observable.name
        ]
        of_definition = observable.formula == Name(observable.name) and not of_state
        name = compartments[of_state[0]] if of_state else next(also) if of_definition else next(captured)
        outputs.append(f"observables_[i_ * {len(model.observables)} + {place}] = {name};")
    entries = []
    for place, given in enumerate(model.inputs):
        name = compartments[[s.name for s in model.states].index(given.state)]
        entries += [f"portions_[{place}] = F_{name};", f"lags_[{place}] = ALAG_{name};"]
    source = [
        "#include <cmath>\n#include <cstdlib>\n#include <cstdio>\n#include <cstring>\n#include <ctime>\n#include <csignal>",
        "#include <string>\n#include <vector>\n#include <unistd.h>\n#include <strings.h>",
        *["namespace {", *(f"double {name};" for name in declared), "}"],
        *(f"#define {name} parameters_[{place}]" for place, (name, _) in enumerate(parameters)),
        *(f"#define {name} state_[{place}]" for place, name in enumerate(compartments)),
        *block["GLOBAL"],
        'extern "C" void run(int n_, const double* times_, const double* states_, double* rates_, double* initial_,',
        "    double* observables_, double* portions_, double* lags_) {",
        f"  const double parameters_[] = {{{', '.join(value for _, value in parameters)}}};",
        *(f"  const double {name} = 0.0;" for name in etas),
        f"  for (int i_ = 0; i_ < n_; ++i_) {{ const double* state_ = states_ + i_ * {len(compartments)};",
        "  const double SOLVERTIME = times_[i_], TIME = times_[i_];",
        *(f"  double {name}_0 = 0.0, dxdt_{name} = 0.0, F_{name} = 1.0, ALAG_{name} = 0.0;" for name in compartments),
        *(re.sub(r"^(double|capture) ", "", line) for line in code),
        *(f"  rates_[i_ * {len(compartments)} + {i}] = dxdt_{name};" for i, name in enumerate(compartments)),
        *(f"  initial_[{i}] = {name}_0;" for i, name in enumerate(compartments)),
        *outputs,
        *entries,
        "} }",
    ]
    (folder / "m.cpp").write_text("\n".join(source) + "\n", encoding="utf-8")
    _compile(["g++", "-O0", "-ffp-contract=off", "-w", "-shared", "-fPIC", "m.cpp", "-o", "m.so"], folder)
    return call(folder / "m.so", times, states, len(model.observables), len(model.inputs))


def run_nonmem(text: str, model: Model, folder: Path, times: list[float], states: np.ndarray) -> dict[str, np.ndarray]:
    """Compile `$PK`, `$DES` and `$ERROR` as Fortran, in which abbreviated code is, but for its declarations."""
    block = blocks(text, ";")
    thetas = [line.split()[0] for line in block["THETA"]]
    code = [*block["PK"], *block["DES"], *block["ERROR"]]
    assigned = {found[1] for line in code if (found := re.match(r" (?:IF \([^=]*\) )?(\w+) =", line))}
    outputs = " ".join(block["TABLE"]).replace("&", " ").split()[2 : 2 + len(model.observables)]
    size, rows = len(model.states), len(model.observables)
    entries = []
    for place, given in enumerate(model.inputs):
        number = [s.name for s in model.states].index(given.state) + 1
        portion, lag = (
            f"{word}{number}" if f"{word}{number}" in assigned else alone for word, alone in (("F", "1.0"), ("ALAG", "0.0"))
        )
        entries += [f" X_PORTIONS({place + 1}) = {portion}", f" X_LAGS({place + 1}) = {lag}"]
    source = [
        "subroutine run(X_N, X_TIMES, X_STATES, X_RATES, X_INITIAL, X_OBSERVABLES, X_PORTIONS, X_LAGS) bind(C, name='run')",
        " use iso_c_binding\n implicit none\n integer(c_int), value :: X_N\n integer :: X_I",
        f" real(8) :: X_TIMES(X_N), X_STATES({size}, X_N), X_RATES({size}, X_N), X_INITIAL({size}), X_OBSERVABLES({rows}, X_N)",
        f" real(8) :: X_PORTIONS({len(model.inputs)}), X_LAGS({len(model.inputs)})",
        f" real(8) :: A({size}), A_0({size}), DADT({size}), THETA({len(thetas)}), ETA({len(thetas)}), EPS(1), T, TIME",
        *(f" real(8) :: {name}" for name in sorted(assigned)),
        *(f" THETA({place}) = {value}" for place, value in enumerate(thetas, 1)),
        " ETA = 0\n EPS = 0\n A_0 = 0\n do X_I = 1, X_N\n A = X_STATES(:, X_I)\n T = X_TIMES(X_I)\n TIME = T",
        *code,
        " X_RATES(:, X_I) = DADT\n X_INITIAL = A_0",
        *(f" X_OBSERVABLES({place}, X_I) = {name}" for place, name in enumerate(outputs, 1)),
        *entries,
        " end do\nend subroutine",
    ]
    (folder / "m.f90").write_text("\n".join(source) + "\n", encoding="ascii")
    flags = ["-O0", "-ffp-contract=off", "-fdefault-real-8", "-fdefault-double-8", "-w", "-shared", "-fPIC"]
    _compile(["gfortran", *flags, "m.f90", "-o", "m.so"], folder)
    return call(folder / "m.so", times, states, rows, len(model.inputs))


def _compile(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

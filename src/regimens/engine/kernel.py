"""One model as functions in memory: emitted, compiled and loaded once a process, and taken from the cache if it can be."""

from __future__ import annotations

import ctypes
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np

from regimens.engine import machine
from regimens.engine.job import Job
from regimens.model.compile import CompiledModel

_FUNCTIONS = ("table", "run")


@dataclass(frozen=True)
class Kernel:
    """The two functions of a model. Both may be called from several threads at once and hold no lock meanwhile."""

    loaded: machine.Loaded = field(repr=False)
    columns: int
    """Columns of the table: states, then inputs' bioavailabilities, then their lags."""

    def table(self, values: np.ndarray) -> np.ndarray:
        """Return (subjects, columns) for parameter values (subjects, parameters): what subjects start from."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        out = np.empty((len(values), self.columns))
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
        call(self.loaded.addresses["table"])(values.ctypes.data, len(values), out.ctypes.data)
        return out

    def run(self, job: Job) -> None:
        """Integrate subjects of `job` until none is left or it is halted."""
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        call(self.loaded.addresses["run"])(ctypes.addressof(job))


_kernels: dict[str, Kernel] = {}
_lock = Lock()


def kernel_of(compiled: CompiledModel, processor: machine.Processor | None = None) -> Kernel:
    """Return the kernel of a model for this processor (or another one that this one can run)."""
    processor = processor or machine.host()
    name = machine.fingerprint(compiled.digest, _sources(), processor.triple, processor.name, processor.features)
    with _lock:
        if name not in _kernels:
            code = machine.cached_object_code(name, lambda: _compile(compiled, processor))
            columns = len(compiled.states) + 2 * len(compiled.model.inputs)
            _kernels[name] = Kernel(machine.load(code, _FUNCTIONS), columns)
        return _kernels[name]


def _compile(compiled: CompiledModel, processor: machine.Processor) -> bytes:
    from regimens.engine.module import module_text

    return machine.object_code(module_text(compiled, processor.kind), processor)


@cache
def _sources() -> str:
    """Return a digest of the code that makes code, so that no kernel of another version is ever used."""
    engine = Path(__file__).parent
    model = (engine.parent / "model" / f"{name}.py" for name in ("compile", "derivative", "expression", "graph"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in (*sorted(engine.glob("*.py")), *model))).hexdigest()

"""Machine code in memory, of a model and of its measures: compiled once per processor and version, kept in the cache."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from regimens import cache as store

if TYPE_CHECKING:
    from regimens.engine.measures import Measures
    from regimens.engine.trajectories import Floats
    from regimens.model.compile import CompiledModel

CODE_GENERATION = 2
"""Optimisation level of LLVM's code generator (0 to 3). The IR passes of LLVM are not run."""

FUNCTIONS = ("table", "run")
MEASURING = ("measure_start", "measure_step", "measure_end")
"""The functions that the machine code of a model exports, and that of a model's measures."""

ARRAYS = (
    "values",  # (subjects, parameters) doubles
    "initial",  # (subjects, states) doubles
    "begin",  # (subjects,) doubles: model time at which each begins
    "scales",  # (subjects, states) doubles: scales at the beginning, see `engine/scale.py`
    "action_time",  # (subjects, actions) doubles, ascending, in model time; the last action ends the subject
    "action_target",  # (subjects, actions) integers, see `timeline.Timeline.target`
    "action_value",  # (subjects, actions) doubles: amount to add to a state, or rate or state to set
    "output_time",  # (subjects, times) doubles, ascending, in model time
    "chosen",  # (columns,) integers: places of the wanted readouts
    "out",  # (subjects, times, columns) doubles
    "measure_start",  # addresses of the functions that take the measures, of (frame, memory, job) ...
    "measure_step",
    "measure_end",  # ... and of (frame, memory, job, lane)
    "measure_numbers",  # doubles: windows and thresholds, see `measures.Measures.numbers`
    "measured",  # (subjects, measures' columns) doubles
    "saved",  # (places, saved_slots) doubles: what is known of a subject at a place in its timeline, see SAVED
    "resumed",  # (subjects,) integers: the place in `saved` from which a subject goes on, -1 where it starts at 0
    "status",  # (subjects,) integers
    "accepted",  # (subjects,) integers: number of accepted steps
    "rejected",  # (subjects,) integers: number of rejected steps
    "written",  # (subjects,) integers: number of output times that were reached
    "stopped",  # (subjects,) doubles: model time at which the integration ended
    "end_states",  # (subjects, states) doubles: states at that time, before any action at it
    "end_scales",  # (subjects, states) doubles: scales at that time
    "next",  # one integer, shared by all threads: the first subject that no thread has started
    "halt",  # one integer, shared by all threads: not 0 when all threads should return
)
STRIDES = ("time_stride", "target_stride", "value_stride", "output_stride")
"""A stride is the number of elements from one subject to the next, 0 where all subjects share a row."""
SIZES = ("subjects", "times", "columns", "max_steps", *STRIDES, "measure_slots", "saved_slots")
"""`measure_slots` is the size of a thread's memory for measures, 0 where the job has none; `saved_slots` is 0 where no subject
goes on from another one."""
NUMBERS = ("rtol", "atol", "period")
"""Tolerances, and PERIOD_H in model time."""

PERIOD_H = 24.0
"""The time over which the reach of a state is measured (`engine/scale.py`), in hours."""

LEAST_SCALE = 1e-200
"""The scale of a state that nothing has reached: it stays zero, and its error of zero passes. Known as 0 to its neighbours."""

FIELDS = (*ARRAYS, *SIZES, *NUMBERS)


SAVED = {"t": 0, "output": 0, "accepted": 0, "rejected": 0, "y": 1, "infusion": 1, "scale": 1}
"""Slots of the frame that are saved for a subject that goes on from another one: one number each (0), or one for each state (1).
The memory of the measures follows them. At an action the step size is chosen anew, so nothing else of the past matters."""


def saved_slots(states: int, measure_slots: int) -> int:
    """Return how many numbers are saved of a model with so many states."""
    return sum(states if each else 1 for each in SAVED.values()) + measure_slots


class Job(ctypes.Structure):
    """The arguments of `run`: addresses, sizes and numbers of eight bytes each, in the order of FIELDS."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ARRAYS),
        *((name, ctypes.c_int64) for name in SIZES),
        *((name, ctypes.c_double) for name in NUMBERS),
    )


@dataclass(frozen=True)
class Processor:
    """What code is generated for: LLVM's names of a processor and of its features."""

    triple: str
    name: str
    features: str

    @property
    def kind(self) -> str:
        """The architecture, such as 'x86_64'."""
        return self.triple.split("-")[0]


@cache
def host() -> Processor:
    """Return the processor of this machine. Vectors of 512 bits are used where it has them."""
    features = llvm.get_host_cpu_features().flatten()
    triple = llvm.get_process_triple()
    wide = ",-prefer-256-bit" if "+avx512f" in features else ""
    return Processor(triple, llvm.get_host_cpu_name(), features + wide)


def object_code(ir: str, processor: Processor) -> bytes:
    """Compile LLVM IR for a processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(processor.triple).create_target_machine(
        cpu=processor.name, features=processor.features, opt=CODE_GENERATION, reloc="pic", codemodel="small", jit=True
    )
    module = llvm.parse_assembly(ir)
    module.verify()
    code: bytes = target.emit_object(module)
    return code


def _cached_object_code(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the object code stored under `name`. If it is missing or its checksum is wrong, make and store it."""
    found = store.read(f"{name}.o")
    if found is not None:
        digest, code = found[:32], found[32:]
        if hashlib.sha256(code).digest() == digest:
            return code
    code = make()
    store.write(f"{name}.o", hashlib.sha256(code).digest() + code)
    return code


@dataclass(frozen=True)
class Loaded:
    """Addresses of functions in memory. The memory is freed with this value."""

    addresses: dict[str, int]
    keeper: object


_numbers = count()


def load(code: bytes, functions: tuple[str, ...]) -> Loaded:
    """Load object code into memory and return the addresses of its functions."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    library = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
    for function in functions:
        library.export_symbol(function)
    tracker = library.link(_linker(), f"regimens-{next(_numbers)}")
    return Loaded({name: tracker[name] for name in functions}, tracker)


@cache
def _linker() -> llvm.LLJIT:
    return llvm.create_lljit_compiler()


@dataclass(frozen=True)
class Kernel:
    """The two functions of a model. Both may be called from several threads at once; they release Python's lock."""

    loaded: Loaded = field(repr=False)
    columns: int
    """Columns of the table: states, then inputs' bioavailabilities, then their lags."""

    def table(self, values: Floats) -> Floats:
        """Return initial states, bioavailabilities and lags (subjects, columns) for parameters (subjects, parameters)."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        out = np.empty((len(values), self.columns))
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
        call(self.loaded.addresses["table"])(values.ctypes.data, len(values), out.ctypes.data)
        return out

    def run(self, job: Job) -> None:
        """Integrate subjects of `job` until none is left or the job is halted."""
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        call(self.loaded.addresses["run"])(ctypes.addressof(job))


@dataclass(frozen=True)
class Measuring:
    """The functions that take some measures of a model, and the slots of memory that they need."""

    loaded: Loaded = field(repr=False)
    slots: int


Made = TypeVar("Made", Kernel, Measuring)
_made: dict[str, Kernel | Measuring] = {}
_lock = Lock()


def kernel_of(compiled: CompiledModel, processor: Processor | None = None) -> Kernel:
    """Return the kernel of a model for `processor`, this machine's if not given. Equal models share one kernel."""
    processor = processor or host()
    columns = len(compiled.states) + 2 * len(compiled.model.inputs)

    def make(code: bytes) -> Kernel:
        return Kernel(load(code, FUNCTIONS), columns)

    return _once(_key(compiled, processor), lambda: compile_kernel(compiled, processor), make)


def measuring_of(compiled: CompiledModel, measures: Measures, processor: Processor | None = None) -> Measuring:
    """Return the functions that take some measures of a model; those of equal shape share them."""
    processor = processor or host()

    def compile_it() -> bytes:
        from regimens.engine.measuring import measuring_text

        return object_code(measuring_text(compiled, measures), processor)

    def make(code: bytes) -> Measuring:
        return Measuring(load(code, MEASURING), measures.slots)

    return _once(_key(compiled, processor, measures.shape), compile_it, make)


def _key(compiled: CompiledModel, processor: Processor, shape: str = "") -> str:
    """Return a digest of all that machine code depends on."""
    target = (processor.triple, processor.name, processor.features)
    parts = (llvmlite.__version__, compiled.digest, _source_digest(), *target, shape)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _once(key: str, compile_it: Callable[[], bytes], make: Callable[[bytes], Made]) -> Made:
    """Return what is made of some machine code: from this process, from the cache, or compiled."""
    with _lock:
        if key not in _made:
            _made[key] = make(_cached_object_code(key, compile_it))
        return cast("Made", _made[key])


def compile_kernel(compiled: CompiledModel, processor: Processor) -> bytes:
    """Return the object code of a model."""
    from regimens.engine.driver import module_text  # Not needed, and not imported, when the cache has the kernel.

    return object_code(module_text(compiled, processor.kind), processor)


@cache
def _source_digest() -> str:
    """Return a digest of the code generator's source, so that a kernel of another version is never used."""
    engine = Path(__file__).parent
    model = (engine.parent / "model" / f"{name}.py" for name in ("compile", "derivative", "expression", "graph"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in (*sorted(engine.glob("*.py")), *model))).hexdigest()

"""From LLVM IR to functions in memory, by way of object code that is kept in the user's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count

import llvmlite
import llvmlite.binding as llvm

from regimens import cache as store

CODE_GENERATION = 2
"""Effort of LLVM's code generator (0 to 3); the IR is already in the shape that it should run in."""

_numbers = count()


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
    """Return the processor that this runs on. Vectors of 512 bits are used where it has them."""
    features = llvm.get_host_cpu_features().flatten()
    triple = llvm.get_process_triple()
    wide = ",-prefer-256-bit" if "+avx512f" in features else ""
    return Processor(triple, llvm.get_host_cpu_name(), features + wide)


def fingerprint(*parts: str) -> str:
    """Return a name for object code made from `parts` by this version of LLVM."""
    return hashlib.sha256("\n".join((llvmlite.__version__, *parts)).encode()).hexdigest()


def object_code(ir: str, processor: Processor) -> bytes:
    """Compile LLVM IR for a processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(processor.triple).create_target_machine(
        cpu=processor.name, features=processor.features, opt=CODE_GENERATION, reloc="pic", codemodel="small", jit=True
    )
    module = llvm.parse_assembly(ir)
    module.verify()
    return target.emit_object(module)


def cached_object_code(name: str, make: Callable[[], bytes]) -> bytes:
    """Return the object code stored under `name`, or make and store it; a damaged file is made again."""
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
    """Functions in memory; the memory lives as long as this value."""

    addresses: dict[str, int]
    keeper: object


def load(code: bytes, functions: tuple[str, ...]) -> Loaded:
    """Bring object code into memory and return the addresses of its functions."""
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

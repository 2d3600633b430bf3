"""Results on disk: a new folder that appears whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from regimens import shipped
from regimens.errors import RegimensError
from regimens.study.arraytables import ENDPOINTS, endpoints_table
from regimens.study.export import ALWAYS, OF_SUBJECTS, PACKED, TABLES, endpoint_frames, frame_of
from regimens.study.formats import write_csv
from regimens.work.cluster import PACKAGES

if TYPE_CHECKING:
    from regimens.scenario.values import Scenario
    from regimens.study.comparison import Comparison
    from regimens.study.formats import Format


class OutputExists(RegimensError):
    """A named output that is already there; nothing is overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: exists already. Name a new one; nothing is overwritten.")


def default_folder(scenario: Scenario, version: str, today: datetime.date) -> Path:
    """Return `results/<scenario>-<date>-<short hash>`, with `-2` and so on while that exists."""
    digest = hashlib.sha256("".join([version, scenario.digest, *(m.digest for m in scenario.models)]).encode())
    return free_folder(Path("results") / f"{scenario.name}-{today.isoformat()}-{digest.hexdigest()[:8]}")


def free_folder(first: Path) -> Path:
    """Return `first`, or `first-2` and so on while that exists."""
    folder, number = first, 1
    while folder.exists():
        number += 1
        folder = first.with_name(f"{first.name}-{number}")
    return folder


def unfinished_folder(scenario: Scenario, out: Path | None) -> Path:
    """Return the folder that keeps the tasks of a run until its result is written: hidden, beside the result.

    It is the same for the same scenario file, result folder and size of the run on any day: a quick look at a few subjects
    does not meet the long run.
    """
    parent, name = (Path("results"), scenario.name) if out is None else (out.parent, out.name)
    size = (1, 1) if scenario.population is None else (scenario.population.subjects, scenario.population.draws)
    digest = hashlib.sha256(f"{Path(scenario.path).resolve().as_posix()} {size}".encode())
    return parent / f".unfinished-{name}-{digest.hexdigest()[:8]}"


def fingerprint(scenario: Scenario) -> dict[str, str | int]:
    """Return all that the numbers of a run depend on, by the names that a user is told when a kept run is another one."""
    population = scenario.population
    made_by = {name: importlib.metadata.version(name) for name in PACKAGES}
    size = {} if population is None else {"subjects": population.subjects, "draws": population.draws, "seed": population.seed}
    models = {f"model {model.name}": model.digest for model in scenario.models}
    ledgers = [arm.adherence.ledger for arm in scenario.arms if arm.adherence is not None and arm.adherence.ledger is not None]
    files = {f"file {ledger.path}": ledger.digest for ledger in ledgers}
    if population is not None and population.people is not None:
        files[f"file {population.people.path}"] = population.people.digest
    files |= {f"file {data.path}": data.digest for data in scenario.own if data.path}
    files |= {f"file {arm.table.path}": arm.table.digest for arm in scenario.arms if arm.table is not None}
    return {
        **made_by,
        "code of regimens": code_digest(),
        "processor": platform.machine(),
        "scenario": scenario.digest,
        **size,
        **models,
        **files,
    }


def code_digest() -> str:
    """Return a SHA-256 of the modules of this package, and of the fits and the evidence that come with it."""
    digest = hashlib.sha256()
    modules = Path(__file__).parents[1]
    for folder, pattern in ((modules, "*.py"), (shipped.folder("posteriors"), "*.*"), (shipped.folder("evidence"), "*.*")):
        for path in sorted(folder.rglob(pattern)):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


Content = str | bytes | Callable[[BinaryIO], None]
"""The text or the bytes of a file, or what writes it into the open file."""


def files_of(comparison: Comparison, page: str, form: Format | None, images: Mapping[str, bytes]) -> dict[str, Content]:
    """Return what a result consists of by file name: the page, the tables, the provenance, and images of figures.

    `form` is the format of the endpoints of every subject; None leaves them and all other tables OF_SUBJECTS out.
    """
    files: dict[str, Content] = {"report.html": page, **{f"figures/{name}": image for name, image in images.items()}}
    if form is not None:
        header = endpoints_table(comparison.scenario.endpoints).header
        files[ENDPOINTS.name + form.suffix] = lambda file: form.write(header, endpoint_frames(comparison), file)
    for name in (table.name for table in TABLES if table is not ENDPOINTS):
        if form is None and name in OF_SUBJECTS:
            continue
        frame = frame_of(comparison, name)
        if not (name in ALWAYS or len(frame)):
            continue
        if name in PACKED:
            files[f"{name}.csv.gz"] = partial(write_csv, list(frame.columns), [frame])
        else:
            files[f"{name}.csv"] = frame.to_csv(index=False, lineterminator="\n")
    files["provenance.json"] = json.dumps(comparison.provenance.as_mapping(), indent=2, ensure_ascii=False) + "\n"
    return files


def write_folder(files: Mapping[str, Content], folder: Path, inside: Path | None = None) -> None:
    """Write `files` into the new `folder`: into a temporary one, then by one rename.

    The temporary folder is made beside the new one, or `inside` a folder of the same disk that is cleared by itself, so that
    nothing is left even by a process that is killed. Raises OutputExists if `folder` is there, OSError if the disk does not
    take it; then nothing is left behind.
    """
    if folder.exists():
        raise OutputExists(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=inside or folder.parent))
    try:
        for name, content in files.items():
            _write(unfinished / name, content)
        unfinished.chmod(0o755)
        os.rename(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def write_file(text: str, path: Path) -> None:
    """Write one new file, whole or not at all. Raises OutputExists, RegimensError where its folder is missing, or OSError."""
    if path.exists():
        raise OutputExists(path)
    if not path.parent.is_dir():
        raise RegimensError(f"{path}: there is no folder '{path.parent}'. Make it first, or name another one.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        _write(unfinished, text)
        unfinished.chmod(0o644)
        os.rename(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _write(path: Path, content: Content) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        if isinstance(content, str | bytes):
            file.write(content.encode() if isinstance(content, str) else content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())

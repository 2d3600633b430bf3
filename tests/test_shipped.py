"""Shipped files are found in a checkout and carried by a wheel."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from regimens import shipped

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("models", "scenarios", "schema", "evidence", "posteriors")


def test_a_checkout_uses_the_folders_at_its_top():
    assert shipped.folder("models") == ROOT / "models"
    assert shipped.names("models") == tuple(sorted(path.stem for path in (ROOT / "models").glob("*.yaml")))


def test_an_installed_package_uses_the_files_inside_it(tmp_path, monkeypatch):
    (tmp_path / "_files" / "models").mkdir(parents=True)
    (tmp_path / "_files" / "models" / "mine.yaml").touch()
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path)
    assert shipped.names("models") == ("mine",)


def test_a_wheel_carries_every_shipped_file(tmp_path):
    pytest.importorskip("hatchling", reason="builds without network need the build backend beside the tests")
    copy = tmp_path / "checkout"
    for name in ("src", *KINDS):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / name).mkdir(exist_ok=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", tmp_path, copy]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if "/_files/" in name}
    shipped_files = {path.relative_to(copy) for kind in KINDS for path in (copy / kind).rglob("*") if path.is_file()}
    assert carried == {f"regimens/_files/{path.as_posix()}" for path in shipped_files}
    assert {"regimens/_files/models/turnover.yaml", "regimens/_files/evidence/regimens.yaml"} <= carried

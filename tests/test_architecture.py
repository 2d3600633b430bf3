"""The shape of the package: layers hold, public names are what they say, nothing heavy is imported early."""

import ast
import subprocess
import sys
from pathlib import Path

import regimens

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
HEAVY = ("numpy", "scipy", "pandas", "plotly", "sympy", "pint", "pydantic", "llvmlite", "rich", "jinja2")


def test_imports_point_down():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_all_is_sorted_and_every_name_is_there():
    assert regimens.__all__ == sorted(regimens.__all__)
    assert [name for name in regimens.__all__ if getattr(regimens, name, None) is None] == []


def test_the_public_names_are_these():
    assert regimens.__all__ == [
        "Amount", "Comparison", "Course", "Curves", "Cycle", "Dose", "DoseEvents", "Duration", "Endpoint", "ExposureMismatch",
        "IU", "InputFileError", "MIU", "Model", "ModelError", "Parameters", "Population", "Regimen", "RegimenError",
        "RegimensError", "Rest", "Scenario", "SimulatedArm", "Subject", "Tolerances", "Trajectories", "UnitError", "Weekly", "compare",
        "compile_model", "days", "draw", "draw_curves", "endpoint_values", "exposure_of", "find_model", "fitted", "hours", "load_model", "mg",
        "minutes", "page", "parse_endpoint", "parse_regimen", "read_scenario", "simulate", "table", "typical", "weeks",
    ]  # fmt: skip


def test_help_needs_no_heavy_package():
    code = f"import sys, regimens.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_text_of_files_is_never_executed():
    called = {
        (path.name, node.func.id)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    forbidden = {"eval", "exec", "sympify", "parse_expr", "compile", "__import__"}
    assert {name for name in called if name[1] in forbidden} == set()


def test_every_module_says_what_it_is():
    silent = [path.name for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_file_names_a_machine():
    words = ["/ho" + "me/", "/wo" + "rk/", "index-" + "url"]
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    assert [path.name for path, text in texts.items() if any(word in text for word in words)] == []

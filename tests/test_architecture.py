"""The shape of the package: layers hold, public names are what they say, nothing heavy is imported early."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import regimens

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TEXTS = {path: path.read_text(encoding="utf-8") for path in SOURCES}
HEAVY = ("numpy", "libsbml", "antimony", "scipy", "pandas", "plotly", "sympy", "pydantic", "llvmlite", "rich", "jinja2")


def test_imports_point_down():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_all_is_sorted_and_type_checkers_see_the_same_names():
    assert regimens.__all__ == sorted(regimens.__all__)
    tree = ast.parse((ROOT / "src" / "regimens" / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {(alias.asname, node.module) for node in block.body for alias in node.names}
    assert seen == {(name, home) for home, names in regimens._HOMES.items() for name in names}
    assert (ROOT / "src" / "regimens" / "py.typed").is_file()


def test_no_module_has_the_name_of_something_public():
    modules = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert modules & set(regimens.__all__) == set()


UNLOADED = "for each in [each for each in sys.modules if each.split('.')[0] == 'regimens']: del sys.modules[each]"


@pytest.mark.parametrize("before", ["", "import regimens.cli, regimens.report, regimens.study.comparison, regimens.fit"])
def test_every_public_name_is_what_it_says_in_a_fresh_process(before):
    """The order of imports must not matter. Where nothing was imported before, the package is unloaded after every name."""
    code = (
        "import sys\n"
        f"for name in {regimens.__all__[:: 1 if before else 12]}:\n"
        f"    {before or UNLOADED}\n"
        "    import regimens\n"
        "    found = getattr(regimens, name)\n"
        "    assert type(found).__name__ != 'module', name\n"
        "    assert found.__module__.startswith('regimens.') and found.__name__ == name, name\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_these():
    assert regimens.__all__ == [
        "Amount", "Arm", "AtSteadyState", "Bodies", "Comparison", "CompiledModel", "Course", "Cycle", "Dose", "DoseEvents",
        "DosePlan", "DosedArm", "Duration", "Endpoint", "EventSubject", "EventTable", "ExposureMismatch", "IU", "ImportedModel",
        "InputFileError", "MIU", "Model", "ModelError", "OwnData", "OwnGroup", "OwnValue", "Parameters", "Population",
        "Regimen", "RegimenError", "RegimensError", "Rest", "Rules", "Scenario", "SimulatedArm", "SpecificActivity", "Spread",
        "StateChange", "SteadyState", "Study", "Subject", "Tolerances", "Trajectories", "UnitError", "Weekly", "compare",
        "compile_model", "days", "draw_subjects", "endpoint_values", "exposure_of", "find_model", "find_schedules", "hours",
        "load_model", "mg", "minutes", "model_text", "parse_endpoint", "parse_regimen", "read_arms", "read_event_table",
        "read_exposure_rows", "read_sbml", "read_scenario", "settle_pairs", "simulate", "simulate_arm", "steady_state",
        "typical_subject", "weeks",
    ]  # fmt: skip


def test_help_needs_no_heavy_package():
    code = f"import sys, regimens.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_text_of_files_is_never_executed():
    forbidden = {"eval", "exec", "sympify", "parse_expr", "compile", "__import__"}
    called = {
        (path.name, node.func.id)
        for path, text in TEXTS.items()
        if any(name in text for name in forbidden)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert {name for name in called if name[1] in forbidden} == set()


def test_every_module_says_what_it_is():
    silent = [path.name for path, text in TEXTS.items() if not text.startswith(('"""', 'r"""')) or text.startswith('""""""')]
    assert silent == []


def test_no_file_names_a_machine():
    words = ["/ho" + "me/", "/wo" + "rk/", "index-" + "url"]
    assert [path.name for path, text in TEXTS.items() if any(word in text for word in words)] == []

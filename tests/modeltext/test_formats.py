"""Names, comments, what is refused, and the commands."""

import re
import sys

import pytest

from regimens.cli import main
from regimens.cli.exporting import OF_MODELS
from regimens.errors import ModelError
from regimens.model import find_model
from regimens.model.file import model_in
from regimens.modeltext import FORMATS, model_text
from regimens.modeltext.names import Names
from regimens.modeltext.sbmlunits import base_factors, unit_id, unit_of_factors
from regimens.yamlfile import parse
from tests.modeltext.models import NASTY, models

TEXTS = [name for name in FORMATS if name != "sbml"]


@pytest.mark.parametrize("to", TEXTS)
@pytest.mark.parametrize("name", sorted(models()))
def test_comments_carry_labels_units_sources_and_what_is_left_out(name, to):
    model = models()[name]
    text = " ".join(re.sub(r"(?m)^\s*(?://|#|;)", "", model_text(model, to)).split())
    for source in model.sources:
        assert f"{source.key}: " in text
    for thing in (*model.parameters, *model.observables, *model.states):
        words = f"{' '.join(thing.label.split())}; unit {thing.unit}" if thing.label else f"unit {thing.unit}"
        assert to == "antimony" or words in text
    assert {"h": "must be in hours.", "day": "must be in days."}[model.time_unit] in text
    varies = any(parameter.cv for parameter in model.parameters)
    assert ("Bounds of parameters: subjects drawn from the variances may lie outside the bounds" in text) == varies
    assert ("Exploratory: not calibrated to patient data." in text) == model.exploratory


@pytest.mark.parametrize("to", TEXTS)
def test_nothing_in_a_comment_can_leave_it(to):
    words = "$ODE\n[MAIN] $PK \\\n }) end */ \u2028 & \x85 ; //"
    model = model_in(parse(NASTY.replace("label: depot without unit", f"label: {words!r}".replace("'", '"'))))
    plain = model_in(parse(NASTY.replace("label: depot without unit", "label: x")))
    mark = {"mrgsolve": "//", "rxode2": "#", "nonmem": ";", "antimony": "//"}[to]

    def code(text):
        return [kept for line in text.split("\n") if (kept := line.split(mark)[0].rstrip()) and '"' not in kept]

    assert code(model_text(model, to)) == code(model_text(plain, to))


def test_two_inputs_of_one_state_that_differ_are_refused_where_a_compartment_has_one():
    more = "  - {drug: il2, route: IM, state: depot, bioavailability: 0.5, lag: lag_of_the_subcutaneous_dose}\nobservables:"
    model = model_in(parse(NASTY.replace("observables:", more), "nasty.yaml"))
    for to in ("mrgsolve", "rxode2", "nonmem"):
        with pytest.raises(ModelError) as raised:
            model_text(model, to)
        tool = {"nonmem": "NONMEM"}.get(to, to)
        assert str(raised.value) == (
            "Model 'nasty': doses of il2 SC and of il2 IM enter 'depot' with different bioavailability, and "
            f"{tool} has one bioavailability for each compartment. Give one of them a state of its own."
        )
    assert "il2 IM enters depot, times 0.5" in " ".join(model_text(model, "antimony").replace("//", " ").split())


def test_an_unknown_format_is_refused():
    with pytest.raises(ModelError) as raised:
        model_text(find_model("turnover"), "monolix")
    assert str(raised.value) == "'monolix' is not a format of models. Known: antimony, mrgsolve, nonmem, rxode2, sbml."


def test_the_command_knows_the_same_formats():
    assert set(OF_MODELS) == set(FORMATS)


def test_names_are_unique_whatever_the_target_reads_as_the_same():
    names = Names(["T"], fold_case=True, longest=6, joint="_", prefixes=("F_",))
    spelled = [names.spelled(name) for name in ("ka", "KA", "t", "T", "abcdefgh", "abcdefxy", "_x", "9", "F_a", "é")]
    assert spelled == ["KA", "KA_2", "T_2", "T_3", "ABCDEF", "ABCD_2", "X", "X_2", "MYF_AX", "X_3"]
    assert ("ka", "KA") not in names.changed
    assert ("T", "T_3") in names.changed


@pytest.mark.parametrize("text", ["IU", "cells/uL/day", "1/day", "mg/L", "m2", "IU*mL/h", "kIU^2/cells", "nmol/L", "1/m2"])
def test_a_unit_comes_back_from_its_sbml_definition(text):
    from regimens.model.unit import parse_unit

    unit = parse_unit(text)
    assert unit_of_factors(base_factors(unit), unit_id(str(unit))) == str(unit)
    assert unit_of_factors(base_factors(unit), "unit_g_per_day") != "g/day"


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["regimens", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_a_model_is_exported_to_a_new_file_and_imported_again(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, capsys, "export", "turnover", "--to", "sbml") == (0, "Written to turnover.xml\n", "")
    code, _, err = run(monkeypatch, capsys, "export", "turnover", "--to", "sbml")
    assert (code, err) == (2, "turnover.xml: exists already. Name a new one; nothing is overwritten.\n")
    code, out, err = run(monkeypatch, capsys, "import", "turnover.xml")
    assert (code, err) == (0, "Written to turnover.yaml\n")
    assert out.splitlines()[0] == (
        "turnover.yaml: inputs: SBML has no doses. Say which state the doses of each drug and route enter; doses are amounts, so "
        "that the bioavailability of a concentration is 1 / its volume."
    )
    assert run(monkeypatch, capsys, "check", "turnover.yaml")[0] == 0
    code, _, err = run(monkeypatch, capsys, "import", "turnover.xml")
    assert (code, err) == (2, "turnover.yaml: exists already. Name a new one; nothing is overwritten.\n")


def test_a_model_asked_for_by_an_sbml_file_says_how_to_make_it_one(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "model", "m.xml")
    assert (code, err) == (2, "'m.xml' is not a model file. An SBML file is made into one by: regimens import m.xml\n")

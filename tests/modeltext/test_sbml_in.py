"""SBML files of others: reactions in volumes against closed forms, level 2, plain numbers, and what is refused, word for word."""

import antimony
import numpy as np
import pytest

from regimens.errors import InputFileError, ModelError, RegimensError
from regimens.model import compile_model, typical_subject
from regimens.modeltext import read_sbml
from regimens.modeltext.sbml import needed
from regimens.regimen import parse_regimen, weeks

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
  <model id="m" timeUnits="second">
"""
BASE = """\
    <listOfCompartments>
      <compartment id="C" size="2" constant="true" spatialDimensions="3"/>
    </listOfCompartments>
    <listOfSpecies>
      <species id="S" compartment="C" initialConcentration="10" hasOnlySubstanceUnits="false"
               boundaryCondition="false" constant="false"/>
    </listOfSpecies>
    <listOfParameters>
      <parameter id="k" value="0.5" constant="true"/>
      <parameter id="p" value="0.5" constant="false"/>
    </listOfParameters>
"""
TAIL = "  </model>\n</sbml>\n"
REACTION = f"""\
    <listOfReactions>
      <reaction id="J" reversible="false" fast="false">
        <listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>
        <kineticLaw>
          {MATH}<apply><times/><ci>k</ci><ci>S</ci></apply></math>
        </kineticLaw>
      </reaction>
    </listOfReactions>
"""


def rule(kind, math):
    return f"    <listOfRules>\n      <{kind}>\n        {MATH}{math}</math>\n      </{kind.split()[0]}>\n    </listOfRules>\n"


def changes(math):
    return BASE + rule('rateRule variable="p"', math)


@pytest.fixture
def sbml(tmp_path, monkeypatch):
    """Return a function that writes an SBML text and reads it."""
    monkeypatch.chdir(tmp_path)

    def read(text, **more):
        (tmp_path / "m.xml").write_text(text, encoding="utf-8")
        return read_sbml("m.xml", **more)

    return read


def of_antimony(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString(antimony.getMainModuleName())


def rates(model, states, time=0.0):
    """Return the rate of every state by name."""
    compiled = compile_model(model)
    y = np.array([states[name] for name in compiled.states], dtype=float)
    values = typical_subject(model).values[0]
    return dict(zip(compiled.states, compiled.rhs(time, y, values).tolist(), strict=True))


def test_amounts_move_between_volumes_and_concentrations_are_divided_by_their_own(sbml):
    found = sbml(
        of_antimony("""
        model m()
          unit time_unit = 3600 second
          compartment V1 = 2, V2 = 5; species A in V1 = 10, B in V2 = 1; substanceOnly species D in V2 = 7
          k = 0.25
          J: A -> 2 B + D; V1 * k * A
        end""")
    )
    assert rates(found.model, {"A": 4.0, "B": 0.0, "D": 0.0}) == {"A": -1.0, "B": 2 * 2.0 / 5.0, "D": 2.0}
    initial = compile_model(found.model).initial(typical_subject(found.model).values[0])
    assert dict(zip(compile_model(found.model).states, initial.tolist(), strict=True)) == {"A": 10.0, "B": 1.0, "D": 7.0}


def test_amounts_at_the_start_become_concentrations_of_their_volume(sbml):
    text = HEAD + BASE.replace('initialConcentration="10"', 'initialAmount="10"') + REACTION + TAIL
    model = sbml(text).model
    assert compile_model(model).initial(typical_subject(model).values[0]).tolist() == [5.0]


def test_a_boundary_species_stays_and_a_ruled_one_is_a_definition(sbml):
    model = sbml(
        of_antimony("""
        model m()
          unit time_unit = 86400 second
          compartment C = 2; species S in C = 3; species $X in C = 6; species Y in C
          Y := 2 * S
          k = 0.5
          J: X -> S; C * k * X * Y
        end""")
    ).model
    assert rates(model, {"S": 3.0}) == {"S": 0.5 * 6.0 * 6.0}
    assert [observable.name for observable in model.observables] == ["S", "Y"]


def test_time_of_the_file_runs_in_its_own_unit(sbml):
    model = sbml(of_antimony("model m()\n unit time_unit = 60 second\n var x = 1\n x' = 3 * time\nend")).model
    assert model.time_unit == "day"
    assert rates(model, {"x": 1.0}, time=2.0) == {"x": pytest.approx(1440.0 * 3 * 2 * 1440.0, rel=1e-14)}


def test_initial_assignments_read_each_other_and_definitions_stand_in_order(sbml):
    model = sbml(
        of_antimony("""
        model m()
          unit time_unit = 3600 second
          k = 3; const twice, square
          square = twice^2
          twice = 2 * x
          var x = k + 1; x' = -late * x
          var late := early + 1; var early := square * k
        end""")
    ).model
    assert rates(model, {"x": 2.0}) == {"x": -(64.0 * 3 + 1) * 2.0}
    assert compile_model(model).initial(typical_subject(model).values[0]).tolist() == [4.0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("abs(x)", 3.0),
        ("log10(-x * 10)", np.log10(30.0)),
        ("root(3, 27)", 3.0),
        ("sqr(x)", 9.0),
        ("piecewise(x, x < 2, 2)", -3.0),
        ("piecewise(x, x >= 2, 2)", 2.0),
        ("piecewise(0, x <= 0, x / (5 + x))", 0.0),
        ("piecewise(y^2 / (y^2 + 5^2), y > 0, 0)", 4 / 29),
        ("piecewise(y^3 / (k + y^3), y > 0, 0)", 8 / 11),
        ("piecewise(y^k / (y^k + 5^k), y > 0, 0)", 8 / 133),
        ("piecewise(1 / (1 + (5 / y)^k), y > 0, 0)", 8 / 133),
        ("piecewise(y / (y + k), y > 0, 0)", 0.4),
        ("min(x, y, k) + max(x, y, k)", 0.0),
        ("pi + exponentiale", np.pi + np.e),
        ("2^3 * x", -24.0),
        ("-x^2 - -y", -7.0),
    ],
)
def test_functions_have_their_counterparts(sbml, written, value):
    text = of_antimony(f"model m()\n unit time_unit = 3600 second\n k = 3; x = -3; y = 2\n var z = 0; z' = {written}\nend")
    assert rates(sbml(text).model, {"z": 0.0}) == {"z": pytest.approx(value, rel=1e-14, abs=1e-15)}


def test_names_that_model_files_cannot_have_are_changed_and_listed_with_the_reason(sbml):
    found = sbml(HEAD + BASE.replace('"k"', '"hill"').replace('"p"', '"_p"') + REACTION.replace(">k<", ">hill<") + TAIL)
    assert {parameter.name for parameter in found.model.parameters} == {"C", "hill_2", "p", "per_day"}
    assert found.notes[3:] == ("'hill' is called 'hill_2' here: the name has another meaning in model files.",
                               "'_p' is called 'p' here: names in model files do not begin with an underscore.")  # fmt: skip


def test_a_file_without_units_is_read_as_plain_numbers_and_says_so(sbml):
    found = sbml(HEAD + BASE + REACTION + TAIL)
    assert found.notes == (
        "The file declares no unit for C, S, k, p, J: all quantities are plain numbers here, and 'per_day' gives rates and times "
        "their unit. The bioavailability of an input needs a constant such as per_IU: {value: 1, unit: 1/IU}.",
        "inputs: SBML has no doses. Say which state the doses of each drug and route enter; doses are amounts, so that the "
        "bioavailability of a concentration is 1 / its volume.",
        "source, bounds, cv: every parameter says 'assumed', has its value as bounds, and is the same in everyone.",
    )
    assert all(f"# - {note}" in found.text.splitlines() for note in found.notes)
    assert rates(found.model, {"S": 4.0}) == {"S": 86400.0 * -(0.5 * 4.0) / 2.0}


def test_units_that_do_not_fit_each_other_are_given_up_and_the_first_fault_is_named(sbml):
    text = of_antimony("""
        model m()
          unit time_unit = 86400 second
          unit perday = 1 / (86400 second); unit g = 1 gram; unit L = 1 litre
          k = 1; k has perday; V = 2; V has L
          var x = 1; x' = -k * x + V; x has g
        end""")
    assert (
        sbml(text)
        .notes[0]
        .startswith(
            "The units that the file declares do not fit each other: -k * x + V puts g/day and L together: all quantities are plain"
        )
    )


def test_units_that_model_files_have_are_kept_and_a_start_with_a_unit_is_a_parameter(sbml):
    found = sbml(
        of_antimony("""
        model m()
          unit time_unit = 3600 second
          unit substance = 1e-9 mole; unit volume = 1 litre; unit extent = 1e-9 mole
          unit perhour = 1 / (3600 second); unit nmol_per_L = (1e-9 mole) / (litre)
          compartment V = 2; species A in V = 10; species B in V = 0
          k = 0.25; k has perhour; V has volume
          K = 3; K has nmol_per_L
          J: A -> B; V * k * A
          filled := A / (K + A)
          filled has dimensionless
        end""")
    )
    model = found.model
    assert {parameter.name: (parameter.value, parameter.unit) for parameter in model.parameters} == {
        "V": (2.0, "L"), "k": (0.25, "1/h"), "K": (3.0, "nmol/L"), "A_start": (10.0, "nmol/L"),
    }  # fmt: skip
    assert [(state.name, state.unit) for state in model.states] == [("A", "nmol/L"), ("B", "nmol/L")]
    assert [(definition.name, definition.unit) for definition in model.definitions] == [("J", "nmol/h"), ("filled", "1")]
    assert model.time_unit == "h"
    assert rates(model, {"A": 4.0, "B": 1.0}) == {"A": -1.0, "B": 1.0}


def test_a_completed_file_takes_doses(sbml, tmp_path):
    from regimens import simulate
    from regimens.model import load_model

    found = sbml(HEAD + BASE.replace('initialConcentration="10"', 'initialConcentration="0"') + REACTION + TAIL)
    given = "inputs:\n  - {drug: il2, route: IV, state: S, bioavailability: per_IU / C, lag: 0}"
    text = found.text.replace("inputs: []", given).replace("constants:", "constants:\n  per_IU: {value: 1, unit: 1/IU}")
    text = text.replace("value: 0.5", "value: 1.0e-6").replace("- 0.5", "- 1.0e-6")
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    model = load_model("m.yaml")
    doses = parse_regimen("8 IU IV once").events(weeks(1))
    curve = simulate(compile_model(model), typical_subject(model), doses, [1.0, 24.0]).of("S")[0]
    assert curve == pytest.approx(4.0 * np.exp(-0.5e-6 * 3600 * np.array([1.0, 24.0])), rel=1e-6)


LEVEL_2 = (
    (HEAD + BASE + REACTION + TAIL)
    .replace("level3/version1/core", "level2/version4")
    .replace('level="3" version="1"', 'level="2" version="4"')
)
for gone in (
    ' timeUnits="second"',
    ' boundaryCondition="false" constant="false"',
    ' stoichiometry="1" constant="true"',
    ' fast="false"',
):
    LEVEL_2 = LEVEL_2.replace(gone, "")


def test_level_2_is_read_when_its_time_is_stated(sbml):
    assert rates(sbml(LEVEL_2, time="h").model, {"S": 4.0}) == {"S": -0.5 * 4.0 / 2.0}
    assert sbml(LEVEL_2, time="min").model.time_unit == "day"


def test_level_2_may_state_its_time_itself(sbml):
    hours = '<unitDefinition id="time"><listOfUnits><unit kind="second" multiplier="3600"/></listOfUnits></unitDefinition>'
    units = f"    <listOfUnitDefinitions>{hours}</listOfUnitDefinitions>\n    <listOfCompartments>"
    assert sbml(LEVEL_2.replace("    <listOfCompartments>", units)).model.time_unit == "h"


EVENT = f"""\
    <listOfEvents>
      <event id="dose" useValuesFromTriggerTime="true">
        <trigger initialValue="false" persistent="true">{MATH}<apply><gt/><ci>p</ci><cn>1</cn></apply></math></trigger>
      </event>
    </listOfEvents>
"""
PIECES = (
    "<piecewise><piece><cn>1</cn><apply><lt/><ci>p</ci><ci>k</ci></apply></piece><otherwise><cn>2</cn></otherwise></piecewise>"
)
DELAY = '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">d</csymbol><ci>p</ci><cn>1</cn></apply>'
SAID = "Model files have + - * / **, exp, log, sqrt, min, max, hill."
REFUSED = {
    "broken": (HEAD + BASE + "    <listOf", ["m.xml:15: This is not right in SBML: Unclosed token."]),
    "no SBML": ("<html/>", ["m.xml:1: This is not right in SBML: Document does not conform to the SBML XML schema."]),
    "level 1": (
        '<?xml version="1.0"?>\n<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2">\n<model name="x">'
        '<listOfCompartments><compartment name="c"/></listOfCompartments></model></sbml>',
        ["m.xml:1: This is SBML level 1.", "Levels 2 and 3 are read: convert the file with the program that wrote it."],
    ),
    "level 2 without time": (
        LEVEL_2,
        [
            "m.xml:3: The file states no unit of time.",
            'State it: --time s, min, h, day (time="h" in Python). Level 2 means s, but many files do not.',
        ],
    ),
    "time in metres": (
        (HEAD + BASE + REACTION + TAIL).replace('timeUnits="second"', 'timeUnits="metre"'),
        ["m.xml:3: The unit of time is 'metre', which is not a time.", "Seconds or a multiple are needed."],
    ),
    "no rate": (
        HEAD + BASE + TAIL,
        [
            "m.xml: Nothing in the model changes: there is no reaction and no rate rule.",
            "A model file needs at least one quantity with a rate of change.",
        ],
    ),
    "fast": (
        HEAD + BASE + REACTION.replace('fast="false"', 'fast="true"') + TAIL,
        ["m.xml:16: Reaction 'J' is fast.", "Model files have no equilibria: write it with a rate."],
    ),
    "no law": (
        HEAD + BASE + REACTION[: REACTION.index("        <kin")] + "      </reaction>\n    </listOfReactions>\n" + TAIL,
        ["m.xml:16: Reaction 'J' has no kinetic law.", "Every reaction needs one."],
    ),
    "sin": (
        HEAD + changes("<apply><sin/><ci>k</ci></apply>") + TAIL,
        ["m.xml:16: The rate rule of 'p' uses the function 'sin'.", SAID],
    ),
    "delay": (HEAD + changes(DELAY) + TAIL, ["m.xml:16: The rate rule of 'p' uses the function 'd'.", SAID]),
    "piecewise": (
        HEAD + changes(PIECES) + TAIL,
        [
            "m.xml:16: The rate rule of 'p' uses 'piecewise(1, p < k, 2)', which is not a minimum, a maximum or a Hill term.",
            SAID,
        ],
    ),
    "event": (
        HEAD + changes("<ci>k</ci>") + EVENT + TAIL,
        ["m.xml:21: Event 'dose' is not read.", "Doses belong to the regimen; other events are beyond model files."],
    ),
    "algebraic": (
        HEAD + BASE + rule("algebraicRule", "<apply><minus/><ci>p</ci><ci>k</ci></apply>") + REACTION + TAIL,
        ["m.xml:16: An algebraic rule is not read.", "Model files have rates of change and definitions."],
    ),
    "compartment": (
        HEAD
        + BASE.replace('size="2" constant="true"', 'size="2" constant="false"')
        + rule('rateRule variable="C"', "<ci>k</ci>")
        + TAIL,
        [
            "m.xml:5: The size of compartment 'C' changes by a rule.",
            "A compartment of constant size is needed: concentrations are divided by it.",
        ],
    ),
    "two values": (
        HEAD
        + BASE.replace(' initialConcentration="10"', "").replace(' value="0.5" constant="true"', ' constant="true"')
        + REACTION
        + TAIL,
        [
            "m.xml:8: Species 'S' has no initial amount or concentration.",
            "Give it one in the SBML file, or an initial assignment.",
            "m.xml:12: Parameter 'k' has no value.",
            "Give it one in the SBML file, or an initial assignment.",
        ],
    ),
    "infinite": (
        HEAD + BASE.replace('value="0.5" constant="true"', 'value="INF" constant="true"') + REACTION + TAIL,
        ["m.xml:12: The value of 'k' is the number inf.", "A finite number is needed."],
    ),
    "unknown id": (
        HEAD + changes("<ci>zz</ci>") + TAIL,
        [
            "m.xml:16: This is not right in SBML: The formula 'zz' in the math element of the <rateRule> uses 'zz' that is not the "
            "id of a species/compartment/parameter/reaction/speciesReference."
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_element_and_line(sbml, case):
    text, wanted = REFUSED[case]
    with pytest.raises(InputFileError) as raised:
        sbml(text)
    said = [line.strip() for line in str(raised.value).splitlines() if "|" not in line]
    assert said == wanted


def test_a_unit_of_time_is_not_stated_twice_and_is_a_known_one(sbml):
    with pytest.raises(InputFileError) as raised:
        sbml(HEAD + BASE + REACTION + TAIL, time="h")
    assert "The file states its unit of time, 'second', and 'h' is stated too." in str(raised.value)
    with pytest.raises(ModelError) as unknown:
        sbml(LEVEL_2, time="weeks")
    assert str(unknown.value) == "'weeks' is not a unit of time of SBML files. Known: s, min, h, day."


def test_without_the_packages_the_message_says_what_to_install():
    with pytest.raises(RegimensError) as raised:
        needed("no_such_package", "Reading SBML")
    assert str(raised.value) == "Reading SBML needs the packages antimony and python-libsbml: pip install 'regimens[sbml]'."

"""The population of a scenario: bodies, correlations and real people, and what is said where they cannot be."""

import hashlib
import textwrap

import numpy as np
import pytest

from regimens.errors import InputFileError, RegimensError
from regimens.population import draw_subjects
from regimens.population.draw import Runs
from regimens.scenario import read_scenario
from regimens.scenario.population import reduced
from regimens.study.comparison import compare
from regimens.subject import mosteller_m2
from tests import small

PEOPLE = "subject,weight_kg,height_cm,sex,T0\n1,60,165,female,20\n2,82.5,180,,31\n"


def words(population, models="[turnover]"):
    """Return a scenario whose population is a block of YAML."""
    block = textwrap.indent(textwrap.dedent(population).strip(), "  ")
    return small.text(models=models, population="").replace("arms:\n", f"population:\n{block}\narms:\n", 1)


def said(folder, population, models="[turnover]"):
    with pytest.raises(InputFileError) as raised:
        small.written(folder, words(population, models))
    return [(problem.line, problem.column, problem.message, problem.advice) for problem in raised.value.problems]


FAULTS = {
    "no subjects": (
        "seed: 1",
        [(5, 1, "The population does not say how many subjects it has.", "Add for example 'subjects: 50'.")],
    ),
    "unknown cv": (
        """
        subjects: 3
        seed: 1
        cv:
          EC5: 0.3
          theta: 0.2
        """,
        [
            (9, 5, "Unknown parameter 'EC5': no model of this scenario has it.", "Did you mean 'EC50'?"),
        ],
    ),
    "too many draws": (
        "subjects: 3\nseed: 1\ndraws: 401",
        [(8, 10, "401 parameter draws are asked for, but the fit of 'turnover' has 400.", "Ask for at most 400.")],
    ),
    "nothing that varies": (
        """
        subjects: 3
        seed: 1
        cv: {V: 0}
        correlations:
          - {between: [CL, CL], value: 0.5}
          - {between: [CLL, V], value: 0.5}
          - {between: [weight, CL], value: 0.5}
        """,
        [
            (10, 17, "'CL' is correlated with itself.", "Name two."),
            (11, 18, "'CLL' does not vary between subjects.", "Did you mean 'CL'?"),
            (11, 23, "'V' does not vary between subjects.", "Known: CL, EC50, Emax, F, T0, cCD4, ka, kout, tlag."),
            (12, 18, "'weight' does not vary between subjects.", "Known: CL, EC50, Emax, F, T0, cCD4, ka, kout, tlag."),
        ],
    ),
    "impossible correlations": (
        """
        subjects: 3
        seed: 1
        correlations:
          - {between: [CL, V], value: 0.9}
          - {between: [V, ka], value: 0.9}
          - {between: [CL, ka], value: -0.9}
        """,
        [(9, 5, "No population can have all of these correlations at once.", "Weaken some.")],
    ),
    "sex not given": (
        """
        subjects: 3
        seed: 1
        body:
          weight: {female: {typical: 60 kg, cv: 0.2}, male: {typical: 80 kg, cv: 0.2}}
        """,
        [(9, 13, "The weight depends on sex, but the share of women is not given.", "Add 'female', the share of women.")],
    ),
    "sizes of nobody": (
        """
        subjects: 3
        seed: 1
        body:
          female: 0.5
          weight: {typical: 700 kg, cv: 0.2}
          height:
            female: {typical: 160 cm, cv: 0.1, bounds: [170 cm, 180 cm]}
            male: {typical: 80 kg, cv: 0.2}
        """,
        [
            (10, 23, "'700 kg' is not a possible weight.", "From 1 to 400 kg is accepted."),
            (12, 25, "'160 cm' lies outside its bounds, 170 to 180 cm.", ""),
            (13, 26, "'kg' is not a unit that fits here.", "Write cm."),
        ],
    ),
    "drawn and read": (
        """
        seed: 1
        people: people.csv
        subjects: 9
        cv: {T0: 0.3}
        correlations:
          - {between: [T0, CL], value: 0.5}
        body:
          weight: {typical: 70 kg, cv: 0.2}
        """,
        [
            (
                8,
                13,
                "'people.csv' has 2 people, but 'subjects' says 9.",
                "Leave 'subjects' out: all people of the file are simulated.",
            ),
            (9, 8, "'T0' is read from 'people.csv', not drawn.", "Leave one of them out."),
            (11, 18, "'T0' is read from 'people.csv', not drawn, so it cannot be correlated.", ""),
            (12, 3, "Bodies are both drawn ('body') and read ('people').", "Leave one of them out."),
        ],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_population_that_cannot_be_is_refused_with_what_would_be_right(fault, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    population, expected = FAULTS[fault]
    assert said(tmp_path, population) == expected


def test_correlations_are_held_against_every_model_with_its_own(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    written = (small.ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")
    declared = "correlations:\n  - {between: [CL, V], value: 0.7}\n  - {between: [V, ka], value: 0.7}\n"
    (folder / "mine.yaml").write_text(f"{written}\n{declared}", encoding="utf-8")
    population = "subjects: 3\nseed: 1\ncorrelations:\n  - {between: [CL, ka], value: -0.5}\n"
    impossible = [(9, 5, "No population can have all of these correlations at once.", "Weaken some.")]
    assert said(tmp_path, population, "[turnover, models/mine.yaml]") == impossible
    # What the scenario says of a pair stands in place of what the model says of it.
    small.written(tmp_path, words(population + "  - {between: [V, CL], value: -0.7}\n", "[turnover, models/mine.yaml]"))


def test_all_faults_of_a_file_of_people_come_at_once_each_with_its_place(tmp_path):
    (tmp_path / "bad.csv").write_text(
        "subject,weight_kg,height_cm,bsa_m2,sex,T0\n1,60,165,1.7,female,20\n2,heavy,20,,woman,2000\n3,0.5,nan,5,,\n",
        encoding="utf-8",
    )
    assert small.refused(tmp_path, words("seed: 1\npeople: bad.csv")) == textwrap.dedent(
        """\
        small.yaml:7: The people of 'bad.csv' cannot be used:
        bad.csv:3: 'heavy' is not a number.
            2 | 1,60,165,1.7,female,20
          > 3 | 2,heavy,20,,woman,2000
              |   ^
          From 1 to 400 is accepted.
        bad.csv:3: '20' is not a possible height_cm.
            2 | 1,60,165,1.7,female,20
          > 3 | 2,heavy,20,,woman,2000
              |         ^
          From 30 to 250 is accepted.
        bad.csv:3: '' is not a number.
            2 | 1,60,165,1.7,female,20
          > 3 | 2,heavy,20,,woman,2000
              |            ^
          From 0.2 to 4 is accepted.
        bad.csv:3: Unknown sex 'woman'.
            2 | 1,60,165,1.7,female,20
          > 3 | 2,heavy,20,,woman,2000
              |             ^
          Write 'female', 'male', 'f', 'm' or nothing.
        bad.csv:3: '2000' is not a possible T0.
            2 | 1,60,165,1.7,female,20
          > 3 | 2,heavy,20,,woman,2000
              |                   ^
          From 3 to 150 is accepted.
        bad.csv:4: '0.5' is not a possible weight_kg.
            3 | 2,heavy,20,,woman,2000
          > 4 | 3,0.5,nan,5,,
              |   ^
          From 1 to 400 is accepted.
        bad.csv:4: 'nan' is not a number.
            3 | 2,heavy,20,,woman,2000
          > 4 | 3,0.5,nan,5,,
              |       ^
          From 30 to 250 is accepted.
        bad.csv:4: '5' is not a possible bsa_m2.
            3 | 2,heavy,20,,woman,2000
          > 4 | 3,0.5,nan,5,,
              |           ^
          From 0.2 to 4 is accepted.
        bad.csv:4: '' is not a number.
            3 | 2,heavy,20,,woman,2000
          > 4 | 3,0.5,nan,5,,
              |              ^
          From 3 to 150 is accepted.
            6 |   seed: 1
          > 7 |   people: bad.csv
              |           ^"""
    )


@pytest.mark.parametrize(
    ("content", "inside"),
    [
        ("weight_kg\n60\n", "people.csv:1: There is neither a column 'height_cm' nor 'bsa_m2'.\n  > 1 | weight_kg\n  Body surface area needs one of them."),
        ("weight_kg,height_cm\n", "people.csv: The file has no people.\n  One row a person is needed."),
        ("height_cm,T_0\n160,2\n", "people.csv:1: The column 'weight_kg' is missing.\n  > 1 | height_cm,T_0\n  Needed: weight_kg.\n"
         "people.csv:1: Unknown column 'T_0'.\n  > 1 | height_cm,T_0\n      |           ^\n  Did you mean 'T0'?"),
    ],
)  # fmt: skip
def test_a_file_that_names_no_people_is_refused(content, inside, tmp_path):
    (tmp_path / "people.csv").write_text(content, encoding="utf-8")
    assert small.refused(tmp_path, words("seed: 1\npeople: people.csv")) == (
        f"small.yaml:7: The people of 'people.csv' cannot be used:\n{inside}\n    6 |   seed: 1\n  > 7 |   people: people.csv\n      |           ^"
    )


def test_people_that_cannot_be_read_are_the_only_complaint(tmp_path):
    text = words("seed: 1\npeople: nobody.csv").replace("every: 24 h", "every: 24 h, individuals: 5")
    assert small.refused(tmp_path, text) == (
        "small.yaml:7: The people of 'nobody.csv' cannot be used:\nnobody.csv: There is no such file.\n"
        "    6 |   seed: 1\n  > 7 |   people: nobody.csv\n      |           ^"
    )


def test_people_are_read_beside_the_scenario_wherever_it_is_run_from(tmp_path, monkeypatch):
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "deep" / "s.yaml").write_text(words("seed: 1\npeople: er/people.csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    population = read_scenario("deep/s.yaml").population
    assert (population.subjects, population.people.sex) == (2, ("female", ""))


def test_people_have_their_own_weight_baseline_and_mostellers_surface_in_every_draw_and_model(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    scenario = small.written(tmp_path, words("seed: 1\npeople: people.csv\ndraws: 3", "[turnover, expansion]"))
    result = compare(scenario)
    for model in scenario.models:
        for number in range(3):
            people = draw_subjects(scenario.population, model, scenario.subject, runs=Runs.of(number, 0, 2))
            assert people.weight_kg.tolist() == [60.0, 82.5]
            assert people.bsa_m2.tolist() == mosteller_m2(np.array([60.0, 82.5]), np.array([165.0, 180.0])).tolist()
            assert people.values[:, people.names.index("T0")].tolist() == [20.0, 31.0]
    digest = hashlib.sha256(PEOPLE.encode()).hexdigest()
    assert result.provenance.people == {str(tmp_path / "people.csv"): digest}
    table = result.to_frame("subjects")
    assert table.columns.tolist() == ["draw", "subject", "sex", "weight_kg", "height_cm", "bsa_m2", "id"]
    assert table["weight_kg"].tolist() == [60.0, 82.5] * 3


def test_surfaces_that_are_given_are_used_as_they_are(tmp_path):
    (tmp_path / "people.csv").write_text("weight_kg,bsa_m2\n60,1.234567\n", encoding="utf-8")
    scenario = small.written(tmp_path, words("seed: 1\npeople: people.csv"))
    people = draw_subjects(scenario.population, scenario.models[0], scenario.subject)
    assert people.bsa_m2.tolist() == [1.234567]
    row = compare(scenario).to_frame("subjects").iloc[0]
    assert (row["sex"], row["weight_kg"], row["bsa_m2"]) == ("", 60.0, 1.234567)
    assert np.isnan(row["height_cm"])


def test_subjects_may_be_named_beside_people_if_they_agree(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    assert small.written(tmp_path, words("seed: 1\nsubjects: 2\npeople: people.csv")).population.subjects == 2


def test_a_size_without_bounds_reaches_three_standard_deviations_either_way(tmp_path):
    population = "subjects: 3\nseed: 1\nbody:\n  weight: {typical: 70 kg, cv: 0.2}\n  height: {typical: 170 cm, cv: 0.05, bounds: [150 cm, 190 cm]}\n"
    bodies = small.written(tmp_path, words(population)).population.bodies
    factor = np.exp(3 * np.sqrt(np.log1p(0.04)))
    assert bodies.female is None
    for spread in (bodies.weight["female"], bodies.weight["male"]):
        assert (spread.typical, spread.low, spread.high) == (70.0, pytest.approx(70 / factor), pytest.approx(70 * factor))
    assert (bodies.height["male"].typical, bodies.height["male"].low, bodies.height["male"].high) == (170.0, 150.0, 190.0)


def test_what_is_assumed_of_subjects_is_said_in_whole_sentences(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    first = "Subjects differ log-normally around typical values, truncated to the bounds that the model files give; parameters are independent of each other between subjects"
    drawn = """
        subjects: 3
        seed: 1
        draws: 2
        cv: {CL: 0.25}
        correlations: [{between: [CL, V], value: 0.5}]
        body:
          female: 0.25
          weight: {typical: 70 kg, cv: 0.2, bounds: [40 kg, 120 kg]}
          height:
            female: {typical: 165 cm, cv: 0.04, bounds: [140 cm, 185 cm]}
            male: {typical: 178 cm, cv: 0.04, bounds: [150 cm, 200 cm]}
        """
    assert small.written(tmp_path, words(drawn)).assumptions == (
        f"{first} but for the stated correlations.",
        "Each of the 2 parameter draws has 3 subjects of its own, so that confidence intervals and probabilities also hold the chance among so many subjects, "
        "which makes them more cautious, the more so the fewer there are.",
        "Between-subject CVs of this scenario in place of the model files': CL 0.25.",
        "Correlations between the z-scores of a subject: CL and V 0.5.",
        "25% of the subjects are women.",
        "Weight is log-normal: 70 kg with a CV of 0.2, never outside 40 to 120 kg.",
        "Height is log-normal: of women 165 cm with a CV of 0.04, never outside 140 to 185; of men 178 cm with a CV of 0.04, never outside 150 to 200 cm.",
    )
    read = small.written(tmp_path, words("seed: 1\npeople: people.csv"))
    assert read.assumptions == (
        f"{first}.",
        f"The subjects' weight, body surface area, T0 are those of {tmp_path}/people.csv; all else about them is drawn.",
    )
    assert small.scenario(tmp_path, population="").assumptions == ()


def test_correlations_that_models_declare_are_said_where_the_scenario_says_nothing_of_the_pair(tmp_path):
    model = (small.ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        f"{model}\ncorrelations:\n  - {{between: [CL, V], value: 0.6}}\n  - {{between: [F, ka], value: 0.1}}\n", encoding="utf-8"
    )
    population = "subjects: 3\nseed: 1\ncorrelations: [{between: [V, CL], value: 0.2}]"
    found = small.written(tmp_path, words(population, "[mine.yaml]")).assumptions
    assert found[0].endswith("independent of each other between subjects but for the stated correlations.")
    assert found[1] == "Correlations between the z-scores of a subject: V and CL 0.2, F and ka 0.1 (model file of 'mine')."


def test_a_reduced_scenario_has_the_first_subjects_and_draws_and_says_of_what(tmp_path):
    whole = small.written(tmp_path, words("subjects: 6\nseed: 1\ndraws: 4"))
    less = reduced(whole, 2, 3)
    assert (less.population.subjects, less.population.draws, less.reduced_from) == (2, 3, whole.population)
    assert reduced(whole, 6, 4) is whole
    assert reduced(whole) is whole
    few, all_of_them = compare(less), compare(whole)
    for pair, values in few.collected.values.items():
        assert values.tobytes() == all_of_them.collected.values[pair][:, :3, :2].tobytes()
    assert few.provenance.reduced == {"subjects": (6, 2), "draws": (4, 3)}
    assert all_of_them.provenance.reduced == {}
    with pytest.raises(RegimensError) as raised:
        reduced(whole, 7)
    assert str(raised.value) == f"{tmp_path}/small.yaml: 7 subjects are asked for, but its population has 6. Change the file."


def cohort(folder, content, more=""):
    """Return a scenario of the people of a CSV file."""
    (folder / "cohort.csv").write_text(content, encoding="utf-8-sig")
    return small.written(folder, words(f"seed: 1\npeople: cohort.csv{more}"))


def people_problems(folder, content):
    with pytest.raises(InputFileError) as raised:
        cohort(folder, content)
    return str(raised.value).split("cannot be used:\n")[1].replace(f"{folder}/", "").split("\n    6 |")[0]


@pytest.mark.parametrize("column", ["subject", "id"])
def test_ids_of_people_survive_in_the_order_of_the_file(column, tmp_path):
    scenario = cohort(tmp_path, f"{column},weight_kg,height_cm\nB-07,60,165\na 1,80,180\n")
    assert scenario.population.people.ids == scenario.cohort.ids == ("B-07", "a 1")


def test_people_without_ids_are_numbered_from_0(tmp_path):
    scenario = cohort(tmp_path, "weight_kg,height_cm\n60,165\n80,180\n")
    assert (scenario.population.people.ids, scenario.cohort.ids) == ((), ("0", "1"))


def test_shuffled_people_are_the_same_people_in_another_order(tmp_path):
    rows = ["A,60,165,f,20", "B,82.5,180,m,31", "C,71,170,,25"]
    one = cohort(tmp_path, "\n".join(["id,weight_kg,height_cm,sex,T0", *rows])).population.people
    other = cohort(tmp_path, "\n".join(["id,weight_kg,height_cm,sex,T0", *reversed(rows)])).population.people
    assert one != other
    for name in "ABC":
        a, b = one.ids.index(name), other.ids.index(name)
        assert (one.weight_kg[a], one.bsa_m2[a], one.sex[a], one.given["T0"][a]) == (
            other.weight_kg[b],
            other.bsa_m2[b],
            other.sex[b],
            other.given["T0"][b],
        )


def test_ids_that_repeat_or_are_blank_are_refused_with_both_lines(tmp_path):
    assert people_problems(tmp_path, "id,weight_kg,height_cm\nA,60,165\nA,80,180\n,70,170\n") == textwrap.dedent("""\
        cohort.csv:3: The id 'A' is here a second time; the first is on line 2.
            2 | A,60,165
          > 3 | A,80,180
              | ^
          Every person needs an id of their own.
        cohort.csv:4: This person has no id.
            3 | A,80,180
          > 4 | ,70,170
              | ^
          Every row needs one under 'id'.""")


def test_only_one_column_names_the_people(tmp_path):
    assert people_problems(tmp_path, "id,subject,weight_kg,height_cm\nA,1,60,165\n") == (
        "cohort.csv:1: Both 'subject' and 'id' name the people.\n  > 1 | id,subject,weight_kg,height_cm\n  Keep one of the two columns."
    )


def test_numbers_of_people_are_read_strictly(tmp_path):
    assert people_problems(tmp_path, "weight_kg,height_cm\n7_0,165\n") == (
        "cohort.csv:2: '7_0' is not a number.\n    1 | weight_kg,height_cm\n  > 2 | 7_0,165\n      | ^\n  From 1 to 400 is accepted."
    )


def test_tables_of_a_spreadsheet_are_read_and_what_was_detected_is_said(tmp_path):
    plain = cohort(tmp_path, "id,weight_kg,height_cm,sex\nA,60.5,165,female\nB,80,180,male\n")
    semicolons = cohort(tmp_path, "id;weight_kg;height_cm;sex\r\nA;60,5;165;f\r\nB;80;180;M\r\n")
    tabs = cohort(tmp_path, "id\tweight_kg\theight_cm\tsex\nA\t60.5\t165\tF\nB\t80\t180\tMale\n")
    assert plain == semicolons == tabs
    assert plain.population.people.sex == ("female", "male")
    assert not any("read with" in sentence for sentence in plain.assumptions)
    assert semicolons.assumptions[-1] == "cohort.csv was read with ';' between cells and decimal commas."
    assert tabs.assumptions[-1] == "cohort.csv was read with tabs between cells."


def test_columns_that_are_not_used_are_named_and_nearly_parameters_are_questioned(tmp_path):
    scenario = cohort(tmp_path, "age,weight_kg,height_cm,tlagg\n40,60,165,2\n")
    assert scenario.assumptions[-1] == "Columns of cohort.csv that are not used: age, tlagg."
    assert scenario.warnings == ("The column 'tlagg' of cohort.csv is not used. Is it the parameter 'tlag'?",)


def test_improbable_bodies_are_accepted_and_questioned(tmp_path):
    rows = ["A,7,165,0.57", "B,60,165,1.66", "C,260,118,2.92", "D,70,175,2.6"]
    scenario = cohort(tmp_path, "\n".join(["id,weight_kg,height_cm,bsa_m2", *rows]))
    assert scenario.warnings == (
        "2 people of cohort.csv have a weight outside 30 to 250 kg: 7 kg (A), 260 kg (C). Are they mistakes?",
        "1 person of cohort.csv has a height outside 120 to 220 cm: 118 cm (C). Is it a mistake?",
        "1 person of cohort.csv has a body surface area more than 15 % off the one from their weight and height (Mosteller): "
        "2.6 m2, not 1.84 m2 (D). Is it a mistake?",
    )
    assert scenario.population.people.weight_kg.tolist() == [7.0, 60.0, 260.0, 70.0]


def test_many_improbable_bodies_are_counted(tmp_path):
    scenario = cohort(tmp_path, "weight_kg,height_cm\n" + "7,165\n" * 7)
    named = ", ".join(f"7 kg (person {number})" for number in range(1, 6))
    assert scenario.warnings == (
        f"7 people of cohort.csv have a weight outside 30 to 250 kg: {named} and 2 more. Are they mistakes?",
    )


def test_an_improbable_subject_of_the_scenario_is_questioned(tmp_path):
    scenario = small.scenario(tmp_path, more="subject: {weight: 7 kg, height: 110 cm}\n")
    assert scenario.warnings == (
        "The weight of the scenario's subject is 7 kg, not 30 to 250 kg. Is it a mistake?",
        "The height of the scenario's subject is 110 cm, not 120 to 220 cm. Is it a mistake?",
    )
    assert small.scenario(tmp_path).warnings == ()


def replayed(folder, ids, heading="id"):
    """Return a scenario that replays the ledger of two subjects, of 1 and 2 MIU, in people of these ids."""
    (folder / "ledger.csv").write_text(small.ledger("A", [1e6, 2e6]).to_csv(), encoding="utf-8")
    rows = [f"{name},{60 + place},165" for place, name in enumerate(ids)]
    (folder / "cohort.csv").write_text("\n".join([f"{heading},weight_kg,height_cm", *rows]), encoding="utf-8")
    text = words("seed: 1\npeople: cohort.csv").split("arms:\n")[0]
    return text + "arms:\n  A:\n    ledger: ledger.csv\n    arm: A\nendpoints: [peak of treg_fold]\n"


def test_rows_of_a_ledger_go_to_the_people_of_their_ids(tmp_path):
    for ids in (["0", "1"], ["1", "0"]):
        (arm,) = small.written(tmp_path, replayed(tmp_path, ids)).arms
        rows = arm.adherence.ledger.rows
        assert {ids[subject]: given for subject, given in zip(rows["subject"], rows["given"], strict=True)} == {
            "0": 1e6,
            "1": 2e6,
        }
        assert rows["subject"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("ids", "heading", "why"),
    [
        (["7", "8"], "age", "the people have no ids. Add a column 'subject' with the subjects of the ledger."),
        (["0", "x"], "id", "'x' is not in the ledger. Both must name the same subjects."),
    ],
)
def test_a_ledger_is_not_given_to_people_by_their_position(ids, heading, why, tmp_path):
    with pytest.raises(InputFileError) as raised:
        small.written(tmp_path, replayed(tmp_path, ids, heading))
    (problem,) = raised.value.problems
    assert problem.message == f"The ledger of arm 'A' and the people cannot be matched: {why}"


def test_a_reduced_scenario_says_how_many_subjects_it_has(tmp_path):
    whole = small.written(tmp_path, words("subjects: 6\nseed: 1\ndraws: 4"))
    assert reduced(whole, 2, 3).assumptions[1].startswith("Each of the 3 parameter draws has 2 subjects of its own,")

"""YAML files: plain data, positions, and what is said about files that cannot be used."""

import contextlib
import datetime
import hashlib
import importlib
import math
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from regimens import shipped
from regimens.errors import InputFileError
from regimens.yamlfile import LARGEST_FILE, parse, read
from regimens.yamlfile.problems import problems_of
from regimens.yamlfile.writing import yaml_text

MODULE = importlib.import_module("regimens.yamlfile.parse")
PARSERS = {"the parser in use": MODULE._LOADER, "the parser of PyYAML itself": yaml.SafeLoader}
SHIPPED = sorted(path for room in ("models", "scenarios", "evidence") for path in shipped.folder(room).rglob("*.yaml"))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Arm(Strict):
    regimen: str | dict[str, str]
    route: Literal["SC", "IV"] = "SC"
    cv: float = Field(0, ge=0, le=3)


class Plan(Strict):
    title: str = Field("", min_length=2)
    arms: dict[str, Arm] = Field(min_length=1)
    days: list[int] = []
    blind: bool = True


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(content: str | bytes, name: str = "a.yaml") -> str:
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    return written


def refusal(path: str) -> str:
    with pytest.raises(InputFileError) as caught:
        read(path)
    return str(caught.value)


def findings(path: str) -> str:
    located = read(path)
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(located.data)
    return str(InputFileError(path, problems_of(caught.value, located, Plan), located.text))


# data


def test_scalars_follow_yaml_1_2_and_keys_stay_text(write):
    located = read(
        write("a: [no, 010, 1e6, 0x1f, 12:30:45, true, ~, '1', -.inf, +1.5, .5, 7_0, 0b1]\n2: x\nd: 2024-01-01\n'e e': {}\n")
    )
    assert located.data == {
        "a": ["no", 10, 1e6, 31, "12:30:45", True, None, "1", -math.inf, 1.5, 0.5, "7_0", "0b1"],
        "2": "x",
        "d": datetime.date(2024, 1, 1),
        "e e": {},
    }


def test_a_number_too_long_for_python_stays_text(write):
    assert read(write("a: " + "9" * 5000)).data == {"a": "9" * 5000}


def test_the_text_is_kept_exactly_and_the_digest_is_of_the_bytes(write):
    content = b"\xef\xbb\xbfa: 1\r\nb: \xc2\xb5\r\n"
    located = read(write(content))
    assert located.text == "a: 1\r\nb: µ\r\n"
    assert located.digest == hashlib.sha256(content).hexdigest()


def test_an_alias_repeats_its_value(write):
    located = read(write("a: &x {k: 1}\nb: *x\n"))
    assert located.data == {"a": {"k": 1}, "b": {"k": 1}}
    assert located.position(["b", "k"]) == (1, 11)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_without_libyaml_a_shipped_file_gives_the_same_data_at_the_same_places(path, monkeypatch):
    found = read(path)
    monkeypatch.setattr(MODULE, "_LOADER", yaml.SafeLoader)
    assert read(path) == found


WORDS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[-+]?[0-9a-fox_]{1,4}[.:eE-]?[0-9]{0,3}", fullmatch=True),
    st.sampled_from(
        ["", "~", "null", "true", "FALSE", "no", "<<", ".inf", "1e3", "0x1f", "1_000", "2024-01-01", "a: b", "- a", "a #b"]
    ),
)
SCALARS = st.one_of(WORDS, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(SCALARS, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(WORDS, inside, max_size=3))


@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_back_equal(data):
    back = parse(yaml_text(data)).data
    assert repr(back) == repr(data)  # 1, 1.0 and True are equal in Python and differ in their types


# positions


def test_positions_count_from_one_for_keys_and_values(write):
    located = read(write("# note\narms:\n  RA:\n    - x\n    - {dose: 3}\n"))
    assert located.position(["arms", "RA", 1, "dose"]) == (5, 14)
    assert located.position(["arms", "RA", 1, "dose"], key=True) == (5, 8)
    assert located.position(["arms", "RA"], key=True) == (3, 3)
    assert located.position([]) == (2, 1)


def test_missing_parts_and_union_tags_lead_to_the_nearest_place(write):
    located = read(write("arms:\n  RA:\n    dose: 3\n"))
    assert located.position(["arms", "RA", "regimen"], key=True) == (2, 3)
    assert located.position(["arms", "RA", "tagged-union", "dose"]) == (3, 11)


@pytest.mark.parametrize(
    ("content", "word", "expected"),
    [
        ("a: one two\n", "two", (1, 8)),
        ("a: one\n   two\n", "two", (2, 4)),
        ("a: 'it''s two'\n", "two", (1, 11)),
        ('a: "\\tone\\u0041 two"\n', "two", (1, 17)),
        ("a: |\n  one\n  two three\n", "three", (3, 7)),
        ("a: >-\n  one\n\n  two three\n", "three", (4, 7)),
        ("a: >-\r\n  one\r\n  two three\r\n", "three", (3, 7)),
        ("a:\n  - x\nb: 3\n", "", (2, 3)),
    ],
)
def test_a_place_in_a_text_is_found_in_every_style(write, content, word, expected):
    located = read(write(content))
    value = located.data["a"]
    assert located.place(["a"], value.index(word) if isinstance(value, str) else 5) == expected


@given(st.text(alphabet="ab \n'\"\\µ", min_size=1), st.integers(0, 40), st.sampled_from(["'", '"']))
def test_a_place_in_any_quoted_text_lies_in_the_file(tmp_path_factory, text, offset, quote):
    folded = text.replace("\\", "\\\\").replace('"', '\\"') if quote == '"' else text.replace("'", "''")
    path = tmp_path_factory.mktemp("any") / "a.yaml"
    path.write_text(f"a: {quote}{folded}{quote}\n".replace("\n", "\n  "), encoding="utf-8")
    located = read(path)
    line, column = located.place(["a"], offset)
    assert column <= len(located.text.split("\n")[line - 1]) + 1
    value = str(located.data["a"])
    if offset < len(value) and value[offset] in "abµ":
        assert located.text.split("\n")[line - 1][column - 1] == value[offset]


# files that cannot be used


def test_a_missing_file_is_answered_with_the_nearest_name(write):
    write("a: 1", "seed_trials.yaml")
    assert refusal("seed_trails.yaml") == ("seed_trails.yaml: There is no such file.\n  Did you mean 'seed_trials.yaml'?")
    assert refusal("nowhere/x.yaml") == "nowhere/x.yaml: There is no such file."


@pytest.mark.parametrize(
    ("asked", "beside", "suggested"),
    [
        ("mime.yaml", "mine.yaml", True),  # 3 letters of 4 are the same: 0.75
        ("seed_trials.yml", "seed_trials.yaml", True),
        ("Seed_Trials.yaml", "seed_trials2.yaml", True),
        ("mi.yaml", "mine.yaml", False),  # 0.67
        ("a.yaml", "b.yaml", False),
        ("turnover.yaml", "effect_turnover.yaml", False),
        ("seed_trails.yaml", "seed_trials.csv", False),
    ],
)
def test_a_missing_file_is_answered_only_with_a_name_that_is_really_close(asked, beside, suggested, write):
    write("a: 1", beside)
    said = f"\n  Did you mean '{beside}'?" if suggested else ""
    assert refusal(asked) == f"{asked}: There is no such file.{said}"


def test_a_folder_is_refused(tmp_path):
    assert refusal(str(tmp_path)) == f"{tmp_path}: This is a folder.\n  A YAML file is needed."


def test_a_device_is_refused():
    assert refusal("/dev/zero") == "/dev/zero: This is not a regular file.\n  A YAML file is needed."


def test_an_unreadable_file_is_refused(write, monkeypatch):
    path = write("a: 1")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path) == "a.yaml: The file cannot be read (permission denied)."


def test_a_large_file_is_refused_without_reading_it(write, monkeypatch):
    path = write(b"")
    with open(path, "wb") as file:
        file.truncate(100 * LARGEST_FILE)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read"))
    assert refusal(path) == "a.yaml: The file has 100,000,000 bytes.\n  At most 1,000,000 are read."


def test_bytes_that_are_not_utf_8_are_named(write):
    assert refusal(write(b"a: 1\nb: \xe9\n")) == (
        "a.yaml:2: The byte 0xE9 at offset 8 is not UTF-8 text.\n  Save the file as UTF-8."
    )
    assert refusal(write("a: 1".encode("utf-16"))) == "a.yaml: The file is UTF-16 text.\n  Save it as UTF-8."


EMPTY = "a.yaml: The file is empty.\n  A mapping of 'key: value' lines is needed."
REFUSED = {
    "empty": ("", EMPTY),
    "comments only": ("# nothing\n\n", EMPTY),
    "an open document": ("---\n", EMPTY),
    "a list": (
        "- a\n",
        "a.yaml:1: The file holds a list.\n  > 1 | - a\n      | ^\n  A mapping of 'key: value' lines is needed.",
    ),
    "prose": (
        "hello\n",
        "a.yaml:1: The file holds 'hello'.\n  > 1 | hello\n      | ^\n  A mapping of 'key: value' lines is needed.",
    ),
    "tab": (
        "a:\n\tb: 1\n",
        "a.yaml:2: This line is indented with a tab.\n    1 | a:\n  > 2 | \tb: 1\n      | ^\n"
        "  YAML is indented with spaces only.",
    ),
    "tab after a value": (
        "a: 1\n  \tb: 2\n",
        "a.yaml:2: This line is indented with a tab.\n    1 | a: 1\n  > 2 |   \tb: 2\n      |   ^\n"
        "  YAML is indented with spaces only.",
    ),
    "colon in text": (
        "a: b: c\n",
        "a.yaml:1: This is not YAML: mapping values are not allowed here.\n  > 1 | a: b: c\n      |     ^\n"
        "  Text that contains ': ' needs quotes; otherwise look at the indentation.",
    ),
    "open quote": (
        "a: 'x\n",
        "a.yaml:1: This is not YAML: the file ends inside something that is open.\n  > 1 | a: 'x\n      |    ^\n"
        "  A quote or bracket is opened here and never closed.",
    ),
    "control character": (
        "a: 1\nb: \x07\n",
        "a.yaml:2: The character U+0007 is not allowed in YAML.\n    1 | a: 1\n  > 2 | b: \x07\n      |    ^\n  Remove it.",
    ),
    "duplicate keys, all of them": (
        "a: 1\nb: {c: 1, c: 2}\na: 2\n",
        "a.yaml:2: The key 'c' is here a second time; the first is on line 2.\n    1 | a: 1\n  > 2 | b: {c: 1, c: 2}\n"
        "      |           ^\n  Remove or rename one of them.\n"
        "a.yaml:3: The key 'a' is here a second time; the first is on line 1.\n    2 | b: {c: 1, c: 2}\n  > 3 | a: 2\n"
        "      | ^\n  Remove or rename one of them.",
    ),
    "tag": (
        "a: !!python/object/apply:os.system [ls]\n",
        "a.yaml:1: The tag '!!python/object/apply:os.system' is not used here.\n"
        "  > 1 | a: !!python/object/apply:os.system [ls]\n      |    ^\n"
        "  Write plain text, numbers, lists and mappings.",
    ),
    "an alias to itself": (
        "a: &x [*x]\n",
        "a.yaml:1: '*x' refers to nothing: no '&x' is complete above it.\n  > 1 | a: &x [*x]\n      |        ^",
    ),
    "merge key": (
        "a: &x {b: 1}\nc: {<<: *x}\n",
        "a.yaml:2: Merging with '<<' is not used here.\n    1 | a: &x {b: 1}\n  > 2 | c: {<<: *x}\n      |     ^\n"
        "  Write the keys out; '*name' after a key is understood.",
    ),
    "a list as key": (
        "? [a]\n: 2\n",
        "a.yaml:1: A list or mapping is used as a key.\n  > 1 | ? [a]\n      |   ^\n  Keys are text.",
    ),
    "two documents": (
        "a: 1\n---\nb: 1\n",
        "a.yaml:2: A second document starts here ('---').\n    1 | a: 1\n  > 2 | ---\n      | ^\n  A file holds one document.",
    ),
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_plain_yaml_is_refused(write, monkeypatch, case, parser):
    monkeypatch.setattr(MODULE, "_LOADER", PARSERS[parser])
    content, message = REFUSED[case]
    assert refusal(write(content)) == message


def test_half_of_a_surrogate_pair_is_refused_and_shown_as_a_question_mark():
    with pytest.raises(InputFileError) as caught:
        parse("a: 1\nb: x\ud83d\n", "pasted")
    assert str(caught.value) == (
        "pasted:2: The character U+D83D is not allowed in YAML.\n    1 | a: 1\n  > 2 | b: x?\n      |     ^\n  Remove it."
    )


def test_an_alias_bomb_is_refused_before_it_grows(write):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    message = refusal(write("\n".join(lines)))
    assert message.splitlines()[0] == "a.yaml:4: The aliases up to '*a2' stand for more than 1000 values."


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(write, monkeypatch, opening, parser):
    monkeypatch.setattr(MODULE, "_LOADER", PARSERS[parser])
    message = refusal(write(opening * 5000))
    assert message.splitlines()[0] == "a.yaml:1: Lists and mappings are nested more than 40 deep here."


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("any") / "a.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(InputFileError):
        assert isinstance(read(path).data, dict)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,? \n\t1.~=<", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    test_any_bytes_are_read_or_refused.hypothesis.inner_test(tmp_path_factory, text.encode())


# what pydantic finds


def test_all_findings_are_said_at_once_in_file_order(write):
    content = (
        "title: 2024-01-01\narms:\n  a: {rute: SC, regimen: 1 x}\n  b: {route: SCC, regimen: 3, cv: true}\n"
        "  c: {cv: 4}\ndays: [1.5, 2, x]\nblind: no\n"
    )
    assert findings(write(content)) == (
        "a.yaml:1: 'title': found 2024-01-01, a date; text is needed.\n"
        "  > 1 | title: 2024-01-01\n"
        "      |        ^\n"
        "  Put it in quotes to keep it text.\n"
        "a.yaml:3: 'rute' is not a known key here.\n"
        "    2 | arms:\n"
        "  > 3 |   a: {rute: SC, regimen: 1 x}\n"
        "      |       ^\n"
        "  Did you mean 'route'?\n"
        "a.yaml:4: 'route': found 'SCC'.\n"
        "    3 |   a: {rute: SC, regimen: 1 x}\n"
        "  > 4 |   b: {route: SCC, regimen: 3, cv: true}\n"
        "      |              ^\n"
        "  Did you mean 'SC'? Accepted: 'SC' or 'IV'.\n"
        "a.yaml:4: 'regimen': found 3, a number; text or a mapping is needed.\n"
        "    3 |   a: {rute: SC, regimen: 1 x}\n"
        "  > 4 |   b: {route: SCC, regimen: 3, cv: true}\n"
        "      |                            ^\n"
        "  Put it in quotes to keep it text.\n"
        "a.yaml:4: 'cv': found true, a yes/no value; a number is needed.\n"
        "    3 |   a: {rute: SC, regimen: 1 x}\n"
        "  > 4 |   b: {route: SCC, regimen: 3, cv: true}\n"
        "      |                                   ^\n"
        "a.yaml:5: 'regimen' is missing in 'c'.\n"
        "    4 |   b: {route: SCC, regimen: 3, cv: true}\n"
        "  > 5 |   c: {cv: 4}\n"
        "      |   ^\n"
        "a.yaml:5: 'cv': found 4, a number; a number of at most 3 is needed.\n"
        "    4 |   b: {route: SCC, regimen: 3, cv: true}\n"
        "  > 5 |   c: {cv: 4}\n"
        "      |           ^\n"
        "a.yaml:6: Entry 1 of 'days': found 1.5, a number; a whole number is needed.\n"
        "    5 |   c: {cv: 4}\n"
        "  > 6 | days: [1.5, 2, x]\n"
        "      |        ^\n"
        "a.yaml:6: Entry 3 of 'days': found 'x'; a whole number is needed.\n"
        "    5 |   c: {cv: 4}\n"
        "  > 6 | days: [1.5, 2, x]\n"
        "      |                ^\n"
        "a.yaml:7: 'blind': found 'no'; true or false is needed.\n"
        "    6 | days: [1.5, 2, x]\n"
        "  > 7 | blind: no\n"
        "      |        ^"
    )


FOUND = {
    "title: x\narms: {}": [
        "'title': found 'x'; at least 2 characters are needed.",
        "'arms': found an empty mapping; at least 1 entry is needed.",
    ],
    "title: xy": ["'arms' is missing."],
    "arms: {a: {regimen: x, cv: .nan}}": ["'cv': found .nan; a finite number is needed."],
    "arms: {a: {regimen: {il2: 5}}}": ["'il2': found 5, a number; text is needed."],
    "arms: {a: {regimen: [x]}}": ["'regimen': found a list; text or a mapping is needed."],
    "arms: {a: }": ["'a': found nothing; a mapping is needed."],
    "arms: [1]": ["'arms': found a list; a mapping is needed."],
}


@pytest.mark.parametrize("content", FOUND)
def test_a_finding_is_said_without_jargon(write, content):
    located = read(write(content))
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(located.data)
    assert [problem.message for problem in problems_of(caught.value, located, Plan)] == FOUND[content]


def test_thousands_of_findings_are_all_said(write):
    located = read(write("arms:\n" + "".join(f"  a{i}: {{regimen: 3, rute: SC}}\n" for i in range(1000))))
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(located.data)
    assert len(problems_of(caught.value, located, Plan)) == 2000


def test_a_value_that_a_comma_cut_off_is_recognised(write):
    located = read(write("arms: {a: {regimen: {il2: (1 MIU SC, rest 9 days) x 3}}}\n"))
    with pytest.raises(ValidationError) as caught:
        Plan.model_validate(located.data)
    (problem,) = problems_of(caught.value, located, Plan)
    assert problem.message == "'rest 9 days) x 3': found nothing; text is needed."
    assert problem.advice == "Inside { } a comma ends a value: put text that contains one in quotes."
    assert (problem.line, problem.column) == (1, 38)


class Flat(Strict):
    kind: Literal["flat"]
    amount: float


class PerKg(Strict):
    kind: Literal["per kg"]
    amount: float = Field(gt=0)
    cap: float | None = None

    @field_validator("cap")
    @classmethod
    def check_cap(cls, cap: float | None) -> float | None:
        if cap is not None and cap < 1:
            raise ValueError(f"a cap of {cap:g} is below 1.")
        return cap


class Doses(Strict):
    doses: list[Annotated[Flat | PerKg, Field(discriminator="kind")]] = Field(max_length=2)
    rest: int | Literal["each", "midpoint"] = 0


TAGGED = {
    "doses: [{amount: 1}]": [(1, 9, "'kind' is missing in Entry 1 of 'doses'.", "")],
    "doses: [{kind: flatt, amount: 1}]": [
        (1, 9, "Entry 1 of 'doses': found a mapping.", "Did you mean 'flat'? Accepted: 'flat', 'per kg'.")
    ],
    "doses:\n- {kind: per kg, amount: -1, cap: 0.5, top: 1}": [
        (2, 26, "'amount': found -1, a number; a number above 0 is needed.", ""),
        (2, 35, "'cap': a cap of 0.5 is below 1.", ""),
        (2, 40, "'top' is not a known key here.", "Known: kind, amount, cap."),
    ],
    "doses: [1, 2, 3]": [(1, 8, "'doses': found a list; at most 2 entries are needed.", "")],
}


@pytest.mark.parametrize("content", TAGGED)
def test_forms_told_apart_by_a_tag_are_followed(write, content):
    located = read(write(content))
    with pytest.raises(ValidationError) as caught:
        Doses.model_validate(located.data)
    found = problems_of(caught.value, located, Doses)
    assert [(p.line, p.column, p.message, p.advice) for p in found] == TAGGED[content]

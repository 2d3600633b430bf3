"""A model in print."""

import io
from pathlib import Path

import pytest

from regimens import shipped
from regimens.model import find_model
from regimens.model.describe import (
    citation,
    describe,
    equations,
    initial_values,
    inputs_in_words,
    model_list,
    page,
    source_numbers,
)
from regimens.model.file import declared, load_model

WIDTH = 80
PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def printed(model, width: int = WIDTH) -> str:
    return drawn(describe(model), width)


def drawn(renderable, width: int = WIDTH) -> str:
    from rich.console import Console

    file = io.StringIO()
    Console(file=file, width=width, highlight=False).print(renderable)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_a_small_model_prints_whole(small):
    path = small(
        ("source: assumed}", "source: assumed, label: volume, note: A guess.}"),
        ('a journal."}', 'a journal.", doi: 10.1000/182}'),
        ("description:", "exploratory: true\ndescription:"),
        ("label: Serum IL-2}", "label: Serum IL-2, better: lower}\n  share: {formula: 0.5, unit: '1', label: Half}"),
    )
    assert printed(load_model(path)) == (
        "Small (m)\n"
        "Exploratory: not calibrated to patient data.\n"
        "One drug, one state.\n"
        "\n"
        "Equations (time in days)\n"
        "           conc = central / (V * mL_per_L) [IU/mL]\n"
        "  d(central)/dt = -CL / V * central        [IU/day]\n"
        "\n"
        "Before the first dose\n"
        "  central(0) = 0 [IU]\n"
        "\n"
        "Doses\n"
        "  il2 IV enters central, at once.\n"
        "\n"
        "Parameters\n"
        "  Values of the model file; no fit of this model is shipped.\n"
        "  name      value  unit   bounds   CV  source   what it is\n"
        "  CL           10  L/day  5-20    30%  [1]\n"
        "  V             5  L      2-8       -  assumed  volume\n"
        "  mL_per_L   1000  mL/L   fixed     -  [2]\n"
        "\n"
        "Notes\n"
        "  V: A guess.\n"
        "\n"
        "Observables\n"
        "  serum [IU/mL] Serum IL-2 lower is better\n"
        "  share         Half\n"
        "\n"
        "Sources\n"
        "  [1] Me 2026, a journal. doi:10.1000/182\n"
        "  [2] Exact by the definition of the units."
    )


def test_states_that_may_be_negative_are_named(small):
    model = load_model(small(("rate: -CL / V * central", "rate: -CL / V * central, nonnegative: false")))
    assert "  central(0) = 0 [IU]\n  May be negative: central.\n\nDoses\n" in printed(model)
    assert "May be negative" not in printed(load_model(small()))


def test_shares_are_named_in_the_terminal_and_on_the_page(small):
    share = ("  V: {", '  F: {value: 0.5, unit: "1", bounds: [0, 1], cv: 0, share: true, source: assumed}\n  V: {')
    shared = load_model(small(share, ("bioavailability: 1", "bioavailability: F")))
    said = "Shares, which mean nothing outside 0 to 1: F."
    assert f"\n  {said}\n" in printed(shared)
    assert f"\n\n{said}\n\n" in page([shared])
    for text in (printed(load_model(small())), page([load_model(small())])):
        assert "Shares" not in text


def test_it_says_whether_values_are_fitted_or_those_of_the_model_file():
    assert (
        "\nParameters\n  Fitted values: posterior medians of the shipped fit where the notes say so, else those of the model file.\n"
        in printed(find_model("turnover"), 120)
    )
    assert (
        "\nParameters\n  Values of the model file. Comparisons use the posterior medians of its shipped fit instead.\n"
        in printed(declared("turnover"), 120)
    )


@pytest.mark.parametrize("name", shipped.names("models"))
@pytest.mark.parametrize("width", [80, 120])
def test_a_shipped_model_fits_the_terminal_and_loses_no_value(name, width):
    model = find_model(name)
    text = printed(model, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    for parameter in model.parameters:
        assert f"\n  {parameter.name} " in text
        assert f" {parameter.value:g} " in text


def test_equations_are_pairs_of_text_for_the_report():
    assert equations(declared("turnover")) == [
        ("conc", "central / (V * mL_per_L)"),
        ("stimulus", "hill(conc, EC50, 1)"),
        ("gain", "Emax * (T0 / Tref)**-theta"),
        ("d(depot)/dt", "-ka * depot"),
        ("d(central)/dt", "ka * depot - CL / V * central"),
        ("d(treg)/dt", "kout * T0 * (1 + gain * stimulus) - kout * treg"),
    ]
    assert initial_values(declared("turnover")) == [("depot(0)", "0"), ("central(0)", "0"), ("treg(0)", "T0")]


def test_inputs_are_sentences(small):
    assert inputs_in_words(declared("turnover")) == [
        "il2 SC enters depot, times F, after tlag.",
        "il2 IV enters central, at once.",
    ]
    late = small(
        ("lag: 0", "lag: late"),
        ("  mL_per_L: {value", "  late: {value: 0.5, unit: day}\n  mL_per_L: {value"),
    )
    assert inputs_in_words(load_model(late)) == ["il2 IV enters central, after late."]


def test_sources_are_numbered_in_the_order_of_the_file():
    model = declared("turnover")
    assert source_numbers(model) == {"konrad1990": 1, "piscitelli1998": 2, "turnover_rates": 3, "qspio": 4, "definition": 5}
    assert citation(model.sources[0]).startswith("Konrad et al. 1990, Cancer Research 50(7):2009, PMID 2317789")


def test_the_shipped_models_are_listed_with_their_titles():
    lines = drawn(model_list(), 120).splitlines()
    assert lines[0].split() == ["name", "what", "it", "is", "states", "parameters"]
    assert [line.split()[0] for line in lines[1:]] == list(shipped.names("models"))
    (turnover,) = (line.split() for line in lines if line.startswith("turnover "))
    assert turnover == ["turnover", *declared("turnover").title.split(), "3", "13"]


def test_the_page_of_models_is_what_the_model_files_say():
    written = page(map(declared, shipped.names("models")))
    assert PAGE.read_text(encoding="utf-8") == written, "run scripts/render_models.py"


def test_the_page_has_every_equation_value_note_and_source():
    text = PAGE.read_text(encoding="utf-8")
    for model in map(declared, shipped.names("models")):
        for left, right in equations(model):
            assert f"{left} = {right}" in text
        for parameter in model.parameters:
            assert f"| {parameter.name} | {parameter.value:g} | {parameter.unit} |" in text
            assert parameter.note in text
        assert all(citation(source).strip() in text for source in model.sources)


def test_a_small_model_is_a_whole_section(small):
    path = small(
        ("source: assumed}", 'source: assumed, label: volume, note: "A | B."}'),
        ("description:", "exploratory: true\ndescription:"),
    )
    section = page([load_model(path)]).split("\n## ")[1]
    assert section.startswith("`m`: Small\n\n**Exploratory: not calibrated to patient data.**\n\nOne drug, one state.\n")
    assert (
        "```text\n         conc = central / (V * mL_per_L)   [IU/mL]\nd(central)/dt = -CL / V * central   [IU/day]\n```"
        in section
    )
    assert "May be negative" not in section
    assert "- il2 IV enters central, at once." in section
    assert r"| V | 5 | L | 2-8 | - | assumed | volume | A \| B. |" in section
    assert section.endswith("- [2] Exact by the definition of the units.\n")


def test_states_that_may_be_negative_are_named_on_the_page(small):
    written = page([load_model(small(("rate: -CL / V * central", "rate: -CL / V * central, nonnegative: false")))])
    assert "```text\ncentral(0) = 0   [IU]\n```\n\nMay be negative: central.\n\nDoses:\n" in written

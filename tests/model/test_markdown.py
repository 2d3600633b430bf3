"""The page of all models."""

from pathlib import Path

from regimens import shipped
from regimens.model.describe import citation, equations
from regimens.model.file import find, load
from regimens.model.markdown import page

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_page_of_models_is_what_the_model_files_say():
    written = page(map(find, shipped.names("models")))
    assert PAGE.read_text(encoding="utf-8") == written, "run scripts/render_models.py"


def test_the_page_has_every_equation_value_note_and_source():
    text = PAGE.read_text(encoding="utf-8")
    for model in map(find, shipped.names("models")):
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
    section = page([load(path)]).split("\n## ")[1]
    assert section.startswith("`m`: Small\n\n**Exploratory: not calibrated to patient data.**\n\nOne drug, one state.\n")
    assert (
        "```text\n         conc = central / (V * mL_per_L)   [IU/mL]\nd(central)/dt = -CL / V * central   [IU/day]\n```"
        in section
    )
    assert "May be negative" not in section
    assert "- il2 IV enters central, at once." in section
    assert r"| V | 5 | L | 2-8 | - | assumed | volume | A \| B. |" in section
    assert section.endswith("- [2] Exact by the definition of the units.\n")


def test_states_that_may_be_negative_are_named(small):
    written = page([load(small(("rate: -CL / V * central", "rate: -CL / V * central, nonnegative: false")))])
    assert "```text\ncentral(0) = 0   [IU]\n```\n\nMay be negative: central.\n\nDoses:\n" in written

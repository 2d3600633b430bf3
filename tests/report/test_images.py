"""Images of figures: one file a figure in every form, and plain words where they cannot be drawn."""

import importlib.util
import re
import sys
from pathlib import Path

import plotly.io as pio
import pytest

from regimens import report
from regimens.cli import main
from regimens.errors import RegimensError
from regimens.report import images
from regimens.report.document import pictures_of

from . import example
from .test_browser import chromium

BEGINNINGS = {"png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
NEEDS = "Images need Chromium or Chrome, for example `apt install chromium`; the variable BROWSER_PATH may name one."
FIRST = ("curves-treg_fold", "schedules")  # two figures are enough to see that each has its file; every one takes a second
SCENARIO = """\
title: One schedule
models: [turnover]
horizon: 2 weeks
arms:
  five days:
    regimen: 1 MIU SC daily x 5
endpoints:
  - peak of treg_fold
"""


@pytest.fixture
def two_figures(monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", chromium())
    monkeypatch.setattr(images, "pictures_of", lambda comparison: {key: pictures_of(comparison)[key] for key in FIRST})


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run `regimens compare` in an empty folder; return (exit code, stderr)."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SCENARIO, encoding="utf-8")

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["regimens", "compare", "small.yaml", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr().err

    return called


@pytest.mark.parametrize("form", ["png", "pdf"])
def test_every_figure_becomes_one_file_of_its_form(two_figures, form):
    made = report.images_of(example.six(1), form)
    assert list(made) == [f"curves-treg_fold.{form}", f"schedules.{form}"]
    assert all(content.startswith(BEGINNINGS[form]) for content in made.values())
    assert len(set(made.values())) == 2


def test_an_svg_has_the_title_of_its_figure_all_arms_and_a_white_ground(two_figures):
    made = report.images_of(example.six(1), "svg")
    assert list(made) == ["curves-treg_fold.svg", "schedules.svg"]
    assert all(content.startswith(b"<svg") for content in made.values())
    text = made["curves-treg_fold.svg"].decode()
    assert "Treg, fold of baseline" in text
    assert all(f">{arm}<" in text for arm in example.SIX)
    assert re.search(r'<rect x="0" y="0" width="1100" height="\d+" style="fill: rgb\(255, 255, 255\);', text)


def test_every_picture_of_the_page_is_drawn_under_its_own_name(monkeypatch):
    asked = []

    def written(fig, file, **more):
        asked.append((len(fig), more))
        for path in file:
            path.write_bytes(path.stem.encode())

    monkeypatch.setattr(pio, "write_images", written)
    made = report.images_of(example.six(1), "png")
    keys = re.findall(r'data-figure="([^"]+)"', report.page(example.six(1)))
    assert sorted(made) == sorted(f"{key}.png" for key in keys)
    assert sorted(made.values(), key=int) == [str(place).encode() for place in range(len(keys))]
    ((count, more),) = asked
    assert count == len(keys)
    assert (more["format"], more["width"], more["scale"]) == ("png", 1100, 2)
    assert all(height > 100 for height in more["height"])


@pytest.mark.parametrize("form", ["gif", "SVG", ""])
def test_an_unknown_form_is_refused_with_those_there_are(form):
    with pytest.raises(RegimensError) as raised:
        report.check_images(form)
    assert str(raised.value) == f"'{form}' is not a form of images. Forms are svg, png, pdf."


def test_without_kaleido_it_is_said_how_to_install_it(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "kaleido" else found(name, *more))
    for ask in (lambda: report.check_images("svg"), lambda: report.images_of(example.six(1), "svg")):
        with pytest.raises(RegimensError) as raised:
            ask()
        assert str(raised.value) == "Images need the package kaleido: pip install 'regimens[images]'."


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("The browser closed.\nMore lines"), "The browser closed."),
        (OSError(), "OSError"),
    ],
)
def test_whatever_keeps_figures_from_being_drawn_is_said_with_what_they_need(monkeypatch, error, reason):
    def fails(**given):
        raise error

    monkeypatch.setattr(pio, "write_images", fails)
    with pytest.raises(RegimensError) as raised:
        report.check_images("svg")
    assert str(raised.value) == f"The figures could not be drawn as images: {reason} {NEEDS}"


def test_a_browser_that_is_not_there_is_said_before_anything_is_simulated(command, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", str(Path("nowhere").resolve()))
    monkeypatch.setattr("regimens.study.comparison.run", lambda *given: pytest.fail("a task was begun"))
    code, said = command("--out", "result", "--images", "svg")
    assert code == 2
    assert said.startswith("The figures could not be drawn as images: ")
    assert said.endswith(f" {NEEDS}\n")
    assert len(said.splitlines()) == 1
    assert [path.name for path in Path().iterdir()] == ["small.yaml"]


def test_compare_writes_every_figure_of_the_page_into_its_folder(command, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", chromium())
    assert command("--out", "result", "--images", "svg") == (0, "Written to result/report.html\n")
    page = Path("result/report.html").read_text(encoding="utf-8")
    keys = set(re.findall(r'data-figure="([^"]+)"', page))
    files = list(Path("result/figures").iterdir())
    assert {path.name for path in files} == {f"{key}.svg" for key in keys}
    assert all(path.read_bytes().startswith(b"<svg") for path in files)
    assert "regimens compare small.yaml --images svg" in page


def test_a_form_that_the_command_does_not_know_is_refused(command):
    code, said = command("--images", "gif")
    assert code == 2
    assert "'gif' is not one of 'svg', 'png', 'pdf'" in said

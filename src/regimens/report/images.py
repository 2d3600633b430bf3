"""Image files of the figures of a page, for talks and papers: drawn by Chromium through the package kaleido."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.errors import RegimensError
from regimens.report.document import pictures_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.study.comparison import Comparison

FORMATS = ("svg", "png", "pdf")
WIDTH_PX, SCALE = 1100, 2
"""Width of an image, and how many pixels of a png stand for one of it."""


def check_images(form: str) -> None:
    """Draw one small figure; RegimensError if the form is unknown, kaleido is not installed, or no browser can be started."""
    import plotly.graph_objects as go

    if form not in FORMATS:
        raise RegimensError(f"'{form}' is not a form of images. Forms are {', '.join(FORMATS)}.")
    _drawn({"check": go.Figure()}, form)


def images_of(comparison: Comparison, form: str) -> dict[str, bytes]:
    """Return every figure of the page of `comparison` as an image, by the name of its file; RegimensError as `check_images`."""
    figures = {key: picture.figure for key, picture in pictures_of(comparison).items()}
    return {f"{key}.{form}": image for key, image in _drawn(figures, form).items()}


def _drawn(figures: dict[str, go.Figure], form: str) -> dict[str, bytes]:
    """Return the images of figures; all of them are drawn in one browser."""
    import plotly.io as pio

    if importlib.util.find_spec("kaleido") is None:
        raise RegimensError("Images need the package kaleido: pip install 'regimens[images]'.")
    with tempfile.TemporaryDirectory() as folder:
        paths = {key: Path(folder) / f"{number}.{form}" for number, key in enumerate(figures)}
        try:
            pio.write_images(
                fig=[_on_paper(figure) for figure in figures.values()],
                file=list(paths.values()),
                format=form,
                width=WIDTH_PX,
                height=[figure.layout.height for figure in figures.values()],
                scale=SCALE if form == "png" else 1,
            )
        except Exception as error:  # of kaleido, of its browser and of the system, which share no class
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise RegimensError(
                f"The figures could not be drawn as images: {reason[0]} Images need Chromium or Chrome, for example "
                "`apt install chromium`; the variable BROWSER_PATH may name one."
            ) from error
        return {key: path.read_bytes() for key, path in paths.items()}


def _on_paper(figure: go.Figure) -> go.Figure:
    """Return a figure on white ground."""
    import plotly.graph_objects as go

    return go.Figure(figure).update_layout(paper_bgcolor="#ffffff")

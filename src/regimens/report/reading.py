"""How to read a figure of curves: whom its lines and bands are about, and what else is drawn. Nothing is said that is not."""

from __future__ import annotations

from regimens.report import subjects, words
from regimens.report.cast import Cast
from regimens.report.panel import Line, Panel


def reading(cast: Cast, panels: tuple[Panel, ...]) -> str:
    """Return how to read the curves of a figure."""
    panel = panels[0]
    parts = [f"Lines are {_whose(cast)}", *(_bands(cast, panels) if cast.intervals else [])]
    if panel.threads:
        parts.append("thin lines are single subjects")
    if panel.small and len(cast.models) > 1:
        parts.append("line styles tell the models apart")
    if panel.rules:
        parts.append(f"dashed in grey: {words.listing([label for _, label in panel.rules])}")
    if panel.rug or panel.lanes:
        parts.append(f"marks {'beneath' if panel.small else 'above'} are doses")
    if panel.scale.log:
        parts.append("each grid line is a doubling")
    if any(line.busy for line in panel.lines):
        most = max(len(line.times) for line in panel.lines)
        parts.append(f"thinned to {most} points a curve, highest and lowest kept")
    return words.sentence("; ".join(parts))


def _whose(cast: Cast) -> str:
    return "the typical subject" if cast.typical else f"{'medians of ' if cast.intervals else ''}{subjects.curved(cast)}"


def _bands(cast: Cast, panels: tuple[Panel, ...]) -> list[str]:
    lines = [line for panel in panels for line in panel.lines]
    if not any(line.sure for line in lines):
        return [f"bands hold the middle {words.WITHIN} of them"] if any(line.low is not None for line in lines) else []
    narrow = any(panel.narrow for panel in panels)
    sure = f"{words.WITHIN} confidence intervals: the typical subject, as the parameters are drawn"
    if narrow:
        said = [f"bands are {sure}", "the wider prediction intervals of a new subject follow arm by arm"]
    else:
        said = [f"wide, light bands are {words.WITHIN} prediction intervals: a new subject", f"narrow, dark bands are {sure}"]
    return [*said, *_without(cast, lines, narrow)]


def _without(cast: Cast, lines: list[Line], narrow: bool) -> list[str]:
    """Return which arms and models have no confidence interval where others have one, and what is drawn instead."""
    arms = list(dict.fromkeys(line.arm.name for line in lines if line.arm.varied and line.sure is None))
    said = []
    if arms:
        verb, whose = ("has", "its") if len(arms) == 1 else ("have", "their")
        band = "band" if narrow else "narrow band"
        said.append(f"{words.quoted(arms)} {verb} no {band} here, for {whose} subjects differ in their doses")
    models = [cast.called(model) for model in cast.models if _unsure([line for line in lines if line.model == model])]
    if models:
        instead = f"bands are {words.WITHIN} prediction intervals" if narrow else "there are no narrow bands"
        said.append(f"under {words.listing(models)}, {instead}")
    return said


def _unsure(lines: list[Line]) -> bool:
    """Return whether the curves of a model spread between subjects, and none has a confidence interval that it might have."""
    spread = [line for line in lines if line.low is not None and not line.arm.varied]
    return bool(spread) and not any(line.sure for line in spread)

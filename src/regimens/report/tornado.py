"""What decides a contrast: rank correlations with the parameters, strongest first, a panel a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report.measures import measures
from regimens.report.numbers import Numbers
from regimens.report.text import between_arms, words

if TYPE_CHECKING:
    from regimens.contrasts.sensitivity import Sensitivity
    from regimens.report.layout import Layout
    from regimens.study.comparison import Comparison

MOST_BARS = 8
_DRAWS, _SUBJECTS = "draws", "subjects"


@dataclass(frozen=True)
class Bar:
    """One parameter: name, meaning, correlation, and where its bar lies in percent of the axis from -1 to 1."""

    name: str
    label: str
    correlation: float
    text: str
    left: float
    width: float


@dataclass(frozen=True)
class Tornado:
    """The figure of one contrast: endpoint, the two arms, (model, bars) pairs, over draws or subjects, the numbers."""

    label: str
    arm: str
    against: str
    over: str
    panels: tuple[tuple[str, tuple[Bar, ...]], ...]
    finding: str
    reading: str
    numbers: Numbers


def tornado(comparison: Comparison, layout: Layout) -> Tornado | None:
    """Return the figure of the first contrast of the table, over draws where there are several, else over subjects."""
    rows = [row for row in comparison.versus.sensitivity if not words.missing(row.correlation)]
    if not rows:
        return None
    known = measures(comparison)
    leading = next((measure.words for measure in known.values() if measure.better), None)
    first = next((row for row in rows if row.endpoint == leading), rows[0])
    same = [row for row in rows if row.endpoint == first.endpoint]
    mine = [row for row in same if (row.arm, row.against) == (first.arm, first.against)]
    over = _DRAWS if any(row.over == _DRAWS for row in mine) else _SUBJECTS
    labels = {(model.name, p.name): p.label for model in comparison.models for p in model.parameters}
    panels = []
    for model in layout.models:
        own = sorted((row for row in mine if row.model == model and row.over == over), key=lambda row: -abs(row.correlation))
        bars = tuple(_bar(row.parameter, labels.get((model, row.parameter), ""), row.correlation) for row in own[:MOST_BARS])
        if bars:
            panels.append((model, bars))
    label = known[first.endpoint].label if first.endpoint in known else first.endpoint
    finding = between_arms.strongest([(model, bars[0].name, bars[0].correlation) for model, bars in panels])
    reading = between_arms.how_to_read_correlations(first.arm, first.against, over == _DRAWS)
    return Tornado(label, first.arm, first.against, over, tuple(panels), finding, reading, _numbers(same, label))


def _bar(name: str, label: str, correlation: float) -> Bar:
    reach = round(50 * abs(correlation), 2)
    left = 50.0 if correlation >= 0 else round(50 - reach, 2)
    return Bar(name, label, correlation, words.fixed(correlation, 2), left, reach)


def _numbers(found: Sequence[Sensitivity], label: str) -> Numbers:
    rows: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in found:
        key = (row.arm, row.against, row.model, row.parameter)
        rows.setdefault(key, {})[row.over] = f"{words.fixed(row.correlation, 2)} ({row.n})"
    made = tuple(
        (
            words.under(parameter, model),
            (between_arms.minus(arm, against), *(cells.get(over, words.MISSING) for over in (_DRAWS, _SUBJECTS))),
        )
        for (arm, against, model, parameter), cells in rows.items()
    )
    caption = between_arms.correlations_caption(label)
    return Numbers(caption, between_arms.PARAMETER_MODEL, between_arms.SENSITIVITY_HEADS, made)

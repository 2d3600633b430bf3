"""What decides a contrast: rank correlations with the parameters, strongest first, a panel a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import words
from regimens.report.cast import Cast
from regimens.report.measures import measures
from regimens.report.numbers import Numbers

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MOST_BARS = 8
_DRAWS, _SUBJECTS = "draws", "subjects"
_WEAK = 0.2


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


def tornado(comparison: Comparison, cast: Cast) -> Tornado | None:
    """Return the figure of the first contrast of the table, over draws where there are several, else over subjects."""
    frame = comparison.sensitivity
    frame = frame[frame["correlation"].notna()] if len(frame) else frame
    if not len(frame):
        return None
    known = measures(comparison)
    leading = next((measure.words for measure in known.values() if measure.better), None)
    first = (frame[frame["endpoint"] == leading] if (frame["endpoint"] == leading).any() else frame).iloc[0]
    mine = frame[(frame[["endpoint", "arm", "against"]] == first[["endpoint", "arm", "against"]]).all(axis=1)]
    over = _DRAWS if (mine["over"] == _DRAWS).any() else _SUBJECTS
    labels = {(model.name, p.name): p.label for model in comparison.models for p in model.parameters}
    panels = []
    for model in cast.models:
        rows = [row for row in mine.itertuples() if row.model == model and row.over == over]
        rows.sort(key=lambda row: -abs(row.correlation))
        bars = tuple(_bar(row.parameter, labels.get((model, row.parameter), ""), row.correlation) for row in rows[:MOST_BARS])
        if bars:
            panels.append((model, bars))
    label = known[first["endpoint"]].label if first["endpoint"] in known else first["endpoint"]
    return Tornado(
        label,
        first["arm"],
        first["against"],
        over,
        tuple(panels),
        _finding(panels),
        _reading(first["arm"], first["against"], over),
        _numbers(frame[frame["endpoint"] == first["endpoint"]], label),
    )


def _bar(name: str, label: str, correlation: float) -> Bar:
    reach = round(50 * abs(correlation), 2)
    left = 50.0 if correlation >= 0 else round(50 - reach, 2)
    return Bar(name, label, correlation, words.fixed(correlation, 2), left, reach)


def _finding(panels: list[tuple[str, tuple[Bar, ...]]]) -> str:
    said: dict[str, list[str]] = {}
    for model, bars in panels:
        said.setdefault(bars[0].name if abs(bars[0].correlation) >= _WEAK else "", []).append(f"{bars[0].text} under {model}")
    parts = []
    for name, models in said.items():
        how_much = words.listing(models)
        weak = f"no parameter stands out ({how_much} at most)"
        parts.append(f"the strongest link is with {name} ({how_much})" if name else weak)
    return words.sentence("; ".join(parts))


def _reading(arm: str, against: str, over: str) -> str:
    whose = "parameter draws, which decide the verdict" if over == _DRAWS else "subjects, which decide who gains"
    return (
        f"Rank correlations of the difference {words.quoted([arm])} minus {words.quoted([against])} with each parameter, over "
        f"{whose}. To the right: the higher the parameter, the larger the difference; to the left, the smaller."
    )


def _numbers(frame: object, label: str) -> Numbers:
    rows: dict[tuple, dict[str, str]] = {}
    for row in frame.itertuples():  # type: ignore[attr-defined]
        key = (row.arm, row.against, row.model, row.parameter)
        rows.setdefault(key, {})[row.over] = f"{words.fixed(row.correlation, 2)} ({int(row.n)})"
    made = tuple(
        (f"{parameter}, {model}", (f"{arm} minus {against}", *(found.get(over, words.MISSING) for over in (_DRAWS, _SUBJECTS))))
        for (arm, against, model, parameter), found in rows.items()
    )
    heads = ("Difference", "Over draws (number)", "Over subjects (number)")
    return Numbers(f"Rank correlations of differences with parameters, {words.inside(label)}", "Parameter, model", heads, made)

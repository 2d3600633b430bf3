"""How to read the figures, said once for the page; and what single figures add to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.report.text import subjects

if TYPE_CHECKING:
    from regimens.figures.lines import Drawn
    from regimens.figures.view import Shown, View
    from regimens.study.own import PredictiveCheck

HEADING = "How to read the figures"
NO_SCRIPTS = "The figures are drawn by a script of this page. Without it, the table under each figure has its numbers."
PREDICTION, CONFIDENCE = f"{wording.WITHIN} prediction interval", f"{wording.WITHIN} confidence interval"
TYPICAL = f"{wording.CONFIDENCE}, typical subject"
"""Whose intervals bands are: a new subject's, the median's; in curves, darker bands are those of the typical subject."""

HIGHEST_MEDIAN = "Highest median"
STOPPED, STOPPED_HEADS = "Subjects that stopped before the end, whose endpoints are missing", ("Why", "How many")
CYCLE_HEADS = ("Each cycle", "Running total")


def figures(view: View) -> str:
    """Return how to read lines, bands and marks, for all figures of the page."""
    whose = "the typical subject" if view.typical else f"{'medians of ' if view.intervals else ''}{subjects.curved(view)}"
    parts = [f"Lines are {whose}"]
    if view.intervals and view.draws > 1:
        parts += [
            f"light bands and thin lines are {wording.WITHIN} prediction intervals: a new subject",
            f"darker bands and thick lines are {wording.WITHIN} confidence intervals, over {wording.exact(view.draws)} parameter "
            "draws; in curves, of the typical subject",
        ]
    elif view.intervals:
        parts.append(f"bands hold the middle {wording.WITHIN} of them")
    parts.append("grey dashes are the baseline and thresholds, strokes at the foot are doses")
    if view.typical or not view.intervals:
        return wording.sentence("; ".join(parts))
    return (
        wording.sentence("; ".join(parts)) + " Arms keep their colour; point at an arm in a legend and it stands out everywhere."
    )


def curves(drawn: Drawn) -> str:
    """Return what is particular to the curves of one observable."""
    said = []
    if drawn.narrow:
        said.append("bands are confidence intervals; prediction intervals follow arm by arm")
    if drawn.axis.log:
        said.append("each grid line is a doubling")
    return " ".join(wording.sentence(part) for part in [*said, *_unsure(drawn), *_not_modelled(drawn)])


def _not_modelled(drawn: Drawn) -> list[str]:
    """Return which arms have no curve under a model, because it has no input for a drug of theirs."""
    view = drawn.view
    said: dict[tuple[str, ...], list[str]] = {}
    for model in drawn.models:
        arms = tuple(look.name for look in view.arms if not view.modelled(model, look.name))
        if arms:
            said.setdefault(arms, []).append(model)
    return [
        f"{wording.quoted(arms)} {'is' if len(arms) == 1 else 'are'} not modelled under {wording.listing(models)}"
        for arms, models in said.items()
    ]


def _unsure(drawn: Drawn) -> list[str]:
    """Return which arms and models have no confidence interval where others have one, and what is drawn instead."""
    if not any(line.sure for line in drawn.lines):
        return []
    said = []
    arms = list(dict.fromkeys(line.look.name for line in drawn.lines if line.look.varied and line.sure is None))
    if arms:
        whose = "its" if len(arms) == 1 else "their"
        said.append(f"{wording.quoted(arms)}: no confidence interval, for {whose} subjects differ in their doses")
    models = [model for model in drawn.models if _spread_alone(drawn, model)]
    if models:
        said.append(f"under {wording.listing(models)}, bands are prediction intervals, for no uncertainty is known")
    return said


def _spread_alone(drawn: Drawn, model: str) -> bool:
    own = [line for line in drawn.lines if line.model == model and line.spread is not None and not line.look.varied]
    return bool(own) and not any(line.sure for line in own)


def responses(sure: Sequence[str], unsure: Sequence[str]) -> str:
    """Return whose intervals the bands of a response are, from the models whose parameters are drawn and the others."""
    of_median, of_subject = f"{CONFIDENCE}s of the median", f"{PREDICTION}s of a new subject"
    if sure and unsure:
        return f"Bands are {of_median}; under {wording.listing(unsure)}, {of_subject}."
    return f"Bands are {of_median if sure else of_subject}."


def by_model(observable: Shown) -> str:
    """Describe a figure of curves with a panel a model."""
    return f"{observable.label} over time: a panel a model, a line an arm. The table below has the numbers."


def by_arm(observable: Shown) -> str:
    """Describe a figure of curves with a panel an arm."""
    return f"{observable.label} over time: a panel an arm, a line a model. The table below has the numbers."


def described(title: str) -> str:
    """Describe any other figure."""
    return f"{title}. The table below has the numbers."


def read_out(observable: Shown, intervals: bool) -> str:
    """Return the caption of the table of a curve at a few times."""
    return f"{observable.title}: median" + (f" ({wording.WITHIN} prediction interval)" if intervals else "")


def on_day(value: float, time_h: float) -> str:
    """Return the highest value of a curve and when it is."""
    return f"{wording.number(value)} on day {wording.exact(round(time_h / 24, 1))}"


def arm_by_arm(observable: Shown) -> str:
    """Return the heading of the curves of an observable that shows one arm in each panel."""
    return f"{observable.label}, arm by arm"


def endpoints(view: View) -> str:
    """Return the caption of the table of all endpoints."""
    if view.intervals:
        return f"Median and {wording.WITHIN} prediction interval of every endpoint"
    return f"Every endpoint of the {'typical' if view.typical else 'one virtual'} subject"


CHECK = "Observed percentiles over simulated ones"
CHECK_CORNER = "Model, percentile"


def checks(rows: Sequence[PredictiveCheck]) -> str:
    """Return how to read a predictive check."""
    first = rows[0]
    noise = "with the noise of the scenario" if first.noise else "without any noise of measuring, which what was observed holds"
    counts = {row.simulated_subjects for row in rows}
    size = f"{min(counts)}" if len(counts) == 1 else f"{min(counts)} to {max(counts)}"
    return (
        f"Lines and marks are what was observed; bands hold the middle {wording.WITHIN} of {first.trials} simulated trials of "
        f"{size} subjects each, {noise}, for the same percentile."
    )


def check_heads(rows: Sequence[PredictiveCheck]) -> tuple[str, ...]:
    """Return the headings of the table of a predictive check: a bin of time each."""
    return tuple(f"day {wording.days(time_h)}" for time_h in sorted({row.time_h for row in rows}))

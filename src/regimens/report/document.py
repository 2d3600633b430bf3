"""The page: one self-contained HTML file, the answer first, then the figures and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.figures import titles
from regimens.figures.levels import series_of
from regimens.figures.response import dose_response
from regimens.figures.ruled import level_inks
from regimens.figures.shown import judged, shown_endpoints
from regimens.figures.view import View, view_of
from regimens.report import against, answer, audit, basis, numbers, published, ruled, trust, variants, verdict, visits
from regimens.report.numbers import Numbers
from regimens.report.pictures import (
    Picture,
    as_json,
    css_dash,
    curves_picture,
    exposure_pictures,
    predictive_pictures,
    schedules_picture,
)
from regimens.report.references import Bibliography
from regimens.report.shell import OPENING, asset, colours, environment, page_script, plotly_script, policy
from regimens.report.text import findings, model_sheets, reading, schedules, subjects
from regimens.report.text import whatif as whatif_text
from regimens.report.whatif import section
from regimens.scenario.values import AS_WRITTEN
from regimens.study.rows import NOT_MODELLED

if TYPE_CHECKING:
    from regimens.scenario import Arm
    from regimens.study.comparison import Comparison

_SHORT = 20


@dataclass(frozen=True)
class Curves:
    """The pictures of curves: the leading one, those that endpoints ask for, and what is folded."""

    leading: tuple[Picture, ...]
    asked: tuple[Picture, ...]
    folded: tuple[Picture, ...]


def page(comparison: Comparison) -> str:
    """Return the report of `comparison` as one HTML page that loads nothing and is the same for the same comparison."""
    made = environment(findings=findings, reading=reading, sheets_text=model_sheets, said=whatif_text)
    return made.get_template("page.html.j2").render(_content(comparison))


def pictures_of(comparison: Comparison) -> dict[str, Picture]:
    """Return every picture of the page by key."""
    view = view_of(comparison)
    return {picture.key: picture for picture in _all(_drawn(comparison, view))}


def _content(whole: Comparison) -> dict[str, object]:
    view, bibliography = view_of(whole), Bibliography()
    cited = {
        look.index: tuple(dict.fromkeys(bibliography.number_of(each) for arm in _arms(whole, look.names) for each in arm.sources))
        for look in view.arms
    }
    drawn = _drawn(whole, view)
    inks = (*(look.ink for look in view.arms), *level_inks(whole))
    script, plotly = page_script(), plotly_script()
    entries, whatif = audit.audit(whole, view), section(whole.scenario, view)
    return {
        "scenario": whole.scenario,
        "view": view,
        "cited": cited,
        **_answers(whole, view),
        **drawn,
        "audit": entries,
        "audit_finding": audit.finding(entries),
        "audit_reading": schedules.reference(whole.scenario.subject),
        "starts": schedules.starts(whole.starts),
        "visits": visits.visits(whole, view),
        "outcomes": published.outcomes(whole, view, bibliography),
        "statuses": statuses(whole, view),
        "warnings": whole.warnings,
        "assumptions": basis.assumptions(whole),
        "orderings": trust.orderings(whole),
        "truths": trust.truths(whole),
        "sheets": basis.sheets(whole, view, bibliography),
        "references": bibliography.entries,
        "provenance": flat(whole.provenance.as_mapping()),
        "data": as_json(list(_all(drawn)), inks),
        "style": asset("style.css") + asset("whatif.css") + colours(view.arms),
        "opening_script": OPENING,
        "script": script,
        "plotly": plotly,
        "whatif": whatif,
        "policy": policy(OPENING, plotly, script, *whatif.scripts),
        "dash": css_dash,
    }


def _arms(comparison: Comparison, names: tuple[str, ...]) -> list[Arm]:
    return [arm for arm in comparison.scenario.arms if arm.variant == AS_WRITTEN and arm.name in names]


def _answers(comparison: Comparison, view: View) -> dict[str, object]:
    table = answer.everything(comparison, view)
    return {
        "opening": findings.opening(comparison, view),
        "certainty": findings.certainty(view, findings.of_population(comparison)),
        "ticks": findings.ticks(view),
        "caption": findings.caption(view),
        "reduced": findings.reduced(comparison),
        "answer": answer.answer(comparison, view),
        "endpoints": numbers.endpoints(table, view) if table.columns else None,
        "verdict": verdict.verdict(comparison, view),
        "rests_on": findings.rests_on(comparison),
        "models": [(view.called(model.name), model.title) for model in comparison.models],
        "how_to_read": reading.figures(view),
    }


def _drawn(comparison: Comparison, view: View) -> dict[str, object]:
    """Return everything on the page that is drawn, by its name in the template."""
    return {
        "curves": _curves(comparison, view),
        "schedule": schedules_picture(comparison, view),
        "responses": _responses(comparison, view),
        "differences": against.differences(comparison, view),
        "every_pair": against.every_pair(comparison, view),
        "trade_off": against.gain_against_cost(comparison, view),
        "decides": against.what_decides(comparison),
        "equal_total": variants.equal_total(comparison, view),
        "rests": variants.rests(comparison, view),
        "real_life": variants.real_life(comparison, view),
        "checks": predictive_pictures(comparison, view),
        "rules": ruled.rules(comparison, view),
        "given": exposure_pictures(comparison, view),
    }


def _all(drawn: Mapping[str, object]) -> Iterator[Picture]:
    """Yield every picture in what is drawn."""
    for value in drawn.values():
        if isinstance(value, Picture):
            yield value
        elif isinstance(value, tuple):
            yield from value
        elif isinstance(value, variants.Section):
            yield from value.pictures
        elif isinstance(value, Curves):
            yield from (*value.leading, *value.asked, *value.folded)


def _curves(comparison: Comparison, view: View) -> Curves:
    """Return the curves: the first observable leads, those that an endpoint names follow, the rest is folded."""
    leading: list[Picture] = []
    asked: list[Picture] = []
    folded: list[Picture] = []
    for observable in view.observables:
        picture, apart = curves_picture(comparison, view, observable)
        place = leading if not leading else asked if observable.name in view.asked else folded
        place.append(picture)
        folded += [] if apart is None else [apart]
    return Curves(tuple(leading), tuple(asked), tuple(folded))


def _responses(comparison: Comparison, view: View) -> tuple[Picture, ...]:
    """Return the responses of the endpoints that say which way is better to the one number in which arms differ."""
    found = series_of(comparison, view)
    if not found:
        return ()
    made: list[Picture] = []
    for endpoint in judged(comparison) or list(shown_endpoints(comparison).values())[:1]:
        figure = dose_response(comparison, endpoint.words)
        heading = titles.response(endpoint.title, found[0].kind, found[0].unit)
        said, table = "" if made else findings.responses(found), numbers.levels(comparison, view, found, endpoint)
        whose = "" if view.typical else reading.responses(*_with_and_without(comparison, view, endpoint.words))
        made.append(Picture(f"response-{len(made) + 1}", heading, said, whose, reading.described(heading), figure, table))
    return tuple(made)


def _with_and_without(comparison: Comparison, view: View, endpoint: str) -> tuple[list[str], list[str]]:
    """Return the models that give an endpoint confidence intervals, and the others that have it."""
    rows = {row.model: row for row in comparison.summary if row.endpoint == endpoint and not wording.missing(row.median)}
    sure = [model for model in view.models if model in rows and not wording.missing(rows[model].confidence_low)]
    return sure, [model for model in view.models if model in rows and model not in sure]


def statuses(comparison: Comparison, view: View) -> Numbers | None:
    """Return how many subjects did not run to the end, and why; None where all did."""
    fine = (STATUS_WORDS[OK], NOT_MODELLED)
    rows = tuple(
        (wording.under(row.arm, row.model), (row.status, subjects.missing(row.subjects, view)))
        for row in comparison.statuses
        if row.status not in fine
    )
    return Numbers(reading.STOPPED, wording.ARM_MODEL, reading.STOPPED_HEADS, rows) if rows else None


def flat(values: Mapping[str, object], under: str = "") -> list[tuple[str, str]]:
    """Return nested provenance as rows of (name, text) in the order given, short groups on one row."""
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        name = f"{under} {key}".strip()
        if isinstance(value, dict):
            short = len(value) > 1 and all(not isinstance(v, dict) and len(str(v)) < _SHORT for v in value.values())
            rows += [(name, ", ".join(f"{k} {v}" for k, v in value.items()))] if short else flat(value, name)
        elif value is not None:
            rows.append((name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)))
    return rows

"""The page: one self-contained HTML file, the answer first, then the figures and what they rest on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.report import (
    answer,
    audit,
    basis,
    contrast_forest,
    curves,
    doses,
    equal_totals,
    forest,
    heat,
    interactive,
    numbers,
    plane,
    real_life,
    rests,
    strips,
    svg,
    tornado,
    verdict,
    visits,
)
from regimens.report.layout import Layout, Shown, as_written, layout
from regimens.report.numbers import Numbers
from regimens.report.text import captions, findings, model_sheets, schedules, subjects, variants, words
from regimens.study.rows import NOT_MODELLED

if TYPE_CHECKING:
    from regimens.report.panel import Panel
    from regimens.study.comparison import Comparison

_ASSETS = files("regimens.report") / "assets"
_SHORT = 20
_TWIN, _SMALL_TWIN, _WIDE_TWIN = (330.0, 240.0), (220.0, 136.0), (680.0, 240.0)
_OPENING = Markup('document.documentElement.classList.add("scripted");')
_LOADED_NOTHING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Picture:
    """A figure of curves: heading, axis title, finding, how to read it, panels with their twins, numbers behind."""

    heading: str
    axis: str
    finding: str
    reading: str
    panels: tuple[tuple[Panel, Markup], ...]
    numbers: Numbers


def page(comparison: Comparison) -> str:
    """Return the report of `comparison` as one HTML page that loads nothing and is the same for the same comparison."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("regimens.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=words, captions=captions, findings=findings, sheets_text=model_sheets, variants=variants)
    return environment.get_template("page.html.j2").render(_content(comparison))


def _content(whole: Comparison) -> dict[str, object]:
    on_page, comparison = layout(whole), as_written(whole)
    pictures = [made for observable in on_page.observables for made in _pictures(comparison, on_page, observable)]
    given = [_given(comparison, on_page, drug) for drug in _drugs(on_page)]
    script, plotly = Markup(f"\n{_asset('page.js')}\n"), _plotly()
    return {
        "scenario": comparison.scenario,
        "layout": on_page,
        **_answers(comparison, on_page),
        **_sections(whole, on_page),
        "pictures": pictures,
        "given": given,
        "warnings": comparison.warnings,
        "assumptions": basis.assumptions(comparison, on_page),
        "sheets": basis.sheets(comparison, on_page),
        "references": on_page.bibliography.entries,
        "provenance": flat(comparison.provenance.as_mapping()),
        "figures": {panel.key: interactive.figure(panel) for picture in (*pictures, *given) for panel, _ in picture.panels},
        "style": _asset("style.css") + _asset("contrasts.css"),
        "opening_script": _OPENING,
        "script": script,
        "plotly": plotly,
        "policy": policy(_OPENING, plotly, script),
    }


def _answers(comparison: Comparison, on_page: Layout) -> dict[str, object]:
    table, entries = answer.everything(comparison, on_page), audit.audit(comparison, on_page)
    rows = strips.strips(comparison, on_page)
    return {
        "opening": findings.opening(comparison, on_page),
        "certainty": findings.certainty(on_page, findings.shares(comparison)),
        "ticks": findings.ticks(on_page),
        "caption": findings.caption(on_page),
        "reduced": findings.reduced(comparison),
        "answer": answer.answer(comparison, on_page),
        "strips": rows,
        "strip_reading": strips.reading(on_page, rows),
        "strip_ticks": strips.ticks(on_page.time),
        "strip_finding": findings.schedules(on_page),
        "strip_numbers": strips.numbers(on_page),
        "blocks": forest.blocks(table, on_page),
        "endpoint_finding": findings.endpoints(table, on_page),
        "endpoint_reading": captions.how_to_read_endpoints(on_page, findings.shares(comparison)),
        "endpoint_numbers": forest.numbers(table, on_page),
        "audit": entries,
        "audit_finding": audit.finding(entries),
        "audit_reading": schedules.reference(comparison.scenario.subject),
    }


def _sections(comparison: Comparison, on_page: Layout) -> dict[str, object]:
    """Return the sections that compare arms, each None or empty where the comparison has nothing for it."""
    return {
        "verdict": verdict.verdict(comparison, on_page),
        "forest": contrast_forest.forest(comparison, on_page),
        "heats": heat.heats(comparison, on_page),
        "plane": plane.plane(comparison, on_page),
        "tornado": tornado.tornado(comparison, on_page),
        "equal_total": equal_totals.equal_total(comparison, on_page),
        "rest_curves": rests.rest_curves(comparison, on_page),
        "real_life": real_life.real_life(comparison, on_page),
        "visits": visits.visits(comparison, on_page),
        "statuses": statuses(comparison, on_page),
    }


def statuses(comparison: Comparison, on_page: Layout) -> Numbers | None:
    """Return how many subjects did not run to the end, and why; None where all did."""
    fine = (STATUS_WORDS[OK], NOT_MODELLED)
    rows = tuple(
        (words.under(row.arm, row.model), (row.status, subjects.missing(row.subjects, on_page)))
        for row in comparison.statuses
        if row.status not in fine
    )
    return Numbers(captions.STOPPED, words.ARM_MODEL, captions.STOPPED_HEADS, rows) if rows else None


def policy(*scripts: str) -> str:
    """Return the Content-Security-Policy of a page: nothing is loaded, and no script runs but these."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"{_LOADED_NOTHING}; script-src {allowed}"


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


def _pictures(comparison: Comparison, on_page: Layout, observable: Shown) -> list[Picture]:
    """Return the figure of an observable and, where many arms share it, another one arm by arm with what it has no room for."""
    panels = curves.panels(comparison, on_page, observable)
    made = [_picture(comparison, on_page, observable, observable.label, panels)]
    asked = comparison.scenario.individuals > 0
    if any(panel.narrow for panel in panels) or (asked and not any(panel.threads for panel in panels)):
        apart = curves.arm_by_arm(comparison, on_page, observable)
        made.append(_picture(comparison, on_page, observable, captions.arm_by_arm(observable), apart))
    return made


def _picture(comparison: Comparison, on_page: Layout, observable: Shown, heading: str, panels: tuple[Panel, ...]) -> Picture:
    return Picture(
        heading,
        panels[0].scale.title,
        findings.curve(comparison, on_page, observable),
        captions.reading(on_page, panels),
        tuple((panel, _twin(panel, len(panels))) for panel in panels),
        numbers.read_out(comparison, on_page, observable),
    )


def _given(comparison: Comparison, on_page: Layout, drug: str) -> Picture:
    panels = doses.cumulative(comparison, on_page, drug)
    finding = findings.cumulative(on_page, drug) if drug == on_page.drugs[0] else ""
    twins = tuple((panel, _twin(panel, len(panels))) for panel in panels)
    return Picture(captions.given_so_far(drug), panels[0].scale.title, finding, "", twins, numbers.totals(on_page, drug))


def _drugs(on_page: Layout) -> list[str]:
    """Return the drugs whose running total is drawn: the leading one, and others that are given more than once."""
    starts = {
        drug: [d.events.time_h for look in on_page.arms if (d := look.doses_of(drug)) is not None] for drug in on_page.drugs
    }
    return [drug for drug in on_page.drugs if drug == on_page.drugs[0] or len(np.unique(np.concatenate(starts[drug]))) > 1]


def _twin(panel: Panel, beside: int) -> Markup:
    return svg.draw(panel, *(_SMALL_TWIN if panel.small else _WIDE_TWIN if beside == 1 else _TWIN))


def _asset(name: str) -> Markup:
    return Markup((_ASSETS / name).read_text(encoding="utf-8"))


def _plotly() -> Markup:
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs().replace("</script", "<\\/script"))

"""The page: one self-contained HTML file that answers first and explains after."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from regimens.report import answer, audit, basis, curves, findings, forest, interactive, numbers, sections, strips, svg, words
from regimens.report.cast import Cast, as_written, cast
from regimens.report.numbers import Numbers
from regimens.report.panel import Panel
from regimens.report.reading import reading

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_ASSETS = files("regimens.report") / "assets"
_SHORT = 20
_TWIN, _SMALL_TWIN, _WIDE_TWIN = (330.0, 240.0), (220.0, 136.0), (680.0, 240.0)


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
    environment.globals.update(words=words)
    return environment.get_template("page.html.j2").render(_content(comparison))


def _content(whole: Comparison) -> dict[str, object]:
    on_page, comparison = cast(whole), as_written(whole)
    pictures = [made for observable in on_page.observables for made in _pictures(comparison, on_page, observable)]
    given = [_given(comparison, on_page, drug) for drug in _drugs(comparison)]
    table = answer.everything(comparison, on_page)
    entries = audit.audit(comparison, on_page)
    model_sheets = basis.sheets(comparison, on_page)
    return {
        "scenario": comparison.scenario,
        "cast": on_page,
        "opening": findings.opening(comparison, on_page),
        "certainty": findings.certainty(on_page, findings.shares(comparison)),
        "shares": findings.shares(comparison),
        "reduced": findings.reduced(comparison),
        **sections.sections(whole, on_page),
        "answer": answer.answer(comparison, on_page),
        "strips": strips.strips(comparison, on_page),
        "strip_ticks": strips.ticks(on_page.time),
        "strip_finding": findings.schedules(comparison),
        "tallest": strips.tallest(comparison),
        "strip_numbers": strips.numbers(comparison, on_page),
        "pictures": pictures,
        "given": given,
        "blocks": forest.blocks(table, on_page),
        "endpoint_finding": findings.endpoints(table, on_page),
        "endpoint_numbers": forest.numbers(table, on_page),
        "audit": entries,
        "audit_finding": audit.finding(entries),
        "warnings": comparison.warnings,
        "assumptions": basis.assumptions(comparison, on_page),
        "sheets": model_sheets,
        "references": on_page.bibliography.entries,
        "provenance": flat(comparison.provenance),
        "figures": {panel.key: interactive.figure(panel) for picture in (*pictures, *given) for panel, _ in picture.panels},
        "style": _asset("style.css") + _asset("contrasts.css"),
        "script": _asset("page.js"),
        "plotly": _plotly(),
    }


def flat(values: dict[str, object], under: str = "") -> list[tuple[str, str]]:
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


def _pictures(comparison: Comparison, on_page: Cast, observable: tuple[str, str, str]) -> list[Picture]:
    """Return the figure of an observable and, where many arms share it, another one arm by arm with what it has no room for."""
    panels = curves.panels(comparison, on_page, observable)
    made = [_picture(comparison, on_page, observable, observable[1], panels)]
    asked = len(comparison.individuals) and observable[0] in set(comparison.individuals["observable"])
    if any(panel.narrow for panel in panels) or (asked and not any(panel.threads for panel in panels)):
        apart = curves.arm_by_arm(comparison, on_page, observable)
        made.append(_picture(comparison, on_page, observable, f"{observable[1]}, arm by arm", apart))
    return made


def _picture(
    comparison: Comparison, on_page: Cast, observable: tuple[str, str, str], heading: str, panels: tuple[Panel, ...]
) -> Picture:
    axis = panels[0].scale
    return Picture(
        heading,
        axis.title,
        findings.curve(comparison, on_page, observable),
        reading(on_page, panels),
        tuple((panel, _twin(panel, len(panels))) for panel in panels),
        numbers.read_out(comparison, on_page, observable),
    )


def _given(comparison: Comparison, on_page: Cast, drug: str) -> Picture:
    panels = curves.cumulative(comparison, on_page, drug)
    finding = findings.cumulative(comparison) if drug == "il2" else ""
    table = numbers.totals(comparison, on_page, drug)
    twins = tuple((panel, _twin(panel, len(panels))) for panel in panels)
    return Picture(f"{words.drug(drug)} given so far", panels[0].scale.title, finding, "", twins, table)


def _drugs(comparison: Comparison) -> list[str]:
    found = dict.fromkeys(comparison.events["drug"]) if len(comparison.events) else {}
    counts = comparison.events.groupby("drug")["time_h"].nunique() if len(comparison.events) else {}
    return sorted((drug for drug in found if drug == "il2" or counts[drug] > 1), key=lambda drug: (drug != "il2", drug))


def _twin(panel: Panel, beside: int) -> Markup:
    return svg.draw(panel, *(_SMALL_TWIN if panel.small else _WIDE_TWIN if beside == 1 else _TWIN))


def _asset(name: str) -> Markup:
    return Markup((_ASSETS / name).read_text(encoding="utf-8"))


def _plotly() -> Markup:
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs().replace("</script", "<\\/script"))

"""The answer table as a small HTML fragment for notebooks: its colours are those of what is around it, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from regimens import wording
from regimens.figures.view import View, view_of
from regimens.report import answer, verdict
from regimens.report.text import findings

if TYPE_CHECKING:
    from regimens.report.answer import Answer, Cell, Row
    from regimens.study.comparison import Comparison

_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;background:transparent;color:inherit"
_LEFT = (
    "text-align:left;vertical-align:top;padding:2px 12px 2px 0;border-bottom:1px solid rgba(128,128,128,.35);font-weight:normal"
)
_RIGHT = _LEFT.replace("text-align:left", "text-align:right")
_SOFT = "opacity:.7;font-size:85%"


def answer_html(comparison: Comparison) -> str:
    """Return the answer table with what was compared above it and what is supported beneath it, styled inline."""
    on_page = view_of(comparison)
    found = answer.answer(comparison, on_page)
    judged = verdict.verdict(comparison, on_page)
    said = [findings.opening(comparison, on_page), *filter(None, [findings.reduced(comparison)])]
    below = [*filter(None, [found.note]), *(judged.brief if judged is not None else ()), findings.certainty(on_page)]
    body = Markup("").join(_row(row) for row in found.rows)
    table = Markup('<table style="{}"><thead>{}</thead><tbody>{}</tbody></table>').format(_TABLE, _head(found, on_page), body)
    return str(Markup("<div>{}{}{}</div>").format(_paragraphs(said), table, _paragraphs(below)))


def _paragraphs(sentences: list[str]) -> Markup:
    return Markup("").join(Markup('<p style="margin:6px 0;max-width:60em">{}</p>').format(each) for each in sentences)


def _head(found: Answer, on_page: View) -> Markup:
    models = Markup("").join(
        Markup('<th style="{}" colspan="{}">{}</th>').format(_RIGHT, count, on_page.called(model))
        for model, count in found.groups
        if count
    )
    headings = [(wording.ARM, _LEFT), (found.total, _RIGHT), (wording.DOSES, _RIGHT)]
    headings += [(column.heading, _RIGHT) for column in found.columns]
    cells = Markup("").join(Markup('<th style="{}">{}</th>').format(style, text) for text, style in headings)
    return Markup('<tr><td colspan="3"></td>{}</tr><tr>{}</tr>').format(models, cells)


def _row(row: Row) -> Markup:
    name = Markup("{}{}").format(row.arm.name, _beneath("; ".join([row.arm.words, *row.other])))
    total = Markup("{}{}").format(row.total, _beneath(row.people))
    cells = Markup("").join(Markup('<td style="{}">{}</td>').format(_RIGHT, _value(cell)) for cell in row.cells)
    return Markup('<tr><th style="{}">{}</th><td style="{}">{}</td><td style="{}">{}</td>{}</tr>').format(
        _LEFT, name, _RIGHT, total, _RIGHT, row.doses, cells
    )


def _value(cell: Cell) -> Markup:
    return Markup("{}{}").format(cell.text, _beneath(cell.interval))


def _beneath(text: str) -> Markup:
    return Markup('<br><span style="{}">{}</span>').format(_SOFT, escape(text)) if text else Markup("")

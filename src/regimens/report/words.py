"""Words and numbers as a reader sees them: amounts, units, times, counts, lists of names."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence

from regimens.statistics import INTERVAL

MISSING = "–"
THIN_SPACE = "\u202f"
WITHIN, BELOW = f"{100 * INTERVAL:g} %", f"{50 * (1 + INTERVAL):g} %"
"""Share of values within an interval of this package, and below its upper end."""

_SMALL_COUNTS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_DRUGS = {"il2": "IL-2"}
_ROUTES = {"SC": "subcutaneous", "IV": "intravenous"}
_NO_UNIT = {"", "1", "-", "dimensionless"}
_DAYS_FROM_H = 72.0
_NAMES = {"Treg", "Th17", "NK"}


def drug(name: str) -> str:
    """Return the drug's name as prose writes it: 'il2' is IL-2."""
    return _DRUGS.get(name, name)


def route(code: str) -> str:
    """Return the adjective of a route of administration."""
    return _ROUTES.get(code, code)


def missing(value: object) -> bool:
    """Return whether `value` stands for nothing: None or not a number."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ == "NAType"


def number(value: object, digits: int = 3) -> str:
    """Write a number with `digits` significant digits, never in powers of ten between 1e-4 and 1e9."""
    if missing(value):
        return MISSING
    value = float(value)
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return fixed(value, decimals([value], digits))


def fixed(value: object, places: int) -> str:
    """Write a number with so many decimal places, thousands set apart from 10 000 on."""
    if missing(value):
        return MISSING
    text = f"{float(value):,.{places}f}" if abs(float(value)) >= 1e4 else f"{float(value):.{places}f}"
    return text.replace(",", THIN_SPACE).replace("-", "−")


def exact(value: object) -> str:
    """Write a number as it is, without trailing zeros: protocol amounts, counts, settings."""
    if missing(value):
        return MISSING
    value = float(value)
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e+").replace("-", "−")
    whole, _, part = f"{value:,.6f}".partition(".")
    whole = whole.replace(",", THIN_SPACE if abs(value) >= 1e4 else "").replace("-", "−")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def decimals(values: Iterable[object], digits: int = 3) -> int:
    """Return the decimal places that give the largest of `values` so many significant digits, for a whole column."""
    sizes = [abs(float(v)) for v in values if not missing(v) and math.isfinite(float(v)) and float(v) != 0]
    if not sizes:
        return 0
    return max(0, digits - 1 - math.floor(math.log10(max(sizes))))


def unit(text: object) -> str:
    """Return a unit as set in print; nothing for a plain number."""
    if missing(text) or str(text) in _NO_UNIT:
        return ""
    return str(text).replace("uL", "µL").replace("ug", "µg").replace("**", "^").replace("*", "·")


def unit_beside(label: str, of: object) -> str:
    """Return the unit to set beside a label that may already say 'per MIU'."""
    text = unit(of)
    return unit(text.removesuffix("/MIU").removesuffix(" per MIU")) if label.endswith("per MIU") else text


def axis_title(label: str, of: object) -> str:
    """Return a label with its unit, unless the label already names it."""
    return f"{label} ({unit(of)})" if unit(of) else label


def million(value: float, of: str) -> tuple[float, str]:
    """Return an amount in the unit that people use: IU become MIU, anything else stays."""
    if of == "IU" or of.startswith("IU/"):
        return float(value) / 1e6, "M" + of
    return float(value), of


def amount(value: object, of: str) -> str:
    """Write an amount with its unit, IU as MIU."""
    if missing(value) or isinstance(value, str):
        return value if isinstance(value, str) else MISSING
    size, named = million(value, of)
    return f"{exact(size)} {unit(named)}".strip()


def days(hours: object) -> str:
    """Write a time in hours as elapsed days."""
    return MISSING if missing(hours) else exact(round(float(hours) / 24, 4))


def time_scale(values: Sequence[float], of: str) -> tuple[float, str]:
    """Return the factor and unit in which a column of values is read best: long times in days, others as they are."""
    sizes = [abs(v) for v in values if not missing(v)]
    if of == "h" and sizes and max(sizes) >= _DAYS_FROM_H:
        return 1 / 24, "days"
    return 1.0, of


def horizon(hours: float) -> str:
    """Write the length of a comparison in whole weeks where it is, else in days."""
    weeks = hours / 168
    if weeks >= 2 and weeks == int(weeks):
        return f"{int(weeks)} weeks"
    return f"{exact(hours / 24)} days"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun, small counts as words."""
    word = _SMALL_COUNTS[n] if 0 <= n < len(_SMALL_COUNTS) else f"{n}"
    return f"{word} {noun if n == 1 or not noun else plural or noun + 's'}"


def listing(items: Sequence[str]) -> str:
    """Join with commas and a last 'and'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """Return text with a capital first letter and a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def shorten(text: str, length: int) -> str:
    """Cut a long name at a word where there is one, with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > length * 0.6 else cut).rstrip(" ,;:") + "…"


def short_apart(names: Sequence[str], length: int) -> list[str]:
    """Cut long names at their ends; those that would read the same are cut in the middle, where variants differ least."""
    short = [shorten(name, length) for name in names]
    half = (length - 1) // 2
    return [
        f"{name[: length - 1 - half].rstrip()}…{name[-half:].lstrip()}" if short.count(text) > 1 and len(name) > length else text
        for name, text in zip(names, short, strict=True)
    ]


def plotly_text(text: str) -> str:
    """Escape text for Plotly, which reads `<b>`, `<br>`, `<a>` and entities in everything that it writes."""
    return html.escape(text, quote=False)


def quoted(names: Sequence[str], most: int = 3, length: int = 60) -> str:
    """Set names of arms in quotation marks and join them; more than `most` are counted after the second."""
    shown = [f"‘{shorten(name, length)}’" for name in names]
    return listing(shown if len(shown) <= most else [*shown[:2], f"{count(len(shown) - 2, 'other')}"])


def inside(label: str) -> str:
    """Return a heading as it stands inside a sentence: its first letter small, unless the word is a name such as IL-2."""
    first = label.split(" ")[0].rstrip(",")
    return label if first in _NAMES or first[1:] != first[1:].lower() else label[:1].lower() + label[1:]


def exact_percent(share: float) -> str:
    """Write a share that somebody chose, to the last digit: '97.5 %'."""
    return f"{exact(round(100 * share, 6))} %"


def percent(share: object) -> str:
    """Write a probability or share in percent; what is not quite none or all is never rounded to it."""
    if missing(share):
        return MISSING
    value = 100 * float(share)  # type: ignore[arg-type]
    return "<1" if 0 < value < 0.5 else ">99" if 99.5 <= value < 100 else f"{value:.0f}"

"""Words and numbers as a reader sees them: amounts, units, times, counts, lists of names."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from regimens import drugs
from regimens.statistics import INTERVAL, Floats

MISSING = "–"
NO_DOSES = "no doses"
BY_RULES = "changed by rules"
NOT_MODELLED = "not modelled"
NOT_REACHED = "not reached"
TOTAL, DOSES = "Total", "Doses"
CONFIDENCE = f"{100 * INTERVAL:g} % confidence"
ARM, ARM_MODEL, LEVEL = "Arm", "Arm, model", "Level"
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
_ROUTES = {"SC": "subcutaneous", "IV": "intravenous", "IM": "intramuscular", "PO": "oral"}
_NO_UNIT = {"", "1", "-", "dimensionless"}
_DAYS_FROM_H = 72.0
TINY = 1e-12
"""Share of the largest value of a column below which a value is rounding error."""

_NAMES = {"Treg", "Th17", "NK"}


def route(code: str) -> str:
    """Return the adjective of a route of administration."""
    return _ROUTES.get(code, code)


def missing(value: float | Fraction | None) -> bool:
    """Return whether there is no value: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def settled(value: float, largest: float) -> float:
    """Return 0 for a value below 1e-12 of the largest of its column, which is rounding error; any other value stays."""
    return 0.0 if abs(value) < TINY * abs(largest) else value


def settled_all(values: Floats, largest: float) -> Floats:
    """Return values with 0 in place of what is rounding error beside the largest of them."""
    return np.where(np.abs(values) < TINY * largest, 0.0, values)


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with `digits` significant digits, never in powers of ten between 1e-4 and 1e9."""
    if value is None or missing(value):
        return MISSING
    value = float(value)
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return fixed(value, decimals([value], digits))


def fixed(value: float | None, places: int) -> str:
    """Write a number with so many decimal places, thousands set apart from 10 000 on; zero has no sign."""
    if value is None or missing(value):
        return MISSING
    rounded = round(float(value), places) + 0.0
    text = f"{rounded if rounded == 0 else value:{',' if abs(value) >= 1e4 else ''}.{places}f}"
    return text.replace(",", THIN_SPACE).replace("-", "−")


def exact(value: float | Fraction | None) -> str:
    """Write a number as it is, without trailing zeros: protocol amounts, counts, settings."""
    if value is None or missing(value):
        return MISSING
    value = float(value)
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e+").replace("-", "−")
    whole, _, part = f"{value + 0.0:,.6f}".partition(".")
    whole = whole.replace(",", THIN_SPACE if abs(value) >= 1e4 else "").replace("-", "−")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def decimals(values: Iterable[float], digits: int = 3) -> int:
    """Return the decimal places that give the largest of `values` so many significant digits, for a whole column."""
    sizes = [abs(v) for v in values if math.isfinite(v) and v != 0]
    if not sizes:
        return 0
    return max(0, digits - 1 - math.floor(math.log10(max(sizes))))


def unit(text: str) -> str:
    """Return a unit as set in print; nothing for a plain number."""
    if text in _NO_UNIT:
        return ""
    return text.replace("uL", "µL").replace("ug", "µg").replace("**", "^").replace("*", "·")


def unit_beside(label: str, of: str) -> str:
    """Return the unit to set beside a label that may already say 'per MIU'."""
    text = unit(of)
    return unit(text.removesuffix("/MIU").removesuffix(" per MIU")) if label.endswith("per MIU") else text


def yes(value: bool) -> str:
    """Write whether something holds."""
    return "yes" if value else "no"


def span(low: float, high: float) -> str:
    """Write an interval: '0.5 to 2'."""
    return f"{number(low)} to {number(high)}"


def under(what: str, model: str) -> str:
    """Write the name of a row that is about something under a model."""
    return f"{what}, {model}"


def headed(label: str, of: str) -> str:
    """Return the heading of a column: a label and its unit, which is as set in print already."""
    return f"{label}, {of}" if of else label


def of(some: str, total: str) -> str:
    """Write a part of a total: '14 of 21'."""
    return f"{some} of {total}"


def axis_title(label: str, of: str) -> str:
    """Return a label with its unit, unless the label already names it."""
    return f"{label} ({unit(of)})" if unit(of) else label


def shown(value: Fraction | float, of: str) -> float:
    """Return an amount in the unit in which its canonical unit (IU or mg) is shown."""
    return float(value / drugs.display_unit(of)[1])


def amount(value: Fraction | float, of: str) -> str:
    """Write an amount of a canonical unit with the unit in which it is shown: IU as MIU."""
    return f"{exact(shown(value, of))} {drugs.display_unit(of)[0]}"


def days(hours: Fraction | float) -> str:
    """Write a time in hours as elapsed days."""
    return exact(round(float(hours) / 24, 4))


def scaled(values: Sequence[float], of: str) -> tuple[float, str]:
    """Return the factor and unit in which a column is shown: long times in days, IU in MIU, other values as they are."""
    if of == "IU":
        unit, size = drugs.display_unit(of)
        return 1 / size, unit
    sizes = [abs(v) for v in values if not missing(v)]
    if of == "h" and sizes and max(sizes) >= _DAYS_FROM_H:
        return 1 / 24, "days"
    return 1.0, of


def at_time(unit: str, time: int | str) -> str:
    """Return the heading of a time: 'week 4'."""
    return f"{unit.removesuffix('s')} {time}"


def by_cycle(drug: str) -> str:
    """Return the caption of the table of a drug's totals by cycle."""
    return f"{drugs.label(drug)} by cycle"


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


def in_lines(name: str, length: int, most: int) -> str:
    """Return a name in at most so many lines of a length, the last one cut, as Plotly writes lines."""
    lines = textwrap.wrap(name, length) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), length)]
    return "<br>".join(plotly_text(line) for line in lines)


def plotly_text(text: str) -> str:
    """Escape text for Plotly, which reads `<b>`, `<br>`, `<a>` and entities in everything that it writes."""
    return html.escape(text, quote=False)


def hover_text(text: str) -> str:
    """Escape text for a Plotly template of what is shown at the pointer, which also reads `%{...}`."""
    return plotly_text(text).replace("%{", "%&#123;")


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


def part_of(some: int, total: int, noun: str) -> str:
    """Write how many of all: 'two of 15 pairs', 'none of 15 pairs', 'the one pair'; for what is counted in `some`."""
    if total == 1:
        return f"the one {noun}"
    return f"{count(some, '').strip() if some else 'none'} of {count(total, noun)}"


def supported(won: int, total: int, noun: str = "pair", beneath: str = "") -> str:
    """Write how many pairs are supported: 'two of 15 pairs are supported', 'the one pair is not supported'."""
    are = ("is" if won else "is not") if total == 1 else "is" if won == 1 else "are"
    return f"{part_of(won, total, noun)} {are} supported{beneath}"


def percent(share: float | None) -> str:
    """Write a probability or share in percent; what is not quite none or all is never rounded to it."""
    if share is None or missing(share):
        return MISSING
    value = 100 * share
    return "<1" if 0 < value < 0.5 else ">99" if 99.5 <= value < 100 else str(round(value))

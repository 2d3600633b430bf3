"""What every page has: its templates, its scripts and styles, its colours, and the policy under which nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from regimens import wording
from regimens.figures import theme

if TYPE_CHECKING:
    from jinja2 import Environment

    from regimens.figures.arms import Look

_ASSETS = files("regimens.report") / "assets"
OPENING = Markup('document.documentElement.classList.add("scripted");')
"""The script that says that scripts run, before anything is shown."""

_LOADED_NOTHING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; worker-src blob:; base-uri 'none'; "
    "form-action 'none'"
)


@cache
def environment(**names: object) -> Environment:
    """Return the environment of the templates, which know `wording` and these names; templates are compiled once a process."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("regimens.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(wording=wording, **names)
    return made


def asset(name: str) -> Markup:
    """Return the text of a script or a style."""
    return Markup((_ASSETS / name).read_text(encoding="utf-8"))


def packed(scripts: Sequence[tuple[str, str, str]]) -> Markup:
    """Return scripts as (id, type, text), deflated, in base64: `unpack.js` makes elements of them."""
    text = json.dumps(scripts, separators=(",", ":"), ensure_ascii=False)
    return Markup(base64.b64encode(zlib.compress(text.encode(), 9)).decode())


def policy(*scripts: str) -> str:
    """Return the Content-Security-Policy of a page: nothing is loaded, no text is evaluated, and no script runs but these.

    A worker may be made of text that the page holds. Scripts that are `packed` are checked as they are unpacked.
    """
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"{_LOADED_NOTHING}; script-src {allowed}"


def colours(arms: Sequence[Look] = ()) -> Markup:
    """Return the colours of a page, and those of its arms by class, on the light and on the dark ground."""
    names = {"paper": theme.PAPER, "ink": theme.TEXT, "soft": theme.SOFT, "hair": theme.HAIR, "faint": theme.FAINT,
             "context": theme.CONTEXT, "link": theme.LINK, "behind": theme.BEHIND, "alert": theme.AGAINST_MOST,
             "first": theme.HUES[0], "second": theme.HUES[3]}  # fmt: skip
    names |= {f"a{look.index}": look.ink for look in arms}
    light = "".join(f"--{name}:{ink.light};" for name, ink in names.items())
    dark = "".join(f"--{name}:{ink.dark};" for name, ink in names.items())
    classes = "".join(f".a{look.index}{{--c:var(--a{look.index})}}" for look in arms)
    return Markup(f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{classes}\n")


def page_script() -> Markup:
    """Return the script of every page with figures."""
    return Markup(f"\n{asset('page.js')}\n")


def plotly_script() -> Markup:
    """Return Plotly's own script."""
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs().replace("</script", "<\\/script"))

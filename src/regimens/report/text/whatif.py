"""Words of the section that simulates in the browser."""

from __future__ import annotations

from markupsafe import Markup

from regimens import wording

TITLE = "What if?"
ARMS, LIBRARY = "Arms of the scenario", "Published regimens"
MIDPOINT = "The published rest is a range; its midpoint is taken."
NO_VERDICT = "The typical subject of each model, and no verdict."
ABOUT = Markup(
    "Curves are simulated in the page with the equations of regimens, within 0.1 % of the range of the engine's curve. Bands "
    "hold the middle 90 % of 50 parameter draws of the typical subject, where the uncertainty of the parameters is known; people "
    "differ more. Only <code>regimens compare</code> says which schedule is better."
)
GRAMMAR = Markup(
    "Protocol text is read as the page writes it: courses, rests, cycles and infusions, such as (1 MIU SC every other day x 7, "
    "rest 14 days) x 3. <code>regimens explain</code> reads more."
)
BODY = "Body weight changes doses per kg and per m2 (body surface by Mosteller). The models' parameters stay."
FIRST_COURSE = "The controls below act on the first course of the text, and on the cycle that it stands in."
SUMMARY = "Change a schedule and see the curves at once"
NO_SCRIPTS = "This section is simulated by scripts of the page, which are off."


def lead(models: int, of_scenario: bool) -> str:
    """Return what the page is for, in a sentence or two."""
    under = f"under {wording.count(models, 'model')}"
    if not of_scenario:
        return f"Change a published IL-2 schedule, or write one, and see the curves of a typical subject {under} at once."
    return f"Change the schedules of this scenario and see the curves of a typical subject {under} at once."

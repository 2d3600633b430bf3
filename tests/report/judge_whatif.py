"""Curves that the page simulates beside those of the engine: every shipped model and README's own, in Chromium.

    python -m tests.report.judge_whatif [DRAWS [STATES]]

simulates every regimen of REGIMENS under every model that has its inputs for so many posterior draws (200 unless it says
otherwise; a model without a fit takes prior draws, or its one set of values), and prints for each the largest difference of any
readout as a share of the range of its curve, and the time of a curve. Then it moves the levers of the page at random, through 1,000
states, and prints how many texts `regimens` reads to another total. Some minutes.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.engine import simulate
from regimens.exposure import exposure_of
from regimens.model import CompiledModel, Model, Parameters, compile_model
from regimens.model.file import declared, model_in
from regimens.population import Population
from regimens.population.uncertainty import centres, most_draws
from regimens.regimen import DoseEvents, parse_regimen, weeks
from regimens.report.whatif import explore_page, script_of
from regimens.subject import Subject, mosteller
from regimens.units import amount_text
from regimens.yamlfile import parse
from tests.report.test_browser import running
from tests.test_readme import blocks

HORIZON = weeks(24)
TIMES = np.unique(np.concatenate([np.linspace(0.0, 4032.0, 337), np.arange(0.0, 240.0, 0.5)]))
REGIMENS = (
    "(1 MIU SC every other day x 7, rest 14 days) x 3",
    "0.26 MIU/m2 SC every 3 days x 28",
    "1 MIU/m2 SC daily x 56",
    "(4.5 MIU SC twice daily x 10, rest 51 days) x 3",
    "il2: 1.5 MIU IV daily over 2 h x 5; tocilizumab: 8 mg/kg (max 800 mg) IV every 4 weeks over 1 h x 6",
    "1 MIU IV daily over 2 h x 5",
)
"""Cycles, an interval that is no whole week, daily, twice daily, two drugs with a cap, infusions."""


def models() -> tuple[Model, ...]:
    """Return the shipped models and the one that README shows."""
    text = next(block for block in blocks("yaml") if "states:" in block)
    return (*map(declared, shipped.names("models")), model_in(parse(text, "first.yaml")))


def doses_of(compiled: CompiledModel, events: DoseEvents, weight_kg: float = 70.0, bsa_m2: float = 1.8) -> list[dict[str, float]]:
    """Return doses as the stepper takes them."""
    given = events.in_person(weight_kg, bsa_m2)
    columns = zip(events.time_h, events.duration_h, given, events.drug, events.route, strict=True)
    return [
        {"h": float(h), "over": float(over), "amount": float(amount), "input": compiled.inputs[drug, route]}
        for h, over, amount, drug, route in columns
    ]


def curves(page, model: int, values: np.ndarray, doses: list[dict[str, float]], times: np.ndarray, options: dict) -> dict:
    """Return what the page makes of parameter values (draws, parameters): values (draws, times, readouts), statuses, ms a curve."""
    # Base64: Playwright takes long to hand over many numbers one by one.
    found = page.evaluate(
        """([model, rows, doses, times, options]) => {
          const begun = performance.now(), made = rows.map(row => stepper.integrate(stepper.models[model], Float64Array.from(row), doses, times, options));
          const ms = (performance.now() - begun) / rows.length, letters = bytes => {
            let text = "";
            for (let k = 0; k < bytes.length; k += 8192) text += String.fromCharCode(...bytes.subarray(k, k + 8192));
            return btoa(text);
          };
          const values = made.map(each => letters(new Uint8Array(each.out.buffer)));
          return { values, status: made.map(each => each.status), stopped: made.map(each => each.stopped), ms };
        }""",
        [model, values.tolist(), doses, times.tolist(), options],
    )
    decoded = [np.frombuffer(base64.b64decode(text)) for text in found["values"]]
    return found | {"values": np.array(decoded).reshape(len(values), len(times), -1)}


def differences(page, place: int, model: Model, draws: int) -> Iterator[tuple[str, float, float]]:
    """Yield (regimen, largest difference as a share of the range of the engine's curve, ms a curve) under one model."""
    compiled, most = compile_model(model), most_draws(model)
    values = centres(Population(1, 5, draws if most is None else min(draws, most)), model)
    for words in REGIMENS:
        events = parse_regimen(words).events(HORIZON)
        if any(pair not in compiled.inputs for pair in zip(events.drug, events.route, strict=True)):
            continue
        bodies = np.full(len(values), 70.0), np.full(len(values), 1.8)
        parameters = Parameters(compiled.parameters, values, *bodies)
        engine = simulate(compiled, parameters, events, TIMES, observables=compiled.readouts)
        found = curves(page, place, values, doses_of(compiled, events), TIMES, {})
        assert set(found["status"]) == {0}, words
        span = np.ptp(engine.values, axis=1)
        error = np.abs(found["values"] - engine.values).max(axis=1)
        yield words, float(np.max(error / np.where(span > 0, span, 1.0))), found["ms"]


def lever_states(page, count: int, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Move levers of the page at random; yield (protocol text, body weight in kg, total shown) of each state."""
    random = np.random.default_rng(seed)
    starts = page.locator("#wi-start option").count()
    moves = {
        "amount": lambda: f"{random.integers(1, 200) * 0.05:.2f}",
        "interval": lambda: f"{random.integers(1, 56) / 2:g}",
        "doses": lambda: str(random.integers(1, 40)),
        "rest": lambda: str(random.integers(0, 57)),
        "cycles": lambda: str(random.integers(1, 13)),
        "weight": lambda: f"{random.integers(300, 1500) / 10:g}",
        "infusion": lambda: f"{random.integers(0, 24) / 2:g}",
    }
    for state in range(count):
        if state % 5 == 0:
            page.evaluate(_CHOOSE, ["start", str(random.integers(starts))])
        name = list(moves)[random.integers(len(moves))]
        page.evaluate(_MOVE, [name, moves[name]()])
        found = page.evaluate(_SHOWN)
        yield found["text"], found["weight"], found["total"].split(",")[0].removesuffix(" il2")


_CHOOSE = """([name, value]) => { const e = document.getElementById(`wi-${name}`); e.value = value; e.dispatchEvent(new Event('change')); }"""
_MOVE = """([name, value]) => { const e = document.getElementById(`wi-${name}`); if (e.disabled) return;
  e.value = value; e.dispatchEvent(new Event('input')); if (e.getAttribute('aria-invalid') === 'true') throw new Error(name + value); }"""
_SHOWN = """() => ({ text: document.getElementById('wi-text').value, weight: document.getElementById('wi-weight').value,
  total: document.querySelector('#wi-sums .total').textContent })"""


def explained(text: str, weight: str) -> str:
    """Return the total of IL-2, or of the only drug, that `regimens explain` gives for a protocol text and a body weight in kg."""
    kg, cm = Fraction(weight), Fraction(167)
    rows = {row.drug: row for row in exposure_of(parse_regimen(text), Subject(kg, cm, mosteller(kg, cm)))}
    row = rows.get("il2") or next(iter(rows.values()))
    return amount_text(row.total, row.unit)


def main() -> None:
    """Print every difference, and the largest; then the states with another total."""
    draws, states = (int(given) for given in (*sys.argv[1:], *("200", "1000")[len(sys.argv) - 1 :]))
    largest = 0.0
    with running() as window, tempfile.TemporaryDirectory() as folder:
        page = window.new_page()
        page.add_script_tag(content=script_of(models()))
        for place, model in enumerate(models()):
            for words, share, ms in differences(page, place, model, draws):
                largest = max(largest, share)
                print(f"{model.name}: {share:.1e}, {ms:.1f} ms a curve, {words}", flush=True)
        print(f"largest: {largest:.1e} of the range of a curve", flush=True)
        file = Path(folder) / "explore.html"
        file.write_text(explore_page(None), encoding="utf-8")
        page = window.new_page()
        page.goto(file.as_uri())
        page.wait_for_selector("#wi[data-ready]")
        other = [state for state in lever_states(page, states) if explained(state[0], state[1]) != state[2]]
        print(f"{len(other)} of {states} states have another total {other[:5] or ''}")


if __name__ == "__main__":
    main()

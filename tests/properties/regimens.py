"""Hypothesis strategies for regimens of every form the package knows."""

from fractions import Fraction

from hypothesis import strategies as st

from regimens.drugs import ROUTES
from regimens.regimen import AtSteadyState, Course, Cycle, Dose, Regimen, Rest, Weekly
from regimens.regimen.quantities import Amount, Duration

values = st.integers(1, 10**9).map(lambda n: Fraction(n, 100))
spans = st.integers(1, 60 * 24 * 40).map(lambda n: Duration(Fraction(n, 60)))


@st.composite
def amounts(draw, unit, steps):
    value, basis = draw(values), draw(st.sampled_from(["flat", "per m2", "per kg"]))
    if basis == "flat":
        return Amount(value, unit)
    step = draw(st.none() | values) if steps else None
    cap = draw(st.none() | values.map(lambda value: value + (step or 0)))
    return Amount(value, unit, basis, cap, step)


@st.composite
def doses(draw, unit, longest, steps):
    over = draw(st.none() | st.fractions(Fraction(1, 10), 1).map(lambda share: share * longest.hours).filter(lambda h: h > 0))
    over = None if over is None else Duration(max(Fraction(1, 60), Fraction(int(over * 60), 60)))
    if over is not None and over.hours > longest.hours:
        over = None
    return Dose(draw(amounts(unit, steps)), draw(st.sampled_from(ROUTES)), over)


@st.composite
def courses(draw, unit, steps):
    pattern = draw(st.booleans())
    if pattern:
        days = (0, *sorted(draw(st.sets(st.integers(1, 6), min_size=1))))
        every, longest = Weekly(days), Duration(Fraction(24))
    else:
        every = longest = draw(spans)
    return Course(draw(doses(unit, longest, steps)), every, draw(st.integers(1, 12)))


@st.composite
def rests(draw):
    ends = sorted(draw(st.tuples(spans, spans)), key=lambda span: span.hours)
    return Rest(*ends)


@st.composite
def plans(draw, unit, depth=2, steps=True):
    """Parts of one drug; without `steps` every person gets exactly the amount times the body size, up to the cap."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.integers(0, 3)) == 0:
            parts.append(Cycle(*draw(plans(unit, depth - 1, steps)), repeats=draw(st.integers(1, 4))))
        else:
            parts.append(draw(courses(unit, steps)))
        if draw(st.booleans()):
            parts.append(draw(rests()))
    if draw(st.booleans()):
        parts = [draw(rests()), *parts]
    return tuple(parts)


@st.composite
def starts(draw, unit, steps=True):
    """A start at steady state, the first part of a plan."""
    every = draw(spans)
    return AtSteadyState(draw(doses(unit, every, steps)), every)


@st.composite
def regimens(draw):
    """Regimens of up to three drugs; one of them may start at steady state."""
    drugs = draw(st.lists(st.sampled_from(["il2", "tocilizumab", "rapamycin"]), unique=True, max_size=3))
    units = {drug: "IU" if drug == "il2" else "mg" for drug in drugs}
    given = {drug: draw(plans(unit)) for drug, unit in units.items()}
    if drugs and draw(st.booleans()):
        given[drugs[0]] = (draw(starts(units[drugs[0]])), *given[drugs[0]])
    return Regimen(**given)


def in_sevenths(parts):
    """The parts with amounts, caps and rests a seventh of what they are: numbers that are no decimals."""
    for part in parts:
        if isinstance(part, Rest):
            yield Rest(Duration(part.shortest.hours / 7), Duration(part.longest.hours / 7))
        elif isinstance(part, Cycle):
            yield Cycle(*in_sevenths(part.parts), repeats=part.repeats)
        else:
            amount = part.dose.amount
            cap = None if amount.cap is None else amount.cap / 7
            dose = Dose(Amount(amount.value / 7, amount.unit, amount.basis, cap), part.dose.route, part.dose.over)
            yield Course(dose, part.every, part.doses)

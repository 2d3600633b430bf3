"""Sentences on what the settings of a scenario imply: assumptions, and values that may be mistakes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.population.values import FEMALE, MALE
from regimens.units import duration_text

if TYPE_CHECKING:
    from regimens.adherence.realise import RealLife
    from regimens.model.declaration import Model
    from regimens.population import Bodies, People, Population
    from regimens.regimen import Regimen
    from regimens.scenario.own import OwnData
    from regimens.scenario.values import Noise
    from regimens.subject import Subject

USUAL_KG, USUAL_CM = (30.0, 250.0), (120.0, 220.0)
"""Weights and heights of adults outside of which a number is more likely a mistake."""

MOSTELLER_OFF = 0.15
"""Relative difference between a given body surface area and Mosteller's above which one of the sizes is doubted."""

NEARLY = 0.75
"""Likeness (difflib) above which a column that is not used is taken for a misspelt parameter."""

MOST_NAMED = 5
"""People that one warning names; the others are counted."""


def assumed_of(
    population: Population | None,
    models: Sequence[Model],
    real_life: RealLife | None,
    noise: Noise | None,
    own: Sequence[OwnData],
) -> tuple[str, ...]:
    """Return what the settings of a scenario assume, as sentences."""
    said = (sentence for data in own for sentence in _own(data))
    return (*_population(population, models), *_real_life(real_life), *_noise(noise), *said)


def questions_of(
    subject: Subject, population: Population | None, models: Sequence[Model], own: Sequence[OwnData]
) -> tuple[str, ...]:
    """Return a sentence for every size of a body that is accepted but improbable in an adult, for every column of a file of
    people that is not used although it is nearly called like a parameter, and for own observations that are left out.
    """
    people = None if population is None else population.people
    said = list(_doubtful_subject(subject))
    if people is not None:
        said += [*_doubtful_people(people), *_doubtful_columns(people, models)]
    said += [sentence for data in own for sentence in _left_out(data)]
    return tuple(said)


def implied(rest: str, rest_days: int | None, ranges: Regimen | None, ledger: tuple[str, str] | None) -> tuple[str, ...]:
    """Return the assumptions that reading an arm adds to the stated ones; `ledger` is its file and the name of its arm."""
    said = []
    if ranges is not None:
        said.append(f"The rest is given as a range ({ranges.in_words()}); it is {_taken(rest, rest_days)}.")
    if ledger is not None:
        said.append(f"Its doses are those that arm '{ledger[1]}' of {ledger[0]} gave, subject by subject.")
    return tuple(said)


def _population(population: Population | None, models: Sequence[Model]) -> Iterator[str]:
    if population is None:
        return
    correlated = _correlations(population, models)
    yield (
        "Subjects differ log-normally around typical values, truncated to the bounds that the model files give; parameters are "
        "independent of each other between subjects" + (" but for the stated correlations." if correlated else ".")
    )
    if population.draws > 1:
        yield (
            f"Each of the {population.draws} parameter draws has {population.subjects} subjects of its own, so that confidence "
            "intervals and probabilities also hold the chance among so many subjects, which makes them more cautious, the more "
            "so the fewer there are."
        )
    if population.cv:
        listed = ", ".join(f"{name} {cv:.4g}" for name, cv in population.cv.items())
        yield f"Between-subject CVs of this scenario in place of the model files': {listed}."
    if correlated:
        yield f"Correlations between the z-scores of a subject: {', '.join(correlated)}."
    if population.people is not None:
        yield from _people(population.people)
    if population.bodies is not None:
        yield from _bodies(population.bodies)


def _correlations(population: Population, models: Sequence[Model]) -> list[str]:
    """Return every correlation that subjects are drawn with: the scenario's, then those of models that it does not replace."""
    replaced = {frozenset(c.between) for c in population.correlations}
    declared = [(c, model.name) for model in models for c in model.correlations if frozenset(c.between) not in replaced]
    said = [(c, "") for c in population.correlations] + [(c, f" (model file of '{name}')") for c, name in declared]
    return [f"{' and '.join(c.between)} {c.value:.4g}{where}" for c, where in said]


def _people(people: People) -> Iterator[str]:
    columns = ", ".join(["weight", "body surface area", *people.given])
    whose = people.path or "given people"
    yield f"The subjects' {columns} are those of {whose}; all else about them is drawn."
    file = Path(people.path).name
    if people.note:
        yield f"{file} was {people.note[:1].lower()}{people.note[1:]}"
    if people.unused:
        yield f"Columns of {file} that are not used: {', '.join(people.unused)}."


def _bodies(bodies: Bodies) -> Iterator[str]:
    if bodies.female is not None:
        yield f"{bodies.female:.0%} of the subjects are women."
    for name, unit, spreads in (("Weight", "kg", bodies.weight), ("Height", "cm", bodies.height)):
        if spreads is not None:
            alike = spreads[FEMALE] == spreads[MALE]
            whose = {"": spreads[FEMALE]} if alike else {"of women ": spreads[FEMALE], "of men ": spreads[MALE]}
            each = [
                f"{who}{size.typical:.4g} {unit} with a CV of {size.cv:.4g}, never outside {size.low:.4g} to {size.high:.4g}"
                for who, size in whose.items()
            ]
            yield f"{name} is log-normal: {'; '.join(each)} {unit}."


def _real_life(life: RealLife | None) -> tuple[str, ...]:
    if life is None:
        return ()
    said = []
    if life.missed:
        after = "" if life.after_a_miss is None else f" ({life.after_a_miss:.4g} after a missed one)"
        said.append(f"a dose is missed with probability {life.missed:.4g}{after}")
    if life.late:
        late = duration_text(Fraction(life.up_to_h))
        said.append(f"a dose that is given is late with probability {life.late:.4g}, by any time up to {late}")
    if life.stop_early:
        said.append(f"a subject stops early with probability {life.stop_early:.4g}, at any of the doses")
    return (f"Of real life it is assumed that {'; '.join(said)}.",)


def _noise(noise: Noise | None) -> tuple[str, ...]:
    if noise is None:
        return ()
    return (
        f"What is measured is assumed to differ from the true value with a CV of {noise.day_to_day:.4g} from day to day "
        f"and of {noise.residual:.4g} by the assay.",
    )


def _own(data: OwnData) -> Iterator[str]:
    file = Path(data.file).name or "own data"
    of_subjects = f"{_counted(len(data.values), 'value')} of {_counted(data.subjects, 'subject')}" if data.values else ""
    of_groups = _counted(len(data.groups), "value") + " of groups" if data.groups else ""
    rows = " and ".join(filter(None, (of_subjects, of_groups)))
    yield f"Of {file}, {rows} are drawn on the curves as they are; no model is fitted to them."
    if data.note:
        yield f"{file} was {data.note[:1].lower()}{data.note[1:]}"
    if data.unused:
        yield f"Columns of {file} that are not used: {', '.join(data.unused)}."


def _left_out(data: OwnData) -> Iterator[str]:
    file = Path(data.file).name or "own data"
    if data.blank:
        yield f"Of {file}, {_counted(data.blank, 'row')} without a value {_is(data.blank)} left out."
    if data.before:
        rows = _counted(data.before, "row")
        yield f"Of {file}, {rows} before time 0 {_is(data.before)} left out: the curves begin there."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _taken(choice: str, days: int | None) -> str:
    if choice == "drawn":
        return "drawn for every subject and every time it comes, any whole day as likely"
    if choice == "each":
        return f"taken as rest {days} days"
    return f"taken as its {choice}" + ("" if choice == "midpoint" else " length")


def _doubtful_subject(subject: Subject) -> Iterator[str]:
    for name, value, (low, high), unit in (
        ("weight", float(subject.weight_kg), USUAL_KG, "kg"),
        ("height", float(subject.height_cm), USUAL_CM, "cm"),
    ):
        if not low <= value <= high:
            yield f"The {name} of the scenario's subject is {value:g} {unit}, not {low:g} to {high:g} {unit}. Is it a mistake?"


def _doubtful_people(people: People) -> Iterator[str]:
    columns = ((people.weight_kg, USUAL_KG, "weight", "kg"), (people.height_cm, USUAL_CM, "height", "cm"))
    for values, (low, high), name, unit in columns:
        odd = (values < low) | (values > high)
        if odd.any():
            cells = [f"{value:g} {unit}" for value in values]
            yield _doubt(people, odd, cells, f"a {name} outside {low:g} to {high:g} {unit}")
    mosteller = np.sqrt(people.weight_kg * people.height_cm / 3600.0)
    odd = np.abs(people.bsa_m2 - mosteller) > MOSTELLER_OFF * mosteller
    if odd.any():
        cells = [f"{given:g} m2, not {own:.2f} m2" for given, own in zip(people.bsa_m2, mosteller, strict=True)]
        what = f"a body surface area more than {MOSTELLER_OFF * 100:g} % off the one from their weight and height (Mosteller)"
        yield _doubt(people, odd, cells, what)


def _doubtful_columns(people: People, models: Sequence[Model]) -> Iterator[str]:
    parameters = {parameter.name for model in models for parameter in model.parameters} - set(people.given)
    for name in people.unused:
        near = difflib.get_close_matches(name, parameters, n=1, cutoff=NEARLY)
        if near:
            yield f"The column '{name}' of {Path(people.path).name} is not used. Is it the parameter '{near[0]}'?"


def _doubt(people: People, odd: npt.NDArray[np.bool_], cells: Sequence[str], what: str) -> str:
    places = np.flatnonzero(odd).tolist()
    named = [f"{cells[place]} ({people.ids[place] if people.ids else f'person {place + 1}'})" for place in places[:MOST_NAMED]]
    more = f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else ""
    who = "1 person" if len(places) == 1 else f"{len(places)} people"
    where = f" of {Path(people.path).name}" if people.path else ""
    has, it = ("has", "Is it a mistake?") if len(places) == 1 else ("have", "Are they mistakes?")
    return f"{who}{where} {has} {what}: {', '.join(named)}{more}. {it}"

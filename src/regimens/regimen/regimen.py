"""Regimen: for each drug a sequence of parts; and the same written out as single doses at exact times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from regimens.drugs import IL2
from regimens.errors import RegimenError
from regimens.regimen.changes import StateChange
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import (
    MOST_DOSES,
    AtSteadyState,
    Course,
    Cycle,
    Dose,
    Part,
    Rest,
    check_parts,
    drug_of,
    each_dose,
    rests,
)
from regimens.regimen.planned import PlannedDose, range_count, ranges, write_out
from regimens.regimen.quantities import Duration
from regimens.regimen.writing import write_plans
from regimens.units import duration_text


@dataclass(frozen=True, init=False, repr=False)
class Regimen:
    """The plan of each drug; without any part no dose is given (placebo, control).

    >>> Regimen(Cycle(Course(MIU(1), every=days(2), doses=7), Rest(days(14)), repeats=3)).in_words()
    '(1 MIU SC every other day x 7, rest 14 days) x 3'
    >>> Regimen(il2=Course(MIU(0.5), every=days(1), doses=5), tocilizumab=Dose(mg(8).per_kg, "IV", over=hours(1)))
    Regimen(il2=Course(MIU(0.5), every=days(1), doses=5), tocilizumab=Dose(mg(8).per_kg, 'IV', over=hours(1)))

    Parts given without a drug are IL-2's when their amounts are in IU, else those of the drug called 'drug'
    (`regimens.drugs.UNNAMED`), which no shipped model has as an input. Every drug starts at 0 h; a leading Rest delays it. The
    plan of one drug may begin with AtSteadyState.
    """

    plans: tuple[tuple[str, tuple[Part, ...]], ...]

    def __init__(self, *parts: Part, **by_drug: Part | Iterable[Part]) -> None:
        named = {drug: _sequence(given) for drug, given in by_drug.items()}
        if parts:
            check_parts(parts)
            if drug_of(parts) in named:
                raise RegimenError(f"Parts of '{drug_of(parts)}' are given twice.", "Name them once, with or without the drug.")
            named[drug_of(parts)] = parts
        object.__setattr__(self, "plans", tuple(sorted((drug, given) for drug, given in named.items())))
        for drug, given in self.plans:
            check_parts(given)
            _check_plan(drug, given)
        begun = [drug for drug, given in self.plans if isinstance(given[0], AtSteadyState)]
        if len(begun) > 1:
            raise RegimenError(
                f"Two drugs start at steady state: '{begun[0]}' and '{begun[1]}'.",
                "Only one drug can. Keep it for one of them, and give the doses of the other one from day 0 on.",
            )

    @property
    def drugs(self) -> tuple[str, ...]:
        """Names of the drugs that are given, in alphabetical order."""
        return tuple(drug for drug, _ in self.plans)

    @property
    def start(self) -> tuple[str, AtSteadyState] | None:
        """The drug of whose repeated dose subjects are at steady state at 0 h, with that dose; None where there is none."""
        for drug, (first, *_) in self.plans:
            if isinstance(first, AtSteadyState):
                return drug, first
        return None

    @property
    def changes(self) -> tuple[StateChange, ...]:
        """The start at steady state as a change of the state at 0 h; empty where there is none."""
        if self.start is None:
            return ()
        drug, begun = self.start
        dose = begun.dose
        return (
            StateChange(
                time_h=0.0,
                kind="steady state",
                interval_h=float(begun.every.hours),
                drug=drug,
                amount=float(dose.amount.value),
                basis=dose.amount.basis,
                cap=NO_CAP if dose.amount.cap is None else float(dose.amount.cap),
                step=NO_STEP if dose.amount.step is None else float(dose.amount.step),
                route=dose.route,
                duration_h=float(dose.duration),
            ),
        )

    @property
    def has_ranges(self) -> bool:
        """Whether any rest is still given as a range."""
        return any(rest.is_range for _, parts in self.plans for rest in rests(parts))

    def doses(self, drug: str = IL2) -> int:
        """Return the number of doses of one drug, without writing them out."""
        return sum(part.doses for part in dict(self.plans).get(drug, ()))

    def written_out(self) -> tuple[PlannedDose, ...]:
        """Return every dose exactly, sorted by time, then drug. RegimenError while a rest is still a range."""
        if self.has_ranges:
            raise RegimenError(
                "A rest of this regimen is still a range.",
                "Resolve it: shortest, midpoint, longest or each (`with_rests`).",
            )
        return self.earliest()

    def earliest(self) -> tuple[PlannedDose, ...]:
        """Return every dose as early as the ranges of its rests allow, sorted by time, then drug."""
        planned = [dose for drug, parts in self.plans for dose in write_out(drug, parts)]
        return tuple(sorted(planned, key=lambda dose: (dose.start, dose.drug)))

    def ranges(self, drug: str = IL2) -> tuple[Rest, ...]:
        """Return the rests of one drug that are ranges, in the order of time, once for each repeat of a cycle."""
        return tuple(ranges(dict(self.plans).get(drug, ())))

    def events(self, horizon: Duration, arm: str = "") -> DoseEvents:
        """Return the doses that start before `horizon` as columns of floats (h; IU or mg), named after `arm`.

        A start at steady state is a change at 0 h.
        """
        if not isinstance(horizon, Duration):
            raise RegimenError(f"Horizon must be a Duration, found {horizon!r}.", "Write for example weeks(24).")
        planned = [dose for dose in self.written_out() if dose.start < horizon.hours]
        amounts = [dose.dose.amount for dose in planned]
        return DoseEvents(
            time_h=np.array([float(dose.start) for dose in planned], dtype=float),
            drug=tuple(dose.drug for dose in planned),
            amount=np.array([float(amount.value) for amount in amounts], dtype=float),
            basis=tuple(amount.basis for amount in amounts),
            cap=np.array([NO_CAP if amount.cap is None else float(amount.cap) for amount in amounts], dtype=float),
            step=np.array([NO_STEP if amount.step is None else float(amount.step) for amount in amounts], dtype=float),
            route=tuple(dose.dose.route for dose in planned),
            duration_h=np.array([float(dose.dose.duration) for dose in planned], dtype=float),
            cycle=np.array([dose.cycle for dose in planned], dtype=np.int64),
            number=np.array([dose.number for dose in planned], dtype=np.int64),
            arm=arm,
            changes=self.changes,
        )

    def with_rests(self, choice: str) -> Regimen:
        """Return the regimen with its ranges resolved: 'shortest', 'midpoint' (whole days, rounded down), 'longest'."""
        if choice not in RESOLUTIONS:
            raise RegimenError(f"'{choice}' is not a way to resolve a range of rests.", f"Write {' or '.join(RESOLUTIONS)}.")
        return self._resolved(RESOLUTIONS[choice])

    def each_rest(self) -> tuple[tuple[int, Regimen], ...]:
        """Return (days, regimen) for every whole day of the range; all ranges of the regimen must be the same."""
        found = {rest for _, parts in self.plans for rest in rests(parts) if rest.is_range}
        if len(found) != 1:
            raise RegimenError(
                f"'each' needs one range of rests, found {len(found)} different ones.",
                "Use shortest, midpoint or longest.",
            )
        (rest,) = found
        return tuple((day, self._with_each_range(Duration(Fraction(24 * day)))) for day in rest.whole_days)

    def _with_each_range(self, length: Duration) -> Regimen:
        return self._resolved(lambda rest: length if rest.is_range else rest.shortest)

    def _resolved(self, length: Callable[[Rest], Duration]) -> Regimen:
        return Regimen(**{drug: _resolve(parts, length) for drug, parts in self.plans})

    def in_words(self) -> str:
        """Write the regimen as protocol text that `parse_regimen` reads back to an equal value."""
        return write_plans(dict(self.plans))

    def __repr__(self) -> str:
        return f"Regimen({', '.join(f'{drug}={_plan_repr(parts)}' for drug, parts in self.plans)})"


def regimen_of(plans: Mapping[str, Iterable[Part]]) -> Regimen:
    """Return the regimen of a mapping drug -> parts; drugs without parts are left out."""
    sequences = {drug: tuple(parts) for drug, parts in plans.items()}
    return Regimen(**{drug: parts for drug, parts in sequences.items() if parts})


def _midpoint(rest: Rest) -> Duration:
    middle = (rest.shortest.hours + rest.longest.hours) / 2
    whole = Fraction(24 * (middle // 24))
    return Duration(whole if whole >= rest.shortest.hours else middle)


RESOLUTIONS: dict[str, Callable[[Rest], Duration]] = {
    "shortest": lambda rest: rest.shortest,
    "midpoint": lambda rest: _midpoint(rest) if rest.is_range else rest.shortest,
    "longest": lambda rest: rest.longest,
}
"""Ways to resolve a rest that is a range."""


def _sequence(given: Part | Iterable[Part]) -> tuple[Part, ...]:
    return (given,) if isinstance(given, Dose | Course | Rest | Cycle | AtSteadyState) else tuple(given)


def _plan_repr(parts: tuple[Part, ...]) -> str:
    return repr(parts[0]) if len(parts) == 1 else repr(parts)


def _resolve(parts: tuple[Part, ...], length: Callable[[Rest], Duration]) -> tuple[Part, ...]:
    def resolved(part: Part) -> Part:
        if isinstance(part, Rest):
            return Rest(length(part))
        return Cycle(*_resolve(part.parts, length), repeats=part.repeats) if isinstance(part, Cycle) else part

    return tuple(resolved(part) for part in parts)


def _check_plan(drug: str, parts: tuple[Part, ...]) -> None:
    if not drug.isidentifier():
        raise RegimenError(f"'{drug}' is not a name of a drug.", "Use letters, digits and _, and begin with a letter.")
    count = sum(part.doses for part in parts)
    if count == 0 and isinstance(parts[0], AtSteadyState):
        raise RegimenError(
            f"The plan of '{drug}' has no dose after its start at steady state.",
            "Write the doses that follow, or 'rest 28 days' and a dose after it.",
        )
    if count == 0:
        raise RegimenError(f"The plan of '{drug}' has no dose.", "Leave the drug out, or write 'no dose'.")
    if count > MOST_DOSES:
        raise RegimenError(f"The plan of '{drug}' has {count} doses.", f"At most {MOST_DOSES} are accepted.")
    if range_count(parts) > MOST_DOSES:
        raise RegimenError(
            f"The plan of '{drug}' has {range_count(parts)} rests that are ranges.", f"At most {MOST_DOSES} are accepted."
        )
    units = {dose.amount.unit for dose in each_dose(parts)}
    if len(units) > 1:
        raise RegimenError(f"Doses of '{drug}' are given in IU and in mg.", "Use one of the two for a drug.")
    if drug == IL2 and units != {"IU"}:
        raise RegimenError(
            "IL-2 must be dosed in IU, found a unit of mass.",
            "Write IU or MIU (aldesleukin: 1.1 mg are 18 MIU), or name another drug.",
        )
    earlier: PlannedDose | None = None
    for dose in write_out(drug, parts):
        if earlier is not None:
            _check_apart(earlier, dose)
        earlier = dose


def _check_apart(earlier: PlannedDose, later: PlannedDose) -> None:
    if later.start == earlier.start:
        raise RegimenError(
            f"Two doses of '{later.drug}' start at the same time, {duration_text(later.start)} after the start.",
            "Write a rest after a dose given once; it is counted from that dose.",
        )
    if later.start < earlier.start + earlier.dose.duration:
        raise RegimenError(
            f"A dose of '{later.drug}' starts {duration_text(later.start)} after the start, during the infusion before it.",
            f"That infusion takes {earlier.dose.over}.",
        )

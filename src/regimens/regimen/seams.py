"""Seams of a regimen: where a course with another interval follows a course without a rest, which labels often mean otherwise.

A course lasts doses x interval, so the next one starts one interval of the course *before* after its last dose. Protocols
often mean one interval of the *new* course.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.regimen.daylist import parts_at
from regimens.regimen.parts import Course, Cycle, Part, Weekly
from regimens.regimen.quantities import Duration
from regimens.regimen.writing import write_plan
from regimens.units import day_text, duration_text

if TYPE_CHECKING:
    from regimens.regimen.regimen import Regimen

WEEK = Fraction(168)


@dataclass(frozen=True)
class Seam:
    """Two courses of a drug without a rest between them: hours of the `last` dose of one and the `first` of the other."""

    drug: str
    earlier: Course
    later: Course
    last: Fraction
    first: Fraction

    @property
    def interval(self) -> Fraction:
        """Hours of one interval of the later course, of a weekly pattern a week."""
        return self.later.every.hours if isinstance(self.later.every, Duration) else WEEK

    @property
    def in_words(self) -> str:
        """On which day the later course starts, and how to have it one of its own intervals after the last dose before."""
        new, old = self.interval, self.first - self.last
        wanted = self.last + new
        if new > old:
            cure = f"write 'rest {duration_text(new - old)}' between the two courses"
        else:
            cure = f"write '{_with_last_dose_alone(self.earlier, new)}' in place of '{write_plan((self.earlier,))}'"
        return (
            f"{self.drug}: the interval changes without a rest. '{write_plan((self.later,))}' starts on {day_text(self.first)}, "
            f"{duration_text(old)} after the last dose before it. To have it start on {day_text(wanted)}, one new interval "
            f"({duration_text(new)}) after that dose, {cure}."
        )


def seams(regimen: Regimen) -> tuple[Seam, ...]:
    """Return the seams of a regimen in the order of drugs and time, those between the repeats of a cycle once.

    A rest that is a range counts at its shortest.
    """
    found: dict[tuple[str, Course, Course], Seam] = {}
    for drug, parts in regimen.plans:
        for (at, earlier), (start, later) in pairwise(_placed(parts, Fraction(0))):
            if isinstance(earlier, Course) and isinstance(later, Course) and start == at + earlier.length:
                seam = Seam(drug, earlier, later, at + earlier.start(earlier.doses - 1), start)
                if earlier.every != later.every and seam.interval != seam.first - seam.last:
                    found.setdefault((drug, earlier, later), seam)
    return tuple(found.values())


def _placed(parts: tuple[Part, ...], clock: Fraction) -> Iterator[tuple[Fraction, Part]]:
    """Yield parts with the hours at which they start; of a cycle the first two repeats and the last, which have every seam."""
    for part in parts:
        if isinstance(part, Cycle):
            length = part.length / part.repeats
            for repeat in sorted({0, min(1, part.repeats - 1), part.repeats - 1}):
                yield from _placed(part.parts, clock + repeat * length)
        else:
            yield clock, part
        clock += part.length


def _with_last_dose_alone(course: Course, after: Fraction) -> str:
    """Return the words of a course that ends so many hours after its last dose, and not one of its intervals."""
    size = len(course.every.days) if isinstance(course.every, Weekly) else 1
    head = (course.doses - 1) // size * size
    whole = (Course(course.dose, course.every, head),) if head else ()
    begin = sum((part.length for part in whole), Fraction(0))
    starts = [course.start(index) - begin for index in range(head, course.doses)]
    return write_plan((*whole, *parts_at(course.dose, starts, starts[-1] + after)))

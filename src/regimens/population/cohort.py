"""The subjects of a run: one typical subject, or a population and its parameter draws. The one place that tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regimens.population.values import Population


@dataclass(frozen=True)
class Cohort:
    """Who is simulated: `subjects` in each of `draws` parameter draws, numbered from 0.

    `typical` is True for the one typical subject, who has the typical parameters and the scenario's body and needs no chance;
    `population` is then None and `seed` 0, and `typical_draws` counts the draws of the typical parameters. Runs are numbered draw
    by draw: run number = draw x subjects + subject.
    """

    population: Population | None = None
    typical_draws: int = 1

    @property
    def typical(self) -> bool:
        """Whether there is only the typical subject."""
        return self.population is None

    @property
    def subjects(self) -> int:
        """Number of subjects in each parameter draw."""
        return 1 if self.population is None else self.population.subjects

    @property
    def draws(self) -> int:
        """Number of parameter draws; with 1, parameters are at their typical values."""
        return self.typical_draws if self.population is None else self.population.draws

    @property
    def seed(self) -> int:
        """The seed that all chance of the run is keyed by."""
        return 0 if self.population is None else self.population.seed

    @property
    def runs(self) -> int:
        """Number of simulations of each arm and model: subjects x draws."""
        return self.subjects * self.draws

    @property
    def ids(self) -> tuple[str, ...]:
        """What each subject is called: the ids of the people where their file has some, else the numbers from 0."""
        people = None if self.population is None else self.population.people
        if people is not None and people.ids:
            return people.ids[: self.subjects]
        return tuple(map(str, range(self.subjects)))


def cohort_of(population: Population | Cohort | None) -> Cohort:
    """Return the subjects of a scenario with this population; None is the typical subject, and a cohort is itself."""
    return population if isinstance(population, Cohort) else Cohort(population)

"""Who is simulated: the typical subject, or a population and its draws, behind one value."""

import numpy as np
import pytest

from regimens.model import find_model
from regimens.population import Cohort, People, Population, cohort_of, draw_subjects
from regimens.population.draw import Runs, bodies_of
from regimens.population.uncertainty import centres
from regimens.subject import Subject

MODEL = find_model("turnover")


def test_without_a_population_there_is_one_typical_subject():
    cohort = cohort_of(None)
    assert (cohort.typical, cohort.subjects, cohort.draws, cohort.runs, cohort.seed, cohort.ids) == (True, 1, 1, 1, 0, ("0",))
    assert bodies_of(cohort, Subject(), Runs.of(0, 0, 1)).weight_kg.tolist() == [70.0]


def test_a_population_is_a_cohort_of_its_subjects_and_draws():
    cohort = cohort_of(Population(3, seed=7, draws=5))
    assert (cohort.typical, cohort.subjects, cohort.draws, cohort.runs, cohort.seed) == (False, 3, 5, 15, 7)
    assert cohort.ids == ("0", "1", "2")
    assert cohort_of(cohort) is cohort


def test_a_population_of_one_is_not_the_typical_subject():
    assert not cohort_of(Population(1, seed=7)).typical


def test_people_are_called_by_their_ids():
    sizes = np.array([60.0, 80.0])
    people = People("", "", sizes, sizes / 40, sizes + 100, ("", ""), {}, ids=("B", "A"))
    assert cohort_of(Population(2, 1, people=people)).ids == ("B", "A")
    assert cohort_of(Population(1, 1, people=people)).ids == ("B",)


@pytest.mark.parametrize("population", [None, Population(4, seed=7, draws=3)])
def test_a_cohort_is_drawn_like_its_population(population):
    cohort = Cohort(population)
    assert (
        draw_subjects(cohort, MODEL, Subject()).values.tobytes() == draw_subjects(population, MODEL, Subject()).values.tobytes()
    )
    assert centres(cohort, MODEL).tobytes() == centres(population, MODEL).tobytes()

"""Virtual subjects: the same in every arm and model, whatever else changes; log-normal inside their bounds."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from regimens.model import find_model, typical_subject
from regimens.population import Bodies, People, Population, Spread, draw_subjects
from regimens.population.draw import Runs, bodies_of
from regimens.subject import Subject, mosteller

MODEL, OTHER = find_model("turnover", values="declared"), find_model("effect_turnover", values="declared")

BODIES = Bodies(
    0.3,
    {"female": Spread(62.0, 0.2, 45.0, 100.0), "male": Spread(80.0, 0.18, 55.0, 130.0)},
    {"female": Spread(164.0, 0.04, 150.0, 180.0), "male": Spread(177.0, 0.04, 160.0, 195.0)},
)


def column(parameters, name):
    return parameters.values[:, parameters.names.index(name)]


def test_growing_a_population_keeps_its_first_subjects():
    small, large = (draw_subjects(Population(count, 7), MODEL, Subject()) for count in (20, 100))
    assert large.values[:20].tobytes() == small.values.tobytes()


def test_a_subject_has_the_same_parameters_in_every_model_that_has_them():
    one, other = (draw_subjects(Population(50, 7), model, Subject()) for model in (MODEL, OTHER))
    shared = [p.name for p in MODEL.parameters if p in OTHER.parameters]
    assert len(shared) >= 6
    for name in shared:
        assert column(one, name).tobytes() == column(other, name).tobytes(), name


def test_another_seed_draws_other_subjects():
    assert not np.array_equal(*(draw_subjects(Population(5, seed), MODEL, Subject()).values for seed in (1, 2)))


def test_without_a_population_there_is_the_one_typical_subject():
    assert draw_subjects(None, MODEL, Subject()).values.tolist() == typical_subject(MODEL).values.tolist()


@pytest.mark.parametrize("name", ["CL", "kout", "EC50", "T0"])
def test_a_parameter_is_log_normal_with_its_cv_inside_its_bounds(name):
    parameter = next(p for p in MODEL.parameters if p.name == name)
    drawn = np.log(column(draw_subjects(Population(2000, 3), MODEL, Subject()), name) / parameter.value)
    spread = np.sqrt(np.log1p(parameter.cv**2))
    low, high = (np.log(bound / parameter.value) / spread for bound in (parameter.low, parameter.high))
    assert drawn.min() >= low * spread
    assert drawn.max() <= high * spread
    assert kstest(drawn / spread, truncnorm(low, high).cdf).pvalue > 1e-3  # one seed: chance decides once


def test_parameters_without_a_cv_are_the_same_in_everyone():
    assert set(column(draw_subjects(Population(30, 3), MODEL, Subject()), "theta")) == {0.5}


def test_a_block_of_subjects_is_a_part_of_all_of_them():
    population = Population(20, 7, draws=3, bodies=BODIES)
    whole = draw_subjects(population, MODEL, Subject(), runs=Runs.of(2, 0, 20))
    part = draw_subjects(population, MODEL, Subject(), runs=Runs.of(2, 5, 3))
    for name in ("values", "weight_kg", "bsa_m2"):
        assert getattr(part, name).tobytes() == getattr(whole, name)[5:8].tobytes()


def test_more_parameter_draws_keep_the_first_ones_and_draw_other_subjects():
    few, many = (draw_subjects(Population(5, 7, draws=draws), MODEL, Subject(), runs=Runs.of(1, 0, 5)) for draws in (2, 9))
    assert few.values.tobytes() == many.values.tobytes()
    first = draw_subjects(Population(5, 7, draws=2), MODEL, Subject(), runs=Runs.of(0, 0, 5))
    assert not set(column(first, "CL")) & set(column(few, "CL"))


def test_a_cv_of_the_population_replaces_the_models():
    wide, none = (draw_subjects(Population(2000, 3, cv={"CL": cv}), MODEL, Subject()) for cv in (0.1, 0.0))
    parameter = next(p for p in MODEL.parameters if p.name == "CL")
    spread = np.sqrt(np.log1p(0.1**2))
    low, high = (np.log(bound / parameter.value) / spread for bound in (parameter.low, parameter.high))
    assert kstest(np.log(column(wide, "CL") / parameter.value) / spread, truncnorm(low, high).cdf).pvalue > 1e-3
    assert set(column(none, "CL")) == {parameter.value}
    assert column(wide, "V").tobytes() == column(none, "V").tobytes()


def test_subjects_lie_around_the_typical_values_they_are_given():
    centre = np.array([p.value for p in MODEL.parameters])
    centre[[p.name for p in MODEL.parameters].index("CL")] = 300.0
    moved = column(draw_subjects(Population(2000, 3), MODEL, Subject(), centre), "CL")
    # The median of 2000 log-normal values with a CV of 0.4 has a standard error of 1.1 %; bounds move it a little.
    assert np.median(moved) == pytest.approx(300.0, rel=0.05)


def test_without_bodies_everybody_has_the_scenarios():
    drawn = draw_subjects(Population(3, 7), MODEL, Subject(Fraction(80), Fraction(180), Fraction(2)))
    assert (drawn.weight_kg.tolist(), drawn.bsa_m2.tolist()) == ([80.0] * 3, [2.0] * 3)


def test_women_and_men_have_sizes_of_their_own_inside_bounds_and_mostellers_surface():
    bodies = bodies_of(Population(3000, 7, bodies=BODIES), Subject(), Runs.of(0, 0, 3000))
    women = bodies.sex == "female"
    assert set(bodies.sex) == {"female", "male"}
    # Binomial: 0.3 within three standard deviations of 3000 subjects.
    assert np.mean(women) == pytest.approx(0.3, abs=3 * np.sqrt(0.3 * 0.7 / 3000))
    for who, sex in ((women, "female"), (~women, "male")):
        for sizes, spread in ((bodies.weight_kg, BODIES.weight[sex]), (bodies.height_cm, BODIES.height[sex])):
            width = np.sqrt(np.log1p(spread.cv**2))
            low, high = (np.log(bound / spread.typical) / width for bound in (spread.low, spread.high))
            standing = np.log(sizes[who] / spread.typical) / width
            assert (standing.min() >= low, standing.max() <= high) == (True, True)
            assert kstest(standing, truncnorm(low, high).cdf).pvalue > 1e-3
    exact = [
        float(mosteller(Fraction(w), Fraction(h))) for w, h in zip(bodies.weight_kg[:50], bodies.height_cm[:50], strict=True)
    ]
    assert bodies.bsa_m2[:50].tolist() == exact


def test_where_sex_is_not_asked_about_nobody_has_one():
    bodies = Bodies(None, dict.fromkeys(("female", "male"), Spread(70.0, 0.2, 40.0, 120.0)))
    drawn = bodies_of(Population(4, 7, bodies=bodies), Subject(), Runs.of(0, 0, 4))
    assert set(drawn.sex) == {""}
    assert set(drawn.height_cm) == {167.0}
    assert len(set(drawn.weight_kg)) == 4


def test_a_size_that_does_not_vary_is_the_same_in_everyone():
    bodies = Bodies(None, dict.fromkeys(("female", "male"), Spread(65.0, 0.0, 65.0, 65.0)))
    assert set(bodies_of(Population(4, 7, bodies=bodies), Subject(), Runs.of(0, 0, 4)).weight_kg) == {65.0}


def test_people_are_used_as_they_are_in_every_draw():
    people = People(
        "people.csv", "", np.array([50.0, 90.0]), np.array([1.5, 2.1]), np.array([np.nan, 180.0]), ("", "male"),
        {"T0": np.array([20.0, 40.0])},
    )  # fmt: skip
    population = Population(2, 7, draws=3, people=people)
    for number in range(3):
        drawn = draw_subjects(population, MODEL, Subject(), runs=Runs.of(number, 0, 2))
        assert (drawn.weight_kg.tolist(), drawn.bsa_m2.tolist()) == ([50.0, 90.0], [1.5, 2.1])
        assert column(drawn, "T0").tolist() == [20.0, 40.0]
    (second,) = draw_subjects(population, MODEL, Subject(), runs=Runs.of(1, 1, 1)).weight_kg
    assert second == 90.0

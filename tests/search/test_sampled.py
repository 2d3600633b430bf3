"""Spaces that are sampled: a planted optimum, limits, the same bytes however the work is cut, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regimens.exposure import exposure_of
from regimens.report.search import page
from regimens.report.text import searching
from regimens.scenario.search import MOST_CANDIDATES
from regimens.search import sampled
from regimens.search.export import files_of, provenance_mapping
from regimens.search.run import find_schedules
from regimens.search.sampled import _Space
from regimens.work import Store, local

from . import small

LARGE = (
    ("step: 0.25 MIU", "step: 200 IU"),
    ("[1 day, 3 days]", "[1 day, 2 days, 3 days]"),
    ("doses: 2\n", "doses: 1-14\n"),
    ("total at most 4 MIU", "doses at most 12, peak of amount at most 700000"),
    ("draws: 24", "draws: 4"),
)
"""More than 100,000 schedules. The gain of a dose is largest at 750,000 IU, and 700,000 IU are allowed; so 12 of these are best."""


@pytest.fixture(autouse=True, scope="module")
def few():
    with pytest.MonkeyPatch.context() as patch:
        for name, number in (("LOOKED_AT", 120), ("FIRST", 60), ("ROUND", 30)):
            patch.setattr(sampled, name, number)
        yield


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return small.bent(tmp_path_factory.mktemp("sampled"), *LARGE)


@pytest.fixture(scope="module")
def found(few, scenario):
    """What one worker finds, in tasks of the usual size."""
    with local(1) as executor:
        return find_schedules(scenario, executor=executor, most=10)


def _gain(one):
    """The gain of a schedule over its doses, at the typical rate (see `small.BENT`)."""
    amount = float(one.amount.value)
    return one.timing.all_doses * (amount - amount**2 / 1_500_000)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_planted_optimum_is_found_and_no_schedule_beyond_a_limit_is_reported(found, scenario):
    subject = scenario.subject
    assert scenario.search.size(subject) > MOST_CANDIDATES
    assert len(set(found.candidates)) == len(found.candidates) == found.screened.looked_at == 120
    best = found.candidate(found.answer.best)
    assert _gain(best) > 0.95 * 12 * (700_000 - 700_000**2 / 1_500_000)
    ranked = [row for row in found.schedules if row.rank is not None]
    assert ranked
    for row in ranked:
        one = next(one for one in found.candidates if one.words == row.schedule)
        (exposure,) = exposure_of(one.regimen, subject)
        assert exposure.doses <= 12
        assert exposure.span_h <= 14 * 24
        assert one.amount.value <= 700_000


def test_proposals_are_better_than_schedules_that_are_drawn_evenly(found):
    allowed = [one.amount.value <= 700_000 and one.timing.all_doses >= 10 for one in found.candidates]
    assert sum(allowed[60:]) > sum(allowed[:60])


def _bytes(found):
    return {name: content for name, content in files_of(found, page(found)).items() if not callable(content)}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_neither_workers_nor_chunks_nor_a_resume_change_a_byte(found, scenario, tmp_path):
    """Two workers with small tasks, stopped in the second round and gone on with."""
    rounds = []

    def stop(done, total):
        rounds.append(done)
        if rounds.count(0) == 2 and done == 1:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        Store.open(tmp_path / "kept", {"a": 1}) as store,
        local(2) as executor,
    ):
        find_schedules(scenario, executor=executor, store=store, progress=stop, most=10, chunk=17)
    with Store.open(tmp_path / "kept", {"a": 1}, resume=True) as store, local(2) as executor:
        assert store.reused > 0
        assert _bytes(find_schedules(scenario, executor=executor, store=store, most=10, chunk=17)) == _bytes(found)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_another_seed_looks_at_other_schedules(found, scenario):
    other = replace(scenario, population=replace(scenario.population, seed=5))
    assert set(found.candidates) != set(find_schedules(other, most=1).candidates)


def test_the_size_of_the_space_and_what_was_looked_at_are_said(found):
    said = (
        f"The space was sampled: 120 of its {found.size:,} schedules were looked at. A search like this finds good schedules and does "
        "not prove that there is no better one."
    )
    assert said in searching.answer(found)
    assert said in page(found)
    assert f"{found.size:,} schedules of IL-2" in searching.opening(found)
    assert "120 of them, a sample, screened" in searching.opening(found)
    assert provenance_mapping(found)["search"]["schedules"] == found.size
    assert provenance_mapping(found)["search"]["screened"] == 120


def test_schedules_and_their_numbers_are_the_same(tmp_path):
    scenario = small.scenario(("[9 days]", "[none, 9 days]"))
    space = _Space(scenario.search, scenario.subject)
    for one in scenario.search.candidates(scenario.subject):
        assert space.candidate(space.params(one)) == (one, 0.0)
    assert {one for one, _ in zip(space.drawn(3), range(600), strict=False)} == set(scenario.search.candidates(scenario.subject))


def test_how_far_a_proposal_is_beyond_a_limit_is_known(scenario):
    space = _Space(scenario.search, scenario.subject)
    params = {"amount": 0, "every": 0, "doses": 13, "cycles": 0, "rest": 0}
    assert space.candidate(params) == (None, pytest.approx(14 / 12 - 1))
    params |= {"every": 2, "doses": 9}
    assert space.candidate(params) == (None, pytest.approx(30 / 14 - 1))

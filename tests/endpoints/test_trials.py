"""Standardised mean differences of a trial of subjects who are given different doses, against closed forms of the linear model."""

from dataclasses import replace

import numpy as np
import pytest

from regimens.endpoints import endpoint_values, parse_endpoint
from regimens.regimen import hours, parse_regimen
from regimens.regimen.events import DosePlan
from tests.endpoints.linear import KE, arm_of

AMOUNTS = np.array([0.5, 1.0, 2.5, 4.0])
"""IL-2 of each subject (MIU): a rise of as much, of what is 1 in everybody before."""


def trial(words, amounts=AMOUNTS):
    plan = DosePlan.of([parse_regimen(f"{amount} MIU IV once").events(hours(48)) for amount in amounts], len(amounts))
    return arm_of("1 MIU IV once", 48.0, [words], plan)


def exact(amounts, after_h=12.0):
    """Return Hedges' g of 1 + amount x what is left against 1: only the readings after have a variance."""
    risen, count = amounts * np.exp(-KE * after_h), len(amounts)
    return risen.mean() / np.sqrt(risen.var(ddof=1) / 2) * (1 - 3 / (4 * (2 * count - 2) - 1))


def test_an_smd_is_that_of_all_subjects_of_the_arm_and_the_same_for_each():
    words = "SMD of raised from baseline to 12 h"
    found = endpoint_values(parse_endpoint(words), trial(words))
    assert found.shape == (4,)
    np.testing.assert_allclose(found, exact(AMOUNTS), rtol=1e-8)


def test_an_smd_with_so_many_subjects_is_that_of_the_first():
    words = "SMD of raised from baseline to 12 h with 3 subjects"
    np.testing.assert_allclose(endpoint_values(parse_endpoint(words), trial(words)), exact(AMOUNTS[:3]), rtol=1e-8)


def test_the_sign_is_that_of_the_change():
    words = "SMD of lowered from baseline to 12 h"
    np.testing.assert_allclose(endpoint_values(parse_endpoint(words), trial(words)), -exact(AMOUNTS), rtol=1e-8)


def test_a_subject_that_failed_is_left_out_of_the_trial_and_has_no_number():
    words = "SMD of raised from baseline to 12 h"
    arm = trial(words)
    failed = replace(arm, read=replace(arm.read, status=np.array([0, 0, 1, 0])))
    expected = np.full(4, exact(AMOUNTS[[0, 1, 3]]))
    expected[2] = np.nan
    np.testing.assert_allclose(endpoint_values(parse_endpoint(words), failed), expected, rtol=1e-8)


@pytest.mark.parametrize("amounts", [[2.0], [2.0, 2.0, 2.0]], ids=["one subject", "subjects who are all alike"])
def test_a_trial_without_a_spread_has_no_smd(amounts):
    words = "SMD of raised from baseline to 12 h"
    assert np.isnan(endpoint_values(parse_endpoint(words), trial(words, amounts))).all()

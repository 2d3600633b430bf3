"""What a drug is: its label, its units, its specific activity, and which drug leads."""

from fractions import Fraction

import pytest

from regimens.drugs import IL2, SPECIFIC_ACTIVITY, display_unit, label, leading, unit_of
from regimens.units import AMOUNT_UNITS


@pytest.mark.parametrize(
    ("drug", "name", "unit", "shown"), [("il2", "IL-2", "IU", "MIU"), ("rapamycin", "rapamycin", "mg", "mg")]
)
def test_a_drug_has_a_label_a_unit_and_the_unit_in_which_it_is_shown(drug, name, unit, shown):
    assert (label(drug), unit_of(drug), display_unit(unit_of(drug))[0]) == (name, unit, shown)


@pytest.mark.parametrize("unit", ["IU", "mg"])
def test_the_size_of_a_display_unit_is_that_of_the_table_of_units(unit):
    shown, size = display_unit(unit)
    assert AMOUNT_UNITS[shown] == (unit, size)


def test_il2_leads_and_without_it_the_first_drug_by_name():
    assert leading(["tocilizumab", "il2", "abatacept"]) == "il2"
    assert leading(["tocilizumab", "abatacept"]) == "abatacept"
    assert leading(iter(["tocilizumab"])) == "tocilizumab"
    assert leading([]) is None


def test_18_miu_of_aldesleukin_are_1100_ug_and_the_nmol_of_its_molar_mass():
    activity = SPECIFIC_ACTIVITY[IL2]
    assert activity.ug(Fraction(18_000_000)) == 1100
    assert activity.nmol(Fraction(18_000_000)) == Fraction(1_100_000, 15_300)

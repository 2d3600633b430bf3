"""Arms are coloured by what differs, and those that give the same doses are one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regimens.figures import theme
from regimens.figures.arms import in_order
from tests.examples import examples

from ..report import example
from .drawing import arms_of, looks_of, luminance, rising

COURSES = 20
"""Examples of a property for each of which a whole scenario is resolved."""

AMOUNTS = st.lists(st.sampled_from(["0.25", "0.5", "1", "1.5", "2", "3"]), min_size=1, max_size=4, unique=True)


@st.composite
def schedules(draw) -> dict[str, str]:
    """Return up to eight families of schedules in up to four amounts each, and an arm without doses, in any order."""
    days = draw(st.lists(st.integers(1, 12), min_size=1, max_size=8, unique=True))
    words = {f"{amount} every {day}": f"{amount} MIU SC every {day} days x 6" for day in days for amount in draw(AMOUNTS)}
    return dict(draw(st.permutations([*words.items(), ("nothing", "")])))


@examples(COURSES)
@given(schedules())
def test_levels_of_one_schedule_are_steps_of_one_hue_by_dose_and_other_schedules_have_other_hues(words):
    looks = {look.name: look for look in arms_of(words)}
    dosed = [look for look in looks.values() if look.dosed]
    assert len({look.colour for look in dosed}) == len(dosed) == len(words) - 1
    assert len({look.ink.dark for look in dosed}) == len(dosed)
    families: dict[str, list] = {}
    for look in sorted(dosed, key=lambda look: float(look.name.split()[0])):
        families.setdefault(look.name.partition(" ")[2], []).append(look)
    assert sorted(look.family for members in families.values() for look in members[:1]) == list(range(len(families)))
    for members in families.values():
        assert {look.family for look in members} == {members[0].family}
        assert tuple(look.ink for look in members) == theme.steps(theme.HUES[members[0].family], len(members))
        assert rising(-luminance(look.colour) for look in members)
    nothing = looks["nothing"]
    assert (nothing.ink, nothing.dash, nothing.family, nothing.words) == (theme.CONTEXT, "solid", -1, "no doses")


def test_amounts_are_ordered_by_total_whatever_their_names_and_places():
    looks = {
        look.name: look for look in arms_of({"b": "2 MIU SC daily x 5", "a": "0.5 MIU SC daily x 5", "c": "1 MIU SC daily x 5"})
    }
    assert [looks[name].ink for name in "acb"] == list(theme.steps(theme.HUES[0], 3))


def test_another_route_basis_drug_or_duration_is_another_schedule():
    words = {
        "flat": "1 MIU SC daily x 5",
        "by weight": "0.01 MIU/kg SC daily x 5",
        "in a vein": "1 MIU IV daily x 5 over 1 h",
        "in a vein, longer": "1 MIU IV daily x 5 over 2 h",
        "mutein": "mutein: 1 mg SC daily x 5",
    }
    assert [look.family for look in arms_of(words)] == [0, 1, 2, 3, 4]


def test_with_more_schedules_than_hues_all_have_one_accent_and_dashes_come_round_again():
    words = {f"every {day}": f"1 MIU SC every {day} days x 4" for day in range(1, 11)}
    looks = arms_of(words)
    assert {look.ink for look in looks} == {theme.ACCENT}
    assert [look.family for look in looks] == list(range(10))
    assert [look.dash for look in looks] == [*theme.DASHES, *theme.DASHES[:2]]


def test_up_to_eight_arms_with_doses_have_dashes_of_their_own():
    looks = arms_of({"no dose": ""} | {f"{amount} MIU": f"{amount} MIU SC daily x 5" for amount in range(1, 9)})
    assert [look.dash for look in looks] == ["solid", *theme.DASHES]


def test_arms_that_give_the_same_doses_are_one_under_the_name_of_the_first():
    words = {
        "placebo": "",
        "first": "1 MIU SC every other day x 3",
        "twin": "1 MIU SC every 2 days x 3",
        "other": "2 MIU SC every 2 days x 3",
        "control": "",
    }
    looks = arms_of(words)
    assert [(look.index, look.name, look.names) for look in looks] == [
        (0, "placebo", ("placebo", "control")),
        (1, "first", ("first", "twin")),
        (3, "other", ("other",)),
    ]


def test_arms_made_from_arms_are_not_among_those_as_written():
    made = example.drawn()
    assert len(made.study.arms) > len(example.LADDER)
    assert [look.name for look in looks_of(made)] == list(example.LADDER)


def test_an_arm_carries_its_doses_and_totals_with_the_leading_drug_first():
    words = "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
    (look,) = arms_of({"both": words})
    assert [doses.drug for doses in look.doses] == ["il2", "tocilizumab"]
    assert [row.drug for row in look.exposure] == ["il2", "tocilizumab"]
    assert look.doses_of("tocilizumab").given.tolist() == [560.0]
    assert float(look.exposure_to("il2").total) == 2_500_000
    assert look.doses_of("mutein") is None
    assert look.exposure_to("mutein") is None


def test_cycles_hold_the_starts_of_their_doses():
    (look,) = arms_of({"two": "(1 MIU SC daily x 2, rest 5 days) x 2"})
    assert [(cycle, starts.tolist()) for cycle, starts in look.doses[0].cycles] == [(1, [0.0, 24.0]), (2, [168.0, 192.0])]


def test_drugs_stand_with_the_leading_one_first_and_the_others_by_name():
    assert in_order(["tocilizumab", "il2", "mutein"]) == ("il2", "mutein", "tocilizumab")
    assert in_order([]) == ()

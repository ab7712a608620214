"""Which questionnaires a place is asked, and why."""

from datetime import date

import pytest

from questionnaires import Answerer, KnownPlace, answered_by, list_shipped, modules, propose
from questionnaires.library.modules import good_until
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind
from tests.library_rows import BY_ID, REFS, listed_options

TODAY = date(2026, 6, 15)
SITE = NodeKind.SITE.value


def proposed(**known: object) -> dict[str, str]:
    place = KnownPlace(**{"kind": SITE, **known})  # type: ignore[arg-type]
    return {one.ref: one.reason for one in propose(place, today=TODAY)}


def test_every_questionnaire_of_the_library_says_whom_it_asks_in_the_order_of_the_method():
    assert list(modules()) == list(REFS)
    assert {shipped.ref for shipped in list_shipped()} == set(modules())
    assert "".join(module.letter for module in modules().values()) == "abcdefghij"
    assert all(module.for_whom.endswith(".") for module in modules().values())


def test_visits_and_case_work_are_not_answered_by_suppliers():
    others = {ref: answered_by(ref) for ref in REFS if answered_by(ref) != Answerer.SUPPLIER}

    assert others == {"AUD": Answerer.ASSESSOR, "REM": Answerer.CASE_WORKER}
    assert answered_by("A-FORM-OF-OUR-OWN") is Answerer.SUPPLIER


def test_words_of_the_rule_are_those_of_the_reference_data():
    reference = load_reference()
    divisions = {sector.isic_division for sector in reference.sectors.values()}
    roles = [role for module in modules().values() for role in module.roles]

    for module in modules().values():
        assert set(module.activities) <= set(reference.activities), module.ref
        assert set(module.kinds) <= set(NodeKind), module.ref
        assert not module.divisions or divisions & set(module.divisions), module.ref
    assert sorted(roles) == sorted(set(listed_options(BY_ID["SAQ-A01"])) - {"other"})


def test_of_a_place_nothing_is_known_but_that_it_starts_with_the_core():
    assert proposed() == {"SAQ": "Every supplier starts here."}


def test_behind_an_unknown_origin_stands_nobody_who_could_be_asked():
    assert proposed(kind=NodeKind.UNKNOWN_ORIGIN.value, division="01") == {}


@pytest.mark.parametrize(
    ("known", "ref", "reason"),
    [
        ({"role": "trader"}, "AGR", "It says what it is: Trader."),
        ({"role": "farm_or_group"}, "AGR", "It says what it is: Farm or farmer group."),
        ({"role": "mine"}, "MIN", "It says what it is: Mine."),
        ({"kind": "labour_intermediary"}, "REC", "On the map it is a labour provider."),
        ({"kind": "platform"}, "ONL", "On the map it is a platform."),
        ({"division": "14", "sector": "Garment making"}, "APP", "Its sector: Garment making."),
        ({"division": "64", "sector": "Banks"}, "FIN", "Its sector: Banks."),
        ({"division": "55", "sector": "Hotels"}, "TRV", "Its sector: Hotels."),
        ({"goods": {"cocoa": "Cocoa"}}, "AGR", "It handles: Cocoa."),
    ],
)
def test_role_kind_sector_and_goods_lead_to_a_questionnaire_with_its_reason(known, ref, reason):
    assert proposed(**known) == {"SAQ": "Every supplier starts here.", ref: reason}


def test_what_a_place_says_of_itself_is_the_first_reason():
    found = proposed(role="processor", division="01", sector="Farming", goods={"tea": "Tea"})

    assert found["AGR"].startswith("It says what it is: Processor")


def test_a_garment_factory_that_buys_cotton_is_asked_both():
    found = proposed(division="14", sector="Garment making", goods={"cotton": "Cotton picking"})

    assert list(found) == ["SAQ", "AGR", "APP"]


def test_what_is_on_its_way_is_not_proposed_again():
    assert proposed(role="mine", open=["SAQ"]) == {"MIN": "It says what it is: Mine."}


@pytest.mark.parametrize(
    ("accepted", "again"),
    [
        (date(2025, 8, 14), True),  # good until 14 August: 60 days from today
        (date(2025, 8, 15), False),
        (date(2026, 6, 1), False),
        (date(2020, 2, 29), True),
    ],
)
def test_answers_are_asked_again_from_sixty_days_before_they_are_a_year_old(accepted, again):
    assert ("SAQ" in proposed(accepted={"SAQ": accepted})) is again


def test_the_reason_tells_how_long_the_last_answers_are_good():
    assert good_until(date(2024, 2, 29)) == date(2025, 2, 28)
    assert proposed(accepted={"SAQ": date(2024, 2, 29)}) == {
        "SAQ": "Every supplier starts here. Its last answers are good until 28 February 2025."
    }

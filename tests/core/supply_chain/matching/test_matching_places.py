"""Two sites of one firm are two nodes: names alone never make records of two places the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.matching.matcher import find_within, score_pairs
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.records import Record
from supply_chain.matching.sounds import sounded
from supply_chain.matching.two_places import questioned
from tests.sampling import examples

FIRM = "Artistic Milliners"
KARACHI = Record("a", FIRM, "Plot 4, Korangi Road, Karachi", "PK", "Karachi", "Sindh", 24.8, 67.1)
LEI = {"lei": "5493001KJTIIGC8Y1R12"}


def one(left: Record, right: Record) -> Pair:
    return score_pairs([(left, right)])[0]


def firm(ref: str, **told: object) -> Record:
    return replace(Record(ref, FIRM, country="PK", company=FIRM), **told)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"address": "Plot 4, Korangi Road"}, {"address": "Plot 21, Sector 25, Landhi"}),
        ({"address": "14 Main Road, Dhaka"}, {"address": "12 Main Road, Dhaka"}),
        ({"address": "Korangi Industrial Area"}, {"address": "Hub Road, Lasbela, Balochistan"}),
        ({"address": "14 Main Road, Dhaka"}, {"address": "14 Main Road, Chittagong"}),
        ({"address": "14 Main Rd Lahore Punjab"}, {"address": "14, Main Road, Multan, Punjab"}),
        ({"address": "上海市南京路14号"}, {"address": "北京市南京路14号"}),
        ({"address": "Hauptstr. 14, Berlin"}, {"address": "Hauptstraße 14, München"}),
        ({"city": "Karachi"}, {"city": "Lahore"}),
        ({"region": "Sindh"}, {"region": "Punjab"}),
        ({"address": "Dhaka"}, {"address": "Chittagong"}),
        ({"country": "PK"}, {"country": "BD"}),
        ({"latitude": 24.8, "longitude": 67.0}, {"latitude": 24.8, "longitude": 67.1}),
        ({"latitude": 24.8, "longitude": 67.0}, {"latitude": 31.5, "longitude": 74.3}),
        ({"city": "Karachi", "external_ids": LEI}, {"city": "Lahore", "external_ids": LEI}),
        ({"name": f"{FIRM} Unit 1"}, {"name": f"{FIRM} Unit 2"}),
        ({"name": FIRM}, {"name": f"{FIRM} Unit 2"}),
    ],
)
def test_equal_names_of_two_places_are_never_the_same(left, right):
    assert one(firm("a", **left), firm("b", **right)).decision is not Decision.SAME


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("14 Main Road, Dhaka", "14 Main Rd., Dacca 1212"),
        ("14 Main Road, Dhaka", "14 Main Road"),
        ("14 Main Road, Savar, Dhaka", "14 Main Road, Dhaka"),
        ("No.5 Cengyao Ind. Estate, Yulu, Baoan, Shenzhen", "No.5 Cengyao Industrial Estate, Yulu"),
        ("Plot 7 Kaliganj Estate, Ashulia, Savar", "Plot 7 Kaliganj Estate, Savar Upazila"),
    ],
)
def test_one_address_told_in_two_ways_stays_one_place(left, right):
    pair = one(firm("a", address=left), firm("b", address=right))

    assert pair.decision is Decision.SAME, pair


def test_the_reasons_name_the_towns_that_two_addresses_end_in():
    pair = one(firm("a", address="14 Main Road, Dhaka"), firm("b", address="14 Main Road, Khulna"))

    assert pair.decision is Decision.REVIEW
    assert "addresses end in other places (dhaka and khulna)" in pair.reasons


@examples(60)
@given(
    st.text("abcdefgh ", min_size=1, max_size=25).filter(str.strip),
    st.floats(-60, 60),
    st.floats(0.06, 20),
)
def test_sites_more_than_five_km_apart_are_never_the_same_by_their_names(name, latitude, degrees):
    here = Record("a", name, country="ID", company=name, latitude=latitude, longitude=100.0)

    there = replace(here, id="b", latitude=latitude + degrees)

    assert one(here, there).decision is not Decision.SAME


@pytest.mark.parametrize(
    "right",
    [
        replace(KARACHI, address="", city="Korangi"),
        replace(KARACHI, address="Landhi Export Processing Zone", latitude=24.801),
        replace(KARACHI, address="PLOT # 4 Korangi Rd Karachi", latitude=26.0),
        replace(KARACHI, country="IN"),
        replace(KARACHI, name=f"{FIRM} 1"),
    ],
)
def test_one_sign_of_two_places_is_outweighed_by_an_equal_address_or_point(right):
    assert one(KARACHI, replace(right, id="b")).decision is Decision.SAME


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("Plot 14, Korangi Road, Karachi", "Korangi Road, Karachi 74900"),
        ("Plot 147, Korangi Road, Karachi", "Plot 1 4 7, Korangi Road, Karachi"),
        ("Plot 330, Korangi Road, Karachi", "Plot 33o, Korangi Road, Karachi"),
    ],
)
def test_numbers_that_cannot_be_compared_are_no_sign_of_two_places(address, other):
    pair = one(firm("a", address=address), firm("b", address=other))

    assert pair.decision is Decision.SAME
    assert "no number common to both addresses" not in pair.reasons


def test_a_shorter_address_is_no_other_place():
    longer = "phum angchanh, khum tumnup thom, sruk ponhea lueu, kandal province"

    assert one(firm("a", address=longer), firm("b", address="khum tumnup thom")).decision is (
        Decision.SAME
    )


def test_an_id_of_the_site_outweighs_places_that_differ():
    shared = {"os_id": "PK2021250D1DTN7"}
    left, right = firm("a", city="Karachi", external_ids=shared), firm("b", city="Lahore")

    assert one(left, right).decision is Decision.REVIEW
    assert one(left, replace(right, external_ids=shared)).decision is Decision.SAME


@pytest.mark.parametrize("scheme", ["gln", "os_id", "lei"])
def test_records_that_say_the_same_under_two_ids_are_a_question(scheme):
    left, right = (firm(ref, external_ids={scheme: f"40123450000{ref}"}) for ref in "ab")

    pair = one(left, right)

    assert pair.decision is Decision.REVIEW
    assert pair.reasons[0] == f"different {scheme.replace('_', ' ').upper()} id"


def test_a_shared_id_beside_one_that_contradicts_it_is_a_question():
    left = firm("a", external_ids={"gln": "4012345000009", "os_id": "PK2021A"})
    right = firm("b", external_ids={"gln": "4012345000009", "os_id": "PK2021B"})

    assert one(left, right).decision is Decision.REVIEW


def test_names_without_letters_are_not_compared():
    pair = one(Record("a", "---"), Record("b", "***"))

    assert pair.decision is Decision.DIFFERENT
    assert pair.reasons == ("names without letters cannot be compared",)


def test_a_list_of_the_sites_of_one_firm_holds_questions_and_no_same():
    towns = ("Karachi", "Lahore", "Multan", "Quetta")
    found = find_within([firm(town, city=town) for town in towns])

    assert [pair.decision for pair in found] == [Decision.REVIEW] * 6
    assert all("cities or regions differ" in pair.reasons for pair in found)


def test_questions_keep_their_order_and_stay_below_the_same():
    asked = questioned(np.array([0.1, 0.3, 0.31, 0.8, 1.0]), same_from=0.5, review_from=0.3)

    assert asked[:2].tolist() == [0.1, 0.3]
    assert (np.diff(asked) > 0).all()
    assert asked[-1] < 0.4995


@pytest.mark.parametrize(
    ("one_spelling", "other_spelling"),
    [
        ("gazprom", "gasprom"),
        ("muellertekstil", "mullertextil"),
        ("citygroup", "citigroup"),
        ("philips", "filips"),
        ("singhal", "singal"),
        ("hennessyco", "henesico"),
    ],
)
def test_names_that_sound_alike_are_spelled_alike(one_spelling, other_spelling):
    one_sound, other_sound = sounded([one_spelling, other_spelling])

    assert one_sound == other_sound


def test_numbers_do_not_sound_and_names_stay_in_their_places():
    assert sounded(["unit33", "", "hh"]) == ["unit33", "", ""]
    assert sounded([]) == []


def test_another_spelling_of_one_sound_is_told_as_the_same():
    assert one(Record("a", "Gazprom"), Record("b", "Gasprom JSC")).decision is Decision.SAME
    assert one(Record("a", "Müller"), Record("b", "Mueller GmbH")).decision is Decision.SAME


def test_one_street_name_in_two_towns_is_a_question():
    tirupur = Record("a", "Royal Garments", address="Main Rd", country="IN", city="Tirupur")
    ludhiana = replace(tirupur, id="b", city="Ludhiana")

    asked = one(tirupur, ludhiana)

    assert asked.decision is Decision.REVIEW
    assert "cities or regions differ" in asked.reasons
    assert one(tirupur, replace(tirupur, id="b")).decision is Decision.SAME


def test_a_town_and_its_district_are_no_two_towns_beside_a_park():
    park = Record("a", "Royal Garments", address="Export Park", country="BD", city="Savar")
    district = replace(park, id="b", city="Savar", region="Dhaka")

    assert one(park, district).decision is Decision.SAME

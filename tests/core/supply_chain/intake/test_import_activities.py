"""What a place does is found in the words of a list, and asked where the words leave it open."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import supply_chain
from supply_chain.intake.activities import (
    CERTAIN,
    activity_of_goods,
    find_activity,
    find_activity_in_name,
)
from supply_chain.intake.activity_words import hits_in, sectors_of_goods
from supply_chain.reference.release import load_reference

DATA = Path(supply_chain.__file__).parent / "data"
ROWS = Path(__file__).parents[3] / "data" / "activity_rows.csv"
GERMAN = ROWS.with_stem("activity_rows_german")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_of_200_cells_in_eight_languages_90_per_cent_are_right_and_2_wrong_without_a_question() -> (
    None
):
    rows = rows_of(ROWS)
    found = [(row["sector"], find_activity(row["text"])) for row in rows]
    got = [(right, one.sector if one.is_certain else "ask") for right, one in found]

    assert len(rows) == 200 and len({row["language"] for row in rows}) == 8
    assert sum(right == answer for right, answer in got) >= 180
    assert sum(answer not in ("ask", right) for right, answer in got) <= 4


def test_of_german_cells_90_per_cent_are_right_and_none_is_wrong_without_a_question() -> None:
    rows = rows_of(GERMAN)
    found = [(row["sector"], find_activity(row["text"])) for row in rows]
    got = [(right, one.sector if one.is_certain else "ask") for right, one in found]

    assert len(rows) == 142
    assert sum(right == answer for right, answer in got) >= 0.9 * len(rows)
    assert [pair for pair in got if pair[1] not in ("ask", pair[0])] == []


@pytest.mark.parametrize(
    ("text", "good", "sector"),
    [
        ("Kakaoplantage", "cocoa", "cocoa_farming"),
        ("Baumwollanbau", "cotton", "cotton_farming"),
        ("Bananenplantage", "bananas", "fresh_produce_farming"),
        ("ZINNMINE", "tin", "tin_tantalum_tungsten_mining"),
        ("Bekleidungsfabrik", None, "garments"),
    ],
)
def test_a_german_compound_tells_its_good_and_what_is_done_with_it(
    text: str, good: str | None, sector: str
) -> None:
    found = find_activity(text)

    assert (found.sector, found.is_certain, found.why) == (sector, True, text)
    assert {hit.phrase.good for hit in hits_in(text).hits} - {None} == {good} - {None}


@pytest.mark.parametrize("text", ["Netzwerk", "Handwerk", "Carmine", "Jasmine", "Feinwerk"])
def test_a_word_that_only_ends_like_an_activity_tells_none(text: str) -> None:
    assert hits_in(text).hits == ()


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("Cut & Sew", "garments"),
        ("Leather tannery", "leather_tanning"),
        ("garmet sewing", "garments"),
        ("sewing machines", "industrial_machinery"),
        ("leather goods shop", "retail"),
        ("Fabric mill - dyeing and printing", "textile_mills"),
        ("business_software", "business_software"),
    ],
)
def test_the_more_specific_words_name_the_sector(text: str, sector: str) -> None:
    found = find_activity(text)

    assert (found.sector, found.is_certain) == (sector, True)


@pytest.mark.parametrize("text", ["retail shop", "Head office", "software", "офис", "商店", "duka"])
def test_shops_offices_and_software_are_no_factories(text: str) -> None:
    expected = {"retail", "professional_services", "business_software"}

    assert find_activity(text).sector in expected | {None}


def test_what_is_farmed_or_mined_tells_the_sector_beside_a_general_word() -> None:
    assert not find_activity("farming").is_certain
    assert find_activity("farming", goods=("cotton",)).sector == "cotton_farming"
    assert find_activity("mine", goods=("cobalt",)).sector == "cobalt_mining"
    assert find_activity("mill", goods=("rice",)).sector == "food_processing"


def test_several_activities_in_one_cell_are_a_question() -> None:
    found = find_activity("knitting, dyeing, sewing")

    assert not found.is_certain
    assert set(found.candidates) == {"textile_mills", "garments"}


def test_a_product_is_a_question_but_under_a_heading_of_sectors_it_is_certain() -> None:
    assert not find_activity("Apparel").is_certain
    assert find_activity("Apparel", of_sectors=True).sector == "garments"
    assert activity_of_goods(("garments",)).candidates == ("garments", "wholesale", "retail")
    assert not activity_of_goods(("garments",)).is_certain


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("Gujarat Cotton Gin", "textile_mills"),
        ("Sindh Spinners (Pvt) Ltd", "textile_mills"),
        ("Software House GmbH", "business_software"),
        ("Hilandería San José S.A.", "textile_mills"),
        ("Green Valley Tea Estate", "tea_farming"),
    ],
)
def test_a_name_tells_the_activity_where_its_words_are_certain(name: str, sector: str) -> None:
    found = find_activity_in_name(name)

    assert (found.sector, found.is_certain) == (sector, True)


@pytest.mark.parametrize(
    "name",
    [
        "ABC Garments Ltd",
        "Vidarbha farms",
        "School Uniforms Ltd",
        "Sunrise Trading",
        "Alfa",
        "Mill",
    ],
)
def test_a_name_that_leaves_the_activity_open_is_never_taken_for_certain(name: str) -> None:
    assert not find_activity_in_name(name).is_certain


def test_every_word_leads_to_a_sector_and_to_goods_that_there_are() -> None:
    reference = load_reference()
    for row in rows_of(DATA / "activity_words.csv"):
        known = reference.commodities if row["kind"] == "goods" else reference.sectors
        assert set(filter(None, row["sectors"].split("|"))) <= known.keys(), row
    for (_, good), sector in sectors_of_goods().items():
        assert good in reference.commodities and sector in reference.sectors


@given(st.text(max_size=60))
def test_any_text_gives_a_known_sector_or_none(text: str) -> None:
    found = find_activity(text)

    assert 0 <= found.certainty <= 1
    assert {found.sector, *found.candidates} - {None} <= load_reference().sectors.keys()
    assert not found.is_certain or found.certainty >= CERTAIN


def test_sewing_with_goods_of_another_maker_is_a_question() -> None:
    shoes = find_activity("缝制", goods=("footwear",))

    assert not shoes.is_certain and shoes.candidates == ("footwear", "garments")
    assert find_activity("sewing", goods=("garments",)).sector == "garments"
    assert find_activity("sewing", goods=("cotton",)).is_certain


def test_words_for_who_hires_and_what_is_done_to_goods_are_known_in_their_languages() -> None:
    for text, sector in (
        ("usinage de cacao", "food_processing"),
        ("vanilliculture", "vanilla_farming"),
        ("savonnerie", "chemicals"),
        ("enganche de jornaleros", "recruitment_agencies"),
        ("elçilik (tarım aracısı)", "recruitment_agencies"),
        ("nuôi tôm", "shrimp_farming"),
        ("pabrik kelapa sawit", "palm_oil_milling"),
        ("Nähatelier", "garments"),
        ("Möbelbau", "furniture"),
    ):
        assert find_activity(text).sector == sector, text
        assert find_activity(text).is_certain, text

"""Country cells in many spellings and languages become ISO 3166-1 alpha-2 codes."""

import csv
from pathlib import Path

import pytest

import supply_chain
from supply_chain.intake import countries
from supply_chain.intake.cells import CellFault
from supply_chain.intake.countries import (
    countries_in_cell,
    country_code,
    country_in_address,
    country_point,
    successors_of,
    suggest_country,
)
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.intake.places import parse_country

DATA = Path(supply_chain.__file__).parent / "data"


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("VN", "VN"),
        ("vnm", "VN"),
        ("Viet Nam", "VN"),
        ("VIETNAM", "VN"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Ivory Coast", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("C⌠te d'Ivoire", "CI"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("Korea, South", "KR"),
        ("Korea (Republic of)", "KR"),
        ("Democratic Republic of Congo", "CD"),
        ("Congo (Brazzaville)", "CG"),
        ("China Mainland", "CN"),
        ("P.R. China", "CN"),
        ("the Netherlands", "NL"),
        ("Republic of Kenya", "KE"),
        ("NA", "NA"),
        ("Namibia", "NA"),
        ("Allemagne", "DE"),
        ("Alemania", "DE"),
        ("中国", "CN"),
        ("Индия", "IN"),
        ("المغرب", "MA"),
        ("Fildişi Sahili", "CI"),
        ("Guangdong", "CN"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("India (Tamil Nadu)", "IN"),
        ("Wietnam", "VN"),
        ("베트남", "VN"),
        ("ベトナム", "VN"),
        ("ประเทศไทย", "TH"),
        ("भारत", "IN"),
        ("Bangladesch", "BD"),
        ("Türkei", "TR"),
        ("Trung Quốc", "CN"),
        ("中國", "CN"),
        ("704", "VN"),
        ("Dem. Rep. Congo", "CD"),
        ("Korea Rep.", "KR"),
        ("Bosnia & Herz.", "BA"),
        ("DR Kongo", "CD"),
        ("Congo (RDC)", "CD"),
        ("刚果(金)", "CD"),
        ("Mỹ", "US"),
        ("Áo", "AT"),
        ("Bỉ", "BE"),
        ("Oesterreich", "AT"),
        ("Aegypten", "EG"),
    ],
)
def test_spelling_gives_its_code(spelling, code):
    assert country_code(spelling) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Atlantis",
        "ZZ",
        "Universal Mill List",
        "EMEA",
        "Kongo-Land",
        "Nigera",
        "Kongo",
        "71.0%",
        "70.4",
        "Austrlia",
        "Republic of Nowhere",
        "Congo (Katanga)",
        "Sudan (Juba)",
    ],
)
def test_unknown_country_gives_none_never_a_guess(text):
    assert country_code(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ivorycoas", "Côte d’Ivoire (CI)"),
        ("uIndonesia", "Indonesia (ID)"),
        ("Vietnan", "Vietnam (VN)"),
    ],
)
def test_misspelt_country_is_suggested_not_taken(typed, meant):
    assert country_code(typed) is None
    assert suggest_country(typed) == meant


def test_nothing_is_suggested_for_what_resembles_no_country():
    assert suggest_country("qqqqqqqq") is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("905 Adams Street, Hutchinson, Minnesota, USA", "US"),
        ("128 Hamayetpur PS-Savar Dhaka-1340 Bangladesh", "BD"),
        ("577 Keumeui-ri, Hwaseong, Gyeonggi-Do, South Korea", "KR"),
        ("No. 8 Fengqi Road, Changzhou, Jiangsu, China.", "CN"),
        ("12 Harbour Road, Newark, New Jersey", None),
        ("Bagru Extension, Bagru, 303007, Jaipur", None),
        ("Somewhere, IN", None),
        ("...", None),
    ],
)
def test_country_at_the_end_of_an_address_is_found(address, code):
    assert country_in_address(address) == code


def test_label_point_of_a_country_is_latitude_then_longitude():
    latitude, longitude = country_point("CI")

    assert 4 < latitude < 11
    assert -9 < longitude < -2
    assert country_point("ZZ") is None


def test_every_shipped_spelling_points_to_a_country_of_the_reference():
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as stream:
        codes = {row["iso2"] for row in csv.DictReader(stream)}
    with (DATA / "country_spellings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert {row["iso2"] for row in rows} <= codes
    assert all(country_code(row["spelling"]) == row["iso2"] for row in rows)
    assert len({row["spelling"] for row in rows}) == len(rows)


def test_every_name_of_the_reference_gives_its_own_code():
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    for row in rows:
        for column in (
            "iso2",
            "iso3",
            "name_en",
            "name_fr",
            "name_es",
            "name_ar",
            "name_zh",
            "name_ru",
        ):
            if row[column]:
                assert country_code(row[column]) == row["iso2"], row[column]


def test_short_code_that_is_none_is_answered_without_a_suggestion():
    assert suggest_country("XX") is None


def test_countries_about_equally_near_are_all_suggested():
    assert suggest_country("Nigera") == "Nigeria (NG) or Niger (NE)"
    assert suggest_country("Austrlia") == "Australia (AU) or Austria (AT)"


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("China / Viet Nam", ("CN", "VN")),
        ("India and Bangladesh", ("IN", "BD")),
        ("VN - Vietnam", ("VN",)),
        ("Zhejiang, China", ("CN",)),
        ("Atlantis", ()),
    ],
)
def test_parts_of_a_cell_name_their_countries(cell, codes):
    assert countries_in_cell(cell) == codes


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("ミャンマー", "MM"),
        ("VR China", "CN"),
        ("Republic of China", "TW"),
        ("Ceylon", "LK"),
        ("Upper Volta", "BF"),
        ("DDR", "DE"),
    ],
)
def test_short_and_former_names_are_those_of_the_country_of_today(spelling: str, code: str) -> None:
    assert country_code(spelling) == code


@pytest.mark.parametrize("spelling", ["Virgin Islands", "Виргинские о-ва"])
def test_a_name_whose_bracket_told_which_of_two_is_meant_needs_it(spelling: str) -> None:
    assert country_code(spelling) is None


def test_states_that_were_divided_name_those_of_today() -> None:
    assert successors_of("Tchécoslovaquie") == ("CZ", "SK") and successors_of("France") == ()
    with pytest.raises(CellFault, match="exists no longer") as fault:
        parse_country("Serbia and Montenegro")
    assert "Montenegro (ME), Serbia (RS)" in fault.value.advice


def test_place_in_brackets_after_a_name_of_several_countries_leaves_both_open() -> None:
    countries._shared_names.cache_clear()  # read anew, also after another test of this process
    with pytest.raises(CellFault, match="not known") as fault:
        parse_country("Congo (Katanga)")
    assert "Congo - Kinshasa (CD) or Congo - Brazzaville (CG)" in fault.value.advice


def test_congo_alone_is_the_country_of_that_name_with_a_remark_on_the_other() -> None:
    code, remark = parse_country("Congo")
    assert code == "CG" and remark is not None and "Write CD" in remark.advice
    assert parse_country("CG") == ("CG", None)
    assert parse_country("Republic of the Congo") == ("CG", None)


def test_two_letters_at_the_end_of_an_address_are_told_and_taken_for_no_country() -> None:
    draft = read_map([NamedBytes("list.csv", b'Name,Address\nLakshmi,"Coimbatore, IN"\n')])

    assert draft.nodes[0].country is None
    (note,) = draft.notes
    assert "may be India or a state" in note.problem

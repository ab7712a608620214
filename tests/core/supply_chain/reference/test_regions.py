"""Spellings of one region meet, and a region that is a country is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.areas import Area, AreaKind, Places, find_inside
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.reference.regions import region_key, without_kind


def read(text: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())])


@pytest.mark.parametrize(
    "spellings",
    [
        ("Punjab", "PUNJAB", "Punjab Province", "Prov. Punjab", "Province of Punjab", " punjab "),
        ("Punjab", "Punjab, Province of", "Punjab (Province of the)"),
        ("São Paulo", "Sao Paulo", "Estado de São Paulo", "SÃO PAULO"),
        ("广东", "广东省"),
        ("القاهرة", "محافظة القاهرة"),
        ("Bình Dương", "Binh Duong Province", "tỉnh Bình Dương"),
        ("Sylhet", "Sylhet Division"),
        ("Diyarbakır", "DIYARBAKIR", "Diyarbakir"),
    ],
)
def test_all_spellings_of_a_region_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({region_key(one) for one in spellings}) == 1


def test_other_regions_and_districts_keep_a_key_of_their_own() -> None:
    names = ("Punjab", "Sindh", "Dhaka District", "Dhaka Division", "Rio de Janeiro", "Rio")

    assert len({region_key(one) for one in names}) == len(names)
    assert region_key(None) == region_key("  ") == ""
    assert region_key("Province") == "province"
    assert without_kind("Prov. Punjab") == "Punjab"
    assert without_kind("Estado de São Paulo") == "São Paulo"


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    key = region_key(text)

    assert region_key(text.upper().lower()) == region_key(text.lower())
    assert not key or without_kind(text)


def test_an_event_in_a_region_reaches_each_spelling_of_it() -> None:
    places = Places(
        ["PK"] * 4, ["Punjab", "PUNJAB PROVINCE", "Prov. Punjab", "Sindh"], np.zeros(4), np.zeros(4)
    )

    found = find_inside(Area(AreaKind.REGION, "PK", "Punjab Province"), places)

    assert found.rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("country", "region", "told"),
    [
        ("IN", "India", "is the whole country"),
        ("IN", "Pakistan", "is the name of another country, and the row is in India"),
        ("PK", "Punjab", None),
        ("US", "Georgia", None),
        ("US", "CA", None),
        ("GB", "England", None),
        ("MX", "Estado de México", None),
    ],
)
def test_a_region_that_is_a_country_is_told_and_kept(
    country: str, region: str, told: str | None
) -> None:
    draft = read(f"Name,Country,Province\nAlfa,{country},{region}\nBeta,{country},{region}\n")

    assert {node.region for node in draft.nodes} == {region}
    assert [told in note.problem for note in draft.notes if told] == ([True] if told else [])
    assert told or not draft.notes


@pytest.mark.parametrize(
    "heading",
    [
        *("Province", "State", "Région", "Département", "Provincia", "Estado", "Bölge", "İl"),
        *("Bundesland", "المحافظة", "Mkoa", "省份", "Область", "Tỉnh", "Admin1", "State/Province"),
    ],
)
def test_headings_of_many_languages_name_the_region(heading: str) -> None:
    draft = read(f"Name,Country,{heading}\nAlfa,PK,Punjab\nBeta,PK,Sindh\n")

    assert [node.region for node in draft.nodes] == ["Punjab", "Sindh"]

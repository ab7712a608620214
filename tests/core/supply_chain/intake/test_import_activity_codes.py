"""Codes of NACE, ISIC, NAICS and HS in columns of sectors become activities, or a question."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import supply_chain
from supply_chain.intake.activity_codes import codes_of_column
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.reference.release import load_reference

DATA = Path(supply_chain.__file__).parent / "data"


def read(heading: str, *cells: str, answers: dict[str, str] | None = None) -> MapDraft:
    rows = "".join(f'Place {n},BD,"{cell}"\n' for n, cell in enumerate(cells))
    text = f"Name,Country,{heading}\n{rows}"
    return read_map([NamedBytes("list.csv", text.encode())], activities=answers)


def sectors(draft: MapDraft) -> list[str | None]:
    return [node.sector for node in draft.nodes]


@pytest.mark.parametrize(
    ("heading", "cells", "expected"),
    [
        ("NACE Rev. 2", ["13.10", "C14.13", "15.20"], ["textile_mills", "garments", "footwear"]),
        ("NACE code", ["14.13", "1.12", "13,10"], ["garments", "rice_farming", "textile_mills"]),
        (
            "ISIC Rev. 4 code",
            ["1410", "1511", "1393"],
            ["garments", "leather_tanning", "carpet_weaving"],
        ),
        ("Sector", ["13.10", "14.13", "32.40"], ["textile_mills", "garments", "toys"]),
        ("Industry", ["C1410", "C1520", "C1020"], ["garments", "footwear", "seafood_processing"]),
        ("Sector", ["1410 - Wearing apparel", "1520 - Footwear"], ["garments", "footwear"]),
        ("NAICS", ["315210", "316210"], ["garments", "footwear"]),
        ("Code APE", ["14.13Z", "13.10Z"], ["garments", "textile_mills"]),
        ("NACE", ["13.10, 13.20", "13.10; 14.13"], ["textile_mills", None]),
    ],
)
def test_codes_are_read_by_their_heading_or_the_pattern_of_the_whole_column(
    heading: str, cells: list[str], expected: list[str | None]
) -> None:
    assert sectors(read(heading, *cells)) == expected


def test_a_code_of_several_activities_is_a_question_that_names_it_and_takes_an_answer() -> None:
    draft = read("ISIC", "0127", "1410")

    (question,) = draft.activities.questions
    assert question.says == "0127 (Growing of beverage crops)"
    assert {"coffee_farming", "cocoa_farming", "tea_farming"} <= dict(question.choices).keys()
    answered = read("ISIC", "0127", "1410", answers={question.says: "tea_farming"})
    assert sectors(answered) == ["tea_farming", "garments"]


def test_the_goods_of_the_row_tell_which_crop_a_code_is_of() -> None:
    text = "Name,Country,ISIC,Goods\nAlfa,GH,0127,cocoa\nBeta,GH,0127,\n"

    draft = read_map([NamedBytes("list.csv", text.encode())])

    assert sectors(draft) == ["cocoa_farming", None]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Sector code", ["0142", "0142"]),  # cattle in NACE, horses in ISIC
        ("Sector", ["2710", "2711"]),  # electric motors in ISIC and NACE, petroleum in HS
        ("Sector", ["1511", "1511"]),  # tanning in ISIC and NACE, palm oil in HS
    ],
)
def test_a_code_that_means_another_thing_in_each_classification_is_a_question(
    heading: str, cells: list[str]
) -> None:
    draft = read(heading, *cells)

    assert sectors(draft) == [None, None]
    assert {one for q in draft.activities.questions for one in q.nodes} == {
        node.id for node in draft.nodes
    }


def test_hs_codes_in_a_column_of_sectors_are_goods_and_their_activity_is_asked() -> None:
    draft = read("Industry", "6109.10", "6403.99")

    assert [node.commodities for node in draft.nodes] == [("garments",), ("footwear",)]
    assert sectors(draft) == [None, None] and len(draft.activities.questions) == 2


def test_hs_codes_in_a_list_of_factories_are_what_these_make() -> None:
    draft = read_map(
        [NamedBytes("list.csv", b"Factory name,Country,Industry\nA,BD,6109.10\nB,BD,6403.99\n")]
    )

    assert [node.commodities for node in draft.nodes] == [("garments",), ("footwear",)]
    assert sectors(draft) == ["garments", "footwear"] and draft.activities.questions == ()


def test_words_in_a_column_of_codes_are_read_as_words() -> None:
    draft = read("ISIC", "1410", "1511", "1520", "1393", "Garment sewing")

    assert sectors(draft)[-1] == "garments"


def test_a_code_that_a_spreadsheet_took_the_nought_from_is_the_whole_code() -> None:
    assert sectors(read("ISIC", "1410", "112")) == ["garments", "rice_farming"]


def test_a_code_that_its_classification_has_not_is_asked_as_it_stands_and_can_be_answered() -> None:
    draft = read("ISIC", "1410", "9999")

    assert sectors(draft) == ["garments", None]
    (question,) = draft.activities.questions
    assert (question.says, question.nodes) == ("9999", (draft.nodes[1].id,))
    assert sectors(read("ISIC", "1410", "9999", answers={"9999": "toys"})) == ["garments", "toys"]


def test_six_digits_without_a_heading_that_says_naics_and_numbers_of_other_kinds_are_no_codes() -> (
    None
):
    assert sectors(read("Industry", "315210", "316210")) == [None, None]
    assert sectors(read("Sector", "1", "2")) == [None, None]
    assert codes_of_column("Sector", ["garments", "1410"]) is None


def test_every_row_of_the_table_leads_to_sectors_that_there_are() -> None:
    with (DATA / "activity_codes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert {row["scheme"] for row in rows} == {"isic", "nace", "naics"}
    for row in rows:
        assert set(filter(None, row["sectors"].split("|"))) <= load_reference().sectors.keys()
        assert row["code"].isdigit() and row["title"]


def test_a_code_of_one_activity_is_certain_beside_materials_for_a_product() -> None:
    text = "Factory name,Country,Factory type,Product type,NACE\nAlfa,PK,Materials,Apparel,13.20\n"

    assert sectors(read_map([NamedBytes("list.csv", text.encode())])) == ["textile_mills"]


@given(st.sampled_from(["NACE", "ISIC", "NAICS", "Sector"]), st.lists(st.text(max_size=12)))
def test_any_column_of_texts_gives_known_sectors_or_none(heading: str, cells: list[str]) -> None:
    codes = codes_of_column(heading, cells)
    found = [codes.activity(cell, ()) for cell in cells] if codes else []

    known = load_reference().sectors.keys()
    assert all({one.sector, *one.candidates} - {None} <= known for one in found if one)

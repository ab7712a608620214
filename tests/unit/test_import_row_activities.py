"""Where the activity of a place stands in a list: in a column, the name, the goods, the heading."""

import gzip
from pathlib import Path

import pytest

from supply_chain.drafts import MapDraft, NamedBytes
from supply_chain.map_import import read_map

WHOLE = Path(__file__).parent.parent / "data/supplier_lists/whole"
OF_CLOTHES = {"garments", "footwear", "textile_mills", "leather_tanning", "chemicals"}


def read(text: str, answers: dict[str, str] | None = None) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())], activities=answers)


def sectors(draft: MapDraft) -> list[str | None]:
    return [node.sector for node in draft.nodes]


def test_headings_in_eight_languages_tell_the_column_of_activities() -> None:
    for heading, cell in (
        ("What they do", "garment sewing"),
        ("Nature of business", "garment sewing"),
        ("Activité principale", "Atelier de couture"),
        ("Tipo de instalación", "Taller de costura"),
        ("Ramo de atividade", "Oficina de costura"),
        ("Faaliyet alanı", "Konfeksiyon atölyesi"),
        ("نوع النشاط", "خياطة الملابس"),
        ("Aina ya shughuli", "Ushonaji wa nguo"),
        ("业务类型", "服装加工"),
    ):
        assert sectors(read(f"Name,Country,{heading}\nAlfa,BD,{cell}\n")) == ["garments"], heading


def test_a_column_is_known_by_its_values_whatever_its_heading_says() -> None:
    draft = read("Name,Country,Zzz\nAlfa,BD,garment sewing\nBeta,PK,weaving\nGamma,IN,tannery\n")

    assert sectors(draft) == ["garments", "textile_mills", "leather_tanning"]
    assert draft.nodes[0].attributes == {"Zzz": "garment sewing"}


def test_a_name_tells_where_the_cell_leaves_it_open_and_both_agree() -> None:
    draft = read("Name,Country,Process\nSindh Spinners,PK,Mill\nSunrise,PK,Mill\n")

    assert sectors(draft) == ["textile_mills", None]
    (question,) = draft.activities.questions
    assert (question.says, question.nodes) == ("Mill", (draft.nodes[1].id,))


def test_goods_alone_are_one_question_for_all_rows_that_have_them() -> None:
    draft = read("Name,Country,Products\nAlfa,BD,garments\nBeta,IN,garments\nGamma,IN,\n")

    assert sectors(draft) == [None] * 3
    (question,) = draft.activities.questions
    assert len(question.nodes) == 2 and question.choices[0][0] == "garments"
    assert draft.activities.unknown == (draft.nodes[2].id,)


def test_the_heading_of_the_names_tells_what_the_list_is_of() -> None:
    assert sectors(read("Smelter,Country\nAlfa,PE\n")) == ["metal_smelting"]
    assert sectors(read("Farm,Country,Crop\nAlfa,GH,cocoa\n")) == ["cocoa_farming"]
    mills = read("Mill name,UML ID,Country\nAlfa,PO1000004496,ID\n")
    assert sectors(mills) == ["palm_oil_milling"]


def test_software_that_grows_cotton_is_told_and_a_shop_with_cocoa_is_not() -> None:
    draft = read(
        "Name,Country,Activity,Goods\nAlfa,DE,software,cotton\nBeta,BE,retail shop,cocoa\n"
        "Gamma,IN,cotton farming,cocoa\n"
    )

    assert [note.row for note in draft.notes] == [2, 4]
    assert "does not go with the goods Cotton" in draft.notes[0].problem
    assert len(draft.activities.contradicted) == 2 and len(draft.activities.known) == 3


def test_an_answer_counts_for_the_same_words_however_they_are_written() -> None:
    text = "Name,Country,What they do\nAlfa,BD,Retail sourcing\nBeta,BD,retail  sourcing\n"

    draft = read(text, {"RETAIL SOURCING": "wholesale", "nothing": "no such sector"})

    assert sectors(draft) == ["wholesale"] * 2
    assert [one.is_answer for one in draft.activities.readings] == [True] * 2


def test_a_ref_in_the_cell_is_taken_as_it_stands_and_leaves_no_further_fact() -> None:
    draft = read("Name,Country,Sector\nAlfa,BD,garments\n")

    assert sectors(draft) == ["garments"] and draft.nodes[0].attributes == {}


@pytest.mark.parametrize(
    ("name", "right", "found"),
    [
        ("universal_mill_list_2023_raw.csv", {"palm_oil_milling"}, 1.0),
        ("ferrero_palm_mills_2020H1_raw.csv", {"palm_oil_milling"}, 0.97),
        ("oshub_list_15.csv", OF_CLOTHES, 1.0),
        ("wikirate_brand_suppliers_2018_raw.csv", OF_CLOTHES | {"toys"}, 0.0),
    ],
)
def test_published_lists_give_no_wrong_activity_without_a_question(
    name: str, right: set[str], found: float
) -> None:
    draft = read_map([NamedBytes(name, gzip.decompress((WHOLE / f"{name}.gz").read_bytes()))])
    known = set(draft.activities.known)

    wrong = [node.name for node in draft.nodes if node.id in known and node.sector not in right]
    assert wrong == [] and len(known) >= found * len(draft.nodes)


def test_a_name_that_does_not_go_with_the_heading_is_a_question() -> None:
    draft = read("Mill name,Country\nTimor Oil Palm Plantation,ID\nSindh Spinners,PK\n")

    assert sectors(draft) == [None, "textile_mills"]


def test_a_list_in_which_every_activity_contradicts_its_goods_is_read_and_told() -> None:
    rows = "".join(f"Alfa {n},DE,software,cotton\n" for n in range(30))

    draft = read("Name,Country,Activity,Goods\n" + rows)

    assert len(draft.activities.contradicted) == 30 and len(draft.nodes) == 30
    assert len(draft.notes) == 1 and draft.problems == ()


def test_a_column_that_is_half_names_and_half_activities_loses_nothing() -> None:
    draft = read("Name,Country,Process\nAlfa,BD,Sewing\nBeta,BD,Mr Fox\nGamma,BD,Nile Group\n")

    assert sectors(draft) == ["garments", None, None]
    assert [node.attributes["Process"] for node in draft.nodes] == [
        "Sewing",
        "Mr Fox",
        "Nile Group",
    ]
    assert {question.says for question in draft.activities.questions} == {"Mr Fox", "Nile Group"}

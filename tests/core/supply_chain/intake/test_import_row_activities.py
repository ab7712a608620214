"""Where the activity of a place stands in a list: in a column, the name, the goods, the heading."""

import gzip
from pathlib import Path

import pytest

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map

WHOLE = Path(__file__).parents[3] / "data/supplier_lists/whole"
OF_CLOTHES = {"garments", "footwear", "textile_mills", "leather_tanning", "chemicals"}
OF_BRANDS = OF_CLOTHES | {"sporting_goods", "electronics"}


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


def test_two_columns_that_tell_of_different_activities_are_a_question_with_both() -> None:
    draft = read("Name,Country,What they do,Activity\nAlfa,BD,garment sewing,tannery\n")

    assert sectors(draft) == [None]
    (question,) = draft.activities.questions
    assert question.says == "garment sewing / tannery"
    assert {"garments", "leather_tanning"} <= dict(question.choices).keys()


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
        ("kellogg_palm_mills_2018_raw.csv", {"palm_oil_milling"}, 0.99),
        ("hershey_palm_mills_2020H2_raw.csv", {"palm_oil_milling"}, 0.99),
        ("adidas_2023_from_merged.csv", {"garments", "footwear"}, 0.75),
        ("nike_2023-08_raw.csv", OF_CLOTHES, 0.59),
        ("oshub_list_15.csv", OF_BRANDS, 0.87),
        ("wikirate_brand_suppliers_2018_raw.csv", OF_BRANDS | {"toys"}, 0.24),
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


def test_the_product_of_a_factory_tells_what_it_makes_and_materials_for_it_are_asked() -> None:
    draft = read(
        "Factory name,Country,Factory type,Product type\n"
        "Alfa,BD,Finished goods,Apparel\nBeta,VN,Finished goods,FOOTWEAR\n"
        "Gamma,VN,Materials,Footwear\nDelta,VN,Materials,Footwear\n"
    )

    assert sectors(draft) == ["garments", "footwear", None, None]
    (question,) = draft.activities.questions
    assert question.says == "Footwear / Materials"
    assert "leather_tanning" in dict(question.choices) and "footwear" not in dict(question.choices)


def test_an_answer_to_two_cells_together_counts_for_rows_that_say_both() -> None:
    text = "Factory name,Country,Factory type,Product type\nAlfa,VN,Materials,Footwear\n"

    draft = read(text, {"Footwear / Materials": "leather_tanning"})

    assert sectors(draft) == ["leather_tanning"] and draft.activities.questions == ()


def test_a_name_that_speaks_against_a_wide_sector_is_asked_with_both_and_can_be_answered() -> None:
    text = "Name,Country,Sector\nJiaxing Trade Co Ltd,CN,Apparel\nNile Shoes,CN,Apparel\n"

    draft = read(text)

    assert sectors(draft) == [None, "footwear"]
    (question,) = draft.activities.questions
    assert question.says == "Apparel / Trade"
    assert {"garments", "wholesale"} <= dict(question.choices).keys()
    assert sectors(read(text, {"Apparel / Trade": "wholesale"})) == ["wholesale", "footwear"]


def test_a_list_of_mills_with_ids_of_the_palm_register_is_of_palm_oil_mills() -> None:
    draft = read("Mill name,UML ID,Country\nAlfa,PO1000004496,ID\nBeta,PO1000004497,ID\nSei,,ID\n")

    assert sectors(draft) == ["palm_oil_milling"] * 3


def test_names_that_agree_tell_what_mills_a_list_is_of_and_few_names_do_not() -> None:
    told = "".join(f"Sungai {n} Palm Oil Mill,MY\n" for n in range(10))

    agreed = read(f"Mill name,Country\n{told}Segati,ID\nSindh Spinners,PK\n")
    few = read("Mill name,Country\nBatu Palm Oil Mill,MY\nSegati,ID\n")

    assert sectors(agreed)[10:] == ["palm_oil_milling", "textile_mills"]
    assert sectors(few) == ["palm_oil_milling", None]


def test_products_in_names_tell_only_where_names_of_factories_outnumber_traders() -> None:
    makers = "".join(f"Nova {n} Garment Factory,CN\n" for n in range(10))
    dealers = "".join(f"Nova {n} Trading,CN\n" for n in range(10))

    of_makers = read(f"Name,Country\n{makers}Sun Footwear Co Ltd,CN\nSun Leather,CN\n")
    of_both = read(f"Name,Country\n{makers}{dealers}Sun Footwear Co Ltd,CN\n")

    assert sectors(of_makers)[10:] == ["footwear", None]
    assert sectors(of_both)[-1] is None


def test_a_long_column_of_names_and_activities_is_told_once_and_asks_nothing_of_the_names() -> None:
    names = "".join(f"Alfa {n},BD,Qazwin Vurm {chr(65 + n)}xq\n" for n in range(20))
    activities = "".join(f"Beta {n},BD,Sewing\n" for n in range(20))

    draft = read("Name,Country,Process\n" + names + activities)

    assert sectors(draft) == [None] * 20 + ["garments"] * 20
    assert len(draft.activities.unknown) == 20 and draft.activities.questions == ()
    (note,) = draft.notes
    assert "20 different values of the column “Process” name no activity" in note.problem
    assert draft.nodes[0].attributes["Process"] == "Qazwin Vurm Axq" and draft.problems == ()


def goods(text: str) -> list[tuple[str, ...]]:
    return [node.commodities for node in read(text).nodes]


def test_products_in_the_column_of_activities_are_the_goods_of_a_place() -> None:
    listed = "Name,Land,Warengruppe\nAlfa,IN,Teppiche\nBeta,TR,Haselnüsse / Baumwolle\n"
    stated = "Name,Country,Product Type,Goods\nAlfa,BD,Apparel,Cotton\n"

    assert goods(listed) == [("carpets",), ("hazelnuts", "cotton")]
    assert goods(stated) == [("cotton",)]


def test_codes_industries_and_what_inputs_are_for_are_no_goods_of_a_place() -> None:
    for text in (
        "Name,Country,ISIC\nAlfa,BD,1511\n",
        "Name,Country,Industry\nAlfa,BD,Footwear\n",
        "Name,Country,Product Type,Factory Type\nAlfa,VN,Footwear,Materials\n",
        "Name,Country,What they do\nAlfa,BD,Shop for carpets\n",
    ):
        assert goods(text) == [()], text

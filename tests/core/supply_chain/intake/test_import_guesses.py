"""Columns that look like one of our fields and are none: of goods, of districts, of our plants."""

import pytest

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map


def read(text: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())])


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


@pytest.mark.parametrize(
    "heading",
    [
        *("Country of ingredient", "Ingredient country", "Raw material country", "Crop Country"),
        *("Pays de la matière première", "País del ingrediente", "Land des Rohstoffs"),
        *("Country of the commodity", "País da matéria-prima", "Paese del prodotto"),
    ],
)
def test_a_country_of_goods_is_not_that_of_the_site(heading: str) -> None:
    draft = read(f'Supplier,{heading},Address\nAlfa,Ghana,"1 Rue X, Lyon, France"\n')

    assert "country" not in columns(draft)
    assert draft.nodes[0].country == "FR" and draft.nodes[0].attributes == {heading: "Ghana"}


@pytest.mark.parametrize(
    "heading", ["Country of origin", "Raw material supplier country", "Country of production"]
)
def test_a_country_of_the_thing_that_the_row_is_of_is_its_country(heading: str) -> None:
    assert columns(read(f"Supplier,{heading}\nAlfa,Ghana\n"))["country"] == heading


def test_a_sector_beside_cells_or_in_rwanda_beside_districts_is_no_trade() -> None:
    beside_cells = read(
        "Washing station,Province,District,Sector,Cell,Country\n"
        "Nyungwe CWS,West,Nyamasheke,Kanjongo,Kigarama,Rwanda\n"
    )
    in_rwanda = read("Mill,Country,District,Sector\nA,Rwanda,Rutsiro,Boneza\nB,RW,Huye,Tumba\n")
    of_india = read("Mill,Country,District,Sector\nA,India,Pune,Textiles\nB,RW,Huye,Food\n")

    assert not {"sector"} & {*columns(beside_cells), *columns(in_rwanda)}
    assert beside_cells.nodes[0].sector == "food_processing"  # what a washing station does
    assert beside_cells.nodes[0].attributes["Sector"] == "Kanjongo"
    assert of_india.mapping.nodes["list.csv"].columns["sector"] == "Sector"
    assert [node.attributes["Sector"] for node in of_india.nodes] == ["Textiles", "Food"]


def test_several_vendors_of_one_plant_deliver_to_it() -> None:
    draft = read(
        "Plant,Plant Country,Vendor,Vendor Country,Share\n"
        "Lyon,France,Alfa,Ghana,40%\nLyon,France,Beta,Mali,60%\nHamburg,Germany,Alfa,Ghana,100%\n"
    )

    names = {node.id: node.name for node in draft.nodes}
    links = {(names[link.supplier], names[link.buyer]): link.share for link in draft.links}
    assert links == {("Alfa", "Lyon"): 0.4, ("Beta", "Lyon"): 0.6, ("Alfa", "Hamburg"): 1.0}
    countries = {"Alfa": "GH", "Beta": "ML", "Lyon": "FR", "Hamburg": "DE"}
    assert {node.name: node.country for node in draft.nodes} == countries
    assert all(node.operated_by is None for node in draft.nodes)


def test_a_plant_with_one_vendor_is_run_by_it() -> None:
    draft = read("Vendor,Plant,Plant Country\nBeta,Pune Works,India\nBeta,Chakan Works,India\n")

    (vendor,) = [node.id for node in draft.nodes if node.name == "Beta"]
    assert [n.operated_by for n in draft.nodes if n.name != "Beta"] == [vendor, vendor]
    assert draft.links == ()


def test_the_name_of_a_site_is_no_misspelt_region_and_empty_cells_are_the_vendor_above() -> None:
    draft = read(
        "Vendor name,Vendor no.,Production site name,Street,Country\n"
        "Anadolu AS,V-1,Corlu 1,Sanayi 5,Turkey\n,,Corlu 2,Sanayi 7,Turkey\n"
        "Dhaka Knit,V-2,Unit 2,DEPZ 7,Bangladesh\n,,Unit 3,DEPZ 8,Bangladesh\n"
    )

    names = {node.id: node.name for node in draft.nodes}
    run_by = {node.name: names[node.operated_by] for node in draft.nodes if node.operated_by}
    assert run_by == {
        **dict.fromkeys(("Corlu 1", "Corlu 2"), "Anadolu AS"),
        **dict.fromkeys(("Unit 2", "Unit 3"), "Dhaka Knit"),
    }
    assert not draft.problems and {node.region for node in draft.nodes} == {None}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[
            ("Εργοστάσιο;Χώρα;Πόλη\nΆδανα;Τουρκία;Άδανα\n", code)
            for code in ("iso8859_7", "cp1253")
        ],
        *[("Zakład;Kraj;Miasto\nŚwit Pąk;Chiny;Łódź\n", code) for code in ("iso8859_2", "cp1250")],
        ("Továrna;Země;Město\nŠťastný závod;Čína;Žilina\n", "iso8859_2"),
        ("Поставщик;Страна;Город\nХлопок;Узбекистан;Ташкент\n", "iso8859_5"),
        ("Société;Pays;Ville\nŒuvre d'Été;Sénégal;Thiès\n", "iso8859_15"),
    ],
)
def test_of_two_encodings_that_are_alike_the_one_without_signs_in_words_is_read(
    text: str, encoding: str
) -> None:
    _, _, name_country_city = text.partition("\n")
    name, _, city = name_country_city.strip().split(";")

    (node,) = read_map([NamedBytes("list.csv", text.encode(encoding))]).nodes

    assert (node.name, node.attributes["city"]) == (name, city)

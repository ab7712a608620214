"""Lists of other trades and languages, as a manager uploads them on a Monday. All names made up."""

import io

import pytest
import xlsxwriter

from supply_chain.intake.commodities import commodity_ref
from supply_chain.intake.countries import country_code
from supply_chain.intake.drafts import LinkDraft, MapDraft, NamedBytes, NodeDraft
from supply_chain.intake.maps import read_map
from supply_chain.vocabulary import NodeKind


def read(text: str, name: str = "list.csv", encoding: str = "utf-8") -> MapDraft:
    return read_map([NamedBytes(name, text.encode(encoding))], link_to="own")


def read_sheet(rows: list[list[object]]) -> MapDraft:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("List")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in row])
    return read_map([NamedBytes("list.xlsx", stream.getvalue())], link_to="own")


def named(draft: MapDraft) -> dict[str, NodeDraft]:
    return {node.name: node for node in draft.nodes}


def links(draft: MapDraft) -> dict[tuple[str, str], LinkDraft]:
    names = {node.id: node.name for node in draft.nodes}
    ends = {key: names.get(key, key) for link in draft.links for key in (link.supplier, link.buyer)}
    return {(ends[link.supplier], ends[link.buyer]): link for link in draft.links}


TURKISH_TIERS = """Marka;1. Kademe Tedarikçi (Konfeksiyon);1. Kademe Ülke;2. Kademe Tedarikçi (Kumaş);2. Kademe Ülke;3. Kademe Tedarikçi (İplik);3. Kademe Ülke
Defne Tekstil;Güneş Konfeksiyon;Türkiye;Bursa Dokuma;Türkiye;Fergana İplik;Özbekistan
Defne Tekstil;Meghna Apparels;Bangladeş;Tirupur Fabrics;Hindistan;;
"""


def test_numbered_tiers_with_the_trade_in_brackets_are_a_chain_with_its_countries():
    draft = read(TURKISH_TIERS, encoding="cp1254")

    assert {name: node.country for name, node in named(draft).items()} == {
        **{"Defne Tekstil": None, "Güneş Konfeksiyon": "TR", "Bursa Dokuma": "TR"},
        **{"Fergana İplik": "UZ", "Meghna Apparels": "BD", "Tirupur Fabrics": "IN"},
    }
    assert links(draft).keys() == {
        ("Fergana İplik", "Bursa Dokuma"),
        ("Bursa Dokuma", "Güneş Konfeksiyon"),
        ("Güneş Konfeksiyon", "Defne Tekstil"),
        ("Tirupur Fabrics", "Meghna Apparels"),
        ("Meghna Apparels", "Defne Tekstil"),
    }


ARABIC_SITES = """المعرف,الاسم,النوع,البلد,المدينة
S1,شركة واحة التمور,مصنع,المغرب,الرشيدية
S2,تعاونية تافيلالت,تعاونية,المغرب,أرفود
S3,مزارع القضارف,مزرعة,السودان,القضارف
"""
ARABIC_LINKS = "المورد,المشتري,السلعة,النسبة\nS2,S1,تمور,١٠٠٪\nS3,S1,سمسم,٤٠٪\n"


def read_two(nodes: str, flows: str) -> MapDraft:
    files = {"sites.csv": nodes, "flows.csv": flows}
    return read_map([NamedBytes(name, text.encode("utf-8-sig")) for name, text in files.items()])


def test_the_column_by_which_links_call_the_sites_is_their_id_whatever_it_is_called():
    draft = read_two(ARABIC_SITES.replace("المعرف", "Matricola"), ARABIC_LINKS)

    assert draft.problems == ()
    assert {node.id for node in draft.nodes} == {"S1", "S2", "S3"}
    flows = {(link.supplier, link.buyer): link.share for link in draft.links}
    assert flows == {("S2", "S1"): 1.0, ("S3", "S1"): 0.4}


def test_links_that_call_sites_by_name_leave_other_columns_as_they_are():
    draft = read_two("name,country,lot\nAlfa,BD,S1\nBeta,BD,S2\n", "supplier,buyer\nAlfa,Beta\n")

    assert [node.attributes for node in draft.nodes] == [{"lot": "S1"}, {"lot": "S2"}]
    assert len(draft.links) == 1


def test_a_link_table_of_blank_ends_makes_no_column_an_id():
    draft = read_two("name,country\nAlfa,BD\nBeta,BD\n", "supplier,buyer\n,\n")

    assert "id" not in next(iter(draft.mapping.nodes.values())).columns


def test_kinds_of_sites_are_known_in_arabic():
    kinds = {node.id: node.kind for node in read_two(ARABIC_SITES, ARABIC_LINKS).nodes}

    assert kinds == {
        "S1": NodeKind.SITE,
        "S2": NodeKind.BUSINESS_ENTITY,
        "S3": NodeKind.SITE,
    }


@pytest.mark.parametrize(
    ("heading", "cell", "share"),
    [
        ("Anteil am Einkauf", "18 %", 0.18),
        ("Part des achats", "30,5 %", 0.305),
        ("Porcentaje de compras", "7%", 0.07),
        ("Share of spend", "0.25", 0.25),
        ("采购占比", "40%", 0.4),
        ("% de compras", "35%", 0.35),
    ],
)
def test_a_share_of_what_we_buy_is_that_of_the_link_to_us(heading: str, cell: str, share: float):
    draft = read(f"Name;Country;{heading}\nAlfa Stone;IN;{cell}\n")

    assert links(draft)["Alfa Stone", "own"].share == share


@pytest.mark.parametrize("heading", ["Share of women", "Share of ownership", "Percentage"])
def test_a_share_of_something_else_is_a_fact_of_the_site(heading: str):
    draft = read(f"Name;Country;{heading}\nAlfa Stone;IN;40%\n")

    assert links(draft)["Alfa Stone", "own"].share is None
    assert heading in named(draft)["Alfa Stone"].attributes


SPANISH_PLANTS = """Empresa;Planta procesadora;Municipio;País;Especie;Nº trabajadores
Pesquera Sol S.A.;Planta Manta;Manta;Ecuador;Camarón;420
Pesquera Sol S.A.;Planta Posorja;Posorja;Ecuador;Atún;b.d.
Congelados Piura SAC;Planta Paita;Paita;Perú;Calamar;310
"""


def test_plants_that_process_are_sites_of_the_company_beside_them():
    draft = read(SPANISH_PLANTS)

    names = {node.id: node.name for node in draft.nodes}
    run = {node.name: names[node.operated_by] for node in draft.nodes if node.operated_by}
    assert run == {
        "Planta Manta": "Pesquera Sol S.A.",
        "Planta Posorja": "Pesquera Sol S.A.",
        "Planta Paita": "Congelados Piura SAC",
    }
    assert named(draft)["Planta Posorja"].commodities == ("fish",)
    assert "workers" not in named(draft)["Planta Posorja"].attributes


FLOWERS: list[list[object]] = [
    ["Fleurs du Nord SA - Nos producteurs"],
    [],
    ["Producteur / exploitation", "Pays", "Localité", "Produit", "Part des achats"],
    ["Naivasha Blooms Ltd", None, None, None, "45 %"],
    ["   Ferme Oserian Est", "Kenya", "Naivasha", "Roses", "35 %"],
    ["   Ferme Longonot", "Kenya", "Longonot", "Œillets", "10 %"],
    ["Total page 1", None, None, None, "45 %"],
    ["Producteur / exploitation", "Pays", "Localité", "Produit", "Part des achats"],
    ["Rosas del Cotopaxi", None, None, None, "14,5 %"],
    ["   Finca San Luis", "Équateur", "Latacunga", "Roses", "10 %"],
]


def test_a_company_with_its_sum_above_its_indented_sites_runs_them_and_a_page_total_is_none():
    draft = read_sheet(FLOWERS)

    names = {node.id: node.name for node in draft.nodes}
    assert {node.name: names.get(node.operated_by or "") for node in draft.nodes} == {
        **{"Naivasha Blooms Ltd": None, "Rosas del Cotopaxi": None},
        **{"Ferme Oserian Est": "Naivasha Blooms Ltd", "Ferme Longonot": "Naivasha Blooms Ltd"},
        "Finca San Luis": "Rosas del Cotopaxi",
    }
    assert named(draft)["Finca San Luis"].commodities == ("cut_flowers",)
    # What the sites deliver is not counted once more as the company's.
    assert {ends[0]: link.share for ends, link in links(draft).items()} == {
        "Ferme Oserian Est": 0.35,
        "Ferme Longonot": 0.1,
        "Finca San Luis": 0.1,
    }


def test_indented_rows_below_a_placed_row_are_sites_like_it():
    draft = read_sheet(
        [
            ["Name", "Country", "City"],
            ["Alfa Ltd", "Kenya", "Thika"],
            ["   Beta Farm", "Kenya", "Ruiru"],
            ["Gamma Ltd", "Kenya", "Nyeri"],
        ]
    )

    assert [node.operated_by for node in draft.nodes] == [None, None, None]


def test_first_values_of_a_column_are_none_of_a_header_that_is_repeated():
    (table,) = read_sheet(FLOWERS).mapping.nodes.values()

    assert table.samples["Pays"] == ("Kenya", "Équateur")
    examples = {guess.field: guess.examples for guess in table.guesses}
    assert examples["country"] == ("Kenya", "Équateur")


@pytest.mark.parametrize(
    ("text", "code"),
    [("中国台湾", "TW"), ("中国香港", "HK"), ("中国澳门", "MO"), ("中国内地", "CN")],
)
def test_countries_are_known_as_chinese_lists_write_them(text: str, code: str):
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        *[("Sandstein", "sandstone"), ("Granit", "granite"), ("Marmor", "stones")],
        *[
            ("锂电池", "lithium_ion_batteries"),
            ("سمسم", "sesame"),
            ("قطن", "cotton"),
            ("القطن", "cotton"),
            ("Œillets", "cut_flowers"),
        ],
        *[("Holzkohle", "charcoal"), ("kimyon", "cumin"), ("pimienta", "pepper")],
    ],
)
def test_goods_are_known_in_other_languages(text: str, ref: str):
    assert commodity_ref(text) == ref

"""Lists as purchasing systems, certifiers and traders put them out. All names are made up."""

import io

import openpyxl
import pytest

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map


def read(content: str | bytes, *, encoding: str = "utf-8", name: str = "list.csv") -> MapDraft:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return read_map([NamedBytes(name, data)])


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


def sites(draft: MapDraft) -> list[tuple[str, str | None]]:
    return [(node.name, node.country) for node in draft.nodes]


def links(draft: MapDraft) -> set[tuple[str, str]]:
    names = {node.id: node.name for node in draft.nodes}
    return {(names[link.supplier], names[link.buyer]) for link in draft.links}


def attributes(draft: MapDraft) -> set[str]:
    return {key for node in draft.nodes for key in node.attributes}


def test_the_address_of_a_purchasing_system_is_read_and_its_status_is_no_country() -> None:
    draft = read(
        "supplier_id,supplier_name,supplier_status,primary_address_street1,primary_address_city,"
        "primary_address_state,primary_address_postal_code,primary_address_country_code\n"
        "5531,Ames Packaging Inc,active,12 Mill St,Toledo,OH,43601,US\n"
        "5532,Nordpack AG,active,Seestr. 9,Zug,ZG,6300,CH\n"
    )
    found = columns(draft)
    fields = {"address", "city", "region", "postal_code", "country"}
    assert {field: found[field].removeprefix("primary_address_") for field in fields} == {
        "address": "street1",
        "city": "city",
        "region": "state",
        "postal_code": "postal_code",
        "country": "country_code",
    }
    assert sites(draft) == [("Ames Packaging Inc", "US"), ("Nordpack AG", "CH")]


def test_numbers_with_thousands_are_no_lines_packed_into_a_cell() -> None:
    draft = read(
        "Higg ID,Account Name,Country/Area,Total Energy (MJ)\n"
        '123456,Hoa Lan Textile,Vietnam,"1,200,300"\n234567,Arif Mills,Pakistan,"8,200,300"\n'
    )
    assert sites(draft) == [("Hoa Lan Textile", "VN"), ("Arif Mills", "PK")]


def test_numbers_of_partners_are_no_telephones() -> None:
    draft = read(
        "amfori ID;Site Name;Country\n050-000777-000;Megh Denims;Bangladesh\n"
        "050-000778-000;Padma Knit;Bangladesh\n"
    )
    assert attributes(draft) == {"amfori ID"}


def test_papers_of_persons_under_an_id_are_left_out_all_the_same() -> None:
    draft = read("Farm;Country;Code\nSitio Um;BR;123.456.789-09\nSitio Dois;BR;987.654.321-00\n")
    assert attributes(draft) == set()


def test_owners_beside_papers_of_persons_are_left_out_and_the_slaughterhouse_buys() -> None:
    draft = read(
        "Frigorífico;Fazenda;Proprietário;CPF/CNPJ\n"
        "Frigorífico Norte S.A.;Fazenda Boa Vista;João da Silva;123.456.789-09\n"
        "Frigorífico Norte S.A.;Fazenda Sol;Maria Souza;987.654.321-00\n"
    )
    assert "Silva" not in repr(draft) and "Souza" not in repr(draft)
    buyer = "Frigorífico Norte S.A."
    assert links(draft) == {("Fazenda Boa Vista", buyer), ("Fazenda Sol", buyer)}


def test_owners_named_like_companies_stay_beside_papers() -> None:
    draft = read(
        "Fazenda;Proprietário;CPF/CNPJ\nFazenda Boa Vista;Agro Norte Ltda;00.000.000/0001-91\n"
        "Fazenda Sol;Sol Agro S.A.;02.003.402/0001-75\n"
    )
    assert attributes(draft) == {"Proprietário"}


@pytest.mark.parametrize(
    "column",
    ["ERNAM", "Created by", "Chủ hộ", "Titolare", "N° CNI", "Sexe", "Kontak", "Geändert von"],
)
def test_who_keeps_a_list_or_holds_a_farm_never_enters(column: str) -> None:
    draft = read(f"Name;Country;{column}\nNam Farm;VN;Somebody\nHoa Farm;VN;Another\n")
    assert attributes(draft) == set()


@pytest.mark.parametrize(
    ("header", "first", "expected"),
    [
        (
            "Fornitore di 1° livello;Partita IVA;Subfornitore (2° livello);Nazione",
            "Arno Srl;IT01234567890;Conceria Croce;Italia",
            {("Conceria Croce", "Arno Srl")},
        ),
        (
            "Tier 1 supplier;Tier 1 country;Tier 2 supplier;Tier 3 mine",
            "Pigment KG;Germany;Mica Kolkata;Giridih pits",
            {("Mica Kolkata", "Pigment KG"), ("Giridih pits", "Mica Kolkata")},
        ),
    ],
)
def test_tiers_are_known_by_any_thing_they_name(
    header: str, first: str, expected: set[tuple[str, str]]
) -> None:
    draft = read(f"{header}\n{first}\n")
    assert links(draft) == expected
    assert not any(node.external_ids for node in draft.nodes)


def test_a_tier_filled_in_first_rows_alone_counts_for_its_group() -> None:
    draft = read(
        "Country,Tier 1,Tier 2 - Farmer Group\nIvory Coast,Barry,ECAM Meagui\n"
        ",,SCOOPS Yaka\n,Cardo,CAGNA Gna\nGhana,ECOMA,Asante Coop\n,,Offinso Union\n"
    )
    assert ("SCOOPS Yaka", "Barry") in links(draft)
    assert ("CAGNA Gna", "CI") in sites(draft)


def test_a_group_of_farmers_is_an_organisation_and_supplies_who_buys_from_it() -> None:
    draft = read("Country,Farmer group name,Direct supplier\nGhana,Kuapa District Goaso,Tavo\n")
    assert links(draft) == {("Kuapa District Goaso", "Tavo")}


def test_a_company_beside_a_mill_runs_it() -> None:
    draft = read("Nama PKS;Nama Perusahaan;Provinsi\nPKS Sei Garo;PT Kencana Tani;Riau\n")
    assert columns(draft)["operated_by"] == "Nama Perusahaan"
    assert not draft.links


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Company Name;Production site Name;Country", "Production site Name"),
        ("Tedarikçi Ünvanı;Üretim Tesisinin Adı;Ülke", "Üretim Tesisinin Adı"),
        ("Leverancier;Naam productielocatie;Land", "Naam productielocatie"),
        ("Auftraggeber;Subunternehmer;Werk;Land", "Werk"),
    ],
)
def test_sites_beside_their_companies_are_the_nodes(header: str, name: str) -> None:
    row = "Alpha AG;Beta Nord;Vietnam" if header.count(";") == 2 else "Gamma;Alpha AG;Beta;Vietnam"
    found = columns(read(f"{header}\n{row}\n"))
    assert found["name"] == name
    assert found["operated_by"] == header.split(";")[header.count(";") - 2]


def test_who_is_called_customer_in_a_list_without_other_names_is_what_it_is_of() -> None:
    draft = read(
        "FLOID;Customer Name;Country;Category\n2345;CONA Inc.;Ghana;Producer Organisation\n"
        "1111;Kuapa Union;Ghana;Producer Organisation\n"
    )
    assert sites(draft) == [("CONA Inc.", "GH"), ("Kuapa Union", "GH")]
    assert not draft.links


def test_from_is_a_day_beside_the_seller() -> None:
    draft = read(
        "Seller;Buyer;Share of buyer's purchases;From\nAsia Mills;Delta;45 %;2023-02-01\n"
        "Bursa Iplik;Delta;55 %;2023-03-15\n"
    )
    assert [link.share for link in draft.links] == [0.45, 0.55]
    assert links(draft) == {("Asia Mills", "Delta"), ("Bursa Iplik", "Delta")}
    assert [str(link.valid_from) for link in draft.links] == ["2023-02-01", "2023-03-15"]


def test_a_town_with_its_country_tells_the_country_beside_a_street() -> None:
    draft = read(
        "Supplier,Manufacturing location,Street address\n"
        'Foxa,"Chongqing, China",18 Zong Avenue\nJabo,"Penang, Malaysia",Plot 56\n'
    )
    assert sites(draft) == [("Foxa", "CN"), ("Jabo", "MY")]


@pytest.mark.parametrize("city", ["Panama", "Atlanta, Georgia"])
def test_a_town_that_is_called_like_a_country_tells_none(city: str) -> None:
    assert sites(read(f'Supplier,City\nAmes,"{city}"\n')) == [("Ames", None)]


@pytest.mark.parametrize(
    ("country", "longitude", "degrees"),
    [("Guatemala", "91º 57' 00\" O", -91.95), ("Indonesien", "106° 30' O", 106.5)],
)
def test_o_is_west_or_east_by_the_country(country: str, longitude: str, degrees: float) -> None:
    (node,) = read(f"Farm;Country;Latitude;Longitude\nUno;{country};5.5;{longitude}\n").nodes
    assert node.longitude == pytest.approx(degrees)


def test_o_near_the_middle_is_asked_for() -> None:
    draft = read("Farm;Country;Latitude;Longitude\nUno;France;45.5;1° 30' O\n")
    assert [problem.column for problem in draft.problems] == ["Longitude"]


def test_a_total_with_thousands_parted_by_points_is_no_plant() -> None:
    draft = read("Planta;Estado;Volume (t)\nNorte;MT;1.234.567,5\nSul;BA;450\nTotal;;1.235.017,5\n")
    assert [node.name for node in draft.nodes] == ["Norte", "Sul"]


def test_a_turkish_list_in_words_of_another_language_keeps_its_letters() -> None:
    text = "País;Razón social\nTurquía;Bereket Tic. Ltd. Şti.\n"
    assert sites(read(text, encoding="cp1254")) == [("Bereket Tic. Ltd. Şti.", "TR")]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Dirección del centro productivo", "address"),
        ("Adres zakładu produkcyjnego", "address"),
        ("Audited site address", "address"),
        ("Products Made", "commodities"),
        ("Rodzaj produktu", "commodities"),
        ("จำนวนพนักงาน", "attributes.workers"),
    ],
)
def test_further_headings_tell_their_field(heading: str, field: str) -> None:
    cell = "120" if field.endswith("workers") else "Rua 12"
    assert columns(read(f"Factory name;Country;{heading}\nUno;PT;{cell}\n"))[field] == heading


def test_a_sheet_that_asks_who_filled_it_in_is_no_list() -> None:
    book = openpyxl.Workbook()
    declaration = book.create_sheet("Declaration")
    for row in (["Company Name", "ACME"], ["Contact Name", "Jane Roe"], ["Email", "j@acme.com"]):
        declaration.append(row)
    smelters = book.create_sheet("Smelter List")
    for row in (["Smelter Name", "Smelter Country", "Metal"], ["Aida Co", "Japan", "Gold"]):
        smelters.append(row)
    stream = io.BytesIO()
    book.save(stream)
    draft = read(stream.getvalue(), name="cmrt.xlsx")
    assert sites(draft) == [("Aida Co", "JP")]
    assert "Jane" not in repr(draft)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Farm ID,Farm name,Owner,Gender of owner,Country", "F1,Kapsoit Plot 3,Ada Mwangi,F,KE"),
        ("Fazenda fornecedora,Produtor,Algodoeira", "Fazenda Pivot,José Almeida,Cerrado"),
        ("Site,Country,Assessor,Vessel master", "Alpha,India,R. Tan,J. Etxe"),
    ],
)
def test_owners_of_farms_and_those_who_look_at_sites_are_persons(header: str, row: str) -> None:
    said = repr(read(f"{header}\n{row}\n"))
    assert not any(name in said for name in ("Mwangi", "Almeida", "Tan", "Etxe", "'F'"))


def test_owners_of_farms_that_are_organisations_stay() -> None:
    draft = read("Fazenda;Proprietário\nFazenda Sol;Grupo Bom Futuro\nFazenda Lua;Agro Norte\n")
    assert attributes(draft) == {"Proprietário"}


def test_a_heading_of_producers_and_their_farms_names_the_farms() -> None:
    draft = read(
        "Producer / Farm name,Country,Farm owner\nEl Sol,Peru,Ada Vera\nLa Luna,Peru,Eva Rey\n"
    )
    assert sites(draft) == [("El Sol", "PE"), ("La Luna", "PE")]
    assert attributes(draft) == set()


def test_a_contact_above_the_header_heads_no_column() -> None:
    draft = read(
        "Contact: Mr. John Smith,+44 7700 900123,\nFactory,Country,Process\n"
        "Alpha Weaving,India,Weaving\nBeta Dyeing,India,Dyeing\n"
    )
    assert sites(draft) == [("Alpha Weaving", "IN"), ("Beta Dyeing", "IN")]
    assert "Smith" not in repr(draft) and "7700" not in repr(draft)


def test_a_title_over_a_known_name_is_no_part_of_it_and_bands_are_counts() -> None:
    draft = read(
        "Produktionsstätten;;Stand 12/2023;\nName;Land;Region;Beschäftigtenzahl\n"
        "Zibo;China;;< 500\nHung Yen;Vietnam;;501–1000\n"
    )
    assert columns(draft)["attributes.workers"] == "Beschäftigtenzahl"


def test_a_count_of_men_is_not_that_of_all() -> None:
    draft = read("Planta;País;Trabajadores H;Trabajadores M\nUno;PE;300;700\n")
    assert attributes(draft) == {"Trabajadores H", "Trabajadores M"}


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "NOMBRE EXPORTADOR;PAIS DE ORIGEN;NOMBRE IMPORTADOR",
            "CAFE ALTURA SA;HONDURAS;TOSTADORA SUR",
            ("CAFE ALTURA SA", "TOSTADORA SUR", "HN"),
        ),
        (
            "Tên người xuất khẩu;Tên người nhập khẩu;Nước nhập khẩu",
            "MAY HONG;BLUE INC;Hoa Kỳ",
            ("MAY HONG", "BLUE INC", None),
        ),
    ],
)
def test_who_imports_buys_and_the_country_of_imports_is_not_that_of_the_seller(
    header: str, row: str, expected: tuple[str, str, str | None]
) -> None:
    draft = read(f"{header}\n{row}\n")
    seller, buyer, country = expected
    assert links(draft) == {(seller, buyer)}
    assert (seller, country) in sites(draft)


@pytest.mark.parametrize("heading", ["Country of destination", "Customer country", "Zielland"])
def test_where_goods_go_is_not_where_the_site_stands(heading: str) -> None:
    assert sites(read(f"Factory;{heading}\nAlpha;Germany\nBeta;France\n")) == [
        ("Alpha", None),
        ("Beta", None),
    ]


def test_a_country_behind_a_tier_is_of_that_tier_in_japanese_too() -> None:
    draft = read(
        "一次サプライヤー,国,二次サプライヤー,二次サプライヤー国\n東洋,日本,華强,中国\n東洋,日本,サイアム,タイ\n"
    )
    assert sorted(sites(draft)) == sorted([("東洋", "JP"), ("華强", "CN"), ("サイアム", "TH")])


@pytest.mark.parametrize(
    ("pair", "point"),
    [
        ("64,70° с.ш. 43,39° в.д.", (64.7, 43.39)),
        ("10° ю.ш. 43° з.д.", (-10.0, -43.0)),
        ("北纬30.5 东经120.25", (30.5, 120.25)),
    ],
)
def test_halves_of_the_world_in_other_scripts_tell_a_place(
    pair: str, point: tuple[float, float]
) -> None:
    (node,) = read(f"Name;Coordinates\nUno;{pair}\n").nodes
    assert (node.latitude, node.longitude) == pytest.approx(point)


def test_a_cyrillic_list_of_few_known_words_is_read_in_its_letters() -> None:
    text = "Леспромхоз;Субъект РФ;Лесничество;Координаты;Объём;Арендатор\nЛПХ Северный;Обл.;Пинежское;;12;АО\n"
    assert [node.name for node in read(text, encoding="cp1251").nodes] == ["ЛПХ Северный"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("米国", "US"), ("アメリカ", "US"), ("한국", "KR"), ("Южная Корея", "KR"), ("КНР", "CN")),
        *(("République tchèque", "CZ"), ("Grande-Bretagne", "GB"), ("Weißrussland", "BY")),
    ],
)
def test_countries_are_known_by_what_people_call_them(name: str, code: str) -> None:
    assert sites(read(f"Name,Country\nUno,{name}\n")) == [("Uno", code)]

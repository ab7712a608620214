"""Lists as companies really keep them: headings, groups, totals, notes, many lines, many languages."""

import io

import pytest
import xlsxwriter

from supply_chain.intake.drafts import MapDraft, Mapping, NamedBytes, NodeDraft, TableMapping
from supply_chain.intake.maps import columns_as_json, read_map, read_tables
from supply_chain.vocabulary import NodeKind


def read(text: str, encoding: str = "utf-8") -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode(encoding))])


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = {**draft.mapping.nodes, **draft.mapping.links}.values()
    return dict(table.columns)


def operators(draft: MapDraft) -> dict[str, str | None]:
    names = {node.id: node.name for node in draft.nodes}
    return {node.name: names.get(node.operated_by or "") for node in draft.nodes}


def remarks(draft: MapDraft) -> list[tuple[int | None, str]]:
    return [(note.row, note.problem) for note in draft.notes]


# Languages and encodings

GERMAN = (
    "Lieferantenliste;;;;\nStand: 31.12.2024;;;;\n;;;;\n"
    "Fabrik;Land;Straße;PLZ;Ort;Anzahl Beschäftigte\n"
    "Näherei Müller GmbH;Deutschland;Hauptstr. 1;01067;Dresden;120\n"
    "Tekstil AS;Türkei;Sanayi Cad. 5;34000;Istanbul;80\n"
    "Gesamt;;;;;200\n\nHinweis: Angaben ohne Gewähr;;;;;\n"
)


def test_german_list_with_title_total_and_note_gives_its_rows_alone() -> None:
    draft = read(GERMAN, "cp1252")

    assert columns(draft) == {
        "name": "Fabrik",
        "country": "Land",
        "address": "Straße",
        "postal_code": "PLZ",
        "city": "Ort",
        "attributes.workers": "Anzahl Beschäftigte",
    }
    assert draft.rows == 2 and draft.problems == ()
    assert [(n.name, n.country) for n in draft.nodes] == [
        ("Näherei Müller GmbH", "DE"),
        ("Tekstil AS", "TR"),
    ]
    assert [row for row, _ in remarks(draft)] == [7, 9]


@pytest.mark.parametrize(
    ("header", "row", "encoding"),
    [
        (
            "Nombre del proveedor;País;Dirección;Ciudad",
            "Textiles Unión;México;C/ 5;Puebla",
            "cp1252",
        ),
        ("Nom de l'usine;Pays;Adresse;Ville", "Usine Été;Maroc;Rue 1;Fès", "utf-16"),
        ("Nome do fornecedor;País;Endereço;Cidade", "São João;Brasil;Rua 1;Belém", "cp1252"),
        ("Nome fornitore;Paese;Indirizzo;Città", "Società;Italia;Via 1;Forlì", "cp1252"),
        ("Naam fabriek;Land;Adres;Plaats", "Fabriek één;België;Straat 1;Gent", "cp1252"),
        ("Nazwa zakładu;Kraj;Adres;Miasto", "Zakład Łódź;Polska;Żwirki 5;Łódź", "cp1250"),
        ("Tesis Adı;Ülke;Adres;Şehir", "Güneş Tekstil;Türkiye;Cad. 5;İzmir", "cp1254"),
        ("Название фабрики;Страна;Адрес;Город", "Заря;Россия;ул. 1;Москва", "cp1251"),
        ("Название фабрики;Страна;Адрес;Город", "Заря;Россия;ул. 1;Москва", "koi8_r"),
        ("工厂名称,国家/地区,详细地址,城市", "苏州纺织,中国,园区1号,苏州", "gb18030"),
        ("工廠名稱,國家,地址,城市", "台北紡織,中國,一號,台北", "big5"),
        ("工場名,国,住所,都市", "東京縫製,日本,港区1-1,東京", "cp932"),
        ("공장명,국가,주소,도시", "서울섬유,베트남,1로,하노이", "cp949"),
        ("اسم المصنع,البلد,العنوان,المدينة", "مصنع النور,مصر,شارع 1,القاهرة", "cp1256"),
        ("कारखाने का नाम,देश,पता,शहर", "सूरत मिल,भारत,सड़क 1,सूरत", "utf-8"),
        ("Tên nhà máy,Quốc gia,Địa chỉ,Thành phố", "Dệt May,Việt Nam,Số 1,Hà Nội", "utf-8"),
        ("Nama pabrik,Negara,Alamat,Kota", "Tekstil Maju,Indonesia,Jl. 1,Bandung", "utf-8"),
        ("Jina la kiwanda,Nchi,Anwani,Mji", "Kiwanda,Kenya,Barabara 1,Nairobi", "utf-8"),
    ],
)
def test_columns_and_letters_of_other_languages_are_understood(
    header: str, row: str, encoding: str
) -> None:
    draft = read(f"{header}\n{row}\n", encoding)

    separator = ";" if ";" in header else ","
    names, cells = header.split(separator), row.split(separator)
    assert columns(draft) == dict(zip(("name", "country", "address", "city"), names, strict=True))
    (node,) = draft.nodes
    assert (node.name, node.address, node.attributes["city"]) == (cells[0], cells[2], cells[3])
    assert node.country is not None and draft.notes == ()


def test_encoding_and_separator_that_were_found_are_told() -> None:
    proven, assumed = read(GERMAN, "cp1252"), read("Name;City\nCafé;Köln\n", "cp1252")

    assert [(f.encoding, f.separator, f.is_certain) for f in proven.formats] == [
        ("cp1252", ";", True)
    ]
    assert not assumed.formats[0].is_certain
    assert "nothing in it says its encoding" in assumed.notes[0].problem


def test_long_text_of_an_unknown_encoding_is_judged_by_its_first_lines() -> None:
    rows = "".join(f"Фабрика {number};Россия\n" for number in range(5_000))

    assert read("Название;Страна\n" + rows, "cp1251").formats[0].encoding == "cp1251"


# Names of columns


@pytest.mark.parametrize(
    "header",
    [
        "Facilty Name,Contry,Adress,Lattitude,Longtitude",
        "1. Factory Name,2. Country,3. Address,4. Latitude,5. Longitude",
        "Name of the Factory,Country of production,Street and number,GPS lat,GPS long",
        "Factory Name 工厂名称,Country / 国家,Address (street),LAT,LNG",
        "FACTORY_NAME*,country (ISO),Full address,latitude [deg],longitude [deg]",
        "Name of the production facility,Production country,Site address,Lat.,Long.",
    ],
)
def test_column_names_are_known_with_typing_mistakes_numbers_and_two_languages(header: str) -> None:
    draft = read(f"{header}\nAlpha,VN,1 Road,21.0,105.8\n")

    assert columns(draft) == dict(
        zip(("name", "country", "address", "latitude", "longitude"), header.split(","), strict=True)
    )


def test_nearly_right_name_of_a_column_is_a_guess_with_low_confidence() -> None:
    (table,) = columns_as_json(read("Facilty Name,Contry\nAlpha,VN\n").mapping).values()

    assert [column["confidence"] for column in table] == [0.5, 0.5]
    assert "nearly" in table[1]["reason"]


def test_lines_that_head_one_column_over_two_rows_are_one_header() -> None:
    under = read("Name,Country,GPS,\n,,Lat,Long\nAlpha,VN,21.0,105.8\n")
    over = read("Factory,,Place,\nName,Type,Country,City\nAlpha,Sewing,VN,Hanoi\n")

    assert columns(under) == {
        "name": "Name",
        "country": "Country",
        "latitude": "Lat",
        "longitude": "Long",
    }
    assert under.rows == over.rows == 1
    assert columns(over) == {
        "name": "Name",
        "country": "Country",
        "city": "City",
        "sector": "Type",
    }


def test_equal_names_under_two_groups_are_told_apart_by_the_group() -> None:
    draft = read(
        "Supplier,,Factory,\nName,Country,Name,Country\nAlpha Ltd,DE,Plant A,VN\nBeta Ltd,FR,Plant B,IN\n"
    )

    assert columns(draft) == {
        "name": "Factory Name",
        "country": "Factory Country",
        "operated_by": "Supplier Name",
        "operated_by.country": "Supplier Country",
    }
    assert operators(draft)["Plant A"] == "Alpha Ltd"
    assert draft.notes == ()


def test_given_mapping_may_name_a_doubled_column_by_its_number() -> None:
    text = "Supplier,,Factory,\nName,Country,Name,Country\nAlpha,DE,Plant,VN\n"
    mapping = Mapping(
        nodes={"list.csv": TableMapping(2, {"name": "Name (2)", "country": "Factory Country"})}
    )

    draft = read_map([NamedBytes("list.csv", text.encode())], mapping)

    assert [(n.name, n.country) for n in draft.nodes] == [("Plant", "VN")]
    assert draft.problems == () and columns(draft)["name"] == "Factory Name"


def test_suppliers_beside_sites_run_them_and_their_numbers_are_not_those_of_the_sites() -> None:
    draft = read(
        "Vendor No.,Vendor,Plant,Plant Country\n1,Acme AG,Hanoi 1,VN\n1,Acme AG,Hanoi 2,VN\n"
    )

    assert operators(draft) == {"Hanoi 1": "Acme AG", "Hanoi 2": "Acme AG", "Acme AG": None}
    assert draft.nodes[0].attributes == {"Vendor No.": 1}


def test_supplier_beside_a_mill_buys_from_it() -> None:
    draft = read("Mill name,Country,Supplier\nMill 1,ID,Trader A\nMill 2,ID,Trader A\n")

    names = {node.id: node.name for node in draft.nodes}
    assert [(names[x.supplier], names[x.buyer]) for x in draft.links] == [
        ("Mill 1", "Trader A"),
        ("Mill 2", "Trader A"),
    ]


def test_code_that_is_the_same_in_most_rows_is_no_id() -> None:
    rows = "".join(f"A{number},VN,9\n" for number in range(8))

    assert columns(read(f"Name,Country,Site code\n{rows}")) == {
        "name": "Name",
        "country": "Country",
    }


# Tiers beside each other


def test_wide_list_gives_links_between_tiers_and_the_country_of_each() -> None:
    draft = read(
        "Tier 1,Tier 1 Country,Tier 2,Tier 2 Country,Tier 2 Parent,Tier 3,Tier 3 Country\n"
        "Sewing Co,Vietnam,Fabric Co,China,Fabric Group,Yarn Co,India\n"
        "Sewing Co,,Fabric Co,,,Fibre Co,Togo\nOther,Turkey,,,,,\n"
    )

    nodes = {node.id: node for node in draft.nodes}
    assert {(nodes[x.supplier].name, nodes[x.buyer].name) for x in draft.links} == {
        ("Yarn Co", "Fabric Co"),
        ("Fibre Co", "Fabric Co"),
        ("Fabric Co", "Sewing Co"),
    }
    assert {node.name: node.country for node in draft.nodes} == {
        "Yarn Co": "IN",
        "Fibre Co": "TG",
        "Other": "TR",
        "Fabric Co": "CN",
        "Sewing Co": "VN",
    }
    fabric = next(node for node in draft.nodes if node.name == "Fabric Co")
    assert fabric.attributes == {"Parent company": "Fabric Group"}


@pytest.mark.parametrize(
    "header",
    [
        "Lieferant Stufe 1;Lieferant Stufe 2",
        "1st tier supplier;2nd tier supplier",
        "一级供应商;二级供应商",
    ],
)
def test_tiers_are_known_under_other_names(header: str) -> None:
    assert set(columns(read(f"{header}\nA GmbH;B AG\n"))) == {"chain.1", "chain.2"}


def test_columns_of_marks_called_tiers_name_no_suppliers() -> None:
    assert columns(read("Name,Tier 1,Tier 2\nAlpha,x,\nBeta,,x\n")) == {"name": "Name"}


def test_columns_of_numbers_called_levels_are_no_tiers() -> None:
    assert columns(read("Name,Level 1,Level 2\nAlpha,4,5\n")) == {"name": "Name"}


def test_company_of_one_name_in_two_countries_is_two_nodes() -> None:
    draft = read("Tier 1,Tier 1 Country,Tier 2\nAcme,Vietnam,X\nAcme,India,Y\nAcme,India,Z\n")

    assert sorted(str(n.country) for n in draft.nodes if n.name == "Acme") == ["IN", "VN"]


def test_facts_beside_several_companies_of_a_cell_are_of_none() -> None:
    draft = read("Mill name,Tier 1 supplier,Tier 1 country\nM,Alpha | Beta,Togo\n")

    assert {node.name: node.country for node in draft.nodes} == {
        "M": None,
        "Alpha": None,
        "Beta": None,
    }


# Headings, groups, totals, notes


def test_country_on_a_line_of_its_own_is_that_of_the_rows_below() -> None:
    draft = read(
        "Factory Name,Address,Products\nBANGLADESH,,\nAlpha Ltd,1 Road,shirts\nBeta,2 Road,shirts\n"
        "VIETNAM,,\nGamma,3 Road,shoes\nTotal factories: 3,,\n* data as of June 2024,,\n"
    )

    assert [(n.name, n.country) for n in draft.nodes] == [
        ("Alpha Ltd", "BD"),
        ("Beta", "BD"),
        ("Gamma", "VN"),
    ]
    assert draft.rows == 3 and [row for row, _ in remarks(draft)] == [7, 8, 2, 5]


@pytest.mark.parametrize("title", ["BANGLADESH", "Country: Bangladesh"])
def test_sections_with_a_country_above_each_header_give_it_to_their_rows(title: str) -> None:
    header = "Factory,Address,Workers"

    draft = read(f"{title},,\n{header}\nA,1,5\nB,2,6\n,,\nINDIA,,\n{header}\nC,3,7\n")

    assert [(n.name, n.country) for n in draft.nodes] == [("A", "BD"), ("B", "BD"), ("C", "IN")]
    assert draft.rows == 3 and [row for row, _ in remarks(draft)] == [1, 6]


def test_title_that_is_no_country_or_stands_over_a_country_column_changes_nothing() -> None:
    plain = read("Our suppliers,\nFactory,Address\nA,1\n")
    told = read("Vietnam,\nFactory,Country\nA,\nB,India\n")

    assert [node.country for node in plain.nodes] == [None]
    assert [node.country for node in told.nodes] == [None, "IN"]


def test_heading_may_say_that_it_is_a_country() -> None:
    draft = read(
        "Supplier,Factory,Address\nCountry: India,,\nA,P1,1\nLand: Togo,,\nB,P2,2\nC,P3,3\n"
    )

    places = {node.name: node.country for node in draft.nodes}
    assert (places["P1"], places["P2"], places["P3"]) == ("IN", "TG", "TG")


@pytest.mark.parametrize(
    "text",
    [
        "Supplier,Site,Country,Address\nAlpha Ltd,,,\n,Plant 1,VN,1 Road\n,Plant 2,CN,2 Road\n"
        "Beta,,,\n,Plant 3,IN,3 Road\n",
        "Name,Country,Address,Workers\nAlpha Ltd,,,\n  - Plant 1,VN,1 Road,5\n"
        "  - Plant 2,CN,2 Road,6\nBeta,,,\n  - Plant 3,IN,3 Road,7\n",
        "Supplier,Factory,Country,Address\nAlpha Ltd,Plant 1,VN,1 Road\n,Plant 2,CN,2 Road\n"
        "Beta,Plant 3,IN,3 Road\n,Plant 4,IN,4 Road\n",
        "Supplier,Factory,Country,Address\nAlpha Ltd,,FR,9 Road\n,Plant 1,VN,1 Road\n"
        ",Plant 2,CN,2 Road\nBeta,,DE,8 Road\n,Plant 3,IN,3 Road\n",
    ],
    ids=["lines of their own", "indented sites", "first rows alone", "lines with places"],
)
def test_supplier_above_its_sites_runs_them(text: str) -> None:
    draft = read(text)

    found = operators(draft)
    assert (found["Plant 1"], found["Plant 2"], found["Plant 3"]) == (
        "Alpha Ltd",
        "Alpha Ltd",
        "Beta",
    )
    kinds = {node.name: node.kind for node in draft.nodes}
    assert kinds["Alpha Ltd"] is NodeKind.BUSINESS_ENTITY and kinds["Plant 1"] is NodeKind.SITE
    assert draft.problems == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [("Alpha S.A.", "Beta Ltd"), ("ALPHA GMBH", "Beta Sdn. Bhd."), ("Alpha Co., Inc.", "Beta AB")],
)
def test_lines_named_like_companies_run_the_sites_below_them(first: str, second: str) -> None:
    row = "{},VN,1 Road,5\n"
    table = f'"{first}",,,\n{row.format("Plant 1")}"{second}",,,\n{row.format("Plant 2")}'

    draft = read(f"Name,Country,Address,Workers\n{table}")

    assert operators(draft) == {"Plant 1": first, "Plant 2": second, first: None, second: None}


def test_lines_not_named_like_companies_are_suppliers_of_their_own() -> None:
    table = "Alpha,,,\nPlant 1,VN,1 Road,5\nBeta Ltd,,,\nPlant 2,VN,2 Road,5\n"

    draft = read(f"Name,Country,Address,Workers\n{table}")

    assert set(operators(draft).values()) == {None}


def test_country_filled_in_the_first_row_of_each_group_counts_for_the_group() -> None:
    draft = read(
        "No,Country,Region,Factory,Address\n1,Bangladesh,Dhaka,A,1\n2,,,B,2\n3,,Sylhet,C,3\n"
        "4,Vietnam,Hue,D,4\n5,,,E,5\n"
    )

    assert [n.country for n in draft.nodes] == ["BD", "BD", "BD", "VN", "VN"]
    assert [n.region for n in draft.nodes] == ["Dhaka", "Dhaka", "Sylhet", "Hue", "Hue"]
    assert (
        "5 empty cells" in remarks(draft)[0][1] or "read as the value above" in remarks(draft)[0][1]
    )


def test_country_missing_here_and_there_is_never_filled_from_the_row_above() -> None:
    draft = read("Country,Factory,Address\nBangladesh,A,1\n,B,2\nVietnam,C,3\nVietnam,D,4\n,E,5\n")

    assert [n.country for n in draft.nodes] == ["BD", None, "VN", "VN", None]


def test_suppliers_of_whom_the_name_alone_is_known_stay_suppliers() -> None:
    draft = read("Name,Country,Address\nAlpha,VN,1 Road\nBeta,,\nGamma,IN,3 Road\nDelta,,\n")

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta", "Gamma", "Delta"]
    assert operators(draft)["Gamma"] is None


@pytest.mark.parametrize(
    "line",
    [
        "Total,,,1200",
        'TOTAL:,,,"1,200"',
        "合计,,,1200",
        ",Итого,,1200",
        "Page 3 of 7,,,",
        "Source: company data 2024,,,",
        "* subcontractors not included,,,",
        "This list shows the factories with which we had an active order in the last year.,,,",
    ],
)
def test_totals_page_numbers_and_notes_are_no_suppliers(line: str) -> None:
    draft = read(f"Name,Country,Address,Workers\nAlpha,VN,1 Road,700\nBeta,IN,2 Road,500\n{line}\n")

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta"]
    assert draft.rows == 2 and draft.problems == ()
    assert remarks(draft)[0][0] == 4


def test_lines_after_a_gap_or_a_note_belong_to_the_note() -> None:
    draft = read(
        "Name,Country,Address\nAlpha,VN,1 Road\nBeta,VN,2 Road\n\nPrepared by the team\n"
        "Note: see also\nour website\n"
    )

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta"]


def test_company_called_total_with_a_place_is_a_supplier() -> None:
    draft = read("Name,Country,Address\nTotal,FR,Tour Coupole\nBeta,VN,2 Road\n")

    assert [node.name for node in draft.nodes] == ["Total", "Beta"]


def test_title_that_comes_again_on_each_page_is_no_row() -> None:
    page = "Our suppliers 2024,,\nName,Country,Address\n"

    draft = read(f"{page}Alpha,VN,1 Road\n{page}Beta,IN,2 Road\n")

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta"] and draft.rows == 2


def test_list_of_single_cells_alone_is_a_list_of_names() -> None:
    assert [node.name for node in read("Name\nAlpha\nBeta\n").nodes] == ["Alpha", "Beta"]


# Packed and merged cells


def test_table_that_stands_in_one_column_is_split_at_its_separator() -> None:
    draft = read('"Name;Country;Address"\n"Alpha;VN;1 Road"\n\n"""Beta; Ltd"";IN;2 Road"\n')

    assert [(n.name, n.country) for n in draft.nodes] == [("Alpha", "VN"), ("Beta; Ltd", "IN")]
    assert draft.rows == 2


def test_packed_lines_without_a_point_give_name_and_address() -> None:
    draft = read('line,x\n"Togo,Alpha,1 Road, Lome",1\n\n"Mali,Beta,2 Road",2\n,3\n')

    assert [(n.name, n.country, n.address) for n in draft.nodes] == [
        ("Alpha", "TG", "1 Road, Lome"),
        ("Beta", "ML", "2 Road"),
    ]


def _merged_book() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("Sites")
    page.merge_range("A1:E1", "Suppliers and their sites")
    for place, name in enumerate(["Supplier", "Country", "Site"]):
        page.merge_range(1, place, 2, place, name)
    page.merge_range("D2:E2", "GPS")
    page.write_row("D3", ["Latitude", "Longitude"])
    page.merge_range("A4:A6", "Alpha")
    page.merge_range("B4:B5", "Vietnam")
    for row, cells in enumerate([["S1", 21, 105], ["S2", 10, 106], ["S3", 20, 80]], start=3):
        page.write_row(row, 2, cells)
    page.write("B6", "India")
    page.write_row("A7", ["Beta", "Togo", "S4", 8, 1])
    book.close()
    return stream.getvalue()


def test_merged_cells_of_a_workbook_count_for_every_row_they_span() -> None:
    draft = read_map([NamedBytes("list.xlsx", _merged_book())])

    assert draft.problems == () and draft.rows == 4
    sites = [node for node in draft.nodes if node.kind is NodeKind.SITE]
    assert [(n.name, n.country) for n in sites] == [
        ("S1", "VN"),
        ("S2", "VN"),
        ("S3", "IN"),
        ("S4", "TG"),
    ]
    assert [operators(draft)[n.name] for n in sites] == ["Alpha", "Alpha", "Alpha", "Beta"]
    assert sites[0].latitude == 21


def test_table_knows_how_its_file_was_read() -> None:
    (table,) = read_tables([NamedBytes("a.csv", b"Name|Country\nA|VN\n")])

    assert table.format is not None and table.format.separator == "|"
    assert isinstance(read("Name\nA\n").nodes[0], NodeDraft)


def test_same_buyer_twice_with_another_share_is_a_problem() -> None:
    draft = read("Supplier,Customer,Country,Share\nAlpha,Beta,VN,0.3\nAlpha,Beta,VN,0.4\n")

    (problem,) = draft.problems
    assert "same link stands twice" in problem.problem and problem.row == 3


def test_table_of_ids_without_names_is_read_with_the_ids_for_names() -> None:
    draft = read("node_id,iso3\nAUS:c1,AUS\nVNM:c1,VNM\n")

    assert [(n.id, n.name, n.country) for n in draft.nodes] == [
        ("AUS:c1", "AUS:c1", "AU"),
        ("VNM:c1", "VNM:c1", "VN"),
    ]
    assert "the ids stand for them" in remarks(draft)[0][1] and draft.problems == ()

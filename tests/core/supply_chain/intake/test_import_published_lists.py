"""Lists of shapes that companies publish: sections, two header rows, tiers, footnotes, languages.

All names are made up. Each list has its expected columns and nodes.
"""

import io
import json

import openpyxl
import pytest

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.json_tables import json_rows
from supply_chain.intake.maps import read_map


def read(content: str | bytes, *, encoding: str = "utf-8", name: str = "list.csv") -> MapDraft:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return read_map([NamedBytes(name, data)])


def workbook(rows: list[list[object]], *merged: str, **more: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for title, others in more.items():
        further = book.create_sheet(title)
        for row in others:
            further.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


def sites(draft: MapDraft) -> list[tuple[str, str | None]]:
    return [(node.name, node.country) for node in draft.nodes]


def operator_of(draft: MapDraft) -> dict[str, str | None]:
    names = {node.id: node.name for node in draft.nodes}
    return {node.name: names.get(node.operated_by or "") for node in draft.nodes}


def test_sections_by_country_with_repeated_headers_totals_and_notes() -> None:
    draft = read(
        "ACME Factory List 2026\nUpdated March 2026\n\nBANGLADESH (2 factories)\n"
        "Factory Name,Address,City,Workers\nAlfa Knit Ltd,12 Road,Gazipur,\"1,240\"\n"
        "Beta Wear,5 Lane,Dhaka,800\n\nVIETNAM (1 factory)\n"
        "Factory Name,Address,City,Workers\nGamma Shoes,Lot 5,Binh Duong,300\n\n"
        "Total factories: 3,,,\n* Subcontractors excluded\n"
    )  # fmt: skip

    assert sites(draft) == [("Alfa Knit Ltd", "BD"), ("Beta Wear", "BD"), ("Gamma Shoes", "VN")]
    assert [node.attributes["workers"] for node in draft.nodes] == [1240, 800, 300]
    assert draft.problems == () and draft.rows == 3


def test_two_header_rows_with_merged_groups_and_a_total() -> None:
    draft = read(
        workbook(
            [
                ["Supplier", "", "Site", "", "", ""],
                ["Name", "Code", "Name", "Country", "Latitude", "Longitude"],
                ["Alfa", "V1", "Alfa Plant 1", "India", 18.5, 73.8],
                ["", "", "Alfa Plant 2", "India", 19.1, 72.9],
                ["Beta", "V2", "Beta Works", "Vietnam", 10.8, 106.7],
                ["Total", "", 3, "", "", ""],
            ],
            *("A1:B1", "C1:F1"),
        ),
        name="list.xlsx",
    )

    assert columns(draft)["name"] == "Site Name"
    assert columns(draft)["operated_by"] == "Supplier Name"
    assert {k: v for k, v in operator_of(draft).items() if v} == {
        "Alfa Plant 1": "Alfa", "Alfa Plant 2": "Alfa", "Beta Works": "Beta",
    }  # fmt: skip


def test_one_column_a_tier_with_its_country() -> None:
    draft = read(
        "Tier 1 Supplier,Tier 1 Country,Tier 2 Supplier,Tier 2 Country,Tier 3 Supplier,"
        "Tier 3 Country,Material\nAlfa,India,Beta Mills,India,Gamma Gin,Pakistan,Cotton\n"
        "Alfa,India,Delta Mills,China,,,Cotton\n"
    )

    names = {node.id: node.name for node in draft.nodes}
    assert {(names[link.supplier], names[link.buyer]) for link in draft.links} == {
        ("Gamma Gin", "Beta Mills"), ("Beta Mills", "Alfa"), ("Delta Mills", "Alfa"),
    }  # fmt: skip
    assert dict(sites(draft))["Delta Mills"] == "CN"


@pytest.mark.parametrize(
    ("encoding", "text", "expected", "country"),
    [
        (
            "cp1252",
            "Fournisseur;Site de fabrication;Adresse;Code postal;Ville;Pays;Effectif\n"
            "Textile Éts Durand;Atelier Nord;12 rue de l’Église;59000;Lille;France;120\n",
            {"name": "Site de fabrication", "operated_by": "Fournisseur", "address": "Adresse",
             "postal_code": "Code postal", "city": "Ville", "attributes.workers": "Effectif"},
            "FR",
        ),
        (
            "cp1252",
            "Razón social;Planta;Dirección;Municipio;Estado;País;Nº de trabajadores\n"
            "Maquilas S.A. de C.V.;Planta Norte;Av. Juárez 12;Tehuacán;Puebla;México;850\n",
            {"name": "Planta", "operated_by": "Razón social", "region": "Estado"},
            "MX",
        ),
        (
            "cp1252",
            "Fornecedor;CNPJ;Unidade;Endereço;Município;UF;País;Produto\nFrigorífico Boi;"
            "11.222.333/0001-81;Unidade Marabá;Rod. BR-230;Marabá;PA;Brasil;Carne bovina\n",
            {"name": "Unidade", "operated_by": "Fornecedor", "region": "UF",
             "external_ids.cnpj": "CNPJ", "commodities": "Produto"},
            "BR",
        ),
        (
            "cp1254",
            "Tedarikçi;Tesis Adı;Adres;İlçe;İl;Ülke;Çalışan Sayısı\nYıldız Tekstil A.Ş.;"
            "Yıldız Dikim;Organize San. Böl. 5;Nilüfer;Bursa;Türkiye;430\n",
            {"name": "Tesis Adı", "operated_by": "Tedarikçi", "city": "İlçe", "region": "İl"},
            "TR",
        ),
        (
            "gb18030",
            "序号,供应商名称,工厂地址,省份,城市,国家,员工人数,主要产品\n"
            "1,苏州光电有限公司,工业园区星湖街1号,江苏,苏州,中国,\"2,300\",鞋\n",
            {"name": "供应商名称", "address": "工厂地址", "attributes.workers": "员工人数"},
            "CN",
        ),
        (
            "utf-8",
            "اسم المصنع,العنوان,المدينة,الدولة,عدد العمال\nمصنع النيل,شارع ٥,المحلة,مصر,٤٥٠\n",
            {"name": "اسم المصنع", "address": "العنوان", "attributes.workers": "عدد العمال"},
            "EG",
        ),
    ],
)  # fmt: skip
def test_headings_of_many_languages_in_their_encodings(
    encoding: str, text: str, expected: dict[str, str], country: str
) -> None:
    draft = read(text, encoding=encoding)

    assert expected.items() <= columns(draft).items()
    assert draft.nodes[0].country == country and draft.problems == ()


SITE = {
    "os_id": "CN2021250D1DTN7", "name": "Alfa Garments", "address": "12 Road",
    "country_code": "CN", "coordinates": {"lat": 22.5, "lng": 114.1}, "sector": ["Apparel"],
    "number_of_workers": {"min": 100, "max": 200}, "contributors": None,
}  # fmt: skip
FEATURE = {
    "type": "Feature", "id": "f1", "geometry": {"type": "Point", "coordinates": [114.1, 22.5]},
    "properties": {"name": "Alfa Garments", "address": "12 Road", "country_code": "CN",
                   "owner": {"name": "Alfa Group", "lists": [{"deep": 1}]}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("list.json", [SITE]),
        ("answer.json", {"count": 1, "next": None, "results": [SITE]}),
        ("sites.geojson", {"type": "FeatureCollection", "features": [FEATURE]}),
        ("sites.json", {"type": "FeatureCollection", "features": [FEATURE]}),
    ],
)
def test_sites_in_json_of_others_are_read_as_rows(name: str, document: object) -> None:
    draft = read(json.dumps(document), name=name)

    (node,) = draft.nodes
    assert (node.name, node.country, node.address) == ("Alfa Garments", "CN", "12 Road")
    assert (node.latitude, node.longitude) == (22.5, 114.1) and draft.problems == ()


def test_ids_and_numbers_of_json_sites_are_kept() -> None:
    draft = read(json.dumps([SITE]), name="list.json")

    assert draft.nodes[0].external_ids == {"os_id": "CN2021250D1DTN7"}
    assert draft.nodes[0].sector == "garments"
    assert draft.nodes[0].attributes["workers"] == "100-200"


@pytest.mark.parametrize("inner", ["A-1", "f1"])
def test_a_feature_with_an_id_of_its_own_and_one_among_its_properties_loses_neither(
    inner: str,
) -> None:
    feature = {**FEATURE, "properties": {**FEATURE["properties"], "id": inner}}  # type: ignore[dict-item]
    other = {**FEATURE, "id": inner, "properties": {**FEATURE["properties"], "id": inner}}  # type: ignore[dict-item]
    text = json.dumps({"type": "FeatureCollection", "features": [feature, other]})
    header, first, second = json_rows(NamedBytes("sites.geojson", text.encode())) or ((), (), ())

    one, two = dict(zip(header, first, strict=True)), dict(zip(header, second, strict=True))
    assert one["id"] == two["id"] == inner
    assert one.get("feature.id", one["id"]) == "f1"
    assert two.get("feature.id", two["id"]) == inner


def _collection(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def _numbered(number: int, **told: object) -> dict[str, object]:
    return {**FEATURE, "id": number, "properties": {"country": "CN", **told}}


def test_sites_keep_their_own_ids_where_the_file_numbers_its_features() -> None:
    text = _collection(
        _numbered(0, id="SUP-1", name="Alfa", latitude=1), _numbered(1, id="SUP-2", name="Beta")
    )
    draft = read(text, name="sites.geojson")

    assert [(node.id, node.name) for node in draft.nodes] == [("SUP-1", "Alfa"), ("SUP-2", "Beta")]
    assert {(node.latitude, node.longitude) for node in draft.nodes} == {(22.5, 114.1)}
    assert draft.problems == ()


def test_features_with_an_id_of_their_own_alone_keep_it() -> None:
    text = _collection(_numbered(7, name="Alfa"), _numbered(8, name="Beta", id="SUP-2"))

    assert [node.id for node in read(text, name="sites.geojson").nodes] == ["7", "SUP-2"]


def test_no_column_of_a_site_is_written_over_by_the_id_of_its_feature() -> None:
    text = _collection(_numbered(7, name="Alfa", id="SUP-1", **{"feature.id": "x"}))
    header, row = json_rows(NamedBytes("sites.geojson", text.encode())) or ((), ())

    named = dict(zip(header, row, strict=True))
    assert (named["id"], named["feature.id"], named["feature.feature.id"]) == ("SUP-1", "x", "7")


def test_a_fault_in_a_json_list_names_its_row() -> None:
    draft = read(json.dumps([SITE, {**SITE, "country_code": "Nowhere"}]), name="list.json")

    assert [(p.row, p.column, p.value) for p in draft.problems] == [(3, "country_code", "Nowhere")]


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": 1}', "[{", "[]", '{"results": [1]}'])
def test_json_that_is_no_list_of_sites_is_refused(text: str) -> None:
    with pytest.raises(FileRefused, match=r"JSON|value-chain"):
        read(text, name="list.json")
    with pytest.raises(FileRefused, match="no sound GeoJSON"):
        read(text, name="list.geojson")


def test_footnotes_that_headings_refer_to_are_no_suppliers() -> None:
    draft = read(
        'Mill name(1),Group(2),Country,GPS\nKuala Mill,Wilmar,Malaysia,"3.15, 101.7"\n'
        "Sungai Mill,Musim Mas,Indonesia,\"0°30'S 101°27'E\"\n,,,\n"
        "(1) as reported by suppliers,,,\n\"(2) parent group, if known\",,,\n* certified,,,\n"
    )  # fmt: skip

    assert sites(draft) == [("Kuala Mill", "MY"), ("Sungai Mill", "ID")]
    assert [note.row for note in draft.notes] == [5, 6, 7]


def test_numbers_of_production_are_no_address_and_the_total_is_no_farm() -> None:
    draft = read(
        "No.;Farm name;Region;Country;Area (ha);Production (t);Latitude;Longitude\n"
        "1;Finca Uno;Huila;Colombia;12,5;8;2,53;-75,52\n2;Finca Dos;Cauca;Colombia;3;2;2,44;-76,61"
        "\nTOTAL;;;;15,5;10;;\n"
    )

    assert "address" not in columns(draft) and draft.problems == ()
    assert [(n.name, n.latitude, n.longitude) for n in draft.nodes] == [
        ("Finca Uno", 2.53, -75.52), ("Finca Dos", 2.44, -76.61),
    ]  # fmt: skip
    assert draft.nodes[0].attributes["Production (t)"] == 8


def test_merged_countries_go_for_all_their_rows() -> None:
    rows: list[list[object]] = [
        ["Country", "Factory", "Address"], ["India", "Alfa", "1 Road"], [None, "Beta", "2 Road"],
        ["China", "Gamma", "3 Road"], [None, "Delta", "4 Road"],
    ]  # fmt: skip
    draft = read(workbook(rows, "A2:A3", "A4:A5"), name="list.xlsx")

    assert sites(draft) == [("Alfa", "IN"), ("Beta", "IN"), ("Gamma", "CN"), ("Delta", "CN")]


def test_sheets_by_tier_with_a_customer_are_linked_and_a_cover_sheet_is_left_out() -> None:
    book = workbook(
        [["Name", "Country"], ["Alfa", "India"]],
        Tier2=[["Name", "Country", "Customer"], ["Beta", "China", "Alfa"]],
        Readme=[["This list holds our suppliers"], ["Updated 2026"]],
    )
    draft = read(book, name="list.xlsx")

    names = {node.id: node.name for node in draft.nodes}
    assert [(names[link.supplier], names[link.buyer]) for link in draft.links] == [("Beta", "Alfa")]
    assert [note.value for note in draft.notes] == ["Readme"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Metal,Smelter Name,Smelter ID,Country Location,State/Province\n"
            'Gold,Refinaria X,CID000058,"KOREA, REPUBLIC OF",\n',
            {"name": "Smelter Name", "country": "Country Location", "commodities": "Metal",
             "external_ids.rmi_smelter_id": "Smelter ID"},
        ),
        (
            "Vessel Name,IMO,Flag State,Gear,Company,Product\nOcean Star,9074729,Taiwan,Longline,"
            "Sea Co Ltd,Tuna\n",
            {"name": "Vessel Name", "country": "Flag State", "operated_by": "Company"},
        ),
        (
            "Supplier|Country|Parent|Tier\nAlfa|CI|Cargill|1\nBeta|GH|Olam|2\n",
            {"name": "Supplier", "country": "Country", "operated_by": "Parent"},
        ),
        (
            "Direct Supplier;Cooperative;Dept.;Sous-préfecture;Longitude;Latitude\n"
            "Cargill;COOP-CA Soubré;Nawa;Soubré;-6,6;5,78\n",
            {"chain.1": "Direct Supplier", "name": "Cooperative", "region": "Dept."},
        ),
        (
            "Facility;ISO3;Product category\nAlfa;BGD;Apparel\nBeta;Viet Nam;Footwear\n",
            {"name": "Facility", "country": "ISO3", "sector": "Product category"},
        ),
        (
            'Name,Address,Country\nAlfa,"12 Road\nGazipur\n1700",Bangladesh\n',
            {"name": "Name", "address": "Address", "country": "Country"},
        ),
        (
            "os_id,contribution_date,name,address,country_code,country_name,latitude,longitude,"
            "sector,parent_company,number_of_workers\nCN2021250D1DTN7,2021-09-07,Alfa,12 Road,CN,"
            "China,22.5,114.1,Apparel|Textiles,Alfa Group,100-200\n",
            {"external_ids.os_id": "os_id", "operated_by": "parent_company", "name": "name"},
        ),
    ],
)  # fmt: skip
def test_lists_of_trades_are_read_by_their_own_words(text: str, expected: dict[str, str]) -> None:
    draft = read(text)

    assert expected.items() <= columns(draft).items()
    assert draft.problems == () and draft.nodes[0].name != ""

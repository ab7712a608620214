"""Lists in the manner of companies that nobody here had seen: each is read as a careful person would.

All names are made up.
"""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter

from supply_chain.graph.export import ExportForm, export_map
from supply_chain.intake.drafts import MapDraft, NamedBytes, NodeDraft
from supply_chain.intake.maps import columns_as_json, read_map
from supply_chain.intake.personal_columns import tells_of_people
from supply_chain.intake.words import words
from supply_chain.vocabulary import NodeKind


def read(text: str, encoding: str = "utf-8") -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode(encoding))])


def read_workbook(rows: list[list[object]]) -> MapDraft:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("List")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, ["" if cell is None else cell for cell in row])
    return read_map([NamedBytes("list.xlsx", stream.getvalue())])


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


def named(draft: MapDraft) -> dict[str, NodeDraft]:
    return {node.name: node for node in draft.nodes}


def operators(draft: MapDraft) -> dict[str, str | None]:
    names = {node.id: node.name for node in draft.nodes}
    return {node.name: names.get(node.operated_by or "") for node in draft.nodes}


def left_out(draft: MapDraft) -> list[str | None]:
    return [note.column for note in draft.notes if "tells of people" in note.problem]


# People: no contact, telephone or e-mail enters a map


@pytest.mark.parametrize(
    ("header", "row", "people"),
    [
        (
            "Nom de l'usine;Pays;Personne de contact;Courriel",
            "Atlas SARL;Maroc;Fatima E.;f@atlas.example",
            ["Personne de contact", "Courriel"],
        ),
        (
            "Razón social;País;Teléfono;Correo electrónico",
            "Curtidos H;España;965 111 222;a@b.example",
            ["Teléfono", "Correo electrónico"],
        ),
        (
            "Lieferantenname;Land;Ansprechpartner;E-Mail",
            "Kabel SARL;Tunesien;Frau T.;t@kabel.example",
            ["Ansprechpartner", "E-Mail"],
        ),
        (
            "Tedarikçi Adı;Ülke;Yetkili Kişi;Telefon",
            "İpek San.;Türkiye;Ayşe Y.;+90 282 555",
            ["Yetkili Kişi", "Telefon"],
        ),
        (
            "供应商名称;国家/地区;联系人;联系电话",
            "苏州光电;中国;王某;13800138000",
            ["联系人", "联系电话"],
        ),
        ("取引先名;国・地域;担当者", "北海道木材;日本;佐藤", ["担当者"]),
        ("اسم المنشأة;البلد;الهاتف", "مصنع النيل;مصر;+20 66 123", ["الهاتف"]),
        ("Tên nhà máy;Quốc gia;Người liên hệ", "Nhà máy A;Việt Nam;Hoa", ["Người liên hệ"]),
        ("কারখানার নাম;দেশ;যোগাযোগ;ফোন", "নিট প্লাস;বাংলাদেশ;করিম;01811", ["যোগাযোগ", "ফোন"]),
        ("Mine Site;Country;Site manager;Date of birth", "Kolwezi;DRC;J. M.;1970-01-01",
         ["Site manager", "Date of birth"]),
        ("Factory;Country;Reach us", "Lucky Toys;China;wong@lucky.example", ["Reach us"]),
        ("Factory;Country;Line", "Lucky Toys;China;+86 769 8888 0000", ["Line"]),
    ],
)  # fmt: skip
def test_columns_that_tell_of_people_are_left_out_and_named_in_a_note(
    header: str, row: str, people: list[str]
) -> None:
    draft = read(f"{header}\n{row}\n")

    (node,) = draft.nodes
    assert node.country is not None and node.attributes == {}
    assert left_out(draft) == people
    shown = columns_as_json(draft.mapping)["list.csv"]
    hidden = [entry for entry in shown if entry["of_people"]]  # type: ignore[union-attr, index, call-overload]
    assert [(entry["column"], entry["samples"]) for entry in hidden] == [(c, []) for c in people]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    "column",
    [
        *("Nom du PCA", "Responsável Legal", "CPF do responsável", "Referente", "Jina la Katibu"),
        *("Osoba kontaktowa", "Тел.", "Τηλέφωνο", "تلفن", "טלפון", "Người đại diện", "SĐT"),
        *("Penanggung Jawab", "Telefoonnummer", "Name of auditor", "Key account rep", "Signatory"),
        *("Worker names", "Owner's father name", "Farmer Name", "Nom du planteur", "Skype"),
        *("Betriebsleiter", "Children in school", "Gender", "Puhelin", "मालिक का नाम", "代表者名"),
    ],
)
def test_no_word_for_people_of_any_language_enters_a_map(column: str) -> None:
    draft = read(f"Factory,Country,{column}\nLucky Toys,China,somebody\n")

    assert left_out(draft) == [column] and draft.nodes[0].attributes == {}


@pytest.mark.parametrize(
    "cells",
    [
        ["0532 555 00 11", "(021) 555-0101 22"],
        ["123.456.789-09", "987.654.321-00"],
        ["11010519491231002X", "440308199901010012"],
        ["Mr. R. Kumar", "Mrs S. Rao"],
        ["Frau Nováková", "Herr Müller"],
    ],
)
def test_what_stands_in_a_column_tells_of_people_whatever_its_name(cells: list[str]) -> None:
    lines = "".join(f"Site {at},IN,{cell}\n" for at, cell in enumerate(cells))

    draft = read(f"Factory,Country,Line\n{lines}")

    assert left_out(draft) == ["Line"] and all(node.attributes == {} for node in draft.nodes)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Opened", "01.01.2025"),
        ("Mother company", "Alpha Group"),
        ("Child company", "Beta Ltd"),
        ("Nama anak perusahaan", "PT Gamma"),
        ("Engine HP", "450"),
        ("Number of farmers", "340"),
        ("Nb producteurs", "1240"),
        ("Contract", "012-34-56"),
        ("HS", "0901.11"),
    ],
)
def test_days_counts_and_companies_of_a_group_tell_of_no_people(column: str, cell: str) -> None:
    draft = read(f"Factory,Country,{column}\nLucky Toys,China,{cell}\n")

    assert left_out(draft) == []


def test_who_made_and_who_checked_a_list_is_neither_a_node_nor_shown() -> None:
    draft = read(
        "Site;Address;Country\nAlpha;1 Rd;CN\n\nChecked by: J. Doe\nTel: +49 30 123456\n"
        "See also: our report\n"
    )

    assert [node.name for node in draft.nodes] == ["Alpha"]
    assert "Doe" not in str(draft) and "123456" not in str(draft)


def test_a_supplier_to_a_hotel_buys_nothing_from_it() -> None:
    draft = read("Hotel,Labour supplier,Country\nGrand,StaffCo,Qatar\n")

    assert draft.links == () and draft.nodes[0].attributes == {"Labour supplier": "StaffCo"}


def test_a_register_of_farmers_keeps_their_numbers_and_no_name() -> None:
    draft = read("Farmer ID,Farmer Name,Village,Country\nF1,Kwame M.,Sefwi,Ghana\n")

    (node,) = draft.nodes
    assert node.name == "F1" and "Kwame" not in str(node)


@pytest.mark.parametrize(
    "lines",
    [
        ["+86 769 8888 0000", "-", "n/a", "-", "n/a", "-"],
        ["Hall 1", "Hall 2", "Hall 3", *(f"+86 769 8888 {n:04}" for n in range(9))],
        [*[""] * 300, "+86 769 8888 0000"],
    ],
)
def test_page_and_reader_judge_a_column_alike_by_all_that_stands_in_it(lines: list[str]) -> None:
    rows = "".join(f"Mill {place},CN,{line}\n" for place, line in enumerate(lines))
    draft = read(f"Factory,Country,Line\n{rows}")

    assert left_out(draft) == ["Line"]
    assert not any(node.attributes for node in draft.nodes)
    assert draft.mapping.nodes["list.csv"].of_people == {"Line"}
    assert draft.mapping.nodes["list.csv"].samples.keys() == {"Factory", "Country"}


@pytest.mark.parametrize(
    "column",
    [
        *("ContactName", "PhoneNumber", "MobileNo", "contactname", "Tel. No.", "Tel Number"),
        *(
            "Office Tel",
            "Tél.",
            "Name of the child",
            "Child's name",
            "Mother’s name",
            "NameOfChild",
        ),
        *("Vorname", "Nachname", "Prénom", "Apellidos", "Sobrenome", "Cognome", "Person in charge"),
        *("PIC", "Attn", "Legal representative", "法定代表人", "Geburtsdatum", "Date de naissance"),
        *("Handynummer", "Fecha de nacimiento", "National ID", "Passport no", "Plant manager"),
        *("البريد الإلكتروني", "Fund manager e-mail", "Owner passport"),
    ],
)
def test_names_of_columns_of_people_are_known_however_they_are_written(column: str) -> None:
    draft = read(f"Factory,Country,{column}\nLucky Toys,CN,x\n")

    assert left_out(draft) == [column]
    assert draft.nodes[0].attributes == {}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("العنوان البريدي", "12 شارع النيل"),
        ("الرمز البريدي", "11511"),
        ("GSM", "180"),
        ("National ID (company)", "40003245752"),
        ("Product passport", "DPP-7"),
        ("Fund manager", "Alpine Capital"),
        ("Hotel", "Astoria"),
        ("Telangana unit", "3"),
    ],
)
def test_columns_of_businesses_and_goods_stay_though_they_sound_like_people(
    column: str, cell: str
) -> None:
    draft = read(f"Factory;Country;{column}\nLucky Toys;CN;{cell}\n")

    assert left_out(draft) == []
    (node,) = draft.nodes
    assert cell in {node.address, *map(str, node.attributes.values())}


def test_gsm_is_a_telephone_where_long_numbers_stand_in_it() -> None:
    draft = read("Fabrika;Ülke;GSM\nİpek San.;Türkiye;0532 111 22 33\n")

    assert left_out(draft) == ["GSM"]


def test_attributes_of_people_are_left_out_of_value_chain_json_and_noted_once() -> None:
    attributes = {"phone": "1", "workers": 3}
    nodes = [
        {"id": key, "name": "A", "country": "CN", "Contact person": "W.", "attributes": attributes}
        for key in "ab"
    ]
    text = json.dumps({"format": "value-chain/1", "nodes": nodes})
    draft = read_map([NamedBytes("map.json", text.encode())])

    assert left_out(draft) == ["Contact person", "phone"]
    assert [node.attributes for node in draft.nodes] == [{"workers": 3}, {"workers": 3}]


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_attributes_of_people_in_what_this_platform_wrote_are_left_out_too(
    form: ExportForm,
) -> None:
    attributes = {"Contact": "W. L.", "MobileNo": "1", "Line": "+86 769 8888 0000", "workers": 3}
    ids = {"passport": "P-7"}
    node = NodeDraft("a", "Lucky Toys", country="CN", external_ids=ids, attributes=attributes)
    draft = read_map(export_map((node,), (), name="Toys", as_of=date(2026, 1, 1), form=form))

    assert left_out(draft) == ["Contact", "MobileNo"]
    assert draft.nodes == (replace(node, attributes={"Line": attributes["Line"], "workers": 3}),)


def test_no_known_name_of_a_field_tells_of_people() -> None:
    tables = words()
    fields = (tables.node_columns, tables.chain_columns, tables.link_columns)
    known = [name for table in fields for names in table.values() for name in names]

    assert [name for name in known if name[0] != "~" and tells_of_people(name)] == []


def test_the_name_of_a_contact_never_becomes_the_name_of_a_site() -> None:
    draft = read(
        "Site details;;;Workforce;;Contact details;\n"
        "Site name;City;Country;Total;Female;Name;Email\n"
        "Green Salads;Spalding;United Kingdom;320;140;Sarah J.;sarah@green.example\n"
        "Rosso S.p.A.;Cerignola;Italy;150;60;Luca B.;luca@rosso.example\n"
    )

    assert [node.name for node in draft.nodes] == ["Green Salads", "Rosso S.p.A."]
    assert named(draft)["Rosso S.p.A."].attributes == {
        "workers": 150,
        "city": "Cerignola",
        "Workforce Female": 60,
    }
    assert left_out(draft) == ["Contact details Name", "Contact details Email"]


def test_a_group_of_contacts_that_spills_over_to_the_right_takes_no_facts_of_the_site() -> None:
    draft = read(
        "Site;Contact details;;;;;;\n"
        "Site name;Name;Email;Address;Country;Workers;Latitude;Longitude\n"
        "Rosso S.p.A.;Luca B.;luca@rosso.example;via Roma 2;Italy;150;41.26;15.9\n"
    )

    (node,) = draft.nodes
    assert (node.country, node.latitude, node.longitude) == ("IT", 41.26, 15.9)
    assert node.attributes == {"workers": 150}
    assert left_out(draft) == [
        *("Contact details Name", "Contact details Email", "Contact details Address")
    ]


def test_what_only_sounds_like_a_contact_stays() -> None:
    draft = read("Factory;Country;Workers;Female managers %\nLucky Toys;China;760;12\n")

    assert draft.nodes[0].attributes == {"workers": 760, "Female managers %": 12}


# Numbers of people, in the digits and signs of many places


@pytest.mark.parametrize(
    ("written", "count"),
    [("1.240", 1240), ("1 150", 1150), ("1,150", 1150), ("12'500", 12500), ("٢٥٠", 250),
     ("২৫০০", 2500), ("1\u202f150", 1150), ("ca. 300", "ca. 300"), ("1.5", 1.5)],
)  # fmt: skip
def test_counts_of_workers_are_numbers_however_thousands_are_parted(
    written: str, count: object
) -> None:
    draft = read(f"Factory;Country;Workers\nA;PK;{written}\n")

    assert draft.nodes[0].attributes == {"workers": count}


# Places


@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        ("12 15 00 S", "25 20 00 E", (-12.25, 25.333333)),
        ("N 11.3530", "E 76.7959", (11.353, 76.7959)),
        ("S12°15'00\"", "W 76°30'", (-12.25, -76.5)),
        ("-3:15:00", "-79:57:00", (-3.25, -79.95)),
    ],
)
def test_degrees_are_read_with_the_half_before_or_behind(
    latitude: str, longitude: str, point: tuple[float, float]
) -> None:
    row = ";".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (latitude, longitude))
    draft = read(f"Farm;Latitude;Longitude\nA;{row}\n")

    assert draft.problems == ()
    found = draft.nodes[0].latitude, draft.nodes[0].longitude
    assert found == pytest.approx(point, abs=1e-6)


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("5.7856, -6.5939", (5.7856, -6.5939)),
        ("18°56'38\"S, 46°59'33\"W", (-18.943889, -46.9925)),
        ("18°56'38\"S 46°59'33\"W", (-18.943889, -46.9925)),
        ("N 5.5 W 6.25", (5.5, -6.25)),
        ("POINT (-6.5939 5.7856)", (5.7856, -6.5939)),
    ],
)
def test_a_pair_of_degrees_in_one_cell_is_a_place(written: str, point: tuple[float, float]) -> None:
    cell = written.replace('"', '""')
    draft = read(f'Cooperative;Country;"GPS (lat, lon)"\nA;CI;"{cell}"\n')

    assert draft.problems == ()
    found = draft.nodes[0].latitude, draft.nodes[0].longitude
    assert found == pytest.approx(point, abs=1e-6)


@pytest.mark.parametrize("written", ["25 20 00 E", "12 75 00 S", "12°61'S"])
def test_a_latitude_of_the_wrong_half_or_of_more_than_sixty_minutes_is_a_problem(
    written: str,
) -> None:
    draft = read(f"Farm;Latitude;Longitude\nA;{written};10\n")

    (problem,) = draft.problems
    assert problem.column == "Latitude" and "latitude" in problem.problem


def test_the_sign_on_a_car_is_proposed_as_a_country_and_not_taken() -> None:
    draft = read("Lieferantenname;Länderkürzel\nGießerei;D\nAlu AG;A\n")

    assert [problem.advice.split("?")[0] for problem in draft.problems] == [
        "Did you mean Germany (DE)",
        "Did you mean Austria (AT)",
    ]


# Groups, totals and notes


def test_companies_below_a_country_and_their_sites_below_them_are_told_apart() -> None:
    draft = read(
        "Supplier / Site;Address;Workers;Products\n"
        "BANGLADESH;;;\nDelta Group;;;\n   Jinnat Ltd;Kashimpur;3200;Knitwear\n"
        "   Flamingo Ltd;Kashimpur;1500;Knitwear\nEpsilon Group;;;\n   Cosmo Ltd;Ashulia;2700;Tops\n"
        "VIETNAM;;;\nHana Co;;;\n   Hana TN;Tay Ninh;4100;Tops\n;;;\nPage 1 of 1;;;\n"
    )

    countries = {node.name: node.country for node in draft.nodes}
    assert countries == {
        "Delta Group": None,
        "Jinnat Ltd": "BD",
        "Flamingo Ltd": "BD",
        "Epsilon Group": None,
        "Cosmo Ltd": "BD",
        "Hana Co": None,
        "Hana TN": "VN",
    }
    assert operators(draft)["Flamingo Ltd"] == "Delta Group"
    assert operators(draft)["Hana TN"] == "Hana Co"


def test_a_cooperative_named_in_first_rows_alone_buys_from_all_its_farms() -> None:
    draft = read(
        "Cooperativa;Fazenda;UF;País\nSerra Verde;Boa Vista;MG;Brasil\n;São José;MG;Brasil\n"
        ";Pedra Branca;MG;Brasil\nAlto;Santa Rita;MG;Brasil\n;Três Irmãos;MG;Brasil\n"
    )

    names = {node.id: node.name for node in draft.nodes}
    assert sorted((names[link.buyer], names[link.supplier]) for link in draft.links) == [
        ("Alto", "Santa Rita"),
        ("Alto", "Três Irmãos"),
        ("Serra Verde", "Boa Vista"),
        ("Serra Verde", "Pedra Branca"),
        ("Serra Verde", "São José"),
    ]


def test_a_farm_is_the_node_and_not_the_company_that_runs_it() -> None:
    draft = read(
        "Finca;Productor;Provincia;País;Cajas\nLa Esperanza;Agrícola S.A.;El Oro;Ecuador;4800\n"
        "San Miguel;N/D;Los Ríos;Ecuador;1500\nSubtotal Ecuador;;;;6300\n"
    )

    assert columns(draft)["name"] == "Finca"
    assert [node.name for node in draft.nodes] == ["La Esperanza", "San Miguel"]
    assert named(draft)["La Esperanza"].attributes == {"Productor": "Agrícola S.A.", "Cajas": 4800}
    assert named(draft)["San Miguel"].attributes == {"Cajas": 1500}


def test_a_note_behind_the_sign_of_japanese_lists_is_no_supplier() -> None:
    draft = read(
        "木材リスト,,\n取引先名,国・地域,取扱品目\n北海道木材,日本,合板\nLestari,インドネシア,家具\n"
        "※2024年3月末時点の情報です。,,\n",
        "cp932",
    )

    assert [(node.name, node.country) for node in draft.nodes] == [
        ("北海道木材", "JP"),
        ("Lestari", "ID"),
    ]
    assert named(draft)["Lestari"].commodities == ("furniture",)


def test_a_workbook_with_groups_over_its_columns_tells_who_runs_which_site() -> None:
    draft = read_workbook(
        [
            [None],
            ["Lieferantenliste 2025"],
            [None],
            ["Lieferant", None, "Produktionsstätte", None, None, None],
            ["Nr.", "Name", "Name", "Straße", "Land", "Beschäftigte"],
            [1, "Muster Textil GmbH", "Ningbo Home Ltd.", "8 Jinshan Rd", "China", 640],
            [None, None, "Denizli A.Ş.", "Sanayi 3", "Türkei", 410],
            [2, "Import GmbH", "Kumar Exports", "Plot 14", "Indien", 900],
            [None, None, "Karur Looms", "Covai Road", "Indien", 230],
            ["Summe", None, None, None, None, 2180],
            ["Hinweis: Angaben ohne Gewähr."],
        ]
    )

    assert draft.rows == 4 and draft.problems == ()
    assert operators(draft) == {
        "Ningbo Home Ltd.": "Muster Textil GmbH",
        "Denizli A.Ş.": "Muster Textil GmbH",
        "Kumar Exports": "Import GmbH",
        "Karur Looms": "Import GmbH",
        "Muster Textil GmbH": None,
        "Import GmbH": None,
    }


# Tables of nodes and of links together


NODES = (
    "Site code;Site;Type;Country;Owner\nS1;Paper Kymi;mill;Finland;U\nS2;Pulp Bentos;mill;Uruguay;U\n"
    "G1;Grupo;company;Uruguay;\nW1;Lübeck;warehouse;Germany;\n"
)
LINKS = (
    "From;To;Relation;Share of volume;Valid since\nS2;S1;supplies;85,5 %;01.06.2022\nG1;S2;owns;;\n"
)


def read_both(link_to: str | None = None) -> MapDraft:
    files = [NamedBytes("sites.csv", NODES.encode()), NamedBytes("flows.csv", LINKS.encode())]
    return read_map(files, link_to=link_to, known_ids=frozenset({"me"}))


def test_a_type_of_known_kinds_is_the_kind_of_the_node() -> None:
    kinds = {node.id: node.kind for node in read_both().nodes}
    assert kinds == {
        "S1": NodeKind.SITE,
        "S2": NodeKind.SITE,
        "G1": NodeKind.BUSINESS_ENTITY,
        "W1": NodeKind.SITE,
    }


def test_who_delivers_to_another_in_the_links_or_only_runs_others_is_no_supplier_of_ours() -> None:
    ends = {(link.supplier, link.buyer) for link in read_both("me").links}
    assert ends == {("S2", "S1"), ("S1", "me"), ("W1", "me")}


def test_a_share_and_a_first_day_in_a_table_of_links_are_read() -> None:
    (link,) = read_both().links
    assert (link.share, str(link.valid_from)) == (0.855, "2022-06-01")

"""Value-chain files become drafts, with every problem told."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import Mapping, NamedBytes, TableMapping
from supply_chain.intake.maps import (
    columns_as_json,
    guess_mapping,
    mapping_as_json,
    mapping_from_json,
    read_map,
    read_tables,
)
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

LISTS = Path(__file__).parents[3] / "data" / "supplier_lists"


def _csv(text: str, name: str = "list.csv") -> NamedBytes:
    return NamedBytes(name, text.encode())


def _real(name: str) -> NamedBytes:
    return NamedBytes(name, (LISTS / name).read_bytes())


def _json(nodes: list, links: list = ()) -> NamedBytes:
    document = {"format": "value-chain/1", "nodes": nodes, "links": list(links)}
    return NamedBytes("map.json", json.dumps(document).encode())


def _problem(draft):
    (problem,) = draft.problems
    return problem


# Reading: formats, separators, encodings, header rows


def test_plain_list_gives_nodes_with_names_countries_and_addresses():
    draft = read_map(
        [_csv('Factory Name,Country,Address\n"Alpha, Ltd",Viet Nam,1 Road\nBeta,IN,"2, Street"\n')]
    )

    assert draft.problems == ()
    assert [(n.name, n.country, n.address) for n in draft.nodes] == [
        ("Alpha, Ltd", "VN", "1 Road"),
        ("Beta", "IN", "2, Street"),
    ]
    assert draft.rows == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_separators_and_encodings_are_found(separator, encoding):
    text = "Name,Country,City\nCafé Société,FR,Orléans\nBeta,DE,Köln\n".replace(",", separator)

    draft = read_map([NamedBytes("list.csv", text.encode(encoding))])

    assert [(n.name, n.country, n.attributes["city"]) for n in draft.nodes] == [
        ("Café Société", "FR", "Orléans"),
        ("Beta", "DE", "Köln"),
    ]


def test_separator_hint_of_spreadsheets_is_no_row():
    (table,) = read_tables([_csv("sep=;\nName;Country\nAlpha;VN\n")])

    assert table.rows[0] == ("Name", "Country")


def test_quote_inside_a_cell_that_is_not_doubled_is_read():
    (node,) = read_map([_csv('Name,Country\n"Alpha "Best" Mill",VN\n')]).nodes

    assert "Best" in node.name and node.country == "VN"


def test_row_numbers_count_titles_and_blanks_as_a_spreadsheet_does():
    text = (
        "Supplier list 2025,,\n,,\nName,Country,Address\nAlpha,VN,1 Road\n\nBeta,Atlantis,2 Road\n"
    )

    draft = read_map([_csv(text)])

    assert draft.mapping.nodes["list.csv"].header_row == 3
    assert draft.rows == 2
    assert (_problem(draft).row, _problem(draft).column) == (6, "Country")


def test_cell_of_several_lines_is_one_row():
    text = 'Name,Country,Address\n"Alpha\nMill",VN,"1 Road\r\nHanoi"\nBeta,Atlantis,x\n'

    draft = read_map([_csv(text)])

    assert (draft.nodes[0].name, draft.nodes[0].address) == ("Alpha Mill", "1 Road Hanoi")
    assert _problem(draft).row == 3


def test_repeated_headers_are_no_rows():
    draft = read_map([_csv("Name,Country\nAlpha,VN\nName,Country\nBeta,IN\n")])

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta"]
    assert draft.rows == 2


def _book(**sheets) -> NamedBytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(
                        number, place, cell, book.add_format({"num_format": "yyyy-mm-dd"})
                    )
                elif cell is not None:
                    page.write(number, place, cell)
    book.close()
    return NamedBytes("list.xlsx", stream.getvalue())


def test_sheets_of_a_workbook_are_one_map_and_cells_read_as_typed():
    book = _book(
        Sites=[
            ["Our sites"],
            [],
            ["ID", "Name", "Country", "Latitude", "Longitude", "Total Workers", "Audited"],
            ["a", "Alpha", "VN", 10.5, 106.25, 120, True],
            ["b", "Beta", "FR", None, None, 7.5, False],
        ],
        Flows=[["Supplier", "Buyer", "Share", "Valid from"], ["a", "b", 0.25, date(2024, 3, 1)]],
    )

    draft = read_map([book])

    assert draft.problems == () and draft.rows == 3
    alpha, beta = draft.nodes
    assert (alpha.latitude, alpha.longitude) == (10.5, 106.25)
    assert alpha.attributes == {"workers": 120, "Audited": True}
    assert beta.attributes == {"workers": 7.5, "Audited": False}
    assert draft.links[0].valid_from == date(2024, 3, 1)
    assert draft.mapping.nodes["Sites"].header_row == 3
    assert set(draft.mapping.links) == {"Flows"}


def test_same_sheet_name_in_two_workbooks_is_told_apart():
    one = _book(Sheet1=[["Name", "Country"], ["Alpha", "VN"]])
    two = NamedBytes("two.xlsx", _book(Sheet1=[["Name", "Country"], ["Beta", "IN"]]).content)

    keys = [table.key for table in read_tables([one, two])]

    assert keys == ["list.xlsx/Sheet1", "two.xlsx/Sheet1"]


def test_table_that_begins_in_another_column_keeps_its_columns():
    book = _book(Sites=[[None, None, "Name", "Country"], [None, None, "Alpha", "VN"]])

    (node,) = read_map([book]).nodes

    assert (node.name, node.country, node.attributes) == ("Alpha", "VN", {})


# The mapping: guessed on real lists, shown, and given


REAL_LISTS = {
    "nike_2021.csv": (2, "Factory Name", "Country/Region", "Address"),
    "nike_2023.csv": (2, "Factory Name", "Country / Region", "Address"),
    "adidas_2023.csv": (1, "Factory_Name", "Country", "Address"),
    "apple_2018.csv": (1, "Supplier Name", None, "Address"),
    "colgate_2019.csv": (3, "Mill Name", "Country", "Address"),
    "unilever_2021.csv": (1, "Mill Name", "Country", None),
    "ferrero_2020.csv": (1, "Mill Name", "Country", None),
    "hershey_2020.csv": (1, "Mill Name", "Country", None),
    "kellogg_2018.csv": (1, "Mill name", "Country", None),
    "universal_mill_list_2023.csv": (1, "Mill Name", "Country", None),
    "wikirate_2018.csv": (1, "supplier_name", None, "supplier_address"),
    "oshub_summer_2019.csv": (1, "name", "country", "address"),
    "oshub_winter_2019.csv": (1, "name", "country", "address"),
}


@pytest.mark.parametrize("name", REAL_LISTS)
def test_columns_of_a_published_list_are_guessed_right(name):
    (table,) = guess_mapping(read_tables([_real(name)])).nodes.values()

    found = (table.header_row, *(table.columns.get(f) for f in ("name", "country", "address")))
    assert found == REAL_LISTS[name]


@pytest.mark.parametrize("name", REAL_LISTS)
def test_published_list_read_twice_gives_the_same_ids(name):
    first, second = read_map([_real(name)]), read_map([_real(name), _real(name)])

    assert [node.id for node in second.nodes] == [node.id for node in first.nodes]


def test_page_headers_within_a_published_list_are_passed_over():
    draft = read_map([_real("unilever_2021.csv")])

    assert draft.rows == 39 and len(draft.nodes) == 39


def test_broken_cells_of_a_published_list_are_told_by_row_and_column():
    problems = read_map([_real("ferrero_2020.csv")]).problems

    assert ("Latitude (Decimal Degree)", "43917.00000") in [(p.column, p.value) for p in problems]
    assert all(p.row and p.advice for p in problems)


def test_guess_shows_confidence_reason_and_examples():
    (table,) = guess_mapping(read_tables([_real("nike_2021.csv")])).nodes.values()
    guesses = {guess.field: guess for guess in table.guesses}

    assert guesses["name"].confidence > 0.8
    assert "Factory Name" in guesses["name"].reason
    assert guesses["country"].examples == ("United States of America", "Viet Nam", "GEORGIA")


def test_every_column_is_shown_with_samples_and_the_guess_and_its_confidence():
    text = "Name,Land,Remark\nA,Ghana,x\nB,Togo,-\nC,Ghana,x\nD,Mali,y\nE,Benin,z\nF,,w\n"
    given = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Name"})})

    guessed = columns_as_json(read_map([_csv(text)]).mapping)["list.csv"]
    chosen = columns_as_json(read_map([_csv(text)], given).mapping)["list.csv"]

    assert [(c["column"], c["field"]) for c in guessed] == [
        ("Name", "name"),
        ("Land", "country"),
        ("Remark", None),
    ]
    assert guessed[1]["samples"] == ["Ghana", "Togo", "Mali"]
    assert 0.5 <= guessed[1]["confidence"] <= 1 and "Land" in guessed[1]["reason"]
    assert guessed[2] == {
        "column": "Remark",
        "field": None,
        "confidence": None,
        "reason": None,
        "samples": ["x", "y", "z"],
        "of_people": False,
    }
    assert [(c["field"], c["confidence"]) for c in chosen] == [("name", None)] + [(None, None)] * 2
    assert chosen[1]["samples"] == guessed[1]["samples"]


def test_columns_without_telling_names_are_guessed_by_their_values():
    text = 'Betrieb,Wo,Lage\nAlpha,Viet Nam,"[10.5, 106.2]"\nBeta,India,"[20.1, 80.3]"\n'

    draft = read_map([_csv(text)])

    (table,) = draft.mapping.nodes.values()
    assert table.columns == {"country": "Wo", "coordinates": "Lage", "name": "Betrieb"}
    assert (draft.nodes[0].latitude, draft.nodes[0].longitude) == (10.5, 106.2)


def test_given_mapping_is_used_as_it_is():
    text = "Betrieb,Name,Wo\nAlpha,Inhaber,VN\n"
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Betrieb", "country": "Wo"})})

    draft = read_map([_csv(text)], mapping)

    assert (draft.nodes[0].name, draft.nodes[0].country) == ("Alpha", "VN")
    assert draft.nodes[0].attributes == {"Name": "Inhaber"}
    assert draft.mapping == mapping


def test_given_mapping_that_names_a_missing_column_is_a_problem():
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Name", "country": "Land"})})

    problem = _problem(read_map([_csv("Name,Country\nAlpha,VN\n")], mapping))

    assert "Land" in problem.problem and "Country" in problem.advice


def test_header_row_beyond_the_table_is_a_problem():
    mapping = Mapping(nodes={"list.csv": TableMapping(9, {"name": "Name"})})

    problem = _problem(read_map([_csv("Name\nAlpha\n")], mapping))

    assert "header row" in problem.problem


def test_mapping_goes_to_json_and_back():
    shown = guess_mapping(
        read_tables([_real("nike_2021.csv"), _csv("supplier,buyer\na,b\n", "l.csv")])
    )

    document = json.loads(json.dumps(mapping_as_json(shown)))
    again = mapping_from_json(document)

    assert document["nodes"]["nike_2021.csv"]["header_row"] == 2
    assert document["links"]["l.csv"]["columns"] == {"supplier": "supplier", "buyer": "buyer"}
    assert mapping_as_json(again) == document


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"tables": {}},
        {"nodes": []},
        {"nodes": {"a": 5}},
        {"nodes": {"a": {"header_row": 0, "columns": {}}}},
        {"nodes": {"a": {"header_row": True, "columns": {}}}},
        {"nodes": {"a": {"columns": {"name": 5}}}},
        {"nodes": {"a": {"columns": {"colour": "Colour"}}}},
        {"links": {"a": {"columns": {"name": "Name"}}}},
    ],
)
def test_mapping_of_another_shape_is_refused(document):
    with pytest.raises(FileRefused) as caught:
        mapping_from_json(document)

    assert caught.value.code == "mapping"


@pytest.mark.parametrize("before", ["Facility", "Factory", "Supplier", "Site"])
def test_place_columns_may_bear_the_word_for_the_site(before):
    text = f"{before} Name,{before} Country,{before} Address,{before} City,{before} Latitude,{before} Longitude\n"

    (node,) = read_map([_csv(text + "Alpha,VN,1 Road,Hue,16.4,107.6\n")]).nodes

    assert (node.country, node.address, node.attributes) == ("VN", "1 Road", {"city": "Hue"})
    assert (node.latitude, node.longitude) == (16.4, 107.6)


def test_cover_sheet_beside_a_list_is_noted_and_not_read():
    book = _book(
        Cover=[["How to fill in this workbook"], ["Ask us"]],
        Sites=[["Name", "Country"], ["A", "VN"]],
    )

    draft = read_map([book])

    assert [node.name for node in draft.nodes] == ["A"] and draft.problems == ()
    assert draft.notes[0].sheet == "Cover" and draft.rows == 1


# Fields of a node


def test_unknown_columns_become_attributes_and_counting_columns_do_not():
    draft = read_map([_csv(",No,Name,Country,Certified\n7,1,Alpha,VN,RSPO\n8,2,Beta,IN,\n")])

    assert draft.nodes[0].attributes == {"Certified": "RSPO"}
    assert draft.nodes[1].attributes == {}


def test_column_whose_name_and_values_fit_a_scheme_becomes_an_external_id():
    text = (
        "Name,Country,OS ID,LEI,DUNS,GLN\n"
        "Alpha,VN,VN2019083DX0Y1Z,5493001KJTIIGC8Y1R12,15-048-3782,4012345000009\n"
        "Beta,IN,pending,,,\n"
        "Gamma,IN,not yet,,,\n"
        "Delta,IN,IN2020123ABCDEF,,,\n"
    )

    draft = read_map([_csv(text)])

    assert draft.nodes[0].external_ids == {
        "os_id": "VN2019083DX0Y1Z",
        "lei": "5493001KJTIIGC8Y1R12",
        "duns": "15-048-3782",
        "gln": "4012345000009",
    }
    assert draft.nodes[1].external_ids == {}
    assert draft.nodes[2].attributes == {"OS ID": "not yet"}


def test_column_named_as_a_scheme_with_other_values_stays_an_attribute():
    (node,) = read_map([_csv("Name,Country,LEI\nAlpha,VN,yes\n")]).nodes

    assert node.external_ids == {} and node.attributes == {"LEI": "yes"}


@pytest.mark.parametrize("cell", ['{"lei": "X1", "duns": 5}', "lei:X1|duns:5", "lei=X1; duns=5"])
def test_external_ids_in_one_cell_are_read(cell):
    quoted = '"' + cell.replace('"', '""') + '"'

    (node,) = read_map([_csv(f"Name,external_ids\nAlpha,{quoted}\n")]).nodes

    assert node.external_ids == {"lei": "X1", "duns": "5"}


def test_own_operation_origin_and_commodities_are_read():
    text = "Name,own_operation,origin,commodities\nAlpha,yes,no,cocoa|palm-oil\nBeta,,,\n"

    alpha, beta = read_map([_csv(text)]).nodes

    assert (alpha.own_operation, alpha.origin) == (True, False)
    assert alpha.commodities == ("cocoa", "palm_oil")
    assert (beta.own_operation, beta.origin, beta.commodities) == (False, None, ())


def test_kind_is_read_from_its_column_or_by_what_the_list_holds():
    kinds = read_map(
        [_csv("Name,Kind\nA,site\nB,Recruitment agency\nC,unknown origin\nD,\n")]
    ).nodes
    mills = read_map([_csv("Mill Name,Country\nA,VN\n")]).nodes
    companies = read_map([_csv("Company,Country\nA,VN\n")]).nodes
    own_words = read_map([_csv("Name,node_type,Country\nA,sawmill,VN\n")]).nodes

    assert [node.kind for node in kinds] == [
        NodeKind.SITE,
        NodeKind.LABOUR_INTERMEDIARY,
        NodeKind.UNKNOWN_ORIGIN,
        NodeKind.BUSINESS_ENTITY,
    ]
    assert mills[0].kind is NodeKind.SITE
    assert companies[0].kind is NodeKind.BUSINESS_ENTITY
    assert own_words[0].attributes == {"node_type": "sawmill"}


def test_operator_is_found_by_id_or_name_and_else_kept_as_attribute():
    text = (
        "id,Name,Kind,Parent Company\nc,Alpha Group,company,\nm1,Mill 1,site,c\n"
        "m2,Mill 2,site,ALPHA GROUP\nm3,Mill 3,site,Gamma Inc\n"
    )

    nodes = {node.id: node for node in read_map([_csv(text)]).nodes}

    assert nodes["m1"].operated_by == nodes["m2"].operated_by == "c"
    assert nodes["m3"].operated_by is None
    assert nodes["m3"].attributes == {"Parent Company": "Gamma Inc"}


def test_node_whose_operator_is_left_out_is_left_out_too():
    draft = read_map([_csv("id,Name,operated_by\na,Alpha,b\nb,Beta,nobody\nc,Gamma,\n")])

    assert [(p.row, p.value) for p in draft.problems] == [(3, "nobody"), (2, "b")]
    assert [node.id for node in draft.nodes] == ["c"]


def test_made_ids_hang_on_name_country_and_place_alone():
    one = read_map([_csv("Name,Country,Address\nAlpha,VN,1 Road\n")]).nodes[0]
    same = read_map([_csv("Country,Address,Site Name,Workers\nViet Nam,1  ROAD,alpha,5\n")]).nodes[
        0
    ]
    other = read_map([_csv("Name,Country,Address\nAlpha,VN,2 Road\n")]).nodes[0]

    assert one.id == same.id != other.id


def test_coordinates_in_degrees_minutes_and_seconds_are_read():
    text = "Name;Latitude;Longitude\nA;5°10'45\"S;118°24'18\"E\nB;5,5;-70,25\nC;10.5 N;20.25 W\n"

    nodes = read_map([_csv(text)]).nodes

    assert nodes[0].latitude == pytest.approx(-(5 + 10 / 60 + 45 / 3600))
    assert nodes[0].longitude == pytest.approx(118 + 24 / 60 + 18 / 3600)
    assert (nodes[1].latitude, nodes[1].longitude) == (5.5, -70.25)
    assert (nodes[2].latitude, nodes[2].longitude) == (10.5, -20.25)


def test_column_without_name_at_the_end_is_no_column():
    draft = read_map([_csv("Name,Country,,\nAlpha,VN,,\n")])

    assert draft.problems == () and draft.nodes[0].attributes == {}


def test_number_that_would_lose_a_sign_stays_text():
    (node,) = read_map([_csv("Name,Version,Code,Share of women\nAlpha,1.10,007,71.0%\n")]).nodes

    assert node.attributes == {"Version": "1.10", "Code": "007", "Share of women": "71.0%"}


# Problems: the row is left out, all are told at once


@pytest.mark.parametrize(
    ("header", "row", "column", "word"),
    [
        ("Name,Country", "-,VN", "Name", "no name"),
        ("Name,Country", "Alpha,Ivorycoas", "Country", "not known"),
        ("Name,Latitude,Longitude", "Alpha,95,10", "Latitude", "out of range"),
        ("Name,Latitude,Longitude", "Alpha,9,190", "Longitude", "out of range"),
        ("Name,Latitude,Longitude", "Alpha,north,1", "Latitude", "not a number"),
        ("Name,Coordinates", "Alpha,somewhere", "Coordinates", "pair"),
        ("Name,Country", "Alpha,VN,extra", None, "wider than the header"),
        ("Name,own_operation", "Alpha,perhaps", "own_operation", "neither yes nor no"),
        ("Name,external_ids", "Alpha,{lei}", "external_ids", "not sound JSON"),
        ("Name,Kind", "Alpha,spaceship", "Kind", "not known"),
        ("Name,operated_by", "Alpha,nobody", "operated_by", "in no row"),
    ],
)
def test_faulty_row_is_told_and_left_out(header, row, column, word):
    draft = read_map([_csv(f"{header}\n{row}\n")])

    problem = _problem(draft)
    assert (problem.file, problem.sheet, problem.row) == ("list.csv", None, 2)
    assert problem.column == column
    assert word in problem.problem and problem.advice
    assert draft.nodes == () and draft.skipped == 1


def test_all_problems_of_all_rows_are_told_at_once():
    text = "Name,Country,Latitude,Longitude\n,Nowhere,99,1\nAlpha,Nowhere,1,1\nBeta,VN,10,106\n"

    draft = read_map([_csv(text)])

    assert [(p.row, p.column) for p in draft.problems] == [
        (2, "Name"),
        (2, "Country"),
        (2, "Latitude"),
        (3, "Country"),
    ]
    assert draft.skipped == 2 and [node.name for node in draft.nodes] == ["Beta"]


def test_unknown_country_is_answered_with_the_nearest_one():
    problem = _problem(read_map([_csv("Name,Country\nAlpha,Vietnan\n")]))

    assert "Vietnam (VN)" in problem.advice


@pytest.mark.parametrize("cell", ["China / Viet Nam", "China & Viet Nam", "CN;VN"])
def test_two_countries_in_a_cell_are_a_problem_that_names_both(cell):
    problem = _problem(read_map([_csv(f'Name,Country\nAlpha,"{cell}"\n')]))

    assert (problem.row, problem.column, problem.value) == (2, "Country", cell)
    assert "China (CN) and Vietnam (VN)" in problem.problem and "row of its own" in problem.advice


def test_place_and_country_in_one_cell_are_read_with_a_note():
    draft = read_map([_csv('Name,Country\nAlpha,"Zhejiang, China"\n')])

    assert [node.country for node in draft.nodes] == ["CN"]
    assert "was read as the country China" in draft.notes[0].problem


@pytest.mark.parametrize(
    "cell", ["VN - Vietnam", "Vietnam - VN", "Viet Nam / Việt Nam", "越南 Vietnam"]
)
def test_one_country_written_twice_in_a_cell_is_that_country(cell):
    draft = read_map([_csv(f"Name,Country\nAlpha,{cell}\n")])

    assert [node.country for node in draft.nodes] == ["VN"] and draft.notes == ()


def test_country_between_others_words_is_asked_about_and_not_taken():
    problem = _problem(read_map([_csv('Name,Country\nAlpha,"Viet Nam, Plant 3"\n')]))

    assert "Vietnam (VN)" in problem.advice


def test_beyond_a_thousand_problems_no_spelling_is_suggested_but_all_are_told():
    rows = "".join(f"Alpha {number},Vietnan\n" for number in range(1_002))

    problems = read_map([_csv("Name,Country\n" + rows)]).problems

    assert len(problems) == 1_002
    assert "Vietnam" in problems[999].advice
    assert problems[1_001].advice.startswith("Use the two-letter code")


def test_doubled_id_with_the_same_content_is_one_node():
    draft = read_map([_csv("id,Name,Country\na,Alpha,VN\na,Alpha,VN\n")])

    assert draft.problems == () and len(draft.nodes) == 1


def test_doubled_id_with_different_content_is_a_problem():
    draft = read_map([_csv("id,Name,Country\na,Alpha,VN\na,Alpha,IN\n")])

    assert _problem(draft).row == 3
    assert "row 2" in _problem(draft).problem and "country" in _problem(draft).problem
    assert draft.nodes[0].country == "VN"


def test_same_site_twice_without_ids_fills_gaps_and_notes_what_differs():
    text = "Name,Country,Address,Sector,Note\nA,VN,1 Road,,x\nA,VN,1 Road,apparel,y\n"

    draft = read_map([_csv(text)])

    assert draft.problems == () and len(draft.nodes) == 1
    assert draft.nodes[0].sector == "garments"
    assert draft.nodes[0].attributes == {"Note": "x", "Sector": "apparel"}
    assert "another further fact" in draft.notes[0].problem


def test_same_site_twice_without_ids_with_another_sector_is_a_problem():
    text = "Name,Country,Address,Sector\nA,VN,1 Road,footwear\nA,VN,1 Road,apparel\n"

    assert "sector" in _problem(read_map([_csv(text)])).problem


# Notes: the row is used


def test_country_taken_from_the_address_is_noted():
    draft = read_map([_csv('Name,Address\nAlpha,"1 Road, Hanoi, Viet Nam"\n')])

    assert draft.nodes[0].country == "VN"
    assert "address" in draft.notes[0].problem


@pytest.mark.parametrize(
    ("country", "latitude", "longitude"),
    [
        ("KE", 37.0, -1.3),
        ("IN", 77.2, 28.6),
        ("BR", -46.6, -23.5),
        ("CI", -4.0, 5.3),
        ("CO", -74.1, 4.6),
    ],
)
def test_coordinates_that_seem_swapped_are_noted_and_kept(country, latitude, longitude):
    header = "Name,Country,Latitude,Longitude\n"

    swapped = read_map([_csv(f"{header}Alpha,{country},{latitude},{longitude}\n")])
    right = read_map([_csv(f"{header}Alpha,{country},{longitude},{latitude}\n")])

    assert "swapped" in swapped.notes[0].problem
    assert swapped.nodes[0].latitude == latitude
    assert right.notes == ()


@pytest.mark.parametrize(
    "place", ["TR,37.0,44.5", "US,64.8,-147.7", "RU,43.1,131.9", "NO,70.1,30.0", "CL,-53.2,-70.9"]
)
def test_far_corner_of_a_large_country_is_not_doubted(place):
    draft = read_map([_csv(f"Name,Country,Latitude,Longitude\nAlpha,{place}\n")])

    assert draft.notes == ()


def test_half_a_pair_of_coordinates_is_noted_and_gives_no_place():
    draft = read_map([_csv("Name,Latitude,Longitude\nAlpha,5.5,\nBeta,,7\n")])

    assert [note.value for note in draft.notes] == ["5.5", "7"]
    assert {(n.latitude, n.longitude) for n in draft.nodes} == {(None, None)}


def test_doubled_header_is_noted_and_the_second_is_numbered():
    draft = read_map([_csv("Name,Country,Grade,Grade\nAlpha,VN,a,b\n")])

    assert draft.nodes[0].attributes == {"Grade": "a", "Grade (2)": "b"}
    assert (draft.notes[0].row, draft.notes[0].column) == (1, "Grade")


# Links


NODES = "id,name,country\na,Alpha,VN\nb,Beta,FR\nc,Gamma,DE\n"


def _with_links(text: str):
    return read_map([_csv(NODES, "nodes.csv"), _csv(text, "links.csv")])


def test_nodes_and_links_files_are_one_map():
    draft = _with_links("supplier,buyer,share\na,b,40%\n")

    assert [(link.supplier, link.buyer, link.share) for link in draft.links] == [("a", "b", 0.4)]
    assert [note.value for note in draft.notes] == ["40%"]
    assert draft.rows == 4


def test_link_fields_are_read_and_names_stand_for_ids():
    draft = _with_links(
        "source,target,relation,commodity,share,evidence,valid from,valid to\n"
        'ALPHA,Beta,recruits for,cotton,"0,25",likely,2023,2024-02\n'
    )

    (link,) = draft.links
    assert (link.supplier, link.buyer, link.kind) == ("a", "b", LinkKind.PROVIDES_LABOUR)
    assert (link.commodity, link.share) == ("cotton", 0.25)
    assert link.flow_evidence is FlowEvidence.PROBABLE
    assert (link.valid_from, link.valid_to) == (date(2023, 1, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("a,b,1.2,", "share", "between 0 and 1"),
        ("a,b,-0.1,", "share", "between 0 and 1"),
        ("a,b,40,", "share", "between 0 and 1"),
        ("a,b,half,", "share", "not a number"),
        ("a,z,,", "buyer", "in no row and not in the map"),
        (",b,,", "supplier", "no supplier"),
        ("a,b,,2025-02-30", "valid_from", "not a possible date"),
        ("a,b,,soon", "valid_from", "not a possible date"),
    ],
)
def test_faulty_link_is_told_and_left_out(row, column, word):
    draft = _with_links(f"supplier,buyer,share,valid_from\n{row}\n")

    problem = _problem(draft)
    assert (problem.file, problem.row, problem.column) == ("links.csv", 2, column)
    assert word in problem.problem
    assert draft.links == ()


def test_unknown_kind_of_link_is_a_problem_that_lists_the_kinds():
    problem = _problem(_with_links("supplier,buyer,kind\na,b,teleports to\n"))

    assert "supplies" in problem.advice


def test_link_that_ends_before_it_begins_is_a_problem():
    draft = _with_links("supplier,buyer,valid_from,valid_to\na,b,2025-03-01,2025-02-01\n")

    assert "before it begins" in _problem(draft).problem


@pytest.mark.parametrize(
    ("text", "day", "notes"),
    [
        ("31/12/2024", date(2024, 12, 31), 0),
        ("12/31/2024", date(2024, 12, 31), 0),
        ("03/04/2025", date(2025, 4, 3), 1),
    ],
)
def test_date_with_day_and_month_in_doubt_is_noted(text, day, notes):
    draft = _with_links(f"supplier,buyer,valid_from\na,b,{text}\n")

    assert draft.links[0].valid_from == day
    assert len(draft.notes) == notes


def test_shares_of_a_buyer_over_one_are_noted_and_kept():
    draft = _with_links("supplier,buyer,share\na,c,0.7\nb,c,0.6\n")

    assert [link.share for link in draft.links] == [0.7, 0.6]
    assert (draft.notes[0].value, draft.notes[0].column) == ("1.3", "share")


def test_circle_is_noted_once_with_its_names():
    draft = _with_links("supplier,buyer\na,b\nb,c\nc,a\n")

    (note,) = draft.notes
    assert "circle" in note.problem and "Alpha" in note.problem
    assert len(draft.links) == 3


def test_long_circle_names_its_first_nodes_only():
    nodes = "id,name\n" + "".join(f"n{i},Node {i}\n" for i in range(8))
    links = "supplier,buyer\n" + "".join(f"n{i},n{(i + 1) % 8}\n" for i in range(8))

    (note,) = read_map([_csv(nodes, "nodes.csv"), _csv(links, "links.csv")]).notes

    assert "and 3 more" in note.problem


def test_self_link_is_noted_and_ignored():
    draft = _with_links("supplier,buyer\na,a\n")

    assert draft.links == () and "itself" in draft.notes[0].problem


def test_same_link_twice_is_one_and_with_another_share_a_problem():
    same = _with_links("supplier,buyer,share\na,b,0.4\na,b,0.4\n")
    other = _with_links("supplier,buyer,share\na,b,0.4\na,b,0.5\n")

    assert len(same.links) == 1 and same.problems == ()
    assert _problem(other).row == 3


def test_ownership_names_the_operator_and_is_no_flow():
    draft = _with_links("source,target,relation,year\na,b,owns,2020\nb,c,supplies,2020\n")

    assert {node.id: node.operated_by for node in draft.nodes} == {"a": None, "b": "a", "c": None}
    assert len(draft.links) == 1
    assert [note.column for note in draft.notes] == ["year"]


def test_first_owner_of_a_node_stays_its_operator():
    draft = _with_links("source,target,relation\na,c,owns\nb,c,owns\n")

    assert draft.nodes[2].operated_by == "a"


def test_name_that_two_nodes_bear_becomes_a_company_of_its_own():
    text = "Name,Country,Address,Customer\nA,VN,1 Road,Z\nA,VN,2 Road,A\nB,VN,3 Road,A\n"

    draft = read_map([_csv(text)])

    company = next(node for node in draft.nodes if node.name == "A" and node.country is None)
    assert [link.buyer for link in draft.links][1:] == [company.id, company.id]


def test_table_of_numbers_alone_has_no_names():
    draft = read_map([_csv("1,2\n3,4\n5,6\n")])

    assert {problem.problem for problem in draft.problems} == {"The row has no name."}


def test_link_may_point_to_a_node_that_the_map_already_has():
    draft = read_map([_csv("supplier,buyer\na,b\n")], known_ids=frozenset({"a", "b"}))

    assert [(link.supplier, link.buyer) for link in draft.links] == [("a", "b")]


def test_links_alone_make_their_ends_companies():
    draft = read_map([_csv("supplier,buyer\nAlpha,Beta\nGamma,Beta\n")])

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta", "Gamma"]
    assert len(draft.links) == 2


def test_every_listed_node_is_linked_to_the_focal_company_when_asked():
    draft = read_map([_csv("id,Name\nf,Focal\na,Alpha\nb,Beta\n")], link_to="f")

    assert [(link.supplier, link.buyer) for link in draft.links] == [("a", "f"), ("b", "f")]


def test_share_column_of_a_supplier_list_may_be_mapped_for_the_focal_company():
    mapping = Mapping(
        nodes={"list.csv": TableMapping(1, {"id": "id", "name": "Name", "share": "Part"})}
    )

    draft = read_map(
        [_csv("id,Name,Part\na,Alpha,25%\n")], mapping, known_ids=frozenset("f"), link_to="f"
    )

    assert draft.links[0].share == 0.25


def test_row_with_supplier_and_buyer_gives_both_nodes_and_their_link():
    text = "Supplier,Customer,Country,Share\nAlpha,Beta,VN,30%\nGamma,Beta,IN,\n"

    draft = read_map([_csv(text)])

    names = {node.id: node.name for node in draft.nodes}
    assert [(names[x.supplier], names[x.buyer], x.share) for x in draft.links] == [
        ("Alpha", "Beta", 0.3),
        ("Gamma", "Beta", None),
    ]


def test_tiers_of_one_row_become_a_path():
    text = "Tier 1,Tier 2,Tier 3\nAlpha,Beta,Gamma\nAlpha,Delta,\n"

    draft = read_map([_csv(text)], known_ids=frozenset({"focal"}), link_to="focal")

    names = {node.id: node.name for node in draft.nodes} | {"focal": "Focal"}
    assert {(names[x.supplier], names[x.buyer]) for x in draft.links} == {
        ("Gamma", "Beta"),
        ("Beta", "Alpha"),
        ("Delta", "Alpha"),
        ("Alpha", "Focal"),
    }


def test_published_list_of_several_tiers_gives_its_paths():
    draft = read_map([_real("colgate_2019.csv")])

    names = {node.id: node.name for node in draft.nodes}
    links = {(names[x.supplier], names[x.buyer]) for x in draft.links}
    assert draft.problems == ()
    assert ("Sabahmas", "Wilmar Lahad Datu Edible Oils") in links
    assert ("Wilmar Lahad Datu Edible Oils", "ADM") in links
    assert all("Refinery Location" not in node.attributes for node in draft.nodes)


def test_cell_with_several_direct_suppliers_gives_several_links():
    draft = read_map([_real("hershey_2020.csv")])

    names = {node.id: node.name for node in draft.nodes}
    buyers = {names[x.buyer] for x in draft.links if names[x.supplier] == "Abedon"}
    assert buyers == {"AAK", "Cargill"}


def test_comma_within_a_buyers_name_does_not_split_it():
    draft = read_map([_real("wikirate_2018.csv")])

    names = {node.id: node.name for node in draft.nodes}
    assert "H & M, Hennes & Mauritz AB" in {names[link.buyer] for link in draft.links}


# Value-chain JSON


def test_value_chain_json_is_read_field_by_field():
    draft = read_map(
        [
            _json(
                [
                    {
                        "id": "a",
                        "kind": "site",
                        "name": "Alpha",
                        "country": "NA",
                        "commodities": ["cocoa"],
                        "operated_by": "b",
                        "attributes": {"workers": 5, "postal_code": 123, "gone": None},
                        "city": "Windhoek",
                        "external_ids": {"lei": "X"},
                        "latitude": -22,
                        "longitude": 17.5,
                    },
                    {"name": "Beta", "id": "b", "country": "-"},
                ],
                [
                    {
                        "supplier": "a",
                        "buyer": "b",
                        "kind": "processes_for",
                        "share": 1,
                        "valid_to": "2026-01-01",
                    }
                ],
            )
        ]
    )

    alpha, beta = draft.nodes
    assert draft.problems == () and draft.rows == 3
    assert (alpha.country, alpha.operated_by, alpha.latitude) == ("NA", "b", -22)
    assert alpha.attributes == {"city": "Windhoek", "workers": 5, "postal_code": "123"}
    assert (beta.country, beta.kind) == (None, NodeKind.BUSINESS_ENTITY)
    assert (draft.links[0].kind, draft.links[0].share) == (LinkKind.PROCESSES_FOR, 1)


@pytest.mark.parametrize(
    ("node", "column"),
    [
        ({"name": "A", "kind": "spaceship"}, "kind"),
        ({"name": "A", "country": "Vietnan"}, "country"),
        ({"name": "A", "latitude": 91, "longitude": 0}, "latitude"),
        ({"name": "A", "latitude": "5"}, "latitude"),
        ({"name": "A", "longitude": True}, "longitude"),
        ({"name": "A", "commodities": "cocoa"}, "commodities"),
        ({"name": "A", "own_operation": "yes"}, "own_operation"),
        ({"name": "A", "external_ids": ["x"]}, "external_ids"),
        ({"name": "A", "external_ids": {"lei": 5}}, "external_ids"),
        ({"name": "A", "attributes": []}, "attributes"),
        ({"name": 5}, "name"),
        ({"id": "a"}, "name"),
        ("Alpha", None),
    ],
)
def test_faulty_node_of_json_is_told_by_place_and_field(node, column):
    draft = read_map([_json([{"name": "Sound"}, node])])

    assert {(p.sheet, p.row, p.column) for p in draft.problems} == {("nodes", 2, column)}
    assert [n.name for n in draft.nodes] == ["Sound"]


@pytest.mark.parametrize(
    ("link", "column"),
    [
        ({"supplier": "a", "buyer": "b", "share": 1.5}, "share"),
        ({"supplier": "a", "buyer": "b", "kind": "owns"}, "kind"),
        ({"supplier": "a", "buyer": "b", "flow_evidence": "maybe so"}, "flow_evidence"),
        ({"supplier": "a", "buyer": "b", "valid_from": "2025-13-01"}, "valid_from"),
        (
            {"supplier": "a", "buyer": "b", "valid_from": "2025-02-01", "valid_to": "2025-01-01"},
            "valid_to",
        ),
        ({"supplier": "a"}, "buyer"),
        ({"supplier": "a", "buyer": "z"}, "buyer"),
        (5, None),
    ],
)
def test_faulty_link_of_json_is_told_by_place_and_field(link, column):
    draft = read_map([_json([{"id": "a", "name": "A"}, {"id": "b", "name": "B"}], [link])])

    assert [(p.sheet, p.row, p.column) for p in draft.problems] == [("links", 1, column)]
    assert draft.links == ()


# Whole files that say nothing


@pytest.mark.parametrize(
    "file",
    [_csv("Name,Country\n", "empty list.csv"), _json([])],
    ids=["headings alone", "no entries"],
)
def test_file_without_a_single_row_is_refused_by_name(file: NamedBytes):
    with pytest.raises(FileRefused, match=file.name) as refused:
        read_map([file])

    assert refused.value.code == "no_rows"
    assert "at least one row" in refused.value.advice


def test_columns_of_every_table_stand_in_its_mapping_also_those_without_a_field():
    guessed = read_map([_csv("Name,Land,Remark\nA,Ghana,x\n")]).mapping.nodes["list.csv"]
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Remark"})})
    given = read_map([_csv("Name,Land,Remark\nA,Ghana,x\n")], mapping).mapping.nodes["list.csv"]

    assert guessed.header == given.header == ("Name", "Land", "Remark")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            NamedBytes("a.csv", "Name,City\nЗаводские,Москва\n".encode("cp1251")),
            "not said in which",
        ),
        (NamedBytes("a.csv", "Name\nCafé\n".encode("cp1252"), "ascii"), "not as ascii"),
        (NamedBytes("a.csv", b"Name\n" + b"A" * 200_000 + b"\n"), "longer than 32,767 characters"),
        (NamedBytes("a.json", b"[" * 100_000), "nested too deeply"),
    ],
)
def test_file_that_cannot_be_read_says_what_is_wrong_with_it(file: NamedBytes, words: str):
    with pytest.raises(FileRefused, match=words):
        read_map([file])


def test_column_taken_for_a_name_without_a_heading_that_says_so_is_told():
    draft = read_map([_csv("raw_data,status\nAlpha Road Works,UP\nBeta Mill,UP\n")])

    assert [node.name for node in draft.nodes] == ["Alpha Road Works", "Beta Mill"]
    note = draft.notes[-1]
    assert (note.row, note.column) == (1, "raw_data")
    assert "No heading tells the name" in note.problem

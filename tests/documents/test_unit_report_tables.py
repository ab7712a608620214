import csv
import hashlib
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest

from ddplatform.documents.content import Column, Kind, Table
from ddplatform.documents.definitions.composition import compose
from ddplatform.documents.definitions.shipped import load_definition
from ddplatform.documents.paper.sheets import Stamp
from ddplatform.documents.tables.files import (
    facts_checksum,
    neutral,
    render_csv,
    render_csv_pack,
    render_json,
    render_xlsx,
)
from tests.report_facts import example_facts

STAMP = Stamp("R-2026-014", "Facts SHA-256 5b1e…a940")
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "http://x.test"]


def document(**changes):
    return compose(load_definition("action-6-due-diligence"), example_facts() | changes)


def workbook(doc):
    return openpyxl.load_workbook(BytesIO(render_xlsx(doc, STAMP)))


def sheet_cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def hostile_document():
    return document(findings=[{"ref": f"F{i}", "title": text} for i, text in enumerate(HOSTILE)])


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def test_workbook_has_an_about_sheet_and_one_sheet_for_each_table():
    doc = document()
    book = workbook(doc)

    assert book.sheetnames[0] == "About"
    assert len(book.sheetnames) == 1 + len(doc.tables)
    about = {row[0]: row[1] for row in sheet_cells(book["About"])}
    assert about["Organisation"] == "Maison Cacao SAS"
    assert about["Checksum"] == "Facts SHA-256 5b1e…a940"


def test_workbook_keeps_numbers_as_numbers_and_says_what_is_not_assessed():
    rows = sheet_cells(workbook(document())["Coverage by tier"])

    assert rows[0][:2] == ["Tier", "Nodes"]
    assert rows[5] == ["Tier 4 · Farms", 5, *rows[5][2:8], 0.18]
    assert rows[3][-1] == "Not assessed"


def test_workbook_keeps_days_as_days_and_bands_as_words():
    book = workbook(document())

    assert book["Findings of the period"]["H2"].value.isoformat() == "2026-11-23T00:00:00"
    assert book["Ranked risks"]["D2"].value == "Critical"
    assert book["Ranked risks"]["D2"].fill.fgColor.rgb == "FF8C1D40"


def test_workbook_head_is_frozen_and_columns_are_wide_enough_for_their_titles():
    sheet = workbook(document())["Ranked risks"]

    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width >= 12


def test_workbook_holds_no_formula_and_no_link_whatever_is_written():
    book = workbook(hostile_document())
    titles = [row[0] for row in sheet_cells(book["Findings of the period"])[1:]]

    assert sorted(titles) == sorted(HOSTILE)
    assert [c.data_type for s in book for row in s.iter_rows() for c in row].count("f") == 0
    marked = {row[0].value for row in book["Findings of the period"] if row[0].quotePrefix}
    assert marked == set(HOSTILE) - {"http://x.test"}
    assert [c.hyperlink for s in book for row in s.iter_rows() for c in row if c.hyperlink] == []


def test_empty_table_says_so_on_its_sheet():
    sheet = workbook(document(findings=[]))["Findings of the period"]

    assert sheet["A2"].value.startswith("No finding is recorded for the period.")


def test_sheet_names_are_short_legal_and_never_twice():
    table = Table("ref_a", "Sites / people: a very long title of a table", (Column("k", "K"),), ())
    again = Table("ref_b", table.title, table.columns, ())
    about = Table("ref_c", "about", table.columns, ())
    doc = document()
    changed = type(doc)(
        **{**{k: getattr(doc, k) for k in doc.__slots__}, "blocks": (table, again, about)}
    )

    assert workbook(changed).sheetnames == [
        "About",
        "Sites   people  a very long tit",
        "ref_b",
        "ref_c",
    ]


def test_text_longer_than_a_cell_may_hold_is_cut_and_never_blank():
    long = document(findings=[{"ref": "F-1", "title": "x" * 40_000}])
    value = workbook(long)["Findings of the period"]["A2"].value

    assert len(value) == 32_767
    assert value.endswith("…")


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_csv_text_that_looks_like_a_formula_gets_a_leading_mark(text):
    assert neutral(text) == f"'{text}"


def test_csv_text_that_is_harmless_stays():
    assert neutral("Côte d'Ivoire = ours") == "Côte d'Ivoire = ours"


def test_csv_writes_numbers_plain_and_text_guarded_and_quoted():
    columns = (
        Column("n", "=Count", kind=Kind.NUMBER),
        Column("t", "Text"),
        Column("d", "Day", kind=Kind.DATE),
        Column("p", "Children", kind=Kind.PEOPLE),
    )
    rows = ((-1.5, 'a "b", c\nd', "2026-11-25", 3), (None, "=1", None, 12))

    assert read_csv(render_csv(Table("t", "T", columns, rows))) == [
        ["'=Count", "Text", "Day", "Children"],
        ["-1.5", 'a "b", c\nd', "2026-11-25", "<5"],
        ["Not assessed", "'=1", "Not assessed", "12"],
    ]


def test_csv_pack_has_one_file_for_each_table():
    doc = hostile_document()
    with ZipFile(BytesIO(render_csv_pack(doc))) as pack:
        names = pack.namelist()
        findings = read_csv(pack.read("findings.csv"))

    assert names == [f"{table.ref}.csv" for table in doc.tables]
    assert all(not row[1].startswith(("=", "+", "-", "@")) for row in findings)


def test_json_is_canonical_and_holds_what_the_reader_may_see():
    whole, public = render_json(document()), render_json(document(audience="public"))

    assert json.loads(whole) == example_facts()
    assert whole.startswith(b'{"actions":[{"due_on":')
    assert "nodes" not in json.loads(public)["value_chain"]


def test_checksum_is_that_of_the_json_file():
    doc = document()

    assert facts_checksum(doc) == hashlib.sha256(render_json(doc)).hexdigest()
    assert facts_checksum(doc) != facts_checksum(document(audience="public"))


def test_equal_documents_give_equal_files():
    assert render_xlsx(document(), STAMP) == render_xlsx(document(), STAMP)
    assert render_csv_pack(document()) == render_csv_pack(document())
    assert render_json(document()) == render_json(document())

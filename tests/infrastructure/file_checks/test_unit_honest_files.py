"""Honest files of every kind come in, and what people read in them stays."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfReader
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from ddplatform.documents.content import Column, Kind, Table
from ddplatform.documents.tables.files import render_workbook
from ddplatform.infrastructure.adapters.uploads import MEDIA_TYPES, check_upload
from ddplatform.infrastructure.file_checks import office, pdf
from tests.hostile_office import ENCODINGS, in_runs, simple
from tests.office_packages import (
    OOXML,
    SHEET,
    TRANSITIONAL,
    WORD,
    Office,
    letter,
    strict_letter,
    table,
)

ROOT = Path(__file__).parents[3]
DOCX, XLSX = MEDIA_TYPES[".docx"], MEDIA_TYPES[".xlsx"]
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"


def picture() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 99, 9)).save(output, "PNG")
    return output.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cleaned(package: Office) -> dict[str, bytes]:
    kind = XLSX if package.main.startswith("xl/") else DOCX
    return parts_of(office.clean(package.packed(), kind))


# ---- workbooks -------------------------------------------------------------------------------


def rich_workbook() -> bytes:
    """What people put into a workbook: formulas, links, notes, a chart, a picture, a list."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    sheet, other = book.add_worksheet("Sites 2026"), book.add_worksheet("Notes")
    sheet.write_row("A1", ["Site", "Workers", "Share"])
    sheet.write_row("A2", ["Okrouyo", 40])
    sheet.write_formula("C2", "=IFERROR(B2/SUM(B2:B9),0)&\" | \"&'Notes'!A1", None, "1")
    sheet.write_dynamic_array_formula("D2", "=_xlfn.UNIQUE(A2:A9)", None, "Okrouyo")
    sheet.write_url("A3", "https://www.ilo.org/child-labour#top", string="ILO")
    sheet.write_url("A4", "mailto:ama@company.example", string="Ama")
    sheet.write_url("A5", "internal:Notes!A1", string="Notes")
    sheet.write_formula("A6", '=HYPERLINK("https://a.example/"&B2,"x")', None, "x")
    sheet.write_comment("B2", "Counted in June")
    sheet.insert_image("F2", "a.png", {"image_data": io.BytesIO(picture())})
    sheet.insert_textbox("F9", "Read the notes")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Sites 2026'!$B$2:$B$9", "name": "Workers"})
    sheet.insert_chart("F12", chart)
    sheet.add_table("A20:B22", {"columns": [{"header": "Name | of"}, {"header": "n"}]})
    sheet.write_formula("C21", "=SUM(Table1[Name | of])", None, 0)
    sheet.data_validation("E2", {"validate": "list", "source": ["yes", "no"]})
    sheet.conditional_format("B2:B9", {"type": "data_bar"})
    sheet.add_sparkline("E3", {"range": "'Sites 2026'!B2:B9"})
    sheet.set_header("&C&G", {"image_center": "a.png", "image_data_center": io.BytesIO(picture())})
    book.define_name("Workers", "='Sites 2026'!$B$2:$B$9")
    other.write("A1", "Counted")
    book.set_custom_property("Office", "West")
    book.close()
    return output.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_workbook_with_all_that_people_use_keeps_it():
    made = office.clean(rich_workbook(), XLSX)

    book = load_workbook(io.BytesIO(made))
    sheet = book["Sites 2026"]
    assert sheet["C2"].value.startswith("=IFERROR(B2/SUM(B2:B9)")
    assert sheet["A3"].hyperlink.target == "https://www.ilo.org/child-labour"
    assert sheet["A4"].hyperlink.target == "mailto:ama@company.example"
    assert sheet["B2"].comment.text == "Counted in June"
    assert "Table1" in sheet.tables and "Workers" in book.defined_names
    names = parts_of(made)
    assert {"xl/charts/chart1.xml", "xl/drawings/drawing1.xml"} <= names.keys()
    assert sum(name.startswith("xl/media/") for name in names) >= 1
    assert b"West" not in b"".join(names.values())


def test_a_workbook_of_another_library_comes_in():
    book = Workbook()
    book.active["A1"] = "Site"
    book.active["A1"].comment = Comment("Counted", "Kofi")
    book.active["A2"].hyperlink = "https://ilo.org"
    output = io.BytesIO()
    book.save(output)

    kept = load_workbook(io.BytesIO(office.clean(output.getvalue(), XLSX))).active

    assert (kept["A1"].value, kept["A1"].comment.text) == ("Site", "Counted")


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests/data/xlsforms").glob("*.xlsx")), ids=lambda path: path.stem
)
def test_published_workbooks_of_other_projects_keep_every_cell(path: Path):
    content = path.read_bytes()

    made = office.clean(content, XLSX)

    before, after = (load_workbook(io.BytesIO(one)) for one in (content, made))
    for sheet in before:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert [[cell.value for cell in row] for row in after[sheet.title].iter_rows()] == rows


def test_a_workbook_that_was_exported_here_comes_in():
    rows = ((date(2026, 6, 1), "=cmd|'/c calc'!A0"),)
    columns = (Column("day", "Day", kind=Kind.DATE), Column("words", "Words"))
    exported = render_workbook([Table("sites", "Sites", columns, rows)])

    kept = check_upload("sites.xlsx", exported)

    before, after = (load_workbook(io.BytesIO(one)) for one in (exported, kept.content))
    assert list(after.active.values) == list(before.active.values)
    assert "=cmd|'/c calc'!A0" in str(list(after.active.values))


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A9)",
        'IF(A1="a|b",1,2)',
        "'a|b'!A1+1",
        "Table1[[#This Row],[a|b]]*Sheet2!A1",
        "[0]!Own",
        '"[1]Sheet1!A1"',
        'HYPERLINK("#Sites!A1","x")',
        'HYPERLINK("mailto:a@b.example","x")',
        "_xlfn.XLOOKUP(A1,B1:B9,C1:C9)",
        "CALLS(1)",
        'TEXT(A1,"WEBSERVICE(x)")',
    ],
)
def test_an_honest_formula_stays(formula: str):
    made = cleaned(table(f'<c r="A1"><f>{formula}</f><v>1</v></c>'))

    assert formula.encode() in made["xl/worksheets/sheet1.xml"]


@given(st.text("ABCabc123+-*/()$:,. ", max_size=40))
def test_a_formula_without_the_signs_of_other_files_and_programs_is_never_refused(text: str):
    cleaned(table(f'<c r="A1"><f>SUM(A1)+{text}</f></c>'))


# ---- documents -------------------------------------------------------------------------------


def rich_letter() -> Office:
    """What people put into a document: links, notes, comments, a header, a picture, a chart."""
    fields = (
        *(" PAGE ", r'HYPERLINK "https://ilo.org" \l "a"', r" TOC \o 1-3 \h "),
        *(" ADDIN ZOTERO_ITEM CSL_CITATION {} ", " MyBookmark ", ' IF 1 = 1 "a" "b" '),
    )
    words = (
        '<w:p><w:hyperlink r:id="rId90"><w:r><w:t>The ILO</w:t></w:r></w:hyperlink>'
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        f'<w:p><w:r><w:drawing><a:blip xmlns:a="{DRAWN}/main" r:embed="rId91"/></w:drawing></w:r></w:p>'
        '<w:p><w:r><w:drawing><c:chart xmlns:c="urn:c" r:id="rId92"/></w:drawing></w:r></w:p>'
        + "".join(in_runs(code) + simple(code) for code in fields)
    )
    made = letter(words).with_relation(
        f"{TRANSITIONAL}/hyperlink", "https://www.ilo.org/a?b=1&amp;c=2", mode="External"
    )
    made = made.with_part("word/media/image1.png", picture(), "image/png")
    made = made.with_relation(f"{TRANSITIONAL}/image", "media/image1.png")
    chart = f'<c:chartSpace xmlns:c="{DRAWN}/chart" xmlns:r="{TRANSITIONAL}"><c:f>[1]S!A1</c:f><c:externalData r:id="rId90"/></c:chartSpace>'
    made = made.with_part("word/charts/chart1.xml", chart, f"{OOXML}drawingml.chart+xml")
    made = made.with_relation(f"{TRANSITIONAL}/chart", "charts/chart1.xml")
    made = made.with_part("word/embeddings/book.xlsx", table().packed(), XLSX)
    made = made.with_relation(
        f"{TRANSITIONAL}/package", "../embeddings/book.xlsx", source="word/charts/chart1.xml"
    )
    for name, kind in (
        ("styles", "styles"),
        ("settings", "settings"),
        ("footnotes", "footnotes"),
        ("comments", "comments"),
        ("header1", "header"),
        ("numbering", "numbering"),
    ):
        text = f'<w:{kind} xmlns:w="{WORD}"><w:p><w:r><w:t>In {kind}</w:t></w:r></w:p></w:{kind}>'
        made = made.with_part(f"word/{name}.xml", text, f"{OOXML}wordprocessingml.{kind}+xml")
        made = made.with_relation(f"{TRANSITIONAL}/{kind}", f"{name}.xml")
    return made


def test_a_document_with_all_that_people_use_keeps_it():
    made = cleaned(rich_letter())

    for kind in ("styles", "settings", "footnotes", "comments", "header", "numbering"):
        assert any(f"In {kind}".encode() in part for part in made.values())
    assert b"https://www.ilo.org/a?b=1&amp;c=2" in made["word/_rels/document.xml.rels"]
    assert b'r:id="rId90"' in made["word/document.xml"]
    assert made["word/media/image1.png"].startswith(b"\x89PNG")


def test_a_chart_of_a_document_loses_the_workbook_behind_it_and_stays():
    made = cleaned(rich_letter())

    assert b"externalData" not in made["word/charts/chart1.xml"]
    assert b"chartSpace" in made["word/charts/chart1.xml"]
    assert not any("embeddings" in name for name in made)


def test_a_link_to_a_file_loses_its_address_and_keeps_its_words():
    body = '<w:p><w:hyperlink r:id="rId90"><w:r><w:t>Our folder</w:t></w:r></w:hyperlink></w:p>'
    made = cleaned(
        letter(body).with_relation(
            f"{TRANSITIONAL}/hyperlink", "file:///c:/folder", mode="External"
        )
    )

    assert b"Our folder" in made["word/document.xml"]
    assert b"rId90" not in made["word/document.xml"]
    assert "word/_rels/document.xml.rels" not in made


def test_a_link_of_a_cell_to_a_file_goes_with_its_list():
    links = '<hyperlinks><hyperlink ref="A1" r:id="rId90"/></hyperlinks>'
    made = cleaned(
        table(more=links).with_relation(
            f"{TRANSITIONAL}/hyperlink",
            "budget.xlsx",
            mode="External",
            source="xl/worksheets/sheet1.xml",
        )
    )

    assert b"hyperlink" not in made["xl/worksheets/sheet1.xml"]
    assert f'xmlns="{SHEET}"'.encode() in made["xl/worksheets/sheet1.xml"]


def test_a_document_made_from_a_template_loses_its_address_and_stays():
    settings = (
        f'<w:settings xmlns:w="{WORD}" xmlns:r="{TRANSITIONAL}"><w:zoom w:percent="90"/>'
        '<w:attachedTemplate r:id="rId90"/></w:settings>'
    )
    made = letter().with_part(
        "word/settings.xml", settings, f"{OOXML}wordprocessingml.settings+xml"
    )
    made = made.with_relation(f"{TRANSITIONAL}/settings", "settings.xml")
    made = made.with_relation(
        f"{TRANSITIONAL}/attachedTemplate",
        "file:///C:/Users/ama/Normal.dotm",
        mode="External",
        source="word/settings.xml",
    )
    kept = cleaned(made)

    assert b"zoom" in kept["word/settings.xml"]
    assert not any(b"emplate" in part for part in kept.values())


@pytest.mark.parametrize("write", ENCODINGS.values(), ids=list(ENCODINGS))
@pytest.mark.parametrize("made", [letter, strict_letter], ids=["transitional", "strict"])
def test_a_document_comes_in_whatever_its_encoding(
    made: Callable[[], Office], write: Callable[[str], bytes]
):
    kept = cleaned(replace(made(), write=write))["word/document.xml"]

    assert kept.startswith(b'<?xml version="1.0" encoding="UTF-8"')
    assert b"body" in kept


def test_a_drawing_of_vml_with_breaks_that_are_never_closed_is_mended():
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><div>a<br>b</div></v:shape></xml>'
    )
    made = table().with_part("xl/drawings/vmlDrawing1.vml", drawing, f"{OOXML}vmlDrawing")
    made = made.with_relation(
        f"{TRANSITIONAL}/vmlDrawing",
        "../drawings/vmlDrawing1.vml",
        source="xl/worksheets/sheet1.xml",
    )

    assert b"shape" in cleaned(made)["xl/drawings/vmlDrawing1.vml"]


# ---- PDF -------------------------------------------------------------------------------------


def test_a_report_of_several_pages_keeps_its_words_and_links():
    output, look = io.BytesIO(), getSampleStyleSheet()["Normal"]
    SimpleDocTemplate(output).build(
        [
            Paragraph('Sites and <a href="https://ilo.org">their rules</a>', look),
            PageBreak(),
            Paragraph("Three visits", look),
        ]
    )

    kept = PdfReader(io.BytesIO(pdf.clean(output.getvalue(), "application/pdf")))

    assert [len(kept.pages), "Three visits" in kept.pages[1].extract_text()] == [2, True]
    (link,) = kept.pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == "https://ilo.org"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "demo/documents").glob("*.pdf")), ids=lambda path: path.stem
)
def test_the_documents_of_the_sample_company_keep_their_words(path: Path):
    content = path.read_bytes()

    kept = PdfReader(io.BytesIO(pdf.clean(content, "application/pdf")))

    before = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert [page.extract_text() for page in kept.pages] == before

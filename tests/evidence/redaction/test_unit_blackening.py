"""Words and areas leave a file for good, and nothing else of it."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ddplatform.core.due_diligence.upload_traces import Area
from ddplatform.evidence.redaction.blackening import blacken, look, picture_of
from ddplatform.evidence.redaction.blackening_words import pattern_of
from ddplatform.infrastructure.adapters.uploads import MEDIA_TYPES, check_upload
from supply_chain.errors import FileRefused

PDF, XLSX, DOCX = (MEDIA_TYPES[ending] for ending in (".pdf", ".xlsx", ".docx"))
NAME = "Kofi Mensah"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _picture(form: str, size: tuple[int, int] = (200, 100)) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(output, form)
    return output.getvalue()


def _pages_of_text(*pages: str, picture_on: int | None = None) -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output)
    for at, text in enumerate(pages):
        canvas.bookmarkPage(f"p{at}")
        for line, words in enumerate(text.split("\n")):
            canvas.drawString(72, 700 - 14 * line, words)
        if at == picture_on:
            canvas.drawImage(ImageReader(io.BytesIO(_picture("JPEG"))), 100, 300, 200, 100)
        canvas.linkRect("", "p0", (72, 600, 200, 620))
        canvas.showPage()
    canvas.save()
    return check_upload("paper.pdf", output.getvalue()).content


def _texts(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def _bare(content: bytes) -> str:
    """Every byte of a PDF, its streams unpacked, pictures left out."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        page.compress_content_streams(level=0)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue().decode("latin-1")


def _office(parts: dict[str, str | bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return output.getvalue()


def _part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def _document(body: str, **parts: str | bytes) -> bytes:
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return _office({"word/document.xml": document, **parts})


def _paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_area_of_a_picture_is_black_and_the_rest_is_as_it_was(form: str):
    areas = [Area(0, 0.25, 0.5, 0.5, 1)]
    made = blacken(_picture(form), f"image/{form.lower()}", areas=areas, words=[])

    picture = Image.open(io.BytesIO(made.content))
    plain = picture.convert("RGB")
    assert (picture.format, picture.size) == (form, (200, 100))
    assert max(plain.getpixel((75, 75))) < 5
    assert all(abs(a - b) < 8 for a, b in zip(plain.getpixel((20, 20)), (200, 40, 40), strict=True))


def test_a_picture_is_black_up_to_the_edge_of_an_area():
    areas = [Area(0, 0.255, 0, 0.5, 1)]
    made = blacken(_picture("PNG"), "image/png", areas=areas, words=[])

    picture = Image.open(io.BytesIO(made.content)).convert("RGB")
    black = [x for x in range(200) if picture.getpixel((x, 50)) == (0, 0, 0)]
    assert (min(black), max(black)) == (51, 100)


def test_words_of_a_page_are_found_over_the_end_of_a_line_and_told_by_their_places():
    paper = _pages_of_text("The boy Kofi Mensah. Kofi\nMensah is 13.", "Nothing here.")

    found = look(paper, PDF, [NAME, "Ama"])

    assert found.times == (2, 0)
    assert [spot.page for spot in found.spots] == [0, 0, 0]
    assert found.sizes == ((595, 842), (595, 842))


def test_page_with_words_is_a_picture_of_itself_and_the_others_stay():
    paper = _pages_of_text("The boy kofi MENSAH is 13.", "A page that stays.")

    made = blacken(paper, PDF, areas=[], words=[NAME])

    assert made.times == (1,)
    assert _texts(made.content)[0] == ""
    assert _texts(made.content)[1].strip() == "A page that stays."
    assert "ofi" not in _bare(made.content)


def test_words_on_a_page_stand_black_and_what_is_beside_them_can_be_read():
    paper = _pages_of_text("The boy Kofi Mensah is 13.")
    spot = look(paper, PDF, [NAME]).spots[0]

    after = _shown(blacken(paper, PDF, areas=[], words=[NAME]).content, 0)
    before = _shown(paper, 0)

    inside = _cut(after, spot, 0.2)
    beside = Area(0, spot.right + 0.01, spot.top, spot.right + 0.06, spot.bottom)
    assert max(inside.convert("L").tobytes()) < 30
    assert min(_cut(after, beside).convert("L").tobytes()) < 128
    assert (
        _cut(after, Area(0, 0, 0.5, 1, 1)).getbbox()
        == _cut(before, Area(0, 0, 0.5, 1, 1)).getbbox()
    )


def _shown(content: bytes, page: int) -> Image.Image:
    return Image.open(io.BytesIO(picture_of(content, PDF, page)))


def _cut(picture: Image.Image, area: Area, room: float = 0) -> Image.Image:
    x, y = (area.right - area.left) * room, (area.bottom - area.top) * room
    sides = area.left + x, area.top + y, area.right - x, area.bottom - y
    size = picture.width, picture.height, picture.width, picture.height
    return picture.crop(tuple(round(a * b) for a, b in zip(sides, size, strict=True)))


def test_a_link_to_a_page_does_not_keep_what_stood_on_it():
    """Each page links to the first: a program that copies pages would take it along."""
    paper = _pages_of_text("The first page.", "The second page.")

    made = blacken(paper, PDF, areas=[Area(0, 0, 0, 0.2, 0.2)], words=[])

    assert "The first page" not in _bare(made.content)
    assert _texts(made.content)[1].strip() == "The second page."


def test_picture_of_a_page_does_not_stay_by_a_list_that_pages_share():
    paper = PdfWriter(clone_from=io.BytesIO(_pages_of_text("One", "Two", picture_on=0)))
    first, second = (page["/Resources"] for page in paper.pages)
    second[NameObject("/XObject")] = first["/XObject"]
    shared = io.BytesIO()
    paper.write(shared)

    made = blacken(shared.getvalue(), PDF, areas=[Area(0, 0, 0, 1, 1)], words=[])

    pages = PdfReader(io.BytesIO(made.content)).pages
    assert pages[0].images[0].image.convert("L").getextrema()[1] < 5
    assert len([one for page in pages for one in page.images]) == 1


def test_words_that_a_page_keeps_for_a_program_go_with_all_that_it_does_not_show():
    paper = PdfWriter(clone_from=io.BytesIO(_pages_of_text("The boy Kofi Mensah.", "Two")))
    told = DictionaryObject({NameObject("/Told"): TextStringObject(NAME)})
    paper.pages[1][NameObject("/PieceInfo")] = told
    with_note = io.BytesIO()
    paper.write(with_note)

    made = blacken(with_note.getvalue(), PDF, areas=[], words=[NAME])

    assert "Mensah" not in _bare(made.content)


def test_words_that_cannot_be_taken_out_of_a_pdf_refuse_it_with_the_way_out():
    """The words stand in a font that a page which stays still uses."""
    paper = PdfWriter(clone_from=io.BytesIO(_pages_of_text("One", "Kofi Mensah")))
    font = paper.pages[0]["/Resources"]["/Font"]["/F1"]
    font[NameObject("/Note")] = TextStringObject("Kofi Mensah")
    paper.pages[1]["/Resources"][NameObject("/Font")] = paper.pages[0]["/Resources"]["/Font"]
    with_note = io.BytesIO()
    paper.write(with_note)

    with pytest.raises(FileRefused) as refused:
        blacken(with_note.getvalue(), PDF, areas=[], words=[NAME])

    assert "cannot be removed" in refused.value.message
    assert refused.value.advice.startswith("Withdraw it, and ask for another file")


def test_words_in_split_runs_of_a_document_are_taken_out_as_one():
    book = _document(_paragraph("The boy Ko", "fi Men", "sah is 13.") + _paragraph("Stays."))

    made = blacken(book, DOCX, areas=[], words=[NAME])

    text = _part(made.content, "word/document.xml")
    assert made.times == (1,)
    assert ">The boy […]<" in text
    assert "> is 13.<" in text
    assert ">Stays.<" in text
    assert "Men" not in text


def test_headers_comments_links_and_descriptions_lose_the_words_too():
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" TargetMode="External" Target="mailto:kofi.mensah@x.example"/>'
        "</Relationships>"
    )
    book = _document(
        '<w:docPr xmlns:w="x" name="Photo" descr="Kofi Mensah at work"/>',
        **{
            "word/header1.xml": f'<w:hdr xmlns:w="{WORD}">{_paragraph(NAME)}</w:hdr>',
            "word/comments.xml": f'<w:comments xmlns:w="{WORD}"><w:comment w:author="{NAME}">'
            f"{_paragraph('Ask ', NAME)}</w:comment></w:comments>",
            "word/_rels/document.xml.rels": link,
            "word/styles.xml": f'<w:styles xmlns:w="{WORD}"/>',
        },
    )

    made = blacken(book, DOCX, areas=[], words=[NAME, "kofi.mensah@x.example"])

    parts = zipfile.ZipFile(io.BytesIO(made.content))
    assert not [n for n in parts.namelist() if b"Mensah" in parts.read(n)]
    assert not [n for n in parts.namelist() if b"mensah" in parts.read(n)]
    assert made.times == (4, 1)
    assert parts.read("word/styles.xml").decode() == f'<w:styles xmlns:w="{WORD}"/>'


def test_words_that_name_a_part_of_a_document_refuse_it():
    book = _document('<w:p><w:pPr><w:pStyle w:val="Kofi Mensah"/></w:pPr></w:p>')

    with pytest.raises(FileRefused, match="cannot be removed"):
        blacken(book, DOCX, areas=[], words=[NAME])


def _book() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Kofi Mensah"
    sheet["A1"], sheet["B1"], sheet["C1"] = "The boy Kofi Mensah", 544123456, 77
    sheet["A2"], sheet["B2"] = '="Kofi "&"x"', "Stays"
    sheet["A3"] = "='Kofi Mensah'!C1"
    sheet["B2"].comment = Comment("Kofi Mensah told it", "Kofi Mensah")
    output = io.BytesIO()
    book.save(output)
    return check_upload("list.xlsx", output.getvalue()).content


def test_workbook_loses_words_in_cells_numbers_formulas_comments_and_names_of_sheets():
    made = blacken(_book(), XLSX, areas=[], words=[NAME, "0544 123 456"])

    book = load_workbook(io.BytesIO(made.content))
    sheet = book.worksheets[0]
    parts = zipfile.ZipFile(io.BytesIO(made.content))
    assert not [name for name in parts.namelist() if b"Mensah" in parts.read(name)]
    assert book.sheetnames == ["(…) 1"]
    assert [cell.value for cell in sheet[1]] == ["The boy […]", "[…]", 77]
    assert (sheet["A2"].value, sheet["A3"].value) == ('="Kofi "&"x"', None)
    assert sheet["B2"].value == "Stays"
    assert sheet["B2"].comment.text == "[…] told it"


def test_what_is_taken_out_of_a_text_is_shown_before_without_the_words():
    found = look(_book(), XLSX, [NAME])

    assert "The boy […]" in found.shown
    assert not any("Kofi Mensah" in text for text in found.shown)


def test_area_of_a_picture_in_a_document_is_black_and_the_other_picture_stays():
    parts = {"word/media/a.png": _picture("PNG"), "word/media/b.jpeg": _picture("JPEG")}
    book = _document(_paragraph("Stays."), **parts)

    made = blacken(book, DOCX, areas=[Area(1, 0, 0, 1, 1)], words=[])

    after = zipfile.ZipFile(io.BytesIO(made.content))
    black = Image.open(io.BytesIO(after.read("word/media/b.jpeg")))
    assert (black.format, black.convert("L").getextrema()[1]) == ("JPEG", 0)
    assert after.read("word/media/a.png") == parts["word/media/a.png"]
    assert look(book, DOCX).sizes == ((200, 100), (200, 100))


def test_picture_of_a_kind_that_cannot_be_drawn_is_told_and_no_area_of_it_taken():
    book = _document(_paragraph("x"), **{"word/media/a.emf": b"\x01\x00\x00\x00drawing"})

    assert look(book, DOCX).sizes == ((0, 0),)
    with pytest.raises(FileRefused, match="cannot be opened"):
        blacken(book, DOCX, areas=[Area(0, 0, 0, 1, 1)], words=[])


@pytest.mark.parametrize(
    ("text", "coding", "left"),
    [
        ("name;age\nKofi  Mensah;13\n", "utf-8", "name;age\n[…];13\n"),
        ("é Kofi Mensah", "cp1252", "é […]"),
        ("\x81 Kofi Mensah", "latin-1", "\x81 [...]"),
    ],
)
def test_plain_text_keeps_its_writing_and_loses_the_words(text: str, coding: str, left: str):
    made = blacken(text.encode(coding), "text/csv", areas=[], words=["kofi mensah"])

    assert made.content.decode(coding) == left
    assert made.times == (1,)


def test_longer_words_are_taken_out_before_shorter_ones_in_them():
    made = blacken(b"Kofi Mensah and Kofi", "text/plain", areas=[], words=["Kofi", NAME])

    assert made.content.decode() == "[…] and […]"
    assert made.times == (1, 1)


@pytest.mark.parametrize("media_type", [PDF, XLSX, "image/png"])
def test_file_that_cannot_be_opened_is_refused_with_the_way_out(media_type: str):
    with pytest.raises(FileRefused, match="cannot be opened") as refused:
        look(b"%PDF-nothing", media_type)

    assert refused.value.advice.startswith("Withdraw it")


def test_page_that_is_not_there_cannot_be_looked_at():
    with pytest.raises(FileRefused, match="cannot be opened"):
        picture_of(_pages_of_text("One"), PDF, 1)


def test_picture_to_look_at_is_small_and_without_colours_that_shine_through():
    output = io.BytesIO()
    Image.new("RGBA", (3000, 30), (0, 0, 0, 0)).save(output, "PNG")

    seen = Image.open(io.BytesIO(picture_of(output.getvalue(), "image/png", 0)))

    assert (seen.format, seen.size) == ("WEBP", (1400, 14))
    assert seen.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("words", ["a.c", "(x) [y]", "1+1", "^Kofi$", "back\\slash", "a|b"])
@pytest.mark.parametrize("broken", [False, True])
def test_signs_that_mean_something_in_a_pattern_stand_for_themselves(words: str, broken: bool):
    pattern = pattern_of([words], broken=broken)

    assert pattern.search(f"told {words} here") is not None
    assert pattern.search("abc x y 11 Kofi backslash") is None

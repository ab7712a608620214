"""What in a file may lead to a person is looked for: words, faces, and what was not searched."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import Image, ImageEnhance
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ddplatform.core.due_diligence.upload_traces import (
    MOST_FACES,
    MOST_WORDS,
    Area,
    Gap,
    UploadTraces,
)
from ddplatform.evidence.search.child import MAX_PICTURES, search
from ddplatform.evidence.search.search import LATER, MODEL, Patience, _collect, search_upload
from ddplatform.infrastructure.adapters.uploads import MEDIA_TYPES
from tests.upload_faces import FACE, PORTRAIT, group, no_face, portrait, saved

NAMED = "The ledger of 2026 was kept by Mr Kofi Mensah, telephone 0544 123 456."
PICTURED = frozenset({Gap.WORDS_IN_PICTURES})


def look(content: bytes, ending: str, patience: Patience = LATER) -> UploadTraces:
    return search_upload(content, MEDIA_TYPES[ending], patience)


def lies_in(area: Area, sides: tuple[float, float, float, float]) -> bool:
    across, down = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    return sides[0] < across < sides[2] and sides[1] < down < sides[3]


def paper(*pages: str | bytes) -> bytes:
    """A PDF of one page for each text or picture."""
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(600, 800))
    for page in pages:
        if isinstance(page, bytes):
            canvas.drawImage(ImageReader(io.BytesIO(page)), 50, 300, 500, 400)
        else:
            canvas.drawString(40, 700, page)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def letter(*texts: str, pictures: tuple[bytes, ...] = (), part: str = "document") -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr(f"word/{part}.xml", f'<w:document xmlns:w="urn:w">{body}</w:document>')
        for place, picture in enumerate(pictures):
            made.writestr(f"word/media/image{place}.jpeg", picture)
    return output.getvalue()


def book() -> bytes:
    made = Workbook()
    made.active.append(["Number", "Worker", "Telephone"])
    made.active.append([1, "Kofi Mensah", 544123456])
    made.active["A3"] = "visit"
    made.active["A3"].comment = Comment("Ask Ama Owusu first", "supplier")
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_face_in_a_picture_is_seen_where_it_is(kind):
    with Image.open(PORTRAIT) as photo:
        found = look(saved(photo, kind), f".{kind.lower()}")

    (face,) = found.faces
    assert lies_in(face, FACE) and face.page == 0
    assert found.gaps == PICTURED and found.words == ()


def test_six_small_faces_of_a_large_photo_are_counted():
    assert len(look(group(), ".jpg").faces) == 6


@pytest.mark.parametrize("degrees", [0, 20, 90, 180])
def test_a_face_that_is_dark_and_turned_is_seen(degrees):
    with Image.open(PORTRAIT) as photo:
        dark = ImageEnhance.Brightness(photo.rotate(degrees, expand=True)).enhance(0.2)

    assert len(look(saved(dark), ".jpg").faces) == 1


def test_a_picture_without_a_person_has_no_face():
    assert look(no_face(), ".jpg") == UploadTraces(gaps=PICTURED)


def test_words_of_a_pdf_are_seen_on_each_page_and_a_text_holds_no_picture():
    found = look(paper("The canteen was built.", NAMED), ".pdf")

    assert found == UploadTraces(words=("Kofi Mensah", "0544 123 456"))


def test_what_is_written_in_a_field_of_a_pdf_is_seen():
    output = io.BytesIO()
    canvas = Canvas(output)
    canvas.acroForm.textfield(name="who", value="Mr Kofi Mensah", x=50, y=600, width=300)
    canvas.showPage()
    canvas.save()

    assert look(output.getvalue(), ".pdf").words == ("Kofi Mensah",)


def test_a_face_on_a_scanned_page_stands_on_that_page_and_its_words_are_not_read():
    found = look(paper("The canteen was built.", portrait()), ".pdf")

    (face,) = found.faces
    assert face.page == 1 and lies_in(face, (0.3, 0.1, 0.6, 0.4))
    assert found.gaps == PICTURED


def test_words_and_faces_of_a_letter_are_seen_by_paragraph_and_by_picture():
    found = look(letter("Board of Cocoa", NAMED, pictures=(no_face(), portrait())), ".docx")

    assert found.words == ("Kofi Mensah", "0544 123 456")
    assert [face.page for face in found.faces] == [1] and found.gaps == PICTURED


@pytest.mark.parametrize("part", ["header2", "footer1", "footnotes", "comments"])
def test_words_beside_the_text_of_a_letter_are_seen(part):
    assert "Kofi Mensah" in look(letter(NAMED, part=part), ".docx").words


def test_words_numbers_and_notes_of_a_workbook_are_seen_by_cell():
    found = look(book(), ".xlsx")

    assert found.words == ("Kofi Mensah", "544123456", "Ama Owusu")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_cells_of_a_table_are_no_two_parts_of_one_name(encoding):
    table = "Village;Worker;Visit\nYamoussoukro;Désiré Gnahoré;Yes\n".encode(encoding)

    assert look(table, ".csv").words == ("Désiré Gnahoré",)


def test_a_plain_text_is_searched_by_line():
    assert look(f"Ledger\n{NAMED}\n".encode(), ".txt").words == ("Kofi Mensah", "0544 123 456")


def test_a_long_text_is_searched_to_its_end_and_a_very_long_one_is_told_to_be_searched_in_part():
    many = b"The canteen was built of stone.\n" * 5_000
    found, more = look(many + NAMED.encode(), ".txt"), look(many * 3 + NAMED.encode(), ".txt")

    assert "Kofi Mensah" in found.words and found.gaps == frozenset()
    assert more == UploadTraces(gaps=frozenset({Gap.PARTS}))


def test_more_words_than_are_kept_are_told():
    names = "".join(f"0544 123 {number:03}\n" for number in range(MOST_WORDS + 5)).encode()
    found = look(names, ".txt")

    assert len(found.words) == MOST_WORDS and found.gaps == {Gap.PARTS}


@pytest.mark.whole
def test_more_pictures_than_are_looked_at_are_told():
    small = saved(Image.new("RGB", (32, 32)))
    found = look(letter(pictures=(small,) * (MAX_PICTURES + 1)), ".docx")

    assert found.gaps == {Gap.PARTS, Gap.WORDS_IN_PICTURES}


@pytest.mark.parametrize(
    "picture", [b"\x01\x00\x00\x00 a drawing of Windows", portrait()[:20_000], b""]
)
def test_a_picture_that_cannot_be_opened_is_told_and_the_others_are_searched(picture):
    found = look(letter(NAMED, pictures=(picture, portrait())), ".docx")

    assert [face.page for face in found.faces] == [1] and found.is_searched
    assert Gap.PARTS in found.gaps and "Kofi Mensah" in found.words


def test_a_picture_of_very_many_pixels_is_not_opened():
    large = saved(Image.new("1", (6_400, 6_400)), "PNG")

    assert look(letter(pictures=(large,)), ".docx").gaps == {Gap.PARTS, Gap.WORDS_IN_PICTURES}


@pytest.mark.parametrize(
    ("content", "ending"),
    [(b"%PDF-1.7 broken", ".pdf"), (b"PK\x03\x04 broken", ".docx"), (b"PK broken", ".xlsx")],
)
def test_a_broken_file_is_told_to_be_not_searched(content, ending):
    found = look(content, ending)

    assert not found.is_searched and not found.is_found


def test_a_search_that_takes_too_long_is_told_to_be_not_searched():
    found = look(portrait(), ".jpg", Patience(cpu_s=10, wall_s=0.01))

    assert found == UploadTraces(gaps=frozenset({Gap.FAILED}))


def test_what_was_seen_before_a_limit_ended_the_search_stands():
    found = look(letter(NAMED, pictures=(group(),) * MAX_PICTURES), ".docx", Patience(2, 60))

    assert "Kofi Mensah" in found.words and not found.is_searched


def test_without_the_model_words_are_seen_and_the_search_is_told_to_have_failed():
    content = letter(NAMED, pictures=(portrait(),))
    found = search_upload(content, MEDIA_TYPES[".docx"], LATER, model=Path("/no/model.onnx"))

    assert "Kofi Mensah" in found.words and found.faces == () and not found.is_searched


def test_the_child_tells_each_find_in_a_line_of_its_own():
    lines = list(search(letter(NAMED, pictures=(portrait(),)), MEDIA_TYPES[".docx"], MODEL))

    assert [next(iter(line)) for line in lines] == ["words", "gap", "faces", "done"]


def test_more_faces_than_are_kept_are_told():
    face = {"faces": [[0, 0.1, 0.1, 0.2, 0.2]] * (MOST_FACES + 1)}
    found = _collect([face, {"done": True}])

    assert len(found.faces) == MOST_FACES and found.gaps == {Gap.PARTS}

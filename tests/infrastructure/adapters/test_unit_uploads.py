"""Files in: hostile ones are refused with a way out, good ones lose what tells of their maker."""

import io
import struct
import subprocess
import zipfile
import zlib

import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from ddplatform.infrastructure.adapters.uploads import MAX_BYTES, check_upload
from ddplatform.infrastructure.file_checks import process
from supply_chain.errors import FileRefused
from tests.office_packages import OOXML, PACKAGE, TRANSITIONAL, Office, archive, letter


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (40, 30)) -> bytes:
    """A photo with a place, a camera and a comment in it."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F] = "Camera of Kofi"
    exif[0x8825] = {1: "N", 2: (5.0, 47.0, 0.0), 3: "W", 4: (6.0, 35.0, 0.0)}
    output = io.BytesIO()
    image.save(output, kind, exif=exif.tobytes())
    return output.getvalue()


def pdf(*, pages: int = 1, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Kofi Mensah", "/Title": "Payroll"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def workbook() -> bytes:
    book = Workbook()
    book.properties.creator = "Kofi Mensah"
    book.active["A1"] = "Site"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def document() -> Office:
    """A letter with its author."""
    made = letter().with_part(
        "docProps/core.xml",
        f'<p:coreProperties xmlns:p="{PACKAGE}/metadata/core-properties">Kofi Mensah'
        "</p:coreProperties>",
        "application/vnd.openxmlformats-package.core-properties+xml",
    )
    kind = f"{PACKAGE}/relationships/metadata/core-properties"
    return made.with_relation(kind, "docProps/core.xml", source="")


def with_picture(content: bytes, name: str = "image1.png") -> bytes:
    """A letter with a picture."""
    kind = "image/png" if name.endswith("png") else "image/jpeg"
    made = document().with_part(f"word/media/{name}", content, kind)
    return made.with_relation(f"{TRANSITIONAL}/image", f"media/{name}").packed()


def refusal(name: str, content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        check_upload(name, content)
    assert refused.value.message
    assert refused.value.advice
    return refused.value


# ---- kinds and names -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tool.exe", "page.html", "drawing.svg", "noending", "a.docm"])
def test_kind_that_is_not_on_the_list_is_refused_with_the_list(name: str):
    error = refusal(name, b"anything")

    assert error.code == "type_not_allowed"
    assert "PDF" in error.advice


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ\x90\x00 a program"),
        ("photo.png", picture("JPEG")),
        ("photo.webp", b"RIFF\x00\x00\x00\x00WAVE"),
        ("paper.pdf", b"<html><script>alert(1)</script>"),
        ("list.csv", archive({"a": b"b"})),
        ("list.txt", pdf()),
        ("list.xlsx", archive({"word/document.xml": b"<w/>"})),
        ("list.docx", archive({"readme": b"x"})),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(name: str, content: bytes):
    assert refusal(name, content).code == "content_differs"


def test_file_that_is_two_kinds_in_one_is_refused():
    assert refusal("both.pdf", pdf() + archive({"evil.html": b"<script>"})).code == "two_types"
    assert refusal("both.png", picture("PNG") + archive({"a": b"b"})).code == "two_types"


def test_empty_and_oversized_files_are_refused():
    assert refusal("a.txt", b"").code == "empty"
    assert refusal("a.txt", b"a" * (MAX_BYTES + 1)).code == "too_large"


def test_text_with_a_nul_byte_is_refused():
    assert refusal("list.csv", b"site;country\nA\x00;CI\n").code == "content_differs"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", ".._.._etc_passwd.txt"),
        ("C:\\Users\\kofi\\a.txt", "C:_Users_kofi_a.txt"),
        ("a\r\nSet-Cookie: x.txt", "a__Set-Cookie: x.txt"),
        ("n" * 400 + ".txt", "n" * 146 + ".txt"),
    ],
)
def test_name_is_only_ever_text_without_path_or_control_signs(given: str, kept: str):
    assert check_upload(given, b"Three visits.").filename == kept


def test_plain_text_is_kept_as_it_is():
    kept = check_upload("Visite d'été.csv", b"Espoir;CI\n")

    assert (kept.media_type, kept.is_stripped) == ("text/csv", False)
    assert kept.content == b"Espoir;CI\n"


# ---- pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.PNG"), ("WEBP", "a.webp")]
)
def test_place_camera_and_comments_are_gone_from_a_picture(kind: str, name: str):
    content = picture(kind)
    assert b"Camera of Kofi" in content
    kept = check_upload(name, content)

    assert kept.is_stripped
    assert b"Kofi" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as cleaned:
        assert cleaned.format == kind
        assert cleaned.size == (40, 30)
        assert not cleaned.getexif()
        assert "exif" not in cleaned.info


def test_words_hidden_beside_the_pixels_of_a_png_are_gone():
    chunk = b"tEXtComment\x00Kofi Mensah"
    block = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    content = picture("PNG")
    head = content[:33]  # signature and the header block
    kept = check_upload("a.png", head + block + content[33:])

    assert b"Kofi" not in kept.content


def test_photo_is_turned_upright_before_its_metadata_goes():
    image = Image.new("RGB", (40, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    output = io.BytesIO()
    image.save(output, "JPEG", exif=exif.tobytes())

    with Image.open(io.BytesIO(check_upload("a.jpg", output.getvalue()).content)) as cleaned:
        assert cleaned.size == (30, 40)


def test_a_photo_as_large_as_it_was_taken_is_kept_as_large_as_it_can_be_read():
    kept = check_upload("a.jpg", picture("JPEG", size=(4_000, 3_000)))

    with Image.open(io.BytesIO(kept.content)) as cleaned:
        assert cleaned.size == (2_400, 1_800)


def test_picture_of_too_many_pixels_is_refused_before_it_is_opened():
    def block(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", header)
        + block(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + block(b"IEND", b"")
    )
    assert refusal("bomb.png", bomb).code == "too_large"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated_picture_is_refused(share: float):
    content = picture("PNG", size=(300, 300))

    assert refusal("cut.png", content[: int(len(content) * share)]).code == "broken"


# ---- PDF -------------------------------------------------------------------------------------


def test_properties_scripts_and_attachments_of_a_pdf_are_gone():
    writer = PdfWriter(clone_from=io.BytesIO(pdf(pages=2)))
    writer.add_open_action(JavaScript("app.alert('Kofi');"))
    writer.add_attachment("payroll.txt", b"Kofi Mensah")
    output = io.BytesIO()
    writer.write(output)
    assert PdfReader(io.BytesIO(output.getvalue())).metadata
    kept = check_upload("paper.pdf", output.getvalue())

    cleaned = PdfReader(io.BytesIO(kept.content))
    assert len(cleaned.pages) == 2
    assert not cleaned.metadata or "/Author" not in cleaned.metadata
    assert b"Kofi" not in kept.content
    assert b"/JavaScript" not in kept.content
    assert not cleaned.attachments


def test_script_that_hangs_on_a_page_of_a_pdf_is_gone():
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    page[NameObject("/AA")] = DictionaryObject(
        {
            NameObject("/O"): DictionaryObject(
                {
                    NameObject("/S"): NameObject("/JavaScript"),
                    NameObject("/JS"): TextStringObject("app.alert(1)"),
                }
            )
        }
    )
    output = io.BytesIO()
    writer.write(output)

    assert b"/JavaScript" not in check_upload("paper.pdf", output.getvalue()).content


def test_place_in_a_photo_that_stands_in_a_pdf_is_gone_and_the_photo_stays():
    output = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 99, 9)).save(output, "PDF")
    writer = PdfWriter(clone_from=io.BytesIO(output.getvalue()))
    images = writer.pages[0]["/Resources"]["/XObject"]
    for name in images:
        images[name].get_object()._data = picture("JPEG")
    output = io.BytesIO()
    writer.write(output)
    assert b"Camera of Kofi" in output.getvalue()

    kept = check_upload("scan.pdf", output.getvalue()).content
    assert b"Camera of Kofi" not in kept
    (image,) = PdfReader(io.BytesIO(kept)).pages[0].images
    assert image.image is not None and image.image.size == (40, 30)


def test_locked_truncated_and_empty_pdfs_are_refused():
    assert refusal("locked.pdf", pdf(password="secret")).code == "encrypted"
    assert refusal("cut.pdf", pdf()[:60]).code == "broken"
    assert refusal("none.pdf", pdf(pages=0)).code == "broken"


# ---- office files ----------------------------------------------------------------------------


def test_author_of_a_workbook_is_gone_and_its_cells_stay():
    kept = check_upload("list.xlsx", workbook())

    book = load_workbook(io.BytesIO(kept.content))
    assert book.active["A1"].value == "Site"
    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert b"Kofi" not in b"".join(parts.read(name) for name in parts.namelist())


def test_author_of_a_document_is_gone_and_its_words_stay():
    kept = check_upload("letter.docx", document().packed())

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert b"Kofi" not in parts.read("docProps/core.xml")
        assert b"Three visits." in parts.read("word/document.xml")


def test_small_picture_of_how_a_document_looked_before_is_gone_with_all_that_names_it():
    sent = document().with_part("docProps/thumbnail.jpeg", picture("JPEG"), "image/jpeg")
    kind = f"{PACKAGE}/relationships/metadata/thumbnail"
    sent = sent.with_relation(kind, "docProps/thumbnail.jpeg", source="")
    kept = check_upload("letter.docx", sent.packed())

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert "docProps/thumbnail.jpeg" not in parts.namelist()
        assert b"thumbnail" not in parts.read("_rels/.rels") + parts.read("[Content_Types].xml")


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "image1.jpg"), ("PNG", "image1.png")])
def test_place_in_a_photo_that_stands_in_a_document_is_gone_and_the_photo_stays(
    kind: str, name: str
):
    kept = check_upload("letter.docx", with_picture(picture(kind), name))

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        photo = parts.read(f"word/media/{name}")
    assert b"Camera of Kofi" not in photo
    with Image.open(io.BytesIO(photo)) as opened:
        opened.load()
        assert (opened.format, opened.size) == (kind, (40, 30))
        assert not opened.getexif()


def test_photo_with_segments_that_lie_is_refused():
    lie = b"\xff\xd8\xff\xe1\x00\x00" + b"x" * 50

    assert refusal("letter.docx", with_picture(lie)).code == "broken"


@pytest.mark.parametrize("part", ["../../evil", "/etc/passwd", "word\\a.xml", "c:evil"])
def test_unsafe_paths_are_refused(part: str):
    content = archive({**document().made(), part: b"x"})

    assert refusal("letter.docx", content).code == "unsafe_archive"


def test_plain_web_link_in_a_document_may_stay():
    link = document().with_relation(f"{TRANSITIONAL}/hyperlink", "https://ilo.org", mode="External")
    kept = check_upload("letter.docx", link.packed())

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert b'"https://ilo.org"' in parts.read("word/_rels/document.xml.rels")


def test_document_whose_packing_knows_no_limit_is_refused():
    content = archive(document().made(), method=zipfile.ZIP_BZIP2)

    assert refusal("letter.docx", content).code == "broken"


def test_entry_that_is_a_link_is_refused_and_logged(caplog: pytest.LogCaptureFixture):
    output = io.BytesIO(document().packed())
    with zipfile.ZipFile(output, "a") as made:
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, b"/etc/passwd")

    assert refusal("letter.docx", output.getvalue()).code == "unsafe_archive"
    assert "refused: unsafe_archive" in caplog.text and "letter" not in caplog.text


@pytest.mark.parametrize("name", ["word/document.xml", "Word/Document.XML"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_part_that_stands_twice_is_refused(name: str):
    output = io.BytesIO(document().packed())
    with zipfile.ZipFile(output, "a") as made:
        made.writestr(name, b"<evil/>")

    assert refusal("letter.docx", output.getvalue()).code == "unsafe_archive"


def test_zip_bomb_and_a_flood_of_parts_are_refused():
    bomb = archive({**document().made(), "word/media.bin": b"\x00" * 30_000_000})
    flood = archive({**document().made(), **{f"word/{n}": b"" for n in range(2_100)}})

    assert len(bomb) < 100_000
    assert refusal("bomb.docx", bomb).code == "too_large"
    assert refusal("flood.docx", flood).code == "too_large"


def test_encrypted_and_truncated_office_files_are_refused():
    content = bytearray(document().packed())
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    assert refusal("locked.docx", bytes(content)).code == "encrypted"
    assert refusal("cut.xlsx", workbook()[:-200]).code == "broken"
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert refusal("locked.xlsx", compound).code == "encrypted"


def test_part_that_lies_about_its_size_is_refused():
    content = bytearray(archive({"[Content_Types].xml": b"a" * 5_000}))
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 10)

    assert refusal("liar.docx", bytes(content)).code == "broken"


def test_the_part_that_shows_the_fault_is_named():
    kind = f"{OOXML}wordprocessingml.styles+xml"
    made = document().with_part("word/styles.xml", "<a><altChunk/></a>", kind)
    made = made.with_relation(f"{TRANSITIONAL}/styles", "styles.xml")

    error = refusal("letter.docx", made.packed())

    assert error.message.endswith("Found in: word › styles.xml.")


# ---- the child process -----------------------------------------------------------------------


def test_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch):
    def never(*_args: object, **_options: object) -> None:
        raise subprocess.TimeoutExpired("child", 30)

    monkeypatch.setattr(process.subprocess, "run", never)

    assert refusal("a.png", picture("PNG")).code == "too_large"


def test_child_that_is_killed_by_a_limit_means_too_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "MEMORY_BYTES", 1)

    assert refusal("a.png", picture("PNG")).code in {"too_large", "broken"}


def test_child_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch):
    """Isolated mode, and no variables at all: what it opens finds nothing to tell."""
    seen: dict[str, object] = {}

    def look(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        seen.update(options, isolated="-I" in command)
        return subprocess.CompletedProcess(command, 0, stdout=b"x")

    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setattr(process.subprocess, "run", look)
    check_upload("a.png", picture("PNG"))

    assert (seen["env"], seen["isolated"]) == ({}, True)


@pytest.mark.parametrize("name", ["100%.exe", "%(name)s.exe", "{0} {name}.exe", "%s%n.exe"])
def test_a_name_that_looks_like_a_format_is_told_as_it_stands(name: str):
    with pytest.raises(FileRefused) as refused:
        check_upload(name, b"x")

    assert name in refused.value.message

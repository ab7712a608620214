"""Files in: hostile ones are refused with a way out, good ones lose what tells of their maker."""

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
from openpyxl import Workbook, load_workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from ddplatform.infrastructure.adapters import uploads
from ddplatform.infrastructure.adapters.uploads import MAX_BYTES, check_upload
from supply_chain.errors import FileRefused

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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


def archive(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return output.getvalue()


def document(**more: bytes) -> bytes:
    parts = {"word/document.xml": b"<w:document/>", "docProps/core.xml": b"<a>Kofi Mensah</a>"}
    return archive({**parts, **{name.replace("__", "/"): body for name, body in more.items()}})


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


def test_author_of_a_document_is_gone():
    kept = check_upload("letter.docx", document())

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert b"Kofi" not in parts.read("docProps/core.xml")
        assert parts.read("word/document.xml") == b"<w:document/>"


def test_small_picture_of_how_a_document_looked_before_is_gone_with_all_that_names_it():
    named = (
        b'<Relationships><Relationship Id="rId1" Target="word/document.xml" Type="d"/>'
        b'<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/package/2006/'
        b'relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>'
    )
    sent = document(**{"docProps__thumbnail.jpeg": picture("JPEG"), "_rels/.rels": named})
    kept = check_upload("letter.docx", sent)

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        assert "docProps/thumbnail.jpeg" not in parts.namelist()
        assert parts.read("_rels/.rels") == (
            b'<Relationships><Relationship Id="rId1" Target="word/document.xml" Type="d"/>'
            b"</Relationships>"
        )


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "image1.jpg"), ("PNG", "image1.png")])
def test_place_in_a_photo_that_stands_in_a_document_is_gone_and_the_photo_stays(
    kind: str, name: str
):
    kept = check_upload("letter.docx", document(**{f"word__media__{name}": picture(kind)}))

    with zipfile.ZipFile(io.BytesIO(kept.content)) as parts:
        photo = parts.read(f"word/media/{name}")
    assert b"Camera of Kofi" not in photo
    with Image.open(io.BytesIO(photo)) as opened:
        opened.load()
        assert (opened.format, opened.size) == (kind, (40, 30))
        assert not opened.getexif()


def test_photo_with_segments_that_lie_is_refused():
    lie = b"\xff\xd8\xff\xe1\x00\x00" + b"x" * 50

    assert refusal("letter.docx", document(word__media__a=lie)).code == "broken"


@pytest.mark.parametrize(
    "part",
    [
        *("word__vbaProject.bin", "xl__externalLinks__externalLink1.xml", "..__..__evil"),
        "/etc__passwd",
    ],
)
def test_macros_links_to_other_files_and_unsafe_paths_are_refused(part: str):
    assert refusal("letter.docx", document(**{part: b"x"})).code == "forbidden"


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (
            "word/_rels/settings.xml.rels",
            b'<Relationship Type="http://x/attachedTemplate" TargetMode="External"/>',
        ),
        ("word/styles.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>'),
    ],
)
def test_template_from_elsewhere_and_entities_are_refused(part: str, body: bytes):
    content = archive({"word/document.xml": b"<w/>", part: body})

    assert refusal("letter.docx", content).code == "forbidden"


def test_plain_web_link_in_a_document_may_stay():
    link = (
        b'<Relationship Type="http://x/hyperlink" Target="https://ilo.org" TargetMode="External"/>'
    )
    content = archive({"word/document.xml": b"<w/>", "word/_rels/document.xml.rels": link})

    assert check_upload("letter.docx", content).is_stripped


def test_document_whose_packing_knows_no_limit_is_refused():
    content = archive({"word/document.xml": b"<w/>"}, method=zipfile.ZIP_BZIP2)

    assert refusal("letter.docx", content).code == "broken"


def test_entry_that_is_a_link_is_refused():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        made.writestr("word/document.xml", b"<w/>")
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, b"/etc/passwd")

    assert refusal("letter.docx", output.getvalue()).code == "forbidden"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_part_that_stands_twice_is_refused():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as made:
        for body in (b"<w:good/>", b"<w:evil/>"):
            made.writestr("word/document.xml", body)

    assert refusal("letter.docx", output.getvalue()).code == "forbidden"


def test_zip_bomb_and_a_flood_of_parts_are_refused():
    bomb = document(**{"word__media.bin": b"\x00" * 30_000_000})
    flood = document(**{f"word__{number}": b"" for number in range(2_100)})

    assert len(bomb) < 100_000
    assert refusal("bomb.docx", bomb).code == "too_large"
    assert refusal("flood.docx", flood).code == "too_large"


def test_encrypted_and_truncated_office_files_are_refused():
    content = bytearray(document())
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    assert refusal("locked.docx", bytes(content)).code == "encrypted"
    assert refusal("cut.xlsx", workbook()[:-200]).code == "broken"


def test_part_that_lies_about_its_size_is_refused():
    content = bytearray(archive({"word/document.xml": b"a" * 5_000}))
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 10)

    assert refusal("liar.docx", bytes(content)).code == "broken"


# ---- the child process -----------------------------------------------------------------------


def test_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch):
    def never(*_args: object, **_options: object) -> None:
        raise subprocess.TimeoutExpired("child", 30)

    monkeypatch.setattr(uploads.subprocess, "run", never)

    assert refusal("a.png", picture("PNG")).code == "too_large"


def test_child_that_is_killed_by_a_limit_means_too_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "CHILD_MEMORY_BYTES", 1)

    assert refusal("a.png", picture("PNG")).code in {"too_large", "broken"}


def test_child_process_gets_no_secrets_and_nothing_of_ours():
    """Isolated mode: no site of the user, no variables that change Python, no code of ours."""
    script = uploads._CHILD.read_text(encoding="utf-8")

    assert "import ddplatform" not in script
    assert "from ddplatform" not in script
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(sys.flags.isolated)"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": "/tmp"},
        check=True,
    )
    assert done.stdout.strip() == b"1"

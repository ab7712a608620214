"""The child process of uploads: a file on standard input, its cleaned copy on output.

Pictures are decoded and drawn anew, so that only pixels remain. PDF and Office files lose their
document properties. Exit codes: 0 cleaned, 3 too large, 4 broken, 5 encrypted, 6 forbidden.
"""

import io
import re
import resource
import stat
import sys
import zipfile
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, EncodedStreamObject, IndirectObject

TOO_LARGE, BROKEN, ENCRYPTED, FORBIDDEN = 3, 4, 5, 6
MAX_PIXELS = 40_000_000
LONGEST = 2_400
"""Pixels of the longer side that are kept: some 200 to an inch of a page of A4."""
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 2_000, 200 * 1024**2, 100
PICTURE_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
PROPERTY_PARTS = {
    "docProps/core.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
        b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    ),
}
THUMBNAIL = re.compile(r"docProps/thumbnail\.\w+", re.IGNORECASE)
"""A small picture of the first page, as it looked before something was covered."""
NAMES_THUMBNAIL = re.compile(
    rb"<(?:\w+:)?(?:Relationship|Override)\b[^>]*docProps/thumbnail\.[^>]*/>", re.IGNORECASE
)
PDF_ACTIVE = frozenset(
    {
        *("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/AF", "/EF"),
        *("/Metadata", "/PieceInfo", "/RichMediaContent"),
    }
)
PDF_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR"),
        *("/Rendition", "/RichMediaExecute", "/Movie", "/Sound"),
    }
)
PDF_PHOTO = ("/DCTDecode", ["/DCTDecode"])
OFFICE_REMOTE = (b"/attachedTemplate", b"/oleObject", b"/externalLink", b"/frame", b"/subDocument")
JPEG_TELLING = frozenset({0xE1, 0xED, 0xFE})  # Exif and XMP, IPTC, comments
PNG_TELLING = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})


class Refused(Exception):
    """The file cannot be accepted; `code` is the exit code for the reason."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def main() -> int:
    """Shut the process in, clean standard input, answer with the exit code."""
    media_type, memory, cpu_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    try:
        cleaned = clean(sys.stdin.buffer.read(), media_type)
    except Refused as refused:
        return refused.code
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(cleaned)
    return 0


def clean(content: bytes, media_type: str) -> bytes:
    """The file without any author metadata.

    Raises:
        Refused: too large, broken, encrypted, or with content that is never taken in.
    """
    if media_type in PICTURE_FORMATS:
        return clean_picture(content, PICTURE_FORMATS[media_type])
    if media_type == "application/pdf":
        return clean_pdf(content)
    return clean_office(content)


def clean_picture(content: bytes, format_name: str) -> bytes:
    """Only the pixels, turned upright as the camera meant them, no more than a reader needs.

    Phones without scripts send photos as large as they were taken.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows below, before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(TOO_LARGE)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if format_name == "JPEG" else "RGBA")
            plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused(BROKEN) from error
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    output = io.BytesIO()
    fresh.save(output, format_name, quality=85) if format_name != "PNG" else fresh.save(
        output, "PNG"
    )
    return output.getvalue()


def clean_pdf(content: bytes) -> bytes:
    """The pages, without document properties, scripts and attached files."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refused(ENCRYPTED)
        writer = PdfWriter()
        for page in reader.pages:
            writer.add_page(page)
        if not writer.pages:
            raise Refused(BROKEN)
        writer.metadata = None
        _disarm(writer)
        output = io.BytesIO()
        writer.write(output)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(BROKEN) from error
    return output.getvalue()


def _disarm(writer: PdfWriter) -> None:
    """Remove active content, attachments and author metadata, everywhere."""
    seen: set[int] = set()
    waiting: list[object] = [writer.root_object]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            for key in [key for key in item if _is_active(key, item)]:
                del item[key]
            if isinstance(item, EncodedStreamObject) and item.get("/Filter") in PDF_PHOTO:
                item._data = strip_jpeg(item._data)
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            waiting.extend(item)
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)


def _is_active(key: str, holder: DictionaryObject) -> bool:
    if key in PDF_ACTIVE:
        return True
    value = holder.raw_get(key)
    action = value.get_object() if isinstance(value, IndirectObject) else value
    return isinstance(action, DictionaryObject) and action.get("/S") in PDF_ACTIONS


def strip_jpeg(content: bytes) -> bytes:
    """A JPEG without Exif, XMP, IPTC and comments; its pixels are not touched.

    Raises:
        Refused: its segments cannot be separated.
    """
    kept, place = [content[:2]], 2
    while content[place : place + 1] == b"\xff" and content[place + 1 : place + 2] != b"\xda":
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            raise Refused(BROKEN)
        if content[place + 1] not in JPEG_TELLING:
            kept.append(content[place : place + 2 + length])
        place += 2 + length
    return b"".join([*kept, content[place:]])


def strip_png(content: bytes) -> bytes:
    """A PNG without Exif, text and time; its pixels are not touched."""
    kept, place = [content[:8]], 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        block = content[place : place + 12 + length]
        if block[4:8] not in PNG_TELLING:
            kept.append(block)
        place += 12 + length
    return b"".join(kept)


def _clean_part(name: str, content: bytes) -> bytes:
    """One part, cleaned. A plain link in the text may stay; content fetched on opening may not."""
    if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
        raise Refused(FORBIDDEN)
    if (
        name.endswith(".rels")
        and b"External" in content
        and any(r in content for r in OFFICE_REMOTE)
    ):
        raise Refused(FORBIDDEN)
    if content.startswith(b"\xff\xd8\xff"):
        return strip_jpeg(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return strip_png(content)
    if name in ("_rels/.rels", "[Content_Types].xml"):
        return NAMES_THUMBNAIL.sub(b"", content)
    return PROPERTY_PARTS.get(name, content)


def clean_office(content: bytes) -> bytes:
    """The parts of a DOCX or XLSX, with empty document properties and plain pictures."""
    output = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as copy,
        ):
            members = archive.infolist()
            _check_members(members)
            for member in members:
                if THUMBNAIL.fullmatch(member.filename):
                    continue
                part = _clean_part(member.filename, archive.read(member))
                copy.writestr(member.filename, part)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as error:
        raise Refused(BROKEN) from error
    return output.getvalue()


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(names) > MAX_ENTRIES or total > MAX_UNPACKED or total > MAX_RATIO * max(packed, 1):
        raise Refused(TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise Refused(ENCRYPTED)
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise Refused(BROKEN)  # of other packings the library unpacks without end
    if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
        raise Refused(FORBIDDEN)
    unsafe = any(".." in name or name.startswith("/") or "\\" in name for name in names)
    active = any("vbaproject" in n.lower() or "externallink" in n.lower() for n in names)
    if unsafe or active or len(set(names)) != len(names):
        raise Refused(FORBIDDEN)


if __name__ == "__main__":
    sys.exit(main())

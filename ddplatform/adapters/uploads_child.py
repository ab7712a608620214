"""Runs alone in a child process: an upload on standard input, its cleaned twin on standard output.

Pictures are decoded and drawn anew, so that only pixels remain. PDF and Office files lose their
document properties. Exit codes: 0 cleaned, 3 too large, 4 broken, 5 encrypted, 6 forbidden.
"""

import io
import resource
import sys
import zipfile
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

TOO_LARGE, BROKEN, ENCRYPTED, FORBIDDEN = 3, 4, 5, 6
MAX_PIXELS = 40_000_000
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


class Refused(Exception):
    """The file cannot be taken in; `code` is the exit code that says why."""

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
    """The file without anything that tells of its maker.

    Raises:
        Refused: too large, broken, encrypted, or with content that is never taken in.
    """
    if media_type in PICTURE_FORMATS:
        return clean_picture(content, PICTURE_FORMATS[media_type])
    if media_type == "application/pdf":
        return clean_pdf(content)
    return clean_office(content)


def clean_picture(content: bytes, format_name: str) -> bytes:
    """Only the pixels, turned upright as the camera meant them."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit stands below, before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(TOO_LARGE)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if format_name == "JPEG" else "RGBA")
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
        output = io.BytesIO()
        writer.write(output)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(BROKEN) from error
    return output.getvalue()


def clean_office(content: bytes) -> bytes:
    """The parts of a DOCX or XLSX, with empty document properties."""
    output = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as copy,
        ):
            members = archive.infolist()
            _check_members(members)
            for member in members:
                part = PROPERTY_PARTS.get(member.filename) or archive.read(member)
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
    unsafe = any(".." in name or name.startswith("/") or "\\" in name for name in names)
    active = any("vbaproject" in n.lower() or "externallink" in n.lower() for n in names)
    if unsafe or active or len(set(names)) != len(names):
        raise Refused(FORBIDDEN)


if __name__ == "__main__":
    sys.exit(main())

"""Uploads: permitted types, checks, and cleaning before storage (docs/security.md 6)."""

import logging
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from ddplatform.infrastructure.adapters.installed import find_scanner
from ddplatform.infrastructure.adapters.virus_scanner import NotScanned
from ddplatform.infrastructure.file_checks import refusals
from ddplatform.infrastructure.file_checks.process import clean_in_child
from ddplatform.infrastructure.file_checks.refusals import Refused
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

log = logging.getLogger(__name__)
MAX_BYTES = 25 * 1024 * 1024
MAX_NAME_LENGTH = 150

MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ALLOWED_WORDS = "PDF, PNG, JPEG, WEBP, CSV, TXT, XLSX and DOCX"
TEXT_TYPES = frozenset({"text/csv", "text/plain"})
_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_MAGIC = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
    MEDIA_TYPES[".xlsx"]: (_ZIP,),
    MEDIA_TYPES[".docx"]: (_ZIP,),
}
_OFFICE_TYPES = frozenset({MEDIA_TYPES[".xlsx"], MEDIA_TYPES[".docx"]})
_PACKAGE_PART = "[content_types].xml"
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its name as text, its true type, its cleaned bytes.

    Attributes:
        traces: what was seen in it (UploadTraces); None: nobody has looked yet.
    """

    filename: str
    media_type: str
    content: bytes
    is_stripped: bool
    traces: dict[str, Any] | None = None


def check_upload(filename: str, content: bytes) -> CheckedFile:
    """Check a file against its name and content, and remove its author metadata.

    Raises:
        FileRefused: names the fault and how to mend it; nothing was kept.
    """
    name = _CONTROL.sub("_", filename).strip()[-MAX_NAME_LENGTH:] or "file"
    if not content:
        raise FileRefused("empty", f"{name} is empty.", "Choose the file again.")
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large", f"{name} is larger than 25 MB.", "Send a smaller file.")
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        raise FileRefused(
            "type_not_allowed", f"{name} is of a kind that is not taken.", f"Send {ALLOWED_WORDS}."
        )
    _check_content(name, media_type, content)
    require_no_virus(name, content)
    if media_type in TEXT_TYPES:
        return CheckedFile(name, media_type, content, is_stripped=False)
    return CheckedFile(name, media_type, _clean(name, media_type, content), is_stripped=True)


def require_harmless(filename: str, content: bytes, *, patience: int = 1) -> None:
    """Refuse a file that is read elsewhere, and kept as it came, where it could do harm.

    A workbook is held to the same rules as a document; nothing is taken out of it. What it holds
    otherwise, and whether it is a workbook at all, is judged by who reads it.

    Args:
        patience: as in `clean_in_child`; more than 1 where nobody waits.

    Raises:
        FileRefused: a virus, or a workbook with content that is never taken in.
    """
    name = _CONTROL.sub("_", filename).strip()[-MAX_NAME_LENGTH:] or "file"
    require_no_virus(name, content)
    if not _is_package(content):
        return
    try:
        clean_in_child(content, MEDIA_TYPES[".xlsx"], patience=patience)
    except Refused as refused:
        if refused.reason != refusals.MISMATCH:
            raise _refused(name, refused) from refused


def _is_package(content: bytes) -> bool:
    """Whether this is an archive as office programs pack, and not one of other files."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return any(name.lower() == _PACKAGE_PART for name in archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError):
        return False


def require_no_virus(name: str, content: bytes) -> None:
    """Refuse a file in which the scanner of the installation finds a virus, where there is one.

    Raises:
        FileRefused: a virus was found, or the scanner did not answer: not scanned is not kept.
    """
    scanner = find_scanner()
    if scanner is None:
        return
    try:
        found = scanner.find_virus(content)
    except NotScanned as error:
        log.error("The virus scanner gave no verdict on a file: %s", error)
        raise FileRefused(
            "not_scanned",
            gettext("%(name)s could not be scanned for viruses and was not kept.", name=name),
            gettext(
                "Try again in a few minutes. If it happens again, tell whoever runs this platform."
            ),
        ) from error
    if found:
        log.warning("An uploaded file was refused: virus")
        raise FileRefused(
            "virus",
            gettext(
                "%(name)s was not kept: the virus scanner found %(virus)s in it.",
                name=name,
                virus=found,
            ),
            gettext("Do not open it. Have the computer that it comes from checked."),
        )


def _check_content(name: str, media_type: str, content: bytes) -> None:
    if media_type in TEXT_TYPES:
        if b"\x00" in content or content.startswith((_ZIP, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")):
            raise content_differs(name)
        return
    if media_type in _OFFICE_TYPES and content.startswith(_COMPOUND) and _ENCRYPTED in content:
        raise _refused(name, Refused(refusals.ENCRYPTED))
    if not content.startswith(_MAGIC[media_type]):
        raise content_differs(name)
    if media_type == "image/webp" and content[8:12] != b"WEBP":
        raise content_differs(name)
    if media_type not in _OFFICE_TYPES and _ZIP_END in content[-66_000:] and _ZIP in content:
        raise FileRefused(
            "two_types",
            f"{name} is two files in one.",
            "Save it anew in the program it comes from.",
        )


def content_differs(name: str) -> FileRefused:
    """The words for a file whose ending, declared type and content do not agree."""
    return FileRefused(
        "content_differs",
        f"The content of {name} is not what its name says.",
        "Save it anew in the program it comes from, or choose the right ending.",
    )


_REASONS = {
    refusals.TOO_LARGE: (
        "{name} is too large when it is opened.",
        "Send it smaller: under 40 million pixels, or with fewer pages.",
    ),
    refusals.BROKEN: (
        "{name} cannot be opened.",
        "Save it anew in the program it comes from.",
    ),
    refusals.ENCRYPTED: ("{name} is locked with a password.", "Send it without a password."),
}
_OFFICE_REASONS = {
    refusals.MACROS: (
        _("%(name)s holds macros."),
        _("Save it without macros, as .docx or .xlsx, and send that file."),
    ),
    refusals.ACTIVE: (
        _("%(name)s holds a control or a program that runs when it is opened."),
        _("Delete the control, or send it as a PDF."),
    ),
    refusals.EMBEDDED: (
        _("%(name)s holds another file as an embedded object."),
        _("Replace the object by a picture of it, and send the embedded file by itself."),
    ),
    refusals.EXTERNAL: (
        _("%(name)s takes content from other files or from the web when it is opened."),
        _("Break its links (in Excel: Data, Edit links) or insert the pictures and texts anew."),
    ),
    refusals.CONNECTIONS: (
        _("%(name)s is connected to a database, a query or a list of recipients."),
        _("Copy what it shows into a new file without the connection, and send that file."),
    ),
    refusals.DDE: (
        _("%(name)s takes values from another program (DDE or RTD)."),
        _("Replace these formulas or fields by their values, and save it again."),
    ),
    refusals.IMPORTED: (
        _("%(name)s inserts another document when it is opened."),
        _("Copy the text of that document into this one, and save it again."),
    ),
    refusals.LINK: (
        _("%(name)s holds a link that opens neither a web page nor a mail."),
        _("Remove links to files and programs, and save it again."),
    ),
    refusals.ENTITIES: (
        _("%(name)s declares entities in its XML, which no office program does."),
        _("Open it in an office program, save it again as .docx or .xlsx, and send that file."),
    ),
    refusals.ENCODING: (
        _("%(name)s is written in letters that office files do not use."),
        _("Open it in an office program, save it again as .docx or .xlsx, and send that file."),
    ),
    refusals.UNSAFE_ARCHIVE: (
        _("%(name)s is packed in a way that no office program does."),
        _("Open it in an office program, save it again as .docx or .xlsx, and send that file."),
    ),
    refusals.PART: (
        _("%(name)s holds a part of a kind that is not taken."),
        _("Remove what is neither text, table, chart nor picture, or send it as a PDF."),
    ),
}


def _clean(name: str, media_type: str, content: bytes) -> bytes:
    try:
        return clean_in_child(content, media_type)
    except Refused as refused:
        raise _refused(name, refused) from refused


def _refused(name: str, refused: Refused) -> FileRefused:
    """The reason in words, with the part of the file that shows it."""
    log.warning("An uploaded file was refused: %s", refused.reason)
    if refused.reason == refusals.MISMATCH:
        return content_differs(name)
    if words := _OFFICE_REASONS.get(refused.reason):
        message, advice = gettext(words[0].source, name=name), str(words[1])
        if place := _CONTROL.sub(" ", refused.where.replace("/", " › ")).strip():
            message = gettext("%(fault)s Found in: %(place)s.", fault=message, place=place)
        return FileRefused(refused.reason, message, advice)
    message, advice = _REASONS.get(refused.reason, _REASONS[refusals.BROKEN])
    return FileRefused(refused.reason, message.format(name=name), advice)

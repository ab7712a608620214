"""Kinds of answer files: what an ending, a declared type and the content say must agree.

A declared type is what a browser or an app sends beside a file. Systems differ in it, so it only
counts where it names another kind; `application/octet-stream` names none.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath

from questionnaires.submissions.books import is_book


class Kind(StrEnum):
    """What answers come in."""

    BOOK = "workbook"
    ARCHIVE = "archive"
    XML = "XML"
    JSON = "JSON"
    TABLE = "table"


ENDINGS: Mapping[str, Kind] = {
    ".xlsx": Kind.BOOK,
    ".zip": Kind.ARCHIVE,
    ".xml": Kind.XML,
    ".json": Kind.JSON,
    ".csv": Kind.TABLE,
    ".txt": Kind.TABLE,
    ".tsv": Kind.TABLE,
}
_ANY = frozenset(Kind)
_ZIPPED = frozenset({Kind.BOOK, Kind.ARCHIVE})
_DECLARED: Mapping[str, frozenset[Kind]] = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": frozenset({Kind.BOOK}),
    "application/vnd.ms-excel": frozenset({Kind.BOOK, Kind.TABLE}),  # Windows, of .csv too
    "application/zip": _ZIPPED,
    "application/x-zip": _ZIPPED,
    "application/x-zip-compressed": _ZIPPED,
    "text/xml": frozenset({Kind.XML}),
    "application/xml": frozenset({Kind.XML}),
    "application/json": frozenset({Kind.JSON}),
    "text/json": frozenset({Kind.JSON}),
    "text/csv": frozenset({Kind.TABLE}),
    "text/tab-separated-values": frozenset({Kind.TABLE}),
    "text/comma-separated-values": frozenset({Kind.TABLE}),
    "text/plain": _ANY - _ZIPPED,
    "text/html": frozenset(),
    "application/pdf": frozenset(),
}
_OTHERS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"\xd0\xcf\x11\xe0", b"MZ\x90")
"""How files begin that come instead of a text; any other text is judged by who reads the table."""
_NEVER = ("image/", "audio/", "video/", "font/")


def kind_by_name(filename: str) -> Kind | None:
    """What a name says; None where it has another ending or none."""
    return ENDINGS.get(PurePath(filename).suffix.lower())


def kind_by_content(content: bytes) -> Kind | None:
    """What bytes are; None where they are nothing that answers come in."""
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"PK"):
        return Kind.BOOK if is_book(content) else Kind.ARCHIVE
    if start.startswith(b"<"):
        return Kind.XML
    if start.startswith((b"{", b"[")):
        return Kind.JSON
    return None if content.startswith(_OTHERS) else Kind.TABLE


def fits(filename: str, content: bytes, declared: str = "") -> bool:
    """Whether the ending of a file, its declared type and its content say the same."""
    kind = kind_by_name(filename)
    return kind is not None and kind is kind_by_content(content) and _may_be(declared, kind)


def hides_book(filename: str, content: bytes, declared: str = "") -> bool:
    """Whether a workbook is called, or declared to be, something else."""
    return is_book(content) and not fits(filename, content, declared)


def _may_be(declared: str, kind: Kind) -> bool:
    said = declared.partition(";")[0].strip().lower()
    return not said.startswith(_NEVER) and kind in _DECLARED.get(said, _ANY)

"""Returned workbooks in one upload: files, archives of them, or both, unpacked."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from questionnaires.submissions.archives import CUT_OFF, UnpacksToTooMuch, unpack
from questionnaires.submissions.files import MAX_ENTRIES, MAX_UNPACKED
from questionnaires.workbook.reading import BookRefused

_WORKBOOK = "[Content_Types].xml"
"""Member of every workbook, which is an archive itself."""
_LEFT_BY_SYSTEMS = ("__MACOSX/", "~$", ".")


@dataclass(frozen=True)
class Part:
    """One file that came, by its name within the archive."""

    name: str
    content: bytes


def take_apart(files: Sequence[tuple[str, bytes]]) -> list[Part]:
    """Every file of an upload in its order; what cannot be unpacked comes as an empty one.

    What systems leave in archives (`__MACOSX`, `~$...`, hidden files) is no file of anybody.

    Raises:
        BookRefused: too many files, too large when unpacked, or an archive that is cut off or
            packed in a way that is not read.
    """
    found: list[Part] = []
    room = MAX_UNPACKED
    for name, content in files:
        is_archive = name.lower().endswith(".zip") and _is_archive(name, content)
        parts = _unpacked(name, content, room) if is_archive else [Part(name, content)]
        for part in parts:
            room -= len(part.content)
            found.append(part)
            if len(found) > MAX_ENTRIES or room < 0:
                raise _too_much()
    return found


def _too_much() -> BookRefused:
    return BookRefused(
        "too_large",
        f"These are more than {MAX_ENTRIES:,} files, or more than {MAX_UNPACKED // 1024**2} MB.",
        "Upload them in several parts.",
    )


def _is_archive(name: str, content: bytes) -> bool:
    """Whether this is an archive of files, and no workbook."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if min((one.header_offset for one in archive.infolist()), default=0):
                raise zipfile.BadZipFile  # the end of a workbook in it, not its own
            return _WORKBOOK not in archive.namelist()
    except CUT_OFF:
        raise BookRefused(
            "broken",
            f"{name} cannot be opened; it may be cut off.",
            "Make the archive again and upload it, or upload the workbooks themselves.",
        ) from None


def _unpacked(name: str, content: bytes, room: int) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) > MAX_ENTRIES:
            raise _too_much()
        for member in members:
            if _is_left_by_a_system(member.filename):
                continue
            part = Part(f"{name}/{member.filename}", _read(archive, member, room))
            room -= len(part.content)
            yield part


def _is_left_by_a_system(name: str) -> bool:
    return name.startswith(_LEFT_BY_SYSTEMS[0]) or PurePosixPath(name).name.startswith(
        _LEFT_BY_SYSTEMS[1:]
    )


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """The bytes of one file; empty where it cannot be unpacked."""
    try:
        return unpack(archive, member, room)
    except UnpacksToTooMuch:
        raise _too_much() from None
    except CUT_OFF:
        return b""

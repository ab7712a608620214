"""The archive of an Office file: its directory is judged before any part is opened."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ddplatform.infrastructure.file_checks.refusals import (
    BROKEN,
    ENCRYPTED,
    TOO_LARGE,
    UNSAFE_ARCHIVE,
    Refused,
)

MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 200 * 1024**2
MAX_RATIO: Final = 100
_ODD: Final = re.compile(r"[\x00-\x1f\x7f\\:]|^/|(?:^|/)\.\.(?:/|$)")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError)


class Parts:
    """The parts of a package by name, found as Office finds them: without regard to case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        members = [one for one in archive.infolist() if not one.is_dir()]
        self._members = {member.filename.lower(): member for member in members}

    def find(self, name: str) -> str | None:
        """The name of a part as the archive spells it, or None."""
        member = self._members.get(name.lower())
        return member.filename if member else None

    def names(self) -> list[str]:
        """The names of all parts."""
        return [member.filename for member in self._members.values()]

    def read(self, name: str) -> bytes:
        """The bytes of a part; the library stops at a size or a checksum that lies."""
        return self._archive.read(self._members[name.lower()])


@contextmanager
def open_parts(content: bytes) -> Iterator[Parts]:
    """The parts of an archive that keeps to the limits.

    Raises:
        Refused: broken, locked, too large, or packed as no office program packs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive.infolist())
            yield Parts(archive)
    except _FAULTS as error:
        raise Refused(BROKEN) from error


def pack(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts, in their order and without times."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower() for member in members]
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(names) > MAX_ENTRIES or total > min(MAX_UNPACKED, MAX_RATIO * max(packed, 1)):
        raise Refused(TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise Refused(ENCRYPTED)
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise Refused(BROKEN)  # of other packings the library unpacks without end
    if len(set(names)) != len(names):
        raise Refused(UNSAFE_ARCHIVE)
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16) or _ODD.search(member.filename):
            raise Refused(UNSAFE_ARCHIVE, member.filename)

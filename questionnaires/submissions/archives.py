"""Untrusted archives, unpacked within a limit, regardless of the sizes in their own directory."""

import copy
import stat
import zipfile
import zlib

from questionnaires.workbook.reading import BookRefused

CUT_OFF = (
    *(zipfile.BadZipFile, zlib.error, OSError, ValueError),
    *(NotImplementedError, RuntimeError, EOFError),
)
"""Errors raised for an incomplete or inconsistent archive."""
PACKINGS_READ = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Of the others the library unpacks without end, however little of it is asked for."""
_CHUNK = 1 << 20


class UnpacksToTooMuch(Exception):
    """A file of an archive holds more than there is room for."""


def packed_otherwise() -> BookRefused:
    """The words for an archive whose files are packed in a way that is not read."""
    return BookRefused(
        "packed_otherwise",
        "This archive is packed in a way that is not read here.",
        "Make it again as an ordinary .zip, and upload that.",
    )


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """The bytes of one file, read in pieces: its directory is not believed, but must be true.

    Raises:
        BookRefused: packed in a way that is not read, or a link to another file.
        UnpacksToTooMuch: it holds more than `room` bytes.
        CUT_OFF: it is broken, or its size or checksum is another one.
    """
    if member.compress_type not in PACKINGS_READ or stat.S_ISLNK(member.external_attr >> 16):
        raise packed_otherwise()
    whole = copy.copy(member)
    whole.file_size = room + 2 * _CHUNK  # read on to its own end, not to the size that is claimed
    pieces = bytearray()
    with archive.open(whole) as part:
        while piece := part.read(_CHUNK):
            pieces += piece
            if len(pieces) > room:
                raise UnpacksToTooMuch
    if len(pieces) != member.file_size:
        raise zipfile.BadZipFile
    return bytes(pieces)

"""Document properties of an office file, emptied without unpacking anything else of it.

An office file is an archive. Its parts are copied as they are packed, and only the records of the
archive itself are written anew (APPNOTE.TXT of PKWARE, 4.3), so that a list of any size costs no
more than copying it, and a part that unpacks to too much is never unpacked.
"""

import re
import struct
import zlib
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

PACKAGE_PART: Final = "[content_types].xml"
_PROPERTIES: Final = re.compile(r"docprops/(core|app|custom)\.xml", re.IGNORECASE)
_EMPTY: Final = {
    "core": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "app": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "custom": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
}
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_MIDNIGHT_1980: Final = 0x21


def without_properties(content: bytes) -> bytes:
    """The same office file with empty properties: no author, company, times or own properties.

    What is no office file, or has none of these parts, comes back as it is. Whether it may be
    taken at all is judged elsewhere.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            starts_at = archive.start_dir
    except (BadZipFile, ValueError, NotImplementedError, struct.error):
        return content
    names = [member.filename.lower() for member in members]
    if PACKAGE_PART not in names or not any(map(_PROPERTIES.fullmatch, names)):
        return content
    return _rewritten(content, members, starts_at)


def _rewritten(content: bytes, members: list[ZipInfo], starts_at: int) -> bytes:
    ends = sorted([*(member.header_offset for member in members), starts_at])
    output, directory = bytearray(), bytearray()
    for member in members:
        found = _PROPERTIES.fullmatch(member.filename)
        end = next(place for place in ends if place > member.header_offset)
        place = len(output)
        if found:
            part = _EMPTY[found[1].lower()]
            output += _local(member, part)
            directory += _central(member, place, zlib.crc32(part), len(part), len(part), plain=True)
        else:
            output += content[member.header_offset : end]
            directory += _central(
                member, place, member.CRC, member.compress_size, member.file_size, plain=False
            )
    count, place = len(members), len(output)
    end_record = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), place, 0)
    return bytes(output + directory + end_record)


def _name(member: ZipInfo) -> bytes:
    """As it stands in the archive: code page 437, unless a bit says UTF-8."""
    return member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437")


def _local(member: ZipInfo, part: bytes) -> bytes:
    name, sums = _name(member), (zlib.crc32(part), len(part), len(part))
    flags = member.flag_bits & 0x800
    head = _LOCAL.pack(b"PK\x03\x04", 20, flags, 0, 0, _MIDNIGHT_1980, *sums, len(name), 0)
    return head + name + part


def _central(
    member: ZipInfo, place: int, checksum: int, packed: int, size: int, *, plain: bool
) -> bytes:
    name = _name(member)
    flags = member.flag_bits & 0x800 if plain else member.flag_bits
    packing = 0 if plain else member.compress_type
    head = _CENTRAL.pack(
        *(b"PK\x01\x02", 20, 20, flags, packing, 0, _MIDNIGHT_1980, checksum, packed, size),
        *(len(name), 0, 0, 0, 0),
        *(0, place),
    )
    return head + name

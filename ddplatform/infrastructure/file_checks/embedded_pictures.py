"""Pictures inside PDF and Office files: their metadata is removed, their pixels stay."""

from typing import Final

from ddplatform.infrastructure.file_checks.refusals import BROKEN, PART, Refused

JPEG_START: Final = b"\xff\xd8\xff"
PNG_START: Final = b"\x89PNG\r\n\x1a\n"
JPEG_TELLING: Final = frozenset({0xE1, 0xED, 0xFE})  # Exif and XMP, IPTC, comments
PNG_TELLING: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
PICTURE_STARTS: Final = (
    *(JPEG_START, PNG_START, b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*"),
    *(
        b"\x01\x00\x00\x00",
        b"\xd7\xcd\xc6\x9a",
        b"\x01\x00\x09\x00",
        b"\x02\x00\x09\x00",
    ),  # EMF, WMF
    *(b"II\xbc\x01", b"\x00\x00\x01\x00"),  # JPEG XR, icons
)
_WEBP: Final = (b"RIFF", b"WEBP")


def strip_picture(content: bytes, where: str) -> bytes:
    """A picture that is part of an Office file, without metadata where it can hold some.

    Raises:
        Refused: it does not begin like a picture, or its segments cannot be separated.
    """
    if content.startswith(JPEG_START):
        return strip_jpeg(content)
    if content.startswith(PNG_START):
        return strip_png(content)
    if not content.startswith(PICTURE_STARTS) and (content[:4], content[8:12]) != _WEBP:
        raise Refused(PART, where)
    return content


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

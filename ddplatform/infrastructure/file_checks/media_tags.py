"""Tags of sounds and films, taken out without decoding a sample.

What a player needs stays byte for byte; who made it, when, where and with what goes. Formats: ID3
and APE tags of MPEG audio, RIFF, ISO 14496-12 (MP4), RFC 3533 (Ogg), RFC 8794 (EBML of WebM).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ddplatform.infrastructure.file_checks.refusals import BROKEN, Refused

_PLAYED: Final = frozenset({b"fmt ", b"fact", b"data"})
_MP4_HOLDERS: Final = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf", b"edts", b"minf"})
_MP4_TAGS: Final = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
_MP4_TIMES: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_OGG_HEAD: Final = 27
_OGG_COMMENTS: Final = (b"\x03vorbis", b"OpusTags")
_SEGMENT, _CLUSTER, _INFO, _VOID = 0x18538067, 0x1F43B675, 0x1549A966, 0xEC
_EBML_HOLDERS: Final = frozenset({_SEGMENT, _CLUSTER, _INFO})
_EBML_TAGS: Final = frozenset({0x1254C367, 0x1941A469, 0x7BA9, 0x4461, 0x7384, 0x73A4, 0xBF})
"""Tags, attachments; of the info: title, day, file name and its id; a sum that no longer fits."""


def without_tags(content: bytes, media_type: str) -> bytes:
    """The same sound or film without tags.

    Raises:
        Refused: it is not put together as its type asks for, so nobody knows what it holds.
    """
    try:
        return _CLEANERS[media_type](content)
    except (IndexError, ValueError) as error:
        raise Refused(BROKEN) from error


def _mpeg_audio(content: bytes) -> bytes:
    while content[:3] == b"ID3":
        size = sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(content[6:10]))
        content = content[10 + size + (10 if content[5] & 0x10 else 0) :]
    if content[-128:-125] == b"TAG":
        content = content[:-128]
    if content[-32:-24] == b"APETAGEX":
        size = int.from_bytes(content[-20:-16], "little")
        has_head = content[-9] & 0x80
        content = content[: max(0, len(content) - size - (32 if has_head else 0))]
    return content


def _wav(content: bytes) -> bytes:
    kept, place = b"", 12
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        end = place + 8 + size + size % 2
        if content[place : place + 4] in _PLAYED:
            kept += content[place:end]
        place = end
    return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WAVE" + kept


def _mp4(content: bytes) -> bytes:
    changed = bytearray(content)
    places = [(0, len(content))]
    while places:
        for kind, begin, end in _boxes(content, *places.pop()):
            if kind in _MP4_HOLDERS:
                places.append((begin, end))
            elif kind in _MP4_TAGS:
                kind_at = content.rindex(kind, 0, begin)
                changed[kind_at : kind_at + 4] = b"free"
                changed[begin:end] = bytes(end - begin)
            elif kind in _MP4_TIMES:
                # Version and flags, then the two times: of 8 bytes each in version 1, else of 4.
                width = 16 if content[begin] == 1 else 8
                changed[begin + 4 : begin + 4 + width] = bytes(width)
    return bytes(changed)


def _boxes(content: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, begin of what it holds, end) of each box; offsets of samples stay true."""
    while place < end:
        size, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        begin = place + 8
        if size == 1:
            size, begin = int.from_bytes(content[begin : begin + 8]), begin + 8
        after = place + size if size else end
        if not begin <= after <= end:
            raise ValueError("a box that is longer than what holds it")
        yield kind, begin, after
        place = after


def _ogg(content: bytes) -> bytes:
    """The packet of comments holds none, in its old length; its pages get new sums."""
    changed, place, is_open = bytearray(content), 0, False
    while place < len(content):
        count = content[place + 26]
        begin = place + _OGG_HEAD + count
        laces = content[begin - count : begin]
        end = begin + sum(laces)
        if content[place : place + 4] != b"OggS" or end > len(content):
            raise ValueError("no whole page")
        for at, after, is_last in _packets(laces, begin):
            mark = next((one for one in _OGG_COMMENTS if content.startswith(one, at)), b"")
            if is_open:
                changed[at:after] = bytes(after - at)
            elif mark:
                _empty_comments(changed, at + len(mark), after, is_framed=mark != b"OpusTags")
            is_open = (is_open or bool(mark)) and not is_last
        if changed[place:end] != content[place:end]:
            changed[place + 22 : place + 26] = bytes(4)
            changed[place + 22 : place + 26] = _ogg_sum(changed[place:end]).to_bytes(4, "little")
        place = end
    return bytes(changed)


def _packets(laces: bytes, begin: int) -> Iterator[tuple[int, int, bool]]:
    """(begin, end, whether it ends here) of each packet in a page."""
    at = place = begin
    for lace in laces:
        place += lace
        if lace < 255:
            yield at, place, True
            at = place
    if at < place:
        yield at, place, False


def _empty_comments(changed: bytearray, at: int, end: int, *, is_framed: bool) -> None:
    """Leave the name of the encoder, and a count of no comments (Vorbis I, 5.2)."""
    at += 4 + int.from_bytes(changed[at : at + 4], "little")
    left = end - at - 4
    if left < 0 or (is_framed and left < 1):
        raise ValueError("no count of comments")
    changed[at:end] = bytes(4) + (b"\x01" if is_framed else b"").ljust(left, b"\0")


def _ogg_sum(page: bytearray) -> int:
    """The checksum of a page (RFC 3533, 6): polynomial 04c11db7, not reflected."""
    found = 0
    for byte in page:
        found = (found << 8 & 0xFFFFFFFF) ^ _OGG_TABLE[found >> 24 ^ byte]
    return found


def _ogg_entry(number: int) -> int:
    found = number << 24
    for _ in range(8):
        found = (found << 1 ^ (0x04C11DB7 if found & 0x80000000 else 0)) & 0xFFFFFFFF
    return found


_OGG_TABLE: Final = tuple(map(_ogg_entry, range(256)))


def _webm(content: bytes) -> bytes:
    """Elements with tags become empty ones of the same length (Void)."""
    changed, places = bytearray(content), [(0, len(content))]
    while places:
        for name, start, begin, end in _elements(content, *places.pop()):
            if name in _EBML_HOLDERS:
                places.append((begin, end))
            elif name in _EBML_TAGS:
                changed[start:end] = _void(end - start)
    return bytes(changed)


def _elements(content: bytes, place: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(id, begin, begin of what it holds, end); one of unknown length holds all that follows."""
    while place < end:
        id_bytes = 9 - content[place].bit_length()
        size_at = place + id_bytes
        size_bytes = 9 - content[size_at].bit_length()
        begin = size_at + size_bytes
        mask = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(content[size_at:begin]) & mask
        after = end if size == mask else begin + size
        if id_bytes > 4 or size_bytes > 8 or not begin <= after <= end:
            raise ValueError("an element that is longer than what holds it")
        yield int.from_bytes(content[place:size_at]), place, begin, after
        place = after


def _void(length: int) -> bytes:
    if length - 2 < 127:
        return bytes((_VOID, 0x80 | length - 2)).ljust(length, b"\0")
    return (bytes((_VOID, 1)) + (length - 9).to_bytes(7)).ljust(length, b"\0")


_CLEANERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "audio/mpeg": _mpeg_audio,
    "audio/mp4": _mp4,
    "audio/wav": _wav,
    "audio/ogg": _ogg,
    "video/mp4": _mp4,
    "video/webm": _webm,
}

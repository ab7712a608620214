"""Sounds and films lose who made them, when and where; what is played stays."""

import pytest

from ddplatform.infrastructure.file_checks.media_tags import without_tags
from ddplatform.infrastructure.file_checks.refusals import Refused

WHO = b"Ama Mensah, Kumasi"
SOUND = b"\xff\xfb\x90\x64" + bytes(range(1, 200)) * 3


def id3() -> bytes:
    size = len(WHO) + 300
    return b"ID3\x04\0\0" + bytes((0, 0, size >> 7, size & 0x7F)) + WHO + bytes(300)


def ape() -> bytes:
    size = (len(WHO) + 32).to_bytes(4, "little")
    end = b"APETAGEX" + (2000).to_bytes(4, "little") + size + bytes(4) + bytes(4) + bytes(8)
    return WHO + end


def chunk(name: bytes, held: bytes) -> bytes:
    return name + len(held).to_bytes(4, "little") + held + bytes(len(held) % 2)


def box(name: bytes, held: bytes) -> bytes:
    return (len(held) + 8).to_bytes(4) + name + held


def element(name: str, held: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + (b"\xff" * 7 if unknown else len(held).to_bytes(7))
    return bytes.fromhex(name) + size + held


def page(number: int, *packets: bytes, checksum: int = 0) -> bytes:
    laces = b"".join(bytes([255] * (len(one) // 255) + [len(one) % 255]) for one in packets)
    head = b"OggS\0\0" + bytes(8) + (7).to_bytes(4, "little") + number.to_bytes(4, "little")
    sums = checksum.to_bytes(4, "little")
    return head + sums + bytes((len(laces),)) + laces + b"".join(packets)


def comments(mark: bytes, end: bytes) -> bytes:
    text = b"ARTIST=" + WHO
    return mark + b"\3\0\0\0enc" + b"\1\0\0\0" + len(text).to_bytes(4, "little") + text + end


def test_tags_before_and_behind_an_mp3_are_gone():
    for whole in (
        id3() + SOUND,
        id3() + id3() + SOUND,
        SOUND + b"TAG" + WHO.ljust(125, b"\0"),
        SOUND + ape(),
        SOUND + ape() + b"TAG" + WHO.ljust(125, b"\0"),
        SOUND,
    ):
        assert without_tags(whole, "audio/mpeg") == SOUND


def test_wav_keeps_its_format_and_its_sound_alone():
    fmt, data = chunk(b"fmt ", bytes(16)), chunk(b"data", SOUND)
    whole = fmt + chunk(b"LIST", b"INFOIART" + WHO) + data + chunk(b"bext", WHO)
    whole = b"RIFF" + (len(whole) + 4).to_bytes(4, "little") + b"WAVE" + whole

    cleaned = without_tags(whole, "audio/wav")

    assert cleaned[8:] == b"WAVE" + fmt + data
    assert int.from_bytes(cleaned[4:8], "little") == len(cleaned) - 8


def test_mp4_keeps_its_length_and_loses_place_maker_and_times():
    times = b"\0\0\0\0" + b"\xd5\xd5\xd5\xd5" * 2 + b"\0\0\3\xe8"
    place = box(b"udta", box(b"\xa9xyz", WHO))
    moov = box(b"moov", box(b"mvhd", times) + box(b"trak", box(b"tkhd", times) + place) + place)
    sound = box(b"mdat", SOUND)
    whole = box(b"ftyp", b"isom\0\0\2\0") + moov + box(b"uuid", WHO) + sound

    cleaned = without_tags(whole, "video/mp4")

    assert len(cleaned) == len(whole) and cleaned.endswith(sound)
    assert WHO not in cleaned and b"udta" not in cleaned and b"\xd5" not in cleaned
    assert cleaned.count(b"free") == 3 and cleaned.count(b"\0\0\3\xe8") == 2
    assert without_tags(cleaned, "video/mp4") == cleaned


@pytest.mark.parametrize(
    ("mark", "end", "left"), [(b"\x03vorbis", b"\1", b"\1"), (b"OpusTags", b"", b"\0")]
)
def test_ogg_keeps_its_pages_and_loses_its_comments(mark: bytes, end: bytes, left: bytes):
    first, sound = page(0, b"\x01vorbis" + bytes(23)), page(2, SOUND)
    whole = first + page(1, comments(mark, end), b"\x05vorbis setup") + sound

    cleaned = without_tags(whole, "audio/ogg")

    assert len(cleaned) == len(whole)
    assert cleaned.startswith(first) and cleaned.endswith(b"\x05vorbis setup" + sound)
    assert WHO not in cleaned
    assert mark + b"\3\0\0\0enc\0\0\0\0" + left in cleaned


def test_comments_of_an_ogg_that_go_on_over_pages_are_gone_on_all_of_them():
    long = comments(b"OpusTags", WHO * 200)
    begin = long[: 255 * 10]
    head = page(1, begin)[:26] + b"\x0a" + b"\xff" * 10 + begin
    whole = page(0, b"OpusHead") + head + page(2, long[255 * 10 :]) + page(3, SOUND)

    cleaned = without_tags(whole, "audio/ogg")

    assert len(cleaned) == len(whole) and cleaned.endswith(page(3, SOUND))
    assert b"Mensah" not in cleaned


def test_sum_of_a_page_is_that_of_the_format():
    """Computed by mutagen 1.47 for this page."""
    whole = page(0, comments(b"OpusTags", b""))

    cleaned = without_tags(whole, "audio/ogg")

    assert cleaned[22:26].hex() == "f97ca455"


@pytest.mark.parametrize("unknown", [True, False])
def test_webm_keeps_its_clusters_and_loses_tags_and_attachments(unknown: bool):
    info = element(
        "1549a966", element("7ba9", WHO) + element("4461", bytes(8)) + b"\x2a\xd7\xb1\x81\x01"
    )
    cluster = element("1f43b675", element("a3", SOUND), unknown=unknown)
    tags, attached = element("1254c367", WHO), element("1941a469", WHO * 90)
    head = element("1a45dfa3", b"\x42\x82\x84webm")
    whole = head + element("18538067", info + attached + cluster + tags, unknown=unknown)

    cleaned = without_tags(whole, "video/webm")

    assert len(cleaned) == len(whole) and cluster in cleaned and b"\x2a\xd7\xb1\x81\x01" in cleaned
    assert b"Mensah" not in cleaned
    assert without_tags(cleaned, "video/webm") == cleaned


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("video/mp4", box(b"ftyp", b"isom") + b"\0\0\xff\xffmoov"),
        ("audio/ogg", b"OggS" + bytes(60)),
        ("audio/ogg", page(0, b"OpusTags\xff\xff\xff\xff")),
        ("video/webm", b"\x1a\x45\xdf\xa3" + b"....webm" + bytes(20)),
    ],
    ids=["box too long", "no second page", "count beyond the packet", "no element"],
)
def test_what_is_not_put_together_as_its_type_asks_for_is_refused(media_type: str, content: bytes):
    with pytest.raises(Refused):
        without_tags(content, media_type)

"""Label media: permitted types, identified by content (docs/security.md 6).

Pictures are drawn anew, as documents are. Sounds and films lose their tags: a browser plays them,
and nothing here decodes them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from ddplatform.infrastructure.adapters.uploads import (
    CheckedFile,
    check_upload,
    require_no_virus,
)
from ddplatform.infrastructure.file_checks.media_tags import without_tags
from ddplatform.infrastructure.file_checks.refusals import Refused
from ddplatform.languages import gettext, lazy_gettext
from supply_chain.errors import FileRefused

MAX_BYTES = 5 * 1024 * 1024
MAX_NAME_LENGTH = 100
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
PLAYED = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
TAKEN_WORDS = lazy_gettext("PNG, JPEG, WEBP, MP3, M4A, WAV, OGG, MP4 and WEBM")
_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4A ")


def check_media(filename: str, content: bytes) -> CheckedFile:
    """Check a file by its content; metadata of a picture is taken off.

    Raises:
        FileRefused: names the fault and how to mend it; nothing was kept.
    """
    name, kind = filename, Path(filename).suffix.lower()
    if len(name) > MAX_NAME_LENGTH:
        raise FileRefused(
            "name_too_long",
            gettext(
                "The name %(name)s… is longer than %(number)s characters.",
                name=name[:40],
                number=MAX_NAME_LENGTH,
            ),
            gettext("Give the file a shorter name, here and in the form."),
        )
    if len(content) > MAX_BYTES:
        raise FileRefused(
            "too_large",
            gettext("%(name)s is larger than %(size)s MB.", name=name, size=MAX_BYTES // 1024**2),
            gettext("Make it smaller."),
        )
    if kind in PICTURES:
        return check_upload(name, content)
    if kind not in PLAYED:
        raise FileRefused(
            "type_not_allowed",
            gettext("%(name)s is of a kind that is not taken.", name=name),
            gettext("Send %(kinds)s.", kinds=TAKEN_WORDS),
        )
    media_type = PLAYED[kind]
    if not _LOOKS[media_type](content):
        raise _differs(name)
    require_no_virus(name, content)
    try:
        cleaned = without_tags(content, media_type)
    except Refused as refused:
        raise _differs(name) from refused
    return CheckedFile(name, media_type, cleaned, is_stripped=True)


def _differs(name: str) -> FileRefused:
    return FileRefused(
        "content_differs",
        gettext("The content of %(name)s is not what its name says.", name=name),
        gettext("Save it anew in the program it comes from, or choose the right ending."),
    )


def is_media(filename: str) -> bool:
    """Whether a file of this name is permitted, provided that its content matches."""
    return Path(filename).suffix.lower() in PICTURES | PLAYED.keys()


def _is_mpeg_sound(content: bytes) -> bool:
    """An ID3 tag, or a frame of MPEG audio: eleven bits set, then version and layer."""
    if content.startswith(b"ID3"):
        return True
    head = content[:2]
    return len(head) == 2 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)


def _is_mpeg_4(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _BRANDS


_LOOKS: Mapping[str, Callable[[bytes], bool]] = {
    "audio/mpeg": _is_mpeg_sound,
    "audio/mp4": _is_mpeg_4,
    "audio/wav": lambda content: content[:4] == b"RIFF" and content[8:12] == b"WAVE",
    "audio/ogg": lambda content: content.startswith(b"OggS"),
    "video/mp4": _is_mpeg_4,
    "video/webm": lambda content: (
        content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]
    ),
}

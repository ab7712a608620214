"""Uploads: permitted types, checks, and cleaning before storage (docs/security.md 6)."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supply_chain.errors import FileRefused

MAX_BYTES = 25 * 1024 * 1024
CHILD_MEMORY_BYTES = 768 * 1024**2
CHILD_CPU_S = 20
CHILD_CLOCK_S = 30
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
_OFFICE_PART = {MEDIA_TYPES[".xlsx"]: b"xl/workbook", MEDIA_TYPES[".docx"]: b"word/document"}
_CHILD = Path(__file__).with_name("uploads_child.py")
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


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
    if media_type in TEXT_TYPES:
        return CheckedFile(name, media_type, content, is_stripped=False)
    return CheckedFile(name, media_type, _clean(name, media_type, content), is_stripped=True)


def _check_content(name: str, media_type: str, content: bytes) -> None:
    if media_type in TEXT_TYPES:
        if b"\x00" in content or content.startswith((_ZIP, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")):
            raise _mismatch(name)
        return
    if not content.startswith(_MAGIC[media_type]):
        raise _mismatch(name)
    if media_type == "image/webp" and content[8:12] != b"WEBP":
        raise _mismatch(name)
    part = _OFFICE_PART.get(media_type)
    if part is not None and part not in content:
        raise _mismatch(name)
    if part is None and _ZIP_END in content[-66_000:] and _ZIP in content:
        raise FileRefused(
            "two_types",
            f"{name} is two files in one.",
            "Save it anew in the program it comes from.",
        )


def _mismatch(name: str) -> FileRefused:
    return FileRefused(
        "content_differs",
        f"The content of {name} is not what its name says.",
        "Save it anew in the program it comes from, or choose the right ending.",
    )


_REASONS = {
    3: (
        "too_large",
        "{name} is too large when it is opened.",
        "Send it smaller: under 40 million pixels, or with fewer pages.",
    ),
    4: ("broken", "{name} cannot be opened.", "Save it anew in the program it comes from."),
    5: ("encrypted", "{name} is locked with a password.", "Send it without a password."),
    6: ("forbidden", "{name} holds macros or links to other files.", "Save it without them."),
}


def _clean(name: str, media_type: str, content: bytes) -> bytes:
    limits = (str(CHILD_MEMORY_BYTES), str(CHILD_CPU_S))
    command = [sys.executable, "-I", str(_CHILD), media_type, *limits]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=CHILD_CLOCK_S)
    except subprocess.TimeoutExpired as error:
        raise _refused(name, 3) from error
    if done.returncode != 0:
        # Killed by a limit (negative): too large. Any other surprise: it cannot be opened.
        raise _refused(name, 3 if done.returncode < 0 else done.returncode)
    return done.stdout


def _refused(name: str, code: int) -> FileRefused:
    reason, message, advice = _REASONS.get(code, _REASONS[4])
    return FileRefused(reason, message.format(name=name), advice)

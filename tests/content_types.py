"""Whether an answer is what its content type says (RFC 9110, 8.3; OWASP ASVS 4.1.1)."""

import codecs
import json
from collections.abc import Callable
from email.message import Message
from xml.etree import ElementTree

from werkzeug.test import TestResponse

BEGINS = {
    "application/pdf": (b"%PDF-",),
    "application/zip": (b"PK\x03\x04",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK\x03\x04",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
    "font/woff2": (b"wOF2",),
    "font/ttf": (b"\x00\x01\x00\x00",),
}

MARK = b"qz"
"""Rows of the worlds (tests/worlds.py) hold a mark where a real one holds a file."""


def fault_of(response: TestResponse) -> str:
    """What is wrong with the content type of an answer; empty where nothing is."""
    content = response.get_data()
    if not content:
        return ""
    said = Message()
    said["Content-Type"] = response.headers.get("Content-Type", "")
    kind, charset = said.get_content_type(), str(said.get_param("charset") or "")
    if not response.headers.get("Content-Type"):
        return "no content type"
    if _is_text(kind) and not charset:
        return f"{kind} without a character set"
    try:
        read = _READERS.get(kind) or (_read_xml if kind.endswith("xml") else None)
        text = content.decode(codecs.lookup(charset or "utf-8").name) if _is_text(kind) else ""
        if read:
            read(content)
        if kind.startswith("text/") and "\0" in text:
            return f"{kind} with a NUL"
    except (ValueError, LookupError, ElementTree.ParseError) as error:
        return f"{kind} that cannot be read so: {error}"
    if not content.startswith((*BEGINS.get(kind, (b"",)), MARK)):
        return f"{kind} that begins with {content[:8]!r}"
    return ""


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind.endswith(("+xml", "/xml"))


def _read_html(content: bytes) -> None:
    if not content.lstrip()[:1] == b"<":
        raise ValueError("no markup")


def _read_xml(content: bytes) -> None:
    ElementTree.fromstring(content)


def _read_json(content: bytes) -> None:
    json.loads(content.decode("utf-8"))


_READERS: dict[str, Callable[[bytes], None]] = {
    "text/html": _read_html,
    "application/json": _read_json,
    "application/problem+json": _read_json,
}

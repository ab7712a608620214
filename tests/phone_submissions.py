"""Submissions as phone apps and their servers write them, for the shipped self-assessment."""

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from uuid import uuid4
from xml.sax.saxutils import escape

from openpyxl import Workbook


def instance_xml(
    answers: Mapping[str, str],
    *,
    reference: str = "",
    instance: str | None = None,
    form_id: str = "SAQ",
    extra: str = "",
) -> bytes:
    """An instance as ODK Collect writes it. `answers`: `group/name` -> text, groups in order."""
    groups: dict[str, list[str]] = {}
    for key, text in answers.items():
        group, _, rest = key.partition("/")
        groups.setdefault(group, []).append(_element(rest, text))
    body = "".join(f"<{group}>{''.join(inner)}</{group}>" for group, inner in groups.items())
    named = f"<dd_assignment>{reference}</dd_assignment>" if reference else ""
    number = instance or f"uuid:{uuid4()}"
    return (
        '<?xml version="1.0"?>'
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form_id}" version="1.0">'
        f"{body}{named}{extra}"
        f"<orx:meta><orx:instanceID>{number}</orx:instanceID></orx:meta></data>"
    ).encode()


def _element(path: str, text: str) -> str:
    name, _, rest = path.partition("/")
    return f"<{name}>{_element(rest, text) if rest else escape(text)}</{name}>"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_a_link(name: str, *, to: str) -> bytes:
    """An archive whose one entry is a symbolic link."""
    target, link = io.BytesIO(), zipfile.ZipInfo(name)
    link.create_system = 3  # Unix, whose modes are in the upper half
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, to)
    return target.getvalue()


def as_json(document: object) -> bytes:
    """The bytes of a JSON export."""
    return json.dumps(document).encode()


def as_book(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of these sheets, row by row."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def claiming(
    size: int, content: bytes, name: str = "a.xlsx", *, checked: int | None = None
) -> bytes:
    """An archive of a file that is said to be smaller, with the checksum of so many bytes of it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.infolist()[0].file_size = size
        archive.infolist()[0].CRC = zlib.crc32(content[: checked or size])
    return target.getvalue()

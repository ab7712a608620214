"""DOCX and XLSX: a copy of those parts that a file may hold, reached from its beginning.

Relationships and types of parts are an allow-list (`office_rules`). The two lists that steer what a
program opens, content types and relationships, are written anew from what was read here.
"""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from lxml import etree

from ddplatform.infrastructure.file_checks import office_rules as rules
from ddplatform.infrastructure.file_checks.archive import Parts, open_parts, pack
from ddplatform.infrastructure.file_checks.embedded_pictures import strip_picture
from ddplatform.infrastructure.file_checks.office_xml import (
    Scan,
    as_part,
    as_utf_8,
    read_root,
    repaired,
    without_references,
)
from ddplatform.infrastructure.file_checks.refusals import (
    BROKEN,
    EXTERNAL,
    MISMATCH,
    PART,
    UNSAFE_ARCHIVE,
    Refused,
)

CONTENT_TYPES: Final = "[Content_Types].xml"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS: Final = "application/vnd.openxmlformats-package.relationships+xml"
_DRAWN: Final = re.compile(r"\.chart(?:ex)?\+xml$")
_PROPERTIES: Final = {
    "application/vnd.openxmlformats-package.core-properties+xml": (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>'
    ),
    "application/vnd.openxmlformats-officedocument.extended-properties+xml": (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"/>'
    ),
    "application/vnd.openxmlformats-officedocument.custom-properties+xml": (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'custom-properties"/>'
    ),
}
"""What stands in the copy in place of author, company and the like."""


@dataclass(frozen=True)
class Relationship:
    """A relationship of a part: its type, the last word of that, where it leads."""

    id: str
    type: str
    tail: str
    target: str
    is_external: bool


@dataclass
class _Copy:
    """The parts of the copy while it is made; `types`: part -> its content type."""

    parts: Parts
    types: "ContentTypes"
    made: dict[str, bytes] = field(default_factory=dict)
    kept_types: dict[str, str] = field(default_factory=dict)


class ContentTypes:
    """The types that a package gives its parts."""

    def __init__(self, root: etree._Element) -> None:
        self._by_ending: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for element in root.iter(etree.Element):
            name, kind = etree.QName(element).localname, element.get("ContentType", "")
            plain = kind.partition(";")[0].strip()
            if name == "Default":
                self._by_ending[element.get("Extension", "").lower()] = plain
            elif name == "Override":
                self._by_name[unquote(element.get("PartName", "")).lower()] = plain

    def of(self, name: str) -> str:
        """The type of a part, in small letters; empty where it is given none."""
        return self.spelled(name).lower()

    def spelled(self, name: str) -> str:
        """The same as it is written in the package: programs compare it letter by letter."""
        ending = posixpath.splitext(name)[1].removeprefix(".").lower()
        return self._by_name.get(f"/{name}".lower(), self._by_ending.get(ending, ""))


def clean(content: bytes, media_type: str) -> bytes:
    """The file with empty document properties, plain pictures and none but permitted parts.

    Links to anything but pages and mails are taken off, and their words stay.

    Raises:
        Refused: with the reason and the part that shows it.
    """
    with open_parts(content) as parts:
        _refuse_names(parts.names())
        types = ContentTypes(_steering(parts, CONTENT_TYPES, is_needed=True))
        copy = _Copy(parts, types)
        kept = _copy_relationships(copy, "", media_type)
        waiting = list(kept)
        while waiting:
            name = waiting.pop()
            if name not in copy.made:
                waiting += _copy_part(copy, name)
    made = {CONTENT_TYPES: _content_types(copy.kept_types), **copy.made}
    return pack(made)


def _refuse_names(names: Iterable[str]) -> None:
    """Refuse what says by its name that it is a program, also where nothing leads to it."""
    for name in names:
        if "vbaproject" in name.lower() or "/activex/" in f"/{name.lower()}":
            raise Refused("macros" if "vbaproject" in name.lower() else "active_content", name)
        if "externallinks/" in name.lower():
            raise Refused(EXTERNAL, name)


def _steering(parts: Parts, name: str, *, is_needed: bool = False) -> etree._Element:
    """A part that steers what is opened, as a tree; empty where a part has none."""
    found = parts.find(name)
    if found is None:
        if is_needed:
            raise Refused(MISMATCH, name)
        return etree.Element("Relationships")
    content = as_utf_8(parts.read(found), name)
    Scan("application/xml", name).read(content)
    return read_root(content, name)


def _copy_relationships(copy: _Copy, source: str, media_type: str = "") -> list[str]:
    """Copy the relationships of a part; returns the parts that they lead to."""
    kept, _left_out = _judged(copy, source)
    return _write_relationships(copy, source, kept, media_type)


def _judged(copy: _Copy, source: str) -> tuple[list[Relationship], frozenset[str]]:
    """The relationships of a part that are copied, and the ids of those that are not."""
    kept, left_out = [], set()
    for one in _read_relationships(copy.parts, source):
        if _is_kept(one, source, copy.types.of(source)):
            kept.append(one)
        else:
            left_out.add(one.id)
    return kept, frozenset(left_out)


def _read_relationships(parts: Parts, source: str) -> list[Relationship]:
    found = []
    for element in _steering(parts, _relations_of(source)).iter(etree.Element):
        if etree.QName(element).localname != "Relationship":
            continue
        target, kind = element.get("Target", "").strip(), element.get("Type", "").strip()
        is_external = element.get("TargetMode", "").strip().lower() == "external"
        found.append(
            Relationship(
                id=element.get("Id", ""),
                type=kind,
                tail=rules.tail_of(kind),
                target=target,
                is_external=is_external or rules.is_elsewhere(target),
            )
        )
    if len({one.id for one in found}) != len(found):
        raise Refused(BROKEN, _relations_of(source))
    return found


def _relations_of(source: str) -> str:
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _is_kept(one: Relationship, source: str, source_type: str) -> bool:
    """Whether a relationship is copied, with what it leads to.

    Raises:
        Refused: a file with such a one is not taken.
    """
    last = one.tail or one.type.rpartition("/")[2]
    if one.is_external and last in rules.LEFT_OUT_IF_EXTERNAL:
        return last == "hyperlink" and rules.is_safe_address(one.target)
    if last == rules.LEFT_OUT_FROM_CHARTS and _DRAWN.search(source_type) and not one.is_external:
        return False
    if reason := rules.REFUSED_RELATIONSHIPS.get(last):
        raise Refused(reason, _relations_of(source))
    if one.is_external:
        raise Refused(EXTERNAL, _relations_of(source))
    return one.tail in rules.FOLLOWED or (one.tail == "hyperlink" and one.target.startswith("#"))


def _write_relationships(
    copy: _Copy, source: str, kept: list[Relationship], media_type: str = ""
) -> list[str]:
    lines, reached = [], []
    for one in kept:
        if not one.is_external and one.tail != "hyperlink":
            name = _part_of(copy.parts, source, one.target)
            if name is None:
                continue
            _check_beginning(copy.types.of(name), one, source, media_type)
            reached.append(name)
            one = replace(one, target=f"/{name}")
        mode = ' TargetMode="External"' if one.is_external else ""
        lines.append(
            f"<Relationship Id={quoteattr(one.id)} Type={quoteattr(one.type)}"
            f" Target={quoteattr(one.target)}{mode}/>"
        )
    if not source and not any(one.tail == "officeDocument" for one in kept):
        raise Refused(MISMATCH, CONTENT_TYPES)
    if lines:
        head = f'<Relationships xmlns="{_PACKAGE}/relationships">'
        text = f"{head}{''.join(lines)}</Relationships>"
        copy.made[_relations_of(source)] = as_part(text.encode())
    return reached


def _check_beginning(kind: str, one: Relationship, source: str, media_type: str) -> None:
    """The part that a file begins with decides what is opened: it has to be that of its name."""
    if source or one.tail != "officeDocument":
        return
    if reason := rules.refusal_of_type(kind):
        raise Refused(reason, CONTENT_TYPES)
    if kind != rules.MAIN_PARTS[media_type]:
        raise Refused(MISMATCH, CONTENT_TYPES)


def _part_of(parts: Parts, source: str, target: str) -> str | None:
    """The part that an address inside the package means; None where there is none."""
    plain = unquote(target.partition("#")[0])
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), plain))
    if "\\" in plain or "/../" in f"/{path}/":
        raise Refused(UNSAFE_ARCHIVE, _relations_of(source))
    return parts.find(path.lstrip("/"))


def _copy_part(copy: _Copy, name: str) -> list[str]:
    """Copy one part, cleaned, with its relationships; returns the parts that they lead to."""
    kind = copy.types.of(name)
    copy.kept_types[name] = copy.types.spelled(name)
    if kind in _PROPERTIES:
        copy.made[name] = as_part(_PROPERTIES[kind].encode())
        return []
    kept, left_out = _judged(copy, name)
    copy.made[name] = _cleaned(copy.parts.read(name), name, kind, left_out)
    return _write_relationships(copy, name, kept)


def _cleaned(content: bytes, name: str, kind: str, left_out: frozenset[str]) -> bytes:
    if reason := rules.refusal_of_type(kind):
        raise Refused(reason, name)
    if kind in rules.PICTURE_TYPES:
        return strip_picture(content, name)
    if kind in rules.OPAQUE_TYPES:
        return content
    if not rules.is_xml(kind):
        raise Refused(PART, name)
    content = as_utf_8(content, name)
    if kind == rules.VML:
        content = repaired(content, name)
    Scan(kind, name).read(content)
    return as_part(without_references(content, name, left_out) if left_out else content)


def _content_types(kept: dict[str, str]) -> bytes:
    lines = [
        f'<Default Extension="rels" ContentType="{_RELATIONS}"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        *(
            f"<Override PartName={quoteattr(f'/{name}')} ContentType={quoteattr(kind)}/>"
            for name, kind in kept.items()
        ),
    ]
    text = f'<Types xmlns="{_PACKAGE}/content-types">{"".join(lines)}</Types>'
    return as_part(text.encode())

"""XML of an Office file: read whole, whatever its encoding and its prefixes.

Elements and attributes are judged by their local names, so that another prefix or namespace
changes nothing. What is copied is the text that was read here, as UTF-8.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from lxml import etree

from ddplatform.infrastructure.file_checks import formulas
from ddplatform.infrastructure.file_checks.office_rules import (
    FREE_PARTS,
    REFUSED_ELEMENTS,
    RELATIONSHIP_NAMESPACES,
    SVG,
    SVG_ELEMENTS,
    is_elsewhere,
    is_safe_address,
)
from ddplatform.infrastructure.file_checks.refusals import (
    ACTIVE,
    BROKEN,
    ENCODING,
    ENTITIES,
    EXTERNAL,
    LINK,
    Refused,
)

_CHUNK: Final = 1 << 20
_MARK: Final = b"\xef\xbb\xbf"
_HEAD: Final = re.compile(rb"\A\s*<\?xml\b[^>]*\?>\s*")
_DECLARED: Final = re.compile(rb"\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_FORMULAS: Final = frozenset(
    {
        *("f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula"),
        *("totalsRowFormula", "oldFormula", "instrText", "delInstrText"),
    }
)
_FETCHED: Final = frozenset({"src", "althref", "manifestLocation", "sourceFile"})
"""Attributes whose address is fetched when the file is opened (VML, schema libraries)."""
_REMOVED_ALONE: Final = "hyperlink"
"""Of this element of a text the words stay when its address goes."""


def as_utf_8(content: bytes, where: str) -> bytes:
    """An XML part as UTF-8, without its declaration; whether it is XML shows when it is read.

    Raises:
        Refused: neither UTF-8 nor UTF-16, which is all that the standard allows.
    """
    if content.startswith(_UTF_16):
        content = _from_utf_16(content, where)
    else:
        content = content.removeprefix(_MARK)
        declared = _DECLARED.match(content)
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            raise Refused(ENCODING, where)
    return _HEAD.sub(b"", content, count=1)


def _from_utf_16(content: bytes, where: str) -> bytes:
    is_marked = content.startswith(_UTF_16[:2])
    order = "utf-16-le" if content.startswith(b"<") else "utf-16-be"
    try:
        return content.decode("utf-16" if is_marked else order).encode()
    except UnicodeError as error:
        raise Refused(ENCODING, where) from error


def as_part(content: bytes) -> bytes:
    """The part as it is copied."""
    return b"\n".join((_DECLARATION, content))


@dataclass
class _Field:
    """A field of a document while it is read."""

    code: list[str] = field(default_factory=list)
    is_code: bool = True
    is_composed: bool = False


class Scan:
    """One reading of a part from its beginning to its end."""

    def __init__(self, content_type: str, where: str) -> None:
        self._where, self._is_svg = where, content_type == SVG
        self._is_free = content_type in FREE_PARTS
        # A chart shows what it keeps itself; the names of its ranges are worked out by nobody.
        self._worked_out = frozenset() if "chart" in content_type else _FORMULAS
        self._refused = SVG_ELEMENTS if self._is_svg else REFUSED_ELEMENTS
        self._locals: dict[str, str] = {}
        self._text: list[str] | None = None
        self._open = 0
        self._fields: list[_Field] = []
        self._parser = ParserCreate("utf-8", namespace_separator=" ")
        self._parser.ordered_attributes = True
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, content: bytes) -> None:
        """Read the content of a part, in UTF-8.

        Raises:
            Refused: it holds what no file may hold, or is no XML.
        """
        try:
            for start in range(0, len(content), _CHUNK):
                self._parser.Parse(content[start : start + _CHUNK], False)
            self._parser.Parse(b"", True)
        except ExpatError as error:
            raise Refused(BROKEN, self._where) from error
        for left in self._fields:
            self._judge_field(left)

    def _doctype(self, *_declared: object) -> None:
        raise Refused(ENTITIES, self._where)

    def _instruction(self, target: str, _data: str) -> None:
        if target == "xml-stylesheet":
            raise Refused(EXTERNAL, self._where)

    def _local(self, name: str) -> str:
        found = self._locals.get(name)
        if found is None:
            found = self._locals[name] = name.rpartition(" ")[2]
        return found

    def _start(self, name: str, attributes: list[str]) -> None:
        local = self._local(name)
        reason = self._refused.get(local)
        if reason is not None and (not self._is_free or local == "DataMashup"):
            raise Refused(reason, self._where)
        if self._is_free:
            return
        if attributes:
            self._judge_attributes(local, attributes)
        if local in self._worked_out:
            self._open += 1
            self._text = self._text or []
            self._parser.CharacterDataHandler = self._text.append
            self._parser.EndElementHandler = self._end

    def _judge_attributes(self, element: str, attributes: list[str]) -> None:
        for place in range(0, len(attributes), 2):
            name, value = self._local(attributes[place]), attributes[place + 1]
            if name in _FETCHED and is_elsewhere(value):
                raise Refused(EXTERNAL, self._where)
            if name == "href":
                self._judge_address(value)
            elif name == "action" and value.lower().startswith("ppaction://"):
                raise Refused(ACTIVE, self._where)
            elif name == "instr" and element == "fldSimple":
                self._judge_field(_Field([value]))
            elif name == "fldCharType" and element == "fldChar":
                self._mark_field(value)
            elif self._is_svg and name.lower().startswith("on"):
                raise Refused(ACTIVE, self._where)

    def _judge_address(self, value: str) -> None:
        if self._is_svg and not value.startswith(("#", "data:image/")):
            raise Refused(EXTERNAL, self._where)
        if not self._is_svg and is_elsewhere(value) and not is_safe_address(value):
            raise Refused(LINK, self._where)

    def _end(self, name: str) -> None:
        if self._text is None or self._local(name) not in self._worked_out:
            return
        self._open -= 1
        if self._open:
            return
        text, self._text = "".join(self._text), None
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None
        if not self._local(name).endswith("nstrText"):
            if reason := formulas.fault_of_formula(text):
                raise Refused(reason, self._where)
        elif self._fields and self._fields[-1].is_code:
            self._fields[-1].code.append(text)
        else:
            self._judge_field(_Field([text]))

    def _mark_field(self, kind: str) -> None:
        """A field begins, its code ends, or the field ends; fields may stand in fields."""
        if kind == "begin":
            for outer in self._fields:
                outer.is_composed = outer.is_composed or outer.is_code
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._fields[-1].is_code = False
            self._judge_field(self._fields[-1])
        elif self._fields and kind == "end":
            self._judge_field(self._fields.pop())

    def _judge_field(self, found: _Field) -> None:
        code = "".join(found.code)
        if reason := formulas.fault_of_field(code, is_composed=found.is_composed):
            raise Refused(reason, self._where)


def read_root(content: bytes, where: str) -> etree._Element:
    """The root of a small part as a tree; it was scanned before, so that it has no entities.

    Raises:
        Refused: it is no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(BROKEN, where) from error


def repaired(content: bytes, where: str) -> bytes:
    """A VML drawing as well-formed XML: programs write line breaks in it that are never closed.

    Raises:
        Refused: nothing of it is XML.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused(ENTITIES, where)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if root is None:
        raise Refused(BROKEN, where)
    return _written(root)


def without_references(content: bytes, where: str, ids: frozenset[str]) -> bytes:
    """A part without what refers to relationships that were left out.

    The words of a link in a text stay; of anything else the element goes.
    """
    root = read_root(content, where)
    for element in list(root.iter(etree.Element)):
        names = [name for name, value in element.attrib.items() if value in ids and _refers(name)]
        if not names:
            continue
        if etree.QName(element).localname == _REMOVED_ALONE and len(element):
            for name in names:
                del element.attrib[name]
        else:
            _take_out(element)
    return _written(root)


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return written


def _refers(attribute: str) -> bool:
    return etree.QName(attribute).namespace in RELATIONSHIP_NAMESPACES


def _take_out(element: etree._Element) -> None:
    """Remove an element, and the list around it where that would be empty."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if not len(parent) and etree.QName(parent).localname == "hyperlinks":
        _take_out(parent)

"""Hostile Office files, each with its name and the reason for which it is refused.

None is a file of anybody: all are made part by part. `HARMLESS` marks those that come in without
what makes them hostile.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.office_packages import (
    OOXML,
    STRICT,
    TRANSITIONAL,
    WORD,
    Office,
    letter,
    strict_letter,
    table,
    utf_8,
    utf_16,
    utf_16_unmarked,
    with_mark,
)

HARMLESS = ""
MICROSOFT = "http://schemas.microsoft.com/office"
ELSEWHERE = "https://collector.example/x"


@dataclass(frozen=True)
class Hostile:
    """A hostile file: what it attacks, its bytes, why it is refused."""

    name: str
    package: Callable[[], Office]
    reason: str

    def content(self) -> bytes:
        return self.package().packed()


def in_references(text: str) -> bytes:
    """Every letter of attributes and texts as a character reference."""

    def written(found: re.Match[str]) -> str:
        return found[1] + "".join(f"&#x{ord(sign):x};" for sign in found[2]) + found[3]

    values = re.sub(r'(=")([^"&]+)(")', written, text)
    return utf_8(re.sub(r"(>)([^<>&]+)(<)", written, values))


ENCODINGS = {
    "UTF-8": utf_8,
    "UTF-8 with a mark": with_mark,
    "UTF-16": utf_16,
    "UTF-16 without a mark": utf_16_unmarked,
    "character references": in_references,
}

# name -> (last word of the type, target, mode, reason)
RELATIONSHIPS: dict[str, tuple[str, str, str, str]] = {
    "template from a server": ("attachedTemplate", "http://a.example/t.dotm", "External", HARMLESS),
    "template of a network drive": ("attachedTemplate", r"\\\\a\\t.dotm", "External", HARMLESS),
    "picture from a server": ("image", ELSEWHERE, "External", "external_content"),
    "picture that does not say that it is elsewhere": ("image", ELSEWHERE, "", "external_content"),
    "object from a server": ("oleObject", ELSEWHERE, "External", "embedded_file"),
    "object in the file": ("oleObject", "embeddings/a.bin", "", "embedded_file"),
    "packed file": ("package", "embeddings/a.xlsx", "", "embedded_file"),
    "inserted page": ("aFChunk", "a.html", "", "imported_document"),
    "inserted page of a server": ("aFChunk", ELSEWHERE, "External", "imported_document"),
    "part of another document": (
        "subDocument",
        "file:///c:/a.docx",
        "External",
        "imported_document",
    ),
    "frame": ("frame", ELSEWHERE, "External", "external_content"),
    "other workbook": ("externalLink", "externalLinks/a.xml", "", "external_content"),
    "path of another workbook": ("externalLinkPath", "a.xlsx", "External", "external_content"),
    "transformation": ("transform", "file:///c:/a.xslt", "External", "external_content"),
    "control": ("control", "activeX/a.xml", "", "active_content"),
    "macros": ("vbaProject", "a.bin", "", "macros"),
    "own buttons": ("ui/extensibility", "customUI.xml", "", "macros"),
    "query of a table": ("queryTable", "a.xml", "", "data_connection"),
    "connections": ("connections", "a.xml", "", "data_connection"),
    "recipients of a letter": (
        "mailMergeSource",
        "file:///c:/a.mdb",
        "External",
        "data_connection",
    ),
    "add-in from the web": ("webextensiontaskpanes", "a.xml", "", "active_content"),
    "link that runs a script": ("hyperlink", "javascript:alert(1)", "External", HARMLESS),
    "link to a program": ("hyperlink", "file:///c:/windows/cmd.exe", "External", HARMLESS),
    "link to a network drive": ("hyperlink", r"\\\\a.example\\share", "External", HARMLESS),
    "link to a protocol of a program": ("hyperlink", "ms-msdt:/id PCW", "External", HARMLESS),
    "link with a break in it": ("hyperlink", "https://a.example/&#10;b", "External", HARMLESS),
    "sound of a server": ("audio", ELSEWHERE, "External", "external_content"),
    "type that nobody knows": ("somethingElse", "a.xml", "", HARMLESS),
}

W = "<w:p><w:r>{}</w:r></w:p>"
# name -> (body of a letter, reason)
BODIES: dict[str, tuple[str, str]] = {
    "altChunk": ('<w:altChunk r:id="rId1"/>', "imported_document"),
    "altChunk of another prefix": (
        f'<q:altChunk xmlns:q="{WORD}" r:id="rId1"/>',
        "imported_document",
    ),
    "altChunk of another namespace": (
        '<altChunk xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"/>',
        "imported_document",
    ),
    "subDoc": (W.format('<w:subDoc r:id="rId1"/>'), "imported_document"),
    "OLE object": (
        W.format('<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Link"/>'),
        "embedded_file",
    ),
    "objectEmbed": (W.format("<w:object><w:objectEmbed/></w:object>"), "embedded_file"),
    "objectLink": (W.format("<w:object><w:objectLink/></w:object>"), "external_content"),
    "film of a page": (
        W.format('<b:webVideoPr xmlns:b="urn:b" embeddedHtml="x"/>'),
        "active_content",
    ),
    "picture by VML": (
        W.format(f'<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="{ELSEWHERE}"/>'),
        "external_content",
    ),
    "filling by VML": (
        W.format(r'<v:fill xmlns:v="urn:schemas-microsoft-com:vml" src="\\a\b.png"/>'),
        "external_content",
    ),
    "link of a VML shape": (
        W.format('<v:shape xmlns:v="urn:v" href="javascript:alert(1)"/>'),
        "unsafe_link",
    ),
    "action of a shape": (
        W.format('<a:hlinkClick xmlns:a="urn:a" action="ppaction://program"/>'),
        "active_content",
    ),
    "schema of a server": (
        f'<s:schema xmlns:s="urn:s" manifestLocation="{ELSEWHERE}"/>',
        "external_content",
    ),
}

# name -> (code of the field, reason)
FIELDS: dict[str, tuple[str, str]] = {
    "DDEAUTO": (r'DDEAUTO c:\\windows\\cmd.exe "/k calc"', "dde"),
    "DDE": ('DDE excel "a.xls" "R1C1"', "dde"),
    "dde in small letters": ("ddeauto a b", "dde"),
    "INCLUDEPICTURE": (f'INCLUDEPICTURE "{ELSEWHERE}"', "external_content"),
    "INCLUDETEXT": ('INCLUDETEXT "c:/a.docx"', "external_content"),
    "IMPORT": ('IMPORT "c:/a.png"', "external_content"),
    "LINK": ('LINK Excel.Sheet.12 "c:/a.xlsx"', "external_content"),
    "EMBED": ("EMBED Package", "embedded_file"),
    "DATABASE": ("DATABASE x", "data_connection"),
    "RD": ('RD "a.docx"', "imported_document"),
    "MACROBUTTON": ("MACROBUTTON Run x", "macros"),
    "PRINT": ("PRINT 27", "active_content"),
    "CONTROL": ("CONTROL Forms.TextBox.1", "active_content"),
    "HYPERLINK of a file": ('HYPERLINK "file:///c:/a.exe"', "unsafe_link"),
    "HYPERLINK without quotes": ("HYPERLINK javascript:x", "unsafe_link"),
}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def simple(code: str) -> str:
    return (
        f'<w:p><w:fldSimple w:instr="{escaped(code)}"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    )


def run(inside: str) -> str:
    return f"<w:r>{inside}</w:r>"


def mark(kind: str) -> str:
    return run(f'<w:fldChar w:fldCharType="{kind}"/>')


def instr(text: str) -> str:
    return run(f'<w:instrText xml:space="preserve">{escaped(text)}</w:instrText>')


def in_runs(code: str) -> str:
    """The code of a field with a run for every three letters of it."""
    pieces = "".join(instr(code[n : n + 3]) for n in range(0, len(code), 3))
    return f"<w:p>{mark('begin')}{pieces}{mark('separate')}{run('<w:t>1</w:t>')}{mark('end')}</w:p>"


def without_result(code: str) -> str:
    return f"<w:p>{mark('begin')}{instr(code)}{mark('end')}</w:p>"


def never_ended(code: str) -> str:
    return f"<w:p>{mark('begin')}{instr(code)}</w:p>"


def never_begun(code: str) -> str:
    return f"<w:p>{instr(code)}</w:p>"


def in_a_field(code: str) -> str:
    inner = f"{mark('begin')}{instr(code)}{mark('separate')}{mark('end')}"
    return f"<w:p>{mark('begin')}{instr('IF ')}{inner}{instr(' = 1')}{mark('end')}</w:p>"


FIELD_WAYS = {
    "in one element": simple,
    "in pieces": in_runs,
    "without a result": without_result,
    "never ended": never_ended,
    "never begun": never_begun,
    "in another field": in_a_field,
}

COMPOSED = (
    f"<w:p>{mark('begin')}{mark('begin')}{instr('QUOTE 68 68 69')}{mark('separate')}"
    f"{run('<w:t>DDE</w:t>')}{mark('end')}{mark('separate')}{mark('end')}</w:p>"
)
"""A field whose name is the result of another field."""

FORMULAS: dict[str, tuple[str, str]] = {
    "DDE of a program": ("cmd|'/c calc'!A0", "dde"),
    "DDE with a name in quotes": ("'cmd'|'/c calc'!A0", "dde"),
    "DDE as a function": ('DDE("cmd";"/c";"x")', "dde"),
    "RTD": ('RTD("a.b","","x")', "dde"),
    "page of the web": (f'WEBSERVICE("{ELSEWHERE}")', "external_content"),
    "page of the web with a prefix": ('_xlfn._xlws.WEBSERVICE("x")', "external_content"),
    "picture of the web": (f'_xlfn.IMAGE("{ELSEWHERE}")', "external_content"),
    "prices of the web": ('STOCKHISTORY("MSFT",1)', "external_content"),
    "other workbook by number": ("[1]Sheet1!A1", "external_content"),
    "other workbook by name": ("'c:\\[a.xlsx]Sheet 1'!A1", "external_content"),
    "program code": ('CALL("kernel32","WinExec","JCJ","calc",0)', "macros"),
    "registered code": ('REGISTER.ID("a","b")', "macros"),
    "old macro": ('EXEC("calc")', "macros"),
    "link to a file": ('HYPERLINK("file:///c:/a.exe","x")', "unsafe_link"),
    "link to a drive": (r'HYPERLINK("\\a\b","x")', "unsafe_link"),
    "spaces before the bracket": ('webservice  ("x")', "external_content"),
    "inside another function": ('IF(A1=1,SUM(WEBSERVICE("x"),2),0)', "external_content"),
}


def in_a_cell(formula: str) -> Office:
    return table(f'<c r="A1"><f>{escaped(formula)}</f><v>1</v></c>')


def in_a_formula(formula: str) -> Office:
    return table(f'<c r="A1"><f><f/>{escaped(formula)}</f><v>1</v></c>')


def in_a_name(formula: str) -> Office:
    names = f'<definedNames><definedName name="a">{escaped(formula)}</definedName></definedNames>'
    return table().with_text("</workbook>", f"{names}</workbook>")


def in_a_check(formula: str) -> Office:
    rule = f'<dataValidation sqref="A1"><formula1>{escaped(formula)}</formula1></dataValidation>'
    return table(more=f'<dataValidations count="1">{rule}</dataValidations>')


FORMULA_WAYS = {
    "of a cell": in_a_cell,
    "of a formula": in_a_formula,
    "of a name": in_a_name,
    "of a check": in_a_check,
}

# name -> (content type of a part that the file leads to, reason)
TYPES: dict[str, tuple[str, str]] = {
    "macros": ("application/vnd.ms-office.vbaProject", "macros"),
    "macro sheet": ("application/vnd.ms-excel.macrosheet+xml", "macros"),
    "international macro sheet": ("application/vnd.ms-excel.intlmacrosheet+xml", "macros"),
    "dialogue of macros": (f"{OOXML}spreadsheetml.dialogsheet+xml", "macros"),
    "control": ("application/vnd.ms-office.activeX+xml", "active_content"),
    "add-in": ("application/vnd.ms-office.webextension+xml", "active_content"),
    "object": (f"{OOXML}oleObject", "embedded_file"),
    "packed file": (f"{OOXML}package", "embedded_file"),
    "other workbook": (f"{OOXML}spreadsheetml.externalLink+xml", "external_content"),
    "connections": (f"{OOXML}spreadsheetml.connections+xml", "data_connection"),
    "query": (f"{OOXML}spreadsheetml.queryTable+xml", "data_connection"),
    "program": ("application/x-msdownload", "unknown_part"),
    "page with scripts": ("text/html", "unknown_part"),
    "no type": ("", "unknown_part"),
}

SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
DRAWINGS: dict[str, tuple[str, str]] = {
    "script": (SVG.format("<script>alert(1)</script>"), "active_content"),
    "page": (SVG.format("<foreignObject/>"), "active_content"),
    "handler": ('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "active_content"),
    "picture of a server": (SVG.format(f'<image href="{ELSEWHERE}"/>'), "external_content"),
    "style of a server": (
        f'<?xml-stylesheet href="{ELSEWHERE}"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "external_content",
    ),
}

MARKUP: dict[str, tuple[bytes, str]] = {
    "entity of a file": (
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "entities",
    ),
    "entity of a server": (b'<!DOCTYPE a SYSTEM "http://a.example/a.dtd"><a/>', "entities"),
    "entities in entities": (
        b'<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        "entities",
    ),
    "entity in UTF-16": (
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a/>'.encode("utf-16"),
        "entities",
    ),
    "letters of UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "encoding"),
    "letters of a mainframe": (b'<?xml version="1.0" encoding="IBM037"?><a/>', "encoding"),
    "letters of UTF-32": ('<?xml version="1.0"?><a/>'.encode("utf-32"), "broken"),
    "broken letters": (b"<a>\xff\xfe\x00</a>", "broken"),
    "element never closed": (b"<a><b></a>", "broken"),
    "prefix never declared": (b"<w:a/>", "broken"),
}


def office_files() -> Iterator[Hostile]:
    """All hostile Office files."""
    yield from _relationships()
    yield from _of_microsoft()
    yield from _contents()
    yield from _steering()


def _relationships() -> Iterator[Hostile]:
    for name, (kind, target, mode, reason) in RELATIONSHIPS.items():
        for base, of in ((TRANSITIONAL, letter), (STRICT, strict_letter)):
            package = of().with_relation(f"{base}/{kind}", target, mode=mode)
            strict = " (strict)" if base == STRICT else ""
            for encoding, write in ENCODINGS.items():
                made = replace(package, write=write)
                yield Hostile(f"{name}, {encoding}{strict}", lambda made=made: made, reason)
        made = replace(
            letter().with_relation(f"{TRANSITIONAL}/{kind}", target, mode=mode), prefix="q"
        )
        yield Hostile(f"{name}, another prefix", lambda made=made: made, reason)


def _of_microsoft() -> Iterator[Hostile]:
    for kind, reason in (
        ("2006/relationships/vbaProject", "macros"),
        ("2006/relationships/xlMacrosheet", "macros"),
        ("2006/relationships/keyMapCustomizations", "macros"),
        ("2007/relationships/ui/extensibility", "macros"),
        ("2006/relationships/activeXControlBinary", "active_content"),
        ("2011/relationships/webextension", "active_content"),
        ("2020/07/relationships/rdRichValueWebImage", "external_content"),
        ("2006/relationships/xlExternalLinkPath/xlPathMissing", HARMLESS),
    ):
        made = table().with_relation(f"{MICROSOFT}/{kind}", "a.xml")
        yield Hostile(f"relationship {kind}", lambda made=made: made, reason)


def _contents() -> Iterator[Hostile]:
    for name, (body, reason) in BODIES.items():
        for encoding, write in ENCODINGS.items():
            made = replace(letter(body), write=write)
            yield Hostile(f"{name}, {encoding}", lambda made=made: made, reason)
    for name, (code, reason) in FIELDS.items():
        for way, put in FIELD_WAYS.items():
            made = letter(put(code))
            yield Hostile(f"field {name} {way}", lambda made=made: made, reason)
        made = replace(letter(in_runs(code)), write=in_references)
        yield Hostile(f"field {name} in references", lambda made=made: made, reason)
    yield Hostile("field with a name from a field", lambda: letter(COMPOSED), "active_content")
    for name, (formula, reason) in FORMULAS.items():
        for way, put_in in FORMULA_WAYS.items():
            made = put_in(formula)
            yield Hostile(f"formula {name} {way}", lambda made=made: made, reason)
    for name, (drawing, reason) in DRAWINGS.items():
        made = letter().with_part("word/media/a.svg", drawing, "image/svg+xml")
        made = made.with_relation(f"{TRANSITIONAL}/image", "media/a.svg")
        yield Hostile(f"drawing with {name}", lambda made=made: made, reason)


def _steering() -> Iterator[Hostile]:
    for name, (kind, reason) in TYPES.items():
        made = letter().with_part("word/a.xml", "<a/>", kind)
        made = made.with_relation(f"{TRANSITIONAL}/styles", "a.xml")
        yield Hostile(f"part of the type {name}", lambda made=made: made, reason)
    for kind, reason in (
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "macros"),
        (f"{OOXML}wordprocessingml.template.main+xml", "content_differs"),
        (f"{OOXML}spreadsheetml.sheet.main+xml", "content_differs"),
        ("application/xml", "content_differs"),
    ):
        made = replace(letter(), types={"word/document.xml": kind})
        yield Hostile(f"document of the type {kind}", lambda made=made: made, reason)
    for name, (content, reason) in MARKUP.items():
        made = letter().with_part("word/styles.xml", content, f"{OOXML}wordprocessingml.styles+xml")
        made = made.with_relation(f"{TRANSITIONAL}/styles", "styles.xml")
        yield Hostile(f"XML with {name}", lambda made=made: made, reason)
    for name, content in (
        ("program", b"MZ\x90\x00"),
        ("object", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("archive", b"PK\x03\x04"),
        ("page", b"<html><script>"),
    ):
        made = letter().with_part("word/media/a.png", content, "image/png")
        made = made.with_relation(f"{TRANSITIONAL}/image", "media/a.png")
        yield Hostile(f"{name} called a picture", lambda made=made: made, "unknown_part")
    for name in ("word/vbaProject.bin", "word/activeX/activeX1.bin", "xl/externalLinks/a.xml"):
        made = letter().with_part(name, b"x", "application/octet-stream")
        yield Hostile(f"hidden part {name}", lambda made=made: made, "*")
    made = letter().with_part("word/a.bin", b"MZ\x90\x00", f"{OOXML}oleObject")
    yield Hostile("part to which nothing leads", lambda: made, HARMLESS)
    query = letter().with_part(
        "customXml/item1.xml", '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup"/>', ""
    )
    query = replace(query, types={**query.types, "customXml/item1.xml": "application/xml"})
    query = query.with_relation(f"{TRANSITIONAL}/customXml", "../customXml/item1.xml")
    yield Hostile("query in data of a program", lambda: query, "data_connection")
    out = letter().with_relation(f"{TRANSITIONAL}/image", "../../../etc/passwd")
    yield Hostile("picture outside the file", lambda: out, HARMLESS)

"""Office files made part by part, honest ones and such as no office program writes."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OOXML = "application/vnd.openxmlformats-officedocument."

Writer = Callable[[str], bytes]


def utf_8(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def with_mark(text: str) -> bytes:
    return b"\xef\xbb\xbf" + utf_8(text)


def utf_16(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


def utf_16_unmarked(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16-be")


@dataclass(frozen=True)
class Office:
    """A package: parts by name, their types, relationships of a part (id, type, target, mode)."""

    main: str
    parts: dict[str, str | bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    relations: dict[str, tuple[tuple[str, str, str, str], ...]] = field(default_factory=dict)
    write: Writer = utf_8
    prefix: str = ""

    def with_part(self, name: str, content: str | bytes, content_type: str) -> "Office":
        """The same with one part more, or another content of a part."""
        return replace(
            self,
            parts={**self.parts, name: content},
            types={**self.types, name: content_type},
        )

    def with_relation(
        self, kind: str, target: str, *, mode: str = "", source: str | None = None
    ) -> "Office":
        """The same with one relationship more, `rId90` and on, of the main part or another."""
        of = self.main if source is None else source
        before = self.relations.get(of, ())
        one = (f"rId{90 + len(before)}", kind, target, mode)
        return replace(self, relations={**self.relations, of: (*before, one)})

    def with_text(self, found: str, put: str, *, part: str | None = None) -> "Office":
        """The same with other words in a part."""
        name = part or self.main
        content = self.parts[name]
        assert isinstance(content, str) and found in content
        return replace(self, parts={**self.parts, name: content.replace(found, put)})

    def relations_text(self, source: str) -> str:
        """The relationships of a part as XML."""
        p = f"{self.prefix}:" if self.prefix else ""
        declared = f"xmlns:{self.prefix}" if self.prefix else "xmlns"
        lines = "".join(
            f'<{p}Relationship Id="{key}" Type="{kind}" Target="{target}"'
            + (f' TargetMode="{mode}"' if mode else "")
            + "/>"
            for key, kind, target, mode in self.relations[source]
        )
        inside = f"{PACKAGE}/relationships"
        return f'<{p}Relationships {declared}="{inside}">{lines}</{p}Relationships>'

    def types_text(self) -> str:
        """The list of content types as XML."""
        lines = "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>'
            for name, kind in self.types.items()
        )
        rels = "application/vnd.openxmlformats-package.relationships+xml"
        return (
            f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{rels}"/>'
            f'<Default Extension="png" ContentType="image/png"/>{lines}</Types>'
        )

    def made(self) -> dict[str, bytes]:
        """All parts as bytes, the content types first."""
        found = {"[Content_Types].xml": self.write(self.types_text())}
        for source in self.relations:
            folder, _, name = source.rpartition("/")
            found[f"{folder}/_rels/{name}.rels".lstrip("/")] = self.write(
                self.relations_text(source)
            )
        for name, content in self.parts.items():
            found[name] = content if isinstance(content, bytes) else self.write(content)
        return found

    def packed(self) -> bytes:
        """The file."""
        return archive(self.made())


def archive(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these parts."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return output.getvalue()


def letter(body: str = "<w:p><w:r><w:t>Three visits.</w:t></w:r></w:p>") -> Office:
    """A DOCX of a few words."""
    text = (
        f'<w:document xmlns:w="{WORD}" xmlns:r="{TRANSITIONAL}"><w:body>{body}</w:body>'
        "</w:document>"
    )
    return _package("word/document.xml", text, f"{OOXML}wordprocessingml.document.main+xml")


def strict_letter() -> Office:
    """A DOCX in the strict namespaces."""
    text = (
        f'<w:document xmlns:w="{STRICT_WORD}" xmlns:r="{STRICT}"><w:body><w:p/></w:body>'
        "</w:document>"
    )
    kind = f"{OOXML}wordprocessingml.document.main+xml"
    return _package("word/document.xml", text, kind, base=STRICT)


def table(cells: str = '<c r="A1"><v>7</v></c>', more: str = "") -> Office:
    """An XLSX with one sheet."""
    book = (
        f'<workbook xmlns="{SHEET}" xmlns:r="{TRANSITIONAL}"><sheets>'
        '<sheet name="Sites" sheetId="1" r:id="rId90"/></sheets></workbook>'
    )
    sheet = (
        f'<worksheet xmlns="{SHEET}" xmlns:r="{TRANSITIONAL}"><sheetData>'
        f'<row r="1">{cells}</row></sheetData>{more}</worksheet>'
    )
    made = _package("xl/workbook.xml", book, f"{OOXML}spreadsheetml.sheet.main+xml")
    made = made.with_part("xl/worksheets/sheet1.xml", sheet, f"{OOXML}spreadsheetml.worksheet+xml")
    return made.with_relation(f"{TRANSITIONAL}/worksheet", "worksheets/sheet1.xml")


def _package(main: str, text: str, kind: str, *, base: str = TRANSITIONAL) -> Office:
    empty = Office(main, {main: text}, {main: kind})
    return empty.with_relation(f"{base}/officeDocument", main, source="")

"""What an Office file may hold: types of relationships, types of parts, elements, addresses.

Everything that is not listed here is left out of the copy or refused. Sources: ECMA-376, Office
Open XML File Formats, part 1 (relationship types and content types of each part; annex on the
strict namespaces) and part 2 (packages); Microsoft [MS-DOCX] and [MS-XLSX] for later additions.
"""

import re
from typing import Final

from ddplatform.infrastructure.file_checks.refusals import (
    ACTIVE,
    CONNECTIONS,
    DDE,
    EMBEDDED,
    EXTERNAL,
    IMPORTED,
    MACROS,
    MISMATCH,
)

_OOXML: Final = "application/vnd.openxmlformats-officedocument."
WORD: Final = f"{_OOXML}wordprocessingml."
SHEET: Final = f"{_OOXML}spreadsheetml."
MAIN_PARTS: Final = {
    f"{WORD}document": f"{WORD}document.main+xml",
    f"{SHEET}sheet": f"{SHEET}sheet.main+xml",
}
"""Type of a file -> type of the part it begins with."""

RELATIONSHIP_NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
"""Transitional and strict."""
_TYPE: Final = re.compile(
    r"http://(?:schemas\.openxmlformats\.org/(?:officeDocument|package)/2006/relationships"
    r"|purl\.oclc\.org/ooxml/(?:officeDocument|package)/relationships"
    r"|schemas\.microsoft\.com/office/\d{4}(?:/\d\d)?/relationships)/([A-Za-z/-]+)"
)

FOLLOWED: Final = frozenset(
    {
        *("officeDocument", "metadata/core-properties", "extended-properties"),
        *("custom-properties", "styles", "stylesWithEffects", "settings", "webSettings"),
        *("fontTable", "font", "numbering", "footnotes", "endnotes", "comments"),
        *("commentsExtended", "commentsIds", "commentsExtensible", "people", "person"),
        *("threadedComment", "header", "footer", "theme", "themeOverride", "image", "hdphoto"),
        *("glossaryDocument", "customXml", "customXmlProps", "chart", "chartEx"),
        *("chartStyle", "chartColorStyle", "chartUserShapes", "diagramData", "diagramLayout"),
        *("diagramQuickStyle", "diagramColors", "diagramDrawing", "drawing", "vmlDrawing"),
        *("worksheet", "chartsheet", "sharedStrings", "calcChain", "table", "pivotTable"),
        *("pivotCacheDefinition", "pivotCacheRecords", "slicer", "slicerCache", "timeline"),
        *("timelineCache", "printerSettings", "sheetMetadata", "ctrlProp", "rdRichValue"),
        *("rdRichValueStructure", "rdRichValueTypes", "richValueRel", "namedSheetView"),
        *("revisionHeaders", "revisionLog", "usernames", "classificationlabels"),
        *("FeaturePropertyBag", "rdArray", "richStyles", "rdSupportingPropertyBag"),
        *("rdSupportingPropertyBagStructure",),
    }
)
"""Relationships whose part is copied. Another one is left out, with what refers to it."""

REFUSED_RELATIONSHIPS: Final = {
    "vbaProject": MACROS,
    "wordVbaData": MACROS,
    "xlMacrosheet": MACROS,
    "xlIntlMacrosheet": MACROS,
    "dialogsheet": MACROS,
    "attachedToolbars": MACROS,
    "keyMapCustomizations": MACROS,
    "ui/extensibility": MACROS,
    "ui/userCustomization": MACROS,
    "control": ACTIVE,
    "activeXControlBinary": ACTIVE,
    "webextension": ACTIVE,
    "webextensiontaskpanes": ACTIVE,
    "oleObject": EMBEDDED,
    "package": EMBEDDED,
    "aFChunk": IMPORTED,
    "subDocument": IMPORTED,
    "externalLink": EXTERNAL,
    "externalLinkPath": EXTERNAL,
    "externalReference": EXTERNAL,
    "frame": EXTERNAL,
    "transform": EXTERNAL,
    "rdRichValueWebImage": EXTERNAL,
    "connections": CONNECTIONS,
    "queryTable": CONNECTIONS,
    "mailMergeSource": CONNECTIONS,
    "mailMergeHeaderSource": CONNECTIONS,
    "recipientData": CONNECTIONS,
    "powerPivotData": CONNECTIONS,
    "model": CONNECTIONS,
    "volatileDependencies": DDE,
}
"""Relationships that refuse the file, each with the reason."""

LEFT_OUT_FROM_CHARTS: Final = "package"
"""The workbook behind a chart of a document; the chart shows the figures that it keeps itself."""
LEFT_OUT_IF_EXTERNAL: Final = frozenset({"hyperlink", "attachedTemplate"})

_XML_TYPES: Final = frozenset(
    {
        *("application/xml", "text/xml", f"{_OOXML}theme+xml", f"{_OOXML}themeoverride+xml"),
        *(f"{_OOXML}extended-properties+xml", f"{_OOXML}custom-properties+xml"),
        *(f"{_OOXML}customxmlproperties+xml", f"{_OOXML}drawing+xml"),
        *(f"{_OOXML}drawingml.chart+xml", f"{_OOXML}drawingml.chartshapes+xml"),
        *(f"{_OOXML}drawingml.diagram{part}+xml" for part in ("data", "layout", "style", "colors")),
        "application/vnd.openxmlformats-package.core-properties+xml",
        "application/vnd.ms-office.chartex+xml",
        "application/vnd.ms-office.chartstyle+xml",
        "application/vnd.ms-office.chartcolorstyle+xml",
        "application/vnd.ms-office.drawingml.diagramdrawing+xml",
        "application/vnd.ms-office.classificationlabels+xml",
        "application/vnd.ms-word.styleswitheffects+xml",
        *(
            f"{WORD}{part}+xml"
            for part in (
                *("document.main", "document.glossary", "styles", "settings", "websettings"),
                *("fonttable", "numbering", "footnotes", "endnotes", "comments", "header"),
                *("footer", "commentsextended", "commentsids", "commentsextensible", "people"),
            )
        ),
        *(
            f"{SHEET}{part}+xml"
            for part in (
                *("sheet.main", "worksheet", "chartsheet", "sharedstrings", "styles"),
                *("calcchain", "table", "comments", "pivottable", "pivotcachedefinition"),
                *("pivotcacherecords", "sheetmetadata", "revisionheaders", "revisionlog"),
                *("usernames",),
            )
        ),
        *(
            f"application/vnd.ms-excel.{part}+xml"
            for part in (
                *("threadedcomments", "person", "slicer", "slicercache", "timeline"),
                *("timelinecache", "controlproperties", "rdrichvalue", "rdrichvaluestructure"),
                *("rdrichvaluetypes", "richvaluerel", "namedsheetview", "featurepropertybag"),
                *("rdarray", "richstyles", "rdsupportingpropertybag"),
                *("rdsupportingpropertybagstructure",),
            )
        ),
        "application/inkml+xml",
        "image/svg+xml",
    }
)
VML: Final = f"{_OOXML}vmldrawing"
SVG: Final = "image/svg+xml"
PICTURE_TYPES: Final = frozenset(
    {
        *("image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/bmp"),
        *("image/tiff", "image/tif", "image/x-emf", "image/emf", "image/x-wmf", "image/wmf"),
        *("image/webp", "image/vnd.ms-photo", "image/x-icon"),
    }
)
OPAQUE_TYPES: Final = frozenset(
    {
        f"{SHEET}printersettings",
        f"{WORD}printersettings",
        f"{_OOXML}obfuscatedfont",
        "application/x-font-ttf",
        "application/x-fontdata",
    }
)
"""Parts that are copied as they are: settings of a printer and the letters of a document."""

_REFUSED_TYPES: Final = (
    ("macroenabled", MACROS),
    ("vbaproject", MACROS),
    ("vbadata", MACROS),
    ("macrosheet", MACROS),
    ("dialogsheet", MACROS),
    ("keymapcustomizations", MACROS),
    ("activex", ACTIVE),
    ("webextension", ACTIVE),
    ("oleobject", EMBEDDED),
    (f"{_OOXML}package", EMBEDDED),
    ("externallink", EXTERNAL),
    ("connections", CONNECTIONS),
    ("querytable", CONNECTIONS),
    (".model", CONNECTIONS),
    ("template.main", MISMATCH),
)

REFUSED_ELEMENTS: Final = {
    "altChunk": IMPORTED,
    "subDoc": IMPORTED,
    "OLEObject": EMBEDDED,
    "oleObject": EMBEDDED,
    "objectEmbed": EMBEDDED,
    "objectLink": EXTERNAL,
    "ocx": ACTIVE,
    "webextension": ACTIVE,
    "webVideoPr": ACTIVE,
    "ddeLink": DDE,
    "oleLink": EXTERNAL,
    "externalBook": EXTERNAL,
    "externalReference": EXTERNAL,
    "sourceFileName": EXTERNAL,
    "saveThroughXslt": EXTERNAL,
    "webPublishItem": EXTERNAL,
    "mailMerge": CONNECTIONS,
    "connection": CONNECTIONS,
    "webPr": CONNECTIONS,
    "dbPr": CONNECTIONS,
    "olapPr": CONNECTIONS,
    "queryTable": CONNECTIONS,
    "DataMashup": CONNECTIONS,
    "volType": DDE,
}
"""Elements that refuse the file, whatever their namespace."""
SVG_ELEMENTS: Final = dict.fromkeys(
    ("script", "foreignObject", "handler", "iframe", "object", "embed"), ACTIVE
)
FREE_PARTS: Final = frozenset({"application/xml", "text/xml"})
"""Data of other programs, in words of their own: of elements, only a query is looked for."""

_SAFE_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)[^\x00-\x20\\\x7f<>\"]*", re.IGNORECASE)


def tail_of(relationship_type: str) -> str:
    """The name of a relationship type in its namespace; empty where the namespace is not known."""
    found = _TYPE.fullmatch(relationship_type)
    return found[1] if found else ""


def is_safe_address(target: str) -> bool:
    """Whether an address opens a page or a mail, and nothing else."""
    return _SAFE_ADDRESS.fullmatch(target) is not None


def is_elsewhere(target: str) -> bool:
    """Whether an address leads out of the file: it has a scheme, or names a server or a drive."""
    plain = target.strip()
    return bool(re.match(r"[A-Za-z][\w+.-]*:|//|\\", plain))


def refusal_of_type(content_type: str) -> str | None:
    """Why parts of this type refuse the file; None where they do not."""
    return next((reason for mark, reason in _REFUSED_TYPES if mark in content_type), None)


def is_xml(content_type: str) -> bool:
    """Whether a part of this type is XML that a file may hold."""
    return content_type in _XML_TYPES or content_type == VML

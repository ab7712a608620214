"""PDF: the pages written anew, with none of what runs, opens or fetches something.

The copy is put together from the objects that the pages show, read through object streams and
encoded names; the catalogue, its forms, scripts, attachments and outlines are not copied. Source:
ISO 32000-2, 12.5 (annotations), 12.6 (actions), 7.11 (files), 7.3.8 (streams in other files).
"""

import io
import re
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)

from ddplatform.infrastructure.file_checks.embedded_pictures import strip_jpeg
from ddplatform.infrastructure.file_checks.refusals import BROKEN, ENCRYPTED, TOO_LARGE, Refused

MAX_PAGES: Final = 1_000
_NEVER_KEPT: Final = frozenset(
    {
        *("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/PA", "/Next", "/AcroForm"),
        *("/EmbeddedFiles", "/EmbeddedFile", "/AF", "/EF", "/RF", "/FS", "/Names", "/URLS"),
        *("/RichMediaContent", "/RichMediaSettings", "/3DD", "/3DV", "/Movie", "/Sound"),
        *("/Metadata", "/PieceInfo", "/Thumb", "/OPI", "/Ref", "/FFilter", "/FDecodeParms"),
        *("/Threads", "/Collection", "/Perms", "/Requirements"),
    }
)
"""Keys that go from every dictionary: what runs, files, author metadata, earlier looks."""
_ACTIONS: Final = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/GoToDp"),
        *("/Rendition", "/RichMediaExecute", "/Movie", "/Sound", "/Thread", "/Hide", "/ResetForm"),
        *("/SetOCGState", "/GoTo3DView", "/URI", "/GoTo", "/Named"),
    }
)
"""Every type of action; where one stands, only those of `_is_safe_action` stay."""
_NAMED_BY_THE_PAGE: Final = frozenset(
    {
        *("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"),
        *("/Properties", "/CharProcs"),
    }
)
"""Lists whose keys a page chooses: a font may be called /B or /Next there, and is no action."""
_PLAIN_NAMED: Final = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
_ANNOTATIONS: Final = frozenset(
    {
        *("/Link", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"),
        *("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink"),
        *("/Popup", "/Widget", "/Watermark", "/Redact"),
    }
)
_SAFE_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)[^\x00-\x20\\\x7f]*", re.IGNORECASE)
_PHOTO: Final = ("/DCTDecode", ["/DCTDecode"])


def clean(content: bytes, media_type: str) -> bytes:
    """The pages, without document properties, scripts and attached files.

    Raises:
        Refused: locked, without a page, with too many pages, or not to be read.
    """
    del media_type
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refused(ENCRYPTED)
        writer = PdfWriter()
        for number, page in enumerate(reader.pages):
            if number >= MAX_PAGES:
                raise Refused(TOO_LARGE)
            writer.add_page(page)
        if not writer.pages:
            raise Refused(BROKEN)
        writer.metadata = None
        _disarm(writer)
        output = io.BytesIO()
        writer.write(output)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(BROKEN) from error
    return output.getvalue()


def _disarm(writer: PdfWriter) -> None:
    """Take from every object of the copy what runs, opens, fetches, or tells of the author."""
    seen: set[tuple[int, bool]] = set()
    waiting: list[tuple[object, bool]] = [(writer.root_object, False)]
    while waiting:
        item, is_list_of_names = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, is_list_of_names) in seen:
                continue
            seen.add((item.idnum, is_list_of_names))
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            if not is_list_of_names:
                _disarm_dictionary(item)
            below = frozenset() if is_list_of_names else _NAMED_BY_THE_PAGE
            waiting.extend((item.raw_get(key), key in below) for key in item)
        elif isinstance(item, ArrayObject):
            waiting.extend((one, False) for one in item)
    _drop_unreachable(writer)


def _drop_unreachable(writer: PdfWriter) -> None:
    """Drop the objects to which nothing leads any more, also those that name each other."""
    reachable: set[int] = set()
    waiting: list[object] = [writer.root_object.indirect_reference]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum not in reachable:
                reachable.add(item.idnum)
                waiting.append(item.get_object())
        elif isinstance(item, DictionaryObject):
            waiting.extend(item.raw_get(key) for key in item)
        elif isinstance(item, ArrayObject):
            waiting.extend(item)
    for place in range(len(writer._objects)):
        if place + 1 not in reachable:
            writer._objects[place] = None


def _disarm_dictionary(item: DictionaryObject) -> None:
    for key in [key for key in item if _is_active(key, item.raw_get(key))]:
        del item[key]
    if "/Annots" in item:
        _keep_plain_annotations(item)
    if isinstance(item, StreamObject):
        _disarm_stream(item)


def _is_active(key: str, value: object) -> bool:
    if key in _NEVER_KEPT:
        return True
    found = value.get_object() if isinstance(value, IndirectObject) else value
    if not isinstance(found, DictionaryObject):
        return key == "/A"  # an action is a dictionary
    if _is_file(found):
        return True
    kind = found.get("/S")
    if key == "/A" or kind in _ACTIONS or found.get("/Type") == "/Action":
        return not _is_safe_action(found)
    return False


def _is_file(found: DictionaryObject) -> bool:
    is_named = found.get("/Type") in ("/Filespec", "/FileSpec", "/F", "/EmbeddedFile")
    return is_named or "/EF" in found or "/UF" in found or found.get("/FS") == "/URL"


def _is_safe_action(action: DictionaryObject) -> bool:
    """A place in this file, a page of the web, a mail; what comes after it is taken off apart."""
    kind = action.get("/S")
    if kind == "/URI":
        address = action.get("/URI")
        text = address.decode("latin-1") if isinstance(address, bytes) else str(address)
        return _SAFE_ADDRESS.fullmatch(text) is not None and "/F" not in action
    if kind == "/Named":
        return action.get("/N") in _PLAIN_NAMED
    return kind == "/GoTo" and "/F" not in action and "/SD" not in action


def _keep_plain_annotations(page: DictionaryObject) -> None:
    found = page["/Annots"]
    if not isinstance(found, ArrayObject):
        del page["/Annots"]
        return
    found[:] = [one for one in found if _is_plain_annotation(one)]


def _is_plain_annotation(one: PdfObject) -> bool:
    item = one.get_object()
    return isinstance(item, DictionaryObject) and item.get("/Subtype") in _ANNOTATIONS


def _disarm_stream(item: StreamObject) -> None:
    """A stream whose bytes lie in another file is emptied, as is a program for printers."""
    if "/F" in item or item.get("/Subtype") == "/PS" or item.get("/Subtype2") == "/PS":
        for key in [key for key in item if key != "/Length"]:
            del item[key]
        item._data = b""
    elif isinstance(item, EncodedStreamObject) and item.get("/Filter") in _PHOTO:
        item._data = strip_jpeg(item._data)

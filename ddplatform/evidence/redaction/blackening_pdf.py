"""Replacement of PDF pages by pictures of them, in the child of `blackening.py`.

pdfium finds words and draws pages; pypdf assembles the file from scratch, so that only the visible
content of unredacted pages is taken over.
"""

import ctypes
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from ddplatform.evidence.redaction.blackening_words import Refused, count, pattern_of

UNPLACED = 6
LONGEST = 2_400
"""Pixels of the longer side of a page that becomes a picture."""
MOST_SCALE = 200 / 72
FINE = 100_000
"""The resolution of positions on a page in pdfium."""
THIN, NEAR = 0.001, 0.02
Spot = tuple[int, float, float, float, float]
"""Page from 0, left, top, right, bottom in parts of it."""
NAMED = ("/XObject", "/Font", "/Pattern", "/Shading", "/Properties", "/ExtGState", "/ColorSpace")
UNSEEN = ("/Annots", "/B", "/StructParents", "/Thumb", "/PieceInfo", "/Metadata", "/AF", "/PZ")


def flattened(content: bytes) -> bytes:
    """The file with notes and filled fields as a part of its pages, as they look."""
    with pdfium.PdfDocument(content) as document:
        document.init_forms()
        many = 0
        for page in document:
            if raw.FPDFPage_GetAnnotCount(page.raw):
                raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
                many += 1
            page.close()
        if not many:
            return content
        output = io.BytesIO()
        document.save(output)
    return output.getvalue()


def sizes_of(document: pdfium.PdfDocument) -> list[tuple[int, int]]:
    """Width and height of each page in points, as it is shown."""
    found = (document.get_page_size(at) for at in range(len(document)))
    return [(max(1, round(width)), max(1, round(height))) for width, height in found]


def draw(document: pdfium.PdfDocument, at: int, *, longest: int = LONGEST) -> Image.Image:
    """One page as a picture."""
    page = document[at]
    width, height = page.get_size()
    scale = min(longest / max(width, height, 1), MOST_SCALE)
    picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    return picture


def find(document: pdfium.PdfDocument, words: Sequence[str], times: list[int]) -> list[Spot]:
    """The positions of the words, one spot for each line they cover; counts them.

    Raises:
        Refused: a letter of them has no place on its page.
    """
    if not words:
        return []
    pattern, found = pattern_of(words, broken=True), []
    for at in range(len(document)):
        page = document[at]
        text = page.get_textpage()
        letters, places = _letters(text)
        for match in pattern.finditer(letters):
            count(match, words, times)
            boxes = [_box(page, text, place) for place in places[match.start() : match.end()]]
            found += [(at, *box) for box in _lines(box for box in boxes if box)]
        text.close()
        page.close()
    return found


def _letters(text: pdfium.PdfTextPage) -> tuple[str, list[int]]:
    """The text of a page with the number of each of its letters; joined letters are taken apart."""
    letters, places = [], []
    for place in range(text.count_chars()):
        sign = chr(raw.FPDFText_GetUnicode(text.raw, place) or 32)
        for letter in unicodedata.normalize("NFKC", sign):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


Box = tuple[float, float, float, float]


def _box(page: pdfium.PdfPage, text: pdfium.PdfTextPage, place: int) -> Box | None:
    """The position of a letter, with some room; None for a space or the end of a line."""
    found = [text.get_charbox(place, loose=loose) for loose in (False, True)]
    corners = [
        _seen(page, box[x], box[y])
        for box in found
        if box[2] > box[0]
        for x in (0, 2)
        for y in (1, 3)
    ]
    if not corners:
        if chr(raw.FPDFText_GetUnicode(text.raw, place) or 32).isalnum():
            raise Refused(UNPLACED)
        return None
    xs, ys = zip(*corners, strict=True)
    room_x, room_y = 0.15 * (max(xs) - min(xs)), 0.15 * (max(ys) - min(ys))
    left, right = _on_page(min(xs) - room_x, max(xs) + room_x)
    top, bottom = _on_page(min(ys) - room_y, max(ys) + room_y)
    return left, top, right, bottom


def _on_page(first: float, last: float) -> tuple[float, float]:
    """A stretch of a page; what lies outside of it is a thin one at its edge."""
    return min(max(first, 0.0), 1 - THIN), max(min(last, 1.0), THIN)


def _seen(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of a page, however it is turned and cut, in parts of what is shown."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, FINE, FINE, 0, x, y, across, down)
    return across.value / FINE, down.value / FINE


def _lines(boxes: Iterable[Box]) -> list[Box]:
    """Boxes of letters that touch on one line, as one."""
    found: list[Box] = []
    for box in boxes:
        last = found[-1] if found else None
        if last and _touch(last, box):
            corner = min(last[0], box[0]), min(last[1], box[1])
            found[-1] = (*corner, max(last[2], box[2]), max(last[3], box[3]))
        else:
            found.append(box)
    return found


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] - NEAR < other[2]
        and other[0] - NEAR < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def put_together(
    content: bytes, pictures: Mapping[int, tuple[Image.Image, tuple[int, int]]]
) -> bytes:
    """The file with some pages as pictures, each with its size in points."""
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for at, page in enumerate(reader.pages):
        if at in pictures:
            writer.add_page(_as_page(*pictures[at]))
            continue
        for key in UNSEEN:
            page.pop(key, None)
        _keep_what_is_shown(page, page.get_contents())
        writer.add_page(page)
    writer.metadata = None
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _as_page(picture: Image.Image, size: tuple[int, int]) -> PageObject:
    made = io.BytesIO()
    picture.save(made, "PDF", resolution=72 * picture.width / size[0], quality=85)
    return PdfReader(made).pages[0]


def _keep_what_is_shown(holder: DictionaryObject, stream: StreamObject | None) -> frozenset[str]:
    """Take off the resources that a page, or a part of one, holds and does not draw.

    Many programs give all pages one list of pictures: that of a page that became a picture must
    not stay in the file through another page.

    Returns:
        The names that are drawn.
    """
    names = _names_in(stream)
    resources = _plain(holder.get("/Resources"))
    if not isinstance(resources, DictionaryObject):
        return names
    fresh = DictionaryObject(resources)
    drawn = _plain(resources.get("/XObject"))
    for name, part in drawn.items() if isinstance(drawn, DictionaryObject) else ():
        part = _plain(part)
        if name in names and isinstance(part, StreamObject) and part.get("/Subtype") == "/Form":
            inner = _keep_what_is_shown(part, part)
            names |= inner if "/Resources" not in part else frozenset()
    for kind in NAMED:
        kept = _plain(resources.get(kind))
        if isinstance(kept, DictionaryObject):
            shown = {NameObject(name): kept.raw_get(name) for name in kept if name in names}
            fresh[NameObject(kind)] = DictionaryObject(shown)
    holder[NameObject("/Resources")] = fresh
    return names


def _names_in(stream: StreamObject | None) -> frozenset[str]:
    if stream is None:
        return frozenset()
    operations = ContentStream(stream, None).operations
    return frozenset(
        str(operand)
        for operands, _ in operations
        if isinstance(operands, list)
        for operand in operands
        if isinstance(operand, NameObject)
    )


def _plain(value: object) -> object:
    return value.get_object() if isinstance(value, IndirectObject) else value


def require_gone(content: bytes, words: Sequence[str]) -> None:
    """Check that the words are nowhere in the file: no text, no note, no stream.

    Raises:
        Refused: they are where they cannot be taken out.
    """
    if not words:
        return
    times = [0] * len(words)
    with pdfium.PdfDocument(content) as document:
        find(document, words, times)
    pattern = pattern_of(words)
    said = (text for one in _objects(PdfReader(io.BytesIO(content))) for text in _said(one))
    if any(times) or any(pattern.search(text) for text in said):
        raise Refused(UNPLACED)


def _objects(reader: PdfReader) -> Iterable[object]:
    for generation, entries in reader.xref.items():
        for number in entries:
            yield reader.get_object(IndirectObject(number, generation, reader))


def _said(item: object) -> Iterable[str]:
    """Texts of an object, also as bytes of a stream that is no picture."""
    if isinstance(item, StreamObject) and item.get("/Subtype") != "/Image":
        yield item.get_data().decode("latin-1")
    if isinstance(item, DictionaryObject):
        for value in item.values():
            yield from _said(value)
    elif isinstance(item, ArrayObject):
        for value in item:
            yield from _said(value)
    elif isinstance(item, TextStringObject):
        yield str(item)
    elif isinstance(item, ByteStringObject):
        yield bytes(item).decode("latin-1")

"""The texts and pictures of a file as a stream, for the child that searches them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from defusedxml import ElementTree
from PIL import Image, UnidentifiedImageError
from python_calamine import CalamineWorkbook

from ddplatform.evidence.search.words import BETWEEN

MAX_PAGES = 300
MAX_PIXELS = 40_000_000
LONGEST = 1_600
"""Pixels of the longer side for face detection."""
DEEPEST = 10
"""The maximum depth of pictures in forms of a PDF page."""
PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
_PICTURE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_TEXT_PART = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|xl/(?:comments|threadedComments|drawings|charts)/?[^/]*\.xml"
)
_TEXT_ENDS = ("}t", "}text")
_BLOCK_ENDS = ("}p", "}comment", "}threadedComment")


def texts_of(content: bytes, media_type: str) -> Iterator[str]:
    """Stretches of text that belong together: a page, a paragraph, a row.

    Raises:
        Exception: whatever a library says of a file that it cannot read.
    """
    if media_type == PDF:
        yield from _pdf_texts(content)
    elif media_type.startswith(OFFICE):
        if "spreadsheet" in media_type:
            yield from _cells(content)
        yield from _office_texts(content)


def _pdf_texts(content: bytes) -> Iterator[str]:
    for page in _pages(content):
        words = page.get_textpage()
        yield words.get_text_bounded()
        words.close()


def _pages(content: bytes) -> Iterator[pdfium.PdfPage]:
    """The pages, each with the texts of its fields and notes; closed when the next comes."""
    document = pdfium.PdfDocument(content)
    document.init_forms()
    for number in range(min(len(document), MAX_PAGES)):
        flat = document[number]
        pdfium_raw.FPDFPage_Flatten(flat, pdfium_raw.FLAT_NORMALDISPLAY)
        flat.close()
        page = document[number]
        yield page
        page.close()
    document.close()


def has_more_pages(content: bytes) -> bool:
    """Whether a PDF has pages that are not searched."""
    return len(pdfium.PdfDocument(content)) > MAX_PAGES


def _cells(content: bytes) -> Iterator[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).iter_rows():
            if texts := [_cell(value) for value in row if value not in ("", None)]:
                yield BETWEEN.join(texts)


def _cell(value: object) -> str:
    """A number without the end that only its storage gave it: telephones are kept as such."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _office_texts(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if _TEXT_PART.fullmatch(name):
                with archive.open(name) as part:
                    yield from _paragraphs(part)


def _paragraphs(part: IO[bytes]) -> Iterator[str]:
    runs: list[str] = []
    for _, element in ElementTree.iterparse(part):
        if element.tag.endswith(_TEXT_ENDS):
            runs.append(element.text or "")
        elif element.tag.endswith(_BLOCK_ENDS):
            if runs:
                yield "".join(runs)
            runs = []
            element.clear()
    if runs:
        yield "".join(runs)


def pictures_of(content: bytes, media_type: str) -> Iterator[tuple[int, Image.Image | None]]:
    """Pages and pictures in which a face can be seen, by their place; none where it is not read."""
    if media_type.startswith("image/"):
        yield 0, read_picture(content)
    elif media_type == PDF:
        yield from _pictured_pages(content)
    elif media_type.startswith(OFFICE):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if "/media/" in n and not n.endswith("/")]
            for place, name in enumerate(names):
                yield place, read_picture(archive.read(name))


def _pictured_pages(content: bytes) -> Iterator[tuple[int, Image.Image | None]]:
    for number, page in enumerate(_pages(content)):
        kinds = [pdfium_raw.FPDF_PAGEOBJ_IMAGE]
        if next(iter(page.get_objects(filter=kinds, max_depth=DEEPEST)), None) is not None:
            scale = LONGEST / max(page.get_size())
            yield number, page.render(scale=scale).to_pil().convert("RGB")


def read_picture(content: bytes) -> Image.Image | None:
    """A picture no larger than it is searched; none where it is too large or of another kind."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows below, before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (LONGEST, LONGEST))
            plain = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    plain.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return plain

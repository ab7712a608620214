"""The child process of redaction: task and file on input, result and file on output.

Standard input: one line of JSON (`do`, `media_type`, `words`, `spots`, `page`), then the file.
Standard output: one line of JSON, then the picture or the file that was made. `do` is one of
`look` (sizes of pages, where words stand), `picture` (one page to look at) and `blacken`.
Exit codes: 0 done, 3 too large, 4 cannot be opened, 6 words are where nothing can be taken out.
"""

import io
import json
import math
import resource
import sys
import zipfile
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium
from lxml import etree
from PIL import Image, ImageDraw, UnidentifiedImageError
from pypdf.errors import PyPdfError

from ddplatform.evidence.redaction import blackening_office as office
from ddplatform.evidence.redaction import blackening_pdf as pdf
from ddplatform.evidence.redaction.blackening_pdf import Spot
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT, Refused

TOO_LARGE, BROKEN = 3, 4
SHOWN = 1_400
"""Pixels of the longer side of a picture for display."""
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
PAINTABLE = frozenset({"PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"})
PDF = "application/pdf"
TEXTS = frozenset({"text/csv", "text/plain"})
Done = tuple[dict[str, Any], bytes]


def main() -> int:
    """Limit the process by its arguments, run the task, and report the result."""
    memory, cpu_seconds = map(int, sys.argv[1:3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        told, made = carry_out(asked, sys.stdin.buffer.read())
    except Refused as refused:
        return refused.code
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + made)
    return 0


def carry_out(asked: dict[str, Any], content: bytes) -> Done:
    """Do one thing with a file.

    Raises:
        Refused: it cannot be done with this file.
    """
    media_type, words = asked["media_type"], asked.get("words", [])
    spots = [(int(page), *sides) for page, *sides in asked.get("spots", [])]
    try:
        if media_type in PICTURES:
            return _of_picture(asked["do"], content, words, spots)
        if media_type == PDF:
            return _of_pdf(asked, content, words, spots)
        if media_type in TEXTS:
            return _of_text(content, words)
        return _of_office(asked, content, words, spots)
    except (
        *(pdfium.PdfiumError, PyPdfError, UnidentifiedImageError, etree.XMLSyntaxError),
        *(zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, AttributeError),
        *(RecursionError, SyntaxError),
    ) as error:
        raise Refused(BROKEN) from error


def _of_picture(do: str, content: bytes, words: Sequence[str], spots: Sequence[Spot]) -> Done:
    times = [0] * len(words)  # words in a picture are not read
    with Image.open(io.BytesIO(content)) as picture:
        if do == "look":
            return {"sizes": [picture.size], "spots": [], "times": times, "shown": []}, b""
        if do == "picture":
            return {}, _to_look_at(picture)
    return {"times": times}, paint(content, spots)


def paint(content: bytes, spots: Sequence[Spot]) -> bytes:
    """The picture written anew, with the spots in black; an animation becomes a still."""
    with Image.open(io.BytesIO(content)) as picture:
        form = str(picture.format)
        if form not in PAINTABLE:
            raise Refused(BROKEN)
        plain = picture.convert("RGB" if form in ("JPEG", "BMP") else "RGBA")
    _cover(plain, spots)
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    output = io.BytesIO()
    options = {"quality": 90} if form in ("JPEG", "WEBP") else {}
    fresh.save(output, form, **options)
    return output.getvalue()


def _cover(picture: Image.Image, spots: Sequence[Spot]) -> None:
    """Paint each spot black, whole pixels, rather more than less."""
    brush = ImageDraw.Draw(picture)
    for _, left, top, right, bottom in spots:
        corner = (math.floor(left * picture.width), math.floor(top * picture.height))
        other = (math.ceil(right * picture.width), math.ceil(bottom * picture.height))
        brush.rectangle((corner, other), fill=(0, 0, 0, 255)[: len(picture.getbands())])


def _to_look_at(picture: Image.Image) -> bytes:
    ground = Image.new("RGB", picture.size, "white")
    plain = picture.convert("RGBA")
    ground.paste(plain, mask=plain.getchannel("A"))
    ground.thumbnail((SHOWN, SHOWN), Image.Resampling.LANCZOS)
    output = io.BytesIO()
    ground.save(output, "WEBP", quality=70)
    return output.getvalue()


def _of_pdf(asked: dict[str, Any], content: bytes, words: Sequence[str], spots: list[Spot]) -> Done:
    content, times = pdf.flattened(content), [0] * len(words)
    with pdfium.PdfDocument(content) as document:
        if asked["do"] == "picture":
            _require_page(asked["page"], len(document))
            return {}, _to_look_at(pdf.draw(document, asked["page"], longest=SHOWN))
        sizes, found = pdf.sizes_of(document), pdf.find(document, words, times)
        if asked["do"] == "look":
            return {"sizes": sizes, "spots": found, "times": times, "shown": []}, b""
        pictures = {}
        for at in sorted({spot[0] for spot in (*spots, *found)}):
            _require_page(at, len(document))
            pictures[at] = (pdf.draw(document, at), sizes[at])
            _cover(pictures[at][0], [spot for spot in (*spots, *found) if spot[0] == at])
    made = pdf.put_together(content, pictures)
    pdf.require_gone(made, words)
    return {"times": times}, made


def _require_page(page: int, many: int) -> None:
    if not 0 <= page < many:
        raise Refused(BROKEN)


def _of_text(content: bytes, words: Sequence[str]) -> Done:
    text, coding = _decoded(content)
    taken = office.Taken(words)
    left = taken.out_of(text) if words else text
    sign = TAKEN_OUT if coding != "latin-1" else "[...]"
    made = left.replace(TAKEN_OUT, sign).encode(coding)
    return {"sizes": [], "spots": [], "times": taken.times, "shown": taken.shown}, made


def _decoded(content: bytes) -> tuple[str, str]:
    """A text and how it is written; the last one reads any bytes."""
    for coding in ("utf-8", "cp1252"):
        try:
            return content.decode(coding), coding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _of_office(
    asked: dict[str, Any], content: bytes, words: Sequence[str], spots: Sequence[Spot]
) -> Done:
    if asked["do"] == "blacken":
        return _blacken_office(content, words, spots)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = office.pictures_in(book)
        if asked["do"] == "picture":
            _require_page(asked["page"], len(names))
            with Image.open(io.BytesIO(book.read(names[asked["page"]]))) as picture:
                return {}, _to_look_at(picture)
        sizes = [_size_of(book.read(name)) for name in names]
    _, taken = office.take_out(content, words)
    return {"sizes": sizes, "spots": [], "times": taken.times, "shown": taken.shown}, b""


def _blacken_office(content: bytes, words: Sequence[str], spots: Sequence[Spot]) -> Done:
    def covered(place: int, data: bytes) -> bytes:
        mine = [spot for spot in spots if spot[0] == place]
        return paint(data, mine) if mine else data

    made, taken = office.rewrite(content, words, covered)
    return {"times": taken.times}, made


def _size_of(content: bytes) -> tuple[int, int]:
    """Width and height in pixels; 0, 0: it cannot be shown here."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size if picture.format in PAINTABLE else (0, 0)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 0, 0


if __name__ == "__main__":
    sys.exit(main())

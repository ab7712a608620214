"""Pictures on paper: small, on white, upright; one that is too large is named by its words."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from ddplatform.documents.content import Cover, Document, Photo
from ddplatform.documents.paper import photos
from ddplatform.documents.paper.pdf import render_pdf
from ddplatform.documents.paper.sheets import Stamp


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB") -> bytes:
    target = BytesIO()
    Image.new(mode, (width, height)).save(target, kind)
    return target.getvalue()


def paper(*content: bytes) -> bytes:
    blocks = tuple(Photo(one, "A house") for one in content)
    cover = Cover("Questions", "Buyer", "Supplier", (), "To be read")
    return render_pdf(Document("q", "1", "en", cover, blocks, None), Stamp("Q", "S"))


def images(pdf: bytes) -> list[Image.Image]:
    found = [one.image for page in PdfReader(BytesIO(pdf)).pages for one in page.images]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_of_any_kind_stands_small_on_the_page_with_its_words(kind: str):
    pdf = paper(picture(2000, 1000, kind))

    (shown,) = images(pdf)
    assert shown.size == (660, 330)
    assert "A house" in PdfReader(BytesIO(pdf)).pages[-1].extract_text()
    assert pdf == paper(picture(2000, 1000, kind))


def drawn(pdf: bytes) -> tuple[float, float]:
    """Points: how wide the picture of a paper is, and how far below it its words stand."""
    widths, bottoms, lines = [], [], []

    def note(operator: bytes, _operands: object, matrix: list[float], _text: object) -> None:
        if operator == b"Do":
            widths.append(matrix[0])
            bottoms.append(matrix[5])

    def read(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if "A house" in text:
            lines.append(matrix[5] + place[5])

    page = PdfReader(BytesIO(pdf)).pages[-1]
    page.extract_text(visitor_operand_before=note, visitor_text=read)
    return widths[0], bottoms[0] - lines[0]


@pytest.mark.parametrize(
    ("width", "points"), [(8, 6), (64, 48), (100, 72), (216, 72), (300, 100), (2000, 220)]
)
def test_small_picture_is_as_large_as_on_a_screen_and_its_words_keep_clear(width, points):
    found, gap = drawn(paper(picture(width, width // 2)))

    assert found == pytest.approx(points, abs=0.5)
    assert 10 < gap < 20


def test_what_is_seen_through_is_white_on_paper():
    (shown,) = images(paper(picture(10, 10, mode="RGBA")))

    assert shown.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_too_large_to_be_opened_is_named_by_its_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 99)
    pdf = paper(picture(10, 10))

    assert images(pdf) == []
    assert "A house" in PdfReader(BytesIO(pdf)).pages[-1].extract_text()

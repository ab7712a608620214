"""Pictures on paper: small, on white, upright; one that is too large is named by its words."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from ddplatform.reports import photos
from ddplatform.reports.content import Cover, Document, Photo
from ddplatform.reports.paper import Stamp
from ddplatform.reports.pdf import render_pdf


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


def test_what_is_seen_through_is_white_on_paper():
    (shown,) = images(paper(picture(10, 10, mode="RGBA")))

    assert shown.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_too_large_to_be_opened_is_named_by_its_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 99)
    pdf = paper(picture(10, 10))

    assert images(pdf) == []
    assert "A house" in PdfReader(BytesIO(pdf)).pages[-1].extract_text()

"""Question pictures on paper, scaled down first so that sixty of them make a small file."""

from io import BytesIO

from PIL import Image, ImageOps
from reportlab.platypus import Flowable, KeepTogether, Spacer
from reportlab.platypus import Image as ImageFlowable

from ddplatform.documents.content import Photo
from ddplatform.documents.paper.flowables import printed
from ddplatform.documents.paper.styles import SMALL

WIDEST, HIGHEST = 220.0, 150.0
"""Points."""
DOTS = 3
"""Pixels kept for each point: 216 to the inch, enough for print."""
ON_SCREEN, LEAST = 0.75, 72.0
"""Points of a pixel on a page of a browser; points that a picture of enough pixels has at least."""
ABOVE_WORDS = 4.0
QUALITY = 80
MOST_PIXELS = 16_000_000
"""Of a picture that is opened; one that is larger is named by its words alone."""


def draw_photo(photo: Photo) -> list[Flowable]:
    """The picture with its words below it, on one page."""
    words = printed(photo.caption, SMALL)
    small = _made_small(photo.content)
    if small is None:
        return [words]
    content, width, height = small
    scale = _scale(width, height)
    image = ImageFlowable(BytesIO(content), width * scale, height * scale, hAlign="LEFT")
    return [KeepTogether([image, Spacer(1, ABOVE_WORDS), words, Spacer(1, 4)])]


def _scale(width: int, height: int) -> float:
    """Points of a pixel: fine in print, and of a very small picture as much as on a screen."""
    finest = max(1 / DOTS, min(ON_SCREEN, LEAST / max(width, height)))
    return min(WIDEST / width, HIGHEST / height, finest)


def _made_small(content: bytes) -> tuple[bytes, int, int] | None:
    """A picture as a JPEG on white, with its width and height in pixels."""
    with Image.open(BytesIO(content)) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.thumbnail((int(WIDEST * DOTS), int(HIGHEST * DOTS)))
        turned = ImageOps.exif_transpose(picture).convert("RGBA")
    flat = Image.new("RGB", turned.size, "white")
    flat.paste(turned, mask=turned.getchannel("A"))
    target = BytesIO()
    flat.save(target, "JPEG", quality=QUALITY)
    return target.getvalue(), flat.width, flat.height

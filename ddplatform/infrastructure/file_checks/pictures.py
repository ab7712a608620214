"""Pictures: decoded and drawn anew, so that only pixels remain."""

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from ddplatform.infrastructure.file_checks.refusals import BROKEN, TOO_LARGE, Refused

MAX_PIXELS: Final = 40_000_000
LONGEST: Final = 2_400
"""Pixels of the longer side that are kept: some 200 to an inch of a page of A4."""
FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


def clean(content: bytes, media_type: str) -> bytes:
    """Only the pixels, turned upright as the camera meant them, no more than a reader needs.

    Phones without scripts send photos as large as they were taken.

    Raises:
        Refused: too many pixels, or not to be decoded.
    """
    format_name = FORMATS[media_type]
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows below, before anything is decoded
    try:
        with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(TOO_LARGE)
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if format_name == "JPEG" else "RGBA")
            plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused(BROKEN) from error
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    output = io.BytesIO()
    fresh.save(output, format_name, **({} if format_name == "PNG" else {"quality": 85}))
    return output.getvalue()

"""Pictures with a real face in them, for tests of what is looked for in files."""

import io
from pathlib import Path

from PIL import Image

PORTRAIT = Path(__file__).parent / "data" / "faces" / "astronaut.jpg"
FACE = (0.33, 0.06, 0.54, 0.29)
"""Where the face of the portrait lies: left, top, right, bottom."""


def portrait() -> bytes:
    """One face of some 90 pixels, 512 by 512."""
    return PORTRAIT.read_bytes()


def group(*, many: int = 6, side: int = 130, size: tuple[int, int] = (2_400, 1_800)) -> bytes:
    """A large photo in which the portrait stands several times, `side` pixels wide each."""
    with Image.open(PORTRAIT) as whole:
        one = whole.resize((side, side))
    photo = Image.new("RGB", size, (120, 130, 90))
    for place in range(many):
        photo.paste(one, (200 + place % 3 * 700, 200 + place // 3 * 800))
    return saved(photo)


def no_face(kind: str = "JPEG") -> bytes:
    """Sacks against a wall, as they might be drawn."""
    photo = Image.new("RGB", (1_200, 900), (190, 180, 160))
    for place in range(4):
        photo.paste((150, 110, 60), (80 + place * 280, 400, 300 + place * 280, 860))
    return saved(photo, kind)


def saved(photo: Image.Image, kind: str = "JPEG") -> bytes:
    """The bytes of a picture."""
    output = io.BytesIO()
    photo.save(output, kind)
    return output.getvalue()

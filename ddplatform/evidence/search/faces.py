"""Face detection by CenterFace (docs/adr/0017), with misses and false positives."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

SIZES = (640, 1_600)
"""Longer sides at which a picture is looked at: the small one sees faces that fill it."""
LEAST = 0.4
"""The minimum confidence of the model; of 168 pictures without a face none reached it."""
OVERLAP = 0.3
STEP = 32
CELL = 4
"""Sides are multiples of `STEP`, and the model answers for each square of `CELL` pixels."""
_OUTPUTS = ("537", "538", "539", "540")
"""Heat, size, offset, and five points of the face that are not needed."""
Sides = tuple[float, float, float, float]


class FaceFinder:
    """The model, read once."""

    def __init__(self, model: Path) -> None:
        """Raises cv2.error where the model is missing or broken."""
        self._net = cv2.dnn.readNetFromONNX(str(model))

    def faces_in(self, picture: Image.Image) -> list[Sides]:
        """Left, top, right and bottom of each face as parts of the picture, surest first."""
        longest = max(picture.size)
        sizes = SIZES if longest > SIZES[0] else SIZES[:1]
        found = [self._look(picture, min(size, max(longest, SIZES[0]))) for size in sizes]
        boxes = np.concatenate([boxes for boxes, _ in found])
        sure = np.concatenate([sure for _, sure in found])
        if not len(boxes):
            return []
        whole = np.array([picture.width, picture.height] * 2)
        kept = cv2.dnn.NMSBoxes((boxes * whole).tolist(), sure.tolist(), LEAST, OVERLAP)
        return [sides for place in kept if (sides := _sides(boxes[place])) is not None]

    def _look(self, picture: Image.Image, longest: int) -> tuple[np.ndarray, np.ndarray]:
        """Left, top, width and height of each find as parts of the picture, and how sure it is."""
        scale = longest / max(picture.size)
        width, height = (max(STEP, round(side * scale / STEP) * STEP) for side in picture.size)
        pixels = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
        self._net.setInput(cv2.dnn.blobFromImage(pixels, 1.0, (width, height)))
        heat, size, offset, _ = self._net.forward(_OUTPUTS)
        rows, columns = np.nonzero(heat[0, 0] > LEAST)
        high, wide = (np.exp(size[0, axis, rows, columns]) * CELL for axis in (0, 1))
        middle_y = (rows + offset[0, 0, rows, columns] + 0.5) * CELL
        middle_x = (columns + offset[0, 1, rows, columns] + 0.5) * CELL
        corners = ((middle_x - wide / 2) / width, (middle_y - high / 2) / height)
        boxes = np.stack([*corners, wide / width, high / height], axis=1)
        return boxes, heat[0, 0, rows, columns]


def _sides(box: Sequence[float]) -> Sides | None:
    """A box as sides that lie in the picture; none where nothing of it does."""
    left, top = (round(min(1.0, max(0.0, float(side))), 4) for side in box[:2])
    right = round(min(1.0, float(box[0] + box[2])), 4)
    bottom = round(min(1.0, float(box[1] + box[3])), 4)
    return (left, top, right, bottom) if left < right and top < bottom else None

"""Areas of a page as entered: cells of a grid, or percentages of the page."""

import re
from collections.abc import Iterator

from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

CELLS = 16
"""Columns A to P and rows 1 to 16 lie over each page."""
COLUMNS = "ABCDEFGHIJKLMNOP"
_CELL = r"([A-P])\s*(\d{1,2})"
_CELLS = re.compile(rf"{_CELL}(?:\s*[:–-]\s*{_CELL})?", re.IGNORECASE)
_SHARES = re.compile(r"[\s,]+".join([r"(\d{1,3}(?:\.\d+)?)"] * 4))
Row = tuple[float, ...]
"""Page, left, top, right, bottom, as `Area` takes them."""


def read_areas(page: int, text: str) -> Iterator[Row]:
    """Each area that is written in a field, separated by semicolons or lines.

    Raises:
        Invalid: something is no area; the field is `more-<page>`.
    """
    for part in re.split(r"[;\n]", text):
        if part.strip():
            yield (page, *_sides(page, part.strip()))


def read_row(text: str) -> Row:
    """The five figures of an area, as the page wrote them.

    Raises:
        Invalid: they are no figures.
    """
    try:
        page, *sides = map(float, text.split())
    except ValueError as error:
        raise Invalid(gettext("Open this page again, and choose once more.")) from error
    return (page, *sides)


def _sides(page: int, part: str) -> tuple[float, ...]:
    if found := _SHARES.fullmatch(part):
        left, top, right, bottom = (float(share) / 100 for share in found.groups())
        if left < right <= 1 and top < bottom <= 1:
            return left, top, right, bottom
    elif found := _CELLS.fullmatch(part):
        across, down, last, lowest = found.groups()
        columns = sorted(COLUMNS.index(name.upper()) for name in (across, last or across))
        rows = sorted(int(number) for number in (down, lowest or down))
        if rows[0] >= 1 and rows[1] <= CELLS:
            far = (columns[1] + 1) / CELLS, rows[1] / CELLS
            return columns[0] / CELLS, (rows[0] - 1) / CELLS, *far
    raise Invalid(
        fields={
            f"more-{page}": gettext(
                "“%(text)s” is not an area. Write cells of the grid, such as B3 or B3:D5, or left, "
                "top, right and bottom in per cent, such as 10 20 35 40.",
                text=part,
            )
        }
    )

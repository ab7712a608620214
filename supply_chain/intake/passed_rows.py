"""Skipped rows of a list: totals, page numbers, and notes below the last row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from supply_chain.intake.cells import CellFault, is_blank
from supply_chain.intake.countries import country_code
from supply_chain.intake.personal_columns import tells_of_person
from supply_chain.intake.words import clean, squeeze, words

Row = tuple[int, tuple[str, ...]]
"""A row's number in the spreadsheet (first row 1) and its cells."""
TYPICAL_CELLS = 3
"""A row with more filled cells than this is neither a heading nor a note."""

_PAGE = re.compile(r"\W*(?:page|seite|página|pagina|pág|页|第)\W*\d+.{0,20}", re.IGNORECASE)
_PAGES = frozenset(("page", "seite", "pagina", "pag", "strona", "sayfa", "页"))
_MARKS = "*†‡§©※＊"  # a note of a list begins with one of these
# Or with a number in brackets, to which the headings refer: "(2) parent group, if known".
_NUMBERED = re.compile(r"[(\[]\s*(?:\d{1,2}|[a-z])\s*[)\]]\s*\S|[¹²³⁴⁵⁶⁷⁸⁹]", re.IGNORECASE)
_LONGEST_UNIT = 12
_FIGURE = re.compile(r"[-+]?\d[\d.,'’\s]{0,40}")  # "1.684.567,5": thousands parted by any sign
_LONG_NOTE = 60  # characters: a name is shorter than a sentence


@lru_cache(maxsize=1)
def total_starts() -> frozenset[str]:
    """The first two letters of a row that may sum up; an empty first cell leaves it open."""
    beginnings = (word[:length] for word in words().total_words for length in (1, 2))
    return frozenset(beginnings) | {"", " ", "  "}


def filled_places(cells: Sequence[str]) -> list[int]:
    """Places of the cells that hold something."""
    if len(cells) - cells.count("") > TYPICAL_CELLS:
        return [place for place, cell in enumerate(cells) if cell]
    return [place for place, cell in enumerate(cells) if cell.strip()]


def last_full(body: Sequence[Row]) -> int:
    """The place of the last row with several cells; notes are below it."""
    for at in range(len(body) - 1, -1, -1):
        if len(filled_places(body[at][1])) > 1 and not _is_total(body[at][1], {}):
            return at
    return len(body)


def passed_over(
    body: Sequence[Row], at: int, fields: Mapping[str, int], *, is_trailing: bool
) -> CellFault | None:
    """Reason why a row is no data, or None."""
    number, cells = body[at]
    if _is_total(cells, fields):
        return _TOTAL
    filled = filled_places(cells)
    if len(filled) > 1:
        return None
    text = clean(cells[filled[0]])
    if _PAGE.fullmatch(text):
        return _NOTE
    after_gap = at > 0 and number - body[at - 1][0] > 1
    if is_trailing and (after_gap or _reads_as_note(text) or _note_above(body, at)):
        return _NOTE
    return None


def _note_above(body: Sequence[Row], at: int) -> bool:
    """Whether the row above is a note by its words: what follows it belongs to it."""
    above = filled_places(body[at - 1][1]) if at else []
    return len(above) == 1 and _reads_as_note(clean(body[at - 1][1][above[0]]))


def _reads_as_note(text: str) -> bool:
    if tells_of_person(text):
        return True
    start = squeeze(re.split(r"[:.\s(]", text.lstrip(f"{_MARKS} "), maxsplit=1)[0])
    if text[:1] in _MARKS or _NUMBERED.match(text) or start in words().note_words:
        return True
    return len(text) > _LONG_NOTE and text.count(" ") > 6


def _is_total(cells: Sequence[str], fields: Mapping[str, int]) -> bool:
    """Whether a row sums up: a word for it first, and nothing but numbers beside it."""
    first = next((cell for cell in cells if cell.strip()), "")
    start = re.split(r"[:=(\d]", first, maxsplit=1)[0]
    if squeeze(start) not in words().total_words and not _is_total_of_part(start):
        return False
    others = [cell for cell in cells if cell.strip() and cell is not first]
    placed = [
        cells[fields[f]] for f in ("country", "address") if fields.get(f, len(cells)) < len(cells)
    ]
    is_placed = any(cell.strip() and cell is not first for cell in placed)
    return not is_placed and all(map(_is_figure, others))


def _is_total_of_part(text: str) -> bool:
    """ "Subtotal Ecuador", "Total page": a word for a sum and the country or page it is of."""
    word, _, rest = text.strip().partition(" ")
    if not rest or squeeze(word) not in words().total_words:
        return False
    return squeeze(rest) in _PAGES or country_code(rest) is not None


def _is_figure(cell: str) -> bool:
    """A number, perhaps of something ("3 factories"), or nothing."""
    plain = cell.strip().rstrip("%").strip()
    figure, _, unit = plain.rpartition(" ")
    if figure and unit.isalpha() and len(unit) <= _LONGEST_UNIT:
        plain = figure
    return _FIGURE.fullmatch(plain) is not None or is_blank(cell.strip())


_TOTAL = CellFault(
    "The row sums up others and was not read.",
    "Give it a country or an address if it is a supplier of that name.",
)
_NOTE = CellFault(
    "The line below or between the rows was taken for a note and not read.",
    "Add its country or address if it is a supplier.",
)

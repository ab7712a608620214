"""Which rows of a table are data, and what headings between them say about the rows below.

Published lists hold more than rows: totals, notes at the end, page numbers, a country or a supplier
on a line of its own above its sites, and group columns filled in the first row of a group alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from statistics import median

from supply_chain.intake.cells import CellFault, is_blank, parse_number
from supply_chain.intake.countries import country_code
from supply_chain.intake.doubles import has_legal_form
from supply_chain.intake.words import clean, squeeze, words

Row = tuple[int, tuple[str, ...]]
"""A row's number in the spreadsheet (first row 1) and its cells."""

_PAGE = re.compile(r"\W*(?:page|seite|página|pagina|pág|页|第)\W*\d+.{0,20}", re.IGNORECASE)
_LONG_NOTE = 60  # characters: a name is shorter than a sentence
_INDENT = re.compile(r"^(?:\s{2,}|\s*[-–—•·>→]\s*)\S")
_BULLET = re.compile(r"^\s*[-–—•·>→]\s+")
_COMPANY = "business entity"
_TYPICAL_CELLS = 3
_GROUP_FIELDS = ("operated_by", "buyer", "country", "region", "sector", "chain.1", "chain.2")
_MOST_BLANKS_UNGROUPED = 0.3
_ENOUGH_ROWS = 3


@dataclass(slots=True)
class Layout:
    """The data rows of a table in their order, fields that headings add, and what was passed over.

    `added` gives the place of a field that no column holds; `remarks` are notes of (row, text).
    """

    rows: list[Row]
    added: dict[str, int] = field(default_factory=dict)
    remarks: list[tuple[int, str | None, CellFault]] = field(default_factory=list)


def lay_out(body: Sequence[Row], fields: Mapping[str, int], width: int) -> Layout:
    """Sort the rows below a header (blank ones and repeated headers are left out before).

    Args:
        body: the rows, cells at their places.
        fields: our field -> place of its column.
        width: how many columns the header has.
    """
    layout = Layout([])
    last = _last_full(body)
    starts = _total_starts()
    for at, (number, cells) in enumerate(body):
        several = len(cells) - cells.count("") > 1 and any(map(str.strip, cells[1:]))
        if several and at <= last and cells[0][:2].casefold() not in starts:
            layout.rows.append((number, cells))
            continue
        remark = _passed_over(body, at, fields, is_trailing=at > last)
        if remark is None:
            layout.rows.append((number, cells))
        else:
            layout.remarks.append((number, _shown(cells), remark))
    _take_headings(layout, fields, width)
    _fill_groups(layout, fields, width)
    return layout


@lru_cache(maxsize=1)
def _total_starts() -> frozenset[str]:
    """The first two letters of a row that may sum up; an empty first cell leaves it open."""
    beginnings = (word[:length] for word in words().total_words for length in (1, 2))
    return frozenset(beginnings) | {"", " ", "  "}


def _filled(cells: Sequence[str]) -> list[int]:
    """Places of the cells that hold something."""
    if len(cells) - cells.count("") > _TYPICAL_CELLS:
        return [place for place, cell in enumerate(cells) if cell]
    return [place for place, cell in enumerate(cells) if cell.strip()]


def _count(cells: Sequence[str]) -> int:
    quick = len(cells) - cells.count("")
    return quick if quick > _TYPICAL_CELLS or quick == 0 else sum(map(bool, map(str.strip, cells)))


def _shown(cells: Sequence[str]) -> str:
    return " | ".join(clean(cell) for cell in cells if cell.strip())[:200]


def _last_full(body: Sequence[Row]) -> int:
    """The place of the last row that holds several cells; notes stand below it."""
    for at in range(len(body) - 1, -1, -1):
        if len(_filled(body[at][1])) > 1 and not _is_total(body[at][1], {}):
            return at
    return len(body)


def _passed_over(
    body: Sequence[Row], at: int, fields: Mapping[str, int], *, is_trailing: bool
) -> CellFault | None:
    """Why a row is no data, or None."""
    number, cells = body[at]
    if _is_total(cells, fields):
        return _TOTAL
    filled = _filled(cells)
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
    above = _filled(body[at - 1][1]) if at else []
    return len(above) == 1 and _reads_as_note(clean(body[at - 1][1][above[0]]))


def _reads_as_note(text: str) -> bool:
    start = squeeze(re.split(r"[:.\s(]", text.lstrip("*† "), maxsplit=1)[0])
    if text[:1] in "*†©" or start in words().note_words:
        return True
    return len(text) > _LONG_NOTE and text.count(" ") > 6


def _is_total(cells: Sequence[str], fields: Mapping[str, int]) -> bool:
    """Whether a row sums up: a word for it first, and nothing but numbers beside it."""
    first = next((cell for cell in cells if cell.strip()), "")
    start = squeeze(re.split(r"[:=(\d]", first, maxsplit=1)[0])
    if start not in words().total_words:
        return False
    others = [cell for cell in cells if cell.strip() and cell is not first]
    placed = [
        cells[fields[f]] for f in ("country", "address") if fields.get(f, len(cells)) < len(cells)
    ]
    is_placed = any(cell.strip() and cell is not first for cell in placed)
    return not is_placed and all(map(_is_figure, others))


def _is_figure(cell: str) -> bool:
    plain = cell.strip().rstrip("%").replace(",", "").strip()
    return parse_number(plain) is not None or is_blank(cell.strip())


def _take_headings(layout: Layout, fields: Mapping[str, int], width: int) -> None:
    """Let lines of one cell say the country, or the company, of the rows below them."""
    counts = [_count(cells) for _, cells in layout.rows]
    singles = {at for at, count in enumerate(counts) if count == 1}
    if not singles or len(singles) == len(counts):
        return
    typical = median(count for count in counts if count > 1)
    heads = [at for at in sorted(singles) if counts[at + 1 : at + 2] and at + 1 not in singles]
    country_heads = {
        at
        for at in heads
        if _is_country_heading(layout.rows[at][1], layout.rows[at + 1][1], fields)
    }
    is_grouped = typical >= _TYPICAL_CELLS and _all_head(heads, singles, fields, layout.rows)
    company_heads = set(heads) - country_heads if is_grouped else set()
    if country_heads or company_heads:
        _apply_headings(layout, fields, width, country_heads, company_heads)


def _all_head(
    heads: Sequence[int], singles: set[int], fields: Mapping[str, int], rows: Sequence[Row]
) -> bool:
    """Whether single cells are headings throughout: the first row is one, none follows another.

    In the column of names that could as well be suppliers of whom nothing else is known, so
    their sites must be indented, or they must be named like companies.
    """
    if not heads or heads[0] != 0 or len(heads) != len(singles):
        return False
    name_place = fields.get("name")
    texts = [next(filter(str.strip, rows[at][1])) for at in heads]
    if any(_filled(rows[at][1])[0] != name_place for at in heads):
        return True
    below = [rows[at + 1][1] for at in heads]
    indented = all(
        name_place is not None and name_place < len(cells) and _INDENT.match(cells[name_place])
        for cells in below
    )
    return indented or (len(heads) > 1 and all(map(has_legal_form, texts)))


def _is_country_heading(
    cells: Sequence[str], below: Sequence[str], fields: Mapping[str, int]
) -> bool:
    """Whether a single cell is a country that the row below it does not tell itself."""
    place = _filled(cells)[0]
    text = clean(cells[place])
    country_place = fields.get("country")
    if country_place is not None and country_place < len(below) and below[country_place].strip():
        return False
    fits = country_place is None or place == country_place or place != fields.get("name")
    return fits and len(squeeze(text)) > 1 and not text.isdigit() and bool(country_code(text))


def _apply_headings(
    layout: Layout,
    fields: Mapping[str, int],
    width: int,
    country_heads: set[int],
    company_heads: set[int],
) -> None:
    places = dict(fields)
    wanted = ["country"] if country_heads else []
    wanted += ["operated_by", "kind", "name"] if company_heads else []
    for name in wanted:
        if name not in places:
            places[name] = layout.added[name] = width + len(layout.added)
    size = width + len(layout.added)
    country, company = "", ""
    rows: list[Row] = []
    for at, (number, cells) in enumerate(layout.rows):
        text = clean(next(filter(str.strip, cells)))
        whole = [*cells, *[""] * (size - len(cells))]
        if at in country_heads:
            country, company = text, ""
            layout.remarks.append((number, text, _COUNTRY_HEADING))
            continue
        if at in company_heads:
            company = text
            layout.remarks.append((number, text, _COMPANY_HEADING))
            whole = [""] * size
            whole[places["name"]], whole[places["kind"]] = text, _COMPANY
        elif company:
            whole[places["operated_by"]] = whole[places["operated_by"]].strip() or company
            whole[places["name"]] = _BULLET.sub("", whole[places["name"]])
        if country and at not in company_heads and not whole[places["country"]].strip():
            whole[places["country"]] = country
        rows.append((number, tuple(whole)))
    layout.rows = rows


def _fill_groups(layout: Layout, fields: Mapping[str, int], width: int) -> None:
    """Fill group columns that stand before the names and are filled in first rows alone."""
    name_place = fields.get("name")
    if name_place is None or len(layout.rows) < _ENOUGH_ROWS:
        return
    by_place = {fields[name]: name for name in _GROUP_FIELDS if name in fields}
    groups: list[int] = []
    for place in range(name_place):
        column = [cells[place].strip() if place < len(cells) else "" for _, cells in layout.rows]
        if place in by_place and _is_grouped(column, is_first=not groups):
            groups.append(place)
        elif any(column) and not _counts(column):
            break
    if not groups:
        return
    company_place = fields.get("operated_by", -1)
    filled = _fill(layout, groups, width)
    if company_place in groups:
        _name_companies(layout, name_place, company_place, fields, width)
    remark = CellFault(
        f"{filled} empty cells of group columns were read as the value above them.",
        "Write the value into every row if that is not right.",
    )
    layout.remarks.append((layout.rows[0][0], None, remark))


def _counts(column: Sequence[str]) -> bool:
    return all(cell.isdigit() for cell in column if cell)


def _is_grouped(column: Sequence[str], *, is_first: bool) -> bool:
    """Whether a column is filled where a group begins, and only there."""
    values = [cell for cell in column if cell]
    if not column[0] or len(values) > (1 - _MOST_BLANKS_UNGROUPED) * len(column):
        return False
    differ = all(one != other for one, other in pairwise(values))
    return differ and (not is_first or len(set(values)) == len(values))


def _fill(layout: Layout, groups: Sequence[int], width: int) -> int:
    above = dict.fromkeys(groups, "")
    rows: list[Row] = []
    filled = 0
    for number, cells in layout.rows:
        whole = [*cells, *[""] * (width + len(layout.added) - len(cells))]
        for at, place in enumerate(groups):
            if whole[place].strip():
                above[place] = whole[place]
                above.update(dict.fromkeys(groups[at + 1 :], ""))
            elif above[place]:
                whole[place] = above[place]
                filled += 1
        rows.append((number, tuple(whole)))
    layout.rows = rows
    return filled


def _name_companies(
    layout: Layout, name_place: int, company_place: int, fields: Mapping[str, int], width: int
) -> None:
    """A row of a group without a name of its own is the company's line above its sites."""
    if all(cells[name_place].strip() for _, cells in layout.rows):
        return
    kind_place = fields.get("kind", layout.added.get("kind", -1))
    is_added = kind_place < 0
    if is_added:
        kind_place = layout.added["kind"] = width + len(layout.added)
    rows: list[Row] = []
    for number, cells in layout.rows:
        whole = [*cells, ""] if is_added else [*cells]
        if not whole[name_place].strip():
            whole[name_place], whole[company_place] = whole[company_place], ""
            whole[kind_place] = _COMPANY
        rows.append((number, tuple(whole)))
    layout.rows = rows


_TOTAL = CellFault(
    "The row sums up others and was not read.",
    "Give it a country or an address if it is a supplier of that name.",
)
_NOTE = CellFault(
    "The line below or between the rows was taken for a note and not read.",
    "Add its country or address if it is a supplier.",
)
_COUNTRY_HEADING = CellFault(
    "The line is no row: it was read as the country of the rows below it.",
    "Give each row its country in a column of its own if that is not right.",
)
_COMPANY_HEADING = CellFault(
    "The line has a name alone: it was read as the company whose sites stand below it.",
    "Add its country or address if it is a site itself.",
)

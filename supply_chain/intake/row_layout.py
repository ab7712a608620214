"""Row layout of a table: data rows, and headings between them that apply to the rows below.

Published lists hold more than rows: totals, notes at the end, page numbers, a country or a supplier
on a line of its own above its sites, and group columns filled in the first row of a group alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from supply_chain.intake.cells import CellFault
from supply_chain.intake.countries import country_code
from supply_chain.intake.passed_rows import (
    TYPICAL_CELLS,
    Row,
    filled_places,
    last_full,
    passed_over,
    total_starts,
)
from supply_chain.intake.personal_columns import tells_of_person
from supply_chain.intake.words import clean, header_forms, squeeze, words

_INDENT = re.compile(r"^(?:\s{2,}|\s*[-–—•·>→]\s*)\S")
_BULLET = re.compile(r"^\s*[-–—•·>→]\s+")
_LEGAL_FORMS = re.compile(
    r"\b(ltd|limited|inc|llc|llp|corp|corporation|co|company|gmbh|ag|sa|sarl|sas|plc|bhd|sdn|pvt"
    r"|pte|lda|ltda|spa|srl|bv|nv|kk|as|ab|oy)\b\.?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\b(?:\w\.){2,}")
_COMPANY = "business entity"
_GROUP_FIELDS = ("operated_by", "buyer", "country", "region", "sector", "chain.1", "chain.2")
_MOST_BLANKS_UNGROUPED = 0.3
CHAINS = tuple(f"chain.{number}" for number in range(1, 9))
_ENOUGH_ROWS = 3
_PLACES = ("country", "region", "city", "address", "latitude", "coordinates")


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
    last = last_full(body)
    starts = total_starts()
    for at, (number, cells) in enumerate(body):
        several = len(cells) - cells.count("") > 1 and any(map(str.strip, cells[1:]))
        if several and at <= last and cells[0][:2].casefold() not in starts:
            layout.rows.append((number, cells))
            continue
        remark = passed_over(body, at, fields, is_trailing=at > last)
        if remark is None:
            layout.rows.append((number, cells))
        else:
            layout.remarks.append((number, _shown(cells), remark))
    _take_headings(layout, fields, width)
    _fill_groups(layout, fields, width)
    return layout


def _count(cells: Sequence[str]) -> int:
    quick = len(cells) - cells.count("")
    return quick if quick > TYPICAL_CELLS or quick == 0 else sum(map(bool, map(str.strip, cells)))


def _shown(cells: Sequence[str]) -> str | None:
    """A line that was passed over; what it says of people is not shown."""
    texts = [clean(cell) for cell in cells if cell.strip()]
    return None if any(map(tells_of_person, texts)) else " | ".join(texts)[:200]


def _take_headings(layout: Layout, fields: Mapping[str, int], width: int) -> None:
    """Let lines of one cell say the country, or the company, of the rows below them."""
    above_indented = _heads_above_indented(layout.rows, fields)
    if above_indented:
        _apply_headings(layout, fields, width, set(), above_indented)
        return
    counts = [_count(cells) for _, cells in layout.rows]
    singles = {at for at, count in enumerate(counts) if count == 1}
    if not singles or len(singles) == len(counts):
        return
    typical = median(count for count in counts if count > 1)
    country_heads = {
        at
        for at in singles - {len(counts) - 1}
        if _is_country_heading(layout.rows[at][1], layout.rows[at + 1][1], fields)
    }
    # Under a country there may be a company, and its sites below that.
    rest = singles - country_heads
    heads = [at for at in sorted(rest) if counts[at + 1 : at + 2] and at + 1 not in singles]
    is_grouped = typical >= TYPICAL_CELLS and _all_head(heads, country_heads, rest, fields, layout)
    company_heads = set(heads) if is_grouped else set()
    if country_heads or company_heads:
        _apply_headings(layout, fields, width, country_heads, company_heads)


def _heads_above_indented(rows: Sequence[Row], fields: Mapping[str, int]) -> set[int]:
    """Rows of companies that have a few more cells than the name: a sum, a note, a share.

    Their sites are indented below them, and have the place that no row of a company has.
    """
    name = fields.get("name")
    placed = [fields[field] for field in _PLACES if field in fields]
    if name is None or not placed:
        return set()
    indented = [bool(name < len(cells) and _INDENT.match(cells[name])) for _, cells in rows]
    heads = {at for at, is_site in enumerate(indented) if not is_site}
    if not any(indented) or not heads or 0 not in heads:
        return set()
    is_placed = [any(p < len(cells) and cells[p].strip() for p in placed) for _, cells in rows]
    fits = all(not is_placed[at] and at + 1 < len(rows) and indented[at + 1] for at in heads)
    sites = [placed for placed, is_site in zip(is_placed, indented, strict=True) if is_site]
    return heads if fits and 2 * sum(sites) > len(sites) else set()


def _all_head(
    heads: Sequence[int],
    countries: set[int],
    singles: set[int],
    fields: Mapping[str, int],
    layout: Layout,
) -> bool:
    """Whether single cells are headings throughout: the first row is one, none follows another.

    Lines of `countries` aside, which are headings anyway.

    In the column of names that could as well be suppliers of whom nothing else is known, so
    their sites must be indented, or they must be named like companies.
    """
    rows = layout.rows
    first = next(at for at in range(len(rows)) if at not in countries)
    if not heads or heads[0] != first or len(heads) != len(singles):
        return False
    name_place = fields.get("name")
    texts = [next(filter(str.strip, rows[at][1])) for at in heads]
    if any(filled_places(rows[at][1])[0] != name_place for at in heads):
        return True
    below = [rows[at + 1][1] for at in heads]
    indented = all(
        name_place is not None and name_place < len(cells) and _INDENT.match(cells[name_place])
        for cells in below
    )
    return indented or (len(heads) > 1 and all(map(has_legal_form, texts)))


def has_legal_form(name: str) -> bool:
    """Whether a name ends or is marked as a company's: Ltd, GmbH, S.A. and the like."""
    dotless = _DOTTED.sub(lambda match: match[0].replace(".", ""), name)
    return bool(_LEGAL_FORMS.search(dotless))


def heading_text(cells: Sequence[str]) -> str:
    """The text of a heading; of "Country: India" the part behind the word for it."""
    text = clean(next(filter(str.strip, cells)))
    label, _, rest = text.partition(":")
    is_label = rest.strip() and header_forms(label) & words().node_columns["country"].keys()
    return rest.strip() if is_label else text


def _is_country_heading(
    cells: Sequence[str], below: Sequence[str], fields: Mapping[str, int]
) -> bool:
    """Whether a single cell is a country that the row below it does not itself name."""
    place = filled_places(cells)[0]
    text = heading_text(cells)
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
        text = heading_text(cells)
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
    """Fill group columns that come before the names and are filled in first rows alone."""
    # Of tiers beside each other the farthest names the row.
    tiers = [fields[name] for name in CHAINS if name in fields]
    name_place = fields.get("name", tiers[-1] if len(tiers) > 1 else None)
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


_COUNTRY_HEADING = CellFault(
    "The line is no row: it was read as the country of the rows below it.",
    "Give each row its country in a column of its own if that is not right.",
)
_COMPANY_HEADING = CellFault(
    "The line names no place: it was read as the company whose sites stand below it.",
    "Add its country or address if it is a site itself.",
)

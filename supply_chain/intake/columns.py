"""Header row and column names of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from itertools import islice

from supply_chain.intake.cells import is_blank, key_of_column, unshield
from supply_chain.intake.drafts import LinkDraft, NodeDraft, TableMapping
from supply_chain.intake.heading_parts import is_column_name
from supply_chain.intake.personal_columns import (
    columns_of_roster,
    is_site_of_persons,
    names_an_organisation,
    names_owners,
    tells_of_papers,
    tells_of_people,
    tells_of_person,
)
from supply_chain.intake.row_layout import has_legal_form
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean, header_forms, squeeze, words
from supply_chain.intake.workbook import column_letter

_OPEN_FIELDS = ("external_ids", "attributes")
OWN_NODE_COLUMNS = [f.name for f in dataclass_fields(NodeDraft) if f.name not in _OPEN_FIELDS]
LINK_COLUMNS = [f.name for f in dataclass_fields(LinkDraft)]
# Fields of a link that may be in the row of a node beside a buyer column.
ROW_LINK_FIELDS = ("share", "flow_evidence", "valid_from", "valid_to")
CHAIN_FIELDS = tuple(f"chain.{number}" for number in range(1, 9))

# No person has these; an address or a town may be that of one.
_FIELDS_OF_SITES = (
    *("country", "latitude", "longitude", "coordinates"),
    *("sector", "commodities", "attributes.workers"),
)
_HEADER_SEARCH_ROWS = 30
_SAMPLE_ROWS = 200
_EXAMPLES = 3
_SHOWN_CHARACTERS = 120
_ENOUGH_NAMES = 2_000  # of owners, to distinguish companies from persons


def find_header_row(table: Table) -> tuple[int, int]:
    """Return the row (first row 1) that holds most known column names, and how many it holds.

    Of a header of several lines it is the lowest; the lines above give names where that is empty.
    """
    best, best_count = 0, 0
    for number, row in enumerate(table.rows[:_HEADER_SEARCH_ROWS], start=1):
        count = _known_names(row)
        if count > best_count:
            best, best_count = number, count
    if best_count == 1:
        best = _first_as_full(table.rows[:best])
    if best:
        below = table.rows[best] if best < len(table.rows) else ()
        if _continues(table.rows[best - 1], below):
            return best + 1, best_count + _known_names(below)
        return best, best_count
    filled = [sum(1 for cell in row if cell.strip()) for row in table.rows[:10]]
    return filled.index(max(filled)) + 1, 0


def _first_as_full(rows: Sequence[Sequence[str]]) -> int:
    """The number of the first row as full as the last: one known name may be a cell below it."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    return next(at for at, count in enumerate(filled, start=1) if count >= filled[-1])


def _known_names(row: Sequence[str]) -> int:
    return len({squeeze(cell) for cell in row if is_column_name(cell)})


def _continues(header: Sequence[str], below: Sequence[str]) -> bool:
    """Whether the row below names what the row above leaves unnamed, and holds nothing else."""
    filled = [place for place, cell in enumerate(below) if cell.strip()]
    if not filled or not all(is_column_name(below[place]) for place in filled):
        return False
    return any(place >= len(header) or not header[place].strip() for place in filled)


def unique_header(table: Table, header_row: int) -> list[str]:
    """Return the column names; an empty one is called by its letter, a doubled one is numbered.

    A header of two lines: an empty name is that of the line above, and doubled ones are
    distinguished by the group above them ("Supplier" over "Name", "Factory" over "Name").
    """
    own = _line(table, header_row)
    above = _line(table, header_row - 1)
    is_group_line = sum(map(bool, above)) > 1 and not any(map(tells_of_person, above))
    if not is_group_line or header_row > len(table.rows):
        above = []
    width = max(len(own), len(above))
    own, above = _padded(own, width), _padded(above, width)
    texts = _told_apart([text or group for text, group in zip(own, above, strict=True)], own, above)
    return _numbered(texts)


def places_of_columns(table: Table, header_row: int) -> dict[str, int]:
    """Name of a column -> its place; doubled names also by their number alone ("Name (2)")."""
    numbered = _numbered(_line(table, header_row))
    places = {name: place for place, name in enumerate(numbered)}
    return places | {n: place for place, n in enumerate(unique_header(table, header_row))}


def _numbered(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    names: list[str] = []
    uses: Counter[str] = Counter()
    for index, text in enumerate(texts):
        name = text or f"Column {column_letter(index)}"
        uses[name] += 1
        names.append(name if uses[name] == 1 else f"{name} ({uses[name]})")
    return names


def _line(table: Table, number: int) -> list[str]:
    """One row of a header as clean texts."""
    if not 1 <= number <= len(table.rows):
        return []
    # Of our own CSV the apostrophe before a formula sign comes off again.
    return [clean(cell if table.sheet else unshield(cell)) for cell in table.rows[number - 1]]


def _padded(texts: list[str], width: int) -> list[str]:
    return texts + [""] * (width - len(texts))


def _told_apart(texts: list[str], own: list[str], above: list[str]) -> list[str]:
    """Put the group before names that are in several groups or mean little without it."""
    groups: list[str] = []
    for text in above:
        groups.append(text or (groups[-1] if groups else ""))
    under: dict[str, list[str]] = {}
    for text, group in zip(own, groups, strict=True):
        under.setdefault(text, []).append(group)
    return [
        f"{group} {text}"
        if text and (_differ(under[text]) or _says_little(text, group, groups, is_spilt=not head))
        else name
        for name, text, group, head in zip(texts, own, groups, above, strict=True)
    ]


def _says_little(text: str, group: str, groups: list[str], *, is_spilt: bool) -> bool:
    """Whether a name needs its group: of people, or one word like "Total" below "Workforce".

    A group of people ends where nobody says so: what only sites have is no more of it.
    """
    if tells_of_people(group):
        return not (is_spilt and _is_of_site(text))
    is_alone = " " not in text and not is_column_name(text)
    return bool(group) and is_alone and groups.count(group) > 1


def _is_of_site(text: str) -> bool:
    forms = header_forms(text)
    return any(forms & words().node_columns[field].keys() for field in _FIELDS_OF_SITES)


def _differ(groups: list[str]) -> bool:
    return all(groups) and len(set(groups)) == len(groups) > 1


def is_own_header(header: Sequence[str]) -> bool:
    """Whether a table is one that this platform wrote: value-chain CSV, version 1."""
    return header[: len(OWN_NODE_COLUMNS)] == OWN_NODE_COLUMNS or header == LINK_COLUMNS


def columns_of_people(table: Table, header_row: int) -> frozenset[str]:
    """The names of the columns with personal data, by their names or by all values below.

    In files of this platform only the names of attributes decide, so that an exported map can be
    imported unchanged.
    """
    body, header = table.rows[header_row:], unique_header(table, header_row)
    if is_own_header(header):
        keys = {
            name: key_of_column(name, "attributes.") for name in header[len(OWN_NODE_COLUMNS) :]
        }
        others = (name for name in keys if not name.startswith("external_ids."))
        return frozenset(name for name in others if tells_of_people(keys[name]))

    def cells(name: str) -> Iterator[str]:
        place = header.index(name)
        return (row[place] for row in body if place < len(row))

    found = columns_of_roster(header) | {n for n in header if tells_of_people(n, cells(n))}
    if any(map(tells_of_papers, found)) or any(map(is_site_of_persons, header)):
        # Beside papers of persons, and of farms, an owner is a person, where most are not named
        # like companies.
        found |= {n for n in header if names_owners(n) and not _are_companies(cells(n))}
    return frozenset(found)


def _are_companies(cells: Iterator[str]) -> bool:
    named = list(islice(filter(str.strip, cells), _ENOUGH_NAMES))
    return 2 * sum(has_legal_form(n) or names_an_organisation(n) for n in named) >= len(named)


def with_samples(table: Table, how: TableMapping) -> TableMapping:
    """The mapping with the names of all columns and up to three different values of each.

    Of a column with personal data no value is shown, and it is named in `of_people`.
    """
    header = unique_header(table, how.header_row)
    seen: dict[str, dict[str, None]] = {name: {} for name in header}
    for row in table.rows[how.header_row : how.header_row + _SAMPLE_ROWS]:
        for name, cell in zip(header, row, strict=False):
            is_open = len(seen[name]) < _EXAMPLES and cell and not is_blank(cell.strip())
            is_open = is_open and clean(cell) != name  # the header once more
            if is_open and not tells_of_person(cell):
                seen[name][clean(cell)[:_SHOWN_CHARACTERS]] = None
    of_people = columns_of_people(table, how.header_row)
    samples = {name: tuple(values) for name, values in seen.items() if name not in of_people}
    places = places_of_columns(table, how.header_row)
    columns = {
        our_field: header[places[name]] if places.get(name, len(header)) < len(header) else name
        for our_field, name in how.columns.items()
    }
    return replace(how, columns=columns, header=tuple(header), samples=samples, of_people=of_people)

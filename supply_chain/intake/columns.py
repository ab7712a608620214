"""Which row is the header, and which of their columns is which of our fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace

from supply_chain.drafts import ColumnGuess, LinkDraft, Mapping, NodeDraft, TableMapping
from supply_chain.intake.cells import is_blank, unshield
from supply_chain.intake.countries import country_code
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean, header_forms, squeeze, words

_OPEN_FIELDS = ("external_ids", "attributes")
OWN_NODE_COLUMNS = [f.name for f in dataclass_fields(NodeDraft) if f.name not in _OPEN_FIELDS]
LINK_COLUMNS = [f.name for f in dataclass_fields(LinkDraft)]
# Fields of a link that may stand in the row of a node beside a buyer column.
ROW_LINK_FIELDS = ("share", "flow_evidence", "valid_from", "valid_to")

_HEADER_SEARCH_ROWS = 30
_SAMPLE_ROWS = 200
_EXAMPLES = 3
_SHOWN_CHARACTERS = 120
_PAIR = re.compile(r"^[\[(]?\s*-?\d+[.,]\d+\s*[,;]\s*-?\d+[.,]\d+\s*[\])]?$")


def guess_mapping(tables: Sequence[Table]) -> Mapping:
    """Guess for each table its header row and columns, with examples, confidence and reasons.

    A table with supplier and buyer columns, and no column that places a node, is links. A sheet
    without one known column name, beside others with some, is left out.
    """
    nodes: dict[str, TableMapping] = {}
    links: dict[str, TableMapping] = {}
    found = [(table, *find_header_row(table)) for table in tables]
    some_known = any(count for _, _, count in found)
    for table, header_row, count in found:
        if some_known and not count and table.sheet:
            # A cover sheet or a legend beside sheets with lists.
            continue
        header = unique_header(table, header_row)
        if is_links_header(header):
            links[table.key] = _guess_links(table, header_row, header)
        else:
            nodes[table.key] = _guess_nodes(table, header_row, header)
    return Mapping(nodes, links)


def find_header_row(table: Table) -> tuple[int, int]:
    """Return the row (first row 1) that holds most known column names, and how many it holds."""
    known = words().known_headers
    best, best_count = 0, 0
    for number, row in enumerate(table.rows[:_HEADER_SEARCH_ROWS], start=1):
        count = len({squeeze(c) for c in row if len(c) < 80 and header_forms(c) & known})
        if count > best_count:
            best, best_count = number, count
    if best:
        return best, best_count
    filled = [sum(1 for cell in row if cell.strip()) for row in table.rows[:10]]
    return filled.index(max(filled)) + 1, 0


def unique_header(table: Table, header_row: int) -> list[str]:
    """Return the column names; an empty one is called by its letter, a doubled one is numbered."""
    names: list[str] = []
    uses: Counter[str] = Counter()
    row = table.rows[header_row - 1] if header_row <= len(table.rows) else ()
    for index, cell in enumerate(row):
        # Of our own CSV the apostrophe before a formula sign comes off again.
        name = clean(cell if table.sheet else unshield(cell)) or f"Column {column_letter(index)}"
        uses[name] += 1
        names.append(name if uses[name] == 1 else f"{name} ({uses[name]})")
    while row and names and not clean(row[len(names) - 1]):
        names.pop()
    return names


def with_samples(table: Table, how: TableMapping) -> TableMapping:
    """The mapping with the names of all columns and up to three different values of each."""
    header = unique_header(table, how.header_row)
    seen: dict[str, dict[str, None]] = {name: {} for name in header}
    for row in table.rows[how.header_row : how.header_row + _SAMPLE_ROWS]:
        for name, cell in zip(header, row, strict=False):
            if len(seen[name]) < _EXAMPLES and cell and not is_blank(cell.strip()):
                seen[name][clean(cell)[:_SHOWN_CHARACTERS]] = None
    samples = {name: tuple(values) for name, values in seen.items()}
    return replace(how, header=tuple(header), samples=samples)


def column_letter(index: int) -> str:
    """Return the letters a spreadsheet shows for a column; index 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_links_header(header: Sequence[str]) -> bool:
    """Whether the columns name two ends of a link and nothing that places a node."""
    tables = words()
    forms = [header_forms(name) for name in header]
    ends = [
        any(form & tables.link_columns[end].keys() for form in forms)
        for end in ("supplier", "buyer")
    ]
    places = ("country", "address", "latitude", "longitude")
    placed = any(form & tables.node_columns[field].keys() for form in forms for field in places)
    return all(ends) and not placed


def _guess_links(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = _Chooser(table, header_row, header)
    for field in LINK_COLUMNS:
        chooser.choose(field, words().link_columns[field])
    return chooser.mapping()


def _guess_nodes(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = _Chooser(table, header_row, header)
    if header[: len(OWN_NODE_COLUMNS)] == OWN_NODE_COLUMNS:
        for name in header:
            if name in OWN_NODE_COLUMNS or name.startswith("external_ids."):
                chooser.take(name, name, 1.0, "value-chain CSV, version 1")
        return chooser.mapping()
    tables = words()
    fields = {**tables.chain_columns, **tables.node_columns}
    late = ["operated_by", "buyer"]
    for field in [name for name in fields if name not in late]:
        if field != "coordinates" or "latitude" not in chooser.columns:
            chooser.choose(field, fields[field])
    if chooser.column_of("name", "").casefold().startswith(("supplier", "vendor")):
        # Beside a supplier's name, the other company of the row is the one it supplies.
        late.reverse()
    for field in late:
        chooser.choose(field, fields[field])
    chooser.choose_by_values()
    if "buyer" in chooser.columns:
        for field in ROW_LINK_FIELDS:
            chooser.choose(field, tables.link_columns[field])
    return chooser.mapping()


class _Chooser:
    """Gives each field at most one column and each column at most one field."""

    def __init__(self, table: Table, header_row: int, header: list[str]) -> None:
        self.header_row, self.header = header_row, header
        self.columns: dict[str, str] = {}
        self._guesses: list[ColumnGuess] = []
        self._sample = table.rows[header_row : header_row + _SAMPLE_ROWS]

    def column_of(self, field: str, otherwise: str) -> str:
        return self.columns.get(field, otherwise)

    def mapping(self) -> TableMapping:
        return TableMapping(self.header_row, self.columns, tuple(self._guesses))

    def free(self) -> list[str]:
        taken = set(self.columns.values())
        return [name for name in self.header if name not in taken]

    def choose(self, field: str, spellings: dict[str, int]) -> None:
        """Take the free column whose name is the surest spelling of the field."""
        ranked = []
        for name in self.free():
            ranks = [spellings[form] for form in header_forms(name) if form in spellings]
            if ranks and self._fits(field, name):
                ranked.append((min(ranks), name))
        if ranked:
            rank, name = min(ranked, key=lambda pair: pair[0])
            self.take(field, name, max(0.5, 1 - rank / 50), f"named “{name}”")

    def take(self, field: str, name: str, confidence: float, reason: str) -> None:
        self.columns[field] = name
        examples = tuple(dict.fromkeys(self._values(name)))[:_EXAMPLES]
        self._guesses.append(ColumnGuess(field, name, round(confidence, 2), reason, examples))

    def choose_by_values(self) -> None:
        """Where no name told, look at what stands in the columns."""
        for name in self.free():
            values = self._values(name)
            if "country" not in self.columns and _share(values, _is_country) >= 0.8:
                self.take("country", name, 0.7, "its values are countries")
            elif (
                not {"latitude", "coordinates"} & self.columns.keys()
                and _share(values, lambda value: bool(_PAIR.match(value))) >= 0.8
            ):
                self.take("coordinates", name, 0.7, "its values are pairs of degrees")
        self._choose_direct_supplier()
        if not self.columns.keys() & {"name", "id", "chain.1"}:
            self._choose_name_by_values()

    def _choose_direct_supplier(self) -> None:
        """“Company X Supplier” beside the name of a site is whom the site delivers to."""
        if "name" not in self.columns or "chain.1" in self.columns:
            return
        for name in self.free():
            if re.search(r"\S\s+suppliers?$", name, re.IGNORECASE):
                self.take("chain.1", name, 0.6, f"“{name}” beside “{self.columns['name']}”")
                return

    def _choose_name_by_values(self) -> None:
        def distinct_texts(name: str) -> int:
            return len({v for v in self._values(name) if any(c.isalpha() for c in v)})

        best = max(self.free(), key=distinct_texts, default=None)
        if best is not None and distinct_texts(best):
            self.take("name", best, 0.4, "the column with most different texts")

    def _fits(self, field: str, name: str) -> bool:
        """Whether the values of an id-scheme column have the scheme's shape, at least half."""
        scheme = words().id_schemes.get(field.removeprefix("external_ids."))
        if not field.startswith("external_ids.") or scheme is None:
            return True
        values = self._values(name)
        return not values or _share(values, lambda v: bool(scheme.fullmatch(v))) >= 0.5

    def _values(self, name: str) -> list[str]:
        index = self.header.index(name)
        cells = (clean(row[index]) for row in self._sample if index < len(row))
        return [cell for cell in cells if cell and cell.casefold() not in words().blank_words]


def _is_country(value: str) -> bool:
    return len(value) > 1 and not value.isdigit() and country_code(value) is not None


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0

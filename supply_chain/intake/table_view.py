"""View of a table through its mapping: its data rows, and cells by the name of our field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter

from supply_chain.intake.activity_codes import ColumnCodes, codes_of_column
from supply_chain.intake.cells import (
    CellFault,
    check_name,
    is_blank,
    is_no_name,
    parse_word,
    unshield,
)
from supply_chain.intake.columns import (
    CHAIN_FIELDS,
    ROW_LINK_FIELDS,
    is_own_header,
    places_of_columns,
    unique_header,
)
from supply_chain.intake.commodities import commodity_doubt, commodity_ref
from supply_chain.intake.countries import country_code
from supply_chain.intake.drafts import TableMapping
from supply_chain.intake.error_cells import is_error, without_errors
from supply_chain.intake.findings import RowLog
from supply_chain.intake.heading_parts import is_column_name
from supply_chain.intake.id_lists import IdShapes
from supply_chain.intake.list_kinds import REGISTERS, ListKind, kind_of_list, words_of_none
from supply_chain.intake.passed_rows import Row
from supply_chain.intake.personal_columns import left_out
from supply_chain.intake.row_layout import Layout, heading_text, lay_out
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean, header_forms, squeeze, words

_SAMPLE_ROWS = 200
_MOST_TOLD = 100  # different unknown goods of one table; more are no help


class TableView:
    """A table seen through its mapping: data rows only, cells by field."""

    def __init__(self, table: Table, mapping: TableMapping, log: RowLog) -> None:
        self.table, self.mapping, self.log = table, mapping, log
        self.header = unique_header(table, mapping.header_row)
        # A file written by this platform is read unchanged.
        self.is_own_csv = is_own_header(self.header)
        index = places_of_columns(table, mapping.header_row)
        self.fields: dict[str, int] = {}
        for our_field, column in mapping.columns.items():
            if column in index:
                self.fields[our_field] = index[column]
        taken = set(self.fields.values())
        # In a table of several tiers, columns before the last tier describe those tiers.
        tiers = [place for field, place in self.fields.items() if field.startswith("chain.")]
        own_from = max(tiers, default=0) if self._names_come_last(tiers) else 0
        others = [
            (name, place)
            for place, name in enumerate(self.header)
            if place not in taken and place >= own_from and not self._is_counting(name, place)
        ]
        self._of_people = mapping.of_people
        self.others = [(name, place) for name, place in others if name not in self._of_people]
        self.rows_read = 0
        self._values: dict[str, frozenset[str]] = {}
        self._too_wide: dict[int, str | None] = {}
        self._told: set[str] = set()
        self._errors: list[tuple[int, str, str, CellFault]] = []
        body = self._body()
        self.layout = (
            Layout(body) if self.is_own_csv else lay_out(body, self.fields, len(self.header))
        )
        self.fields |= self.layout.added
        self._read_errors_as_blanks()
        self.cells: tuple[str, ...] = ()
        self._texts = _PlainTexts(is_shielded=table.sheet is None)
        places = sorted(set(self.fields.values()))
        self._slots = {name: places.index(place) for name, place in self.fields.items()}
        self._picked = itemgetter(*places, -1, -1)  # two more, so that it always gives a tuple
        self._least = max(places, default=-1) + 1
        self.chain_fields = [name for name in CHAIN_FIELDS if name in self.fields][::-1]
        self.id_fields = [name for name in self.fields if name.startswith("external_ids.")]
        self.fact_fields = [name for name in self.fields if name.startswith("attributes.")]
        self.has_terms = any(name in self.fields for name in ROW_LINK_FIELDS)

    def _read_errors_as_blanks(self) -> None:
        """Take out the errors of formulas, but for names and ids, where they are problems."""
        if self.is_own_csv:
            return
        kept = {self.fields[name] for name in ("id", "name") if name in self.fields}
        rows, self._errors = without_errors(self.layout.rows, self.header, kept)
        self.layout.rows = rows

    @cached_property
    def activity_columns(self) -> list[tuple[str, int]]:
        """Further columns beside the sector whose headings are about activities of places."""
        spellings = words().node_columns["sector"].keys() - words().sector_places
        return [(name, place) for name, place in self.others if header_forms(name) & spellings]

    @cached_property
    def of_none(self) -> dict[str, frozenset[str]]:
        """Column of activities -> its values that name none, where they are many."""
        found = {name: words_of_none(cells) for name, cells in self._activity_cells()}
        return {name: none for name, none in found.items() if none and name not in self.codes}

    @cached_property
    def codes(self) -> dict[str, ColumnCodes]:
        """Columns of activities that hold codes of a classification, and how these are read."""
        found = {name: codes_of_column(name, cells) for name, cells in self._activity_cells()}
        return {name: codes for name, codes in found.items() if codes}

    def _activity_cells(self) -> Iterator[tuple[str, set[str]]]:
        """Each column of activities with its different texts."""
        columns = list(self.activity_columns)
        if "sector" in self.fields and not self.is_own_csv:
            columns.append((self.column("sector") or "", self.fields["sector"]))
        for name, at in columns:
            yield name, {clean(row[at]) for _, row in self.layout.rows if at < len(row)}

    @cached_property
    def kind(self) -> ListKind:
        """Kind of the list, from all rows together."""
        rows = max(len(self.layout.rows), 1)
        registered = [
            (scheme, sum(map(bool, self._column(f"external_ids.{scheme}"))) / rows)
            for scheme in REGISTERS
            if f"external_ids.{scheme}" in self.fields
        ]
        return kind_of_list(self.column("name") or "", self.values("name"), registered)

    def _column(self, our_field: str) -> Iterator[str | None]:
        return (self.text(self._plain(row), our_field) for _, row in self.layout.rows)

    @cached_property
    def ids(self) -> IdShapes:
        """Shapes of the ids of the list."""
        return IdShapes(self.values("id"))

    def _names_come_last(self, tiers: list[int]) -> bool:
        return bool(tiers) and self.fields.get("name", 0) > max(tiers)

    def _is_counting(self, name: str, place: int) -> bool:
        """Whether a column only numbers the rows."""
        if not name.startswith("Column "):
            return squeeze(name) in words().ignored_columns
        rows = self.table.rows[self.mapping.header_row :]
        return all(
            cell.isdigit() for row in rows if place < len(row) and (cell := row[place].strip())
        )

    def check(self) -> None:
        """Tell what is wrong with the mapping, and what is doubled in the header."""
        self.log.start_header(self.mapping.header_row)
        if self.mapping.header_row > len(self.table.rows):
            self.log.problem(None, None, _NO_HEADER)
            return
        for our_field, column in self.mapping.columns.items():
            if our_field not in self.fields:
                fault = CellFault(
                    f"The mapping takes {our_field} from a column “{column}” that the table lacks.",
                    f"Use one of: {', '.join(self.header)}.",
                )
                self.log.problem(column, None, fault)
        if self.mapping.guesses and not any(map(is_column_name, self.header)):
            self.log.note(None, " | ".join(self.header), _NO_NAMES)
        for name in self.header:
            if name in self._of_people and name not in self.mapping.columns.values():
                self.log.note(name, None, left_out("column", name))
        seen: set[str] = set()
        for name in map(clean, self.table.rows[self.mapping.header_row - 1]):
            if name in seen and f"{name} (2)" in self.header:
                remark = CellFault(
                    f"The column “{name}” stands more than once in the header.",
                    "Later ones are called by a number: “name (2)”. Give each its own name.",
                )
                self.log.note(name, None, remark)
            seen.add(name)

    def _body(self) -> list[Row]:
        """All rows below the header but blank ones and those that repeat it or a line above it."""
        if not self.header:
            return []
        first = self.mapping.header_row
        repeated = [squeeze(cell) for cell in self.table.rows[first - 1]]
        above = set(map(_filled, self.table.rows[: first - 1]))
        width = len(self.header)
        body = self._country_above()
        for number, row in enumerate(self.table.rows[first:], start=first + 1):
            if not any(row) or not any(map(str.strip, row)):
                continue
            if self._repeats(row, repeated) or (above and _filled(row) in above):
                continue
            if len(row) > width:
                if any(map(str.strip, row[width:])):
                    # In a shifted row the personal cells cannot be identified.
                    text = None if self._of_people else " | ".join(row[width:])
                    self._too_wide[number] = text
                row = row[:width]
            body.append((number, row))
        return body

    def _country_above(self) -> list[Row]:
        """The line above the header where it is a country alone, and no column holds one."""
        first = self.mapping.header_row
        titles = [
            row for row in enumerate(self.table.rows[: first - 1], start=1) if _filled(row[1])
        ]
        if "country" in self.fields or not titles or len(_filled(titles[-1][1])) != 1:
            return []
        return titles[-1:] if country_code(heading_text(titles[-1][1])) else []

    def data_rows(self) -> Iterator[tuple[str, ...]]:
        """Each row with data: the clean texts of its mapped cells, for `text` and its like.

        `cells` holds the whole row unchanged. Skipped rows are noted, rows wider than the
        header are reported.
        """
        for number, value, remark in self.layout.remarks:
            self.log.start(number)
            self.log.note(None, value, remark)
        for number, column, value, remark in self._errors:
            self.log.start(number)
            self.log.note(column, value, remark)
        for number, row in self.layout.rows:
            self.rows_read += 1
            self.log.start(number)
            if number in self._too_wide:
                self.log.problem(None, self._too_wide[number], _TOO_WIDE)
                continue
            self.cells = row
            yield self._plain(row)

    def _plain(self, row: tuple[str, ...]) -> tuple[str, ...]:
        if len(row) < self._least:
            row = row + ("",) * (self._least - len(row))
        return tuple(map(self._texts.__getitem__, self._picked(row)))

    @staticmethod
    def _repeats(row: tuple[str, ...], header: list[str]) -> bool:
        if squeeze(row[0]) != header[0]:
            return False
        pairs = [(squeeze(cell), name) for cell, name in zip(row, header, strict=False) if cell]
        same = sum(1 for cell, name in pairs if cell == name)
        return same >= 2 and same >= 0.8 * len(pairs)

    def raw(self, row: tuple[str, ...], our_field: str) -> str:
        """The cell of a field as one clean line; empty where there is none."""
        slot = self._slots.get(our_field)
        return "" if slot is None else row[slot]

    def text(self, row: tuple[str, ...], our_field: str) -> str | None:
        """The cell of a field, None where it says nothing."""
        slot = self._slots.get(our_field)
        if slot is None:
            return None
        value = row[slot]
        return None if value in self._texts.blank else value

    def name(self, row: tuple[str, ...], our_field: str) -> str | None:
        """The cell of a name or id, None where it holds but a dash; "Unknown" is a name."""
        value = self.raw(row, our_field)
        if len(value) > _LONGEST_NO_NAME and value[0].isalnum():
            return self.checked(our_field, value)
        if is_no_name(value):
            return None
        if not self.is_own_csv:
            if is_error(value):
                self.log.problem(self.column(our_field), value, _FORMULA_ERROR)
                return None
            if value[0] == "=" and self.table.sheet is None:
                self.log.note(self.column(our_field), value, _FORMULA)
        return self.checked(our_field, value)

    def checked(self, our_field: str, name: str) -> str:
        """A name or id of the row; one that is too long is a problem."""
        try:
            return check_name(name)
        except CellFault as fault:
            self.log.problem(self.column(our_field), name, fault)
            return name

    def values(self, our_field: str) -> frozenset[str]:
        """All different texts in the column of a field."""
        if our_field not in self._values:
            rows = (self._plain(row) for _, row in self.layout.rows)
            self._values[our_field] = frozenset(self.raw(row, our_field) for row in rows)
        return self._values[our_field]

    @cached_property
    def names(self) -> frozenset[str]:
        """All names of rows, squeezed."""
        return frozenset(map(squeeze, self.values("name")))

    def cells_of(self, column: str) -> list[str]:
        """The filled cells of a column by its name, in the first rows."""
        place = self.header.index(column)
        rows = self.layout.rows[:_SAMPLE_ROWS]
        return [clean(cells[place]) for _, cells in rows if place < len(cells) and cells[place]]

    def note_once(self, column: str | None, value: str | None, remark: CellFault) -> None:
        """A note of the first row of the table that it holds for."""
        if remark.problem not in self._told:
            self._told.add(remark.problem)
            self.log.note(column, value, remark)

    def commodity(self, text: str, our_field: str) -> str:
        """The ref of a word for a good; an unknown one is kept, and reported once a table."""
        ref = text if self.is_own_csv else commodity_ref(text)
        if ref is not None:
            return ref
        if text not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(text)
            self.log.note(self.column(our_field), text, commodity_doubt(text))
        return text

    def column(self, our_field: str) -> str | None:
        """The list's name for the column of a field."""
        return self.mapping.columns.get(our_field)

    def word(
        self, row: tuple[str, ...], our_field: str, meanings: dict[str, str], name: str
    ) -> str | None:
        """The vocabulary word of a cell, None where empty; an unknown one is a problem."""
        text = self.raw(row, our_field)
        if not text or (is_blank(text) and squeeze(text) not in meanings):
            return None
        try:
            return parse_word(text, meanings, name)
        except CellFault as fault:
            self.log.problem(self.column(our_field), text, fault)
            return None


def _filled(row: Sequence[str]) -> tuple[str, ...]:
    """The texts of a row without its empty cells."""
    return tuple(text for cell in row if cell and (text := cell.strip()))


class _PlainTexts(dict[str, str]):
    """Cell -> its text as one clean line, made once; `blank` holds the texts that say nothing."""

    def __init__(self, *, is_shielded: bool) -> None:
        super().__init__()
        self._is_shielded = is_shielded
        self.blank = {""}

    def __missing__(self, cell: str) -> str:
        text = clean(unshield(cell)) if self._is_shielded else clean(cell)
        if is_blank(text):
            self.blank.add(text)
        if len(self) < _MOST_KEPT:
            self[cell] = text
        return text


_MOST_KEPT = 200_000
_LONGEST_NO_NAME = 4


_FORMULA_ERROR = CellFault(
    "The cell shows the error of a formula, not a value.",
    "Correct the formula in a spreadsheet program, or replace it by its value.",
)
_FORMULA = CellFault(
    "The cell begins like a formula; it is kept as text and never run.",
    "Replace the formula by its value if a name should stand here.",
)
_NO_HEADER = CellFault(
    "The mapping names a header row that the table lacks.", "Give the row of the column names."
)
_NO_NAMES = CellFault(
    "No column has a known name: this row was taken for the names of the columns.",
    "If it is data already, put a row of column names above it, or give a mapping.",
)
_TOO_WIDE = CellFault(
    "The row is wider than the header.",
    "A separator inside a cell may lack its quotation marks, or a column its name.",
)

"""Tables of an official list: recognition of their columns, and one entry a row.

Data on natural persons are refused, the whole file with them: screening is of businesses and
sites (docs/screening.md). Nothing is dropped silently; each refusal names rows and columns.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from supply_chain.errors import FileRefused
from supply_chain.intake.countries import country_code
from supply_chain.intake.drafts import RowProblem
from supply_chain.intake.personal_columns import tells_of_people
from supply_chain.screening.entries import Entry, EntryStatus
from supply_chain.screening.names import Names, split_names
from supply_chain.screening.words import list_words, squeeze

MAX_TEXT = 1_000
MAX_NAMES = 4_000
HEADING_ROWS = 10
ROWS_NAMED = 5
# A Brazilian tax number of a natural person (CPF): eleven digits, often 000.000.000-00.
CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")
PERSONS = "Take natural persons out of the file and upload it again; businesses and sites stay."
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class ListTable:
    """Rows of a table that hold any text, each with its number (1 is the first).

    `section` is the heading above a table of a page, `country` the country that it names;
    `is_ended`: it says that its entries do not hold any more, which a column of the status may
    say otherwise.
    """

    file: str
    rows: Sequence[Row]
    section: str = ""
    country: str | None = None
    is_ended: bool = False

    @property
    def place(self) -> str:
        """Its designation in a message."""
        return f"{self.file}, “{self.section}”" if self.section else self.file


@dataclass
class _Columns:
    """Field -> its columns; of two for one field the first counts, but for notes."""

    headings: Sequence[str]
    at: dict[str, list[int]] = field(default_factory=dict)

    def text(self, row: Sequence[str], name: str, longest: int = MAX_TEXT) -> str:
        """The cell of a field, without line breaks; empty where there is none."""
        return next(iter(self.texts(row, name, longest).values()), "")

    def texts(self, row: Sequence[str], name: str, longest: int = MAX_TEXT) -> dict[str, str]:
        """Heading -> cell, for all columns of a field that hold any text."""
        cells = ((at, " ".join(row[at].split())) for at in self.at.get(name, ()) if at < len(row))
        return {self.headings[at].strip(): text[:longest] for at, text in cells if text}

    def heading(self, name: str) -> str:
        """The list's name for the first column of a field."""
        return self.headings[self.at[name][0]].strip()


def read_table(table: ListTable) -> tuple[list[Entry], list[RowProblem]]:
    """The entries of a table, and cells that were used with a remark.

    Raises:
        FileRefused: it has no column of names, a row has no name, or it speaks of natural persons.
    """
    head = _head(table.rows)
    above, body = table.rows[: head + 1], table.rows[head + 1 :]
    headings = table.rows[head][1]
    _refuse_persons(table.place, headings, body)  # first: it names the rows to take out
    for _, row in above:
        _refuse_personal_columns(table.place, row, [cells for _, cells in body])
    columns = _columns(table.place, headings)
    known = tuple(map(squeeze, headings))
    rows = [(number, row) for number, row in body if tuple(map(squeeze, row)) != known]
    _refuse_nameless(table.place, rows, columns)
    notes = [note for row in rows for note in _notes(table, row, columns)]
    return [_entry(table, number, row, columns) for number, row in rows], notes


def has_names(rows: Sequence[Row]) -> bool:
    """Whether one of the first rows has a column of names."""
    return bool(rows) and _is_head(rows[_head(rows)][1])


def _head(rows: Sequence[Row]) -> int:
    """Header row: the first with a column of names; otherwise the first."""
    return next((at for at, (_, row) in enumerate(rows[:HEADING_ROWS]) if _is_head(row)), 0)


def _is_head(row: Sequence[str]) -> bool:
    return any(list_words().columns.get(squeeze(cell)) == "name" for cell in row)


def _refuse_personal_columns(
    place: str, headings: Sequence[str], body: Sequence[Sequence[str]]
) -> None:
    """By the words of such lists, and by the signs of personal data in any imported list."""
    personal = [
        one.strip()
        for at, one in enumerate(headings)
        if squeeze(one) in list_words().personal
        or tells_of_people(one, (row[at] for row in body if at < len(row)))
    ]
    if personal:
        quoted = ", ".join(f"“{one}”" for one in personal)
        raise FileRefused(
            "personal_columns",
            f"{place} has columns that speak of natural persons: {quoted}.",
            "Take these columns and all natural persons out, and upload the businesses alone.",
        )


def _refuse_persons(place: str, headings: Sequence[str], body: Sequence[Row]) -> None:
    kinds = [at for at, one in enumerate(headings) if squeeze(one) in list_words().kind_columns]
    persons = [
        number
        for number, row in body
        if any(squeeze(row[at]) in list_words().person_words for at in kinds if at < len(row))
        or any(CPF.search(cell) for cell in row)
    ]
    if persons:
        raise FileRefused(
            "persons",
            f"{place} has {len(persons):,} lines on natural persons: row {_some(persons)}.",
            PERSONS,
        )


def _columns(place: str, headings: Sequence[str]) -> _Columns:
    found = _Columns(headings)
    for at, heading in enumerate(headings):
        name = list_words().columns.get(squeeze(heading))
        if name is not None:
            found.at.setdefault(name, []).append(at)
    if "name" not in found.at:
        known = ", ".join(f"“{one.strip()}”" for one in headings if one.strip()) or "none"
        raise FileRefused(
            "no_name_column",
            f"{place} has no column of names; its first line has {known}.",
            "Call the column with the names of the businesses “name”.",
        )
    return found


def _refuse_nameless(place: str, rows: Sequence[Row], columns: _Columns) -> None:
    nameless = [number for number, row in rows if not columns.text(row, "name")]
    if nameless:
        raise FileRefused(
            "no_name",
            f"{place}: row {_some(nameless)} has no name in column “{columns.heading('name')}”.",
            "Complete the file.",
        )


def _notes(table: ListTable, row: Row, columns: _Columns) -> Iterator[RowProblem]:
    """Cells whose content is not understood: the entry is used, and counts as in force."""
    number, cells = row
    told = (
        ("country", country_code, "no known country", "The entry has no country."),
        ("status", _status_of, "no known status", "The entry counts as in force."),
    )
    for name, read, problem, advice in told:
        texts = columns.texts(cells, name)
        if texts and not any(map(read, texts.values())):
            column, text = next(iter(texts.items()))
            section = table.section or None
            yield RowProblem(table.file, section, number, column, text, problem, advice)


def _status(table: ListTable, text: str) -> EntryStatus:
    """An unknown status counts as in force."""
    if not text and table.is_ended:
        return EntryStatus.NO_LONGER_IN_FORCE
    return _status_of(text) or EntryStatus.IN_FORCE


def _status_of(text: str) -> EntryStatus | None:
    return list_words().statuses.get(squeeze(text))


def _entry(table: ListTable, number: int, row: Sequence[str], columns: _Columns) -> Entry:
    names = split_names(columns.text(row, "name", MAX_NAMES))
    others = (*names.others, *_aliases(columns.text(row, "aliases")))
    countries = map(country_code, columns.texts(row, "country").values())
    return Entry(
        row=number,
        name=names.name[:MAX_TEXT],
        aliases=tuple(dict.fromkeys(one[:MAX_TEXT] for one in others)),
        country=next(filter(None, countries), table.country),
        region=columns.text(row, "region"),
        address=columns.text(row, "address"),
        entry_id=columns.text(row, "entry_id"),
        listed_on=columns.text(row, "listed_on"),
        note=_note(names, columns.texts(row, "note")),
        status=_status(table, columns.text(row, "status")),
        section=table.section,
    )


def _note(names: Names, texts: Mapping[str, str]) -> str:
    """Further text of the list beside the name, with headings if it is in several columns."""
    several = len(texts) > 1
    told = [f"{heading}: {text}" if several else text for heading, text in texts.items()]
    return "; ".join(filter(None, (names.note, *told)))[:MAX_TEXT]


def _aliases(cell: str) -> Iterator[str]:
    for separator in list_words().alias_separators:
        cell = cell.replace(separator, "\n")
    yield from (part for part in map(str.strip, cell.split("\n")) if part)


def _some(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:ROWS_NAMED]))
    return f"{shown} and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else shown

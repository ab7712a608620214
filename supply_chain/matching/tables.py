"""Reader of lists and pairs for matching; every fault is reported with row and column.

A row without name or id, or with a repeated id, is faulty and left out. An unusable
value (an unknown country, a latitude of 200) is noted, and the rest of its row counts:
missing places only make a score less certain.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from supply_chain.errors import FileRefused
from supply_chain.intake.cells import CellFault
from supply_chain.intake.countries import country_code, suggest_country
from supply_chain.intake.degrees import parse_degrees
from supply_chain.intake.delimited import read_delimited
from supply_chain.intake.drafts import NamedBytes
from supply_chain.matching.normalise import normalise
from supply_chain.matching.records import Record

LIST_COLUMNS = ("id", "name")
PAIR_COLUMNS = ("left_name", "right_name")
ID_SCHEMES = ("external_id", "os_id", "lei", "duns", "gln")
TEXT_COLUMNS = ("address", "country", "city", "region", "company")
READ_COLUMNS = frozenset({"name", *TEXT_COLUMNS, "latitude", "longitude", *ID_SCHEMES})
SIDES = ("left_", "right_")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and XLS
SCHEME_PREFIX = re.compile(r"\s*([A-Za-z_]{2,12})\s*[:=]\s*(\S.*)")
LIMITS = {"latitude": 90.0, "longitude": 180.0}


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault in one cell; `row` is the number a spreadsheet shows."""

    file: str
    row: int
    column: str
    value: str
    problem: str
    advice: str


@dataclass(frozen=True)
class ReadList:
    """The usable records of a list, the number of its rows, its faults, values left out.

    `unused` names the columns that nothing is compared by.
    """

    records: Sequence[Record]
    rows: int
    faults: Sequence[Fault]
    notes: Sequence[Fault]
    unused: Sequence[str]


@dataclass(frozen=True)
class ReadPairs:
    """All rows of a list of pairs, unchanged; those that can be compared also as records."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    pairs: Mapping[int, tuple[Record, Record]]  # place in `rows` -> both sides
    faults: Sequence[Fault]
    notes: Sequence[Fault]
    unused: Sequence[str]


@dataclass
class _Row:
    """One row by column name, and where its faults go."""

    file: str
    number: int
    cells: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def tell(self, column: str, problem: str, advice: str) -> None:
        """A fault of the row."""
        self.faults.append(self._about(column, problem, advice))

    def note(self, column: str, problem: str, advice: str) -> None:
        """A value left out."""
        self.notes.append(self._about(column, problem, advice))

    def _about(self, column: str, problem: str, advice: str) -> Fault:
        return Fault(self.file, self.number, column, self.text(column), problem, advice)


def read_list(file: NamedBytes) -> ReadList:
    """Read a list of records. Raises FileRefused where it has no id or name column or no text."""
    header, rows = _rows(file, LIST_COLUMNS)
    records: dict[str, Record] = {}
    for row in rows:
        record = _record(row, row.text("id"), "")
        if not row.text("id"):
            row.tell("id", "The id is missing.", "Give each row an id of its own.")
        elif record and records.get(record.id) == record:
            row.note("id", "This row stands twice; it counts once.", "Take one of them out.")
        elif row.text("id") in records:
            row.tell("id", "This id stands twice; the first row counts.", "Give it another id.")
        elif record:
            records[record.id] = record
    unused = [column for column in header if column not in READ_COLUMNS | {"id"}]
    return ReadList([*records.values()], len(rows), *_told(rows), unused)


def read_pairs(file: NamedBytes) -> ReadPairs:
    """Read a list of pairs. Raises FileRefused where a column of names or the text is missing."""
    header, rows = _rows(file, PAIR_COLUMNS)
    pairs: dict[int, tuple[Record, Record]] = {}
    for place, row in enumerate(rows):
        left = _record(row, f"{place}-left", "left_")
        right = _record(row, f"{place}-right", "right_")
        if left and right:
            pairs[place] = left, right
    read = {side + column for side in SIDES for column in READ_COLUMNS}
    cells = [[*row.cells.values()] for row in rows]
    unused = [column for column in header if column not in read | {"pair_id"}]
    return ReadPairs([*dict.fromkeys(header)], cells, pairs, *_told(rows), unused)


def _told(rows: Sequence[_Row]) -> tuple[list[Fault], list[Fault]]:
    faults = [fault for row in rows for fault in row.faults]
    return faults, [note for row in rows for note in row.notes]


def _rows(file: NamedBytes, required: Sequence[str]) -> tuple[list[str], list[_Row]]:
    """The names of the columns, and the rows under them."""
    if file.content.startswith(WORKBOOKS):
        raise FileRefused(
            "not_csv",
            f"{file.name} is a workbook or another packed file, not a CSV file.",
            "Open it and save the sheet as CSV UTF-8.",
        )
    table, _ = read_delimited(file)
    filled = [(n, row) for n, row in enumerate(table, start=1) if any(map(str.strip, row))]
    header = [_column(cell) for cell in filled[0][1]] if filled else []
    missing = [column for column in required if column not in header]
    if missing:
        raise FileRefused(
            "missing_column",
            f"{file.name} has no column {' and no column '.join(missing)}.",
            f"The first row must name the columns, at least {', '.join(required)}.",
        )
    doubled = sorted({column for column in header if column and header.count(column) > 1})
    if doubled:
        raise FileRefused(
            "doubled_column",
            f"{file.name} has the column {doubled[0]} twice.",
            "Keep one of them, or give the other a name of its own.",
        )
    return header, [_row(file.name, number, header, cells) for number, cells in filled[1:]]


def _row(name: str, number: int, header: Sequence[str], cells: Sequence[str]) -> _Row:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    row = _Row(name, number, dict(zip(header, padded, strict=False)))
    if any(map(str.strip, cells[len(header) :])):
        row.note(
            header[-1],
            "The row has more cells than the header.",
            "Put texts that hold the separator in quotation marks.",
        )
    return row


def _column(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _record(row: _Row, ref: str, side: str) -> Record | None:
    """One side of a row as a record; `None`, with the fault reported, where it has no name."""
    name = row.text(f"{side}name")
    country = _country(row, f"{side}country")
    latitude, longitude = _point(row, side)
    if not name:
        row.tell(f"{side}name", "The name is missing.", "Write the name, or take the row out.")
        return None
    if not normalise(name):
        row.tell(
            f"{side}name",
            "The name has neither letters nor numbers.",
            "Write the name, or take the row out.",
        )
        return None
    return Record(
        id=ref,
        name=name,
        address=row.text(f"{side}address"),
        country=country,
        city=row.text(f"{side}city"),
        region=row.text(f"{side}region"),
        latitude=latitude,
        longitude=longitude,
        company=row.text(f"{side}company"),
        external_ids=_external_ids(row, side),
    )


def _country(row: _Row, column: str) -> str:
    text = row.text(column)
    code = country_code(text) if text else ""
    if code is None:
        near = suggest_country(text)
        advice = f"Did you mean {near}?" if near else "Use the two-letter code, for example CI."
        row.note(column, f"The country “{text}” is not known; it is left out.", advice)
    return code or ""


def _point(row: _Row, side: str) -> tuple[float | None, float | None]:
    """Both coordinates, or none of them."""
    found = {column: _degrees(row, side + column, limit) for column, limit in LIMITS.items()}
    latitude, longitude = found["latitude"], found["longitude"]
    given = [column for column in LIMITS if row.text(side + column)]
    if len(given) == 1:
        other = next(column for column in LIMITS if column not in given)
        row.note(side + other, f"The {other} is missing.", "Give both coordinates or none.")
    if latitude == longitude == 0:
        row.note(
            f"{side}latitude",
            "Latitude 0, longitude 0 lies in the sea and stands for “unknown”; it is left out.",
            "Leave both empty where the place is not known.",
        )
        return None, None
    return (latitude, longitude) if None not in (latitude, longitude) else (None, None)


def _degrees(row: _Row, column: str, limit: float) -> float | None:
    text = row.text(column)
    try:
        return parse_degrees(text, limit, column) if text else None
    except CellFault as fault:
        row.note(column, f"{fault.problem} It is left out.", fault.advice)
        return None


def _external_ids(row: _Row, side: str) -> dict[str, str]:
    found = {scheme: row.text(side + scheme) for scheme in ID_SCHEMES}
    prefixed = SCHEME_PREFIX.fullmatch(found["external_id"])
    if prefixed:
        found |= {"external_id": "", prefixed[1].lower(): prefixed[2]}
    return {scheme: value for scheme, value in found.items() if value}

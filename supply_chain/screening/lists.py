"""Reads an official list in a plain CSV shape: one line a business, a name in each.

What speaks of natural persons is refused, the whole file with it: screening is of businesses and
sites (docs/screening.md). Nothing is dropped silently; the refusal names columns and rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supply_chain.drafts import NamedBytes
from supply_chain.errors import FileRefused
from supply_chain.intake.countries import country_code
from supply_chain.intake.delimited import read_delimited
from supply_chain.intake.personal_columns import tells_of_people
from supply_chain.spelling import bare_words
from supply_chain.yaml_files import read_yaml

WORDS_FILE = Path(__file__).resolve().parent.parent / "data" / "screening_words.yaml"
MAX_ENTRIES = 100_000
MAX_TEXT = 1_000
ROWS_NAMED = 5
# A Brazilian tax number of a natural person (CPF): eleven digits, often 000.000.000-00.
CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")
PERSONS = "Take natural persons out of the file and upload it again; businesses and sites stay."


@dataclass(frozen=True)
class Entry:
    """One business of a list.

    Attributes:
        row: line of the file, 1 is the first. country: ISO 3166-1 alpha-2, or None.
        listed_on, note: as the list writes them.
    """

    row: int
    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    region: str = ""
    address: str = ""
    entry_id: str = ""
    listed_on: str = ""
    note: str = ""


@dataclass(frozen=True)
class ListWords:
    """What `data/screening_words.yaml` says; headings and words are squeezed."""

    columns: Mapping[str, str]  # heading -> field
    personal: frozenset[str]
    kind_columns: frozenset[str]
    person_words: frozenset[str]
    alias_separators: tuple[str, ...]


@cache
def list_words() -> ListWords:
    """The shipped words, read once."""
    data: dict[str, Any] = read_yaml(WORDS_FILE)
    return ListWords(
        columns=MappingProxyType(
            {_squeeze(word): field for field, words in data["columns"].items() for word in words}
        ),
        personal=frozenset(map(_squeeze, data["personal"])),
        kind_columns=frozenset(map(_squeeze, data["kind_columns"])),
        person_words=frozenset(map(_squeeze, data["person_words"])),
        alias_separators=tuple(data["alias_separators"]),
    )


def read_list(file: NamedBytes) -> tuple[Entry, ...]:
    """The businesses of a list, in its order; lines without any text are left out.

    Raises:
        FileRefused: it cannot be read, has no column of names, a line has no name, it is too
            long, or it speaks of natural persons.
    """
    rows, _ = read_delimited(file)
    lines = [(number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    if not lines:
        raise FileRefused("empty", f"{file.name} is empty.", "Choose the file with the list.")
    (_, headings), *body = lines
    _refuse_persons(file.name, headings, body)  # first: it names the rows to take out
    _refuse_personal_columns(file.name, headings, [row for _, row in body])
    fields = _fields(file.name, headings)
    if len(body) > MAX_ENTRIES:
        raise FileRefused(
            "too_long",
            f"{file.name} has {len(body):,} lines; at most {MAX_ENTRIES:,} are read.",
            "Split it by country.",
        )
    entries = tuple(_entry(number, row, fields) for number, row in body)
    nameless = [entry.row for entry in entries if not entry.name]
    if nameless or not entries:
        named = f"row {_some(nameless)} has no name"
        where = named if nameless else "it has no line below its head"
        raise FileRefused("no_name", f"{file.name}: {where}.", "Complete the file.")
    return entries


def _refuse_personal_columns(
    name: str, headings: Sequence[str], body: Sequence[Sequence[str]]
) -> None:
    """By the words of such lists, and by what tells of people in any list that comes in."""
    personal = [
        one.strip()
        for at, one in enumerate(headings)
        if _squeeze(one) in list_words().personal
        or tells_of_people(one, (row[at] for row in body if at < len(row)))
    ]
    if personal:
        quoted = ", ".join(f"“{one}”" for one in personal)
        raise FileRefused(
            "personal_columns",
            f"{name} has columns that speak of natural persons: {quoted}.",
            "Take these columns and all natural persons out, and upload the businesses alone.",
        )


def _refuse_persons(
    name: str, headings: Sequence[str], body: Sequence[tuple[int, Sequence[str]]]
) -> None:
    kinds = [at for at, one in enumerate(headings) if _squeeze(one) in list_words().kind_columns]
    persons = [
        number
        for number, row in body
        if any(_squeeze(row[at]) in list_words().person_words for at in kinds if at < len(row))
        or any(CPF.search(cell) for cell in row)
    ]
    if persons:
        raise FileRefused(
            "persons",
            f"{name} has {len(persons):,} lines on natural persons, first in row {_some(persons)}.",
            PERSONS,
        )


def _fields(name: str, headings: Sequence[str]) -> dict[str, int]:
    """Field -> its column; of two columns for one field the first counts."""
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        field = list_words().columns.get(_squeeze(heading))
        if field is not None:
            found.setdefault(field, at)
    if "name" not in found:
        known = ", ".join(f"“{one.strip()}”" for one in headings if one.strip()) or "none"
        raise FileRefused(
            "no_name_column",
            f"{name} has no column of names; its first line has {known}.",
            "Call the column with the names of the businesses “name”.",
        )
    return found


def _entry(number: int, row: Sequence[str], fields: Mapping[str, int]) -> Entry:
    def text(field: str) -> str:
        at = fields.get(field, len(row))
        return " ".join(row[at].split())[:MAX_TEXT] if at < len(row) else ""

    return Entry(
        row=number,
        name=text("name"),
        aliases=tuple(dict.fromkeys(_aliases(text("aliases")))),
        country=country_code(text("country")),
        region=text("region"),
        address=text("address"),
        entry_id=text("entry_id"),
        listed_on=text("listed_on"),
        note=text("note"),
    )


def _aliases(cell: str) -> Iterator[str]:
    for separator in list_words().alias_separators:
        cell = cell.replace(separator, "\n")
    yield from (part for part in map(str.strip, cell.split("\n")) if part)


def _squeeze(text: str) -> str:
    return "".join(bare_words(text))


def _some(rows: Sequence[int]) -> str:
    shown = ", ".join(map(str, rows[:ROWS_NAMED]))
    return f"{shown} and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else shown

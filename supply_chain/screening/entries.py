"""Entries of an official list, and the result of reading a list."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from supply_chain.intake.drafts import RowProblem


class EntryStatus(StrEnum):
    """Whether an entry holds; lists without such a column hold only entries in force."""

    IN_FORCE = "in_force"
    PARTLY_IN_FORCE = "partly_in_force"
    NO_LONGER_IN_FORCE = "no_longer_in_force"


@dataclass(frozen=True)
class Entry:
    """One business of a list.

    Attributes:
        row: line of the file, or row of its table on a page; 1 is the first.
        section: the table of a page, by its heading; empty for a CSV.
        country: ISO 3166-1 alpha-2, or None.
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
    status: EntryStatus = EntryStatus.IN_FORCE
    section: str = ""


@dataclass(frozen=True)
class ListReading:
    """A list as it was read.

    Attributes:
        entries: in the order of the list.
        notes: cells that were used with a remark, by row and column.
        stated_on: day of the last change, as a page states it; None: it states none.
        titles: title and headings of a page.
    """

    entries: tuple[Entry, ...]
    notes: tuple[RowProblem, ...] = ()
    stated_on: date | None = None
    titles: tuple[str, ...] = ()

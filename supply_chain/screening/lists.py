"""Official lists as files: a CSV, or a saved page with tables; one business a row."""

from collections.abc import Sequence

from supply_chain.errors import FileRefused
from supply_chain.intake.delimited import read_delimited
from supply_chain.intake.drafts import NamedBytes, RowProblem
from supply_chain.screening.entries import Entry, ListReading
from supply_chain.screening.pages import Page, is_page, read_page
from supply_chain.screening.tables import ListTable, has_names, read_table
from supply_chain.screening.words import official_in

MAX_ENTRIES = 100_000
ARCHIVES = (".mhtml", ".mht", ".webarchive")
SAVE_AGAIN = "Save the page of the list itself as “web page, HTML only”, or take its CSV."


def read_list(file: NamedBytes) -> ListReading:
    """The businesses of a list, in its order; lines without any text are left out.

    Raises:
        FileRefused: it cannot be read, has no column of names, a line has no name, it is too
            long, or it speaks of natural persons.
    """
    if file.name.lower().endswith(ARCHIVES) or file.content.startswith(b"From: <Saved by"):
        raise FileRefused("web_archive", f"{file.name} is an archive of a web page.", SAVE_AGAIN)
    if is_page(file):
        return _read_page(file)
    rows, _ = read_delimited(file)
    lines = [(number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    if not lines:
        raise FileRefused("empty", f"{file.name} is empty.", "Choose the file with the list.")
    return ListReading(*_read(file.name, [ListTable(file.name, lines)]))


def _read_page(file: NamedBytes) -> ListReading:
    """The tables of a page that have a column of names; others are its frame."""
    page = read_page(file)
    tables = [table for table in page.tables if has_names(table.rows)]
    if not tables:
        raise FileRefused(
            "no_table",
            f"{file.name} has no table with a column of names; of {len(page.tables):,} tables "
            f"the first lines have: {_first_lines(page)}.",
            SAVE_AGAIN,
        )
    entries, notes = _read(file.name, tables)
    is_known = official_in(page.titles) is not None
    return ListReading(entries, notes, page.stated_on(month_first=is_known), page.titles)


def _read(
    name: str, tables: Sequence[ListTable]
) -> tuple[tuple[Entry, ...], tuple[RowProblem, ...]]:
    lines = sum(len(table.rows) - 1 for table in tables)
    if lines > MAX_ENTRIES:
        raise FileRefused(
            "too_long",
            f"{name} has {lines:,} lines; at most {MAX_ENTRIES:,} are read.",
            "Split it by country.",
        )
    read = [read_table(table) for table in tables]
    entries = tuple(entry for found, _ in read for entry in found)
    if not entries:
        raise FileRefused(
            "no_name", f"{name}: it has no line below its head.", "Complete the file."
        )
    return entries, tuple(note for _, notes in read for note in notes)


def _first_lines(page: Page) -> str:
    found = [", ".join(filter(None, map(str.strip, table.rows[0][1]))) for table in page.tables[:3]]
    return "; ".join(f"“{line[:100]}”" for line in found if line) or "none"

"""Saved web pages with tables, read as a stream: no tree, no network, no entities of theirs.

A page comes from outside, so its size, depth and number of cells are limited; scripts, styles and
menus are skipped. The parser is that of libxml2 (lxml), which repairs broken markup.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from supply_chain import lazy
from supply_chain.errors import FileRefused
from supply_chain.intake.countries import country_code
from supply_chain.intake.drafts import NamedBytes
from supply_chain.screening.tables import ListTable, Row
from supply_chain.screening.words import tells_of_ended

MAX_PAGE_BYTES = 10 * 1024 * 1024
MAX_ELEMENTS = 300_000
MAX_DEPTH = 400
MAX_CELLS = 200_000
MAX_SPAN = 1_000
CHUNK = 65_536
MAX_LEAD = 2_000
MAX_LEAD_TEXTS = 200
SECTION_LENGTH = 200
ENDINGS = (".html", ".htm", ".xhtml")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary", "title"})
PASSED_OVER = frozenset({"script", "style", "template", "noscript", "svg", "select", "nav"})
BLOCKS = frozenset({"p", "li", "div", "br", "ul", "ol"})
LISTED = frozenset({"p", "li"})
_STATUTE = re.compile(r"section\s+\d+(?:\s*\([a-zA-Z0-9]{1,4}\))+", re.IGNORECASE)
_STATED = re.compile(
    r"\b(?:last\s+)?(?:updated|modified|reviewed/updated|published|as\s+of)(?:\s+on)?\s*:?\s*"
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}|[A-Za-z]{3,9}\.?\s+\d{1,2},\s+\d{4}"
    r"|\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4})",
    re.IGNORECASE,
)
_FORMATS = ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")


@dataclass(frozen=True)
class Page:
    """The tables of a page, its title and headings, and days that it states of itself."""

    tables: tuple[ListTable, ...]
    titles: tuple[str, ...]
    stated: tuple[str, ...]

    def stated_on(self, *, month_first: bool) -> date | None:
        """The newest day that the page states; 03/04/2026 is one only where the order is known."""
        days = [day for text in self.stated if (day := _day(text, month_first=month_first))]
        return max(days, default=None)


def is_page(file: NamedBytes) -> bool:
    """Whether a file is a web page, by its ending or its first letters."""
    start = file.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return file.name.lower().endswith(ENDINGS) or start.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<?xml")
    )


def read_page(file: NamedBytes) -> Page:
    """Every table of a page with the heading above it.

    Raises:
        FileRefused: it is no page, or larger or deeper than any list.
    """
    if len(file.content) > MAX_PAGE_BYTES:
        megabytes = MAX_PAGE_BYTES // 1024 // 1024
        raise _too_much(file.name, f"it is larger than {megabytes} MB")
    reader = _Reader(file.name)
    parser = lazy.etree.HTMLParser(
        target=reader, no_network=True, huge_tree=False, encoding=_encoding(file.content)
    )
    try:
        for start in range(0, len(file.content), CHUNK):  # a limit stops it at the next
            parser.feed(file.content[start : start + CHUNK])
        parser.close()
    except lazy.etree.LxmlError:
        raise FileRefused(
            "broken_page",
            f"{file.name} cannot be read as a web page.",
            "Save the page again as “web page, HTML only”.",
        ) from None
    return reader.page()


def _encoding(content: bytes) -> str | None:
    """UTF-8 where the bytes are; otherwise what the page declares."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


@dataclass
class _Table:
    """A table that is being read.

    `headings` are those above it, the nearest last; `spans` are cells that reach down: column ->
    (rows, text).
    """

    number: int
    headings: tuple[str, ...]
    lead: str
    rows: list[tuple[str, ...]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    spans: dict[int, tuple[int, str]] = field(default_factory=dict)
    text: list[str] | None = None
    reach: tuple[int, int] = (1, 1)


class _Reader:
    """Callbacks of the parser for each tag and text."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._elements = self._cells = self._depth = 0
        self._passing: list[str] = []
        self._open: list[_Table] = []
        self._done: list[_Table] = []
        self._heading: list[str] | None = None
        self._titles: list[str] = []
        self._above: list[tuple[str, str]] = []
        self._lead: deque[str] = deque(maxlen=MAX_LEAD_TEXTS)
        self._stated: list[str] = []
        self._tail = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        self._count()
        if tag in PASSED_OVER:
            self._passing.append(tag)
        elif self._passing:
            return
        elif tag == "meta":
            self._note_meta(attributes)
        elif tag in HEADINGS and (not self._open or tag == "caption"):
            self._heading = []
        elif tag == "table":
            above = tuple(text for _, text in self._above)
            number = len(self._done) + len(self._open)
            self._open.append(_Table(number, above, "".join(self._lead)[-MAX_LEAD:]))
            self._lead.clear()
        elif self._open:
            self._start_in_table(tag, attributes)
        elif tag in BLOCKS:
            self._lead.append(" ")

    def _start_in_table(self, tag: str, attributes: Mapping[str, str]) -> None:
        table = self._open[-1]
        if tag == "tr":
            self._end_row(table)
        elif tag in ("td", "th"):
            self._end_cell(table)
            table.text = []
            table.reach = (_span(attributes, "colspan"), _span(attributes, "rowspan"))
        elif tag in BLOCKS and table.text is not None:
            table.text.append("; " if tag in LISTED and "".join(table.text).strip() else " ")

    def end(self, tag: str) -> None:
        """A tag is closed."""
        self._depth -= 1
        if self._passing:
            if tag == self._passing[-1]:
                self._passing.pop()
        elif tag in HEADINGS and self._heading is not None:
            self._end_heading(tag)
        elif tag == "table" and self._open:
            table = self._open.pop()
            self._end_row(table)
            self._done.append(table)
            self._lead.clear()
        elif self._open and tag in ("td", "th"):
            self._end_cell(self._open[-1])
        elif self._open and tag == "tr":
            self._end_row(self._open[-1])

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._passing:
            return
        if self._heading is not None:
            self._heading.append(text)
        elif self._open:
            if self._open[-1].text is not None:
                self._open[-1].text.append(text)
        else:
            self._look_for_day(text)
            self._lead.append(text[-MAX_LEAD:])

    def comment(self, text: str) -> None:
        """Comments are passed over."""

    def close(self) -> None:
        """The page ends; tables that were never closed end with it."""
        for table in reversed(self._open):
            self._end_row(table)
            self._done.append(table)
        self._open = []

    def page(self) -> Page:
        """The page read."""
        tables = sorted(self._done, key=lambda one: one.number)
        found = tuple(self._list_table(at, one) for at, one in enumerate(tables, 1) if one.rows)
        return Page(
            tuple(table for table in found if table.rows),
            tuple(self._titles),
            tuple(self._stated),
        )

    def _list_table(self, number: int, table: _Table) -> ListTable:
        nearest = table.headings[-1] if table.headings else ""
        statutes = _STATUTE.findall(table.lead) or _STATUTE.findall(nearest)
        section = " ".join(statutes[-1].split()) if statutes else nearest
        rows: list[Row] = [
            (at, row) for at, row in enumerate(table.rows, 1) if any(map(str.strip, row))
        ]
        above = [heading[:SECTION_LENGTH] for heading in reversed(table.headings)]
        return ListTable(
            self._file,
            rows,
            section[:SECTION_LENGTH] or f"Table {number}",
            country=next(filter(None, map(country_code, above)), None),
            is_ended=any(map(tells_of_ended, above)),
        )

    def _count(self) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise _too_much(self._file, f"it has more than {MAX_ELEMENTS:,} elements")
        if self._depth > MAX_DEPTH:
            raise _too_much(self._file, f"it is nested deeper than {MAX_DEPTH} elements")

    def _end_heading(self, tag: str) -> None:
        text = " ".join("".join(self._heading or ()).split())[:MAX_LEAD]
        self._heading = None
        if not text:
            return
        self._titles.append(text)
        if tag == "caption":
            if self._open:
                self._open[-1].headings += (text,)
        elif tag != "title":  # "h1" < "h2" < … < "summary"
            self._above = [(level, above) for level, above in self._above if level < tag]
            self._above.append((tag, text))
        self._lead.clear()

    def _end_cell(self, table: _Table) -> None:
        if table.text is None:
            return
        text, table.text = " ".join("".join(table.text).split()), None
        self._fill(table)
        across, down = table.reach
        for _ in range(across):
            if down > 1:
                table.spans[len(table.cells)] = (down - 1, text)
            self._add(table, text)

    def _fill(self, table: _Table) -> None:
        """Cells from above that reach into this row."""
        while (above := table.spans.get(len(table.cells))) is not None:
            left, text = above
            if left > 1:
                table.spans[len(table.cells)] = (left - 1, text)
            else:
                del table.spans[len(table.cells)]
            self._add(table, text)

    def _add(self, table: _Table, text: str) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise _too_much(self._file, f"it has more than {MAX_CELLS:,} cells")
        table.cells.append(text)

    def _end_row(self, table: _Table) -> None:
        self._end_cell(table)
        if table.cells:
            self._fill(table)
            table.rows.append(tuple(table.cells))
            table.cells = []

    def _look_for_day(self, text: str) -> None:
        """The day may be in an element of its own, after the words that announce it."""
        joined = f"{self._tail} {text}" if self._tail else text
        self._stated.extend(match["day"] for match in _STATED.finditer(joined[-MAX_LEAD:]))
        self._tail = joined[-60:]

    def _note_meta(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("property") or attributes.get("name") or ""
        if name.casefold() in ("article:modified_time", "og:updated_time", "dcterms.modified"):
            self._stated.append((attributes.get("content") or "")[:10])


def _span(attributes: Mapping[str, str], name: str) -> int:
    text = (attributes.get(name) or "").strip()
    return min(max(int(text), 1), MAX_SPAN) if text.isdecimal() and len(text) < 6 else 1


def _day(text: str, *, month_first: bool) -> date | None:
    words = " ".join(text.replace(".", "").split())
    return next(_days(words, month_first=month_first), None)


def _days(words: str, *, month_first: bool) -> Iterator[date]:
    parts = words.split("/")
    formats = list(_FORMATS)
    if len(parts) == 3:
        is_plain = month_first or int(parts[1]) > 12
        formats = ["%m/%d/%Y"] if is_plain else ["%d/%m/%Y"] if int(parts[0]) > 12 else []
    for one in formats:
        try:
            yield datetime.strptime(words, one).replace(tzinfo=UTC).date()
        except ValueError:
            continue


def _too_much(name: str, what: str) -> FileRefused:
    return FileRefused(
        "too_large",
        f"{name} is no page with a list: {what}.",
        "Save the page of the list alone as “web page, HTML only”, or take its CSV.",
    )

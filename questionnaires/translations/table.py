"""Texts of a form as a workbook for translators: one row a text, two columns a language.

It returns as cells (`workbook.reading`): rows are found by their id, so that they may be
sorted or left out, and only a difference from the exported text is a change.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from questionnaires import lazy
from questionnaires.form.form import Form
from questionnaires.translations.states import TextIn, TextState, text_sections
from questionnaires.translations.texts import TARGETS, source_of, translatable, values_in
from questionnaires.workbook.reading import RawBook, RawCell, RawSheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FORMAT = "1"
TEXTS, META, BASE = "Texts", "_meta", "_base"
FIXED = ("id", "where", "source")
FIRST_ROW = 2
RIGHT_TO_LEFT, READ_RIGHT_TO_LEFT = frozenset({"ar"}), 2
LONGEST = 5000
ADVICE = (
    "One row is one text. Write the translation into the column of your language.",
    "Beside it stands who made it. Choose “confirmed” there when you have read a text and it is"
    " right, also where you changed nothing. Whoever takes the table in answers for it.",
    "Keep ${name} as it stands, wherever the sentence needs it: an answer is shown there.",
    "An emptied cell changes nothing. Rows may be sorted or left out; keep the first column.",
    "Write no formulas. Save as .xlsx and bring it back where you downloaded it: every change is"
    " shown before it counts.",
)
_STATES = [state.value for state in (TextState.CONFIRMED, TextState.MACHINE)]


@dataclass(frozen=True, slots=True)
class TableChange:
    """A text that differs from the exported one, or is marked as confirmed."""

    cell: str
    language: str
    place: str
    text: str
    before: str


@dataclass(frozen=True, slots=True)
class TableFault:
    """A cell that cannot be taken, why, and the way out."""

    cell: str
    message: str
    advice: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedTable:
    """Content of a returned table: changes, and faults that stop none of them."""

    changes: Sequence[TableChange]
    faults: Sequence[TableFault]


def write_table(form: Form, languages: Mapping[str, Mapping[str, TextIn]]) -> bytes:
    """The texts of a form as .xlsx.

    Args:
        form: as it was written.
        languages: code -> its texts by place (`texts_in`), in the order of the columns. A table of
            Arabic alone runs from right to left.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with lazy.quoted_cells.TextBook(target, options) as book:
        book.set_properties({"title": form.title})
        _Writer(book, form, languages).write()
    return target.getvalue()


class _Writer:
    def __init__(
        self, book: Any, form: Form, languages: Mapping[str, Mapping[str, TextIn]]
    ) -> None:
        self.book, self.form, self.languages = book, form, languages
        wrap = {"text_wrap": True, "valign": "top"}
        self.head = book.add_format({**wrap, "bold": True})
        self.faint = book.add_format({**wrap, "font_color": "#555555"})
        self.plain = book.add_format(wrap)
        open_cell = {**wrap, "locked": False, "bg_color": "#FFF8DC", "border": 1}
        self.open = book.add_format({**open_cell, "border_color": "#CCCCCC"})
        turned = {"reading_order": READ_RIGHT_TO_LEFT, "align": "right"}
        self.open_turned = book.add_format({**open_cell, "border_color": "#CCCCCC", **turned})

    def write(self) -> None:
        """The sheet to read first, the texts, and the hidden sheet."""
        sheet = self.book.add_worksheet("Read me")
        sheet.set_column(0, 0, 90)
        title = f"{self.form.title}, version {self.form.version}"
        for row, text in enumerate((title, "", *ADVICE)):
            sheet.write_string(row, 0, text, self.head if row == 0 else self.plain)
        self._texts()
        self._hidden()

    def _texts(self) -> None:
        sheet: Worksheet = self.book.add_worksheet(TEXTS)
        if self.languages and RIGHT_TO_LEFT.issuperset(self.languages):
            sheet.right_to_left()
        self._headings(sheet)
        rows = list(_rows(self.form))
        for row, (place, where) in enumerate(rows, start=FIRST_ROW):
            for column, text in enumerate((place, where, translatable(self.form)[place])):
                sheet.write_string(row, column, text, self.faint if column < 2 else self.plain)
            for number, (code, texts) in enumerate(self.languages.items()):
                self._text(sheet, row, len(FIXED) + 2 * number, code, texts[place])
        last, width = FIRST_ROW + len(rows) - 1, len(FIXED) + 2 * len(self.languages) - 1
        sheet.autofilter(FIRST_ROW - 1, 0, last, width)
        sheet.freeze_panes(FIRST_ROW, len(FIXED))
        sheet.set_landscape()
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True})

    def _headings(self, sheet: Worksheet) -> None:
        source = TARGETS.get(source_of(self.form), source_of(self.form))
        names = [("id", "Id", 24), ("where", "Where", 34), ("source", f"Source: {source}", 60)]
        for code in self.languages:
            names += [(code, TARGETS[code], 60), (f"{code}:state", "Who made it", 16)]
        for column, (key, name, width) in enumerate(names):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, key)
            sheet.write_string(FIRST_ROW - 1, column, name, self.head)
        sheet.set_row(0, None, None, {"hidden": True})

    def _text(self, sheet: Worksheet, row: int, column: int, code: str, text: TextIn) -> None:
        look = self.open_turned if code in RIGHT_TO_LEFT else self.open
        if text.text:
            sheet.write_string(row, column, text.text, look)
        else:
            sheet.write_blank(row, column, None, look)
        sheet.write_string(row, column + 1, text.state.value, self.open)
        choices = list(dict.fromkeys([*_STATES, text.state.value]))
        sheet.data_validation(
            row, column + 1, row, column + 1, {"validate": "list", "source": choices}
        )

    def _hidden(self) -> None:
        form = self.form
        meta: Worksheet = self.book.add_worksheet(META)
        facts = (FORMAT, form.form_id, form.version, form.sha256, form.title)
        for row, (name, text) in enumerate(
            zip(("format", "form", "version", "sha256", "title"), facts, strict=True)
        ):
            meta.write_string(row, 0, name)
            meta.write_string(row, 1, text)
        base: Worksheet = self.book.add_worksheet(BASE)
        row = 0
        for code, texts in self.languages.items():
            for place, known in texts.items():
                for column, value in enumerate((code, place, known.text, known.state.value)):
                    base.write_string(row, column, value)
                row += 1
        for sheet in (meta, base):
            sheet.very_hidden()
            sheet.protect()


def _rows(form: Form) -> Iterator[tuple[str, str]]:
    """Every place with a description of it."""
    for section in text_sections(form):
        for block in section.blocks:
            for place in block.places:
                what = "answer" if place.startswith("choices/") else place.rpartition("/")[2]
                parts = (section.title or section.name, block.name, what)
                yield place, " · ".join(part for part in parts if part)


def refusal_of(book: RawBook, form: Form) -> tuple[str, str] | None:
    """Reason why a workbook is no table of this form, with the remedy; None where it is."""
    meta, texts = book.sheets.get(META), book.sheets.get(TEXTS)
    if meta is None or texts is None:
        return (
            "This workbook is no table of translations.",
            "Bring the table that you downloaded from this page; rename none of its sheets.",
        )
    facts = {meta.text(row, 0): meta.text(row, 1) for row in range(8)}
    if facts.get("sha256") == form.sha256:
        return None
    name = f"“{facts.get('title', '')}”, version {facts.get('version', '')}"
    if facts.get("form") == form.form_id:
        return (
            f"This is the table of another version: {name}. Here is version {form.version}.",
            "Download the table anew here and copy your columns over: its ids stay the same.",
        )
    return (
        f"This is the table of another form: {name}.",
        "Bring it back on the page of that form.",
    )


def read_table(book: RawBook, form: Form) -> ReturnedTable:
    """Changes by a table; `refusal_of` has been called before."""
    return _Reader(book, form).read()


class _Reader:
    def __init__(self, book: RawBook, form: Form) -> None:
        self.sheet, self.form = book.sheets[TEXTS], form
        self.sources = translatable(form)
        self.base = _base_of(book.sheets.get(BASE))
        self.changes: list[TableChange] = []
        self.faults: list[TableFault] = []

    def read(self) -> ReturnedTable:
        """Row by row, each found by its id."""
        columns = self._columns()
        rows = sorted({row for row, _ in self.sheet.cells if row >= FIRST_ROW})
        seen: dict[str, int] = {}
        for row in rows:
            place = self.sheet.text(row, columns["id"]).strip()
            if self._is_known(row, columns["id"], place, seen):
                for key, column in columns.items():
                    if key in self.languages:
                        self._cell(row, column, columns.get(f"{key}:state"), key, place)
        return ReturnedTable(self.changes, self.faults)

    def _columns(self) -> dict[str, int]:
        found = {
            cell.text.strip(): cell.column for cell in self.sheet.cells.values() if cell.row == 0
        }
        self.languages = {code for code, _ in self.base} & set(found)
        for key, column in found.items():
            code = key.removesuffix(":state")
            if key not in FIXED and code not in self.languages:
                self._fault(
                    0,
                    column,
                    f"The column “{key}” is none of this table.",
                    "Write into the columns that were there.",
                )
        return {"id": 0, **found}

    def _is_known(self, row: int, column: int, place: str, seen: dict[str, int]) -> bool:
        if place in self.sources and place not in seen:
            seen[place] = row
            return True
        if place in seen:
            first = lazy.xl_utility.xl_rowcol_to_cell(seen[place], column)
            self._fault(
                row,
                column,
                f"The id “{place}” stands twice, in {first} too.",
                "Keep one of the two rows. The first was read.",
            )
        elif any(self.sheet.text(row, other) for other in range(column, column + 40)):
            self._fault(
                row,
                column,
                f"The id “{place}” is none of this form." if place else "This row has no id.",
                "Copy the id of the text from the table as it was downloaded.",
            )
        return False

    def _cell(self, row: int, column: int, state: int | None, code: str, place: str) -> None:
        cell = self.sheet.cells.get((row, column))
        if cell is None or not cell.text.strip():
            return
        before, kept_state = self.base.get((code, place), ("", ""))
        text = cell.text.strip()
        says = self.sheet.text(row, state).strip().lower() if state is not None else ""
        is_confirmed = says == TextState.CONFIRMED and kept_state != TextState.CONFIRMED
        if text == before and not is_confirmed:
            return
        fault = self._wrong(cell, place)
        if fault:
            self._fault(row, column, *fault, text=text)
        else:
            name = lazy.xl_utility.xl_rowcol_to_cell(row, column)
            self.changes.append(TableChange(name, code, place, text, before))

    def _wrong(self, cell: RawCell, place: str) -> tuple[str, str] | None:
        if cell.kind == "f":
            return ("Here stands a formula.", "Write the text itself, without = in front.")
        if cell.kind not in ("s", "n"):
            return (
                "Excel made a date, a time or a yes/no of this text.",
                "Format the cell as text and write it again.",
            )
        if len(cell.text) > LONGEST:
            return (f"The text has more than {LONGEST} characters.", "Shorten it.")
        wanted, found = values_in(self.sources[place]), values_in(cell.text)
        if wanted == found:
            return None
        lost = ", ".join(f"${{{name}}}" for name in wanted if name not in found)
        if lost:
            return (
                f"{lost} is lost.",
                "Put it in where an answer is to be shown, as it stands in the source.",
            )
        return ("Here stands ${…} that the source does not have.", "Leave it out.")

    def _fault(self, row: int, column: int, message: str, advice: str, text: str = "") -> None:
        cell = f"{TEXTS}!{lazy.xl_utility.xl_rowcol_to_cell(row, column)}"
        self.faults.append(TableFault(cell, message, advice, text))


def _base_of(sheet: RawSheet | None) -> dict[tuple[str, str], tuple[str, str]]:
    """Texts in the table at its export, and their authors, by language and place."""
    if sheet is None:
        return {}
    rows = {row for row, _ in sheet.cells}
    return {
        (sheet.text(row, 0), sheet.text(row, 1)): (sheet.text(row, 2).strip(), sheet.text(row, 3))
        for row in rows
    }

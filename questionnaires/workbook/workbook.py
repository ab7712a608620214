"""Answers of one assignment as a workbook: filled in offline, read by `returns`.

Questions in the respondent's language and in the form's own, drop-downs by named lists, only
answers unlocked. Protection guides; no content of the returned book is trusted.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from questionnaires import lazy
from questionnaires.evaluation.response import Response
from questionnaires.form.form import Node, Question
from questionnaires.form.label_media import files_of, named_line
from questionnaires.workbook.cells import Cell, CellWriter
from questionnaires.workbook.formulas import Conditions
from questionnaires.workbook.layout import (
    ANSWER,
    COLUMNS,
    FIRST_ENTRY,
    FIRST_FIELD,
    HELP,
    ID,
    META,
    NUMBER,
    PARENT,
    QUESTION,
    SOURCE,
    SPARE_ENTRIES,
    STATE,
    Column,
    Layout,
    Line,
    RepeatSheet,
    SectionSheet,
    lay_out,
    number_of,
)
from questionnaires.workbook.words import BookWords

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FORMAT = "1"
A4 = 9
_WIDTHS = {ID: 0, QUESTION: 52, SOURCE: 40, ANSWER: 34, STATE: 18, HELP: 46}


@dataclass(frozen=True)
class BookFacts:
    """Details of the book about itself: respondent, questionnaire, and time of the answers."""

    assignment: str
    response: str
    round: int
    title: str
    requester: str
    respondent: str
    due: str
    written: str


def write_answer_workbook(
    response: Response,
    facts: BookFacts,
    words: BookWords,
    *,
    source: Response | None = None,
    language: str | None = None,
    light: bool = False,
    files: Collection[str] = (),
) -> bytes:
    """Write the workbook of a response as .xlsx.

    Args:
        response: the current answers, in the language of the respondent.
        source: the same in the language the form was written in, where that is another.
        language: the language of `response`, as the form names it.
        light: only what light mode asks.
        files: names of the pictures, sounds and films that came along; the book holds none, and
            names beside a question those of its label.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with lazy.quoted_cells.TextBook(target, options) as book:
        book.set_properties({"title": facts.title, "company": facts.requester})
        writer = _Writer(book, response, words, source)
        writer.files = files
        writer.languages = (language or "", response.form.default_language)
        writer.layout = lay_out(response, language=language, light=light)
        writer.write(facts, language or "")
    return target.getvalue()


class _Writer:
    layout: Layout
    files: Collection[str]
    languages: tuple[str, str]

    def __init__(
        self, book: Any, response: Response, words: BookWords, source: Response | None
    ) -> None:
        self.book, self.response, self.words, self.source = book, response, words, source
        self.cells = CellWriter(book, words)
        wrap = {"text_wrap": True, "valign": "top"}
        self.plain = book.add_format(wrap)
        self.bold = book.add_format({**wrap, "bold": True})
        self.title = book.add_format({**wrap, "bold": True, "font_size": 14})
        self.faint = book.add_format({**wrap, "font_color": "#555555"})
        self.grey = book.add_format({"font_color": "#9A9A9A", "bg_color": "#EEEEEE"})

    def write(self, facts: BookFacts, language: str) -> None:
        """Every sheet, the one to read first on top."""
        self.conditions = Conditions(self.response.plan, self.layout, self.words.yes)
        self._read_me(facts)
        for sheet in self.layout.sections:
            self._section(sheet)
        for repeat in self.layout.repeats.values():
            self._repeat(repeat)
        self.cells.write_lists()
        self._meta(facts, language)

    def _sheet(self, name: str) -> Worksheet:
        sheet: Worksheet = self.book.add_worksheet(name)
        if self.words.is_right_to_left:
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _read_me(self, facts: BookFacts) -> None:
        sheet = self._sheet(self.words.read_me)
        sheet.set_column(0, 0, 90)
        sheet.write_string(0, 0, facts.title, self.title)
        about = self.words.about(facts.requester, facts.respondent, facts.due)
        told = (self.words.translation,) if self.words.translation else ()
        for row, text in enumerate((*about, *told, "", *self.words.advice), start=1):
            sheet.write_string(row, 0, text, self.plain)
        sheet.protect()

    # -- sections -----------------------------------------------------------------------------

    def _section(self, section: SectionSheet) -> None:
        sheet = self._sheet(section.name)
        self._columns(sheet)
        others = self._source_labels(section)
        for line in section.lines:
            self._line(sheet, line, others.get(line.state.path, ""))
        sheet.freeze_panes(2, 0)
        _protect(sheet)

    def _columns(self, sheet: Worksheet) -> None:
        headings = {
            QUESTION: self.words.question,
            SOURCE: self.words.source,
            ANSWER: self.words.answer,
            STATE: self.words.state,
            HELP: self.words.help,
        }
        for column, key in enumerate(COLUMNS):
            hidden = key == ID or (key == SOURCE and self.source is None)
            sheet.set_column(column, column, _WIDTHS[key], None, {"hidden": hidden})
            sheet.write_string(0, column, key)
            sheet.write_string(1, column, headings.get(key, ""), self.bold)
        sheet.set_row(0, None, None, {"hidden": True})

    def _source_labels(self, section: SectionSheet) -> Mapping[str, str]:
        if self.source is None:
            return {}
        labels = {}
        for line in section.lines:
            labels[line.state.path] = self.source.state(line.state.path).label
        return labels

    def _line(self, sheet: Worksheet, line: Line, other: str) -> None:
        state, row = line.state, line.row
        head = self.bold if line.kind in ("heading", "question", "sheet") else self.plain
        text = f"    {line.label}" if line.choice else state.label
        sheet.write_string(row, COLUMNS.index(QUESTION), text, head)
        sheet.write_string(row, COLUMNS.index(SOURCE), "" if line.choice else other, self.faint)
        if not line.choice:
            help_text = "\n".join(filter(None, [state.hint, *self._files(state.node)]))
            sheet.write_string(row, COLUMNS.index(HELP), help_text, self.faint)
        if line.kind == "sheet":
            sheet.write_url(
                row,
                COLUMNS.index(ANSWER),
                f"internal:'{line.label}'!B{FIRST_ENTRY + 1}",
                self.bold,
                self.words.go_to(line.label),
            )
        if line.kind == "file":
            sheet.write_string(row, COLUMNS.index(ANSWER), self.words.file, self.faint)
        if line.key and isinstance(state.node, Question):
            sheet.write_string(row, COLUMNS.index(ID), line.key)
            cell = Cell(row, COLUMNS.index(ANSWER), line.key, state.node, line.choice)
            labels = self.layout.labels.get(state.node.path, {})
            self.cells.write(sheet, cell, state.raw, labels, label=text.strip())
        self._state(sheet, line)

    def _files(self, node: Node) -> list[str]:
        """The files of a label and of its choices, each with what it shows."""
        if not isinstance(node, Question) or not self.files:
            return []
        found = files_of(node, self.languages)
        return [named_line(one) for one in found if one.name in self.files]

    def _state(self, sheet: Worksheet, line: Line) -> None:
        """Whether a line applies: a formula where possible, else the state at its writing."""
        state, column = line.state, COLUMNS.index(STATE)
        applies = self.conditions.of(state.path)
        if line.kind in ("note", "heading", "sheet") and applies == "":
            return
        cell = lazy.xl_utility.xl_rowcol_to_cell(line.row, column, col_abs=True)
        if not line.choice:
            if applies is None:
                self._state_text(sheet, line)
            elif applies or line.kind in ("answer", "question"):
                self._state_formula(sheet, line, applies)
            grey = f'={cell}="{self.words.not_applicable}"'
        elif applies:
            grey = f"=NOT({applies})"
        else:
            return
        area = (line.row, COLUMNS.index(QUESTION), line.row, column)
        sheet.conditional_format(*area, {"type": "formula", "criteria": grey, "format": self.grey})

    def _state_text(self, sheet: Worksheet, line: Line) -> None:
        words = self.words.now_applies if line.state.relevant else self.words.not_applicable
        sheet.write_string(line.row, COLUMNS.index(STATE), words, self.faint)

    def _state_formula(self, sheet: Worksheet, line: Line, applies: str) -> None:
        state, words = line.state, self.words
        open_word = words.needed if state.required else words.optional
        if line.kind in ("answer", "question"):
            count = (
                len(self.layout.labels.get(state.node.path, ())) if line.kind == "question" else 0
            )
            first, last = (
                lazy.xl_utility.xl_rowcol_to_cell(row, COLUMNS.index(ANSWER))
                for row in (line.row + bool(count), line.row + count)
            )
            told = f'IF(COUNTA({first}:{last})=0,"{open_word}","{words.answered}")'
        else:
            told = f'"{open_word if line.kind == "file" else ""}"'
        formula = f'IF({applies},{told},"{words.not_applicable}")' if applies else told
        is_given = line.kind in ("answer", "question") and state.raw
        value = words.answered if is_given else open_word
        sheet.write_formula(
            line.row,
            COLUMNS.index(STATE),
            f"={formula}",
            self.faint,
            value if state.relevant else words.not_applicable,
        )

    # -- repeats ------------------------------------------------------------------------------

    def _repeat(self, repeat: RepeatSheet) -> None:
        sheet = self._sheet(repeat.name)
        sheet.set_column(0, 0, 0, None, {"hidden": True})
        sheet.set_column(1, 1, 8)
        sheet.set_column(2, 2, 14, None, {"hidden": repeat.above is None})
        for column, (key, text) in enumerate(
            ((ID, ""), (NUMBER, self.words.number), (PARENT, self._above(repeat)))
        ):
            sheet.write_string(0, column, key)
            sheet.write_string(1, column, text, self.bold)
        for one in repeat.columns:
            self._column(sheet, repeat, one)
        for place in range(len(repeat.entries) + SPARE_ENTRIES):
            entry = repeat.entries[place] if place < len(repeat.entries) else ""
            self._entry(sheet, repeat, FIRST_ENTRY + place, entry)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.freeze_panes(FIRST_ENTRY, FIRST_FIELD)
        _protect(sheet)

    def _above(self, repeat: RepeatSheet) -> str:
        return self.words.number_in(repeat.above.title) if repeat.above else ""

    def _column(self, sheet: Worksheet, repeat: RepeatSheet, one: Column) -> None:
        sheet.set_column(one.column, one.column, 26)
        sheet.write_string(0, one.column, one.suffix)
        sheet.write_string(1, one.column, one.label, self.bold)
        languages = (self.response.form.default_language,)
        other = one.question.label.plain(*languages) if self.source is not None else ""
        hint = one.question.hint.plain(*languages) if self.source is None else ""
        below = filter(None, [other or hint, *self._files(one.question)])
        sheet.write_string(2, one.column, "\n".join(below), self.faint)
        applies = self.conditions.of(one.question.path, entry=repeat)
        if applies:
            area = (FIRST_ENTRY, one.column, repeat.last_row, one.column)
            rule = {"type": "formula", "criteria": f"=NOT({applies})", "format": self.grey}
            sheet.conditional_format(*area, rule)

    def _entry(self, sheet: Worksheet, repeat: RepeatSheet, row: int, entry: str) -> None:
        sheet.write_string(row, 0, entry or f"{repeat.group.path}[+]")
        sheet.write_string(row, 1, number_of(entry) if entry else self.words.new, self.faint)
        if repeat.above is not None:
            above = number_of(entry.rpartition("/")[0]) if entry else ""
            sheet.write_string(row, 2, above, self.faint if entry else self.cells.open)
        for one in repeat.columns:
            path = entry + one.suffix.partition("#")[0]
            raw = self.response.state(path).raw if entry else ""
            key = entry + one.suffix if entry else ""
            cell = Cell(row, one.column, key, one.question, one.choice)
            labels = self.layout.labels.get(one.question.path, {})
            self.cells.write(sheet, cell, raw, labels, label=one.label)

    # -- what nobody reads --------------------------------------------------------------------

    def _meta(self, facts: BookFacts, language: str) -> None:
        form = self.response.form
        sheet = self.book.add_worksheet(META)
        for row, (name, text) in enumerate(
            {
                "format": FORMAT,
                "form": form.form_id,
                "version": form.version,
                "sha256": form.sha256,
                "assignment": facts.assignment,
                "response": facts.response,
                "round": str(facts.round),
                "title": facts.title,
                "respondent": facts.respondent,
                "language": language,
                "written": facts.written,
                "yes": self.words.yes,
                "no": self.words.no,
            }.items()
        ):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, text)
        sheet.very_hidden()
        sheet.protect()


def _protect(sheet: Worksheet) -> None:
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})

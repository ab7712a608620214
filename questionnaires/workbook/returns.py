"""Returned workbook: the changed answers, and every fault with its cell.

Rows are found by their hidden id and sheets by their hidden keys, so that neither a new name nor
another order does harm. The answer in a row whose question no longer fits its id is not guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from questionnaires import lazy
from questionnaires.evaluation.recalculation import MOST_INSTANCES
from questionnaires.evaluation.response import Response
from questionnaires.form.form import Question
from questionnaires.workbook.changes import Change, ReturnFault
from questionnaires.workbook.entry_places import EntryPlaces
from questionnaires.workbook.layout import (
    ANSWER,
    BASE,
    FIRST_ENTRY,
    FIRST_FIELD,
    FIRST_LINE,
    ID,
    META,
    NUMBER,
    PARENT,
    QUESTION,
    RepeatSheet,
    lay_out,
)
from questionnaires.workbook.reading import BookRefused, RawBook, RawCell, RawSheet
from questionnaires.workbook.return_texts import CellProblem, Given, base_text, text_of_cells
from questionnaires.workbook.words import BookWords

NEW_ENTRY = "[+]"
_PLACE = re.compile(r"\[\d+\]")
_ENTRY = re.compile(r"\[\d+\](?=/)")
MOST_NAMED = 30  # missing questions that are named one by one


@dataclass(frozen=True)
class Returned:
    """Content of a returned workbook: changed answers, faults, and the total of its answers."""

    changes: tuple[Change, ...]
    faults: tuple[ReturnFault, ...]
    answers: int


@dataclass(frozen=True)
class BookMeta:
    """Identity that a book declares."""

    facts: Mapping[str, str]


def read_meta(book: RawBook) -> BookMeta:
    """Whose answers a book holds, and to which version. Raises BookRefused."""
    sheet = book.sheets.get(META)
    if sheet is None or BASE not in book.sheets:
        raise BookRefused(
            "no_meta",
            "This is not a workbook that was downloaded here, or its hidden sheets are gone.",
            "Download the workbook again and copy your answers into it.",
        )
    rows = {row for row, _ in sheet.cells}
    return BookMeta({sheet.text(row, 0): sheet.text(row, 1) for row in rows})


def check_meta(meta: BookMeta, *, assignment: str, response: Response) -> None:
    """Refuse the book of other questions or of another version. Raises BookRefused."""
    if meta.facts.get("assignment") != assignment:
        title, whose = meta.facts.get("title", ""), meta.facts.get("respondent", "")
        raise BookRefused(
            "other_assignment",
            f"This workbook belongs to other questions: {title}, for {whose}.",
            "Upload it on the page of those questions, or download the workbook of these.",
        )
    form = response.form
    if meta.facts.get("sha256") != form.sha256:
        raise BookRefused(
            "other_version",
            f"This workbook was made for version {meta.facts.get('version', '')} of the"
            f" questions; they are asked in version {form.version} now.",
            "Download the workbook again and copy your answers into it.",
        )


def read_returned(book: RawBook, response: Response, *, light: bool = False) -> Returned:
    """Read the answers of a book whose `check_meta` has passed.

    Args:
        response: the answers as they are kept now; not touched.
    """
    meta = read_meta(book)
    language = meta.facts.get("language") or None
    known = response.form.languages
    reader = _Reader(book, response, meta, language if language in known else None, light)
    return reader.read()


@dataclass
class _Found:
    """A cell of an answer, with the place people know it by."""

    place: str
    cell: RawCell | None
    choice: str = ""


@dataclass
class _Reader:
    book: RawBook
    response: Response
    meta: BookMeta
    language: str | None
    light: bool
    faults: list[ReturnFault] = field(default_factory=list)
    found: dict[str, dict[str, _Found]] = field(default_factory=dict)  # path -> choice -> cell
    inside: dict[str, list[str]] = field(default_factory=dict)  # entry -> paths below it
    places: EntryPlaces = field(default_factory=EntryPlaces)
    seen: set[str] = field(default_factory=set)
    news: list[tuple[RawSheet, RepeatSheet, int, str, Mapping[str, int]]] = field(
        default_factory=list
    )  # rows of new entries, numbered when every row with a number of its own is read

    def read(self) -> Returned:
        self.layout = lay_out(self.response, language=self.language, light=self.light)
        base = self.book.sheets[BASE]
        rows = {row for row, _ in base.cells}
        self.base = {base.text(r, 0): (base.text(r, 1), base.text(r, 2)) for r in rows}
        self.words = BookWords(
            yes=self.meta.facts.get("yes", "Yes"), no=self.meta.facts.get("no", "No")
        )
        for sheet in self.book.sheets.values():
            keys = {cell.text: cell.column for cell in sheet.cells.values() if cell.row == 0}
            if keys.get(ID) is None:
                continue
            if ANSWER in keys:
                self._section(sheet, keys)
            elif NUMBER in keys:
                self._repeat(sheet, keys)
        for row in self.news:
            self._new_entry(*row)
        self._missing()
        changes = tuple(self._changes())
        if self.book.pictures:
            self._fault(
                "Workbook",
                f"It holds {self.book.pictures} pasted pictures, which are not taken in.",
                "Add pictures as files on the page of the section.",
            )
        given = sum(1 for cells in self.found.values() if any(c.cell for c in cells.values()))
        return Returned(changes, tuple(self.faults), given)

    def _fault(
        self, place: str, message: str, advice: str, text: str = "", quoted: str = ""
    ) -> None:
        self.faults.append(ReturnFault(place, message, advice, text, quoted))

    # -- finding the cells --------------------------------------------------------------------

    def _section(self, sheet: RawSheet, keys: Mapping[str, int]) -> None:
        column, question = keys[ANSWER], keys.get(QUESTION, -1)
        rows = sorted({row for row, _ in sheet.cells if row >= FIRST_LINE})
        for row in rows:
            key, cell = sheet.text(row, keys[ID]), sheet.cells.get((row, column))
            place = f"{sheet.name}, {lazy.xl_utility.xl_rowcol_to_cell(row, column)}"
            if not key:
                if cell and cell.kind in "sndmtb" and not _is_ours(sheet, row, question):
                    self._no_id(place, cell.text)
                continue
            self._take(sheet, key, place, (row, column), sheet.text(row, question))

    def _no_id(self, place: str, text: str) -> None:
        self._fault(
            place,
            "This row was added or its hidden id is gone; nobody can tell what it answers.",
            "Write the answer in the row of its question, in a fresh download.",
            text,
        )

    def _take(
        self, sheet: RawSheet, key: str, place: str, at: tuple[int, int], question: str | None
    ) -> None:
        """Record the cell of one key, unless its question is ambiguous."""
        cell = sheet.cells.get(at)
        text = cell.text if cell else ""
        if key not in self.base:
            self._fault(
                place,
                f"The question “{key}” is not part of these questions.",
                "Leave it out.",
                text,
                key,
            )
        elif question is not None and _plain(question) != _plain(self.base[key][1]):
            self.seen.add(key)
            self._fault(
                place,
                "The question in this row is not the one that its hidden id names: cells were"
                " moved.",
                f"Answer “{self.base[key][1]}” on its page, or in a fresh download.",
                text,
            )
        elif at in sheet.merged:
            self.seen.add(key)
            self._fault(
                place,
                "This cell is merged with others; nobody can tell what it answers.",
                "Undo the merging of cells, and write each answer in its own cell.",
                text,
            )
        else:
            path, _, choice = key.partition("#")
            self._note(path, _Found(place, cell, choice), key)

    def _note(self, path: str, found: _Found, key: str) -> None:
        cells = self._cells_of(path)
        earlier = cells.get(found.choice)
        if earlier and (earlier.cell and earlier.cell.text) != (found.cell and found.cell.text):
            self._fault(
                found.place,
                f"The row of this question stands twice, also at {earlier.place}, and the answers"
                " differ.",
                "Delete the copied row.",
                found.cell.text if found.cell else "",
            )
            return
        self.seen.add(key)
        cells[found.choice] = found

    def _cells_of(self, path: str) -> dict[str, _Found]:
        """The cells of a path, recorded at every entry that has one."""
        if path not in self.found and self._question(path):
            for mark in _ENTRY.finditer(path):
                self.inside.setdefault(path[: mark.end()], []).append(path)
        return self.found.setdefault(path, {})

    # -- repeats ------------------------------------------------------------------------------

    def _repeat(self, sheet: RawSheet, keys: Mapping[str, int]) -> None:
        fields = {key: column for key, column in keys.items() if column >= FIRST_FIELD}
        news: list[int] = []
        repeat: RepeatSheet | None = None
        for row in sorted({row for row, _ in sheet.cells if row >= FIRST_ENTRY}):
            entry = sheet.text(row, keys[ID])
            used = [c for c in fields.values() if (row, c) in sheet.cells]
            if not entry:
                if used:
                    place = f"{sheet.name}, {lazy.xl_utility.xl_rowcol_to_cell(row, used[0])}"
                    self._no_id(place, sheet.text(row, used[0]))
            elif entry.endswith(NEW_ENTRY):
                repeat = self.layout.repeats.get(entry.removesuffix(NEW_ENTRY))
                if used:
                    news.append(row)
            else:
                for key, column in fields.items():
                    place = f"{sheet.name}, {lazy.xl_utility.xl_rowcol_to_cell(row, column)}"
                    self._take(sheet, entry + key, place, (row, column), None)
        if repeat is not None:
            for row in news:
                above = sheet.text(row, keys.get(PARENT, 2))
                self.news.append((sheet, repeat, row, above, fields))

    def _new_entry(
        self,
        sheet: RawSheet,
        repeat: RepeatSheet,
        row: int,
        above: str,
        fields: Mapping[str, int],
    ) -> None:
        place = f"{sheet.name}, {lazy.xl_utility.xl_rowcol_to_cell(row, 2)}"
        number = self.places.count_row(repeat)
        if number > MOST_INSTANCES:
            if number == MOST_INSTANCES + 1:
                self._fault(
                    place,
                    f"More than {MOST_INSTANCES} new rows stand here; this row and those below it"
                    " are left out.",
                    "Ask whoever sent the questions how to send the rest.",
                )
            return
        path = self._next_path(repeat, above)
        if path is None:
            title = repeat.above.title if repeat.above else ""
            self._fault(
                place,
                f"“{above}” is the number of no entry in the sheet “{title}”.",
                "Write there the number of the entry that this row belongs to.",
                " · ".join(sheet.text(row, c) for c in fields.values() if (row, c) in sheet.cells),
                above,
            )
            return
        for key, column in fields.items():
            cell = sheet.cells.get((row, column))
            if cell is not None:
                suffix, _, choice = key.partition("#")
                place = f"{sheet.name}, {lazy.xl_utility.xl_rowcol_to_cell(row, column)}"
                self._cells_of(path + suffix)[choice] = _Found(place, cell, choice)

    def _next_path(self, repeat: RepeatSheet, above: str) -> str | None:
        """The path of one more entry, behind those that are kept and those made just now.

        An entry that was removed on the page since and was changed in the book keeps its number:
        two texts never come to one path.
        """
        places = self.places.free_places(repeat, above)
        return next((one for one in places if not self._is_changed(one)), None)

    def _is_changed(self, entry: str) -> bool:
        """Whether a row with a number of its own brings something at this entry or below it."""
        inside = {path for path in self.inside.get(entry, ()) if path in self.found}
        if any(self._changed(path, self.found[path]) is not None for path in inside):
            return True
        for path in inside:  # it was removed here, and not changed there
            del self.found[path]
        return False

    # -- what changed -------------------------------------------------------------------------

    def _missing(self) -> None:
        missing = [key for key in self.base if key not in self.seen]
        paths = list(dict.fromkeys(key.partition("#")[0] for key in missing))
        for path in paths[:MOST_NAMED]:
            self._fault(
                "Workbook",
                f"The row of “{self._label(path)}” is gone.",
                "What was kept stays as it is. Answer it on its page, or in a fresh download.",
            )
        if len(paths) > MOST_NAMED:
            self._fault(
                "Workbook",
                f"{len(paths) - MOST_NAMED} more rows are gone.",
                "Download the workbook again and copy your answers into it.",
            )

    def _question(self, path: str) -> Question | None:
        spec = self.response.plan.specs.get(_PLACE.sub("", path))
        return spec.question if spec else None

    def _label(self, path: str) -> str:
        default = self.response.form.default_language
        question = self._question(path)
        label = question.label.plain(self.language or default, default) if question else ""
        return label or path.rpartition("/")[2]

    def _changes(self) -> Iterator[Change]:
        for path, cells in self.found.items():
            found = self._changed(path, cells)
            if isinstance(found, CellProblem):
                at = cells[found.choice].place
                self._fault(at, found.message, found.advice, found.text)
            elif found is not None:
                yield found

    def _changed(self, path: str, cells: Mapping[str, _Found]) -> Change | CellProblem | None:
        """New content of the cells of a path; None where it equals the export."""
        question = self._question(path)
        if question is None:
            return None
        given = Given(question, self.layout.labels.get(question.path, {}), self.words)
        before = next((self.base[k][0] for k in self._keys(path, cells) if k in self.base), "")
        text = text_of_cells(given, {choice: found.cell for choice, found in cells.items()})
        if isinstance(text, CellProblem):
            return text
        if text == base_text(given, before):
            return None
        place = next((c.place for c in cells.values() if c.cell), "") or next(
            c.place for c in cells.values()
        )
        return Change(path, text, before, self._label(path), place)

    def _keys(self, path: str, cells: Mapping[str, _Found]) -> Iterator[str]:
        return (f"{path}#{choice}" if choice else path for choice in cells)


def _is_ours(sheet: RawSheet, row: int, question: int) -> bool:
    """Whether a row without an id is one of ours: a note, a heading, a file, the way to a sheet."""
    return bool(sheet.text(row, question))


def _plain(text: str) -> str:
    return " ".join(text.split())

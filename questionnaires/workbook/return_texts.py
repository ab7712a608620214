"""Conversion of answer cells: labels become names, numbers and days the texts of the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires import lazy
from questionnaires.form.form import Kind, Question
from questionnaires.workbook.cells import AS_NUMBER, is_number
from questionnaires.workbook.layout import SEVERAL
from questionnaires.workbook.reading import RawCell
from questionnaires.workbook.words import BookWords

ACKNOWLEDGED = "OK"
_YES, _NO = frozenset({"yes", "true", "x", "1", "ok"}), frozenset({"no", "false", "0"})
_CLOCK = re.compile(r"\d\d:\d\d")


@dataclass(frozen=True)
class Given:
    """A question with the labels and words of the book."""

    question: Question
    labels: Mapping[str, str]
    words: BookWords


@dataclass(frozen=True)
class CellProblem:
    """Reason why a cell cannot be read as an answer; `choice` identifies one cell of several."""

    message: str
    advice: str
    text: str
    choice: str = ""


def text_of_cells(given: Given, cells: Mapping[str, RawCell | None]) -> str | CellProblem:
    """The text of an answer from its cell, or from its cells by choice."""
    for choice, cell in cells.items():
        if cell is not None and cell.kind in ("f", "e"):
            return _no_value(cell, choice)
    if given.question.kind is Kind.SELECT_MULTIPLE:
        return _several(given, cells)
    if given.question.kind is Kind.RANK:
        return _ranked(cells)
    return _single(given, next(iter(cells.values())))


def _no_value(cell: RawCell, choice: str) -> CellProblem:
    if cell.kind == "e":
        message = f"The cell holds the error {cell.text}."
        return CellProblem(message, "Write the answer itself.", cell.text, choice)
    return CellProblem(
        "The cell holds a formula, not an answer.",
        "Write its value: copy the cell, then Paste special, Values.",
        cell.text,
        choice,
    )


def _several(given: Given, cells: Mapping[str, RawCell | None]) -> str | CellProblem:
    chosen = []
    for name in given.labels:
        cell = cells.get(name)
        if cell is None or not cell.text.strip():
            continue
        is_chosen = _is_yes(cell.text, given.words)
        if is_chosen is None:
            words = given.words
            advice = f"Write {words.yes} or {words.no}, or leave it empty."
            message = f"“{cell.text}” is neither {words.yes} nor {words.no}."
            return CellProblem(message, advice, cell.text, name)
        if is_chosen:
            chosen.append(name)
    return " ".join(chosen)


def _is_yes(text: str, words: BookWords) -> bool | None:
    plain = text.strip().casefold()
    if plain == words.yes.casefold():
        return True
    if plain == words.no.casefold():
        return False
    return True if plain in _YES else (False if plain in _NO else None)


def _ranked(cells: Mapping[str, RawCell | None]) -> str | CellProblem:
    places: list[tuple[float, str]] = []
    for name, cell in cells.items():
        if cell is None or not cell.text.strip():
            continue
        try:
            places.append((float(cell.text), name))
        except ValueError:
            message = f"“{cell.text}” is no number."
            return CellProblem(message, "Write 1 for the first, 2 for the second.", cell.text, name)
    return " ".join(name for _, name in sorted(places))


def _single(given: Given, cell: RawCell | None) -> str | CellProblem:
    text = _plain(cell) if cell else ""
    kind = given.question.kind
    if kind is Kind.SELECT_ONE:
        return _named(given, text)
    if kind is Kind.ACKNOWLEDGE and text:
        is_yes = _is_yes(text, given.words)
        if is_yes is None:
            advice = f"Write {given.words.yes}, or leave it empty."
            return CellProblem(f"“{text}” is not {given.words.yes}.", advice, text)
        return ACKNOWLEDGED if is_yes else ""
    if cell and cell.kind == "t" and kind is Kind.TIME and _CLOCK.match(text):
        return text[:5] if text.endswith(":00") else text
    return text


def _plain(cell: RawCell) -> str:
    """The text without what spreadsheet programs put round it."""
    text = cell.text.replace("\N{NO-BREAK SPACE}", " ").replace("_x000D_", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if cell.kind == "s" and "\n" in text else text.strip()


def _named(given: Given, text: str) -> str | CellProblem:
    """The name behind a label, in any case; a name that is no label is itself accepted."""
    wanted = " ".join(text.split()).casefold()
    found = [name for name, label in given.labels.items() if label.casefold() == wanted]
    if not text or (text in given.labels and not found):
        return text
    if not found:
        found = [
            choice.name
            for choice in given.question.choices
            if wanted
            in {
                " ".join(choice.label.plain(one).split()).casefold()
                for one in choice.label.by_language
            }
        ]
    if len(found) == 1:
        return found[0]
    return CellProblem(
        f"“{text}” is not one of the answers on offer.",
        "Choose from the list of the cell.",
        text,
    )


def base_text(given: Given, raw: str) -> str:
    """A stored text as it returns from its untouched cell."""
    kind = given.question.kind
    if kind in SEVERAL:
        chosen = raw.split()
        order = chosen if kind is Kind.RANK else given.labels
        return " ".join(name for name in order if name in chosen)
    if kind is Kind.ACKNOWLEDGE:
        return ACKNOWLEDGED if raw else ""
    if kind in AS_NUMBER and is_number(raw):
        return lazy.workbook_child.kind_and_text(float(raw))[1]
    return _plain(RawCell(0, 0, "s", raw))

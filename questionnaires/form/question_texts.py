"""Texts of the questions of a form, read from its sheets alone: a fast source for a search."""

import re
from dataclasses import dataclass

from questionnaires.errors import FormUnusable
from questionnaires.form.sheets import Row, canonical, cell, read_sheets

NOT_ASKED = ("begin", "end", "note", "calculate", "hidden")
"""Beginnings of types that ask nothing: groups, texts, values without a question."""
IDS = ("bind::dd:id", "name")
_VALUE = re.compile(r"\$\{[^{}]*\}")
"""A value that is put into a text; `Text.plain` shows "..." in its place."""


@dataclass(frozen=True, slots=True)
class AskedText:
    """A question: its id in the method, else its name, and its text in each language."""

    ref: str
    labels: tuple[str, ...]


def read_asked_texts(data: bytes, file_type: str) -> tuple[AskedText, ...]:
    """The questions of a form in their order; none where the file cannot be read.

    Args:
        data: the bytes of the file.
        file_type: `.xlsx .xlsm .xls .csv .md`.
    """
    try:
        sheets = read_sheets(data, file_type)
    except FormUnusable:
        return ()
    labels = [name for name in sheets.headings("survey") if canonical(name) == "label"]
    return tuple(
        AskedText(_ref(row), texts)
        for _, row in sheets.rows("survey")
        if _is_asked(row) and (texts := _texts(row, labels))
    )


def _is_asked(row: Row) -> bool:
    # A file beside an answer is named at its question.
    return not cell(row, "type").lower().startswith(NOT_ASKED) and not row.get(
        "bind::dd:evidence_for"
    )


def _ref(row: Row) -> str:
    return next((text for name in IDS if (text := str(row.get(name) or "").strip())), "")


def _texts(row: Row, labels: list[str]) -> tuple[str, ...]:
    found = (_VALUE.sub("...", str(row.get(name) or "")).strip() for name in labels)
    return tuple(text for text in found if text)

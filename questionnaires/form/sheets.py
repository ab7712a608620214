"""Sheets of an XLSForm as rows of cells, with outdated notations normalised."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from questionnaires import lazy
from questionnaires.errors import Fault, FormUnusable

READERS = {
    ".xlsx": "xlsx_to_dict",
    ".xlsm": "xlsx_to_dict",
    ".xls": "xls_to_dict",
    ".csv": "csv_to_dict",
    ".md": "md_to_dict",
}
"""Names of pyxform's readers."""
FIRST_ROW = 2  # the row a spreadsheet shows for the first row under the heading
TWICE = re.compile(r"Duplicate column header: (.*)")
PREFIXED = re.compile(r"(?:bind|instance|body)::([A-Za-z_][\w.-]*):")
DECLARED = re.compile(r"([A-Za-z_][\w.-]*)\s*=")
YES = frozenset({"yes", "true", "true()"})
OUR_NAMESPACES = {"dd": "urn:child-rights-due-diligence:xforms"}
READ_ERRORS = (BadZipFile, OSError, ValueError, KeyError, TypeError, IndexError)

Row = dict[str, str]


@dataclass(slots=True)
class Sheets:
    """Content of a workbook: rows by sheet name, in the shape pyxform converts.

    `mended` names the corrections: `allow_choice_duplicates`, `repeat_count`, `namespaces`.
    """

    book: dict[str, Any]
    mended: tuple[str, ...] = ()

    def rows(self, sheet: str) -> Iterator[tuple[int, Row]]:
        """The rows of a sheet that hold anything, each with the number a spreadsheet shows."""
        for index, row in enumerate(self.book.get(sheet) or ()):
            if any(str(cell).strip() for cell in row.values()):
                yield index + FIRST_ROW, row

    def headings(self, sheet: str) -> tuple[str, ...]:
        """The headings of a sheet as written; empty where it is missing."""
        header = self.book.get(f"{sheet}_header") or [{}]
        return tuple(str(name) for name in header[0])

    def has(self, sheet: str) -> bool:
        """Whether the workbook has that sheet, even an empty one."""
        return f"{sheet}_header" in self.book or sheet in self.book

    def copy_of_book(self) -> dict[str, Any]:
        """A deep copy for the converter, which changes what it is given."""
        return deepcopy(self.book)

    @property
    def settings(self) -> Mapping[str, str]:
        """The first row of the settings sheet."""
        rows = self.book.get("settings") or [{}]
        return dict(rows[0])


def read_sheets(data: bytes, file_type: str) -> Sheets:
    """Read a workbook, CSV or Markdown table into sheets.

    Args:
        data: the bytes of the file.
        file_type: `.xlsx .xlsm .xls .csv .md`.

    Raises:
        FormUnusable: with `file-unreadable` or `column-twice`.
    """
    name = READERS.get(file_type.lower())
    if name is None:
        raise FormUnusable([_unreadable(f"'{file_type}' is not a kind of form we read.")])
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and headers it leaves out; neither is the form's matter.
            warnings.simplefilter("ignore")
            book = getattr(lazy.xls2json_backends, name)(BytesIO(data))
    except (lazy.pyxform_errors.PyXFormError, *READ_ERRORS) as error:
        raise FormUnusable([_reading_fault(error)]) from error
    return Sheets(dict(book))


def read_sheets_of(path: Path) -> Sheets:
    """Read the sheets of a file. Raises FormUnusable, also when the file is not there."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FormUnusable([_unreadable(f"{path.name} cannot be opened.")]) from error
    return read_sheets(data, path.suffix)


def _reading_fault(error: Exception) -> Fault:
    if twice := TWICE.search(str(error)):
        return Fault(
            "error",
            "column-twice",
            f"The column '{twice[1]}' stands twice.",
            "Delete or rename one of them.",
            column=twice[1],
            row=1,
        )
    return _unreadable("The file cannot be read: it is damaged or of another type than it says.")


def _unreadable(message: str) -> Fault:
    mend = "Save it again as .xlsx, or write it as .csv or .md, and try once more."
    return Fault("error", "file-unreadable", message, mend)


def begins(kind: str) -> re.Match[str] | None:
    """A type cell that opens a group or repeat: the first group of the match is its kind."""
    return _group_pattern("begin", r"((?<=loop)\s+(over\s+)?\S+)?").match(kind)


def ends(kind: str) -> re.Match[str] | None:
    """A type cell that closes a group or repeat: the first group of the match is its kind."""
    return _group_pattern("end").match(kind)


@cache
def _group_pattern(word: str, rest: str = "") -> re.Pattern[str]:
    kinds = "|".join(sorted(lazy.aliases.control, key=len, reverse=True))  # "looped group" first
    return re.compile(rf"{word}[\s_]({kinds}){rest}\s*$", re.I)


def canonical(heading: str) -> str:
    """A survey heading as XLSForm names it today: "Relevance" -> "relevant".

    The language of a translated column is cut off: "label::French (fr)" -> "label".
    """
    text = heading.strip()
    base = (
        text.split("::", 1)[0] if not text.startswith(("bind::", "body::", "instance::")) else text
    )
    base = base.split(":", 1)[0] if base.lower().startswith(("label:", "hint:")) else base
    plain = base.strip().lower().replace(" ", "_")
    known = lazy.aliases.survey_header.get(plain, plain)
    if isinstance(known, tuple):
        known = known[-1]
    return _TODAY.get(str(known), str(known))


_TODAY = {
    "calculate": "calculation",
    "readonly": "read_only",
    "constraintmsg": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
    "jr:count": "repeat_count",
    "itemset": "choice_filter",
}


def repair(sheets: Sheets) -> Sheets:
    """A copy with three habits mended that today's converter refuses or garbles."""
    book, mended = deepcopy(sheets.book), []
    for name, put_right in (
        ("allow_choice_duplicates", _allow_doubled_choices),
        ("repeat_count", _merge_counts),
        ("namespaces", _declare_namespaces),
    ):
        if put_right(book):
            mended.append(name)
    return Sheets(book, tuple(mended))


def list_name(row: Mapping[str, str]) -> str:
    """The list a row of the choices sheet belongs to, under any of that column's headings."""
    return next((str(row[key]).strip() for key in row if key.strip().lower() in LIST_HEADINGS), "")


def lowered(headings: Iterable[str]) -> set[str]:
    """Headings in the form for comparison: stripped, in lower case."""
    return {heading.strip().lower() for heading in headings}


LIST_HEADINGS = frozenset({"list_name", "list name", "list"})
NAME_HEADINGS = frozenset({"name", "value"})


def choice_name(row: Mapping[str, str]) -> str:
    """The name of a choice, under any of that column's headings."""
    return next((str(row[key]).strip() for key in row if key.strip().lower() in NAME_HEADINGS), "")


def _allow_doubled_choices(book: dict[str, Any]) -> bool:
    seen: set[tuple[str, str]] = set()
    doubled = False
    for row in book.get("choices") or ():
        key = (list_name(row), choice_name(row))
        doubled = doubled or (bool(key[1]) and key in seen)
        seen.add(key)
    settings = _settings_row(book)
    if not doubled or str(settings.get("allow_choice_duplicates", "")).lower() in YES:
        return False
    _set(book, "allow_choice_duplicates", "yes")
    return True


def _merge_counts(book: dict[str, Any]) -> bool:
    header = (book.get("survey_header") or [{}])[0]
    names = [name for name in header if canonical(name) == "repeat_count"]
    if len(names) < 2:
        return False
    keep, *others = names
    for row in book.get("survey") or ():
        values = [row.pop(name) for name in names if name in row]
        if values:
            row[keep] = values[0]
    for other in others:
        del header[other]
    return True


def _declare_namespaces(book: dict[str, Any]) -> bool:
    header = (book.get("survey_header") or [{}])[0]
    used = {found[1] for name in header if (found := PREFIXED.match(name))}
    written = str(_settings_row(book).get("namespaces", ""))
    missing = sorted(used - set(DECLARED.findall(written)) - {"jr", "orx", "odk"})
    if not missing:
        return False
    added = [f'{prefix}="{OUR_NAMESPACES.get(prefix, f"urn:{prefix}")}"' for prefix in missing]
    _set(book, "namespaces", " ".join([written, *added]).strip())
    return True


def _settings_row(book: dict[str, Any]) -> Row:
    rows = book.get("settings") or [{}]
    return dict(rows[0])


def _set(book: dict[str, Any], name: str, value: str) -> None:
    row = _settings_row(book) | {name: value}
    book["settings"] = [row]
    header = (book.get("settings_header") or [{}])[0]
    book["settings_header"] = [{**header, name: None}]


def rows_by_path(sheets: Sheets, root: str) -> dict[str, tuple[int, Row]]:
    """Each named row of the survey sheet by the path its node has in the form."""
    found: dict[str, tuple[int, Row]] = {}
    stack = [f"/{root}"]
    for number, row in sheets.rows("survey"):
        kind, name = cell(row, "type"), cell(row, "name")
        path = f"{stack[-1]}/{name}"
        if ends(kind):
            stack = stack[:-1] or stack
            continue
        if name:
            found[path] = (number, row)
        if begins(kind):
            stack.append(path)
    return found


def cell(row: Mapping[str, str], column: str) -> str:
    """The cell of a survey row under a canonical heading, stripped; empty where there is none."""
    for heading, value in row.items():
        if canonical(heading) == column:
            return str(value).strip()
    return ""

"""Conversion of an XLSForm (workbook, CSV or Markdown table) to a Form, by pyxform's XForm."""

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from questionnaires import lazy
from questionnaires.errors import Fault, FormUnusable
from questionnaires.form.form import Choice, Form, Group, Node, Question
from questionnaires.form.sheets import Row, Sheets, read_sheets, repair, rows_by_path
from questionnaires.form.xform import form_from_xform, sections_of
from questionnaires.form.xform_xml import plain_text
from questionnaires.form.xlsform_words import is_own_column

if TYPE_CHECKING:
    from pyxform.xls2xform import ConvertResult

COLUMN_IN_ERROR = re.compile(r"the '(\w+)' value")
COLUMNS_BY_WORDS = {"Missing calculation": "calculation", "Choice filter": "choice_filter"}
ROW_IN_ERROR = re.compile(r"\[row : (\d+)\]\s*(?:On the '(\w+)' sheet, )?")
ITEMSETS = "itemsets.csv"  # where ODK keeps the lists of the sheet `external_choices`
CONVERTER_ERRORS = (KeyError, TypeError, AttributeError, ValueError, IndexError)


def read_form(data: bytes, file_type: str) -> Form:
    """Read a form.

    Args:
        data: the bytes of the file.
        file_type: `.xlsx .xlsm .xls .csv .md`.

    Returns:
        The form; `mended` names old habits put right on the way.

    Raises:
        FormUnusable: the file cannot be read or converted. The converter names one fault at a
            time; `questionnaires.checking.form.check_form` finds all.
    """
    form = form_from_sheets(repair(read_sheets(data, file_type)))
    return replace(form, sha256=hashlib.sha256(data).hexdigest())


def read_form_file(path: Path) -> Form:
    """Read the form in a file. Raises FormUnusable, also when the file is not there."""
    try:
        data = path.read_bytes()
    except OSError as error:
        fault = Fault(
            "error",
            "file-unreadable",
            f"{path.name} cannot be opened.",
            "Check the name and the folder, and that the file may be read.",
        )
        raise FormUnusable([fault]) from error
    return read_form(data, path.suffix)


def form_from_sheets(sheets: Sheets) -> Form:
    """Convert mended sheets. Raises FormUnusable with the converter's first fault."""
    result = convert_sheets(sheets)
    form = form_from_xform(result.xform)
    children = _with_own_columns(form.children, rows_by_path(sheets, form.root))
    external = _external_choices(result.itemsets)
    return replace(
        form,
        children=children,
        sections=sections_of(children),
        choice_lists=MappingProxyType({**form.choice_lists, **external}),
        external_files=MappingProxyType(
            {**form.external_files, **dict.fromkeys(external, ITEMSETS)}
        ),
        settings=MappingProxyType({k: str(v) for k, v in sheets.settings.items()}),
        mended=sheets.mended,
        warnings=tuple(result.warnings),
    )


def convert_sheets(sheets: Sheets) -> "ConvertResult":
    """Convert mended sheets to an XForm. Raises FormUnusable with the converter's first fault."""
    try:
        return lazy.xls2xform.convert(xlsform=sheets.copy_of_book(), warnings=[], validate=False)
    except (lazy.pyxform_errors.PyXFormError, *CONVERTER_ERRORS) as error:
        raise FormUnusable([converter_fault(error)]) from error


def converter_fault(error: Exception) -> Fault:
    """The one fault pyxform stopped at, with its place where it names one."""
    text = str(error)
    is_about_the_form = isinstance(error, lazy.pyxform_errors.PyXFormError)
    place = ROW_IN_ERROR.match(text)
    context = getattr(error, "context", None) or {}
    row = context.get("row") or (int(place[1]) if place else None)
    sheet = context.get("sheet") or (place[2] if place else None) or ("survey" if row else None)
    return Fault(
        "error",
        "converter",
        text if is_about_the_form else "The form cannot be converted.",
        "Correct the cell named and check the form again.",
        sheet=sheet,
        row=row,
        column=context.get("column") or (_column_in(text) if row else None),
    )


def _column_in(text: str) -> str | None:
    """The column, as XLSForm calls it, that the converter's words are about."""
    if named := COLUMN_IN_ERROR.search(text):
        return named[1]
    return next((column for words, column in COLUMNS_BY_WORDS.items() if words in text), None)


def _with_own_columns(
    children: tuple[Node, ...], rows: Mapping[str, tuple[int, Row]]
) -> tuple[Node, ...]:
    """Put columns that the converter drops (`risk_factor`) back on their questions."""
    out: list[Node] = []
    for node in children:
        _, row = rows.get(node.path, (0, {}))
        own = {name: str(value) for name, value in row.items() if is_own_column(name)}
        extras = MappingProxyType(own | dict(node.extras)) if own else node.extras
        if isinstance(node, Group):
            below = _with_own_columns(node.children, rows)
            out.append(replace(node, children=below, extras=extras))
        else:
            out.append(_replace_extras(node, extras))
    return tuple(out)


def _replace_extras(question: Question, extras: Mapping[str, str]) -> Question:
    return question if extras is question.extras else replace(question, extras=extras)


def _external_choices(itemsets: str | None) -> dict[str, tuple[Choice, ...]]:
    """The lists of the sheet `external_choices`, which the XForm leaves to a file."""
    lists: dict[str, list[Choice]] = {}
    for row in csv.DictReader(StringIO(itemsets or "")):
        cells = {key: value or "" for key, value in row.items() if key}
        name = cells.pop("list_name", "")
        choice = Choice(
            cells.pop("name", ""),
            plain_text(cells.pop("label", "")),
            MappingProxyType(cells),
        )
        lists.setdefault(name, []).append(choice)
    return {name: tuple(choices) for name, choices in lists.items()}

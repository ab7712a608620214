"""Export of a questionnaire as an XLSForm workbook for ODK and KoboToolbox."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from questionnaires import lazy
from questionnaires.form.repeat_comparisons import counted
from questionnaires.form.sheets import read_sheets, repair
from questionnaires.translations.texts import Translation, for_sheet

# A fixed day of creation: the same questionnaire gives the same bytes.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file format holds a time without zone

_FIRST = ("survey", "choices", "settings")
_WIDTHS = {"label": 60, "hint": 60, "constraint_message": 40, "relevant": 40}
_HEADER = "_header"
_TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
OWN_LANGUAGE = "English (en)"


def export_workbook(
    definition: bytes, media_type: str = "md", *, translations: Sequence[Translation] = ()
) -> bytes:
    """Write an XLSForm as .xlsx, every cell as text, nothing left out.

    Outdated notations are normalised, and what phone apps cannot evaluate is rewritten
    (`repeat_comparisons`).

    Args:
        definition: the bytes of the form.
        media_type: `md csv xls xlsx`, the ending without its point.
        translations: each becomes columns of its own ("label::French (fr)"); a cell without a
            translation holds the source, since an app shows nothing else.

    Raises:
        FormUnusable: the bytes cannot be read.
    """
    sheets = repair(read_sheets(definition, f".{media_type}")).copy_of_book()
    sheets["survey"] = counted(sheets["survey"])
    add_languages(sheets, translations)
    return write_workbook(sheets)


def add_languages(
    sheets: dict[str, Any], translations: Sequence[Translation], *, first: str = ""
) -> None:
    """Put translations into the sheets of a form that is written in one language, unnamed.

    Args:
        first: the code of the language that an app opens the form in, where it speaks it; else
            the language of the source.
    """
    for translation in translations:
        _add_language(sheets, translation)
    if translations:
        names = {translation.language: translation.name for translation in translations}
        _name_own_language(sheets, names.get(first, OWN_LANGUAGE))
        for name in ("survey", "choices", "settings"):
            _complete_headings(sheets, name)


def write_workbook(sheets: Mapping[str, Any]) -> bytes:
    """Write sheets as pyxform's readers give them (`survey`, `survey_header` ...) as .xlsx."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with lazy.quoted_cells.TextBook(target, options) as book:
        settings = (sheets.get("settings") or [{}])[0]
        title = str(settings.get("form_title") or settings.get("title") or "")
        book.set_properties({"created": _CREATED, "title": title})
        bold = book.add_format({"bold": True, "text_wrap": True})
        for name in _names(sheets):
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            rows = sheets.get(name) or []
            headings = list((sheets.get(f"{name}{_HEADER}") or [{}])[0])
            headings += [
                key for key in dict.fromkeys(k for r in rows for k in r) if key not in headings
            ]
            for column, heading in enumerate(headings):
                sheet.set_column(column, column, _WIDTHS.get(heading, 18))
                sheet.write_string(0, column, heading, bold)
            for number, row in enumerate(rows, start=1):
                for heading, cell in row.items():
                    sheet.write_string(number, headings.index(heading), str(cell))
    return target.getvalue()


def _names(sheets: Mapping[str, Any]) -> list[str]:
    """The sheets in the order form writers know, further ones behind."""
    known = [name for name in sheets if f"{name}{_HEADER}" in sheets]
    return [*(n for n in _FIRST if n in known), *(n for n in known if n not in _FIRST)]


def _add_language(sheets: Mapping[str, Any], translation: Translation) -> None:
    for name in ("survey", "choices"):
        for row in sheets.get(name) or []:
            for column in _TEXTS:
                if source := row.get(column):
                    found = translation.find(f"{_place(name, row)}/{column}", source)
                    row[f"{column}::{translation.name}"] = for_sheet(found) if found else source


def _name_own_language(sheets: dict[str, Any], opened_in: str) -> None:
    """The columns of the source get the name of its language, or an app mixes them up."""
    for name in ("survey", "choices"):
        for row in sheets.get(name) or []:
            for column in [column for column in _TEXTS if column in row]:
                row[f"{column}::{OWN_LANGUAGE}"] = row.pop(column)
        header = (sheets.get(f"{name}{_HEADER}") or [{}])[0]
        named = [f"{head}::{OWN_LANGUAGE}" if head in _TEXTS else head for head in header]
        sheets[f"{name}{_HEADER}"] = [dict.fromkeys(named)]
    sheets["settings"] = [{**(sheets.get("settings") or [{}])[0], "default_language": opened_in}]


def _complete_headings(sheets: dict[str, Any], name: str) -> None:
    """Name every column in the header, since the converter refuses others."""
    header = (sheets.get(f"{name}{_HEADER}") or [{}])[0]
    further = (heading for row in sheets.get(name) or [] for heading in row)
    sheets[f"{name}{_HEADER}"] = [dict.fromkeys((*header, *further))]


def _place(sheet: str, row: Mapping[str, str]) -> str:
    list_name = f"{row.get('list_name', '')}/" if sheet == "choices" else ""
    return f"{sheet}/{list_name}{row.get('name', '')}"

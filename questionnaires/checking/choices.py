"""Faults of lists, labels, translations, media and settings."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from questionnaires.errors import Fault
from questionnaires.form.search_lists import searched_file
from questionnaires.form.sheets import (
    LIST_HEADINGS,
    YES,
    Row,
    Sheets,
    choice_name,
    list_name,
    lowered,
)
from questionnaires.form.survey_rows import CHOICES, SETTINGS, SURVEY, SurveyRow

TRANSLATABLE = r"label|hint|constraint[_ ]message|required[_ ]message|guidance[_ ]hint"
TRANSLATED = re.compile(rf"({TRANSLATABLE})\s*::?\s*(.+)\Z", re.I)
MEDIA = re.compile(r"(?:media\s*::?\s*)?(image|audio|video|big-image)(?:\s*::?.*)?\Z", re.I)
LABELS = re.compile(r"(label|caption)(\s*::?.*)?\Z", re.I)
HINTS = ("hint", "guidance_hint")
EXTERNAL = "external_choices"


def lists_of(sheets: Sheets, sheet: str = CHOICES) -> dict[str, list[tuple[int, Row]]]:
    """The rows of each list of choices, with their numbers."""
    found: dict[str, list[tuple[int, Row]]] = {}
    for number, row in sheets.rows(sheet):
        found.setdefault(list_name(row), []).append((number, row))
    return found


def check_lists(sheets: Sheets, rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Lists that are missing or empty, choices that are repeated or have no name."""
    lists, external = lists_of(sheets), lists_of(sheets, EXTERNAL)
    is_unnamed = bool(lists) and not LIST_HEADINGS & lowered(sheets.headings(CHOICES))
    for row in rows:
        name = row.list_name
        if "${" in name and row.base != "select_one":
            yield row.fault(
                "error",
                "list-missing",
                "Answers given earlier can be offered by select_one alone.",
                f"Write 'select_one {name}', or a list of the sheet choices.",
                column="type",
            )
        if not row.is_select or row.file or "${" in name or row.base == "select one external":
            continue
        if name and (not sheets.has(CHOICES) or is_unnamed):
            continue  # a missing sheet or column is one mistake, and reported as one
        if name not in lists and name not in external:
            yield row.fault(
                "error",
                "list-missing",
                f"There is no list '{name}' on the sheet choices."
                if name
                else "The type names no list.",
                "Add the list to the sheet choices, or correct its name here.",
                column="type",
            )
        elif not any(choice_name(choice) for _, choice in lists.get(name, external.get(name, []))):
            yield row.fault(
                "error",
                "list-empty",
                f"The list '{name}' has no choices.",
                "Add rows with a name to the list.",
                column="type",
            )
    yield from _check_names_together(rows, lists)
    doubles_are_meant = str(sheets.settings.get("allow_choice_duplicates", "")).lower() in YES
    for choices in lists.values():
        for fault in _check_choices(choices):
            if fault.code != "choice-twice" or not doubles_are_meant:
                yield fault


def _check_names_together(
    rows: Sequence[SurveyRow], lists: Mapping[str, Sequence[tuple[int, Row]]]
) -> Iterator[Fault]:
    """Names that exclude each other; in a ranking the converter accepts them all the same."""
    of_several = {row.list_name for row in rows if row.base == "select_multiple"}
    ranked = {row.list_name for row in rows if row.base == "rank"} - of_several
    for name in sorted(of_several):
        yield from _check_spaces(lists.get(name, ()))
    for name in sorted(ranked):
        for fault in _check_spaces(lists.get(name, ())):
            yield replace(fault, level="warning")


def _check_spaces(choices: Sequence[tuple[int, Row]]) -> Iterator[Fault]:
    for number, row in choices:
        if len(choice_name(row).split()) > 1:
            message = f"'{choice_name(row)}' cannot be chosen beside others, whose names it parts."
            yield _choice_fault(number, row, "name-invalid", message, "name")


def _check_choices(choices: Sequence[tuple[int, Row]]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, row in choices:
        name = choice_name(row)
        if not name:
            if list_name(row):
                yield _choice_fault(number, row, "name-missing", "This choice has no name.", "name")
        elif name in seen:
            message = f"The choice '{name}' stands in row {seen[name]} already."
            yield _choice_fault(number, row, "choice-twice", message, "name")
        seen.setdefault(name, number)
        if name and not _has_label(row):
            yield _choice_fault(
                number, row, "label-missing", f"The choice '{name}' has no label.", "label"
            )


def _choice_fault(number: int, row: Row, code: str, message: str, column: str) -> Fault:
    mends = {
        "name-missing": "Give it a name; answers are kept under it.",
        "name-invalid": "Write '_' in place of each space.",
        "choice-twice": "Give one of them another name, unless a choice_filter tells them apart.",
        "label-missing": "Write the words that people see.",
    }
    return Fault(
        "error" if code.startswith("name-") else "warning",
        code,
        message,
        mends[code],
        sheet=CHOICES,
        row=number,
        column=next((name for name in row if name.strip().lower() == column), column),
        cell=next((str(row[name]) for name in row if name.strip().lower() == column), None),
    )


def _has_label(row: Mapping[str, str]) -> bool:
    return any(
        str(text).strip() for name, text in row.items() if LABELS.match(name) or MEDIA.match(name)
    )


def check_labels(rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Unreadable questions, and constraints without a message."""
    for row in rows:
        if row.is_begin and row.type.lower().endswith("repeat") and not _has_label(row.cells):
            yield row.fault(
                "warning",
                "label-missing",
                f"The repeat '{row.name}' has no label: nobody is told what can be added.",
                "Write what each entry is about, for example 'Member of the household'.",
                column="label",
            )
        if row.is_asked and not (_is_worded(row) or row.text("calculation")):
            yield row.fault(
                "error",
                "label-missing",
                f"The question '{row.name}' has no label.",
                "Write what is asked into the column label.",
                column="label",
            )
        if row.text("constraint") and not _has_message(row):
            yield row.fault(
                "warning",
                "constraint-without-message",
                "When this constraint is broken, nobody is told why.",
                "Write a constraint_message that says what is allowed.",
                column="constraint",
            )


def _is_worded(row: SurveyRow) -> bool:
    """Whether a person sees anything; without it a calculation is a plain value."""
    return _has_label(row.cells) or any(name.lower().startswith(HINTS) for name in row.cells)


def _has_message(row: SurveyRow) -> bool:
    return bool(row.text("constraint_message")) or any(
        name.lower().startswith(("constraint_message", "constraint message")) for name in row.cells
    )


def languages_of(sheets: Sheets) -> tuple[str, ...]:
    """The languages that headings name, in the order of the columns."""
    found = [TRANSLATED.match(heading.strip()) for heading in sheets.headings(SURVEY)]
    return tuple(dict.fromkeys(match[2].strip() for match in found if match))


def check_translations(sheets: Sheets) -> Iterator[Fault]:
    """Cells that are filled in one language and blank in another."""
    for sheet in (SURVEY, CHOICES):
        columns: dict[str, list[str]] = {}
        for heading in sheets.headings(sheet):
            if found := TRANSLATED.match(heading.strip()):
                columns.setdefault(found[1].lower(), []).append(heading)
        for number, row in sheets.rows(sheet):
            for headings in columns.values():
                yield from _blank_translations(sheet, number, row, headings)


def _blank_translations(
    sheet: str, number: int, row: Row, headings: Sequence[str]
) -> Iterator[Fault]:
    filled = [heading for heading in headings if str(row.get(heading, "")).strip()]
    for heading in headings:
        if filled and heading not in filled:
            yield Fault(
                "warning",
                "translation-missing",
                f"'{heading}' is blank, while '{filled[0]}' is written.",
                "Translate it; until then the default language is shown.",
                sheet=sheet,
                row=number,
                column=heading,
            )


def check_media(
    sheets: Sheets,
    rows: Sequence[SurveyRow],
    folder: Path | None,
    given: Collection[str] = (),
) -> Iterator[Fault]:
    """Files that the form names and that do not come with it.

    Args:
        folder: where they lie; None for an upload.
        given: the names of pictures, sounds and films that were uploaded along.
    """
    for row in rows:
        if row.file and not _is_there(row.file, folder):
            yield _file_fault(SURVEY, row.number, "type", row.type, row.file, folder)
        searched = searched_file(row.text("appearance")) if row.is_select else ""
        if searched and not _is_there(searched, folder):
            yield _search_fault(row, searched, folder)
    for sheet in (SURVEY, CHOICES):
        for number, cells in sheets.rows(sheet):
            for heading, text in cells.items():
                name = Path(str(text).strip()).name
                is_named = MEDIA.match(heading) and name and "${" not in name
                if is_named and name not in given and not _is_there(name, folder):
                    fault = _file_fault(sheet, number, heading, str(text), name, folder)
                    yield fault if folder else _not_given(fault, name)


def _search_fault(row: SurveyRow, name: str, folder: Path | None) -> Fault:
    """An error: without the file, names of its columns would be the only answers."""
    where = "is not taken in with the form" if folder is None else "does not lie beside the form"
    way_out = "" if folder is None else "Put it into the same folder, or "
    mend = "write the answers on the sheet choices and take search() out of the appearance."
    return row.fault(
        "error",
        "media-missing",
        f"The file '{name}', from which search() takes the choices, {where}.",
        f"{way_out}{mend}" if way_out else mend.capitalize(),
        column="appearance",
    )


def _is_there(name: str, folder: Path | None) -> bool:
    return folder is not None and (folder / Path(name).name).is_file()


def check_external_files(names: Iterable[str], folder: Path) -> Iterator[Fault]:
    """Files that the expressions of a form look things up in (`pulldata`), and are not there."""
    for name in names:
        if not (folder / Path(name).name).is_file():
            yield Fault(
                "warning",
                "media-missing",
                f"The file '{name}' does not lie beside the form.",
                "Put it into the same folder, or correct its name where it is looked up.",
            )


def _file_fault(
    sheet: str, number: int, column: str, text: str, name: str, folder: Path | None
) -> Fault:
    message, mend = (
        f"The file '{name}' does not lie beside the form.",
        "Put it into the same folder, or correct its name.",
    )
    if folder is None:  # an upload: files of a form cannot be taken in with it
        message = f"The file '{name}' is not taken in with the form: people meet the form without."
        mend = "Say in words what it shows, and write lists on the sheet choices."
    return Fault(
        "warning",
        "media-missing",
        message,
        mend,
        sheet=sheet,
        row=number,
        column=column,
        cell=text,
    )


def _not_given(fault: Fault, name: str) -> Fault:
    """Of an upload: pictures, sounds and films can be given along, lists cannot."""
    return replace(
        fault,
        message=f"The file '{name}' was not given along: people meet the form without it.",
        mend="Upload the form again and choose it too, under this very name; or empty this cell.",
    )


def check_settings(sheets: Sheets) -> Iterator[Fault]:
    """Settings that stop a later step, or name a language that is not there."""
    languages = languages_of(sheets)
    for heading, text in sheets.settings.items():
        language, is_default = str(text).strip(), heading.strip().lower() == "default_language"
        if is_default and language and languages and language not in languages:
            yield Fault(
                "warning",
                "translation-missing",
                f"Nothing is written in '{language}', the language a form begins with.",
                f"Write one of {', '.join(languages)}, or add columns such as label::{language}.",
                sheet=SETTINGS,
                row=2,
                column=heading,
                cell=str(text),
            )
        if heading.strip().lower() == "public_key" and str(text).strip():
            yield Fault(
                "warning",
                "encrypted",
                "Answers to this form are encrypted on the phone and cannot be imported here.",
                "Delete public_key from settings before the form is handed out.",
                sheet=SETTINGS,
                row=2,
                column=heading,
                cell=str(text),
            )

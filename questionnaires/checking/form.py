"""All faults of an XLSForm in one pass, each with sheet, row, column, cell and remedy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from questionnaires.checking.choices import (
    check_external_files,
    check_labels,
    check_lists,
    check_media,
    check_settings,
    check_translations,
    languages_of,
)
from questionnaires.checking.circles import check_circles
from questionnaires.checking.defaults import check_defaults
from questionnaires.checking.expressions import check_cells
from questionnaires.checking.languages import check_languages
from questionnaires.checking.structure import check_comments, check_frame
from questionnaires.errors import Fault, FormUnusable
from questionnaires.evaluation.plan import plan
from questionnaires.form.form import NO_LANGUAGE, Form
from questionnaires.form.sheets import (
    Row,
    Sheets,
    canonical,
    read_sheets,
    read_sheets_of,
    repair,
    rows_by_path,
)
from questionnaires.form.survey_rows import CHOICES, SETTINGS, SURVEY, SurveyRow, survey_rows
from questionnaires.form.xform_xml import STANDARD
from questionnaires.form.xlsform import form_from_sheets
from questionnaires.scoring.plan import plan_scoring

SHEET_ORDER = (SURVEY, CHOICES, "external_choices", SETTINGS)
COUNT_NODE = "_count"  # ends the name of the node that the converter makes of a repeat_count


@dataclass(frozen=True, slots=True)
class FormReport:
    """Result of a check. `usable` is False as soon as one fault is an error.

    `questions` counts those that a person sees; `languages` is empty for a form without
    translations; `faults` are in the order of sheets, rows and columns.
    """

    form: str
    usable: bool
    mended: tuple[str, ...]
    questions: int
    languages: tuple[str, ...]
    faults: tuple[Fault, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as `questionnaires check --json` prints it."""
        return {
            "form": self.form,
            "usable": self.usable,
            "mended": list(self.mended),
            "questions": self.questions,
            "languages": list(self.languages),
            "faults": [_fault_json(fault) for fault in self.faults],
        }


def _fault_json(fault: Fault) -> dict[str, Any]:
    keys = ("level", "code", "sheet", "row", "column", "cell", "at", "message", "mend")
    values = asdict(fault)
    return {key: values[key] for key in keys}


def check_file(path: Path, *, media: Path | None = None) -> FormReport:
    """Check the form in a file; `media` is where its files lie, by default beside it."""
    try:
        sheets = read_sheets_of(path)
    except FormUnusable as error:
        return _unreadable(path.name, error)
    return check_sheets(sheets, name=path.name, media=media or path.parent)


def check_form(
    data: bytes, file_type: str, *, name: str, given: Collection[str] = ()
) -> FormReport:
    """Check a form as bytes (an upload); files beside it are not looked for.

    Args:
        data: the bytes of the file.
        file_type: `.xlsx .xlsm .xls .csv .md`.
        name: what the report calls it.
        given: the names of pictures, sounds and films that come with it.
    """
    try:
        sheets = read_sheets(data, file_type)
    except FormUnusable as error:
        return _unreadable(name, error)
    return check_sheets(sheets, name=name, given=given)


def _unreadable(name: str, error: FormUnusable) -> FormReport:
    return FormReport(name, False, (), 0, (), error.faults)


def check_sheets(
    sheets: Sheets, *, name: str, media: Path | None = None, given: Collection[str] = ()
) -> FormReport:
    """Check sheets that are read already."""
    written = list(survey_rows(sheets))
    rows = [row for row in written if not row.is_comment]
    mended = repair(sheets)
    faults = [*_own_faults(sheets, mended, rows), *check_media(sheets, rows, media, given)]
    faults += check_comments([row for row in written if row.is_comment])
    form: Form | None = None
    last: list[Fault] = []
    if not any(fault.level == "error" for fault in faults):
        form, further = _try(mended)
        if form is None:
            last = [_as_written(fault, rows) for fault in further]
        else:
            faults += further
            faults += [] if further else _check_scoring(form, mended)
            faults += [] if further else check_defaults(form, mended, rows)
            named = {row.file for row in rows if row.file}
            names = [
                file
                for list_id, file in form.external_files.items()
                if file not in named and not form.choice_lists.get(list_id)
            ]
            faults += check_external_files(names, media) if media else []
    faults = [*_sorted(faults, sheets), *last]
    usable = not any(fault.level == "error" for fault in faults)
    asked = [q for q in form.questions() if q.is_asked] if form else [r for r in rows if r.is_asked]
    languages = form.languages if form else languages_of(sheets)
    return FormReport(
        form=name,
        usable=usable,
        mended=mended.mended,
        questions=len(asked),
        languages=tuple(language for language in languages if language != NO_LANGUAGE),
        faults=tuple(faults),
    )


def _own_faults(sheets: Sheets, mended: Sheets, rows: Sequence[SurveyRow]) -> list[Fault]:
    prefixes = {prefix: address for address, prefix in STANDARD.items() if prefix}
    found = [
        *check_frame(sheets, rows),
        *check_lists(sheets, rows),
        *check_labels(rows),
        *check_cells(sheets, rows, prefixes | {"osm": "urn:osm"}),
        *check_circles(rows),
        *check_translations(sheets),
        *check_languages(sheets),
        *check_settings(sheets),
    ]
    if "repeat_count" not in mended.mended:
        return found
    return [f for f in found if not _is_mended_count(f)]


def _is_mended_count(fault: Fault) -> bool:
    return fault.code == "column-twice" and canonical(fault.column or "") == "repeat_count"


def _try(sheets: Sheets) -> tuple[Form | None, list[Fault]]:
    """Convert and plan a form; without a form the faults are the converter's own."""
    try:
        form = form_from_sheets(sheets)
    except FormUnusable as error:
        return None, list(error.faults)
    try:
        plan(form)
    except FormUnusable as error:
        rows = rows_by_path(sheets, form.root)
        return form, [_placed(fault, rows) for fault in error.faults]
    return form, []


def _as_written(fault: Fault, rows: Sequence[SurveyRow]) -> Fault:
    """A fault of the converter with the heading and the cell as the sheet has them."""
    row = next((row for row in rows if row.number == fault.row), None)
    if row is None or fault.sheet != SURVEY or not fault.column:
        return fault
    told = row.fault(fault.level, fault.code, fault.message, fault.mend, column=fault.column)
    return replace(fault, column=told.column, cell=told.cell)


def _placed(fault: Fault, rows: Mapping[str, tuple[int, Row]]) -> Fault:
    """A fault of the plan at the cell it comes from, where a row of the sheet has its node."""
    path, wanted = next(iter(fault.paths), ""), fault.column
    if path not in rows and path.removesuffix(COUNT_NODE) in rows:
        path, wanted = path.removesuffix(COUNT_NODE), "repeat_count"
    number, row = rows.get(path, (None, {}))
    column = next((name for name in row if canonical(name) == wanted), wanted)
    cell = str(row[column]) if column in row else fault.cell
    sheet = SURVEY if number else None
    return replace(fault, sheet=sheet, row=number, column=column, cell=cell, at=None)


def _sorted(faults: Sequence[Fault], sheets: Sheets) -> list[Fault]:
    def place(fault: Fault) -> tuple[int, int, int]:
        sheet = fault.sheet or ""
        headings = sheets.headings(sheet)
        return (
            SHEET_ORDER.index(sheet) if sheet in SHEET_ORDER else -1,
            fault.row or 0,
            headings.index(fault.column) if fault.column in headings else len(headings),
        )

    return sorted(faults, key=place)


def _check_scoring(form: Form, sheets: Sheets) -> list[Fault]:
    """Every fault of scoring, with its row, as a warning: the form can be asked all the same."""
    try:
        plan_scoring(form)
    except FormUnusable as error:
        rows = rows_by_path(sheets, form.root)
        return [
            replace(fault, level="warning", row=rows[fault.paths[0]][0], paths=())
            for fault in error.faults
        ]
    return []

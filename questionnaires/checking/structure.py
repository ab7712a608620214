"""Faults of the structure of the survey sheet: columns, types, names, groups."""

import re
from collections.abc import Iterator, Sequence

from questionnaires import lazy
from questionnaires.errors import Fault
from questionnaires.form.sheets import (
    LIST_HEADINGS,
    NAME_HEADINGS,
    Sheets,
    begins,
    canonical,
    ends,
    lowered,
)
from questionnaires.form.survey_rows import CHOICES, SURVEY, UNSUPPORTED, SurveyRow, known_types
from questionnaires.form.xlsform_words import SCORING_COLUMNS, SETTINGS, SPECIAL, is_own_column

NAME = re.compile(r"[^\W\d][\w.-]*\Z")


def check_frame(sheets: Sheets, rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Faults of sheets, columns, types, names and groups."""
    yield from _check_sheets(sheets, rows)
    yield from _check_columns(sheets)
    headings = [canonical(name) for name in sheets.headings(SURVEY)]
    for row in rows:
        yield from _check_type(row) if "type" in headings else ()
        yield from _check_name(row) if "name" in headings else ()
        yield from _check_calculation(row)
    yield from _check_doubled_names(rows)
    yield from _check_groups(rows)


def _check_sheets(sheets: Sheets, rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    if not sheets.has(SURVEY):
        yield Fault(
            "error",
            "sheet-missing",
            "There is no sheet 'survey'.",
            "Add a sheet called survey with the columns type, name and label.",
        )
    if not sheets.has(CHOICES) and any(_needs_choices(row) for row in rows):
        yield Fault(
            "error",
            "sheet-missing",
            "There is no sheet 'choices', but the form asks to choose.",
            "Add a sheet called choices with the columns list_name, name and label.",
        )


def _needs_choices(row: SurveyRow) -> bool:
    """Whether its answers are on the sheet choices, not in earlier answers or another sheet."""
    is_elsewhere = "${" in row.list_name or row.base == "select one external"
    return row.is_select and bool(row.list_name) and not is_elsewhere


def _check_columns(sheets: Sheets) -> Iterator[Fault]:
    survey = sheets.headings(SURVEY)
    known = [canonical(name) for name in survey]
    for column in ("type", "name"):
        if sheets.has(SURVEY) and column not in known:
            yield _column_missing(SURVEY, column)
    for heading, name in zip(survey, known, strict=True):
        first = survey[known.index(name)]
        if first != heading and not SPECIAL.match(heading) and "::" not in heading:
            yield _column_fault(
                "column-twice",
                SURVEY,
                heading,
                f"'{heading}' means the same column as '{first}'.",
                "Put both into one column.",
                level="error",
            )
        if is_own_column(heading):
            yield _unknown_column(heading)
    choices = lowered(sheets.headings(CHOICES))
    for column, accepted in (("list_name", LIST_HEADINGS), ("name", NAME_HEADINGS)):
        if sheets.book.get(CHOICES) and not choices & accepted:
            yield _column_missing(CHOICES, column)
    for heading in sheets.headings("settings"):
        if heading.strip().lower().replace(" ", "_") not in SETTINGS and "::" not in heading:
            yield _column_fault(
                "setting-unknown",
                "settings",
                heading,
                f"The setting '{heading}' is not known and changes nothing.",
                "Delete the column or correct its name.",
            )


def _column_missing(sheet: str, column: str) -> Fault:
    return Fault(
        "error",
        "column-missing",
        f"The sheet '{sheet}' has no column '{column}'.",
        f"Write '{column}' into the first row of a column.",
        sheet=sheet,
        row=1,
    )


def _unknown_column(heading: str) -> Fault:
    plain = heading.strip().lower()
    if proper := SCORING_COLUMNS.get(plain):
        return _column_fault(
            "scoring-column-plain",
            SURVEY,
            heading,
            f"'{heading}' is read here, but is lost when the form passes through other programs.",
            f"Call the column '{proper}', and add to settings, column namespaces: "
            'dd="urn:child-rights-due-diligence:xforms".',
        )
    return _column_fault(
        "column-ignored",
        SURVEY,
        heading,
        f"The column '{heading}' has no meaning in a form and is ignored.",
        "Delete it, or correct its name.",
    )


def _column_fault(
    code: str, sheet: str, heading: str, message: str, mend: str, *, level: str = "warning"
) -> Fault:
    return Fault(
        "error" if level == "error" else "warning",
        code,
        message,
        mend,
        sheet=sheet,
        row=1,
        column=heading,
        cell=heading,
    )


def check_comments(rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """A word on each row that has content and is no row of the form."""
    for row in rows:
        yield row.fault(
            "warning",
            "row-ignored",
            "This row has no type, no name and no label, so it is no question and is ignored.",
            "Leave it as a comment, or give it a type, a name and a label.",
            column="type",
        )


def _check_type(row: SurveyRow) -> Iterator[Fault]:
    if row.is_miswritten:
        yield row.fault(
            "error",
            "type-unknown",
            f"The type '{row.type}' is not known: types are written in small letters.",
            "Write it in small letters; names of lists stay as they are.",
            column="type",
        )
    if row.is_begin or row.is_end or row.is_select:
        return
    if row.base in UNSUPPORTED:
        yield row.fault(
            "warning",
            "type-unsupported",
            f"'{row.type}' is shown as a plain text field.",
            "Ask for a place with geopoint, or keep it as text.",
            column="type",
        )
    elif row.base not in known_types() and row.base.lower() not in known_types():
        yield row.fault(
            "error",
            "type-unknown",
            f"The type '{row.type}' is not known." if row.type else "The type is missing.",
            "Write a type of XLSForm, for example text, integer or select_one LIST.",
            column="type",
        )


def _check_calculation(row: SurveyRow) -> Iterator[Fault]:
    if row.base == "calculate" and not row.text("calculation") and not row.text("default"):
        yield row.fault(
            "error",
            "calculation-missing",
            f"'{row.name}' is calculated, and nothing says how.",
            "Write the calculation, or delete the row.",
            column="calculation",
        )


def _check_name(row: SurveyRow) -> Iterator[Fault]:
    if row.is_end:
        return
    if not row.name:
        if row.base != "note":
            yield row.fault(
                "error",
                "name-missing",
                "This row has no name.",
                "Give it a name of letters, digits and underscores.",
                column="name",
            )
    elif not NAME.match(row.name):
        yield row.fault(
            "error",
            "name-invalid",
            f"'{row.name}' cannot be a name.",
            "Begin with a letter or underscore; use letters, digits, '_', '-' and '.' only.",
            column="name",
        )


def _check_doubled_names(rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    seen: dict[tuple[tuple[str, ...], str], int] = {}
    for row in rows:
        if row.is_end or not row.name:
            continue
        key = (row.path, row.name.casefold())
        if key in seen:
            yield row.fault(
                "error",
                "name-twice",
                f"The name '{row.name}' stands in row {seen[key]} already, in the same group.",
                "Give one of them another name.",
                column="name",
            )
        seen.setdefault(key, row.number)


def _check_groups(rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Groups that are not closed, ends of none, groups that cross: one fault for each mistake."""
    open_rows: list[SurveyRow] = []
    wrong: list[tuple[SurveyRow, SurveyRow | None, bool]] = []  # an end, what is open, whether both
    for row in rows:
        if row.is_begin:
            open_rows.append(row)
        elif row.is_end:
            kind = _group_kind(row)
            same = [above for above in open_rows if _group_kind(above) == kind]
            if not same or same[-1] is not open_rows[-1]:
                wrong.append((row, open_rows[-1] if open_rows else None, bool(same)))
            if same:
                open_rows.remove(same[-1])
    # An end of the wrong kind is reported instead of the missing one, a missing end within a group
    # that ends instead of the end of that group.
    for row, inner, crosses in wrong:
        if not (crosses and inner in open_rows):
            yield _unopened(row, inner)
    told = [inner for _, inner, crosses in wrong if not crosses]
    yield from (_unclosed(row) for row in open_rows if row not in told)


def _unopened(row: SurveyRow, inner: SurveyRow | None) -> Fault:
    kind, what = _group_kind(row), "nothing"
    mend = f"Delete the row, or add 'begin {kind}' above."
    if inner is not None:
        what = f"the {_group_kind(inner)} '{inner.name}' of row {inner.number}"
        mend = f"End that {_group_kind(inner)} first; groups must not cross."
    return row.fault(
        "error",
        "group-unopened",
        f"This ends a {kind}, but {what} is open here.",
        mend,
        column="type",
    )


def _unclosed(row: SurveyRow) -> Fault:
    kind = _group_kind(row)
    return row.fault(
        "error",
        "group-unclosed",
        f"The {kind} '{row.name}' is not closed.",
        f"Add a row 'end {kind}' after its last question.",
        column="type",
    )


def _group_kind(row: SurveyRow) -> str:
    found = ends(row.type) or begins(row.type)
    return str(lazy.aliases.control[found[1].lower()]) if found else ""

"""Missing translations of columns: languages of the form that a column of texts lacks."""

import re
from collections.abc import Iterator, Mapping

from questionnaires.checking.choices import TRANSLATABLE, TRANSLATED
from questionnaires.errors import Fault
from questionnaires.form.sheets import Sheets, lowered
from questionnaires.form.survey_rows import CHOICES, SURVEY

PLAIN = re.compile(rf"({TRANSLATABLE})\s*\Z", re.I)
CODE = re.compile(r"\s*\([^()]*\)\s*\Z")

Columns = Mapping[tuple[str, str], Mapping[str, str]]
"""Sheet and kind of text -> language -> heading as written."""


def check_languages(sheets: Sheets) -> Iterator[Fault]:
    """Each column of texts that is not there in a language of the form; the converter takes it."""
    columns = _columns_of(sheets)
    languages = dict.fromkeys(name for found in columns.values() for name in found if name)
    for (sheet, kind), headings in columns.items():
        missing = [name for name in languages if name not in headings]
        first = next(iter(headings.values()))
        if missing and _is_filled(sheets, sheet, headings):
            message = f"The sheet {sheet} has no '{kind}' in {', '.join(missing)}."
            yield Fault(
                "warning",
                "translation-missing",
                message,
                _way_out(kind, missing, headings),
                sheet=sheet,
                row=1,
                column=first,
                cell=first,
            )


def _columns_of(sheets: Sheets) -> Columns:
    default = next(
        (str(text).strip() for name, text in sheets.settings.items() if _is_default(name)), ""
    )
    columns: dict[tuple[str, str], dict[str, str]] = {}
    for sheet in (SURVEY, CHOICES):
        for heading in sheets.headings(sheet):
            if found := TRANSLATED.match(heading.strip()) or PLAIN.match(heading.strip()):
                language = found[2].strip() if found.re is TRANSLATED else default
                kind = found[1].lower().replace(" ", "_")
                columns.setdefault((sheet, kind), {})[language] = heading
    return columns


def _is_default(heading: str) -> bool:
    return lowered([heading]) == {"default_language"}


def _is_filled(sheets: Sheets, sheet: str, headings: Mapping[str, str]) -> bool:
    return any(
        str(row.get(heading, "")).strip()
        for _, row in sheets.rows(sheet)
        for heading in headings.values()
    )


def _way_out(kind: str, missing: list[str], headings: Mapping[str, str]) -> str:
    for name in missing:
        for there in headings:
            if there and _alike(name) == _alike(there):
                return f"'{there}' and '{name}' are two languages to an app: write one of them."
    if "" in headings:
        return f"Say in which language '{headings['']}' is, such as {kind}::{missing[0]}."
    return f"Add the column {kind}::{missing[0]}; until then the default language is shown."


def _alike(language: str) -> str:
    return CODE.sub("", language).strip().casefold()

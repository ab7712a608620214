"""Faults inside the cells that hold expressions: references, syntax, functions, literals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from questionnaires import lazy
from questionnaires.checking.choices import lists_of
from questionnaires.checking.meaning import Facts, check_meaning, facts_of, several_answers
from questionnaires.checking.paths import Known, check_paths, known_names
from questionnaires.errors import ExpressionFault, Fault
from questionnaires.form.sheets import Sheets, choice_name
from questionnaires.form.survey_rows import SETTINGS, SurveyRow
from questionnaires.xpath.expressions import compile_expression

# Possessive quantifiers (`++`) avoid backtracking, so that a long row of spaces is read once.
REFERENCE = re.compile(r"\$\{\s*+(?:last-saved#)?+([^{}\s]*+(?:\s++[^{}\s]++)*+)\s*+\}")
EXPRESSIONS = [
    "relevant",
    "required",
    "constraint",
    "calculation",
    "choice_filter",
    "repeat_count",
    "read_only",
]
TEXTS = ["label", "hint", "constraint_message", "required_message", "guidance_hint", "trigger"]
LITERAL = r"(?:'([^']*)'|\"([^\"]*)\")"
PLACE = r"(\$\{[^{}]+\}|(?<![\w./])\.(?![\w./]))"
CHOSEN = (
    re.compile(rf"selected\(\s*{PLACE}\s*,\s*{LITERAL}\s*\)"),
    re.compile(rf"{PLACE}\s*!?=\s*{LITERAL}"),
)


def check_cells(
    sheets: Sheets, rows: Sequence[SurveyRow], namespaces: Mapping[str, str]
) -> Iterator[Fault]:
    """Faults of every expression and reference of the survey sheet."""
    names: dict[str, int] = {}
    for row in rows:
        if row.name and not row.is_end:
            names[row.name] = names.get(row.name, 0) + 1
    offered = {
        name: {choice_name(choice) for _, choice in choices}
        for name, choices in lists_of(sheets).items()
    }
    selects = {row.name: row for row in rows if row.is_select and row.list_name in offered}
    known, facts = known_names(sheets, rows), facts_of(rows, offered)
    for row in rows:
        for column in EXPRESSIONS:
            text = row.text(column)
            if text and text not in lazy.aliases.yes_no:
                yield from _check_references(row, column, names)
                yield from _check_syntax(row, column, namespaces, known, facts)
                yield from _check_literals(row, column, selects, offered)
        for column in TEXTS:
            yield from _check_references(row, column, names)
            yield from _check_several(row, column, facts)
        yield from _check_default(row, names, namespaces, known)
    yield from _check_instance_name(sheets, names, namespaces)


def _check_instance_name(
    sheets: Sheets, names: Mapping[str, int], namespaces: Mapping[str, str]
) -> Iterator[Fault]:
    """The one expression of the settings sheet, checked as if it were in a row."""
    for heading, text in sheets.settings.items():
        if heading.strip().lower() == "instance_name" and str(text).strip():
            row = SurveyRow(2, {"calculation": str(text)}, "calculate", "", "calculate")
            known = Known(frozenset(), frozenset(), frozenset(), frozenset())
            faults = [
                *_check_references(row, "calculation", names),
                *_check_syntax(row, "calculation", namespaces, known),
            ]
            for fault in faults:
                if fault.level == "error":
                    yield replace(fault, sheet=SETTINGS, column=heading)


def _check_default(
    row: SurveyRow, names: Mapping[str, int], namespaces: Mapping[str, str], known: Known
) -> Iterator[Fault]:
    """A default is an expression only when it refers to a question or calls a function alone."""
    if REFERENCE.search(row.text("default")):
        yield from _check_references(row, "default", names)
        yield from _check_syntax(row, "default", namespaces, known)


def _raw(row: SurveyRow, column: str) -> str:
    """The cell as written, so that places in it are right."""
    written = row.fault("error", "", "", "", column=column).cell
    return written if written is not None else ""


def _check_references(row: SurveyRow, column: str, names: Mapping[str, int]) -> Iterator[Fault]:
    for found in REFERENCE.finditer(_raw(row, column)):
        count = names.get(found[1], 0)
        if count == 0:
            yield row.fault(
                "error",
                "reference-unknown",
                f"There is no question '{found[1]}'.",
                "Correct the name between ${ and }, or add the question.",
                column=column,
                at=found.start(),
            )
        elif count > 1:
            yield row.fault(
                "error",
                "reference-ambiguous",
                f"{count} questions are called '{found[1]}'; which is meant cannot be known.",
                "Give them different names.",
                column=column,
                at=found.start(),
            )


def _check_several(row: SurveyRow, column: str, facts: Facts) -> Iterator[Fault]:
    """Values of a repeat inserted into texts outside that repeat."""
    if column == "trigger":
        return
    for found in REFERENCE.finditer(_raw(row, column)):
        if fault := several_answers(row, column, found[1], facts, found.start()):
            yield fault


def _check_syntax(
    row: SurveyRow,
    column: str,
    namespaces: Mapping[str, str],
    known: Known,
    facts: Facts | None = None,
) -> Iterator[Fault]:
    # A path of the same length takes the place of each reference, so that places stay right.
    raw = _raw(row, column)
    text = REFERENCE.sub(lambda found: "/" + "x" * (len(found[0]) - 2) + " ", raw)
    try:
        compiled = compile_expression(text, namespaces)
    except ExpressionFault as fault:
        yield row.fault("error", fault.code, str(fault), fault.mend, column=column, at=fault.at)
    else:
        yield from check_paths(row, column, text, compiled.token, known)
        if facts:
            references = {
                found.start(): found[1]
                for found in REFERENCE.finditer(raw)
                if "last-saved#" not in found[0]
            }
            yield from check_meaning(row, column, text, compiled.token, facts, references)


def _check_literals(
    row: SurveyRow,
    column: str,
    selects: Mapping[str, SurveyRow],
    offered: Mapping[str, set[str]],
) -> Iterator[Fault]:
    text = _raw(row, column)
    for pattern in CHOSEN:
        for found in pattern.finditer(text):
            reference = REFERENCE.match(found[1])
            select = selects.get(reference[1] if reference else _tested(text[: found.start()], row))
            literal = found[2] if found[2] is not None else found[3]
            if select is None or not literal:
                continue
            # Two names with a space between them are the answer of a question that takes several.
            takes_several = select.base != "select_one" and pattern is not CHOSEN[0]
            names = set(literal.split() if takes_several else [literal])
            others = {"other"} if "other" in select.type else set()
            if names <= offered[select.list_name] | others:
                continue
            yield row.fault(
                "warning",
                "choice-never",
                f"'{literal}' is not in the list '{select.list_name}', so this is never so.",
                f"Use a name of the list '{select.list_name}'.",
                column=column,
                at=found.start(),
            )


def _tested(before: str, row: SurveyRow) -> str:
    """The question that `.` reads behind this text, "" for none that is known.

    In a predicate, `${name}[. = 'yes']`, it is the one whose answers are looked through.
    """
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] == "]") - (before[at] == "[")
        if depth < 0:
            path = before[:at].rstrip()
            return next((one[1] for one in REFERENCE.finditer(path) if one.end() == len(path)), "")
    return row.name

"""`flask questionnaires ...`: form checks and answer evaluation on files, without a database."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ddplatform.infrastructure.commands import print_json
from ddplatform.supplier_engagement.library.commands.answers import (
    ANSWERS,
    AnswerCase,
    read_answer_cases,
)
from ddplatform.supplier_engagement.library.commands.scoring import export, score
from questionnaires import (
    FormReport,
    FormUnusable,
    Plan,
    ScriptError,
    check_file,
    evaluate_script,
    plan,
    read_external,
    read_form_file,
    read_script,
    unusable,
)

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
AS_JSON = click.option(
    "--json", is_flag=True, expose_value=False, help="The answer is JSON with or without this."
)


@click.group()
def questionnaires() -> None:
    """Check, evaluate, score and export questionnaires (XLSForm)."""


questionnaires.add_command(score)
questionnaires.add_command(export)


@questionnaires.command()
@click.argument("forms", metavar="FORM...", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(forms: tuple[Path, ...], as_json: bool) -> None:
    """List every fault of each FORM with its cell and the way to correct it."""
    reports = [check_file(path) for path in forms]
    if as_json:
        print_json([report.as_json() for report in reports])
    else:
        click.echo("\n".join(line for report in reports for line in _lines(report)))
    if not all(report.usable for report in reports):
        sys.exit(1)


def _lines(report: FormReport) -> Iterator[str]:
    verdict = "can be used" if report.usable else "cannot be used"
    yield f"{report.form}: {verdict}; {report.questions} questions."
    for fault in report.faults:
        place = " ".join(
            part
            for part in (fault.sheet, f"row {fault.row}" if fault.row else None, fault.column)
            if part
        )
        yield f"  {fault.level} {fault.code} [{place}] {fault.message} {fault.mend}"


@questionnaires.command()
@click.argument("form", metavar="FORM", type=FILE)
@click.option("--answers", required=True, type=ANSWERS, help="Steps as .json, or .jsonl for many.")
@click.option("--media", type=FOLDER, help="Folder of external files; default: the form's.")
@AS_JSON
def evaluate(form: Path, answers: Path, media: Path | None) -> None:
    """Print the state of every question of FORM after the steps of ANSWERS."""
    try:
        read = read_form_file(form)
        rows, missing = read_external(read, media or form.parent)
        planned = plan(read, rows)
    except FormUnusable as fault:
        print_json(unusable(str(fault)))
        sys.exit(1)
    documents = [_evaluated(planned, case, missing) for case in read_answer_cases(answers)]
    for document in documents:
        print_json(document)
    if any(document["error"] is not None for document in documents):
        sys.exit(1)


def _evaluated(planned: Plan, case: AnswerCase, missing: list[str]) -> dict[str, Any]:
    if case.fault is not None:
        return {**case.named, **unusable(case.fault)}
    try:
        script = read_script(case.document, now=datetime.now(UTC))
    except ScriptError as fault:
        return {**case.named, **unusable(str(fault))}
    return {**case.named, **evaluate_script(planned, script, missing_files=missing)}

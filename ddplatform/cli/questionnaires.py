"""`flask questionnaires ...`: check forms and evaluate answers from files, without a database."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from ddplatform.cli.questionnaire_scoring import export, score
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
    """List every fault of each FORM with its cell and the way to mend it."""
    reports = [check_file(path) for path in forms]
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False))
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
@click.option("--answers", required=True, type=FILE, help="Steps as .json, or .jsonl for many.")
@click.option("--media", type=FOLDER, help="Folder of external files; default: the form's.")
@AS_JSON
def evaluate(form: Path, answers: Path, media: Path | None) -> None:
    """Print the state of every question of FORM after the steps of ANSWERS."""
    try:
        read = read_form_file(form)
        rows, missing = read_external(read, media or form.parent)
        planned = plan(read, rows)
    except FormUnusable as fault:
        _print(unusable(str(fault)))
        sys.exit(1)
    if answers.suffix.lower() == ".jsonl":
        for line in answers.read_text(encoding="utf-8-sig").splitlines():
            if line.strip():
                case = _parsed(line, answers.name)
                _print({"id": case.get("id"), **_evaluated(planned, case.get("answers"), missing)})
        return
    _print(_evaluated(planned, _read(answers), missing))


def _evaluated(planned: Plan, document: object, missing: list[str]) -> dict[str, Any]:
    try:
        script = read_script(document, now=datetime.now(UTC))
    except ScriptError as fault:
        _refuse(str(fault))
    return evaluate_script(planned, script, missing_files=missing)


def _read(path: Path) -> Any:
    return _json(path.read_text(encoding="utf-8-sig"), path.name)


def _parsed(line: str, name: str) -> dict[str, Any]:
    case = _json(line, name)
    if not isinstance(case, dict):
        _refuse(f"{name}: each line must be an object with 'id' and 'answers'.")
    return case


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as fault:
        _refuse(f"{name} is not JSON: {fault}.")


def _refuse(message: str) -> NoReturn:
    _print(unusable(message))
    sys.exit(1)


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))

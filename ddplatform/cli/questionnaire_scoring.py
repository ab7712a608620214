"""`flask questionnaires score` and `export`: signals of answers, shipped forms as workbooks."""

import json
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from questionnaires import (
    Plan,
    QuestionnaireError,
    ScriptError,
    export_workbook,
    list_shipped,
    plan,
    read_external,
    read_form_file,
    read_script,
    read_shipped,
    run_script,
)
from questionnaires import score as score_response

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
WORKBOOK = click.Path(dir_okay=False, writable=True, path_type=Path)
ACCEPTED = "evidence_accepted"


@click.command()
@click.argument("form", metavar="FORM", type=FILE)
@click.option("--answers", required=True, type=FILE, help="Steps as .json, or .jsonl for many.")
@click.option("--light", is_flag=True, help="Light mode: fewer than 50 workers.")
@click.option("--sector-risk", type=click.FloatRange(0, 1), help="Score of SEC-01, for CHK-2.")
@click.option(
    "--json", is_flag=True, expose_value=False, help="The answer is JSON with or without this."
)
def score(form: Path, answers: Path, light: bool, sector_risk: float | None) -> None:
    """Print the risk signals of ANSWERS to FORM.

    ANSWERS may name the questions whose evidence was accepted, by path, as "evidence_accepted".
    """
    try:
        read = read_form_file(form)
        rows, _ = read_external(read, form.parent)
        scorer = _Scorer(plan(read, rows), light, sector_risk)
        text = answers.read_text(encoding="utf-8-sig")
        if answers.suffix.lower() != ".jsonl":
            _print(scorer.signals(json.loads(text), answers.name))
            return
        for line in filter(str.strip, text.splitlines()):
            case = json.loads(line)
            name = case["id"]
            _print({"id": name, **scorer.signals(case["answers"], str(name))})
    except QuestionnaireError as fault:
        _refuse(str(fault))
    except (ValueError, KeyError, TypeError) as fault:
        _refuse(f"{answers.name} is not written as answers: {fault!r}.")


class _Scorer:
    """One form, ready to score answer after answer."""

    def __init__(self, planned: Plan, light: bool, sector_risk: float | None) -> None:
        self.planned, self.light, self.sector_risk = planned, light, sector_risk

    def signals(self, document: object, name: str) -> dict[str, Any]:
        """The signals of one list of steps; refused steps are named on standard error."""
        script = read_script(document, now=datetime.now(UTC))
        response, refused = run_script(self.planned, script)
        for step in refused:
            click.echo(f"{name}: step {step['step']} refused: {step['reason']}.", err=True)
        found = score_response(
            response,
            evidence_accepted=_accepted(document),
            light=self.light,
            sector_risk=self.sector_risk,
        )
        return found.as_json()


def _accepted(document: object) -> Collection[str]:
    paths = document.get(ACCEPTED, []) if isinstance(document, dict) else []
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise ScriptError(f"'{ACCEPTED}' is not a list of paths.")
    return paths


@click.command()
@click.argument("ref")
@click.option("--version", help="Default: the newest.")
@click.option("--out", required=True, type=WORKBOOK, help="The workbook to write (.xlsx).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def export(ref: str, version: str | None, out: Path, as_json: bool) -> None:
    """Write the shipped questionnaire REF as an XLSForm that ODK and KoboToolbox take."""
    try:
        out.write_bytes(export_workbook(read_shipped(ref, version)))
    except (QuestionnaireError, OSError) as fault:
        _refuse(str(fault))
    newest = [
        item for item in list_shipped() if item.ref == ref and version in (None, item.version)
    ]
    written = newest[-1]
    if as_json:
        _print({"ref": ref, "version": written.version, "sha256": written.sha256, "out": str(out)})
    else:
        click.echo(f"{ref} {written.version} written to {out}.")


def _refuse(message: str) -> NoReturn:
    _print({"error": message})
    sys.exit(1)


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))

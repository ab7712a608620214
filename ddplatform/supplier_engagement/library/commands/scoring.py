"""`flask questionnaires score` and `export`: signals of answers, shipped forms as workbooks."""

import sys
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import click

from ddplatform.infrastructure.commands import print_json, refuse, write_out
from ddplatform.supplier_engagement.library.commands.answers import (
    ANSWERS,
    AnswerCase,
    read_answer_cases,
)
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
from questionnaires.form.phone_form import xform_of
from questionnaires.library.shipped import shipped_translations

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
WORKBOOK = click.Path(dir_okay=False, writable=True, path_type=Path)
ACCEPTED = "evidence_accepted"


@click.command()
@click.argument("form", metavar="FORM", type=FILE)
@click.option("--answers", required=True, type=ANSWERS, help="Steps as .json, or .jsonl for many.")
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
    except QuestionnaireError as fault:
        _refuse(str(fault))
    documents = [scorer.told(case, answers.name) for case in read_answer_cases(answers)]
    for document in documents:
        print_json(document)
    if any("error" in document for document in documents):
        sys.exit(1)


class _Scorer:
    """One form, ready to score answer after answer."""

    def __init__(self, planned: Plan, light: bool, sector_risk: float | None) -> None:
        self.planned, self.light, self.sector_risk = planned, light, sector_risk

    def told(self, case: AnswerCase, file: str) -> dict[str, Any]:
        """The signals of one case, or the error that it has in their place."""
        if case.fault is not None:
            return {**case.named, "error": case.fault}
        name = str(case.named["id"]) if case.named else file
        try:
            return {**case.named, **self._signals(case.document, name)}
        except QuestionnaireError as fault:
            return {**case.named, "error": str(fault)}

    def _signals(self, document: object, name: str) -> dict[str, Any]:
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
@click.option("--out", required=True, type=WORKBOOK, help="The file to write (.xlsx or .xml).")
@click.option(
    "--format",
    "form_as",
    type=click.Choice(["xlsform", "xform"]),
    default="xlsform",
    help="A workbook, or the XML that apps read. Default: xlsform.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def export(ref: str, version: str | None, out: Path, form_as: str, as_json: bool) -> None:
    """Write the shipped questionnaire REF for ODK and KoboToolbox."""
    try:
        definition = read_shipped(ref, version)
        is_xform = form_as == "xform"
        content = xform_of(definition, ".md").encode() if is_xform else _workbook(definition)
    except QuestionnaireError as fault:
        refuse(fault)
    write_out(out, content)
    newest = [
        item for item in list_shipped() if item.ref == ref and version in (None, item.version)
    ]
    written = newest[-1]
    if as_json:
        print_json(
            {"ref": ref, "version": written.version, "sha256": written.sha256, "out": str(out)}
        )
    else:
        click.echo(f"{ref} {written.version} written to {out}.")


def _workbook(definition: bytes) -> bytes:
    """The form with a column a language, as the page of the library gives it."""
    spoken = shipped_translations(sha256(definition).hexdigest())
    return export_workbook(definition, translations=spoken)


def _refuse(message: str) -> NoReturn:
    print_json({"error": message})
    sys.exit(1)

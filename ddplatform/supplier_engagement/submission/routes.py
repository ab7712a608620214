"""Submission pages: check of the answers, sending, receipt."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.upload_traces import is_to_be_looked_at
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.documents.exports import PDF, ExportedFile
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import keep_changes, requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.responses.models import ResponseStatus
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    get_newest_round,
    get_request,
    list_files,
)
from ddplatform.supplier_engagement.review.queries.comparisons import compare_answers
from ddplatform.supplier_engagement.sharing.queries.sharing import list_pages_to_look_at
from ddplatform.supplier_engagement.submission.services import next_steps, receipt_pdf, submit
from ddplatform.supplier_engagement.submission.views import sections_of
from questionnaires import score


@bp.get("/<uuid:assignment_id>/check")
@requires(Permission.RESPONSE_ANSWER)
def check(assignment_id: UUID) -> ResponseReturnValue:
    """Problems first, then every answer by section; nothing is sent until Send is pressed."""
    asked, filled = _newest(assignment_id)
    if asked.assignment.status is not State.OPENED:
        return redirect(url_for(".sent", assignment_id=assignment_id))
    return _check_page(asked, filled)


@bp.post("/<uuid:assignment_id>/check")
@requires(Permission.RESPONSE_ANSWER)
def send(assignment_id: UUID) -> ResponseReturnValue:
    """Declare and send, in one step; pressed twice, it is sent once."""
    try:
        submit(
            assignment_id,
            declared="declared" in request.form,
            note=request.form.get("note", ""),
            act=g.act,
        )
    except Invalid as error:
        keep_changes()  # consents that ran out: they end, whatever else is missing
        asked, filled = _newest(assignment_id)
        return _check_page(asked, filled, faults=dict(error.fields)), 422
    return redirect(url_for(".sent", assignment_id=assignment_id))


@bp.get("/<uuid:assignment_id>/sent")
@requires(Permission.RESPONSE_ANSWER)
def sent(assignment_id: UUID) -> ResponseReturnValue:
    """The receipt: number, day, next steps, and the submitted answers."""
    asked, filled = _newest(assignment_id)
    if filled.row.status is ResponseStatus.DRAFT:
        raise NotFound()
    files = list_files(filled.row.id)
    return render_template(
        "supplier_engagement/submission/sent.html",
        asked=asked,
        row=filled.row,
        is_redacted=any(TAKEN_OUT in answer.raw for answer in filled.answers.values()),
        redacted=[
            (file.filename, file.redacted_at)
            for of_question in files.values()
            for file in of_question
            if file.redacted_at
        ],
        steps=next_steps(asked),
        sections=sections_of(filled, files),
    )


@bp.get("/<uuid:assignment_id>/receipt.pdf")
@requires(Permission.RESPONSE_ANSWER)
def receipt(assignment_id: UUID) -> ResponseReturnValue:
    """The receipt as a page to keep."""
    asked, filled = _newest(assignment_id)
    if filled.row.status is ResponseStatus.DRAFT:
        raise NotFound()
    name = f"receipt-{filled.row.receipt_number}.pdf"
    return as_download(ExportedFile(name, PDF, receipt_pdf(asked, filled)))


def _newest(assignment_id: UUID) -> tuple[Request, Filled]:
    asked = get_request(assignment_id)
    return asked, get_newest_round(asked, now=g.now)


def _check_page(asked: Request, filled: Filled, faults: dict[str, str] | None = None) -> str:
    checks = (
        *score(filled.form, light=filled.assignment.light_mode).checks,
        *compare_answers(filled, note=request.form.get("note")),
    )
    doubtful = {name for found in checks for name in found.questions}
    sections = sections_of(
        filled, list_files(filled.row.id), doubtful, known=(asked.requester, g.organisation.name)
    )
    return render_template(
        "supplier_engagement/submission/check.html",
        asked=asked,
        sections=sections,
        unseen={page.name for page in list_pages_to_look_at(filled)},
        missing=[row for section in sections for row in section["rows"] if row["messages"]],
        named=[row for section in sections for row in section["rows"] if row["traces"]],
        shown=[
            (row, file)
            for section in sections
            for row in section["rows"]
            for file in row["documents"]
            if is_to_be_looked_at(file.traces)
        ],
        checks=[_rows_of(sections, found.questions) for found in checks],
        faults=faults or {},
        note=request.form.get("note", ""),
        declared="declared" in request.form,
    )


def _rows_of(sections: list[dict[str, Any]], refs: tuple[str, ...]) -> list[dict[str, Any]]:
    """The answers that may not match, in the order of their refs."""
    rows = [row for section in sections for row in section["rows"]]
    return [row for ref in refs for row in rows if row["ref"] == ref]

"""Check the answers, send them, keep the receipt."""

from typing import Any
from uuid import UUID

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.upload_traces import is_to_be_looked_at
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import keep_changes, requires
from ddplatform.infrastructure.words.problems import in_words
from ddplatform.supplier_engagement.answering.views.fields import answer_words, field_id, numbers_of
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.responses.models import ResponseStatus
from ddplatform.supplier_engagement.responses.queries.languages import tongue_of
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    find_response,
    get_request,
    list_files,
    load_filled,
)
from ddplatform.supplier_engagement.responses.queries.traces import traces_of
from ddplatform.supplier_engagement.review.queries.comparisons import compare_answers
from ddplatform.supplier_engagement.sharing.queries.sharing import list_pages_to_look_at
from ddplatform.supplier_engagement.submission.services import next_steps, receipt_pdf, submit
from questionnaires import Item, score
from questionnaires.scoring.plan import question_id


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
            by=g.identity,
            at=g.now,
        )
    except Invalid as error:
        keep_changes()  # consents that ran out: they end, whatever else is missing
        asked, filled = _newest(assignment_id)
        return _check_page(asked, filled, faults=dict(error.fields)), 422
    return redirect(url_for(".sent", assignment_id=assignment_id))


@bp.get("/<uuid:assignment_id>/sent")
@requires(Permission.RESPONSE_ANSWER)
def sent(assignment_id: UUID) -> ResponseReturnValue:
    """The receipt: number, day, what happens next, and what was sent."""
    asked, filled = _newest(assignment_id)
    if filled.row.status is ResponseStatus.DRAFT:
        raise NotFound()
    return render_template(
        "supplier_engagement/submission/sent.html",
        asked=asked,
        row=filled.row,
        is_redacted=any(TAKEN_OUT in answer.raw for answer in filled.answers.values()),
        redacted=[
            (file.filename, file.redacted_at)
            for files in list_files(filled.row.id).values()
            for file in files
            if file.redacted_at
        ],
        steps=next_steps(asked),
        sections=sections_of(filled),
    )


@bp.get("/<uuid:assignment_id>/receipt.pdf")
@requires(Permission.RESPONSE_ANSWER)
def receipt(assignment_id: UUID) -> ResponseReturnValue:
    """The receipt as a page to keep."""
    asked, filled = _newest(assignment_id)
    if filled.row.status is ResponseStatus.DRAFT:
        raise NotFound()
    name = f"receipt-{filled.row.receipt_number}.pdf"
    return Response(
        receipt_pdf(asked, filled),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _newest(assignment_id: UUID) -> tuple[Request, Filled]:
    asked = get_request(assignment_id)
    row = find_response(assignment_id)
    if row is None:
        raise NotFound()
    return asked, load_filled(asked.assignment, row, now=g.now, plan=asked.plan)


def _check_page(asked: Request, filled: Filled, faults: dict[str, str] | None = None) -> str:
    checks = (
        *score(filled.form, light=filled.assignment.light_mode).checks,
        *compare_answers(filled, note=request.form.get("note")),
    )
    doubtful = {name for found in checks for name in found.questions}
    sections = sections_of(filled, doubtful)
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
        checks=[
            {"message": found.message, "row": _row_of(sections, found.questions)}
            for found in checks
        ],
        faults=faults or {},
        note=request.form.get("note", ""),
        declared="declared" in request.form,
    )


def sections_of(filled: Filled, doubtful: set[str] | None = None) -> list[dict[str, Any]]:
    files = list_files(filled.row.id)
    tongue = tongue_of(filled.form.form, filled.row.language)
    found = []
    for page in filled.pages:
        numbers = numbers_of(page)
        rows = [
            {
                **_row(page.name, item, files, doubtful or set()),
                "number": numbers[item.state.path],
                "lang": tongue.other(item.state.node.label),
            }
            for item in page.questions()
        ]
        missing = sum(1 for row in rows if row["messages"])
        lang = tongue.of_section(filled.form.form, page.name)
        found.append({"page": page, "rows": rows, "missing": missing, "lang": lang})
    return found


def _row(name: str, item: Item, files: Any, doubtful: set[str]) -> dict[str, Any]:
    state = item.state
    documents = [file for path in (state, *item.uploads) for file in files.get(path.path, ())]
    named = [file.filename for file in documents]
    ref = question_id(item.question)
    return {
        "ref": ref,
        "label": state.label,
        "words": []
        if named and not state.choices and state.raw in ", ".join(named)
        else answer_words(state),
        "files": named,
        "documents": documents,
        "messages": [
            in_words(text) for s in (state, *item.uploads) if s.relevant for text in s.messages
        ],
        "blank": not state.raw,
        "doubtful": ref in doubtful,
        "traces": traces_of(state),
        "section": name,
        "id": field_id(state.path),
    }


def _row_of(sections: list[dict[str, Any]], refs: tuple[str, ...]) -> dict[str, Any] | None:
    rows = [row for section in sections for row in section["rows"] if row["ref"] in refs]
    return rows[0] if rows else None

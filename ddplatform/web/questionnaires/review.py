"""Reviewing one response: accept, ask back, documents, red flags, send back."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.errors import Invalid
from ddplatform.gate import requires
from ddplatform.models.responses import ResponseStatus
from ddplatform.queries.answer_comparisons import compare_answers
from ddplatform.queries.questionnaires import get_assignment, get_assignment_row
from ddplatform.queries.responses import (
    Filled,
    asked_back,
    find_round,
    list_files,
    list_messages,
    list_red_flags,
    load_filled,
)
from ddplatform.queries.reviews import list_decisions
from ddplatform.services.response_receiving import read_answers
from ddplatform.services.response_review import (
    WHOLE,
    accept_all,
    accept_answer,
    ask_back,
    escalate,
    get_reviewed,
    handle_flag,
    judge_documents,
    return_answers,
)
from ddplatform.web.questionnaire_states import STATE_WORDS
from ddplatform.web.questionnaires.blueprint import bp
from ddplatform.web.questionnaires.review_rows import Beside, risks_of, sections_of
from ddplatform.web.responses.fields import field_id
from questionnaires import red_flags


@bp.get("/assignments/<uuid:assignment_id>/review")
@requires(Permission.RESPONSE_READ)
def review(assignment_id: UUID) -> ResponseReturnValue:
    """The newest answers that were sent, red flags on top."""
    return _page(assignment_id)


@bp.post("/assignments/<uuid:assignment_id>/review/answer")
@requires(Permission.RESPONSE_REVIEW)
def decide(assignment_id: UUID) -> ResponseReturnValue:
    """Decide about one answer: take it, judge its documents, or ask back."""
    path, doing = request.form.get("path", ""), request.form.get("do", "")
    try:
        if doing == "ask":
            text = request.form.get("text", "")
            ask_back(assignment_id, path, text, by=g.identity, at=g.now)
        elif doing in ("documents", "refuse_documents"):
            accepted = doing == "documents"
            judge_documents(assignment_id, path, accepted=accepted, by=g.identity, at=g.now)
        else:
            accept_answer(assignment_id, path, by=g.identity, at=g.now)
    except Invalid as error:
        return _page(assignment_id, faults={path: error.fields.get("text", error.message)})
    return redirect(url_for(".review", assignment_id=assignment_id) + f"#{field_id(path)}")


@bp.post("/assignments/<uuid:assignment_id>/review/flags/<uuid:flag_id>")
@requires(Permission.RESPONSE_REVIEW)
def look_at_flag(assignment_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Say what is done about a red flag."""
    try:
        handle_flag(
            assignment_id,
            flag_id,
            note=request.form.get("note", ""),
            refuted="refuted" in request.form,
            by=g.identity,
            at=g.now,
        )
    except Invalid as error:
        return _page(assignment_id, faults={str(flag_id): error.fields.get("note", "")})
    flash("It is noted that you looked at this red flag.", "success")
    return redirect(url_for(".review", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/accept")
@requires(Permission.RESPONSE_REVIEW)
def accept(assignment_id: UUID) -> ResponseReturnValue:
    """Take all answers and end the review."""
    accept_all(assignment_id, by=g.identity, at=g.now)
    flash("The answers are accepted.", "success")
    return redirect(url_for(".assignment", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/escalate")
@requires(Permission.RESPONSE_REVIEW)
def hand_on(assignment_id: UUID) -> ResponseReturnValue:
    """Ask the others who review to decide."""
    reason = request.form.get("reason", "")
    if not reason.strip():
        return _page(assignment_id, faults={"escalate": "Write what is to be decided, and why."})
    escalate(assignment_id, reason=reason, by=g.identity, at=g.now)
    flash("The others who review get a mail. The supplier is not told.", "success")
    return redirect(url_for(".review", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/return")
@requires(Permission.RESPONSE_REVIEW)
def send_back(assignment_id: UUID) -> ResponseReturnValue:
    """Send the answers back with what was asked."""
    return_answers(assignment_id, reason=request.form.get("reason", ""), by=g.identity, at=g.now)
    flash("The answers went back. The supplier gets a mail.", "success")
    return redirect(url_for(".assignment", assignment_id=assignment_id))


def _page(assignment_id: UUID, faults: dict[str, str] | None = None) -> ResponseReturnValue:
    assignment, row = get_assignment(assignment_id), get_reviewed(assignment_id)
    filled = load_filled(assignment, row, now=g.now)
    flags = list_red_flags(row.id)
    threads, decisions = list_messages(assignment_id), list_decisions(row.id)
    signals = read_answers(filled)
    checks = (*signals.checks, *compare_answers(filled, note=row.declared_note))
    beside = Beside(
        files=list_files(row.id),
        threads=threads,
        decisions=decisions,
        before=_before(filled),
        flags=frozenset(flag.path for flag in flags),
        doubtful=frozenset(name for check in checks for name in check.questions),
        risks=risks_of(signals),
    )
    sections = sections_of(filled, beside)
    html = render_template(
        "questionnaires/review.html",
        row=get_assignment_row(assignment_id),
        response=row,
        words=STATE_WORDS,
        sections=sections,
        flags=[_flag(flag, sections) for flag in flags],
        checks=checks,
        asked=len(asked_back(threads)),
        is_open=row.status is ResponseStatus.SUBMITTED,
        handed_on=decisions.get(WHOLE),
        faults=faults or {},
        kept=request.form.get("text") or request.form.get("note") or "",
    )
    return html, 422 if faults else 200


def _before(filled: Filled) -> Filled | None:
    last = find_round(filled.assignment.id, filled.row.round - 1)
    return load_filled(filled.assignment, last, now=g.now) if last is not None else None


def _flag(flag: Any, sections: list[dict[str, Any]]) -> dict[str, Any]:
    about = red_flags()[flag.code]
    row = next(
        (row for section in sections for row in section["rows"] if row.path == flag.path), None
    )
    return {
        "id": flag.id,
        "code": flag.code,
        "title": about.title,
        "response": about.response,
        "issue": about.issues[0] if about.issues else None,
        "path": flag.path,
        "row": row,
        "handled_at": flag.handled_at,
    }

"""Review pages of one response: acceptance, questions back, documents, red flags, return."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.free_text import traces_in
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import number, values_here
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.answering.views.fields import field_id
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.queries import get_assignment, get_assignment_row
from ddplatform.supplier_engagement.receiving.services.receiving import read_answers
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.models import ResponseStatus
from ddplatform.supplier_engagement.responses.queries.active_consents import load_reworded
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    asked_back,
    find_earlier,
    find_round,
    list_files,
    list_messages,
    list_notes_before,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.review.queries.comparisons import compare_answers
from ddplatform.supplier_engagement.review.queries.queue import find_entry, list_alike
from ddplatform.supplier_engagement.review.queries.reviews import Decision, list_decisions
from ddplatform.supplier_engagement.review.services.redaction import redact
from ddplatform.supplier_engagement.review.services.review import (
    WHOLE,
    accept_all,
    accept_answer,
    accept_section,
    ask_back,
    escalate,
    get_reviewed,
    handle_flag,
    judge_documents,
    of_flag,
    return_answers,
)
from ddplatform.supplier_engagement.review.views import (
    Beside,
    ReviewRow,
    blocks_of,
    first_of,
    in_turn,
    named_in,
    risks_of,
    rows_of,
    sections_of,
)
from ddplatform.supplier_engagement.sharing.queries.sharing import (
    find_withheld,
    list_shares,
    section_titles,
)
from ddplatform.value_chain.mapping.queries.known_names import list_names_with
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
    who = {"seen": request.form.get("seen"), "act": g.act}
    try:
        if doing == "ask":
            ask_back(assignment_id, path, request.form.get("text", ""), **who)
        elif doing in ("documents", "refuse_documents"):
            judge_documents(assignment_id, path, accepted=doing == "documents", **who)
        else:
            accept_answer(assignment_id, path, **who)
    except Invalid as error:
        return _page(assignment_id, faults={path: error.fields.get("text", error.message)})
    except Conflict as error:
        if not error.theirs:
            raise
        return _page(assignment_id, stale={path: error})
    at = request.form.get("at", type=number)
    if at is not None:
        return redirect(url_for(".review", assignment_id=assignment_id, at=at + 1) + "#one")
    return redirect(url_for(".review", assignment_id=assignment_id) + f"#{field_id(path)}")


@bp.post("/assignments/<uuid:assignment_id>/review/redact")
@requires(Permission.RESPONSE_REVIEW, fresh=True)
def take_out(assignment_id: UUID) -> ResponseReturnValue:
    """Take words that lead to a person out of one answer, or out of the note."""
    path, wanted = request.form.get("path", ""), request.form.get("words", "")
    try:
        many = redact(assignment_id, path, wanted, act=g.act)
    except Invalid as error:
        at = request.form.get("round", "")
        return _page(assignment_id, faults={f"words:{path}{at}": error.fields["words"]})
    words = ngettext(
        "Redacted in %(num)s place, here and in the supplier's copy.",
        "Redacted in %(num)s places, here and in the supplier's copy.",
        many,
    )
    flash(words, "success")
    return redirect(url_for(".review", assignment_id=assignment_id) + f"#{field_id(path)}")


@bp.post("/assignments/<uuid:assignment_id>/review/section")
@requires(Permission.RESPONSE_REVIEW)
def take_section(assignment_id: UUID) -> ResponseReturnValue:
    """Take every answer of a section that is still open."""
    section = request.form.get("section", "")
    many = accept_section(assignment_id, section, act=g.act)
    flash(ngettext("Accepted: %(num)s answer.", "Accepted: %(num)s answers.", many), "success")
    return redirect(url_for(".review", assignment_id=assignment_id) + f"#s-{section}")


@bp.post("/assignments/<uuid:assignment_id>/review/flags/<uuid:flag_id>")
@requires(Permission.RESPONSE_REVIEW)
def look_at_flag(assignment_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Record the action on a red flag."""
    try:
        handle_flag(
            assignment_id,
            flag_id,
            note=request.form.get("note", ""),
            refuted="refuted" in request.form,
            seen=request.form.get("seen"),
            act=g.act,
        )
    except Invalid as error:
        return _page(assignment_id, faults={str(flag_id): error.fields.get("note", "")})
    except Conflict as error:
        if not error.theirs:
            raise
        return _page(assignment_id, stale={str(flag_id): error})
    flash(gettext("The red flag was marked as reviewed."), "success")
    return redirect(url_for(".review", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/accept")
@requires(Permission.RESPONSE_REVIEW)
def accept(assignment_id: UUID) -> ResponseReturnValue:
    """Take all answers and end the review."""
    try:
        accept_all(assignment_id, act=g.act)
    except Conflict as error:
        return _page(assignment_id, stale={WHOLE: error})
    flash(gettext("The answers were accepted."), "success")
    return redirect(url_for(".assignment", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/escalate")
@requires(Permission.RESPONSE_REVIEW)
def hand_on(assignment_id: UUID) -> ResponseReturnValue:
    """Ask the other reviewers to decide."""
    reason = request.form.get("reason", "")
    if not reason.strip():
        words = gettext("Describe the decision needed, and why.")
        return _page(assignment_id, faults={"escalate": words})
    escalate(assignment_id, reason=reason, act=g.act)
    flash(gettext("The other reviewers get a mail. The supplier is not informed."), "success")
    return redirect(url_for(".review", assignment_id=assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/review/return")
@requires(Permission.RESPONSE_REVIEW)
def send_back(assignment_id: UUID) -> ResponseReturnValue:
    """Send the answers back with the questions on them."""
    return_answers(assignment_id, reason=request.form.get("reason", ""), act=g.act)
    flash(gettext("The answers were sent back. The supplier gets a mail."), "success")
    return redirect(url_for(".assignment", assignment_id=assignment_id))


def _page(
    assignment_id: UUID,
    faults: dict[str, str] | None = None,
    stale: dict[str, Conflict] | None = None,
) -> ResponseReturnValue:
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
        reworded=load_reworded(assignment_id),
        withheld=find_withheld(filled, today=g.now.date()),
        known=list_names_with(named_in(filled)),
    )
    sections = sections_of(filled, beside)
    turn, entry = in_turn(sections), find_entry(row.id)
    shown_flags = [_flag(flag, sections, decisions) for flag in flags]
    is_own = row.declared_by_id == g.identity.user_id
    html = render_template(
        "supplier_engagement/review/review.html",
        row=get_assignment_row(assignment_id),
        response=row,
        words=STATE_WORDS,
        sections=sections,
        shares=list_shares(assignment_id),
        section_titles=section_titles(filled.form.form, "en"),
        flags=shown_flags,
        blocks=blocks_of(shown_flags, decisions, turn, is_own=is_own),
        checks=[(check, rows_of(check, sections)) for check in checks],
        alike=list_alike(entry, assignment.node_id) if entry else (),
        first=first_of(sections),
        one=_one(turn),
        many=len(turn),
        decided=sum(1 for one in turn if one.decision),
        asked=len(asked_back(threads)),
        is_open=row.status is ResponseStatus.SUBMITTED,
        handed_on=decisions.get(WHOLE),
        **_typed(faults, stale),
        **_notes(row),
    )
    return html, 409 if stale else 422 if faults else 200


def _typed(faults: dict[str, str] | None, stale: dict[str, Conflict] | None) -> dict[str, Any]:
    """The error in the input, and the texts that stay in its fields."""
    return {
        "faults": faults or {},
        "stale": stale or {},
        "kept": request.form.get("text") or request.form.get("note") or "",
        "kept_words": request.form.get("words", ""),
    }


def _notes(row: ResponseRow) -> dict[str, Any]:
    """Possible names of people in the note, and earlier rounds' notes that may contain some."""
    before = [(number, text, traces_in(text)) for number, text in list_notes_before(row).items()]
    return {
        "note_traces": traces_in(row.declared_note or ""),
        "notes_before": [note for note in before if note[2]],
    }


def _one(turn: Sequence[ReviewRow]) -> dict[str, Any] | None:
    """The single answer under review, its place, and the next address."""
    at = values_here().get("at", type=number)
    if at is None or not 0 <= at < len(turn):
        return None
    return {"row": turn[at], "at": at, "is_last": at + 1 == len(turn)}


def _before(filled: Filled) -> Filled | None:
    """The previous round; in the first round the submission of the time before."""
    last = find_round(filled.assignment.id, filled.row.round - 1)
    if last is not None:
        return load_filled(filled.assignment, last, now=g.now)
    earlier = find_earlier(filled.assignment)
    if earlier is None or not _is_before(earlier[1], filled.row):
        return None
    return load_filled(*earlier, now=g.now)


def _is_before(earlier: ResponseRow, row: ResponseRow) -> bool:
    first, second = earlier.submitted_at, row.submitted_at
    return first is not None and second is not None and first < second


def _flag(
    flag: Any, sections: list[dict[str, Any]], decisions: Mapping[str, Decision]
) -> dict[str, Any]:
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
        "said": decisions.get(of_flag(flag.id)),
    }

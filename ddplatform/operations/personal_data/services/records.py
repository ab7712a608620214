"""Removal of what answers, documents, findings and reports hold once their period has ended.

Rows stay where others name them: with their states, days and checksums, without what was written.
Rows that never change are deleted. The log says what was removed, loses the values that it kept of
it, and still verifies.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from ddplatform.audit.models import AuditValue
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.findings.models import ActionNote, Finding, MitigationAction
from ddplatform.evidence.redaction.services import DESTROY
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import acting_in, current_organisation, erasing
from ddplatform.operations.personal_data.queries import (
    list_action_ids,
    list_books_of,
    list_intakes_of,
    list_response_ids,
    list_values_about,
)
from ddplatform.reporting.reports.models import Report
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.offline.models import AnswerIntake, AppLink
from ddplatform.supplier_engagement.responses.models import (
    Answer,
    AnswerMessage,
    AnswerReview,
    RedFlag,
    Response,
    RiskSignal,
)
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.supplier_engagement.review.models import ReviewEntry
from ddplatform.supplier_engagement.sharing.models import SectionShare

REMOVED = "Content removed"
"""The title of what was removed, where lists and links need one."""
BLANK_ANSWER: Mapping[str, Any] = {"raw": "", "problem": None, "plan_day": "", "plan_text": ""}


def erase_answers(assignment: Assignment, *, at: datetime) -> None:
    """Remove the answers to one questionnaire, at the organisation that asked and at the supplier.

    What the supplier had not sent yet goes as well. Dates, states and receipt numbers stay.
    """
    keeper, respondent = assignment.organisation_id, assignment.respondent_organisation_id
    if respondent not in (None, keeper):
        assert respondent is not None
        with acting_in(respondent):
            _erase_here(assignment, at=at)
    _erase_here(assignment, at=at)
    assignment.invited_email = assignment.message = ""
    assignment.withdrawn_reason = assignment.mail_refusal = None
    assignment.content_removed_at = at


def erase_document(document: Evidence, *, at: datetime) -> None:
    """Destroy the file of a document once the change is kept. Its uses and its checksum stay."""
    targets = {"folder": str(document.storage_organisation_id), "sha256": document.sha256}
    document.filename, document.description, document.traces = REMOVED, "", None
    document.withdrawn_at = document.withdrawn_at or at
    document.content_removed_at = at
    _close("evidence:erase", document, [document.id], at=at)
    db.session.flush()  # the file is destroyed where no row keeps it
    jobs.enqueue(DESTROY, targets, act=_act(at))


def erase_finding(finding: Finding, *, at: datetime) -> None:
    """Remove what was written in a finding, its actions and their history.

    States, grades and days stay, and with them every count of findings.
    """
    actions = list_action_ids(finding.id)
    finding.title, finding.description, finding.answer_path = REMOVED, "", None
    finding.severity_reasons, finding.involvement_answers, finding.step_data = {}, {}, {}
    finding.content_removed_at = at
    _change(
        update(MitigationAction).where(MitigationAction.id.in_(actions)),
        title=REMOVED,
        description="",
        success_measure="",
        dropped_reason=None,
        verified_note=None,
        budget_amount=None,
        budget_currency=None,
    )
    with erasing(current_organisation()):
        _run(delete(ActionNote).where(ActionNote.action_id.in_(actions)))
    _close("finding:erase", finding, [finding.id, *actions], at=at, actions=len(actions))


def erase_report(report: Report, *, at: datetime) -> None:
    """Delete a sealed report and its files. The log keeps that it was sealed and what was deleted.

    Values of the seal go too: a copy that somebody kept can no longer be held against the log.
    """
    files = [str(one["sha256"]) for one in report.files.values()]
    folder = str(report.organisation_id)
    _close("report:erase", report, [report.id], at=at, number=report.number)
    with erasing(current_organisation()):
        _run(delete(Report).where(Report.id == report.id))
    db.session.expunge(report)
    for sha256 in files:
        jobs.enqueue(DESTROY, {"folder": folder, "sha256": sha256}, act=_act(at))


def erase_log_values(ids: Collection[UUID]) -> None:
    """Delete values behind commitments of the log: its events stay, and verify."""
    _run(delete(AuditValue).where(AuditValue.id.in_(ids)))


def _erase_here(assignment: Assignment, *, at: datetime) -> None:
    """What the acting organisation holds of the answers, and an event of its log."""
    key, responses = assignment.id, list_response_ids(assignment.id)
    answers = _change(update(Answer).where(Answer.response_id.in_(responses)), **BLANK_ANSWER)
    _change(update(RedFlag).where(RedFlag.response_id.in_(responses)), answer="")
    _change(
        update(Response).where(Response.id.in_(responses)), declared_note=None, taken_sections={}
    )
    _change(update(SectionShare).where(SectionShare.assignment_id == key), reworded={})
    _change(update(ReviewEntry).where(ReviewEntry.assignment_id == key), counted={}, conduct=[])
    # A draft took over documents that the buyer has; only who writes it sees these uses.
    drafts = list_response_ids(key, drafts=True)
    taken_over = EvidenceLink.target_id.in_(drafts) & EvidenceLink.is_released
    _run(delete(EvidenceLink).where(taken_over))
    with erasing(current_organisation()):
        _run(delete(AnswerMessage).where(AnswerMessage.assignment_id == key))
        _run(delete(AnswerReview).where(AnswerReview.response_id.in_(responses)))
        _run(delete(RiskSignal).where(RiskSignal.response_id.in_(responses)))
    _run(delete(SupplierFigures).where(SupplierFigures.assignment_id == key))
    _run(delete(FigureQuestion).where(FigureQuestion.node_id == assignment.node_id))
    files = _delete_files(key, at=at)
    ids = [key, *responses]
    _close("questionnaire:erase", assignment, ids, at=at, answers=answers, files=files)


def _delete_files(assignment_id: UUID, *, at: datetime) -> int:
    """Workbooks and files of phone apps with answers, as they came; their bytes go later."""
    intakes, books = list_intakes_of(assignment_id), list_books_of(assignment_id)
    bytes_of = {
        (one.organisation_id, digest)
        for one in intakes
        for digest in (one.sha256, *(file["sha256"] for file in one.attachments))
    } | {(one.organisation_id, one.sha256) for one in books}
    _run(delete(AnswerIntake).where(AnswerIntake.assignment_id == assignment_id))
    _run(delete(AppLink).where(AppLink.assignment_id == assignment_id))
    _run(delete(ReturnedBook).where(ReturnedBook.assignment_id == assignment_id))
    for folder, sha256 in sorted(bytes_of):
        jobs.enqueue(DESTROY, {"folder": str(folder), "sha256": sha256}, act=_act(at))
    return len(intakes) + len(books)


def _close(
    action: str, target: Base, ids: Collection[UUID], *, at: datetime, **counts: Any
) -> None:
    """Take the values about the rows out of the log, then say there what was removed."""
    values = [row.id for row in list_values_about([str(one) for one in ids])]
    erase_log_values(values)
    audit.record(action, target, act=_act(at), **counts)


def _act(at: datetime) -> Act:
    return Act(system_identity(current_organisation()), at)


def _change(statement: Any, **values: Any) -> int:
    return _run(statement.values(**values))


def _run(statement: Any) -> int:
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]

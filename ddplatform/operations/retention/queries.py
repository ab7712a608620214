"""What is due for removal in the acting organisation, and what holds it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, union_all
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import Invitation, RateCount
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import GOING_ON, Job
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.operations.retention.models import LegalHold
from ddplatform.reporting.reports.models import Report
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import Response
from ddplatform.value_chain.mapping.models import ValueChainNode

SEALS = ("report:freeze", "report:seal")
"""Actions whose values prove a sealed report."""


def list_holds(today: date) -> Sequence[LegalHold]:
    """The holds in force, the one that ends first first."""
    in_force = (LegalHold.released_at.is_(None), LegalHold.ends_on >= today)
    return db.session.scalars(select(LegalHold).where(*in_force).order_by(LegalHold.ends_on)).all()


def get_hold(hold_id: UUID) -> LegalHold:
    """The hold, or NotFound."""
    return get_one(select(LegalHold).where(LegalHold.id == hold_id))


def list_invitations_before(moment: datetime) -> Sequence[UUID]:
    """Links that ended before."""
    return db.session.scalars(select(Invitation.id).where(Invitation.expires_at < moment)).all()


def list_work_before(moment: datetime, organisation_id: UUID) -> Sequence[UUID]:
    """Background work of an organisation that ended before."""
    ended = (Job.state.not_in(GOING_ON), Job.finished_at < moment)
    wanted = select(Job.id).where(Job.organisation_id == organisation_id, *ended)
    return db.session.scalars(wanted).all()


def list_cases_to_remove(closed_before: datetime, today: date) -> Sequence[RemediationCase]:
    """Cases that can still be read, of whose removal the officers were told for a day that came."""
    wanted = (
        RemediationCase.closed_at < closed_before,
        RemediationCase.removal_day <= today,
        RemediationCase.key_wrapped.is_not(None),
    )
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_cases_to_announce(closed_before: datetime, today: date) -> Sequence[RemediationCase]:
    """Cases closed before that can still be read, of whose removal nobody was told.

    A day that has come and left the case readable is that of an earlier closing.
    """
    wanted = (
        RemediationCase.closed_at < closed_before,
        or_(RemediationCase.removal_day.is_(None), RemediationCase.removal_day <= today),
        RemediationCase.key_wrapped.is_not(None),
    )
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_announced_cases() -> Sequence[RemediationCase]:
    """Cases that can still be read, of whose removal the officers were told."""
    wanted = (RemediationCase.removal_day.is_not(None), RemediationCase.key_wrapped.is_not(None))
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_counts_before(moment: datetime) -> Sequence[UUID]:
    """Counts of tries of windows that began before, of the whole installation."""
    return db.session.scalars(select(RateCount.id).where(RateCount.window_starts_at < moment)).all()


def list_assignments_to_erase(ended_before: datetime) -> Sequence[Assignment]:
    """Questionnaires that the acting organisation sent to suppliers it left before.

    A relationship ends when the last place of the supplier is archived. Answers that a finding
    rests on stay as long as the finding.
    """
    other = aliased(ValueChainNode)
    goes_on = (
        select(other.id)
        .where(
            other.supplier_organisation_id == ValueChainNode.supplier_organisation_id,
            or_(other.archived_at.is_(None), other.archived_at >= ended_before),
        )
        .exists()
    )
    cited = (
        select(Finding.id)
        .join(Response, Response.id == Finding.response_id)
        .where(Response.assignment_id == Assignment.id, _holds_content(Finding))
        .exists()
    )
    wanted = (
        select(Assignment)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            Assignment.organisation_id == current_organisation(),
            ValueChainNode.archived_at < ended_before,
            or_(
                _holds_content(Assignment),
                Assignment.content_removed_at < ValueChainNode.archived_at,
            ),
            ~goes_on,
            ~cited,
        )
    )
    return db.session.scalars(wanted.order_by(Assignment.sent_at, Assignment.id)).all()


def list_findings_to_erase(closed_before: datetime) -> Sequence[Finding]:
    """Findings closed before, unless something that was told about a child can still be read."""
    told = [
        select(model.id)
        .where(model.finding_id == Finding.id, model.key_wrapped.is_not(None))
        .exists()
        for model in (RemediationCase, Concern)
    ]
    wanted = select(Finding).where(
        Finding.closed_at < closed_before,
        or_(_holds_content(Finding), Finding.content_removed_at < Finding.closed_at),
        *(~one for one in told),
    )
    return db.session.scalars(wanted.order_by(Finding.closed_at, Finding.id)).all()


def list_unused_documents(removed_before: datetime) -> Sequence[Evidence]:
    """Documents all of whose uses were removed before."""
    used = select(EvidenceLink.id).where(EvidenceLink.evidence_id == Evidence.id)
    wanted = _documents().where(used.exists(), ~_stands(removed_before))
    return db.session.scalars(wanted.order_by(Evidence.created_at, Evidence.id)).all()


def list_withdrawn_documents(withdrawn_before: datetime) -> Sequence[Evidence]:
    """Documents withdrawn before that support nothing any more."""
    wanted = _documents().where(
        Evidence.withdrawn_at < withdrawn_before, ~_stands(withdrawn_before)
    )
    return db.session.scalars(wanted.order_by(Evidence.created_at, Evidence.id)).all()


def list_reports_before(moment: datetime) -> Sequence[Report]:
    """Reports sealed before; the newest one stays, since numbers count on from it."""
    later = aliased(Report)
    wanted = select(Report).where(
        Report.sealed_at < moment, select(later.id).where(later.number > Report.number).exists()
    )
    return db.session.scalars(wanted.order_by(Report.number)).all()


def list_log_values_before(moment: datetime) -> Sequence[UUID]:
    """Values behind commitments of events before; those of a seal go with the report."""
    wanted = (
        select(AuditValue.id)
        .join(AuditEvent, AuditEvent.id == AuditValue.event_id)
        .where(AuditEvent.at < moment, AuditEvent.action.not_in(SEALS))
    )
    return db.session.scalars(wanted.order_by(AuditEvent.sequence, AuditValue.name)).all()


def _holds_content(model: type[Assignment | Finding]) -> ColumnElement[bool]:
    return model.content_removed_at.is_(None)


def _documents() -> Select[Evidence]:
    """Those that the acting organisation keeps, or has not released yet to who keeps them."""
    mine = Evidence.organisation_id == current_organisation()
    return select(Evidence).where(
        Evidence.content_removed_at.is_(None), or_(mine, Evidence.is_released.is_(False))
    )


def _stands(removed_before: datetime) -> ColumnElement[bool]:
    """Whether a use of a document was not removed before; other uses than these never are."""
    gone = union_all(
        select(Response.id)
        .join(Assignment, Assignment.id == Response.assignment_id)
        .where(Assignment.content_removed_at < removed_before),
        select(Finding.id).where(Finding.content_removed_at < removed_before),
        select(MitigationAction.id)
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .where(Finding.content_removed_at < removed_before),
    )
    return (
        select(EvidenceLink.id)
        .where(EvidenceLink.evidence_id == Evidence.id, EvidenceLink.target_id.not_in(gone))
        .exists()
    )

"""Webhooks of an organisation, whom they act for, and the events that wait for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.api.webhooks.models import Webhook
from ddplatform.audit.models import AuditEvent, AuditHead, Outcome
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.supplier_engagement.responses.models import Response
from ddplatform.value_chain.bulk_changes.models import BulkChange
from ddplatform.value_chain.mapping.models import MapImport

BELONGS_TO = {
    Response.__tablename__: (Response.id, Response.assignment_id),
    AssessmentRun.__tablename__: (AssessmentRun.id, AssessmentRun.chain_id),
    MapImport.__tablename__: (MapImport.id, MapImport.chain_id),
    BulkChange.__tablename__: (BulkChange.id, BulkChange.chain_id),
}
"""Rows that programs do not know by their own id, and the request or map that they belong to."""


@dataclass(frozen=True)
class WebhookRow:
    """A webhook as the page of webhooks shows it."""

    webhook: Webhook
    acts_for: str


@dataclass(frozen=True)
class LogEntry:
    """An event of the log that a webhook tells of."""

    sequence: int
    at: datetime
    action: str
    target_type: str | None
    target_id: str | None


def get_webhook(webhook_id: UUID) -> Webhook:
    """A webhook of the acting organisation, or NotFound."""
    return get_one(select(Webhook).where(Webhook.id == webhook_id))


def find_webhook(webhook_id: UUID) -> Webhook | None:
    """A webhook of the acting organisation; None where it was removed."""
    return db.session.scalar(select(Webhook).where(Webhook.id == webhook_id))


def find_webhook_for_change(webhook_id: UUID) -> Webhook | None:
    """A webhook, held until the end of the unit of work; None where it was removed meanwhile."""
    return db.session.scalar(held(select(Webhook).where(Webhook.id == webhook_id)))


def list_webhooks_for_change() -> Sequence[Webhook]:
    """Every webhook of the acting organisation, held until the end of the unit of work."""
    return db.session.scalars(held(select(Webhook).order_by(Webhook.id))).all()


def list_webhooks() -> Sequence[WebhookRow]:
    """Every webhook of the acting organisation, the newest first."""
    rows = db.session.execute(
        select(Webhook, User.name)
        .join(User, User.id == Webhook.acts_for_id)
        .order_by(Webhook.created_at.desc(), Webhook.id)
    )
    return [WebhookRow(*row) for row in rows]


def count_webhooks() -> int:
    """Webhooks of the acting organisation."""
    return db.session.scalar(select(func.count(Webhook.id))) or 0


def has_active_webhook() -> bool:
    """Whether any webhook of the acting organisation is not paused."""
    wanted = select(Webhook.id).where(Webhook.paused_at.is_(None)).limit(1)
    return db.session.scalar(wanted) is not None


def list_due_webhooks(at: datetime) -> Sequence[Webhook]:
    """Webhooks that may be tried at this moment, the one that waited longest first."""
    wanted = select(Webhook).where(Webhook.paused_at.is_(None), Webhook.next_try_at <= at)
    return db.session.scalars(wanted.order_by(Webhook.next_try_at, Webhook.id)).all()


def find_identity(user_id: UUID) -> Identity | None:
    """A person with their role here; None where the account or the membership has ended."""
    row = db.session.execute(
        select(User.name, Membership.role, Membership.access_until)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, User.is_active.is_(True))
    ).one_or_none()
    if row is None:
        return None
    organisation_id = current_organisation()
    return Identity(user_id, organisation_id, row.role, row.name, access_until=row.access_until)


def find_log_size() -> int:
    """The sequence of the newest event of the acting organisation; 0 before the first."""
    return db.session.scalar(select(AuditHead.size)) or 0


def list_events_after(sequence: int, actions: Collection[str], *, limit: int) -> list[LogEntry]:
    """The next events of these actions, in order; restricted and refused ones never."""
    rows = db.session.execute(
        select(
            AuditEvent.sequence,
            AuditEvent.at,
            AuditEvent.action,
            AuditEvent.target_type,
            AuditEvent.target_id,
        )
        .where(
            AuditEvent.sequence > sequence,
            AuditEvent.action.in_(actions),
            AuditEvent.is_restricted.is_(False),
            AuditEvent.outcome == Outcome.DONE,
        )
        .order_by(AuditEvent.sequence)
        .limit(limit)
    )
    return [LogEntry(*row) for row in rows]


def load_owners(entries: Collection[LogEntry]) -> Mapping[str, UUID]:
    """Id of what a program does not know -> the request or the map that it belongs to."""
    found: dict[str, UUID] = {}
    for table, (key, owner) in BELONGS_TO.items():
        wanted = [UUID(one.target_id) for one in entries if one.target_type == table]
        if wanted:
            rows = db.session.execute(select(key, owner).where(key.in_(wanted)))
            found |= {str(row[0]): row[1] for row in rows}
    return found

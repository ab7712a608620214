"""Where a person and a case are named: for exports and erasures."""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, or_, select

from ddplatform.accounts.organisations.models import Invitation, Membership, User, UserSession
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.db import Base, db
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.responses.models import Response
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook

ERASED_DOMAIN = "erased.invalid"
"""Addresses below a top-level domain that never exists (RFC 2606)."""


def find_user(user_id: UUID) -> User | None:
    """The account, or None."""
    return db.session.get(User, user_id)


def list_memberships_of(user_id: UUID) -> Sequence[Membership]:
    """The memberships of a person; call it across tenants."""
    wanted = select(Membership).where(Membership.user_id == user_id)
    return db.session.scalars(wanted.order_by(Membership.organisation_id)).all()


def list_invitations_of(user: User) -> Sequence[Invitation]:
    """The links that were sent to a person, used ones too; call it across tenants."""
    theirs = or_(Invitation.user_id == user.id, Invitation.email == user.email)
    return db.session.scalars(
        select(Invitation).where(theirs).order_by(Invitation.created_at)
    ).all()


def list_sessions_of(user_id: UUID) -> Sequence[UserSession]:
    """The sessions of a person that are not removed yet."""
    wanted = select(UserSession).where(UserSession.user_id == user_id)
    return db.session.scalars(wanted.order_by(UserSession.created_at)).all()


def list_events_by(user_id: UUID) -> Sequence[Any]:
    """What a person did, in every log; call it across tenants. Restricted events are left out:
    they are about a child."""
    wanted = select(
        AuditEvent.organisation_id,
        AuditEvent.sequence,
        AuditEvent.at,
        AuditEvent.action,
        AuditEvent.outcome,
        AuditEvent.target_type,
        AuditEvent.target_id,
    ).where(AuditEvent.actor_id == user_id, AuditEvent.is_restricted.is_(False))
    return db.session.execute(wanted.order_by(AuditEvent.at, AuditEvent.sequence)).all()


def list_values_about(targets: Collection[str]) -> Sequence[Any]:
    """Values that the log keeps of events about these rows, in the acting organisation or, across
    tenants, in all."""
    wanted = (
        select(AuditValue.id, AuditEvent.action, AuditEvent.at, AuditValue.name, AuditValue.value)
        .join(AuditEvent, AuditEvent.id == AuditValue.event_id)
        .where(AuditEvent.target_id.in_(targets))
    )
    return db.session.execute(wanted.order_by(AuditEvent.at, AuditValue.name)).all()


def list_values_with(text: str) -> Sequence[UUID]:
    """Values of the acting organisation's log that hold a text anywhere."""
    held = cast(AuditValue.value, Text).contains(json.dumps(text)[1:-1], autoescape=True)
    return db.session.scalars(select(AuditValue.id).where(held)).all()


def list_naming_rows(user_id: UUID) -> dict[str, dict[str, list[str]]]:
    """Table -> column -> ids of the rows that name an account; call it across tenants."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not any(key.target_fullname == "user.id" for key in column.foreign_keys):
                continue
            named = select(table.c.id).where(column == user_id).order_by(table.c.id)
            ids = [str(one) for one in db.session.scalars(named)]
            if ids:
                found.setdefault(table.name, {})[column.name] = ids
    return found


def find_case(code: str) -> RemediationCase | None:
    """The remediation case of the acting organisation with this code, or None."""
    return db.session.scalar(select(RemediationCase).where(RemediationCase.code == code))


def find_concern_by_id(concern_id: UUID) -> Concern | None:
    """The concern of the acting organisation with this key."""
    return db.session.scalar(select(Concern).where(Concern.id == concern_id))


def find_case_by_id(case_id: UUID) -> RemediationCase | None:
    """The same by its id."""
    return db.session.scalar(select(RemediationCase).where(RemediationCase.id == case_id))


def list_response_ids(assignment_id: UUID, *, drafts: bool = False) -> Sequence[UUID]:
    """The rounds of answers to a questionnaire that the acting organisation may see.

    Args:
        drafts: those alone that were never sent.
    """
    wanted = select(Response.id).where(Response.assignment_id == assignment_id)
    if drafts:
        wanted = wanted.where(Response.is_released.is_(False))
    return db.session.scalars(wanted.order_by(Response.round)).all()


def list_intakes_of(assignment_id: UUID) -> Sequence[AnswerIntake]:
    """The files with answers that the acting organisation, a supplier, received offline."""
    wanted = select(AnswerIntake).where(AnswerIntake.assignment_id == assignment_id)
    return db.session.scalars(wanted.order_by(AnswerIntake.created_at, AnswerIntake.id)).all()


def list_books_of(assignment_id: UUID) -> Sequence[ReturnedBook]:
    """The workbooks with answers that the buyer brought."""
    wanted = select(ReturnedBook).where(ReturnedBook.assignment_id == assignment_id)
    return db.session.scalars(wanted.order_by(ReturnedBook.brought_at, ReturnedBook.id)).all()


def list_action_ids(finding_id: UUID) -> Sequence[UUID]:
    """The actions on a finding, oldest first."""
    wanted = select(MitigationAction.id).where(MitigationAction.finding_id == finding_id)
    return db.session.scalars(wanted.order_by(MitigationAction.created_at)).all()

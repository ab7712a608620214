"""Queries of pending and imported answer files, and of phone-app links."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from ddplatform.accounts.storage.queries import Used
from ddplatform.evidence.uploads.queries.stored_files import holds
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.offline.models import AnswerIntake, AppLink


def list_intakes(assignment_id: UUID) -> Sequence[AnswerIntake]:
    """Every file that came for an assignment, the newest first."""
    return db.session.scalars(
        select(AnswerIntake)
        .where(AnswerIntake.assignment_id == assignment_id)
        .order_by(AnswerIntake.created_at.desc(), AnswerIntake.id)
        .limit(50)
    ).all()


def get_intake(assignment_id: UUID, intake_id: UUID, *, for_change: bool = False) -> AnswerIntake:
    """One of them, or NotFound; held and read anew when it will be changed."""
    statement = select(AnswerIntake).where(
        AnswerIntake.id == intake_id, AnswerIntake.assignment_id == assignment_id
    )
    return get_one(statement, for_change=for_change)


def find_cells(intake_id: UUID) -> bytes | None:
    """The packed cells of a workbook as they were read when it came."""
    return db.session.scalar(select(AnswerIntake.cells).where(AnswerIntake.id == intake_id))


def find_instance(assignment_id: UUID, instance_id: str) -> AnswerIntake | None:
    """The submission of a phone app with this id, if it came already."""
    return db.session.scalar(
        select(AnswerIntake).where(
            AnswerIntake.assignment_id == assignment_id,
            AnswerIntake.instance_id == instance_id,
        )
    )


def list_app_links(assignment_id: UUID) -> Sequence[AppLink]:
    """The links for phone apps of an assignment, the newest first."""
    return db.session.scalars(
        select(AppLink)
        .where(AppLink.assignment_id == assignment_id)
        .order_by(AppLink.created_at.desc(), AppLink.id)
    ).all()


def get_app_link(assignment_id: UUID, link_id: UUID) -> AppLink:
    """One of them, or NotFound."""
    return get_one(
        select(AppLink).where(AppLink.id == link_id, AppLink.assignment_id == assignment_id)
    )


def find_app_link(token_hash: str) -> AppLink | None:
    """The link with this token, by any maker; call it before a tenant is known."""
    return db.session.scalar(select(AppLink).where(AppLink.token_hash == token_hash))


def count_used(user_id: UUID | None) -> Used:
    """The answer files of the acting organisation, or those that a person brought.

    Their attachments are documents of the answers as well, and count there.
    """
    mine = AnswerIntake.organisation_id == current_organisation()
    if user_id is not None:
        mine &= AnswerIntake.created_by_id == user_id
    wanted = select(func.count(), func.coalesce(func.sum(AnswerIntake.size_bytes), 0)).where(mine)
    return Used(*db.session.execute(wanted).one())


def names_bytes(organisation_id: UUID, sha256: str) -> ColumnElement[bool]:
    """Whether a file of answers of an organisation, or an attachment of it, has these bytes."""
    kept = or_(AnswerIntake.sha256 == sha256, holds(AnswerIntake.attachments, sha256))
    return (AnswerIntake.organisation_id == organisation_id) & kept

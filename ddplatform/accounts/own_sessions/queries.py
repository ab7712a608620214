"""Stored sessions of a person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import required


def list_sessions(user_id: UUID) -> Sequence[UserSession]:
    """The stored sessions of a person, the one used last first; also those that ran out."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
    ).all()


def get_own_session(session_id: UUID, user_id: UUID) -> UserSession:
    """A session of this person, or NotFound."""
    return required(
        db.session.scalar(
            select(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
        )
    )

"""Answers to requests that a program may send again."""

from uuid import UUID

from sqlalchemy import select

from ddplatform.api.repeats.models import AnsweredRequest
from ddplatform.infrastructure.db import db


def find_answered(user_id: UUID, key: str) -> AnsweredRequest | None:
    """The request that was carried out under this key in the name of this person."""
    return db.session.scalar(
        select(AnsweredRequest).where(
            AnsweredRequest.user_id == user_id, AnsweredRequest.key == key
        )
    )

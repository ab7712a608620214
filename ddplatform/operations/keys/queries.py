"""What the keys of the installation have sealed or wrapped, for changing these keys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.db import db, held

KeyHolder = RemediationCase | Concern
KEY_HOLDERS: tuple[type[KeyHolder], ...] = (RemediationCase, Concern)


def list_for_rewrapping(model: type[KeyHolder], after: UUID | None, limit: int) -> Sequence[Any]:
    """The next rows of the acting organisation that were not erased, held for a change."""
    wanted = select(model).where(model.key_wrapped.is_not(None))
    if after is not None:
        wanted = wanted.where(model.id > after)
    return db.session.scalars(held(wanted.order_by(model.id).limit(limit))).all()


def list_factors_for_resealing(after: UUID | None, limit: int) -> Sequence[SecondFactor]:
    """The next authenticator apps of people, held for a change."""
    wanted = select(SecondFactor)
    if after is not None:
        wanted = wanted.where(SecondFactor.id > after)
    return db.session.scalars(held(wanted.order_by(SecondFactor.id).limit(limit))).all()

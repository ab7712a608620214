"""Evaluations of answers stored by the requester."""

from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import RiskSignal


def has_signals(response_id: UUID) -> bool:
    """Whether a response has risk signals: it was received."""
    known = select(RiskSignal.id).where(RiskSignal.response_id == response_id).limit(1)
    return db.session.scalar(known) is not None

"""Refused tries that are counted until a summary of them is written."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.audit.models import RefusalCount
from ddplatform.infrastructure.db import db, held


def find_count_for_change(actor_id: UUID, endpoint: str, reason: str) -> RefusalCount | None:
    """The count of what a person tried, held until the end of the unit of work."""
    return db.session.scalar(
        held(
            select(RefusalCount).where(
                RefusalCount.actor_id == actor_id,
                RefusalCount.endpoint == endpoint,
                RefusalCount.reason == reason,
            )
        )
    )


def list_counts_begun_before(moment: datetime) -> Sequence[RefusalCount]:
    """The counts of the acting organisation that began by then, oldest first, held."""
    return db.session.scalars(
        held(
            select(RefusalCount)
            .where(RefusalCount.begins_at <= moment)
            .order_by(RefusalCount.begins_at, RefusalCount.id)
        )
    ).all()

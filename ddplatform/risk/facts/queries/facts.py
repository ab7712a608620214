"""Open facts that override the model."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import FactKind, RiskFact
from supply_chain.vocabulary import Issue


def find_stated(
    node_id: UUID, issue: Issue, kind: FactKind, *, cause_type: str, cause_id: UUID
) -> RiskFact | None:
    """The open fact of this kind that a cause stated for a (node, issue)."""
    return db.session.scalar(
        select(RiskFact).where(
            RiskFact.node_id == node_id,
            RiskFact.issue == issue,
            RiskFact.kind == kind,
            RiskFact.cause_type == cause_type,
            RiskFact.cause_id == cause_id,
            RiskFact.ended_at.is_(None),
        )
    )


def list_open_facts(cause_type: str, cause_id: UUID) -> Sequence[RiskFact]:
    """The open facts that came from one cause, oldest first; closures are none of them."""
    return db.session.scalars(
        select(RiskFact)
        .where(
            RiskFact.cause_type == cause_type,
            RiskFact.cause_id == cause_id,
            RiskFact.kind != FactKind.CLOSED,
            RiskFact.ended_at.is_(None),
        )
        .order_by(RiskFact.since, RiskFact.id)
    ).all()

"""Nodes of a map with evidence that its current run has not scored."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select

from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import FreshEvidence
from ddplatform.value_chain.mapping.models import ValueChainNode


def list_marks(chain_id: UUID) -> Sequence[Row[UUID, UUID]]:
    """The marks of a map: `id` and `node_id` of each."""
    return db.session.execute(
        select(FreshEvidence.id, FreshEvidence.node_id)
        .join(ValueChainNode, ValueChainNode.id == FreshEvidence.node_id)
        .where(ValueChainNode.chain_id == chain_id)
    ).all()

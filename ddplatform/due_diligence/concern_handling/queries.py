"""Findings that a concern may belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import ValueChainNode

MOST = 200


@dataclass(frozen=True)
class FindingChoice:
    """An open finding and its place."""

    id: UUID
    title: str
    place: str


def list_open_findings() -> Sequence[FindingChoice]:
    """The newest open findings with their places."""
    rows = db.session.execute(
        select(Finding.id, Finding.title, ValueChainNode.name)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .where(Finding.closed_at.is_(None))
        .order_by(Finding.created_at.desc(), Finding.id)
        .limit(MOST)
    ).all()
    return [FindingChoice(*row) for row in rows]


def find_finding_choice(finding_id: UUID | None) -> FindingChoice | None:
    """The finding that a concern belongs to; None: it belongs to none yet."""
    if finding_id is None:
        return None
    row = db.session.execute(
        select(Finding.id, Finding.title, ValueChainNode.name)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .where(Finding.id == finding_id)
    ).one_or_none()
    return FindingChoice(*row) if row else None

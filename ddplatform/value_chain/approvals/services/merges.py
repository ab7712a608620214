"""Approvals follow the links and nodes that a merge joins, and come back with a split."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import STANDING
from ddplatform.value_chain.approvals.services.requests import set_back
from ddplatform.value_chain.mapping.models import SupplyLink
from supply_chain.vocabulary import FlowEvidence


def carry_over(absorbed: UUID, kept: UUID) -> list[str]:
    """Point what waits or is in force of a link to the one that it is joined with; their ids."""
    ids = db.session.scalars(
        select(Approval.id)
        .where(Approval.link_id == absorbed, Approval.state.in_(STANDING))
        .order_by(Approval.id)
    ).all()
    _point(ids, kept)
    return [str(key) for key in ids]


def carry_back(approvals: Iterable[str], *, kept: UUID, absorbed: UUID) -> None:
    """Point them back. What ended since confirms neither link any more."""
    ids = [UUID(key) for key in approvals]
    if not ids:
        return
    _point(ids, absorbed)
    confirmed = select(SupplyLink.id).where(
        SupplyLink.id.in_((kept, absorbed)), SupplyLink.flow_evidence == FlowEvidence.CONFIRMED
    )
    set_back(db.session.scalars(confirmed).all(), ())


def check_origins(nodes: tuple[UUID, UUID]) -> None:
    """Two nodes that stand apart again are origins only where an approval of theirs is in force.

    A node that nobody was ever asked about stays as it is.
    """
    asked = select(Approval.node_id).where(
        Approval.node_id.in_(nodes), Approval.kind == ApprovalKind.ORIGIN
    )
    set_back((), db.session.scalars(asked.distinct()).all())


def _point(ids: Iterable[UUID], link: UUID) -> None:
    db.session.execute(
        update(Approval)
        .where(Approval.id.in_(list(ids)))
        .values(link_id=link)
        .execution_options(synchronize_session=False)
    )

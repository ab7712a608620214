"""Transfer of approvals with the links and nodes that a merge joins, reversed by a split."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import update

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import ACTIVE_STATES, list_confirmed
from ddplatform.value_chain.approvals.queries.parts import list_once_asked, list_parts
from ddplatform.value_chain.approvals.services.requests import set_back


def carry_over(absorbed: UUID, kept: UUID) -> list[str]:
    """Point pending and active approvals of a link to the joined one; their ids."""
    parts = list_parts(Approval.link_id == absorbed, Approval.state.in_(ACTIVE_STATES))
    ids = [part.id for part in parts]
    _point(ids, kept)
    return [str(key) for key in ids]


def carry_back(approvals: Iterable[str], *, kept: UUID, absorbed: UUID) -> None:
    """Point them back. What ended since confirms neither link any more."""
    ids = [UUID(key) for key in approvals]
    if not ids:
        return
    _point(ids, absorbed)
    set_back(list_confirmed((kept, absorbed)), ())


def check_origins(nodes: tuple[UUID, UUID]) -> None:
    """Two nodes that stand apart again are origins only where an approval of theirs is in force.

    A node that nobody was ever asked about stays as it is.
    """
    set_back((), list_once_asked(Approval.node_id, ApprovalKind.ORIGIN, nodes))


def _point(ids: Iterable[UUID], link: UUID) -> None:
    db.session.execute(
        update(Approval)
        .where(Approval.id.in_(list(ids)))
        .values(link_id=link)
        .execution_options(synchronize_session=False)
    )

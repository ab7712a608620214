"""Pending and granted approvals: looked up by changes and by runs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, Rows, ask
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
)
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from supply_chain.risk.evidence import NotApplicable, Silent
from supply_chain.risk.factors import FACTORS, Observations
from supply_chain.risk.method import METHOD, Ints
from supply_chain.vocabulary import FlowEvidence

ACTIVE_STATES = (ApprovalState.WAITING, ApprovalState.IN_FORCE)
SILENCE = "WRK-23"
"""The factor that a silent respondent has an observation of (RM-2.0 section 3.7)."""


@dataclass(frozen=True)
class ActiveApproval:
    """A part that waits or is in force, as the page of its link, node or risk shows it."""

    request_id: UUID
    kind: ApprovalKind
    factor: str | None
    is_in_force: bool
    expires_on: date
    asked_by: str | None


def get_request(request_id: UUID) -> ApprovalRequest:
    """A request, or NotFound."""
    return get_one(select(ApprovalRequest).where(ApprovalRequest.id == request_id))


def is_backed(*of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an approval of these is in force, as a condition of a statement on their rows."""
    return select(Approval.id).where(*of, Approval.state == ApprovalState.IN_FORCE).exists()


def was_called_origin(node_id: Any) -> ColumnElement[bool]:
    """Whether a node was reported as an origin, approved or not: its place may be a home."""
    return (
        select(Approval.id)
        .where(Approval.node_id == node_id, Approval.kind == ApprovalKind.ORIGIN)
        .exists()
    )


def list_called_origins(chain_id: UUID) -> frozenset[str]:
    """External ids of the nodes of a map reported as origins, approved or not."""
    node = ValueChainNode
    found = select(node.external_ref).where(node.chain_id == chain_id, was_called_origin(node.id))
    return frozenset(db.session.scalars(found))


def is_waiting(*of: ColumnElement[bool]) -> bool:
    """Whether one of these waits for a second person."""
    found = select(Approval.id).where(*of, Approval.state == ApprovalState.WAITING).limit(1)
    return db.session.scalar(found) is not None


def list_settled(chain_id: UUID) -> Sequence[UUID]:
    """Parts of a map whose link or node differs from the request or the approval."""
    link, node = SupplyLink, ValueChainNode
    in_force = Approval.state == ApprovalState.IN_FORCE
    below = link.flow_evidence.not_in((FlowEvidence.CONFIRMED, FlowEvidence.PROBABLE))
    flows = (
        select(Approval.id)
        .join(link, link.id == Approval.link_id)
        .where(
            link.chain_id == chain_id,
            Approval.state.in_(ACTIVE_STATES),
            or_(and_(in_force, link.flow_evidence != FlowEvidence.CONFIRMED), below),
        )
    )
    origins = (
        select(Approval.id)
        .join(node, node.id == Approval.node_id)
        .where(
            node.chain_id == chain_id,
            Approval.kind == ApprovalKind.ORIGIN,
            in_force,
            node.is_origin.is_not(True),
        )
    )
    return [*db.session.scalars(flows), *db.session.scalars(origins)]


def list_confirmed(links: Sequence[UUID]) -> Sequence[UUID]:
    """Those of a few links whose flow is confirmed."""
    return db.session.scalars(
        select(SupplyLink.id).where(
            SupplyLink.id.in_(links), SupplyLink.flow_evidence == FlowEvidence.CONFIRMED
        )
    ).all()


def list_not_to_ask(chain_id: UUID, kind: ApprovalKind) -> frozenset[UUID]:
    """Links (or nodes) of a map that a list need not ask for: it waits, or was refused last."""
    of = Approval.link_id if kind is ApprovalKind.FLOW else Approval.node_id
    rows = db.session.execute(
        select(of, Approval.state)
        .join(ApprovalRequest, ApprovalRequest.id == Approval.request_id)
        .where(ApprovalRequest.chain_id == chain_id, Approval.kind == kind)
        .order_by(ApprovalRequest.created_at, Approval.id)
    )
    newest = {key: state for key, state in rows if key is not None}
    held = (ApprovalState.WAITING, ApprovalState.REFUSED)
    return frozenset(key for key, state in newest.items() if state in held)


def list_active(*of: ColumnElement[bool]) -> Sequence[ActiveApproval]:
    """Parts that wait or are in force, the oldest wish first."""
    return ask(select_active(*of))


def select_active(*of: ColumnElement[bool]) -> Question[Sequence[ActiveApproval]]:
    """Asks for the same."""
    asker = aliased(User)
    statement = (
        select(
            Approval.request_id,
            Approval.kind,
            Approval.factor,
            (Approval.state == ApprovalState.IN_FORCE).label("is_in_force"),
            Approval.expires_on,
            asker.name.label("asked_by"),
        )
        .join(ApprovalRequest, ApprovalRequest.id == Approval.request_id)
        .outerjoin(asker, asker.id == ApprovalRequest.created_by_id)
        .where(*of, Approval.state.in_(ACTIVE_STATES))
    )
    return Question(
        (statement,),
        lambda rows: [ActiveApproval(**row._mapping) for row in rows],
        (ApprovalRequest.created_at, Approval.id),
    )


# ---- what a run reads ------------------------------------------------------------------------


def select_not_applicable(known: MapOnDay) -> Question[Rows]:
    """Asks for factors that a second person approved as not applicable, by a day."""
    return known.about(
        select(Approval.node_id, Approval.factor).where(
            Approval.kind == ApprovalKind.NOT_APPLICABLE,
            Approval.state.in_((ApprovalState.IN_FORCE, ApprovalState.ENDED)),
            Approval.decided_at < known.end,
            or_(Approval.ended_at.is_(None), Approval.ended_at >= known.end),
            Approval.expires_on >= known.as_of,
        ),
        Approval.node_id,
        Approval.id,
    )


def not_applicable(
    known: MapOnDay,
    rows: Rows,
    observations: Observations,
    blanks: Collection[tuple[int, str]],
    silent: Silent,
) -> NotApplicable:
    """Factors that a second person approved as not applicable and that were so on the day.

    What was observed, asked and left blank, or hidden in silence since then applies all the same
    (RM-2.0 section 3.8).

    Args:
        rows: those of `select_not_applicable`.
    """
    if not rows:
        return NotApplicable()
    said = {known.rows[row.node_id] * FACTORS + METHOD.factor_index[row.factor] for row in rows}
    cells = np.array(sorted(said), dtype=np.int64)
    spoken = np.concatenate(
        [
            observations.node * FACTORS + observations.factor,
            _cells((row, METHOD.factor_index[factor]) for row, factor in blanks),
            silent.node * FACTORS + METHOD.factor_index[SILENCE],
        ]
    )
    left = cells[~np.isin(cells, spoken)]
    return NotApplicable(
        node=left // FACTORS, factor=left % FACTORS, approved=np.ones(len(left), dtype=np.bool_)
    )


def _cells(pairs: Iterable[tuple[int, int]]) -> Ints:
    return np.array([row * FACTORS + at for row, at in pairs], dtype=np.int64)

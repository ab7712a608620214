"""Effects of a decision on parts of a request: their state, and the map where they take effect.

The caller holds the map and writes the one audit event.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.services import fresh as fresh_evidence
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.judgement.services import CHANGED
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind, ApprovalState, EndCause
from ddplatform.value_chain.approvals.queries.parts import PartRow
from ddplatform.value_chain.approvals.services.requests import end_active, put_in_force, set_back
from ddplatform.value_chain.history.services.steps import keep_step
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.services.changes import finish_change


def put_decision(parts: Sequence[PartRow], *, approve: bool, note: str, act: Act) -> None:
    """The parts carry the decision: who made it and when.

    Args:
        act: who made it and when; the parts may take it later.
    """
    db.session.execute(
        update(Approval)
        .where(among(Approval.id, [part.id for part in parts]))
        .values(
            state=ApprovalState.IN_FORCE if approve else ApprovalState.REFUSED,
            decided_at=act.at,
            decided_by_id=act.by.user_id,
            decision_note=note,
        )
        .execution_options(synchronize_session=False)
    )


def bring_into_force(
    chain: ValueChain, parts: Sequence[PartRow], *, is_whole: bool = True, act: Act
) -> None:
    """Flows are confirmed, sites are origins and factors left out from now on.

    Args:
        is_whole: False where more parts follow; who decides them asks for the new assessment.
    """
    put_in_force(_links(parts), _origins(parts))
    _follow_up(chain, "approval:approve", parts, is_whole=is_whole, act=act)


def end_parts(parts: Sequence[PartRow], cause: EndCause, *, reason: str = "", act: Act) -> None:
    """The parts end; the map is as before (`fall_back` sets it back)."""
    end_active(
        among(Approval.id, [part.id for part in parts]),
        cause,
        reason=reason,
        act=act,
    )


def fall_back(
    chain: ValueChain, action: str, parts: Sequence[PartRow], *, is_whole: bool = True, act: Act
) -> None:
    """Flows and origins of ended parts that were in force are as before their approval."""
    over = [part for part in parts if part.state is ApprovalState.IN_FORCE]
    if over:
        set_back(_links(over), _origins(over))
        _follow_up(chain, action, over, is_whole=is_whole, act=act)


def _follow_up(
    chain: ValueChain, action: str, parts: Sequence[PartRow], *, is_whole: bool, act: Act
) -> None:
    """The end of a change of approvals in force: a step of the map, and a new assessment."""
    factors = [part.node_id for part in parts if part.kind is ApprovalKind.NOT_APPLICABLE]
    if not is_whole:
        chain.version += 1
        keep_step(chain, action, act=act)
    elif len(factors) < len(parts):
        finish_change(chain, action, touched=[], act=act)
    if factors:
        fresh_evidence.mark(sorted(set(factors)))
        ask_reassessment(chain.id, CHANGED, act=act)


def _links(parts: Sequence[PartRow]) -> list[UUID]:
    return [part.link_id for part in parts if part.link_id is not None]


def _origins(parts: Sequence[PartRow]) -> list[UUID]:
    return [part.node_id for part in parts if part.kind is ApprovalKind.ORIGIN]


def named(parts: Sequence[PartRow]) -> dict[str, Any]:
    """A single part is named in the event; the parts of many are read from their request."""
    if len(parts) != 1:
        return {}
    (part,) = parts
    told: dict[str, Any] = {"node": part.node_id, "link": part.link_id, "factor": part.factor}
    return {name: value for name, value in told.items() if value is not None}

"""A second person decides; what was approved ends by its last day or by hand (RM-2.0 3.8 and 8).

The second person is not the one who asked, may approve, belongs to the organisation of the map, is
no member of the organisation of the site, and does not answer for it (docs/adr, decision 19).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from ddplatform.access.identity import Identity
from ddplatform.access.permissions import Permission
from ddplatform.db import db
from ddplatform.errors import Conflict, Invalid, NotAllowed
from ddplatform.models.approvals import (
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.approval_parts import (
    Decider,
    PartRow,
    chains_with_expired,
    count_parts,
    list_parts,
    may_decide,
    of_request,
)
from ddplatform.queries.approvals import STANDING, get_request
from ddplatform.queries.node_filters import among
from ddplatform.queries.organisations import list_standings
from ddplatform.queries.value_chain import get_chain_for_change
from ddplatform.services import audit, fresh_evidence
from ddplatform.services.approvals import end_standing, put_in_force, set_back
from ddplatform.services.chain_changes import finish_change
from ddplatform.services.risk import ask_reassessment
from ddplatform.services.risk_judgements import CHANGED
from ddplatform.tenancy import across_tenants

EXPIRE = "approval:expire"
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Decided:
    """How many parts were decided, and how many wait on because this person may not decide."""

    parts: int
    left: int


def decider_of(by: Identity) -> Decider | None:
    """Who decides, with the organisations this person belongs to; None: the role may not."""
    if by.user_id is None or not by.has(Permission.RISK_APPROVE):
        return None
    with across_tenants():
        homes = {found.organisation.id for found in list_standings(by.user_id)}
    return Decider(by.user_id, frozenset(homes - {by.organisation_id}))


def decide(
    request_id: UUID,
    *,
    approve: bool,
    parts: Collection[UUID] | None = None,
    note: str = "",
    by: Identity,
    at: datetime,
) -> Decided:
    """Approve or refuse what somebody else asked for: all that waits of a request, or some of it.

    An approved flow is confirmed, a site an origin and a factor left out from now on. What this
    person may not decide, because they answer for the site or belong to it, waits on.

    Args:
        parts: which of its parts; None: all that wait.
        note: needed to refuse.

    Raises:
        NotFound: no such request.
        NotAllowed: an own request, or no right to approve.
        Conflict: nothing of it waits for this person.
        Invalid: refused without a reason.
    """
    request = get_request(request_id)
    decider = _second_person(request, by)
    note = note.strip()[:LONGEST_NOTE]
    if not approve and not note:
        raise Invalid(fields={"note": "Say why, so that whoever asked can act on it."})
    chain = get_chain_for_change(request.chain_id)
    waiting = [*of_request(request_id, parts), Approval.state == ApprovalState.WAITING]
    found = list_parts(*waiting, *may_decide(decider, today=at.date()))
    left = count_parts(*waiting) - len(found)
    if not found:
        raise Conflict(
            "Nothing of this request waits for you.",
            "It was decided, has left the map, or is about a site that you answer for. "
            "Reload the page.",
        )
    _put_decision(found, approve=approve, note=note, by=by, at=at)
    if approve:
        _bring_into_force(chain, found, by=by, at=at)
    action = "approval:approve" if approve else "approval:refuse"
    told: dict[str, Any] = {"kind": request.kind, "parts": len(found), "left": left, "note": note}
    audit.record(action, request, by=by, at=at, chain=chain.id, **told, **_named(found))
    return Decided(len(found), left)


def _second_person(request: ApprovalRequest, by: Identity) -> Decider:
    if request.created_by_id is not None and request.created_by_id == by.user_id:
        raise NotAllowed(
            "Nobody decides on a request of their own.", "Ask a colleague who may approve."
        )
    decider = decider_of(by)
    if decider is None:
        raise NotAllowed(
            "Your role may not approve this.", "A sustainability manager of your organisation can."
        )
    return decider


def _put_decision(
    parts: Sequence[PartRow], *, approve: bool, note: str, by: Identity, at: datetime
) -> None:
    db.session.execute(
        update(Approval)
        .where(among(Approval.id, [part.id for part in parts]))
        .values(
            state=ApprovalState.IN_FORCE if approve else ApprovalState.REFUSED,
            decided_at=at,
            decided_by_id=by.user_id,
            decision_note=note,
        )
        .execution_options(synchronize_session=False)
    )


def _bring_into_force(
    chain: ValueChain, parts: Sequence[PartRow], *, by: Identity, at: datetime
) -> None:
    put_in_force(_links(parts), _origins(parts))
    _follow_up(chain, "approval:approve", parts, by=by, at=at)


def _follow_up(
    chain: ValueChain, action: str, parts: Sequence[PartRow], *, by: Identity, at: datetime
) -> None:
    """What a change of approvals in force ends with: a step of the map, and a new assessment."""
    factors = [part.node_id for part in parts if part.kind is ApprovalKind.NOT_APPLICABLE]
    if len(factors) < len(parts):
        finish_change(chain, action, touched=[], by=by, at=at)
    if factors:
        fresh_evidence.mark(sorted(set(factors)))
        ask_reassessment(chain.id, CHANGED, by=by, at=at)


def _links(parts: Sequence[PartRow]) -> list[UUID]:
    return [part.link_id for part in parts if part.link_id is not None]


def _origins(parts: Sequence[PartRow]) -> list[UUID]:
    return [part.node_id for part in parts if part.kind is ApprovalKind.ORIGIN]


def _named(parts: Sequence[PartRow]) -> dict[str, Any]:
    """A single part is named in the event; the parts of many are read from their request."""
    if len(parts) != 1:
        return {}
    (part,) = parts
    told: dict[str, Any] = {"node": part.node_id, "link": part.link_id, "factor": part.factor}
    return {name: value for name, value in told.items() if value is not None}


# ---- the end of it ---------------------------------------------------------------------------


def end(
    request_id: UUID,
    *,
    parts: Collection[UUID] | None = None,
    reason: str,
    by: Identity,
    at: datetime,
) -> int:
    """End what waits or is in force before its time; it takes no second person.

    Args:
        parts: which of its parts; None: all that stand.

    Raises:
        NotFound: no such request.
        Conflict: nothing of it stands.
        Invalid: no reason.
    """
    request = get_request(request_id)
    if not reason.strip():
        raise Invalid(fields={"reason": "Say why it ends now."})
    reason = reason.strip()[:LONGEST_NOTE]
    chain = get_chain_for_change(request.chain_id)
    found = list_parts(*of_request(request_id, parts), Approval.state.in_(STANDING))
    if not found:
        raise Conflict("There is nothing to end here any more.", "Reload the page.")
    _end(chain, found, EndCause.BY_HAND, "approval:end", reason=reason, by=by, at=at)
    told: dict[str, Any] = {"kind": request.kind, "parts": len(found), "reason": reason}
    audit.record("approval:end", request, by=by, at=at, chain=chain.id, **told, **_named(found))
    return len(found)


def expire(*, by: Identity, at: datetime) -> dict[str, int]:
    """End what has passed its last day, waiting or in force: one event for each map."""
    ended = 0
    for chain_id in chains_with_expired(at.date()):
        ended += _expire_in(chain_id, by=by, at=at)
    return {"ended": ended}


def _expire_in(chain_id: UUID, *, by: Identity, at: datetime) -> int:
    chain = get_chain_for_change(chain_id)
    of_map = select(ApprovalRequest.id).where(ApprovalRequest.chain_id == chain_id)
    which: tuple[ColumnElement[bool], ...] = (
        Approval.request_id.in_(of_map),
        Approval.state.in_(STANDING),
        Approval.expires_on < at.date(),
    )
    found = list_parts(*which)
    if not found:
        return 0
    _end(chain, found, EndCause.EXPIRED, EXPIRE, reason="", by=by, at=at)
    in_force = sum(part.state is ApprovalState.IN_FORCE for part in found)
    told: dict[str, Any] = {"parts": len(found), "in_force": in_force}
    audit.record(EXPIRE, chain, by=by, at=at, **told, **_named(found))
    return len(found)


def _end(
    chain: ValueChain,
    parts: Sequence[PartRow],
    cause: EndCause,
    action: str,
    *,
    reason: str,
    by: Identity,
    at: datetime,
) -> None:
    which = among(Approval.id, [part.id for part in parts])
    end_standing(which, cause, reason=reason, by=by, at=at)
    over = [part for part in parts if part.state is ApprovalState.IN_FORCE]
    if over:
        set_back(_links(over), _origins(over))
        _follow_up(chain, action, over, by=by, at=at)

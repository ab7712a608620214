"""Decisions by a second person, and the end of approvals (RM-2.0 sections 3.8 and 8).

Few parts take a decision at once, many in the background (`work`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.risk.approvals.services import work as approval_work
from ddplatform.risk.approvals.services.deciders import decider_of, second_person
from ddplatform.risk.approvals.services.effects import (
    bring_into_force,
    end_parts,
    fall_back,
    named,
    put_decision,
)
from ddplatform.risk.approvals.services.work import AT_ONCE
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalState,
    DecisionKind,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.approvals import ACTIVE_STATES, get_request
from ddplatform.value_chain.approvals.queries.parts import (
    chains_with_expired,
    count_parts,
    list_expired,
    list_parts,
    may_decide,
    of_request,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change

EXPIRE = "approval:expire"
LONGEST_NOTE = 2000
_NO_REASON = lazy_gettext("Give a reason, so that the person who asked can act on it.")
_NOTHING_WAITS = (
    lazy_gettext("No part of this request is waiting for you."),
    lazy_gettext(
        "It was decided, has left the map, or is about a site that you own. Reload the page."
    ),
)

__all__ = ["EXPIRE", "Decided", "Ended", "decide", "decider_of", "end", "expire"]


@dataclass(frozen=True)
class Decided:
    """The number of decided parts, and of those that this person may not decide."""

    parts: int
    left: int
    is_going_on: bool = False
    """The parts take the decision in the background."""


@dataclass(frozen=True)
class Ended:
    """The number of ended parts."""

    parts: int
    is_going_on: bool = False
    """They end in the background."""


def decide(
    request_id: UUID,
    *,
    approve: bool,
    parts: Collection[UUID] | None = None,
    note: str = "",
    act: Act,
) -> Decided:
    """Approve or refuse the request of another person: all of its pending parts, or some.

    An approved flow is confirmed, a site an origin and a factor left out: now, or of more than
    `AT_ONCE` parts in the background. What this person may not decide waits on.

    Args:
        parts: which of its parts; None: all that wait.
        note: needed to refuse.

    Raises:
        NotFound: no such request.
        NotAllowed: an own request, or no right to approve.
        Conflict: nothing of it waits for this person, or another decision on it is at work.
        Invalid: refused without a reason.
    """
    request = get_request(request_id)
    decider = second_person(request, act.by)
    note = note.strip()[:LONGEST_NOTE]
    if not approve and not note:
        raise Invalid(fields={"note": str(_NO_REASON)})
    chain = get_chain_for_change(request.chain_id)
    approval_work.refuse_second(request_id, at=act.at)
    waiting = [*of_request(request_id, parts), Approval.state == ApprovalState.WAITING]
    which = [*waiting, *may_decide(decider, today=act.at.date())]
    found = list_parts(*which, most=AT_ONCE + 1)
    if not found:
        raise Conflict(*map(str, _NOTHING_WAITS))
    is_large = parts is None and len(found) > AT_ONCE
    count = count_parts(*which) if is_large else len(found)
    if is_large:
        kind = DecisionKind.APPROVE if approve else DecisionKind.REFUSE
        approval_work.begin(request, kind, count, note=note, act=act)
    else:
        put_decision(found, approve=approve, note=note, act=act)
        if approve:
            bring_into_force(chain, found, act=act)
    left = count_parts(*waiting) - (count if is_large else 0)
    told: dict[str, Any] = {"kind": request.kind, "parts": count, "left": left, "note": note}
    action = f"approval:{'approve' if approve else 'refuse'}"
    audit.record(action, request, act=act, chain=chain.id, **told, **named(found))
    return Decided(count, left, is_large)


# ---- the end of it ---------------------------------------------------------------------------


def end(request_id: UUID, *, parts: Collection[UUID] | None = None, reason: str, act: Act) -> Ended:
    """End pending or active parts early; this needs no second person.

    Ending a whole request stops a decision on it that is at work.

    Args:
        parts: which of its parts; None: all that stand.

    Raises:
        NotFound: no such request.
        Conflict: nothing of it stands, or it is being ended.
        Invalid: no reason.
    """
    request = get_request(request_id)
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("Give the reason for ending it now.")})
    reason = reason.strip()[:LONGEST_NOTE]
    chain = get_chain_for_change(request.chain_id)
    stopped = approval_work.give_way(request_id, act=act) if parts is None else {}
    which = [*of_request(request_id, parts), Approval.state.in_(ACTIVE_STATES)]
    found = list_parts(*which, most=AT_ONCE + 1)
    if not found:
        raise Conflict(gettext("There are no approvals left to end."), gettext("Reload the page."))
    is_large = parts is None and len(found) > AT_ONCE
    count = count_parts(*which) if is_large else len(found)
    if is_large:
        approval_work.begin(request, DecisionKind.END, count, note=reason, act=act)
    else:
        end_parts(found, EndCause.BY_HAND, reason=reason, act=act)
        fall_back(chain, "approval:end", found, act=act)
    told: dict[str, Any] = {"kind": request.kind, "parts": count, "reason": reason, **stopped}
    audit.record("approval:end", request, act=act, chain=chain.id, **told, **named(found))
    return Ended(count, is_large)


def expire(*, act: Act) -> dict[str, int]:
    """End pending and active parts after their last day: one event for each map."""
    ended = 0
    for chain_id in chains_with_expired(act.at.date()):
        ended += _expire_in(chain_id, act=act)
    return {"ended": ended}


def _expire_in(chain_id: UUID, *, act: Act) -> int:
    chain = get_chain_for_change(chain_id)
    found = list_expired(chain_id, act.at.date())
    if not found:
        return 0
    end_parts(found, EndCause.EXPIRED, act=act)
    fall_back(chain, EXPIRE, found, act=act)
    in_force = sum(part.state is ApprovalState.IN_FORCE for part in found)
    told: dict[str, Any] = {"parts": len(found), "in_force": in_force}
    audit.record(EXPIRE, chain, act=act, **told, **named(found))
    return len(found)

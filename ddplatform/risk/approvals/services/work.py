"""Decisions on very many parts: made at once, applied to the parts in the background.

Each chunk is a transaction of its own under the lock of the map, and checks again which parts
are still pending. A worker that is killed leaves whole chunks behind, and the next one continues
from there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.languages import gettext
from ddplatform.risk.approvals.services.deciders import second_person
from ddplatform.risk.approvals.services.effects import (
    bring_into_force,
    end_parts,
    fall_back,
    put_decision,
)
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalState,
    DecisionKind,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.approvals import ACTIVE_STATES, get_request
from ddplatform.value_chain.approvals.queries.decisions import find_open, get_decision, has_failed
from ddplatform.value_chain.approvals.queries.parts import (
    PartRow,
    list_parts,
    may_decide,
    of_request,
)
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change

DECIDE, END = "approval:carry-out", "approval:carry-out-end"
AT_ONCE = 500
"""Parts that take a decision in the transaction of the verb; more take it in the background."""
CHUNK = 2_000
"""Parts that one transaction of the background work changes: about half a second."""


def begin(
    request: ApprovalRequest, kind: DecisionKind, parts: int, *, note: str, act: Act
) -> ApprovalDecision:
    """Record a decision and queue its work; the caller holds the map and writes the event."""
    assert act.by.user_id is not None, "a person decides"
    decision = ApprovalDecision(
        request_id=request.id,
        kind=kind,
        note=note,
        parts=parts,
        decided_at=act.at,
        decided_by_id=act.by.user_id,
    )
    db.session.add(decision)
    db.session.flush()  # its job names it
    name = END if kind is DecisionKind.END else DECIDE
    payload = {"decision_id": str(decision.id)}
    decision.job_id = jobs.enqueue(name, payload, act=act).id
    return decision


def refuse_second(request_id: UUID, *, at: datetime) -> None:
    """Refuse a decision while another one on the same request runs; the caller holds the map.

    One whose work ended early gives way: what did not take it is decided anew.

    Raises:
        Conflict: one is at work.
    """
    decision = find_open(request_id)
    if decision is None:
        return
    if has_failed(decision):
        decision.finished_at = at
        return
    raise Conflict(
        gettext("A decision on this request is being carried out."),
        gettext(
            "%(done)s of %(parts)s entries are done so far. Wait until it has finished, or stop it "
            "on the page of the request.",
            done=f"{decision.done:,}",
            parts=f"{decision.parts:,}",
        ),
    )


def give_way(request_id: UUID, *, act: Act) -> dict[str, int]:
    """Stop a decision at work, because all of its request ends; the caller holds the map.

    Returns:
        What the event of the ending says of it; nothing where none was at work.

    Raises:
        Conflict: the request is being ended already.
    """
    decision = find_open(request_id)
    if decision is not None and decision.kind is DecisionKind.END and not has_failed(decision):
        refuse_second(request_id, at=act.at)
    if decision is None:
        return {}
    decision.stopped_at, decision.stopped_by_id, decision.finished_at = (
        act.at,
        act.by.user_id,
        act.at,
    )
    return {"stopped_after": decision.done}


def stop(decision_id: UUID, *, act: Act) -> ApprovalDecision:
    """Stop a decision at work: entries that have taken it keep it, the others are as before.

    Raises:
        NotFound: no such decision.
        Conflict: it has finished, or was stopped.
    """
    chain, request, decision = _hold(decision_id)
    if decision.finished_at is not None:
        raise Conflict(
            gettext("This has finished already."), gettext("Reload the page to see the result.")
        )
    decision.stopped_at, decision.stopped_by_id = act.at, act.by.user_id
    _finish(chain, decision, act=act)
    told: dict[str, Any] = {"done": decision.done, "parts": decision.parts}
    audit.record("approval:stop", request, act=act, chain=chain.id, decision=decision.kind, **told)
    return decision


def carry_out(decision_id: UUID, *, unit: Unit, progress: Progress, act: Act) -> dict[str, int]:
    """Go on with a decision, a chunk at a time; begun again it goes on where it ended."""
    while True:
        with unit():
            chain, request, decision = _hold(decision_id)
            is_open = decision.finished_at is None
            if is_open and not _next_chunk(chain, request, decision, act=act):
                _finish(chain, decision, act=act)
                is_open = False
            done, parts = decision.done, decision.parts
        if not is_open:
            return {"done": done, "parts": parts}
        progress(done, parts)


def _hold(decision_id: UUID) -> tuple[ValueChain, ApprovalRequest, ApprovalDecision]:
    """The decision with its request and its map, all of which nobody else changes meanwhile."""
    request = get_request(get_decision(decision_id).request_id)
    chain = get_chain_for_change(request.chain_id)
    return chain, request, get_decision(decision_id, for_change=True)


def _next_chunk(
    chain: ValueChain, request: ApprovalRequest, decision: ApprovalDecision, *, act: Act
) -> bool:
    """Some more parts take the decision; False where none is left.

    Raises:
        NotAllowed: the decider may not approve.
    """
    if decision.kind is DecisionKind.END:
        found = _standing(request.id)
        end_parts(
            found, EndCause.BY_HAND, reason=decision.note, act=Act(act.by, decision.decided_at)
        )
        fall_back(chain, "approval:end", found, is_whole=False, act=act)
    else:
        approve = decision.kind is DecisionKind.APPROVE
        found = _waiting(request, act)
        put_decision(
            found, approve=approve, note=decision.note, act=Act(act.by, decision.decided_at)
        )
        if approve and found:
            bring_into_force(chain, found, is_whole=False, act=act)
    decision.done += len(found)
    return bool(found)


def _waiting(request: ApprovalRequest, act: Act) -> Sequence[PartRow]:
    """The pending parts for this person, checked again: own sites may have been added since."""
    decider = second_person(request, act.by)
    waits = Approval.state == ApprovalState.WAITING
    which = *of_request(request.id), waits, *may_decide(decider, today=act.at.date())
    return list_parts(*which, most=CHUNK)


def _standing(request_id: UUID) -> Sequence[PartRow]:
    """The parts in force, one state after the other, so that the index returns them in order."""
    for state in ACTIVE_STATES:
        found = list_parts(*of_request(request_id), Approval.state == state, most=CHUNK)
        if found:
            return found
    return ()


def _finish(chain: ValueChain, decision: ApprovalDecision, *, act: Act) -> None:
    """The end of the work: scores stand for a version of the map, so it asks for new ones."""
    decision.finished_at = act.at
    if decision.done and decision.kind is not DecisionKind.REFUSE:
        ask_reassessment(chain.id, "facts", act=act)

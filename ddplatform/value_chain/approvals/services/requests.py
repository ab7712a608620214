"""Requests for approval, as parts of the requesting change (RM-2.0 sections 3.8 and 8).

The caller has checked the rule of its own subject and writes the one audit event of its change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, inspect, update
from sqlalchemy.orm import InstanceState

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import (
    AbsenceReason,
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.approvals import (
    ACTIVE_STATES,
    is_backed,
    list_settled,
)
from ddplatform.value_chain.history.services.steps import note_rows
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import list_rows_anew
from supply_chain.vocabulary import FlowEvidence

LONGEST = timedelta(days=366)
LONGEST_REASON = 2000
REASON, UNTIL = "approval_reason", "approval_until"
"""The fields of a form that ask for a wish."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The reason why something should count, and the last day, at most twelve months ahead."""

    reason: str
    expires_on: date | None


@dataclass(frozen=True)
class Part:
    """The subject of one approval: the node (of a flow its supplier), and its link or factor."""

    node_id: UUID
    link_id: UUID | None = None
    factor: str | None = None


def check_wish(wish: Wish | None, *, today: date) -> Wish:
    """A wish that a second person can decide on.

    Raises:
        Invalid: no reason, no last day, or one that is not within the next twelve months.
    """
    reason = wish.reason.strip() if wish else ""
    until = wish.expires_on if wish else None
    problems = {}
    if not reason:
        problems[REASON] = gettext("Enter the reason; the second person decides by it.")
    elif len(reason) > LONGEST_REASON:
        problems[REASON] = gettext("Use at most %(most)s characters.", most=f"{LONGEST_REASON:,}")
    if until is None or not today < until <= today + LONGEST:
        problems[UNTIL] = gettext("Choose a day after today, at most twelve months ahead.")
    if problems or until is None:
        raise Invalid(fields=problems)
    return Wish(reason=reason, expires_on=until)


def ask(
    chain: ValueChain,
    kind: ApprovalKind,
    parts: Sequence[Part],
    wish: Wish,
    *,
    code: AbsenceReason | None = None,
    of_import: MapImport | None = None,
    act: Act,
) -> ApprovalRequest:
    """Put down what waits for a second person: one request, however many parts it has.

    Args:
        wish: as `check_wish` gave it.
        code: why a factor does not apply.
        of_import: the list that says so.
    """
    assert wish.expires_on is not None, "a wish is checked"
    request = ApprovalRequest(
        chain_id=chain.id,
        kind=kind,
        import_id=of_import.id if of_import else None,
        reason_code=code,
        reason=wish.reason,
        expires_on=wish.expires_on,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(request)
    db.session.flush()  # its parts point to it
    add_parts(request, parts)
    return request


def add_parts(request: ApprovalRequest, parts: Sequence[Part]) -> None:
    """The parts of a new request, however many."""
    keys = rising_keys(len(parts))
    rows = [
        {
            "id": key,
            "request_id": request.id,
            "kind": request.kind,
            "node_id": part.node_id,
            "link_id": part.link_id,
            "factor": part.factor,
            "state": ApprovalState.WAITING,
            "expires_on": request.expires_on,
            "decision_note": "",
            "end_reason": "",
        }
        for key, part in zip(keys, parts, strict=True)
    ]
    insert_rows(Approval, rows)


# ---- what ends, and what is set back ---------------------------------------------------------


def end_active(
    which: ColumnElement[bool],
    cause: EndCause,
    *,
    reason: str = "",
    act: Act,
) -> int:
    """End parts that wait or are in force; returns how many. Nothing on the map is set back."""
    done = db.session.execute(
        update(Approval)
        .where(which, Approval.state.in_(ACTIVE_STATES))
        .values(
            state=ApprovalState.ENDED,
            ended_at=act.at,
            ended_by_id=act.by.user_id,
            end_cause=cause,
            end_reason=reason,
        )
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def end_settled(chain_id: UUID, *, act: Act) -> None:
    """End the parts of a map whose link or node has changed in the meantime."""
    db.session.flush()  # statements see what the session holds
    parts = list_settled(chain_id)
    if parts:
        end_active(among(Approval.id, parts), EndCause.SET_BACK, act=act)


def set_back(links: Sequence[UUID], nodes: Sequence[UUID]) -> None:
    """Flows fall to probable and origins to unknown where no approval is in force any more.

    Only what is confirmed or an origin changes; the caller ends the step of the map.
    """
    db.session.flush()  # statements see what the session holds
    flows = (
        among(SupplyLink.id, links),
        SupplyLink.flow_evidence == FlowEvidence.CONFIRMED,
        ~is_backed(Approval.link_id == SupplyLink.id),
    )
    _put(SupplyLink, and_(*flows), "flow_evidence", FlowEvidence.PROBABLE)
    origins = (
        among(ValueChainNode.id, nodes),
        ValueChainNode.is_origin.is_(True),
        ~is_backed(Approval.node_id == ValueChainNode.id, Approval.kind == ApprovalKind.ORIGIN),
    )
    _put(ValueChainNode, and_(*origins), "is_origin", None)


def put_in_force(links: Sequence[UUID], nodes: Sequence[UUID]) -> None:
    """Flows are confirmed and nodes are origins; the caller ends the step of the map."""
    flows = (among(SupplyLink.id, links), SupplyLink.flow_evidence != FlowEvidence.CONFIRMED)
    _put(SupplyLink, and_(*flows), "flow_evidence", FlowEvidence.CONFIRMED)
    origins = (among(ValueChainNode.id, nodes), ValueChainNode.is_origin.is_not(True))
    _put(ValueChainNode, and_(*origins), "is_origin", True)


def _put(
    model: type[SupplyLink | ValueChainNode], rows: ColumnElement[bool], name: str, to: Any
) -> None:
    """Set a column of rows past the session, noted for the history of the map."""
    keys = note_rows(model, rows, name)
    if not keys:
        return
    db.session.execute(
        update(model)
        .where(among(model.id, keys))
        .values({name: to, "row_version": model.row_version + 1})
        .execution_options(synchronize_session=False)
    )
    _read_again(model, frozenset(keys))


def _read_again(model: type[SupplyLink | ValueChainNode], changed: frozenset[UUID]) -> None:
    """Refresh changed rows in the session from the database."""
    held = []
    for row in db.session.identity_map.values():
        state: InstanceState[Any] = inspect(row)
        if isinstance(row, model) and state.identity and state.identity[0] in changed:
            held.append(state.identity[0])
    if held:
        list_rows_anew(model, among(model.id, held))

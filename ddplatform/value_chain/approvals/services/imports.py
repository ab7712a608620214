"""What a list says and only a second person may make so: asked for at once, taken back with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.approvals import list_not_to_ask
from ddplatform.value_chain.approvals.services.requests import (
    LONGEST,
    Part,
    Wish,
    ask,
    end_standing,
    set_back,
)
from ddplatform.value_chain.filters.queries.filters import among
from ddplatform.value_chain.imports.services.compare import Comparison
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChain, ValueChainNode
from supply_chain.intake.wishes import LinkKey


def ask_of_import(
    chain: ValueChain, row: MapImport, compared: Comparison, *, act: Act
) -> dict[str, int]:
    """One request for all flows that a list calls confirmed, and one for all of its origins.

    What waits already, or was refused last, is not asked for again by a list.

    Returns:
        How many parts each has, none of zero: `flows_asked`, `origins_asked`.
    """
    if not compared.flows and not compared.origins:
        return {}
    db.session.flush()  # the rows that it names stand
    names = ", ".join(file["name"] for file in row.files)
    wish = Wish(reason=f"Stated in the list {names}", expires_on=act.at.date() + LONGEST)
    asked = {}
    for name, kind, parts in (
        ("flows_asked", ApprovalKind.FLOW, _flows(chain, compared.flows)),
        ("origins_asked", ApprovalKind.ORIGIN, _origins(chain, compared.origins)),
    ):
        if parts:
            ask(chain, kind, parts, wish, of_import=row, act=act)
            asked[name] = len(parts)
    return asked


def _flows(chain: ValueChain, keys: Iterable[LinkKey]) -> Sequence[Part]:
    wanted = set(keys)
    if not wanted:
        return ()
    left_out = list_not_to_ask(chain.id, ApprovalKind.FLOW)
    refs = _refs(chain)
    link = SupplyLink
    rows = db.session.execute(
        select(
            *(link.id, link.supplier_id, link.buyer_id),
            *(link.kind, link.commodity_ref, link.valid_from),
        )
        .where(link.chain_id == chain.id, link.archived_at.is_(None))
        .order_by(link.id)
    )
    return [
        Part(row.supplier_id, link_id=row.id)
        for row in rows
        if row.id not in left_out
        and (
            *(refs.get(row.supplier_id, ""), refs.get(row.buyer_id, "")),
            *(row.kind.value, row.commodity_ref or ""),
            row.valid_from.isoformat() if row.valid_from else "",
        )
        in wanted
    ]


def _origins(chain: ValueChain, ids: Iterable[str]) -> Sequence[Part]:
    wanted = set(ids)
    if not wanted:
        return ()
    left_out = list_not_to_ask(chain.id, ApprovalKind.ORIGIN)
    return [Part(key) for key, ref in _refs(chain).items() if ref in wanted and key not in left_out]


def _refs(chain: ValueChain) -> Mapping[UUID, str]:
    """The external ids of the standing nodes of a map, in their order."""
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.external_ref)
        .where(ValueChainNode.chain_id == chain.id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    )
    return {key: ref for key, ref in rows}


def take_back(
    chain: ValueChain, row: MapImport, links: Iterable[UUID], nodes: Iterable[UUID], *, act: Act
) -> None:
    """Undo what an import did to approvals, after its links and nodes say again what they said.

    What it asked for ends. What it ended is as before, unless its last day has passed meanwhile;
    then the flow is probable and the origin unknown.

    Args:
        links, nodes: those that it had changed or brought back.
    """
    db.session.flush()  # statements see what was set back
    asked = select(ApprovalRequest.id).where(ApprovalRequest.import_id == row.id)
    end_standing(
        Approval.request_id.in_(asked) & (Approval.state == ApprovalState.WAITING),
        EndCause.UNDONE,
        act=act,
    )
    of_map = select(ApprovalRequest.id).where(ApprovalRequest.chain_id == chain.id)
    ended = (
        Approval.request_id.in_(of_map),
        Approval.end_cause == EndCause.SET_BACK,
        Approval.ended_at == row.applied_at,
        Approval.expires_on >= act.at.date(),
    )
    back = {"ended_at": None, "ended_by_id": None, "end_cause": None, "end_reason": ""}
    for state, condition in (
        (ApprovalState.IN_FORCE, Approval.decided_at.is_not(None)),
        (ApprovalState.WAITING, Approval.decided_at.is_(None)),
    ):
        db.session.execute(
            update(Approval)
            .where(*ended, condition)
            .values(state=state, **back)
            .execution_options(synchronize_session=False)
        )
    set_back(
        _once_asked(Approval.link_id, ApprovalKind.FLOW, links),
        _once_asked(Approval.node_id, ApprovalKind.ORIGIN, nodes),
    )


def _once_asked(column: Any, kind: ApprovalKind, keys: Iterable[UUID]) -> Sequence[UUID]:
    """Those of some links or nodes that were ever asked about."""
    wanted = list(keys)
    if not wanted:
        return ()
    found = select(column).where(among(column, wanted), Approval.kind == kind).distinct()
    return list(db.session.scalars(found))

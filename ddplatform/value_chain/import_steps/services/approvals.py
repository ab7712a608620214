"""Statements of a list that need a second person: requested at once, reversed with the list."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import update

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalKind,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.approvals import list_not_to_ask
from ddplatform.value_chain.approvals.queries.lists import list_flows, load_refs
from ddplatform.value_chain.approvals.queries.parts import list_once_asked, of_chain, of_import
from ddplatform.value_chain.approvals.services.requests import (
    LONGEST,
    Part,
    Wish,
    ask,
    end_active,
    set_back,
)
from ddplatform.value_chain.imports.services.compare import Comparison
from ddplatform.value_chain.mapping.models import MapImport, ValueChain
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
    refs = load_refs(chain.id)
    return [
        Part(row.supplier_id, link_id=row.id)
        for row in list_flows(chain.id)
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
    refs = load_refs(chain.id)
    return [Part(key) for key, ref in refs.items() if ref in wanted and key not in left_out]


def take_back(
    chain: ValueChain, row: MapImport, links: Iterable[UUID], nodes: Iterable[UUID], *, act: Act
) -> None:
    """Undo the effect of an import on approvals, after its links and nodes are restored.

    What it asked for ends. What it ended is as before, unless its last day has passed meanwhile;
    then the flow is probable and the origin unknown.

    Args:
        links, nodes: those that it had changed or brought back.
    """
    db.session.flush()  # statements see what was set back
    waiting = of_import(row.id) & (Approval.state == ApprovalState.WAITING)
    end_active(waiting, EndCause.UNDONE, act=act)
    ended = (
        of_chain(chain.id),
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
        list_once_asked(Approval.link_id, ApprovalKind.FLOW, links),
        list_once_asked(Approval.node_id, ApprovalKind.ORIGIN, nodes),
    )

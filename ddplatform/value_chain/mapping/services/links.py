"""Links between the nodes of a map: add, change, archive, restore."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind, EndCause
from ddplatform.value_chain.approvals.queries.approvals import is_waiting
from ddplatform.value_chain.approvals.services.requests import (
    Part,
    Wish,
    ask,
    check_wish,
    end_active,
)
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import (
    get_chain_for_change,
    get_link,
    get_node,
    is_linked,
)
from ddplatform.value_chain.mapping.services.changes import (
    archive,
    change_fields,
    finish_change,
    restore,
)
from ddplatform.value_chain.words.map_fields import LINK_LABELS
from supply_chain.intake.wishes import held_flow
from supply_chain.vocabulary import FlowEvidence, LinkKind


@dataclass(frozen=True, kw_only=True)
class LinkFields:
    """The fields of a link that a person may set; `share` is 0..1 of the buyer's input."""

    kind: LinkKind = LinkKind.SUPPLIES
    commodity_ref: str | None = None
    share: float | None = None
    flow_evidence: FlowEvidence = FlowEvidence.UNMAPPED
    valid_from: date | None = None
    valid_to: date | None = None


def add_link(
    supplier_id: UUID, buyer_id: UUID, wanted: LinkFields, *, wish: Wish | None = None, act: Act
) -> SupplyLink:
    """Add a link from a supplier to a buyer.

    Args:
        wish: needed for a confirmed flow, which is probable until a second person approves it.

    Raises:
        Invalid: both ends are the same node or of two maps, or a field breaks a rule.
        Conflict: this link stands already.
    """
    supplier, buyer = get_node(supplier_id), get_node(buyer_id)
    chain = get_chain_for_change(buyer.chain_id)
    if supplier.id == buyer.id:
        itself = gettext("A site cannot supply itself. Choose another supplier or site.")
        raise Invalid(fields={"other": itself})
    if supplier.chain_id != buyer.chain_id:
        raise Invalid(fields={"other": gettext("Both ends must be in the same map.")})
    _check(wanted)
    asked = _asked(None, wanted, wish, at=act.at)
    values = {**_values(wanted), "flow_evidence": held_flow(None, wanted.flow_evidence)}
    _refuse_twin(supplier, buyer, wanted)
    link = SupplyLink(
        chain_id=chain.id,
        supplier_id=supplier_id,
        buyer_id=buyer_id,
        created_at=act.at,
        **values,
    )
    db.session.add(link)
    db.session.flush()  # the event names it
    told = _ask(chain, link, asked, act=act)
    finish_change(chain, "link:add", touched=[link.supplier_id], act=act)
    audit.record(
        "link:add",
        link,
        act=act,
        supplier=supplier.name,
        buyer=buyer.name,
        **values,
        **told,
    )
    return link


def _refuse_twin(supplier: ValueChainNode, buyer: ValueChainNode, wanted: LinkFields) -> None:
    if is_linked(
        supplier,
        buyer,
        kind=wanted.kind,
        commodity_ref=wanted.commodity_ref,
        valid_from=wanted.valid_from,
    ):
        raise Conflict(
            gettext(
                "“%(supplier)s” supplies “%(buyer)s” with this already.",
                supplier=supplier.name,
                buyer=buyer.name,
            ),
            gettext("Change that link, or name another commodity."),
        )


def change_link(
    link_id: UUID, wanted: LinkFields, *, row_version: int, wish: Wish | None = None, act: Act
) -> SupplyLink:
    """Change a link that still is as the person saw it.

    Setting a confirmed flow back needs nobody and ends its approval.

    Args:
        wish: needed to confirm the flow, which is probable until a second person approves it.

    Raises:
        Invalid: a field breaks a rule.
        Conflict: somebody changed it meanwhile; both versions are on the error.
    """
    link = get_link(link_id)
    chain = get_chain_for_change(link.chain_id)
    _check(wanted)
    values = _values(wanted)
    asked = _asked(link, wanted, wish, at=act.at)
    values["flow_evidence"] = held_flow(link.flow_evidence, wanted.flow_evidence)
    changed = change_fields(link, values, row_version=row_version, labels=LINK_LABELS)
    if "flow_evidence" in changed and wanted.flow_evidence is not FlowEvidence.CONFIRMED:
        end_active(Approval.link_id == link.id, EndCause.SET_BACK, act=act)
    told = _ask(chain, link, asked, act=act)
    if changed:
        finish_change(chain, "link:change", touched=[link.supplier_id], act=act)
    if changed or told:
        audit.record("link:change", link, act=act, **changed, **told)
    return link


def _asked(
    link: SupplyLink | None, wanted: LinkFields, wish: Wish | None, *, at: datetime
) -> Wish | None:
    """The wish that waits for a second person; None where nothing new is confirmed.

    Raises:
        Invalid: it lacks a reason or a last day.
    """
    now = link.flow_evidence if link else None
    if held_flow(now, wanted.flow_evidence) is wanted.flow_evidence:
        return None
    if link is not None and is_waiting(Approval.link_id == link.id):
        return None
    return check_wish(wish, today=at.date())


def _ask(chain: ValueChain, link: SupplyLink, wish: Wish | None, *, act: Act) -> dict[str, Any]:
    """Record the request; returns its entry for the event of the change."""
    if wish is None:
        return {}
    part = Part(link.supplier_id, link_id=link.id)
    request = ask(chain, ApprovalKind.FLOW, [part], wish, act=act)
    return {"asked": "confirmed", "reason": wish.reason, "request": request.id}


def archive_link(link_id: UUID, *, act: Act) -> SupplyLink:
    """Take a link out of the map; it can be restored.

    Raises:
        Conflict: it is archived already.
    """
    link = get_link(link_id)
    chain = get_chain_for_change(link.chain_id)
    archive(link, gettext("This link"), act=act)
    finish_change(chain, "link:archive", touched=[link.supplier_id], act=act)
    audit.record("link:archive", link, act=act, share=link.share)
    return link


def restore_link(link_id: UUID, *, act: Act) -> SupplyLink:
    """Bring an archived link back.

    Raises:
        Conflict: it is not archived, or one of its ends is.
    """
    link = get_link(link_id)
    chain = get_chain_for_change(link.chain_id)
    for end in (get_node(link.supplier_id), get_node(link.buyer_id)):
        if end.archived_at is not None:
            raise Conflict(
                gettext("“%(name)s” is archived.", name=end.name), gettext("Restore it first.")
            )
    restore(link, gettext("This link"))
    finish_change(chain, "link:restore", touched=[link.supplier_id], act=act)
    audit.record("link:restore", link, act=act, share=link.share)
    return link


def _values(wanted: LinkFields) -> dict[str, Any]:
    return {field.name: getattr(wanted, field.name) for field in fields(wanted)}


def _check(wanted: LinkFields) -> None:
    faults = {}
    if wanted.share is not None and not 0 <= wanted.share <= 1:
        faults["share"] = gettext("Enter a share between 0 and 100 per cent.")
    if wanted.valid_from and wanted.valid_to and wanted.valid_to < wanted.valid_from:
        faults["valid_to"] = gettext("The last day is before the first day.")
    if faults:
        raise Invalid(fields=faults)

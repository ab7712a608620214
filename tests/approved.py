"""Confirmed flows and origins in tests: approved by a second person, or as one left them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.approvals.services.steps import decide
from ddplatform.value_chain.approvals.models import Approval, ApprovalState
from ddplatform.value_chain.approvals.services.requests import Wish
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import FlowEvidence
from tests.factories import Tenant


def wish(at: datetime, *, days: int = 200) -> Wish:
    """A wish with a reason and a last day."""
    return Wish(reason="Contract and invoices seen.", expires_on=(at + timedelta(days=days)).date())


def approve_all(tenant: Tenant, at: datetime) -> None:
    """The manager approves all that others asked for; inside a unit of work."""
    waiting = select(Approval.request_id).where(Approval.state == ApprovalState.WAITING)
    for request_id in db.session.scalars(waiting.distinct().order_by(Approval.request_id)).all():
        decide(request_id, approve=True, act=Act(tenant.manager, at))


def add_confirmed(supplier: UUID, buyer: UUID, wanted: LinkFields, *, act: Act) -> SupplyLink:
    """A link whose flow was approved as confirmed before the test begins."""
    probable = replace(wanted, flow_evidence=FlowEvidence.PROBABLE)
    link = supply_links.add_link(supplier, buyer, probable, act=act)
    confirm(link.id)
    return link


def add_origin(chain_id: UUID, wanted: NodeFields, *, act: Act) -> ValueChainNode:
    """A node that was approved as an origin before the test begins."""
    node = value_chain.add_node(chain_id, replace(wanted, is_origin=None), act=act)
    db.session.execute(
        update(ValueChainNode)
        .where(ValueChainNode.id == node.id)
        .values(is_origin=True)
        .execution_options(synchronize_session=False)
    )
    reread(ValueChainNode, node.id)
    return node


def confirm(link_id: UUID) -> None:
    """A flow that was approved before the test begins."""
    db.session.execute(
        update(SupplyLink)
        .where(SupplyLink.id == link_id)
        .values(flow_evidence=FlowEvidence.CONFIRMED)
        .execution_options(synchronize_session=False)
    )
    reread(SupplyLink, link_id)


def reread(model: Any, key: UUID) -> None:
    """What the session holds says again what the database does."""
    db.session.scalars(
        select(model).where(model.id == key).execution_options(populate_existing=True)
    ).one()

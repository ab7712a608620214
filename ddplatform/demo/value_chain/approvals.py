"""Second-person approvals of the sample: confirmed flows, a factor, a pending flow."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.db import db
from ddplatform.risk.approvals.services import absences as approval_absences
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.value_chain.approvals.models import Approval, ApprovalRequest, ApprovalState
from ddplatform.value_chain.approvals.services.requests import Wish
from ddplatform.value_chain.mapping.models import SupplyLink
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services.links import LinkFields
from supply_chain.vocabulary import FlowEvidence


def plan_approvals(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `approvals.yaml`."""
    told = story.read("approvals.yaml")
    absent, waiting = told["not_applicable"], told["waiting"]
    timeline.add(absent["days_ago"], partial(_ask_absence, absent))
    timeline.add(absent["approved_days_ago"], partial(_approve_absence, absent))
    timeline.add(waiting["days_ago"], partial(_ask_flow, waiting))


def approve_map(world: World, chain_id: UUID, second: str, *, at: datetime) -> None:
    """A second person approves the flows that the map of an organisation holds as confirmed."""
    with world.acting(second, at) as act:
        waits = select(Approval.request_id).where(Approval.state == ApprovalState.WAITING)
        requests = db.session.scalars(
            select(ApprovalRequest.id)
            .where(ApprovalRequest.chain_id == chain_id, ApprovalRequest.id.in_(waits))
            .order_by(ApprovalRequest.kind)
        ).all()
        for request_id in requests:
            approval_steps.decide(request_id, approve=True, note=_SEEN, act=act)


_SEEN = "Contracts and invoices of the last twelve months seen."


def _ask_absence(told: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(told["by"], at) as act:
        request = approval_absences.ask_not_applicable(
            world.nodes[told["buyer"], told["node"]],
            told["factor"],
            told["code"],
            _wish(told, at),
            act=act,
        )
    world.made["approval of a factor"] = request.id


def _approve_absence(told: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(told["approved_by"], at) as act:
        request_id = world.made["approval of a factor"]
        approval_steps.decide(request_id, approve=True, act=act)


def _ask_flow(told: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(told["by"], at) as act:
        link = db.session.scalars(
            select(SupplyLink).where(
                SupplyLink.supplier_id == world.nodes[told["buyer"], told["supplier"]],
                SupplyLink.buyer_id == world.nodes[told["buyer"], told["of"]],
            )
        ).one()
        wanted = LinkFields(
            kind=link.kind,
            commodity_ref=link.commodity_ref,
            share=link.share,
            flow_evidence=FlowEvidence.CONFIRMED,
            valid_from=link.valid_from,
            valid_to=link.valid_to,
        )
        supply_links.change_link(
            link.id,
            wanted,
            row_version=link.row_version,
            wish=_wish(told, at),
            act=act,
        )


def _wish(told: dict[str, Any], at: datetime) -> Wish:
    until = (at + timedelta(days=told["lasts"])).date()
    return Wish(reason=told["reason"], expires_on=until)

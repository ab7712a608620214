"""Lists, their undo and merges obey: nothing is confirmed past a second person."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.history.models import MapChange
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.queries import get_import
from ddplatform.value_chain.map_files.services.export import export_chain
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from supply_chain.vocabulary import FlowEvidence as Flow
from tests.approved import approve_all, wish
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import _csv, _import, acting

pytestmark = pytest.mark.both_databases

MINUTES = [NOW + timedelta(minutes=n) for n in range(1, 12)]
SITES = "id,name,country,origin\nf,Farm,CI,yes\ng,Grove,CI,yes\nm,Mill,CI,\n"
FLOWS = "supplier,buyer,share,flow_evidence\nf,m,0.5,confirmed\ng,m,0.2,confirmed\n"


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        made = value_chain.create_chain("Cocoa", own_business="Us", act=Act(tenant.analyst, NOW))
        return made.id


@stored_world
def listed(chain_id: UUID, tenant: Tenant) -> UUID:
    """The list came in; nobody has decided on it."""
    return bring(tenant, chain_id)


def bring(tenant: Tenant, chain_id: UUID, flows: str = FLOWS, sites: str = SITES) -> UUID:
    return _import(tenant, chain_id, _csv(sites), _csv(flows, "links.csv"))


def requests(tenant: Tenant) -> list[tuple[ApprovalKind, int]]:
    with acting(tenant):
        rows = db.session.execute(
            select(ApprovalRequest.kind, func.count())
            .join(Approval, Approval.request_id == ApprovalRequest.id)
            .group_by(ApprovalRequest.id)
            .order_by(ApprovalRequest.kind)
        )
        return [(kind, count) for kind, count in rows]


def flows(tenant: Tenant) -> dict[str, Flow]:
    """External id of the supplier -> its flow."""
    with acting(tenant):
        rows = db.session.execute(
            select(ValueChainNode.external_ref, SupplyLink.flow_evidence)
            .join(SupplyLink, SupplyLink.supplier_id == ValueChainNode.id)
            .where(SupplyLink.archived_at.is_(None))
        )
        return {ref: flow for ref, flow in rows}


def origins(tenant: Tenant) -> set[str]:
    with acting(tenant):
        marked = select(ValueChainNode.external_ref).where(ValueChainNode.is_origin.is_(True))
        return set(db.session.scalars(marked))


def approve(tenant: Tenant) -> None:
    with acting(tenant):
        approve_all(tenant, MINUTES[0])


def states(tenant: Tenant) -> set[tuple[ApprovalState, EndCause | None]]:
    with acting(tenant):
        return {(one.state, one.end_cause) for one in db.session.scalars(select(Approval))}


def node_id(ref: str) -> UUID:
    found = db.session.scalar(select(ValueChainNode.id).where(ValueChainNode.external_ref == ref))
    assert found is not None
    return found


def link_of(ref: str) -> SupplyLink:
    return db.session.scalars(
        select(SupplyLink).where(
            SupplyLink.supplier_id == node_id(ref), SupplyLink.archived_at.is_(None)
        )
    ).one()


def test_a_list_asks_once_for_all_of_its_flows_and_once_for_all_of_its_origins(
    tenant: Tenant, listed: UUID
):
    assert flows(tenant) == {"f": Flow.PROBABLE, "g": Flow.PROBABLE}
    assert origins(tenant) == set()
    assert requests(tenant) == [(ApprovalKind.FLOW, 2), (ApprovalKind.ORIGIN, 2)]
    with acting(tenant):
        applied = get_import(listed).counts["applied"]
        assert (applied["flows_asked"], applied["origins_asked"]) == (2, 2)
        reasons = set(db.session.scalars(select(ApprovalRequest.reason)))
        assert reasons == {"Stated in the list nodes.csv, links.csv"}


def test_all_of_a_list_is_decided_together_or_some_of_it_picked(tenant: Tenant, listed: UUID):
    with acting(tenant):
        of_flows = select(Approval).where(Approval.link_id == link_of("f").id)
        picked = db.session.scalars(of_flows).one()
        done = approval_steps.decide(
            picked.request_id,
            approve=True,
            parts=[picked.id],
            act=Act(tenant.manager, MINUTES[0]),
        )
        assert (done.parts, done.left) == (1, 0)
    assert flows(tenant) == {"f": Flow.CONFIRMED, "g": Flow.PROBABLE}
    approve(tenant)
    assert flows(tenant) == {"f": Flow.CONFIRMED, "g": Flow.CONFIRMED}
    assert origins(tenant) == {"f", "g"}
    with acting(tenant):  # the history of the map knows what each said before
        before = [row.before for row in db.session.scalars(select(MapChange))]
        assert before.count({"flow_evidence": "probable"}) == 2
        assert before.count({"is_origin": None}) == 2


def test_the_same_list_again_asks_for_nothing_that_waits_is_in_force_or_was_refused(
    tenant: Tenant, chain_id: UUID, listed: UUID
):
    bring(tenant, chain_id)
    assert len(requests(tenant)) == 2
    with acting(tenant):
        part = db.session.scalars(select(Approval).where(Approval.link_id == link_of("g").id)).one()
        request, parts = part.request_id, [part.id]
        approval_steps.decide(
            request,
            approve=False,
            parts=parts,
            note="No.",
            act=Act(tenant.manager, MINUTES[0]),
        )
    approve(tenant)
    bring(tenant, chain_id)
    assert len(requests(tenant)) == 2
    assert flows(tenant) == {"f": Flow.CONFIRMED, "g": Flow.PROBABLE}


def test_a_list_that_says_less_sets_back_and_its_undo_brings_the_approval_back(
    tenant: Tenant, chain_id: UUID, listed: UUID
):
    approve(tenant)
    less = FLOWS.replace("0.5,confirmed", "0.5,possible")
    second = bring(tenant, chain_id, less, SITES.replace("Farm,CI,yes", "Farm,CI,no"))
    assert flows(tenant)["f"] is Flow.POSSIBLE and origins(tenant) == {"g"}
    with acting(tenant):
        over = select(Approval.kind).where(Approval.end_cause == EndCause.SET_BACK)
        assert set(db.session.scalars(over)) == {ApprovalKind.FLOW, ApprovalKind.ORIGIN}
    with acting(tenant):
        map_undo.undo_import(second, act=Act(tenant.analyst, MINUTES[2]))
    assert flows(tenant)["f"] is Flow.CONFIRMED and origins(tenant) == {"f", "g"}
    assert states(tenant) == {(ApprovalState.IN_FORCE, None)}


def test_what_ran_out_meanwhile_is_not_confirmed_by_the_undo_of_a_list(
    tenant: Tenant, chain_id: UUID, listed: UUID
):
    approve(tenant)
    less = FLOWS.replace("0.5,confirmed", "0.5,possible")
    second = bring(tenant, chain_id, less, SITES.replace("Farm,CI,yes", "Farm,CI,no"))
    with acting(tenant):
        map_undo.undo_import(second, act=Act(tenant.analyst, NOW + timedelta(days=2000)))
    assert flows(tenant)["f"] is Flow.PROBABLE and "f" not in origins(tenant)


def test_undoing_a_list_ends_what_it_asked_for(tenant: Tenant, listed: UUID):
    with acting(tenant):
        map_undo.undo_import(listed, act=Act(tenant.analyst, MINUTES[1]))
    assert states(tenant) == {(ApprovalState.ENDED, EndCause.UNDONE)}


def test_a_list_is_not_undone_once_flows_of_it_are_approved_until_they_end(
    tenant: Tenant, listed: UUID
):
    approve(tenant)
    with acting(tenant), pytest.raises(Conflict, match="changed by hand"):
        map_undo.undo_import(listed, act=Act(tenant.analyst, MINUTES[1]))
    with acting(tenant):
        for request in db.session.scalars(select(ApprovalRequest.id)).all():
            approval_steps.end(request, reason="Taken back.", act=Act(tenant.manager, MINUTES[2]))
    assert flows(tenant) == {"f": Flow.PROBABLE, "g": Flow.PROBABLE} and origins(tenant) == set()
    with acting(tenant):
        map_undo.undo_import(listed, act=Act(tenant.analyst, MINUTES[3]))


def test_the_place_of_a_farm_that_a_list_calls_an_origin_goes_out_rounded_while_it_waits(
    tenant: Tenant, chain_id: UUID
):
    sites = "id,name,origin,latitude,longitude\np,Place,yes,5.12345,-3.98765\n"
    _import(tenant, chain_id, _csv(sites))
    with acting(tenant):
        made = export_chain(chain_id, "graphml", act=Act(tenant.manager, MINUTES[0]))
    assert b"5.12345" not in made.content and b"5.12" in made.content


# ---- merges ----------------------------------------------------------------------------------


def joined(tenant: Tenant, *, approved: bool) -> None:
    """The grove supplies the mill too, as the farm does: one of the two flows is confirmed."""
    with acting(tenant):
        fields = LinkFields(share=0.1, flow_evidence=Flow.CONFIRMED)
        supply_links.add_link(
            node_id("f"), node_id("own-business"), fields,
            wish=wish(NOW), act=Act(tenant.analyst, NOW), )  # fmt: skip
        probable = LinkFields(share=0.1, flow_evidence=Flow.PROBABLE)
        supply_links.add_link(
            node_id("g"),
            node_id("own-business"),
            probable,
            act=Act(tenant.analyst, NOW),
        )
        if approved:
            approve_all(tenant, MINUTES[0])


@pytest.fixture
def twins(tenant: Tenant, chain_id: UUID) -> None:
    _import(tenant, chain_id, _csv("id,name,country\nf,Farm,CI\ng,Grove,CI\n"))


def bought(tenant: Tenant) -> dict[str, Flow]:
    return flows(tenant)


@pytest.mark.usefixtures("twins")
def test_a_merge_keeps_a_flow_that_one_of_both_has_approved_and_a_split_gives_it_back(
    tenant: Tenant,
):
    joined(tenant, approved=True)
    with acting(tenant):
        merge = merge_nodes(node_id("g"), node_id("f"), act=Act(tenant.manager, MINUTES[1])).id
    assert bought(tenant) == {"g": Flow.CONFIRMED}
    with acting(tenant):
        assert db.session.scalars(select(Approval.link_id)).all() == [link_of("g").id]
        split_merge(merge, act=Act(tenant.manager, MINUTES[2]))
    assert bought(tenant) == {"f": Flow.CONFIRMED, "g": Flow.PROBABLE}
    with acting(tenant):
        assert db.session.scalars(select(Approval.link_id)).all() == [link_of("f").id]
        assert db.session.scalars(select(Approval.node_id)).all() == [node_id("f")]


@pytest.mark.usefixtures("twins")
def test_a_joined_flow_falls_back_with_its_approval_and_so_do_both_after_the_split(
    tenant: Tenant,
):
    joined(tenant, approved=True)
    with acting(tenant):
        merge = merge_nodes(node_id("g"), node_id("f"), act=Act(tenant.manager, MINUTES[1])).id
    with acting(tenant):
        approval_steps.expire(act=Act(tenant.manager, NOW + timedelta(days=300)))
    assert bought(tenant) == {"g": Flow.PROBABLE}
    with acting(tenant):
        split_merge(merge, act=Act(tenant.manager, NOW + timedelta(days=301)))
    assert bought(tenant) == {"f": Flow.PROBABLE, "g": Flow.PROBABLE}


@pytest.mark.usefixtures("twins")
def test_what_waits_of_a_joined_link_is_decided_on_the_one_that_stays(tenant: Tenant):
    joined(tenant, approved=False)
    with acting(tenant):
        merge_nodes(node_id("g"), node_id("f"), act=Act(tenant.manager, MINUTES[1]))
    assert bought(tenant) == {"g": Flow.PROBABLE}
    approve(tenant)
    assert bought(tenant) == {"g": Flow.CONFIRMED}


def test_an_origin_moves_with_its_approval_and_ends_with_it(tenant: Tenant, listed: UUID):
    approve(tenant)
    with acting(tenant):
        merge = merge_nodes(node_id("m"), node_id("f"), act=Act(tenant.manager, MINUTES[1])).id
    assert origins(tenant) >= {"m"}
    with acting(tenant):
        approval_steps.expire(act=Act(tenant.manager, NOW + timedelta(days=2000)))
        split_merge(merge, act=Act(tenant.manager, NOW + timedelta(days=2001)))
    assert origins(tenant) == set()

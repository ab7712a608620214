"""One supplier is one node: merged with all that hangs on it, and split again exactly."""

import random
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import TenantScoped, acting_in
from ddplatform.risk.runs.models import RiskFact, SeverityJudgement
from ddplatform.value_chain.mapping.models import (
    NodeSummary,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.matching.models import NodeMerge
from ddplatform.value_chain.merging.queries.merges import (
    list_merges,
    list_sources,
    load_merged_refs,
)
from ddplatform.value_chain.merging.queries.references import (
    FOLLOWS,
    LINK_ENDS,
    REFERENCES,
    list_moving,
    name_of,
)
from ddplatform.value_chain.merging.queries.sides import load_sides
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.finding_worlds import acting, make_world, planned, recorded
from tests.stored_worlds import stored_world
from tests.worlds import OWN, make_worlds

pytestmark = pytest.mark.both_databases

# What a merge and its split leave behind on purpose: log, history, the merge itself, versions.
LASTING = {
    "audit_event",
    "audit_head",
    "audit_value",
    "map_step",
    "map_change",
    "node_merge",
    "match_decision",
}
COUNTERS = {"row_version", "version"}
NODE = re.compile(r"(^|_)(node|supplier|buyer|survivor|absorbed|left|right|operator)(_|_.*_)id$")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows that the acting organisation sees, by table."""
    db.session.flush()
    found = {}
    for mapper in Base.registry.mappers:
        name = mapper.local_table.name
        if issubclass(mapper.class_, TenantScoped) and name not in LASTING:
            wanted = [
                getattr(mapper.class_, prop.key)
                for prop in mapper.column_attrs
                if prop.key not in COUNTERS
            ]
            rows = db.session.execute(select(*wanted)).all()
            found[name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (set(map(repr, before[name])) ^ set(map(repr, after[name])))
        for name in before
        if before[name] != after[name]
    }


def add(chain_id: UUID, name: str, tenant: Tenant, **more: Any) -> UUID:
    node = value_chain.add_node(
        chain_id, NodeFields(name=name, **more), act=Act(tenant.manager, NOW)
    )
    return node.id


def link(supplier: UUID, buyer: UUID, tenant: Tenant, **more: Any) -> UUID:
    return supply_links.add_link(
        supplier, buyer, LinkFields(**more), act=Act(tenant.manager, NOW)
    ).id


@stored_world
def chain(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        made = value_chain.create_chain("Cocoa", own_business="Us", act=Act(tenant.manager, NOW))
        return made.id


def names_a_node(column: Any) -> bool:
    """Whether a column holds the key of a node: by its foreign key, or by its name."""
    if any(key.column.table.name == "value_chain_node" for key in column.foreign_keys):
        return column.name != "organisation_id"
    return bool(NODE.search(column.name)) and "organisation" not in column.name


def test_every_column_that_names_a_node_is_registered_by_its_feature(app: Flask):
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if names_a_node(column)
    }
    registered = {name for name, _ in REFERENCES.items()} | {name_of(one) for one in LINK_ENDS}

    assert found - registered == set(), "register them in the registration.py of their feature"
    assert {one.column.class_ for one in list_moving()} >= {Finding, RiskFact, ValueChainNode}


def test_rows_follow_others_only_after_these_have_moved(app: Flask):
    moved_later: set[str] = set()
    for follow in reversed(list(FOLLOWS)):
        moved_later.add(follow.column.class_.__tablename__)
        (parents,) = follow.parents_of(UUID(int=0)).columns_clause_froms

        assert parents.name not in moved_later


def test_merge_and_split_of_a_node_that_every_table_names_leaves_every_table_as_it_was(
    context: Flask,
):
    world = make_worlds(at=NOW)["acmeco"]
    absorbed = UUID(world.keys[OWN, "value_chain_node"])
    with acting(world.tenant):
        db.session.expunge_all()
        chain_id = UUID(world.keys[OWN, "value_chain"])
        survivor = add(chain_id, "The one that stays", world.tenant)
        link(survivor, absorbed, world.tenant)
        finding_counts.refresh(absorbed, today=NOW.date())
    with acting(world.tenant):
        before = everything()

    with acting(world.tenant):
        merge = merge_nodes(survivor, absorbed, act=Act(world.tenant.manager, NOW))
        db.session.flush()
        for column in (*(one.column for one in list_moving()), *LINK_ENDS):
            rows = db.session.scalars(select(column.class_.id).where(column == absorbed)).all()
            if column in LINK_ENDS:
                rows = db.session.scalars(
                    select(SupplyLink.id).where(
                        column == absorbed, SupplyLink.archived_at.is_(None)
                    )
                ).all()
            assert rows == [], name_of(column)
        assert set(merge.moved) >= {"finding.node_id", "assignment.node_id", "risk_fact.node_id"}

    with acting(world.tenant):
        split_merge(merge.id, act=Act(world.tenant.manager, NOW))
    with acting(world.tenant):
        assert differences(before, everything()) == {}


@pytest.mark.parametrize("seed", range(4))
def test_merges_of_any_map_split_in_any_order_leave_the_map_as_it_was(
    chain: UUID, tenant: Tenant, seed: int
):
    draw = random.Random(seed)
    with acting(tenant):
        nodes = [
            add(
                chain,
                f"N{n}",
                tenant,
                address=draw.choice([None, f"{n} Road"]),
                country=draw.choice([None, "CI", "GH"]),
                commodity_refs=tuple(draw.sample(["cocoa", "cotton"], draw.randint(0, 2))),
            )
            for n in range(7)
        ]
        pairs = {tuple(draw.sample(nodes, 2)) for _ in range(14)}
        for supplier, buyer in sorted(pairs):
            link(supplier, buyer, tenant, share=draw.choice([None, 0.1, 0.2, 0.3]))
    with acting(tenant):
        before = everything()
    standing, merges = list(nodes), []
    for _ in range(4):
        survivor, absorbed = draw.sample(standing, 2)
        standing.remove(absorbed)
        with acting(tenant):
            merges.append(merge_nodes(survivor, absorbed, act=Act(tenant.manager, NOW)).id)
    draw.shuffle(merges)

    for merge_id in merges:
        with acting(tenant):
            split_merge(merge_id, act=Act(tenant.manager, NOW))

    with acting(tenant):
        assert differences(before, everything()) == {}


def test_a_split_out_of_the_middle_is_as_if_that_merge_had_never_been(chain: UUID, tenant: Tenant):
    def build(names: list[str]) -> dict[str, UUID]:
        keys = {name: add(chain, name, tenant) for name in names}
        for name in names[:-1]:
            link(keys[name], keys[names[-1]], tenant, share=0.2)
        return keys

    with acting(tenant):
        keys = build(["A", "B", "C", "Buyer"])
        first = merge_nodes(keys["A"], keys["B"], act=Act(tenant.manager, NOW)).id
        merge_nodes(keys["A"], keys["C"], act=Act(tenant.manager, NOW))

        split_merge(first, act=Act(tenant.manager, NOW))
        db.session.expire_all()
        shares = dict(
            db.session.execute(
                select(SupplyLink.supplier_id, SupplyLink.share).where(
                    SupplyLink.archived_at.is_(None)
                )
            ).all()
        )
    assert shares == {keys["A"]: 0.4, keys["B"]: 0.2}


def test_nodes_that_no_list_has_shown_yet_are_merged_and_split_too(chain: UUID, tenant: Tenant):
    with acting(tenant):
        one, other = add(chain, "A", tenant), add(chain, "B", tenant)
        db.session.execute(delete(NodeSummary).execution_options(synchronize_session=False))
        merge = merge_nodes(one, other, act=Act(tenant.manager, NOW))
        db.session.execute(delete(NodeSummary).execution_options(synchronize_session=False))
        split_merge(merge.id, act=Act(tenant.manager, NOW))

        assert db.session.get(ValueChainNode, other).archived_at is None


def test_a_merge_tells_nobody_of_a_child_case(context: Flask):
    world = make_worlds(at=NOW)["acmeco"]
    absorbed, code = UUID(world.keys[OWN, "value_chain_node"]), world.keys[OWN, "case_code"]
    with acting(world.tenant):
        db.session.expunge_all()
        survivor = add(UUID(world.keys[OWN, "value_chain"]), "The one that stays", world.tenant)
        merge_nodes(survivor, absorbed, act=Act(world.tenant.analyst, NOW))
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "node:merge")
        ).one()
        told = db.session.scalars(
            select(AuditValue.value).where(AuditValue.event_id == event.id)
        ).all()
        sides = load_sides((survivor, absorbed))

    assert "case" not in f"{told} {event.leaf!r}".replace("node:merge", "").lower()
    assert code not in f"{told} {event.leaf!r} {sides}"


def test_a_merge_is_one_event_and_its_split_is_another(chain: UUID, tenant: Tenant):
    with acting(tenant):
        one, other = add(chain, "A", tenant), add(chain, "B", tenant)
        count = len(db.session.scalars(select(AuditEvent.id)).all())
        merge = merge_nodes(one, other, act=Act(tenant.manager, NOW))
        split_merge(merge.id, act=Act(tenant.manager, NOW))

        events = db.session.execute(
            select(AuditEvent.action, AuditEvent.target_id).order_by(AuditEvent.sequence)
        ).all()[count:]
    assert [tuple(event) for event in events] == [
        ("node:merge", str(one)),
        ("node:split", str(one)),
    ]


def test_findings_and_their_facts_move_and_the_counts_of_both_nodes_follow(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    world = make_world(tenant, other_tenant)
    finding_id = recorded(world, harm=Harm.ALLEGED)
    with acting(tenant):
        kept = add(world.chain_id, "Espoir farms", tenant)
        merge_nodes(kept, world.node_id, act=Act(tenant.manager, NOW))
    with acting(tenant):
        assert db.session.get(Finding, finding_id).node_id == kept
        assert set(db.session.scalars(select(RiskFact.node_id))) == {kept}
        counts = dict(
            db.session.execute(select(NodeSummary.node_id, NodeSummary.open_findings)).all()
        )
        assert (counts[kept], counts[world.node_id]) == (1, 0)


def test_an_action_that_came_after_the_merge_follows_its_finding_when_it_is_split(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    world = make_world(tenant, other_tenant)
    finding_id = recorded(world)
    with acting(tenant):
        kept = add(world.chain_id, "Espoir farms", tenant)
        merge = merge_nodes(kept, world.node_id, act=Act(tenant.manager, NOW))
    planned(world, finding_id)
    with acting(tenant):
        own = FindingFields(
            issue=Issue.CL, title="Of the other", description="Since.", source=FindingSource.AUDIT
        )
        findings.record(kept, own, act=Act(tenant.manager, NOW))
        split_merge(merge.id, act=Act(tenant.manager, NOW))
    with acting(tenant):
        places = dict(db.session.execute(select(Finding.title, Finding.node_id)).all())
        assert places.pop("Of the other") == kept
        assert set(places.values()) == {world.node_id}
        assert set(db.session.scalars(select(MitigationAction.node_id))) == {world.node_id}


def test_what_a_person_changed_on_the_survivor_stays_when_it_is_split(chain: UUID, tenant: Tenant):
    with acting(tenant):
        kept = add(chain, "A", tenant)
        gone = add(chain, "B", tenant, address="1 Road", country="CI")
        merge = merge_nodes(kept, gone, act=Act(tenant.manager, NOW))
        node = db.session.get(ValueChainNode, kept)
        assert (node.address, node.country) == ("1 Road", "CI")
        node.address = "2 Road"
        split_merge(merge.id, act=Act(tenant.manager, NOW))

        node = db.session.get(ValueChainNode, kept)
        assert (node.address, node.country) == ("2 Road", None)


def test_a_share_that_was_changed_since_stays_and_the_other_link_comes_back(
    chain: UUID, tenant: Tenant
):
    with acting(tenant):
        one, other, buyer = (add(chain, name, tenant) for name in "ABX")
        kept = link(one, buyer, tenant, share=0.2)
        gone = link(other, buyer, tenant, share=0.3)
        merge = merge_nodes(one, other, act=Act(tenant.manager, NOW))
        row = db.session.get(SupplyLink, kept, populate_existing=True)
        assert row.share == 0.5
        row.share = 0.9
        db.session.flush()
        value_chain.archive_node(buyer, act=Act(tenant.manager, NOW))
        split_merge(merge.id, act=Act(tenant.manager, NOW))

        assert db.session.get(SupplyLink, kept, populate_existing=True).share == 0.9
        back = db.session.get(SupplyLink, gone, populate_existing=True)
        assert (back.share, back.archived_at) == (0.3, NOW)  # its buyer is archived


def test_nodes_of_two_maps_archived_ones_and_one_with_itself_cannot_be_merged(
    chain: UUID, tenant: Tenant
):
    with acting(tenant):
        other_chain = value_chain.create_chain(
            "Cotton",
            own_business=None,
            act=Act(tenant.manager, NOW),
        )
        here, there = add(chain, "A", tenant), add(other_chain.id, "A", tenant)
        gone = add(chain, "Gone", tenant)
        value_chain.archive_node(gone, act=Act(tenant.manager, NOW))
        for one, other, words in (
            (here, there, "different maps"),
            (here, here, "one site already"),
            (here, gone, "no longer part of the map"),
            (gone, here, "no longer part of the map"),
        ):
            with pytest.raises(Conflict, match=words):
                merge_nodes(one, other, act=Act(tenant.manager, NOW))


def test_a_merge_is_split_once_and_only_while_the_survivor_stands(chain: UUID, tenant: Tenant):
    with acting(tenant):
        one, other = add(chain, "A", tenant), add(chain, "B", tenant)
        merge = merge_nodes(one, other, act=Act(tenant.manager, NOW))
        value_chain.archive_node(one, act=Act(tenant.manager, NOW))
        with pytest.raises(Conflict, match="is archived"):
            split_merge(merge.id, act=Act(tenant.manager, NOW))
        value_chain.restore_node(one, act=Act(tenant.manager, NOW))
        split_merge(merge.id, act=Act(tenant.manager, NOW))
        with pytest.raises(Conflict, match="split already"):
            split_merge(merge.id, act=Act(tenant.manager, NOW))


def test_source_records_are_told_through_several_merges(chain: UUID, tenant: Tenant):
    with acting(tenant):
        a, b, c = (add(chain, name, tenant) for name in "ABC")
        merge_nodes(b, c, act=Act(tenant.manager, NOW))
        merge_nodes(a, b, act=Act(tenant.manager, NOW))

        assert [(row.name, row.survivor_name) for row in list_sources(a)] == [
            ("C", "B"),
            ("B", "A"),
        ]
        assert [row.number for row in list_merges(chain)] == [2, 1]
        assert [row.number for row in list_merges(chain, before=2)] == [1]
        assert load_merged_refs(chain) == {"b": "a", "c": "a"}


def test_append_only_rows_move_along_a_merge_and_in_no_other_way(context: Flask):
    world = make_worlds(at=NOW)["acmeco"]
    node_id = UUID(world.keys[OWN, "value_chain_node"])
    with acting(world.tenant):
        db.session.expunge_all()
        elsewhere = add(UUID(world.keys[OWN, "value_chain"]), "Elsewhere", world.tenant)
    for values in ({"node_id": elsewhere}, {"scale": 1}, {"node_id": node_id, "scale": 1}):
        with acting_in(world.tenant.id):
            with pytest.raises(DBAPIError, match="append only: severity_judgement"):
                db.session.execute(
                    update(SeverityJudgement).values(**values),
                    execution_options={"synchronize_session": False},
                )
            db.session.rollback()


def test_merges_of_another_organisation_are_not_seen(
    chain: UUID, tenant: Tenant, other_tenant: Tenant
):
    with acting(tenant):
        one, other = add(chain, "A", tenant), add(chain, "B", tenant)
        merge_nodes(one, other, act=Act(tenant.manager, NOW))
    with acting(other_tenant):
        assert db.session.scalars(select(NodeMerge)).all() == []
        assert db.session.scalars(select(ValueChain)).all() == []
        assert list_sources(one) == []

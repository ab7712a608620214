"""What holds for any list that comes into any map: undo is the way back, and today is now."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.graph.queries.drafts import MapDrafts, load_drafts
from ddplatform.value_chain.history.queries.past import load_past
from ddplatform.value_chain.import_steps.services.undo import undo_import
from ddplatform.value_chain.imports.services.reading import read_files
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.models import MapImport, NodeSummary, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from supply_chain.intake.drafts import Mapping, NamedBytes
from tests.conftest import NOW
from tests.factories import Tenant
from tests.sampling import examples

pytestmark = pytest.mark.both_databases

SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(minutes=5)
refs = st.sampled_from("abc")  # few, so that the second list changes what the first said
NODE_HEADER = "id,name,country,address,region,kind,commodities,workers,duns,latitude,longitude"
LINK_HEADER = "supplier,buyer,share,flow_evidence,valid_to"
facts = st.tuples(
    st.sampled_from(["", "East", "West"]),
    st.sampled_from(["", "site", "business_entity"]),
    st.sampled_from(["", "cocoa", "cotton"]),
    st.sampled_from(["", "40", "50"]),
    st.sampled_from(["", "150483782"]),
    st.sampled_from([",", "6.1,-5.2"]),
).map(",".join)
nodes = st.dictionaries(
    refs,
    st.tuples(st.sampled_from(["Mill", "Farm"]), st.sampled_from(["CI", "GH", ""]), refs, facts),
    min_size=2,
)
flows = st.tuples(
    st.sampled_from(["", "0.1", "0.3"]),
    st.sampled_from(["", "confirmed", "possible"]),
    st.sampled_from(["", "2030-12-31"]),
).map(",".join)
links = st.dictionaries(
    st.tuples(refs, refs).filter(lambda ends: ends[0] != ends[1]), flows, min_size=1
)
lists = st.tuples(nodes, links)

Given = tuple[dict[str, tuple[str, str, str, str]], dict[tuple[str, str], str]]


def files_of(given_list: Given) -> tuple[NamedBytes, ...]:
    """Both tables as text; links to nodes that the list does not name are left out."""
    sites, ends = given_list
    rows = [
        f"{ref},{name} {ref},{country},{road} Road,{more}"
        for ref, (name, country, road, more) in sites.items()
    ]
    flow = [f"{s},{b},{said}" for (s, b), said in ends.items() if {s, b} <= sites.keys()]
    tables = {"nodes.csv": [NODE_HEADER, *rows]}
    if flow:
        tables["links.csv"] = [LINK_HEADER, *flow]
    return tuple(NamedBytes(name, "\n".join(text).encode()) for name, text in tables.items())


def bring_in(tenant: Tenant, name: str, given_list: Given, *, at: datetime) -> UUID:
    with acting_in(tenant.id):
        plan = plan_intake(name, files_of(given_list), Mapping())
        db.session.rollback()
    reading = read_files(plan)
    with unit_of_work(), acting_in(tenant.id):
        done = take_in(name, plan, reading, skip_faulty=False, act=Act(tenant.analyst, at))
        assert done.answer["applied"], done.answer
        chain = select(ValueChain.id).where(ValueChain.name == name).scalar_subquery()
        of_map = select(MapImport.id).where(MapImport.chain_id == chain, MapImport.created_at == at)
        return db.session.scalars(of_map).one()


def standing(tenant: Tenant, import_id: UUID) -> tuple[MapDrafts, dict[str, int | None]]:
    """The map of an import, and the tier of each node that stands in it."""
    with acting_in(tenant.id):
        chain_id = db.session.get_one(MapImport, import_id).chain_id
        drafts = load_drafts(chain_id)
        rows = db.session.execute(
            select(NodeSummary.node_id, NodeSummary.tier).where(NodeSummary.chain_id == chain_id)
        )
        tier_of = {row.node_id: row.tier for row in rows}
        today = load_drafts(chain_id, past=load_past(get_chain(chain_id), LATER.date()))
        db.session.rollback()
    assert (today.nodes, today.links) == (drafts.nodes, drafts.links), "as of today is as of now"
    return drafts, {node.id: tier_of[drafts.node_keys[node.id]] for node in drafts.nodes}


@pytest.mark.no_cover
@examples(15, one_world=True)
@given(lists, lists)
def test_an_import_that_is_undone_leaves_any_map_as_it_was(
    context: Flask, tenant: Tenant, first: Given, second: Given
) -> None:
    name = f"Map {uuid4()}"
    before, tiers = standing(tenant, bring_in(tenant, name, first, at=NOW))
    import_id = bring_in(tenant, name, second, at=SOON)
    with unit_of_work(), acting_in(tenant.id):
        undo_import(import_id, act=Act(tenant.analyst, LATER))
    after, tiers_after = standing(tenant, import_id)

    assert (after.nodes, after.links) == (before.nodes, before.links)
    assert tiers_after == tiers


def _in_one_step(tenant: Tenant, step: Callable[[], UUID]) -> UUID:
    with unit_of_work(), acting_in(tenant.id):
        return step()


def _two_of(import_id: UUID, draw: random.Random) -> list[UUID]:
    chain_id = db.session.get_one(MapImport, import_id).chain_id
    standing = db.session.scalars(
        select(ValueChainNode.id)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    return draw.sample(standing, 2)


def _merge_any(tenant: Tenant, import_id: UUID, draw: random.Random, *, at: datetime) -> UUID:
    survivor, absorbed = _two_of(import_id, draw)
    return merge_nodes(survivor, absorbed, act=Act(tenant.manager, at)).id


@pytest.mark.no_cover
@examples(15, one_world=True)
@given(lists, lists, st.integers(0, 10_000))
def test_an_import_whose_merges_are_all_split_again_is_undone_and_leaves_any_map_as_it_was(
    context: Flask, tenant: Tenant, first: Given, second: Given, seed: int
) -> None:
    draw, name = random.Random(seed), f"Map {uuid4()}"
    before, tiers = standing(tenant, bring_in(tenant, name, first, at=NOW))
    import_id = bring_in(tenant, name, second, at=SOON)
    fewest = len(standing(tenant, import_id)[0].nodes) - 1
    merges = [
        _in_one_step(
            tenant,
            lambda minute=n: _merge_any(
                tenant, import_id, draw, at=SOON + timedelta(seconds=1 + minute)
            ),
        )
        for n in range(min(3, fewest))
    ]
    draw.shuffle(merges)
    for merge_id in merges:
        with unit_of_work(), acting_in(tenant.id):
            split_merge(merge_id, act=Act(tenant.manager, LATER - timedelta(seconds=30)))
    with unit_of_work(), acting_in(tenant.id):
        undo_import(import_id, act=Act(tenant.analyst, LATER))
    after, tiers_after = standing(tenant, import_id)

    assert (after.nodes, after.links) == (before.nodes, before.links)
    assert tiers_after == tiers

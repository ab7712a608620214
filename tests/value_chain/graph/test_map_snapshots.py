"""The snapshot of a map: never newer or older than its version, made again when it is missing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import event, select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotPlace
from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.graph.queries import columns as map_columns
from ddplatform.value_chain.graph.queries import snapshots as map_snapshots
from ddplatform.value_chain.graph.queries.columns import BANDS, read_map
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.queries.snapshots import (
    MapSnapshot,
    coloured_by,
    load_snapshot,
    place_of,
)
from ddplatform.value_chain.graph.services.snapshots import keep_map
from ddplatform.value_chain.mapping.models import (
    NO_RANK,
    NodeSummary,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.merging.services import merge as node_merge
from supply_chain.risk.propagation import exposure
from supply_chain.risk.register_changes import order_of
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess, make_cocoa_map
from tests.stored_worlds import stored_world

LATER = NOW + timedelta(hours=1)


@stored_world
def cocoa(context: Flask, tenant: Tenant) -> CocoaMap:
    map_snapshots._cache.clear()
    return make_cocoa_map(tenant)


def look(tenant: Tenant, chain_id: UUID) -> MapSnapshot:
    """What a page that only reads sees, in a process that has nothing in memory."""
    map_snapshots._cache.clear()
    with acting_in(tenant.id):
        found = load_snapshot(get_chain(chain_id))
        finish(ok=False)
    return found


def place(tenant: Tenant, chain_id: UUID) -> SnapshotPlace:
    with acting_in(tenant.id):
        found = place_of(chain_id, get_chain(chain_id).version)
        finish(ok=False)
    return found


def statements_of(call: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    call()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


# ---- what it holds -----------------------------------------------------------------------------


def test_a_snapshot_says_what_the_database_says(cocoa: CocoaMap, tenant: Tenant):
    assess(tenant, cocoa.chain)
    first, again = look(tenant, cocoa.chain), look(tenant, cocoa.chain)
    with acting(tenant):
        graph, keys = load_with_keys(cocoa.chain)
        summaries = {row.node_id: row for row in db.session.scalars(select(NodeSummary))}
    for found in (first, again):
        assert tuple(found.keys) == keys
        assert tuple(found.graph.nodes.ids) == graph.nodes.ids
        assert tuple(found.graph.nodes.country) == graph.nodes.country
        assert found.graph.links.buyer.tolist() == graph.links.buyer.tolist()
        assert found.row_of[cocoa.farms] == keys.index(cocoa.farms)
        assert found.names[found.row_of[cocoa.exporter]] == "Lagune Export"
        assert [BANDS[band] for band in found.band] == [summaries[key].band for key in keys]
        assert order_of(found.rank).tolist() == [summaries[key].best_order for key in keys]
        assert found.missing[found.row_of[cocoa.exporter]] == pytest.approx(0.4)
        own = np.full((len(found.plan.order), 1), 0.5)
        assert exposure(found.plan, own).max() > 0.5
    worst = coloured_by(first, Issue.CL).band
    assert worst.tolist() == first.band_by_issue[:, 0].tolist()
    assert coloured_by(first, None) is first


def test_a_map_that_was_never_assessed_has_no_bands(cocoa: CocoaMap, tenant: Tenant):
    found = look(tenant, cocoa.chain)
    assert set(found.band.tolist()) == {len(BANDS) - 1}
    assert set(found.rank.tolist()) == {NO_RANK}


def test_a_node_that_came_after_the_run_is_not_assessed(cocoa: CocoaMap, tenant: Tenant):
    assess(tenant, cocoa.chain)
    with acting(tenant):
        added = value_chain.add_node(
            cocoa.chain,
            NodeFields(name="New site"),
            act=Act(tenant.analyst, LATER),
        ).id
    found = look(tenant, cocoa.chain)
    assert found.band[found.row_of[added]] == len(BANDS) - 1
    assert found.rank[found.row_of[added]] == NO_RANK
    assert found.rank[found.row_of[cocoa.farms]] < NO_RANK


def test_an_empty_map_has_a_snapshot_too(context: Flask, tenant: Tenant):
    with acting(tenant):
        chain = value_chain.create_chain(
            "Empty", own_business=None, act=Act(tenant.analyst, NOW)
        ).id
    for _ in range(2):
        assert len(look(tenant, chain).graph) == 0


# ---- where it comes from -----------------------------------------------------------------------


def test_an_assessment_leaves_the_snapshot_so_that_no_page_reads_the_map(
    cocoa: CocoaMap, tenant: Tenant
):
    assess(tenant, cocoa.chain)
    assert statements_of(lambda: look(tenant, cocoa.chain)) == 1  # the map's own row
    assert adapters().snapshots.is_whole(place(tenant, cocoa.chain))


def test_an_open_snapshot_is_used_again_without_a_look_at_the_disk(
    cocoa: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(map_snapshots, "KEPT", 1)
    first = look(tenant, cocoa.chain)
    with acting_in(tenant.id):
        assert load_snapshot(get_chain(cocoa.chain)) is first
        other = value_chain.create_chain("Other", own_business="B", act=Act(tenant.analyst, NOW))
        finish(ok=True)
        load_snapshot(other)
        assert load_snapshot(get_chain(cocoa.chain)) is not first
        finish(ok=False)


@pytest.mark.parametrize("name", ["snapshot.json", "small.npy"])
def test_a_missing_or_damaged_snapshot_is_made_again(
    cocoa: CocoaMap, tenant: Tenant, name: str, app: Flask
):
    assess(tenant, cocoa.chain)
    where = place(tenant, cocoa.chain)
    folder = Path(app.instance_path) / "snapshots" / tenant.id.hex / cocoa.chain.hex
    (folder / str(where.version) / "map" / name).write_bytes(b"damaged")
    assert adapters().snapshots.open(where) is None
    assert len(look(tenant, cocoa.chain).keys) == 3
    assert adapters().snapshots.is_whole(where)


def test_a_job_mends_a_snapshot_in_which_a_byte_changed(
    cocoa: CocoaMap, tenant: Tenant, app: Flask
):
    assess(tenant, cocoa.chain)
    where = place(tenant, cocoa.chain)
    folder = Path(app.instance_path) / "snapshots" / tenant.id.hex / cocoa.chain.hex
    path = folder / str(where.version) / "map" / "small.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")  # of the last array
    assert not adapters().snapshots.is_whole(where)
    assess(tenant, cocoa.chain, at=LATER)
    assert adapters().snapshots.is_whole(where)


def test_a_snapshot_of_another_method_or_release_is_not_used(
    cocoa: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    assess(tenant, cocoa.chain)
    basis = map_columns.basis()
    monkeypatch.setattr(map_snapshots, "basis", lambda: basis | {"parameters_sha256": "other"})
    monkeypatch.setattr(map_columns, "basis", lambda: basis | {"parameters_sha256": "other"})
    assert statements_of(lambda: look(tenant, cocoa.chain)) > 1
    assert statements_of(lambda: look(tenant, cocoa.chain)) == 1


def test_the_snapshot_of_another_organisation_is_never_opened(
    cocoa: CocoaMap, tenant: Tenant, other_tenant: Tenant
):
    assess(tenant, cocoa.chain)
    where = place(tenant, cocoa.chain)
    assert adapters().snapshots.open(replace(where, organisation_id=other_tenant.id)) is None


# ---- only what is committed --------------------------------------------------------------------


def test_what_is_not_committed_is_seen_by_its_own_unit_and_never_kept(
    cocoa: CocoaMap, tenant: Tenant
):
    class Stop(Exception):
        pass

    assess(tenant, cocoa.chain)
    before = place(tenant, cocoa.chain)
    with pytest.raises(Stop), acting(tenant):
        value_chain.add_node(cocoa.chain, NodeFields(name="Never"), act=Act(tenant.analyst, LATER))
        db.session.flush()
        found = load_snapshot(get_chain(cocoa.chain))
        assert "Never" in list(found.names)
        assert found.version == before.version + 1
        raise Stop
    assert adapters().snapshots.open(replace(before, version=before.version + 1)) is None
    assert "Never" not in list(look(tenant, cocoa.chain).names)


def test_a_map_that_changes_while_it_is_read_is_never_kept_half(
    cocoa: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    before = place(tenant, cocoa.chain)
    versions = iter(range(100, 200))
    monkeypatch.setattr(map_columns, "_version", lambda chain_id: next(versions))
    with acting_in(tenant.id):
        rows = read_map(cocoa.chain)
        finish(ok=False)
    assert not rows.is_steady
    keep_map(before, rows)
    assert len(look(tenant, cocoa.chain).keys) == 3
    for version in (before.version, *range(100, 120)):
        assert adapters().snapshots.open(replace(before, version=version)) is None


def test_a_newer_version_that_was_read_is_kept_as_what_it_is(
    cocoa: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    before = place(tenant, cocoa.chain)
    monkeypatch.setattr(map_columns, "_version", lambda chain_id: before.version + 1)
    assert look(tenant, cocoa.chain).version == before.version + 1
    assert not map_snapshots._cache
    assert adapters().snapshots.open(before) is None
    assert adapters().snapshots.open(replace(before, version=before.version + 1)) is not None


def test_only_the_newest_two_versions_stay_on_disk(cocoa: CocoaMap, tenant: Tenant):
    places = []
    for number in range(3):
        with acting(tenant):
            value_chain.add_node(
                cocoa.chain,
                NodeFields(name=f"Site {number}"),
                act=Act(tenant.analyst, LATER),
            )
        look(tenant, cocoa.chain)
        places.append(place(tenant, cocoa.chain))
    assert [adapters().snapshots.open(one) is not None for one in places] == [False, True, True]


# ---- every verb raises the version by one ------------------------------------------------------


def link_of(supplier: UUID) -> SupplyLink:
    return db.session.scalars(select(SupplyLink).where(SupplyLink.supplier_id == supplier)).one()


def node(chain_id: UUID, name: str, tenant: Tenant) -> UUID:
    wanted = NodeFields(name=name, country="CI")
    return value_chain.add_node(chain_id, wanted, act=Act(tenant.analyst, LATER)).id


Verb = Callable[[CocoaMap, Tenant], object]
BY_HAND: dict[str, list[Verb]] = {
    "a node is added": [lambda c, t: node(c.chain, "Site", t)],
    "a node is changed, archived and restored": [
        lambda c, t: value_chain.change_node(
            c.farms,
            NodeFields(name="New"),
            row_version=1,
            act=Act(t.analyst, LATER),
        ),
        lambda c, t: value_chain.archive_node(c.farms, act=Act(t.analyst, LATER)),
        lambda c, t: value_chain.restore_node(c.farms, act=Act(t.analyst, LATER)),
    ],
    "a link is added, changed, archived and restored": [
        lambda c, t: supply_links.add_link(
            c.farms,
            c.own,
            LinkFields(share=0.1),
            act=Act(t.analyst, LATER),
        ),
        lambda c, t: supply_links.change_link(
            link_of(c.exporter).id,
            LinkFields(share=0.5),
            row_version=1,
            act=Act(t.analyst, LATER),
        ),
        lambda c, t: supply_links.archive_link(link_of(c.exporter).id, act=Act(t.analyst, LATER)),
        lambda c, t: supply_links.restore_link(link_of(c.exporter).id, act=Act(t.analyst, LATER)),
    ],
    "two nodes become one and are split again": [
        lambda c, t: node_merge.merge_nodes(c.exporter, c.farms, act=Act(t.analyst, LATER)),
        lambda c, t: node_merge.split_merge(
            db.session.scalars(select(node_merge.NodeMerge.id)).one(),
            act=Act(t.analyst, LATER),
        ),
    ],
    "the map gets another name": [
        lambda c, t: value_chain.change_chain(
            c.chain,
            name="Chocolate",
            description="",
            act=Act(t.analyst, LATER),
        )
    ],
}


def state(chain_id: UUID) -> list[tuple[Any, ...]]:
    """All that a snapshot could hold of the nodes and links of a map."""
    rows: list[tuple[Any, ...]] = []
    for model in (ValueChainNode, SupplyLink):
        columns = [column for column in model.__table__.columns if column.name != "row_version"]
        found = db.session.execute(
            select(*(getattr(model, column.name) for column in columns)).order_by(model.id)
        )
        rows += [tuple(map(repr, row)) for row in found]
    return rows


@pytest.mark.parametrize("verbs", BY_HAND.values(), ids=list(BY_HAND))
def test_every_change_of_a_node_or_link_adds_one_in_its_own_transaction(
    cocoa: CocoaMap, tenant: Tenant, verbs: list[Verb]
):
    class Stop(Exception):
        pass

    def version() -> int:
        return db.session.scalars(
            select(ValueChain.version).where(ValueChain.id == cocoa.chain)
        ).one()

    for verb in verbs:
        with acting(tenant):
            before, was = version(), state(cocoa.chain)
        with pytest.raises(Stop), acting(tenant):
            verb(cocoa, tenant)
            db.session.flush()
            raise Stop
        with acting(tenant):
            assert (version(), state(cocoa.chain)) == (before, was)
            verb(cocoa, tenant)
        with acting(tenant):
            assert version() == before + 1
        assert look(tenant, cocoa.chain).version == before + 1

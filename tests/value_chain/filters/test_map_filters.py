"""A filter read from the columns of a map means the nodes that the database means by it."""

from random import Random
from uuid import UUID

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.countries.queries.volume import load_country_volume
from ddplatform.value_chain.filters.queries import filters as node_filters
from ddplatform.value_chain.filters.queries.filters import find_rows
from ddplatform.value_chain.filters.queries.snapshot_rows import find_in_columns
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.graph.queries.study import load_study
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.pictures.queries.views import view_map
from supply_chain.search.node_filter import NO_TIER, NOT_KNOWN, NodeFilter
from supply_chain.vocabulary import FlowEvidence, Issue, LinkKind, NodeKind, RiskBand
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess
from tests.sampling import examples
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases

NODES = 60
GOODS = ([], ["cocoa"], ["cocoa", "palm-oil"], ["Café “noir”"], ["COCOA"])
REUSED = examples(60, one_world=True)


@stored_world
def mills(context: Flask, tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map with sixty mills behind its exporter, some behind each other, assessed."""
    draw = Random(11)
    keys = [UUID(int=number + 1) for number in range(NODES)]
    nodes = [
        {
            "id": key,
            "chain_id": cocoa.chain,
            "external_ref": f"mill-{number:02}",
            "kind": draw.choice([NodeKind.SITE, NodeKind.BUSINESS_ENTITY]),
            "name": f"Mill {number}",
            "country": draw.choice(["CI", "GH", "VN", None]),
            "sector_ref": draw.choice(["own words", "C13", None]),
            "commodity_refs": draw.choice(GOODS),
            "created_at": NOW,
        }
        for number, key in enumerate(keys)
    ]
    links = [
        {
            "id": UUID(int=1000 + number),
            "chain_id": cocoa.chain,
            "supplier_id": key,
            "buyer_id": draw.choice([cocoa.exporter, *keys[:number]]),
            "kind": LinkKind.SUPPLIES,
            "share": draw.choice([None, 0.05, 0.4]),
            "flow_evidence": FlowEvidence.POSSIBLE,
            "created_at": NOW,
        }
        for number, key in enumerate(keys)
        if draw.random() < 0.8
    ]
    with acting(tenant):
        insert_rows(ValueChainNode, nodes)
        insert_rows(SupplyLink, links)
        chain = get_chain(cocoa.chain)
        chain.version += 1
        refresh_tiers(chain)
    assess(tenant, cocoa.chain)
    return cocoa


filters = st.builds(
    NodeFilter,
    country=st.sampled_from(["", "CI", "GH", "XX", NOT_KNOWN]),
    kind=st.sampled_from([None, NodeKind.SITE, NodeKind.INVESTEE]),
    sector=st.sampled_from(["", "", "own words", "C99", NOT_KNOWN]),
    commodity=st.sampled_from(["", "", "cocoa", "COCOA", "Café “noir”", "coco", NOT_KNOWN]),
    tier=st.sampled_from([None, None, 0, 1, 2, 3, 40, NO_TIER]),
    band=st.sampled_from(["", "", *RiskBand, NOT_KNOWN]),
    issue=st.sampled_from([None, None, Issue.CL, Issue.FL]),
    unknown_origin=st.sampled_from([False, False, True]),
)


@REUSED
@given(wanted=filters)
def test_whatever_is_asked_columns_and_database_mean_the_same_rows(
    mills: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, wanted: NodeFilter
):
    with acting_in(tenant.id):
        chain = get_chain(mills.chain)
        snapshot = load_snapshot(chain)
        in_columns = find_in_columns(chain, snapshot.version, wanted)
        with monkeypatch.context() as patched:
            patched.setattr(node_filters, "find_in_columns", lambda *_: None)
            asked = find_rows(snapshot, chain, wanted).rows
        finish(ok=False)
    is_first_issue = wanted.issue is not None and not wanted.band
    assert (in_columns is None) is is_first_issue
    assert is_first_issue or in_columns.tolist() == asked.tolist()


def columns_of(mills: CocoaMap, wanted: NodeFilter) -> int | None:
    """How many rows the columns mean; None where they cannot tell."""
    chain = get_chain(mills.chain)
    found = find_in_columns(chain, load_snapshot(chain).version, wanted)
    return None if found is None else len(found)


def test_tiers_and_bands_of_a_map_that_is_newer_than_its_run_are_asked_of_the_database(
    mills: CocoaMap, tenant: Tenant
):
    with acting_in(tenant.id):
        assert columns_of(mills, NodeFilter(tier=1))
        assert columns_of(mills, NodeFilter(band=NOT_KNOWN)) == 0
        finish(ok=False)
    with acting(tenant):
        get_chain(mills.chain).version += 1
        assert columns_of(mills, NodeFilter(country="CI")) is None  # not committed yet
    with acting_in(tenant.id):
        assert columns_of(mills, NodeFilter(country="CI"))
        assert columns_of(mills, NodeFilter(tier=1)) is None
        assert columns_of(mills, NodeFilter(band=NOT_KNOWN)) is None
        chain = get_chain(mills.chain)
        assert find_in_columns(chain, chain.version - 1, NodeFilter(country="CI")) is None
        finish(ok=False)


def test_a_map_without_a_run_has_no_bands_to_read(cocoa: CocoaMap, tenant: Tenant):
    with acting(tenant):
        chain = get_chain(cocoa.chain)
        chain.current_run_id, chain.version = None, chain.version + 1
    with acting_in(tenant.id):
        assert columns_of(cocoa, NodeFilter(tier=1)) is None
        finish(ok=False)


def test_what_a_country_delivers_under_a_filter_is_what_its_links_carry(
    mills: CocoaMap, tenant: Tenant
):
    with acting_in(tenant.id):
        chain = get_chain(mills.chain)
        study, draw = load_study(chain), Random(3)
        snapshot, flow = study.snapshot, study.flow
        every = range(len(snapshot.keys))
        for size in (0, 1, 9, 30, len(every)):
            rows = np.array(sorted(draw.sample(every, size)), dtype=np.int64)
            told = load_country_volume(chain, rows)
            for at, code in enumerate(snapshot.countries):
                asked = {row for row in rows.tolist() if snapshot.country[row] == at}
                assert told[at] == pytest.approx(_carried(study, asked, at), nan_ok=True), code
        whole = load_country_volume(chain, np.arange(len(every)))
        assert np.array_equal(load_country_volume(chain), whole, equal_nan=True)
        assert len(flow) > len(every)
        finish(ok=False)


def _carried(study, asked: set[int], country: int) -> float:
    """Link by link what these nodes of one country deliver; NaN where none is linked."""
    snapshot, flow = study.snapshot, study.flow
    start, (volume, _) = flow.start_of_business(), flow.volume_of_business
    links, total = flow.graph.links, 0.0
    for at in range(len(links)):
        supplier, buyer = int(links.supplier[at]), int(links.buyer[at])
        is_theirs = supplier in asked and buyer < len(snapshot.keys)
        if is_theirs and (snapshot.country[buyer] != country or start[buyer] > 0):
            total += volume[buyer] * flow.link_weight[at]
    is_linked = any(snapshot.lane[row] < snapshot.unlinked for row in asked)
    return min(total, 1.0) if is_linked or total > 0 else float("nan")


def test_sqlite_finds_a_commodity_in_small_letters_or_large_ones(mills: CocoaMap, tenant: Tenant):
    with acting_in(tenant.id):
        is_sqlite = db.engine.dialect.name == "sqlite"
        small, large = (
            columns_of(mills, NodeFilter(commodity=word)) for word in ("cocoa", "COCOA")
        )
        assert (small == large) is is_sqlite
        finish(ok=False)


def test_a_chain_of_many_thin_tiers_fits_a_desk_screen(cocoa: CocoaMap, tenant: Tenant):
    keys = [UUID(int=number + 1) for number in range(9)]
    behind = [cocoa.farms, *keys]
    nodes = [
        {
            "id": key,
            "chain_id": cocoa.chain,
            "external_ref": f"step-{number}",
            "kind": NodeKind.SITE,
            "name": f"Step {number}",
            "country": "CI",
            "created_at": NOW,
        }
        for number, key in enumerate(keys)
    ]
    links = [
        {
            "id": UUID(int=1000 + number),
            "chain_id": cocoa.chain,
            "supplier_id": key,
            "buyer_id": behind[number],
            "kind": LinkKind.SUPPLIES,
            "flow_evidence": FlowEvidence.POSSIBLE,
            "created_at": NOW,
        }
        for number, key in enumerate(keys)
    ]
    with acting(tenant):
        insert_rows(ValueChainNode, nodes[:3])
        insert_rows(SupplyLink, links[:3])
        few = view_map(load_snapshot(get_chain(cocoa.chain)))
        insert_rows(ValueChainNode, nodes[3:])
        insert_rows(SupplyLink, links[3:])
        many = view_map(load_snapshot(get_chain(cocoa.chain)))
    assert sorted(few.lanes) == [0, 1, 2, 3, 4, 5]
    assert not few.far
    assert sorted(many.lanes) == [0, 1, 2, 3, 4, 5]
    assert many.far == {5}
    assert many.lanes[5] == (7, 5)  # nodes, and those shown one by one

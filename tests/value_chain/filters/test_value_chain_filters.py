"""One set of filters for every view: the list, the map and what is chosen for many hold the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.filters.address import said_words
from ddplatform.value_chain.filters.queries import filters as node_filters
from ddplatform.value_chain.filters.queries.filters import KEY_INDEX, find_rows, list_meant
from ddplatform.value_chain.filters.queries.lists import PAGE_SIZE, NodeOrder, NodePage, list_nodes
from ddplatform.value_chain.filters.queries.names import find_named
from ddplatform.value_chain.filters.views import filter_query, read_filter
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.search.node_filter import ANY_EVENT, NO_TIER, NOT_KNOWN, Coverage, NodeFilter
from supply_chain.vocabulary import Issue, NodeKind, RiskBand
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases

COUNTRIES = ("CI", "GH", None)
REGIONS = ("Nawa", "Ashanti Region", None)
GROUPS = ("Cotton mills East", "100% own_mills", None)
TAGS = ((), ("cotton",), ("cotton", "high volume"), ("cot",))
STATES = ("sent", "accepted", None)


@stored_world
def mixed(context: Flask, tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map with sixty more nodes, each with some of what can be filtered by."""
    rows, draw = [], Random(7)
    for number in range(60):
        rows.append(
            {
                "id": UUID(int=number + 1),
                "chain_id": cocoa.chain,
                "external_ref": f"mill-{number}",
                "kind": draw.choice([NodeKind.SITE, NodeKind.BUSINESS_ENTITY]),
                "name": f"Mill {number}",
                "country": draw.choice(COUNTRIES),
                "region": draw.choice(REGIONS),
                "sector_ref": draw.choice(["own words", None]),
                "commodity_refs": draw.choice([[], ["cocoa"], ["cocoa", "palm-oil"]]),
                "tags": list(draw.choice(TAGS)),
                "group_name": draw.choice(GROUPS),
                "owner_id": draw.choice([tenant.analyst.user_id, tenant.manager.user_id, None]),
                "created_at": NOW,
            }
        )
    with acting(tenant):
        insert_rows(ValueChainNode, rows)
        refresh_tiers(get_chain(cocoa.chain))
    assess(tenant, cocoa.chain)
    with acting(tenant):
        for summary in db.session.scalars(select(NodeSummary).order_by(NodeSummary.node_id)):
            summary.questionnaire_status = draw.choice(STATES)
            summary.overdue_actions = draw.choice([0, 2])
            summary.confidence, summary.grade = draw.choice(KNOWN)
            summary.band = draw.choice([*RiskBand, None])
            summary.top_issue = draw.choice([Issue.CL.value, Issue.FL.value, None])
        for node in db.session.scalars(select(ValueChainNode).order_by(ValueChainNode.id)):
            is_mill = node.external_ref.startswith("mill-") and node.external_ref != "mill-17"
            if is_mill and draw.random() < 0.2:
                node.archived_at = NOW + timedelta(hours=1)
    return cocoa


KNOWN: Sequence[tuple[float | None, str | None]] = [
    (None, None), (0.1, None), (None, "E"), (0.55, None), (None, "C"), (0.9, None), (None, "A"),
]  # fmt: skip
"""What a run under either method says of how much is known."""
ASKED: Sequence[tuple[NodeFilter, Callable[[ValueChainNode, NodeSummary], object]]] = [
    (NodeFilter(country="CI"), lambda n, s: n.country == "CI"),
    (NodeFilter(country=NOT_KNOWN), lambda n, s: n.country is None),
    (NodeFilter(region="ashanti"), lambda n, s: n.region == "Ashanti Region"),
    (NodeFilter(region=NOT_KNOWN), lambda n, s: n.region is None),
    (NodeFilter(tier=1), lambda n, s: s.tier == 1),
    (NodeFilter(tier=NO_TIER), lambda n, s: s.tier is None),
    (NodeFilter(band=RiskBand.CRITICAL), lambda n, s: s.band == RiskBand.CRITICAL),
    (NodeFilter(band=RiskBand.HIGH), lambda n, s: s.band == RiskBand.HIGH),
    (NodeFilter(band=NOT_KNOWN), lambda n, s: s.band is None),
    (NodeFilter(issue=Issue.CL), lambda n, s: s.top_issue == Issue.CL.value),
    (NodeFilter(commodity="cocoa"), lambda n, s: "cocoa" in n.commodity_refs),
    (NodeFilter(commodity=NOT_KNOWN), lambda n, s: not n.commodity_refs),
    (NodeFilter(kind=NodeKind.SITE), lambda n, s: n.kind == NodeKind.SITE),
    (NodeFilter(sector=NOT_KNOWN), lambda n, s: n.sector_ref is None),
    (NodeFilter(tag="cotton"), lambda n, s: "cotton" in n.tags),
    (NodeFilter(tag="cot"), lambda n, s: "cot" in n.tags),
    (NodeFilter(tag=NOT_KNOWN), lambda n, s: not n.tags),
    (NodeFilter(group="100% own_mills"), lambda n, s: n.group_name == "100% own_mills"),
    (NodeFilter(group=NOT_KNOWN), lambda n, s: n.group_name is None),
    (NodeFilter(owner=NOT_KNOWN), lambda n, s: n.owner_id is None),
    (NodeFilter(coverage=Coverage.GOOD), lambda n, s: s.confidence == 0.9 or s.grade == "A"),
    (NodeFilter(coverage=Coverage.FAIR), lambda n, s: s.confidence == 0.55 or s.grade == "C"),
    (NodeFilter(coverage=Coverage.POOR), lambda n, s: s.confidence == 0.1 or s.grade == "E"),
    (NodeFilter(coverage=Coverage.NONE), lambda n, s: s.confidence is None and s.grade is None),
    (NodeFilter(questionnaire="sent"), lambda n, s: s.questionnaire_status == "sent"),
    (NodeFilter(questionnaire=NOT_KNOWN), lambda n, s: s.questionnaire_status is None),
    (NodeFilter(overdue=True), lambda n, s: s.overdue_actions > 0),
    (NodeFilter(q="mill 1"), lambda n, s: n.name.startswith("Mill 1")),
    (NodeFilter(q="mill-17"), lambda n, s: n.external_ref == "mill-17"),
    (NodeFilter(event=ANY_EVENT), lambda n, s: False),
    (
        NodeFilter(country="CI", tag="cotton", overdue=True),
        lambda n, s: n.country == "CI" and "cotton" in n.tags and s.overdue_actions > 0,
    ),
]


def shown_in_list(chain_id: UUID, wanted: NodeFilter) -> list[UUID]:
    found: list[UUID] = []
    after = None
    while True:
        page = list_nodes(chain_id, wanted, order=NodeOrder.RISK, after=after, limit=7)
        found += [row.id for row in page.rows]
        if page.after is None:
            return found
        after = UUID(page.after)


def shown_on_map(chain_id: UUID, wanted: NodeFilter) -> set[UUID]:
    chain = get_chain(chain_id)
    snapshot = load_snapshot(chain)
    return {snapshot.keys[row] for row in find_rows(snapshot, chain, wanted).rows.tolist()}


def everything(chain_id: UUID) -> list[tuple[ValueChainNode, NodeSummary]]:
    rows = db.session.execute(
        select(ValueChainNode, NodeSummary)
        .join(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.chain_id == chain_id)
    )
    return [(node, summary) for node, summary in rows]


def test_each_filter_shows_the_same_nodes_in_the_list_and_on_the_map(
    mixed: CocoaMap, tenant: Tenant
):
    with acting(tenant):
        world = everything(mixed.chain)
        for wanted, fits in ASKED:
            expected = {n.id for n, s in world if n.archived_at is None and fits(n, s)}
            listed = shown_in_list(mixed.chain, wanted)
            assert sorted(listed) == sorted(expected), wanted
            assert shown_on_map(mixed.chain, wanted) == expected, wanted
            assert set(list_meant(mixed.chain, wanted, limit=100)) == expected, wanted
            assert wanted.event or expected, f"{wanted} meets nobody here"


def test_a_band_of_one_issue_and_an_unknown_origin_are_read_from_the_map(
    mixed: CocoaMap, tenant: Tenant
):
    with acting(tenant):
        snapshot = load_snapshot(get_chain(mixed.chain))
        bands = snapshot.band_by_issue[:, list(Issue).index(Issue.FL)]
        for band in (*RiskBand, NOT_KNOWN):
            place = BANDS.index(None if band == NOT_KNOWN else RiskBand(band))
            expected = {snapshot.keys[row] for row in (bands == place).nonzero()[0].tolist()}
            wanted = NodeFilter(issue=Issue.FL, band=band)
            assert set(shown_in_list(mixed.chain, wanted)) == expected
            assert shown_on_map(mixed.chain, wanted) == expected
        blind = NodeFilter(unknown_origin=True, country="GH")
        expected = {
            snapshot.keys[row]
            for row, country in enumerate(snapshot.graph.nodes.country)
            if country == "GH" and snapshot.missing[row] == snapshot.missing[row]
        }
        assert shown_on_map(mixed.chain, blind) == expected != set()
        assert set(shown_in_list(mixed.chain, blind)) == expected


def test_who_is_called_nothing_like_it_is_found_by_likeness(mixed: CocoaMap, tenant: Tenant):
    with acting(tenant):
        page = list_nodes(mixed.chain, NodeFilter(q="lagune exprot"))
        assert [row.id for row in page.rows] == [mixed.exporter]
        assert page.is_like
        assert shown_on_map(mixed.chain, NodeFilter(q="lagune exprot")) == {mixed.exporter}
        assert not list_nodes(mixed.chain, NodeFilter(q="lagune export")).is_like


@pytest.mark.parametrize("few", [500, 1])
def test_a_text_means_those_who_have_it_and_whose_id_it_is_few_or_many(
    mixed: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(node_filters, "FEW", few)
    with acting(tenant):
        nodes = [n for n, _ in everything(mixed.chain) if n.archived_at is None]
        nodes[0].external_ref = "LaGu"
        for node in nodes[1:6]:
            node.name = f"Mill 100%_LAGU {node.external_ref}"
        db.session.flush()
        for text in ("lagu", "LaGu", "100%_l", "%", "nobody is called so"):
            expected = {
                n.id for n in nodes if text.lower() in n.name.lower() or n.external_ref == text
            }
            page = list_nodes(mixed.chain, NodeFilter(q=text))
            if expected:
                assert {row.id for row in page.rows} == expected
                assert (page.total, page.is_like) == (len(expected), False)
                assert shown_on_map(mixed.chain, NodeFilter(q=text)) == expected
            else:
                assert page.is_like or not page.rows


@pytest.mark.parametrize("few", [500, 3])
def test_a_text_is_read_from_a_snapshot_that_is_there_as_the_database_reads_it(
    mixed: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(node_filters, "FEW", few)
    with acting(tenant):
        nodes = [n for n, _ in everything(mixed.chain) if n.archived_at is None]
        nodes.sort(key=lambda node: node.id)
        for node in nodes[:5]:
            node.name = f"Mill 100%_LAGU {node.external_ref}"
        nodes[6].external_ref, nodes[7].name = "LAGU", "Sömill"
        get_chain(mixed.chain).version += 1
        names = {n.id: (n.name, n.external_ref) for n in nodes}
    with acting_in(tenant.id):
        is_sqlite = db.engine.dialect.name == "sqlite"
        assert find_named(mixed.chain, "lagu", most=9) is None  # nobody waits for a snapshot
        load_snapshot(get_chain(mixed.chain))
        assert (find_named(mixed.chain, "lagu", most=9) is not None) is is_sqlite
        for text in ("LAGU", "100%_l", "%", "mill", "ö", "mill-3"):
            expected = {
                key
                for key, (name, ref) in names.items()
                if text.lower() in name.lower() or ref == text
            }
            page = list_nodes(mixed.chain, NodeFilter(q=text), limit=100)
            assert {row.id for row in page.rows} == expected
            assert page.total == len(expected)
        finish(ok=False)


def _pages(chain_id: UUID, order: NodeOrder, limit: int) -> list[NodePage]:
    """All pages of a text, from the first on."""
    pages = [list_nodes(chain_id, NodeFilter(q="mill"), order=order, limit=limit)]
    while after := pages[-1].after:
        more = {"after": UUID(after), "limit": limit, "order": order}
        pages.append(list_nodes(chain_id, NodeFilter(q="mill"), **more))
    return pages


@pytest.mark.rotates(on="postgresql")
@pytest.mark.parametrize("order", NodeOrder)
@pytest.mark.parametrize("many", [2_000, 2])
def test_pages_of_a_text_go_on_and_back_as_the_whole_list_does(
    mixed: CocoaMap, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, many: int, order: NodeOrder
):
    monkeypatch.setattr(node_filters, "FEW", 1)
    monkeypatch.setattr(node_filters, "MANY", many)
    with acting(tenant):
        nodes = [n for n, _ in everything(mixed.chain) if n.archived_at is None]
        for node, name in zip(
            nodes, ("mill b", "Mill É", "Mill B", "A mill", "mill b"), strict=False
        ):
            node.name = name
        get_chain(mixed.chain).version += 1
    with acting_in(tenant.id):
        load_snapshot(get_chain(mixed.chain))
        whole = list_nodes(mixed.chain, NodeFilter(), order=order, limit=1_000).rows
        expected = [row.id for row in whole if "mill" in row.name.lower()]
        pages = _pages(mixed.chain, order, 20)
        assert [row.id for page in pages for row in page.rows] == expected
        assert len(expected) >= 5 and {page.total for page in pages} == {len(expected)}
        for before, page in pairwise(pages):
            cursor = UUID(page.before or "")
            back = list_nodes(
                mixed.chain, NodeFilter(q="mill"), order=order, before=cursor, limit=20
            )
            assert replace(back, before=None) == replace(before, before=None)
        others = [(at, row.id) for at, row in enumerate(whole) if row.id not in expected]
        for at, other in others[:4]:  # a cursor of another list
            found = list_nodes(mixed.chain, NodeFilter(q="mill"), order=order, after=other).rows
            behind = [row.id for row in whole[at:] if row.id in expected]
            assert [row.id for row in found] == behind[:PAGE_SIZE]
        finish(ok=False)


def test_the_index_that_statements_name_is_the_one_on_organisation_and_key(context: Flask):
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            columns = connection.exec_driver_sql(f"PRAGMA index_info({KEY_INDEX})").all()
        assert [column[2] for column in columns] == ["organisation_id", "id"]


def test_what_left_the_map_is_listed_only_when_asked_for(mixed: CocoaMap, tenant: Tenant):
    with acting(tenant):
        gone = {n.id for n, _ in everything(mixed.chain) if n.archived_at is not None}
        assert set(shown_in_list(mixed.chain, NodeFilter(archived=True))) == gone != set()
        assert shown_on_map(mixed.chain, NodeFilter(archived=True)) == set()
        assert len(shown_on_map(mixed.chain, NodeFilter())) == 63 - len(gone)


def everything_set(tenant: Tenant) -> NodeFilter:
    return NodeFilter(
        q="müller & söhne",
        country="CI",
        region="Nawa",
        tier=NO_TIER,
        issue=Issue.CL,
        band=RiskBand.HIGH,
        commodity="cocoa",
        kind=NodeKind.SITE,
        sector="own words",
        owner=tenant.analyst.user_id,
        tag="high volume",
        group="Cotton mills East",
        coverage=Coverage.POOR,
        questionnaire="sent",
        overdue=True,
        unknown_origin=True,
        event=UUID(int=5),
        archived=True,
    )


def test_an_address_says_a_filter_and_gives_it_back(context: Flask, tenant: Tenant):
    for wanted in (NodeFilter(), everything_set(tenant), *(one for one, _ in ASKED)):
        assert read_filter(MultiDict(filter_query(wanted))) == wanted
    assert len(filter_query(everything_set(tenant))) == 18


@pytest.mark.parametrize(
    "query",
    [
        {"tier": "many", "band": "purple", "issue": "ISS-ZZ", "kind": "moon", "archived": "yes"},
        {"owner": "me", "event": "flood", "coverage": "all", "questionnaire": "lost"},
        {"overdue": "0", "unknown_origin": "true", "q": "   ", "tag": "|,", "nothing": "1"},
    ],
)
def test_what_an_address_does_not_know_filters_nothing(query: dict[str, str]):
    assert read_filter(MultiDict(query)) == NodeFilter()


def test_each_filter_is_told_in_words(mixed: CocoaMap, tenant: Tenant):
    with acting(tenant):
        words = said_words(filter_query(everything_set(tenant)))
    assert words["owner"] == "Owner: Analyst of acme"
    assert words["issue"] == "Band of: Child labour below the minimum age"
    assert words["event"] == "In the area of an event that is not known"
    assert all(words.values())


def statements_of(call: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    call()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_no_filter_costs_more_than_a_few_statements(mixed: CocoaMap, tenant: Tenant):
    with acting(tenant):
        chain = get_chain(mixed.chain)
        snapshot = load_snapshot(chain)
        for wanted, _ in ASKED:
            assert statements_of(lambda asked=wanted: list_nodes(mixed.chain, asked)) <= 3, wanted
            assert statements_of(lambda asked=wanted: find_rows(snapshot, chain, asked)) <= 3


@pytest.mark.rotates(on="postgresql")
@pytest.mark.parametrize("few", [500, 1])
@pytest.mark.parametrize("order", NodeOrder)
def test_a_page_far_behind_costs_no_more_whether_few_or_many_are_meant(
    mixed: CocoaMap,
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    order: NodeOrder,
):
    monkeypatch.setattr(node_filters, "FEW", few)
    with acting(tenant):
        chain = get_chain(mixed.chain)  # each page has it before it lists
        texts = [NodeFilter(q="mill"), NodeFilter(q="mill", tier=NO_TIER)]
        for wanted in (*texts, NodeFilter(tier=NO_TIER), NodeFilter(country="GH")):
            first = list_nodes(chain.id, wanted, order=order, limit=1)
            assert first.after is not None, wanted
            page = partial(
                list_nodes, chain.id, wanted, order=order, after=UUID(first.after), limit=1
            )
            assert statements_of(page) <= 3, wanted
            assert page().total == first.total > 1

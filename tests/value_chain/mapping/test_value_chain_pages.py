"""The pages of the value chain, through a browser without scripts."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.countries.views import sites as site_views
from ddplatform.value_chain.graph.services import tiers
from ddplatform.value_chain.mapping.models import NodeSummary, SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries import maps as queries
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind, RiskBand
from tests.approved import add_confirmed
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import _work as do_jobs

BASE = "/o/acme/value-chain"
LATER = NOW + timedelta(minutes=1)


_running: list[Flask] = []


@pytest.fixture(autouse=True)
def running(app: Flask) -> Iterator[None]:
    """The application of this test; requests must not share a context with the test itself."""
    _running[:] = [app]
    yield
    _running.clear()


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with _running[0].app_context(), unit_of_work(), acting_in(tenant.id):
        yield


def work() -> None:
    """Do the queued jobs."""
    with _running[0].app_context():
        do_jobs()


@stored_world
def chain_id(running: None, tenant: Tenant) -> UUID:
    """Farms -> cooperative -> own business, with a part of the input not mapped."""
    with acting(tenant):
        chain = value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        )
        own = queries.find_own_business(chain.id)
        assert own is not None
        coop = _add(tenant, chain.id, "Coop Espoir", country="CI", region="Nawa")
        farm = _add(tenant, chain.id, "=Farm <1>", country="CI", kind=NodeKind.SITE)
        _link(tenant, coop, own.id, 0.4)
        _link(tenant, farm, coop, None)
        return chain.id


def _add(tenant: Tenant, chain_id: UUID, name: str, **more: object) -> UUID:
    fields = NodeFields(name=name, **more)  # type: ignore[arg-type]
    return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def _link(tenant: Tenant, supplier: UUID, buyer: UUID, share: float | None) -> UUID:
    fields = LinkFields(share=share)
    return add_confirmed(supplier, buyer, fields, act=Act(tenant.analyst, NOW)).id


def _id(tenant: Tenant, name: str) -> UUID:
    with acting(tenant):
        found = db.session.scalar(select(ValueChainNode.id).where(ValueChainNode.name == name))
    assert found is not None
    return found


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def _post(client: FlaskClient, page: str, data: dict[str, object], to: str = ""):  # type: ignore[no-untyped-def]
    return client.post(to or page, data={"csrf_token": csrf_token(client, page), **data})


def test_first_day_offers_import_by_hand_and_a_sample_file(tenant: Tenant, analyst: FlaskClient):
    page = analyst.get(f"{BASE}/").text

    assert "No map yet" in page
    assert "Import a list of suppliers" in page
    assert "by hand" in page
    assert "samples/supplier-list.csv" in page


def test_new_map_leads_to_its_page_or_on_to_the_upload(tenant: Tenant, analyst: FlaskClient):
    data = {"name": "Tea", "own_business": "Acme", "country": "FR", "description": ""}
    made = _post(analyst, f"{BASE}/new", data)
    assert analyst.get(made.location).status_code == 200
    again = _post(analyst, f"{BASE}/new", data)
    assert again.status_code == 409
    assert "exists" in again.text
    onward = _post(analyst, f"{BASE}/new?next=import", {**data, "name": "Coffee"})

    assert onward.location.endswith("/imports/new")
    assert "Coffee" in analyst.get(f"{BASE}/").text


def test_map_shows_boxes_links_unknown_origin_and_the_same_as_a_table(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    page = analyst.get(f"{BASE}/{chain_id}/")

    assert page.status_code == 200
    assert page.text.count('<g class="n') == 6
    assert "Origin not mapped" in page.text
    assert "60% of the input" in page.text
    assert "=Farm &lt;1&gt;" in page.text
    assert "Same view as a table" in page.text
    assert "Tier 2" in page.text


def test_focus_opens_the_panel_and_marks_the_way_to_the_own_business(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    farm = _id(tenant, "=Farm <1>")
    page = analyst.get(f"{BASE}/{chain_id}/?focus={farm}&depth=1&show=upstream").text
    assert 'id="panel"' in page
    assert 'aria-current="true"' in page
    assert "Maison Cacao</text>" not in page

    whole = analyst.get(f"{BASE}/{chain_id}/?focus={farm}").text
    assert whole.count('class="e on') == 2
    panel = analyst.get(f"{BASE}/nodes/{farm}?part=panel")
    assert panel.headers["Vary"] == "X-Part"
    assert panel.text.lstrip().startswith("<aside")
    for odd in ("focus=nonsense", f"focus={uuid4()}", "open=x&open=1.CI:a&open=1.CI", "depth=99"):
        assert analyst.get(f"{BASE}/{chain_id}/?{odd}").status_code == 200


def _fill(tenant: Tenant, chain_id: UUID, count: int) -> None:
    """Many direct suppliers in five countries, with bands."""
    with acting(tenant):
        chain = queries.get_chain_for_change(chain_id)
        own = queries.find_own_business(chain_id)
        assert own is not None
        keys = [uuid4() for _ in range(count)]
        insert_rows(
            ValueChainNode,
            [
                {
                    "id": key,
                    "chain_id": chain_id,
                    "external_ref": f"n{at:06}",
                    "kind": NodeKind.SITE,
                    "name": f"Supplier {at:06}",
                    "country": ("CI", "GH", "VN", "IN", None)[at % 5],
                    "commodity_refs": [],
                    "own_operation": False,
                    "external_ids": {},
                    "attributes": {},
                    "version": 1,
                    "created_at": NOW,
                }
                for at, key in enumerate(keys)
            ],
        )
        insert_rows(
            SupplyLink,
            [
                {
                    "id": uuid4(),
                    "chain_id": chain_id,
                    "supplier_id": key,
                    "buyer_id": own.id,
                    "kind": LinkKind.SUPPLIES,
                    "flow_evidence": FlowEvidence.POSSIBLE,
                    "version": 1,
                    "created_at": NOW,
                }
                for key in keys
            ],
        )
        chain.version += 1
        tiers.refresh_tiers(chain)


def test_large_tier_is_grouped_by_country_and_opens_ten_at_a_time(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    _fill(tenant, chain_id, 300)
    page = analyst.get(f"{BASE}/{chain_id}/").text
    assert "Ghana" in page
    assert "Country not known" in page
    assert "Open 10 of 60" in page
    assert page.count('<g class="n') < 20

    opened = analyst.get(f"{BASE}/{chain_id}/?open=1.GH:10").text
    assert opened.count("Supplier 0") > 20
    assert "Show next 10" in opened
    assert "Open groups" in opened
    most = analyst.get(
        f"{BASE}/{chain_id}/?" + "&".join(f"open=1.{c}:999" for c in ("GH", "CI", "VN", "IN", "--"))
    ).text
    assert most.count('<g class="n') <= 250


def test_surroundings_of_a_hub_are_bounded_with_the_rest_in_one_box(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    _fill(tenant, chain_id, 300)
    own = _id(tenant, "Maison Cacao")
    page = analyst.get(f"{BASE}/{chain_id}/?focus={own}").text

    assert page.count('<g class="n') < 20
    assert "291 more" in page
    assert "281 more" in analyst.get(f"{BASE}/{chain_id}/?focus={own}&open=1.more:20").text


@pytest.mark.parametrize("sort", ["name", "country", "risk", "tier"])
def test_pages_of_the_table_reach_every_node_once_in_every_order(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient, sort: str
):
    _fill(tenant, chain_id, 120)
    seen: list[str] = []
    address: str | None = f"{BASE}/{chain_id}/table?sort={sort}"
    back = ""
    while address:
        page = analyst.get(address).text
        seen += re.findall(r'<th scope="row"><a href="/o/acme/value-chain/nodes/([\w-]+)"', page)
        found = re.search(r'<a href="([^"]+)" rel="next"', page)
        earlier = re.search(r'<a href="([^"]+)" rel="prev"', page)
        back = earlier.group(1).replace("&amp;", "&") if earlier else back
        address = found.group(1).replace("&amp;", "&") if found else None

    assert len(seen) == len(set(seen)) == 123
    page = analyst.get(back).text
    before = re.findall(r'<th scope="row"><a href="/o/acme/value-chain/nodes/([\w-]+)"', page)
    assert before == seen[50:100]


def test_table_is_filtered_by_every_column_and_the_filter_stays_in_the_address(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    with acting(tenant):
        coop = queries.get_node_by_ref(chain_id, "coop-espoir")
        assert coop is not None
        summary = queries.get_summary(coop.id)
        assert summary is not None
        summary.band, summary.best_order = RiskBand.CRITICAL, 1
        coop.sector_ref = "cocoa_farming"
    for query, shown in (
        ("q=espoir", {"Coop Espoir"}),
        ("q=coop-espoir", {"Coop Espoir"}),
        ("q=%25", set()),
        ("country=FR", {"Maison Cacao"}),
        ("country=none", set()),
        ("kind=site", {"=Farm &lt;1&gt;"}),
        ("tier=2", {"=Farm &lt;1&gt;"}),
        ("band=critical", {"Coop Espoir"}),
        ("band=none", {"Maison Cacao", "=Farm &lt;1&gt;"}),
        ("sector=cocoa_farming", {"Coop Espoir"}),
        ("archived=1", set()),
        (
            "kind=odd&tier=x&band=odd&sort=odd&after=odd",
            {"Maison Cacao", "Coop Espoir", "=Farm &lt;1&gt;"},
        ),
    ):
        page = analyst.get(f"{BASE}/{chain_id}/table?{query}").text
        rows = set(re.findall(r'<th scope="row"><a [^>]+><bdi>([^<]+)</bdi>', page))
        assert rows == shown, query
    assert "Critical" in analyst.get(f"{BASE}/{chain_id}/table?sort=risk").text


def test_matrix_counts_nodes_by_tier_and_country(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    page = analyst.get(f"{BASE}/{chain_id}/matrix").text

    assert "Côte d’Ivoire" in page or "Côte d'Ivoire" in page
    assert "country=CI" in page
    assert "tier=2" in page


def _statements(client: FlaskClient, address: str) -> list[str]:
    seen: list[str] = []

    with _running[0].app_context():
        engine = db.engine

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            seen.append(statement)

    assert client.get(address).status_code == 200  # the first page after sign-in renews the session
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def _dots(page: str) -> tuple[str, str]:
    """Addresses of the file of the dots, and of the way from a dot to its site."""
    found = re.search(r'data-points="([^"]+)" data-site="([^"]+)"', page)
    assert found
    return unescape(found.group(1)), unescape(found.group(2))


def test_all_sites_are_dots_that_lead_to_their_sites_and_numbers_in_a_table(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    page = analyst.get(f"{BASE}/{chain_id}/all").text
    points, site = _dots(page)
    file = analyst.get(points)
    count = int.from_bytes(file.data[:4], "little")
    led_to = {analyst.get(f"{site}&dot={place}").location for place in range(count)}
    again = analyst.get(points, headers={"If-None-Match": file.headers["ETag"]})

    assert "Côte d’Ivoire" in page
    assert ">1</a>" in page
    assert len(file.data) == 4 + 5 * 3 + 4
    assert led_to == {
        f"{BASE}/nodes/{_id(tenant, name)}" for name in ("Maison Cacao", "Coop Espoir", "=Farm <1>")
    }
    assert again.status_code == 304
    assert analyst.get(points.split("?")[0]).data == file.data
    assert analyst.get(f"{site}&dot=3").status_code == 404
    assert analyst.get(f"{site}&dot=x").status_code == 404


def test_dots_of_a_page_opened_before_a_change_lead_nowhere_wrong(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    points, site = _dots(analyst.get(f"{BASE}/{chain_id}/all?colour=highest").text)
    with acting(tenant):
        _add(tenant, chain_id, "Another")

    assert analyst.get(f"{site}&dot=0").status_code == 409
    assert analyst.get(points).status_code == 409
    assert "4 sites" in analyst.get(f"{BASE}/{chain_id}/all").text


def test_drawings_of_few_maps_are_kept_and_the_farthest_tiers_share_a_column(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(site_views, "KEPT", 1)
    monkeypatch.setattr(site_views, "MOST_COLUMNS", 2)
    site_views._kept.clear()
    for colour in ("CL", "highest", "CL"):
        page = analyst.get(f"{BASE}/{chain_id}/all?colour={colour}").text
    file = analyst.get(_dots(page)[0]).data

    assert len(site_views._kept) == 1
    assert "<span>From tier 1</span><span>Own business</span>" in page
    assert sorted(kind >> 3 for kind in file[-7:-4]) == [0, 0, 1]  # two tiers, then the business


def test_table_page_asks_at_most_six_statements_at_1000_and_at_20000_nodes(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    _fill(tenant, chain_id, 1_000)
    address = f"{BASE}/{chain_id}/table?country=GH"
    small = _statements(analyst, address)
    with acting(tenant):
        other = value_chain.create_chain("Big", own_business="Us", act=Act(tenant.analyst, NOW)).id
    _fill(tenant, other, 20_000)
    large = _statements(analyst, f"{BASE}/{other}/table?country=GH")

    assert [text.split(" WHERE")[0] for text in small] == [
        text.split(" WHERE")[0] for text in large
    ]
    assert len(small) <= 6


def test_search_finds_nodes_of_all_maps(tenant: Tenant, chain_id: UUID, analyst: FlaskClient):
    def found(query: str) -> str:
        return analyst.get(f"{BASE}/search{query}", follow_redirects=True).text

    assert "Matches the name" in found("?q=espoir")
    assert "Matches the name" not in found("?q=nowhere")
    assert "Name, id or words" in found("")


def test_node_page_tells_facts_links_unknown_share_and_history(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    page = analyst.get(f"{BASE}/nodes/{_id(tenant, 'Maison Cacao')}").text
    assert "60% of its input comes from an origin that is not in the map" in page
    assert "Coop Espoir" in page
    page = analyst.get(f"{BASE}/nodes/{_id(tenant, 'Coop Espoir')}").text
    assert "the share is not stated" in page
    assert "Added a supplier or site" in page
    assert "Not assessed yet" in page


def test_node_is_added_changed_archived_and_restored_through_its_pages(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    new = f"{BASE}/{chain_id}/nodes/new"
    made = _post(
        analyst,
        new,
        {
            "name": "Mill",
            "kind": "site",
            "country": "GH",
            "commodities": "cocoa, 1801",
            "operated_by": "Coop Espoir",
            "is_origin": "no",
            "sector_ref": "",
        },
    )
    assert made.status_code == 302, made.text
    assert "Operated by" in analyst.get(made.location).text
    edit = f"{made.location}/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', analyst.get(edit).text)
    assert version
    data = {
        "name": "Mill 2",
        "kind": "site",
        "country": "GH",
        "commodities": "Cocoa",
        "is_origin": "",
        "sector_ref": "",
        "version": version.group(1),
    }
    assert _post(analyst, edit, data).status_code == 302
    stale = _post(analyst, edit, {**data, "name": "Mill 3"})
    assert stale.status_code == 409
    assert "Mill 2" in stale.text
    assert 'value="Mill 3"' in stale.text
    newer = re.search(r'name="version"[^>]*value="(\d+)"', stale.text)
    assert newer
    assert int(newer.group(1)) > int(version.group(1))

    asked = analyst.get(f"{made.location}/archive").text
    assert "Findings, answers and history stay" in asked
    assert _post(analyst, f"{made.location}/archive", {}).status_code == 302
    assert "Restore" in analyst.get(made.location).text
    assert "Mill 2" in analyst.get(f"{BASE}/{chain_id}/table?archived=1").text
    restored = _post(analyst, made.location, {}, to=f"{made.location}/restore")
    assert restored.status_code == 302
    assert "Archived on" not in analyst.get(made.location).text


def test_wrong_input_of_a_node_comes_back_with_words_at_the_field_and_all_that_was_typed(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    new = f"{BASE}/{chain_id}/nodes/new"
    base = {"name": "Mill", "kind": "site", "country": "", "sector_ref": "", "is_origin": ""}
    for more, words in (
        ({"commodities": "unobtainium"}, "Not known: unobtainium"),
        ({"operated_by": "Nobody"}, "Nothing in this map"),
        ({"operated_by": "o"}, "Several sites match"),
        ({"operated_by": "Coop Espior"}, "Similar: “Coop Espoir”"),
        ({"latitude": "5"}, "both coordinates"),
        ({"latitude": "500"}, "Degrees between"),
        ({"latitude": "north"}, "Write a number in digits"),
        ({"latitude": "nan", "longitude": "5,36"}, "Write a number in digits"),
        ({"name": ""}, "Give it a name"),
    ):
        answer = _post(analyst, new, {**base, "address": "Port road", **more})
        assert answer.status_code == 422, more
        assert words in answer.text
        assert "Port road" in answer.text
    edit = f"{BASE}/nodes/{_id(tenant, 'Coop Espoir')}/edit"
    answer = _post(analyst, edit, {**base, "commodities": "unobtainium", "version": "1"})
    assert answer.status_code == 422


def test_commodity_in_own_words_and_a_country_with_one_site_stay_as_they_are(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    with acting(tenant):
        own = queries.find_own_business(chain_id)
        assert own is not None
        mill = _add(tenant, chain_id, "Lone Mill", country="TG", commodity_refs=("moon dust",))
        _link(tenant, mill, own.id, None)
        for number in range(9):
            _link(tenant, _add(tenant, chain_id, f"Works {number}", country="GH"), own.id, None)
    edit = f"{BASE}/nodes/{mill}/edit"
    data = {"name": "Lone Mill", "kind": "site", "country": "TG", "sector_ref": "", "is_origin": ""}
    saved = _post(analyst, edit, {**data, "commodities": "moon dust", "version": "1"})
    page = analyst.get(f"{BASE}/{chain_id}/").text

    assert saved.status_code == 302
    assert "moon dust" in analyst.get(edit).text
    assert "Lone Mill" in page
    assert "Works 3" not in page


def test_link_is_added_changed_archived_and_restored_through_its_pages(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    with acting(tenant):
        mill = _add(tenant, chain_id, "Mill")
    page = f"{BASE}/nodes/{mill}/links/new?end=buyer"
    base = {"kind": "supplies", "flow_evidence": "probable"}
    data = {**base, "other": "maison cacao", "commodity": "cocoa", "share": "25"}
    assert _post(analyst, page, data).status_code == 302
    with acting(tenant):
        link = queries.list_links_of(mill).buyers[0]
        assert (link.share, link.commodity_ref) == (0.25, "cocoa")
    for wrong, words in (
        ({**data, "other": ""}, "Nothing in this map"),
        ({**data, "commodity": "unobtainium"}, "is not known"),
        ({**data, "share": "250"}, "Between 0 and 100"),
    ):
        answer = _post(analyst, page, wrong)
        assert answer.status_code == 422
        assert words in answer.text
    twin = _post(analyst, page, data)
    assert twin.status_code == 409
    assert "already" in twin.text
    assert 'value="25' in twin.text
    supplier = _post(analyst, f"{BASE}/nodes/{mill}/links/new", {**base, "other": "=Farm <1>"})
    assert supplier.status_code == 302

    edit = f"{BASE}/links/{link.id}"
    assert 'value="25.0"' in analyst.get(edit).text
    changed = _post(analyst, edit, {**base, "commodity": "cocoa", "share": "30", "version": "1"})
    assert changed.status_code == 302
    wrong = _post(analyst, edit, {**base, "commodity": "unobtainium", "version": "2"})
    assert wrong.status_code == 422
    assert _post(analyst, edit, {}, to=f"{edit}/archive").location.endswith(str(link.id))
    assert "Restore" in analyst.get(edit).text
    assert _post(analyst, edit, {}, to=f"{edit}/restore").status_code == 302


def test_list_goes_from_upload_over_columns_and_preview_to_the_map_and_back(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    upload = f"{BASE}/{chain_id}/imports/new"
    assert _post(analyst, upload, {}).status_code == 422
    text = "Firma,Land\nAlpha,CI\n=cmd(),Atlantis\n"
    sent = _post(
        analyst, upload, {"files": (io.BytesIO(text.encode()), "list.csv"), "link_to_own": "y"}
    )
    page = sent.location
    waiting = analyst.get(page).text
    assert 'data-progress="2"' in waiting
    assert "Reading the list" in waiting
    work()

    preview = analyst.get(page).text
    assert "Preview of changes" in preview
    assert "Atlantis" in preview
    assert "Alpha" in analyst.get(f"{page}?tab=new").text
    assert 'New <span class="faint num">1 site, 1 link</span>' in preview
    assert 'Problems <span class="faint num">1</span>' in preview
    for tab in ("changed", "unchanged", "gone", "notes"):
        assert analyst.get(f"{page}?tab={tab}").status_code == 200
    book = analyst.get(f"{page}/problems.xlsx")
    assert book.headers["Content-Disposition"].startswith("attachment")
    assert openpyxl.load_workbook(io.BytesIO(book.data))["Rows 1"]["C2"].value == "Atlantis"

    columns = f"{page}/columns"
    shown = analyst.get(columns).text
    assert "Alpha" in shown
    assert 'value="Firma"' in shown
    name = re.search(r'name="(t0-f\d+)" value="Firma"', shown)
    land = re.search(r'name="(t0-f\d+)" value="Land"', shown)
    assert name
    assert land
    answers = {name.group(1): "Firma", land.group(1): "Land"}
    assert _post(analyst, columns, {**answers, "t0-header": "x"}).status_code == 422
    assert _post(analyst, columns, {**answers, "t0-header": "1"}).status_code == 302
    work()

    refused = _post(analyst, page, {}, to=f"{page}/apply")
    assert refused.status_code == 422
    assert "leave them out" in refused.text
    assert _post(analyst, page, {"skip_faulty": "y"}, to=f"{page}/apply").status_code == 302
    assert "Importing the list" in analyst.get(page).text
    work()
    done = analyst.get(page).text
    assert "1 new site" in done
    assert "Alpha" in analyst.get(f"{BASE}/{chain_id}/").text
    assert "list.csv" in analyst.get(f"{BASE}/{chain_id}/imports").text

    assert "Undo this import?" in analyst.get(f"{page}/undo").text
    assert _post(analyst, f"{page}/undo", {}).status_code == 302
    assert "was undone" in analyst.get(page).text
    assert analyst.get(f"{page}/undo").status_code == 409
    assert "Alpha" not in analyst.get(f"{BASE}/{chain_id}/table").text


def _upload(client: FlaskClient, chain_id: UUID, text: str) -> str:
    """Upload a list, let it be read, and return the address of its import."""
    file = (io.BytesIO(text.encode()), "list.csv")
    sent = _post(client, f"{BASE}/{chain_id}/imports/new", {"files": file, "link_to_own": "y"})
    work()
    return str(sent.location)


def test_list_that_changes_nothing_says_so_and_asks_for_nothing(
    tenant: Tenant, analyst: FlaskClient
):
    data = {"name": "Tea", "own_business": "Acme", "country": "FR", "description": ""}
    chain_id = UUID(_post(analyst, f"{BASE}/new", data).location.rstrip("/").rpartition("/")[2])
    text = "id,Name,Country\nA1,Alpha,CI\n"
    first = _upload(analyst, chain_id, text)
    assert "Import the list" in analyst.get(first).text
    _post(analyst, first, {}, to=f"{first}/apply")
    work()

    again = analyst.get(_upload(analyst, chain_id, text)).text
    assert "There is nothing to import" in again
    assert "Import the list" not in again
    assert 'aria-current="page">Unchanged' in again
    assert ">A1</td>" in again


def test_preview_names_both_ends_of_links_and_hides_ids_that_were_made(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    preview = analyst.get(_upload(analyst, chain_id, "Name,Country\nAlpha,CI\n")).text

    assert "<bdi>Maison Cacao</bdi>" in preview
    assert "Sites: 1" in preview
    assert "Links: 1" in preview
    assert "made-" not in preview


def test_preview_of_a_changed_share_shows_both_shares(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    text = "supplier,buyer,share\ncoop-espoir,own-business,{}\n"
    preview = analyst.get(_upload(analyst, chain_id, text.format("55%")) + "?tab=changed").text

    assert "Coop Espoir → Maison Cacao" in preview
    assert "<bdi>40 %</bdi>" in preview
    assert "<bdi>55 %</bdi>" in preview


def test_page_of_columns_tells_all_columns_of_the_file_and_those_named_nowhere(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    page = _upload(analyst, chain_id, "Firma,Land,Colour\nAlpha,CI,red\n")
    shown = analyst.get(f"{page}/columns").text

    assert '<option value="Colour">' in shown
    assert "<bdi>“Colour”</bdi>" in shown
    assert "<bdi>red</bdi>" in shown
    assert "<bdi>“Land”</bdi>" not in shown
    assert shown.index(">Country</label>") < shown.index(">Sector</label>")


def test_refused_file_says_why_and_how_to_mend_it(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    upload = f"{BASE}/{chain_id}/imports/new"
    sent = _post(analyst, upload, {"files": (io.BytesIO(b"PK\x03\x04 no"), "list.xlsx")})
    work()

    page = analyst.get(sent.location).text
    assert "cannot be read" in page
    assert "save it again" in page


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "graphml", "node-link"])
def test_map_is_downloaded_in_every_form_with_formulas_made_harmless(
    tenant: Tenant, chain_id: UUID, manager: FlaskClient, form: str
):
    page = f"{BASE}/{chain_id}/export"
    answer = _post(manager, page, {"form": form})

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if form == "csv":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            nodes = archive.read("nodes.csv").decode()
        assert "'=Farm <1>" in nodes
    assert _post(manager, page, {"form": "odd"}).status_code == 422


def test_map_is_renamed(tenant: Tenant, chain_id: UUID, analyst: FlaskClient):
    page = f"{BASE}/{chain_id}/name"
    assert _post(analyst, page, {"name": "Cocoa 2026", "description": ""}).status_code == 302
    assert "Cocoa 2026" in analyst.get(f"{BASE}/").text
    assert _post(analyst, page, {"name": ""}).status_code == 422


def test_roles_see_and_do_what_the_matrix_says(app: Flask, tenant: Tenant, chain_id: UUID):
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    supplier = signed_in_client(app, tenant, RoleId.SUPPLIER)

    assert auditor.get(f"{BASE}/{chain_id}/").status_code == 200
    assert "Add by hand" not in auditor.get(f"{BASE}/{chain_id}/").text
    assert auditor.get(f"{BASE}/{chain_id}/nodes/new").status_code == 403
    assert supplier.get(f"{BASE}/{chain_id}/").status_code == 403


def test_pages_of_another_organisation_do_not_exist(
    app: Flask, tenant: Tenant, other_tenant: Tenant, chain_id: UUID
):
    stranger = signed_in_client(app, other_tenant, RoleId.ADMIN)
    own = _id(tenant, "Maison Cacao")

    for page in (f"{chain_id}/", f"{chain_id}/table", f"nodes/{own}", f"{chain_id}/matrix"):
        assert stranger.get(f"/o/other/value-chain/{page}").status_code == 404
        assert stranger.get(f"{BASE}/{page}").status_code == 404


def test_empty_map_and_map_without_own_business_say_what_to_do(
    tenant: Tenant, analyst: FlaskClient
):
    with acting(tenant):
        empty = value_chain.create_chain("Empty", own_business=None, act=Act(tenant.analyst, NOW))
        key = empty.id
    assert "This map is empty" in analyst.get(f"{BASE}/{key}/").text
    assert analyst.get(f"{BASE}/{key}/matrix").status_code == 200
    with acting(tenant):
        a, b = _add(tenant, key, "A"), _add(tenant, key, "B")
        _add(tenant, key, "Alone")
        _link(tenant, a, b, 0.5)
    page = analyst.get(f"{BASE}/{key}/").text

    assert "No own operation" in page
    assert "Final buyers" in page
    assert "Not linked yet" in page


def test_customers_stand_behind_the_own_business(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    own = _id(tenant, "Maison Cacao")
    with acting(tenant):
        _link(tenant, own, _add(tenant, chain_id, "Shop"), None)

    assert "Customers 1" in analyst.get(f"{BASE}/{chain_id}/").text


def test_summaries_vanish_without_harm(tenant: Tenant, chain_id: UUID, analyst: FlaskClient):
    with acting(tenant):
        for row in db.session.scalars(select(NodeSummary)):
            db.session.delete(row)

    for page in (f"{chain_id}/table", f"{chain_id}/", f"nodes/{_id(tenant, 'Coop Espoir')}"):
        assert analyst.get(f"{BASE}/{page}").status_code == 200


def test_lane_of_many_countries_shows_the_worst_and_lets_more_out(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
):
    codes = ("AR", "BD", "BR", "CI", "CN", "DE", "EG", "ES", "FR", "GH", "IN", "IT", "KE", "VN")
    with acting(tenant):
        own = queries.find_own_business(chain_id)
        assert own is not None
        first = [
            _add(tenant, chain_id, f"{code} {n}", country=code) for code in codes for n in "ab"
        ]
        for key in first:
            _link(tenant, key, own.id, None)
    page = analyst.get(f"{BASE}/{chain_id}/").text
    assert "4 more countries" in page
    assert "<title>Show more, 4 more countries</title>" in page

    assert "more countries" not in analyst.get(f"{BASE}/{chain_id}/?open=1.more:20").text
    opened = analyst.get(f"{BASE}/{chain_id}/?open=1.VN:10").text
    assert "VN a" in opened
    assert "VN b" in opened

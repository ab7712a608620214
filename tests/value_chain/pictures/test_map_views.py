"""The views of a map: colours, groups, events, neighbourhood, world, and each of them as a file."""

import io
import json
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.context_events.services.events import add_event
from ddplatform.risk.context_events.services.fields import EventFields
from ddplatform.value_chain.countries.queries.volume import load_country_volume
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.pictures.queries import views as map_views
from ddplatform.value_chain.pictures.queries.colours import LAST, ColourBy, load_colours
from ddplatform.value_chain.pictures.queries.groups import GroupBy, groups_of
from ddplatform.value_chain.pictures.queries.views import view_around
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.view_files.views.bar import FORM_WORDS
from supply_chain.graph.areas import AreaKind
from supply_chain.vocabulary import NodeKind
from tests.approved import add_confirmed
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

SVG = "{http://www.w3.org/2000/svg}"
EXPORTS = [(kind, form) for kind in ViewKind for form in FORM_WORDS]


def add_node(tenant: Tenant, chain_id: UUID, name: str, **more: object) -> UUID:
    fields = NodeFields(name=name, **more)  # type: ignore[arg-type]
    return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def add_link(tenant: Tenant, supplier: UUID, buyer: UUID, share: float | None = None) -> None:
    add_confirmed(supplier, buyer, LinkFields(share=share), act=Act(tenant.analyst, NOW))


@stored_world
def grown(cocoa: CocoaMap, tenant: Tenant) -> CocoaMap:
    """The cocoa map with twelve suppliers of the exporter, assessed."""
    with acting(tenant):
        for at in range(12):
            node = add_node(
                tenant,
                cocoa.chain,
                f"=Coop <{at:02}>",
                kind=NodeKind.SITE,
                country="GH" if at < 9 else "CI",
                region=("Ashanti", "ASHANTI", "Ashanti Region")[at % 3] if at < 4 else "Nawa",
                commodity_refs=(COCOA,) if at < 6 else (),
                operated_by_id=cocoa.farms if at < 5 else None,
                latitude=6.7 if at < 3 else None,
                longitude=-1.6 if at < 3 else None,
            )
            add_link(tenant, node, cocoa.exporter)
    assess(tenant, cocoa.chain)
    return cocoa


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def at(cocoa: CocoaMap, rest: str = "") -> str:
    return f"/o/acme/value-chain/{cocoa.chain}/{rest}"


def node_named(tenant: Tenant, name: str) -> UUID:
    with acting(tenant):
        return db.session.scalars(
            select(ValueChainNode.id).where(ValueChainNode.name == name)
        ).one()


def told(tenant: Tenant, node_id: UUID, **facts: object) -> None:
    with acting(tenant):
        summary = db.session.scalars(
            select(NodeSummary).where(NodeSummary.node_id == node_id)
        ).one()
        for name, value in facts.items():
            setattr(summary, name, value)


def flood_in(tenant: Tenant, country: str) -> None:
    fields = EventFields(
        kind="disaster",
        title="Flood",
        area=AreaKind.COUNTRY,
        country=country,
        starts_on=NOW.date(),
        source_type="official",
        source_publisher="A publisher",
        source_url="https://example.org/flood",
        source_on=NOW.date(),
    )
    with acting(tenant):
        add_event(fields, act=Act(tenant.analyst, NOW + timedelta(minutes=1)))


def titles(page: str) -> list[str]:
    """What the boxes of a drawing are called for those who cannot see it."""
    return [
        unescape(title)
        for title in re.findall(
            r'aria-current="true"><title>(.*?)</title>|'
            r'<g class="n[^"]*"><a href="[^"]*"><title>(.*?)</title>',
            page,
        )
        for title in title
        if title
    ]


def address_of(page: str, name: str) -> str:
    found = re.search(rf'<g class="n[^"]*"><a href="([^"]*)"[^>]*><title>{name}', page)
    assert found
    return unescape(found[1])


# ---- colours, groups, events -----------------------------------------------------------------


def test_answers_actions_coverage_and_events_are_told_of_each_node(grown: CocoaMap, tenant: Tenant):
    told(tenant, grown.farms, questionnaire_status="escalated", overdue_actions=3)
    told(tenant, grown.exporter, questionnaire_status="accepted")
    flood_in(tenant, "GH")
    with acting_in(tenant.id):
        chain = get_chain(grown.chain)
        snapshot = load_snapshot(chain)
        farms, exporter = (snapshot.row_of[key] for key in (grown.farms, grown.exporter))
        colours = {by: load_colours(chain, snapshot, by) for by in ColourBy}
        again = load_colours(chain, snapshot, ColourBy.COVERAGE)
        finish(ok=False)

    answers, overdue = colours[ColourBy.QUESTIONNAIRE].place, colours[ColourBy.OVERDUE].place
    assert (answers[farms], answers[exporter]) == (0, 3)
    assert np.bincount(answers).tolist() == [1, 0, 0, 1, 13]
    assert (overdue[farms], overdue[exporter]) == (1, 3)
    assert colours[ColourBy.COVERAGE].place.max() < LAST
    assert again.place.tolist() == colours[ColourBy.COVERAGE].place.tolist()
    assert colours[ColourBy.BAND].events(np.arange(len(snapshot.keys))) == 9


def test_a_map_that_was_never_assessed_has_no_coverage_and_no_band(cocoa: CocoaMap, tenant: Tenant):
    with acting_in(tenant.id):
        chain = get_chain(cocoa.chain)
        snapshot = load_snapshot(chain)
        for by in (ColourBy.COVERAGE, ColourBy.BAND):
            assert load_colours(chain, snapshot, by).mix(np.arange(3)) == (0, 0, 0, 0, 3)
        finish(ok=False)


def test_map_says_its_scale_in_words_on_boxes_legend_and_table(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    told(tenant, grown.farms, questionnaire_status="expired", overdue_actions=6)
    page = manager.get(at(grown, "?colour=questionnaire&open=2.CI:10")).text
    overdue = manager.get(at(grown, "?colour=overdue")).text

    box = next(one for one in titles(page) if one.startswith("Espoir farm group"))
    assert "No answer" in box
    assert "6 actions overdue" in box
    assert 'class="band k1">No answer</span>' in page
    assert ">None sent</span>" in page
    assert 'class="band k1">5 or more overdue</span>' in overdue
    assert "Residual risk:" not in page


GROUPS = {
    GroupBy.COUNTRY: {"GH": 9, "CI": 5, "FR": 1},
    GroupBy.REGION: {"GH/Ashanti": 4, "GH/Nawa": 5, "CI/Nawa": 3, "CI/--": 2, "FR/--": 1},
    GroupBy.COMMODITY: {COCOA: 8, "--": 7},
}


def test_nodes_are_put_together_by_what_is_asked(grown: CocoaMap, tenant: Tenant):
    with acting_in(tenant.id):
        snapshot = load_snapshot(get_chain(grown.chain))
        every = np.arange(len(snapshot.keys))
        for by, sizes in GROUPS.items():
            found = groups_of(snapshot, every, by)
            assert {key: len(rows) for key, rows in found} == sizes
            assert groups_of(snapshot, every[:0], by) == []
        operators = dict(groups_of(snapshot, every, GroupBy.OPERATOR))
        finish(ok=False)
    assert len(operators[str(grown.farms)]) == 5


def test_groups_of_operators_open_and_close_by_links(grown: CocoaMap, manager: FlaskClient):
    page = manager.get(at(grown, "?by=operator")).text
    opened = manager.get(address_of(page, "Run by Espoir farm group")).text

    assert any("Run by Espoir farm group, 5 sites" in one for one in titles(page))
    assert sum(one.startswith("=Coop") for one in titles(opened)) == 5
    closing = re.search(r'<a class="tag" href="([^"]*)">[^<]*Run by', opened)
    assert closing
    assert titles(manager.get(unescape(closing[1])).text) == titles(page)


def test_sites_in_an_event_are_marked_in_every_view(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    assert 'class="ev"' not in manager.get(at(grown)).text
    flood_in(tenant, "GH")
    for rest in ("", f"around?focus={grown.exporter}", "world"):
        assert 'class="ev"' in manager.get(at(grown, rest)).text
    assert "9 sites in an event" in manager.get(at(grown, "matrix")).text
    page = manager.get(at(grown, "all")).text
    points = re.search(r'data-points="([^"]*)"', page)
    assert points
    file = manager.get(unescape(points[1])).data
    assert int.from_bytes(file[4 + 5 * 15 : 8 + 5 * 15], "little") == 9


@stored_world
def deep(cocoa: CocoaMap, tenant: Tenant) -> CocoaMap:
    """The cocoa map with seven more tiers of four suppliers each."""
    with acting(tenant):
        before = [cocoa.farms]
        for tier in range(3, 10):
            here = [
                add_node(tenant, cocoa.chain, f"Step {tier} {at}", kind=NodeKind.SITE, country="GH")
                for at in range(4)
            ]
            for node in here:
                for buyer in before:
                    add_link(tenant, node, buyer)
            before = here
    assess(tenant, cocoa.chain)
    return cocoa


def test_far_tiers_of_a_deep_map_share_one_lane_and_open_there(
    deep: CocoaMap, manager: FlaskClient
):
    page = manager.get(at(deep)).text
    opened = manager.get(address_of(page, "Tier 7")).text

    assert "Tier 5 and further" in page
    assert {f"Tier {n}" for n in range(5, 10)} <= {one.split(",")[0] for one in titles(page)}
    assert not any(one.startswith("Step 7") for one in titles(page))
    assert sum(one.startswith("Step 7") for one in titles(opened)) == 4
    assert "Further upstream" in page  # where the origin of the farthest is not known
    assert titles(manager.get(at(deep, f"?focus={deep.farms}")).text)  # never folded


def test_each_box_keeps_its_strongest_line_on_both_sides():
    draw = np.random.default_rng(3)
    pair = np.unique(draw.integers(0, 30 * 30, 600))
    weight = draw.integers(1, 50, len(pair))

    kept = map_views._strongest(pair, weight, 30)

    assert len(kept) == map_views.MORE_LINKS + 30 < len(pair)
    for end in np.divmod(pair, 30):
        for box in np.unique(end):
            mine = np.flatnonzero(end == box)
            assert weight[mine].max() in weight[np.intersect1d(kept, mine)]


def test_a_picture_in_focus_takes_few_statements(app: Flask, grown: CocoaMap, manager: FlaskClient):
    address = at(grown, f"?focus={grown.exporter}")
    page = manager.get(address).text

    with statements(app) as seen:
        manager.get(address)

    assert len(seen) <= 6
    assert "13 suppliers" in page


# ---- the neighbourhood -----------------------------------------------------------------------


def test_neighbourhood_goes_to_both_sides_step_by_step(grown: CocoaMap, tenant: Tenant):
    with acting_in(tenant.id):
        snapshot = load_snapshot(get_chain(grown.chain))
        view = view_around(snapshot, snapshot.row_of[grown.exporter], depth=1)
        far = view_around(snapshot, snapshot.row_of[grown.farms], depth=2)
        finish(ok=False)
    assert view.lanes == {1: (13, 10), 0: (1, 1), -1: (1, 1)}
    assert far.lanes == {0: (1, 1), -1: (1, 1), -2: (1, 1)}
    assert any(box.kind == "ghost" and box.lane == 1 for box in view.boxes)


def test_neighbourhood_folds_many_into_one_box_and_goes_on_by_links(
    grown: CocoaMap, manager: FlaskClient
):
    page = manager.get(at(grown, f"around?focus={grown.exporter}")).text
    more = manager.get(address_of(page, "3 more")).text
    onward = manager.get(address_of(page, "Maison Cacao")).text

    assert "Suppliers and buyers of Lagune Export" in page
    assert any("Origin not mapped" in one for one in titles(page))
    assert sum("=Coop" in one for one in titles(more)) == 12
    assert "Suppliers and buyers of Maison Cacao" in onward
    assert "Lagune Export" in onward


def test_neighbourhood_of_nobody_says_how_to_find_one_and_of_a_stranger_is_not_found(
    grown: CocoaMap, manager: FlaskClient, tenant: Tenant
):
    assert "No site is chosen" in manager.get(at(grown, "around")).text
    for focus in ("x", grown.chain):
        assert manager.get(at(grown, f"around?focus={focus}")).status_code == 404
    assert manager.get(at(grown, f"around?focus={grown.own}&depth=9")).status_code == 200


# ---- the world -------------------------------------------------------------------------------


def test_world_has_a_bubble_and_a_row_for_each_country(grown: CocoaMap, manager: FlaskClient):
    page = manager.get(at(grown, "world")).text
    assert re.search(r"<title>Ghana: 9, \w+", page)
    assert re.search(r'country=GH[^"]*"><bdi>Ghana</bdi></a></th><td class="n"[^>]*>9</td>', page)
    assert "15 sites in 3 countries" in page


def test_world_may_show_the_part_of_the_input_that_each_country_delivers(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting_in(tenant.id):
        chain = get_chain(grown.chain)
        snapshot = load_snapshot(chain)
        rows = np.arange(len(snapshot.keys))
        parts = dict(zip(snapshot.countries, load_country_volume(chain, rows), strict=True))
        nobody = load_country_volume(chain, rows[:0])
        finish(ok=False)
    page = manager.get(at(grown, "world?size=volume")).text

    assert parts["CI"] == pytest.approx(1.0)  # the exporter delivers all
    assert parts["FR"] == 0
    assert 0 < parts["GH"] < 0.4
    assert np.isnan(nobody).all()
    assert "<title>Côte d’Ivoire: 5, 100%" in page


def test_a_site_whose_country_is_not_known_stands_in_the_list_alone(
    cocoa: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        add_node(tenant, cocoa.chain, "Somewhere")
    page = manager.get(at(cocoa, "world")).text
    assert "<title>Country not known" not in page
    assert "Country not known</bdi></a><br><span" in page


# ---- files -----------------------------------------------------------------------------------


def export(browser: FlaskClient, cocoa: CocoaMap, kind: ViewKind, form: str, query: str = ""):
    token = csrf_token(browser, at(cocoa))
    given = f"focus={cocoa.exporter}" if kind is ViewKind.AROUND else ""
    address = at(cocoa, f"export/{kind}?{given}&{query}")
    return browser.post(address, data={"csrf_token": token, "form": form})


def test_every_view_goes_out_in_its_forms_and_each_time_is_an_event(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    for kind, form in EXPORTS:
        sent = export(manager, grown, kind, form, "colour=coverage&open=2.GH:20&after=x")
        assert sent.status_code == 200, (kind, form)
        assert "attachment" in sent.headers["Content-Disposition"]
        assert READ[form](sent.data), (kind, form)
    values = exported(tenant)
    assert [(one["view"], one["form"]) for one in values] == [
        (kind.value, form) for kind, form in EXPORTS
    ]
    assert {one["nodes"] for one in values} == {15}
    assert ["colour", "coverage"] in values[0]["asked"]
    assert not any(["after", "x"] in one["asked"] for one in values)


def exported(tenant: Tenant) -> list[dict[str, Any]]:
    """What the events of exports say, in their order."""
    with acting(tenant):
        rows = db.session.execute(
            select(AuditEvent.sequence, AuditValue.name, AuditValue.value)
            .join(AuditValue, AuditValue.event_id == AuditEvent.id)
            .where(AuditEvent.action == "value_chain:export")
            .order_by(AuditEvent.sequence)
        ).all()
    found: dict[int, dict[str, Any]] = {}
    for sequence, name, value in rows:
        found.setdefault(sequence, {})[name] = value["after"]
    return [*found.values()]


def _svg(data: bytes) -> bool:
    root = ElementTree.fromstring(data)
    texts = "".join(root.itertext())
    assert not root.findall(f".//{SVG}a")
    assert b"var(" not in data
    assert b"href=" not in data
    # A list has no colours to choose: its bands are the highest over all issues.
    is_told = "Data coverage" in texts or "Highest risk over all issues" in texts
    return is_told and "Not assessed" in texts


def _png(data: bytes) -> bool:
    picture = Image.open(io.BytesIO(data))
    colours = picture.convert("RGB").getcolors(picture.width * picture.height)
    return picture.width > 500 and colours is not None and len(colours) > 20


def _csv(data: bytes) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(data))
    texts = [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]
    assert not any(re.search(r"(^|[\n,])\"?=", text) for text in texts)
    return all(text.count("\n") > 1 for text in texts)


def _xlsx(data: bytes) -> bool:
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    return len(cells) > 20


def _parquet(data: bytes) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(data))
    tables = {name: pd.read_parquet(archive.open(name)) for name in archive.namelist()}
    assert "about.parquet" in tables
    return all(len(table) > 0 for table in tables.values())


def _graphml(data: bytes) -> bool:
    graph = ElementTree.fromstring(data)[-1]
    ids = {one.get("id") for one in graph if one.tag.endswith("node")}
    ends = {
        one.get(end) for one in graph if one.tag.endswith("edge") for end in ("source", "target")
    }
    return bool(ends) and ends <= ids


def _geojson(data: bytes) -> bool:
    features = json.loads(data)["features"]
    places = {tuple(one["geometry"]["coordinates"]) for one in features}
    # Three sites at one place, with a group in the middle of its country, or three countries.
    return ((-1.6, 6.7) in places and len(places) <= 2) or len(places) == 3


READ = {
    "svg": _svg,
    "png": _png,
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "graphml": _graphml,
    "geojson": _geojson,
}


def test_a_file_shows_what_is_open_and_in_focus(grown: CocoaMap, manager: FlaskClient):
    closed = export(manager, grown, ViewKind.MAP, "svg").text
    opened = export(manager, grown, ViewKind.MAP, "svg", "open=2.GH:20").text
    assert "=Coop" not in closed
    assert len(re.findall(r'class="t"[^>]*>=Coop', opened)) == 9
    assert "Map version" in opened
    assert "Coloured by: Highest risk over all issues" in opened


def test_only_who_may_take_a_map_out_may_take_a_view_out(
    app: Flask, grown: CocoaMap, tenant: Tenant
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    page = analyst.get(at(grown)).text
    assert "This view as a file" not in page
    assert export(analyst, grown, ViewKind.MAP, "svg").status_code == 403


def test_a_form_that_a_view_does_not_go_out_in_is_refused_and_no_event_is_left(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    assert export(manager, grown, ViewKind.MATRIX, "pdf").status_code == 422
    token = csrf_token(manager, at(grown))
    sent = {"csrf_token": token, "form": "svg"}
    assert manager.post(at(grown, "export/nothing"), data=sent).status_code == 404
    assert manager.post(at(grown, "export/around"), data=sent).status_code == 404
    assert exported(tenant) == []


def test_views_of_a_map_take_at_most_six_statements(
    app: Flask, grown: CocoaMap, manager: FlaskClient
):
    around = f"around?focus={grown.exporter}"
    for rest in ("", "?colour=questionnaire&by=region", around, "world", "matrix", "all"):
        manager.get(at(grown, rest))
        with statements(app) as seen:
            manager.get(at(grown, rest))
        own = [one for one in seen if not re.search(r"FROM (user|membership|organ)", one)]
        assert len(own) <= 6, (rest, own)

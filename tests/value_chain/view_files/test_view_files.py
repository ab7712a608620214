"""Files of views say what their page says: the same band, the same sites, nothing left unsaid."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from html import unescape
from xml.etree import ElementTree

import networkx
import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from PIL import Image

from ddplatform.config import ROOT
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.drawings.shades import SHADES
from ddplatform.value_chain.drawings.standalone import Picture, png_file, svg_file
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.pictures.queries.colours import ColourBy
from ddplatform.value_chain.saved_views.models import ViewKind
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.pictures.test_map_views import add_link, add_node, at, export, exported, told
from tests.value_chain.pictures.test_map_views import grown as grown
from tests.value_chain.pictures.test_map_views import manager as manager

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
STATIC = ROOT / "static"
CHILD_LABOUR = "Residual risk: Child labour below the minimum age"


def tables_of(data: bytes) -> dict[str, list[dict[str, str]]]:
    """The tables of a pack of CSV files, each row by its headings."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {
        name.removesuffix(".csv"): list(
            csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))
        )
        for name in archive.namelist()
    }


def file_of_page(browser: FlaskClient, address: str) -> dict[str, list[dict[str, str]]]:
    """What the form of a page gives away as tables."""
    form = re.search(r'<form [^>]*action="([^"]*/export/[^"]*)"', browser.get(address).text)
    assert form
    data = {"csrf_token": csrf_token(browser, address), "form": "csv"}
    return tables_of(browser.post(unescape(form[1]), data=data).data)


# ---- shares ----------------------------------------------------------------------------------


def test_a_share_that_is_left_over_is_a_round_number_in_a_file(
    cocoa: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        trader = add_node(tenant, cocoa.chain, "Trader", country="DE")
        add_link(tenant, trader, cocoa.own, 0.2)
        for name, share in (("Alfa", 0.7), ("Beta", 0.1), ("Gamma", 0.09)):
            add_link(tenant, add_node(tenant, cocoa.chain, name, country="DE"), trader, share)
    links = file_of_page(manager, at(cocoa, ""))["links"]
    shares = [row["Share of the buyer's input"] for row in links]
    assert "0.11" in shares, shares
    assert max(map(len, (share for share in shares if share[0].isdigit()))) <= 8


def test_without_scripts_the_page_of_dots_leads_to_its_table(cocoa: CocoaMap, manager: FlaskClient):
    page = manager.get(at(cocoa, "all")).text
    style = (STATIC / "css/core.css").read_text(encoding="utf-8")
    assert (
        '<div class="dots scripted' in page
        and "<noscript><p" in page
        and "The table below has the same numbers" in page
    )
    assert "@media (scripting:none){.scripted{display:none!important}}" in style


# ---- bands -----------------------------------------------------------------------------------


def test_the_file_of_the_table_has_the_bands_of_the_table(grown: CocoaMap, manager: FlaskClient):
    rows = file_of_page(manager, at(grown, "table"))["sites"]
    page = manager.get(at(grown, "table")).text

    shown = dict(
        re.findall(
            r'<th scope="row">.*?<bdi>(.*?)</bdi>.*?<span class="band[^>]*>(.*?)</span>', page
        )
    )
    assert len(rows) == 15
    heading = "Residual risk: highest over all issues"
    assert {unescape(name): re.sub("<.*?>", "", word) for name, word in shown.items()} == {
        row["Name"].removeprefix("'"): row[heading] for row in rows
    }


def test_a_file_names_the_issue_of_its_bands(grown: CocoaMap, manager: FlaskClient):
    for kind, heading in (
        (ViewKind.MAP, CHILD_LABOUR),
        (ViewKind.ALL_SITES, CHILD_LABOUR),
        (ViewKind.WORLD, f"{CHILD_LABOUR}, the gravest"),
        (ViewKind.MATRIX, f"{CHILD_LABOUR}, the gravest"),
    ):
        found = tables_of(export(manager, grown, kind, "csv", "colour=ISS-CL").data)
        heads = {head for rows in found.values() for head in rows[0]}
        assert heading in heads, (kind, heads)
    highest = tables_of(export(manager, grown, ViewKind.ALL_SITES, "csv").data)
    assert "Residual risk: highest over all issues" in highest["sites"][0]
    other = tables_of(export(manager, grown, ViewKind.ALL_SITES, "csv", "colour=coverage").data)
    assert "Data coverage" in other["sites"][0]


# ---- the same sites --------------------------------------------------------------------------


@pytest.fixture
def archived(grown: CocoaMap, tenant: Tenant) -> CocoaMap:
    """The map after two of its sites were archived."""
    with acting(tenant):
        for name, country in (("=Gone", "GH"), ("Left", "CI")):
            gone = add_node(tenant, grown.chain, name, country=country, region="Nawa")
            value_chain.archive_node(gone, act=Act(tenant.analyst, NOW))
    return grown


def test_the_list_of_archived_sites_goes_out_with_the_heading_and_filter_of_its_page(
    archived: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    page = manager.get(at(archived, "table?archived=1&country=GH")).text
    found = file_of_page(manager, at(archived, "table?archived=1&country=GH"))
    (row,) = found["sites"]
    about = {line["What"]: line["Value"] for line in found["about"]}

    assert page.count("<tr>") == 2 and "=Gone" in page  # the heading and one site
    assert (row["Name"], row["Country"], row["Region"]) == ("'=Gone", "Ghana", "Nawa")
    assert (row["Tier"], row["Archived on"]) == ("not linked", NOW.date().isoformat())
    assert about["Map"] == "Cocoa" and int(about["Map version"]) > 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", about["Made on"])
    assert "Archived" in about["Shows"] and "Ghana" in about["Shows"]
    (event,) = exported(tenant)
    assert (event["form"], event["nodes"]) == ("csv", 1)


def test_archived_sites_as_parquet_keep_what_is_not_known_open(
    archived: CocoaMap, manager: FlaskClient
):
    sent = export(manager, archived, ViewKind.TABLE, "parquet", "archived=1")
    with zipfile.ZipFile(io.BytesIO(sent.data)) as pack:
        sites = pd.read_parquet(pack.open("sites.parquet"))

    assert sent.headers["Content-Disposition"].endswith(".parquet.zip")
    assert sites["name"].tolist() == ["=Gone", "Left"]
    assert sites["country"].tolist() == ["GH", "CI"]
    assert sites["tier"].isna().all() and sites["findings"].dtype == "Int64"


def test_archived_sites_as_a_workbook_and_as_json_say_the_same(
    archived: CocoaMap, manager: FlaskClient
):
    sent = export(manager, archived, ViewKind.TABLE, "json", "archived=1")
    said = json.loads(sent.data)
    book = openpyxl.load_workbook(
        io.BytesIO(export(manager, archived, ViewKind.TABLE, "xlsx", "archived=1").data)
    )

    assert [site["name"] for site in said["sites"]] == ["=Gone", "Left"]
    assert said["sites"][1]["country"] == "CI" and said["sites"][1]["tier"] is None
    assert said["about"]["Archived sites"] == 2
    assert [row[1] for row in book["Archived sites"].iter_rows(2, values_only=True)] == [
        "=Gone",
        "Left",
    ]
    assert "About" in book.sheetnames
    assert "archived-v" in sent.headers["Content-Disposition"]


def test_a_name_that_no_archived_site_has_gives_a_file_without_sites(
    archived: CocoaMap, manager: FlaskClient
):
    for asked in ("zzzz+nobody", "Left", "Coop"):
        sent = export(manager, archived, ViewKind.TABLE, "json", f"archived=1&q={asked}")
        names = [site["name"] for site in json.loads(sent.data)["sites"]]
        assert names == (["Left"] if asked == "Left" else []), asked


def test_archived_sites_have_no_picture_and_those_of_the_map_no_json(
    archived: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    assert export(manager, archived, ViewKind.TABLE, "svg", "archived=1").status_code == 422
    assert export(manager, archived, ViewKind.TABLE, "json").status_code == 422
    assert exported(tenant) == []


def test_archived_sites_go_out_to_those_alone_who_may_have_files(
    app: Flask, archived: CocoaMap, tenant: Tenant
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)

    assert export(analyst, archived, ViewKind.TABLE, "json", "archived=1").status_code == 403
    assert "This view as a file" not in analyst.get(at(archived, "table?archived=1")).text


def test_archived_sites_of_another_organisation_are_not_there(
    app: Flask, archived: CocoaMap, tenant: Tenant, other_tenant: Tenant
):
    stranger = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    data = {"csrf_token": csrf_token(stranger, "/o/other/value-chain/"), "form": "json"}
    address = at(archived, "export/table?archived=1").replace("/acme/", "/other/")

    assert stranger.post(address, data=data).status_code == 404
    assert exported(tenant) == []


def test_words_longer_than_a_filter_filter_the_file_as_the_page(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    long = "y" * 199
    with acting(tenant):
        add_node(tenant, grown.chain, long)
    assert [
        row["Name"] for row in file_of_page(manager, at(grown, f"table?q={long}+zzz"))["sites"]
    ] == [long]


def test_a_filter_that_stands_twice_is_refused_by_the_page_and_its_file(
    grown: CocoaMap, manager: FlaskClient
):
    twice = "country=GH&country=CI"
    page = manager.get(at(grown, f"table?{twice}"))
    file = manager.post(at(grown, f"export/table?{twice}"), data={"format": "csv"})

    for refused in (page, file):
        assert refused.status_code == 422
        assert "The address has more than one value for “country”." in refused.text


# ---- what is not known -----------------------------------------------------------------------


def test_a_country_whose_sites_are_not_linked_has_no_part_of_our_input(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        add_node(tenant, grown.chain, "Stray", country="PE")
    page = manager.get(at(grown, "world?size=volume")).text
    rows = file_of_page(manager, at(grown, "world?size=volume"))["countries"]

    assert "<title>Peru: 1, ?, " in page
    assert "The share is not known where" in page
    parts = {row["Country"]: row["Part of our input"] for row in rows}
    assert parts["Peru"] == "not known"
    assert float(parts["France"]) == 0
    assert float(parts["Côte d’Ivoire"]) == 1.0
    assert rows[-1]["Country"] == "Peru"


def test_a_share_is_not_known_where_one_behind_it_is_not(grown: CocoaMap, manager: FlaskClient):
    """In the group of Côte d’Ivoire one site has a share of 60 %, three have none."""
    links = tables_of(export(manager, grown, ViewKind.MAP, "csv").data)["links"]
    shares = {(row["Supplier"], row["Buyer"]): row["Share of the buyer's input"] for row in links}
    assert shares["Côte d’Ivoire", "Lagune Export"] == "not known"
    assert shares["Lagune Export", "Maison Cacao"] == "1.0"


LIKE = "No site is called “Lagune Exprot”. Sites with similar names are shown."


@pytest.mark.parametrize("kind", list(ViewKind))
def test_a_view_says_that_its_sites_are_only_like_the_search(
    grown: CocoaMap, manager: FlaskClient, kind: ViewKind
):
    focus = f"focus={grown.own}&" if kind is ViewKind.AROUND else ""
    path = {ViewKind.MAP: "", ViewKind.ALL_SITES: "all"}.get(kind, kind.value)
    page = manager.get(at(grown, f"{path}?{focus}q=Lagune+Exprot")).text
    plain = manager.get(at(grown, f"{path}?{focus}q=Lagune+Export")).text
    notes = tables_of(export(manager, grown, kind, "csv", "q=Lagune+Exprot").data)["notes"]

    assert LIKE in re.sub("</?bdi>", "", page)
    assert "like it" not in plain
    assert notes == [{"Note": LIKE}]
    assert "notes" not in tables_of(export(manager, grown, kind, "csv", "q=Lagune+Export").data)
    assert LIKE in export(manager, grown, kind, "svg", "q=Lagune+Exprot").text


# ---- what a file says of itself ----------------------------------------------------------------


SAID = {
    "Organisation": "Acme",
    "Map": "Cocoa",
    "Shows": "Ghana",
    "Method": "RM-2.0",
}


def said_by(form: str, data: bytes) -> dict[str, str]:
    """What a file says of itself, as text by heading."""
    if form == "csv":
        return {row["What"]: row["Value"] for row in tables_of(data)["about"]}
    if form == "xlsx":
        rows = openpyxl.load_workbook(io.BytesIO(data))["About"].iter_rows(values_only=True)
        return {str(what): str(value) for what, value in rows}
    if form == "graphml":
        text = ElementTree.fromstring(data).findtext(f"{{{GRAPHML}}}desc") or ""
        return dict(line.split(": ", 1) for line in text.splitlines())
    return {what: str(value) for what, value in json.loads(data)["about"].items()}


@pytest.mark.parametrize("kind", list(ViewKind))
def test_every_file_says_which_map_it_is_when_it_was_made_and_with_which_filter(
    grown: CocoaMap, manager: FlaskClient, kind: ViewKind
):
    for form in ("csv", "xlsx", "graphml", "geojson"):
        told = said_by(form, export(manager, grown, kind, form, "country=GH").data)
        assert {what: told[what].removesuffix(". One site in focus") for what in SAID} == SAID
        assert int(told["Map version"]) > 1 and told["Scores"].startswith("as of 2026-")
        assert 0 <= (datetime.now(UTC).date() - date.fromisoformat(told["Made on"])).days <= 1
    picture = export(manager, grown, kind, "svg", "country=GH").text
    for words in ("; method RM-2.0, scores as of 2026-", "Ghana", "Map version"):
        assert words in picture, (kind, words)


def test_a_file_of_a_map_that_was_never_assessed_says_so(cocoa: CocoaMap, manager: FlaskClient):
    told = said_by("csv", export(manager, cocoa, ViewKind.MATRIX, "csv").data)
    assert (told["Method"], told["Scores"]) == ("RM-2.0", "not assessed yet")
    assert "Reference data" not in told


@pytest.mark.parametrize("kind", list(ViewKind))
def test_a_printed_view_says_which_map_it_is_and_with_which_filter(
    grown: CocoaMap, manager: FlaskClient, kind: ViewKind
):
    focus = f"focus={grown.own}&" if kind is ViewKind.AROUND else ""
    path = {ViewKind.MAP: "", ViewKind.ALL_SITES: "all"}.get(kind, kind.value)
    page = manager.get(at(grown, f"{path}?{focus}country=GH")).text
    paper = re.findall(r'<div class="onpaper bd small">(.*?)</div>', page)

    assert len(paper) == 1
    for words in ("<bdi>Cocoa: ", "Ghana", "Map version ", "; method RM-2.0, scores as of 2026-"):
        assert words in paper[0], (kind, words)


def test_a_printed_list_of_archived_sites_says_so(grown: CocoaMap, manager: FlaskClient):
    page = manager.get(at(grown, "table?archived=1")).text
    assert re.search(r'<div class="onpaper bd small">.*Archived', page)


# ---- the list as a picture -------------------------------------------------------------------


def test_a_picture_of_the_list_is_the_page_that_one_turned_to(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        for place in range(60):
            add_node(tenant, grown.chain, f"Ring {place:02}", country="PE", region="Puno")
    first = manager.get(at(grown, "table?q=Ring")).text
    turned = manager.get(unescape(re.search(r'href="([^"]*)" rel="next"', first)[1])).text  # type: ignore[index]
    action = unescape(re.search(r'action="([^"]*/export/table[^"]*)"', turned)[1])  # type: ignore[index]
    token = csrf_token(manager, at(grown))
    picture = manager.post(action, data={"csrf_token": token, "form": "svg"}).text

    assert "10 of 60 sites, by name: from “Ring 50” to “Ring 59”." in turned
    assert re.findall(r">(Ring \d\d)<", picture) == [f"Ring {place}" for place in range(50, 60)]
    assert "10 of 60 sites, by name: from “Ring 50” to “Ring 59”." in picture
    assert picture.count(">Puno<") == 10
    assert exported(tenant)[-1]["nodes"] == 10
    token = csrf_token(manager, at(grown))
    table = tables_of(manager.post(action, data={"csrf_token": token, "form": "csv"}).data)
    assert len(table["sites"]) == 60
    assert exported(tenant)[-1]["nodes"] == 60


def test_a_picture_of_the_list_says_what_its_rows_say(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    told(tenant, grown.exporter, open_findings=3, overdue_actions=2, questionnaire_status="sent")
    picture = export(manager, grown, ViewKind.TABLE, "svg", "q=Lagune&sort=risk").text
    texts = [*ElementTree.fromstring(picture).itertext()]

    assert "1 site, highest risk first." in texts
    for words in ("Lagune Export", "Business", "Côte d’Ivoire", "3", "2 overdue", "Sent"):
        assert words in texts, words


def test_a_picture_of_an_empty_list_says_that_no_site_matches(
    grown: CocoaMap, manager: FlaskClient
):
    assert "No site matches." in export(manager, grown, ViewKind.TABLE, "svg", "country=PE").text


def test_the_tables_of_the_list_hold_all_that_the_page_says(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    told(tenant, grown.exporter, open_findings=3, overdue_actions=2, questionnaire_status="sent")
    with acting(tenant):
        row = db.session.get_one(ValueChainNode, grown.exporter)
        row.group_name, row.tags = "Ports", ["a", "b"]
    (row,) = tables_of(export(manager, grown, ViewKind.TABLE, "csv", "q=Lagune").data)["sites"]
    assert {name: row[name] for name in LIST_COLUMNS} == dict(
        zip(LIST_COLUMNS, ("3", "2", "Sent", "Ports", "a, b"), strict=True)
    )


LIST_COLUMNS = (
    "Open findings",
    "Actions overdue",
    "Questionnaire",
    "Group",
    "Tags",
)


def test_who_answers_for_a_site_leaves_the_organisation_in_no_file_of_a_view(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    person = tenant.manager
    with acting(tenant):
        row = db.session.get_one(ValueChainNode, grown.exporter)
        row.owner_id = person.user_id
    query = f"owner={person.user_id}"
    assert person.name in manager.get(at(grown, f"table?{query}")).text
    for form in ("svg", "csv", "graphml", "geojson"):
        data = export(manager, grown, ViewKind.TABLE, form, query).data
        text = str(tables_of(data)) if form == "csv" else data.decode()
        assert "Lagune Export" in text or form == "geojson"
        assert "Sites of one owner" in text
        assert person.name not in text, form


# ---- graphs and points of counts ---------------------------------------------------------------


Graph = tuple[dict[str, dict[str, str]], dict[tuple[str, str], dict[str, str]]]


def graph_of(data: bytes) -> Graph:
    """Nodes and links of a graph, each with its values by name."""
    graph = networkx.parse_graphml(data.decode())
    assert not graph.is_multigraph()
    return dict(graph.nodes(data=True)), {(a, b): values for a, b, values in graph.edges(data=True)}


def test_the_graph_of_tier_by_country_has_its_cells_and_all_links_between_two_as_one(
    grown: CocoaMap, manager: FlaskClient
):
    nodes, links = graph_of(export(manager, grown, ViewKind.MATRIX, "graphml").data)

    assert {name: values["Sites"] for name, values in nodes.items()} == {
        "FR Own business": 1,
        "CI Tier 1": 1,
        "CI Tier 2": 4,
        "GH Tier 2": 9,
    }
    assert (nodes["GH Tier 2"]["Country"], nodes["GH Tier 2"]["Tier"]) == ("Ghana", "Tier 2")
    assert {ends: values["Links"] for ends, values in links.items()} == {
        ("CI Tier 1", "FR Own business"): 1,
        ("CI Tier 2", "CI Tier 1"): 4,
        ("GH Tier 2", "CI Tier 1"): 9,
    }
    assert links["CI Tier 1", "FR Own business"]["Part of our input"] == pytest.approx(1.0)
    parts = [values["Part of our input"] for ends, values in links.items() if "2" in ends[0]]
    assert 0.6 <= sum(parts) <= 1.0


def test_countries_keep_their_names_and_numbers_in_a_picture_of_the_world(
    grown: CocoaMap, manager: FlaskClient
):
    picture = export(manager, grown, ViewKind.WORLD, "svg").text
    style = re.search(r"<style>(.*?)</style>", picture, re.DOTALL)

    assert style
    assert ".map .bub{" in style[1]
    assert "display:none" not in style[1]  # what pages leave out where they are narrow
    assert ">Ghana</text>" in picture and ">9</text>" in picture


def test_the_graph_of_the_world_has_countries_with_their_tiers(
    grown: CocoaMap, manager: FlaskClient
):
    nodes, links = graph_of(export(manager, grown, ViewKind.WORLD, "graphml").data)

    assert {name: values["Sites"] for name, values in nodes.items()} == {"FR": 1, "CI": 5, "GH": 9}
    assert nodes["CI"]["Tiers"] == "Tier 2; Tier 1"
    assert {ends: values["Links"] for ends, values in links.items()} == {
        ("CI", "CI"): 4,
        ("CI", "FR"): 1,
        ("GH", "CI"): 9,
    }


@pytest.mark.parametrize("kind", [ViewKind.MATRIX, ViewKind.WORLD])
def test_a_graph_of_counts_holds_nothing_beyond_its_filter(
    grown: CocoaMap, manager: FlaskClient, kind: ViewKind
):
    nodes, links = graph_of(export(manager, grown, kind, "graphml", "country=GH").data)
    assert [values["Sites"] for values in nodes.values()] == [9]
    assert links == {}
    nothing = graph_of(export(manager, grown, kind, "graphml", "country=PE").data)
    assert nothing == ({}, {})


def test_what_flows_between_sites_that_are_not_linked_to_the_business_is_not_known(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        ends = [add_node(tenant, grown.chain, name, country=name) for name in ("PE", "BO")]
        add_link(tenant, *ends)
    _, links = graph_of(export(manager, grown, ViewKind.WORLD, "graphml").data)
    assert links["PE", "BO"] == {"Links": 1}


def test_points_of_tier_by_country_stand_at_the_middle_of_countries_and_leave_none_unsaid(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        add_node(tenant, grown.chain, "Somewhere")
    made = json.loads(export(manager, grown, ViewKind.MATRIX, "geojson").data)
    counted = {
        (one["properties"]["Code"], one["properties"]["Tier"]): one["properties"]["Sites"]
        for one in made["features"]
    }
    places = {tuple(one["geometry"]["coordinates"]) for one in made["features"]}

    assert counted[("GH", "Tier 2")] == 9 and counted[("CI", "Tier 1")] == 1
    assert len(places) == 3 and (-1.6, 6.7) not in places
    assert made["about"]["Not a point"] == "Country not known"
    assert "middle of its country" in made["about"]["Places"]


def test_points_of_sites_say_how_many_have_no_place(grown: CocoaMap, manager: FlaskClient):
    for kind, words in (
        (ViewKind.ALL_SITES, "3 of 15 sites have a place"),
        (ViewKind.MAP, "2 of 6 boxes have a place"),
    ):
        made = json.loads(export(manager, grown, kind, "geojson").data)
        assert made["about"]["Points"] == words


def test_a_group_of_one_country_is_a_point_at_its_middle(grown: CocoaMap, manager: FlaskClient):
    made = json.loads(export(manager, grown, ViewKind.MAP, "geojson").data)
    groups = {one["properties"]["Site or group"]: one for one in made["features"]}

    assert {name: one["properties"]["Sites"] for name, one in groups.items()} == {
        "Ghana": 9,
        "Côte d’Ivoire": 4,
    }
    assert groups["Ghana"]["properties"]["Place"] == "middle of the country"
    longitude, latitude = groups["Ghana"]["geometry"]["coordinates"]
    assert -3.3 < longitude < 1.2 and 4.7 < latitude < 11.2


# ---- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ViewKind.ALL_SITES, ViewKind.MAP, ViewKind.WORLD])
def test_a_file_is_made_from_the_kept_map_of_its_page(
    app: Flask, grown: CocoaMap, tenant: Tenant, manager: FlaskClient, kind: ViewKind
):
    manager.get(at(grown, "all"))
    with statements(app) as seen:
        assert export(manager, grown, kind, "csv").status_code == 200
    assert not [one for one in seen if "FROM supply_link" in one]
    assert len(exported(tenant)) == 1


# ---- names that break files ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ViewKind.MAP, ViewKind.ALL_SITES])
def test_signs_that_no_xml_can_hold_break_no_graph(
    cocoa: CocoaMap, tenant: Tenant, manager: FlaskClient, kind: ViewKind
):
    with acting(tenant):
        add_node(tenant, cocoa.chain, "Mill \x0b<7>\uffff")
    texts = [*ElementTree.fromstring(export(manager, cocoa, kind, "graphml").data).itertext()]
    assert "Mill <7>" in texts
    picture = ElementTree.fromstring(export(manager, cocoa, kind, "svg").data)
    assert picture.tag.endswith("svg")


@pytest.mark.parametrize("shift", range(2))
def test_a_picture_whose_title_is_long_and_of_other_letters_becomes_pixels(shift: int):
    title = "x" * shift + "é" * 400
    picture = Picture(Markup("<svg></svg>"), 600.0, 80.0, title, [title], SHADES[ColourBy.BAND], [])
    png = png_file(svg_file(picture, STATIC))
    assert Image.open(io.BytesIO(png)).width == 2 * (600 + 2 * 16)


def test_a_name_in_chinese_is_drawn_in_its_own_letters_whatever_fonts_the_machine_has():
    """Letters without a font are drawn as one and the same box."""
    pictures = [
        png_file(svg_file(Picture(Markup("<svg></svg>"), 600.0, 80.0, "", [name], [], []), STATIC))
        for name in ("上海", "北京")
    ]
    assert pictures[0] != pictures[1]

"""Files of views say what their page says: the same band, the same sites, nothing left unsaid."""

import csv
import io
import re
import zipfile
from html import unescape
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from PIL import Image

from ddplatform.config import ROOT
from ddplatform.models.saved_views import ViewKind
from ddplatform.queries.map_colours import ColourBy
from ddplatform.services import value_chain
from ddplatform.web.shades import SHADES
from ddplatform.web.standalone import Picture, png_file, svg_file
from ddplatform.web.value_chain.export_bar import FORMS
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token
from tests.integration.test_findings_pages import statements
from tests.integration.test_map_views import add_node, at, export, exported
from tests.integration.test_map_views import grown as grown
from tests.integration.test_map_views import manager as manager
from tests.risk_maps import CocoaMap, acting

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
        found = tables_of(export(manager, grown, kind, "csv").data)
        heads = {head for rows in found.values() for head in rows[0]}
        assert heading in heads, (kind, heads)
    other = tables_of(export(manager, grown, ViewKind.ALL_SITES, "csv", "colour=coverage").data)
    assert "Data coverage" in other["sites"][0]


# ---- the same sites --------------------------------------------------------------------------


def test_the_list_of_archived_sites_does_not_go_out_as_the_standing_map(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        gone = add_node(tenant, grown.chain, "Gone")
        value_chain.archive_node(gone, by=tenant.analyst, at=NOW)
    page = manager.get(at(grown, "table?archived=1")).text
    sent = export(manager, grown, ViewKind.TABLE, "csv", "archived=1")

    assert "Gone" in page
    assert "This view as a file" not in page
    assert sent.status_code == 422
    assert "archived sites" in sent.text
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


def test_a_filter_that_stands_twice_filters_the_file_as_the_page(
    grown: CocoaMap, manager: FlaskClient
):
    rows = file_of_page(manager, at(grown, "table?country=GH&country=CI"))["sites"]
    assert [row["Country"] for row in rows] == ["Ghana"] * 9


# ---- what is not known -----------------------------------------------------------------------


def test_a_country_whose_sites_are_not_linked_has_no_part_of_our_input(
    grown: CocoaMap, tenant: Tenant, manager: FlaskClient
):
    with acting(tenant):
        add_node(tenant, grown.chain, "Stray", country="PE")
    page = manager.get(at(grown, "world?size=volume")).text
    rows = file_of_page(manager, at(grown, "world?size=volume"))["countries"]

    assert "<title>Peru: 1, ?, " in page
    assert "Part of our input is not known" in page
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


LIKE = "No site is called “Lagune Exprot”. These are like it."


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
    if "svg" in FORMS[kind]:
        assert LIKE in export(manager, grown, kind, "svg", "q=Lagune+Exprot").text


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

"""Where somebody may live: found by what is said of a site, and given no finer than a kilometre."""

import csv
import io
import json
from datetime import date
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from supply_chain.graph.export import export_map
from supply_chain.graph.files import Point, write_geojson
from supply_chain.graph.home_places import NOTE, coarse, may_be_home, with_coarse_home
from supply_chain.intake.compare import compare
from supply_chain.intake.drafts import MapDraft, Mapping, NodeDraft
from supply_chain.intake.maps import read_map
from supply_chain.reference.release import load_reference

PLACE = {"latitude": 5.553421, "longitude": -0.196729}
FARM = NodeDraft(id="f", name="Kofi", sector="cocoa_farming", **PLACE)
MILL = NodeDraft(id="m", name="Great Mill", sector="textile_mills", **PLACE)
AS_OF = date(2026, 1, 1)


def said(**told: Any) -> bool:
    return may_be_home(
        **{"sector": None, "is_origin": None, "commodities": (), "texts": (), **told}
    )


@pytest.mark.parametrize(
    "told",
    [
        {"sector": "cocoa_farming"},
        {"sector": "carpet_weaving"},
        {"sector": "gold_mining"},
        {"is_origin": True, "sector": "textile_mills"},
        {"commodities": ("cocoa",)},
        {"texts": ("Home-based stitching group",)},
        {"texts": ("Mill", "travail à domicile")},
        {"texts": ("Asociación de Productores",)},
    ],
)
def test_a_farm_and_work_at_home_may_be_a_home(told: dict[str, Any]):
    assert said(**told)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"sector": "textile_mills", "commodities": ("cotton",), "is_origin": False},
        {"commodities": ("electronics", "no such good")},
        {"texts": ("Pharmaceutical works", "Farmington Ltd", "Homeworkshop")},
    ],
)
def test_a_factory_and_a_site_of_which_nothing_is_said_are_no_home(told: dict[str, Any]):
    assert not said(**told)


def test_every_sector_that_is_named_is_one_of_the_release():
    reference = load_reference()
    named = {sector for sector in reference.sectors if said(sector=sector)}

    assert {"brick_kilns", "carpet_weaving", "domestic_work", "fireworks"} <= named
    assert {"garments", "palm_oil_milling", "banking"} & named == set()


def test_a_home_is_rounded_to_two_decimals_and_all_else_of_it_stays():
    assert (coarse(5.555), coarse(-0.196729)) == (5.55, -0.2)
    rounded = with_coarse_home(FARM)
    assert (rounded.latitude, rounded.longitude, rounded.name) == (5.55, -0.2, "Kofi")
    assert with_coarse_home(MILL) is MILL
    assert with_coarse_home(NodeDraft(id="x", name="A farm")).latitude is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_of_ours_that_comes_back_moves_no_home(form: Any):
    nodes = [with_coarse_home(node) for node in (FARM, MILL)]
    back = read_map(export_map(nodes, (), name="Map", as_of=AS_OF, form=form, note=NOTE))

    assert {node.id: node.latitude for node in back.nodes} == {"f": 5.55, "m": 5.553421}
    assert compare((FARM, MILL), back).changed_nodes == ()


def test_a_home_that_really_moved_and_a_factory_told_rounder_are_changes():
    moved = NodeDraft(id="f", name="Kofi", latitude=5.56, longitude=-0.2)
    rounder = NodeDraft(id="m", name="Great Mill", latitude=5.55, longitude=-0.2)
    draft = MapDraft(
        nodes=(moved, rounder),
        links=(),
        problems=(),
        notes=(),
        mapping=Mapping(),
    )
    changes = compare((FARM, MILL), draft).changed_nodes

    assert [(one.before.id, len(one.fields)) for one in changes] == [("f", 2), ("m", 2)]


def test_each_form_carries_the_note_where_a_reader_meets_it():
    def made(form: Any) -> dict[str, bytes]:
        files = export_map((FARM,), (), name="Map", as_of=AS_OF, form=form, note=NOTE)
        return {file.name: file.content for file in files}

    assert made("csv")["note.txt"].decode().strip() == NOTE
    assert next(csv.reader(io.StringIO(made("csv")["nodes.csv"].decode())))[0] == "id"
    sheet = openpyxl.load_workbook(io.BytesIO(made("xlsx")["value-chain.xlsx"]))["nodes"]
    comments = {cell.value: cell.comment.text for cell in sheet[1] if cell.comment}
    assert comments == {"latitude": NOTE, "longitude": NOTE}
    graph = ElementTree.fromstring(made("graphml")["value-chain.graphml"])
    assert graph.findtext("{http://graphml.graphdrawing.org/xmlns}desc") == NOTE
    graph = json.loads(made("node-link")["value-chain.node-link.json"])
    assert graph["graph"]["note"] == NOTE
    points = json.loads(write_geojson([Point(-0.2, 5.55, {})], name="Map", note=NOTE))
    assert points["note"] == NOTE
    assert "note" not in json.loads(write_geojson([], name="Map"))

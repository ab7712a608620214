"""Graphs and points as files: numbers stay numbers, and a file says what it is."""

import json
from xml.etree import ElementTree

import networkx
import pytest

import supply_chain.graph
from supply_chain.graph.files import GraphPart, Point, write_geojson

NOBODY = GraphPart([], [], [])


def read_back(nodes: GraphPart, links: GraphPart) -> networkx.DiGraph:
    return networkx.parse_graphml(graphml(nodes, links).decode())


def graphml(nodes: GraphPart, links: GraphPart) -> bytes:
    return supply_chain.graph.write_graphml(nodes, links, name="Cocoa", note="Said of it")


def test_a_column_of_numbers_is_one_to_weigh_by_and_what_is_not_known_is_left_out():
    nodes = GraphPart(["Code"], [["CI"], ["FR"]], [("a",), ("b",)])
    links = GraphPart(["Part"], [[0.25], [""]], [("a", "b"), ("b", "a")], frozenset({"Part"}))
    graph = read_back(nodes, links)

    assert graph.edges["a", "b"] == {"Part": 0.25}
    assert graph.edges["b", "a"] == {}
    assert graph.nodes["a"] == {"Code": "CI"}


def test_whole_numbers_go_out_as_numbers_and_texts_that_look_like_numbers_stay_texts():
    nodes = GraphPart(
        ["Sites", "Code"], [[4, "007"], [0, ""]], [("a",), ("b",)], frozenset({"Sites"})
    )
    graph = read_back(nodes, NOBODY)

    assert graph.nodes["a"] == {"Sites": 4.0, "Code": "007"}
    assert graph.nodes["b"] == {"Sites": 0.0}


def test_two_links_between_two_places_are_two_edges_and_none_has_an_id():
    nodes = GraphPart(["Code"], [["CI"], ["FR"]], [("a",), ("b",)])
    links = GraphPart(["Good"], [["cocoa"], ["coffee"]], [("a", "b")] * 2)
    graph = read_back(nodes, links)

    assert [data for _, _, data in graph.edges(data=True)] == [
        {"Good": "cocoa"},
        {"Good": "coffee"},
    ]
    assert b"<edge source" in graphml(nodes, links)
    assert {(*one.attrib,) for one in edges_of(graphml(nodes, links))} == {("source", "target")}


def edges_of(data: bytes) -> list[ElementTree.Element]:
    return ElementTree.fromstring(data).findall(".//{http://graphml.graphdrawing.org/xmlns}edge")


def test_a_file_names_each_column_in_its_order_also_one_of_which_nothing_is_known():
    nodes = GraphPart(["Code", "Region"], [["CI", ""]], [("a",)])
    root = ElementTree.fromstring(graphml(nodes, GraphPart(["Part"], [], [], frozenset({"Part"}))))
    keys = [(one.get("for"), one.get("attr.name"), one.get("attr.type")) for one in root[1:-1]]

    assert keys == [
        ("node", "Code", "string"),
        ("node", "Region", "string"),
        ("edge", "Part", "double"),
    ]
    assert (root[0].text, root[-1].get("id")) == ("Said of it", "Cocoa")


def test_a_graph_is_named_and_holds_what_its_file_holds():
    nodes = GraphPart(["Code"], [["CI"], [""]], [("=a",), ("<b>",)])
    links = GraphPart(["Part"], [[0.1 + 0.2]], [("=a", "<b>")], frozenset({"Part"}))
    graph = supply_chain.graph.to_networkx(nodes, links, name="Cocoa")

    assert graph.name == "Cocoa"
    assert dict(graph.nodes(data=True)) == dict(read_back(nodes, links).nodes(data=True))
    assert [*graph.edges(data=True)] == [*read_back(nodes, links).edges(data=True)]


def test_the_package_has_no_names_but_its_own():
    with pytest.raises(AttributeError, match="no attribute 'from_networkx'"):
        _ = supply_chain.graph.from_networkx


def test_points_carry_what_the_file_says_of_itself_and_nothing_where_it_says_nothing():
    point = Point(-5.5, 7.5, {"Sites": 4})
    made = json.loads(write_geojson([point], name="Cocoa", about={"Map version": 3}, note="n"))
    plain = json.loads(write_geojson([point], name="Cocoa"))

    assert (made["about"], made["note"]) == ({"Map version": 3}, "n")
    assert set(plain) == {"type", "name", "features"}
